//! Names become ids: domains, commands and models find each other, and what finds nothing is said.

use crate::base::diagnostic::Diagnostic;
use crate::base::source::Layer;
use crate::base::span::Spanned;
use crate::base::suggest::nearest;
use crate::base::table::{Id as _, Table};
use crate::ir::equipment::{AgentId, DomainId, ModelId};
use crate::ir::registry::Registry;

use super::commands::{Commands, implied, slash};
use super::domains::{Domains, Entry};
use super::fields::Report;
use super::routing::Heuristics;

/// Fills the tables of domains and commands, both sorted, and ties them to each other.
pub(super) fn tie(
    mut domains: Domains,
    commands: &mut Commands,
    heuristics: &Heuristics,
    registry: &mut Registry,
    report: &mut Report<'_>,
) {
    imply(&domains, commands);
    for (name, entry) in &mut domains {
        entry.domain.model = entry.model.take().and_then(|model| model_of(&model, name, registry, report));
        entry.domain.agent = entry.agent.take().and_then(|agent| agent_of(&agent, commands, report));
        knowledge(entry, report);
        registry.entries.insert(format!("domain.{name}"), entry.domain.at);
    }
    give_domains(&domains, commands, report);
    for (extension, id) in heuristics.extensions.iter().flat_map(|(domain, extensions)| {
        let id = position(&domains, domain);
        extensions.iter().filter_map(move |extension| Some((extension, id?)))
    }) {
        registry.routing.extensions.entry(extension.clone()).or_default().push(id);
    }
    let fallback = &registry.routing.fallback;
    if !fallback.is_empty() && !domains.contains_key(fallback) && !domains.is_empty() {
        let at = domains.values().next().map(|entry| entry.domain.at);
        let message =
            format!("`{fallback}`, where tasks go that match nothing, is no domain of the registry");
        report.findings.extend(at.map(|at| {
            Diagnostic::error("domain/unknown", at, message)
                .help(format!("add a domain `{fallback}` with an agent"))
                .veto("VR.1")
        }));
    }
    registry.domains = Table::new(domains.into_values().map(|entry| entry.domain).collect());
    registry.commands =
        Table::new(std::mem::take(commands).into_values().map(|listed| listed.command).collect());
}

/// The agents that domains list are commands, listed or not.
fn imply(domains: &Domains, commands: &mut Commands) {
    for entry in domains.values() {
        let squad = entry.domain.squad.as_deref().unwrap_or_default();
        for agent in &entry.all_agents {
            let path = slash(&agent.value);
            commands.entry(path.clone()).or_insert_with(|| implied(&path, squad, agent.span));
        }
    }
}

fn model_of(
    model: &Spanned<String>,
    domain: &str,
    registry: &Registry,
    report: &mut Report<'_>,
) -> Option<ModelId> {
    let found = registry.model(&model.value);
    let known = found.is_some()
        || registry.worker_words.contains(&model.value)
        || registry.inferred_words.contains(&model.value);
    if !known {
        let near = nearest(&model.value, registry.models.rows().iter().map(|model| model.id.as_str()));
        let message = format!("domain `{domain}` names the model `{}`, which no client has", model.value);
        report.push(
            Diagnostic::error("model/unknown", model.span, message)
                .help(near.map(|near| format!("did you mean `{near}`?")))
                .veto("VR.3"),
        );
    }
    found
}

/// The id of an agent: commands are numbered in the order of their paths. One that is unknown is added, so that what
/// belongs to its domain still goes somewhere.
fn agent_of(agent: &Spanned<String>, commands: &Commands, report: &mut Report<'_>) -> Option<AgentId> {
    let path = slash(&agent.value);
    let found = commands.keys().position(|known| *known == path);
    if found.is_none() {
        let near = nearest(&path, commands.keys().map(String::as_str));
        let message = format!("no registry and no squad has the agent `{}`", agent.value);
        let help = near.map_or_else(
            || format!("add `{path}` to `command-registry.yaml`"),
            |near| format!("did you mean `{near}`?"),
        );
        report.push(Diagnostic::warning("agent/unknown", agent.span, message).help(help).veto("VR.2"));
    }
    found.map(AgentId::from_index)
}

/// Knowledge files that are not there, in one finding a domain.
fn knowledge(entry: &mut Entry, report: &mut Report<'_>) {
    let domain = &mut entry.domain;
    let inputs = report.inputs;
    let missing: Vec<Spanned<String>> =
        domain.kb_files.iter().filter(|file| !inputs.exists(&file.value)).cloned().collect();
    let Some(first) = missing.first() else { return };
    let message = match missing.len() {
        1 => format!("the knowledge file `{}` of domain `{}` is not there", first.value, domain.name),
        n => format!(
            "`{}` and {} other knowledge files of domain `{}` are not there",
            first.value,
            n - 1,
            domain.name
        ),
    };
    let mut finding = Diagnostic::warning("kb/missing", first.span, message)
        .help(String::from("write the file, or take its path out of `kb_files`"));
    for file in &missing[1..] {
        finding = finding.label(file.span, "not there either");
    }
    report.push(finding);
    domain.kb_files.retain(|file| inputs.exists(&file.value));
}

/// Commands find their domain: the one they name, else the one of their squad.
fn give_domains(domains: &Domains, commands: &mut Commands, report: &mut Report<'_>) {
    for listed in commands.values_mut() {
        let squad = listed.command.squad.as_str();
        listed.command.domain = match &listed.domain {
            Some(name) => {
                let found = position(domains, name);
                // A project may drop a domain and keep the shipped list of commands.
                let shipped = report.inputs.file(listed.command.at.file).layer == Layer::Builtin;
                if found.is_none() && !shipped {
                    let near = nearest(name, domains.keys().map(String::as_str));
                    let message =
                        format!("`{}` belongs to `{name}`, which is no domain", listed.command.path);
                    report.push(
                        Diagnostic::error("domain/unknown", listed.command.at, message)
                            .help(near.map(|near| format!("did you mean `{near}`?")))
                            .veto("VR.1"),
                    );
                }
                found
            }
            None if squad.is_empty() => None,
            None => domains
                .values()
                .position(|entry| entry.domain.squad.as_deref() == Some(squad))
                .map(DomainId::from_index)
                .or_else(|| position(domains, &squad.to_lowercase().replace('-', "_"))),
        };
    }
    // An agent that only a domain's entry names belongs to that domain.
    for (id, entry) in domains.values().enumerate() {
        let own = entry.all_agents.iter().map(|agent| slash(&agent.value));
        for path in own {
            if let Some(listed) = commands.get_mut(&path) {
                listed.command.domain.get_or_insert(DomainId::from_index(id));
            }
        }
        let primary = entry.domain.agent.and_then(|agent| commands.values_mut().nth(agent.index()));
        if let Some(listed) = primary {
            listed.command.domain.get_or_insert(DomainId::from_index(id));
        }
    }
}

fn position(domains: &Domains, name: &str) -> Option<DomainId> {
    domains.keys().position(|known| known == name).map(DomainId::from_index)
}
