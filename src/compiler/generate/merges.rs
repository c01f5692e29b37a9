//! Merge obligations: what works on a copy of its own has to be brought back, by whom it conflicts with and before whom.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::base::text::Text;
use crate::ir::graph::{TaskGraph, TaskId};

/// What has to be merged when a task is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// The task.
    pub task: TaskId,
    /// Tasks that write the same paths and are merged before it; the path is where the two may conflict.
    pub conflicts: Vec<(TaskId, Text)>,
    /// Tasks that wait for it: they must not start before the merge.
    pub before: Vec<TaskId>,
}

/// One obligation for each open task with a copy of its own, in the order in which they are to be merged.
pub fn merges(graph: &TaskGraph, inputs: &Inputs) -> Vec<Merge> {
    let is_copy = |task: TaskId| {
        let task = &graph.tasks[task];
        !task.done && task.has_copy(inputs)
    };
    // Waves given by hand: what was made in one is there when the next begins.
    let wave = |task: TaskId| {
        let columns = graph.tasks[task].columns.as_ref()?;
        columns.wave.as_ref().map(|wave| wave.value)
    };
    let mut stages: BTreeMap<i64, Vec<TaskId>> = BTreeMap::new();
    for (id, _) in graph.tasks.iter().filter(|(_, task)| !task.done) {
        if let Some(wave) = wave(id) {
            stages.entry(wave).or_default().push(id);
        }
    }
    let copies = graph.order.iter().copied().filter(|&task| is_copy(task));
    // The later of two is merged into what the earlier left; one without a copy leaves its work at once.
    let mut conflicts: BTreeMap<TaskId, Vec<(TaskId, Text)>> = BTreeMap::new();
    for (first, second, path) in &graph.merges {
        let (late, early) = if is_copy(*second) { (*second, *first) } else { (*first, *second) };
        conflicts.entry(late).or_default().push((early, path.clone()));
    }
    let obligation = |task: TaskId| {
        let mut before = graph.successors(task).to_vec();
        if let Some((_, after)) = wave(task).and_then(|own| stages.range(own + 1..).next()) {
            before.extend(after.iter().copied().filter(|later| !graph.successors(task).contains(later)));
        }
        Merge { task, conflicts: conflicts.remove(&task).unwrap_or_default(), before }
    };
    copies.map(obligation).collect()
}
