//! The dialect `story`: BMAD v4 and v6, AIOX, generated and native stories, in English and Portuguese.
//!
//! Work is what stands under a task heading: boxes, ids in headings or bold lines, list items, rows of a table. A line
//! with lines below is a group, headed by `Phase 1` a phase. `[x]` and ✅ mean done. Criteria stand under their heading
//! or are labelled inside a task. Records, reviews, risks and checklists of process are set aside; notes, scope and
//! story text are kept as prose. Without a task section the boxes of unnamed sections are work; without those, phase
//! *decompose* makes a task of every criterion.

pub mod chapter;
pub mod criteria;
pub mod files;
pub mod head;
pub mod item;
mod judge;
pub mod tasks;
#[cfg(test)]
mod tests;
pub mod walk;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind, ItemKind, Status};

use super::Claim;
use super::facts::Facts;
use super::words::{Part, Words};
use chapter::Style;
use walk::Walk;

/// How sure it is that a document is a story.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, words: &Words) -> Claim {
    if document.outline.is_none() {
        return Claim::NONE;
    }
    let facts = Facts::of(inputs, document, words);
    match facts.kind.as_deref() {
        Some("story" | "user-story" | "user_story") => {
            return Claim::of(90, "its front matter says `type: story`");
        }
        Some(kind) if kind.contains("story") => return Claim::of(75, "its front matter names a story"),
        _ => {}
    }
    if facts.story_title && facts.stories < 2 {
        return Claim::of(80, "its title names a story");
    }
    if facts.story_file && (facts.acceptance || facts.tasks) {
        return Claim::of(72, "its file is named like a story");
    }
    if facts.acceptance && facts.tasks && facts.epics == 0 {
        return Claim::of(62, "it has criteria and tasks");
    }
    if facts.acceptance && facts.requirement_items == 0 && facts.epics == 0 && !facts.prd_title {
        let strength = if facts.user_story || facts.product < 2 { 56 } else { 40 };
        return Claim::of(strength, "it has a heading of criteria");
    }
    if facts.user_story && facts.tasks {
        return Claim::of(54, "it has a user story and tasks");
    }
    if facts.tasks && !facts.todo_title {
        return Claim::of(46, "it has a heading of tasks");
    }
    Claim::NONE
}

/// Reads a story.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "story", DraftKind::Story);
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    // Tasks under a heading, and nothing that only stories have, are a list of tasks.
    let facts = Facts::of(inputs, document, words);
    let told = facts.story_title || facts.story_file || facts.acceptance || facts.user_story;
    if !told && !facts.kind.as_deref().is_some_and(|kind| kind.contains("story")) {
        draft.kind = DraftKind::TaskList;
        draft.foreign = true;
    }
    let mut walk = Walk::new(inputs, outline, words, Style::Story, draft);
    walk.front(&document.node);
    walk.all();
    walk.build.close(0);
    let loose = walk.loose_boxes();
    let any = walk.build.draft.items.iter().any(|(_, item)| item.kind == ItemKind::Task);
    for index in loose {
        if any {
            walk.set_aside(index, "boxes outside of the task section");
        } else {
            walk.chapters[index].part = Some(Part::Tasks);
            walk.build
                .draft
                .sections
                .retain(|section| Some(section.body.at()) != walk_body(&walk.chapters, index, outline));
            walk.tasks(index);
        }
    }
    walk.build.close(0);
    walk.inherit(&document.node);
    finished(&mut walk.build.draft);
    walk.finish()
}

/// Where no task says whether it is finished, the status of the document says it of all.
fn finished(draft: &mut Draft) {
    let done = draft.status.as_ref().is_some_and(|status| status.value == Status::Done);
    if done && draft.items.iter().all(|(_, item)| item.done.is_none()) {
        for (_, item) in draft.items.iter_mut() {
            item.done = Some(true);
        }
    }
}

fn walk_body(
    chapters: &[chapter::Chapter],
    index: usize,
    outline: &crate::ir::outline::Outline,
) -> Option<crate::base::span::Span> {
    let body = chapters[index].body.clone();
    let mut blocks = outline.blocks[body].iter().map(|block| outline.span(block));
    let first = blocks.next()?;
    Some(blocks.fold(first, crate::base::span::Span::to))
}
