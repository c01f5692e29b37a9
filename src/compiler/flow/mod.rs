//! F  Graph and equipment to schedule: waves, critical path and chain, buffers, cost.
//!
//! `problem` holds what is to be scheduled as flat arrays; everything else is a function of it. `schedule` is what the
//! compiler calls; the rest answers questions about a problem: `intake` makes one from a plan.

mod assemble;
pub mod batch;
pub mod bound;
pub mod chain;
mod chance;
pub mod cost;
pub mod cpm;
pub mod improve;
pub mod intake;
pub mod montecarlo;
pub mod optimal;
mod outlook;
pub mod pareto;
pub mod pool;
pub mod problem;
mod ready;
pub mod risk;
#[cfg(test)]
mod testing;
pub mod waves;
pub mod whatif;
pub mod wsjf;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::quantity::MicroUsd;
use crate::base::table::Table;
use crate::ir::equipment::Equipment;
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::plan::{Estimate, Schedule};
use crate::ir::settings::Settings;

/// What a schedule needs to know from outside: where chance begins, and what the plan costs at other sizes of waves.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// The seed of the forecast: a part of the plan's hash.
    pub seed: u64,
    /// What all tasks cost with so many at a time.
    pub money: &'a dyn Fn(u32) -> MicroUsd,
}

impl std::fmt::Debug for Outside<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outside").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// Says when each task runs, in waves and in a pool, what determines the end, and what may become of it.
#[must_use]
pub fn schedule(
    inputs: &Inputs,
    graph: &TaskGraph,
    equipment: &Equipment,
    cost: &Table<TaskId, Estimate>,
    settings: &Settings,
    outside: Outside<'_>,
) -> Outcome<Schedule> {
    let mut findings = Vec::new();
    let problem = intake::intake(inputs, graph, equipment, cost, settings, &mut findings);
    let schedule = assemble::assemble(&problem, graph, cost, settings, outside);
    findings.extend(assemble::judge(&problem, inputs, graph, cost, &schedule, settings));
    Outcome::new(schedule, findings)
}

#[cfg(test)]
mod tests;
