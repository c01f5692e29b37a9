//! The dialect `freetext`: prose. Sentences and list items that ask for something are tasks, as they stand; numbers of
//! things are made several tasks by phase *decompose*. Everything is kept as the objective.

use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind, SectionRole};
use crate::ir::outline::{BlockKind, Tick};
use crate::syntax::text::{quantity, sentence};

use super::Claim;
use super::line;
use super::story::chapter::{Style, is_item};
use super::story::tasks::LIST;
use super::story::walk::Walk;
use super::words::{Part, Word, Words};

/// Any text may be prose; a file `INITIAL.md`, or one with a heading `FEATURE` beside `EXAMPLES`, is the request of a
/// context-engineering template.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, words: &Words) -> Claim {
    let Some(outline) = &document.outline else { return Claim::NONE };
    let (mut feature, mut beside) = (false, false);
    for block in
        outline.blocks.iter().filter(|block| block.kind == BlockKind::Heading && block.level <= 2).take(20)
    {
        let name = key(inputs.slice(outline.text(block)));
        feature |= name == "feature" || name.starts_with("feature ");
        beside |= words.is(&name, Word::Template);
    }
    let named = inputs.file(document.file).path.stem().eq_ignore_ascii_case("initial");
    if named || (feature && beside) {
        return Claim::of(60, "it is the request of a template");
    }
    Claim::of(10, "any text may be read as prose")
}

/// Reads prose.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "freetext", DraftKind::FreeText);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut walk = Walk::new(inputs, outline, words, Style::Prd, draft);
    walk.front(&document.node);
    for index in 0..walk.chapters.len() {
        let chapter = walk.chapters[index].clone();
        walk.build.close(chapter.level.max(1));
        if let Some(head) = chapter.head
            && walk.build.draft.title.is_none()
        {
            let span = walk.span(head);
            walk.title(span);
        }
        match chapter.part {
            Some(Part::Excluded) => {
                walk.set_aside(index, "this section records or judges work, it does not ask for any");
            }
            Some(Part::OutOfScope) => walk.set_aside(index, "the source says that this is out of scope"),
            Some(Part::Acceptance) => walk.acceptance(index),
            Some(Part::Tasks | Part::Roadmap) => walk.tasks(index),
            Some(Part::Status) => walk.chapter(index),
            Some(Part::Notes | Part::Scope | Part::Testing) => walk.prose(index, SectionRole::Notes),
            part => {
                requests(&mut walk, index, part);
                walk.build.close(1);
                walk.prose(index, SectionRole::Objective);
            }
        }
    }
    walk.finish()
}

/// The sentences and items of a chapter that ask for something.
fn requests(walk: &mut Walk<'_>, index: usize, part: Option<Part>) {
    let all = matches!(part, Some(Part::Features));
    for at in walk.chapters[index].body.clone() {
        let block = walk.block(at);
        let span = walk.span(at);
        if block.quotes > 0 {
            continue;
        }
        if is_item(block) {
            let text = walk.text(at);
            let asked = asks(text, walk.words);
            if !text.trim().is_empty() && (asked || block.tick != Tick::None || (all && block.depth == 0)) {
                let whole = walk.whole(at);
                let line = line::read(walk.inputs, span, walk.words);
                let mut item = line.item(walk.inputs, whole);
                item.done = match block.tick {
                    Tick::Done => Some(true),
                    Tick::Open | Tick::Other(_) => Some(false),
                    Tick::None => item.done,
                };
                walk.build.open(LIST + block.depth, item);
                walk.gather(line);
            }
        } else if block.kind == BlockKind::Paragraph && block.depth == 0 {
            walk.build.close(LIST);
            let text = walk.inputs.slice(span);
            for range in sentence::sentences(text) {
                let said = text[range.clone()].trim();
                if said.ends_with(':') || said.ends_with('?') || !asks(said, walk.words) {
                    continue;
                }
                let part = span.slice(range.start, range.end);
                let line = line::read(walk.inputs, part, walk.words);
                let item = line.item(walk.inputs, part);
                walk.build.open(LIST, item);
                walk.gather(line);
            }
        }
    }
}

/// Whether a sentence asks for something: it begins with a verb of making, or after words like `we need to`, or counts
/// things to be made.
#[must_use]
pub fn asks(text: &str, words: &Words) -> bool {
    let spoken: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '\''))
        .filter(|word| !word.is_empty())
        .take(12)
        .collect();
    let Some(first) = spoken.first() else { return false };
    if words.is(first, Word::Verb) {
        return true;
    }
    if spoken.len() > 1 && words.is(&format!("{first} {}", spoken[1]), Word::Verb) {
        return true;
    }
    let lead = (1..spoken.len().min(6)).find(|&length| words.is(&spoken[..length].join(" "), Word::Lead));
    if let Some(length) = lead {
        return spoken[length..].iter().take(3).any(|word| words.is(word, Word::Verb))
            || !quantity::find(text, &words.text).is_empty();
    }
    false
}
