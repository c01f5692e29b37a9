//! Waves: sets of tasks that start together, each after all of the wave before has ended.
//!
//! Three ways of cutting are tried and the one that ends first is kept: packing the most urgent tasks that fit,
//! the same with tasks of like duration brought together, and Kahn levels cut longest first. The last has the levels
//! of the system this one replaces and the best cut of each, so where only the number of tasks at a time is limited
//! the result is never worse than its.

mod even;
pub(super) mod load;
mod patient;
mod time;

use std::cmp::Reverse;

use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::in_degrees;

use super::cpm::{Cpm, auto_levels};
use super::problem::Problem;
use super::ready::{Classes, Ready};
use super::wsjf;

use load::Load;
pub use time::timed;

/// A way of cutting, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waves {
    /// The tasks of each wave, in order of their priority.
    pub tasks: Csr,
    /// When each wave starts.
    pub starts: Vec<u64>,
    /// When everything has ended, the time set aside after each wave included.
    pub end: u64,
    /// `packed`, `homogenised`, `levels` or `patient`.
    pub packer: &'static str,
}

/// Vertices above which tasks are not moved between waves: levels cut longest first are as good there.
const EVEN: usize = 2_000;

/// The best of the ways: the earliest end, then the fewest waves, then the first of them.
#[must_use]
pub fn waves(problem: &Problem, cpm: &Cpm) -> Waves {
    let urgent = by_urgency(problem, cpm);
    let classes = Classes::new(problem, &urgent);
    let packed = pack(problem, &classes);
    let evened = (problem.len() <= EVEN).then(|| ("homogenised", even::even(problem, &packed)));
    let levels = by_level(problem);
    // Where people, timers or consent stand between tasks, no wave should wait for one of them while others could go on.
    let alone = problem.autos().count() == problem.len();
    let patient = (!alone).then(|| ("patient", patient::pack(problem, &classes)));
    [Some(("packed", packed)), evened, Some(("levels", levels)), patient]
        .into_iter()
        .flatten()
        .map(|(packer, tasks)| timed(problem, tasks, packer))
        .min_by_key(|waves| (waves.end, waves.starts.len()))
        .expect("there are two at least")
}

/// The order in which tasks are put into waves.
#[must_use]
pub fn by_urgency(problem: &Problem, cpm: &Cpm) -> Vec<u32> {
    let delay = wsjf::cost_of_delay(problem, cpm);
    let mut keyed: Vec<(Reverse<u32>, Reverse<u64>, u32)> = problem
        .vertices()
        .map(|v| (Reverse(cpm.tail_levels[v as usize]), Reverse(cpm.tail[v as usize]), v))
        .collect();
    keyed.sort_unstable();
    for alike in keyed.chunk_by_mut(|a, b| (a.0, a.1) == (b.0, b.1)) {
        alike.sort_unstable_by(|&(_, _, a), &(_, _, b)| {
            let (x, y) = (a as usize, b as usize);
            let time = &problem.duration;
            wsjf::compare((delay[x], delay[y]), (time[x], time[y]))
                .then_with(|| problem.family[x].cmp(&problem.family[y]))
                .then_with(|| time[y].cmp(&time[x]))
                .then_with(|| problem.natural[x].cmp(&problem.natural[y]))
        });
    }
    keyed.into_iter().map(|(_, _, v)| v).collect()
}

/// Fills wave after wave with the best tasks that fit.
fn pack(problem: &Problem, classes: &Classes) -> Csr {
    let mut waiting = in_degrees(&problem.successors);
    let mut ready = Ready::new(classes);
    let mut freed: Vec<u32> = problem.vertices().filter(|&v| waiting[v as usize] == 0).collect();
    let mut waves = Filling::default();
    loop {
        // What is not automatic stands between waves: it frees its successors at once.
        while let Some(v) = freed.pop() {
            if problem.is_auto(v) {
                ready.insert(v);
            } else {
                release(problem, v, &mut waiting, &mut freed);
            }
        }
        if ready.is_empty() {
            return waves.done();
        }
        let wave = waves.fill(problem, &mut ready);
        for &v in wave {
            release(problem, v, &mut waiting, &mut freed);
        }
    }
}

/// Takes a vertex off those its successors wait for.
fn release(problem: &Problem, v: u32, waiting: &mut [u32], freed: &mut Vec<u32>) {
    for &w in problem.successors.row(v) {
        waiting[w as usize] -= 1;
        if waiting[w as usize] == 0 {
            freed.push(w);
        }
    }
}

/// Cuts each Kahn level, its longest tasks first.
fn by_level(problem: &Problem) -> Csr {
    let level = auto_levels(problem);
    let longest_first = problem.ranked(|v| Reverse(problem.duration[v as usize]));
    let classes = Classes::new(problem, &longest_first);
    let mut ready = Ready::new(&classes);
    let mut sorted: Vec<u32> = problem.autos().collect();
    sorted.sort_by_key(|&v| level[v as usize]);
    let mut waves = Filling::default();
    for level in sorted.chunk_by(|&a, &b| level[a as usize] == level[b as usize]) {
        for &v in level {
            ready.insert(v);
        }
        while !ready.is_empty() {
            waves.fill(problem, &mut ready);
        }
    }
    waves.done()
}

/// Waves in the making.
struct Filling {
    start: Vec<u32>,
    tasks: Vec<u32>,
    load: Load,
}

impl Default for Filling {
    fn default() -> Self {
        Self { start: vec![0], tasks: Vec::new(), load: Load::default() }
    }
}

impl Filling {
    /// Moves the best ready tasks that fit together into a new wave, and returns it. At least one always fits.
    fn fill(&mut self, problem: &Problem, ready: &mut Ready) -> &[u32] {
        self.load.clear();
        while let Some(v) = ready.best(|v| self.load.fits(problem, v)) {
            ready.remove(v);
            self.load.add(problem, v);
            self.tasks.push(v);
        }
        let begin = self.start[self.start.len() - 1] as usize;
        self.start.push(u32::try_from(self.tasks.len()).expect("tasks are numbered by u32"));
        &self.tasks[begin..]
    }

    fn done(self) -> Csr {
        Csr::from_rows(self.start, self.tasks)
    }
}

#[cfg(test)]
mod tests;
