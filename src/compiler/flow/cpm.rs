//! The critical path method: when each task can start and must end if nothing is scarce (integer milliseconds).

use std::cell::OnceCell;

use crate::base::digraph::order::levels;

use super::problem::{Kind, Problem};
use super::wsjf::followers;

/// The times of every vertex without limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cpm {
    /// Earliest start: the longest way from the beginning, the vertex not included.
    pub head: Vec<u64>,
    /// Longest way to the end, the vertex included.
    pub tail: Vec<u64>,
    /// Longest number of automatic tasks to the end, itself included.
    pub tail_levels: Vec<u32>,
    /// The end: the longest of all ways.
    pub length: u64,
    /// How many vertices wait for each, once somebody has asked.
    followers: OnceCell<Vec<u32>>,
}

impl Cpm {
    /// Both passes over the graph.
    #[must_use]
    pub fn new(problem: &Problem) -> Self {
        let n = problem.len();
        let (mut head, mut tail, mut tail_levels) = (vec![0_u64; n], vec![0_u64; n], vec![0_u32; n]);
        for &v in &problem.order {
            let end = head[v as usize].saturating_add(problem.duration[v as usize]);
            for &w in problem.successors.row(v) {
                let start = &mut head[w as usize];
                *start = end.max(*start);
            }
        }
        let mut length = 0;
        for &v in problem.order.iter().rev() {
            let (mut after, mut steps) = (0, 0);
            for &w in problem.successors.row(v) {
                after = tail[w as usize].max(after);
                steps = tail_levels[w as usize].max(steps);
            }
            let at = v as usize;
            tail[at] = problem.duration[at].saturating_add(after);
            tail_levels[at] = steps + u32::from(problem.kind[at] == Kind::Auto);
            length = length.max(head[at].saturating_add(tail[at]));
        }
        Self { head, tail, tail_levels, length, followers: OnceCell::new() }
    }

    /// How many vertices wait for each, directly or not; counted once.
    #[must_use]
    pub fn followers(&self, problem: &Problem) -> &[u32] {
        self.followers.get_or_init(|| followers(problem))
    }

    /// How much later a vertex may end without moving the end: total float.
    #[must_use]
    pub fn slack(&self, v: u32) -> u64 {
        self.length - self.head[v as usize].saturating_add(self.tail[v as usize]).min(self.length)
    }

    /// How much later a vertex may end without moving any other: free float.
    #[must_use]
    pub fn free_slack(&self, problem: &Problem, v: u32) -> u64 {
        let end = self.head[v as usize].saturating_add(problem.duration[v as usize]);
        let next = problem.successors.row(v).iter().map(|&w| self.head[w as usize]).min();
        next.unwrap_or(self.length).saturating_sub(end)
    }

    /// All tasks without slack, in natural order.
    #[must_use]
    pub fn critical(&self, problem: &Problem) -> Vec<u32> {
        let mut critical: Vec<u32> = problem
            .vertices()
            .filter(|&v| problem.kind[v as usize] != Kind::Void && self.slack(v) == 0)
            .collect();
        critical.sort_unstable_by_key(|&v| problem.natural[v as usize]);
        critical
    }

    /// One longest path; of several, the one whose tasks come first in natural order.
    #[must_use]
    pub fn path(&self, problem: &Problem) -> Vec<u32> {
        let first = |candidates: &mut dyn Iterator<Item = u32>| {
            candidates
                .filter(|&v| self.slack(v) == 0 && problem.kind[v as usize] != Kind::Void)
                .min_by_key(|&v| problem.natural[v as usize])
        };
        let mut path = Vec::new();
        let mut next = first(&mut problem.vertices().filter(|&v| problem.predecessors.row(v).is_empty()));
        while let Some(v) = next {
            path.push(v);
            let end = self.head[v as usize].saturating_add(problem.duration[v as usize]);
            let row = problem.successors.row(v);
            next = first(&mut row.iter().copied().filter(|&w| self.head[w as usize] == end));
        }
        path
    }
}

/// Kahn level of every vertex, counting automatic tasks only: others stand between levels.
#[must_use]
pub fn auto_levels(problem: &Problem) -> Vec<u32> {
    if problem.kind.iter().all(|&kind| kind == Kind::Auto) {
        return levels(&problem.successors, &problem.order);
    }
    let mut level = vec![0_u32; problem.len()];
    for &v in &problem.order {
        let next = level[v as usize] + u32::from(problem.is_auto(v));
        for &w in problem.successors.row(v) {
            level[w as usize] = level[w as usize].max(next);
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::Cpm;
    use crate::compiler::flow::problem::Problem;
    use crate::compiler::flow::testing::{dag, durations};
    use proptest::prelude::*;

    /// The longest way that begins with `v`, by trying all.
    fn longest(problem: &Problem, v: u32) -> u64 {
        let next = problem.successors.row(v).iter().map(|&w| longest(problem, w)).max();
        problem.duration[v as usize] + next.unwrap_or(0)
    }

    #[test]
    fn two_equal_branches_are_both_critical_and_one_is_shown() {
        let problem = Problem::new(vec![5, 7, 7, 1], &[(0, 1), (0, 2), (1, 3), (2, 3)], 2).unwrap();
        let cpm = Cpm::new(&problem);
        assert_eq!(
            (cpm.length, cpm.critical(&problem), cpm.path(&problem)),
            (13, vec![0, 1, 2, 3], vec![0, 1, 3])
        );
        let empty = Problem::new(vec![], &[], 1).unwrap();
        assert_eq!(Cpm::new(&empty).path(&empty), Vec::<u32>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn agrees_with_all_paths(edges in dag(10), time in durations(10)) {
            let problem = Problem::new(time, &edges, 3).unwrap();
            let cpm = Cpm::new(&problem);
            let best = problem.vertices().map(|v| longest(&problem, v)).max().unwrap();
            prop_assert_eq!(cpm.length, best);
            let path = cpm.path(&problem);
            prop_assert_eq!(path.iter().map(|&v| problem.duration[v as usize]).sum::<u64>(), best);
            for pair in path.windows(2) {
                prop_assert!(problem.successors.row(pair[0]).contains(&pair[1]));
            }
            for v in problem.vertices() {
                prop_assert_eq!(cpm.tail[v as usize], longest(&problem, v));
                prop_assert!(cpm.slack(v) >= cpm.free_slack(&problem, v));
                // Slack is exact: using all of it keeps the end, one millisecond more moves it.
                let mut later = problem.clone();
                later.duration[v as usize] += cpm.slack(v);
                prop_assert_eq!(Cpm::new(&later).length, cpm.length);
                later.duration[v as usize] += 1;
                prop_assert_eq!(Cpm::new(&later).length, cpm.length + 1);
            }
        }
    }
}
