//! Verification after execution: are the results what the manifest promises? A pure function of the manifest, of what
//! stands in the working tree, and of what a run reported.
//!
//! *Invariant*: what could not be asked is an error or is skipped; it never counts as passed.

mod ask;
mod claim;
pub mod criterion;
mod facts;
pub mod manifest;
pub mod record;
pub mod tree;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::inputs::Inputs;
use crate::base::span::FileId;
use crate::ir::plan::{Gate, Verdict as GateVerdict};

use super::pack::Packs;
use super::post::GATE;

pub use claim::claim;

use criterion::{Criteria, Understood};
use manifest::{Promise, Task};
use record::{Moment, Record};
use tree::{Snapshot, Tree};

/// What came of a check, of a task, of everything. Ordered: the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was not asked.
    Skipped,
    /// It holds.
    Pass,
    /// It does not hold, and does not matter enough to fail.
    Warn,
    /// It does not hold.
    Fail,
    /// It could not be asked.
    Error,
}

impl Verdict {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }
}

/// One condition, asked about one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// A rule (`V2.1`) or a criterion (`C3`).
    pub rule: String,
    /// `output-missing`, or the kind of the demand: `at-least`.
    pub name: String,
    /// The path, criterion or wave it was asked about.
    pub subject: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What is wrong, or why it was not asked; empty if it holds.
    pub message: String,
    /// What a second attempt is told.
    pub retry: Option<String>,
}

/// What came of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskResult {
    /// Its position in the manifest.
    pub task: usize,
    /// The gravest of its checks; skipped if none could be asked.
    pub verdict: Verdict,
    /// In the order they were asked.
    pub checks: Vec<Checked>,
}

/// What came of a wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaveResult {
    /// Its number.
    pub number: u32,
    /// Of how many tasks.
    pub tasks: u32,
    /// How many of them passed, or had nothing to be asked.
    pub passed: u32,
    /// The gravest of its tasks.
    pub verdict: Verdict,
}

/// What came of everything.
#[derive(Debug)]
pub struct Verification {
    /// The gravest of all; an error if nothing at all could be asked.
    pub verdict: Verdict,
    /// The tasks that were looked at, in order.
    pub tasks: Vec<TaskResult>,
    /// Their waves.
    pub waves: Vec<WaveResult>,
    /// What was asked about waves and the run.
    pub whole: Vec<Checked>,
    /// What does not hold or could not be asked.
    pub findings: Vec<Diagnostic>,
    /// The gate of results.
    pub gate: Gate,
}

/// Everything a verification knows.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The manifest and the files of the tree.
    pub inputs: &'a Inputs,
    /// The manifest.
    pub manifest: FileId,
    /// What it says.
    pub promise: &'a Promise,
    /// Which criteria can be decided, by id.
    pub understood: &'a BTreeMap<String, Understood>,
    /// Which conditions of tasks can be decided, by task and position.
    pub own: &'a BTreeMap<(usize, usize), Understood>,
    /// What stands in the working tree.
    pub tree: &'a Tree,
    /// What the run reported.
    pub record: Option<&'a Record>,
    /// Since when files must have been written, if the record does not say.
    pub since: Option<Moment>,
    /// What was there before the run.
    pub before: Option<&'a Snapshot>,
    /// Words and lists.
    pub packs: &'a Packs,
    /// The tasks that are wanted; empty for all.
    pub only: &'a BTreeSet<String>,
}

/// What a program can decide of the criteria of a manifest, and of the conditions its tasks name.
#[derive(Debug, Default)]
pub struct Demands {
    /// By criterion.
    pub criteria: BTreeMap<String, Understood>,
    /// By position of the task and of the condition.
    pub own: BTreeMap<(usize, usize), Understood>,
}

impl Demands {
    /// Reads them.
    #[must_use]
    pub fn of(promise: &Promise, criteria: &Criteria, packs: &Packs) -> Self {
        let mut lists = packs.lists.clone();
        let mut read = |text: &str| criteria.understand(text, &packs.vocabulary, &mut lists);
        let mut demands = Self::default();
        for (id, criterion) in &promise.criteria {
            demands.criteria.insert(id.clone(), read(&criterion.text.value));
        }
        for (number, task) in promise.tasks.iter().enumerate() {
            for (position, text) in task.verify.iter().enumerate() {
                demands.own.insert((number, position), read(&text.value));
            }
        }
        demands
    }
}

/// The paths somebody must look at before results can be judged, as the manifest writes them.
#[must_use]
pub fn wanted(promise: &Promise, demands: &Demands, only: &BTreeSet<String>) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let understood = |understood: &Understood| {
        understood.demands.iter().filter_map(|demand| demand.path.clone()).collect::<Vec<_>>()
    };
    for (number, task) in promise.tasks.iter().enumerate().filter(|(_, task)| is_chosen(task, only)) {
        paths.extend(task.outputs.iter().map(|output| output.path.value.clone()));
        for id in &task.criteria {
            paths.extend(demands.criteria.get(id).map(understood).unwrap_or_default());
        }
        for position in 0..task.verify.len() {
            paths.extend(demands.own.get(&(number, position)).map(understood).unwrap_or_default());
        }
    }
    paths
}

/// Whether a path stands for several.
#[must_use]
pub fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '[', '{']) || path.ends_with('/')
}

/// Whether a task is looked at: it was asked for, or nothing was and it was still to be done.
fn is_chosen(task: &Task, only: &BTreeSet<String>) -> bool {
    if only.is_empty() { !task.done } else { only.contains(&task.id.value) }
}

/// Judges results.
#[must_use]
pub fn verify(case: Case<'_>) -> Verification {
    let mut asker = ask::Asker::new(case);
    let tasks: Vec<TaskResult> = (0..case.promise.tasks.len())
        .filter(|&number| is_chosen(&case.promise.tasks[number], case.only))
        .map(|number| asker.task(number))
        .collect();
    let whole = asker.whole(&tasks);
    let mut findings = asker.findings;
    let all = tasks.iter().flat_map(|task| &task.checks).chain(&whole);
    let verdict = all.clone().map(|checked| checked.verdict).max().unwrap_or(Verdict::Skipped);
    let verdict = match verdict {
        Verdict::Skipped => {
            let at = crate::base::span::Span::head(case.manifest);
            let help = "name tasks with `--task`, or give the tasks outputs and criteria".to_owned();
            findings.push(
                Diagnostic::error("verify/nothing", at, "there is nothing that could be verified").help(help),
            );
            Verdict::Error
        }
        Verdict::Warn => Verdict::Pass,
        Verdict::Pass | Verdict::Fail | Verdict::Error => verdict,
    };
    let asked: BTreeSet<&str> = all
        .clone()
        .filter(|checked| checked.verdict != Verdict::Skipped)
        .map(|checked| checked.rule.as_str())
        .collect();
    let failed: BTreeSet<String> =
        all.filter(|checked| checked.verdict > Verdict::Pass).map(|checked| checked.rule.clone()).collect();
    let has_warnings = findings.iter().any(|finding| finding.severity == Severity::Warning);
    let gate = Gate {
        id: GATE.to_owned(),
        name: case
            .packs
            .gates
            .iter()
            .find(|(id, _)| id == GATE)
            .map_or_else(String::new, |(_, name)| name.clone()),
        verdict: match verdict {
            Verdict::Pass if has_warnings => GateVerdict::Warn,
            Verdict::Pass => GateVerdict::Pass,
            Verdict::Skipped | Verdict::Warn | Verdict::Fail | Verdict::Error => GateVerdict::Fail,
        },
        rules: u32::try_from(asked.len()).unwrap_or(u32::MAX),
        asked: asked.into_iter().map(str::to_owned).collect(),
        failed: failed.into_iter().collect(),
    };
    let waves = waves(case.promise, &tasks);
    Verification { verdict, tasks, waves, whole, findings, gate }
}

/// What the tasks of each wave mean for it.
fn waves(promise: &Promise, tasks: &[TaskResult]) -> Vec<WaveResult> {
    let mut waves: BTreeMap<u32, WaveResult> = BTreeMap::new();
    for result in tasks {
        let Some(number) = promise.tasks[result.task].wave else { continue };
        let wave = waves.entry(number).or_insert(WaveResult {
            number,
            tasks: 0,
            passed: 0,
            verdict: Verdict::Skipped,
        });
        wave.tasks += 1;
        wave.passed += u32::from(result.verdict <= Verdict::Warn);
        wave.verdict = wave.verdict.max(result.verdict);
    }
    waves.into_values().collect()
}
