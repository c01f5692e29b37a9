//! The pool schedule against its limits.

use super::{Pool, Usage, pool};
use crate::compiler::flow::cpm::Cpm;
use crate::compiler::flow::problem::{Kind, Problem};
use crate::compiler::flow::ready::Verdict;
use crate::compiler::flow::testing::scarce;
use proptest::prelude::*;

fn check(problem: &Problem) -> Pool {
    let cpm = Cpm::new(problem);
    pool(problem, &problem.ranked(|v| std::cmp::Reverse(cpm.tail[v as usize])))
}

/// Precedence and every limit, moment by moment.
pub(in crate::compiler::flow) fn sound(problem: &Problem, start: &[u64]) -> Result<(), TestCaseError> {
    let end = |v: u32| start[v as usize] + problem.duration[v as usize];
    for v in problem.vertices() {
        for &w in problem.successors.row(v) {
            prop_assert!(end(v) <= start[w as usize]);
        }
    }
    for now in problem.runners().map(|v| start[v as usize]) {
        let mut usage = Usage::new(problem);
        for v in problem.runners().filter(|&v| start[v as usize] <= now && now < end(v)) {
            prop_assert_eq!(usage.fits(problem, v, None), Verdict::Yes);
            usage.take(problem, v);
        }
    }
    Ok(())
}

fn example() -> Problem {
    let mut problem = Problem::new(vec![120, 300, 400], &[(0, 1)], 7).unwrap();
    problem.models = vec!["haiku".into(), "sonnet".into()];
    problem.model = vec![0, 1, 1];
    problem.capacity.slots = vec![Some(7), Some(1)];
    problem
}

#[test]
fn one_slot_makes_seven_hundred_seconds_of_four_hundred_and_twenty() {
    let problem = example();
    assert_eq!((check(&problem).makespan, Cpm::new(&problem).length), (700, 420));
}

#[test]
fn pauses_and_rates_hold_starts_back() {
    let mut problem = Problem::new(vec![1_000; 4], &[], 4).unwrap();
    problem.pause = vec![15_000; 4];
    assert_eq!(check(&problem).start, [0, 15_000, 30_000, 45_000]);

    let mut problem = Problem::new(vec![5_000; 4], &[], 4).unwrap();
    problem.models = vec!["haiku".into()];
    problem.model = vec![0; 4];
    problem.usage = vec![[1, 0, 0]; 4];
    problem.capacity.per_minute = [Some(2), None, None];
    assert_eq!(check(&problem).start, [0, 0, 60_000, 60_000]);

    let mut problem = Problem::new(vec![1_000; 6], &[], 6).unwrap();
    problem.batch_pause = Some((2, 120_000));
    assert_eq!(check(&problem).start, [0, 0, 120_000, 120_000, 240_000, 240_000]);
    problem.counted = vec![false, false, false, true, true, true];
    assert_eq!(check(&problem).start, [0, 0, 0, 0, 0, 120_000]);
}

#[test]
fn a_lock_with_room_lets_so_many_in() {
    let mut problem = Problem::new(vec![10; 4], &[], 4).unwrap();
    problem.locks = vec!["at most 2 at once".into()];
    problem.holds = crate::base::digraph::csr::Csr::from_rows(vec![0, 1, 2, 3, 4], vec![0; 4]);
    assert_eq!(check(&problem).makespan, 40);
    problem.room = vec![2];
    assert_eq!(check(&problem).makespan, 20);
}

#[test]
fn a_chain_and_a_crowd_of_a_hundred_thousand() {
    let n = 100_000_u32;
    let chain: Vec<(u32, u32)> = (1..n).map(|v| (v - 1, v)).collect();
    let problem = Problem::new(vec![1; n as usize], &chain, 7).unwrap();
    assert_eq!(check(&problem).makespan, u64::from(n));
    let problem = Problem::new(vec![7; n as usize], &[], 7).unwrap();
    assert_eq!(check(&problem).makespan, u64::from(n.div_ceil(7)) * 7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn every_limit_holds_at_every_moment(problem in scarce(12), manual in proptest::collection::vec(0_u8..8, 12)) {
        let mut problem = problem;
        for (v, kind) in manual.into_iter().enumerate() {
            match kind {
                0 => problem.kind[v] = Kind::Manual,
                1 => problem.kind[v] = Kind::Held,
                _ => {}
            }
        }
        let found = check(&problem);
        sound(&problem, &found.start)?;
        let mut sequence = found.sequence.clone();
        sequence.sort_unstable();
        prop_assert_eq!(sequence, problem.runners().collect::<Vec<_>>());
        let last = problem.vertices().map(|v| found.start[v as usize] + problem.duration[v as usize]).max();
        prop_assert_eq!(Some(found.makespan), last);
    }
}
