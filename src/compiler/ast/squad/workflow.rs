//! Workflows: phases or a sequence in YAML, in the layouts counted in the field; a few are markdown.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::FileId;
use crate::base::text::Text;
use crate::compiler::ast::dialect::{piece, value};
use crate::ir::node::{Kind, Node};
use crate::ir::outline::BlockKind;
use crate::ir::squad::{WorkPhase, WorkStep, Workflow};

use super::card::{Card, items};

/// Keys at the top of a fence that describe a workflow.
const MARKS: &[&str] = &["workflow", "phases", "steps", "sequence"];

/// Reads a file as a workflow.
pub(super) fn read(inputs: &Inputs, file: FileId) -> Outcome<Workflow> {
    let path = &inputs.file(file).path;
    let yaml = matches!(path.extension(), "yaml" | "yml");
    let mut card = if yaml { Card::of_yaml(inputs, file) } else { Card::of(inputs, file, MARKS) };
    let mut phases = Vec::new();
    for root in card.yaml.iter().chain(&card.front) {
        phases = layouts(inputs, root);
        if !phases.is_empty() {
            break;
        }
    }
    if phases.is_empty() && !yaml {
        phases = headings(&card);
    }
    let scalar =
        card.yaml.iter().chain(&card.front).find_map(|root| value::text(inputs, root.get("workflow")?));
    let workflow = Workflow {
        file,
        stem: path.stem().to_owned(),
        forms: card.forms.clone(),
        id: card.text(&["id", "workflow id"]),
        name: card.text(&["name", "workflow name", "title"]).or(scalar).or_else(|| card.title()),
        description: card.text(&["description", "purpose"]),
        phases,
        broken: std::mem::take(&mut card.broken),
    };
    Outcome::new(workflow, card.findings)
}

/// The phases of whichever layout is used: the richest list wins.
fn layouts(inputs: &Inputs, root: &Node) -> Vec<WorkPhase> {
    let inner = root.get("workflow");
    let places = [
        root.get("phases"),
        inner.and_then(|node| node.get("phases")),
        inner.and_then(|node| node.get("sequence")),
        inner.and_then(|node| node.get("steps")),
        root.get("sequence"),
        root.get("steps"),
        root.get("stages"),
    ];
    let mut best: Vec<WorkPhase> = Vec::new();
    for node in places.into_iter().flatten() {
        let found = phases(inputs, node);
        if found.len() > best.len() {
            best = found;
        }
    }
    best
}

fn phases(inputs: &Inputs, node: &Node) -> Vec<WorkPhase> {
    match &node.kind {
        Kind::List(items) => {
            items.iter().filter(|item| !item.is_null()).map(|item| phase(inputs, item, None)).collect()
        }
        Kind::Map(entries) => entries
            .iter()
            .filter(|(_, body)| matches!(body.kind, Kind::Map(_) | Kind::List(_)))
            .map(|(name, body)| phase(inputs, body, Some(Text::At(name.span))))
            .collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => Vec::new(),
    }
}

/// The first of `keys` that holds a scalar, on one line.
fn text(inputs: &Inputs, node: &Node, keys: &[&str]) -> Option<Text> {
    let found = keys.iter().find_map(|key| value::text(inputs, node.get(key)?))?;
    Some(value::line(inputs, found))
}

fn list(inputs: &Inputs, node: &Node, keys: &[&str]) -> Vec<Text> {
    keys.iter().find_map(|key| node.get(key)).map(|node| items(inputs, node)).unwrap_or_default()
}

fn waits(inputs: &Inputs, node: &Node) -> Option<Vec<Text>> {
    let (_, found) = node.any_of(&["depends_on", "dependsOn", "requires", "after", "depends", "needs"])?;
    Some(items(inputs, found))
}

fn phase(inputs: &Inputs, node: &Node, key: Option<Text>) -> WorkPhase {
    let inner = ["steps", "sequence", "actions", "tasks"]
        .iter()
        .find_map(|key| node.get(key).filter(|node| matches!(node.kind, Kind::List(_) | Kind::Map(_))));
    let plain = matches!(node.kind, Kind::Text(_)).then(|| value::text(inputs, node)).flatten();
    WorkPhase {
        id: text(inputs, node, &["id", "phase_id"])
            .or(key)
            .or_else(|| text(inputs, node, &["phase", "step", "number"])),
        name: text(inputs, node, &["name", "title", "phase_name", "action", "step"]).or(plain),
        description: text(inputs, node, &["description", "purpose", "objective", "goal"]),
        agent: text(inputs, node, &["agent", "executor", "responsible", "owner"]),
        tasks: node
            .get("tasks")
            .or_else(|| node.get("task"))
            .map(|node| items(inputs, node))
            .unwrap_or_default(),
        depends_on: waits(inputs, node),
        outputs: list(inputs, node, &["outputs", "output", "creates", "artifacts", "deliverables"]),
        checkpoint: text(inputs, node, &["checkpoint"]).or_else(|| {
            text(inputs, node.get("checkpoint")?, &["criteria", "condition", "description", "name", "gate"])
        }),
        condition: text(inputs, node, &["condition", "when", "if", "skip_if"]),
        timeout: text(inputs, node, &["timeout", "timeout_s", "max_duration"]),
        parallel: ["parallel", "parallelizable"]
            .iter()
            .any(|key| matches!(node.get(key).map(|node| &node.kind), Some(Kind::Bool(true)))),
        steps: inner.map(|inner| steps(inputs, inner)).unwrap_or_default(),
        at: node.span,
    }
}

fn steps(inputs: &Inputs, node: &Node) -> Vec<WorkStep> {
    let one = |item: &Node, key: Option<Text>| -> Option<WorkStep> {
        let plain = matches!(item.kind, Kind::Text(_)).then(|| value::text(inputs, item)).flatten();
        let titles: &[&str] = &["name", "title", "action", "description", "task", "step", "id"];
        let title = plain
            .map(|text| value::line(inputs, text))
            .or_else(|| text(inputs, item, titles))
            .or_else(|| key.clone())?;
        let detail = ["description", "action", "details", "instructions"]
            .iter()
            .find_map(|name| value::text(inputs, item.get(name)?));
        Some(WorkStep {
            id: text(inputs, item, &["id", "step_id"]).or(key).or_else(|| text(inputs, item, &["step"])),
            detail: detail.filter(|detail| detail.get(inputs) != title.get(inputs)),
            title,
            agent: text(inputs, item, &["agent", "executor", "responsible"]),
            task: text(inputs, item, &["task", "task_file"]),
            depends_on: waits(inputs, item),
            outputs: list(inputs, item, &["outputs", "output", "creates"]),
            at: item.span,
        })
    };
    match &node.kind {
        Kind::List(list) => list.iter().filter_map(|item| one(item, None)).collect(),
        Kind::Map(entries) => {
            entries.iter().filter_map(|(name, body)| one(body, Some(Text::At(name.span)))).collect()
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => Vec::new(),
    }
}

/// A markdown workflow: headings that are numbered, or that say phase or step.
fn headings(card: &Card<'_>) -> Vec<WorkPhase> {
    let words = ["phase", "step", "fase", "etapa", "passo", "loop", "stage"];
    let blocks = &card.outline.blocks;
    let mut found = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        if block.kind != BlockKind::Heading || block.level < 2 || block.depth > 0 {
            continue;
        }
        let raw = card.inputs.slice(card.outline.text(block));
        let first = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
        let numbered = first.starts_with(|c: char| c.is_ascii_digit());
        let lower = first.to_lowercase();
        if !numbered && !words.iter().any(|word| lower.starts_with(word)) {
            continue;
        }
        let end = (index + 1..blocks.len())
            .find(|&next| blocks[next].kind == BlockKind::Heading && blocks[next].depth == 0)
            .unwrap_or(blocks.len());
        let steps = blocks[index + 1..end]
            .iter()
            .filter(|block| block.kind == BlockKind::Numbered && block.depth == 0)
            .map(|block| WorkStep {
                id: None,
                title: piece::line(card.inputs, card.outline.text(block)),
                detail: None,
                agent: None,
                task: None,
                depends_on: None,
                outputs: Vec::new(),
                at: card.outline.span(block),
            })
            .collect();
        found.push(WorkPhase {
            id: None,
            name: Some(piece::line(card.inputs, card.outline.text(block))),
            description: None,
            agent: None,
            tasks: Vec::new(),
            depends_on: None,
            outputs: Vec::new(),
            checkpoint: None,
            condition: None,
            timeout: None,
            parallel: false,
            steps,
            at: card.outline.span(block),
        });
    }
    found
}
