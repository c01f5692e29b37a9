//! The pool schedule: every task starts as soon as it may, the most urgent first, under every limit at every moment.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::base::digraph::order::in_degrees;

use super::problem::{Kind, NO_MODEL, Problem};
use super::ready::{Classes, Ready, Verdict};

/// A minute, over which rates are limited.
pub(super) const MINUTE: u64 = 60_000;

/// When everything starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pool {
    /// Start of each vertex.
    pub start: Vec<u64>,
    /// The tasks that take a slot, in the order in which they start.
    pub sequence: Vec<u32>,
    /// When the last vertex ends.
    pub makespan: u64,
}

/// Starts whatever fits, in order of `ranking`, best first. The ranking decides between tasks that could start now;
/// nothing waits for a better task that is not ready.
#[must_use]
pub fn pool(problem: &Problem, ranking: &[u32]) -> Pool {
    simulate(problem, &Classes::new(problem, ranking), &problem.duration)
}

/// The same with other durations.
pub(super) fn simulate(problem: &Problem, classes: &Classes, duration: &[u64]) -> Pool {
    let mut run = Run::new(problem, classes, duration);
    loop {
        run.settle();
        run.launch();
        if !run.advance() {
            return run.done;
        }
    }
}

/// What happens at a moment; ordered so that equal moments are worked off in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A vertex ends.
    End(u32),
    /// What a short task used no longer counts against the minute.
    Cleared(u32),
    /// The pause after a start is over.
    Resume,
}

struct Run<'a> {
    problem: &'a Problem,
    duration: &'a [u64],
    now: u64,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    waiting: Vec<u32>,
    freed: Vec<u32>,
    ready: Ready<'a>,
    usage: Usage,
    rated: bool,
    /// No start before this.
    launch_at: u64,
    launches: u64,
    done: Pool,
}

impl<'a> Run<'a> {
    fn new(problem: &'a Problem, classes: &'a Classes, duration: &'a [u64]) -> Self {
        let waiting = in_degrees(&problem.successors);
        Self {
            problem,
            duration,
            now: 0,
            events: BinaryHeap::new(),
            freed: problem.vertices().filter(|&v| waiting[v as usize] == 0).collect(),
            waiting,
            ready: Ready::new(classes),
            usage: Usage::new(problem),
            rated: problem.is_rated(),
            launch_at: 0,
            launches: 0,
            done: Pool { start: vec![0; problem.len()], sequence: Vec::new(), makespan: 0 },
        }
    }

    /// Makes tasks ready whose predecessors have ended; people and barriers start at once.
    fn settle(&mut self) {
        while let Some(v) = self.freed.pop() {
            match self.problem.kind[v as usize] {
                Kind::Auto | Kind::Held => self.ready.insert(v),
                Kind::Manual | Kind::Void => {
                    self.done.start[v as usize] = self.now;
                    match self.duration[v as usize] {
                        0 => self.release(v),
                        time => self.events.push(Reverse((self.now.saturating_add(time), Event::End(v)))),
                    }
                }
            }
        }
    }

    /// Starts all that fits.
    fn launch(&mut self) {
        while self.now >= self.launch_at
            && !self.ready.is_empty()
            && self.usage.count < self.problem.capacity.parallel
        {
            let found =
                self.ready.best(|v| self.usage.fits(self.problem, v, self.rated.then_some(self.duration)));
            let Some(v) = found else { return };
            self.start(v);
        }
    }

    fn start(&mut self, v: u32) {
        let at = v as usize;
        self.ready.remove(v);
        self.done.start[at] = self.now;
        self.done.sequence.push(v);
        self.usage.take(self.problem, v);
        self.events.push(Reverse((self.now.saturating_add(self.duration[at]), Event::End(v))));
        if self.rated {
            self.usage.charge(self.problem, v, self.duration);
            let held = self.duration[at].max(MINUTE);
            self.events.push(Reverse((self.now.saturating_add(held), Event::Cleared(v))));
        }
        let mut pause = self.problem.pause[at];
        pause = pause.max(self.problem.batch_pause_after(v, &mut self.launches));
        if pause > 0 {
            self.launch_at = self.now.saturating_add(pause);
            self.events.push(Reverse((self.launch_at, Event::Resume)));
        }
    }

    /// Goes on to the next moment at which something happens.
    fn advance(&mut self) -> bool {
        let Some(&Reverse((next, _))) = self.events.peek() else { return false };
        self.now = next;
        while let Some(&Reverse((time, event))) = self.events.peek()
            && time == next
        {
            self.events.pop();
            match event {
                Event::End(v) => {
                    self.done.makespan = next;
                    if self.problem.runs(v) {
                        self.usage.give(self.problem, v);
                    }
                    self.release(v);
                }
                Event::Cleared(v) => self.usage.clear(self.problem, v, self.duration),
                Event::Resume => {}
            }
        }
        true
    }

    fn release(&mut self, v: u32) {
        for &w in self.problem.successors.row(v) {
            self.waiting[w as usize] -= 1;
            if self.waiting[w as usize] == 0 {
                self.freed.push(w);
            }
        }
    }
}

/// What is in use.
#[derive(Debug, Clone)]
pub(super) struct Usage {
    /// Tasks running.
    pub(super) count: u32,
    by_model: Vec<u32>,
    held: Vec<u32>,
    /// By model, and last for tasks without: what the running tasks use in a minute.
    rates: Vec<[u64; 3]>,
    /// By model: tasks that count against the minute.
    charged: Vec<u32>,
}

impl Usage {
    pub(super) fn new(problem: &Problem) -> Self {
        let models = problem.models.len().max(problem.capacity.slots.len());
        Self {
            count: 0,
            by_model: vec![0; models],
            held: vec![0; problem.locks.len()],
            rates: vec![[0; 3]; models],
            charged: vec![0; models],
        }
    }

    /// Whether a task may start beside those that run; with durations, whether the rates allow it too.
    pub(super) fn fits(&self, problem: &Problem, v: u32, rated: Option<&[u64]>) -> Verdict {
        let model = problem.model[v as usize];
        if self.count >= problem.capacity.parallel
            || problem.slots(model).is_some_and(|slots| self.by_model[model as usize] >= slots)
            || problem.holds.row(v).iter().any(|&lock| self.held[lock as usize] >= problem.room_of(lock))
        {
            return Verdict::Class;
        }
        rated.map_or(Verdict::Yes, |duration| self.rates_allow(problem, v, duration))
    }

    /// Whether the limits per minute allow a start. A task that alone is above one runs when nothing else is charged.
    pub(super) fn rates_allow(&self, problem: &Problem, v: u32, duration: &[u64]) -> Verdict {
        let model = problem.model[v as usize];
        if model != NO_MODEL && self.charged[model as usize] > 0 {
            let rate = rate(problem, v, duration);
            let over = |what: usize| {
                let limit = problem.capacity.per_minute[what];
                limit.is_some_and(|limit| self.rates[model as usize][what].saturating_add(rate[what]) > limit)
            };
            if (0..3).any(over) {
                return Verdict::Task;
            }
        }
        Verdict::Yes
    }

    pub(super) fn take(&mut self, problem: &Problem, v: u32) {
        self.count += 1;
        if let Some(used) = self.by_model.get_mut(problem.model[v as usize] as usize) {
            *used += 1;
        }
        for &lock in problem.holds.row(v) {
            self.held[lock as usize] += 1;
        }
    }

    pub(super) fn give(&mut self, problem: &Problem, v: u32) {
        self.count -= 1;
        if let Some(used) = self.by_model.get_mut(problem.model[v as usize] as usize) {
            *used -= 1;
        }
        for &lock in problem.holds.row(v) {
            self.held[lock as usize] -= 1;
        }
    }

    /// Whether a lock is held, a model full, everything full.
    pub(super) fn full(&self, problem: &Problem, v: u32) -> Option<String> {
        let held =
            problem.holds.row(v).iter().find(|&&lock| self.held[lock as usize] >= problem.room_of(lock));
        if let Some(&lock) = held {
            return Some(problem.locks[lock as usize].clone());
        }
        let model = problem.model[v as usize];
        if problem.slots(model).is_some_and(|slots| self.by_model[model as usize] >= slots) {
            return Some(format!("model:{}", problem.models[model as usize]));
        }
        (self.count >= problem.capacity.parallel).then(|| "parallel".to_owned())
    }

    pub(super) fn charge(&mut self, problem: &Problem, v: u32, duration: &[u64]) {
        let model = problem.model[v as usize];
        if let Some(rates) = self.rates.get_mut(model as usize) {
            let rate = rate(problem, v, duration);
            (0..3).for_each(|what| rates[what] = rates[what].saturating_add(rate[what]));
            self.charged[model as usize] += 1;
        }
    }

    pub(super) fn clear(&mut self, problem: &Problem, v: u32, duration: &[u64]) {
        let model = problem.model[v as usize];
        if let Some(rates) = self.rates.get_mut(model as usize) {
            let rate = rate(problem, v, duration);
            (0..3).for_each(|what| rates[what] = rates[what].saturating_sub(rate[what]));
            self.charged[model as usize] -= 1;
        }
    }
}

/// What a task uses in a minute: evenly over its time, all of it in one minute if it is shorter.
fn rate(problem: &Problem, v: u32, duration: &[u64]) -> [u64; 3] {
    let time = u128::from(duration[v as usize].max(MINUTE));
    problem.usage[v as usize].map(|used| {
        let rate = (u128::from(used) * u128::from(MINUTE)).div_ceil(time);
        u64::try_from(rate).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests;
