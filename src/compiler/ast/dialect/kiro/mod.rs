//! Kiro's specs: `tasks.md` with numbered boxes, `requirements.md` with criteria in EARS form beside it.
//!
//! A *task* is an innermost box; a box with boxes below it (nested, or by its dotted number at the same indent unless it
//! has lines of its own) is a *group*. *Done* is the tick; `*` after the box makes a task optional, `(P)` parallel. Lines without a box are
//! detail; `_Requirements: 1.1_` binds the task to that criterion of the `requirements.md` beside it. A
//! `requirements.md` by itself is a request of its own: one task for each functional requirement, with its criteria;
//! the non-functional ones hold for all.

mod requirements;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind, SectionRole};
use crate::ir::outline::{Outline, Tick};
use crate::syntax::markdown;

use super::page::{Fate, Page, is_heading, is_item, role};
use super::words::{Part, Words};
use super::{Claim, numbered, piece};

/// Claims plans whose boxes refer to requirements, and requirements in EARS form.
pub(super) fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let Some(outline) = &document.outline else { return Claim::NONE };
    let path = inputs.file(document.file).path.as_str();
    let at_home = path.contains(".kiro/specs/");
    let mut counts = Counts::default();
    counts.read(inputs, outline);
    if counts.boxes == 0 && counts.requirements > 0 && counts.shall >= 2 {
        return Claim::of(if at_home { 90 } else { 82 }, "its criteria say what the system SHALL do");
    }
    if counts.numbered == 0 {
        return Claim::NONE;
    }
    if counts.serves > 0 {
        return Claim::of(85, "its boxes have labels such as `_Requirements: …_`");
    }
    if at_home {
        return Claim::of(85, "lies where Kiro keeps its specs");
    }
    if counts.plan && counts.whole > 0 {
        return Claim::of(72, "it is an `Implementation Plan` of numbered boxes");
    }
    if counts.whole > 1 && counts.dotted > 0 && counts.numbered == counts.boxes {
        return Claim::of(60, "its boxes are numbered `1.` and `1.1`");
    }
    Claim::NONE
}

#[derive(Default)]
struct Counts {
    boxes: usize,
    numbered: usize,
    whole: usize,
    dotted: usize,
    serves: usize,
    shall: usize,
    requirements: usize,
    plan: bool,
}

impl Counts {
    fn read(&mut self, inputs: &Inputs, outline: &Outline) {
        for block in &outline.blocks {
            let text = inputs.slice(outline.text(block));
            if is_heading(block) {
                self.plan |= block.level == 1 && text.starts_with("Implementation Plan");
                self.requirements += usize::from(requirements::heading(text).is_some());
            } else if is_item(block) {
                let head = numbered::head(text);
                let boxed = block.tick != Tick::None || head.tick.is_some();
                let id = &text[head.id.0..head.id.1];
                self.boxes += usize::from(boxed);
                self.numbered += usize::from(boxed && !id.is_empty());
                self.whole += usize::from(boxed && !id.is_empty() && !id.contains('.'));
                self.dotted += usize::from(boxed && id.contains('.'));
                self.shall += usize::from(requirements::is_ears(text));
                self.requirements += usize::from(!boxed && requirements::item(text).is_some());
                self.serves += usize::from(text.lines().any(is_label));
            } else if is_label(text) {
                self.serves += 1;
            }
        }
    }
}

/// Labels of Kiro and of those who write as it does: `_Requirements: 1.1_`.
const LABELS: &[&str] =
    &["Requirements:", "Depends:", "Boundary:", "Implements:", "Leverage:", "Prompt:", "Requirement:"];

fn is_label(line: &str) -> bool {
    let line = line.trim_start();
    let marked = line.trim_start_matches(['_', '*']);
    marked.len() < line.len() && LABELS.iter().any(|label| marked.starts_with(label))
}

/// Reads a plan with its requirements, or requirements alone.
pub(super) fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "kiro", DraftKind::TaskList);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut page = Page::new(inputs, outline);
    let folder = inputs.file(document.file).path.folder().to_owned();
    if let Some(at) = page.title() {
        draft.title = Some(piece::line(inputs, page.span(at)));
        page.mark(at);
    }
    if let Some((_, name)) = folder.rsplit_once(".kiro/specs/") {
        draft.id = Some(crate::base::text::Text::made(name, crate::base::span::Span::head(document.file)));
    }
    let mut counts = Counts::default();
    counts.read(inputs, outline);
    if counts.boxes == 0 && counts.requirements > 0 {
        draft.kind = DraftKind::Prd;
        requirements::read(&mut page, &mut draft, words);
    } else {
        let beside = if folder.is_empty() {
            "requirements.md".to_owned()
        } else {
            format!("{folder}/requirements.md")
        };
        if let Some(file) = inputs.find(&beside).filter(|&file| file != document.file) {
            requirements::beside(&Page::new(inputs, &markdown::outline(inputs, file)), &mut draft, words);
        }
        numbered::read(&mut page, &mut draft, words);
    }
    page.rest(&mut draft, |key| fate(key, words));
    Outcome::clean(draft)
}

fn fate(key: &str, words: &Words) -> Option<Fate> {
    match key {
        "overview" | "introduction" | "problem statement" | "project description input" => {
            return Some(Fate::Keep(SectionRole::Objective));
        }
        "notes" | "glossary" => return Some(Fate::Keep(SectionRole::Notes)),
        _ => {}
    }
    if words.part(key) == Some(Part::Excluded) {
        return Some(Fate::Drop("It stands in a section that records, and asks for nothing"));
    }
    role(key, words).map(Fate::Keep)
}

#[cfg(test)]
mod tests;
