//! The shortest schedule there is, for small problems: branch and bound over tasks in order of their starts.
//!
//! Every schedule in which nothing could start earlier is reached by placing its tasks in order of start, each as
//! early as it fits but not before the one placed last. A state that has placed the same tasks as another, all no
//! earlier, is dropped; so is one whose longest remaining way, or remaining work, ends no earlier than the best.

use std::collections::BTreeMap;

use super::bound::lower_bound;
use super::cpm::Cpm;
use super::pool::Usage;
use super::problem::Problem;
use super::ready::Verdict;

/// Most vertices of an exact search.
pub const LIMIT: usize = 20;
/// States visited before an exact search gives up.
pub const NODES: usize = 2_000_000;

/// Which schedules are searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// All.
    Exact,
    /// Those in which nothing waits that could start: what an executor with a ranking can follow.
    Greedy,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Optimum {
    /// Start of each vertex.
    pub start: Vec<u64>,
    /// When the last ends.
    pub makespan: u64,
    /// Nothing shorter exists among the schedules searched.
    pub proven: bool,
}

/// The best schedule shorter than `below`, if the search finds one; `None` also for problems that are too large, or
/// whose starts are paced. The second value tells whether all was searched.
#[must_use]
pub fn optimal(problem: &Problem, search: Search, nodes: usize, below: u64) -> (Option<Optimum>, bool) {
    if problem.len() > LIMIT || problem.is_paced() {
        return (None, false);
    }
    let cpm = Cpm::new(problem);
    let bound = lower_bound(problem, &cpm);
    let people = problem.runners().count() < problem.len();
    let mut tree =
        Tree { problem, cpm, search, bound, nodes, best: None, below, people, seen: BTreeMap::new() };
    tree.visit(&State { placed: 0, last: 0, start: vec![0; problem.len()] });
    let whole = tree.nodes > 0;
    if let Some(best) = &mut tree.best {
        best.proven = whole || best.makespan == bound;
    }
    (tree.best, whole)
}

#[derive(Debug, Clone)]
struct State {
    /// Vertices placed, as bits.
    placed: u32,
    /// Start of the one placed last.
    last: u64,
    start: Vec<u64>,
}

struct Tree<'a> {
    problem: &'a Problem,
    cpm: Cpm,
    search: Search,
    bound: u64,
    /// States that may still be visited.
    nodes: usize,
    best: Option<Optimum>,
    below: u64,
    /// Some vertices are people's.
    people: bool,
    /// By set of placed vertices: the states that were visited.
    seen: BTreeMap<u32, Vec<(u64, Vec<u64>)>>,
}

impl Tree<'_> {
    fn end(&self, state: &State, v: u32) -> u64 {
        state.start[v as usize] + self.problem.duration[v as usize]
    }

    /// The recursion is as deep as there are vertices: `LIMIT` at most.
    fn visit(&mut self, state: &State) {
        if self.nodes == 0 || self.below <= self.bound {
            return;
        }
        self.nodes -= 1;
        let problem = self.problem;
        let is_placed = |v: u32| state.placed >> v & 1 == 1;
        if problem.vertices().all(is_placed) {
            let makespan = problem.vertices().map(|v| self.end(state, v)).max().unwrap_or(0);
            if makespan < self.below {
                self.below = makespan;
                self.best = Some(Optimum { start: state.start.clone(), makespan, proven: false });
            }
            return;
        }
        let eligible = problem
            .vertices()
            .filter(|&v| !is_placed(v) && problem.predecessors.row(v).iter().all(|&u| is_placed(u)));
        let mut choices: Vec<(u64, u32)> = eligible.map(|v| (self.earliest(state, v), v)).collect();
        if self.is_hopeless(state, &choices) || self.is_dominated(state) {
            return;
        }
        if self.search == Search::Greedy {
            let first = choices.iter().map(|&(at, _)| at).min();
            choices.retain(|&(at, _)| Some(at) == first);
        }
        // The likeliest first: early, then the longest way to go.
        choices.sort_unstable_by_key(|&(at, v)| (at, std::cmp::Reverse(self.cpm.tail[v as usize]), v));
        for (at, v) in choices {
            let mut next = state.clone();
            next.placed |= 1 << v;
            next.start[v as usize] = at;
            if problem.runs(v) {
                next.last = at;
            }
            self.visit(&next);
        }
    }

    /// The earliest start of a vertex, not before the last one placed.
    fn earliest(&self, state: &State, v: u32) -> u64 {
        let problem = self.problem;
        let ready = problem.predecessors.row(v).iter().map(|&u| self.end(state, u)).max().unwrap_or(0);
        if !problem.runs(v) {
            return ready;
        }
        let running = || problem.runners().filter(|&u| state.placed >> u & 1 == 1);
        let mut at = ready.max(state.last);
        loop {
            let mut usage = Usage::new(problem);
            running().filter(|&u| self.end(state, u) > at).for_each(|u| usage.take(problem, u));
            if usage.fits(problem, v, None) == Verdict::Yes {
                return at;
            }
            let next = running().map(|u| self.end(state, u)).filter(|&end| end > at).min();
            at = next.expect("a task that does not fit is kept out by one that runs");
        }
    }

    /// Whether what is left cannot end before the best.
    fn is_hopeless(&self, state: &State, choices: &[(u64, u32)]) -> bool {
        let problem = self.problem;
        let way = choices.iter().map(|&(at, v)| at + self.cpm.tail[v as usize]).max().unwrap_or(0);
        let done = problem.vertices().filter(|&v| state.placed >> v & 1 == 1).map(|v| self.end(state, v));
        let mut work = 0;
        for v in problem.runners() {
            work += if state.placed >> v & 1 == 1 {
                self.end(state, v).saturating_sub(state.last)
            } else {
                problem.duration[v as usize]
            };
        }
        let least = state.last + work.div_ceil(u64::from(problem.capacity.parallel));
        way.max(least).max(done.max().unwrap_or(0)) >= self.below
    }

    /// Whether a state with the same tasks placed, none later, was visited; otherwise records this one.
    fn is_dominated(&mut self, state: &State) -> bool {
        const KEPT: usize = 16;
        let placed = self.problem.vertices().filter(|&v| state.placed >> v & 1 == 1);
        // Nothing that takes a slot starts before the last start, so it is the same whether what has ended by then ended
        // earlier still; people's work may start before.
        let ends: Vec<u64> =
            placed.map(|v| self.end(state, v).max(if self.people { 0 } else { state.last })).collect();
        let seen = self.seen.entry(state.placed).or_default();
        let worse = |(last, others): &(u64, Vec<u64>)| {
            *last <= state.last && others.iter().zip(&ends).all(|(other, end)| other <= end)
        };
        if seen.iter().any(worse) {
            return true;
        }
        if seen.len() < KEPT {
            seen.push((state.last, ends));
        }
        false
    }
}

#[cfg(test)]
mod tests;
