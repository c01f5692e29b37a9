//! Items of a spec-kit list: what is a task, what holds it, and what the list says about order.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::base::natural;
use crate::base::span::Span;
use crate::base::table::{Id as _, Run};
use crate::base::text::Text;
use crate::ir::draft::{Criterion, Draft, Item, ItemId, ItemKind, Priority, Unused};
use crate::ir::outline::{BlockKind, Tick};

use super::super::edges::{Edges, Tie};
use super::super::page::{self, Page, is_heading, is_item};
use super::super::piece;
use super::super::words::{Field, Words};
use super::line::{self, Head};
use super::phases::Phases;
use super::refs::Phrases;

/// What a reader of one list keeps.
pub(super) struct Reader<'a, 'b> {
    pub(super) page: &'b mut Page<'a>,
    pub(super) draft: &'b mut Draft,
    words: &'b Words,
    pub(super) edges: Edges,
    /// The first task of each id.
    pub(super) tasks: BTreeMap<&'a str, ItemId>,
    /// Ids in natural order, for ranges.
    pub(super) ids: Vec<&'a str>,
    pub(super) phases: Phases<'a>,
    pub(super) phrases: Phrases,
    groups: BTreeMap<usize, ItemId>,
    /// Items around the current block: their depth, block and item.
    open: Vec<(u8, ItemId)>,
    any_ticked: bool,
    any_bare: bool,
}

/// Reads every task of a list into the draft.
pub(super) fn read(page: &mut Page<'_>, draft: &mut Draft, words: &Words) {
    let has = |page: &Page<'_>, ticked: bool| {
        (0..page.blocks().len()).any(|at| {
            let block = page.blocks()[at];
            is_item(&block) && (block.tick != Tick::None) == ticked && line::head(page.text(at)).is_some()
        })
    };
    let any_ticked = has(page, true);
    let any_bare = !any_ticked && has(page, false);
    let mut reader = Reader {
        page,
        draft,
        words,
        edges: Edges::default(),
        tasks: BTreeMap::new(),
        ids: Vec::new(),
        phases: Phases::default(),
        phrases: Phrases::of(&words.order),
        groups: BTreeMap::new(),
        open: Vec::new(),
        any_ticked,
        any_bare,
    };
    for at in 0..reader.page.blocks().len() {
        reader.block(at);
    }
    reader.ids = reader.tasks.keys().copied().collect();
    reader.ids.sort_by(|a, b| natural::compare(a, b));
    reader.describe();
    reader.inherit();
    super::phases::order(&mut reader);
    let Reader { page, draft, edges, .. } = reader;
    edges.seal(page.inputs, draft);
}

impl<'a> Reader<'a, '_> {
    fn block(&mut self, at: usize) {
        let block = self.page.blocks()[at];
        if is_heading(&block) {
            self.open.clear();
            let listed = self.any_ticked || self.any_bare;
            let head = line::head(self.page.text(at)).filter(|_| !listed && !self.is_aside(at));
            if let Some(head) = head {
                self.heading_task(at, head);
            }
            return;
        }
        if !is_item(&block) || block.quotes > 0 {
            return;
        }
        while self.open.last().is_some_and(|&(depth, _)| depth >= block.depth) {
            self.open.pop();
        }
        let head = line::head(self.page.text(at));
        match (block.tick, head) {
            (Tick::None, Some(head)) if self.any_bare && !self.is_aside(at) => self.task(at, Some(head)),
            (Tick::None, _) => {}
            (_, Some(head)) => {
                let id = &self.page.text(at)[head.id.0..head.id.1];
                if self.tasks.contains_key(id) && self.is_aside(at) {
                    self.page.mark(at);
                    let span = self.page.outline.span(&block);
                    self.draft.unused.push(Unused { span, reason: "It repeats a task that is listed above" });
                } else {
                    self.task(at, Some(head));
                }
            }
            (_, None) => self.unnumbered(at),
        }
    }

    /// A section that speaks about tasks instead of listing them.
    fn is_aside(&self, at: usize) -> bool {
        let known = [
            "parallel",
            "example",
            "dependenc",
            "execution order",
            "implementation strategy",
            "notes",
            "format",
        ];
        let more =
            ["path conventions", "summary", "mvp", "critical path", "progress", "checklist", "traceability"];
        let own = is_heading(&self.page.blocks()[at]).then_some(at);
        own.into_iter().chain(self.page.headings(at)).any(|heading| {
            let key = self.page.key(heading);
            !key.starts_with("phase") && known.iter().chain(&more).any(|word| key.contains(word))
        })
    }

    /// A ticked line without an id: a step of the task it is nested in, a task, a criterion, or a check of the list.
    fn unnumbered(&mut self, at: usize) {
        let key = self.page.above(at).map_or(String::new(), |heading| self.page.key(heading));
        let has = |words: &[&str]| words.iter().any(|word| key.contains(word));
        if self.open.is_empty() && has(&["acceptance", "success criteria", "definition of done"]) {
            self.page.mark(at);
            let text = piece::line(self.page.inputs, self.page.span(at));
            let done = self.page.blocks()[at].tick == Tick::Done;
            self.draft.criteria.push(Criterion { id: None, text, done, priority: Priority::Medium });
        } else if self.open.is_empty()
            && has(&["checklist", "gate", "validation", "review", "progress", "criteria"])
        {
            self.page.mark(at);
            let span = self.page.outline.span(&self.page.blocks()[at]);
            self.draft.unused.push(Unused { span, reason: "It checks the list itself and is no work" });
        } else {
            self.task(at, None);
        }
    }

    fn task(&mut self, at: usize, head: Option<Head>) {
        let block = self.page.blocks()[at];
        let span = self.page.span(at);
        let parent = self.open.last().map(|&(_, item)| item).or_else(|| self.group(self.page.above(at)));
        let mut item = Item::task(self.title(span, head), self.page.outline.span(&block));
        item.parent = parent;
        item.done = page::done(block.tick);
        self.head(&mut item, span, head);
        self.page.mark(at);
        let id = self.push(item, span, head);
        self.open.push((block.depth, id));
    }

    /// `### T001 Title`, where no list item has an id.
    fn heading_task(&mut self, at: usize, head: Head) {
        let span = self.page.span(at);
        let mut item =
            Item::task(self.title(span, Some(head)), self.page.outline.span(&self.page.blocks()[at]));
        item.parent = self.group(self.page.above(at));
        let raw = self.page.text(at);
        let boxed = raw.trim_start_matches(['*', ' ']);
        item.done = match boxed.get(..3) {
            Some("[x]" | "[X]") => Some(true),
            Some("[ ]") => Some(false),
            _ if raw.trim_end().ends_with('✅') => Some(true),
            _ => None,
        };
        self.head(&mut item, span, Some(head));
        self.page.mark(at);
        let id = self.push(item, span, Some(head));
        self.groups.insert(at, id);
    }

    fn title(&self, span: Span, head: Option<Head>) -> Text {
        let from = head.map_or(0, |head| head.text);
        let title = piece::line(self.page.inputs, span.slice(from, span.len()));
        let empty = title.get(self.page.inputs).is_empty();
        match head.filter(|_| empty) {
            Some(head) => Text::At(span.slice(head.id.0, head.id.1)),
            None => title,
        }
    }

    fn head(&self, item: &mut Item, span: Span, head: Option<Head>) {
        let Some(head) = head else { return };
        item.id = Some(Text::At(span.slice(head.id.0, head.id.1)));
        item.parallel = head.parallel;
        if head.ticked {
            item.done = Some(true);
        }
        item.cancelled = head.struck && self.page.inputs.slice(span).matches("~~").count() >= 2;
    }

    fn push(&mut self, item: Item, span: Span, head: Option<Head>) -> ItemId {
        let parent = item.parent;
        let id = self.draft.items.push(item);
        if let Some(parent) = parent
            && self.draft.items[parent].kind == ItemKind::Task
        {
            self.draft.items[parent].kind = ItemKind::Group;
        }
        if let Some(head) = head {
            let text: &'a str = self.page.inputs.slice(span);
            self.tasks.entry(&text[head.id.0..head.id.1]).or_insert(id);
            if let Some((from, to)) = head.story {
                self.edges.tie(id, Tie::Serves, Text::At(span.slice(from, to)));
            }
        }
        id
    }

    /// The group of a heading, made when its first task is met. The title of the document is none.
    fn group(&mut self, heading: Option<usize>) -> Option<ItemId> {
        let mut missing = Vec::new();
        let mut found = None;
        let title = self.page.title();
        let around: Vec<usize> =
            heading.into_iter().chain(heading.into_iter().flat_map(|at| self.page.headings(at))).collect();
        for at in around {
            if let Some(&id) = self.groups.get(&at) {
                found = Some(id);
                break;
            }
            if Some(at) != title {
                missing.push(at);
            }
        }
        for at in missing.into_iter().rev() {
            let span = self.page.span(at);
            let block = self.page.blocks()[at];
            let mut item = Item::task(piece::line(self.page.inputs, span), self.page.outline.span(&block));
            item.kind = ItemKind::Group;
            item.parent = found;
            let text: &'a str = self.page.inputs.slice(span);
            let id = self.phases.note(text, span, &mut item, self.draft.items.len(), &mut self.phrases);
            self.page.mark(at);
            let row = self.draft.items.push(item);
            debug_assert_eq!(id, row);
            self.groups.insert(at, row);
            found = Some(row);
        }
        found
    }

    /// Prose around tasks: nested lines are the task's detail, paragraphs under a heading the group's.
    fn describe(&mut self) {
        let count = self.page.blocks().len();
        let mut items: Vec<(usize, ItemId)> = Vec::new();
        let mut starts: BTreeMap<u32, ItemId> = BTreeMap::new();
        for (id, item) in self.draft.items.iter() {
            starts.insert(item.at.start, id);
        }
        for at in 0..count {
            let block = self.page.blocks()[at];
            if let Some(&id) = starts.get(&block.start).filter(|_| self.page.is_used(at)) {
                items.push((at, id));
            }
        }
        // What is inside comes first, so that an item does not take the prose of what it holds.
        let mut criteria = Vec::new();
        for &(at, id) in items.iter().rev() {
            let block = self.page.blocks()[at];
            let end = if is_heading(&block) { self.page.section_end(at) } else { self.page.item_end(at) };
            let heading = is_heading(&block);
            if !heading {
                super::phases::own(self, id, self.page.span(at));
            }
            for nested in at + 1..end {
                let kind = self.page.blocks()[nested].kind;
                let says = matches!(kind, BlockKind::Paragraph | BlockKind::Bullet | BlockKind::Numbered);
                if says && !self.page.is_used(nested) {
                    for part in labelled(self.page.inputs, self.page.span(nested)) {
                        if super::phases::begins_with_verb(self.page.inputs.slice(part), &self.phrases) {
                            super::phases::own(self, id, part);
                        }
                    }
                }
            }
            let found = self.accepted(at + 1, end);
            if !found.is_empty() {
                criteria.push((id, found));
            }
            let detail = self
                .page
                .take(at + 1..end, |block| !matches!(block.kind, BlockKind::Break | BlockKind::Html));
            self.draft.items[id].detail = detail;
        }
        for (id, found) in criteria.into_iter().rev() {
            let first = self.draft.criteria.len();
            for (span, done) in found {
                let text = piece::line(self.page.inputs, span);
                self.draft.criteria.push(Criterion { id: None, text, done, priority: Priority::Medium });
            }
            self.draft.items[id].criteria = Run::since(first, self.draft.criteria.len());
        }
    }

    /// What must hold of a task: `Acceptance: text`, or the items below or behind such a label.
    fn accepted(&self, from: usize, end: usize) -> Vec<(Span, bool)> {
        let mut found: Vec<(Span, bool)> = Vec::new();
        let mut listed: Option<u8> = None;
        for at in from..end {
            let block = self.page.blocks()[at];
            if self.page.is_used(at) {
                listed = None;
                continue;
            }
            if let Some(depth) = listed {
                let row = is_item(&block) && block.depth == depth;
                if row {
                    found.push((self.page.span(at), block.tick == Tick::Done));
                }
                if row || block.depth > depth {
                    continue;
                }
                listed = None;
            }
            if !matches!(block.kind, BlockKind::Paragraph | BlockKind::Bullet) {
                continue;
            }
            let parts = labelled(self.page.inputs, self.page.span(at));
            for (index, &part) in parts.iter().enumerate() {
                let text = self.page.inputs.slice(part);
                let Some(colon) = text.find(':').filter(|&colon| colon < 32) else { continue };
                if self.words.field(&text[..colon]) != Some(Field::Criteria) {
                    continue;
                }
                let value = piece::trim(self.page.inputs, part.slice(colon + 1, text.len()));
                if self.page.inputs.slice(value).chars().any(char::is_alphanumeric) {
                    found.push((value, block.tick == Tick::Done));
                } else if index + 1 == parts.len() {
                    let next = (at + 1 < end).then(|| self.page.blocks()[at + 1]);
                    listed =
                        next.filter(|next| is_item(next) && next.depth >= block.depth).map(|next| next.depth);
                }
            }
        }
        found
    }

    /// Tasks inherit the urgency of their phase.
    fn inherit(&mut self) {
        for index in 0..self.draft.items.len() {
            let id = ItemId::from_index(index);
            let priority = self.draft.items[id].parent.and_then(|parent| self.draft.items[parent].priority);
            let item = &mut self.draft.items[id];
            item.priority = item.priority.or(priority);
        }
    }
}

/// The parts of a paragraph that begin with a label of their own: `Depends on: T001` on a line below `Summary: …`.
fn labelled(inputs: &Inputs, span: Span) -> Vec<Span> {
    let text = inputs.slice(span);
    let mut cuts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches([' ', '*', '_', '-', '>']);
        let label = bare.find(':').filter(|&colon| colon > 2 && colon < 32).map(|colon| &bare[..colon]);
        let is_label = label.is_some_and(|label| {
            label.starts_with(char::is_alphabetic)
                && label.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '*'))
        });
        if at > 0 && is_label {
            cuts.push(at);
        }
        at += line.len();
    }
    cuts.push(text.len());
    cuts.windows(2).map(|pair| piece::trim(inputs, span.slice(pair[0], pair[1]))).collect()
}
