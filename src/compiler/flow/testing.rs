//! Problems for tests: random ones, and those of the benchmark's generator.

use proptest::prelude::*;

use super::problem::Problem;
use crate::base::digraph::csr::Csr;

/// Edges of a random acyclic graph of `n` vertices, not in topological order.
pub(super) fn dag(n: u32) -> impl Strategy<Value = Vec<(u32, u32)>> {
    (
        proptest::collection::vec((0..n, 0..n), 0..(2 * n as usize)),
        Just((0..n).collect::<Vec<u32>>()).prop_shuffle(),
    )
        .prop_map(|(raw, names)| {
            let mut edges: Vec<(u32, u32)> = raw
                .into_iter()
                .filter(|(a, b)| a < b)
                .map(|(a, b)| (names[a as usize], names[b as usize]))
                .collect();
            edges.sort_unstable();
            edges.dedup();
            edges
        })
}

/// Durations of a few seconds.
pub(super) fn durations(n: usize) -> impl Strategy<Value = Vec<u64>> {
    proptest::collection::vec(1_u64..30, n)
}

/// A problem with two models, one lock and few slots.
pub(super) fn scarce(n: u32) -> impl Strategy<Value = Problem> {
    let n_tasks = n as usize;
    (
        dag(n),
        durations(n_tasks),
        proptest::collection::vec(0_u32..3, n_tasks),
        proptest::collection::vec(proptest::bool::weighted(0.2), n_tasks),
        (1_u32..4, proptest::option::of(1_u32..3), proptest::option::of(1_u32..3)),
    )
        .prop_map(|(edges, time, models, locked, (parallel, first, second))| {
            let mut problem = Problem::new(time, &edges, parallel).expect("edges are acyclic");
            problem.models = vec!["small".into(), "large".into()];
            problem.model = models
                .into_iter()
                .map(|model| if model == 2 { super::problem::NO_MODEL } else { model })
                .collect();
            problem.capacity.slots = vec![first, second];
            problem.locks = vec!["mcp:browser".into()];
            let holds: Vec<(u32, u32)> =
                (0..).zip(locked).filter(|(_, held)| *held).map(|(v, _)| (v, 0)).collect();
            problem.holds = Csr::new(problem.len(), &holds);
            problem
        })
}

/// A small generator of numbers for measurements that must not depend on a test library.
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// The shapes of the benchmark's generator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Layered,
    Chain,
    Wide,
    Diamond,
    Tree,
    Full,
}

/// All of them.
pub(super) const SHAPES: [Shape; 6] =
    [Shape::Layered, Shape::Chain, Shape::Wide, Shape::Diamond, Shape::Tree, Shape::Full];

/// A problem of this shape with the generator's mixture of durations, in milliseconds.
pub(super) fn generated(shape: Shape, n: u32, parallel: u32, seed: u64) -> Problem {
    let mut numbers = Numbers(seed);
    let mut edges: Vec<(u32, u32)> = Vec::new();
    match shape {
        Shape::Wide => {}
        Shape::Chain => edges.extend((1..n).map(|v| (v - 1, v))),
        Shape::Tree => edges.extend((1..n).map(|v| ((v - 1) / 3, v))),
        Shape::Diamond => {
            let joint = |v: u32| v / 6 * 6;
            for v in 1..n {
                if v % 6 == 0 {
                    edges.extend((v - 5..v).map(|tip| (tip, v)));
                } else {
                    edges.push((joint(v), v));
                }
            }
        }
        Shape::Full => {
            for v in 5..n {
                let before = v / 5 * 5;
                edges.extend((before - 5..before).map(|other| (other, v)));
            }
        }
        Shape::Layered => {
            let layers = (1..=n).find(|layers| layers * layers >= n).unwrap_or(1);
            let bound = |layer: u32| {
                u32::try_from(u64::from(layer) * u64::from(n) / u64::from(layers)).expect("below n")
            };
            for layer in 1..layers {
                for v in bound(layer)..bound(layer + 1) {
                    for _ in 0..=numbers.below(3) {
                        let skip = layer > 1 && numbers.below(100) < 15;
                        let (low, high) =
                            if skip { (0, bound(layer - 1)) } else { (bound(layer - 1), bound(layer)) };
                        if high > low {
                            let from =
                                low + u32::try_from(numbers.below(u64::from(high - low))).expect("below n");
                            edges.push((from, v));
                        }
                    }
                }
            }
            edges.sort_unstable();
            edges.dedup();
        }
    }
    let time = (0..n)
        .map(|_| {
            let (low, high) = match numbers.below(10) {
                0 | 1 => (1, 30),
                2..8 => (30, 120),
                _ => (60, 300),
            };
            (low + numbers.below(high - low + 1)) * 1_000
        })
        .collect();
    Problem::new(time, &edges, parallel).expect("the shapes are acyclic")
}
