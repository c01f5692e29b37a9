//! Races: tasks that nothing orders and that touch one path, and the fewest orderings that end them.
//!
//! A task uses paths: it writes what it makes, changes or owns, and reads what it needs. Two uses clash if their paths
//! can be one and at least one writes. `meeting` finds who may clash, `chain` names for each such group a few pairs
//! whose order orders all of it, so that the work stays near linear when ten thousand tasks write one file; a
//! transitive reduction then keeps only the pairs that the graph does not order by itself.

mod chain;
mod meeting;

use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::positions;
use crate::base::digraph::reach::Reach;
use crate::base::digraph::reduce::reduce_where;
use crate::ir::settings::Races;

use meeting::Class;

/// One use of a path by a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use<'a> {
    /// The task, by row.
    pub task: u32,
    /// A normalised relative path, or a pattern.
    pub path: &'a str,
    /// Whether it is a pattern; a path is taken literally, with everything below it.
    pub glob: bool,
    /// Whether the task writes there.
    pub write: bool,
}

/// What decides how a clash ends.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// What is done about two uses of which one at least is a path.
    pub paths: Races,
    /// What is done about two patterns that meet: no order of theirs can be justified by a file both name.
    pub globs: Races,
    /// Patterns of files that many tasks touch: always put in order, never an error.
    pub shared: &'a [String],
    /// By task: marked in its source as free to run beside others.
    pub parallel: &'a [bool],
    /// By task: works on a copy of its own, so that what it writes is merged and not overwritten.
    pub isolated: &'a [bool],
}

/// Two tasks and the uses in which they clash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clash {
    /// The task that comes first in the order.
    pub first: u32,
    /// The other task.
    pub second: u32,
    /// The use of the first task, by its place in the list of uses.
    pub by_first: u32,
    /// The use of the second task.
    pub by_second: u32,
}

/// Why a race stays one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Races are not put in order by us.
    Denied,
    /// Both are marked as free to run beside each other.
    Parallel,
    /// Two patterns meet.
    Globs,
}

/// What becomes of the races.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Edges to add, the fewest between clashing tasks; with them the graph stays acyclic.
    pub orders: Vec<Clash>,
    /// Races that are errors. Ordering each of these pairs would end all that are not in `orders`.
    pub errors: Vec<(Clash, Reason)>,
    /// Writers of which one at least is isolated: their results must be merged.
    pub merges: Vec<Clash>,
}

/// Finds all races and ends them as the policy says.
///
/// `order` is a topological order of `successors`; new orderings follow it. Everything is sorted by the two tasks.
#[must_use]
pub fn resolve(uses: &[Use], successors: &Csr, order: &[u32], policy: &Policy) -> Resolution {
    let place = positions(order);
    let groups = meeting::groups(uses, &place, policy.shared);
    if groups.is_empty() {
        return Resolution::default();
    }
    let mut wanted = Vec::new();
    let mut suspects = Vec::new();
    let mut merges = Vec::new();
    for group in &groups {
        let isolated = |task: u32| policy.isolated.get(task as usize).copied().unwrap_or_default();
        chain::writers(group, isolated, |clash| merges.push(clash));
        let reason = match (group.class, policy.paths, policy.globs) {
            (Class::Shared, ..)
            | (Class::Path, Races::Serialize, _)
            | (Class::Globs, _, Races::Serialize) => None,
            (Class::Path, Races::Deny, _) => Some(Reason::Denied),
            (Class::Globs, _, Races::Deny) => Some(Reason::Globs),
        };
        if let Some(reason) = reason {
            chain::pairs(group, isolated, |clash| suspects.push((clash, reason)));
            continue;
        }
        chain::pairs(group, isolated, |clash| wanted.push(clash));
        if group.class != Class::Shared {
            let marked = group.only(|task| policy.parallel.get(task as usize) == Some(&true));
            chain::pairs(&marked, isolated, |clash| suspects.push((clash, Reason::Parallel)));
        }
    }
    once(&mut wanted);
    suspects.sort_unstable();
    suspects.dedup_by_key(|(clash, _)| (clash.first, clash.second));
    if !suspects.is_empty() {
        let mut reach = Reach::new(successors, order);
        suspects.retain(|(clash, _)| !reach.reaches(clash.first, clash.second));
        let refused: Vec<(u32, u32)> =
            suspects.iter().map(|(clash, _)| (clash.first, clash.second)).collect();
        wanted.retain(|clash| refused.binary_search(&(clash.first, clash.second)).is_err());
    }
    let (orders, whole) = fewest(wanted, successors, order);
    once(&mut merges);
    if !merges.is_empty() {
        let mut reach = Reach::new(&whole, order);
        merges.retain(|clash| !reach.reaches(clash.first, clash.second));
    }
    Resolution { orders, errors: suspects, merges }
}

/// All pairs of tasks that race, each with the first uses in which it does, sorted; at most `limit`, with whether
/// there may be more. Isolation and policy play no part. The number of pairs can be quadratic, hence the limit.
#[must_use]
pub fn conflicts(uses: &[Use], successors: &Csr, order: &[u32], limit: usize) -> (Vec<Clash>, bool) {
    let place = positions(order);
    let groups = meeting::groups(uses, &place, &[]);
    let mut reach = Reach::new(successors, order);
    let mut found = Vec::new();
    let mut complete = true;
    for group in &groups {
        let mut room = limit.saturating_mul(4);
        for (at, a) in group.members.iter().enumerate() {
            for b in &group.members[at + 1..] {
                if room == 0 {
                    complete = false;
                    break;
                }
                if a.task != b.task && (a.write || b.write) {
                    room -= 1;
                    if !reach.reaches(a.task, b.task) {
                        found.push(chain::clash(a, b));
                    }
                }
            }
        }
        if found.len() > limit.saturating_mul(4) {
            once(&mut found);
        }
    }
    once(&mut found);
    complete &= found.len() <= limit;
    found.truncate(limit);
    (found, !complete)
}

/// Sorts clashes and keeps the first of each pair of tasks.
fn once(clashes: &mut Vec<Clash>) {
    clashes.sort_unstable();
    clashes.dedup_by_key(|clash| (clash.first, clash.second));
}

/// Of the wanted pairs, those that neither the graph nor the other pairs order; and the graph with them.
fn fewest(mut wanted: Vec<Clash>, successors: &Csr, order: &[u32]) -> (Vec<Clash>, Csr) {
    let mut row: Vec<u32> = vec![u32::MAX; successors.len()];
    let mut marked = u32::MAX;
    wanted.retain(|clash| {
        if clash.first != marked {
            marked = clash.first;
            for &w in successors.row(marked) {
                row[w as usize] = marked;
            }
        }
        row[clash.second as usize] != marked
    });
    if wanted.is_empty() {
        return (wanted, successors.clone());
    }
    let mut edges: Vec<(u32, u32)> = Vec::with_capacity(successors.edges() + wanted.len());
    for v in successors.vertices() {
        edges.extend(successors.row(v).iter().map(|&w| (v, w)));
    }
    edges.extend(wanted.iter().map(|clash| (clash.first, clash.second)));
    let whole = Csr::new(successors.len(), &edges);
    // The rows hold the edges of the graph first, then the wanted ones, which are sorted as `wanted` is.
    let ours = |v: u32, at: usize| at >= whole.range(v).start + successors.row(v).len();
    let needless = reduce_where(&whole, order, ours);
    let mut kept = wanted.into_iter();
    let mut orders = Vec::new();
    for v in whole.vertices() {
        for at in whole.range(v).filter(|&at| ours(v, at)) {
            let clash = kept.next().expect("each wanted pair is an edge");
            if !needless[at] {
                orders.push(clash);
            }
        }
    }
    (orders, whole)
}

#[cfg(test)]
mod tests;
