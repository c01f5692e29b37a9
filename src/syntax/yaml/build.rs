//! The tree under construction: open lists and maps, keys waiting for their values, findings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::ir::node::{Key, Kind, Node};

use super::super::scalar;
use super::alias::{self, Budget};
use super::{DEPTH, Source, null};

/// Findings after which the rest is only counted.
const MOST: usize = 50;

/// How a scalar was written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    Block,
}

/// What an explicit tag demands of a scalar.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Text,
    Resolved,
    Other,
}

impl Tag {
    pub(super) fn new(core_suffix: &str) -> Self {
        match core_suffix {
            "str" | "binary" | "timestamp" => Self::Text,
            "int" | "float" | "bool" | "null" => Self::Resolved,
            _ => Self::Other,
        }
    }
}

/// An open list or map.
pub(super) struct Frame {
    pub(super) start: usize,
    pub(super) flow: bool,
    pub(super) items: Items,
    /// The key of a map that waits for its value.
    key: Option<Key>,
}

pub(super) enum Items {
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

impl Items {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::List(items) => items.len(),
            Self::Map(entries) => entries.len(),
        }
    }
    pub(super) fn get(&self, index: usize) -> Option<&Node> {
        match self {
            Self::List(items) => items.get(index),
            Self::Map(entries) => entries.get(index).map(|(_, value)| value),
        }
    }
}

pub(super) struct Builder<'s> {
    source: &'s Source<'s>,
    findings: Vec<Diagnostic>,
    frames: Vec<Frame>,
    /// The finished root of the current document.
    root: Option<Node>,
    /// The document that counts.
    chosen: Option<Node>,
    documents: usize,
    document_start: usize,
    /// Where the value of each anchor stands: indices from the root downwards.
    anchors: BTreeMap<usize, Vec<usize>>,
    /// Anchored keys: they stand beside the path, and are small.
    keys: BTreeMap<usize, Node>,
    budget: Budget,
    duplicates: usize,
    refused: bool,
}

impl<'s> Builder<'s> {
    pub(super) fn new(source: &'s Source<'s>) -> Self {
        Self {
            source,
            findings: Vec::new(),
            frames: Vec::new(),
            root: None,
            chosen: None,
            documents: 0,
            document_start: 0,
            anchors: BTreeMap::new(),
            keys: BTreeMap::new(),
            budget: Budget::default(),
            duplicates: 0,
            refused: false,
        }
    }

    /// Keeps the finding that ended the reading.
    pub(super) fn fail(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Keeps a finding, unless there are enough already.
    fn note(&mut self, finding: Diagnostic) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }

    pub(super) fn open_document(&mut self, start: usize) {
        self.document_start = start;
        self.anchors.clear();
        self.keys.clear();
    }

    pub(super) fn close_document(&mut self) {
        let Some(root) = self.root.take() else { return };
        if root.is_null() {
            self.chosen.get_or_insert(root);
            return;
        }
        self.documents += 1;
        if self.documents == 2 {
            let start = self.document_start;
            let span = self.source.span(start, start + 3);
            let finding =
                Diagnostic::warning("yaml/documents", span, "a second document begins here and is not read")
                    .help("put it in a file of its own".to_owned());
            self.findings.push(finding);
        }
        if self.chosen.as_ref().is_none_or(Node::is_null) {
            self.chosen = Some(root);
        }
    }

    pub(super) fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: Style,
        anchor: usize,
        tag: Option<Tag>,
        start: usize,
        end: usize,
    ) {
        let empty = style == Style::Plain && start == end;
        let (start, end) =
            if empty { self.empty_place(start) } else { (start, self.trim(style, start, end)) };
        let span = self.source.span(start, end);
        if let Some(Frame { items: Items::Map(_), key: key @ None, .. }) = self.frames.last_mut() {
            if anchor != 0 {
                self.keys.insert(anchor, Node { span, kind: Kind::Text(text.to_string()) });
            }
            *key = Some(Key { text: text.into_owned(), span });
            return;
        }
        self.anchor(anchor);
        let kind = match (style, tag) {
            (_, Some(Tag::Resolved)) | (Style::Plain, None | Some(Tag::Other)) => {
                scalar::special(&text).unwrap_or_else(|| Kind::Text(text.into_owned()))
            }
            (Style::Quoted | Style::Block, _) | (Style::Plain, Some(Tag::Text)) => {
                Kind::Text(text.into_owned())
            }
        };
        self.deliver(Node { span, kind });
    }

    /// Where a value stands that was not written: behind the colon of its key, or behind what comes before it.
    fn empty_place(&self, start: usize) -> (usize, usize) {
        let text = self.source.text.as_bytes();
        let base = self.source.part.start as usize;
        if let Some(Frame { key: Some(key), .. }) = self.frames.last() {
            let mut at = key.span.end as usize - base;
            let blanks = text[at..].iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
            if text.get(at + blanks) == Some(&b':') {
                at += blanks + 1;
            }
            return (at, at);
        }
        let at = text[..start.min(text.len())].trim_ascii_end().len();
        (at, at)
    }

    /// The end of a scalar; a block scalar's is that of its last line with text.
    fn trim(&self, style: Style, start: usize, end: usize) -> usize {
        match style {
            Style::Plain | Style::Quoted => end,
            Style::Block => {
                let end = end.min(self.source.text.len());
                start + self.source.text.as_bytes()[start.min(end)..end].trim_ascii_end().len()
            }
        }
    }

    pub(super) fn open_list(&mut self, flow: bool, anchor: usize, start: usize) -> bool {
        self.open(flow, anchor, start, Items::List(Vec::new()))
    }

    pub(super) fn open_map(&mut self, flow: bool, anchor: usize, start: usize) -> bool {
        self.open(flow, anchor, start, Items::Map(Vec::new()))
    }

    fn open(&mut self, flow: bool, anchor: usize, start: usize, items: Items) -> bool {
        if self.frames.len() >= DEPTH {
            let span = self.source.span(start, start + 1);
            self.findings.push(too_deep(span));
            return false;
        }
        self.anchor(anchor);
        let dash = if flow { None } else { self.first_dash(&items) };
        let start = dash.unwrap_or(start);
        self.frames.push(Frame { start, flow, items, key: None });
        true
    }

    /// The first dash of a list below its key: at the column of the key the parser begins a list behind the dash.
    fn first_dash(&self, items: &Items) -> Option<usize> {
        let (Items::List(_), Some(Frame { key: Some(key), .. })) = (items, self.frames.last()) else {
            return None;
        };
        let mut at = (key.span.end - self.source.part.start) as usize;
        let mut rest = self.source.text[at..].trim_start_matches(' ').strip_prefix(':')?;
        loop {
            rest = rest.trim_start();
            at = self.source.text.len() - rest.len();
            match rest.as_bytes().first()? {
                b'#' => rest = &rest[memchr::memchr(b'\n', rest.as_bytes())?..],
                b'-' => return Some(at),
                _ => return None,
            }
        }
    }

    /// Remembers where the node that comes next will stand.
    fn anchor(&mut self, id: usize) {
        if id != 0 {
            let path = self.frames.iter().map(|frame| frame.items.len()).collect();
            self.anchors.insert(id, path);
        }
    }

    pub(super) fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let mut start = frame.start;
        let last = match &frame.items {
            Items::List(items) => items.last().map(|node| node.span.end),
            Items::Map(entries) => entries.last().map(|(key, node)| node.span.end.max(key.span.end)),
        };
        let base = self.source.part.start;
        let mut end =
            if frame.flow { end } else { last.map_or(start, |last| (last - base.min(last)) as usize) };
        if let Items::Map(entries) = &frame.items
            && !frame.flow
            && let Some((first, _)) = entries.first()
        {
            start = (first.span.start - base) as usize;
        }
        end = end.max(start);
        if let Items::Map(entries) = &frame.items {
            self.report_duplicates(entries);
        }
        let kind = match frame.items {
            Items::List(items) => Kind::List(items),
            Items::Map(mut entries) => {
                if let Some(key) = frame.key {
                    let span = Span { start: key.span.end, ..key.span };
                    entries.push((key, null(span)));
                }
                Kind::Map(entries)
            }
        };
        self.deliver(Node { span: self.source.span(start, end), kind });
    }

    /// Puts a finished node into its place.
    fn deliver(&mut self, node: Node) {
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return;
        };
        match (&mut frame.items, frame.key.take()) {
            (Items::List(items), _) => items.push(node),
            (Items::Map(entries), Some(key)) => entries.push((key, node)),
            (Items::Map(_), None) => {
                let text = node.scalar();
                if text.is_none() && !node.is_null() {
                    let message = format!("a key must be text, found {}", node.noun());
                    if self.findings.len() < MOST {
                        self.findings.push(Diagnostic::error("yaml/key", node.span, message));
                    }
                }
                let base = self.source.part.range().start;
                let raw = self.source.text.get(node.span.range().start - base..node.span.range().end - base);
                let text = text.unwrap_or_else(|| raw.unwrap_or_default().to_owned());
                frame.key = Some(Key { text, span: node.span });
            }
        }
    }

    pub(super) fn alias(&mut self, id: usize, start: usize, end: usize) {
        let span = self.source.span(start, end);
        let path = self.anchors.get(&id).map(Vec::as_slice);
        let found = path.and_then(|path| alias::find(&self.frames, path)).or_else(|| self.keys.get(&id));
        let Some(target) = found else {
            let message = format!("`{}` contains itself", &self.source.text[start..end]);
            let help = "an alias may only repeat what is complete before it".to_owned();
            self.note(Diagnostic::error("yaml/alias", span, message).help(help));
            self.deliver(null(span));
            return;
        };
        let room = DEPTH - self.frames.len().min(DEPTH);
        match self.budget.copy(target, room) {
            Ok(copy) => self.deliver(copy),
            Err(refusal) => {
                if !self.refused {
                    self.refused = true;
                    self.findings.push(match refusal {
                        alias::Refusal::Deep => too_deep(span),
                        alias::Refusal::Large => {
                            let message = "the aliases of this file multiply beyond all measure";
                            Diagnostic::error("yaml/alias-budget", span, message)
                                .help("write the values out, or repeat smaller ones".to_owned())
                        }
                    });
                }
                self.deliver(null(span));
            }
        }
    }

    pub(super) fn unknown_alias(&mut self, name: &str, start: usize, end: usize) {
        let span = self.source.span(start, end);
        let message = format!("no anchor `&{name}` stands before this");
        let help = format!("to mean the text itself, put it in quotes: \"*{name}\"");
        self.note(Diagnostic::error("yaml/alias", span, message).help(help));
        self.deliver(null(span));
    }

    /// Reports every key that stands in its map a second time.
    fn report_duplicates(&mut self, entries: &[(Key, Node)]) {
        for (first, second) in duplicates(entries) {
            self.duplicates += 1;
            if self.duplicates <= MOST {
                let finding = duplicate("yaml/duplicate-key", &entries[first].0, &entries[second].0);
                self.findings.push(finding);
            }
        }
    }

    /// Closes what is open and gives the document that counts.
    pub(super) fn finish(mut self) -> Outcome<Node> {
        while !self.frames.is_empty() {
            let end = self.source.text.trim_ascii_end().len();
            self.close(end);
        }
        self.close_document();
        let head = self.source.part;
        let mut node = self.chosen.unwrap_or_else(|| null(Span { end: head.start, ..head }));
        if self.duplicates > 0 {
            drop_duplicates(&mut node);
        }
        if self.duplicates > MOST {
            let message = format!("{} more keys stand twice in their maps", self.duplicates - MOST);
            self.findings.push(Diagnostic::error("yaml/duplicate-key", node.span.slice(0, 0), message));
        }
        Outcome::new(node, self.findings)
    }
}

pub(super) fn too_deep(span: Span) -> Diagnostic {
    let message = format!("lists and maps lie in each other deeper than {DEPTH} levels");
    Diagnostic::error("yaml/too-deep", span, message).help("flatten the structure".to_owned())
}

/// A finding about two equal keys of one map.
pub(in crate::syntax) fn duplicate(code: &'static str, first: &Key, second: &Key) -> Diagnostic {
    Diagnostic::error(code, second.span, format!("the key `{}` stands twice in one map", second.text))
        .here("here again")
        .label(first.span, "first here")
        .help("keep one of the two".to_owned())
}

/// Pairs of indices of equal keys, the later with the first, in the order of the later.
pub(in crate::syntax) fn duplicates(entries: &[(Key, Node)]) -> Vec<(usize, usize)> {
    const FEW: usize = 12;
    if entries.len() <= FEW {
        let before = |at: usize| entries[..at].iter().position(|(key, _)| key.text == entries[at].0.text);
        return (1..entries.len()).filter_map(|at| before(at).map(|first| (first, at))).collect();
    }
    let mut firsts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (at, (key, _)) in entries.iter().enumerate() {
        match firsts.entry(&key.text) {
            std::collections::btree_map::Entry::Occupied(first) => pairs.push((*first.get(), at)),
            std::collections::btree_map::Entry::Vacant(slot) => {
                slot.insert(at);
            }
        }
    }
    pairs
}

/// Removes every entry whose key stands before it in its map. Reported duplicates keep their first value.
pub(in crate::syntax) fn drop_duplicates(node: &mut Node) {
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(drop_duplicates),
        Kind::Map(entries) => {
            let mut later: Vec<usize> = duplicates(entries).into_iter().map(|(_, at)| at).collect();
            later.reverse();
            let mut at = 0;
            entries.retain(|_| {
                at += 1;
                later.pop_if(|next| *next == at - 1).is_none()
            });
            for (_, value) in entries {
                drop_duplicates(value);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {}
    }
}
