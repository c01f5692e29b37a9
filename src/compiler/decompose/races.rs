//! Races of the graph: what its tasks do to paths, shown to `race`; what comes back as edges, findings and merges.

use crate::base::diagnostic::Diagnostic;
use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::topological;
use crate::base::glob::Glob;
use crate::base::table::Id as _;
use crate::base::text::Text;
use crate::ir::graph::{Edge, Rule, TaskGraph, TaskId};
use crate::ir::settings::Races;

use super::Context;
use super::race::{Clash, Policy, Reason, Use, resolve};

/// Adds the fewest edges that keep two tasks from touching one path at a time; what may not be ordered is an error.
pub(super) fn order(
    context: Context<'_>,
    graph: &mut TaskGraph,
    edges: &mut Vec<Edge>,
    findings: &mut Vec<Diagnostic>,
) {
    let pairs: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.from.0, edge.to.0)).collect();
    let successors = Csr::new(graph.tasks.len(), &pairs);
    let Ok(order) = topological(&successors) else { return };
    let (uses, texts) = uses(context, graph);
    protected(context, graph, &uses, &texts, findings);
    let parallel: Vec<bool> = graph.tasks.iter().map(|(_, task)| task.parallel).collect();
    let isolated: Vec<bool> = graph.tasks.iter().map(|(_, task)| task.has_copy(context.inputs)).collect();
    // Who wrote for another tool has declared no patterns: they were read out of words, and words are no reason to
    // refuse a file.
    let foreign = graph.stories.iter().all(|(_, story)| story.foreign);
    let policy = Policy {
        paths: context.settings.races,
        globs: if foreign { context.settings.races } else { Races::Deny },
        shared: &context.settings.shared_paths,
        parallel: &parallel,
        isolated: &isolated,
    };
    let resolution = resolve(&uses, &successors, &order, &policy);
    let d4 = context.lexicon.rule(Rule::D4);
    let mut added = Vec::with_capacity(resolution.orders.len());
    for clash in &resolution.orders {
        let (first, second) = (uses[clash.by_first as usize], uses[clash.by_second as usize]);
        let both_write = first.write && second.write && first.path == second.path;
        added.push(Edge {
            from: TaskId(clash.first),
            to: TaskId(clash.second),
            rule: if both_write && d4.on { Rule::D4 } else { Rule::Race },
            confidence: d4.confidence,
            evidence: texts[clash.by_second as usize].clone(),
        });
    }
    for (clash, reason) in &resolution.errors {
        findings.push(race(context, graph, &uses, &texts, clash, *reason));
    }
    for clash in &resolution.merges {
        let path = texts[clash.by_second as usize].clone();
        graph.merges.push((TaskId(clash.first), TaskId(clash.second), path));
    }
    edges.extend(added);
}

/// What open tasks do to paths, and the words each was read from.
fn uses<'a>(context: Context<'a>, graph: &'a TaskGraph) -> (Vec<Use<'a>>, Vec<Text>) {
    let mut uses = Vec::new();
    let mut texts = Vec::new();
    for (id, task) in graph.tasks.iter().filter(|(_, task)| !task.done) {
        let mut add = |text: &'a Text, glob: bool, write: bool| {
            let path = text.get(context.inputs);
            uses.push(Use { task: id.0, path, glob, write });
            texts.push(text.clone());
        };
        for output in &graph.outputs[task.outputs.range()] {
            add(&output.path, false, true);
        }
        for path in &graph.owns[task.owns.range()] {
            add(path, path.get(context.inputs).contains(['*', '?', '[', '{']), true);
        }
        for path in &graph.reads[task.reads.range()] {
            add(path, path.get(context.inputs).contains('*'), false);
        }
    }
    (uses, texts)
}

/// Writers of what nothing may write, each once.
fn protected(
    context: Context<'_>,
    graph: &TaskGraph,
    uses: &[Use<'_>],
    texts: &[Text],
    findings: &mut Vec<Diagnostic>,
) {
    let globs: Vec<(&str, Glob)> =
        context.settings.protected_paths.iter().map(|text| (text.as_str(), Glob::parse(text))).collect();
    let mut told = None;
    let near =
        |glob: &Glob, path: &str| glob.stems().any(|stem| path.starts_with(stem) || stem.starts_with(path));
    for (it, text) in uses.iter().zip(texts).filter(|(it, _)| it.write) {
        let mut candidates = globs.iter().filter(|(_, glob)| near(glob, it.path)).peekable();
        if candidates.peek().is_none() {
            continue;
        }
        let own = if it.glob { Glob::parse(it.path) } else { Glob::path(it.path) };
        // A pattern that only reaches into a protected folder (`**/*.md`) is no intention to write there.
        let within = |glob: &Glob| own.stems().all(|stem| glob.matches(&format!("{stem}x")));
        let hit = candidates.find(|(_, glob)| if it.glob { within(glob) } else { glob.overlaps(&own) });
        if let Some((pattern, _)) = hit
            && told != Some(it.task)
        {
            told = Some(it.task);
            let id = graph.id(TaskId(it.task), context.inputs);
            findings.push(
                Diagnostic::error(
                    "path/protected",
                    text.at(),
                    format!("`{id}` writes `{}`, which `{pattern}` protects", it.path),
                )
                .why("what lies there belongs to a tool, or to nobody's task")
                .help(
                    "let the task write elsewhere, or change `paths.protected` in dispatch.yaml".to_owned(),
                ),
            );
        }
    }
}

fn race(
    context: Context<'_>,
    graph: &TaskGraph,
    uses: &[Use<'_>],
    texts: &[Text],
    clash: &Clash,
    reason: Reason,
) -> Diagnostic {
    let (first, second) = (clash.by_first as usize, clash.by_second as usize);
    let id = |row: u32| graph.id(TaskId::from_index(row as usize), context.inputs);
    let (one, other) = (id(clash.first), id(clash.second));
    let path = uses[second].path;
    let verb = |at: usize| if uses[at].write { "writes" } else { "reads" };
    let (message, help) = match reason {
        Reason::Parallel => (
            format!("`{one}` and `{other}` are marked parallel, and both touch `{path}`"),
            format!("remove one of the marks, or let `{other}` depend on `{one}`"),
        ),
        Reason::Denied => (
            format!("`{one}` and `{other}` may touch `{path}` at the same time"),
            format!("let `{other}` depend on `{one}`, or allow ordering with `--races serialize`"),
        ),
        Reason::Globs => (
            format!("`{one}` and `{other}` own paths that overlap: `{}` and `{path}`", uses[first].path),
            format!("let `{other}` depend on `{one}`, or narrow what they own"),
        ),
    };
    Diagnostic::error("path/race", texts[second].at(), message)
        .here(format!("`{other}` {} it here", verb(second)))
        .label(texts[first].at(), format!("`{one}` {} it here", verb(first)))
        .why("what one agent writes, another agent may overwrite unseen")
        .help(help)
        .veto("V1.14")
}
