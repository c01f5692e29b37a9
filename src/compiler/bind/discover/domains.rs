//! The domain registry: one domain a squad, under what is known better.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::text::Text;
use crate::ir::squad::{Agent, Origin, Squad};

use super::commands::{agent_path, domain, short};
use super::{Summary, map, read, texts};

/// Where the rules for domains of squads stand.
const HEURISTICS: &str = "squads/dispatch/data/dispatch-heuristics.yaml";

/// Words that are enough by themselves, at most.
const TRIGGERS: usize = 10;

/// Keys of a shipped domain that a squad's own files do not tell.
const KNOWN_BETTER: &[&str] = &[
    "description",
    "triggers",
    "enrichment",
    "default_model",
    "redirect",
    "foreground_only",
    "exclusive",
    "output_paths",
    "named_only",
    "edits",
    "note",
];

/// How a domain is made of a squad: `derived_domain` of the heuristics.
pub(super) struct Rules {
    entry: Vec<String>,
    defaults: Vec<(&'static str, Value)>,
    weights: (Value, Value),
    kb_files: usize,
}

impl Rules {
    pub(super) fn read(inputs: &Inputs, findings: &mut Vec<Diagnostic>) -> Self {
        let file = read(inputs, inputs.find(HEURISTICS), findings);
        let rules = file.get("derived_domain").cloned().unwrap_or_default();
        let number = |key: &str, other: u64| rules.get(key).cloned().unwrap_or_else(|| other.into());
        Self {
            entry: rules
                .get("entry")
                .and_then(Value::as_sequence)
                .map(|words| words.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect())
                .unwrap_or_default(),
            defaults: ["enrichment", "default_model"]
                .into_iter()
                .filter_map(|key| Some((key, rules.get(key)?.clone())))
                .collect(),
            weights: (number("weight_primary", 3), number("weight_secondary", 1)),
            kb_files: rules
                .get("kb_files")
                .and_then(Value::as_u64)
                .and_then(|most| usize::try_from(most).ok())
                .unwrap_or(5),
        }
    }
}

/// Builds the registry over the shipped one; entries that somebody added by hand to the one before are kept.
#[expect(clippy::too_many_arguments, reason = "the sources of a registry, each named once")]
pub(super) fn build(
    inputs: &Inputs,
    squads: &[&Squad],
    base: &Value,
    before: &Value,
    overrides: &Value,
    rules: &Rules,
    stamp: &Mapping,
    summary: &mut Summary,
) -> Mapping {
    let mut domains = base.get("domains").and_then(Value::as_mapping).cloned().unwrap_or_default();
    for (name, entry) in before.get("domains").and_then(Value::as_mapping).into_iter().flatten() {
        if entry.get("source").and_then(Value::as_str) == Some("manual") {
            domains.insert(name.clone(), entry.clone());
        }
    }
    for squad in squads.iter().filter(|squad| squad.origin == Origin::Squad) {
        let Some(name) = domain(squad) else { continue };
        let mut entry = derived(inputs, squad, rules);
        let shipped = domains.get(name.as_str()).and_then(Value::as_mapping).cloned();
        for key in KNOWN_BETTER {
            if let Some(value) = shipped.as_ref().and_then(|known| known.get(*key)) {
                entry.insert((*key).into(), value.clone());
            }
        }
        domains.insert(name.into(), Value::Mapping(entry));
    }
    let patch = overrides.get("overrides").and_then(Value::as_mapping);
    if let Some(patch) = patch {
        overlay(&mut domains, patch, "", &mut summary.overrides);
    }
    let mut sorted: Vec<(Value, Value)> = domains.into_iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.as_str().cmp(&b.as_str()));
    let mut registry = map([
        ("schema", Some("dispatch.domain-registry/v1".into())),
        ("version", Some(base.get("version").and_then(Value::as_str).unwrap_or("1.0.0").into())),
        ("generated_from", Some(Value::Mapping(stamp.clone()))),
    ]);
    registry.insert("domains".into(), Value::Mapping(sorted.into_iter().collect()));
    for (key, value) in base.as_mapping().into_iter().flatten() {
        if !registry.contains_key(key) {
            registry.insert(key.clone(), value.clone());
        }
    }
    registry
}

/// Lays `patch` over `map`: maps are merged, other values replace, null deletes. Trees are as deep as people write.
fn overlay(map: &mut Mapping, patch: &Mapping, above: &str, done: &mut Vec<String>) {
    for (key, value) in patch {
        let Some(name) = key.as_str() else { continue };
        let full = if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        match (value, map.get_mut(key)) {
            (Value::Null, Some(_)) => {
                map.remove(key);
                done.push(full);
            }
            (Value::Null, None) => {}
            (Value::Mapping(inner), Some(Value::Mapping(own))) => overlay(own, inner, &full, done),
            _ => {
                map.insert(key.clone(), value.clone());
                done.push(full);
            }
        }
    }
}

fn derived(inputs: &Inputs, squad: &Squad, rules: &Rules) -> Mapping {
    let manifest = squad.manifest.as_ref();
    let entry = entry_agent(inputs, squad, rules);
    let mut agents = map([
        ("primary", Some(entry.map_or(Value::Null, |agent| agent_path(inputs, squad, agent).into()))),
        ("squad", Some(squad.id.as_str().into())),
    ]);
    let mut all: Vec<String> = squad.agents.iter().map(|agent| agent_path(inputs, squad, agent)).collect();
    all.sort();
    if let Some(all) = texts(all) {
        agents.insert("all_agents".into(), all);
    }
    let triggers = map([
        ("primary", texts(triggers(inputs, squad))),
        ("weight_primary", Some(rules.weights.0.clone())),
        ("weight_secondary", Some(rules.weights.1.clone())),
    ]);
    let stats = map([("agents", Some(squad.agents.len().into())), ("tasks", Some(squad.tasks.len().into()))]);
    let description = manifest.and_then(|manifest| manifest.description.as_ref().or(manifest.title.as_ref()));
    let mut entry = map([
        ("source", Some(squad.folder.as_str().into())),
        ("description", description.map(|text| short(text.get(inputs)).into())),
        ("triggers", Some(Value::Mapping(triggers))),
        ("agents", Some(Value::Mapping(agents))),
        ("kb_files", texts(knowledge(inputs, squad, rules.kb_files))),
        ("stats", Some(Value::Mapping(stats))),
    ]);
    for (key, value) in &rules.defaults {
        entry.insert((*key).into(), value.clone());
    }
    entry
}

/// Who is asked first: the declared agent, else the only one of tier 0, else one whose id says that it leads, else the
/// only agent there is.
pub(super) fn entry_agent<'a>(inputs: &Inputs, squad: &'a Squad, rules: &Rules) -> Option<&'a Agent> {
    let declared = squad.manifest.as_ref().and_then(|manifest| manifest.entry_agent.as_ref());
    if let Some(name) = declared {
        let name = name.get(inputs).trim_start_matches('@');
        let name = name.strip_suffix(".md").unwrap_or(name);
        if let Some(agent) = squad.agents.iter().find(|agent| agent.stem == name) {
            return Some(agent);
        }
    }
    let tier = |agent: &&Agent| {
        let own = agent.tier.as_ref().map(|tier| tier.get(inputs).to_lowercase());
        let listed = squad
            .manifest
            .iter()
            .flat_map(|manifest| &manifest.agents)
            .find(|entry| entry.name.get(inputs).trim_end_matches(".md") == agent.stem);
        let tier = own.or_else(|| Some(listed?.tier.as_ref()?.get(inputs).to_lowercase()));
        tier.is_some_and(|tier| tier == "0" || tier == "orchestrator")
    };
    let mut first = squad.agents.iter().filter(tier);
    if let (Some(agent), None) = (first.next(), first.next()) {
        return Some(agent);
    }
    let heads = |agent: &&Agent| {
        rules
            .entry
            .iter()
            .any(|word| agent.stem.split(['-', '_']).any(|part| part.eq_ignore_ascii_case(word)))
    };
    squad.agents.iter().find(heads).or(match &squad.agents[..] {
        [only] => Some(only),
        _ => None,
    })
}

/// The squad's name and keywords, then names of its first agents and tasks.
fn triggers(inputs: &Inputs, squad: &Squad) -> Vec<String> {
    let spaced = |name: &str| name.replace(['-', '_'], " ").to_lowercase();
    let manifest = squad.manifest.as_ref();
    let keywords = manifest
        .into_iter()
        .flat_map(|manifest| &manifest.keywords)
        .map(|word| word.get(inputs).to_lowercase());
    let agents = squad.agents.iter().take(3).map(|agent| spaced(&agent.stem));
    let tasks = squad.tasks.iter().filter(|task| task.deprecated.is_none()).take(5).map(|task| {
        let name = spaced(&task.stem);
        let bare = name.strip_prefix("create ").or_else(|| name.strip_prefix("build "));
        bare.unwrap_or(&name).to_owned()
    });
    let mut seen = BTreeSet::new();
    let all = std::iter::once(spaced(&squad.id)).chain(keywords).chain(agents).chain(tasks);
    all.filter(|word| !word.is_empty() && seen.insert(word.clone())).take(TRIGGERS).collect()
}

/// The first knowledge files: markdown before YAML, each by name.
fn knowledge(inputs: &Inputs, squad: &Squad, most: usize) -> Vec<String> {
    let own = squad.data.iter().filter(|&&file| !super::is_registry(inputs, file));
    let mut files: Vec<&str> = own.map(|&file| inputs.file(file).path.as_str()).collect();
    files.sort_by_key(|path| (!is_markdown(path), *path));
    files.into_iter().take(most).map(str::to_owned).collect()
}

fn is_markdown(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("md"))
}

/// A declared text of a squad, for messages.
pub(super) fn said(inputs: &Inputs, text: &Text) -> String {
    short(text.get(inputs))
}
