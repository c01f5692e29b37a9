//! `enrichment-rules.yaml`, `timeout-rules.yaml`, `durations.yaml`, and a project's measured history.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::fold;
use crate::base::quantity::{Millis, Tokens};
use crate::base::span::Span;
use crate::ir::equipment::Executor;
use crate::ir::node::{Kind, Node};
use crate::ir::registry::Registry;
use crate::ir::registry::policy::{
    Budget, DurationClass, Durations, EnrichmentRule, EnrichmentRules, LevelChoice, Measured, TimeoutRule,
    TimeoutRules, When,
};
use crate::syntax::yaml;

use super::domains::level;
use super::fields::{Fields, Form, Report, not_executable};
use super::routing::folded;
use super::selection::executor;
use super::source::Source;

pub(super) fn enrichment(source: &Source, registry: &mut Registry, report: &mut Report<'_>) {
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version", "order"]);
    let mut levels = fields.fields("levels", report);
    let mut rules = EnrichmentRules {
        budgets: ["MINIMAL", "STANDARD", "FULL"].map(|name| budget(levels.fields(name, report), report)),
        closing: Tokens(u64::from(fields.number("closing", report))),
        limit_percent: fields.number("limit_percent", report),
        rules: Vec::new(),
        sections: folded(fields.texts(&["sections"], report)),
    };
    levels.finish(report);
    for node in fields.get(&["rules"]).map(Node::items).unwrap_or_default() {
        let mut entry = Fields::of(node, source.form, report);
        let id = entry.text(&["id"], report).unwrap_or_default();
        let when = when(entry.fields("when", report), report);
        let level = choice(&mut entry, report);
        entry.finish(report);
        registry.entries.insert(id.clone(), node.span);
        rules.rules.extend(level.map(|level| EnrichmentRule { id, when, level }));
    }
    fields.finish(report);
    registry.enrichment = rules;
    older(source, report);
}

fn budget(mut fields: Fields<'_>, report: &mut Report<'_>) -> Budget {
    let mut tokens = |name| Tokens(u64::from(fields.number(name, report)));
    let budget = Budget {
        kb: tokens("kb"),
        business: tokens("business"),
        template: tokens("template"),
        base: tokens("base"),
    };
    fields.finish(report);
    budget
}

fn choice(entry: &mut Fields<'_>, report: &mut Report<'_>) -> Option<LevelChoice> {
    if let Some(node) = entry.get(&["at_least"]) {
        return level(node, report).map(LevelChoice::AtLeast);
    }
    let node = entry.get(&["level"])?;
    match node.text() {
        Some("@task") => Some(LevelChoice::Task),
        Some("@domain") => Some(LevelChoice::Domain),
        _ => level(node, report).map(LevelChoice::Level),
    }
}

fn when(mut fields: Fields<'_>, report: &mut Report<'_>) -> When {
    let when = When {
        explicit: fields.flag(&["explicit"], report),
        redirect: fields.flag(&["redirect"], report),
        domain_enrichment: fields.flag(&["domain_enrichment"], report),
        executors: executors(&mut fields, report),
        types: folded(fields.texts(&["types"], report)),
        domains: fields.texts(&["domains"], report),
        models: fields.texts(&["models"], report),
        tiers: fields.texts(&["model_tier"], report),
    };
    fields.finish(report);
    when
}

fn executors(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Vec<Executor> {
    let mut found = Vec::new();
    for name in fields.get(&["executor"]).map(|node| report.spanned_texts(node)).unwrap_or_default() {
        match executor(&name.value) {
            Some(executor) => found.push(executor),
            None => report.push(
                Diagnostic::error("registry/type", name.span, format!("`{}` is no executor", name.value))
                    .help(String::from("write `worker`, `agent`, `human` or `hybrid`")),
            ),
        }
    }
    found
}

pub(super) fn timeouts(source: &Source, registry: &mut Registry, report: &mut Report<'_>) {
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version", "phases"]);
    let mut rules = TimeoutRules {
        max: seconds(&mut fields, "max", report),
        factor_percent: fields.number("factor_percent", report),
        foreground_percent: fields.number("foreground_percent", report),
        retry_percent: fields.number("retry_percent", report),
        rules: Vec::new(),
        max_turns: BTreeMap::new(),
        wave_and_run: (seconds(&mut fields, "wave", report), seconds(&mut fields, "run", report)),
    };
    for node in fields.get(&["rules"]).map(Node::items).unwrap_or_default() {
        let mut entry = Fields::of(node, source.form, report);
        let rule = TimeoutRule {
            id: entry.text(&["id"], report).unwrap_or_default(),
            when: when(entry.fields("when", report), report),
            limit: seconds(&mut entry, "seconds", report),
            fixed: entry.flag(&["fixed"], report),
            foreground: entry.flag(&["foreground"], report),
        };
        entry.finish(report);
        registry.entries.insert(rule.id.clone(), node.span);
        rules.rules.push(rule);
    }
    numbers(fields.get(&["max_turns"]), &mut rules.max_turns, report);
    fields.finish(report);
    older_timeouts(source, &mut rules, report);
    registry.timeouts = rules;
}

/// The figures of the older form that stand under the names of our rules.
fn older_timeouts(source: &Source, rules: &mut TimeoutRules, report: &mut Report<'_>) {
    for (key, node) in source.older.as_ref().map(Node::entries).unwrap_or_default() {
        match key.text.as_str() {
            "version" => {}
            "max_turns" => numbers(Some(node), &mut rules.max_turns, report),
            "timeouts" | "by_model" | "by_type" | "by_executor" if matches!(node.kind, Kind::Map(_)) => {
                for (name, value) in node.entries() {
                    let id = format!("timeout.{}", name.text);
                    let rule = rules.rules.iter_mut().find(|rule| rule.id == id);
                    match (rule, value.int().and_then(|n| u64::try_from(n).ok())) {
                        (Some(rule), Some(seconds)) => rule.limit = Millis::from_secs(seconds),
                        _ => report.push(not_executable(name)),
                    }
                }
            }
            _ => report.push(not_executable(key)),
        }
    }
}

fn seconds(fields: &mut Fields<'_>, name: &'static str, report: &mut Report<'_>) -> Millis {
    Millis::from_secs(u64::from(fields.number(name, report)))
}

fn numbers(node: Option<&Node>, into: &mut BTreeMap<String, u32>, report: &mut Report<'_>) {
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        into.extend(report.number(value).map(|number| (key.text.clone(), number)));
    }
}

pub(super) fn durations(source: &Source, registry: &mut Registry, report: &mut Report<'_>) {
    let mut fields = Fields::of(&source.node, source.form, report);
    fields.get(&["schema", "version"]);
    let mut durations =
        Durations { min_runs: fields.number("history_min_runs", report), ..Durations::default() };
    for (key, node) in fields.get(&["classes"]).map(Node::entries).unwrap_or_default() {
        let mut entry = Fields::of(node, source.form, report);
        let class = DurationClass {
            median: seconds(&mut entry, "median_s", report),
            p90_percent: entry.number("p90_percent", report),
            cv_percent: entry.number("cv_percent", report),
        };
        entry.finish(report);
        registry.entries.insert(format!("duration.{}", key.text), key.span);
        durations.classes.insert(key.text.clone(), class);
    }
    fields.finish(report);
    registry.durations = durations;
    older(source, report);
}

/// Measurements of earlier runs: `records` of `{type, model, runs, p50_s, p90_s, failures}`.
pub(super) fn history(path: &str, registry: &mut Registry, report: &mut Report<'_>) {
    let Some(id) = report.inputs.find(path) else { return };
    let outcome = yaml::read(report.inputs, Span::new(id, 0, report.inputs.text(id).len()));
    report.findings.extend(outcome.findings);
    let mut fields = Fields::of(&outcome.value, Form::Strict, report);
    fields.get(&["schema", "version"]);
    for node in fields.get(&["records"]).map(Node::items).unwrap_or_default() {
        let mut entry = Fields::of(node, Form::Strict, report);
        let measured = Measured {
            work: entry.text(&["type"], report).map(|work| fold(&work).into_owned()).unwrap_or_default(),
            model: entry.text(&["model"], report).unwrap_or_default(),
            runs: entry.number("runs", report),
            p50: seconds(&mut entry, "p50_s", report),
            p90: seconds(&mut entry, "p90_s", report),
            failures: entry.get(&["failures"]).and_then(|node| report.number(node)).unwrap_or_default(),
        };
        entry.finish(report);
        registry.durations.history.push(measured);
    }
    fields.finish(report);
    registry.durations.history.sort();
    registry.entries.insert(String::from("history"), Span::head(id));
}

fn older(source: &Source, report: &mut Report<'_>) {
    for (key, _) in source.older.as_ref().map(Node::entries).unwrap_or_default() {
        report.push(not_executable(key));
    }
}
