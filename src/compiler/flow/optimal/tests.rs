//! The exact search against all orders, and the pool schedule against the exact search.

use super::{NODES, Search, optimal};
use crate::base::digraph::csr::Csr;
use crate::compiler::flow::bound::lower_bound;
use crate::compiler::flow::cpm::Cpm;
use crate::compiler::flow::improve::best;
use crate::compiler::flow::pool::Usage;
use crate::compiler::flow::problem::{NO_MODEL, Problem};
use crate::compiler::flow::ready::Verdict;
use crate::compiler::flow::testing::{Numbers, scarce};
use proptest::prelude::*;

fn check(problem: &Problem) -> u64 {
    let (found, whole) = optimal(problem, Search::Exact, NODES, u64::MAX);
    assert!(whole);
    found.unwrap().makespan
}

/// Whether a vertex can run over all of its time from `at`, beside those placed.
fn free(problem: &Problem, start: &[Option<u64>], v: u32, at: u64) -> bool {
    (at..at + problem.duration[v as usize]).all(|now| {
        let mut usage = Usage::new(problem);
        for u in problem.autos() {
            if let Some(begin) = start[u as usize]
                && begin <= now
                && now < begin + problem.duration[u as usize]
            {
                usage.take(problem, u);
            }
        }
        usage.fits(problem, v, None) == Verdict::Yes
    })
}

/// The shortest schedule over all orders of placing, each vertex where it first fits.
fn all_orders(problem: &Problem, start: &mut Vec<Option<u64>>) -> u64 {
    let end = |start: &[Option<u64>], v: u32| start[v as usize].map(|at| at + problem.duration[v as usize]);
    let mut best = u64::MAX;
    let mut open = false;
    for v in problem.vertices().filter(|&v| start[v as usize].is_none()).collect::<Vec<_>>() {
        open = true;
        let before: Option<Vec<u64>> = problem.predecessors.row(v).iter().map(|&u| end(start, u)).collect();
        let Some(before) = before else { continue };
        let mut at = before.into_iter().max().unwrap_or(0);
        while !free(problem, start, v, at) {
            at += 1;
        }
        start[v as usize] = Some(at);
        best = best.min(all_orders(problem, start));
        start[v as usize] = None;
    }
    if open { best } else { problem.vertices().filter_map(|v| end(start, v)).max().unwrap_or(0) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn agrees_with_all_orders(problem in scarce(6)) {
        let mut problem = problem;
        problem.duration.iter_mut().for_each(|time| *time = *time % 7 + 1);
        let expected = all_orders(&problem, &mut vec![None; 6]);
        prop_assert_eq!(check(&problem), expected);
        let pool = best(&problem, &Cpm::new(&problem)).1;
        prop_assert!(pool.makespan >= expected);
        prop_assert!(lower_bound(&problem, &Cpm::new(&problem)) <= expected);
    }
}

/// A random problem of up to eight tasks with models, slots and a lock.
fn small(numbers: &mut Numbers) -> Problem {
    let n = 3 + u32::try_from(numbers.below(6)).unwrap();
    let mut edges = Vec::new();
    for v in 1..n {
        for u in 0..v {
            if numbers.below(4) == 0 {
                edges.push((u, v));
            }
        }
    }
    let time = (0..n).map(|_| 1 + numbers.below(60)).collect();
    let mut problem = Problem::new(time, &edges, 2 + u32::try_from(numbers.below(2)).unwrap()).unwrap();
    problem.models = vec!["haiku".into(), "sonnet".into()];
    problem.model = (0..n).map(|_| [0, 1, NO_MODEL][usize::try_from(numbers.below(3)).unwrap()]).collect();
    problem.capacity.slots = vec![Some(2), Some(1)];
    problem.locks = vec!["mcp:browser".into()];
    let holds: Vec<(u32, u32)> = (0..n).filter(|_| numbers.below(5) == 0).map(|v| (v, 0)).collect();
    problem.holds = Csr::new(n as usize, &holds);
    problem
}

/// Twelve tasks in four layers, three at a time: the instances of planning 3.8.
fn layered(numbers: &mut Numbers) -> Problem {
    let mut edges = Vec::new();
    for v in 3..12_u32 {
        for _ in 0..=numbers.below(3) {
            let layer = v / 3 - 1;
            edges.push((layer * 3 + u32::try_from(numbers.below(3)).unwrap(), v));
        }
    }
    edges.sort_unstable();
    edges.dedup();
    let time = (0..12).map(|_| 1 + numbers.below(300)).collect();
    Problem::new(time, &edges, 3).unwrap()
}

/// Share that is optimal, in thousandths, and mean ratio to the optimum, in millionths.
fn quality(count: u64, mut next: impl FnMut(&mut Numbers) -> Problem) -> (u64, u64) {
    let mut numbers = Numbers(7);
    let (mut hits, mut ratios) = (0, 0);
    for _ in 0..count {
        let problem = next(&mut numbers);
        let optimum = check(&problem);
        let found = best(&problem, &Cpm::new(&problem)).1.makespan;
        assert!(found >= optimum);
        hits += u64::from(found == optimum);
        ratios += found * 1_000_000 / optimum;
    }
    (hits * 1_000 / count, ratios / count)
}

#[test]
fn small_pool_schedules_are_nearly_always_optimal() {
    let scarce = quality(500, small);
    assert!(scarce.0 >= 930 && scarce.1 <= 1_003_000, "{scarce:?}");
    let layered = quality(200, layered);
    assert!(layered.0 >= 930 && layered.1 <= 1_003_000, "{layered:?}");
}
