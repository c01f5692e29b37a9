//! Decides whether a line without a box is work, a note, or neither.

use crate::compiler::ast::dialect::line::Line;
use crate::compiler::ast::dialect::meta::Pair;
use crate::compiler::ast::dialect::names::Sure;
use crate::compiler::ast::dialect::words::Word;
use crate::ir::draft::ItemKind;
use crate::ir::outline::BlockKind;

use super::chapter::{Style, is_item, is_ticked};
use super::tasks::{BOLD, LIST, Mode};
use super::walk::Walk;

/// What a line without a box is.
pub(super) enum Judged {
    Work,
    Note,
    Unused,
}

impl Walk<'_> {
    /// Whether the innermost open item below `rank` bears an id that makes it work.
    pub(super) fn in_sure(&mut self, rank: u8) -> bool {
        self.build.inside(rank).is_some_and(|open| open.sure)
    }

    /// Bold labels that lead in list work of a mere group (`- **Oracle:** add it`) are tasks, not metadata.
    pub(super) fn chapter_lists_work(&mut self, index: usize, at: usize, pair: Pair) -> bool {
        let sure =
            self.build.inside(LIST + self.block(at).depth).is_some_and(|open| open.sure || open.rank >= BOLD);
        !sure && !pair.value.is_empty() && !self.chapters[index].ticks
    }

    /// Judges the list item at `at`.
    pub(super) fn judge(&mut self, index: usize, at: usize, line: &Line, mode: Mode) -> Judged {
        let block = self.block(at);
        let rank = LIST + block.depth;
        if mode == Mode::Subtasks || line.done.is_some() {
            return Judged::Work;
        }
        let parent = block.depth.checked_sub(1).map(|depth| LIST + depth);
        let parent_open = parent.is_none_or(|rank| self.build.open.iter().any(|open| open.rank == rank));
        let worded = matches!(line.id, Some((_, Sure::Word | Sure::Code)));
        if self.chapters[index].ticks {
            let nested = self.outline.item_end(at);
            let below = (at + 1..nested).any(|inner| {
                is_item(self.block(inner))
                    && is_ticked(self.inputs, self.outline, self.block(inner), self.words)
            });
            return match () {
                () if below || worded => Judged::Work,
                () if block.depth == 0 && self.beside_box(at) => Judged::Work,
                () if block.depth > 0 || self.in_sure(rank) => Judged::Note,
                () => Judged::Unused,
            };
        }
        if !parent_open {
            return Judged::Note;
        }
        if self.in_sure(rank) {
            let parts = matches!(line.id, Some((_, Sure::Parts | Sure::Code | Sure::Word)));
            return if parts { Judged::Work } else { Judged::Note };
        }
        if let Some(parent) = parent {
            let around = self.build.open.iter().rev().find(|open| open.rank == parent).map(|open| open.id);
            let title_only = around.is_some_and(|id| {
                let item = &self.build.draft.items[id];
                item.kind != ItemKind::Task || self.inputs.slice(item.at).contains("**")
            });
            let (holder, _) = self.holder(at);
            if self.block(holder).kind == BlockKind::Numbered && !title_only && line.id.is_none() {
                return Judged::Note;
            }
            // `- Fix the animation` and below it `- when it moves`: a remark on work, not work.
            let leads = self.text(holder).trim_end().ends_with(':');
            if self.style == Style::List && !leads && self.orders(holder) && !self.orders(at) {
                return Judged::Note;
            }
        }
        Judged::Work
    }

    /// Whether, in a plain list, an item outside of others stands right beside one with a box: then the box was forgotten.
    fn beside_box(&self, at: usize) -> bool {
        if self.style != Style::List {
            return false;
        }
        let outline = self.outline;
        let boxed = |other: usize| {
            let block = self.block(other);
            is_item(block) && block.depth == 0 && is_ticked(self.inputs, outline, block, self.words)
        };
        let before = (0..at).rev().find(|&other| self.block(other).depth == 0);
        let after = (at + 1..outline.blocks.len()).find(|&other| self.block(other).depth == 0);
        before.is_some_and(boxed) && after.is_none_or(|other| boxed(other) || !is_item(self.block(other)))
            || after.is_some_and(boxed)
                && before.is_none_or(|other| boxed(other) || !is_item(self.block(other)))
    }

    /// Whether an item begins with a verb of making.
    fn orders(&self, at: usize) -> bool {
        let mut words = self.text(at).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.next().is_some_and(|word| self.words.is(word, Word::Verb))
    }

    /// The list item around a nested one, and its depth.
    fn holder(&self, at: usize) -> (usize, u8) {
        let depth = self.block(at).depth;
        let mut index = at;
        while index > 0 {
            index -= 1;
            let block = self.block(index);
            if is_item(block) && block.depth < depth {
                return (index, block.depth);
            }
        }
        (at, depth)
    }
}
