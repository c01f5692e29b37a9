//! The dialect `checklist`: plain checklists and issue-style task lists.
//!
//! Every list item is work unless its heading says otherwise; items with items below are groups, headings are groups,
//! `Phase 1` a phase. Where a list has boxes, lines without one are notes. Done are `[x]`, a mark, a strike, and what
//! stands under `Done`.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind};

use super::Claim;
use super::facts::Facts;
use super::story::chapter::Style;
use super::story::tasks::NO_BOX;
use super::story::walk::Walk;
use super::words::{Part, Words};

/// How sure it is that a document is a checklist.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, words: &Words) -> Claim {
    if document.outline.is_none() {
        return Claim::NONE;
    }
    let facts = Facts::of(inputs, document, words);
    if matches!(facts.kind.as_deref(), Some("task-list" | "task_list" | "tasks" | "checklist" | "todo")) {
        return Claim::of(88, "its front matter says that it is a list");
    }
    if facts.items < 2 && facts.boxes < 2 {
        return if facts.todo_title && facts.items > 0 {
            Claim::of(44, "it is called a list of things to do")
        } else {
            Claim::NONE
        };
    }
    let most = facts.item_lines * 100 >= (facts.item_lines + facts.prose) * 60;
    if facts.story_title || facts.prd_title || facts.acceptance && !facts.todo_title {
        return if most { Claim::of(30, "most of its lines are list items") } else { Claim::NONE };
    }
    match (facts.todo_title, facts.boxes * 2 >= facts.items && facts.boxes > 1, most) {
        (true, true, _) => Claim::of(58, "it is called a list of things to do, and has boxes"),
        (true, false, true) => Claim::of(52, "it is called a list of things to do"),
        (false, true, true) => Claim::of(50, "most of its lines are items with boxes"),
        (false, true, false) if facts.requirements || facts.product >= 2 => Claim::of(20, "it has boxes"),
        (false, true, false) => Claim::of(34, "it has boxes"),
        (false, false, true) if facts.product < 2 => Claim::of(42, "most of its lines are list items"),
        (true, false, false) => Claim::of(36, "it is called a list of things to do"),
        (false, false, _) => Claim::NONE,
    }
}

/// Lines that are left out because others have boxes, in one finding.
fn boxless(inputs: &Inputs, draft: &Draft) -> Option<Diagnostic> {
    let mut left = draft.unused.iter().filter(|unused| unused.reason == NO_BOX);
    let first = left.next()?.span;
    let line = inputs.slice(first).lines().next().unwrap_or_default();
    let more = left.count();
    let message = match more {
        0 => "this line has no box where others do: it is not read as work".to_owned(),
        _ => format!("this line and {more} others have no box where others do: they are not read as work"),
    };
    Some(
        Diagnostic::info("list/no-box", first.slice(0, line.trim_end().len()), message)
            .help("give what is to be done a box: `- [ ] …`".to_owned()),
    )
}

/// Reads a checklist.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "checklist", DraftKind::TaskList);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut walk = Walk::new(inputs, outline, words, Style::List, draft);
    walk.front(&document.node);
    // One style for the whole list: where some lines have boxes, those without are notes.
    let boxes = walk.chapters.iter().any(|chapter| chapter.ticks);
    if boxes {
        for chapter in &mut walk.chapters {
            chapter.ticks = true;
        }
    }
    // A list that stands under nothing but a word like `Description` is the list.
    if !walk.chapters.iter().any(|chapter| chapter.part == Some(Part::Tasks) && chapter.lists) {
        for chapter in &mut walk.chapters {
            let told =
                matches!(chapter.part, Some(Part::Objective | Part::Scope | Part::Notes | Part::Story));
            if told && chapter.lists {
                chapter.part = Some(Part::Tasks);
            }
        }
    }
    if let Some(head) =
        walk.chapters.get(1).filter(|chapter| chapter.level == 1).and_then(|chapter| chapter.head)
    {
        let span = walk.span(head);
        walk.title(span);
    }
    walk.all();
    let mut outcome = walk.finish();
    outcome.findings.extend(boxless(inputs, &outcome.value));
    if outcome.value.title.is_none() {
        let stem = inputs.file(document.file).path.stem().to_owned();
        outcome.value.title = Some(Text::made(stem, Span::head(document.file)));
    }
    outcome
}
