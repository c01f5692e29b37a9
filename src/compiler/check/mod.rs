//! C  The gates: rules that are data, asked about documents, tasks, criteria, prompts and plans.
//!
//! A gate is a function that returns what it said and what it found. What the compiler reports under a name of its own
//! (a cycle, an unknown agent) is not reported again; `settle` counts it against the gate all the same.

pub mod checklist;
pub mod diff;
pub mod example;
pub mod explain;
pub mod fact;
pub mod gate;
pub mod health;
pub mod language;
pub mod map;
pub mod matcher;
pub mod message;
pub mod mutate;
pub mod operator;
pub mod pack;
pub mod page;
pub mod path;
pub mod post;
pub mod proof;
pub mod rule;
pub mod severity;
mod shipped;
pub mod subject;
pub mod verify;
pub mod waiver;
pub mod zone;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::table::Id as _;
use crate::ir::draft::{CriterionId, Draft};
use crate::ir::graph::{StoryId, TaskGraph, TaskId};
use crate::ir::plan::Gate;
use crate::ir::settings::Settings;

use self::gate::{Session, Subject, whole_file};
use self::pack::Packs;
use self::rule::{Rule, Scope};
use self::subject::{Batch, CriterionFacts, DocumentFacts, PlanFacts, TaskFacts};

/// What every gate needs.
#[derive(Clone, Copy)]
pub struct Court<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// The rules.
    pub packs: &'a Packs,
    /// The user's decisions.
    pub settings: &'a Settings,
    /// Findings of the compiler so far.
    pub earlier: &'a [Diagnostic],
}

impl<'a> Court<'a> {
    fn open(&self, gate: &'a str) -> Session<'a> {
        Session::new(self.inputs, self.packs, self.settings, gate, self.earlier)
    }
}

/// QG-SUFF: is there enough in each document to plan with?
#[must_use]
pub fn sufficiency(court: Court<'_>, drafts: &[Draft]) -> Outcome<Gate> {
    let mut session = court.open("QG-SUFF");
    let mut rules: Vec<&Rule> = session.rules(Scope::Input).collect();
    rules.sort_by_key(|rule| Reverse(rule.severity));
    let requests = drafts.iter().zip(0..).filter(|(draft, _)| draft.no_work.is_none());
    for (draft, number) in requests {
        let facts = DocumentFacts { inputs: court.inputs, draft, vocabulary: &court.packs.vocabulary };
        for rule in &rules {
            // Of what cannot be read nothing else is asked.
            if session.ask(rule, &facts, whole_file(draft.file, number)) == Some(Severity::HardBlock) {
                break;
            }
        }
    }
    finish(session)
}

/// QG-ROUTE: has every task been given a domain, an agent, a model and its limits?
#[must_use]
pub fn routing(court: Court<'_>, plan: &PlanFacts<'_>) -> Outcome<Gate> {
    let mut session = court.open("QG-ROUTE");
    ask_tasks(&mut session, plan, Scope::Task, &|_| true);
    finish(session)
}

/// QG-PRE: may the plan run?
#[must_use]
pub fn pre_execution(court: Court<'_>, plan: &PlanFacts<'_>) -> Outcome<Gate> {
    let mut session = court.open("QG-PRE");
    ask_tasks(&mut session, plan, Scope::Task, &|_| true);
    ask_criteria(&mut session, plan);
    if let Some(zones) = plan.zones {
        ask_tasks(&mut session, plan, Scope::Prompt, &|task| zones.prefix(task).is_some());
    }
    finish(session)
}

/// QG-BATCH-DISC and QG-BATCH-PRIO: may these stories be run together? `first` is the document findings point at.
#[must_use]
pub fn batch(court: Court<'_>, batch: &Batch<'_>, first: crate::base::span::FileId) -> Outcome<Vec<Gate>> {
    let mut gates = Vec::new();
    let mut findings = Vec::new();
    for gate in ["QG-BATCH-DISC", "QG-BATCH-PRIO"] {
        let mut session = court.open(gate);
        for rule in session.rules(Scope::Batch) {
            session.ask(rule, batch, whole_file(first, 0));
        }
        let outcome = finish(session);
        gates.push(outcome.value);
        findings.extend(outcome.findings);
    }
    Outcome::new(gates, findings)
}

fn finish(session: Session<'_>) -> Outcome<Gate> {
    let (gate, findings) = session.close();
    Outcome::new(gate, findings)
}

/// Asks every rule of a scope about every open task that `wanted` lets through.
fn ask_tasks<'a>(
    session: &mut Session<'a>,
    plan: &PlanFacts<'_>,
    scope: Scope,
    wanted: &dyn Fn(TaskId) -> bool,
) {
    let rules: Vec<&'a Rule> = session.rules(scope).collect();
    for (id, task) in plan.graph.tasks.iter().filter(|&(id, task)| !task.done && wanted(id)) {
        let facts = TaskFacts::new(plan, id);
        let subject = Subject { number: id.0, at: task.title.at(), whole: task.at };
        for rule in &rules {
            session.ask(rule, &facts, subject);
        }
    }
}

/// Asks every rule about every open criterion, each text once.
fn ask_criteria(session: &mut Session<'_>, plan: &PlanFacts<'_>) {
    let stories = stories(plan.graph);
    let rules: Vec<_> = session.rules(Scope::Criterion).collect();
    for (id, criterion) in plan.graph.criteria.iter().filter(|(_, criterion)| !criterion.done) {
        let story = stories.get(id.index()).copied().flatten().map(|story| &plan.graph.stories[story]);
        let facts = CriterionFacts { inputs: plan.inputs, criterion, story };
        let at = criterion.text.at();
        for rule in &rules {
            session.ask(rule, &facts, Subject { number: id.0, at, whole: at });
        }
    }
}

/// The document of each criterion: that of a task that serves it, else one of the same file.
fn stories(graph: &TaskGraph) -> Vec<Option<StoryId>> {
    let mut found = vec![None; graph.criteria.len()];
    for (_, task) in graph.tasks.iter() {
        for &CriterionId(id) in &graph.served[task.criteria.range()] {
            found[id as usize].get_or_insert(task.story);
        }
    }
    let files: BTreeMap<_, _> = graph.stories.iter().map(|(id, story)| (story.at.file, id)).collect();
    for (id, criterion) in graph.criteria.iter() {
        let story = &mut found[id.index()];
        *story = story.or_else(|| files.get(&criterion.text.at().file).copied());
    }
    found
}
