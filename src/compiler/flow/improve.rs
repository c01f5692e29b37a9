//! A better order of starts: bounded, deterministic improvement of the pool schedule.
//!
//! The first ranking is by longest tail. If its schedule is above the lower bound, small problems are searched, and
//! larger ones improved by planning forwards and backwards in turn (a schedule's ends, read backwards, are the next
//! ranking) and by letting a task that waits for a slot on the critical chain go before the one that holds it.

use std::cmp::Reverse;

use super::bound::lower_bound;
use super::chain::chain;
use super::cpm::Cpm;
use super::optimal::{LIMIT, Search, optimal};
use super::pool::{Pool, pool};
use super::problem::Problem;

/// Vertices above which the first schedule is kept.
const SMALL: usize = 2_000;
/// Vertices above which a schedule within a thousandth of the lower bound is good enough.
const MANY: usize = 50;
/// Vertices placed in all schedules that are tried.
const WORK: usize = 50_000;
/// States of a search of small problems.
const NODES: usize = 4_000;
/// Rounds of planning forwards and backwards.
const ROUNDS: usize = 4;

/// The best ranking found and its schedule.
#[must_use]
pub fn best(problem: &Problem, cpm: &Cpm) -> (Vec<u32>, Pool) {
    let ranking = problem.ranked(|v| {
        let v = v as usize;
        (Reverse(cpm.tail[v]), Reverse(cpm.tail_levels[v]), Reverse(problem.duration[v]))
    });
    let first = pool(problem, &ranking);
    let bound = lower_bound(problem, cpm);
    // Of many tasks nobody notices a thousandth.
    let bound = bound + if problem.len() > MANY { bound / 1_000 } else { 0 };
    if first.makespan <= bound || problem.len() > SMALL {
        return (ranking, first);
    }
    let mut best = Best { problem, bound, ranking, pool: first, left: WORK / problem.len().max(1) };
    best.search();
    best.turn();
    best.boost();
    (best.ranking, best.pool)
}

struct Best<'a> {
    problem: &'a Problem,
    bound: u64,
    ranking: Vec<u32>,
    pool: Pool,
    /// Schedules that may still be tried.
    left: usize,
}

impl Best<'_> {
    fn is_done(&self) -> bool {
        self.pool.makespan <= self.bound || self.left == 0
    }

    /// Keeps a ranking if its schedule is shorter.
    fn offer(&mut self, ranking: Vec<u32>) -> bool {
        self.left = self.left.saturating_sub(1);
        let pool = pool(self.problem, &ranking);
        let better = pool.makespan < self.pool.makespan;
        if better {
            self.ranking = ranking;
            self.pool = pool;
        }
        better
    }

    /// Searches the schedules of a small problem in which nothing waits that could start.
    fn search(&mut self) {
        if self.problem.len() > LIMIT {
            return;
        }
        if let (Some(found), _) = optimal(self.problem, Search::Greedy, NODES, self.pool.makespan) {
            self.offer(self.problem.ranked(|v| found.start[v as usize]));
        }
    }

    /// Plans backwards by the ends of the best schedule, and forwards by the ends of that.
    fn turn(&mut self) {
        if self.is_done() {
            return;
        }
        let back = reversed(self.problem);
        let ends = |pool: &Pool| -> Vec<u64> {
            let start = pool.start.iter().zip(&self.problem.duration);
            start.map(|(start, time)| start.saturating_add(*time)).collect()
        };
        let mut forwards = ends(&self.pool);
        for _ in 0..ROUNDS {
            let backwards = ends(&pool(&back, &self.problem.ranked(|v| Reverse(forwards[v as usize]))));
            let ranking = self.problem.ranked(|v| Reverse(backwards[v as usize]));
            forwards = ends(&pool(self.problem, &ranking));
            if !self.offer(ranking) || self.is_done() {
                return;
            }
        }
    }

    /// Lets those that wait on the chain go before those they wait for, as long as that helps.
    fn boost(&mut self) {
        let mut at = 0;
        while !self.is_done() {
            let arcs = chain(self.problem, &self.pool.start).arcs;
            let scarce: Vec<(u32, u32)> =
                arcs.iter().filter(|arc| arc.resource.is_some()).map(|arc| (arc.from, arc.to)).collect();
            let Some(&(holder, waiting)) = scarce.get(at) else { return };
            let mut ranking = self.ranking.clone();
            let place =
                |v: u32| ranking.iter().position(|&other| other == v).expect("a ranking holds all vertices");
            let (to, from) = (place(holder), place(waiting));
            if to < from {
                ranking[to..=from].rotate_right(1);
                at = if self.offer(ranking) { 0 } else { at + 1 };
            } else {
                at += 1;
            }
        }
    }
}

/// The same problem with time running backwards.
fn reversed(problem: &Problem) -> Problem {
    let mut back = problem.clone();
    std::mem::swap(&mut back.successors, &mut back.predecessors);
    back.order.reverse();
    back
}
