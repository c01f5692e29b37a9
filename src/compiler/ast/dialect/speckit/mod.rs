//! spec-kit's `tasks.md`: phases of `- [ ] T001 [P] [US1] text`, with the `spec.md` and `plan.md` beside it.
//!
//! A *task* is a line (a list item, or a heading where there are no such items) that begins with a task id, and a
//! ticked line without id among them. A task with ticked lines of its own is a *group*, as is every heading with
//! tasks below it. A phase is a *barrier* unless the document says in words what each phase waits for: then only that
//! counts. *Done* is the tick. *Criteria* come from the spec: acceptance scenarios (`US1.2`), functional requirements
//! (`FR-001`) and success criteria (`SC-001`). Prose under a heading with tasks is the group's detail. Order is read
//! from task lines, from headings, and from sections about dependencies; examples of parallel runs are not tasks.

mod companion;
mod line;
mod order;
mod phases;
mod refs;
mod tasks;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind, STATED, SectionRole};
use crate::ir::outline::{BlockKind, Tick};

use super::Claim;
use super::facts::Facts;
use super::page::{Fate, Page, is_item};
use super::piece;
use super::words::Words;

/// Claims lists of `T001` items.
pub(super) fn claims(inputs: &Inputs, document: &Document, words: &Words) -> Claim {
    let Some(outline) = &document.outline else { return Claim::NONE };
    let (mut ticked, mut bare, mut boxes, mut dotted) = (0usize, 0usize, 0usize, 0usize);
    for block in &outline.blocks {
        if !is_item(block) && block.kind != BlockKind::Heading {
            continue;
        }
        let text = inputs.slice(outline.text(block));
        let head = line::head(text);
        let is_task = head.as_ref().is_some_and(|head| head.id.1 - head.id.0 >= 3);
        // `T1.2` is a number within a group, which other lists have as well.
        dotted += usize::from(head.is_some_and(|head| text[head.id.0..head.id.1].contains('.')));
        boxes += usize::from(block.tick != Tick::None);
        ticked += usize::from(is_task && block.tick != Tick::None);
        bare += usize::from(is_task && block.tick == Tick::None);
    }
    let path = inputs.file(document.file).path.as_str();
    let titled = Facts::of(inputs, document, words).story_title;
    match (ticked, bare) {
        (n, _) if n > 0 && n * 2 >= boxes && (titled || dotted * 2 > n) => {
            Claim::of(60, "its tasks are numbered like those of spec-kit")
        }
        (n, _) if n > 0 && n * 2 >= boxes => Claim::of(80, "its tasks are numbered `T001`"),
        (0, n) if n > 2 && boxes == 0 => Claim::of(55, "its items are numbered `T001`"),
        _ if path.ends_with("/tasks.md") && path.contains("specs/") && path.contains(".specify") => {
            Claim::of(40, "lies where spec-kit keeps its tasks")
        }
        (n, _) if n > 0 => Claim::of(45, "some of its tasks are numbered `T001`"),
        _ => Claim::NONE,
    }
}

/// Reads a task list of spec-kit.
pub(super) fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "spec-kit", DraftKind::TaskList);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let Some(outline) = &document.outline else { return Outcome::clean(draft) };
    let mut findings = Vec::new();
    let mut page = Page::new(inputs, outline);
    if let Some(at) = page.title() {
        draft.title = Some(title(inputs, &page, at));
        page.mark(at);
    }
    let folder = inputs.file(document.file).path.folder();
    let name = folder.rsplit('/').next().unwrap_or_default();
    if name
        .as_bytes()
        .get(..4)
        .is_some_and(|head| head[..3].iter().all(u8::is_ascii_digit) && head[3] == b'-')
    {
        draft.id = Some(Text::made(name, crate::base::span::Span::head(document.file)));
    }
    if inputs.text(document.file).contains(STATED) {
        draft.kind = DraftKind::Plan;
    }
    companion::read(inputs, folder, &mut draft);
    tasks::read(&mut page, &mut draft, words);
    if let Some(unfilled) = template(inputs, &draft) {
        findings.push(unfilled);
        // What stands for an id is none: two of them are no duplicates.
        for (_, item) in draft.items.iter_mut() {
            if item.id.as_ref().is_some_and(|id| id.get(inputs) == UNNAMED) {
                item.id = None;
            }
        }
    }
    page.rest(&mut draft, fate);
    Outcome::new(draft, findings)
}

/// The title without `Tasks:` in front of it.
fn title(inputs: &Inputs, page: &Page<'_>, at: usize) -> Text {
    let span = page.span(at);
    let raw = inputs.slice(span);
    let head = raw.split_once(':').filter(|(head, rest)| {
        let head = head.trim().to_ascii_lowercase();
        !rest.trim().is_empty()
            && ["tasks", "task list", "implementation tasks", "tarefas"].contains(&head.as_str())
    });
    match head {
        Some((_, rest)) => piece::line(inputs, span.slice(raw.len() - rest.trim_start().len(), raw.len())),
        None => piece::line(inputs, span),
    }
}

/// What the template says instead of an id.
const UNNAMED: &str = "TXXX";

/// The template itself, or a list that was not filled in.
fn template(inputs: &Inputs, draft: &Draft) -> Option<Diagnostic> {
    let unnamed =
        draft.items.iter().filter_map(|(_, item)| item.id.as_ref()).find(|id| id.get(inputs) == UNNAMED);
    let title = draft.title.as_ref().filter(|title| title.get(inputs).contains("[FEATURE"));
    let (at, word) =
        unnamed.map(|id| (id.at(), UNNAMED)).or_else(|| Some((title?.at(), "[FEATURE NAME]")))?;
    Some(
        Diagnostic::warning(
            "input/template",
            at,
            format!("this is a template that was not filled in: it says `{word}`"),
        )
        .help("compile the task list that was made from it".to_owned()),
    )
}

/// What the fixed sections of the format are for.
fn fate(key: &str) -> Option<Fate> {
    let starts = |heads: &[&str]| heads.iter().any(|head| key.starts_with(head));
    if starts(&["format"]) {
        return Some(Fate::Drop("It explains the notation of the list"));
    }
    if starts(&["parallel example", "parallel execution", "example", "execution flow"]) {
        return Some(Fate::Drop("It repeats tasks as an example of running them side by side"));
    }
    if starts(&["notes", "path conventions", "technical notes", "implementation notes"]) {
        return Some(Fate::Keep(SectionRole::Notes));
    }
    if starts(&["summary", "task summary", "overview"]) {
        return Some(Fate::Keep(SectionRole::Objective));
    }
    if starts(&["scope", "out of scope"]) {
        return Some(Fate::Keep(SectionRole::Scope));
    }
    None
}

#[cfg(test)]
mod tests;
