//! Reads a task section: which lines are work, which hold work, and which only tell about it.
//!
//! Where a section has boxes, a line with a box is work and a line without one is a note. Where it has none, list items
//! are work; those below a numbered item or below an id are notes on it.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a reader names the blocks, parts and fields it reads; the others belong to other readers"
)]

use crate::base::span::Span;
use crate::compiler::ast::dialect::line::{self, Line};
use crate::compiler::ast::dialect::meta::{self, Pair};
use crate::compiler::ast::dialect::names::{Sure, id_at};
use crate::compiler::ast::dialect::piece;
use crate::compiler::ast::dialect::words::{Field, Part, Word};
use crate::ir::draft::{ItemKind, PathRole, Section, SectionRole};
use crate::ir::outline::{BlockKind, Tick};

use super::chapter::{Style, is_item};
use super::judge::Judged;
use super::walk::Walk;

/// Rank of a task written as a line in bold.
pub const BOLD: u8 = 8;
/// Why a line without a box is left out.
pub const NO_BOX: &str = "a line without a box among lines with boxes";
/// Rank of a list item outside of others.
pub const LIST: u8 = 10;

/// What the list items below a label are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Work or notes, by their shape.
    Plain,
    /// Criteria of the open item.
    Criteria,
    /// Work below the open item.
    Subtasks,
    /// Paths.
    Paths(Option<PathRole>),
    /// References to what comes before.
    After,
    /// References to what comes after.
    Blocks,
    /// Commands that prove the result.
    Verify,
    /// Notes.
    Detail,
}

/// The label in force, and the depth of the items it holds for.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    pub(super) mode: Mode,
    pub(super) depth: u8,
}

impl Label {
    /// No label.
    #[must_use]
    pub fn plain() -> Self {
        Self { mode: Mode::Plain, depth: 0 }
    }
}

impl Walk<'_> {
    /// Reads the chapter at `index` as tasks.
    pub fn tasks(&mut self, index: usize) {
        let headed = self.heading_item(index);
        self.task_body(index, headed);
    }

    /// Reads what stands below the heading of a task section; `headed` if the heading is an item itself.
    pub fn task_body(&mut self, index: usize, headed: bool) {
        let mut label = Label { mode: Mode::Plain, depth: 0 };
        let body = self.chapters[index].body.clone();
        let mut at = body.start;
        while at < body.end {
            let block = self.block(at);
            match block.kind {
                BlockKind::Bullet | BlockKind::Numbered => self.list_item(index, at, body.end, &mut label),
                BlockKind::Paragraph => self.paragraph(index, at, body.end, &mut label, headed),
                BlockKind::TableRow => {
                    at = self.table(at, body.end);
                    continue;
                }
                BlockKind::Fence if label.mode == Mode::Criteria => {
                    let whole = self.span(at);
                    self.fenced_criteria(LIST + block.depth, whole);
                }
                BlockKind::Fence | BlockKind::Indented | BlockKind::Heading => {
                    let whole = self.whole(at);
                    self.build.detail(LIST + block.depth, whole);
                }
                BlockKind::TableRule | BlockKind::Html | BlockKind::Break | BlockKind::Definition => {}
            }
            at += 1;
        }
    }

    /// Opens the item a heading stands for, if it stands for one.
    fn heading_item(&mut self, index: usize) -> bool {
        let chapter = self.chapters[index].clone();
        let Some(head) = chapter.head else { return false };
        // The heading that opens the task section is no task; a chapter inside it may be.
        let above = chapter.parent.and_then(|parent| self.chapters[parent].part);
        let inside = matches!(above, Some(Part::Tasks | Part::Roadmap));
        let listed = self.style == Style::List && (chapter.level > 1 || chapter.parent.is_some());
        let span = self.span(head);
        let line = line::read(self.inputs, span, self.words);
        let phase = line.word == Some(Word::Phase);
        if !inside && !listed && !phase {
            return false;
        }
        if chapter.own == Some(Part::Tasks)
            && line.id.is_none()
            && !chapter.ticks
            && inside
            && !chapter.deep_lists
        {
            return false;
        }
        let worded = matches!(line.id, Some((_, Sure::Word | Sure::Code)))
            && !matches!(line.word, Some(Word::Phase | Word::Epic | Word::Story));
        let numbered = line.id.is_some()
            && !chapter.deep_ticks
            && !matches!(line.word, Some(Word::Phase | Word::Epic | Word::Story));
        let sure = worded || (numbered && self.style != Style::List);
        let holds = chapter.deep_lists || (inside && (phase || chapter.inner));
        if !sure && !holds {
            return false;
        }
        let whole = self.whole(head);
        let mut item = line.item(self.inputs, whole);
        if phase && chapter.deep_lists {
            item.kind = ItemKind::Phase;
        } else if !sure && (chapter.deep_lists || chapter.inner) {
            item.kind = ItemKind::Group;
        }
        if phase || !sure {
            // `Phase 2: Build` is a name, not an id others refer to by its number alone.
            item.id = item.id.filter(|_| sure || line.word.is_some());
            item.title = piece::line(self.inputs, span);
        }
        let own = chapter.own;
        let open = self.build.open(chapter.level, item);
        open.sure = sure;
        open.phase = phase;
        self.gather(line);
        if own == Some(Part::DoneList) && self.style == Style::List {
            let id = self.build.open.last().expect("an item was opened").id;
            self.build.item(id).done = Some(true);
        }
        true
    }

    /// Hands what a line says to the item opened last.
    pub fn gather(&mut self, line: Line) {
        self.build.draft.after.extend(line.documents);
        let open = self.build.open.last_mut().expect("an item was opened");
        open.after.extend(line.after);
        open.blocks.extend(line.blocks);
        open.serves.extend(line.serves);
        if line.human {
            let id = open.id;
            let at = self.build.item(id).at;
            let columns = self.build.item(id).columns.get_or_insert_default();
            columns.executor = Some(crate::base::text::Text::made("human", at));
        }
    }

    fn paragraph(&mut self, index: usize, at: usize, end: usize, label: &mut Label, headed: bool) {
        let block = self.block(at);
        let (span, text) = (self.span(at), self.text(at));
        let rank = LIST + block.depth;
        if label.mode == Mode::Criteria && block.depth == label.depth && self.begins(at, Word::Scenario) {
            self.criterion(rank, span, false);
            return;
        }
        if block.depth < label.depth || block.depth == 0 {
            *label = Label { mode: Mode::Plain, depth: 0 };
        }
        if block.quotes > 0 {
            self.build.detail(rank, self.whole(at));
            return;
        }
        let opener = text.trim_start_matches(['*', ' ']);
        if block.depth == 0
            && (opener.starts_with(|c: char| !c.is_ascii()) || id_at(opener, self.words).is_some())
        {
            let line = line::read(self.inputs, span, self.words);
            let certain = matches!(line.id, Some((_, Sure::Parts | Sure::Code | Sure::Word)))
                || (line.id.is_some() && line.bold);
            let shown = text.starts_with("**")
                || line.done.is_some()
                || matches!(line.id, Some((_, Sure::Word | Sure::Code)));
            if certain && shown && !line.title.is_empty() && !matches!(line.word, Some(Word::Story)) {
                self.bold_item(at, line);
                return;
            }
        }
        let name = text.trim_end_matches([':', '*', ' ']);
        let short = text.len() <= 80 && !text.contains('\n');
        if short && (line::is_bold(text) || text.ends_with(':')) {
            let mode = self.mode_of(span, name);
            *label = Label { mode: mode.unwrap_or(Mode::Plain), depth: block.depth };
            let next = (at + 1 < end).then(|| self.block(at + 1));
            let lists = next.is_some_and(|next| is_item(next) && next.depth == block.depth);
            if mode.is_none() && block.depth == 0 && lists && line::is_bold(text) && !self.in_sure(BOLD) {
                let line = line::read(self.inputs, span, self.words);
                let mut item = line.item(self.inputs, self.whole(at));
                let phase = line.word == Some(Word::Phase);
                item.kind = if phase { ItemKind::Phase } else { ItemKind::Group };
                let open = self.build.open(BOLD, item);
                open.phase = phase;
                self.gather(line);
            } else if mode.is_none() || mode == Some(Mode::Detail) {
                self.build.detail(rank, span);
            }
            return;
        }
        let pairs = if text.contains(':') { meta::pairs(self.inputs, span) } else { Vec::new() };
        if !pairs.is_empty()
            && (pairs[0].bold || self.field(pairs[0].key).is_some())
            && self.build.inside(rank).is_some()
        {
            for pair in pairs {
                self.pair(rank, pair, self.whole(at), block.depth, label);
            }
            return;
        }
        if !self.build.detail(rank, span) && !headed {
            let heading = match self.chapters[index].head {
                Some(head) => piece::line(self.inputs, self.span(head)),
                None => span.slice(0, 0).into(),
            };
            self.build.draft.sections.push(Section { role: SectionRole::Notes, heading, body: span.into() });
        }
    }

    /// A task written as a paragraph: `**Task 1.1: title (2 hours)**`.
    fn bold_item(&mut self, at: usize, line: Line) {
        let mut item = line.item(self.inputs, self.whole(at));
        item.done = line.done;
        let phase = line.word == Some(Word::Phase);
        // What follows the first line is about the task.
        let title = self.inputs.slice(line.title);
        let rest = title.find('\n').map(|cut| line.title.slice(cut + 1, line.title.len()));
        if let Some(cut) = title.find('\n') {
            item.title = piece::line(self.inputs, line.title.slice(0, cut));
        }
        let open = self.build.open(BOLD, item);
        open.sure = !phase;
        open.phase = phase;
        self.gather(line);
        if let Some(rest) = rest {
            let mut label = Label { mode: Mode::Plain, depth: 0 };
            let pairs = meta::pairs(self.inputs, rest);
            if pairs.is_empty() {
                self.build.detail(LIST, rest);
            }
            for pair in pairs {
                self.pair(LIST, pair, rest, 0, &mut label);
            }
        }
    }

    /// What the items below a label are; none if the label says nothing.
    pub(super) fn mode_of(&mut self, span: Span, name: &str) -> Option<Mode> {
        let key = piece::bare(self.inputs, span);
        let key = key.slice(0, self.inputs.slice(key).trim_end_matches([':', '*', ' ']).len());
        match self.field(key) {
            Some(Field::Criteria | Field::Serves) => return Some(Mode::Criteria),
            Some(Field::Output) => return Some(Mode::Paths(Some(PathRole::Create))),
            Some(Field::Files) => return Some(Mode::Paths(None)),
            Some(Field::Modifies) => return Some(Mode::Paths(Some(PathRole::Modify))),
            Some(Field::Reads) => return Some(Mode::Paths(Some(PathRole::Read))),
            Some(Field::Ownership) => return Some(Mode::Paths(Some(PathRole::Own))),
            Some(Field::DependsOn | Field::Dependencies) => return Some(Mode::After),
            Some(Field::Blocks) => return Some(Mode::Blocks),
            Some(Field::Verify) => return Some(Mode::Verify),
            Some(Field::Description | Field::Passthrough) => return Some(Mode::Detail),
            _ => {}
        }
        Some(match self.words.part(name)? {
            Part::Acceptance => Mode::Criteria,
            Part::Tasks | Part::Roadmap => Mode::Subtasks,
            Part::Files => Mode::Paths(None),
            Part::Created => Mode::Paths(Some(PathRole::Create)),
            Part::Modified => Mode::Paths(Some(PathRole::Modify)),
            Part::Deleted => Mode::Paths(Some(PathRole::Delete)),
            Part::Referenced => Mode::Paths(Some(PathRole::Read)),
            Part::Dependencies => Mode::After,
            Part::Blocks => Mode::Blocks,
            Part::Notes | Part::Objective | Part::Scope | Part::OutOfScope => Mode::Detail,
            _ => return None,
        })
    }

    /// What a block below an item tells about it: a pair, a labelled entry or a note; never work.
    pub fn told(&mut self, at: usize, end: usize, rank: u8, label: &mut Label) {
        let block = self.block(at);
        let (span, whole) = (self.span(at), self.whole(at));
        if block.depth < label.depth || (block.kind == BlockKind::Paragraph && block.depth <= label.depth) {
            *label = Label::plain();
        }
        if label.mode != Mode::Plain && label.mode != Mode::Subtasks && block.kind != BlockKind::Paragraph {
            self.labelled(at, end, *label);
            return;
        }
        let text = self.text(at);
        let pairs = if text.contains(':') { meta::pairs(self.inputs, span) } else { Vec::new() };
        if pairs.is_empty() {
            self.build.detail(rank, whole);
        }
        let depth = block.depth + u8::from(is_item(block));
        for pair in pairs {
            self.pair(rank, pair, whole, depth, label);
        }
    }

    fn list_item(&mut self, index: usize, at: usize, end: usize, label: &mut Label) {
        let block = self.block(at);
        let (span, text) = (self.span(at), self.text(at));
        let depth = block.depth;
        let rank = LIST + depth;
        if depth < label.depth {
            *label = Label { mode: Mode::Plain, depth: 0 };
        }
        if block.quotes > 0 || text.is_empty() {
            return;
        }
        if label.mode != Mode::Plain && label.mode != Mode::Subtasks {
            // The labelled items belong to what stands around the label, not to each other.
            self.labelled(at, end, *label);
            return;
        }
        let ticked = block.tick != Tick::None;
        if !ticked && let Some(pair) = self.item_pair(span, text) {
            let known = self.field(pair.key).is_some_and(|field| pair.bold || field != Field::Title);
            let around =
                self.build.inside(rank).is_some_and(|open| open.sure || open.rank >= BOLD || pair.bold);
            if around && (known || pair.value.is_empty()) && !self.chapter_lists_work(index, at, pair) {
                self.pair(rank, pair, self.whole(at), depth + 1, label);
                return;
            }
        }
        if ticked {
            let line = line::read(self.inputs, span, self.words);
            self.list_task(at, line);
            return;
        }
        let line = line::read(self.inputs, span, self.words);
        match self.judge(index, at, &line, label.mode) {
            Judged::Work => self.list_task(at, line),
            Judged::Note => {
                self.build.close(rank);
                let whole = self.whole(at);
                self.build.detail(rank, whole);
            }
            Judged::Unused => {
                self.build.close(rank);
                self.build.unused(self.whole(at), NO_BOX);
            }
        }
    }

    fn item_pair(&self, span: Span, text: &str) -> Option<Pair> {
        if !text.contains(':') {
            return None;
        }
        meta::pair(self.inputs, span)
    }

    fn list_task(&mut self, at: usize, line: Line) {
        let block = self.block(at);
        let rank = LIST + block.depth;
        let whole = self.whole(at);
        let mut item = line.item(self.inputs, whole);
        item.done = match block.tick {
            Tick::Done => Some(true),
            Tick::Open | Tick::Other(_) => Some(false),
            Tick::None => line.done.or_else(|| line.struck.then_some(true)),
        };
        if line.struck && item.done == Some(false) {
            item.cancelled = true;
        }
        if item.done.is_none() {
            let around = self.build.open.iter().rev().find(|open| open.rank < BOLD).map(|open| open.id);
            item.done = around.and_then(|id| self.build.item(id).done);
        }
        if line.id.is_none() && self.inputs.slice(line.title).trim_matches(['*', ' ', ':', '`']).is_empty() {
            self.build.unused(whole, "an item without words");
            return;
        }
        let output = self.arrow(&mut item, &line);
        if let Arrow::Type(at) = output {
            item.work = Some(at.into());
        }
        // `### T1 (2h)` with one box below: the box is the title.
        if let Some(open) = self.build.inside(rank) {
            let (id, sure, open_rank) = (open.id, open.sure, open.rank);
            let empty = self.build.item(id).title.get(self.inputs).is_empty();
            if empty && sure && open_rank < LIST {
                let target = self.build.item(id);
                target.title = item.title;
                target.done = item.done;
                target.duration = target.duration.or(item.duration);
                target.at.end = whole.end;
                self.gather(line);
                return;
            }
        }
        self.build.open(rank, item);
        self.gather(line);
        if let Arrow::Paths(paths) = output {
            self.build.open.last_mut().expect("an item was opened").paths.extend(paths);
        }
    }
}

/// What stands behind `→ output:`.
pub(super) enum Arrow {
    /// Nothing of the kind.
    None,
    /// Paths.
    Paths(Vec<crate::ir::draft::PathUse>),
    /// A type of deliverable.
    Type(Span),
}
