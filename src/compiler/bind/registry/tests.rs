//! The shipped registries, and those of projects: ours, the older form, and broken ones.

use super::load;
use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::outcome::Outcome;
use crate::base::quantity::Millis;
use crate::base::source::Layer;
use crate::base::span::Span;
use crate::builtin;
use crate::compiler::bind::schema::Schemas;
use crate::compiler::bind::settings;
use crate::ir::equipment::Enrichment;
use crate::ir::registry::Registry;
use crate::syntax::yaml;

const FILES: [&str; 9] = [
    "domain-registry",
    "command-registry",
    "manual-overrides",
    "model-selection-rules",
    "enrichment-rules",
    "timeout-rules",
    "dispatch-heuristics",
    "executors",
    "durations",
];

/// Loads the shipped registries under a project's files.
fn check(files: &[(&str, &str)]) -> (Outcome<Registry>, Inputs) {
    let mut inputs = Inputs::new();
    for (path, text) in files {
        let path =
            if path.contains('/') { (*path).to_owned() } else { format!("squads/dispatch/data/{path}.yaml") };
        inputs.add(RelPath::new(&path).unwrap(), Layer::Project, text.as_bytes().to_vec());
    }
    builtin::underlay(&mut inputs);
    let settings = settings::load(&inputs, None, &[], &yaml::read).value;
    (load(&inputs, &settings), inputs)
}

fn codes(findings: &[Diagnostic]) -> Vec<(String, String)> {
    findings.iter().map(|f| (f.code.to_string(), f.message.clone())).collect()
}

#[test]
fn the_shipped_files_are_without_fault() {
    let (outcome, inputs) = check(&[]);
    assert_eq!(outcome.findings, []);
    let mut schemas = Schemas::new(&inputs);
    for name in FILES {
        let id = inputs.find(&format!("squads/dispatch/data/{name}.yaml")).unwrap();
        let node = yaml::read(&inputs, Span::new(id, 0, inputs.text(id).len())).value;
        assert_eq!(schemas.check(&format!("{name}.schema.json"), &node), [], "{name}");
    }
    let registry = outcome.value;
    for domain in registry.domains.rows() {
        assert!(
            domain.redirect.is_some() || domain.agent.is_some() || domain.name == "organization",
            "{}",
            domain.name
        );
    }
    for command in registry.commands.rows() {
        assert!(command.file.as_ref().is_none_or(|file| inputs.exists(file)), "{}", command.path);
        let homeless = command.squad == "dispatch" || command.path == "/lens";
        assert!(command.domain.is_some() != homeless, "{}", command.path);
    }
    assert!(registry.entries.contains_key("Q3") && registry.entries.contains_key("timeout.haiku"));
}

#[test]
fn domains_of_the_older_form_load_as_they_are() {
    let (outcome, _) = check(&[
        (
            "domain-registry",
            "domains:
  dev:
    source: \".core\"
    triggers: {primary: [code], secondary: [], weight_primary: 3, weight_secondary: 1}
    agents: {primary: \"@dev\", squad: null}
    kb_files: [\"nowhere/a.md\", \"nowhere/b.md\"]
    enrichment: STANDARD
    default_model: haiku
  pm:
    triggers: {primary: [PRD]}
    agents: {primary: \"@pm\"}
    default_model: sonnet
    note: \"PM tasks are not for dispatch: redirect to /pm\"
  tags:
    triggers: {primary: [tag]}
    agents: {primary: \"@ac-automation\"}
    note: must run foreground
    stats: {agents: 1, tasks: 0}
  general:
    triggers: {primary: []}
    agents: {primary: /general}
scoring:
  algorithm: weighted_keyword_match
business_context:
  triggers: [launch]
  condition: only with a trigger
",
        ),
        (
            "command-registry",
            "commands:\n  CORE:\n    agents:\n    - {path: /dev, file: a.md}\n    - {path: /pm}\n    - {path: /ac-automation}\n    - {path: /general}\n",
        ),
    ]);
    let registry = outcome.value;
    let domain = |name| &registry.domains[registry.domain(name).unwrap()];
    assert_eq!(registry.commands[domain("dev").agent.unwrap()].path, "/dev");
    assert_eq!(domain("pm").redirect.as_deref(), Some("/pm"));
    assert!(domain("tags").foreground && !domain("pm").foreground);
    let found = codes(&outcome.findings);
    assert_eq!(found.iter().filter(|f| f.0 == "registry/not-executable").count(), 1, "{found:?}");
    assert_eq!(found.iter().filter(|f| f.0 == "kb/missing").count(), 1, "{found:?}");
    assert!(outcome.findings.iter().all(|finding| !finding.blocks()), "{found:?}");
}

#[test]
fn rules_of_the_older_form_give_way_to_ours() {
    let (outcome, _) = check(&[
        (
            "model-selection-rules",
            "decision_tree:\n  Q1:\n    question: a script?\n    yes: worker\n    no: Q2\n",
        ),
        (
            "timeout-rules",
            "version: 1.0.0\ntimeouts: {worker: 45, haiku: 90, strange: 3}\nmax_turns: {haiku: 9}\nprose: yes\n",
        ),
    ]);
    let found = codes(&outcome.findings);
    assert!(
        outcome.findings.iter().all(|finding| finding.code.as_str() == "registry/not-executable"),
        "{found:?}"
    );
    assert_eq!(found.len(), 3, "{found:?}");
    let registry = outcome.value;
    assert!(registry.selection.steps.iter().any(|step| step.id == "Q3"));
    let limit = |id: &str| registry.timeouts.rules.iter().find(|rule| rule.id == id).map(|rule| rule.limit);
    assert_eq!(limit("timeout.worker"), Some(Millis::from_secs(45)));
    assert_eq!(limit("timeout.sonnet"), Some(Millis::from_secs(300)));
    assert_eq!((registry.timeouts.max_turns["haiku"], registry.timeouts.max_turns["sonnet"]), (9, 20));
}

#[test]
fn overrides_reach_any_depth() {
    let (outcome, _) = check(&[(
        "manual-overrides",
        "schema: dispatch.overrides/v1
overrides:
  copy: {agents: {primary: /dev}, enrichment: STANDARD}
  youtube: null
  legal:
    triggers: {primary: [contract], weight_primary: 3, weight_secondary: 1}
    agents: {primary: /general}
",
    )]);
    assert_eq!(outcome.findings, []);
    let registry = outcome.value;
    let copy = &registry.domains[registry.domain("copy").unwrap()];
    assert_eq!(registry.commands[copy.agent.unwrap()].path, "/dev");
    assert_eq!((copy.enrichment, copy.squad.as_deref()), (Some(Enrichment::Standard), Some("copy")));
    assert!(copy.primary.contains(&String::from("newsletter")));
    assert!(registry.domain("youtube").is_none() && registry.domain("legal").is_some());
}

#[test]
fn broken_references_are_findings() {
    let (outcome, inputs) = check(&[(
        "manual-overrides",
        "schema: dispatch.overrides/v1
overrides:
  docs:
    agents: {primary: /dosc}
    default_model: hiku
    kb_files: [docs/none.md]
    enrichmnt: FULL
",
    )]);
    let mut found = codes(&outcome.findings);
    found.sort();
    let names: Vec<&str> = found.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(names, ["agent/unknown", "kb/missing", "model/unknown", "registry/unknown-key"], "{found:?}");
    for finding in &outcome.findings {
        let word = inputs.slice(finding.span());
        assert!(["/dosc", "hiku", "docs/none.md", "enrichmnt"].contains(&word), "{word}");
        assert!(finding.help.is_some(), "{finding:?}");
    }
}

#[test]
fn a_file_of_ours_is_judged_by_its_schema_once() {
    let (outcome, _) = check(&[(
        "durations",
        "schema: dispatch.durations/v1\nclasses:\n  default: {median_s: 60, cv_percent: 70, p90_percent: 225}\n  haiku: {median: 60, cv_percent: 70, p90_percent: 225}\nhistory_min_runs: 3\n",
    )]);
    let found = codes(&outcome.findings);
    assert!(found.iter().any(|f| f.1.contains("`median`")), "{found:?}");
    assert!(outcome.findings.iter().all(|f| f.code.as_str().starts_with("schema/")), "{found:?}");
}

#[test]
fn squads_of_the_project_become_domains() {
    let (outcome, _) = check(&[
        (
            "squads/legal-desk/agents/legal-chief.md",
            "---\ndescription: Reads contracts.\n---\n# Legal chief\n",
        ),
        ("squads/legal-desk/agents/a-clerk.md", "# Clerk\n"),
        (
            "squads/legal-desk/tasks/review/check-contract.md",
            "# Check a contract\n\n**Purpose:** finds risky clauses\n",
        ),
        ("squads/legal-desk/tasks/README.md", "# Tasks\n"),
        ("squads/legal-desk/data/law.md", "# Law\n"),
        (".claude/agents/dev.md", "---\nname: dev\n---\n"),
    ]);
    assert_eq!(outcome.findings, []);
    let registry = outcome.value;
    let legal = &registry.domains[registry.domain("legal_desk").unwrap()];
    assert_eq!(registry.commands[legal.agent.unwrap()].path, "/legal-desk:agents:legal-chief");
    assert_eq!(legal.kb_files[0].value, "squads/legal-desk/data/law.md");
    let task = &registry.commands[registry.command("/legal-desk:tasks:review:check-contract").unwrap()];
    assert_eq!((task.title.as_str(), task.purpose.as_str()), ("Check a contract", "finds risky clauses"));
    assert!(registry.command("/legal-desk:tasks:README").is_none());
    // What the registry lists keeps its domain, wherever else it is found.
    let dev = &registry.commands[registry.command("/dev").unwrap()];
    assert_eq!(dev.domain, registry.domain("dev"));
}

#[test]
fn unreadable_files_leave_the_shipped_ones() {
    for text in ["domains: [", "- a\n- b\n", "", "schema: dispatch.domain-registry/v9\n"] {
        let (outcome, _) = check(&[("domain-registry", text)]);
        assert!(outcome.value.domain("dev").is_some(), "{text}");
    }
}
