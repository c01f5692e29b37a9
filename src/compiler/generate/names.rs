//! Names of tasks, criteria and prompt files inside a plan folder.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::inputs::Inputs;
use crate::base::table::{Id as _, Table};
use crate::ir::draft::CriterionId;
use crate::ir::graph::{Story, TaskGraph, TaskId};
use crate::ir::prompt::Prompts;

/// The id of a task inside its document: a batch puts the document before it.
pub(crate) fn local_id<'a>(graph: &'a TaskGraph, inputs: &'a Inputs, task: TaskId) -> &'a str {
    let id = graph.id(task, inputs);
    if graph.stories.len() < 2 {
        return id;
    }
    let story = &graph.stories[graph.tasks[task].story];
    let rest = id.strip_prefix(story.id.as_str()).or_else(|| id.strip_prefix(story.slug.as_str()));
    rest.and_then(|rest| rest.strip_prefix(':')).unwrap_or(id)
}

/// Where each prompt is written, below the plan folder; none for tasks without one.
///
/// Names are the ids with everything but ASCII letters, digits, `.`, `_` and `-` replaced, so that any file system takes
/// them; two that differ only in case or in what was replaced get numbers.
pub(crate) fn prompt_paths(
    graph: &TaskGraph,
    inputs: &Inputs,
    prompts: &Prompts,
) -> Table<TaskId, Option<String>> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let batch = graph.stories.len() > 1;
    let mut rows = Vec::with_capacity(graph.tasks.len());
    for (id, task) in graph.tasks.iter() {
        if prompts.sheets.get(id).is_none_or(|sheet| sheet.prefix.is_none()) {
            rows.push(None);
            continue;
        }
        let folder = if batch {
            format!("{}/prompts/", story_folder(&graph.stories[task.story]))
        } else {
            "prompts/".to_owned()
        };
        let name = file_name(local_id(graph, inputs, id));
        let mut path = format!("{folder}{name}.md");
        let mut number = 2;
        while !taken.insert(path.to_ascii_lowercase()) {
            path = format!("{folder}{name}-{number}.md");
            number += 1;
        }
        rows.push(Some(path));
    }
    Table::new(rows)
}

/// Where the files of a story lie, below the plan folder of a batch.
pub(crate) fn story_folder(story: &Story) -> String {
    format!("stories/{}", file_name(&story.slug))
}

/// A name any file system takes.
fn file_name(id: &str) -> String {
    let mut name: String = id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '-' })
        .take(120)
        .collect();
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let device = matches!(stem.as_str(), "con" | "prn" | "aux" | "nul")
        || (stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")));
    if device || name.is_empty() || name.starts_with(['.', '-']) {
        name.insert(0, '_');
    }
    name
}

/// The ids of criteria: those of the source where they are unique in the plan, else `C` and a number.
pub(crate) fn criteria(graph: &TaskGraph, inputs: &Inputs) -> Table<CriterionId, String> {
    let stated = |id: CriterionId| graph.criteria[id].id.as_ref().map(|id| id.get(inputs).trim());
    let mut count: BTreeMap<&str, u32> = BTreeMap::new();
    for id in graph.criteria.ids().filter_map(stated) {
        *count.entry(id).or_default() += 1;
    }
    let rows = graph.criteria.ids().map(|id| match stated(id) {
        Some(name) if !name.is_empty() && count[name] == 1 => name.to_owned(),
        _ => {
            let mut name = format!("C{}", id.index() + 1);
            while count.contains_key(name.as_str()) {
                name.push('x');
            }
            name
        }
    });
    Table::new(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_fit_any_file_system() {
        for (id, expected) in [
            ("T1", "T1"),
            ("1.2", "1.2"),
            ("a/../b", "a-..-b"),
            ("..", "_.."),
            ("con", "_con"),
            ("ação", "a--o"),
            ("", "_"),
        ] {
            assert_eq!(file_name(id), expected);
        }
    }
}
