//! `command-registry.yaml` and `domain-registry.yaml`, rebuilt from the squads that are there.
//!
//! Commands are what the files say, not only what they are called. A domain is a squad; what the shipped registry or a
//! manual entry knows better (its words, its model) is laid over it, then the manual overrides, to any depth, where
//! `null` deletes. Nothing here depends on the registry that is replaced but the list of what changed. The files are
//! written by the YAML library and read again before they are handed out. No clock, no order of files matters.

mod commands;
mod diff;
mod domains;
mod references;

use serde_yaml::{Mapping, Value};

use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Digest;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::ir::squad::Squad;

pub use diff::{Change, ChangeKind};
pub use references::Broken;

/// Where the command registry lies.
pub const COMMANDS: &str = "squads/dispatch/data/command-registry.yaml";
/// Where the domain registry lies.
pub const DOMAINS: &str = "squads/dispatch/data/domain-registry.yaml";
/// Where the overrides lie.
pub const OVERRIDES: &str = "squads/dispatch/data/manual-overrides.yaml";

/// The rebuilt registries, and what there is to say about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// `command-registry.yaml`.
    pub commands: String,
    /// `domain-registry.yaml`.
    pub domains: String,
    /// What was found.
    pub summary: Summary,
}

/// One squad in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// Its folder.
    pub folder: String,
    /// Agents found.
    pub agents: usize,
    /// Tasks found.
    pub tasks: usize,
    /// Checklists found.
    pub checklists: usize,
    /// Workflows found.
    pub workflows: usize,
    /// Skills and slash commands found.
    pub skills: usize,
    /// The slash path of whoever is asked first.
    pub entry: Option<String>,
}

/// Counts, changes and references that lead nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Squads found, by folder.
    pub squads: Vec<Row>,
    /// Domains in the registry.
    pub domains: usize,
    /// What differs from the registries that are replaced, commands first, by name.
    pub changes: Vec<Change>,
    /// Overrides that were laid over the domains, as `domain.key.key`.
    pub overrides: Vec<String>,
    /// References that lead nowhere, by place.
    pub broken: Vec<Broken>,
}

/// Rebuilds both registries from `squads`. Shipped squads are not the project's, and are left out.
pub fn discover(inputs: &Inputs, squads: &[Squad]) -> Outcome<Discovery> {
    let own: Vec<&Squad> = squads.iter().filter(|squad| is_own(inputs, squad)).collect();
    let mut findings = Vec::new();
    let mut summary = Summary::default();
    let shipped = |path: &str, findings: &mut Vec<Diagnostic>| read(inputs, shipped(inputs, path), findings);
    let stamp = stamp(inputs, &own);
    let base = shipped(COMMANDS, &mut findings);
    let commands = commands::build(inputs, &own, &base, &stamp);
    let base = shipped(DOMAINS, &mut findings);
    let before = read(inputs, inputs.find(DOMAINS), &mut findings);
    let overrides = read(inputs, inputs.find(OVERRIDES), &mut findings);
    let rules = domains::Rules::read(inputs, &mut findings);
    let domains = domains::build(inputs, &own, &base, &before, &overrides, &rules, &stamp, &mut summary);
    let known = domains.get("domains").and_then(Value::as_mapping);
    summary.domains = known.map_or(0, Mapping::len);
    summary.squads = own.iter().map(|squad| row(squad, known)).collect();
    let old = read(inputs, inputs.find(COMMANDS), &mut Vec::new());
    summary.changes = diff::commands(&old, &commands);
    summary.changes.extend(diff::domains(&before, &domains));
    summary.broken = references::check(inputs, &own, &mut findings);
    let commands = write(&commands, COMMANDS_HEAD, &mut findings);
    let domains = write(&domains, DOMAINS_HEAD, &mut findings);
    Outcome::new(Discovery { commands, domains, summary }, findings)
}

const COMMANDS_HEAD: &str =
    "# Every agent and task that may be named, and what it is for. Rebuilt by `dispatch discover`.\n";
const DOMAINS_HEAD: &str =
    "# Who knows what. Rebuilt by `dispatch discover`; edit `manual-overrides.yaml` instead.\n";

fn row(squad: &Squad, domains: Option<&Mapping>) -> Row {
    let domain = commands::domain(squad).and_then(|name| domains?.get(name.as_str()));
    let entry = domain.and_then(|domain| domain.get("agents")?.get("primary")?.as_str());
    Row {
        folder: squad.folder.clone(),
        agents: squad.agents.len(),
        tasks: squad.tasks.len(),
        checklists: squad.checklists.len(),
        workflows: squad.workflows.len(),
        skills: squad.skills.len() + squad.commands.len(),
        entry: entry.map(str::to_owned),
    }
}

/// Whether a project holds some of its files, the registries themselves apart.
fn is_own(inputs: &Inputs, squad: &Squad) -> bool {
    files(squad).any(|file| inputs.file(file).layer != Layer::Builtin && !is_registry(inputs, file))
}

/// Whether a file is made by discovery or lies over what it makes: it says nothing about a squad.
fn is_registry(inputs: &Inputs, file: FileId) -> bool {
    [COMMANDS, DOMAINS, OVERRIDES].contains(&inputs.file(file).path.as_str())
}

/// Every file of a squad that says what it is.
fn files(squad: &Squad) -> impl Iterator<Item = FileId> + '_ {
    let manifests = squad.manifest.iter().flat_map(|manifest| manifest.files.iter().copied());
    manifests
        .chain(squad.agents.iter().map(|agent| agent.file))
        .chain(squad.tasks.iter().map(|task| task.file))
        .chain(squad.checklists.iter().map(|checklist| checklist.file))
        .chain(squad.workflows.iter().map(|workflow| workflow.file))
        .chain(squad.skills.iter().map(|skill| skill.file))
        .chain(squad.commands.iter().map(|command| command.file))
        .chain(squad.data.iter().copied())
}

/// The shipped file of this path, covered or not.
fn shipped(inputs: &Inputs, path: &str) -> Option<FileId> {
    inputs.ids().find(|&id| inputs.file(id).layer == Layer::Builtin && inputs.file(id).path.as_str() == path)
}

/// A YAML file as plain values; null if there is none, or if it cannot be read.
fn read(inputs: &Inputs, file: Option<FileId>, findings: &mut Vec<Diagnostic>) -> Value {
    let Some(file) = file else { return Value::Null };
    match serde_yaml::from_str(inputs.text(file)) {
        Ok(value) => value,
        Err(error) => {
            let path = inputs.display_path(file);
            findings.push(
                Diagnostic::warning(
                    "registry/unreadable",
                    Span::head(file),
                    format!("`{path}` cannot be read: {error}"),
                )
                .help("mend the file, or remove it: it is rebuilt".to_owned()),
            );
            Value::Null
        }
    }
}

/// `generated_from`: how many files, and a hash of their names and contents.
fn stamp(inputs: &Inputs, squads: &[&Squad]) -> Mapping {
    let mut parts: Vec<(String, Digest)> = squads
        .iter()
        .flat_map(|squad| files(squad))
        .filter(|&file| !is_registry(inputs, file))
        .map(|file| (inputs.file(file).path.to_string(), inputs.file(file).digest()))
        .collect();
    parts.sort();
    parts.dedup();
    let pieces = parts.iter().flat_map(|(path, digest)| [path.as_bytes(), &digest.0[..]]);
    let mut map = Mapping::new();
    map.insert("files".into(), parts.len().into());
    map.insert("hash".into(), Digest::of_parts(pieces).hex().into());
    map
}

/// Writes a registry and reads it again: what is handed out can be read by others.
fn write(map: &Mapping, head: &str, findings: &mut Vec<Diagnostic>) -> String {
    let body = serde_yaml::to_string(map).expect("plain values can be written");
    let back: Option<Mapping> = serde_yaml::from_str(&body).ok();
    if back.as_ref() != Some(map) {
        findings.push(Diagnostic::error(
            "registry/not-written",
            Span::head(FileId(0)),
            "the registry does not read back as it was written".to_owned(),
        ));
    }
    format!("{head}{body}")
}

/// A map with the entries that have a value.
fn map(entries: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Mapping {
    entries.into_iter().filter_map(|(key, value)| Some((Value::from(key), value?))).collect()
}

/// A list of texts; none if there is none.
fn texts(items: impl IntoIterator<Item = String>) -> Option<Value> {
    let list: Vec<Value> = items.into_iter().map(Value::from).collect();
    (!list.is_empty()).then_some(Value::Sequence(list))
}

#[cfg(test)]
mod tests;
