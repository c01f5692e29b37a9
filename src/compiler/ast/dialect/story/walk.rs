//! Walks a document chapter by chapter and hands each to the reader of its part.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::compiler::ast::dialect::build::Builder;
use crate::compiler::ast::dialect::line;
use crate::compiler::ast::dialect::piece;
use crate::compiler::ast::dialect::words::{Field, Part, Word, Words};
use crate::ir::draft::{Draft, ItemKind, Section, SectionRole};
use crate::ir::outline::{Block, BlockKind, Outline};

use super::chapter::{Chapter, Style, chapters};

/// A document being read.
pub struct Walk<'a> {
    /// The world.
    pub inputs: &'a Inputs,
    /// Its blocks.
    pub outline: &'a Outline,
    /// The vocabulary.
    pub words: &'a Words,
    /// How it is understood.
    pub style: Style,
    /// Its chapters.
    pub chapters: Vec<Chapter>,
    /// What has been gathered.
    pub build: Builder<'a>,
    /// Keys looked up before: the same few stand in every task.
    fields: BTreeMap<&'a str, Option<Field>>,
}

impl<'a> Walk<'a> {
    /// Begins to read a document.
    #[must_use]
    pub fn new(
        inputs: &'a Inputs,
        outline: &'a Outline,
        words: &'a Words,
        style: Style,
        draft: Draft,
    ) -> Self {
        let chapters = chapters(inputs, outline, words, style);
        Self {
            inputs,
            outline,
            words,
            style,
            chapters,
            build: Builder::new(inputs, draft),
            fields: BTreeMap::new(),
        }
    }

    /// Reads everything.
    pub fn all(&mut self) {
        for index in 0..self.chapters.len() {
            self.chapter(index);
        }
    }

    /// Reads one chapter by its part.
    pub fn chapter(&mut self, index: usize) {
        let level = self.chapters[index].level;
        self.build.close(level.max(1));
        let part = self.chapters[index].part;
        match part {
            None if self.phase_over_tasks(index) => self.prose(index, SectionRole::Notes),
            None => self.head(index),
            Some(Part::Status) => self.status(index),
            Some(Part::Metadata) => self.head(index),
            Some(Part::Tasks | Part::Roadmap) => self.tasks(index),
            Some(Part::Acceptance) => self.acceptance(index),
            Some(Part::Dependencies) => self.dependencies(index, false),
            Some(Part::Blocks) => self.dependencies(index, true),
            Some(Part::Files | Part::Created | Part::Modified | Part::Deleted | Part::Referenced) => {
                self.files(index);
            }
            Some(Part::Excluded) => {
                self.set_aside(index, "this section records or judges work, it does not ask for any");
            }
            Some(Part::OutOfScope) => self.set_aside(index, "the source says that this is out of scope"),
            Some(Part::Story) => self.prose(index, SectionRole::UserStory),
            Some(Part::Objective | Part::GoalSeed) => self.prose(index, SectionRole::Objective),
            Some(Part::Scope) => self.prose(index, SectionRole::Scope),
            Some(Part::Notes | Part::Testing | Part::Workstreams | Part::Decisions) => {
                self.prose(index, SectionRole::Notes);
            }
            Some(
                Part::Requirements
                | Part::NonFunctional
                | Part::Features
                | Part::Must
                | Part::Should
                | Part::Could
                | Part::DoneList,
            ) => self.prose(index, SectionRole::Other),
        }
    }

    /// Opens a phase for `## Sprint 1` with a task section inside; false if the chapter is none.
    fn phase_over_tasks(&mut self, index: usize) -> bool {
        let chapter = self.chapters[index].clone();
        let Some(head) = chapter.head.filter(|_| chapter.level > 1 && chapter.inner && chapter.deep_lists)
        else {
            return false;
        };
        let line = line::read(self.inputs, self.span(head), self.words);
        let mut below = self.chapters[index + 1..].iter().take_while(|inner| inner.level > chapter.level);
        if line.word != Some(Word::Phase) || !below.any(|inner| inner.part == Some(Part::Tasks)) {
            return false;
        }
        let mut item = line.item(self.inputs, self.whole(head));
        item.kind = ItemKind::Phase;
        item.title = piece::line(self.inputs, self.span(head));
        self.build.open(chapter.level, item).phase = true;
        self.gather(line);
        true
    }

    /// Hands the draft over.
    #[must_use]
    pub fn finish(self) -> Outcome<Draft> {
        self.build.finish()
    }

    /// A block.
    #[must_use]
    pub fn block(&self, index: usize) -> &'a Block {
        &self.outline.blocks[index]
    }

    /// The content of a block.
    #[must_use]
    pub fn text(&self, index: usize) -> &'a str {
        self.inputs.slice(self.outline.text(self.block(index)))
    }

    /// The place of the content of a block.
    #[must_use]
    pub fn span(&self, index: usize) -> Span {
        self.outline.text(self.block(index))
    }

    /// The place of a block, markers included.
    #[must_use]
    pub fn whole(&self, index: usize) -> Span {
        self.outline.span(self.block(index))
    }

    /// What a key tells.
    pub fn field(&mut self, key: Span) -> Option<Field> {
        let text = self.inputs.slice(key);
        if let Some(&field) = self.fields.get(text) {
            return field;
        }
        let field = self.words.field(text);
        self.fields.insert(text, field);
        field
    }

    /// From the first to the last character of a chapter's body; none if it is empty.
    #[must_use]
    pub fn body(&self, index: usize) -> Option<Span> {
        let body = &self.chapters[index].body;
        if body.is_empty() {
            return None;
        }
        let first = self.whole(body.start);
        Some(
            self.outline.blocks[body.clone()]
                .iter()
                .fold(first, |span, block| span.to(self.outline.span(block))),
        )
    }

    /// Keeps a chapter as prose with a role; inside a task it is the task's detail.
    pub fn prose(&mut self, index: usize, role: SectionRole) {
        let Some(body) = self.body(index) else { return };
        let level = self.chapters[index].level;
        if self.build.open.iter().any(|open| open.rank < level.max(1)) {
            let head = self.chapters[index].head.map(|head| self.whole(head));
            self.build.detail(level.max(1), head.map_or(body, |head| head.to(body)));
            return;
        }
        let heading = match self.chapters[index].head {
            Some(head) => piece::line(self.inputs, self.span(head)),
            None => Text::At(body.slice(0, 0)),
        };
        self.build.draft.sections.push(Section { role, heading, body: Text::At(body) });
    }

    /// Notes that a chapter is not used.
    pub fn set_aside(&mut self, index: usize, reason: &'static str) {
        let Some(body) = self.body(index) else { return };
        let head = self.chapters[index].head.map(|head| self.whole(head));
        self.build.unused(head.map_or(body, |head| head.to(body)), reason);
    }

    /// Reads how far the document has come: a word, or a list with the reached steps ticked.
    fn status(&mut self, index: usize) {
        use crate::ir::outline::Tick;
        let mut found = None;
        let heading = self.chapters[index].head;
        if let Some(head) = heading
            && let Some(colon) = self.text(head).find(':')
        {
            let value = self.span(head);
            found = self.status_in(value.slice(colon + 1, value.len()));
        }
        for at in self.chapters[index].body.clone() {
            let block = self.block(at);
            let said = match block.kind {
                BlockKind::Paragraph if found.is_none() => self.status_in(self.span(at)),
                BlockKind::Bullet | BlockKind::Numbered if block.tick == Tick::Done => {
                    self.status_in(self.span(at))
                }
                BlockKind::Bullet | BlockKind::Numbered if block.tick == Tick::None && found.is_none() => {
                    self.status_in(self.span(at))
                }
                _ => None,
            };
            found = said.or(found);
        }
        if self.build.draft.status.is_none() {
            self.build.draft.status = found;
        }
    }
}
