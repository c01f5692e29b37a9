//! D3 and D4: what flows through files. Who needs a path waits for who makes it; who writes it too waits its turn.

use std::collections::BTreeMap;

use crate::base::table::Id as _;
use crate::base::text::Text;
use crate::ir::draft::PathRole;
use crate::ir::graph::Rule;

use super::super::Context;
use super::super::sketch::Sketch;
use super::{Proposals, only};

/// Proposes edges between the writers of a path, and from them to its readers.
pub(super) fn propose(context: Context<'_>, sketch: &Sketch, edges: &mut Proposals<'_>) {
    let mut writers: BTreeMap<&str, Vec<(usize, PathRole, &Text)>> = BTreeMap::new();
    for (task, row) in sketch.tasks.iter() {
        for output in &sketch.outputs[row.outputs.range()] {
            let path = output.path.get(context.inputs);
            writers.entry(path).or_default().push((task.index(), output.action, &output.path));
        }
    }
    for list in writers.values() {
        for pair in list.windows(2) {
            let ((first, ..), (second, _, path)) = (pair[0], pair[1]);
            edges.add(only(first), only(second), Rule::D4, path);
        }
    }
    for (task, row) in sketch.tasks.iter() {
        for path in &sketch.reads[row.reads.range()] {
            let Some(list) = writers.get(path.get(context.inputs)) else { continue };
            // The last writer before the reader; where all stand behind it, the one that makes the file.
            let before = list.iter().rev().find(|(writer, ..)| *writer < task.index());
            let maker = before.or_else(|| list.iter().find(|(_, action, _)| *action == PathRole::Create));
            if let Some(&(writer, ..)) = maker {
                edges.add(only(writer), only(task.index()), Rule::D3, path);
            }
        }
    }
}
