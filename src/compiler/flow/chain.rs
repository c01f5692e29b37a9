//! The critical chain: the tasks whose times, one after the other, make a schedule as long as it is.
//!
//! A task starts when it does because something ended at that moment: a task it waits for, or one that gave back what
//! it needed (a slot, a lock), or because starts are paced. Following these causes from the last task to the first
//! gives a chain through the graph and the resources; its length is the schedule's by construction.

use super::pool::Usage;
use super::problem::{Kind, Problem};

/// Why one task of the chain follows another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The earlier task.
    pub from: u32,
    /// The later task.
    pub to: u32,
    /// What was handed over; none when the later one waits for the earlier.
    pub resource: Option<String>,
}

/// A critical chain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chain {
    /// Its tasks, in order.
    pub tasks: Vec<u32>,
    /// Why each follows the one before.
    pub arcs: Vec<Link>,
}

/// The chain of a schedule; of several, the one that follows edges before resources, and natural order.
#[must_use]
pub fn chain(problem: &Problem, start: &[u64]) -> Chain {
    chain_of(problem, &problem.duration, start)
}

/// The same for a schedule with other durations.
pub(super) fn chain_of(problem: &Problem, duration: &[u64], start: &[u64]) -> Chain {
    let end = |v: u32| start[v as usize].saturating_add(duration[v as usize]);
    let counts = |&v: &u32| problem.kind[v as usize] != Kind::Void;
    let natural = |v: u32| problem.natural[v as usize];
    let ended = By::new(problem, duration, end);
    let began = problem.is_paced().then(|| By::new(problem, duration, |v| start[v as usize]));
    let last = problem.vertices().filter(counts).max_by_key(|&v| (end(v), std::cmp::Reverse(natural(v))));
    let mut chain = Chain::default();
    let mut at = last;
    while let Some(v) = at {
        chain.tasks.push(v);
        let now = start[v as usize];
        let before = problem.predecessors.row(v).iter().copied().filter(|&u| end(u) == now);
        // A vertex without duration may stand between; it is followed like any other.
        let logical = before.min_by_key(|&u| (!problem.runs(u), natural(u)));
        let found = match logical {
            Some(u) => Some((u, None)),
            None if now == 0 || !problem.runs(v) => None,
            None => freer(problem, v, now, start, &ended)
                .or_else(|| pacer(problem, v, now, began.as_ref()?))
                .or_else(|| beside(problem, v, now, start, &ended)),
        };
        at = found.map(|(u, resource)| {
            chain.arcs.push(Link { from: u, to: v, resource });
            u
        });
    }
    chain.tasks.reverse();
    chain.arcs.reverse();
    chain
}

/// The task that gave back what `v` needed at the moment it started.
fn freer(problem: &Problem, v: u32, now: u64, start: &[u64], ended: &By) -> Option<(u32, Option<String>)> {
    // Only what ran up to this moment; tasks without duration never held anything for long.
    let mut usage = Usage::new(problem);
    for u in ended.running(start, now).filter(|&u| problem.runs(u)) {
        usage.take(problem, u);
    }
    let lock = |u: u32| problem.holds.row(u).iter().find(|lock| problem.holds.row(v).contains(lock));
    let gave = |u: &u32| start[*u as usize] < now && problem.runs(*u);
    let name = usage.full(problem, v)?;
    let model = problem.model[v as usize];
    let candidates = ended.at(now).iter().copied().filter(gave);
    let shares = |u: u32| {
        if let Some(&lock) = lock(u)
            && problem.locks[lock as usize] == name
        {
            return true;
        }
        name == "parallel" || (name.starts_with("model:") && problem.model[u as usize] == model)
    };
    let from = candidates.filter(|&u| shares(u)).min_by_key(|&u| problem.natural[u as usize])?;
    Some((from, Some(name)))
}

/// The task started last before `v`, where pauses or rates kept it waiting.
fn pacer(problem: &Problem, v: u32, now: u64, began: &By) -> Option<(u32, Option<String>)> {
    let from = began.before(now).iter().rev().copied().find(|&u| u != v && problem.runs(u))?;
    let resource = if problem.is_rated() { "rate" } else { "pause" };
    Some((from, Some(resource.to_owned())))
}

/// What ended when `v` started, though `v` needed nothing of it: an exact schedule lets a task wait for the start of a
/// more important one.
fn beside(problem: &Problem, v: u32, now: u64, start: &[u64], ended: &By) -> Option<(u32, Option<String>)> {
    let before = ended.at(now).iter().copied().filter(|&u| u != v && start[u as usize] < now);
    let from = before.min_by_key(|&u| (!problem.runs(u), problem.natural[u as usize]))?;
    Some((from, Some("order".to_owned())))
}

/// The vertices in order of a moment of theirs.
struct By {
    moments: Vec<u64>,
    vertices: Vec<u32>,
    longest: u64,
}

impl By {
    fn new(problem: &Problem, duration: &[u64], moment: impl Fn(u32) -> u64) -> Self {
        let vertices = problem.ranked(&moment);
        let longest = duration.iter().copied().max().unwrap_or(0);
        Self { moments: vertices.iter().map(|&v| moment(v)).collect(), vertices, longest }
    }

    /// Those whose moment is this one.
    fn at(&self, now: u64) -> &[u32] {
        let from = self.moments.partition_point(|&moment| moment < now);
        let to = self.moments.partition_point(|&moment| moment <= now);
        &self.vertices[from..to]
    }

    /// Those whose moment is earlier.
    fn before(&self, now: u64) -> &[u32] {
        &self.vertices[..self.moments.partition_point(|&moment| moment < now)]
    }

    /// Automatic tasks that began before `now` and, by their ends, had not ended before.
    fn running<'a>(&'a self, start: &'a [u64], now: u64) -> impl Iterator<Item = u32> + 'a {
        let from = self.moments.partition_point(|&moment| moment < now);
        let to = self.moments.partition_point(|&moment| moment <= now.saturating_add(self.longest));
        self.vertices[from..to].iter().copied().filter(move |&v| start[v as usize] < now)
    }
}

#[cfg(test)]
mod tests;
