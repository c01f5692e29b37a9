//! Folders of agents, tasks, checklists, workflows, skills and commands, in the formats people have invented for them.
//!
//! A folder below `squads/`, a core folder and a client's folder are squads if they hold a manifest or anything that
//! can be called. What a file is follows from the folder it lies in; its facts are read from whatever form they have:
//! see [`card`]. A file that is damaged is named and left out; broken YAML is read segment by segment.

mod agent;
pub mod card;
mod checklist;
mod manifest;
mod recover;
mod skill;
mod task;
mod workflow;

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::source::SourceFile;
use crate::base::span::{FileId, Span};
use crate::ir::squad::{Agent, Checklist, Origin, Skill, SlashCommand, Squad, TaskTemplate, Workflow};

use super::dialect::words::Words;

/// Where squads lie, unless a project says otherwise.
const USUAL: &str = "squads";

/// Reads every squad of the inputs, by folder.
#[must_use]
pub fn read(inputs: &Inputs, words: &Words) -> Outcome<Vec<Squad>> {
    read_in(inputs, &[USUAL.to_owned()], words)
}

/// Reads every squad in `holders`, folders whose folders are squads; `.` is the root.
#[must_use]
pub fn read_in(inputs: &Inputs, holders: &[String], words: &Words) -> Outcome<Vec<Squad>> {
    let mut squads: BTreeMap<String, Squad> = BTreeMap::new();
    let mut findings = Vec::new();
    for (id, file) in inputs.files() {
        let Some(place) = place(file.path.as_str(), holders) else { continue };
        let squad = squads.entry(place.folder.to_owned()).or_insert_with(|| Squad {
            folder: place.folder.to_owned(),
            id: name_of(place.folder).to_owned(),
            origin: place.origin,
            ..Squad::default()
        });
        if is_noise(file) {
            squad.others.push(id);
            continue;
        }
        if let Some(finding) = damage(inputs, id, file) {
            let whole = file.text().contains('\0');
            findings.push(finding);
            if whole {
                squad.others.push(id);
                continue;
            }
        }
        put(inputs, words, squad, id, &place, &mut findings);
    }
    Outcome::new(squads.into_values().filter(|squad| !squad.is_empty()).collect(), findings)
}

/// Reads a file as an agent, wherever it lies.
#[must_use]
pub fn read_agent(inputs: &Inputs, file: FileId) -> Outcome<Agent> {
    agent::read(inputs, file)
}

/// Reads a file as a task template, wherever it lies.
#[must_use]
pub fn read_task(inputs: &Inputs, file: FileId, words: &Words) -> Outcome<TaskTemplate> {
    task::read(inputs, file, "", words)
}

/// Reads a file as a checklist, wherever it lies.
#[must_use]
pub fn read_checklist(inputs: &Inputs, file: FileId) -> Outcome<Checklist> {
    checklist::read(inputs, file)
}

/// Reads a file as a workflow, wherever it lies.
#[must_use]
pub fn read_workflow(inputs: &Inputs, file: FileId) -> Outcome<Workflow> {
    workflow::read(inputs, file)
}

/// Reads a file as a skill, wherever it lies.
#[must_use]
pub fn read_skill(inputs: &Inputs, file: FileId) -> Outcome<Skill> {
    skill::read(inputs, file)
}

/// Reads a file as a slash command or bare prompt, wherever it lies.
#[must_use]
pub fn read_command(inputs: &Inputs, file: FileId, name: &str) -> Outcome<SlashCommand> {
    skill::command(inputs, file, name)
}

/// Where a file lies: its squad, and the path inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place<'a> {
    folder: &'a str,
    inside: &'a str,
    origin: Origin,
}

/// Folders that are squads themselves: their path, and what they are.
const ROOTS: &[(&str, Origin)] = &[
    (".aios-core/development/", Origin::Core),
    (".aiox-core/development/", Origin::Core),
    (".claude/", Origin::Client),
    (".github/", Origin::Client),
    (".gemini/", Origin::Client),
    (".codex/", Origin::Client),
];

fn place<'a>(path: &'a str, holders: &[String]) -> Option<Place<'a>> {
    for &(root, origin) in ROOTS {
        let at =
            if path.starts_with(root) { Some(0) } else { path.find(&format!("/{root}")).map(|at| at + 1) };
        if let Some(at) = at {
            let end = at + root.len();
            return Some(Place { folder: &path[..end - 1], inside: &path[end..], origin });
        }
    }
    holders.iter().find_map(|holder| {
        let start = inside_of(path, holder.trim_end_matches('/'))?;
        let (name, inside) = path[start..].split_once('/')?;
        Some(Place { folder: &path[..start + name.len()], inside, origin: Origin::Squad })
    })
}

/// Where the part of a path begins that lies inside `holder`, at the top or anywhere below.
fn inside_of(path: &str, holder: &str) -> Option<usize> {
    if holder.is_empty() || holder == "." {
        return Some(0);
    }
    let is_at =
        |at: usize| (at == 0 || path[..at].ends_with('/')) && path[at + holder.len()..].starts_with('/');
    let (at, _) = path.match_indices(holder).find(|&(at, _)| is_at(at))?;
    Some(at + holder.len() + 1)
}

fn name_of(folder: &str) -> &str {
    let folder = folder.strip_suffix("/development").unwrap_or(folder);
    folder.rsplit('/').next().unwrap_or(folder)
}

/// Files that describe a folder instead of being part of it.
fn is_noise(file: &SourceFile) -> bool {
    let stem = file.path.stem().to_ascii_uppercase();
    stem.starts_with('_')
        || matches!(stem.as_str(), "README" | "CHANGELOG" | "INDEX" | "LICENSE" | "CONTRIBUTING")
}

fn damage(inputs: &Inputs, id: FileId, file: &SourceFile) -> Option<Diagnostic> {
    let nul = file.text().find('\0');
    if nul.is_none() && file.encoding.invalid.is_none() {
        return None;
    }
    let at = nul.unwrap_or_else(|| file.text().find('\u{fffd}').unwrap_or(0));
    let len = file.text()[at..].chars().next().map_or(0, char::len_utf8);
    let path = inputs.display_path(id);
    let message = match nul {
        Some(_) => format!("`{path}` holds NUL bytes: it is damaged, and left out"),
        None => format!("`{path}` is not UTF-8"),
    };
    Some(Diagnostic::warning("text/not-utf8", Span::new(id, at, at + len), message).help(match nul {
        Some(_) => "restore the file from a copy".to_owned(),
        None => "save the file as UTF-8".to_owned(),
    }))
}

/// What a file of a squad is, by the folder it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Who can work.
    Agent,
    /// A recipe of a piece of work.
    Task,
    /// What good work is judged by.
    Checklist,
    /// Phases of work.
    Workflow,
    /// A folder's `SKILL.md`.
    Skill,
    /// A slash command or a bare prompt.
    Command,
    /// Knowledge.
    Data,
    /// What the squad is.
    Manifest,
    /// Anything else.
    Other,
}

/// What a file is if it lies in a squad of the usual place.
#[must_use]
pub fn part_of(file: &SourceFile) -> Option<Part> {
    let place = place(file.path.as_str(), &[USUAL.to_owned()])?;
    (!is_noise(file)).then(|| part(file, &place))
}

fn part(file: &SourceFile, place: &Place<'_>) -> Part {
    let (kind, rest) = place.inside.split_once('/').unwrap_or(("", place.inside));
    let markdown = matches!(file.path.extension(), "md" | "markdown" | "mdc");
    let yaml = matches!(file.path.extension(), "yaml" | "yml");
    let client = place.origin == Origin::Client;
    match kind {
        // Modules of an agent are not agents; a client takes every file below.
        "agents" if markdown && (client || !rest.contains('/')) => Part::Agent,
        "tasks" if markdown => Part::Task,
        "checklists" if markdown => Part::Checklist,
        "workflows" if (markdown || yaml) && !client => Part::Workflow,
        "skills" if file.path.name() == "SKILL.md" => Part::Skill,
        "commands" | "prompts" if markdown => Part::Command,
        "data" | "kb" | "knowledge" if markdown || yaml => Part::Data,
        "" if matches!(file.path.name(), "config.yaml" | "config.yml" | "squad.yaml" | "squad.yml")
            && !client =>
        {
            Part::Manifest
        }
        _ => Part::Other,
    }
}

fn put(
    inputs: &Inputs,
    words: &Words,
    squad: &mut Squad,
    id: FileId,
    place: &Place<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let file = inputs.file(id);
    let rest = place.inside.split_once('/').map_or(place.inside, |(_, rest)| rest);
    match part(file, place) {
        Part::Agent => squad.agents.push(keep(findings, agent::read(inputs, id))),
        Part::Task => {
            let group = rest.rsplit_once('/').map_or("", |(group, _)| group);
            squad.tasks.push(keep(findings, task::read(inputs, id, group, words)));
        }
        Part::Checklist => squad.checklists.push(keep(findings, checklist::read(inputs, id))),
        Part::Workflow => squad.workflows.push(keep(findings, workflow::read(inputs, id))),
        Part::Skill => squad.skills.push(keep(findings, skill::read(inputs, id))),
        Part::Command => {
            let name = rest.trim_end_matches(".md").trim_end_matches(".prompt").replace('/', ":");
            squad.commands.push(keep(findings, skill::command(inputs, id, &name)));
        }
        Part::Data => squad.data.push(id),
        Part::Manifest => findings.extend(manifest::read(inputs, id, &mut squad.manifest)),
        Part::Other => squad.others.push(id),
    }
}

fn keep<T>(findings: &mut Vec<Diagnostic>, outcome: Outcome<T>) -> T {
    findings.extend(outcome.findings);
    outcome.value
}

#[cfg(test)]
mod tests;
