//! Proposed edges to an acyclic graph: circles are broken and told, the weaker of two reasons becomes evidence, and
//! what follows from the rest is left out.

use std::collections::BTreeSet;

use crate::base::diagnostic::Diagnostic;
use crate::base::digraph::component::{cyclic, shortest_cycle};
use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::topological;
use crate::base::digraph::reduce::reduce;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::table::Id as _;
use crate::ir::graph::{Edge, Rule, TaskGraph, TaskId};

use super::Context;
use super::sketch::Sketch;

/// Circles told one by one; a tangle of more is cut at every edge that points backwards in the document.
const TOLD: usize = 32;

/// Lays out the graph.
pub(super) fn assemble(
    context: Context<'_>,
    sketch: Sketch,
    edges: Vec<Edge>,
    wide: &BTreeSet<Span>,
    findings: &mut Vec<Diagnostic>,
) -> TaskGraph {
    let mut graph = TaskGraph {
        stories: sketch.stories,
        groups: sketch.groups,
        tasks: sketch.tasks,
        criteria: sketch.criteria,
        served: sketch.served,
        outputs: sketch.outputs,
        reads: sketch.reads,
        owns: sketch.owns,
        excluded: sketch.excluded,
        unused: sketch.unused,
        ..TaskGraph::default()
    };
    let (mut best, weaker) = strongest(edges);
    graph.evidence = weaker;
    break_circles(context.inputs, &mut graph, &mut best, findings);
    super::races::order(context, &mut graph, &mut best, findings);
    best.sort_by_key(|edge| (edge.to, edge.from));
    leave_out_needless(context.inputs, &mut graph, &mut best, wide, findings);
    lay_out(&mut graph, best);
    graph
}

/// One edge for each pair, the surest first; the others.
fn strongest(mut edges: Vec<Edge>) -> (Vec<Edge>, Vec<Edge>) {
    edges.sort_by_key(|edge| (edge.to, edge.from, std::cmp::Reverse(edge.confidence), edge.rule));
    let mut best: Vec<Edge> = Vec::with_capacity(edges.len());
    let mut weaker = Vec::new();
    for edge in edges {
        match best.last() {
            Some(last) if (last.from, last.to) == (edge.from, edge.to) => {
                if last.rule != edge.rule {
                    weaker.push(edge);
                }
            }
            _ => best.push(edge),
        }
    }
    (best, weaker)
}

fn csr(count: usize, edges: &[Edge]) -> Csr {
    let pairs: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.from.0, edge.to.0)).collect();
    Csr::new(count, &pairs)
}

/// Removes edges until nothing is circular. A circle of stated edges is an error; one that inference closed is told.
fn break_circles(
    inputs: &Inputs,
    graph: &mut TaskGraph,
    edges: &mut Vec<Edge>,
    findings: &mut Vec<Diagnostic>,
) {
    let count = graph.tasks.len();
    for _ in 0..TOLD {
        let successors = csr(count, edges);
        if topological(&successors).is_ok() {
            return;
        }
        let mut gone: BTreeSet<(TaskId, TaskId)> = BTreeSet::new();
        for members in cyclic(&successors) {
            let cycle: Vec<TaskId> = shortest_cycle(&successors, &members).into_iter().map(TaskId).collect();
            let ring: Vec<&Edge> = (0..cycle.len())
                .filter_map(|at| find(edges, cycle[at], cycle[(at + 1) % cycle.len()]))
                .collect();
            // What is done waits for nothing. Else the weakest goes; among equals, one that points backwards.
            let weakest = ring.iter().min_by_key(|edge| {
                let open = !graph.tasks[edge.to].done;
                (open, edge.confidence, edge.from < edge.to, edge.to, edge.from)
            });
            let Some(weakest) = weakest else { continue };
            findings.push(if graph.tasks[weakest.to].done {
                past(inputs, graph, weakest)
            } else if weakest.rule.is_explicit() {
                circle(inputs, graph, &cycle, &ring)
            } else {
                dropped(inputs, graph, weakest)
            });
            gone.insert((weakest.from, weakest.to));
        }
        let (kept, removed) =
            std::mem::take(edges).into_iter().partition(|edge| !gone.contains(&(edge.from, edge.to)));
        *edges = kept;
        graph.evidence.extend::<Vec<Edge>>(removed);
    }
    // A tangle: whatever points backwards inside a component goes.
    let successors = csr(count, edges);
    let mut component = vec![u32::MAX; count];
    for (number, members) in (0..).zip(cyclic(&successors)) {
        for member in members {
            component[member as usize] = number;
        }
    }
    let backwards = |edge: &Edge| {
        let (from, to) = (component[edge.from.index()], component[edge.to.index()]);
        from != u32::MAX && from == to && edge.from > edge.to
    };
    let (removed, kept): (Vec<Edge>, Vec<Edge>) = std::mem::take(edges).into_iter().partition(backwards);
    *edges = kept;
    graph.evidence.extend(removed);
}

fn find(edges: &[Edge], from: TaskId, to: TaskId) -> Option<&Edge> {
    let at = edges.binary_search_by_key(&(to, from), |edge| (edge.to, edge.from)).ok()?;
    edges.get(at)
}

/// V1.4: every edge of the circle is underlined.
fn circle(inputs: &Inputs, graph: &TaskGraph, cycle: &[TaskId], ring: &[&Edge]) -> Diagnostic {
    const SHOWN: usize = 12;
    let name = |task: TaskId| graph.id(task, inputs).to_owned();
    let mut names: Vec<String> = cycle.iter().take(SHOWN).map(|&task| name(task)).collect();
    if cycle.len() > SHOWN {
        names.push(format!("… {} more …", cycle.len() - SHOWN));
    }
    names.push(name(cycle[0]));
    let mut finding = Diagnostic::error(
        "dep/cycle",
        ring[0].evidence.at(),
        format!("{} tasks wait for each other: {}", cycle.len(), names.join(" → ")),
    )
    .here(format!("`{}` waits for `{}`", name(ring[0].to), name(ring[0].from)))
    .why("no task of a circle can ever start")
    .help("remove one of these references".to_owned())
    .veto("V1.4");
    for edge in ring.iter().skip(1).take(SHOWN) {
        finding =
            finding.label(edge.evidence.at(), format!("`{}` waits for `{}`", name(edge.to), name(edge.from)));
    }
    finding
}

/// A circle through finished work stops nobody.
fn past(inputs: &Inputs, graph: &TaskGraph, edge: &Edge) -> Diagnostic {
    let (from, to) = (graph.id(edge.from, inputs), graph.id(edge.to, inputs));
    let message = format!("`{to}` waits for `{from}`, which waits for it; it is done, so this is left out");
    Diagnostic::warning("dep/cycle", edge.evidence.at(), message)
        .why("the order of finished work cannot have been this")
        .help("remove one of these references".to_owned())
}

fn dropped(inputs: &Inputs, graph: &TaskGraph, edge: &Edge) -> Diagnostic {
    let (from, to) = (graph.id(edge.from, inputs), graph.id(edge.to, inputs));
    Diagnostic::info(
        "dep/dropped",
        edge.evidence.at(),
        format!("that `{to}` waits for `{from}` was read from these words, and left out: it closes a circle"),
    )
    .here(format!("{}, {} %", edge.rule.name(), edge.confidence))
    .help(format!("write `depends_on: {from}` if it must hold, and remove what contradicts it"))
}

/// Inferred edges that follow from the rest become evidence, and so do those that make a whole story wait, `wide`; stated
/// ones between tasks stay, and their number is told once.
fn leave_out_needless(
    inputs: &Inputs,
    graph: &mut TaskGraph,
    edges: &mut Vec<Edge>,
    wide: &BTreeSet<Span>,
    findings: &mut Vec<Diagnostic>,
) {
    const SHOWN: usize = 3;
    // By target: the rows of predecessors, so that a flag belongs to the edge of the same index.
    let pairs: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.to.0, edge.from.0)).collect();
    let predecessors = Csr::new(graph.tasks.len(), &pairs);
    let Ok(order) = topological(&predecessors) else { return };
    let needless = reduce(&predecessors, &order);
    let mut kept = Vec::with_capacity(edges.len());
    let mut stated: Vec<Edge> = Vec::new();
    let mut count = 0usize;
    for (edge, needless) in std::mem::take(edges).into_iter().zip(needless) {
        if needless && (!edge.rule.is_explicit() || wide.contains(&edge.evidence.at())) {
            graph.evidence.push(edge);
            continue;
        }
        if needless && edge.rule == Rule::D1 {
            count += 1;
            if stated.len() < SHOWN {
                stated.push(edge.clone());
            }
        }
        kept.push(edge);
    }
    *edges = kept;
    if let Some(first) = stated.first() {
        let named = |edge: &Edge| {
            format!("`{}` waits for `{}`", graph.id(edge.to, inputs), graph.id(edge.from, inputs))
        };
        let message = if count == 1 {
            format!("that {} follows from its other dependencies", named(first))
        } else {
            format!("{count} stated dependencies follow from others, such as that {}", named(first))
        };
        let mut finding = Diagnostic::info("dep/needless", first.evidence.at(), message)
            .help("they can be removed without changing the order".to_owned());
        for edge in &stated[1..] {
            finding = finding.label(edge.evidence.at(), named(edge));
        }
        findings.push(finding);
    }
}

/// Flat arrays, and a topological order that follows the document.
fn lay_out(graph: &mut TaskGraph, edges: Vec<Edge>) {
    let count = graph.tasks.len();
    let successors = csr(count, &edges);
    graph.order = topological(&successors).expect("circles were broken").into_iter().map(TaskId).collect();
    graph.incoming = vec![0; count + 1];
    for edge in &edges {
        graph.incoming[edge.to.index() + 1] += 1;
    }
    for at in 0..count {
        graph.incoming[at + 1] += graph.incoming[at];
    }
    graph.outgoing = Vec::with_capacity(count + 1);
    graph.outgoing.push(0);
    graph.next = Vec::with_capacity(edges.len());
    for task in 0..count {
        let row = successors.row(u32::try_from(task).expect("tasks are numbered by u32"));
        graph.next.extend(row.iter().map(|&to| TaskId(to)));
        graph.outgoing.push(u32::try_from(graph.next.len()).expect("edges are numbered by u32"));
    }
    graph.evidence.sort_by_key(|edge| (edge.to, edge.from, edge.rule));
    graph.edges = edges;
}
