//! Lines of box characters, as nets on a grid.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{MOST, Named, name};

/// The pairs of a drawing.
pub(super) fn read(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    Grid::of(text, known).pairs()
}

/// What a character of a drawing leads to: left, right, up, down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Ports {
    left: bool,
    right: bool,
    up: bool,
    down: bool,
    /// It points there.
    head: Option<Head>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Head {
    Left,
    Right,
    Down,
}

fn ports(c: char) -> Option<Ports> {
    let of = |left, right, up, down| Some(Ports { left, right, up, down, head: None });
    match c {
        '─' | '━' | '═' | '╌' | '┄' => of(true, true, false, false),
        '│' | '┃' | '║' | '┆' => of(false, false, true, true),
        '┌' | '╭' | '┏' | '╔' => of(false, true, false, true),
        '┐' | '╮' | '┓' | '╗' => of(true, false, false, true),
        '└' | '╰' | '┗' | '╚' => of(false, true, true, false),
        '┘' | '╯' | '┛' | '╝' => of(true, false, true, false),
        '├' | '┣' | '╠' => of(false, true, true, true),
        '┤' | '┫' | '╣' => of(true, false, true, true),
        '┬' | '┳' | '╦' => of(true, true, false, true),
        '┴' | '┻' | '╩' => of(true, true, true, false),
        '┼' | '╋' | '╬' => of(true, true, true, true),
        '→' | '►' | '▶' | '▸' | '➔' => {
            Some(Ports { left: true, head: Some(Head::Right), ..Ports::default() })
        }
        '←' | '◄' | '◀' | '◂' => {
            Some(Ports { right: true, head: Some(Head::Left), ..Ports::default() })
        }
        '↓' | '▼' | '⬇' | '▾' => Some(Ports { up: true, head: Some(Head::Down), ..Ports::default() }),
        _ => None,
    }
}

/// A stretch of text between lines, and the task it begins with.
struct Cell {
    from: usize,
    to: usize,
    named: Option<Named>,
}

struct Grid {
    lines: BTreeMap<(usize, usize), Ports>,
    /// By row, from left to right.
    cells: Vec<Vec<Cell>>,
}

impl Grid {
    fn of(text: &str, known: &dyn Fn(&str) -> bool) -> Self {
        let mut grid = Self { lines: BTreeMap::new(), cells: Vec::new() };
        let mut begin = 0;
        for (row, line) in text.split_inclusive('\n').enumerate() {
            grid.cells.push(Vec::new());
            let chars: Vec<(usize, char)> = line.trim_end().char_indices().collect();
            let mut open: Option<(usize, usize)> = None;
            let mut column = 0;
            for (index, &(offset, c)) in chars.iter().enumerate() {
                let near = |c: char| matches!(c, '-' | '>' | '+') || ports(c).is_some();
                let beside = |other: Option<&(usize, char)>| other.is_some_and(|&(_, c)| near(c));
                let drawn = beside(chars.get(index + 1)) || index > 0 && beside(chars.get(index - 1));
                let found = ports(c).or_else(|| match c {
                    '-' if drawn => ports('─'),
                    '>' if drawn => ports('►'),
                    '+' if drawn => ports('┼'),
                    '|' => ports('│'),
                    _ => None,
                });
                if let Some(found) = found {
                    grid.lines.insert((row, column), found);
                    grid.close(text, row, open.take(), begin + offset, column, known);
                } else if !c.is_whitespace() && open.is_none() {
                    open = Some((begin + offset, column));
                }
                column += if is_wide(c) { 2 } else { 1 };
            }
            grid.close(text, row, open.take(), begin + line.trim_end().len(), column, known);
            begin += line.len();
        }
        grid
    }

    fn close(
        &mut self,
        text: &str,
        row: usize,
        open: Option<(usize, usize)>,
        end: usize,
        column: usize,
        known: &dyn Fn(&str) -> bool,
    ) {
        let Some((start, from)) = open else { return };
        let named = name(text, start, known).filter(|named| named.at.1 <= end);
        self.cells[row].push(Cell { from, to: column, named });
    }

    fn pairs(&self) -> Vec<(Named, Named)> {
        let mut seen: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut found = Vec::new();
        for &start in self.lines.keys() {
            if !seen.insert(start) {
                continue;
            }
            let mut net = vec![start];
            let mut next = 0;
            while let Some(&at) = net.get(next) {
                next += 1;
                net.extend(self.beside(at).into_iter().filter(|&other| seen.insert(other)));
            }
            let (before, after) = self.ends(&net);
            if before.len() * after.len() > MOST {
                continue;
            }
            for earlier in &before {
                found.extend(after.iter().map(|later| (earlier.clone(), later.clone())));
            }
        }
        found
    }

    /// Line characters that touch the one at a place.
    fn beside(&self, (row, column): (usize, usize)) -> Vec<(usize, usize)> {
        let own = self.lines[&(row, column)];
        let mut found = Vec::new();
        let at =
            |row: usize, column: usize| self.lines.get(&(row, column)).map(|ports| ((row, column), *ports));
        if let Some((place, other)) = at(row, column + 1)
            && own.right
            && other.left
        {
            found.push(place);
        }
        if let Some((place, other)) = column.checked_sub(1).and_then(|column| at(row, column))
            && own.left
            && other.right
        {
            found.push(place);
        }
        // Upwards and downwards one side may say it: a branch drawn below the middle of a line is meant to touch it.
        if let Some((place, other)) = at(row + 1, column)
            && (own.down || own.right && own.left)
            && other.up
        {
            found.push(place);
        }
        if let Some((place, other)) = row.checked_sub(1).and_then(|row| at(row, column))
            && own.up
            && (other.down || other.right && other.left)
        {
            found.push(place);
        }
        found
    }

    /// What a net begins at, and what it leads to.
    fn ends(&self, net: &[(usize, usize)]) -> (BTreeSet<Named>, BTreeSet<Named>) {
        let (mut before, mut after) = (BTreeSet::new(), BTreeSet::new());
        let pointed = net.iter().any(|place| self.lines[place].head.is_some());
        for &(row, column) in net {
            let own = self.lines[&(row, column)];
            let joined = self.beside((row, column));
            let (left, right) = (self.left(row, column), self.right(row, column));
            match own.head {
                Some(Head::Right) => after.extend(right),
                Some(Head::Left) => after.extend(left),
                Some(Head::Down) => after.extend(self.below(row, column)),
                None => {
                    if own.left && !joined.iter().any(|&(r, c)| r == row && c < column) {
                        before.extend(left);
                    }
                    // Without heads an open end to the right is what a tree holds.
                    if own.right && !joined.iter().any(|&(r, c)| r == row && c > column) {
                        let into = if pointed { &mut before } else { &mut after };
                        into.extend(right);
                    }
                    if own.up && !joined.iter().any(|&(r, _)| r < row) {
                        before.extend(self.over(row, column));
                    }
                }
            }
        }
        (before, after)
    }

    /// The task whose text ends left of a place, with no other line between.
    fn left(&self, row: usize, column: usize) -> Option<Named> {
        let cells = &self.cells[row];
        let cell = cells[..cells.partition_point(|cell| cell.to <= column)].last()?;
        self.is_free(row, cell.to..column).then(|| cell.named.clone())?
    }

    fn right(&self, row: usize, column: usize) -> Option<Named> {
        let cells = &self.cells[row];
        let cell = cells.get(cells.partition_point(|cell| cell.from <= column))?;
        self.is_free(row, column + 1..cell.from).then(|| cell.named.clone())?
    }

    fn is_free(&self, row: usize, columns: Range<usize>) -> bool {
        columns.is_empty() || self.lines.range((row, columns.start)..(row, columns.end)).next().is_none()
    }

    fn over(&self, row: usize, column: usize) -> Option<Named> {
        self.at(row.checked_sub(1)?, column)
    }

    fn below(&self, row: usize, column: usize) -> Option<Named> {
        self.at(row + 1, column)
    }

    /// The task whose text covers a place.
    fn at(&self, row: usize, column: usize) -> Option<Named> {
        let cells = self.cells.get(row)?;
        let cell = cells[..cells.partition_point(|cell| cell.from <= column)].last()?;
        cell.named.clone().filter(|_| column <= cell.to)
    }
}

/// Whether a character takes two columns.
fn is_wide(c: char) -> bool {
    matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0x1f300..=0x1faff)
}
