//! The open paragraph: its lines wait here until it is known what they are.

use crate::ir::outline::{BlockKind, Tick};

use super::{Container, Scanner, definition, offset};

/// Lines of a paragraph, without the marks of the containers around it. The room is used again and again.
#[derive(Default)]
pub(super) struct Paragraph {
    lines: Vec<(usize, usize)>,
    /// The item whose text this is.
    item: Option<usize>,
}

impl Paragraph {
    pub(super) fn open(&mut self, item: Option<usize>) {
        self.lines.clear();
        self.item = item;
    }
    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.lines.push((start, end));
    }
    pub(super) fn last(&self) -> Option<(usize, usize)> {
        self.lines.last().copied()
    }
    pub(super) fn pop(&mut self) {
        self.lines.pop();
    }
    /// Its range, and no line is left.
    pub(super) fn take(&mut self) -> Option<(usize, usize)> {
        let range = self.lines.first().zip(self.lines.last()).map(|(first, last)| (first.0, last.1));
        self.lines.clear();
        range
    }
}

impl Scanner<'_> {
    /// Turns the lines of the open paragraph into blocks.
    pub(super) fn close_paragraph(&mut self) {
        self.take_definitions();
        let Some((start, end)) = self.paragraph.take() else { return };
        let end = start + self.text[start..end].trim_ascii_end().len();
        let Some(item) = self.paragraph.item else {
            self.push(BlockKind::Paragraph, (start, end), (start, end));
            return;
        };
        if let Some(Container::Item { open, .. }) = self.containers.last_mut() {
            *open = false;
        }
        let (tick, text) = tick(&self.text[start..end]);
        let block = &mut self.blocks[item];
        block.tick = tick;
        block.text_start = offset(start + text);
        block.text_end = offset(end);
        block.end = offset(end);
    }

    /// Moves link definitions at the head of the open paragraph into blocks of their own.
    pub(super) fn take_definitions(&mut self) {
        let mut used = 0;
        while let Some(&(start, _)) = self.paragraph.lines.get(used) {
            if self.text.get(start) != Some(&b'[') {
                break;
            }
            let Some(lines) = definition::read(self.text, &self.paragraph.lines[used..]) else { break };
            let end = self.paragraph.lines[used + lines - 1].1;
            let end = start + self.text[start..end].trim_ascii_end().len();
            self.push(BlockKind::Definition, (start, end), (start, end));
            used += lines;
        }
        self.paragraph.lines.drain(..used);
        if used > 0
            && self.paragraph.lines.is_empty()
            && self.paragraph.item.is_some()
            && let Some(Container::Item { open, .. }) = self.containers.last_mut()
        {
            *open = true;
        }
    }
}

/// The box at the head of an item's text, and the offset of what follows it.
pub(super) fn tick(text: &[u8]) -> (Tick, usize) {
    let (tick, width) = match text {
        [b'[', b' ', b']', ..] => (Tick::Open, 3),
        [b'[', b'x' | b'X', b']', ..] => (Tick::Done, 3),
        // Check marks of Unicode: U+2713, U+2714, U+2705.
        [b'[', 0xe2, 0x9c, 0x93 | 0x94 | 0x85, b']', ..] => (Tick::Done, 5),
        [b'[', mark, b']', ..] if mark.is_ascii_punctuation() && !matches!(mark, b'[' | b']' | b'^') => {
            (Tick::Other(*mark), 3)
        }
        _ => return (Tick::None, 0),
    };
    let rest = &text[width..];
    if rest.first().is_some_and(|byte| !byte.is_ascii_whitespace()) {
        return (Tick::None, 0);
    }
    (tick, width + (rest.len() - rest.trim_ascii_start().len()))
}
