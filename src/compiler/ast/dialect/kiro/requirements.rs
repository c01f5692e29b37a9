//! Requirements with criteria in EARS form: `WHEN … THE SYSTEM SHALL …`.

use crate::base::span::Span;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::draft::{Criterion, CriterionId, Draft, Item, Priority, Section, SectionRole};
use crate::ir::outline::BlockKind;

use super::super::numbered;
use super::super::page::{Page, is_heading, is_item};
use super::super::piece;
use super::super::words::{Part, Words};

/// A requirement.
struct Requirement {
    id: Option<Text>,
    title: Text,
    at: Span,
    /// Non-functional ones are no work of their own.
    functional: bool,
    criteria: Vec<Criterion>,
    story: Option<Text>,
}

/// `Requirement 3: Title`, `R3. Title`: where the number stands and where the title begins.
pub(super) fn heading(text: &str) -> Option<((usize, usize), usize)> {
    let from = text.len() - text.trim_start_matches(['*', ' ']).len();
    let rest = &text[from..];
    let head = [
        "Requirement ",
        "REQUIREMENT ",
        "Requisito ",
        "Requerimiento ",
        "要件 ",
        "Requirement-",
        "REQ-",
        "Req ",
    ]
    .into_iter()
    .find(|head| rest.starts_with(head))?;
    let at = from + head.len();
    let digits = text[at..].bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let id = text[at..at + digits].trim_end_matches('.').len();
    if id == 0 {
        return None;
    }
    let tail = &text[at + digits..];
    let title = text.len() - tail.trim_start_matches(['*', ' ', ':', '-', '–', '—', '.', ')']).len();
    Some(((at, at + id), title))
}

/// `**FR-1**: Title`: where the id stands and where the title begins.
pub(super) fn item(text: &str) -> Option<((usize, usize), usize)> {
    let from = text.len() - text.trim_start_matches(['*', '_', ' ']).len();
    let letters = text[from..].bytes().take_while(u8::is_ascii_uppercase).count();
    if !(1..=4).contains(&letters) || !text[from + letters..].starts_with('-') {
        return None;
    }
    let digits = text[from + letters + 1..].bytes().take_while(u8::is_ascii_digit).count();
    let to = from + letters + 1 + digits;
    let tail = &text[to..];
    let rest = tail.trim_start_matches(['*', '_', ' ', ':', '.', '–', '—']);
    (digits > 0 && rest.len() < tail.len() && !rest.is_empty())
        .then_some(((from, to), text.len() - rest.len()))
}

/// A sentence in EARS form.
pub(super) fn is_ears(text: &str) -> bool {
    let bare = text.trim_start_matches(['*', '_', ' ']);
    let opens = [
        "WHEN", "IF", "WHILE", "WHERE", "THE", "The", "GIVEN", "When", "If", "While", "Where", "QUANDO",
        "SE ",
    ];
    text.contains("SHALL") && opens.iter().any(|word| bare.starts_with(word))
}

/// Requirements as a request of their own.
pub(super) fn read(page: &mut Page<'_>, draft: &mut Draft, words: &Words) {
    for (requirement, used) in requirements(page, words) {
        for at in used {
            page.mark(at);
        }
        let first = draft.criteria.len();
        for criterion in requirement.criteria {
            draft.criteria.push(criterion);
        }
        if !requirement.functional {
            continue;
        }
        let mut item = Item::task(requirement.title, requirement.at);
        item.id = requirement.id;
        item.detail = requirement.story;
        item.criteria = Run::since(first, draft.criteria.len());
        draft.items.push(item);
    }
}

/// Requirements beside a plan: their criteria hold for the plan.
pub(super) fn beside(page: &Page<'_>, draft: &mut Draft, words: &Words) {
    for (requirement, _) in requirements(page, words) {
        for criterion in requirement.criteria {
            draft.criteria.push(criterion);
        }
        if let Some(body) = requirement.story {
            draft.sections.push(Section { role: SectionRole::UserStory, heading: requirement.title, body });
        }
    }
    debug_assert!(draft.criteria.ids().all(|id: CriterionId| !draft.criteria[id].done));
}

/// Every requirement of a page with the blocks it is made of.
fn requirements(page: &Page<'_>, words: &Words) -> Vec<(Requirement, Vec<usize>)> {
    let mut found = Vec::new();
    for at in 0..page.blocks().len() {
        let block = page.blocks()[at];
        let text = page.text(at);
        if is_heading(&block) {
            let Some((id, title)) = heading(text).or_else(|| plain_heading(page, at, words)) else {
                continue;
            };
            found.push(under_heading(page, at, id, title, words));
        } else if is_item(&block) && block.depth == 0 {
            let Some((id, title)) = item(text) else { continue };
            found.push(under_item(page, at, id, title, words));
        }
    }
    found
}

/// `### 1. Title` below a heading that says "requirements".
fn plain_heading(page: &Page<'_>, at: usize, words: &Words) -> Option<((usize, usize), usize)> {
    let text = page.text(at);
    let len = numbered::number(text);
    let inside = page.above(at).is_some_and(|above| {
        matches!(words.part(page.text(above)), Some(Part::Requirements | Part::NonFunctional))
    });
    let tail = text[len..].trim_start_matches(['.', ' ', ')', ':']);
    (len > 0 && inside).then_some(((0, len), text.len() - tail.len()))
}

fn under_heading(
    page: &Page<'_>,
    at: usize,
    id: (usize, usize),
    title: usize,
    words: &Words,
) -> (Requirement, Vec<usize>) {
    let span = page.span(at);
    let mut end = page.outline.section_end(at);
    // A requirement below a requirement is one of its own.
    let inner =
        (at + 1..end).find(|&next| is_heading(&page.blocks()[next]) && heading(page.text(next)).is_some());
    end = inner.unwrap_or(end);
    let name = page.inputs.slice(span.slice(id.0, id.1));
    let mut used = vec![at];
    let mut criteria = Vec::new();
    let mut story = None;
    let mut listed = false;
    for next in at + 1..end {
        let block = page.blocks()[next];
        let text = page.text(next);
        if is_heading(&block) {
            listed = words.part(text) == Some(Part::Acceptance);
            used.push(next);
            continue;
        }
        let label = text.trim_end().ends_with(':') || text.trim_end().ends_with(":**");
        if block.kind == BlockKind::Paragraph
            && label
            && words.part(text.trim_matches(['*', ':', ' '])) == Some(Part::Acceptance)
        {
            listed = true;
            used.push(next);
        } else if is_item(&block) && block.depth == 0 && (listed || is_ears(text))
            || block.kind == BlockKind::Paragraph && block.depth == 0 && is_ears(text)
        {
            let number = if block.kind == BlockKind::Numbered {
                block.number.to_string()
            } else {
                (criteria.len() + 1).to_string()
            };
            criteria.push(criterion(page, next, name, &number));
            used.extend(next..if is_item(&block) { page.outline.item_end(next) } else { next + 1 });
        } else if block.kind == BlockKind::Paragraph && story.is_none() && is_story(text) {
            story = Some(Text::At(page.span(next)));
            used.push(next);
        }
    }
    let rest = piece::line(page.inputs, span.slice(title.min(span.len()), span.len()));
    let unnamed = rest.get(page.inputs).is_empty();
    let title = match (&story, unnamed) {
        (Some(story), true) => wish(page, story.at()),
        (None, true) => piece::line(page.inputs, span),
        (_, false) => rest,
    };
    let functional = !around(page, at, words);
    let requirement = Requirement {
        id: Some(Text::At(span.slice(id.0, id.1))),
        title,
        at: page.outline.span(&page.blocks()[at]),
        functional,
        criteria,
        story,
    };
    (requirement, used)
}

fn under_item(
    page: &Page<'_>,
    at: usize,
    id: (usize, usize),
    title: usize,
    words: &Words,
) -> (Requirement, Vec<usize>) {
    let span = page.span(at);
    let name = page.inputs.slice(span.slice(id.0, id.1));
    let end = page.outline.item_end(at);
    let depth = page.blocks()[at].depth + 1;
    let mut criteria = Vec::new();
    for next in at + 1..end {
        let block = page.blocks()[next];
        if is_item(&block) && block.depth == depth {
            let number = (criteria.len() + 1).to_string();
            criteria.push(criterion(page, next, name, &number));
        }
    }
    let functional = !name.starts_with('N') && !name.starts_with("QR") && !around(page, at, words);
    let requirement = Requirement {
        id: Some(Text::At(span.slice(id.0, id.1))),
        title: piece::line(page.inputs, span.slice(title, span.len())),
        at: page.outline.span(&page.blocks()[at]),
        functional,
        criteria,
        story: None,
    };
    (requirement, (at..end).collect())
}

fn around(page: &Page<'_>, at: usize, words: &Words) -> bool {
    page.headings(at).any(|heading| words.part(page.text(heading)) == Some(Part::NonFunctional))
}

fn criterion(page: &Page<'_>, at: usize, name: &str, number: &str) -> Criterion {
    let span = page.span(at);
    let text = page.text(at);
    // Some repeat the number: `1.2 WHEN …`, `**1.2** WHEN …`.
    let head = numbered::head(text);
    let own = &text[head.id.0..head.id.1];
    let from = if own.contains('.') { head.text } else { 0 };
    let id = if own.contains('.') {
        Text::At(span.slice(head.id.0, head.id.1))
    } else {
        Text::made(format!("{name}.{number}"), Span { end: span.start, ..span })
    };
    Criterion {
        id: Some(id),
        text: piece::line(page.inputs, span.slice(from, span.len())),
        done: false,
        priority: Priority::Medium,
    }
}

fn is_story(text: &str) -> bool {
    let bare = text.trim_start_matches(['*', ' ', '_']);
    ["User Story", "Objective", "As a", "As an", "Como ", "História"]
        .iter()
        .any(|head| bare.starts_with(head))
}

/// What a user story wants: `As a …, I want X, so that …` without its label.
fn wish(page: &Page<'_>, span: Span) -> Text {
    let text = page.inputs.slice(span);
    let from = text.find(":**").map(|at| at + 3).or_else(|| text.find("**:").map(|at| at + 3)).unwrap_or(0);
    piece::line(page.inputs, span.slice(from, span.len()))
}
