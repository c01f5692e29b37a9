//! F>G  When each task runs: waves, critical path and chain, slack, buffers, cost.

use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Digest;
use crate::base::quantity::{Interval, MicroUsd, Millis, Tokens};
use crate::base::table::Table;

use super::equipment::Equipment;
use super::graph::{TaskGraph, TaskId};
use super::outlook::Outlook;
use super::prompt::Prompts;
use super::settings::Settings;

/// What one task is expected to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// Tokens sent over all turns, the client's own overhead included.
    pub input: Interval<Tokens>,
    /// Tokens that come back.
    pub output: Interval<Tokens>,
    /// Money, rounded to micro-dollars.
    pub cost: Interval<MicroUsd>,
    /// Requests of one likely attempt.
    pub requests: u32,
    /// Input tokens of one likely attempt that count against a rate: those read from a cache do not.
    pub metered: Tokens,
    /// Chance that an attempt fails, in thousandths.
    pub failure_milli: u32,
}

/// A sum of estimates under a name: a model, a wave, a domain, a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// The name.
    pub name: String,
    /// How many tasks.
    pub tasks: u32,
    /// Their money.
    pub cost: Interval<MicroUsd>,
}

/// What the plan costs, and how that was reckoned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cost {
    /// By task.
    pub tasks: Table<TaskId, Estimate>,
    /// The sum of the rounded costs of the tasks.
    pub total: Interval<MicroUsd>,
    /// By model, worker included.
    pub by_model: Vec<Share>,
    /// By wave, in order.
    pub by_wave: Vec<Share>,
    /// By domain.
    pub by_domain: Vec<Share>,
    /// By story.
    pub by_story: Vec<Share>,
    /// What caching saves (positive) or loses (negative).
    pub cache_saving: i64,
    /// Prefixes worth a cache breakpoint, prefixes in all.
    pub cached_prefixes: (u32, u32),
    /// What the same work costs in one main context: the formula with its figures.
    pub main_context_formula: String,
    /// Times dearer than this plan, in thousandths.
    pub main_context_milli: u64,
    /// The same with the main context cached, in thousandths.
    pub main_context_cached_milli: u64,
    /// Path, date and hash of the price table.
    pub prices: Prices,
}

/// The price table that was used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prices {
    /// Its path.
    pub source: String,
    /// The day it was true.
    pub date: String,
    /// Hash of its file.
    pub hash: Option<Digest>,
}

/// What a gate said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing to object.
    Pass,
    /// Objections that do not stop it.
    Warn,
    /// Objections that were waived or forced.
    Waived,
    /// Stopped.
    Fail,
    /// It could not be asked: nothing of its scope is there.
    Skipped,
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// `QG-PRE`.
    pub id: String,
    /// In words.
    pub name: String,
    /// What it said.
    pub verdict: Verdict,
    /// Number of rules that were asked.
    pub rules: u32,
    /// Their ids.
    pub asked: Vec<String>,
    /// Ids of the rules that objected, each once, sorted.
    pub failed: Vec<String>,
}

/// What the plan is called.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// `<slug>-<first 8 digits of the hash>`: also the run id.
    pub id: String,
    /// A name fit for a folder.
    pub slug: String,
    /// For people.
    pub title: String,
    /// `story`, `prd`, `task_list`, `free_text`, `plan`, `batch`.
    pub kind: String,
    /// Hash of everything the plan was made from.
    pub hash: Option<Digest>,
}

impl Head {
    /// Where chance begins: the first bytes of the hash.
    #[must_use]
    pub fn seed(&self) -> u64 {
        let bytes = self.hash.as_ref().map(|hash| &hash.0[..8]);
        bytes.map_or(0, |bytes| bytes.iter().fold(0, |seed, &byte| seed << 8 | u64::from(byte)))
    }
}

/// Everything that is known when the phases are through. What is emitted is a view of this.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What it is called.
    pub head: Head,
    /// What was decided.
    pub settings: Settings,
    /// The tasks.
    pub graph: TaskGraph,
    /// Who does them.
    pub equipment: Equipment,
    /// What they are told.
    pub prompts: Prompts,
    /// When.
    pub schedule: Schedule,
    /// For how much.
    pub cost: Cost,
    /// The gates.
    pub gates: Vec<Gate>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

impl Plan {
    /// Whether a finding withholds it.
    pub fn is_blocked(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::blocks)
    }
}

/// The times of one task when nothing is scarce (CPM), and when everything is (the pool schedule).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// Earliest start without limits.
    pub earliest: Millis,
    /// How much later it may end without moving the end of the plan: total float.
    pub slack: Millis,
    /// Start in the pool schedule.
    pub start: Millis,
    /// Longest way to the end of the plan, itself included: the priority of list scheduling.
    pub tail: Millis,
    /// Number of its wave, from 1; 0 for tasks that run in none.
    pub wave: u32,
    /// Position in the order in which an executor should start tasks, from 1; 0 for tasks that no executor starts.
    pub rank: u32,
    /// On the one critical path that is shown.
    pub on_path: bool,
    /// On the critical chain.
    pub on_chain: bool,
}

/// Tasks that start together when waves are barriers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wave {
    /// From 1.
    pub number: u32,
    /// In order of rank.
    pub tasks: Vec<TaskId>,
    /// Numbers of the waves it must wait for.
    pub requires: Vec<u32>,
    /// What is predicted before anything runs.
    pub prediction: Prediction,
}

/// What is predicted of a wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// Outputs.
    pub outputs: u32,
    /// Failures, in thousandths.
    pub failures_milli: u32,
    /// Money.
    pub cost: Interval<MicroUsd>,
    /// The longest of its tasks.
    pub duration: Millis,
    /// One sentence.
    pub rationale: String,
}

/// Why one task of the chain follows another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arc {
    /// The earlier task.
    pub from: TaskId,
    /// The later task.
    pub to: TaskId,
    /// The scarce thing handed over (`model:sonnet`, `parallel`, `path:…`); none when the later one needs the earlier.
    pub resource: Option<String>,
}

/// The three notions of what determines the end, kept apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chains {
    /// One longest path through the graph.
    pub path: Vec<TaskId>,
    /// Its length.
    pub path_duration: Millis,
    /// All tasks without slack.
    pub critical: Vec<TaskId>,
    /// The resource-feasible critical chain.
    pub chain: Vec<TaskId>,
    /// Why each of its tasks follows the one before.
    pub arcs: Vec<Arc>,
    /// End of the pool schedule: the length of the chain.
    pub makespan: Millis,
}

/// Time set aside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Buffers {
    /// At the end.
    pub project: Millis,
    /// Where another path joins the chain: the joining task, and how much.
    pub feeding: Vec<(TaskId, Millis)>,
    /// Between waves.
    pub wave: Millis,
}

/// The whole schedule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// By task.
    pub timing: Table<TaskId, Timing>,
    /// In order.
    pub waves: Vec<Wave>,
    /// What determines the end.
    pub chains: Chains,
    /// No schedule is shorter.
    pub lower_bound: Millis,
    /// End when waves are barriers, wave buffers included.
    pub barrier_makespan: Millis,
    /// End when tasks start as soon as they can.
    pub pool_makespan: Millis,
    /// Time set aside.
    pub buffers: Buffers,
    /// What limits the plan, in words: `global parallelism`, `model:sonnet`, `longest path`, ….
    pub constraint: String,
    /// How busy each scarce thing is in the pool schedule, in thousandths: `parallel`, `model:<id>`, names of locks.
    pub busy: Vec<(String, u32)>,
    /// Which way of cutting waves won: `packed`, `homogenised`, `levels`.
    pub packer: String,
    /// What may become of it.
    pub outlook: Outlook,
}
