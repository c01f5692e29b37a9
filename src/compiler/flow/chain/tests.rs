//! The chain explains the length of a schedule, whatever limits it.

use super::{Chain, chain};
use crate::compiler::flow::cpm::Cpm;
use crate::compiler::flow::improve::best;
use crate::compiler::flow::problem::Problem;
use crate::compiler::flow::testing::scarce;
use proptest::prelude::*;

fn check(problem: &Problem) -> (Chain, Vec<u64>, u64) {
    let pool = best(problem, &Cpm::new(problem)).1;
    (chain(problem, &pool.start), pool.start, pool.makespan)
}

#[test]
fn a_slot_handed_over_is_named() {
    let mut problem = Problem::new(vec![120, 300, 400], &[(0, 1)], 7).unwrap();
    problem.models = vec!["haiku".into(), "sonnet".into()];
    problem.model = vec![0, 1, 1];
    problem.capacity.slots = vec![Some(7), Some(1)];
    let (chain, _, makespan) = check(&problem);
    assert_eq!((chain.tasks, makespan), (vec![2, 1], 700));
    assert_eq!(chain.arcs[0].resource.as_deref(), Some("model:sonnet"));
}

#[test]
fn a_pause_is_named() {
    let mut problem = Problem::new(vec![10, 10], &[], 2).unwrap();
    problem.pause = vec![50, 50];
    let (chain, ..) = check(&problem);
    assert_eq!((chain.tasks, chain.arcs[0].resource.as_deref()), (vec![0, 1], Some("pause")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn its_times_make_the_makespan(problem in scarce(12)) {
        let (chain, start, makespan) = check(&problem);
        let sum: u64 = chain.tasks.iter().map(|&v| problem.duration[v as usize]).sum();
        prop_assert_eq!(sum, makespan);
        prop_assert_eq!(start[chain.tasks[0] as usize], 0);
        prop_assert_eq!(chain.arcs.len() + 1, chain.tasks.len());
        for arc in &chain.arcs {
            prop_assert_eq!(start[arc.from as usize] + problem.duration[arc.from as usize], start[arc.to as usize]);
            prop_assert_eq!(arc.resource.is_none(), problem.successors.row(arc.from).contains(&arc.to));
        }
    }
}
