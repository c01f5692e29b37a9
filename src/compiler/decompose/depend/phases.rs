//! D8: a phase begins when the phase before it has ended. The barrier is drawn as its cut: from what nothing of the
//! earlier phase waits for, to what waits for nothing of the later one.

use std::collections::BTreeSet;

use crate::base::diagnostic::Diagnostic;
use crate::base::table::{Id as _, Run};
use crate::ir::draft::{Draft, ItemId, ItemKind};
use crate::ir::graph::Rule;

use super::super::Context;
use super::super::sketch::Sketch;
use super::{Proposals, only};

/// Proposes the barriers of one document.
pub(super) fn propose(
    context: Context<'_>,
    draft: &Draft,
    number: usize,
    sketch: &Sketch,
    edges: &mut Proposals<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    if !context.settings.phase_barrier || !context.lexicon.rule(Rule::D8).on {
        return;
    }
    let phases: Vec<(ItemId, Run)> = draft
        .items
        .iter()
        .filter(|(_, item)| item.kind == ItemKind::Phase)
        .map(|(id, _)| (id, sketch.made[number][id.index()]))
        .filter(|(_, run)| !run.is_empty())
        .collect();
    if phases.len() < 2 {
        return;
    }
    let mut waits = BTreeSet::new();
    let mut awaited = BTreeSet::new();
    let phase = |task: usize| sketch.tasks.rows()[task].phase;
    for edge in &edges.edges {
        let (from, to) = (edge.from.index(), edge.to.index());
        if phase(from) == phase(to) {
            waits.insert(to);
            awaited.insert(from);
        }
    }
    for pair in phases.windows(2) {
        let ((earlier, first), (later, second)) = (pair[0], pair[1]);
        let nested = second.start < first.end;
        if nested {
            continue;
        }
        let ends: Vec<usize> = first.range().filter(|task| !awaited.contains(task)).collect();
        let begins: Vec<usize> = second.range().filter(|task| !waits.contains(task)).collect();
        let title = &draft.items[later].title;
        if ends.len().saturating_mul(begins.len()) > context.lexicon.barrier_edges {
            findings.push(
                Diagnostic::warning(
                    "dep/barrier-too-wide",
                    title.at(),
                    format!("a barrier of {} by {} tasks is too wide to be drawn", ends.len(), begins.len()),
                )
                .label(draft.items[earlier].title.at(), "the phase before it")
                .help("order the tasks of both phases themselves, or divide the phases".to_owned()),
            );
            continue;
        }
        for &to in &begins {
            for &from in &ends {
                edges.add(only(from), only(to), Rule::D8, title);
            }
        }
    }
}
