//! Names that items refer to, gathered in any order and written as the runs a `Draft` wants.

use std::collections::BTreeSet;

use crate::base::inputs::Inputs;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::draft::{Draft, ItemId};

/// How an item refers to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tie {
    /// It waits for it.
    After,
    /// It is waited for.
    Blocks,
    /// It serves that criterion.
    Serves,
}

/// Names gathered so far.
#[derive(Debug, Default)]
pub(super) struct Edges {
    ties: Vec<(ItemId, Tie, Text)>,
}

impl Edges {
    /// How many are tied so far.
    pub(super) fn len(&self) -> usize {
        self.ties.len()
    }

    /// Notes that `item` refers to `name`.
    pub(super) fn tie(&mut self, item: ItemId, tie: Tie, name: Text) {
        self.ties.push((item, tie, name));
    }

    /// Writes the names into the draft, each once per item, in the order they were gathered. Runs that are set already
    /// are kept where nothing was gathered.
    pub(super) fn seal(mut self, inputs: &Inputs, draft: &mut Draft) {
        self.ties.sort_by_key(|&(item, tie, _)| (item, tie));
        let mut ties = self.ties.into_iter().peekable();
        while let Some((item, tie, name)) = ties.next() {
            let start = draft.mentions.len();
            let mut known = BTreeSet::from([name.get(inputs).to_owned()]);
            draft.mentions.push(name);
            while let Some((_, _, next)) = ties.next_if(|(other, kind, _)| *other == item && *kind == tie) {
                if known.insert(next.get(inputs).to_owned()) {
                    draft.mentions.push(next);
                }
            }
            let run = Run::since(start, draft.mentions.len());
            let row = &mut draft.items[item];
            match tie {
                Tie::After => row.after = run,
                Tie::Blocks => row.blocks = run,
                Tie::Serves => row.serves = run,
            }
        }
    }
}
