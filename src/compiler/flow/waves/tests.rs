//! Waves against their limits, and against the system this one replaces.

use super::{Waves, load::Load, waves};
use crate::base::digraph::order::levels;
use crate::compiler::flow::cpm::Cpm;
use crate::compiler::flow::problem::{Kind, Problem};
use crate::compiler::flow::ready::Verdict;
use crate::compiler::flow::testing::{SHAPES, dag, durations, generated, scarce};
use proptest::prelude::*;

fn check(problem: &Problem) -> Waves {
    waves(problem, &Cpm::new(problem))
}

/// The original's way: levels in order of id, cut into chunks of the greatest number at a time.
fn chunks(problem: &Problem) -> u64 {
    let level = levels(&problem.successors, &problem.order);
    let mut sorted: Vec<u32> = problem.vertices().collect();
    sorted.sort_by_key(|&v| level[v as usize]);
    sorted
        .chunk_by(|&a, &b| level[a as usize] == level[b as usize])
        .flat_map(|level| level.chunks(problem.capacity.parallel as usize))
        .map(|wave| wave.iter().map(|&v| problem.duration[v as usize]).max().unwrap() + problem.wave_buffer)
        .sum()
}

/// Each task once, after all it needs, and no limit passed.
fn sound(problem: &Problem, found: &Waves) -> Result<(), TestCaseError> {
    let mut wave_of = vec![None; problem.len()];
    for wave in found.tasks.vertices() {
        let mut load = Load::default();
        for &v in found.tasks.row(wave) {
            prop_assert!(wave_of[v as usize].replace(wave).is_none());
            prop_assert_eq!(load.fits(problem, v), Verdict::Yes);
            load.add(problem, v);
        }
        prop_assert!(found.tasks.row(wave).len() <= problem.capacity.parallel as usize);
    }
    // Through people's work the order holds too: their wave is the latest of those they wait for.
    let mut latest = vec![0; problem.len()];
    for &v in &problem.order {
        let before = problem.predecessors.row(v).iter().map(|&u| latest[u as usize]).max().unwrap_or(0);
        latest[v as usize] = match problem.kind[v as usize] {
            Kind::Auto => {
                let wave = wave_of[v as usize].unwrap() + 1;
                prop_assert!(wave > before);
                wave
            }
            Kind::Held | Kind::Manual | Kind::Void => {
                prop_assert!(wave_of[v as usize].is_none());
                before
            }
        };
    }
    Ok(())
}

#[test]
fn people_are_in_no_wave_but_are_waited_for() {
    let mut problem = Problem::new(vec![10, 100, 20], &[(0, 1), (1, 2)], 3).unwrap();
    problem.kind[1] = Kind::Manual;
    let found = check(&problem);
    assert_eq!((found.tasks.len(), found.starts, found.end), (2, vec![0, 110], 130));
}

#[test]
fn pauses_reach_from_wave_to_wave() {
    let mut problem = Problem::new(vec![5, 5, 5], &[(0, 1), (0, 2)], 3).unwrap();
    problem.pause = vec![30, 30, 0];
    let found = check(&problem);
    assert_eq!((found.starts, found.end), (vec![0, 30], 65));
    problem.pause = vec![0; 3];
    problem.batch_pause = Some((2, 100));
    assert_eq!(check(&problem).end, 110);
}

#[test]
fn many_people_and_timers_take_no_square_time() {
    let n = 20_000_u32;
    for edges in [Vec::new(), (1..n).map(|v| (v - 1, v)).collect::<Vec<_>>()] {
        let mut problem = Problem::new(vec![1; n as usize], &edges, 7).unwrap();
        for v in 0..n as usize {
            problem.kind[v] = [Kind::Auto, Kind::Held, Kind::Manual, Kind::Auto][v % 4];
        }
        let found = check(&problem);
        assert!(found.end >= u64::from(n) * 3 / 4 / 7);
        assert_eq!(found.tasks.targets().len(), n as usize / 2);
    }
}

#[test]
fn no_shape_takes_longer_than_the_original() {
    for shape in SHAPES {
        for n in [1, 10, 100, 1_000] {
            for seed in 0..5 {
                let mut problem = generated(shape, n, 7, seed);
                problem.wave_buffer = 17_000;
                let found = check(&problem);
                assert!(found.end <= chunks(&problem), "{shape:?} {n} {seed}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn every_limit_holds(problem in scarce(14), manual in proptest::collection::vec(0_u8..8, 14), tokens in proptest::collection::vec(0_u64..50, 14), cap in proptest::option::of(60_u64..90)) {
        let mut problem = problem;
        for (v, kind) in manual.into_iter().enumerate() {
            problem.kind[v] = match kind { 0 => Kind::Manual, 1 => Kind::Void, 2 => Kind::Held, _ => Kind::Auto };
            problem.sent[v] = tokens[v];
        }
        problem.capacity.wave_input = cap;
        sound(&problem, &check(&problem))?;
    }

    #[test]
    fn never_later_than_the_original(edges in dag(12), time in durations(12), parallel in 1_u32..5) {
        let problem = Problem::new(time, &edges, parallel).unwrap();
        let found = check(&problem);
        sound(&problem, &found)?;
        prop_assert!(found.end <= chunks(&problem));
    }
}
