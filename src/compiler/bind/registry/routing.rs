//! `dispatch-heuristics.yaml`: how a task finds its domain and command, and what happens when attempts fail.

use std::collections::BTreeMap;

use crate::base::fold::fold;
use crate::ir::equipment::Enrichment;
use crate::ir::node::Node;
use crate::ir::registry::policy::{Retry, Routing};
use crate::ir::registry::{CommandKind, Registry};

use super::commands::slash;
use super::domains::level;
use super::fields::{Fields, Report, not_executable};
use super::places::{Place, Places};
use super::source::Source;

/// What the other readers of this room need from the file.
#[derive(Debug, Default)]
pub(super) struct Heuristics {
    pub(super) places: Places,
    pub(super) notes: Notes,
    pub(super) derived: Derived,
    /// Extensions by name of domain.
    pub(super) extensions: Vec<(String, Vec<String>)>,
}

/// What prose in a registry of the older form says.
#[derive(Debug, Default)]
pub(super) struct Notes {
    redirect: Vec<String>,
    foreground: Vec<String>,
}

impl Notes {
    /// The slash path after one of the words for a redirect.
    pub(super) fn redirect(&self, note: &str) -> Option<String> {
        let folded = fold(note);
        let after =
            self.redirect.iter().find_map(|words| Some(folded.find(words.as_str())? + words.len()))?;
        let target = folded[after..].split_whitespace().next()?;
        let name = target.trim_matches(|c: char| !c.is_alphanumeric() && c != '-' && c != ':');
        (!name.is_empty()).then(|| slash(name))
    }
    pub(super) fn is_foreground(&self, note: &str) -> bool {
        let folded = fold(note);
        self.foreground.iter().any(|word| folded.contains(word.as_str()))
    }
}

/// The values of a domain made from a squad.
#[derive(Debug, Default)]
pub(super) struct Derived {
    pub(super) entry: Vec<String>,
    pub(super) enrichment: Option<Enrichment>,
    pub(super) model: Option<String>,
    pub(super) kb_files: u32,
    pub(super) weights: (u32, u32),
}

pub(super) fn read(source: &Source, registry: &mut Registry, report: &mut Report<'_>) -> Heuristics {
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version"]);
    registry.routing = routing(&mut fields, report);
    registry.retries = retries(&mut fields, report);
    let mut breakers = fields.fields("breakers", report);
    registry.breakers = (breakers.number("escalations", report), breakers.number("failures", report));
    breakers.finish(report);
    let heuristics = Heuristics {
        notes: notes(&mut fields, report),
        places: places(&mut fields, report),
        derived: derived(&mut fields, report),
        extensions: fields
            .get(&["extensions"])
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .map(|(key, node)| (key.text.clone(), report.texts(node)))
            .collect(),
    };
    fields.finish(report);
    for (key, _) in source.older.as_ref().map(Node::entries).unwrap_or_default() {
        report.push(not_executable(key));
    }
    heuristics
}

fn routing(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Routing {
    let mut scorer = fields.fields("scorer", report);
    let mut bm25 = scorer.fields("bm25", report);
    let mut parts = scorer.fields("fields", report);
    let mut weights = scorer.fields("weights", report);
    let mut decision = fields.fields("decision", report);
    let mut rate = fields.fields("create_rate", report);
    let routing = Routing {
        k1: bm25.number("k1", report),
        b: bm25.number("b", report),
        best_documents: bm25.number("best_documents", report),
        fields: ["id", "title", "purpose", "keywords"].map(|name| parts.number(name, report)),
        weights: ["bm25", "keywords", "mention", "path", "extension"]
            .map(|name| weights.number(name, report)),
        detail: scorer.number("detail", report),
        weak_words: scorer.texts(&["weak_words"], report),
        min_score: scorer.number("min_score", report),
        min_bm25: scorer.number("min_bm25", report),
        max_words: scorer.number("max_words", report),
        decision: (decision.number("reuse", report), decision.number("adapt", report)),
        create_rate: (rate.number("target", report), rate.number("alert", report)),
        fallback: fields.text(&["fallback_domain"], report).unwrap_or_default(),
        aliases: aliases(fields, report),
        extensions: BTreeMap::new(),
        stemming: stemming(fields, report),
        stop_words: stop_words(fields, report),
        manual_categories: folded(fields.texts(&["manual_categories"], report)),
        manual_types: folded(fields.texts(&["manual_types"], report)),
        looking: fields.texts(&["looking"], report),
    };
    for part in [bm25, parts, weights, decision, rate, scorer] {
        part.finish(report);
    }
    routing
}

/// Words as they are compared.
pub(super) fn folded(words: Vec<String>) -> Vec<String> {
    words.into_iter().map(|word| fold(&word).into_owned()).collect()
}

fn aliases(fields: &mut Fields<'_>, report: &mut Report<'_>) -> BTreeMap<String, String> {
    let entries = fields.get(&["domain_aliases"]).map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|(key, node)| Some((key.text.clone(), report.text(node)?))).collect()
}

fn stemming(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Vec<Vec<(String, String, u32)>> {
    let steps = fields.get(&["stemming"]).map(Node::items).unwrap_or_default();
    let read = |node: &Node, report: &mut Report<'_>| {
        let mut ending = Fields::of(node, super::fields::Form::Strict, report);
        let row = (
            ending.text(&["ending"], report).unwrap_or_default(),
            ending.text(&["becomes"], report).unwrap_or_default(),
            ending.number("least", report),
        );
        ending.finish(report);
        row
    };
    steps.iter().map(|step| step.items().iter().map(|node| read(node, report)).collect()).collect()
}

fn stop_words(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Vec<String> {
    let languages = fields.get(&["stop_words"]).map(Node::entries).unwrap_or_default();
    let mut words: Vec<String> = languages.iter().flat_map(|(_, node)| folded(report.texts(node))).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn retries(fields: &mut Fields<'_>, report: &mut Report<'_>) -> BTreeMap<String, Retry> {
    let mut retries = BTreeMap::new();
    for (key, node) in fields.get(&["retries"]).map(Node::entries).unwrap_or_default() {
        let mut entry = Fields::of(node, super::fields::Form::Strict, report);
        let retry = Retry {
            attempts: entry.number("attempts", report),
            then: entry.text(&["then"], report).unwrap_or_default(),
            floor: entry.number("floor", report),
        };
        entry.finish(report);
        retries.insert(key.text.clone(), retry);
    }
    retries
}

fn notes(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Notes {
    let mut entry = fields.fields("notes", report);
    let notes = Notes {
        redirect: folded(entry.texts(&["redirect"], report)),
        foreground: folded(entry.texts(&["foreground_only"], report)),
    };
    entry.finish(report);
    notes
}

fn places(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Places {
    let mut rows = Vec::new();
    for node in fields.get(&["places"]).map(Node::items).unwrap_or_default() {
        let mut entry = Fields::of(node, super::fields::Form::Strict, report);
        let kind = entry.text(&["kind"], report);
        rows.push(Place {
            glob: entry.text(&["glob"], report).unwrap_or_default(),
            path: entry.text(&["path"], report).unwrap_or_default(),
            squad: entry.text(&["squad"], report).unwrap_or_default(),
            kind: if kind.as_deref() == Some("task") { CommandKind::Task } else { CommandKind::Agent },
        });
        entry.finish(report);
    }
    Places {
        rows,
        noise: fields.texts(&["place_noise"], report),
        purpose: folded(fields.texts(&["place_purpose"], report)),
    }
}

fn derived(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Derived {
    let mut entry = fields.fields("derived_domain", report);
    let derived = Derived {
        entry: entry.texts(&["entry"], report),
        enrichment: entry.get(&["enrichment"]).and_then(|node| level(node, report)),
        model: entry.text(&["default_model"], report),
        kb_files: entry.number("kb_files", report),
        weights: (entry.number("weight_primary", report), entry.number("weight_secondary", report)),
    };
    entry.finish(report);
    derived
}
