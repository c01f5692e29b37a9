//! Adjacency as two arrays (compressed sparse rows): the neighbours of all vertices, one after the other.

/// A directed graph: a row of neighbours for each vertex.
///
/// Read as successors or as predecessors; `reversed` turns one into the other. Parallel edges and loops are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Csr {
    start: Vec<u32>,
    to: Vec<u32>,
}

impl Csr {
    /// The graph of `n` vertices with these edges, each `(from, to)`; a row keeps the order of its edges here.
    ///
    /// Edges that name a vertex beyond `n` are left out.
    #[must_use]
    pub fn new(n: usize, edges: &[(u32, u32)]) -> Self {
        let inside = |&&(from, to): &&(u32, u32)| (from as usize) < n && (to as usize) < n;
        let mut start = vec![0_u32; n + 1];
        for &(from, _) in edges.iter().filter(inside) {
            start[from as usize + 1] += 1;
        }
        for v in 0..n {
            start[v + 1] += start[v];
        }
        let mut at = start.clone();
        let mut to = vec![0; start[n] as usize];
        for &(from, target) in edges.iter().filter(inside) {
            let slot = &mut at[from as usize];
            to[*slot as usize] = target;
            *slot += 1;
        }
        Self { start, to }
    }

    /// A graph whose rows exist already: row `v` is `to[start[v]..start[v + 1]]`.
    ///
    /// `start` has one entry more than there are vertices, begins with 0, never falls, and ends with `to.len()`.
    #[must_use]
    pub fn from_rows(start: Vec<u32>, to: Vec<u32>) -> Self {
        debug_assert_eq!(start.first(), Some(&0));
        debug_assert_eq!(start.last().map(|&end| end as usize), Some(to.len()));
        Self { start, to }
    }

    /// Number of vertices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.start.len().saturating_sub(1)
    }

    /// Whether there is no vertex.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of edges.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.to.len()
    }

    /// The neighbours of a vertex.
    #[must_use]
    pub fn row(&self, v: u32) -> &[u32] {
        &self.to[self.start[v as usize] as usize..self.start[v as usize + 1] as usize]
    }

    /// The positions of a vertex's row among all edges.
    #[must_use]
    pub fn range(&self, v: u32) -> std::ops::Range<usize> {
        self.start[v as usize] as usize..self.start[v as usize + 1] as usize
    }

    /// All neighbours, row after row.
    #[must_use]
    pub fn targets(&self) -> &[u32] {
        &self.to
    }

    /// The vertices, in order.
    pub fn vertices(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.len()).expect("vertices are numbered by u32")
    }

    /// The same edges, each turned round; rows are in order of their vertices.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let n = self.len();
        let mut start = vec![0_u32; n + 1];
        for &v in &self.to {
            start[v as usize + 1] += 1;
        }
        for v in 0..n {
            start[v + 1] += start[v];
        }
        let mut at = start.clone();
        let mut to = vec![0; self.to.len()];
        for v in self.vertices() {
            for &w in self.row(v) {
                let slot = &mut at[w as usize];
                to[*slot as usize] = v;
                *slot += 1;
            }
        }
        Self { start, to }
    }
}

#[cfg(test)]
mod tests {
    use super::Csr;

    #[test]
    fn rows_keep_the_order_of_their_edges_and_turn_round() {
        let graph = Csr::new(4, &[(2, 1), (0, 3), (2, 0), (0, 1), (9, 1)]);
        assert_eq!((graph.row(0), graph.row(1), graph.row(2)), (&[3, 1][..], &[][..], &[1, 0][..]));
        let back = graph.reversed();
        assert_eq!((back.row(0), back.row(1), back.row(3)), (&[2][..], &[0, 2][..], &[0][..]));
        assert_eq!((graph.len(), graph.edges()), (4, 4));
        assert!(Csr::new(0, &[]).is_empty());
    }
}
