//! What may become of a plan, as far as its size allows: exact search, forecast, risks, sizes of waves.

use crate::base::diagnostic::Diagnostic;
use crate::base::quantity::Millis;
use crate::base::span::Span;
use crate::base::table::Table;
use crate::ir::graph::TaskId;
use crate::ir::outlook::{Optimum, Outlook};
use crate::ir::settings::Settings;

use super::Outside;
use super::batch::curve;
use super::montecarlo::{forecast, plays};
use super::optimal::{LIMIT, NODES, Search, optimal};
use super::pool::Pool;
use super::problem::Problem;
use super::risk::{Planned, best_gate, risks};

/// Searches for a schedule shorter than `pool`, and takes its place if there is one; none if the plan is too large.
pub(super) fn search(problem: &Problem, ranking: &mut Vec<u32>, pool: &mut Pool) -> Option<Optimum> {
    if problem.len() > LIMIT || problem.is_paced() {
        return None;
    }
    let (found, whole) = optimal(problem, Search::Exact, NODES, pool.makespan);
    let proven = whole || found.as_ref().is_some_and(|found| found.proven);
    if let Some(found) = found {
        *ranking = problem.ranked(|v| found.start[v as usize]);
        pool.sequence = ranking.iter().copied().filter(|&v| problem.runs(v)).collect();
        pool.makespan = found.makespan;
        pool.start = found.start;
    }
    Some(Optimum { makespan: Millis(pool.makespan), proven })
}

/// Why the exact search was not made.
pub(super) fn not_searched(problem: &Problem, head: Span) -> Diagnostic {
    let message = if problem.len() > LIMIT {
        format!("an exact search takes {LIMIT} tasks at most, and this plan has {}", problem.len())
    } else {
        "an exact search does not know pauses between starts and limits per minute".to_owned()
    };
    Diagnostic::warning("schedule/not-exact", head, message).help(
        "the schedule shown is the usual one; its distance to `lower_bound_s` tells how good it is"
            .to_owned(),
    )
}

/// Everything the settings allow for a plan of this size; the first `tasks` vertices are tasks.
pub(super) fn outlook(
    planned: Planned<'_>,
    tasks: usize,
    optimum: Option<Optimum>,
    settings: &Settings,
    outside: Outside<'_>,
) -> Outlook {
    let problem = planned.problem;
    let mut risks = risks(planned);
    let gate = best_gate(problem, &risks).map(TaskId).filter(|gate| (gate.0 as usize) < tasks);
    risks.truncate(tasks);
    let foresight = &settings.foresight;
    let sizes = u64::from(problem.capacity.parallel).saturating_mul(problem.len() as u64);
    let plays = plays(problem.len(), foresight).filter(|_| problem.runners().next().is_some());
    Outlook {
        optimum,
        forecast: plays.map(|plays| forecast(problem, planned.ranking, tasks, outside.seed, plays)),
        risks: Table::new(risks),
        gate,
        // A plan of a size is some twenty times the work of a play.
        curve: (problem.autos().next().is_some() && sizes.saturating_mul(20) <= foresight.work)
            .then(|| curve(problem, planned.cpm, foresight, outside.money)),
    }
}
