//! `command-registry.yaml` and the agents and tasks found in the project: every name a task may be given to.

use std::collections::BTreeMap;

use crate::base::span::Span;
use crate::ir::node::Node;
use crate::ir::registry::{Command, CommandKind};

use super::fields::{Fields, Form, Report};
use super::places::Found;
use super::source::Source;

/// A command whose domain is still a name.
pub(super) struct Listed {
    pub(super) command: Command,
    pub(super) domain: Option<String>,
}

/// Commands by path.
pub(super) type Commands = BTreeMap<String, Listed>;

/// All commands, by path; what is listed comes before what is found.
pub(super) fn read(source: &Source, found: &[Found], report: &mut Report<'_>) -> Commands {
    let mut listed = Commands::new();
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version", "generated_from"]);
    for (squad, node) in fields.get(&["commands"]).map(Node::entries).unwrap_or_default() {
        let mut group = Fields::of(node, source.form, report);
        let domain = group.text(&["domain"], report);
        for (kind, names) in [(CommandKind::Agent, "agents"), (CommandKind::Task, "tasks")] {
            for node in group.get(&[names]).map(Node::items).unwrap_or_default() {
                if let Some(entry) = entry(node, kind, &squad.text, domain.as_deref(), source.form, report) {
                    listed.entry(entry.command.path.clone()).or_insert(entry);
                }
            }
        }
        group.finish(report);
    }
    fields.finish(report);
    for found in found {
        listed.entry(found.path.clone()).or_insert_with(|| found.list());
    }
    listed
}

/// The squads the registry lists: whether they have a domain is said there.
pub(super) fn squads(source: &Source) -> Vec<&str> {
    let commands = source.node.get("commands").map(Node::entries).unwrap_or_default();
    commands.iter().map(|(squad, _)| squad.text.as_str()).collect()
}

fn entry(
    node: &Node,
    kind: CommandKind,
    squad: &str,
    domain: Option<&str>,
    form: Form,
    report: &mut Report<'_>,
) -> Option<Listed> {
    let mut fields = Fields::of(node, form, report);
    let path = slash(&fields.text(&["path", "command"], report)?);
    let id = last_part(&path);
    let listed = Listed {
        domain: fields.text(&["domain"], report).or_else(|| domain.map(str::to_owned)),
        command: Command {
            kind,
            title: fields.text(&["title", "name"], report).unwrap_or_else(|| id.replace(['-', '_'], " ")),
            purpose: fields.text(&["purpose", "whenToUse", "description"], report).unwrap_or_default(),
            file: fields.text(&["file"], report),
            squad: squad.to_owned(),
            domain: None,
            aliases: fields.texts(&["aliases"], report),
            at: node.span,
            id,
            path,
        },
    };
    fields.get(&[
        "sha256", "source", "executor", "model", "template", "inputs", "outputs", "kb", "tier", "kind", "id",
    ]);
    fields.finish(report);
    Some(listed)
}

/// A command of this path that only a domain's entry names.
pub(super) fn implied(path: &str, squad: &str, at: Span) -> Listed {
    let id = last_part(path);
    Listed {
        domain: None,
        command: Command {
            kind: CommandKind::Agent,
            title: id.replace(['-', '_'], " "),
            purpose: String::new(),
            file: None,
            squad: squad.to_owned(),
            domain: None,
            aliases: Vec::new(),
            at,
            id,
            path: path.to_owned(),
        },
    }
}

/// The notation for agents: `@dev` and `dev` are `/dev`.
pub(super) fn slash(path: &str) -> String {
    let name = path.trim().trim_start_matches(['@', '/']);
    format!("/{name}")
}

pub(super) fn last_part(path: &str) -> String {
    path.rsplit([':', '/']).next().unwrap_or_default().to_owned()
}
