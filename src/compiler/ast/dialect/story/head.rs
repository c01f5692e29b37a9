//! Reads what a document says about itself: title, front matter, bold lines, metadata tables and bullets.

use crate::base::inputs::Inputs;
use crate::base::span::{Span, Spanned};
use crate::base::text::Text;
use crate::compiler::ast::dialect::field;
use crate::compiler::ast::dialect::meta::{self, Pair};
use crate::compiler::ast::dialect::names::{id_at, references};
use crate::compiler::ast::dialect::piece;
use crate::compiler::ast::dialect::words::{Field, Part, Word};
use crate::ir::draft::{Criterion, Priority, SectionRole, Status};
use crate::ir::node::{Kind, Node};
use crate::ir::outline::BlockKind;

use super::chapter::{Chapter, is_item};
use super::walk::Walk;

impl Walk<'_> {
    /// Reads a chapter without a part of its own: the title, metadata, and prose.
    pub fn head(&mut self, index: usize) {
        let chapter = self.chapters[index].clone();
        let mut meta_only = self.headline(&chapter, index);
        let mut prose = false;
        let body = chapter.body.clone();
        let mut at = body.start;
        while at < body.end {
            let block = self.block(at);
            let span = self.span(at);
            match block.kind {
                BlockKind::Paragraph | BlockKind::Bullet | BlockKind::Numbered if block.depth == 0 => {
                    let told = self.tell(span, block.kind == BlockKind::Paragraph);
                    meta_only |= told;
                    prose |= !told;
                }
                BlockKind::TableRow => {
                    let rows = (at..body.end)
                        .take_while(|&row| {
                            matches!(self.block(row).kind, BlockKind::TableRow | BlockKind::TableRule)
                        })
                        .count();
                    let told = self.tell_table(at, at + rows);
                    meta_only |= told;
                    prose |= !told;
                    at += rows;
                    continue;
                }
                BlockKind::Html | BlockKind::Break | BlockKind::TableRule | BlockKind::Definition => {}
                _ => prose = true,
            }
            at += 1;
        }
        let _ = meta_only;
        if prose && chapter.part != Some(Part::Metadata) {
            self.prose(index, SectionRole::Other);
        }
    }

    /// The heading of a chapter as the title of the document or as a pair; true if it was one.
    fn headline(&mut self, chapter: &Chapter, index: usize) -> bool {
        let Some(head) = chapter.head else { return false };
        let span = self.span(head);
        if index == 1 && self.build.draft.title.is_none() && chapter.level <= 2 {
            self.title(span);
            return true;
        }
        if self.build.draft.title.is_none() && chapter.level == 1 && chapter.part.is_none() {
            self.title(span);
            return true;
        }
        meta::pair(self.inputs, span).is_some_and(|pair| !pair.value.is_empty() && self.tell_pair(pair))
    }

    /// `Story 1.1: Title`, `STORY-42 — Title`, `História 3: Título`, or a plain title.
    pub fn title(&mut self, span: Span) {
        let text = self.inputs.slice(span);
        let lead = text.len() - text.trim_start_matches(['*', ' ', '[']).len();
        let mut from = lead;
        if text.starts_with('[') && !text.contains("](") {
            // `[Converted Input] title`
            from = text.find(']').map_or(0, |at| at + 1);
        }
        let rest = &text[from..];
        let blank = rest.len() - rest.trim_start().len();
        from += blank;
        if let Some(found) = id_at(&text[from..], self.words).filter(|found| found.word != Some(Word::Phase))
        {
            let id = span.slice(from + found.id.start, from + found.id.end);
            if self.build.draft.id.is_none() {
                self.build.draft.id = Some(id.into());
            }
            let behind = &text[from + found.end..];
            let gap = behind.len()
                - behind.trim_start_matches([' ', ':', '.', '—', '–', '-', '·', '*', '|', ')', ']']).len();
            if from + found.end + gap < text.len() {
                from += found.end + gap;
            }
        } else if let Some(colon) = text[from..].find(": ") {
            // `Story: title`, `Task: title`.
            let word = &text[from..from + colon];
            if self.words.is(word, Word::Story) || self.words.is(word, Word::Task) {
                from += colon + 2;
            }
        }
        self.build.draft.title = Some(piece::line(self.inputs, span.slice(from, text.len())));
    }

    /// A paragraph or bullet of pairs; true if it told something about the document.
    fn tell(&mut self, span: Span, several: bool) -> bool {
        let text = self.inputs.slice(span);
        if !text.contains(':') {
            return false;
        }
        let pairs = if several {
            meta::pairs(self.inputs, span)
        } else {
            meta::pair(self.inputs, span).into_iter().collect()
        };
        let mut told = false;
        for pair in pairs {
            told |= self.tell_pair(pair);
        }
        told
    }

    fn tell_pair(&mut self, pair: Pair) -> bool {
        let Some(field) = self.field(pair.key) else { return false };
        self.about(field, pair.value)
    }

    /// A table of two columns is read as pairs if its first keys are known.
    fn tell_table(&mut self, from: usize, end: usize) -> bool {
        let rows: Vec<Vec<Span>> = (from..end)
            .filter(|&at| self.block(at).kind == BlockKind::TableRow)
            .map(|at| meta::cells(self.inputs, self.span(at)))
            .collect();
        if rows.iter().any(|row| row.len() != 2) {
            return false;
        }
        let mut told = false;
        for row in &rows {
            let key = piece::bare(self.inputs, row[0]);
            let key = key.slice(0, self.inputs.slice(key).trim_end_matches([':', '*']).len());
            if let Some(field) = self.field(key)
                && !self.inputs.slice(row[1]).is_empty()
            {
                told |= self.about(field, row[1]);
            }
        }
        told
    }

    /// Sets what a key tells about the document, unless it is set already; true if the key is one of a document.
    fn about(&mut self, field: Field, value: Span) -> bool {
        let bare = piece::bare(self.inputs, value);
        let text = self.inputs.slice(bare);
        let draft = &mut self.build.draft;
        match field {
            Field::Id => {
                if draft.id.is_none() {
                    let found = id_at(text, self.words);
                    draft.id =
                        Some(found.map_or(bare, |found| bare.slice(found.id.start, found.id.end)).into());
                }
            }
            Field::Title => {
                if draft.title.is_none() {
                    draft.title = Some(piece::line(self.inputs, bare));
                }
            }
            Field::Status => {
                if draft.status.is_none() {
                    let status = self.status_in(value);
                    self.build.draft.status = status;
                }
            }
            Field::Priority => draft.priority = draft.priority.or(self.words.priority(text)),
            Field::Language => {
                if draft.language.is_none() {
                    draft.language = Some(bare.into());
                }
            }
            Field::DependsOn | Field::Dependencies | Field::Blocks => {
                let found = references(self.inputs, value, field == Field::DependsOn, self.words);
                let all = found.items.into_iter().chain(found.documents);
                if field == Field::Blocks {
                    draft.blocks.extend(all);
                } else {
                    draft.after.extend(all);
                }
                for other in found.other {
                    self.build.unused(other, "this dependency names no document");
                }
            }
            Field::Type
            | Field::Epic
            | Field::Effort
            | Field::Passthrough
            | Field::Agent
            | Field::Executor
            | Field::Wave
            | Field::Domain => {}
            _ => return false,
        }
        true
    }

    /// The status a text names.
    pub fn status_in(&self, span: Span) -> Option<Spanned<Status>> {
        let bare = piece::bare(self.inputs, span);
        self.words.status(self.inputs.slice(bare)).map(|status| Spanned::new(status, bare))
    }

    /// What the front matter says about the document, and its criteria.
    pub fn front(&mut self, node: &Node) {
        for (key, value) in node.entries() {
            let name = key.text.as_str();
            if let (
                "acceptance_criteria" | "acceptance-criteria" | "success_criteria" | "criteria",
                Kind::List(items),
            ) = (name, &value.kind)
            {
                for item in items {
                    let item = item
                        .any_of(&["criterion", "criteria", "description", "text"])
                        .map_or(item, |(_, node)| node);
                    if let Some(criterion) = front_criterion(self.inputs, item) {
                        self.build.draft.criteria.push(criterion);
                    }
                }
                continue;
            }
            if name == "defaults" {
                self.defaults(value);
                continue;
            }
            let Some(field) = self.words.field(name) else { continue };
            let texts = field::texts(value);
            let draft = &mut self.build.draft;
            match field {
                Field::DependsOn | Field::Dependencies => draft.after.extend(texts),
                Field::Blocks => draft.blocks.extend(texts),
                Field::Id => draft.id = draft.id.take().or(texts.into_iter().next()),
                Field::Title => draft.title = draft.title.take().or(texts.into_iter().next()),
                Field::Language => draft.language = draft.language.take().or(texts.into_iter().next()),
                Field::Status => {
                    let found = texts.first().and_then(|text| self.words.status(text.get(self.inputs)));
                    draft.status =
                        found.map(|status| Spanned::new(status, value.span)).or(draft.status.take());
                }
                Field::Priority => {
                    let found = texts.first().and_then(|text| self.words.priority(text.get(self.inputs)));
                    draft.priority = found.or(draft.priority);
                }
                _ => {}
            }
        }
    }

    /// Values every task inherits.
    fn defaults(&mut self, node: &Node) {
        let (columns, findings) = field::columns(self.inputs, node, field::Strictness::Foreign);
        self.build.draft.defaults = columns;
        self.build.findings.extend(findings);
    }

    /// Gives the model, agent and domain of `defaults:` to the tasks that name none.
    pub fn inherit(&mut self, node: &Node) {
        let Some(defaults) = node.get("defaults") else { return };
        let text = |key: &str| defaults.get(key).and_then(field::text);
        let (model, agent, domain) = (text("model"), text("agent"), text("domain"));
        for (_, item) in self.build.draft.items.iter_mut() {
            item.model = item.model.take().or_else(|| model.clone());
            item.agent = item.agent.take().or_else(|| agent.clone());
            item.domain = item.domain.take().or_else(|| domain.clone());
        }
    }

    /// Whether any box stands in chapters without a part.
    pub fn loose_boxes(&self) -> Vec<usize> {
        (0..self.chapters.len())
            .filter(|&at| self.chapters[at].part.is_none() && self.chapters[at].ticks)
            .filter(|&at| self.chapters[at].body.clone().any(|block| is_item(self.block(block))))
            .collect()
    }
}

/// A criterion of the front matter: text that may begin with a box.
fn front_criterion(inputs: &Inputs, node: &Node) -> Option<Criterion> {
    let text = node.scalar()?;
    let trimmed = text.trim();
    let done = trimmed.starts_with("[x]") || trimmed.starts_with("[X]");
    let boxed = done || trimmed.starts_with("[ ]");
    let words = if boxed { trimmed[3..].trim_start() } else { trimmed };
    let _ = inputs;
    (!words.is_empty()).then(|| Criterion {
        id: None,
        text: Text::made(words, node.span),
        done,
        priority: Priority::Medium,
    })
}
