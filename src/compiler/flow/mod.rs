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
use crate::base::table::Table;
use crate::ir::equipment::Equipment;
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::plan::{Estimate, Schedule};
use crate::ir::settings::Settings;

/// Says when each task runs, in waves and in a pool, and what determines the end.
#[must_use]
pub fn schedule(
    inputs: &Inputs,
    graph: &TaskGraph,
    equipment: &Equipment,
    cost: &Table<TaskId, Estimate>,
    settings: &Settings,
) -> Outcome<Schedule> {
    let mut findings = Vec::new();
    let problem = intake::intake(inputs, graph, equipment, cost, settings, &mut findings);
    let schedule = assemble::assemble(&problem, graph, cost, &settings.pacing);
    findings.extend(assemble::judge(&problem, inputs, graph, cost, &schedule, settings));
    Outcome::new(schedule, findings)
}

#[cfg(test)]
mod tests;
