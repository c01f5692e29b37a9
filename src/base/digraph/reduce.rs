//! Transitive reduction of an acyclic graph: which edges say nothing that the others do not.

use super::csr::Csr;
use super::reach::Reach;

/// Words of one block of targets whose ancestors are found together.
const WORDS: usize = 8;
/// Vertices up to which the answer is exact whatever it takes.
const EXACT: usize = 20_000;
/// Words that the exact method may join for larger graphs.
const WORK: u64 = 1 << 29;
/// Steps allowed to one search, and to all, where the exact method would take too long.
const SEARCH: u64 = 1 << 8;
const SEARCHES: u64 = 1 << 24;

/// For each edge, row after row, whether it is needless: its ends are joined by a longer path too, or by an equal edge
/// earlier in the row. Without the needless edges everything still waits for everything it waited for.
///
/// `order` is a topological order. Works on successors and, with the reverse order, on predecessors alike. Exact for
/// graphs of 20,000 vertices, and for larger ones unless the work would exceed a bound: then an edge that is not
/// quickly seen to be needless stays.
#[must_use]
pub fn reduce(graph: &Csr, order: &[u32]) -> Vec<bool> {
    reduce_where(graph, order, |_, _| true)
}

/// As `reduce`, for the edges for which `asked` holds, given their source and position; all others count as needed.
#[must_use]
pub fn reduce_where(graph: &Csr, order: &[u32], asked: impl Fn(u32, usize) -> bool) -> Vec<bool> {
    let mut needless = vec![false; graph.edges()];
    let mut seen = vec![u32::MAX; graph.len()];
    let mut reach: Option<Reach> = None;
    let mut open: Vec<(u32, usize)> = Vec::new();
    let level = super::order::levels(graph, order);
    for v in graph.vertices() {
        for at in graph.range(v) {
            let w = graph.targets()[at];
            let repeated = std::mem::replace(&mut seen[w as usize], v) == v;
            if !asked(v, at) {
                continue;
            }
            if repeated {
                needless[at] = true;
                continue;
            }
            // An edge to the next level has nothing to go round.
            if level[w as usize] > level[v as usize] + 1 {
                let reach = reach.get_or_insert_with(|| Reach::new(graph, order));
                if reach.detours_at_sight(v, w) {
                    needless[at] = true;
                } else {
                    open.push((w, at));
                }
            }
        }
    }
    if let Some(reach) = reach {
        settle(graph, order, open, reach, &mut needless);
    }
    needless
}

/// Decides the edges that the landmarks left open: `(target, position)`.
fn settle(graph: &Csr, order: &[u32], mut open: Vec<(u32, usize)>, mut reach: Reach, needless: &mut [bool]) {
    let place = super::order::positions(order);
    open.sort_unstable_by_key(|&(w, at)| (place[w as usize], at));
    let mut targets = targets(&open);
    if work(graph, &targets) > WORK && graph.len() > EXACT {
        // A short look around answers some.
        open.retain(|&(w, at)| {
            let left = SEARCHES.saturating_sub(reach.steps()).min(SEARCH);
            let answer = if left > 0 { reach.detours(source_of(graph, at), w, left) } else { None };
            needless[at] = answer == Some(true);
            answer.is_none()
        });
        targets = self::targets(&open);
        if work(graph, &targets) > WORK {
            return;
        }
    }
    let mut rest = open.as_slice();
    for block in targets.chunks(WORDS * 64) {
        let last = place[block[block.len() - 1] as usize];
        let here = rest.partition_point(|&(w, _)| place[w as usize] <= last);
        decide(graph, order, &place, block, &rest[..here], needless);
        rest = &rest[here..];
    }
}

/// The targets of edges that are sorted by them.
fn targets(open: &[(u32, usize)]) -> Vec<u32> {
    let mut targets: Vec<u32> = open.iter().map(|&(w, _)| w).collect();
    targets.dedup();
    targets
}

/// Words the exact method joins for so many targets.
fn work(graph: &Csr, targets: &[u32]) -> u64 {
    targets.len().div_ceil(WORDS * 64) as u64 * (graph.edges() as u64) * (WORDS as u64)
}

/// Decides the edges into one block of targets, which are in topological order.
fn decide(
    graph: &Csr,
    order: &[u32],
    place: &[u32],
    block: &[u32],
    edges: &[(u32, usize)],
    needless: &mut [bool],
) {
    let last = place[block[block.len() - 1] as usize] as usize;
    // By place in the order: the targets of the block that a vertex leads to, itself included.
    let mut leads = vec![[0_u64; WORDS]; last + 1];
    for (bit, &w) in block.iter().enumerate() {
        leads[place[w as usize] as usize][bit / 64] |= 1 << (bit % 64);
    }
    for (at, &v) in order[..=last].iter().enumerate().rev() {
        let mut mask = leads[at];
        for &w in graph.row(v) {
            if let Some(other) = leads.get(place[w as usize] as usize) {
                for (word, more) in mask.iter_mut().zip(other) {
                    *word |= more;
                }
            }
        }
        leads[at] = mask;
    }
    let mut bit = 0;
    for &(w, at) in edges {
        while block[bit] != w {
            bit += 1;
        }
        needless[at] = graph.row(source_of(graph, at)).iter().any(|&other| {
            let mask = leads.get(place[other as usize] as usize);
            other != w && mask.is_some_and(|mask| mask[bit / 64] & (1 << (bit % 64)) != 0)
        });
    }
}

/// The vertex in whose row the edge at this position stands.
fn source_of(graph: &Csr, at: usize) -> u32 {
    let (mut low, mut high) = (0, u32::try_from(graph.len()).expect("vertices are numbered by u32"));
    while low + 1 < high {
        let middle = low.midpoint(high);
        if graph.range(middle).start <= at {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::{decide, reduce};
    use crate::base::digraph::csr::Csr;
    use crate::base::digraph::order::{positions, topological};
    use crate::base::digraph::reach::Reach;
    use proptest::prelude::*;

    fn check(n: usize, edges: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let graph = Csr::new(n, edges);
        let order = topological(&graph).unwrap();
        let needless = reduce(&graph, &order);
        graph
            .vertices()
            .flat_map(|v| graph.range(v).map(move |at| (v, at)))
            .filter(|&(_, at)| needless[at])
            .map(|(v, at)| (v, graph.targets()[at]))
            .collect()
    }

    #[test]
    fn shortcuts_and_repetitions_are_needless() {
        assert_eq!(check(3, &[(0, 1), (1, 2), (0, 2)]), [(0, 2)]);
        assert_eq!(check(2, &[(0, 1), (0, 1)]), [(0, 1)]);
        assert_eq!(check(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]), []);
    }

    /// Whether a path of at least `least` edges leads from `a` to `b`.
    fn path(edges: &[(u32, u32)], a: u32, b: u32, least: usize) -> bool {
        (least <= 1 && edges.contains(&(a, b)))
            || edges.iter().any(|&(u, v)| u == a && path(edges, v, b, least.saturating_sub(1)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn agrees_with_brute_force(n in 1_u32..10, raw in proptest::collection::vec((0_u32..10, 0_u32..10), 0..20), shift in 0_u32..10) {
            let rename = |v: u32| (v + shift) % n;
            let mut edges: Vec<(u32, u32)> = raw
                .into_iter()
                .map(|(a, b)| (a % n, b % n))
                .filter(|(a, b)| a < b)
                .map(|(a, b)| (rename(a), rename(b)))
                .collect();
            edges.sort_unstable();
            edges.dedup();
            let expected: Vec<(u32, u32)> = edges.iter().copied().filter(|&(a, b)| path(&edges, a, b, 2)).collect();
            prop_assert_eq!(check(n as usize, &edges), expected.clone());

            let graph = Csr::new(n as usize, &edges);
            let order = topological(&graph).unwrap();
            let mut reach = Reach::new(&graph, &order);
            for a in 0..n {
                for b in 0..n {
                    prop_assert_eq!(reach.reaches(a, b), a != b && path(&edges, a, b, 1));
                }
            }
            // The block method alone, which small graphs seldom need.
            let place = positions(&order);
            let mut open: Vec<(u32, usize)> = graph.targets().iter().copied().zip(0..).collect();
            open.sort_unstable_by_key(|&(w, at)| (place[w as usize], at));
            let mut block: Vec<u32> = open.iter().map(|&(w, _)| w).collect();
            block.dedup();
            if !block.is_empty() {
                let mut needless = vec![false; graph.edges()];
                decide(&graph, &order, &place, &block, &open, &mut needless);
                prop_assert_eq!(needless.iter().filter(|&&flag| flag).count(), expected.len());
            }
        }
    }
}
