//! `model-selection-rules.yaml`: the decision tree, its lists and its operations.

use crate::base::diagnostic::Diagnostic;
use crate::base::suggest::nearest;
use crate::ir::equipment::Executor;
use crate::ir::node::{Key, Node};
use crate::ir::registry::Registry;
use crate::ir::registry::policy::{
    Answer, Clause, Condition, ListId, ModelChoice, Operation, Selection, Step,
};

use super::domains::level;
use super::fields::{Fields, Report, not_executable};
use super::routing::folded;
use super::source::Source;

pub(super) fn read(source: &Source, registry: &mut Registry, report: &mut Report<'_>) {
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version"]);
    let mut selection = Selection {
        conjunctions: folded(fields.texts(&["conjunctions"], report)),
        openers: folded(fields.texts(&["openers"], report)),
        filler: folded(fields.texts(&["operation_filler"], report)),
        ..Selection::default()
    };
    for (key, node) in fields.get(&["lists"]).map(Node::entries).unwrap_or_default() {
        let words = folded(report.texts(node));
        selection.lists.push((key.text.clone(), words));
    }
    for (key, node) in fields.get(&["executors"]).map(Node::entries).unwrap_or_default() {
        if let Some(executor) = executor(&key.text) {
            selection.executors.push((executor, folded(report.texts(node))));
        }
    }
    for node in fields.get(&["operations"]).map(Node::items).unwrap_or_default() {
        selection.operations.push(operation(Fields::of(node, source.form, report), report));
    }
    for node in fields.get(&["decision_tree"]).map(Node::items).unwrap_or_default() {
        let step = step(Fields::of(node, source.form, report), &selection, registry, report);
        registry.entries.insert(step.id.clone(), step.at);
        selection.steps.push(step);
    }
    for name in fields.texts(&["never_inferred"], report) {
        for (_, model) in registry.models.iter_mut() {
            model.executor &= model.id != name;
        }
    }
    fields.finish(report);
    registry.selection = selection;
    for (key, _) in source.older.as_ref().map(Node::entries).unwrap_or_default() {
        report.push(not_executable(key));
    }
}

/// An executor by its name on the wire.
pub(super) fn executor(name: &str) -> Option<Executor> {
    match name {
        "worker" => Some(Executor::Worker),
        "agent" => Some(Executor::Agent),
        "human" => Some(Executor::Human),
        "hybrid" => Some(Executor::Hybrid),
        _ => None,
    }
}

fn operation(mut fields: Fields<'_>, report: &mut Report<'_>) -> Operation {
    let operation = Operation {
        id: fields.text(&["id"], report).unwrap_or_default(),
        verbs: folded(fields.texts(&["verbs"], report)),
        paths: fields.number("paths", report),
        run: fields.texts(&["run"], report),
    };
    fields.finish(report);
    operation
}

fn step(mut fields: Fields<'_>, selection: &Selection, registry: &Registry, report: &mut Report<'_>) -> Step {
    let clauses = |fields: &mut Fields<'_>, name, report: &mut Report<'_>| {
        let nodes = fields.get(&[name]).map(Node::items).unwrap_or_default();
        nodes.iter().map(|node| clause(node, selection, registry, report)).collect()
    };
    let step = Step {
        id: fields.text(&["id"], report).unwrap_or_default(),
        question: fields.text(&["question"], report).unwrap_or_default(),
        any: clauses(&mut fields, "any", report),
        unless: clauses(&mut fields, "unless", report),
        near: clauses(&mut fields, "near", report),
        near_reason: fields.text(&["near_reason"], report).unwrap_or_default(),
        then: answer(fields.fields("then", report), registry, report),
        at: fields.at(),
    };
    fields.finish(report);
    step
}

fn clause(node: &Node, selection: &Selection, registry: &Registry, report: &mut Report<'_>) -> Clause {
    let all =
        node.entries().iter().filter_map(|(key, value)| condition(key, value, selection, registry, report));
    Clause { all: all.collect() }
}

const CONDITIONS: [&str; 13] = [
    "explicit",
    "types",
    "verbs",
    "head",
    "phrases",
    "redirect_domain",
    "foreground_domain",
    "domain_model",
    "domains",
    "operation",
    "template",
    "declared_enrichment",
    "words_over",
];

fn condition(
    key: &Key,
    value: &Node,
    selection: &Selection,
    registry: &Registry,
    report: &mut Report<'_>,
) -> Option<Condition> {
    match key.text.as_str() {
        "explicit" => Some(Condition::Explicit),
        "types" => list(value, selection, report).map(Condition::Types),
        "verbs" => list(value, selection, report).map(Condition::Verbs),
        "head" => list(value, selection, report).map(Condition::Head),
        "phrases" => list(value, selection, report).map(Condition::Phrases),
        "redirect_domain" => Some(Condition::RedirectDomain),
        "foreground_domain" => Some(Condition::ForegroundDomain),
        "domain_model" => Some(Condition::DomainModel),
        "domains" => {
            let names = report.texts(value);
            Some(Condition::Domains(names.iter().filter_map(|name| registry.domain(name)).collect()))
        }
        "operation" => Some(Condition::Operation),
        "template" => Some(Condition::Template),
        "declared_enrichment" => level(value, report).map(Condition::DeclaredEnrichment),
        "words_over" => report.number(value).map(Condition::WordsOver),
        other => {
            let help = nearest(other, CONDITIONS).map_or_else(
                || format!("known conditions: {}", CONDITIONS.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{other}` is no condition");
            report.push(Diagnostic::error("registry/unknown-key", key.span, message).help(help));
            None
        }
    }
}

fn list(value: &Node, selection: &Selection, report: &mut Report<'_>) -> Option<ListId> {
    let name = report.text(value)?;
    let found = selection.lists.iter().position(|(known, _)| *known == name);
    if found.is_none() {
        let near = nearest(&name, selection.lists.iter().map(|(known, _)| known.as_str()));
        report.push(
            Diagnostic::error("registry/unknown-list", value.span, format!("there is no list `{name}`"))
                .help(near.map(|near| format!("did you mean `{near}`?"))),
        );
    }
    found
}

fn answer(mut fields: Fields<'_>, registry: &Registry, report: &mut Report<'_>) -> Answer {
    let model = fields.get(&["model"]).and_then(|node| {
        let name = report.text(node)?;
        if name == "@domain" {
            return Some(ModelChoice::Domain);
        }
        let found = registry.model(&name).map(ModelChoice::Model);
        if found.is_none() {
            let near = nearest(&name, registry.models.rows().iter().map(|model| model.id.as_str()));
            report.push(
                Diagnostic::error(
                    "model/unknown",
                    node.span,
                    format!("`{name}` is no model of `executors.yaml`"),
                )
                .help(near.map(|near| format!("did you mean `{near}`?")))
                .veto("VR.3"),
            );
        }
        found
    });
    let executor = fields.get(&["executor"]).and_then(|node| {
        let found = report.text(node).and_then(|name| executor(&name));
        if found.is_none() {
            report.wrong(node, "`worker`, `agent`, `human` or `hybrid`");
        }
        found
    });
    let answer = Answer {
        declared: fields.flag(&["declared"], report),
        redirect: fields.text(&["action"], report).as_deref() == Some("redirect"),
        foreground: fields.flag(&["foreground"], report),
        executor,
        model,
    };
    fields.finish(report);
    answer
}
