//! Markdown to flat blocks: one pass over the lines, no tree, no allocation for a line.
//!
//! The block structure is that of `CommonMark` with tables and task boxes; inline markup is left to `ast::inline`.
//! *Invariant*: every block is a range of the file; work is linear in the text, times at most `DEEPEST` containers.

use crate::base::inputs::Inputs;
use crate::base::span::FileId;
use crate::ir::outline::{Block, BlockKind, Outline, Tick};

use self::line::Line;
use self::paragraph::Paragraph;
use super::frontmatter;

mod definition;
mod html;
mod line;
mod marked;
mod paragraph;
mod start;

/// How many items, and how many quotes, may lie in each other; deeper markers are text.
pub const DEEPEST: u8 = 100;

/// The blocks of a markdown file, and its front matter.
#[must_use]
pub fn outline(inputs: &Inputs, file: FileId) -> Outline {
    let front = frontmatter::read(inputs, file).value;
    let from = front.as_ref().map_or(0, |front| front.body);
    Outline { file, front: front.map(|front| front.inner), blocks: blocks(inputs.text(file), from) }
}

/// The blocks of `text` from byte `from` on, lists that people mark in their own way among them.
#[must_use]
pub fn blocks(text: &str, from: usize) -> Vec<Block> {
    marked::split(text, scan(text, from))
}

/// The blocks of `text` from byte `from` on, as `CommonMark` knows them.
#[must_use]
pub fn scan(text: &str, from: usize) -> Vec<Block> {
    let mut scanner = Scanner {
        text: text.as_bytes(),
        blocks: Vec::new(),
        containers: Vec::new(),
        depth: 0,
        quotes: 0,
        leaf: Leaf::None,
        paragraph: Paragraph::default(),
    };
    let mut start = from;
    for end in memchr::memchr_iter(b'\n', &text.as_bytes()[from..]) {
        scanner.line(start, from + end);
        start = from + end + 1;
    }
    if start < text.len() {
        scanner.line(start, text.len());
    }
    scanner.close_to(0);
    scanner.blocks
}

/// What may hold blocks.
#[derive(Clone, Copy)]
enum Container {
    Quote,
    Item {
        /// Columns a line must be indented by to belong to the item.
        indent: usize,
        /// Its block.
        block: usize,
        /// Nothing has been found in it yet.
        empty: bool,
        /// Nothing but link definitions has been found in it: a paragraph is its text.
        open: bool,
    },
}

/// The block that takes lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaf {
    None,
    /// Its lines wait in `Scanner::paragraph`.
    Paragraph,
    Fence {
        mark: u8,
        length: usize,
    },
    Html(html::End),
    Indented,
    Table,
}

struct Scanner<'a> {
    text: &'a [u8],
    blocks: Vec<Block>,
    containers: Vec<Container>,
    /// Open items, at most [`DEEPEST`].
    depth: u8,
    /// Open quotes, at most [`DEEPEST`].
    quotes: u8,
    leaf: Leaf,
    paragraph: Paragraph,
}

impl Scanner<'_> {
    /// Takes the line `start..end`, its end not included.
    fn line(&mut self, start: usize, end: usize) {
        if self.containers.is_empty() && self.text.get(start).is_some_and(|&byte| line::is_plain(byte)) {
            match self.leaf {
                Leaf::Paragraph => return self.paragraph.push(start, end),
                Leaf::None => return self.open_paragraph(start, end),
                Leaf::Fence { .. } | Leaf::Html(_) | Leaf::Indented | Leaf::Table => {}
            }
        }
        let mut line = Line::new(self.text, start, end);
        let mut matched = self.match_containers(&mut line);
        let blank = line.is_blank();
        if matched < self.containers.len() {
            if blank || self.leaf != Leaf::Paragraph {
                self.close_to(matched);
            }
        } else if self.continue_leaf(&line, blank) {
            return;
        }
        if blank {
            return;
        }
        while let Some(opened) = self.start(&mut line, matched) {
            match opened {
                Opened::Leaf => return,
                Opened::Container => matched = self.containers.len(),
            }
            if line.is_blank() {
                return;
            }
        }
        let (_, at) = line.indent();
        match self.leaf {
            Leaf::Paragraph => self.paragraph.push(at, end),
            Leaf::Table => self.row(BlockKind::TableRow, at, end),
            Leaf::None | Leaf::Fence { .. } | Leaf::Html(_) | Leaf::Indented => {
                self.close_to(matched);
                self.open_paragraph(at, end);
            }
        }
    }

    /// Passes over the indentation and quote marks of the open containers; the number that goes on.
    fn match_containers(&mut self, line: &mut Line<'_>) -> usize {
        for (index, container) in self.containers.iter().enumerate() {
            let goes_on = match *container {
                Container::Quote => line.quote_mark(),
                Container::Item { .. } if line.is_blank() => {
                    // A blank line ends an item in which there is nothing, and passes through all others.
                    let empty = matches!(container, Container::Item { empty: true, .. });
                    if !empty && self.quotes == 0 {
                        let last = self.containers.last();
                        let unborn = matches!(last, Some(Container::Item { empty: true, .. }));
                        return self.containers.len() - usize::from(unborn);
                    }
                    !empty
                }
                Container::Item { indent, .. } => line.take_indent(indent),
            };
            if !goes_on {
                return index;
            }
        }
        self.containers.len()
    }

    /// Hands a line to the open leaf of a container that goes on; true when the line is used up.
    fn continue_leaf(&mut self, line: &Line<'_>, blank: bool) -> bool {
        match self.leaf {
            Leaf::None => false,
            Leaf::Paragraph | Leaf::Table => {
                if blank {
                    self.close_leaf();
                }
                blank
            }
            Leaf::Fence { mark, length } => {
                let closes = start::closes_fence(line, mark, length);
                let block = self.last();
                block.end = offset(line.end);
                if closes {
                    self.leaf = Leaf::None;
                } else {
                    block.text_end = offset(line.end);
                }
                true
            }
            Leaf::Html(end) => {
                if blank && end == html::End::Blank {
                    self.leaf = Leaf::None;
                    return true;
                }
                self.extend(line);
                if html::ends(end, line.rest()) {
                    self.leaf = Leaf::None;
                }
                true
            }
            Leaf::Indented => {
                if blank {
                    return true;
                }
                let goes_on = line.indent().0 >= 4;
                if goes_on {
                    self.extend(line);
                } else {
                    self.leaf = Leaf::None;
                }
                goes_on
            }
        }
    }

    /// The open block now ends with this line.
    fn extend(&mut self, line: &Line<'_>) {
        let end = offset(line.trimmed_end());
        let block = self.last();
        block.end = block.end.max(end);
        block.text_end = block.text_end.max(end);
    }

    fn last(&mut self) -> &mut Block {
        self.blocks.last_mut().expect("an open leaf is the last block")
    }

    fn open_paragraph(&mut self, start: usize, end: usize) {
        let item = self.adopt();
        self.paragraph.open(item);
        self.paragraph.push(start, end);
        self.leaf = Leaf::Paragraph;
    }

    /// Tells the innermost container that it holds something; the block of an item whose text is still to come.
    fn adopt(&mut self) -> Option<usize> {
        match self.containers.last_mut() {
            Some(Container::Item { empty, open, block, .. }) => {
                *empty = false;
                std::mem::take(open).then_some(*block)
            }
            Some(Container::Quote) | None => None,
        }
    }

    /// Adds a block at the current depth.
    fn push(&mut self, kind: BlockKind, range: (usize, usize), text: (usize, usize)) -> usize {
        self.adopt();
        self.blocks.push(Block {
            kind,
            depth: self.depth,
            quotes: self.quotes,
            level: 0,
            tick: Tick::None,
            number: 0,
            start: offset(range.0),
            end: offset(range.1),
            text_start: offset(text.0),
            text_end: offset(text.1),
        });
        self.blocks.len() - 1
    }

    fn row(&mut self, kind: BlockKind, start: usize, end: usize) {
        let end = start + self.text[start..end].trim_ascii_end().len();
        self.push(kind, (start, end), (start, end));
    }

    fn close_leaf(&mut self) {
        if self.leaf == Leaf::Paragraph {
            self.close_paragraph();
        }
        self.leaf = Leaf::None;
    }

    /// Closes the leaf and all containers but the first `count`.
    fn close_to(&mut self, count: usize) {
        self.close_leaf();
        for container in self.containers.drain(count..) {
            match container {
                Container::Quote => self.quotes -= 1,
                Container::Item { .. } => self.depth -= 1,
            }
        }
    }
}

/// What began on a line.
enum Opened {
    /// A block that used the line up.
    Leaf,
    /// A quote or an item; the line goes on.
    Container,
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("a source file is shorter than 4 GiB")
}

#[cfg(test)]
mod tests;
