//! Tasks that change the project without naming a file: the proof that nothing races does not reach them.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::table::Table;
use crate::ir::equipment::Kit;
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::registry::Registry;
use crate::ir::settings::{Profile, Settings};

/// One note for all of them, if something else might run beside them. The strict profile refuses them one by one.
pub(super) fn report(
    inputs: &Inputs,
    graph: &TaskGraph,
    registry: &Registry,
    kits: &Table<TaskId, Kit>,
    settings: &Settings,
) -> Option<Diagnostic> {
    let open = graph.tasks.iter().filter(|(_, task)| !task.done).count();
    if settings.profile == Profile::Strict || open < 2 {
        return None;
    }
    let mut unnamed = graph.tasks.iter().filter(|(id, task)| {
        let edits = kits[*id].domain.is_some_and(|domain| registry.domains[domain].edits);
        let outputs = graph.outputs_of(*id);
        let guessed = !outputs.is_empty() && outputs.iter().all(|output| output.inferred);
        let looks = task
            .work
            .as_ref()
            .is_some_and(|work| registry.routing.looking.iter().any(|kind| kind == work.get(inputs)));
        edits && guessed && !looks && !task.done && task.owns.is_empty() && !task.has_copy(inputs)
    });
    let (first, task) = unnamed.next()?;
    let name = graph.id(first, inputs);
    let message = match unnamed.count() {
        0 => format!(
            "`{name}` changes the project and names no file: nothing proves that it meets no other task"
        ),
        more => format!(
            "`{name}` and {more} more change the project and name no file: nothing proves that they do not meet"
        ),
    };
    let help =
        "name the files in the tasks, order them, or give each a copy of its own (`isolation: worktree`)";
    Some(Diagnostic::info("path/unnamed", task.title.at(), message).help(help.to_owned()))
}
