//! What the lines below a task tell about it: metadata, labelled lists, outputs behind an arrow, rows of a table.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a reader names the blocks, parts and fields it reads; the others belong to other readers"
)]

use std::collections::BTreeSet;

use crate::base::span::{Span, Spanned};
use crate::base::text::Text;
use crate::compiler::ast::dialect::line::{self, Line};
use crate::compiler::ast::dialect::meta::{self, Pair};
use crate::compiler::ast::dialect::names::{id_at, references};
use crate::compiler::ast::dialect::words::Field;
use crate::compiler::ast::dialect::{paths, piece, time};
use crate::ir::draft::{Item, PathRole, Status};
use crate::ir::outline::{BlockKind, Tick};

use super::chapter::Style;
use super::tasks::{Arrow, LIST, Label, Mode};
use super::walk::Walk;

impl Walk<'_> {
    /// The ids that headings bear.
    fn headed(&self) -> BTreeSet<String> {
        let heads = self.chapters.iter().filter_map(|chapter| chapter.head);
        heads
            .filter_map(|head| {
                let text = self.text(head).trim_start_matches(['*', ' ']);
                id_at(text, self.words).map(|found| text[found.id].to_owned())
            })
            .collect()
    }

    /// Gives a pair to the innermost open item below `rank`; an empty value makes the key a label.
    pub(super) fn pair(&mut self, rank: u8, pair: Pair, whole: Span, depth: u8, label: &mut Label) {
        if pair.value.is_empty() {
            let name = self.inputs.slice(pair.key);
            // In a plain list `**Backend:**` heads items like any other; in a task it leads in remarks.
            let listed = self.style == Style::List && self.build.inside(rank).is_none_or(|open| !open.sure);
            let other = if listed { Mode::Plain } else { Mode::Detail };
            let mode = self.mode_of(pair.key, name).unwrap_or(other);
            *label = Label { mode, depth };
            if matches!(mode, Mode::Detail | Mode::Plain) {
                self.build.detail(rank, whole);
            } else if let Some(open) = self.build.inside(rank) {
                let id = open.id;
                self.build.reach(id, whole);
            }
            return;
        }
        let field = self.field(pair.key);
        if !self.apply(rank, field, pair.value) {
            self.build.detail(rank, whole);
        } else if let Some(open) = self.build.inside(rank) {
            let id = open.id;
            self.build.reach(id, whole);
        }
    }

    /// Sets a field of the innermost open item below `rank`; false if the value says nothing for it.
    pub(super) fn apply(&mut self, rank: u8, field: Option<Field>, value: Span) -> bool {
        let (inputs, words) = (self.inputs, self.words);
        let Some(field) = field else { return false };
        let Some(open) = self.build.inside(rank) else { return false };
        let id = open.id;
        let bare = piece::bare(inputs, value);
        let text = inputs.slice(bare);
        match field {
            Field::DependsOn | Field::Dependencies | Field::Blocks => {
                let found = references(inputs, value, field != Field::Dependencies, words);
                let open = self.build.inside(rank).expect("the item is still open");
                if field == Field::Blocks { &mut open.blocks } else { &mut open.after }.extend(found.items);
                self.build.draft.after.extend(found.documents);
                for span in found.other {
                    self.build.unused(span, "this dependency names no task of the document");
                }
                return true;
            }
            Field::Output | Field::Files | Field::Modifies | Field::Reads | Field::Ownership => {
                let role = role_of(field);
                let found = paths::uses(inputs, value, role, true, words);
                let any = !found.is_empty();
                self.build.inside(rank).expect("the item is still open").paths.extend(found);
                return any;
            }
            Field::Serves => {
                let mut found = Vec::new();
                if !line::criteria_in(inputs, value, words, &mut found) {
                    found = numbers(inputs.slice(value), value);
                }
                let any = !found.is_empty();
                self.build.inside(rank).expect("the item is still open").serves.extend(found);
                return any;
            }
            Field::Criteria => {
                self.criterion(rank, value, false);
                return true;
            }
            _ => {}
        }
        let item = self.build.item(id);
        match field {
            Field::Type => item.work = Some(bare.into()),
            // `_platform/sdk` is a part of their project, no domain of ours.
            Field::Domain if text.contains(['/', '.', ' ']) => return false,
            Field::Domain => item.domain = Some(bare.into()),
            Field::Agent => item.agent = Some(bare.into()),
            Field::Model => item.model = Some(bare.into()),
            Field::Language => item.columns.get_or_insert_default().output_language = Some(bare.into()),
            Field::Executor => item.columns.get_or_insert_default().executor = Some(bare.into()),
            Field::Id if item.id.is_none() => item.id = Some(bare.into()),
            Field::Effort => match time::duration(text, words) {
                Some(duration) => item.duration = Some(duration),
                None => return false,
            },
            Field::Priority => match words.priority(text) {
                Some(priority) => item.priority = Some(priority),
                None => return false,
            },
            Field::Status if text.starts_with("[x]") || text.starts_with("[X]") => item.done = Some(true),
            Field::Status if text.starts_with("[ ]") || text.starts_with("[]") => item.done = Some(false),
            Field::Status => match words.status(text) {
                Some(Status::Done) => item.done = Some(true),
                Some(Status::Cancelled) => item.cancelled = true,
                Some(_) => item.done = item.done.or(Some(false)),
                None => return false,
            },
            Field::Parallel => {
                let folded = crate::base::fold::key(text);
                item.parallel = !words.is_nothing(text) && !matches!(folded.as_str(), "false" | "nao" | "no");
            }
            Field::Wave => match text.parse() {
                Ok(wave) => item.columns.get_or_insert_default().wave = Some(Spanned::new(wave, bare)),
                Err(_) => return false,
            },
            Field::Timeout => {
                match time::duration(text, words)
                    .map(crate::base::quantity::Millis::secs)
                    .or_else(|| text.parse().ok())
                {
                    Some(seconds) => {
                        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                        item.columns.get_or_insert_default().timeout_s = Some(Spanned::new(seconds, bare));
                    }
                    None => return false,
                }
            }
            Field::Verify => {
                let codes: Vec<Text> = piece::codes(inputs.slice(value))
                    .map(|(from, to)| value.slice(from, to).into())
                    .collect();
                let verify = &mut item.columns.get_or_insert_default().verify;
                if codes.is_empty() { verify.push(value.into()) } else { verify.extend(codes) }
            }
            _ => return false,
        }
        true
    }

    /// An item of a labelled list: a criterion, a path, a reference or a note.
    pub(super) fn labelled(&mut self, at: usize, end: usize, label: Label) {
        let block = self.block(at);
        let rank = LIST + label.depth;
        let (span, whole) = (self.span(at), self.whole(at));
        let inputs = self.inputs;
        match label.mode {
            Mode::Criteria if block.depth == label.depth => {
                let nested = self.outline.item_end(at).min(end);
                let last = (at..nested).map(|inner| self.whole(inner)).fold(span, Span::to);
                self.criterion(rank, Span { start: span.start, ..last }, block.tick == Tick::Done);
            }
            Mode::Criteria => {}
            Mode::Paths(role) => {
                let found = paths::uses(inputs, span, role, true, self.words);
                match self.build.inside(rank) {
                    Some(open) if !found.is_empty() => open.paths.extend(found),
                    _ => {
                        self.build.detail(rank, whole);
                    }
                }
            }
            Mode::After | Mode::Blocks => {
                let found = references(inputs, span, false, self.words);
                self.build.draft.after.extend(found.documents);
                if let Some(open) = self.build.inside(rank) {
                    if label.mode == Mode::After { &mut open.after } else { &mut open.blocks }
                        .extend(found.items);
                }
                for other in found.other {
                    self.build.unused(other, "this dependency names no task of the document");
                }
            }
            Mode::Verify => {
                self.apply(rank, Some(Field::Verify), span);
            }
            Mode::Detail | Mode::Plain | Mode::Subtasks => {
                self.build.detail(rank, whole);
            }
        }
        if let Some(open) = self.build.inside(rank) {
            let id = open.id;
            self.build.reach(id, whole);
        }
    }

    /// `text → output: path`: the paths or the type; the title ends before the arrow.
    pub(super) fn arrow(&mut self, item: &mut Item, line: &Line) -> Arrow {
        let text = self.inputs.slice(line.title);
        let Some((at, length)) =
            text.find('→').map(|at| (at, '→'.len_utf8())).or_else(|| text.find("->").map(|at| (at, 2)))
        else {
            return Arrow::None;
        };
        let behind = line.title.slice(at + length, text.len());
        let Some(pair) = meta::pair(self.inputs, piece::trim(self.inputs, behind)) else {
            return Arrow::None;
        };
        if self.field(pair.key) != Some(Field::Output) || pair.value.is_empty() {
            return Arrow::None;
        }
        item.title = piece::line(self.inputs, line.title.slice(0, at));
        let found = paths::uses(self.inputs, pair.value, Some(PathRole::Create), true, self.words);
        if found.is_empty() { Arrow::Type(piece::bare(self.inputs, pair.value)) } else { Arrow::Paths(found) }
    }

    /// Reads a table of tasks; returns the index behind it. A table without a column of titles is a note.
    pub(super) fn table(&mut self, from: usize, end: usize) -> usize {
        let rows = (from..end)
            .take_while(|&at| matches!(self.block(at).kind, BlockKind::TableRow | BlockKind::TableRule))
            .count();
        let last = from + rows;
        let rank = LIST + self.block(from).depth;
        let head = meta::cells(self.inputs, self.span(from));
        let mut columns: Vec<Option<Field>> =
            head.iter().map(|&cell| self.field(piece::bare(self.inputs, cell))).collect();
        if !columns.contains(&Some(Field::Title))
            && let Some(at) = columns.iter().position(|field| *field == Some(Field::Description))
        {
            columns[at] = Some(Field::Title);
        }
        let Some(title) = columns.iter().position(|field| *field == Some(Field::Title)) else {
            let whole = self.whole(from).to(self.whole(last - 1));
            if !self.build.detail(rank, whole) {
                self.build.unused(whole, "a table without a column of tasks");
            }
            return last;
        };
        let named = columns.iter().position(|field| *field == Some(Field::Id));
        let headed = if named.is_some() { self.headed() } else { BTreeSet::new() };
        for at in from + 1..last {
            if self.block(at).kind == BlockKind::TableRule {
                continue;
            }
            let cells = meta::cells(self.inputs, self.span(at));
            let Some(&cell) = cells.get(title) else { continue };
            if self.inputs.slice(cell).trim().is_empty() {
                continue;
            }
            if let Some(&id) = named.and_then(|column| cells.get(column))
                && headed.contains(self.inputs.slice(piece::bare(self.inputs, id)))
            {
                let whole = self.whole(at);
                self.build.unused(whole, "a row that sums up what a section of its own tells");
                continue;
            }
            let line = line::read(self.inputs, cell, self.words);
            let mut item = line.item(self.inputs, self.whole(at));
            item.done = line.done.or(Some(false)).filter(|_| columns.contains(&Some(Field::Status)));
            self.build.open(rank, item);
            self.gather(line);
            for (&field, &cell) in columns.iter().zip(&cells) {
                if field != Some(Field::Title) && !self.words.is_nothing(self.inputs.slice(cell)) {
                    let field =
                        if field == Some(Field::Dependencies) { Some(Field::DependsOn) } else { field };
                    self.apply(rank + 1, field, cell);
                }
            }
        }
        self.build.close(rank);
        last
    }
}

/// What is done to the paths under a key.
fn role_of(field: Field) -> Option<PathRole> {
    match field {
        Field::Output => Some(PathRole::Create),
        Field::Modifies => Some(PathRole::Modify),
        Field::Reads => Some(PathRole::Read),
        Field::Ownership => Some(PathRole::Own),
        _ => None,
    }
}

/// Requirement numbers of a list: `1.1, 2.3`, `FR1, FR2`.
fn numbers(text: &str, span: Span) -> Vec<Text> {
    let mut out = Vec::new();
    let mut at = 0;
    for word in text.split([',', ' ', ';']) {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric());
        if name.bytes().any(|byte| byte.is_ascii_digit()) {
            let start = at + word.find(name).unwrap_or(0);
            out.push(Text::At(span.slice(start, start + name.len())));
        }
        at += word.len() + 1;
    }
    out
}
