//! Agents: a fence or a head of YAML, or prose.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::FileId;
use crate::base::text::Text;
use crate::compiler::ast::dialect::{piece, value};
use crate::ir::node::{Kind, Node};
use crate::ir::outline::BlockKind;
use crate::ir::squad::{Agent, AgentCommand, Listed};

use super::card::{Card, item_text, items};

/// Keys at the top of a fence that describe an agent.
const MARKS: &[&str] = &["agent", "persona", "commands", "activation-instructions", "persona_profile"];

/// Reads a file as an agent.
pub(super) fn read(inputs: &Inputs, file: FileId) -> Outcome<Agent> {
    let mut card = Card::of(inputs, file, MARKS);
    let stem = inputs.file(file).path.name();
    let stem = stem.strip_suffix(".agent.md").unwrap_or_else(|| inputs.file(file).path.stem());
    let mut agent = Agent {
        file,
        stem: stem.to_owned(),
        forms: card.forms.clone(),
        id: card.text(&["id", "agent id"]),
        name: named(&card).or_else(|| card.text(&["name", "nome"])),
        title: card.text(&["title", "titulo"]).or_else(|| card.title()),
        description: card.text(&["description", "descricao", "purpose", "proposito"]),
        when_to_use: card.text(&["when to use", "use when", "quando usar"]),
        role: card.text(&["role", "funcao", "papel"]).or_else(|| nested(&card, "persona", "role")),
        tier: card.text(&["tier"]),
        squad: card.text(&["squad", "pack"]),
        model: card.text(&["model", "modelo"]),
        tools: None,
        skills: card.list(&["skills"]),
        hooks: card.node(&["hooks"]).map(|node| items(inputs, node)).unwrap_or_default(),
        scope: card.node(&["scope", "escopo"]).map(|node| scope(inputs, node)).unwrap_or_default(),
        commands: Vec::new(),
        dependencies: card
            .node(&["dependencies", "dependencias"])
            .map(|node| dependencies(inputs, node))
            .unwrap_or_default(),
        aliases: card.list(&["aliases", "alias"]),
        keywords: card.list(&["skill tags", "keywords", "tags", "palavras chave"]),
        head: card.front.clone(),
        broken: std::mem::take(&mut card.broken),
    };
    if let Some(node) = card.front.as_ref().and_then(|front| front.get("tools")) {
        agent.tools = Some(items(inputs, node));
    } else if let Some(node) = card.node(&["tools"]) {
        agent.tools = Some(items(inputs, node));
    }
    agent.commands = card
        .yaml
        .iter()
        .chain(&card.front)
        .flat_map(|root| [root.get("commands"), root.get("agent").and_then(|agent| agent.get("commands"))])
        .flatten()
        .map(|node| commands(inputs, node))
        .find(|commands| !commands.is_empty())
        .unwrap_or_default();
    if agent.description.is_none() && agent.head.is_none() {
        agent.description = quoted(&card);
    }
    Outcome::new(agent, card.findings)
}

/// A name that the fence gives in its `agent` map weighs more than one of the head: it is the one for people.
fn named(card: &Card<'_>) -> Option<Text> {
    let node = card.yaml.as_ref()?.get("agent")?.get("name")?;
    value::text(card.inputs, node)
}

fn nested(card: &Card<'_>, outer: &str, inner: &str) -> Option<Text> {
    let node = card.yaml.as_ref()?.get(outer)?.get(inner)?;
    value::text(card.inputs, node).map(|text| value::line(card.inputs, text))
}

/// A prose agent introduces itself in a quotation below its title.
fn quoted(card: &Card<'_>) -> Option<Text> {
    let block =
        card.outline.blocks.iter().find(|block| block.kind == BlockKind::Paragraph && block.quotes > 0)?;
    Some(piece::line(card.inputs, card.outline.text(block)))
}

/// `scope: [a, b]`, `scope: text`, `scope: {what_i_do: [a]}`.
fn scope(inputs: &Inputs, node: &Node) -> Vec<Text> {
    if !matches!(node.kind, Kind::Map(_)) {
        return items(inputs, node);
    }
    let covered = |name: &str| !name.contains("not") && !name.contains("out");
    node.entries()
        .iter()
        .filter(|(name, _)| covered(&name.text))
        .flat_map(|(_, value)| items(inputs, value))
        .collect()
}

/// `commands` as a list of maps, a list of `*name - text`, or a map.
pub(super) fn commands(inputs: &Inputs, node: &Node) -> Vec<AgentCommand> {
    match &node.kind {
        Kind::List(list) => list.iter().filter_map(|item| command(inputs, item)).collect(),
        Kind::Map(entries) => entries
            .iter()
            .map(|(name, body)| AgentCommand {
                name: bare(inputs, &Text::At(name.span)),
                description: described(inputs, body),
                task: body.get("task").and_then(|task| value::text(inputs, task)),
            })
            .collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => Vec::new(),
    }
}

fn command(inputs: &Inputs, node: &Node) -> Option<AgentCommand> {
    match &node.kind {
        Kind::Map(entries) => {
            let named = ["name", "command", "trigger", "id", "cmd"]
                .iter()
                .find_map(|key| value::text(inputs, node.get(key)?));
            match named {
                Some(name) => Some(AgentCommand {
                    name: bare(inputs, &name),
                    description: ["description", "desc", "purpose"]
                        .iter()
                        .find_map(|key| value::text(inputs, node.get(key)?)),
                    task: node.get("task").and_then(|task| value::text(inputs, task)),
                }),
                None => entries.first().map(|(name, body)| AgentCommand {
                    name: bare(inputs, &Text::At(name.span)),
                    description: described(inputs, body),
                    task: body.get("task").and_then(|task| value::text(inputs, task)),
                }),
            }
        }
        Kind::Text(_) => {
            let text = value::text(inputs, node)?;
            let raw = text.get(inputs).to_owned();
            let cut = [" - ", " — ", " – ", ": "]
                .iter()
                .filter_map(|mark| Some((raw.find(mark)?, mark.len())))
                .min();
            let part = |from: usize, to: usize| match &text {
                Text::At(span) => Text::At(span.slice(from, to)),
                Text::Made(_) => Text::made(&raw[from..to], node.span),
            };
            Some(match cut {
                Some((at, len)) => AgentCommand {
                    name: bare(inputs, &part(0, at)),
                    description: Some(part(at + len, raw.len())),
                    task: None,
                },
                None => AgentCommand { name: bare(inputs, &text), description: None, task: None },
            })
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::List(_) => None,
    }
}

fn described(inputs: &Inputs, body: &Node) -> Option<Text> {
    let text = value::text(inputs, body).or_else(|| value::text(inputs, body.get("description")?))?;
    Some(value::line(inputs, text))
}

/// A command's name without its star, quotes and arguments.
fn bare(inputs: &Inputs, name: &Text) -> Text {
    let text = name.get(inputs);
    let from = text.len() - text.trim_start_matches(['*', '`', '"', '\'', '/', ' ']).len();
    let rest = &text[from..];
    let len = rest.find([' ', '{', '<', '[', '`', '"', '\'', '(']).unwrap_or(rest.len());
    match name {
        Text::At(span) => Text::At(span.slice(from, from + len)),
        Text::Made(made) => Text::made(&rest[..len], made.at),
    }
}

/// `dependencies: {tasks: [a.md, {name, path}], data: …}` or a plain list.
fn dependencies(inputs: &Inputs, node: &Node) -> Vec<Listed> {
    let listed = |kind: &str, item: &Node| -> Option<Listed> {
        let file = ["path", "file"].iter().find_map(|key| value::text(inputs, item.get(key)?));
        let name = item_text(inputs, item)?;
        Some(Listed { kind: kind.to_owned(), name, file, tier: None })
    };
    match &node.kind {
        Kind::Map(entries) => entries
            .iter()
            .flat_map(|(kind, list)| {
                list.items().iter().filter_map(|item| listed(&kind.text, item)).collect::<Vec<_>>()
            })
            .collect(),
        Kind::List(list) => list.iter().filter_map(|item| listed("", item)).collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => Vec::new(),
    }
}
