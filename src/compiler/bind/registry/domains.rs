//! `domain-registry.yaml` under `manual-overrides.yaml`, and the domains of squads that neither names.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::base::quantity::Tokens;
use crate::base::span::{Span, Spanned};
use crate::ir::equipment::Enrichment;
use crate::ir::node::{Key, Kind, Node};
use crate::ir::registry::policy::BusinessContext;
use crate::ir::registry::{CommandKind, Domain, Registry};

use super::commands::slash;
use super::fields::{Fields, Report};
use super::places::Found;
use super::routing::{Derived, Notes};
use super::source::Source;

/// A domain whose agents and model are still names.
pub(super) struct Entry {
    pub(super) domain: Domain,
    pub(super) agent: Option<Spanned<String>>,
    pub(super) all_agents: Vec<Spanned<String>>,
    pub(super) model: Option<Spanned<String>>,
}

/// Domains by name.
pub(super) type Domains = BTreeMap<String, Entry>;

/// Reads the registry with the overrides laid over it, and the business context.
pub(super) fn read(
    source: &Source,
    overrides: &Source,
    notes: &Notes,
    registry: &mut Registry,
    report: &mut Report<'_>,
) -> Domains {
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version", "schema_version", "generated_from"]);
    let mut entries = fields.get(&["domains"]).map(Node::entries).unwrap_or_default().to_vec();
    let mut patch = Fields::of(&overrides.node, overrides.form, report);
    patch.get(&["schema", "version"]);
    overlay(&mut entries, patch.get(&["overrides"]).map(Node::entries).unwrap_or_default());
    patch.finish(report);
    let mut domains = Domains::new();
    for (key, node) in &entries {
        let fields = Fields::of(node, source.form, report);
        domains.insert(key.text.clone(), entry(key, fields, notes, report));
    }
    if let Some(node) = fields.get(&["business_context"]) {
        registry.business = business(Fields::of(node, source.form, report), report);
    }
    fields.finish(report);
    domains
}

/// Lays `patch` over `entries`: maps are merged, other values replace, null deletes. Trees are never deeper than the
/// YAML reader allows, so this may recurse.
fn overlay(entries: &mut Vec<(Key, Node)>, patch: &[(Key, Node)]) {
    for (key, value) in patch {
        let place = entries.iter().position(|(own, _)| own.text == key.text);
        match (place, &value.kind) {
            (Some(at), Kind::Null) => {
                entries.remove(at);
            }
            (None, Kind::Null) => {}
            (Some(at), Kind::Map(inner)) if matches!(entries[at].1.kind, Kind::Map(_)) => {
                if let Kind::Map(own) = &mut entries[at].1.kind {
                    overlay(own, inner);
                }
            }
            (Some(at), _) => entries[at].1 = value.clone(),
            (None, _) => entries.push((key.clone(), value.clone())),
        }
    }
}

fn entry(key: &Key, mut fields: Fields<'_>, notes: &Notes, report: &mut Report<'_>) -> Entry {
    let mut triggers = fields.fields("triggers", report);
    let primary = triggers.texts(&["primary"], report);
    let secondary = triggers.texts(&["secondary"], report);
    let weights =
        (weight(&mut triggers, "weight_primary", report), weight(&mut triggers, "weight_secondary", report));
    triggers.finish(report);
    let mut agents = fields.fields("agents", report);
    let agent = agents.get(&["primary"]).and_then(|node| name(node, report));
    let squad = agents.text(&["squad"], report);
    let all_agents = agents.get(&["all_agents"]).map(|node| report.spanned_texts(node)).unwrap_or_default();
    agents.get(&["alternative"]);
    agents.finish(report);
    let note = fields.text(&["note"], report).unwrap_or_default();
    let redirect = redirect(&mut fields, report).or_else(|| notes.redirect(&note));
    let domain = Domain {
        name: key.text.clone(),
        at: key.span,
        source: fields.text(&["source"], report).unwrap_or_default(),
        description: fields.text(&["description"], report).unwrap_or_default(),
        primary,
        secondary,
        weights,
        agent: None,
        squad,
        kb_files: fields.get(&["kb_files"]).map(|node| report.spanned_texts(node)).unwrap_or_default(),
        enrichment: fields.get(&["enrichment"]).and_then(|node| level(node, report)),
        model: None,
        redirect,
        named_only: fields.flag(&["named_only"], report),
        foreground: fields.flag(&["foreground_only"], report) || notes.is_foreground(&note),
        edits: fields.flag(&["edits"], report),
        exclusive: fields.texts(&["exclusive"], report),
        output_paths: fields.texts(&["output_paths"], report),
    };
    let model = fields.get(&["default_model"]).and_then(|node| name(node, report));
    fields.get(&["stats"]);
    fields.finish(report);
    Entry { domain, agent, all_agents, model }
}

fn weight(triggers: &mut Fields<'_>, name: &'static str, report: &mut Report<'_>) -> u32 {
    triggers.get(&[name]).and_then(|node| report.number(node)).unwrap_or_default()
}

fn name(node: &Node, report: &mut Report<'_>) -> Option<Spanned<String>> {
    report.text(node).map(|text| Spanned::new(text, node.span))
}

/// `redirect: {to: /pm}`, or the path alone.
fn redirect(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<String> {
    let node = fields.get(&["redirect"])?;
    let target = match node.get("to") {
        Some(to) => report.text(to),
        None => report.text(node),
    };
    target.map(|path| slash(&path))
}

/// `MINIMAL`, `STANDARD` or `FULL`, in any case.
pub(super) fn level(node: &Node, report: &mut Report<'_>) -> Option<Enrichment> {
    let text = report.text(node)?;
    let level = match text.to_ascii_uppercase().as_str() {
        "MINIMAL" => Some(Enrichment::Minimal),
        "STANDARD" => Some(Enrichment::Standard),
        "FULL" => Some(Enrichment::Full),
        _ => None,
    };
    if level.is_none() {
        report.wrong(node, "`MINIMAL`, `STANDARD` or `FULL`");
    }
    level
}

fn business(mut fields: Fields<'_>, report: &mut Report<'_>) -> BusinessContext {
    fields.get(&["condition"]);
    let context = BusinessContext {
        triggers: fields.texts(&["triggers"], report),
        source_dir: fields.text(&["source_dir"], report).unwrap_or_default(),
        priority_files: fields.texts(&["priority_files"], report),
        source_files: fields.texts(&["source_files"], report),
        max_tokens: Tokens(u64::from(
            fields.get(&["max_tokens"]).and_then(|node| report.number(node)).unwrap_or_default(),
        )),
    };
    fields.finish(report);
    context
}

/// Adds a domain for each squad found in the project that neither a domain nor the command registry (`listed`) names.
pub(super) fn derive(
    found: &[Found],
    listed: &[&str],
    rules: &Derived,
    inputs: &Inputs,
    domains: &mut Domains,
) {
    let mut squads: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for command in found.iter().filter(|found| !found.squad.is_empty()) {
        squads.entry(&command.squad).or_default().push(command);
    }
    for (squad, commands) in squads {
        let name = squad.to_lowercase().replace('-', "_");
        let known = listed.contains(&squad)
            || domains.contains_key(&name)
            || domains.values().any(|entry| entry.domain.squad.as_deref() == Some(squad));
        if !known {
            domains.insert(name.clone(), derived(&name, squad, &commands, rules, inputs));
        }
    }
}

fn derived(name: &str, squad: &str, commands: &[&Found], rules: &Derived, inputs: &Inputs) -> Entry {
    let agents = || commands.iter().filter(|command| command.kind == CommandKind::Agent);
    let leads = |command: &&&Found| rules.entry.iter().any(|word| command.id().contains(word.as_str()));
    let agent = agents().find(leads).or_else(|| agents().next()).or_else(|| commands.first());
    let at = agent.map_or_else(|| commands[0].at, |agent| agent.at);
    let spanned = |text: &str| Spanned::new(text.to_owned(), at);
    Entry {
        domain: Domain {
            name: name.to_owned(),
            at,
            source: format!("squads/{squad}"),
            description: String::new(),
            primary: vec![squad.replace(['-', '_'], " ")],
            secondary: Vec::new(),
            weights: rules.weights,
            agent: None,
            squad: Some(squad.to_owned()),
            kb_files: knowledge(squad, rules.kb_files, at, inputs),
            enrichment: rules.enrichment,
            model: None,
            redirect: None,
            named_only: false,
            foreground: false,
            edits: false,
            exclusive: Vec::new(),
            output_paths: Vec::new(),
        },
        agent: agent.map(|agent| spanned(&agent.path)),
        all_agents: Vec::new(),
        model: rules.model.as_deref().map(spanned),
    }
}

/// The first knowledge files of a squad: markdown before YAML, each by name.
fn knowledge(squad: &str, most: u32, at: Span, inputs: &Inputs) -> Vec<Spanned<String>> {
    let folder = format!("squads/{squad}/data/");
    let mut paths: Vec<String> = inputs.under(&folder).map(|(_, file)| file.path.to_string()).collect();
    paths.extend(inputs.names().filter(|name| name.starts_with(&folder)).map(str::to_owned));
    let kind = |path: &str| path.rsplit_once('.').map_or("", |(_, extension)| extension).to_owned();
    paths.retain(|path| matches!(kind(path).as_str(), "md" | "yaml" | "yml"));
    paths.sort_by(|a, b| (kind(a) != "md").cmp(&(kind(b) != "md")).then_with(|| a.cmp(b)));
    paths.dedup();
    paths.truncate(most as usize);
    paths.into_iter().map(|path| Spanned::new(path, at)).collect()
}
