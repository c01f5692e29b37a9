//! What is seen of a document at a glance, for the claims of dialects.

use crate::base::inputs::Inputs;
use crate::ir::document::Document;
use crate::ir::outline::{BlockKind, Tick};

use super::names::{Found, Sure, id_at};
use super::words::{Part, Word, Words};

/// Headings looked at: the first ones tell what a document is.
const HEADINGS: usize = 80;

/// Blocks looked at: a glance costs the same for every document.
const BLOCKS: usize = 4_000;

/// A glance at a markdown document.
#[derive(Debug, Default)]
pub struct Facts {
    /// The first heading says `Story 1.1`.
    pub story_title: bool,
    /// The first heading or line says PRD.
    pub prd_title: bool,
    /// The first heading, or the file's name, says `TODO`.
    pub todo_title: bool,
    /// The first heading says `Epic 1`.
    pub epic_title: bool,
    /// A heading of criteria.
    pub acceptance: bool,
    /// A heading of tasks.
    pub tasks: bool,
    /// A heading `Story` or `User Story`.
    pub user_story: bool,
    /// A heading of requirements.
    pub requirements: bool,
    /// A heading of features, scope or a roadmap.
    pub product: u8,
    /// Headings like `Story 1.1: …`.
    pub stories: usize,
    /// Headings like `Epic 1: …`.
    pub epics: usize,
    /// Items like `FR1: …`.
    pub requirement_items: usize,
    /// List items outside of others.
    pub items: usize,
    /// Items with boxes.
    pub boxes: usize,
    /// Lines of prose.
    pub prose: usize,
    /// Lines in list items.
    pub item_lines: usize,
    /// The file's name is that of a story: `1.1.story.md`, `story-3.md`, `1-1-title.md`.
    pub story_file: bool,
    /// What the front matter says it is.
    pub kind: Option<String>,
}

impl Facts {
    /// Looks at a document; nothing but the path of one that is no markdown.
    #[must_use]
    pub fn of(inputs: &Inputs, document: &Document, words: &Words) -> Self {
        let mut facts = Self::default();
        let path = &inputs.file(document.file).path;
        let stem = path.name().split('.').next().unwrap_or_default();
        facts.todo_title = words.is(stem, Word::Todo);
        facts.prd_title = stem.split(['-', '_', ' ']).any(|word| words.is(word, Word::Prd));
        facts.story_file = is_story_file(path.name(), words);
        facts.kind = document
            .node
            .any_of(&["type", "kind", "template_id", "document_type"])
            .and_then(|(_, node)| node.text().map(str::to_lowercase));
        let Some(outline) = &document.outline else { return facts };
        let mut headings = 0;
        let mut first = true;
        for block in outline.blocks.iter().take(BLOCKS) {
            let span = outline.text(block);
            match block.kind {
                BlockKind::Heading if block.depth == 0 && block.quotes == 0 => {
                    headings += 1;
                    if headings <= HEADINGS {
                        facts.heading(inputs.slice(span), first, block.level, words);
                    }
                    first = false;
                }
                BlockKind::Bullet | BlockKind::Numbered => {
                    let text = inputs.slice(span);
                    facts.items += usize::from(block.depth == 0);
                    facts.boxes += usize::from(
                        block.tick != Tick::None || (text.starts_with("[]") && !text.starts_with("[](")),
                    );
                    facts.item_lines += 1 + text.bytes().filter(|&byte| byte == b'\n').count();
                    facts.requirement_items += usize::from(is_requirement(text));
                }
                BlockKind::Paragraph => {
                    let text = inputs.slice(span);
                    if first && facts.prose == 0 {
                        facts.first_line(text, words);
                    }
                    let lines = 1 + text.bytes().filter(|&byte| byte == b'\n').count();
                    if block.depth == 0 {
                        facts.prose += lines;
                    } else {
                        facts.item_lines += lines;
                    }
                    facts.requirement_items += usize::from(is_requirement(text));
                }
                BlockKind::Fence | BlockKind::Indented | BlockKind::TableRow => facts.prose += 1,
                BlockKind::Html => {
                    let text = inputs.slice(span).trim_start();
                    facts.prd_title |= text.starts_with("<PRD") || text.starts_with("<prd");
                }
                BlockKind::Heading | BlockKind::TableRule | BlockKind::Break | BlockKind::Definition => {}
            }
        }
        facts
    }

    fn first_line(&mut self, text: &str, words: &Words) {
        let line = text.lines().next().unwrap_or_default();
        self.prd_title |= has_prd(line, words);
    }

    fn heading(&mut self, text: &str, first: bool, level: u8, words: &Words) {
        let bare = text.trim_start_matches(['*', ' ', '[', '#']);
        let found: Option<Found> = id_at(bare, words);
        let word = found.as_ref().and_then(|found| found.word).or_else(|| {
            let head = bare.split(':').next().unwrap_or_default();
            (bare.contains(':') && level == 1 && words.is(head, Word::Story)).then_some(Word::Story)
        });
        let coded = found
            .as_ref()
            .is_some_and(|found| found.sure == Sure::Code && bare[found.id.clone()].starts_with("STORY"));
        if first {
            self.story_title = word == Some(Word::Story) || coded;
            self.epic_title = word == Some(Word::Epic);
            self.prd_title |= has_prd(text, words);
            self.todo_title |= words.is(text, Word::Todo)
                || text.split(|c: char| !c.is_alphanumeric()).any(|part| words.is(part, Word::Todo));
        } else {
            self.stories += usize::from(word == Some(Word::Story) || coded);
            self.epics += usize::from(word == Some(Word::Epic));
        }
        self.requirement_items += usize::from(is_requirement(bare));
        match words.part(text) {
            Some(Part::Acceptance) => self.acceptance = true,
            Some(Part::Tasks) if !(first && level == 1) => self.tasks = true,
            Some(Part::Story) => self.user_story = true,
            Some(Part::Requirements | Part::NonFunctional) => {
                self.requirements = true;
                self.product += 1;
            }
            Some(Part::Features | Part::Roadmap | Part::Scope | Part::OutOfScope | Part::Objective) => {
                self.product = self.product.saturating_add(1);
            }
            _ => {}
        }
    }
}

fn has_prd(text: &str, words: &Words) -> bool {
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(12).collect();
    (0..parts.len()).any(|at| {
        (1..=5.min(parts.len() - at)).any(|length| words.is(&parts[at..at + length].join(" "), Word::Prd))
    })
}

/// `FR1`, `**FR-2:**`, `NFR3`, `US4`, `REQ-5`.
#[must_use]
pub fn is_requirement(text: &str) -> bool {
    let rest = text.trim_start_matches(['*', ' ', '[', '`']);
    let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
    matches!(&rest[..letters], "FR" | "NFR" | "RF" | "RNF" | "REQ" | "US" | "UC" | "BR")
        && rest[letters..].trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit())
}

/// `1.1.story.md`, `story-12.md`, `1.2.title.md`, `1-2-title.md`.
fn is_story_file(name: &str, words: &Words) -> bool {
    let lower = name.to_lowercase();
    if lower.contains(".story.") || lower.contains("_story.") || lower.ends_with("-story.md") {
        return true;
    }
    let first = lower.split(['-', '_', '.', ' ']).next().unwrap_or_default();
    if words.is(first, Word::Story) {
        return lower[first.len()..]
            .trim_start_matches(['-', '_', '.', ' '])
            .starts_with(|c: char| c.is_ascii_digit());
    }
    let mut parts = lower.split(['-', '.']);
    let digits = |part: Option<&str>| {
        part.is_some_and(|part| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    digits(parts.next()) && digits(parts.next())
}
