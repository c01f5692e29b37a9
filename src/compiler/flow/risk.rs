//! What it costs if a task fails: minutes if it is repeated, everything behind it if it is not.

use crate::base::quantity::{MicroUsd, Millis};
use crate::ir::outlook::Risk;

use super::cpm::Cpm;
use super::pool::{Pool, simulate};
use super::problem::{Kind, Problem};
use super::ready::Classes;

/// Vertices up to which each repetition is scheduled anew; beyond, its delay is its time less its slack.
const REPLAN: usize = 100;
/// Vertices up to which everything behind a task is added up; beyond, shared out along the edges.
const CLOSURE: usize = 500;

/// A plan whose risks are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Planned<'a> {
    /// What is scheduled.
    pub problem: &'a Problem,
    /// Its times without limits.
    pub cpm: &'a Cpm,
    /// The order of starts.
    pub ranking: &'a [u32],
    /// The pool schedule.
    pub pool: &'a Pool,
}

/// The risk of each vertex.
#[must_use]
pub fn risks(planned: Planned<'_>) -> Vec<Risk> {
    let Planned { problem, cpm, ranking, pool: plan } = planned;
    let blocked = cpm.followers(problem);
    let behind = behind(problem);
    let open = problem.kind.iter().filter(|&&kind| kind != Kind::Void).count();
    let known = problem.failure.iter().any(|&failure| failure > 0);
    let replan = problem.len() <= REPLAN;
    let classes = replan.then(|| Classes::new(problem, ranking));
    let mut duration = problem.duration.clone();
    problem
        .vertices()
        .map(|v| {
            let at = v as usize;
            if problem.kind[at] == Kind::Void {
                return Risk::default();
            }
            let delay = if let Some(classes) = &classes {
                duration[at] = problem.duration[at].saturating_mul(2);
                let later = simulate(problem, classes, &duration).makespan;
                duration[at] = problem.duration[at];
                later.saturating_sub(plan.makespan)
            } else {
                let end = plan.start[at].saturating_add(cpm.tail[at]);
                problem.duration[at].saturating_sub(plan.makespan.saturating_sub(end))
            };
            // Where nothing is known of failures all are as likely.
            let chance = u64::from(if known { problem.failure[at] } else { 1 });
            Risk {
                delay: Millis(delay),
                waste: MicroUsd(problem.cost[at][1]),
                blocked: blocked[at],
                blocked_cost: MicroUsd(behind[at]),
                single_point: blocked[at] > 1 && blocked[at] as usize * 2 >= open.saturating_sub(1),
                gate_value: behind[at].saturating_mul(chance),
            }
        })
        .collect()
}

/// The vertex behind which a gate saves most; none if nothing is built on anything.
#[must_use]
pub fn best_gate(problem: &Problem, risks: &[Risk]) -> Option<u32> {
    let worth = problem.vertices().filter(|&v| risks[v as usize].gate_value > 0);
    worth.max_by_key(|&v| (risks[v as usize].gate_value, std::cmp::Reverse(problem.natural[v as usize])))
}

/// The money of all that waits for each vertex.
fn behind(problem: &Problem) -> Vec<u64> {
    let likely = |v: u32| problem.cost[v as usize][1];
    if problem.len() > CLOSURE {
        let mut sums = vec![0_u64; problem.len()];
        for &v in problem.order.iter().rev() {
            sums[v as usize] = problem.successors.row(v).iter().fold(0, |sum, &w| {
                let shares = problem.predecessors.row(w).len().max(1) as u64;
                sums[w as usize].saturating_add(likely(w)).div_ceil(shares).saturating_add(sum)
            });
        }
        return sums;
    }
    let mut seen = vec![u32::MAX; problem.len()];
    let mut stack = Vec::new();
    problem
        .vertices()
        .map(|v| {
            let mut sum = 0_u64;
            stack.push(v);
            while let Some(u) = stack.pop() {
                for &w in problem.successors.row(u) {
                    if std::mem::replace(&mut seen[w as usize], v) != v {
                        sum = sum.saturating_add(likely(w));
                        stack.push(w);
                    }
                }
            }
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Planned, Risk, best_gate, risks};
    use crate::compiler::flow::cpm::Cpm;
    use crate::compiler::flow::improve::best;
    use crate::compiler::flow::problem::Problem;

    fn check() -> (Vec<Risk>, Option<u32>) {
        let mut problem = Problem::new(vec![10, 30, 20, 5], &[(0, 1), (0, 2), (1, 3), (2, 3)], 2).unwrap();
        problem.cost = vec![[0, 7, 9], [0, 5, 9], [0, 3, 9], [0, 1, 9]];
        let cpm = Cpm::new(&problem);
        let (ranking, pool) = best(&problem, &cpm);
        let risks = risks(Planned { problem: &problem, cpm: &cpm, ranking: &ranking, pool: &pool });
        let gate = best_gate(&problem, &risks);
        (risks, gate)
    }

    #[test]
    fn a_chain_and_a_crowd_of_twenty_thousand() {
        let n = 20_000_u32;
        let chain: Vec<(u32, u32)> = (1..n).map(|v| (v - 1, v)).collect();
        for (edges, blocked, delay) in [(chain, n - 1, 5), (Vec::new(), 0, 0)] {
            let mut problem = Problem::new(vec![5; n as usize], &edges, 7).unwrap();
            problem.cost = vec![[1, 2, 3]; n as usize];
            let cpm = Cpm::new(&problem);
            let (ranking, pool) = best(&problem, &cpm);
            let risks = risks(Planned { problem: &problem, cpm: &cpm, ranking: &ranking, pool: &pool });
            assert_eq!((risks[0].blocked, risks[0].delay.0), (blocked, delay));
            assert_eq!(risks[0].blocked_cost.0, u64::from(blocked) * 2);
        }
    }

    #[test]
    fn what_much_is_built_on_is_where_a_gate_belongs() {
        let (risks, gate) = check();
        assert_eq!(gate, Some(0));
        assert_eq!(risks.iter().map(|risk| risk.delay.0).collect::<Vec<_>>(), [10, 30, 10, 5]);
        assert_eq!(risks.iter().map(|risk| risk.blocked_cost.0).collect::<Vec<_>>(), [9, 1, 1, 0]);
        assert_eq!(
            risks.iter().map(|risk| risk.single_point).collect::<Vec<_>>(),
            [true, false, false, false]
        );
        assert_eq!((risks[0].blocked, risks[0].waste.0), (3, 7));
    }
}
