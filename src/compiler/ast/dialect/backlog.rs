//! Backlog.md: one task a file, YAML head, sections between `<!-- SECTION:…:BEGIN -->` marks.
//!
//! The file is one request. Its *criteria* are the boxes of `Acceptance Criteria`, ticked or not; without criteria the
//! steps of the implementation plan are its *tasks*, and without a plan the title is its only one, *done* when the
//! status says so; a file with the comment that all is stated is one task, to which its criteria belong. Headings between a section's marks belong to that section. `dependencies` are documents it waits
//! for: one that is written with the old prefix `task-` means the task of this project with that number. Comments and
//! the final summary are records.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{Span, Spanned};
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{
    Criterion, Draft, DraftKind, Item, Priority, STATED, Section, SectionRole, Status, Unused,
};
use crate::ir::node::Node;
use crate::ir::outline::{BlockKind, Outline, Tick};

use super::page::{Page, is_heading, is_item};
use super::words::Words;
use super::{Claim, piece, value};

/// Claims heads with the fields of a Backlog.md task.
pub(super) fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let Some(outline) = &document.outline else { return Claim::NONE };
    let has = |key: &str| document.node.get(key).is_some();
    if !(has("id") && has("title") && has("status")) {
        return Claim::NONE;
    }
    let marked = outline.blocks.iter().any(|block| {
        let text = inputs.slice(outline.span(block));
        block.kind == BlockKind::Html && (text.contains("AC:BEGIN") || text.contains("SECTION:"))
    });
    let path = inputs.file(document.file).path.as_str();
    if marked || path.contains("backlog/tasks/") {
        return Claim::of(92, "it has the marks of a Backlog.md task");
    }
    let typical = ["assignee", "created_date", "labels", "dependencies", "ordinal"]
        .iter()
        .filter(|key| has(key))
        .count();
    if typical >= 2 && has("created_date") {
        return Claim::of(84, "its head is that of a Backlog.md task");
    }
    Claim::NONE
}

/// What a section of the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    Description,
    Criteria,
    Plan,
    Notes,
    Record,
    Other,
}

/// Reads one task file.
pub(super) fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "backlog", DraftKind::Story);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    head(inputs, &document.node, &mut draft, words);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let page = Page::new(inputs, outline);
    let places = places(&page);
    let mut steps = Vec::new();
    for (at, &place) in places.iter().enumerate() {
        let block = page.blocks()[at];
        if place == Place::Criteria && is_item(&block) && block.depth == 0 {
            criterion(&page, at, &mut draft);
        } else if place == Place::Plan && is_item(&block) && block.depth == 0 {
            steps.push(at);
        }
    }
    sections(&page, &places, &mut draft);
    if inputs.text(document.file).contains(STATED) {
        whole_file(&mut draft);
    } else if draft.criteria.is_empty() {
        tasks(&page, &steps, &mut draft);
    }
    Outcome::clean(draft)
}

fn head(inputs: &Inputs, node: &Node, draft: &mut Draft, words: &Words) {
    draft.id = node.get("id").and_then(|id| value::text(inputs, id));
    draft.title = node
        .get("title")
        .and_then(|title| value::text(inputs, title))
        .map(|title| value::line(inputs, title));
    draft.priority = node.get("priority").and_then(Node::text).and_then(|text| words.priority(text));
    draft.status = node.get("status").and_then(|status| {
        let text = status.text()?;
        let known =
            words.status(text).or_else(|| text.eq_ignore_ascii_case("to do").then_some(Status::Draft))?;
        Some(Spanned::new(known, status.span))
    });
    let own = draft.id.as_ref().map(|id| id.get(inputs).to_owned()).unwrap_or_default();
    let prefix = own.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    for name in node.get("dependencies").map(|list| value::texts(inputs, list)).unwrap_or_default() {
        let text = name.get(inputs);
        let number = text.strip_prefix("task-").or_else(|| text.strip_prefix("TASK-"));
        let other = number.filter(|number| {
            !prefix.is_empty() && text.len() - number.len() != prefix.len()
                || !text.starts_with(prefix) && !number.is_empty()
        });
        draft.after.push(match other.filter(|_| !prefix.is_empty()) {
            Some(number) => Text::made(format!("{prefix}{number}"), name.at()),
            None => name.clone(),
        });
    }
    for key in ["references", "documentation", "modified_files"] {
        let Some((name, list)) = node.any_of(&[key]).filter(|(_, list)| !list.items().is_empty()) else {
            continue;
        };
        draft.sections.push(Section {
            role: SectionRole::Notes,
            heading: Text::At(name.span),
            body: Text::At(list.span),
        });
    }
    if let Some((key, parent)) =
        node.any_of(&["parent_task_id", "parent"]).filter(|(_, parent)| !parent.is_null())
    {
        draft.unused.push(Unused { span: value::span(key, parent), reason: "A parent task orders nothing" });
    }
}

/// The section of every block: what stands between marks belongs to them, else to the heading of level 2 above.
fn places(page: &Page<'_>) -> Vec<Place> {
    let mut found = Vec::with_capacity(page.blocks().len());
    let (mut marked, mut headed) = (None, Place::Head);
    for at in 0..page.blocks().len() {
        let block = page.blocks()[at];
        if block.kind == BlockKind::Html {
            let text = page.inputs.slice(page.outline.span(&block));
            if let Some(name) = mark(text, ":BEGIN") {
                marked = Some(named(&name.to_ascii_lowercase()));
            } else if mark(text, ":END").is_some() {
                marked = None;
                found.push(Place::Head);
                continue;
            }
        } else if is_heading(&block) && block.level <= 2 && marked.is_none() {
            headed = named(&page.key(at));
        }
        found.push(marked.unwrap_or(headed));
    }
    found
}

/// `AC` of `<!-- AC:BEGIN -->`, `PLAN` of `<!-- SECTION:PLAN:BEGIN -->`.
fn mark<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let inner = text.trim().strip_prefix("<!--")?.trim_start();
    let inner = inner.strip_prefix("SECTION:").unwrap_or(inner);
    let name = &inner[..inner.find(end)?];
    (!name.is_empty() && name.len() < 32).then_some(name)
}

fn named(key: &str) -> Place {
    match key {
        "description" => Place::Description,
        "ac" | "acceptance criteria" | "acceptance_criteria" => Place::Criteria,
        "plan" | "implementation plan" => Place::Plan,
        "notes" | "implementation notes" | "dod" | "definition of done" => Place::Notes,
        "comments" | "comment" | "final_summary" | "final summary" => Place::Record,
        _ => Place::Other,
    }
}

fn criterion(page: &Page<'_>, at: usize, draft: &mut Draft) {
    let span = page.span(at);
    let text = page.text(at);
    let digits = text.strip_prefix('#').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let from = if digits > 0 { digits + 1 } else { 0 };
    draft.criteria.push(Criterion {
        id: (digits > 0).then(|| Text::At(span.slice(1, from))),
        text: piece::line(page.inputs, span.slice(from, span.len())),
        done: page.blocks()[at].tick == Tick::Done,
        priority: Priority::Medium,
    });
}

/// Runs of blocks of one place become sections.
fn sections(page: &Page<'_>, places: &[Place], draft: &mut Draft) {
    let mut at = 0;
    while at < places.len() {
        let place = places[at];
        let mut end = at + 1;
        while end < places.len() && places[end] == place && !(place == Place::Other && opens(page, end)) {
            end += 1;
        }
        let says = |index: &usize| !matches!(page.blocks()[*index].kind, BlockKind::Html | BlockKind::Break);
        let body: Vec<usize> = (at..end).filter(says).collect();
        let heading = (at == 0 || is_heading(&page.blocks()[at])).then_some(at);
        let own = body
            .iter()
            .copied()
            .filter(|&index| Some(index) != heading || !is_heading(&page.blocks()[index]));
        let own: Vec<usize> =
            own.filter(|&index| place != Place::Criteria || !is_item(&page.blocks()[index])).collect();
        if let (Some(&first), Some(&last)) = (own.first(), own.last()) {
            let span = whole(page.outline, first, last);
            put(page, place, heading.or_else(|| page.above(first)), span, draft);
        }
        at = end;
    }
}

fn opens(page: &Page<'_>, at: usize) -> bool {
    is_heading(&page.blocks()[at]) && page.blocks()[at].level <= 2
}

fn whole(outline: &Outline, first: usize, last: usize) -> Span {
    outline.span(&outline.blocks[first]).to(outline.span(&outline.blocks[last]))
}

fn put(page: &Page<'_>, place: Place, heading: Option<usize>, span: Span, draft: &mut Draft) {
    let role = match place {
        Place::Description => SectionRole::Objective,
        Place::Plan | Place::Notes | Place::Criteria => SectionRole::Notes,
        Place::Head | Place::Other => SectionRole::Other,
        Place::Record => {
            draft.unused.push(Unused { span, reason: "It records what was said and done" });
            return;
        }
    };
    let text = page.inputs.slice(span).trim_end();
    if text.is_empty() {
        return;
    }
    let heading = match heading.filter(|&at| is_heading(&page.blocks()[at])) {
        Some(at) => piece::line(page.inputs, page.span(at)),
        None => Text::At(span.slice(0, 0)),
    };
    draft.sections.push(Section { role, heading, body: Text::At(span.slice(0, text.len())) });
}

/// A file that says that all is stated is one task, to which its criteria belong.
fn whole_file(draft: &mut Draft) {
    draft.kind = DraftKind::Plan;
    draft.stated = true;
    tasks_of_title(draft);
    let criteria = Run::since(0, draft.criteria.len());
    for (_, item) in draft.items.iter_mut() {
        item.criteria = criteria;
    }
}

/// Without criteria: the steps of the plan, else the title.
fn tasks(page: &Page<'_>, steps: &[usize], draft: &mut Draft) {
    let done = draft.status.as_ref().is_some_and(|status| status.value == Status::Done);
    let cancelled = draft.status.as_ref().is_some_and(|status| status.value == Status::Cancelled);
    for &at in steps {
        let block = page.blocks()[at];
        let mut item = Item::task(piece::line(page.inputs, page.span(at)), page.outline.span(&block));
        let end = page.outline.item_end(at);
        item.detail = (end > at + 1).then(|| Text::At(whole(page.outline, at + 1, end - 1)));
        item.done = Some(done || block.tick == Tick::Done);
        item.cancelled = cancelled;
        draft.items.push(item);
    }
    if steps.is_empty() {
        tasks_of_title(draft);
    }
}

/// The title as the only task.
fn tasks_of_title(draft: &mut Draft) {
    let is = |wanted: Status| draft.status.as_ref().is_some_and(|status| status.value == wanted);
    let (done, cancelled) = (is(Status::Done), is(Status::Cancelled));
    let Some(title) = draft.title.clone() else { return };
    let at = title.at();
    let mut item = Item::task(title, at);
    item.done = Some(done);
    item.cancelled = cancelled;
    let objective = draft.sections.iter().find(|section| section.role == SectionRole::Objective);
    item.detail = objective.map(|section| section.body.clone());
    draft.items.push(item);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{criteria, draft, items, unused};

    const HEAD: &str = "---\nid: LIB-7.1\ntitle: 'Loans: lend a book'\nstatus: In Progress\nassignee: []\ncreated_date: '2026-01-01'\nlabels: [web]\n\
        dependencies:\n  - task-6\n  - LIB-5\npriority: high\nparent_task_id: LIB-7\n---\n\n";

    #[test]
    fn marks_hold_their_section_together() {
        let text = format!(
            "{HEAD}## Description\n\n<!-- SECTION:DESCRIPTION:BEGIN -->\n## Context\n\nReaders wait.\n\n- [ ] not a criterion\n<!-- SECTION:DESCRIPTION:END -->\n\n\
             ## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [x] #1 A book is lent\n\n- [ ] #2 It comes back\n<!-- AC:END -->\n\n\
             ## Implementation Plan\n\n<!-- SECTION:PLAN:BEGIN -->\n1. Table\n2. Route\n<!-- SECTION:PLAN:END -->\n\n\
             ## Comments\n\n<!-- COMMENTS:BEGIN -->\nauthor: me\ncreated: today\n---\nLooks good\n---\n<!-- COMMENTS:END -->\n"
        );
        let (inputs, draft) = draft("backlog", &[("backlog/tasks/lib-7.1 - x.md", &text)]);
        assert_eq!(criteria(&inputs, &draft), "x 1|A book is lent\n- 2|It comes back\n");
        assert_eq!(items(&inputs, &draft), "");
        let after: Vec<_> = draft.after.iter().map(|name| name.get(&inputs)).collect();
        assert_eq!(after, ["LIB-6", "LIB-5"]);
        assert_eq!(unused(&draft), ["A parent task orders nothing", "It records what was said and done"]);
        let sections: Vec<_> = draft.sections.iter().map(|section| section.heading.get(&inputs)).collect();
        assert_eq!(sections, ["Description", "Implementation Plan"]);
        assert!(draft.sections[0].body.get(&inputs).contains("not a criterion"));
    }

    #[test]
    fn without_criteria_the_plan_or_the_title_is_the_work() {
        let (inputs, planned) = draft(
            "backlog",
            &[("a.md", &format!("{HEAD}## Implementation Plan\n\n1. Table\n   - with index\n2. Route\n"))],
        );
        assert_eq!(items(&inputs, &planned), "- |Table\n- |Route\n");
        let (inputs, bare) = draft("backlog", &[("a.md", &HEAD.replace("In Progress", "Done"))]);
        assert_eq!(items(&inputs, &bare), "x |Loans: lend a book\n");
    }

    #[test]
    fn criteria_need_no_marks() {
        let (inputs, draft) = draft(
            "backlog",
            &[("a.md", &format!("{HEAD}## Acceptance Criteria\n\n- [ ] One\n  - detail\n- [x] Two\n"))],
        );
        assert_eq!(criteria(&inputs, &draft), "- |One\nx |Two\n");
    }
}
