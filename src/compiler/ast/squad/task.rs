//! Task templates, in the nine shapes they come in.

use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Span};
use crate::base::text::Text;
use crate::compiler::ast::dialect::words::{Part, Words};
use crate::compiler::ast::dialect::{piece, value};
use crate::ir::node::{Kind, Node};
use crate::ir::outline::{Block, BlockKind, Tick};
use crate::ir::squad::{CheckItem, TaskTemplate};

use super::card::{Card, items};
use super::{checklist, skill};

/// Keys at the top of a fence that describe a task.
const MARKS: &[&str] = &[
    "id",
    "task",
    "task_id",
    "task-id",
    "task_name",
    "executor",
    "responsible_executor",
    "responsavel",
    "owner",
];

/// Reads a file as a task template that lies in `group` below `tasks/`.
pub(super) fn read(inputs: &Inputs, file: FileId, group: &str, words: &Words) -> Outcome<TaskTemplate> {
    let mut card = Card::of(inputs, file, MARKS);
    let task = TaskTemplate {
        file,
        stem: inputs.file(file).path.stem().to_owned(),
        group: group.to_owned(),
        forms: card.forms.clone(),
        id: card.text(&["task id", "id", "story id"]).or_else(|| bullet_id(&card)),
        name: card.text(&["name", "task name", "task", "nome"]),
        title: card.text(&["title", "titulo"]).or_else(|| card.title()),
        purpose: card
            .text(&["purpose", "description", "proposito", "descricao", "objective"])
            .or_else(|| purpose(&card, words)),
        version: card.text(&["version", "versao"]),
        executor: card.text(&[
            "executor",
            "responsible executor",
            "agent",
            "agente",
            "responsavel",
            "orchestrator",
            "owner",
        ]),
        executor_type: card.text(&["execution type", "responsavel type", "executor type", "type", "tipo"]),
        command: card.text(&["command", "comando"]),
        model: card.text(&["model", "modelo"]),
        elicit: card.node(&["elicit"]).and_then(skill::truth),
        inputs: facts(
            &card,
            &["inputs", "input", "entrada", "entradas"],
            &["input", "inputs", "entrada", "entradas"],
        ),
        outputs: facts(
            &card,
            &["outputs", "output", "saida", "saidas", "arquivo de saida"],
            &["output", "outputs", "saida", "saidas"],
        ),
        depends_on: card.list(&["depends on", "dependencies", "dependencias", "depende de", "prerequisites"]),
        criteria: criteria(&card, words),
        steps: steps(&card),
        vetoes: vetoes(&card),
        deprecated: deprecated(&card),
        broken: std::mem::take(&mut card.broken),
    };
    Outcome::new(task, card.findings)
}

/// A file whose first heading is its own name has that for an id.
fn bullet_id(card: &Card<'_>) -> Option<Text> {
    let title = card.title()?;
    let stem = card.inputs.file(card.file).path.stem();
    (title.get(card.inputs) == stem).then_some(title)
}

/// Ranges of blocks below headings that `wanted` accepts.
fn sections(card: &Card<'_>, wanted: impl Fn(&str, &str) -> bool) -> Vec<(usize, usize)> {
    let blocks = &card.outline.blocks;
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        if block.kind == BlockKind::Heading && block.depth == 0 && block.level > 1 {
            let raw = card.inputs.slice(card.outline.text(block));
            let inside = found.last().is_some_and(|&(_, end)| index < end);
            if !inside && wanted(&key(raw), raw) {
                found.push((index, card.outline.section_end(index)));
            }
        }
    }
    found
}

fn purpose(card: &Card<'_>, words: &Words) -> Option<Text> {
    let (from, to) = *sections(card, |key, raw| {
        matches!(key, "purpose" | "proposito" | "overview") || words.part(raw) == Some(Part::Objective)
    })
    .first()?;
    let block = card.outline.blocks[from + 1..to].iter().find(|block| block.kind == BlockKind::Paragraph)?;
    Some(piece::line(card.inputs, card.outline.text(block)))
}

/// A list in YAML or in a pair, else the items of a section.
fn facts(card: &Card<'_>, keys: &[&str], headings: &[&str]) -> Vec<Text> {
    let listed = card.list(keys);
    if !listed.is_empty() {
        return listed;
    }
    let inputs = card.inputs;
    let mut found = Vec::new();
    for (from, to) in sections(card, |key, _| headings.contains(&key)) {
        for block in card.outline.blocks[from + 1..to].iter().filter(|block| block.depth == 0) {
            match block.kind {
                BlockKind::Bullet | BlockKind::Numbered => {
                    found.push(piece::line(inputs, card.outline.text(block)));
                }
                BlockKind::TableRow => {
                    let row = crate::compiler::ast::dialect::meta::cells(inputs, card.outline.text(block));
                    let header = row.first().is_some_and(|&cell| {
                        matches!(
                            key(inputs.slice(cell)).as_str(),
                            "parameter"
                                | "parametro"
                                | "name"
                                | "field"
                                | "campo"
                                | "input"
                                | "output"
                                | "nome"
                        )
                    });
                    if let Some(&cell) = row.first().filter(|_| !header) {
                        found.push(piece::line(inputs, cell));
                    }
                }
                BlockKind::Heading
                | BlockKind::Paragraph
                | BlockKind::Fence
                | BlockKind::Indented
                | BlockKind::TableRule
                | BlockKind::Html
                | BlockKind::Break
                | BlockKind::Definition => {}
            }
        }
    }
    found
}

/// Criteria: a list in YAML, else the boxes of a section that speaks of them, else its plain items.
fn criteria(card: &Card<'_>, words: &Words) -> Vec<CheckItem> {
    let keys = [
        "acceptance criteria",
        "criteria",
        "checklist",
        "criterios de aceite",
        "criterios",
        "completion criteria",
        "quality criteria",
    ];
    if let Some(node) = card.node(&keys).filter(|node| matches!(node.kind, Kind::List(_))) {
        return node.items().iter().filter_map(|item| from_yaml(card.inputs, item)).collect();
    }
    let accepted = |key: &str, raw: &str| {
        let said = [
            "quality checklist",
            "quality criteria",
            "quality gate",
            "completion criteria",
            "criterios de conclusao",
            "checklist",
        ];
        said.iter().any(|head| key.starts_with(head)) || words.part(raw) == Some(Part::Acceptance)
    };
    let ranges = sections(card, accepted);
    let boxes = collect(card, &ranges, |block| block.tick != Tick::None);
    if !boxes.is_empty() {
        return boxes;
    }
    collect(card, &ranges, |block| {
        matches!(block.kind, BlockKind::Bullet | BlockKind::Numbered) && block.depth == 0
    })
}

fn collect(card: &Card<'_>, ranges: &[(usize, usize)], wanted: impl Fn(&Block) -> bool) -> Vec<CheckItem> {
    let mut found = Vec::new();
    for &(from, to) in ranges {
        let group = Some(piece::line(card.inputs, card.outline.text(&card.outline.blocks[from])));
        for index in from + 1..to {
            let block = &card.outline.blocks[index];
            if wanted(block) {
                let mut item = checklist::boxed(card.inputs, &card.outline, index, group.clone());
                item.ticked = (block.tick != Tick::None).then_some(block.tick == Tick::Done);
                found.push(item);
            }
        }
    }
    found
}

/// `"[ ] text"`, `text`, `{criterion: text}`.
fn from_yaml(inputs: &Inputs, node: &Node) -> Option<CheckItem> {
    if let Some(item) = checklist::check(inputs, node, None) {
        return Some(item);
    }
    let text = super::card::item_text(inputs, node)?;
    let raw = text.get(inputs);
    let boxed = raw.len() > 3 && raw.starts_with('[') && raw.as_bytes()[2] == b']';
    let from = if boxed { raw.len() - raw[3..].trim_start().len() } else { 0 };
    let ticked = boxed.then(|| matches!(raw.as_bytes()[1], b'x' | b'X'));
    let said = match &text {
        Text::At(span) => Text::At(span.slice(from, raw.len())),
        Text::Made(made) => Text::made(&made.text[from..], made.at),
    };
    let raw = said.at();
    Some(CheckItem {
        id: None,
        text: said,
        ticked,
        weight: None,
        severity: None,
        proof: None,
        program: None,
        group: None,
        raw,
        at: node.span,
    })
}

/// Steps: a list in YAML, headings `Step 1: …`, else the numbered items of a section of steps.
fn steps(card: &Card<'_>) -> Vec<Text> {
    if let Some(node) = card
        .node(&["steps", "action items", "etapas", "passos"])
        .filter(|node| matches!(node.kind, Kind::List(_)))
    {
        return items(card.inputs, node);
    }
    let blocks = &card.outline.blocks;
    let headed: Vec<Text> = blocks
        .iter()
        .filter(|block| block.kind == BlockKind::Heading && block.level > 1)
        .filter(|block| {
            let raw = card.inputs.slice(card.outline.text(block)).trim_start_matches(['*', ' ']);
            let rest = ["Step ", "STEP ", "Etapa ", "Passo ", "PHASE ", "Phase ", "Fase "]
                .into_iter()
                .find_map(|head| raw.strip_prefix(head));
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
        .map(|block| piece::line(card.inputs, card.outline.text(block)))
        .collect();
    if !headed.is_empty() {
        return headed;
    }
    let known = [
        "steps",
        "execution steps",
        "etapas",
        "passos",
        "action items",
        "processo",
        "process",
        "workflow",
        "execution",
        "instructions",
    ];
    let mut found = Vec::new();
    for (from, to) in sections(card, |key, _| known.iter().any(|head| key.starts_with(head))) {
        let numbered =
            blocks[from + 1..to].iter().any(|block| block.kind == BlockKind::Numbered && block.depth == 0);
        for block in blocks[from + 1..to].iter().filter(|block| block.depth == 0) {
            if block.kind == BlockKind::Numbered || !numbered && block.kind == BlockKind::Bullet {
                found.push(piece::line(card.inputs, card.outline.text(block)));
            }
        }
    }
    found
}

/// Conditions that stop the task: a list in YAML, else the items and rows of a section about vetoes.
fn vetoes(card: &Card<'_>) -> Vec<Text> {
    if let Some(node) = card.node(&["veto conditions", "vetos", "vetoes"]) {
        return items(card.inputs, node);
    }
    let mut found = Vec::new();
    for (from, to) in sections(card, |key, _| key.starts_with("veto") || key.starts_with("condicoes de veto"))
    {
        for block in &card.outline.blocks[from + 1..to] {
            if matches!(block.kind, BlockKind::Bullet | BlockKind::Numbered) && block.depth == 0 {
                found.push(piece::line(card.inputs, card.outline.text(block)));
            }
        }
    }
    found
}

/// A quotation above everything else that says so, or a status.
fn deprecated(card: &Card<'_>) -> Option<Span> {
    let quoted = card.outline.blocks.iter().take(6).find(|block| {
        let text = card.inputs.slice(card.outline.text(block));
        block.kind == BlockKind::Paragraph
            && text.trim_start_matches(['*', '_', ' ', '⚠', '\u{fe0f}']).starts_with("DEPRECATED")
    });
    quoted.map(|block| card.outline.span(block)).or_else(|| {
        let status = card.node(&["status"])?;
        let text = value::text(card.inputs, status)?;
        text.get(card.inputs).eq_ignore_ascii_case("deprecated").then_some(status.span)
    })
}
