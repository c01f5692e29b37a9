//! E  Task graph to equipment: who does each task, with what model, knowledge, prompt and limits.
//!
//! Nothing is decided here that is not an entry of a data file: `route` scores domains by what `domain-registry.yaml`
//! and `command-registry.yaml` say, `tree` asks the steps of `model-selection-rules.yaml`, `limits` reads
//! `enrichment-rules.yaml`, `timeout-rules.yaml` and `durations.yaml`. Every value carries the id of its entry.

mod assign;
mod index;
mod intern;
mod limits;
mod name;
mod operation;
mod reason;
mod route;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod tree;
mod unnamed;
mod words;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::ir::equipment::{Equipment, Executor};
use crate::ir::graph::TaskGraph;
use crate::ir::registry::Registry;
use crate::ir::settings::Settings;

/// Gives every task of `graph` its kit. Ids of domains, agents and models are those of `registry`.
#[must_use]
pub fn equip(
    inputs: &Inputs,
    graph: &TaskGraph,
    registry: &Registry,
    settings: &Settings,
) -> Outcome<Equipment> {
    assign::assign(inputs, graph, registry, settings)
}

/// The name of an executor on the wire.
fn executor_name(executor: Executor) -> &'static str {
    match executor {
        Executor::Worker => "worker",
        Executor::Agent => "agent",
        Executor::Human => "human",
        Executor::Hybrid => "hybrid",
    }
}
