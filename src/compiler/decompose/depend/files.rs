//! D3: what flows through files. Who needs a path waits for who makes it. That writers of one path wait for each
//! other (D4) is found with the races, when everything else is ordered.

use std::collections::BTreeMap;

use crate::base::table::Id as _;
use crate::ir::draft::PathRole;
use crate::ir::graph::Rule;

use super::super::Context;
use super::super::sketch::Sketch;
use super::{Proposals, only};

/// Proposes edges from the writers of a path to its readers.
pub(super) fn propose(context: Context<'_>, sketch: &Sketch, edges: &mut Proposals<'_>) {
    let mut writers: BTreeMap<&str, Vec<(usize, PathRole)>> = BTreeMap::new();
    for (task, row) in sketch.tasks.iter() {
        for output in &sketch.outputs[row.outputs.range()] {
            let path = output.path.get(context.inputs);
            writers.entry(path).or_default().push((task.index(), output.action));
        }
    }
    for (task, row) in sketch.tasks.iter() {
        for path in &sketch.reads[row.reads.range()] {
            let Some(list) = writers.get(path.get(context.inputs)) else { continue };
            // The last writer before the reader; where all stand behind it, the one that makes the file.
            let before = list.iter().rev().find(|(writer, _)| *writer < task.index());
            let maker = before.or_else(|| list.iter().find(|(_, action)| *action == PathRole::Create));
            if let Some(&(writer, _)) = maker {
                // What is finished has read what there was.
                if row.done && !sketch.tasks.rows()[writer].done {
                    continue;
                }
                edges.add(only(writer), only(task.index()), Rule::D3, path);
            }
        }
    }
}
