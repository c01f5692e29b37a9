//! What the user decided about single tasks, over what their sources say.

use crate::base::diagnostic::Diagnostic;
use crate::base::suggest::nearest;
use crate::base::text::Text;
use crate::ir::graph::{TaskGraph, TaskId};

use super::Context;

/// Gives tasks the models of the setting `models`; a name that is no task's is an error.
pub(super) fn models(context: Context<'_>, graph: &mut TaskGraph, findings: &mut Vec<Diagnostic>) {
    for (name, model) in &context.settings.models {
        match find(context, graph, name) {
            Some(id) => {
                let at = graph.tasks[id].title.at();
                graph.tasks[id].model = Some(Text::made(model.as_str(), at));
            }
            None => findings.extend(unknown(context, graph, name)),
        }
    }
}

/// The task of this id, in the plan or, where that is unique, in its source.
fn find(context: Context<'_>, graph: &TaskGraph, name: &str) -> Option<TaskId> {
    let by_id = graph.tasks.ids().find(|&id| graph.id(id, context.inputs) == name);
    let source = |id: &TaskId| {
        graph.tasks[*id].source_id.as_ref().is_some_and(|source| source.get(context.inputs) == name)
    };
    let mut by_source = graph.tasks.ids().filter(source);
    by_id.or_else(|| by_source.next().filter(|_| by_source.next().is_none()))
}

fn unknown(context: Context<'_>, graph: &TaskGraph, name: &str) -> Option<Diagnostic> {
    let head = graph.stories.iter().next()?.1.at;
    let known = graph.tasks.ids().map(|id| graph.id(id, context.inputs));
    let help = nearest(name, known).map_or_else(
        || "`dispatch analyze` lists the tasks".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Some(
        Diagnostic::error(
            "task/unknown",
            head,
            format!("a model is decided for `{name}`, and no task has that id"),
        )
        .help(help),
    )
}
