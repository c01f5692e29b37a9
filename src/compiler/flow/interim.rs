//! Waves by level, until the packer stands.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::table::{Id as _, Table};
use crate::ir::equipment::Equipment;
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::plan::{Estimate, Prediction, Schedule, Timing, Wave};
use crate::ir::settings::Settings;

/// Waves by level.
pub fn schedule(
    _inputs: &Inputs,
    graph: &TaskGraph,
    equipment: &Equipment,
    cost: &Table<TaskId, Estimate>,
    _settings: &Settings,
) -> Outcome<Schedule> {
    let mut timing = vec![Timing::default(); graph.tasks.len()];
    let mut waves: Vec<Wave> = Vec::new();
    for &task in &graph.order {
        if graph.tasks[task].done {
            continue;
        }
        let before = graph.edges_into(task).iter().map(|e| timing[e.from.index()].wave).max().unwrap_or(0);
        timing[task.index()].wave = before + 1;
        while waves.len() <= before as usize {
            let number = u32::try_from(waves.len() + 1).expect("few");
            waves.push(Wave {
                number,
                tasks: vec![],
                requires: (1..number).collect(),
                prediction: Prediction {
                    outputs: 0,
                    failures_milli: 0,
                    cost: Default::default(),
                    duration: Default::default(),
                    rationale: String::new(),
                },
            });
        }
        let wave = &mut waves[before as usize];
        wave.tasks.push(task);
        wave.prediction.outputs += 1;
        wave.prediction.cost = wave.prediction.cost + cost[task].cost;
        wave.prediction.duration = wave.prediction.duration.max(equipment.kits[task].duration);
    }
    Outcome::clean(Schedule { timing: Table::new(timing), waves, ..Schedule::default() })
}
