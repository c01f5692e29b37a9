//! Brings tasks of like duration together: moves and swaps between waves that make the waves shorter in sum.

use crate::base::digraph::csr::Csr;
use crate::compiler::flow::problem::Problem;
use crate::compiler::flow::ready::Verdict;

use super::load::Load;

/// Times all waves are looked at.
const PASSES: usize = 4;
/// Waves on either side that are tried.
const REACH: usize = 16;

/// Waves of the same tasks, the sum of whose longest tasks is no greater.
pub(super) fn even(problem: &Problem, waves: &Csr) -> Csr {
    let mut even = Even::new(problem, waves);
    for _ in 0..PASSES {
        let mut better = false;
        for wave in 0..even.waves.len() {
            better |= even.improve(wave);
        }
        if !better {
            break;
        }
    }
    even.done()
}

/// What is done to shorten a wave: its longest task goes to another wave, and perhaps one comes back.
#[derive(Debug, Clone, Copy)]
struct Change {
    to: usize,
    back: Option<usize>,
}

struct Even<'a> {
    problem: &'a Problem,
    waves: Vec<Vec<u32>>,
    of: Vec<usize>,
    load: Load,
}

impl<'a> Even<'a> {
    fn new(problem: &'a Problem, waves: &Csr) -> Self {
        let mut of = vec![0; problem.len()];
        let rows: Vec<Vec<u32>> = waves.vertices().map(|wave| waves.row(wave).to_vec()).collect();
        for (wave, row) in rows.iter().enumerate() {
            for &v in row {
                of[v as usize] = wave;
            }
        }
        Self { problem, waves: rows, of, load: Load::default() }
    }

    fn time(&self, v: u32) -> u64 {
        self.problem.duration[v as usize]
    }

    /// Longest time of a wave without one task and with another.
    fn longest(&self, wave: usize, without: Option<usize>, with: Option<u32>) -> u64 {
        let row = self.waves[wave].iter().enumerate();
        let stay = row.filter(|&(at, _)| Some(at) != without).map(|(_, &v)| self.time(v)).max();
        stay.unwrap_or(0).max(with.map_or(0, |v| self.time(v)))
    }

    /// The waves a task may be in, first and last; only its own where people stand before or behind it.
    fn window(&self, v: u32) -> (usize, usize) {
        let problem = self.problem;
        let own = self.of[v as usize];
        let (before, after) = (problem.predecessors.row(v), problem.successors.row(v));
        if before.iter().chain(after).any(|&w| !problem.is_auto(w)) {
            return (own, own);
        }
        let first = before.iter().map(|&w| self.of[w as usize] + 1).max().unwrap_or(0);
        let last = after.iter().map(|&w| self.of[w as usize] - 1).min().unwrap_or(self.waves.len() - 1);
        (first, last)
    }

    /// Makes the change of the longest task of a wave that gains most, if any gains.
    fn improve(&mut self, wave: usize) -> bool {
        let Some((at, &v)) =
            self.waves[wave].iter().enumerate().max_by_key(|&(at, &v)| (self.time(v), std::cmp::Reverse(at)))
        else {
            return false;
        };
        let before = self.longest(wave, None, None);
        if self.longest(wave, Some(at), None) == before {
            return false;
        }
        let (first, last) = self.window(v);
        let (first, last) = (first.max(wave.saturating_sub(REACH)), last.min(wave + REACH));
        let mut best: Option<(u64, Change)> = None;
        for to in (first..=last).filter(|&to| to != wave) {
            let sum = before + self.longest(to, None, None);
            let backs = (0..self.waves[to].len()).map(Some).chain([None]);
            for back in backs {
                let other = back.map(|at| self.waves[to][at]);
                if other.is_some_and(|other| self.time(other) >= self.time(v)) {
                    continue;
                }
                let after = self.longest(wave, Some(at), other) + self.longest(to, back, Some(v));
                if after >= sum || best.is_some_and(|(gain, _)| sum - after <= gain) {
                    continue;
                }
                let change = Change { to, back };
                if self.allowed(wave, at, change) {
                    best = Some((sum - after, change));
                }
            }
        }
        let Some((_, Change { to, back })) = best else { return false };
        self.waves[wave].remove(at);
        if let Some(back) = back {
            let other = self.waves[to].remove(back);
            self.waves[wave].push(other);
            self.of[other as usize] = wave;
        }
        self.waves[to].push(v);
        self.of[v as usize] = to;
        true
    }

    /// Whether both waves would keep all limits and the order of tasks.
    fn allowed(&mut self, wave: usize, at: usize, change: Change) -> bool {
        let v = self.waves[wave][at];
        let other = change.back.map(|back| self.waves[change.to][back]);
        if let Some(other) = other {
            let (first, last) = self.window(other);
            if wave < first || wave > last {
                return false;
            }
        }
        self.holds(wave, Some(at), other) && self.holds(change.to, change.back, Some(v))
    }

    /// Whether a wave without one task and with another keeps all limits.
    fn holds(&mut self, wave: usize, without: Option<usize>, with: Option<u32>) -> bool {
        self.load.clear();
        let stay =
            self.waves[wave].iter().enumerate().filter(|&(at, _)| Some(at) != without).map(|(_, &v)| v);
        for v in stay.chain(with) {
            if self.load.fits(self.problem, v) != Verdict::Yes {
                return false;
            }
            self.load.add(self.problem, v);
        }
        true
    }

    fn done(self) -> Csr {
        let mut start = vec![0_u32];
        let mut tasks = Vec::new();
        for row in self.waves.iter().filter(|row| !row.is_empty()) {
            tasks.extend_from_slice(row);
            start.push(u32::try_from(tasks.len()).expect("tasks are numbered by u32"));
        }
        Csr::from_rows(start, tasks)
    }
}
