//! Waves: sets of tasks that start together, each after all of the wave before has ended.
//!
//! Three ways of cutting are tried and the one that ends first is kept: packing the most urgent tasks that fit,
//! the same with tasks of like duration brought together, and Kahn levels cut longest first. The last has the levels
//! of the system this one replaces and the best cut of each, so where only the number of tasks at a time is limited
//! the result is never worse than its.

mod even;
pub(super) mod load;

use std::cmp::Reverse;

use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::in_degrees;

use super::cpm::{Cpm, auto_levels};
use super::problem::{Kind, Problem};
use super::ready::{Classes, Ready};
use super::wsjf;

use load::Load;

/// A way of cutting, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waves {
    /// The tasks of each wave, in order of their priority.
    pub tasks: Csr,
    /// When each wave starts.
    pub starts: Vec<u64>,
    /// When everything has ended, the time set aside after each wave included.
    pub end: u64,
    /// `packed`, `homogenised` or `levels`.
    pub packer: &'static str,
}

/// Vertices above which tasks are not moved between waves: levels cut longest first are as good there.
const EVEN: usize = 2_000;

/// The best of the three ways: the earliest end, then the fewest waves, then the first of them.
#[must_use]
pub fn waves(problem: &Problem, cpm: &Cpm) -> Waves {
    let urgent = by_urgency(problem, cpm);
    let classes = Classes::new(problem, &urgent);
    let packed = pack(problem, &classes);
    let evened = (problem.len() <= EVEN).then(|| ("homogenised", even::even(problem, &packed)));
    let levels = by_level(problem);
    [Some(("packed", packed)), evened, Some(("levels", levels))]
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

/// Gives waves their times. A wave waits for the wave before, and for people whose work its tasks wait for.
#[must_use]
pub fn timed(problem: &Problem, tasks: Csr, packer: &'static str) -> Waves {
    let people = problem.kind.iter().any(|kind| matches!(kind, Kind::Manual | Kind::Held));
    let mut calendar = people.then(|| Calendar::new(problem));
    let mut starts = Vec::with_capacity(tasks.len());
    let mut pace = Pace::default();
    let mut now = 0_u64;
    for wave in tasks.vertices() {
        let row = tasks.row(wave);
        if let Some(calendar) = &calendar {
            now = row.iter().map(|&v| calendar.free[v as usize]).fold(now, u64::max);
        }
        now = now.max(pace.next);
        starts.push(now);
        now = pace.run(problem, row, now).saturating_add(problem.wave_buffer);
        if let Some(calendar) = &mut calendar {
            for &v in row {
                calendar.end(problem, v, now);
            }
        }
    }
    let end = calendar.map_or(now, |calendar| calendar.last.max(now));
    Waves { tasks, starts, end, packer }
}

/// Starts one after the other, with the pauses that are due between them.
#[derive(Default)]
struct Pace {
    /// No start before this.
    next: u64,
    launches: u64,
}

impl Pace {
    /// When a wave that begins at a moment has ended.
    fn run(&mut self, problem: &Problem, wave: &[u32], begin: u64) -> u64 {
        let mut end = begin;
        for &v in wave {
            let start = begin.max(self.next);
            end = end.max(start.saturating_add(problem.duration[v as usize]));
            let pause = problem.pause[v as usize].max(problem.batch_pause_after(v, &mut self.launches));
            self.next = start.saturating_add(pause);
        }
        end
    }
}

/// When people's work between waves is through.
struct Calendar {
    waiting: Vec<u32>,
    /// When all that a vertex waits for has ended, as far as known.
    free: Vec<u64>,
    last: u64,
}

impl Calendar {
    fn new(problem: &Problem) -> Self {
        let waiting = in_degrees(&problem.successors);
        let mut calendar = Self { free: vec![0; problem.len()], waiting, last: 0 };
        for v in problem.vertices() {
            if calendar.waiting[v as usize] == 0
                && !problem.is_auto(v)
                && problem.predecessors.row(v).is_empty()
            {
                let end = problem.duration[v as usize];
                calendar.end(problem, v, end);
            }
        }
        calendar
    }

    /// Records the end of a vertex, and of all people's work that this frees.
    fn end(&mut self, problem: &Problem, v: u32, at: u64) {
        let mut ended = vec![(v, at)];
        while let Some((v, at)) = ended.pop() {
            self.last = self.last.max(at);
            for &w in problem.successors.row(v) {
                let free = &mut self.free[w as usize];
                *free = at.max(*free);
                self.waiting[w as usize] -= 1;
                if self.waiting[w as usize] == 0 && !problem.is_auto(w) {
                    ended.push((w, free.saturating_add(problem.duration[w as usize])));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
