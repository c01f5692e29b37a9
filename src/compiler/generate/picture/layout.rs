//! Where boxes and lines of the drawn graph go: columns from left to right, few crossings, straight lines.
//!
//! Waves are columns; people's work and what is done stand between. A line over several columns passes each through
//! a point of its own, so that it never runs through a box. Within a column everything is put in order by the mean of
//! its neighbours (a few sweeps), then moved as near to them as the order allows (isotonic regression). Integers only.

use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::{levels, topological};
use crate::base::table::Id as _;

use super::Scene;

/// Height of a box and of a point where a line passes, and the room between.
pub(super) const BOX: i64 = 46;
const POINT: i64 = 6;
const GAP: i64 = 14;
/// Sweeps that order columns, and sweeps that move boxes.
const SWEEPS: usize = 8;
/// Points beyond which long lines are drawn straight.
const POINTS: usize = 50_000;

/// Where everything goes.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    /// By task: its column and the top of its box.
    pub(super) boxes: Vec<(u32, i64)>,
    /// By edge of the plan: the points it passes, as column and height of the line.
    pub(super) lines: Vec<Vec<(u32, i64)>>,
    /// Number of columns.
    pub(super) columns: u32,
    /// Column of each wave.
    pub(super) waves: Vec<u32>,
    /// Height of the whole.
    pub(super) height: i64,
}

/// Lays a plan out.
pub(super) fn layout(scene: &Scene) -> Layout {
    let n = scene.plan.graph.tasks.len();
    let (column, waves) = columns(scene);
    let mut grid = Grid::new(scene, &column);
    grid.order();
    grid.place();
    let columns = column.iter().max().map_or(0, |last| last + 1);
    let height = (0..grid.kind.len()).map(|item| grid.top[item] + grid.height(item)).max().unwrap_or(0);
    let boxes = (0..n).map(|task| (column[task], grid.top[task])).collect();
    let lines = grid.lines.iter().map(|line| {
        line.iter().map(|&item| (grid.column[item as usize], grid.top[item as usize] + POINT / 2)).collect()
    });
    Layout { boxes, lines: lines.collect(), columns, waves, height }
}

/// The column of each task, and of each wave: as far left as what it waits for and the wave before allow.
fn columns(scene: &Scene) -> (Vec<u32>, Vec<u32>) {
    let plan = scene.plan;
    let n = plan.graph.tasks.len();
    let number = |at: usize| u32::try_from(at).expect("tasks are numbered by u32");
    // A wave is one vertex for all of its tasks.
    let vertex = |task: crate::ir::graph::TaskId| match plan.schedule.timing[task].wave {
        0 => task.0,
        wave => number(n) + wave - 1,
    };
    let mut edges: Vec<(u32, u32)> = plan
        .graph
        .edges
        .iter()
        .filter(|edge| !scene.is_done(edge.to))
        .map(|edge| (vertex(edge.from), vertex(edge.to)))
        .collect();
    let waves = plan.schedule.waves.len();
    edges.extend((1..waves).map(|wave| (number(n + wave - 1), number(n + wave))));
    let graph = Csr::new(n + waves, &edges);
    let level = topological(&graph).map_or_else(|_| vec![0; n + waves], |order| levels(&graph, &order));
    // Columns in which nothing stands, left by tasks that are drawn with their wave, fall away.
    let mut used: Vec<u32> = plan.graph.tasks.ids().map(|task| level[vertex(task) as usize]).collect();
    used.sort_unstable();
    used.dedup();
    let place = |level: u32| number(used.binary_search(&level).unwrap_or_default());
    let column = plan.graph.tasks.ids().map(|task| place(level[vertex(task) as usize])).collect();
    (column, (0..waves).map(|wave| place(level[n + wave])).collect())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Box,
    Point,
}

/// Boxes and points by column.
struct Grid {
    kind: Vec<Item>,
    column: Vec<u32>,
    /// The items of each column, from the top.
    rows: Vec<Vec<u32>>,
    /// Neighbours one column to the left and to the right.
    left: Csr,
    right: Csr,
    /// By edge of the plan: the points it passes.
    lines: Vec<Vec<u32>>,
    top: Vec<i64>,
}

impl Grid {
    fn new(scene: &Scene, column: &[u32]) -> Self {
        let edges = &scene.plan.graph.edges;
        let gap = |edge: &crate::ir::graph::Edge| {
            column[edge.to.index()].saturating_sub(column[edge.from.index()]).saturating_sub(1) as usize
        };
        let points: usize = edges.iter().map(gap).sum();
        let mut kind = vec![Item::Box; column.len()];
        let mut column = column.to_vec();
        let mut links: Vec<(u32, u32)> = Vec::new();
        let mut lines = Vec::with_capacity(edges.len());
        for edge in edges {
            let (first, last) = (column[edge.from.index()], column[edge.to.index()]);
            let mut line = Vec::new();
            let mut from = edge.from.0;
            if points <= POINTS {
                for at in first + 1..last {
                    let point = u32::try_from(kind.len()).expect("points are few");
                    kind.push(Item::Point);
                    column.push(at);
                    links.push((from, point));
                    line.push(point);
                    from = point;
                }
            }
            if first < last {
                links.push((from, edge.to.0));
            }
            lines.push(line);
        }
        let right = Csr::new(kind.len(), &links);
        let mut rows = vec![Vec::new(); column.iter().max().map_or(0, |last| *last as usize + 1)];
        for (item, &at) in (0..).zip(&column) {
            rows[at as usize].push(item);
        }
        let top = vec![0; kind.len()];
        Self { left: right.reversed(), right, kind, column, rows, lines, top }
    }

    fn height(&self, item: usize) -> i64 {
        match self.kind[item] {
            Item::Box => BOX,
            Item::Point => POINT,
        }
    }

    /// Puts the items of each column in order of the mean place of their neighbours, from left to right and back.
    fn order(&mut self) {
        let mut place = vec![0_i64; self.kind.len()];
        let note = |row: &[u32], place: &mut Vec<i64>| {
            let scale = 1_000_000 / i64::try_from(row.len().max(1)).expect("rows are short");
            for (at, &item) in (0..).zip(row) {
                place[item as usize] = at * scale;
            }
        };
        for row in &self.rows {
            note(row, &mut place);
        }
        for sweep in 0..SWEEPS {
            let forwards = sweep % 2 == 0;
            let count = self.rows.len();
            for step in 0..count {
                let at = if forwards { step } else { count - 1 - step };
                let neighbours = if forwards { &self.left } else { &self.right };
                let mut keyed: Vec<(i64, i64, u32)> = self.rows[at]
                    .iter()
                    .map(|&item| {
                        let row = neighbours.row(item);
                        let own = place[item as usize];
                        let sum: i64 = row.iter().map(|&other| place[other as usize]).sum();
                        let mean = i64::try_from(row.len()).ok().and_then(|count| sum.checked_div(count));
                        (mean.unwrap_or(own), own, item)
                    })
                    .collect();
                keyed.sort_unstable();
                self.rows[at] = keyed.into_iter().map(|(_, _, item)| item).collect();
                note(&self.rows[at], &mut place);
            }
        }
    }

    /// Moves the items of each column as near to their neighbours as order and room allow.
    fn place(&mut self) {
        for at in 0..self.rows.len() {
            let wanted = vec![0; self.rows[at].len()];
            self.settle(at, &wanted);
        }
        for sweep in 0..SWEEPS {
            let count = self.rows.len();
            for step in 0..count {
                let at = if sweep % 2 == 0 { step } else { count - 1 - step };
                let wanted: Vec<i64> = self.rows[at].iter().map(|&item| self.wanted(item)).collect();
                self.settle(at, &wanted);
            }
        }
        let least = self.top.iter().copied().min().unwrap_or(0);
        for top in &mut self.top {
            *top -= least;
        }
    }

    /// The top an item would like: its middle at the mean of its neighbours' middles.
    fn wanted(&self, item: u32) -> i64 {
        let middle = |item: u32| self.top[item as usize] + self.height(item as usize) / 2;
        let both = self.left.row(item).iter().chain(self.right.row(item));
        let (sum, count) = both.fold((0, 0), |(sum, count), &other| (sum + middle(other), count + 1));
        let mean = i64::checked_div(sum, count).unwrap_or_else(|| middle(item));
        mean - self.height(item as usize) / 2
    }

    /// Gives the items of a column the tops nearest to those wanted, in sum of squares, that keep order and room.
    fn settle(&mut self, at: usize, wanted: &[i64]) {
        // Without the room above it, an item's wish must not be less than that of the item above: neighbours whose
        // wishes collide share their mean.
        let mut room = 0;
        let mut blocks: Vec<(i64, i64)> = Vec::new();
        let mut offsets = Vec::with_capacity(wanted.len());
        for (&item, wish) in self.rows[at].iter().zip(wanted) {
            offsets.push(room);
            let mut block = (wish - room, 1);
            while let Some(&(sum, count)) = blocks.last()
                && sum * block.1 >= block.0 * count
            {
                blocks.pop();
                block = (block.0 + sum, block.1 + count);
            }
            blocks.push(block);
            room += self.height(item as usize) + GAP;
        }
        let mut items = self.rows[at].iter().zip(offsets);
        for (sum, count) in blocks {
            for (&item, offset) in items.by_ref().take(usize::try_from(count).unwrap_or_default()) {
                self.top[item as usize] = sum.div_euclid(count) + offset;
            }
        }
    }
}
