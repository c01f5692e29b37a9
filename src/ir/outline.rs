//! A>A  The block structure of a markdown file, flat and in document order, every block a range of the source.

use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// `# …` to `###### …`, or text underlined with `=` or `-`; `level` is 1 to 6.
    Heading,
    /// Lines of prose; `text` covers them, lazily continued lines included.
    Paragraph,
    /// An item of a `-`, `*` or `+` list; `text` is its first paragraph without marker and box.
    Bullet,
    /// An item of a numbered list; `number` holds its number.
    Numbered,
    /// A fenced block; `text` is its content, `info` the rest of the opening line.
    Fence,
    /// A block indented by four blanks; `text` is its content.
    Indented,
    /// A row of a table, header and delimiter rows included; `text` is the row.
    TableRow,
    /// The `| --- |` row of a table.
    TableRule,
    /// A block of HTML, comments included.
    Html,
    /// A thematic break.
    Break,
    /// A link reference definition: `[name]: target`.
    Definition,
}

/// The box of a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// No box.
    None,
    /// `[ ]`
    Open,
    /// `[x]`, `[X]`
    Done,
    /// `[-]`, `[/]`, `[~]` and the like: begun, or given up; the character.
    Other(u8),
}

/// One block. Nesting is told by `depth`: the blocks inside a list item follow it and are deeper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Number of list items around it.
    pub depth: u8,
    /// Number of block quotes around it.
    pub quotes: u8,
    /// Level of a heading, else 0.
    pub level: u8,
    /// The box of an item.
    pub tick: Tick,
    /// The number of a numbered item, else 0.
    pub number: u32,
    /// First byte, markers included.
    pub start: u32,
    /// One past the last byte of the block itself: what is nested in an item is not counted.
    pub end: u32,
    /// First byte of the content.
    pub text_start: u32,
    /// One past the last byte of the content, line end not included.
    pub text_end: u32,
}

/// All blocks of one file, and its front matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The file.
    pub file: FileId,
    /// The YAML head between two `---` lines: its inner text. Present only if it reads as a mapping.
    pub front: Option<Span>,
    /// Everything below it.
    pub blocks: Vec<Block>,
}

impl Outline {
    /// The place of a block.
    #[must_use]
    pub fn span(&self, block: &Block) -> Span {
        Span { file: self.file, start: block.start, end: block.end }
    }
    /// The content of a block.
    #[must_use]
    pub fn text(&self, block: &Block) -> Span {
        Span { file: self.file, start: block.text_start, end: block.text_end }
    }
    /// The rest of the opening line of a fence, without blanks around it; empty for any other block.
    #[must_use]
    pub fn info<'a>(&self, inputs: &'a Inputs, block: &Block) -> &'a str {
        if block.kind != BlockKind::Fence {
            return "";
        }
        let raw = inputs.slice(self.span(block));
        let line = raw.split('\n').next().unwrap_or_default().trim_start();
        line.trim_start_matches(if line.starts_with('~') { '~' } else { '`' }).trim()
    }
    /// The language of a fence: the first word of its opening line, as written; empty if there is none.
    #[must_use]
    pub fn language<'a>(&self, inputs: &'a Inputs, block: &Block) -> &'a str {
        self.info(inputs, block).split([' ', '\t', ',', '{']).next().unwrap_or_default()
    }
    /// Index one past the blocks nested in the list item at `index`.
    #[must_use]
    pub fn item_end(&self, index: usize) -> usize {
        let depth = self.blocks[index].depth;
        let nested = self.blocks[index + 1..].iter().take_while(|block| block.depth > depth);
        index + 1 + nested.count()
    }
    /// Index one past the section that the heading at `index` opens.
    #[must_use]
    pub fn section_end(&self, index: usize) -> usize {
        let level = self.blocks[index].level;
        let same = |block: &Block| {
            block.kind == BlockKind::Heading && block.depth == 0 && block.quotes == 0 && block.level <= level
        };
        self.blocks[index + 1..].iter().position(same).map_or(self.blocks.len(), |at| index + 1 + at)
    }
}
