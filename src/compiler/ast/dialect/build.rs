//! Puts a draft together while a document is read from top to bottom: open items, what is gathered for each, and the
//! runs they become.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::draft::{Criterion, Draft, Item, ItemId, ItemKind, PathUse, Unused};

/// An item whose end has not been reached.
#[derive(Debug)]
pub struct Open {
    /// The item.
    pub id: ItemId,
    /// Items of equal or higher rank close it: 1 to 6 for headings, 8 for bold lines, 10 and more for list items.
    pub rank: u8,
    /// It bears an id that no mere heading has, so it is work even without boxes below.
    pub sure: bool,
    /// It is headed by a phase word.
    pub phase: bool,
    /// What it waits for.
    pub after: Vec<Text>,
    /// What waits for it.
    pub blocks: Vec<Text>,
    /// Criteria it serves.
    pub serves: Vec<Text>,
    /// Paths with a role.
    pub paths: Vec<PathUse>,
    /// Criteria of its own.
    pub criteria: Vec<Criterion>,
    /// Pieces of prose; neighbours are joined.
    detail: Vec<Span>,
}

/// A draft in the making.
pub struct Builder<'a> {
    inputs: &'a Inputs,
    /// What has been gathered.
    pub draft: Draft,
    /// Items whose end has not been reached, the outermost first.
    pub open: Vec<Open>,
    /// What was noticed.
    pub findings: Vec<Diagnostic>,
}

impl<'a> Builder<'a> {
    /// Begins with an empty draft.
    #[must_use]
    pub fn new(inputs: &'a Inputs, draft: Draft) -> Self {
        Self { inputs, draft, open: Vec::new(), findings: Vec::new() }
    }

    /// Opens an item inside the nearest open one of lower rank; what it interrupts is closed.
    pub fn open(&mut self, rank: u8, mut item: Item) -> &mut Open {
        self.close(rank);
        item.parent = self.open.last().map(|open| open.id);
        if let Some(parent) = self.open.last() {
            let phase = parent.phase;
            let parent = &mut self.draft.items[parent.id];
            if parent.kind == ItemKind::Task {
                parent.kind = if phase { ItemKind::Phase } else { ItemKind::Group };
            }
        }
        let id = self.draft.items.push(item);
        self.open.push(Open {
            id,
            rank,
            sure: false,
            phase: false,
            after: Vec::new(),
            blocks: Vec::new(),
            serves: Vec::new(),
            paths: Vec::new(),
            criteria: Vec::new(),
            detail: Vec::new(),
        });
        self.open.last_mut().expect("an item was pushed")
    }

    /// Closes every open item of this rank and above.
    pub fn close(&mut self, rank: u8) {
        while let Some(open) = self.open.pop_if(|open| open.rank >= rank) {
            self.seal(open);
        }
    }

    /// The innermost open item of a rank below `rank`.
    pub fn inside(&mut self, rank: u8) -> Option<&mut Open> {
        self.open.iter_mut().rev().find(|open| open.rank < rank)
    }

    /// The item of an open entry.
    pub fn item(&mut self, id: ItemId) -> &mut Item {
        &mut self.draft.items[id]
    }

    /// Adds prose to the innermost open item below `rank`; false if there is none.
    pub fn detail(&mut self, rank: u8, span: Span) -> bool {
        let inputs = self.inputs;
        let Some(open) = self.inside(rank) else { return false };
        let between = |last: &Span| inputs.text(span.file).get(last.end as usize..span.start as usize);
        let mark = ['-', '*', '+', ' ', '\n', '\t', '>'];
        match open.detail.last_mut() {
            // What lies inside of what was said before was said before.
            Some(last) if (last.start..last.end).contains(&span.start) => last.end = last.end.max(span.end),
            Some(last) if between(last).is_some_and(|text| text.trim_matches(mark).is_empty()) => {
                last.end = span.end;
            }
            _ => open.detail.push(span),
        }
        let id = open.id;
        self.reach(id, span);
        true
    }

    /// Lets the item's place reach to the end of `span`.
    pub fn reach(&mut self, id: ItemId, span: Span) {
        let item = &mut self.draft.items[id];
        if span.file == item.at.file {
            item.at.end = item.at.end.max(span.end);
        }
    }

    /// Notes something that is not used.
    pub fn unused(&mut self, span: Span, reason: &'static str) {
        self.draft.unused.push(Unused { span, reason });
    }

    /// Closes everything and hands the draft over.
    #[must_use]
    pub fn finish(mut self) -> Outcome<Draft> {
        self.close(0);
        Outcome::new(self.draft, self.findings)
    }

    fn seal(&mut self, open: Open) {
        let draft = &mut self.draft;
        let after = run(&mut draft.mentions, open.after);
        let blocks = run(&mut draft.mentions, open.blocks);
        let serves = run(&mut draft.mentions, open.serves);
        let paths = run(&mut draft.paths, open.paths);
        let first = draft.criteria.len();
        for criterion in open.criteria {
            draft.criteria.push(criterion);
        }
        let criteria = if draft.criteria.len() > first {
            Run::since(first, draft.criteria.len())
        } else {
            Run::default()
        };
        let detail = match open.detail.as_slice() {
            [] => None,
            [one] => Some(Text::At(*one)),
            [first, .., last] => {
                let parts: Vec<&str> =
                    open.detail.iter().map(|&span| self.inputs.slice(span).trim_end()).collect();
                Some(Text::made(parts.join("\n\n"), first.to(*last)))
            }
        };
        let end = draft.items[open.id].at.end;
        let item = &mut draft.items[open.id];
        if !after.is_empty() {
            item.after = after;
        }
        if !blocks.is_empty() {
            item.blocks = blocks;
        }
        if !serves.is_empty() {
            item.serves = serves;
        }
        if !paths.is_empty() {
            item.paths = paths;
        }
        if !criteria.is_empty() {
            item.criteria = criteria;
            // A task without a box of its own is finished when all that must hold is ticked.
            let all = draft.criteria.rows()[first..].iter().all(|criterion| criterion.done);
            if all && item.kind == ItemKind::Task {
                item.done = item.done.or(Some(true));
            }
        }
        if detail.is_some() {
            item.detail = detail;
        }
        // A group's place is its own lines, not those of its children.
        if item.kind == ItemKind::Task
            && let Some(parent) = item.parent
        {
            let parent = &mut draft.items[parent];
            if parent.kind == ItemKind::Task {
                parent.at.end = parent.at.end.max(end);
            }
        }
    }
}

/// Appends texts to a flat table and gives their run; none for none.
pub fn run<T>(table: &mut Vec<T>, rows: Vec<T>) -> Run {
    if rows.is_empty() {
        return Run::default();
    }
    let first = table.len();
    table.extend(rows);
    Run::since(first, table.len())
}
