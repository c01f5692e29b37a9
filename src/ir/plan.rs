//! F>G  When each task runs: waves, critical path and chain, slack, buffers, cost.

use crate::base::quantity::{Interval, MicroUsd, Millis};
use crate::base::table::Table;

use super::graph::TaskId;

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
    /// Position in the order in which an executor should start tasks, from 1; 0 for tasks that run in no wave.
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
    /// Which way of cutting waves won: `packed`, `homogenised`, `levels`.
    pub packer: String,
}
