//! Reads what must hold: boxes, numbered items, bullets, paragraphs, table rows, `Given … When … Then …`.
//!
//! What is nested in a criterion belongs to it. A group of Given, When and Then is one criterion.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a reader names the blocks, parts and fields it reads; the others belong to other readers"
)]

use crate::base::span::Span;
use crate::base::text::Text;
use crate::compiler::ast::dialect::line;
use crate::compiler::ast::dialect::meta;
use crate::compiler::ast::dialect::names::{Sure, id_at, references};
use crate::compiler::ast::dialect::piece;
use crate::compiler::ast::dialect::words::{Field, Part, Word};
use crate::ir::draft::{Criterion, Priority};
use crate::ir::outline::{BlockKind, Tick};

use super::chapter::{heading, is_item};
use super::walk::Walk;

impl Walk<'_> {
    /// Reads the chapter at `index` as criteria, of the open item or else of the document.
    pub fn acceptance(&mut self, index: usize) {
        let chapter = self.chapters[index].clone();
        let priority = self.words.priority(heading(self.inputs, self.outline, &chapter)).filter(|_| {
            matches!(chapter.own, Some(Part::Requirements | Part::Must | Part::Should | Part::Could))
        });
        let rank = chapter.level.max(1);
        if self.heading_criterion(index) {
            return;
        }
        let body = chapter.body.clone();
        let top =
            (body.start..body.end).filter(|&at| is_item(self.block(at))).map(|at| self.block(at).depth).min();
        let lists = top.is_some();
        let mut at = body.start;
        while at < body.end {
            let block = self.block(at);
            let next = match block.kind {
                BlockKind::Bullet | BlockKind::Numbered if Some(block.depth) == top => {
                    self.criterion_item(rank, at, body.end)
                }
                BlockKind::Paragraph if block.depth == 0 => {
                    self.criterion_paragraph(rank, at, body.end, lists)
                }
                BlockKind::TableRow => self.criterion_table(rank, at, body.end),
                BlockKind::Fence => {
                    let span = self.span(at);
                    self.fenced_criteria(rank, span);
                    at + 1
                }
                _ => at + 1,
            };
            at = next.max(at + 1);
        }
        if let Some(priority) = priority {
            self.rank_criteria(rank, priority);
        }
    }

    fn rank_criteria(&mut self, rank: u8, priority: Priority) {
        if self.build.inside(rank).is_none() {
            let ids: Vec<_> = self.build.draft.criteria.ids().collect();
            for id in ids.into_iter().rev() {
                let criterion = &mut self.build.draft.criteria[id];
                if criterion.priority != Priority::Medium {
                    break;
                }
                criterion.priority = priority;
            }
        }
    }

    /// `### AC1: title` with Given and Then below is one criterion.
    fn heading_criterion(&mut self, index: usize) -> bool {
        let chapter = self.chapters[index].clone();
        let Some(head) = chapter.head else { return false };
        let above = chapter.parent.and_then(|parent| self.chapters[parent].part);
        if above != Some(Part::Acceptance) {
            return false;
        }
        let span = self.span(head);
        let text = self.inputs.slice(span);
        let id = id_at(text.trim_start_matches(['*', ' ']), self.words);
        let scenario = text.split([':', ' ']).next().is_some_and(|word| self.words.is(word, Word::Scenario));
        let coded = id.is_some_and(|id| id.sure == Sure::Code) || scenario;
        let steps = chapter.body.clone().find(|&at| {
            matches!(
                self.block(at).kind,
                BlockKind::Bullet | BlockKind::Paragraph | BlockKind::Numbered | BlockKind::Fence
            )
        });
        let given = steps.is_some_and(|at| self.begins(at, Word::Scenario) || self.begins(at, Word::Step));
        if !coded && !given {
            return false;
        }
        let body = self.body(index);
        let all = body.map_or(span, |body| Span { start: span.start, ..body });
        let mut ticks =
            chapter.body.clone().map(|at| self.block(at).tick).filter(|&tick| tick != Tick::None).peekable();
        let done = ticks.peek().is_some() && ticks.all(|tick| tick == Tick::Done);
        self.criterion(chapter.level, all, done);
        true
    }

    /// Whether the first word of a block is of a kind.
    pub(super) fn begins(&self, at: usize, word: Word) -> bool {
        let text = self.text(at).trim_start_matches(|c: char| !c.is_alphanumeric());
        let first = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        !first.is_empty() && self.words.is(first, word)
    }

    /// A list item with everything nested in it; bullets of one Given, When, Then are taken together.
    fn criterion_item(&mut self, rank: u8, at: usize, end: usize) -> usize {
        let block = self.block(at);
        let mut next = self.outline.item_end(at).min(end);
        if block.kind == BlockKind::Bullet && block.tick == Tick::None && self.begins(at, Word::Scenario) {
            while next < end
                && self.block(next).kind == BlockKind::Bullet
                && self.block(next).depth == block.depth
                && self.begins(next, Word::Step)
            {
                next = self.outline.item_end(next).min(end);
            }
        }
        let span = self.span(at);
        if span.is_empty() && next == at + 1 {
            return next;
        }
        let last = self.whole(next - 1);
        // A bold label with an empty value leads in the criteria nested in it: `- **Functional:**`.
        let text = self.text(at);
        let nested = (at + 1..next)
            .filter(|&inner| self.block(inner).depth == block.depth + 1 && is_item(self.block(inner)));
        let boxes = nested.clone().any(|inner| self.block(inner).tick != Tick::None);
        let label = block.tick == Tick::None
            && block.kind == BlockKind::Bullet
            && text.trim_end_matches('*').ends_with(':');
        if label && boxes && id_at(text.trim_start_matches('*'), self.words).is_none() {
            for inner in nested.collect::<Vec<_>>() {
                self.criterion_item(rank, inner, next);
            }
            return next;
        }
        let mut criterion =
            self.one_criterion(Span { start: span.start, ..span.to(last) }, block.tick == Tick::Done);
        // Where numbers were left out, others still refer to those that are written.
        let ordinal = self.build.draft.criteria.len() + 1;
        if criterion.id.is_none()
            && block.kind == BlockKind::Numbered
            && self.build.inside(rank).is_none()
            && block.number as usize > ordinal
        {
            let whole = self.whole(at);
            let digits = self.inputs.slice(whole).bytes().take_while(u8::is_ascii_digit).count();
            criterion.id = Some(Text::At(whole.slice(0, digits)));
        }
        self.keep(rank, criterion);
        next
    }

    /// Paragraphs: `**AC1 — title:**` with bullets below, `AC1: text` line by line, `Given … then …`.
    fn criterion_paragraph(&mut self, rank: u8, at: usize, end: usize, lists: bool) -> usize {
        let (span, text) = (self.span(at), self.text(at));
        let lead = text.trim_start_matches(['*', ' ', '#']);
        let id = id_at(lead, self.words)
            .filter(|id| id.sure >= Sure::Code || (id.sure >= Sure::Number && text.starts_with("**")));
        let below = (at + 1..end)
            .take_while(|&inner| is_item(self.block(inner)) || self.block(inner).depth > 0)
            .last();
        // `1: …` and `2: …` on the lines of one paragraph are criteria, too.
        if numbered_lines(text) > 1 {
            let mut from = 0;
            let mut start = 0;
            for line in text.split_inclusive('\n') {
                if start > from && is_numbered(line) {
                    self.criterion(rank, span.slice(from, start), false);
                    from = start;
                }
                start += line.len();
            }
            self.criterion(rank, span.slice(from, text.len()), false);
            return at + 1;
        }
        if id.is_some()
            || text
                .split([' ', ':'])
                .next()
                .is_some_and(|word| self.words.is(word.trim_matches('*'), Word::Scenario))
        {
            if let Some(last) = below {
                let last_span = self.whole(last);
                self.criterion(rank, Span { start: span.start, ..span.to(last_span) }, marked(self, span));
                return last + 1;
            }
            // Several criteria may stand on the lines of one paragraph.
            let mut start = 0;
            let mut from = 0;
            for line in text.split_inclusive('\n') {
                let here = line.trim_start_matches(['*', ' ', '>']);
                if start > from && id_at(here, self.words).is_some_and(|id| id.sure >= Sure::Code) {
                    self.criterion(rank, span.slice(from, start), false);
                    from = start;
                }
                start += line.len();
            }
            self.criterion(rank, span.slice(from, text.len()), marked(self, span));
            return at + 1;
        }
        if line::is_bold(text) || text.ends_with(':') {
            // Given, When and Then below a bold line without an id are its criterion.
            if let Some(last) = below.filter(|_| self.begins(at + 1, Word::Scenario) && line::is_bold(text)) {
                let all = (at + 1..=last)
                    .filter(|&inner| self.block(inner).depth == 0 && self.begins(inner, Word::Scenario))
                    .count();
                if all <= 1 {
                    let last_span = self.whole(last);
                    self.criterion(rank, Span { start: span.start, ..span.to(last_span) }, false);
                    return last + 1;
                }
            }
            return at + 1;
        }
        if !lists {
            self.criterion(rank, span, marked(self, span));
        }
        at + 1
    }

    /// Every row of a table but its head.
    fn criterion_table(&mut self, rank: u8, from: usize, end: usize) -> usize {
        let rows = (from..end)
            .take_while(|&at| matches!(self.block(at).kind, BlockKind::TableRow | BlockKind::TableRule))
            .count();
        let head = meta::cells(self.inputs, self.span(from));
        let known: Vec<_> = head.iter().map(|&cell| self.field(piece::bare(self.inputs, cell))).collect();
        let text = known
            .iter()
            .position(|field| matches!(field, Some(Field::Criteria | Field::Description | Field::Title)))
            .unwrap_or(usize::from(known.len() > 1));
        // A table that says which task meets which criterion states none.
        let cell = |at: usize| meta::cells(self.inputs, self.span(at)).get(text).copied();
        let mut rows_of = (from + 1..from + rows).filter(|&at| self.block(at).kind == BlockKind::TableRow);
        let maps = rows_of.clone().next().is_some()
            && rows_of.all(|at| {
                let named = cell(at).map(|cell| references(self.inputs, cell, false, self.words));
                named.is_some_and(|named| !named.items.is_empty() && named.other.is_empty())
            });
        if maps {
            let whole = self.whole(from).to(self.whole(from + rows - 1));
            self.build.unused(whole, "it says which task meets which criterion");
            return from + rows;
        }
        for at in from + 1..from + rows {
            if self.block(at).kind == BlockKind::TableRule {
                continue;
            }
            let cells = meta::cells(self.inputs, self.span(at));
            let Some(&cell) = cells.get(text).or_else(|| cells.last()) else { continue };
            if self.inputs.slice(cell).is_empty() {
                continue;
            }
            let done = cells.iter().enumerate().any(|(column, &other)| {
                column != text && {
                    let said = self.inputs.slice(other);
                    said.contains("[x]")
                        || self.words.marks.done.iter().any(|mark| said.contains(mark.as_str()))
                }
            });
            let mut criterion = self.one_criterion(cell, done);
            if let Some(&id) = cells.first().filter(|_| text > 0)
                && criterion.id.is_none()
                && !self.inputs.slice(id).is_empty()
            {
                criterion.id = Some(Text::At(piece::bare(self.inputs, id)));
            }
            self.keep(rank, criterion);
        }
        from + rows
    }

    /// A fence of gherkin: each scenario, or each Given without one, is a criterion.
    pub fn fenced_criteria(&mut self, rank: u8, span: Span) {
        let text = self.inputs.slice(span);
        let mut starts = Vec::new();
        let (mut at, mut scenario, mut stepped) = (0, false, true);
        for row in text.split_inclusive('\n') {
            let word = row.trim_start().split([' ', ':']).next().unwrap_or_default();
            let titled =
                row.trim_start().contains(':') && self.words.is(word, Word::Scenario) && !self.is_given(word);
            if titled || (self.words.is(word, Word::Scenario) && !scenario && stepped) {
                starts.push(at);
                scenario = titled;
                stepped = false;
            } else if self.words.is(word, Word::Step) {
                stepped = true;
            }
            at += row.len();
        }
        starts.push(text.len());
        for pair in starts.windows(2) {
            self.criterion(rank, span.slice(pair[0], pair[1]), false);
        }
    }

    fn is_given(&self, word: &str) -> bool {
        let folded = crate::base::fold::key(word);
        self.words.is(word, Word::Scenario) && !folded.starts_with("sc") && !folded.starts_with("ce")
    }

    /// Adds the text at `span` as a criterion of the innermost open item below `rank`, or of the document.
    pub fn criterion(&mut self, rank: u8, span: Span, done: bool) {
        let criterion = self.one_criterion(span, done);
        self.keep(rank, criterion);
    }

    fn keep(&mut self, rank: u8, criterion: Criterion) {
        if criterion.text.get(self.inputs).is_empty() {
            return;
        }
        match self.build.inside(rank) {
            Some(open) => open.criteria.push(criterion),
            None => {
                self.build.draft.criteria.push(criterion);
            }
        }
    }

    fn one_criterion(&self, span: Span, done: bool) -> Criterion {
        let span = piece::trim(self.inputs, span);
        let text = self.inputs.slice(span);
        let mut at = 0;
        let mut done = done;
        loop {
            let rest = &text[at..];
            let blank = rest.len() - rest.trim_start_matches(['*', ' ', '\u{fe0f}']).len();
            let mark = self.words.marks.done.iter().find(|mark| rest.starts_with(mark.as_str()));
            if let Some(mark) = mark {
                done = true;
                at += mark.len();
            } else if rest.starts_with("[ ]") || rest.starts_with("[x]") {
                done |= rest.starts_with("[x]");
                at += 3;
            } else if blank > 0 {
                at += blank;
            } else {
                break;
            }
        }
        let found =
            id_at(&text[at..], self.words).filter(|id| id.sure >= Sure::Code && id.word != Some(Word::Task));
        let mut id = None;
        if let Some(found) = found {
            id = Some(Text::At(span.slice(at + found.id.start, at + found.id.end)));
            at += found.end;
            let rest = &text[at..];
            at += rest.len()
                - rest.trim_start_matches([':', '.', ')', ']', '*', ' ', '-', '—', '–', '·']).len();
        }
        if id.is_none() && is_numbered(&text[at..]) {
            let digits = text[at..].bytes().take_while(u8::is_ascii_digit).count();
            id = Some(Text::At(span.slice(at, at + digits)));
            at += digits + 2;
        }
        let priority = Priority::Medium;
        Criterion {
            id,
            text: piece::line(self.inputs, span.slice(at.min(text.len()), text.len())),
            done,
            priority,
        }
    }
}

/// Whether a paragraph begins with a mark of completion.
fn marked(walk: &Walk<'_>, span: Span) -> bool {
    let text = walk.inputs.slice(span).trim_start_matches(['*', ' ']);
    walk.words.marks.done.iter().any(|mark| text.starts_with(mark.as_str()))
}

/// `1: text`, `2) text`.
fn is_numbered(line: &str) -> bool {
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=3).contains(&digits)
        && line[digits..].starts_with([':', ')', '.'])
        && line[digits + 1..].starts_with(' ')
}

fn numbered_lines(text: &str) -> usize {
    if is_numbered(text) { text.lines().filter(|line| is_numbered(line)).count() } else { 0 }
}
