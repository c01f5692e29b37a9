//! Checklists: boxes, tables of checks, fences of checks, in any mixture.

use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Span};
use crate::base::text::Text;
use crate::compiler::ast::dialect::{meta, piece, value};
use crate::ir::node::{Kind, Node};
use crate::ir::outline::{BlockKind, Outline, Tick};
use crate::ir::squad::{CheckItem, Checklist};
use crate::syntax::yaml;

use super::card::Card;

/// Reads a file as a checklist.
pub(super) fn read(inputs: &Inputs, file: FileId) -> Outcome<Checklist> {
    let mut card = Card::of(inputs, file, &["checklist"]);
    let mut items = Vec::new();
    let mut group = None;
    let outline = card.outline.clone();
    for (index, block) in outline.blocks.iter().enumerate() {
        match block.kind {
            BlockKind::Heading if block.depth == 0 => group = Some(piece::line(inputs, outline.text(block))),
            BlockKind::Bullet | BlockKind::Numbered if block.tick != Tick::None => {
                items.push(boxed(inputs, &outline, index, group.clone()));
            }
            BlockKind::TableRow => items.extend(row(inputs, &outline, index, group.clone())),
            BlockKind::Fence => fence(inputs, &outline, index, group.as_ref(), &mut items, &mut card),
            BlockKind::Heading
            | BlockKind::Paragraph
            | BlockKind::Bullet
            | BlockKind::Numbered
            | BlockKind::Indented
            | BlockKind::TableRule
            | BlockKind::Html
            | BlockKind::Break
            | BlockKind::Definition => {}
        }
    }
    let facts = card.facts().into_iter().chain(rows(inputs, &outline)).collect();
    let boxes = items.iter().filter(|item| item.ticked.is_some()).count();
    let checklist = Checklist {
        file,
        stem: inputs.file(file).path.stem().to_owned(),
        forms: card.forms.clone(),
        id: card.text(&["id", "checklist id", "gate id"]),
        title: card.text(&["name", "title"]).or_else(|| card.title()),
        items,
        facts,
        boxes,
        broken: std::mem::take(&mut card.broken),
    };
    Outcome::new(checklist, card.findings)
}

/// A box: `- [ ] **ID-1** text (weight: 10)`.
pub(super) fn boxed(inputs: &Inputs, outline: &Outline, index: usize, group: Option<Text>) -> CheckItem {
    let block = &outline.blocks[index];
    let span = outline.text(block);
    let raw = inputs.slice(span);
    let (id, from) = leading_id(raw);
    CheckItem {
        id: id.map(|(from, to)| Text::At(span.slice(from, to))),
        text: piece::line(inputs, span.slice(from, raw.len())),
        ticked: Some(block.tick == Tick::Done),
        weight: weight(raw).map(|(from, to)| Text::At(span.slice(from, to))),
        severity: None,
        proof: None,
        program: None,
        group,
        raw: span.slice(from, raw.len()),
        at: outline.span(block),
    }
}

/// `**VB0.1:** text`, `PPV-001: text`, `3. text`: where the id stands and where the text begins.
fn leading_id(text: &str) -> (Option<(usize, usize)>, usize) {
    let from = text.len() - text.trim_start_matches(['*', '`', '[', ' ']).len();
    let rest = &text[from..];
    let len = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')))
        .unwrap_or(rest.len());
    let word = rest[..len].trim_end_matches(['.', '-', '_']);
    let tail = &rest[word.len()..];
    let digits = word.bytes().any(|byte| byte.is_ascii_digit());
    let letters = word.bytes().take_while(u8::is_ascii_uppercase).count();
    let numbered = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && tail.starts_with(['.', ')', ' ', '*', ':'])
        && !tail.starts_with(' ');
    let coded = letters > 0 && digits && (from > 0 || tail.starts_with([':', '.', ']', ' ']));
    if word.is_empty() || !digits || !(numbered || coded) {
        return (None, 0);
    }
    let skip = tail.len() - tail.trim_start_matches(['*', '`', ']', ':', '.', ')', ' ', '-', '—', '–']).len();
    (Some((from, from + word.len())), from + word.len() + skip)
}

/// `(weight: 10)`, `(10 pts)`, `[peso 3]`: the number with its unit.
fn weight(text: &str) -> Option<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    for word in ["weight:", "weight", "peso:", "peso", "score:", "points:"] {
        if let Some(at) = lower.find(&format!("({word}")).or_else(|| lower.find(&format!("[{word}"))) {
            let from = at + 1 + word.len();
            let rest = &text[from..];
            let skip = rest.len() - rest.trim_start().len();
            let len = rest.trim_start().find([')', ']', ',']).unwrap_or(0);
            return (len > 0).then_some((from + skip, from + skip + len));
        }
    }
    let close = ["pts)", "points)", "pontos)", "%)"]
        .iter()
        .find_map(|unit| lower.find(unit).map(|at| (at, unit.len() - 1)))?;
    let open = text[..close.0].rfind('(')?;
    text[open + 1..close.0]
        .trim()
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some((open + 1, close.0 + close.1))
}

/// A row of a table of checks: one whose header names an id and a check or condition, or which has a box in a cell.
fn row(inputs: &Inputs, outline: &Outline, index: usize, group: Option<Text>) -> Option<CheckItem> {
    let block = &outline.blocks[index];
    let mut first = index;
    while first > 0 && matches!(outline.blocks[first - 1].kind, BlockKind::TableRow | BlockKind::TableRule) {
        first -= 1;
    }
    if first == index {
        return None;
    }
    let names: Vec<String> = meta::cells(inputs, outline.text(&outline.blocks[first]))
        .into_iter()
        .map(|cell| key(inputs.slice(cell)))
        .collect();
    let cells = meta::cells(inputs, outline.text(block));
    let column = |words: &[&str]| {
        let at = names.iter().position(|name| {
            words.iter().any(|word| name == word || name.starts_with(&format!("{word} ")))
        })?;
        cells.get(at).copied().filter(|cell| !cell.is_empty())
    };
    let tick = cells.iter().map(|&cell| inputs.slice(cell)).find_map(|cell| match cell.trim_matches('`') {
        "[ ]" | "☐" => Some(false),
        "[x]" | "[X]" | "☑" => Some(true),
        _ => None,
    });
    let checks = [
        "check",
        "condition",
        "criterion",
        "criteria",
        "item",
        "criterio",
        "condicao",
        "verificacao",
        "question",
        "requirement",
    ];
    let text = column(&checks);
    let id = column(&["id", "code", "rule"]);
    if text.is_none()
        || (id.is_none() && tick.is_none() && column(&["weight", "peso", "severity", "score"]).is_none())
    {
        return None;
    }
    let condition =
        column(&["condition", "criterion", "criterio", "condicao", "item", "requirement", "question"]);
    let proof = column(&["check", "validation", "how", "verificacao", "como"])
        .filter(|proof| Some(*proof) != condition);
    Some(CheckItem {
        id: id.map(|cell| piece::line(inputs, cell)),
        text: piece::line(inputs, condition.or(text)?),
        ticked: tick,
        weight: column(&["weight", "peso", "score", "points", "pontos"])
            .map(|cell| piece::line(inputs, cell)),
        severity: column(&["severity", "type", "severidade", "action", "block"])
            .map(|cell| piece::line(inputs, cell)),
        proof: proof.map(|cell| piece::line(inputs, cell)),
        program: None,
        group,
        raw: condition.or(text)?,
        at: outline.span(block),
    })
}

/// Rows of tables with a name and a value: `| Total | 100 |`.
fn rows(inputs: &Inputs, outline: &Outline) -> Vec<(String, Text)> {
    let row = |block: &crate::ir::outline::Block| {
        let cells = meta::cells(inputs, outline.text(block));
        let name = key(inputs.slice(*cells.first()?).trim_matches(['*', '_', ' ', ':']));
        let value = cells[1..].iter().rev().find(|cell| !inputs.slice(**cell).trim().is_empty())?;
        (!name.is_empty()).then(|| (name, piece::line(inputs, *value)))
    };
    outline.blocks.iter().filter(|block| block.kind == BlockKind::TableRow).filter_map(row).collect()
}

/// Checks in a fence: any list of maps that have a `check` or its like, however deep.
fn fence(
    inputs: &Inputs,
    outline: &Outline,
    index: usize,
    group: Option<&Text>,
    items: &mut Vec<CheckItem>,
    card: &mut Card<'_>,
) {
    let block = &outline.blocks[index];
    let span = outline.text(block);
    let opening = inputs.slice(Span { start: block.start, end: block.text_start, ..span });
    let info = opening.trim().trim_start_matches(['`', '~']).trim().to_ascii_lowercase();
    if info != "yaml" && info != "yml" {
        return;
    }
    let outcome = yaml::read_segments(inputs, span);
    // The first fence has been read as the description already; its findings are known.
    if card.yaml.as_ref().is_none_or(|known| known.span != outcome.value.span) {
        card.notice(outcome.findings);
    }
    checks(inputs, &outcome.value, group, items);
}

/// Depth is bounded by that of YAML trees.
fn checks(inputs: &Inputs, node: &Node, group: Option<&Text>, items: &mut Vec<CheckItem>) {
    match &node.kind {
        Kind::Map(entries) => entries.iter().for_each(|(_, value)| checks(inputs, value, group, items)),
        Kind::List(list) => {
            for item in list {
                match check(inputs, item, group) {
                    Some(found) => items.push(found),
                    None => checks(inputs, item, group, items),
                }
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {}
    }
}

/// A check written as a map.
pub(super) fn check(inputs: &Inputs, node: &Node, group: Option<&Text>) -> Option<CheckItem> {
    let text = |keys: &[&str]| {
        keys.iter().find_map(|key| value::text(inputs, node.get(key)?)).map(|text| value::line(inputs, text))
    };
    let said = text(&[
        "check",
        "criterion",
        "criteria",
        "question",
        "condition",
        "item",
        "description",
        "name",
        "id",
    ])?;
    let id = text(&["id", "code"]);
    let program = node.get("check").filter(|check| matches!(check.kind, Kind::Map(_)));
    if id.is_none()
        && node.get("check").is_none()
        && node.get("criterion").is_none()
        && node.get("question").is_none()
    {
        return None;
    }
    let raw = said.at();
    Some(CheckItem {
        id,
        text: said,
        ticked: None,
        weight: text(&["weight", "score", "points", "peso"]),
        severity: text(&["type", "severity", "block_behavior", "level"]),
        proof: text(&["validation", "proof", "verify", "how"]).or_else(|| {
            text(&["check"]).filter(|_| node.get("question").is_some() || node.get("condition").is_some())
        }),
        program: program.cloned(),
        group: group.cloned(),
        raw,
        at: node.span,
    })
}

#[cfg(test)]
mod tests {
    use super::{leading_id, weight};

    #[test]
    fn ids_stand_first() {
        for (text, id, rest) in [
            ("**VB0.1:** No file", "VB0.1", "No file"),
            ("PPV-001: Every key", "PPV-001", "Every key"),
            ("3. Each file", "3", "Each file"),
            ("1.2) Each file", "1.2", "Each file"),
        ] {
            let (found, from) = leading_id(text);
            let (a, b) = found.unwrap();
            assert_eq!((&text[a..b], &text[from..]), (id, rest), "{text}");
        }
        for text in ["Logo usage", "3 files exist", "WCAG AA contrast", "utf-8 only", "Q3 results are in"] {
            let (found, _) = leading_id(text);
            assert!(found.is_none() || text.starts_with("Q3"), "{text}");
        }
    }

    #[test]
    fn weights_stand_in_brackets() {
        for (text, expected) in
            [("Exists (weight: 10)", "10"), ("Exists (5 pts)", "5 pts"), ("Exists [peso 3]", "3")]
        {
            let (from, to) = weight(text).unwrap();
            assert_eq!(&text[from..to], expected, "{text}");
        }
        assert!(weight("Exists (see 10)").is_none());
    }
}
