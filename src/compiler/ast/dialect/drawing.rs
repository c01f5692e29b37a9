//! Drawings of order in a fence: waves as JSON, mermaid, and lines of box characters. Each says who comes before whom.
//!
//! A drawing in boxes is read as nets: line characters that touch each other. What stands left of a net, or above its
//! top, comes before what its arrows point at, or what its open ends reach. Hand-drawn lines may miss by one column.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Pairs one net or wave may stand for: more are no drawing of a person.
const MOST: usize = 10_000;

/// A name in a drawing: the id as tasks bear it, and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) id: String,
    pub(super) at: (usize, usize),
}

/// Every pair of a drawing, what comes before first. `known` says which ids there are.
pub(super) fn pairs(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let found = if first.starts_with(['{', '[']) && text.contains("\"waves\"") {
        waves(text, known)
    } else if is_mermaid(text) {
        mermaid(text, known)
    } else if is_drawn(text) {
        Grid::of(text, known).pairs()
    } else {
        Vec::new()
    };
    found.into_iter().filter(|(earlier, later)| earlier.id != later.id).collect()
}

/// `1.1 → 1.2 → 2.1`, each line for itself.
pub(super) fn chains(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let mut found = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let mut before: Option<Named> = None;
        let mut at = from;
        for part in line.split("->").flat_map(|part| part.split(['→', '⇒', '►'])) {
            let named = name(text, at, known).filter(|named| named.at.1 <= at + part.len());
            if let (Some(earlier), Some(later)) = (&before, &named) {
                found.push((earlier.clone(), later.clone()));
            }
            before = named;
            at += part.len();
            let arrow = text[at..].chars().next().map_or(0, |c| if c == '-' { 2 } else { c.len_utf8() });
            at += arrow;
        }
        from += line.len();
    }
    found.retain(|(earlier, later)| earlier.id != later.id);
    found
}

/// Whether lines are drawn in it, so that its lines are no sentences.
pub(super) fn is_drawn(text: &str) -> bool {
    text.contains(['─', '│', '└', '├', '┌', '┐', '┘', '┤', '━', '═'])
        || text.lines().any(|line| line.trim_start_matches(['|', ' ']).starts_with("+-"))
}

/// Whether it is a graph of mermaid.
pub(super) fn is_mermaid(text: &str) -> bool {
    let head = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("%%"));
    head.is_some_and(|line| line.starts_with("graph") || line.starts_with("flowchart"))
}

/// The name a text begins with: `Task 1.2: title`, `T001`, `#3`, and where it stands. `T1` and `t1_2` may stand for
/// `1` and `1.2`.
fn name(text: &str, from: usize, known: &dyn Fn(&str) -> bool) -> Option<Named> {
    let mut at = from;
    for _ in 0..3 {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches([' ', '"', '\'', '#', '[', '(', '*', '`', '\t']).len();
        let rest = &text[at..];
        let len =
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))).unwrap_or(rest.len());
        let token = rest[..len].trim_end_matches(['.', '-', '_']);
        if token.is_empty() {
            return None;
        }
        let digits = token.trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '-' | '_'));
        let readings = [token.to_owned(), digits.to_owned(), digits.replace('_', ".")];
        let numbered = digits.starts_with(|c: char| c.is_ascii_digit());
        let id = readings.into_iter().take(if numbered { 3 } else { 1 }).find(|id| known(id));
        if let Some(id) = id {
            return Some(Named { id, at: (at, at + token.len()) });
        }
        // `Task 3`: a word before the number.
        if numbered || !rest[len..].starts_with([' ', '#']) {
            return None;
        }
        at += len;
    }
    None
}

/// `{"waves": [{"id": 0, "tasks": ["1.1"]}, …]}`: a wave waits for the one before it.
fn waves(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let mut found = Vec::new();
    let mut before: Vec<Named> = Vec::new();
    for (at, key) in text.match_indices("\"tasks\"") {
        let Some(open) = text[at..].find('[').map(|open| at + open) else { continue };
        let Some(close) = text[open..].find(']').map(|close| open + close) else { continue };
        if text[at + key.len()..open].trim() != ":" {
            continue;
        }
        let mut from = open + 1;
        let mut wave = Vec::new();
        for part in text[open + 1..close].split(',') {
            wave.extend(name(text, from, known).filter(|name| name.at.1 <= from + part.len()));
            from += part.len() + 1;
        }
        for later in wave.iter().filter(|_| wave.len() * before.len() <= MOST) {
            found.extend(before.iter().map(|earlier| (earlier.clone(), later.clone())));
        }
        if !wave.is_empty() {
            before = wave;
        }
    }
    found
}

/// `A[Task 1: title] --> B & C`: a node is the task its label begins with, else the one its own name is.
fn mermaid(text: &str, known: &dyn Fn(&str) -> bool) -> Vec<(Named, Named)> {
    let mut labels: BTreeMap<&str, Named> = BTreeMap::new();
    let mut links: Vec<(Vec<(&str, usize)>, Vec<(&str, usize)>)> = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let begin = from;
        from += line.len();
        let body = line.trim_end();
        let word = body.split_whitespace().next().unwrap_or_default();
        if [
            "graph",
            "flowchart",
            "subgraph",
            "end",
            "style",
            "classDef",
            "class",
            "linkStyle",
            "click",
            "direction",
        ]
        .contains(&word)
            || word.starts_with("%%")
        {
            continue;
        }
        let mut left: Option<Vec<(&str, usize)>> = None;
        let mut forward = true;
        let mut at = 0;
        while at < body.len() {
            let (nodes, next) = nodes(text, body, begin, at, known, &mut labels);
            if let Some(left) = left.take()
                && !nodes.is_empty()
            {
                links.push(if forward { (left, nodes.clone()) } else { (nodes.clone(), left) });
            }
            let Some((range, points)) = link(body, next) else { break };
            forward = points;
            left = Some(nodes);
            at = range.end;
        }
    }
    let meant = |&(id, at): &(&str, usize)| {
        labels
            .get(id)
            .map(|named| Named { id: named.id.clone(), at: (at, at + id.len()) })
            .or_else(|| name(text, at, known).filter(|named| named.at == (at, at + id.len())))
    };
    let mut found = Vec::new();
    for (left, right) in &links {
        for earlier in left.iter().filter_map(meant) {
            found.extend(right.iter().filter_map(meant).map(|later| (earlier.clone(), later)));
        }
    }
    found
}

/// The nodes joined by `&` from `at` on, with their labels noted, and the offset behind them.
fn nodes<'t>(
    text: &'t str,
    body: &'t str,
    begin: usize,
    at: usize,
    known: &dyn Fn(&str) -> bool,
    labels: &mut BTreeMap<&'t str, Named>,
) -> (Vec<(&'t str, usize)>, usize) {
    let mut found = Vec::new();
    let mut at = at;
    loop {
        let rest = &body[at..];
        at += rest.len() - rest.trim_start_matches([' ', '\t', ';']).len();
        let rest = &body[at..];
        let len = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))).unwrap_or(rest.len());
        if len == 0 {
            return (found, at);
        }
        let id = &rest[..len];
        found.push((id, begin + at));
        at += len;
        let open = &body[at..];
        let close = match open.chars().next() {
            Some('[') => open.rfind_first(']'),
            Some('(') => open.rfind_first(')'),
            Some('{') => open.rfind_first('}'),
            _ => None,
        };
        if let Some(close) = close {
            let inner =
                begin + at + open.len() - open.trim_start_matches(['[', '(', '{', '"', '/', '>']).len();
            if let Some(named) = name(text, inner, known).filter(|named| named.at.1 <= begin + at + close) {
                labels.entry(id).or_insert(named);
            }
            at += close + open[close..].len() - open[close..].trim_start_matches([']', ')', '}']).len();
        }
        if let Some(class) = body[at..].strip_prefix(":::") {
            at += 3 + class.find(|c: char| !c.is_alphanumeric()).unwrap_or(class.len());
        }
        let rest = body[at..].trim_start();
        if !rest.starts_with('&') {
            return (found, at);
        }
        at = body.len() - rest.len() + 1;
    }
}

/// Looks for the bracket that closes the first one of a text, quotes skipped.
trait Closing {
    fn rfind_first(&self, close: char) -> Option<usize>;
}

impl Closing for str {
    fn rfind_first(&self, close: char) -> Option<usize> {
        let mut quoted = false;
        self.char_indices().skip(1).find_map(|(at, c)| {
            quoted ^= c == '"';
            (c == close && !quoted).then_some(at)
        })
    }
}

/// The link at `at`: its range with its label, and whether it points right. A line without a head is no order.
fn link(body: &str, at: usize) -> Option<(Range<usize>, bool)> {
    let rest = &body[at..];
    let start = at + rest.len() - rest.trim_start().len();
    let line = &body[start..];
    if !line.starts_with(['-', '=', '<']) {
        return None;
    }
    let back = line.starts_with('<');
    let mut end = start
        + line.find(|c: char| !matches!(c, '-' | '=' | '.' | '<' | '>' | 'x' | 'o')).unwrap_or(line.len());
    let mut head = body[start..end].contains('>');
    if !head && !back {
        // `-- because --> B`
        let arrow = ["-->", "==>", ".->"].into_iter().filter_map(|arrow| body[end..].find(arrow)).min()?;
        end += arrow + 3;
        end += body[end..].len() - body[end..].trim_start_matches(['-', '=', '>']).len();
        head = true;
    }
    let tail = body[end..].trim_start();
    if let Some(label) = tail.strip_prefix('|') {
        end = body.len() - label.len() + label.find('|').map_or(label.len(), |close| close + 1);
    }
    (head || back).then_some((start..end, head))
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

#[cfg(test)]
mod tests {
    use super::pairs;

    #[track_caller]
    fn check(text: &str, ids: &[&str], want: &str) {
        let mut found: Vec<String> = pairs(text, &|id| ids.contains(&id))
            .into_iter()
            .map(|(earlier, later)| format!("{}<{}", later.id, earlier.id))
            .collect();
        found.sort();
        found.dedup();
        assert_eq!(found.join(" "), want, "{text}");
    }

    #[test]
    fn waves_follow_each_other() {
        check(
            "{\n  \"waves\": [\n    { \"id\": 0, \"tasks\": [\"1.1\", \"9\"] },\n    { \"id\": 1, \"tasks\": [\"1.2\", \"2\"] },\n    { \"id\": 2, \"tasks\": [3] }\n  ]\n}",
            &["1.1", "1.2", "2", "3"],
            "1.2<1.1 2<1.1 3<1.2 3<2",
        );
    }

    #[test]
    fn mermaid_nodes_are_tasks_by_label_or_by_name() {
        check(
            "graph TD\n  A[Task 1: Store] --> C[Task 3: Page]\n  B(\"Task 2: Hook\") -->|needs| C\n  C -.-> D & E\n  D[4. End]:::late\n  E[5]\n  style A fill:#fff\n",
            &["1", "2", "3", "4", "5"],
            "3<1 3<2 4<3 5<3",
        );
        check(
            "flowchart LR\nT001 --> T002 & T003\nT003 -- why --> T004\nT004 --- T005",
            &["T001", "T002", "T003", "T004", "T005"],
            "T002<T001 T003<T001 T004<T003",
        );
        check("graph TD\n T1_1[Store] --> T1_2\n", &["1.1", "1.2"], "1.2<1.1");
    }

    #[test]
    fn boxes() {
        let ids = ["T1", "T2", "T3", "T4", "T5", "T6"];
        check("T1 ─┬─► T2 ──► T3\nT4 ─┤\nT5 ─┘\n", &ids, "T2<T1 T2<T4 T2<T5 T3<T2");
        check(
            "Task T1 (no-op) ──→ Task T2 (calls)\n                 ├─→ Task T3\n                 └─→ Task T4",
            &ids,
            "T2<T1 T3<T1 T4<T1",
        );
        check("T1 (root)\n├── T2 (store)\n│   ├── T3\n│   └── T4\n└── T5\n", &ids, "T2<T1 T3<T2 T4<T2 T5<T1");
        check(
            "T1: base\n   └→ T2 (bug)\n        └→ T3 (auth) ─┬→ T4\n                      └→ T5\nT6 (cron) ── independent",
            &ids,
            "T2<T1 T3<T2 T4<T3 T5<T3",
        );
        check("T1\n |\n +-- T2\n |    +-- T3\n +-- T4\n", &ids, "T2<T1 T3<T2 T4<T1");
        check(
            "T1 ────────┐\n           ├──> T3 ──┐\nT2 ────────┘         ▼\n                    T4",
            &ids,
            "T3<T1 T3<T2 T4<T3",
        );
        let chained = super::chains("T1 → T2 (two) -> T3\nT4 -> x -> T5", &|id| ids.contains(&id));
        assert_eq!(
            chained.iter().map(|(a, b)| format!("{}{}", a.id, b.id)).collect::<Vec<_>>(),
            ["T1T2", "T2T3"]
        );
        check("Sprint 1\n├─ T1: rate()\n└─ T2: use it ───► (after all)", &ids, "");
    }
}
