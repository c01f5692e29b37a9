//! Weighted shortest job first, in integers: cost of delay over duration (planning 3.3).

use crate::base::digraph::order::positions;

use super::cpm::Cpm;
use super::problem::Problem;

/// Tasks above which the number of followers is estimated, not counted.
pub const EXACT: usize = 20_000;
/// Words of a block of vertices whose ancestors are counted together.
const WORDS: usize = 8;

/// Cost of delay of every vertex: 1, and 1 for each follower, 4 without slack, 2 for each step of urgency.
#[must_use]
pub fn cost_of_delay(problem: &Problem, cpm: &Cpm) -> Vec<u64> {
    let followers = cpm.followers(problem);
    problem
        .vertices()
        .map(|v| {
            let critical = u64::from(cpm.slack(v) == 0);
            1 + u64::from(followers[v as usize]) + 4 * critical + 2 * u64::from(problem.urgency[v as usize])
        })
        .collect()
}

/// Which of two goes first: the one whose delay costs more per time. Compared crosswise, so nothing is rounded.
#[must_use]
pub fn compare(cost: (u64, u64), duration: (u64, u64)) -> std::cmp::Ordering {
    let left = u128::from(cost.0) * u128::from(duration.1.max(1));
    let right = u128::from(cost.1) * u128::from(duration.0.max(1));
    right.cmp(&left)
}

/// The number of vertices that wait for each, directly or not. Beyond `EXACT` vertices an estimate: the sum over the
/// direct successors, each shared among those it waits for.
#[must_use]
pub fn followers(problem: &Problem) -> Vec<u32> {
    let n = problem.len();
    if n > EXACT {
        return estimate(problem);
    }
    let place = positions(&problem.order);
    let mut counts = vec![0_u32; n];
    let mut begin = 0;
    while begin < n {
        let end = (begin + WORDS * 64).min(n);
        // By place in the order: the vertices of this block that a vertex leads to, itself included.
        let mut leads = vec![[0_u64; WORDS]; end];
        for (at, &v) in problem.order[..end].iter().enumerate().rev() {
            let mut mask = [0_u64; WORDS];
            for &w in problem.successors.row(v) {
                if let Some(other) = leads.get(place[w as usize] as usize) {
                    for (word, more) in mask.iter_mut().zip(other) {
                        *word |= more;
                    }
                }
            }
            counts[v as usize] += mask.iter().map(|word| word.count_ones()).sum::<u32>();
            if at >= begin {
                mask[(at - begin) / 64] |= 1 << ((at - begin) % 64);
            }
            leads[at] = mask;
        }
        begin = end;
    }
    counts
}

fn estimate(problem: &Problem) -> Vec<u32> {
    // In thousandths, so that a share of a follower counts.
    let mut milli = vec![0_u64; problem.len()];
    for &v in problem.order.iter().rev() {
        let sum = problem.successors.row(v).iter().fold(0_u64, |sum, &w| {
            let shares = problem.predecessors.row(w).len().max(1) as u64;
            sum.saturating_add((1_000 + milli[w as usize]) / shares)
        });
        milli[v as usize] = sum.min(problem.len() as u64 * 1_000);
    }
    milli.iter().map(|&milli| u32::try_from(milli / 1_000).unwrap_or(u32::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use super::{compare, followers};
    use crate::compiler::flow::problem::Problem;
    use crate::compiler::flow::testing::dag;
    use proptest::prelude::*;
    use std::cmp::Ordering;
    use std::collections::BTreeSet;

    fn below(problem: &Problem, v: u32, seen: &mut BTreeSet<u32>) {
        for &w in problem.successors.row(v) {
            if seen.insert(w) {
                below(problem, w, seen);
            }
        }
    }

    #[test]
    fn costlier_delay_and_shorter_work_go_first() {
        assert_eq!(compare((3, 2), (10, 10)), Ordering::Less);
        assert_eq!(compare((3, 3), (10, 5)), Ordering::Greater);
        assert_eq!(compare((1, 1), (0, 0)), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn followers_are_all_that_wait(edges in dag(12)) {
            let problem = Problem::new(vec![1; 12], &edges, 2).unwrap();
            let expected: Vec<u32> = problem
                .vertices()
                .map(|v| {
                    let mut seen = BTreeSet::new();
                    below(&problem, v, &mut seen);
                    u32::try_from(seen.len()).unwrap()
                })
                .collect();
            prop_assert_eq!(followers(&problem), expected);
        }
    }

    #[test]
    fn more_than_one_block_is_counted() {
        let n = 1_500_u32;
        let edges: Vec<(u32, u32)> = (1..n).map(|v| (v - 1, v)).collect();
        let problem = Problem::new(vec![1; n as usize], &edges, 2).unwrap();
        assert_eq!(followers(&problem), (0..n).rev().collect::<Vec<_>>());
    }
}
