//! When waves begin and end: after the wave before, after the people they wait for, and as fast as pauses and rates allow.
//!
//! Tasks that need consent are in no wave, but take slots: they run between waves, as late as the next wave or the end
//! of the plan allows.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::in_degrees;
use crate::compiler::flow::pool::{MINUTE, Usage};
use crate::compiler::flow::problem::{Kind, Problem};
use crate::compiler::flow::ready::Verdict;

use super::Waves;
use super::load::Load;

/// Gives waves their times.
#[must_use]
pub fn timed(problem: &Problem, tasks: Csr, packer: &'static str) -> Waves {
    let people = problem.kind.iter().any(|kind| matches!(kind, Kind::Manual | Kind::Held));
    let mut calendar = people.then(|| Calendar::new(problem));
    let mut starts = Vec::with_capacity(tasks.len());
    let mut pace = Pace::new(problem);
    let mut now = 0_u64;
    for wave in tasks.vertices() {
        let row = tasks.row(wave);
        if let Some(calendar) = &mut calendar {
            while row.iter().any(|&v| calendar.waiting[v as usize] > 0) {
                let Some(end) = calendar.consent(&mut pace, now) else { break };
                now = end;
            }
            now = row.iter().map(|&v| calendar.free[v as usize]).fold(now, u64::max);
        }
        now = now.max(pace.next);
        starts.push(now);
        now = pace.run(row, now).saturating_add(problem.wave_buffer);
        if let Some(calendar) = &mut calendar {
            for &v in row {
                calendar.end(v, now);
            }
        }
    }
    while let Some(end) = calendar.as_mut().and_then(|calendar| calendar.consent(&mut pace, now)) {
        now = end;
    }
    let end = calendar.map_or(now, |calendar| calendar.last.max(now));
    Waves { tasks, starts, end, packer }
}

/// Tasks by the moment at which they no longer count, the earliest first.
type Moments = BinaryHeap<Reverse<(u64, u32)>>;

/// Starts one after the other, with the pauses that are due between them and within the limits per minute.
struct Pace<'a> {
    problem: &'a Problem,
    /// No start before this.
    next: u64,
    launches: u64,
    /// What counts against the minute, and until when; none where no limit could be reached.
    charged: Option<(Usage, Moments)>,
}

impl<'a> Pace<'a> {
    fn new(problem: &'a Problem) -> Self {
        let charged = problem.is_rated().then(|| (Usage::new(problem), BinaryHeap::new()));
        Self { problem, next: 0, launches: 0, charged }
    }

    /// When tasks that begin together at a moment have ended.
    fn run(&mut self, wave: &[u32], begin: u64) -> u64 {
        let problem = self.problem;
        let mut end = begin;
        for &v in wave {
            let start = self.rated(v, begin.max(self.next));
            end = end.max(start.saturating_add(problem.duration[v as usize]));
            let pause = problem.pause[v as usize].max(problem.batch_pause_after(v, &mut self.launches));
            self.next = start.saturating_add(pause);
        }
        end
    }

    /// The first moment from `at` on at which the limits per minute allow a start.
    fn rated(&mut self, v: u32, mut at: u64) -> u64 {
        let Some((usage, charged)) = &mut self.charged else { return at };
        let (problem, duration) = (self.problem, &self.problem.duration[..]);
        loop {
            while let Some(&Reverse((until, u))) = charged.peek()
                && until <= at
            {
                charged.pop();
                usage.clear(problem, u, duration);
            }
            let fits = usage.rates_allow(problem, v, duration) == Verdict::Yes;
            match charged.peek() {
                Some(&Reverse((until, _))) if !fits => at = until,
                _ => break,
            }
        }
        usage.charge(problem, v, duration);
        charged.push(Reverse((at.saturating_add(duration[v as usize].max(MINUTE)), v)));
        at
    }
}

/// When people's work between waves is through, and which tasks wait for consent.
struct Calendar<'a> {
    problem: &'a Problem,
    waiting: Vec<u32>,
    /// When all that a vertex waits for has ended, as far as known.
    free: Vec<u64>,
    /// Tasks that need consent and wait for nothing else: when they are free, their places, themselves.
    held: BTreeSet<(u64, u32, u32)>,
    last: u64,
}

impl<'a> Calendar<'a> {
    fn new(problem: &'a Problem) -> Self {
        let waiting = in_degrees(&problem.successors);
        let mut calendar =
            Self { problem, free: vec![0; problem.len()], waiting, held: BTreeSet::new(), last: 0 };
        for v in problem.vertices().filter(|&v| problem.predecessors.row(v).is_empty()) {
            match problem.kind[v as usize] {
                Kind::Auto => {}
                Kind::Held => calendar.hold(v),
                Kind::Manual | Kind::Void => calendar.end(v, problem.duration[v as usize]),
            }
        }
        calendar
    }

    fn hold(&mut self, v: u32) {
        self.held.insert((self.free[v as usize], self.problem.natural[v as usize], v));
    }

    /// Runs the tasks that wait for nothing but consent, as many as fit together; returns when they have ended.
    fn consent(&mut self, pace: &mut Pace<'_>, now: u64) -> Option<u64> {
        /// Tasks that are looked at beyond those that could run at once.
        const LOOK: usize = 64;
        let mut load = Load::default();
        let mut group = Vec::new();
        let most = self.problem.capacity.parallel as usize;
        for &(_, _, v) in self.held.iter().take(most.saturating_add(LOOK)) {
            if group.len() < most && load.fits(self.problem, v) == Verdict::Yes {
                load.add(self.problem, v);
                group.push(v);
            }
        }
        let begin = group.iter().map(|&v| self.free[v as usize]).max()?.max(now);
        for &v in &group {
            self.held.remove(&(self.free[v as usize], self.problem.natural[v as usize], v));
        }
        let end = pace.run(&group, begin.max(pace.next));
        for &v in &group {
            self.end(v, end);
        }
        Some(end)
    }

    /// Records the end of a vertex, and of all people's work that this frees.
    fn end(&mut self, v: u32, at: u64) {
        let mut ended = vec![(v, at)];
        while let Some((v, at)) = ended.pop() {
            self.last = self.last.max(at);
            for &w in self.problem.successors.row(v) {
                let free = &mut self.free[w as usize];
                *free = at.max(*free);
                self.waiting[w as usize] -= 1;
                if self.waiting[w as usize] > 0 {
                    continue;
                }
                match self.problem.kind[w as usize] {
                    Kind::Auto => {}
                    Kind::Held => self.hold(w),
                    Kind::Manual | Kind::Void => {
                        ended.push((w, free.saturating_add(self.problem.duration[w as usize])));
                    }
                }
            }
        }
    }
}
