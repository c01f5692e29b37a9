//! OpenSpec change folders: `tasks.md` with `## 1. Group` and `- [ ] 1.1 text`, `proposal.md`, `specs/**/spec.md`.
//!
//! A *task* is an innermost box, a numbered heading a *group*. *Done* is the tick. *Criteria* are the scenarios of the
//! specs in the folder, each a `#### Scenario:` with its WHEN and THEN lines; those of removed requirements are not
//! used. The proposal's `Why` is the objective, `What Changes` the scope. Prose after the tasks is kept as notes. The
//! id of the request is the name of the change folder.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Criterion, Draft, DraftKind, Priority, SectionRole, Unused};
use crate::ir::outline::Tick;
use crate::syntax::markdown;

use super::page::{Fate, Page, is_heading, is_item, role};
use super::words::Words;
use super::{Claim, numbered, piece};

/// Claims task lists whose numbered boxes stand under headings of their number.
pub(super) fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let Some(outline) = &document.outline else { return Claim::NONE };
    let path = inputs.file(document.file).path.as_str();
    let (mut boxes, mut fitting, mut group) = (0usize, 0usize, "");
    for block in &outline.blocks {
        let text = inputs.slice(outline.text(block));
        if is_heading(block) && block.level <= 3 {
            group = &text[..numbered::number(text)];
        } else if is_item(block) && block.tick != Tick::None {
            let head = numbered::head(text);
            let id = &text[head.id.0..head.id.1];
            boxes += 1;
            fitting +=
                usize::from(!group.is_empty() && id.split('.').next() == Some(group) && id.contains('.'));
        }
    }
    if path.contains("openspec/changes/") && boxes > 0 {
        return Claim::of(90, "lies in an OpenSpec change");
    }
    if fitting > 0 && fitting * 2 > boxes {
        return Claim::of(78, "its boxes are numbered by their headings");
    }
    Claim::NONE
}

/// Reads the task list of a change, and what stands beside it.
pub(super) fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "openspec", DraftKind::TaskList);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut page = Page::new(inputs, outline);
    let folder = inputs.file(document.file).path.folder();
    let change = folder.split("openspec/changes/").nth(1).map(|rest| rest.rsplit('/').next().unwrap_or(rest));
    draft.id = change.filter(|name| !name.is_empty()).map(|name| Text::made(name, Span::head(document.file)));
    if let Some(at) = page.title() {
        let title = page.key(at);
        if !matches!(title.as_str(), "tasks" | "implementation tasks" | "tarefas" | "task list")
            || draft.id.is_none()
        {
            draft.title = Some(piece::line(inputs, page.span(at)));
        }
        page.mark(at);
    }
    if change.is_some() {
        proposal(inputs, folder, &mut draft, words);
        specs(inputs, folder, &mut draft);
    }
    if draft.title.is_none() {
        draft.title.clone_from(&draft.id);
    }
    numbered::read(&mut page, &mut draft, words);
    page.rest(&mut draft, |key| fate(key, words));
    Outcome::clean(draft)
}

fn fate(key: &str, words: &Words) -> Option<Fate> {
    match key {
        "why" => return Some(Fate::Keep(SectionRole::Objective)),
        "what changes" => return Some(Fate::Keep(SectionRole::Scope)),
        "impact" => return Some(Fate::Keep(SectionRole::Notes)),
        _ => {}
    }
    role(key, words).map(Fate::Keep)
}

fn proposal(inputs: &Inputs, folder: &str, draft: &mut Draft, words: &Words) {
    let Some(file) = inputs.find(&format!("{folder}/proposal.md")) else { return };
    let outline = markdown::outline(inputs, file);
    let mut page = Page::new(inputs, &outline);
    if let Some(at) = page.title() {
        let raw = page.text(at);
        let from = raw
            .find(':')
            .filter(|&colon| raw[..colon].trim().eq_ignore_ascii_case("change"))
            .map_or(0, |colon| colon + 1);
        if draft.title.is_none() {
            let span = page.span(at);
            draft.title = Some(piece::line(inputs, span.slice(from, span.len())));
        }
        page.mark(at);
    }
    page.rest(draft, |key| fate(key, words));
}

/// Every scenario of the specs of a change.
fn specs(inputs: &Inputs, folder: &str, draft: &mut Draft) {
    let prefix = format!("{folder}/specs/");
    let files: Vec<_> =
        inputs.under(&prefix).filter(|(_, file)| file.path.name() == "spec.md").map(|(id, _)| id).collect();
    for file in files {
        let outline = markdown::outline(inputs, file);
        let page = Page::new(inputs, &outline);
        for at in 0..page.blocks().len() {
            if is_heading(&page.blocks()[at])
                && page.text(at).trim_start_matches('*').starts_with("Scenario:")
            {
                scenario(&page, at, draft);
            }
        }
    }
}

fn scenario(page: &Page<'_>, at: usize, draft: &mut Draft) {
    let span = page.span(at);
    let end = page.section_end(at);
    let whole = Span { end: page.blocks()[end - 1].end, ..span };
    if page.headings(at).any(|heading| page.key(heading).starts_with("removed")) {
        draft.unused.push(Unused { span: whole, reason: "The requirement is removed by this change" });
        return;
    }
    let colon = page.text(at).find(':').map_or(0, |colon| colon + 1);
    let name = piece::line(page.inputs, span.slice(colon, span.len()));
    let mut text = name.get(page.inputs).to_owned();
    for next in at + 1..end {
        let line = piece::line(page.inputs, page.span(next));
        let line = line.get(page.inputs);
        if !line.is_empty() {
            text.push_str(if text.ends_with(':') || text.contains(": ") { ", " } else { ": " });
            text.push_str(line);
        }
    }
    draft.criteria.push(Criterion {
        id: None,
        text: Text::made(text, whole),
        done: false,
        priority: Priority::Medium,
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{criteria, draft, items, unused};

    const TASKS: &str = "## 1. Store\n\n- [x] 1.1 Write `db/loans.sql`\n- [ ] 1.2 Load it (depends on 1.1, takes 2.5 s)\n\n## 2. Docs\n- [ ] 2.1 Describe it\n\n## Design notes\n\n1. **Why**: speed\n   - a remark\n";

    #[test]
    fn numbered_headings_hold_their_boxes() {
        let (inputs, draft) = draft("openspec", &[("tasks.md", TASKS)]);
        assert_eq!(
            items(&inputs, &draft),
            "+ 1|Store\n  x 1.1|Write db/loans.sql\n  - 1.2|Load it (depends on 1.1, takes 2.5 s) <1.1\n+ 2|Docs\n  - 2.1|Describe it\n"
        );
        assert_eq!(draft.sections.len(), 1);
    }

    #[test]
    fn a_change_brings_its_proposal_and_scenarios() {
        let (inputs, draft) = draft(
            "openspec",
            &[
                ("openspec/changes/add-loans/tasks.md", TASKS),
                (
                    "openspec/changes/add-loans/proposal.md",
                    "# Change: Add loans\n\n## Why\n\nReaders ask.\n\n## What Changes\n\n- Loans\n",
                ),
                (
                    "openspec/changes/add-loans/specs/loans/spec.md",
                    "## ADDED Requirements\n\n### Requirement: Lend\n\nThe system SHALL lend.\n\n#### Scenario: Free book\n- **WHEN** a book is free\n- **THEN** it is lent\n\n\
                     ## REMOVED Requirements\n\n### Requirement: Old\n\n#### Scenario: Old way\n- **WHEN** x\n",
                ),
            ],
        );
        assert_eq!(criteria(&inputs, &draft), "- |Free book: WHEN a book is free, THEN it is lent\n");
        assert_eq!(draft.id.as_ref().unwrap().get(&inputs), "add-loans");
        assert_eq!(draft.title.as_ref().unwrap().get(&inputs), "Add loans");
        assert_eq!(unused(&draft), ["The requirement is removed by this change"]);
        assert!(draft.sections.iter().any(|section| section.body.get(&inputs) == "Readers ask."));
    }
}
