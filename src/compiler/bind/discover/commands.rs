//! The command registry: one entry for each agent and task, by squad.

use serde_yaml::{Mapping, Value};

use crate::base::inputs::Inputs;
use crate::base::span::FileId;
use crate::base::text::Text;
use crate::ir::squad::{Agent, Origin, Skill, SlashCommand, Squad, TaskTemplate};

use super::{map, texts};

/// Longest purpose kept, in bytes: enough to route by.
const PURPOSE: usize = 400;

/// Builds the registry: what clients bring, as shipped, and what the squads hold.
pub(super) fn build(inputs: &Inputs, squads: &[&Squad], base: &Value, stamp: &Mapping) -> Mapping {
    let mut groups: Mapping = base.get("commands").and_then(Value::as_mapping).cloned().unwrap_or_default();
    // Only what a client brings is taken from the shipped file; a squad that is there speaks for itself.
    groups.retain(|_, group| listed(group).all(|entry| entry.get("file").is_none_or(Value::is_null)));
    for squad in squads {
        let mut agents: Vec<Mapping> = squad.agents.iter().map(|entry| agent(inputs, squad, entry)).collect();
        let mut tasks: Vec<Mapping> = squad.tasks.iter().map(|entry| task(inputs, squad, entry)).collect();
        tasks.extend(squad.skills.iter().map(|entry| skill(inputs, entry)));
        tasks.extend(squad.commands.iter().map(|entry| command(inputs, entry)));
        if agents.is_empty() && tasks.is_empty() {
            continue;
        }
        let by_path =
            |entry: &Mapping| entry.get("path").and_then(Value::as_str).unwrap_or_default().to_owned();
        agents.sort_by_key(by_path);
        tasks.sort_by_key(by_path);
        let list = |entries: Vec<Mapping>| {
            (!entries.is_empty()).then(|| Value::Sequence(entries.into_iter().map(Value::Mapping).collect()))
        };
        let mut group = map([
            ("domain", domain(squad).map(Value::from)),
            ("agents", list(agents)),
            ("tasks", list(tasks)),
        ]);
        let known = groups.get(squad.id.as_str()).and_then(Value::as_mapping);
        for (key, value) in known.into_iter().flatten() {
            if !group.contains_key(key) {
                group.insert(key.clone(), value.clone());
            }
        }
        groups.insert(squad.id.clone().into(), Value::Mapping(group));
    }
    let mut sorted: Vec<(Value, Value)> = groups.into_iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
    let mut registry = map([
        ("schema", Some("dispatch.command-registry/v1".into())),
        ("version", Some(base.get("version").and_then(Value::as_str).unwrap_or("1.0.0").into())),
        ("generated_from", Some(Value::Mapping(stamp.clone()))),
    ]);
    registry.insert("commands".into(), Value::Mapping(sorted.into_iter().collect()));
    registry
}

fn listed(group: &Value) -> impl Iterator<Item = &Value> {
    ["agents", "tasks"]
        .into_iter()
        .filter_map(|kind| group.get(kind))
        .filter_map(Value::as_sequence)
        .flatten()
}

/// The domain of a squad: its folder's name, in lower case, with `_`. Clients and cores have none of their own.
pub(super) fn domain(squad: &Squad) -> Option<String> {
    (squad.origin == Origin::Squad).then(|| squad.id.to_lowercase().replace('-', "_"))
}

/// The slash path of an agent.
pub(super) fn agent_path(inputs: &Inputs, squad: &Squad, agent: &Agent) -> String {
    match squad.origin {
        Origin::Squad => format!("/{}:agents:{}", squad.prefix(inputs), agent.stem),
        Origin::Core => format!("/{}", agent.stem),
        Origin::Client => {
            format!("/{}", agent.name.as_ref().map_or(agent.stem.as_str(), |name| name.get(inputs)))
        }
    }
}

fn agent(inputs: &Inputs, squad: &Squad, agent: &Agent) -> Mapping {
    let path = agent_path(inputs, squad, agent);
    let mut aliases = Vec::new();
    match squad.origin {
        Origin::Squad => aliases.push(format!("/{}:agents:{}", squad.id, agent.stem)),
        Origin::Core => aliases.push(format!("/AIOS:agents:{}", agent.stem)),
        Origin::Client => {}
    }
    let named = [agent.id.as_ref(), agent.name.as_ref()].into_iter().flatten().chain(&agent.aliases);
    aliases.extend(named.map(|name| name.get(inputs).to_owned()));
    let purpose = agent.when_to_use.as_ref().or(agent.description.as_ref()).or(agent.role.as_ref());
    map([
        ("path", Some(path.clone().into())),
        ("title", Some(title(inputs, agent.title.as_ref(), agent.name.as_ref(), &agent.stem))),
        ("purpose", purpose.map(|text| short(text.get(inputs)).into())),
        ("file", Some(path_of(inputs, agent.file))),
        ("aliases", texts(distinct(aliases, &path, &agent.stem))),
        ("model", text(inputs, agent.model.as_ref())),
        ("tier", text(inputs, agent.tier.as_ref())),
        ("sha256", Some(inputs.file(agent.file).digest().hex().into())),
    ])
}

fn task(inputs: &Inputs, squad: &Squad, task: &TaskTemplate) -> Mapping {
    let inside = if task.group.is_empty() {
        task.stem.clone()
    } else {
        format!("{}:{}", task.group.replace('/', ":"), task.stem)
    };
    let (path, other) = match squad.origin {
        Origin::Core => (format!("/AIOS:tasks:{inside}"), None),
        Origin::Squad => (
            format!("/{}:tasks:{inside}", squad.prefix(inputs)),
            Some(format!("/{}:tasks:{inside}", squad.id)),
        ),
        Origin::Client => (format!("/{inside}"), None),
    };
    let aliases = other.into_iter().chain(task.id.as_ref().map(|id| id.get(inputs).to_owned())).collect();
    let list = |texts_of: &[Text]| texts(texts_of.iter().map(|text| short(text.get(inputs))));
    map([
        ("path", Some(path.clone().into())),
        ("title", Some(title(inputs, task.title.as_ref(), task.name.as_ref(), &task.stem))),
        ("purpose", task.purpose.as_ref().map(|text| short(text.get(inputs)).into())),
        ("file", Some(path_of(inputs, task.file))),
        ("aliases", texts(distinct(aliases, &path, &task.stem))),
        ("executor", text(inputs, task.executor.as_ref())),
        ("model", text(inputs, task.model.as_ref())),
        ("inputs", list(&task.inputs)),
        ("outputs", list(&task.outputs)),
        ("source", task.deprecated.map(|_| "deprecated".into())),
        ("sha256", Some(inputs.file(task.file).digest().hex().into())),
    ])
}

fn skill(inputs: &Inputs, skill: &Skill) -> Mapping {
    map([
        ("path", Some(format!("/{}", skill.stem).into())),
        ("title", Some(title(inputs, skill.name.as_ref(), None, &skill.stem))),
        ("purpose", skill.description.as_ref().map(|text| short(text.get(inputs)).into())),
        ("file", Some(path_of(inputs, skill.file))),
        ("source", Some("skill".into())),
        ("model", text(inputs, skill.model.as_ref())),
        ("sha256", Some(inputs.file(skill.file).digest().hex().into())),
    ])
}

fn command(inputs: &Inputs, command: &SlashCommand) -> Mapping {
    map([
        ("path", Some(format!("/{}", command.name).into())),
        ("title", Some(command.name.replace([':', '-', '_'], " ").into())),
        ("purpose", command.description.as_ref().map(|text| short(text.get(inputs)).into())),
        ("file", Some(path_of(inputs, command.file))),
        ("source", Some("command".into())),
        ("model", text(inputs, command.model.as_ref())),
        ("sha256", Some(inputs.file(command.file).digest().hex().into())),
    ])
}

fn title(inputs: &Inputs, title: Option<&Text>, name: Option<&Text>, stem: &str) -> Value {
    title.or(name).map_or_else(|| stem.replace(['-', '_'], " "), |text| short(text.get(inputs))).into()
}

fn text(inputs: &Inputs, text: Option<&Text>) -> Option<Value> {
    text.map(|text| Value::from(short(text.get(inputs))))
}

fn path_of(inputs: &Inputs, file: FileId) -> Value {
    inputs.file(file).path.as_str().into()
}

/// Other names in order, each once, without those the path says already.
fn distinct(names: Vec<String>, path: &str, stem: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for name in names {
        if name != path && name != stem && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// A text on one line, cut between words.
pub(super) fn short(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() && out.len() + 1 + word.len() > PURPOSE {
            out.push('…');
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
