//! Lists of boxes whose items carry dotted numbers, as Kiro and OpenSpec write them.
//!
//! A box inside a box, or `2.1` after `2`, is held by it, at whatever indent it stands. The innermost boxes are the
//! tasks. Lines without a box below an item are its detail; some of them speak about requirements, order and files.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::{Criterion, Draft, Item, ItemId, ItemKind, PathRole, PathUse, Priority, Unused};
use crate::ir::outline::{Block, BlockKind, Tick};

use super::edges::{Edges, Tie};
use super::page::{self, Page, is_heading, is_item};
use super::words::{Part, Words};
use super::{names, paths, piece};

/// What stands before the text of a numbered box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    /// Where the number stands; empty if there is none.
    pub(super) id: (usize, usize),
    /// Where the text begins.
    pub(super) text: usize,
    /// `*` after the box.
    pub(super) optional: bool,
    /// `(P)` or `[P]`
    pub(super) parallel: bool,
    /// A box that is no markdown box, as in `[ ]* 2.1 text`.
    pub(super) tick: Option<Tick>,
}

/// Reads the head of a line: `1. text`, `2.1 text`, `* 2.1 text`, `**2.1** text`, `[x]* 2.1 (P) text`.
pub(super) fn head(line: &str) -> Head {
    let mut found = Head { id: (0, 0), text: 0, optional: false, parallel: false, tick: None };
    let mut at = 0;
    if line.starts_with('[') && line.as_bytes().get(2) == Some(&b']') && !line[3..].starts_with('(') {
        found.tick = Some(match line.as_bytes()[1] {
            b' ' => Tick::Open,
            b'x' | b'X' => Tick::Done,
            other => Tick::Other(other),
        });
        at = 3;
    }
    at += usize::from(line[at..].starts_with("\\*"));
    let rest = &line[at..];
    if rest.starts_with('*') && !rest.starts_with("**") {
        // `*text*` is emphasis; a mark stands alone.
        found.optional = rest[1..].starts_with(' ') || found.tick.is_some();
        at += usize::from(found.optional);
    }
    at += blanks(&line[at..], &[' ', '*', '_']);
    let worded = ["Task ", "task "].into_iter().find(|word| line[at..].starts_with(word)).map_or(0, str::len);
    let number = number(&line[at + worded..]);
    if number > 0 {
        at += worded;
        found.id = (at, at + number);
        at += number;
        if line[at..].starts_with('*') && !line[at..].starts_with("**") {
            found.optional = true;
        }
        at += blanks(&line[at..], &[' ', '*', '_', '.', ')', ':', '-', '–', '—']);
    } else {
        at = at.min(line.len());
        at -= line[..at].len() - line[..at].trim_end_matches(['*', '_']).len();
    }
    for mark in ["(P)", "[P]"] {
        if let Some(rest) = line[at..].strip_prefix(mark) {
            found.parallel = true;
            at = line.len() - rest.trim_start().len();
        } else if line.trim_end().ends_with(mark) {
            found.parallel = true;
        }
    }
    found.text = at;
    found
}

fn blanks(text: &str, skip: &[char]) -> usize {
    text.len() - text.trim_start_matches(skip).len()
}

/// Length of `1`, `1.2`, `10.3.1` at the start of a text that goes on after a blank, a dot or a mark.
pub(super) fn number(text: &str) -> usize {
    let len = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let number = text[..len].trim_end_matches('.');
    let parts = number.split('.').all(|part| !part.is_empty() && part.len() <= 4);
    let dotted = number.contains('.') || number.len() < len || text[len..].starts_with([')', ':']);
    let ends = text[len..].chars().next().is_none_or(|c| matches!(c, ' ' | '*' | ')' | ':' | '_' | '\t'));
    if parts && dotted && ends { number.len() } else { 0 }
}

/// A list being read.
pub(super) struct Reader<'a, 'b> {
    page: &'b mut Page<'a>,
    draft: &'b mut Draft,
    words: &'b Words,
    edges: Edges,
    paths: Vec<(ItemId, PathUse)>,
    ids: BTreeMap<&'a str, ItemId>,
    groups: BTreeMap<usize, ItemId>,
    open: Vec<(u8, ItemId)>,
    rows: Vec<(usize, ItemId)>,
}

/// Reads every box of a page into the draft.
pub(super) fn read(page: &mut Page<'_>, draft: &mut Draft, words: &Words) {
    let boxed = page.blocks().iter().any(|block| block.tick != Tick::None);
    let mut reader = Reader {
        page,
        draft,
        words,
        edges: Edges::default(),
        paths: Vec::new(),
        ids: BTreeMap::new(),
        groups: BTreeMap::new(),
        open: Vec::new(),
        rows: Vec::new(),
    };
    for at in 0..reader.page.blocks().len() {
        reader.block(at, boxed);
    }
    // What is inside comes first, so that an item does not take the prose of what it holds.
    for index in (0..reader.rows.len()).rev() {
        let (at, id) = reader.rows[index];
        reader.describe(at, id);
    }
    super::order::sections(reader.page, &reader.ids, words, &mut reader.edges);
    reader.finish();
}

impl<'a> Reader<'a, '_> {
    fn block(&mut self, at: usize, boxed: bool) {
        let block = self.page.blocks()[at];
        if is_heading(&block) {
            self.open.clear();
            return;
        }
        if !is_item(&block) || block.quotes > 0 {
            return;
        }
        while self.open.last().is_some_and(|&(depth, _)| depth >= block.depth) {
            self.open.pop();
        }
        let text = self.page.text(at);
        let head = head(text);
        let tick = head.tick.unwrap_or(block.tick);
        let bare = !boxed && text[head.id.0..head.id.1].contains('.');
        if tick == Tick::None && !bare {
            return;
        }
        let part = self.page.above(at).and_then(|heading| self.words.part(self.page.text(heading)));
        match part.filter(|_| self.open.is_empty() && head.id.1 == 0) {
            Some(Part::Acceptance) => {
                self.page.mark(at);
                let text = piece::line(self.page.inputs, self.page.span(at));
                let done = tick == Tick::Done;
                self.draft.criteria.push(Criterion { id: None, text, done, priority: Priority::Medium });
            }
            Some(Part::Excluded) => {
                self.page.mark(at);
                let span = self.page.outline.span(&block);
                self.draft.unused.push(Unused {
                    span,
                    reason: "It stands in a section that records, and asks for nothing",
                });
            }
            _ => self.item(at, &block, head, tick),
        }
    }

    fn item(&mut self, at: usize, block: &Block, head: Head, tick: Tick) {
        let span = self.page.span(at);
        let text: &'a str = self.page.inputs.slice(span);
        let id = &text[head.id.0..head.id.1];
        // `2` at the same indent as `2.1` holds it, unless it says itself what is to be done.
        let holds = |&outer: &ItemId| {
            let row = self.rows.binary_search_by_key(&outer, |&(_, row)| row).ok();
            let described = row.is_some_and(|row| {
                let at = self.rows[row].0;
                (at + 1..self.page.item_end(at)).any(|inner| !self.page.text(inner).starts_with('_'))
            });
            self.draft.items[outer].kind != ItemKind::Task || !described
        };
        let dotted = id.rsplit_once('.').and_then(|(outer, _)| self.ids.get(outer).copied()).filter(holds);
        let parent =
            self.open.last().map(|&(_, item)| item).or(dotted).or_else(|| self.group(self.page.above(at)));
        let title = piece::line(self.page.inputs, span.slice(head.text, title_end(text).max(head.text)));
        let mut item = Item::task(title, self.page.outline.span(block));
        if !id.is_empty() {
            item.id = Some(Text::At(span.slice(head.id.0, head.id.1)));
        }
        item.done = page::done(tick);
        item.optional = head.optional;
        item.parallel = head.parallel;
        item.parent = parent;
        item.cancelled =
            text.trim_start_matches(['*', ' ']).starts_with("~~") && text.trim_end().ends_with("~~");
        if let Some(parent) = parent
            && self.draft.items[parent].kind == ItemKind::Task
        {
            self.draft.items[parent].kind = ItemKind::Group;
        }
        self.page.mark(at);
        let row = self.draft.items.push(item);
        if !id.is_empty() {
            self.ids.entry(id).or_insert(row);
        }
        self.open.push((block.depth, row));
        self.rows.push((at, row));
    }

    /// The group of a heading, made when its first task is met. Headings that only say "tasks" are none.
    fn group(&mut self, heading: Option<usize>) -> Option<ItemId> {
        let title = self.page.title();
        let around: Vec<usize> =
            heading.into_iter().chain(heading.into_iter().flat_map(|at| self.page.headings(at))).collect();
        let mut found = None;
        let mut missing = Vec::new();
        for at in around {
            if let Some(&id) = self.groups.get(&at) {
                found = Some(id);
                break;
            }
            if Some(at) != title && !self.is_wrapper(at) {
                missing.push(at);
            }
        }
        for at in missing.into_iter().rev() {
            let span = self.page.span(at);
            let text: &'a str = self.page.inputs.slice(span);
            let head = head(text);
            let mut item = Item::task(
                piece::line(self.page.inputs, span.slice(head.text, span.len())),
                self.page.outline.span(&self.page.blocks()[at]),
            );
            item.kind = ItemKind::Group;
            item.parent = found;
            let id = &text[head.id.0..head.id.1];
            let row = self.draft.items.push(item);
            if !id.is_empty() && !self.ids.contains_key(id) {
                self.ids.insert(id, row);
                self.draft.items[row].id = Some(Text::At(span.slice(head.id.0, head.id.1)));
            }
            self.page.mark(at);
            self.groups.insert(at, row);
            self.rows.push((at, row));
            found = Some(row);
        }
        found
    }

    fn is_wrapper(&self, at: usize) -> bool {
        let text = self.page.text(at);
        let key = self.page.key(at);
        number(text) == 0
            && (self.words.exact_part(text) == Some(Part::Tasks)
                || matches!(key.as_str(), "task breakdown" | "task list" | "implementation plan"))
    }

    /// What stands below an item without a box: its detail, and what that says about requirements, order and files.
    fn describe(&mut self, at: usize, id: ItemId) {
        let block = self.page.blocks()[at];
        let end = if is_heading(&block) { self.page.section_end(at) } else { self.page.item_end(at) };
        if !is_heading(&block) {
            let span = self.page.span(at);
            self.stated(id, span);
            for line in lines(self.page.inputs, span).into_iter().skip(1) {
                self.label(id, line);
            }
        }
        for nested in at + 1..end {
            let kind = self.page.blocks()[nested].kind;
            if !self.page.is_used(nested)
                && matches!(kind, BlockKind::Paragraph | BlockKind::Bullet | BlockKind::Numbered)
            {
                for line in lines(self.page.inputs, self.page.span(nested)) {
                    self.label(id, line);
                }
            }
        }
        self.draft.items[id].detail =
            self.page.take(at + 1..end, |block| !matches!(block.kind, BlockKind::Break | BlockKind::Html));
    }

    /// `_Requirements: 1.1, 2.3_`, `**Validates: Requirements 1.1**`, `_Depends: 1.2_`, `_Leverage: src/a.ts_`.
    fn label(&mut self, id: ItemId, span: Span) {
        let inputs = self.page.inputs;
        let text = inputs.slice(span);
        let marked = text.trim_start_matches(['*', '_', ' ']);
        let from = text.len() - marked.len();
        let Some(colon) = marked.find(':').filter(|&at| at <= 32) else { return };
        let key = crate::base::fold::key(&marked[..colon]);
        let end = text.trim_end_matches(['_', '*', ' ']).len();
        let value = span.slice(from + colon + 1, end.max(from + colon + 1));
        match key.as_str() {
            "requirements" | "requirement" | "validates" | "refs" | "req" | "requisitos" => {
                for name in requirements(inputs, value) {
                    self.edges.tie(id, Tie::Serves, Text::At(name));
                }
            }
            "depends" | "depends on" | "dependencies" | "dependency" | "blocked by" | "depende de" => {
                for name in names::references(inputs, piece::bare(inputs, value), false, self.words).items {
                    self.edges.tie(id, Tie::After, name);
                }
            }
            "file" | "files" | "arquivo" | "arquivos" => {
                let uses = paths::uses(inputs, value, Some(PathRole::Modify), true, self.words);
                self.paths.extend(uses.into_iter().map(|path| (id, path)));
            }
            "leverage" => {
                let uses = paths::uses(inputs, value, Some(PathRole::Read), true, self.words);
                self.paths.extend(uses.into_iter().map(|path| (id, path)));
            }
            _ => {}
        }
    }

    /// What a task line says about order. A number in prose is a task only if a task bears it.
    fn stated(&mut self, id: ItemId, span: Span) {
        let inputs = self.page.inputs;
        let text = inputs.slice(span);
        let mut from = 0;
        while let Some((range, waits)) = self.words.binding(text, from) {
            from = range.end;
            let tail = &text[range.end..];
            let cut = tail
                .find([')', ';', '\n', '—'])
                .into_iter()
                .chain(tail.find(". "))
                .min()
                .unwrap_or(tail.len());
            let tie = if waits { Tie::After } else { Tie::Blocks };
            for name in
                names::references(inputs, span.slice(range.end, range.end + cut), false, self.words).items
            {
                if self.ids.get(name.get(inputs)).is_some_and(|&other| other != id) {
                    self.edges.tie(id, tie, name);
                }
            }
        }
    }

    fn finish(self) {
        let Self { page, draft, edges, mut paths, .. } = self;
        edges.seal(page.inputs, draft);
        paths.sort_by_key(|&(id, _)| id);
        for (id, path) in paths {
            let at = u32::try_from(draft.paths.len()).expect("a draft names fewer than 2^32 paths");
            draft.paths.push(path);
            let run = &mut draft.items[id].paths;
            if run.is_empty() {
                run.start = at;
            }
            run.end = at + 1;
        }
    }
}

/// Where a title ends: before lines of its paragraph that are labels, `_Requirements: 1.1_`.
fn title_end(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        if at > 0 && bare.starts_with('_') && bare.trim_end().ends_with('_') && bare.contains(':') {
            return at;
        }
        at += line.len();
    }
    at
}

/// The lines of a paragraph.
fn lines(inputs: &Inputs, span: Span) -> Vec<Span> {
    let mut from = 0;
    let text = inputs.slice(span);
    text.split('\n')
        .map(|line| {
            let at = span.slice(from, from + line.len());
            from += line.len() + 1;
            at
        })
        .collect()
}

/// `1.1, 2.3, FR-4`: the places of ids. Prose that names none has none.
fn requirements(inputs: &Inputs, span: Span) -> Vec<Span> {
    let text = inputs.slice(span);
    let mut found = Vec::new();
    let mut from = 0;
    for part in text.split_inclusive([',', ';', ' ', '/', '&', '\n']) {
        let id = part.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let letters = id.bytes().take_while(u8::is_ascii_uppercase).count();
        let digits = id[letters..].trim_start_matches(['-', '_']);
        let is_id = letters <= 4
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-')
            && digits.starts_with(|c: char| c.is_ascii_digit());
        if is_id {
            let at = from + part.find(id).unwrap_or(0);
            found.push(span.slice(at, at + id.len()));
        }
        from += part.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{head, number};
    use crate::ir::outline::Tick;

    #[test]
    fn numbers_are_numbers_of_items() {
        for (text, len) in [
            ("1. Write", 1),
            ("2.1 Write", 3),
            ("10.3.1 x", 6),
            ("3 apples", 0),
            ("2.5x", 0),
            ("1) x", 1),
            ("2026-01 x", 0),
        ] {
            assert_eq!(number(text), len, "{text}");
        }
    }

    #[test]
    fn heads_of_lines() {
        let check = |line: &str, id: &str, text: &str, optional: bool, parallel: bool| {
            let found = head(line);
            assert_eq!((&line[found.id.0..found.id.1], &line[found.text..]), (id, text), "{line}");
            assert_eq!((found.optional, found.parallel), (optional, parallel), "{line}");
        };
        check("1. Write the store", "1", "Write the store", false, false);
        check("2.1 (P) Write the store", "2.1", "Write the store", false, true);
        check("* 2.2 Test it", "2.2", "Test it", true, false);
        check("[ ]* 2.3 Test it", "2.3", "Test it", true, false);
        check("[ ]\\* 2.3 Test it", "2.3", "Test it", true, false);
        check("**2.4** Test it", "2.4", "Test it", false, false);
        check("*Note* that", "", "*Note* that", false, false);
        check("Plain words", "", "Plain words", false, false);
        check("9 files are copied", "", "9 files are copied", false, false);
        assert_eq!(head("[x]* 2.3 Test").tick, Some(Tick::Done));
    }
}
