//! The dialect `freetext`: prose. Sentences and list items that ask for something are tasks, as they stand; numbers of
//! things are made several tasks by phase *decompose*. Everything is kept as the objective.

use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
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
    let stem = inputs.file(document.file).path.stem();
    let last = stem.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or(stem);
    let named = last.eq_ignore_ascii_case("initial");
    if named || (feature && beside) {
        return Claim::of(60, "it is the request of a template");
    }
    Claim::of(10, "any text may be read as prose")
}

/// How plainly something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// `Use X`, `keep it simple`: how to work. A request only where there is no other.
    Rule,
    /// It stands among goals: what for. A request only where nothing says more.
    Goal,
    /// It begins with a verb of making, has a box, or is a point of a feature list.
    Work,
}

/// Reads prose.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "freetext", DraftKind::FreeText);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut walk = Walk::new(inputs, outline, words, Style::Prd, draft);
    walk.front(&document.node);
    let mut found = Vec::new();
    let mut listed = false;
    for index in 0..walk.chapters.len() {
        let chapter = &walk.chapters[index];
        listed |= matches!(chapter.part, Some(Part::Tasks | Part::Roadmap)) && chapter.lists;
        if is_prose(chapter.part) {
            requests(&walk, index, &mut found);
        }
    }
    // Points among goals are a request only if no other list could be one.
    let goals = |index: usize| walk.chapters[index].part == Some(Part::Objective);
    if (0..walk.chapters.len()).any(|index| walk.chapters[index].lists && !goals(index)) {
        found.retain(|&(at, _, asked)| asked == Asked::Work || !is_item(walk.block(at)));
    }
    let most = if listed { Some(Asked::Work) } else { found.iter().map(|&(_, _, asked)| asked).max() };
    let mut found = found.into_iter().filter(|&(_, _, asked)| Some(asked) == most).peekable();
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
            _ => {
                while let Some((at, span, _)) = found.next_if(|&(at, _, _)| chapter.body.contains(&at)) {
                    take(&mut walk, at, span);
                }
                walk.build.close(1);
                walk.prose(index, SectionRole::Objective);
            }
        }
    }
    walk.finish()
}

/// Whether a chapter is read sentence by sentence.
fn is_prose(part: Option<Part>) -> bool {
    !matches!(
        part,
        Some(
            Part::Excluded
                | Part::OutOfScope
                | Part::Acceptance
                | Part::Tasks
                | Part::Roadmap
                | Part::Status
                | Part::Notes
                | Part::Scope
                | Part::Testing
        )
    )
}

/// Makes a task of an item or of a sentence.
fn take(walk: &mut Walk<'_>, at: usize, span: Span) {
    let block = walk.block(at);
    let line = line::read(walk.inputs, span, walk.words);
    if is_item(block) {
        let mut item = line.item(walk.inputs, walk.whole(at));
        item.done = match block.tick {
            Tick::Done => Some(true),
            Tick::Open | Tick::Other(_) => Some(false),
            Tick::None => item.done,
        };
        walk.build.open(LIST + block.depth, item);
    } else {
        walk.build.close(LIST);
        let item = line.item(walk.inputs, span);
        walk.build.open(LIST, item);
    }
    walk.gather(line);
}

/// The sentences and items of a chapter that ask for something: block, place, and how plainly.
fn requests(walk: &Walk<'_>, index: usize, found: &mut Vec<(usize, Span, Asked)>) {
    let chapter = &walk.chapters[index];
    let listed = matches!(chapter.own, Some(Part::Features | Part::Requirements));
    let goal = chapter.part == Some(Part::Objective);
    let grade = |asked: Asked| if goal { asked.min(Asked::Goal) } else { asked };
    let mut aside: Option<u8> = None;
    // `Additional requirements:` above a list makes its points requests.
    let mut labelled = false;
    let mut wanted = chapter.own == Some(Part::Features) && !chapter.lists;
    for at in chapter.body.clone() {
        let block = walk.block(at);
        let span = walk.span(at);
        if block.quotes > 0 {
            continue;
        }
        if is_item(block) {
            let text = walk.text(at);
            // `When you add a feature:` begins the rules of a later day.
            if text.trim().is_empty() || aside.is_some_and(|depth| block.depth >= depth) {
                continue;
            }
            let point = (listed || labelled) && block.depth == 0 && !states(text, walk.words);
            let asked =
                if block.tick != Tick::None || point { Some(Asked::Work) } else { asks(text, walk.words) };
            found.extend(asked.map(|asked| (at, span, grade(asked))));
        } else if block.kind == BlockKind::Paragraph && block.depth == 0 {
            let text = walk.inputs.slice(span);
            let first = text.split_whitespace().next().unwrap_or_default();
            let (name, rest) = label(text);
            labelled =
                matches!(walk.words.part(name), Some(Part::Features | Part::Requirements | Part::Tasks))
                    && (line::is_bold(name) || name.trim_end().ends_with(':'));
            wanted |= labelled && line::is_bold(name);
            if wanted && !rest.trim().is_empty() {
                wanted = false;
                let from = text.len() - rest.len();
                let first = sentence::sentences(rest).next().map_or(rest.len(), |range| range.end);
                found.push((at, span.slice(from, from + first), grade(Asked::Work)));
                continue;
            }
            aside = (text.trim_end().ends_with(':') && walk.words.is(first, Word::Step)).then_some(0);
            for range in sentence::sentences(text) {
                let said = text[range.clone()].trim();
                // `Could you add it?` asks for work, `Should we?` for an answer.
                let question = said.ends_with('?');
                if said.ends_with(':') || (question && !calls(&spoken(said), walk.words)) {
                    continue;
                }
                if let Some(asked) = asks(said, walk.words) {
                    found.push((at, span.slice(range.start, range.end), grade(asked)));
                }
            }
        }
    }
}

/// A paragraph's label, a line in bold or one that ends in a colon, and what follows it.
fn label(text: &str) -> (&str, &str) {
    let first = text.lines().next().unwrap_or_default();
    let bare = first.trim_end();
    if line::is_bold(bare) || bare.ends_with(':') { (bare, &text[first.len()..]) } else { ("", text) }
}

/// Whether a point states how something is instead of naming a thing to be made: `inputs are a name and a date`.
fn states(text: &str, words: &Words) -> bool {
    let mut before = "";
    // What stands before a colon is the name of the thing.
    let text = text.split(':').next().unwrap_or(text);
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(12) {
        if words.is(word, Word::Being) && !before.is_empty() && !words.is(before, Word::Relative) {
            return true;
        }
        before = word;
    }
    false
}

/// Whether a sentence asks for something: it begins with a verb of making, or after words like `we need to`, or counts
/// things to be made.
#[must_use]
pub fn asks(text: &str, words: &Words) -> Option<Asked> {
    let spoken = spoken(text);
    let first = spoken.first()?;
    let pair = spoken.get(1).map(|second| format!("{first} {second}")).unwrap_or_default();
    if words.is(first, Word::Rule) || words.is(&pair, Word::Rule) {
        return Some(Asked::Rule);
    }
    if words.is(first, Word::Verb) || words.is(&pair, Word::Verb) {
        return Some(Asked::Work);
    }
    let lead = (1..spoken.len().min(6)).find(|&length| words.is(&spoken[..length].join(" "), Word::Lead));
    if let Some(lead) = lead {
        let rest = &spoken[lead..];
        if rest.first().is_some_and(|word| words.is(word, Word::Rule)) {
            return Some(Asked::Rule);
        }
        if verb_near(rest, words) || !quantity::find(text, &words.text).is_empty() {
            return Some(Asked::Work);
        }
    }
    calls(&spoken, words).then_some(Asked::Work)
}

/// The words of a sentence, as many as it takes to see what it asks.
fn spoken(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '\'' | '\u{2019}')))
        .filter(|word| !word.is_empty())
        .take(60)
        .collect()
}

/// Whether a verb of making is among the first words, alone or with the word behind it.
fn verb_near(spoken: &[&str], words: &Words) -> bool {
    (0..spoken.len().min(3)).any(|at| {
        words.is(spoken[at], Word::Verb)
            || spoken.get(at + 1).is_some_and(|next| words.is(&format!("{} {next}", spoken[at]), Word::Verb))
    })
}

/// Whether someone is asked in the midst of a sentence (`…, so please add it`), or wishes for something.
fn calls(spoken: &[&str], words: &Words) -> bool {
    (0..spoken.len()).any(|start| {
        let denied =
            start > 0 && words.order.not.iter().any(|not| spoken[start - 1].eq_ignore_ascii_case(not));
        !denied
            && (1..=7.min(spoken.len() - start)).any(|length| {
                let phrase = spoken[start..start + length].join(" ");
                let rest = &spoken[start + length..];
                (words.is(&phrase, Word::Call) && verb_near(rest, words))
                    || (start < 3 && !rest.is_empty() && words.is(&phrase, Word::Wish))
            })
    })
}
