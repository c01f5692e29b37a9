//! Manifests: `config.yaml` and `squad.yaml`, in the shapes counted in the field.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::FileId;
use crate::base::text::Text;
use crate::compiler::ast::dialect::value;
use crate::ir::node::{Kind, Node};
use crate::ir::squad::{Listed, Manifest};

use super::agent::commands;
use super::card::{Card, item_text};

/// Folders a manifest may list the files of.
const KINDS: &[&str] =
    &["agents", "tasks", "checklists", "workflows", "data", "templates", "scripts", "protocols"];

/// Reads a manifest into what an earlier one of the same squad has said; what is there already stays.
pub(super) fn read(inputs: &Inputs, file: FileId, into: &mut Option<Manifest>) -> Vec<Diagnostic> {
    let card = Card::of_yaml(inputs, file);
    let manifest = into.get_or_insert_with(Manifest::default);
    manifest.files.push(file);
    let declare = |slot: &mut Option<Text>, keys: &[&str]| {
        if slot.is_none() {
            *slot = card.text(keys);
        }
    };
    declare(&mut manifest.name, &["name", "id"]);
    declare(&mut manifest.title, &["display name", "short title", "title"]);
    declare(&mut manifest.version, &["version"]);
    declare(&mut manifest.description, &["description", "purpose"]);
    declare(&mut manifest.slash_prefix, &["slash prefix"]);
    declare(&mut manifest.entry_agent, &["entry agent", "orchestrator", "default agent"]);
    declare(&mut manifest.domain, &["domain"]);
    if manifest.keywords.is_empty() {
        manifest.keywords = card.list(&["keywords", "tags"]);
    }
    let Some(root) = &card.yaml else { return card.findings };
    if manifest.entry_agent.is_none() {
        let tier = root.get("tiers").and_then(|tiers| tiers.get("orchestrator"));
        manifest.entry_agent = tier.and_then(|tier| item_text(inputs, tier.items().first().unwrap_or(tier)));
    }
    if let Some(node) = root.get("commands").filter(|_| manifest.commands.is_empty()) {
        manifest.commands = commands(inputs, node);
    }
    for kind in KINDS {
        let nodes = [
            root.get(kind),
            root.get("components").and_then(|node| node.get(kind)),
            root.get("squad").and_then(|node| node.get(kind)),
        ];
        let Some(found) = nodes
            .into_iter()
            .flatten()
            .map(|node| listed(inputs, kind, node))
            .find(|found| !found.is_empty())
        else {
            continue;
        };
        let slot = match *kind {
            "agents" => &mut manifest.agents,
            "tasks" => &mut manifest.tasks,
            "checklists" => &mut manifest.checklists,
            "workflows" => &mut manifest.workflows,
            _ => {
                manifest.files_listed.extend(found);
                continue;
            }
        };
        if slot.is_empty() {
            *slot = found;
        }
    }
    card.findings
}

/// A list of names, a list of maps, a map from id to map, or a map from group to list.
fn listed(inputs: &Inputs, kind: &str, node: &Node) -> Vec<Listed> {
    let entry = |name: Option<Text>, body: &Node| -> Option<Listed> {
        let text = |keys: &[&str]| keys.iter().find_map(|key| value::text(inputs, body.get(key)?));
        Some(Listed {
            kind: kind.to_owned(),
            name: name.or_else(|| text(&["id", "name"])).or_else(|| item_text(inputs, body))?,
            file: text(&["file", "path"]),
            tier: text(&["tier"]),
        })
    };
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(|item| entry(None, item)).collect(),
        Kind::Map(entries) => entries
            .iter()
            .flat_map(|(name, body)| match &body.kind {
                Kind::List(items) => items.iter().filter_map(|item| entry(None, item)).collect(),
                Kind::Map(_) => entry(Some(Text::At(name.span)), body).into_iter().collect(),
                // `agents: {count: 4}` counts and lists nothing; `chief: agents/chief.md` lists.
                Kind::Text(file) if file.contains(['.', '/']) => {
                    let file = value::text(inputs, body);
                    vec![Listed { kind: kind.to_owned(), name: Text::At(name.span), file, tier: None }]
                }
                Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => Vec::new(),
            })
            .collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => Vec::new(),
    }
}
