//! Topological order and Kahn levels.

use super::csr::Csr;
use super::queue::BitQueue;

/// The vertices such that every edge points forward; of those that are free the smallest always comes first.
///
/// # Errors
/// The vertices that could not be ordered, in ascending order: those on a cycle and those behind one.
pub fn topological(successors: &Csr) -> Result<Vec<u32>, Vec<u32>> {
    // Where every edge points forward already, counting up is that order.
    if successors.vertices().all(|v| successors.row(v).iter().all(|&w| w > v)) {
        return Ok(successors.vertices().collect());
    }
    let mut waiting = in_degrees(successors);
    let mut free = BitQueue::new(successors.len());
    for v in successors.vertices().filter(|&v| waiting[v as usize] == 0) {
        free.insert(v);
    }
    let mut order = Vec::with_capacity(successors.len());
    while let Some(v) = free.pop() {
        order.push(v);
        for &w in successors.row(v) {
            waiting[w as usize] -= 1;
            if waiting[w as usize] == 0 {
                free.insert(w);
            }
        }
    }
    if order.len() == successors.len() {
        Ok(order)
    } else {
        Err(successors.vertices().filter(|&v| waiting[v as usize] > 0).collect())
    }
}

/// The number of edges into each vertex.
#[must_use]
pub fn in_degrees(successors: &Csr) -> Vec<u32> {
    let mut degrees = vec![0; successors.len()];
    for &w in successors.targets() {
        degrees[w as usize] += 1;
    }
    degrees
}

/// The level of each vertex: 0 without predecessors, else one more than the highest of them.
#[must_use]
pub fn levels(successors: &Csr, order: &[u32]) -> Vec<u32> {
    let mut levels = vec![0_u32; successors.len()];
    for &v in order {
        let next = levels[v as usize] + 1;
        for &w in successors.row(v) {
            levels[w as usize] = levels[w as usize].max(next);
        }
    }
    levels
}

/// The place of each vertex in an order.
#[must_use]
pub fn positions(order: &[u32]) -> Vec<u32> {
    let mut positions = vec![0; order.len()];
    for (place, &v) in (0..).zip(order) {
        positions[v as usize] = place;
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::{levels, topological};
    use crate::base::digraph::csr::Csr;

    #[test]
    fn free_vertices_come_smallest_first() {
        let graph = Csr::new(5, &[(4, 0), (0, 2), (1, 2)]);
        let order = topological(&graph).unwrap();
        assert_eq!(order, [1, 3, 4, 0, 2]);
        assert_eq!(levels(&graph, &order), [1, 0, 2, 0, 0]);
    }

    #[test]
    fn what_lies_on_or_behind_a_cycle_is_named() {
        let graph = Csr::new(5, &[(0, 1), (1, 2), (2, 1), (2, 3)]);
        assert_eq!(topological(&graph), Err(vec![1, 2, 3]));
        assert_eq!(topological(&Csr::new(1, &[(0, 0)])), Err(vec![0]));
        assert_eq!(topological(&Csr::new(0, &[])), Ok(vec![]));
    }
}
