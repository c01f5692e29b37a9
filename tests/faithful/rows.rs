//! Work as somebody might write it down: rows with a depth, and all that is known about each.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

/// A line of work. Its word stands nowhere else, whatever is done to the rows around it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Number of its word.
    pub(super) word: u32,
    /// How deep it stands: at most one deeper than the row above.
    pub(super) depth: usize,
    /// Finished; for a group: all below it are.
    pub(super) done: bool,
    /// Which of [`TITLES`].
    pub(super) title: usize,
    /// Positions of rows it waits for.
    pub(super) after: Vec<usize>,
    /// Which way it names a file, 0 for none.
    pub(super) path: usize,
    /// Whether there is a criterion about it.
    pub(super) criterion: bool,
    /// Which remark follows it, 0 for none.
    pub(super) note: usize,
}

/// What a task may be called. `%` stands for its word.
pub(super) const TITLES: [&str; 12] = [
    "Write the % page",
    "Add `%` to the form",
    "Implement **%** import",
    "Criar a tela %",
    "Fix %: it must not crash",
    "Set up % (local and remote)",
    "Support [%](https://example.com/%) links",
    "Remove %, and what refers to it",
    "Refactor _%_ - step by step",
    "Configurar % para produção",
    "Teach \"%\" to wait",
    "%",
];

/// A word that is in no dictionary, and in no other.
pub(super) fn word(number: u32) -> String {
    let (mut word, mut rest) = (String::new(), number + 7 * 60);
    for _ in 0..3 {
        word.push(char::from(b"bdfgklmnprtv"[rest as usize % 12]));
        word.push(char::from(b"aeiou"[rest as usize / 12 % 5]));
        rest /= 60;
    }
    word + "q"
}

impl Row {
    /// Its word.
    pub(super) fn word(&self) -> String {
        word(self.word)
    }
    /// Its title with its marks.
    pub(super) fn marked(&self) -> String {
        TITLES[self.title].replace('%', &self.word())
    }
    /// Its title without.
    pub(super) fn plain(&self) -> String {
        let text = self.marked();
        let Some((head, rest)) = text.split_once('[') else { return text };
        let (name, rest) = rest.split_once("](").expect("a link");
        let (_, tail) = rest.split_once(')').expect("a link");
        format!("{head}{name}{tail}")
    }
    /// The file it names.
    pub(super) fn file(&self) -> Option<String> {
        let word = self.word();
        match self.path {
            1 => Some(format!("src/{word}.rs")),
            2 => Some(format!("docs/{word}/index.md")),
            3 => Some(format!("web/src/{word}/[id].tsx")),
            _ => None,
        }
    }
}

/// Whether nothing stands below a row.
pub(super) fn is_leaf(rows: &[Row], at: usize) -> bool {
    rows.get(at + 1).is_none_or(|next| next.depth <= rows[at].depth)
}

/// The innermost rows of a row: itself, or those below it.
pub(super) fn leaves(rows: &[Row], at: usize) -> Vec<usize> {
    (at..end(rows, at)).filter(|&row| is_leaf(rows, row)).collect()
}

/// Where the rows below a row end.
pub(super) fn end(rows: &[Row], at: usize) -> usize {
    (at + 1..rows.len()).find(|&row| rows[row].depth <= rows[at].depth).unwrap_or(rows.len())
}

/// What must come before what, between innermost rows, by word: `(earlier, later)`.
pub(super) fn order(rows: &[Row]) -> BTreeSet<(String, String)> {
    let mut pairs = BTreeSet::new();
    for (at, row) in rows.iter().enumerate() {
        for &before in &row.after {
            for from in leaves(rows, before) {
                for to in leaves(rows, at) {
                    pairs.insert((rows[from].word(), rows[to].word()));
                }
            }
        }
    }
    pairs
}

type Raw = (usize, bool, usize, Vec<Index>, usize, bool, usize);

fn raw(deepest: usize) -> impl Strategy<Value = Raw> {
    (
        0..=deepest,
        any::<bool>(),
        0..TITLES.len(),
        prop_oneof![3 => Just(Vec::new()), 2 => prop::collection::vec(any::<Index>(), 1..3)],
        prop_oneof![2 => Just(0), 1 => 1..4usize],
        any::<bool>(),
        prop_oneof![2 => Just(0), 1 => 1..6usize],
    )
}

/// Rows that wait for rows above them, or, turned round, for rows below: no circles.
pub(super) fn rows(deepest: usize, most: usize) -> impl Strategy<Value = Vec<Row>> {
    (prop::collection::vec(raw(deepest), 1..most), any::<bool>())
        .prop_map(|(raws, turned)| settle(&raws, turned))
}

fn settle(raws: &[Raw], turned: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (number, (depth, done, title, _, path, criterion, note)) in raws.iter().enumerate() {
        rows.push(Row {
            word: u32::try_from(number).expect("few"),
            depth: rows.last().map_or(0, |last| (last.depth + 1).min(*depth)),
            done: *done,
            title: *title,
            after: Vec::new(),
            path: *path,
            criterion: *criterion,
            note: *note,
        });
    }
    for at in 0..rows.len() {
        let free: Vec<usize> = (0..rows.len())
            .filter(|&other| if turned { other >= end(&rows, at) } else { end(&rows, other) <= at })
            .collect();
        let picks: BTreeSet<usize> =
            raws[at].3.iter().filter(|_| !free.is_empty()).map(|pick| free[pick.index(free.len())]).collect();
        rows[at].after = picks.into_iter().collect();
    }
    for at in (0..rows.len()).rev() {
        if !is_leaf(&rows, at) {
            rows[at].done = leaves(&rows, at).iter().all(|&leaf| rows[leaf].done);
            // A group is headed by words, and has no file of its own.
            rows[at].path = 0;
        }
    }
    rows
}

/// A change somewhere: rows go, come, or change places; the others stay as they are.
pub(super) fn edited(rows: &[Row], picks: &[(u8, Index)]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    for row in &mut rows {
        row.after.clear();
    }
    for (number, (what, pick)) in picks.iter().enumerate() {
        let at = pick.index(rows.len().max(1)).min(rows.len());
        match what % 3 {
            0 if rows.len() > 1 => {
                let till = end(&rows, at);
                if till - at < rows.len() {
                    rows.drain(at..till);
                }
            }
            1 => {
                let word = 500 + u32::try_from(number).expect("few");
                let depth = rows.get(at).map_or(0, |row| row.depth);
                let new = Row {
                    word,
                    depth,
                    done: false,
                    title: number % TITLES.len(),
                    after: Vec::new(),
                    path: number % 4,
                    criterion: false,
                    note: number % 6,
                };
                rows.insert(at, new);
            }
            // A row and what is below it moves behind its next sibling.
            _ => {
                let (middle, depth) = (end(&rows, at), rows[at].depth);
                if rows.get(middle).is_some_and(|next| next.depth == depth) {
                    let till = end(&rows, middle);
                    rows[at..till].rotate_left(middle - at);
                }
            }
        }
    }
    rows
}
