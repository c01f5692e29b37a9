//! Marks such as `[P]`, judged: one that is false is told with both lines, one that is missing is a hint.
//!
//! A mark says that a task may run beside its neighbours. It is false where the task waits for a neighbour, or shares a
//! file with one; tasks that share a file and are both marked are a race, which is told where races are.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::table::Id as _;
use crate::ir::graph::{Edge, GroupId, Rule, StoryId, TaskGraph, TaskId};

/// Judges the marks of every document that uses any.
pub(super) fn judge(inputs: &Inputs, graph: &TaskGraph, findings: &mut Vec<Diagnostic>) {
    for story in graph.stories.ids() {
        let tasks = || graph.stories[story].tasks.range().map(TaskId::from_index);
        if tasks().any(|task| graph.tasks[task].parallel) {
            for task in tasks().filter(|&task| graph.tasks[task].parallel && !graph.tasks[task].done) {
                findings.extend(refuted(graph, task).map(|edge| wrong(inputs, graph, edge)));
            }
            findings.extend(missing(inputs, graph, story));
        }
    }
}

/// The surest reason why a marked task waits for a neighbour.
fn refuted(graph: &TaskGraph, task: TaskId) -> Option<&Edge> {
    let near = |edge: &&Edge| {
        let other = &graph.tasks[edge.from];
        let stated = edge.rule.is_explicit() || matches!(edge.rule, Rule::D3 | Rule::D4);
        stated && other.group == graph.tasks[task].group && !other.done
    };
    graph.edges_into(task).iter().filter(near).max_by_key(|edge| (edge.confidence, edge.from))
}

fn wrong(inputs: &Inputs, graph: &TaskGraph, edge: &Edge) -> Diagnostic {
    let (one, other) = (graph.id(edge.to, inputs), graph.id(edge.from, inputs));
    Diagnostic::warning(
        "parallel/false",
        graph.tasks[edge.to].title.at(),
        format!("`{one}` is marked parallel, and waits for `{other}`, which stands beside it"),
    )
    .here(format!("{}: {}", edge.rule.name(), edge.evidence.get(inputs).trim()))
    .label(graph.tasks[edge.from].title.at(), format!("`{other}`"))
    .why("a mark that is not true misleads whoever starts the work by hand")
    .help(format!("remove the mark of `{one}`, or the dependency; the plan keeps the order"))
}

/// Unmarked tasks that share neither a file nor an order with their neighbours; one hint for a document.
fn missing(inputs: &Inputs, graph: &TaskGraph, story: StoryId) -> Option<Diagnostic> {
    let tasks: Vec<TaskId> = graph.stories[story].tasks.range().map(TaskId::from_index).collect();
    let mut groups: BTreeMap<Option<GroupId>, Vec<TaskId>> = BTreeMap::new();
    for &task in tasks.iter().filter(|&&task| !graph.tasks[task].done) {
        groups.entry(graph.tasks[task].group).or_default().push(task);
    }
    let mut free = Vec::new();
    for members in groups.values().filter(|members| members.len() > 1) {
        let inside: BTreeSet<TaskId> = members.iter().copied().collect();
        let mut touched: BTreeMap<&str, u32> = BTreeMap::new();
        for &task in members {
            for path in paths(inputs, graph, task) {
                *touched.entry(path).or_default() += 1;
            }
        }
        let mut tied: BTreeSet<TaskId> = BTreeSet::new();
        for &task in members {
            for edge in graph.edges_into(task).iter().filter(|edge| inside.contains(&edge.from)) {
                tied.extend([edge.from, edge.to]);
            }
        }
        free.extend(members.iter().copied().filter(|&task| {
            let declared = graph.outputs_of(task).iter().any(|output| !output.inferred);
            let alone = paths(inputs, graph, task).iter().all(|path| touched[path] == 1);
            declared && alone && !graph.tasks[task].parallel && !tied.contains(&task)
        }));
    }
    let &first = free.first()?;
    let id = graph.id(first, inputs);
    let (who, mark) = match free.len() - 1 {
        0 => (format!("`{id}` shares"), "its"),
        1 => (format!("`{id}` and 1 other task share"), "their"),
        more => (format!("`{id}` and {more} other tasks share"), "their"),
    };
    let message = format!("{who} no file and no order with {mark} neighbours, and could be marked parallel");
    let mut finding = Diagnostic::info("parallel/missing", graph.tasks[first].title.at(), message)
        .why("whoever reads the list by hand starts less at a time than could be")
        .help("add the mark; the plan runs them side by side anyway".to_owned());
    for &task in free.iter().skip(1).take(SHOWN) {
        finding = finding.label(graph.tasks[task].title.at(), format!("`{}`", graph.id(task, inputs)));
    }
    Some(finding)
}

/// How many places a hint shows.
const SHOWN: usize = 5;

fn paths<'a>(inputs: &'a Inputs, graph: &'a TaskGraph, task: TaskId) -> BTreeSet<&'a str> {
    let written = graph.outputs_of(task).iter().map(|output| output.path.get(inputs));
    written.chain(graph.reads_of(task).iter().map(|path| path.get(inputs))).collect()
}
