//! The tasks that could start, best first, kept apart by what they need: when something is used up, all tasks that
//! need it are passed over at once.

use crate::base::digraph::csr::Csr;
use crate::base::digraph::queue::BitQueue;

use super::problem::Problem;

/// The classes of tasks that take a slot and need the same things, and the best order within each.
#[derive(Debug, Clone)]
pub(super) struct Classes {
    /// Class of a vertex; meaningless for those that take no slot.
    of: Vec<u32>,
    /// Place of a vertex in its class's row of `members`.
    place: Vec<u32>,
    /// The vertices of each class, best first.
    members: Csr,
    /// Place of a vertex in the ranking.
    rank: Vec<u32>,
}

impl Classes {
    /// Sorts the tasks of a ranking that take a slot, best first, into classes.
    pub(super) fn new(problem: &Problem, ranking: &[u32]) -> Self {
        let n = problem.len();
        let mut of = vec![0_u32; n];
        let mut keys: std::collections::BTreeMap<(u32, &[u32]), u32> = std::collections::BTreeMap::new();
        let mut count = 0;
        // Without locks a class is a model: no map is needed for the many.
        let mut by_model: Vec<Option<u32>> = vec![None; problem.models.len() + 1];
        let mut start = vec![0_u32];
        for v in problem.runners() {
            let model = problem.model[v as usize];
            let holds = problem.holds.row(v);
            let fresh = count;
            let class = if holds.is_empty() {
                let slot = (model as usize).min(problem.models.len());
                *by_model[slot].get_or_insert(fresh)
            } else {
                *keys.entry((model, holds)).or_insert(fresh)
            };
            if class == fresh {
                count += 1;
                start.push(0);
            }
            of[v as usize] = class;
            start[class as usize + 1] += 1;
        }
        for class in 0..count as usize {
            start[class + 1] += start[class];
        }
        let mut next = start.clone();
        let mut members = vec![0_u32; start[count as usize] as usize];
        let (mut place, mut rank) = (vec![0_u32; n], vec![0_u32; n]);
        for (at, &v) in (0_u32..).zip(ranking) {
            rank[v as usize] = at;
            if problem.runs(v) {
                let class = of[v as usize] as usize;
                place[v as usize] = next[class] - start[class];
                members[next[class] as usize] = v;
                next[class] += 1;
            }
        }
        Self { of, place, members: Csr::from_rows(start, members), rank }
    }
}

/// The tasks that could start now.
#[derive(Debug, Clone)]
pub(super) struct Ready<'a> {
    classes: &'a Classes,
    queues: Vec<BitQueue>,
    /// Classes with something in them, ascending.
    alive: Vec<u32>,
    len: usize,
}

impl<'a> Ready<'a> {
    pub(super) fn new(classes: &'a Classes) -> Self {
        let queues =
            classes.members.vertices().map(|class| BitQueue::new(classes.members.row(class).len())).collect();
        Self { classes, queues, alive: Vec::new(), len: 0 }
    }

    pub(super) fn insert(&mut self, v: u32) {
        let class = self.classes.of[v as usize];
        let queue = &mut self.queues[class as usize];
        if queue.is_empty()
            && let Err(at) = self.alive.binary_search(&class)
        {
            self.alive.insert(at, class);
        }
        queue.insert(self.classes.place[v as usize]);
        self.len += 1;
    }

    pub(super) fn remove(&mut self, v: u32) {
        let class = self.classes.of[v as usize];
        let queue = &mut self.queues[class as usize];
        queue.remove(self.classes.place[v as usize]);
        if queue.is_empty()
            && let Ok(at) = self.alive.binary_search(&class)
        {
            self.alive.remove(at);
        }
        self.len -= 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The best task for which `fits` holds. Within a class `same` tells which of its first tasks to look at: a class
    /// whose first task is refused for what all of it needs is left at once (`Verdict::Class`).
    pub(super) fn best(&self, mut fits: impl FnMut(u32) -> Verdict) -> Option<u32> {
        /// Tasks of a class that are looked at when some are refused for themselves.
        const LOOK: usize = 32;
        let mut best: Option<u32> = None;
        for &class in &self.alive {
            let row = self.classes.members.row(class);
            let mut from = 0;
            for _ in 0..LOOK {
                let Some(at) = self.queues[class as usize].next(from) else { break };
                let v = row[at as usize];
                if best.is_some_and(|best| self.rank(best) < self.rank(v)) {
                    break;
                }
                match fits(v) {
                    Verdict::Yes => {
                        best = Some(v);
                        break;
                    }
                    Verdict::Class => break,
                    Verdict::Task => from = at + 1,
                }
                if from as usize >= row.len() {
                    break;
                }
            }
        }
        best
    }

    fn rank(&self, v: u32) -> u32 {
        self.classes.rank[v as usize]
    }
}

/// Whether a task may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may.
    Yes,
    /// Not it, nor any of its class.
    Class,
    /// Not it.
    Task,
}
