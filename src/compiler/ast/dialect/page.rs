//! Taking a markdown document apart: which blocks became items, and where the rest of it goes.
//!
//! Invariant: after [`Page::rest`] every block that says something is part of an item, a criterion, a section or
//! the list of what was not used.

use crate::base::fold;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::{Draft, Section, SectionRole, Unused};
use crate::ir::outline::{Block, BlockKind, Outline, Tick};

use super::words::{Part, Words};

/// What becomes of prose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// A prompt may quote it.
    Keep(SectionRole),
    /// It is listed as not used, with this reason.
    Drop(&'static str),
}

/// A document being taken apart.
pub(super) struct Page<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) outline: &'a Outline,
    used: Vec<bool>,
    heading: Vec<u32>,
}

const NO_HEADING: u32 = u32::MAX;

impl<'a> Page<'a> {
    /// A document of which nothing has been used.
    pub(super) fn new(inputs: &'a Inputs, outline: &'a Outline) -> Self {
        let mut open: Vec<(u8, u32)> = Vec::new();
        let mut heading = Vec::with_capacity(outline.blocks.len());
        for (index, block) in outline.blocks.iter().enumerate() {
            if is_heading(block) {
                open.retain(|&(level, _)| level < block.level);
                heading.push(open.last().map_or(NO_HEADING, |&(_, at)| at));
                open.push((block.level, u32::try_from(index).expect("a file has fewer than 2^32 blocks")));
            } else {
                heading.push(open.last().map_or(NO_HEADING, |&(_, at)| at));
            }
        }
        Self { inputs, outline, used: vec![false; outline.blocks.len()], heading }
    }

    /// The blocks.
    pub(super) fn blocks(&self) -> &'a [Block] {
        &self.outline.blocks
    }
    /// The heading a block stands under; for a heading, the one above it.
    pub(super) fn above(&self, index: usize) -> Option<usize> {
        let at = self.heading[index];
        (at != NO_HEADING).then_some(at as usize)
    }
    /// The headings around a block, the nearest first.
    pub(super) fn headings(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.above(index), |&at| self.above(at))
    }
    /// The place of a block's content.
    pub(super) fn span(&self, index: usize) -> Span {
        self.outline.text(&self.blocks()[index])
    }
    /// The content of a block as it stands in the source.
    pub(super) fn text(&self, index: usize) -> &'a str {
        self.inputs.slice(self.span(index))
    }
    /// A heading as it is compared.
    pub(super) fn key(&self, index: usize) -> String {
        fold::key(self.text(index))
    }
    /// The first heading of the highest level.
    pub(super) fn title(&self) -> Option<usize> {
        self.blocks().iter().position(|block| is_heading(block) && block.level == 1)
    }
    /// Index one past the part of a heading that stands before the next heading.
    pub(super) fn section_end(&self, at: usize) -> usize {
        let next = self.blocks()[at + 1..].iter().position(is_heading);
        next.map_or(self.blocks().len(), |offset| at + 1 + offset)
    }
    /// Index one past what belongs to the list item at `at`: what is nested in it, and lines behind a box that have
    /// none and stand further right, though not as far as markdown asks for.
    pub(super) fn item_end(&self, at: usize) -> usize {
        let own = self.blocks()[at];
        let mut end = self.outline.item_end(at);
        while let Some(next) = self.blocks().get(end)
            && own.tick != Tick::None
            && is_item(next)
            && next.tick == Tick::None
            && next.depth == own.depth
            && self.column(next) > self.column(&own)
        {
            end = self.outline.item_end(end);
        }
        end
    }
    fn column(&self, block: &Block) -> usize {
        let before = &self.inputs.text(self.outline.file)[..block.start as usize];
        before.len() - before.rfind('\n').map_or(0, |at| at + 1)
    }
    /// Says that a block has been used.
    pub(super) fn mark(&mut self, index: usize) {
        self.used[index] = true;
    }
    /// Whether a block has been used.
    pub(super) fn is_used(&self, index: usize) -> bool {
        self.used[index]
    }
    /// Uses every unused block of a range that `wanted` accepts, and joins what they say: as one range of the source
    /// when nothing stands between them.
    pub(super) fn take(
        &mut self,
        blocks: std::ops::Range<usize>,
        wanted: impl Fn(&Block) -> bool,
    ) -> Option<Text> {
        let mut runs: Vec<Span> = Vec::new();
        let mut open = false;
        for index in blocks {
            let block = self.blocks()[index];
            if self.used[index] || !wanted(&block) {
                open = false;
                continue;
            }
            self.used[index] = true;
            let span = self.outline.span(&block);
            match runs.last_mut().filter(|_| open) {
                Some(last) => *last = last.to(span),
                None => runs.push(span),
            }
            open = true;
        }
        join(self.inputs, &runs)
    }

    /// Hands every block that is left to a section or to the list of what was not used. `fate` knows some headings by
    /// their key; the nearest heading it knows decides, else the role is `Other`.
    pub(super) fn rest(mut self, draft: &mut Draft, fate: impl Fn(&str) -> Option<Fate>) {
        let mut from = 0;
        while from < self.blocks().len() {
            if self.used[from] || is_heading(&self.blocks()[from]) {
                from += 1;
                continue;
            }
            let heading = self.above(from);
            let mut to = from;
            while to < self.blocks().len() && !self.used[to] && !is_heading(&self.blocks()[to]) {
                to += 1;
            }
            self.place(draft, heading, from..to, &fate);
            from = to;
        }
    }

    fn place(
        &mut self,
        draft: &mut Draft,
        heading: Option<usize>,
        range: std::ops::Range<usize>,
        fate: &impl Fn(&str) -> Option<Fate>,
    ) {
        for index in range.clone() {
            if self.blocks()[index].kind != BlockKind::Html {
                continue;
            }
            self.used[index] = true;
            let span = self.outline.span(&self.blocks()[index]);
            draft.unused.push(Unused { span, reason: "A comment is not part of the request" });
        }
        let Some(body) = self.take(range.clone(), says_something) else { return };
        let decided =
            heading.into_iter().chain(self.headings(range.start).skip(1)).find_map(|at| fate(&self.key(at)));
        match decided.unwrap_or(Fate::Keep(SectionRole::Other)) {
            Fate::Keep(role) => {
                let name = heading.map_or(Text::At(Span { end: body.at().start, ..body.at() }), |at| {
                    super::piece::line(self.inputs, self.span(at))
                });
                draft.sections.push(Section { role, heading: name, body });
            }
            Fate::Drop(reason) => draft.unused.push(Unused { span: body.at(), reason }),
        }
    }
}

/// What the prose under a heading of this key is for, as the vocabulary has it.
pub(super) fn role(key: &str, words: &Words) -> Option<SectionRole> {
    let part = words.part(key)?;
    if part == Part::Objective {
        return Some(SectionRole::Objective);
    }
    if matches!(part, Part::Notes | Part::Testing) {
        return Some(SectionRole::Notes);
    }
    matches!(part, Part::Scope | Part::OutOfScope).then_some(SectionRole::Scope)
}

/// A heading that divides the document: not one inside a list or a quotation.
pub(super) fn is_heading(block: &Block) -> bool {
    block.kind == BlockKind::Heading && block.depth == 0 && block.quotes == 0
}

/// An item of a list.
pub(super) fn is_item(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Bullet | BlockKind::Numbered)
}

/// Whether an item's box is ticked; none without a box.
pub(super) fn done(tick: Tick) -> Option<bool> {
    match tick {
        Tick::None => None,
        Tick::Open | Tick::Other(_) => Some(false),
        Tick::Done => Some(true),
    }
}

fn says_something(block: &Block) -> bool {
    !matches!(block.kind, BlockKind::Break | BlockKind::TableRule)
}

/// Several ranges of one file as one text, a blank line between them.
pub(super) fn join(inputs: &Inputs, runs: &[Span]) -> Option<Text> {
    let (&first, &last) = (runs.first()?, runs.last()?);
    if runs.len() == 1 {
        let trimmed = inputs.slice(first).trim_end();
        return Some(Text::At(first.slice(0, trimmed.len())));
    }
    let parts: Vec<&str> = runs.iter().map(|&run| inputs.slice(run).trim_end()).collect();
    Some(Text::made(parts.join("\n\n"), first.to(last)))
}
