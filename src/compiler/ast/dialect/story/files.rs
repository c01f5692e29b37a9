//! Reads file lists and sections of dependencies.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a reader names the blocks, parts and fields it reads; the others belong to other readers"
)]

use crate::base::span::Span;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::compiler::ast::dialect::build::run;
use crate::compiler::ast::dialect::drawing;
use crate::compiler::ast::dialect::meta;
use crate::compiler::ast::dialect::names::{Sure, id_at, references};
use crate::compiler::ast::dialect::paths;
use crate::compiler::ast::dialect::words::{Part, Word};
use crate::ir::draft::{ItemId, PathRole, SectionRole};
use crate::ir::outline::BlockKind;

use super::chapter::heading;
use super::walk::Walk;

impl Walk<'_> {
    /// Reads a file list: bullets, table rows or lines, each with a path and what was done to it.
    pub fn files(&mut self, index: usize) {
        let chapter = self.chapters[index].clone();
        let level = chapter.level.max(1);
        let role = match chapter.own {
            Some(Part::Created) => Some(PathRole::Create),
            Some(Part::Modified) => Some(PathRole::Modify),
            Some(Part::Deleted) => Some(PathRole::Delete),
            Some(Part::Referenced) => Some(PathRole::Read),
            _ => paths::note(heading(self.inputs, self.outline, &chapter), self.words),
        };
        let mut label = role;
        for at in chapter.body.clone() {
            let block = self.block(at);
            let span = self.span(at);
            let text = self.text(at);
            let found = match block.kind {
                BlockKind::Bullet | BlockKind::Numbered | BlockKind::TableRow => {
                    let found =
                        paths::uses(self.inputs, span, label, block.kind != BlockKind::TableRow, self.words);
                    if found.is_empty() && text.trim_end_matches('*').ends_with(':') {
                        label = paths::note(text, self.words).or(role);
                    }
                    found
                }
                BlockKind::Paragraph
                    if text.trim_end_matches(['*', ' ']).ends_with(':') || text.starts_with("**") =>
                {
                    label = paths::note(text, self.words).or(role);
                    continue;
                }
                BlockKind::Paragraph => paths::uses(self.inputs, span, label, false, self.words),
                BlockKind::Fence => {
                    let mut found = Vec::new();
                    let mut start = 0;
                    for line in text.split_inclusive('\n') {
                        found.extend(paths::uses(
                            self.inputs,
                            span.slice(start, start + line.trim_end().len()),
                            label,
                            false,
                            self.words,
                        ));
                        start += line.len();
                    }
                    found
                }
                _ => continue,
            };
            match self.build.inside(level) {
                Some(open) => open.paths.extend(found),
                None => self.build.draft.paths.extend(found),
            }
        }
    }

    /// Reads a section of dependencies: those of an open item, of items named at the start of a line, or of the document.
    pub fn dependencies(&mut self, index: usize, blocks: bool) {
        let chapter = self.chapters[index].clone();
        let level = chapter.level.max(1);
        let mut used = false;
        for at in chapter.body.clone() {
            let block = self.block(at);
            let span = match block.kind {
                BlockKind::Bullet | BlockKind::Numbered | BlockKind::Paragraph => self.span(at),
                BlockKind::TableRow => {
                    used |= self.dependency_row(at, blocks);
                    continue;
                }
                BlockKind::Fence => {
                    used |= self.drawn(self.span(at), blocks);
                    continue;
                }
                _ => continue,
            };
            let mut from = 0;
            let text = self.inputs.slice(span);
            for line in text.split_inclusive('\n') {
                let here = span.slice(from, from + line.trim_end().len());
                from += line.len();
                used |= self.dependency_line(level, here, blocks);
            }
        }
        if !used {
            self.prose(index, SectionRole::Notes);
        }
    }

    /// A drawing: waves, mermaid, boxes, or a chain `1.1 → 1.2`.
    fn drawn(&mut self, span: Span, blocks: bool) -> bool {
        let text = self.inputs.slice(span);
        let known = |id: &str| self.find_item(id).is_some();
        let mut pairs = drawing::pairs(text, &known);
        if pairs.is_empty() {
            pairs = drawing::chains(text, &known);
        }
        for (earlier, later) in &pairs {
            if let Some(item) = self.find_item(&later.id) {
                let name = Text::made(earlier.id.clone(), span.slice(earlier.at.0, earlier.at.1));
                self.attach(item, vec![name], !blocks);
            }
        }
        !pairs.is_empty()
    }

    /// One line: `T2 depends on T1`, `**Blocked by:** Story 1.2`, `Story 1.3 Done ✓`.
    fn dependency_line(&mut self, level: u8, line: Span, blocks: bool) -> bool {
        let text = self.inputs.slice(line);
        let lead = text.len() - text.trim_start_matches(['*', ' ', '`', '-', '>']).len();
        if let Some(found) = id_at(&text[lead..], self.words).or_else(|| bare_id(&text[lead..]))
            && let Some((phrase, waits)) = self.words.binding(text, lead + found.end)
            && phrase.start <= lead + found.end + 8
            && !matches!(found.word, Some(Word::Story | Word::Epic))
        {
            let name = &text[lead + found.id.start..lead + found.id.end];
            if let Some(item) = self.find_item(name) {
                let rest = line.slice(phrase.end, text.len());
                let refs = references(self.inputs, rest, true, self.words);
                self.attach(item, refs.items, waits != blocks);
                return true;
            }
        }
        let (value, blocks) = match meta::pair(self.inputs, line) {
            Some(pair) if !pair.value.is_empty() => {
                let key = self.inputs.slice(pair.key);
                let binding = self.words.binding(key, 0);
                match binding {
                    Some((_, waits)) => (pair.value, !waits),
                    None if self.words.part(key) == Some(Part::Blocks) => (pair.value, true),
                    None => (line, blocks),
                }
            }
            _ => (line, blocks),
        };
        self.document_references(level, value, blocks)
    }

    fn document_references(&mut self, level: u8, value: Span, blocks: bool) -> bool {
        let found = references(self.inputs, value, false, self.words);
        let mut any = false;
        if let Some(open) = self.build.inside(level) {
            any |= !found.items.is_empty();
            if blocks { &mut open.blocks } else { &mut open.after }.extend(found.items);
            self.build.draft.after.extend(found.documents);
            return any;
        }
        let all = found.items.into_iter().chain(found.documents);
        let target = if blocks { &mut self.build.draft.blocks } else { &mut self.build.draft.after };
        let before = target.len();
        target.extend(all);
        any |= target.len() > before;
        if !any && let Some(name) = first_reference(self.inputs.slice(value), self.words) {
            let at = Text::At(value.slice(name.0, name.1));
            if blocks { &mut self.build.draft.blocks } else { &mut self.build.draft.after }.push(at);
            return true;
        }
        any
    }

    /// A table row: the first cell says which way, or both cells name items.
    fn dependency_row(&mut self, at: usize, blocks: bool) -> bool {
        let cells = meta::cells(self.inputs, self.span(at));
        let Some(&first) = cells.first() else { return false };
        let key = self.inputs.slice(first);
        if let Some(&second) = cells.get(1) {
            if let Some((_, waits)) = self.words.binding(key, 0) {
                return self.document_references(1, second, !waits);
            }
            let name = key.trim_matches(['*', '`', ' ']);
            if let Some(item) = self.find_item(name) {
                let refs = references(self.inputs, second, true, self.words);
                let any = !refs.items.is_empty();
                self.attach(item, refs.items, !blocks);
                return any;
            }
            if let Some((from, to)) = first_reference(key, self.words) {
                self.build.draft.after.push(Text::At(first.slice(from, to)));
                return true;
            }
        }
        false
    }

    /// The item of this id.
    fn find_item(&self, name: &str) -> Option<ItemId> {
        let found = id_at(name, self.words).map_or(name, |found| &name[found.id]);
        self.build
            .draft
            .items
            .iter()
            .find(|(_, item)| item.id.as_ref().is_some_and(|id| id.get(self.inputs) == found))
            .map(|(id, _)| id)
    }

    /// Adds references to an item, whether it is still open or not.
    fn attach(&mut self, item: ItemId, names: Vec<Text>, waits: bool) {
        if names.is_empty() {
            return;
        }
        if let Some(open) = self.build.open.iter_mut().find(|open| open.id == item) {
            if waits { &mut open.after } else { &mut open.blocks }.extend(names);
            return;
        }
        let old: Run =
            if waits { self.build.draft.items[item].after } else { self.build.draft.items[item].blocks };
        let mut all: Vec<Text> = self.build.draft.mentions[old.range()].to_vec();
        all.extend(names);
        let fresh = run(&mut self.build.draft.mentions, all);
        let target = &mut self.build.draft.items[item];
        if waits { target.after = fresh } else { target.blocks = fresh }
    }
}

/// `T2` before a word: an id without a separator.
fn bare_id(text: &str) -> Option<crate::compiler::ast::dialect::names::Found> {
    use crate::compiler::ast::dialect::names::{Found, code, number};
    let length = code(text).or_else(|| number(text))?;
    Some(Found { id: 0..length, end: length, sure: Sure::Number, word: None })
}

/// The first `Story 1.2`, `1.2` or `STORY-7` of a line.
fn first_reference(
    text: &str,
    words: &crate::compiler::ast::dialect::words::Words,
) -> Option<(usize, usize)> {
    let lead = text.len() - text.trim_start_matches(['*', ' ', '`', '[', '"']).len();
    let rest = &text[lead..];
    let first = rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    if words.is(first, Word::Story) || words.is(first, Word::Epic) {
        let tail = rest[first.len()..].trim_start_matches([' ', '#', '-']);
        let start = rest.len() - tail.len();
        let length = crate::compiler::ast::dialect::names::number(tail)
            .or_else(|| crate::compiler::ast::dialect::names::code(tail))?;
        return Some((lead + start, lead + start + length));
    }
    let length = crate::compiler::ast::dialect::names::code(rest).or_else(|| {
        crate::compiler::ast::dialect::names::number(rest).filter(|&n| rest[..n].contains(['.', '-']))
    })?;
    rest[length..]
        .starts_with([' ', ':', '*', '(', '`'])
        .then_some((lead, lead + length))
        .or((rest.len() == length).then_some((lead, lead + length)))
}
