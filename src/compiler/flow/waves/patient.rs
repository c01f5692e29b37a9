//! Packing by the clock: a task that waits for people or for a timer joins no wave before its time has come, unless
//! nothing else is left to do.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::in_degrees;
use crate::compiler::flow::problem::Problem;
use crate::compiler::flow::ready::{Classes, Ready};

use super::Filling;

/// Fills wave after wave with the best tasks that fit and whose time has come.
pub(super) fn pack(problem: &Problem, classes: &Classes) -> Csr {
    let mut clock = Clock {
        problem,
        waiting: in_degrees(&problem.successors),
        free: vec![0; problem.len()],
        coming: BinaryHeap::new(),
    };
    for v in problem.vertices().filter(|&v| problem.predecessors.row(v).is_empty()) {
        clock.arrive(v);
    }
    let mut ready = Ready::new(classes);
    let mut waves = Filling::default();
    let mut now = 0_u64;
    loop {
        while let Some(&Reverse((at, v))) = clock.coming.peek()
            && at <= now
        {
            clock.coming.pop();
            ready.insert(v);
        }
        if ready.is_empty() {
            let Some(&Reverse((at, _))) = clock.coming.peek() else { return waves.done() };
            now = at;
            continue;
        }
        let wave = waves.fill(problem, &mut ready);
        let longest = wave.iter().map(|&v| problem.duration[v as usize]).max().unwrap_or(0);
        now = now.saturating_add(longest).saturating_add(problem.wave_buffer);
        for &v in wave {
            clock.end(v, now);
        }
    }
}

struct Clock<'a> {
    problem: &'a Problem,
    waiting: Vec<u32>,
    /// When all that a vertex waits for has ended, as far as known.
    free: Vec<u64>,
    /// Automatic tasks with the moment at which they may start.
    coming: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Clock<'_> {
    /// A vertex waits for nothing any more.
    fn arrive(&mut self, v: u32) {
        let free = self.free[v as usize];
        if self.problem.is_auto(v) {
            self.coming.push(Reverse((free, v)));
        } else {
            self.end(v, free.saturating_add(self.problem.duration[v as usize]));
        }
    }

    /// A vertex has ended, and with it all people's work that this frees and that needs no wave.
    fn end(&mut self, v: u32, at: u64) {
        let mut ended = vec![(v, at)];
        while let Some((v, at)) = ended.pop() {
            for &w in self.problem.successors.row(v) {
                let free = &mut self.free[w as usize];
                *free = at.max(*free);
                self.waiting[w as usize] -= 1;
                if self.waiting[w as usize] > 0 {
                    continue;
                }
                if self.problem.is_auto(w) {
                    self.coming.push(Reverse((*free, w)));
                } else {
                    ended.push((w, free.saturating_add(self.problem.duration[w as usize])));
                }
            }
        }
    }
}
