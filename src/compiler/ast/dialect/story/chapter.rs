//! The chapters of a document: what stands under each heading, and what it is about.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a reader names the blocks, parts and fields it reads; the others belong to other readers"
)]

use std::ops::Range;

use crate::base::inputs::Inputs;
use crate::compiler::ast::dialect::names::{Sure, id_at};
use crate::compiler::ast::dialect::words::{Part, Word, Words};
use crate::ir::outline::{Block, BlockKind, Outline, Tick};

/// How a document is understood where its headings leave it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Work stands under task headings only.
    Story,
    /// Work stands under requirements and roadmaps.
    Prd,
    /// Everything is work unless its heading says otherwise.
    List,
}

/// A heading and what follows it, up to the next heading of any level.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing seen, and any mix of them occurs")]
pub struct Chapter {
    /// Index of the heading block; none for what stands before the first.
    pub head: Option<usize>,
    /// Indices of the blocks below it.
    pub body: Range<usize>,
    /// Level of the heading; 0 for what stands before the first.
    pub level: u8,
    /// The chapter it belongs to.
    pub parent: Option<usize>,
    /// What it is about, as inherited and refined.
    pub part: Option<Part>,
    /// What its own heading says.
    pub own: Option<Part>,
    /// It holds boxes or marks.
    pub ticks: bool,
    /// It holds list items.
    pub lists: bool,
    /// It or a chapter inside it holds boxes or marks.
    pub deep_ticks: bool,
    /// It or a chapter inside it holds list items.
    pub deep_lists: bool,
    /// It has chapters inside.
    pub inner: bool,
}

/// Parts a document into chapters.
#[must_use]
pub fn chapters(inputs: &Inputs, outline: &Outline, words: &Words, style: Style) -> Vec<Chapter> {
    let mut chapters = vec![Chapter {
        head: None,
        body: 0..0,
        level: 0,
        parent: None,
        part: (style == Style::List).then_some(Part::Tasks),
        own: None,
        ticks: false,
        lists: false,
        deep_ticks: false,
        deep_lists: false,
        inner: false,
    }];
    let mut stack: Vec<usize> = Vec::new();
    for (index, block) in outline.blocks.iter().enumerate() {
        let last = chapters.last_mut().expect("there is a first chapter");
        if block.kind == BlockKind::Heading && block.depth == 0 && block.quotes == 0 {
            last.body.end = index;
            while stack.last().is_some_and(|&at| chapters[at].level >= block.level) {
                stack.pop();
            }
            let parent = stack.last().copied();
            if let Some(parent) = parent {
                chapters[parent].inner = true;
            }
            stack.push(chapters.len());
            chapters.push(Chapter {
                head: Some(index),
                body: index + 1..index + 1,
                level: block.level,
                parent,
                part: None,
                own: None,
                ticks: false,
                lists: false,
                deep_ticks: false,
                deep_lists: false,
                inner: false,
            });
        } else if is_item(block) {
            last.lists = true;
            last.ticks = last.ticks || is_ticked(inputs, outline, block, words);
        }
    }
    chapters.last_mut().expect("there is a first chapter").body.end = outline.blocks.len();
    for index in (0..chapters.len()).rev() {
        chapters[index].deep_ticks |= chapters[index].ticks;
        chapters[index].deep_lists |= chapters[index].lists;
        if let Some(parent) = chapters[index].parent {
            let (ticks, lists) = (chapters[index].deep_ticks, chapters[index].deep_lists);
            chapters[parent].deep_ticks |= ticks;
            chapters[parent].deep_lists |= lists;
        }
    }
    for index in 1..chapters.len() {
        let parent = chapters[index].parent;
        let above = parent.and_then(|parent| chapters[parent].part);
        let heading = heading(inputs, outline, &chapters[index]);
        let title = index == 1 && chapters[index].level == 1;
        let own = own(heading, above, title, words, style);
        let chapter = &mut chapters[index];
        chapter.own = own;
        chapter.part = refine(above, own, chapter, style);
    }
    chapters
}

/// The text of a chapter's heading; empty for the first.
#[must_use]
pub fn heading<'a>(inputs: &'a Inputs, outline: &Outline, chapter: &Chapter) -> &'a str {
    chapter.head.map_or("", |head| inputs.slice(outline.text(&outline.blocks[head])))
}

fn own(heading: &str, above: Option<Part>, title: bool, words: &Words, style: Style) -> Option<Part> {
    // `### T0001: Create …` inside a task list is a task whatever its words are.
    let id = id_at(heading.trim_start_matches(['*', ' ']), words);
    if let Some(id) = id
        && (id.sure == Sure::Code || id.word == Some(Word::Task) || id.word == Some(Word::Phase))
        && (above == Some(Part::Tasks) || id.word == Some(Word::Phase) || style == Style::List)
    {
        return None;
    }
    if title {
        return if style == Style::Story { None } else { words.exact_part(heading) };
    }
    words.part(heading)
}

fn refine(above: Option<Part>, own: Option<Part>, chapter: &Chapter, style: Style) -> Option<Part> {
    let files = matches!(own, Some(Part::Files));
    match (above, own) {
        (_, Some(Part::Files)) if files => Some(Part::Files),
        (Some(Part::Excluded | Part::OutOfScope), _) if style != Style::List || !chapter.deep_ticks => above,
        (Some(Part::Notes | Part::Testing), Some(Part::Acceptance)) => own,
        (Some(Part::Notes | Part::Testing), _) if style != Style::List => above,
        (Some(Part::Tasks | Part::Roadmap), Some(own)) => Some(match own {
            Part::Acceptance | Part::Dependencies | Part::Blocks | Part::Objective | Part::OutOfScope => own,
            Part::Testing if chapter.deep_lists => Part::Tasks,
            Part::Notes | Part::Excluded | Part::Testing | Part::Scope if !chapter.deep_ticks => own,
            _ => Part::Tasks,
        }),
        (Some(Part::Roadmap), None) => Some(Part::Tasks),
        (
            Some(Part::Acceptance),
            Some(
                Part::Requirements
                | Part::NonFunctional
                | Part::Must
                | Part::Should
                | Part::Could
                | Part::Features,
            ),
        ) => above,
        (
            _,
            Some(
                Part::Created
                | Part::Modified
                | Part::Deleted
                | Part::Referenced
                | Part::Must
                | Part::Should
                | Part::Could,
            ),
        ) => {
            if style == Style::List && above.is_none() {
                Some(Part::Tasks)
            } else {
                above
            }
        }
        (_, Some(own)) if style == Style::List => Some(match own {
            Part::OutOfScope | Part::Acceptance | Part::Status | Part::Metadata => own,
            Part::Excluded
            | Part::Notes
            | Part::Objective
            | Part::Scope
            | Part::Testing
            | Part::Story
            | Part::Decisions
                if !chapter.deep_ticks =>
            {
                own
            }
            _ => Part::Tasks,
        }),
        (None | Some(Part::Tasks), None) if style == Style::List => Some(Part::Tasks),
        (_, Some(own)) => Some(own),
        (above, None) => above,
    }
}

/// Whether a block is an item of a list.
#[must_use]
pub fn is_item(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Bullet | BlockKind::Numbered)
}

/// Whether an item has a box, or a mark that stands for one.
#[must_use]
pub fn is_ticked(inputs: &Inputs, outline: &Outline, block: &Block, words: &Words) -> bool {
    if block.tick != Tick::None {
        return true;
    }
    let text = inputs.slice(outline.text(block)).trim_start_matches(['*', ' ']);
    if text.starts_with("[]") && !text.starts_with("[](") {
        return true;
    }
    !text.is_ascii()
        && words.marks.done.iter().chain(&words.marks.open).any(|mark| text.starts_with(mark.as_str()))
}
