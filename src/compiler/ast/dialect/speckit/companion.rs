//! What stands beside a task list: the criteria of `spec.md`, the summary of `plan.md`.

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::{Criterion, Draft, Priority, Section, SectionRole};
use crate::ir::outline::BlockKind;
use crate::syntax::markdown;

use super::super::page::{Page, is_heading, is_item};
use super::super::piece;

/// Reads the companions in `folder` into the draft.
pub(super) fn read(inputs: &Inputs, folder: &str, draft: &mut Draft) {
    let beside = |name: &str| {
        inputs.find(&if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") })
    };
    if let Some(file) = beside("spec.md") {
        let outline = markdown::outline(inputs, file);
        spec(&Page::new(inputs, &outline), draft);
    }
    if let Some(file) = beside("plan.md") {
        let outline = markdown::outline(inputs, file);
        let mut page = Page::new(inputs, &outline);
        for at in 0..page.blocks().len() {
            if is_heading(&page.blocks()[at])
                && ["summary", "technical context", "constraints"].contains(&page.key(at).as_str())
            {
                let end = page.section_end(at);
                let heading = piece::line(inputs, page.span(at));
                if let Some(body) = page.take(at + 1..end, |block| block.kind != BlockKind::Html) {
                    draft.sections.push(Section { role: SectionRole::Objective, heading, body });
                }
            }
        }
    }
}

/// Acceptance scenarios by user story, and the numbered requirements and success criteria.
fn spec(page: &Page<'_>, draft: &mut Draft) {
    let mut story: Option<(u32, Priority)> = None;
    let mut scenario = 0u32;
    for at in 0..page.blocks().len() {
        let block = page.blocks()[at];
        let text = page.text(at);
        if is_heading(&block) {
            let number = number_of(text);
            if number.is_some() || block.level <= 2 {
                story = number.map(|number| (number, priority(text)));
                scenario = 0;
            }
            continue;
        }
        if !is_item(&block) || block.quotes > 0 {
            continue;
        }
        if let Some((id, rest)) = requirement(text) {
            let span = page.span(at);
            let must = !text.contains("SHOULD") && !text.contains("MAY ");
            draft.criteria.push(Criterion {
                id: Some(Text::At(span.slice(id.0, id.1))),
                text: piece::line(page.inputs, span.slice(rest, text.len())),
                done: false,
                priority: if must { Priority::High } else { Priority::Medium },
            });
        } else if let Some((number, priority)) = story.filter(|_| is_scenario(text)) {
            scenario += 1;
            let span = page.span(at);
            draft.criteria.push(Criterion {
                id: Some(Text::made(format!("US{number}.{scenario}"), Span { end: span.start, ..span })),
                text: piece::line(page.inputs, span),
                done: false,
                priority,
            });
        }
    }
}

fn number_of(heading: &str) -> Option<u32> {
    let rest = heading.trim_start_matches(['*', ' ']).strip_prefix("User Story ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

fn priority(heading: &str) -> Priority {
    match heading.find("Priority: P").and_then(|at| heading.as_bytes().get(at + "Priority: P".len())) {
        Some(b'0') => Priority::Critical,
        Some(b'1') => Priority::High,
        Some(b'3' | b'4') => Priority::Low,
        Some(_) | None => Priority::Medium,
    }
}

fn is_scenario(text: &str) -> bool {
    let bare = text.trim_start_matches(['*', '_', ' ']);
    ["Given", "GIVEN", "When", "WHEN", "Dado", "DADO", "Quando"].iter().any(|word| bare.starts_with(word))
}

/// `**FR-001**: System MUST …`: where the id stands and where the text begins.
fn requirement(text: &str) -> Option<((usize, usize), usize)> {
    let from = text.len() - text.trim_start_matches(['*', '_', ' ']).len();
    let rest = &text[from..];
    let head = ["FR-", "NFR-", "SC-", "FR", "SC"].into_iter().find(|head| rest.starts_with(head))?;
    let digits = rest[head.len()..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    let to = from + head.len() + digits;
    let skipped =
        text[to..].len() - text[to..].trim_start_matches(['*', '_', ':', '.', ' ', '-', '–', '—']).len();
    Some(((from, to), to + skipped))
}
