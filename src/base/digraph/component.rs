//! Strongly connected components (Tarjan, iterative) and a shortest cycle in each.

use super::csr::Csr;

/// The components that hold a cycle: two or more vertices, or one with a loop.
///
/// Members ascend; components are in order of their first member.
#[must_use]
pub fn cyclic(successors: &Csr) -> Vec<Vec<u32>> {
    let mut found: Vec<Vec<u32>> = Vec::new();
    components(successors, |members| {
        if members.len() > 1 || successors.row(members[0]).contains(&members[0]) {
            let mut members = members.to_vec();
            members.sort_unstable();
            found.push(members);
        }
    });
    found.sort_unstable();
    found
}

/// Calls `each` with the members of every component, sinks first, members in no particular order.
pub fn components(successors: &Csr, mut each: impl FnMut(&[u32])) {
    const UNSEEN: u32 = u32::MAX;
    let n = successors.len();
    let mut index = vec![UNSEEN; n];
    let mut low = vec![0_u32; n];
    let mut stacked = vec![false; n];
    let mut stack: Vec<u32> = Vec::new();
    // A frame: the vertex and how many of its successors have been looked at.
    let mut frames: Vec<(u32, usize)> = Vec::new();
    let mut next = 0;
    for root in successors.vertices() {
        if index[root as usize] != UNSEEN {
            continue;
        }
        frames.push((root, 0));
        while let Some(frame) = frames.last_mut() {
            let v = frame.0;
            let at = v as usize;
            if frame.1 == 0 && index[at] == UNSEEN {
                index[at] = next;
                low[at] = next;
                next += 1;
                stack.push(v);
                stacked[at] = true;
            }
            if let Some(&w) = successors.row(v).get(frame.1) {
                frame.1 += 1;
                if index[w as usize] == UNSEEN {
                    frames.push((w, 0));
                } else if stacked[w as usize] {
                    low[at] = low[at].min(index[w as usize]);
                }
                continue;
            }
            frames.pop();
            if let Some(parent) = frames.last() {
                low[parent.0 as usize] = low[parent.0 as usize].min(low[at]);
            }
            if low[at] == index[at] {
                let begin = stack.iter().rposition(|&w| w == v).expect("a root is on the stack");
                for &w in &stack[begin..] {
                    stacked[w as usize] = false;
                }
                each(&stack[begin..]);
                stack.truncate(begin);
            }
        }
    }
}

/// A shortest cycle inside a component: each vertex has an edge to the next, the last to the first, which is the
/// smallest.
///
/// Searches from at most every vertex of the component, and stops improving after some tens of millions of steps:
/// in a component that large the cycle is a cycle, perhaps not a shortest.
#[must_use]
pub fn shortest_cycle(successors: &Csr, members: &[u32]) -> Vec<u32> {
    const BUDGET: usize = 1 << 25;
    if let Some(&own) = members.iter().find(|&&v| successors.row(v).contains(&v)) {
        return vec![own];
    }
    let local = Local::new(successors, members);
    // A cycle that no vertex can leave is the whole component; every other cycle passes through a vertex with two
    // ways on, so it is enough to start from those.
    let branching: Vec<u32> = local.graph.vertices().filter(|&v| local.graph.row(v).len() > 1).collect();
    let starts = if branching.is_empty() { vec![0] } else { branching };
    let mut search = Search::new(members.len());
    let mut best: Vec<u32> = Vec::new();
    for start in starts {
        if let Some(cycle) = search.through(&local.graph, start, best.len()) {
            best = cycle;
        }
        if best.len() == 2 || search.steps > BUDGET {
            break;
        }
    }
    let least = best.iter().enumerate().min_by_key(|&(_, &v)| v).map_or(0, |(at, _)| at);
    best.rotate_left(least);
    best.iter().map(|&v| members[v as usize]).collect()
}

/// A component as a graph of its own; vertex `i` is `members[i]`.
struct Local {
    graph: Csr,
}

impl Local {
    fn new(successors: &Csr, members: &[u32]) -> Self {
        let mut edges = Vec::new();
        for (v, &member) in (0_u32..).zip(members) {
            for target in successors.row(member) {
                if let Ok(w) = members.binary_search(target) {
                    edges.push((v, u32::try_from(w).expect("members are vertices")));
                }
            }
        }
        edges.sort_unstable();
        edges.dedup();
        Self { graph: Csr::new(members.len(), &edges) }
    }
}

/// Breadth-first search that is started many times.
struct Search {
    /// The round in which a vertex was last reached, and from where.
    seen: Vec<(u32, u32)>,
    round: u32,
    queue: Vec<u32>,
    steps: usize,
}

impl Search {
    fn new(n: usize) -> Self {
        Self { seen: vec![(0, 0); n], round: 0, queue: Vec::new(), steps: 0 }
    }

    /// A shortest cycle through `start`, if it is shorter than `bound` (0: of any length).
    fn through(&mut self, graph: &Csr, start: u32, bound: usize) -> Option<Vec<u32>> {
        self.round += 1;
        self.queue.clear();
        self.queue.push(start);
        let (mut head, mut level_end, mut length) = (0, 1, 1);
        while head < self.queue.len() {
            if head == level_end {
                level_end = self.queue.len();
                length += 1;
            }
            // A cycle closed from this level has `length` vertices.
            if bound > 0 && length >= bound {
                return None;
            }
            let v = self.queue[head];
            head += 1;
            for &w in graph.row(v) {
                self.steps += 1;
                if w == start {
                    return Some(self.trace(start, v));
                }
                if self.seen[w as usize].0 != self.round {
                    self.seen[w as usize] = (self.round, v);
                    self.queue.push(w);
                }
            }
        }
        None
    }

    /// The way from `start` to `end`, by where each vertex was reached from.
    fn trace(&self, start: u32, end: u32) -> Vec<u32> {
        let mut path = vec![end];
        let mut v = end;
        while v != start {
            v = self.seen[v as usize].1;
            path.push(v);
        }
        path.reverse();
        path
    }
}

#[cfg(test)]
mod tests {
    use super::{cyclic, shortest_cycle};
    use crate::base::digraph::csr::Csr;
    use proptest::prelude::*;

    fn check(n: usize, edges: &[(u32, u32)]) -> Vec<(Vec<u32>, Vec<u32>)> {
        let graph = Csr::new(n, edges);
        cyclic(&graph)
            .into_iter()
            .map(|members| {
                let cycle = shortest_cycle(&graph, &members);
                (members, cycle)
            })
            .collect()
    }

    #[test]
    fn only_members_are_named_and_the_cycle_is_short() {
        let edges = [(0, 1), (1, 2), (2, 3), (3, 1), (2, 1), (3, 4), (5, 5)];
        assert_eq!(check(6, &edges), [(vec![1, 2, 3], vec![1, 2]), (vec![5], vec![5])]);
        assert_eq!(check(3, &[(0, 1), (1, 2)]), []);
    }

    #[test]
    fn a_long_ring_needs_no_stack() {
        let n = 100_000;
        let mut edges: Vec<(u32, u32)> = (1..n).map(|v| (v - 1, v)).collect();
        edges.push((n - 1, 0));
        let found = check(n as usize, &edges);
        assert_eq!((found.len(), found[0].1.len()), (1, n as usize));
    }

    /// Reachability by at least one edge, as a matrix.
    fn closure(n: usize, edges: &[(u32, u32)]) -> Vec<Vec<bool>> {
        let mut reach = vec![vec![false; n]; n];
        for &(u, v) in edges {
            reach[u as usize][v as usize] = true;
        }
        for k in 0..n {
            for i in 0..n {
                for j in 0..n {
                    reach[i][j] |= reach[i][k] && reach[k][j];
                }
            }
        }
        reach
    }

    /// Length of a shortest closed walk through `v`, by counting edges.
    fn girth_at(n: usize, edges: &[(u32, u32)], v: usize) -> usize {
        let mut now = vec![false; n];
        now[v] = true;
        for length in 1..=n {
            let mut next = vec![false; n];
            for &(a, b) in edges {
                next[b as usize] |= now[a as usize];
            }
            if next[v] {
                return length;
            }
            now = next;
        }
        usize::MAX
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn agrees_with_brute_force(n in 1_u32..9, raw in proptest::collection::vec((0_u32..9, 0_u32..9), 0..20)) {
            let edges: Vec<(u32, u32)> = raw.into_iter().map(|(a, b)| (a % n, b % n)).collect();
            let matrix = closure(n as usize, &edges);
            let reach = |v: u32, w: u32| matrix[v as usize][w as usize];
            let n = n as usize;
            let all = 0..u32::try_from(n).unwrap();
            let mut expected: Vec<Vec<u32>> = all
                .clone()
                .filter(|&v| reach(v, v))
                .map(|v| all.clone().filter(|&w| reach(v, w) && reach(w, v)).collect())
                .collect();
            expected.sort();
            expected.dedup();
            let found = check(n, &edges);
            prop_assert_eq!(found.iter().map(|(members, _)| members.clone()).collect::<Vec<_>>(), expected);
            for (members, cycle) in found {
                let best = members.iter().map(|&v| girth_at(n, &edges, v as usize)).min().unwrap();
                prop_assert_eq!(cycle.len(), best);
                for (at, &v) in cycle.iter().enumerate() {
                    prop_assert!(edges.contains(&(v, cycle[(at + 1) % cycle.len()])));
                }
                prop_assert_eq!(cycle.iter().min(), cycle.first());
            }
        }
    }
}
