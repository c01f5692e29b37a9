//! A file as a page: what kind it is, its keys with their places, the blocks of its text, and how its head fared.
//!
//! The client decides what counts: a head that begins a line late, is not closed, or is not YAML is no head at all, and
//! nobody is told. Here the reason is kept.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};
use crate::ir::node::{Key, Kind, Node};
use crate::ir::outline::{Block, BlockKind, Outline};
use crate::ir::squad::Checklist;
use crate::syntax::{json, markdown, yaml};

use super::table::{Document, Form};

/// A file that was recognised.
#[derive(Debug)]
pub struct Page {
    /// The file.
    pub file: FileId,
    /// The row of its kind.
    pub kind: usize,
    /// How its head fared.
    pub head: Head,
    /// What is wrong with the head, and where.
    pub fault: Option<(String, Span)>,
    /// Its keys.
    pub node: Node,
    /// Blocks of its text.
    pub blocks: Vec<Block>,
    /// Where its text begins.
    pub body: usize,
    /// What it asks, if it is a checklist.
    pub checklist: Option<Checklist>,
    /// What readers said that no rule says.
    pub findings: Vec<Diagnostic>,
}

/// How the head of a file fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// It is there and can be read.
    Good,
    /// It can be read by those who are patient.
    Loose,
    /// There is none.
    None,
    /// There is nothing in it.
    Empty,
    /// It is never closed.
    Open,
    /// Something stands before it.
    Late,
    /// Its lines of dashes are not three dashes.
    Odd,
    /// It is not YAML, or not JSON.
    Invalid,
    /// It is something else than keys and values.
    List,
}

impl Head {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Loose => "loose",
            Self::None => "none",
            Self::Empty => "empty",
            Self::Open => "open",
            Self::Late => "late",
            Self::Odd => "odd",
            Self::Invalid => "invalid",
            Self::List => "list",
        }
    }
}

/// What was read of a file before its kind is known.
#[derive(Debug)]
pub struct Draft {
    /// How the head fared.
    pub head: Head,
    /// Why.
    pub fault: Option<(String, Span)>,
    /// The keys of the head, or of the file.
    pub node: Node,
    /// Where the text begins.
    pub body: usize,
    /// What the readers said.
    pub findings: Vec<Diagnostic>,
}

/// Reads the keys of a file by its extension.
#[must_use]
pub fn read(inputs: &Inputs, file: FileId) -> Draft {
    let whole = Span::new(file, 0, inputs.text(file).len());
    match inputs.file(file).path.extension() {
        "yaml" | "yml" => tree(yaml::read_segments(inputs, whole)),
        "json" | "jsonc" => tree(json::read(inputs, whole)),
        _ => head(inputs, file),
    }
}

fn tree(outcome: crate::base::outcome::Outcome<Node>) -> Draft {
    let crate::base::outcome::Outcome { value: node, findings } = outcome;
    let broken = findings.iter().any(|finding| finding.code.as_str() == "json/syntax");
    let head = match node.kind {
        _ if broken => Head::Invalid,
        Kind::Map(ref entries) if entries.is_empty() => Head::Empty,
        Kind::Map(_) => Head::Good,
        Kind::Null => Head::Empty,
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) => Head::List,
    };
    Draft { head, fault: None, node, body: 0, findings }
}

/// A line that should be three dashes.
fn is_rule(line: &str) -> bool {
    line.trim_end() == "---"
}

/// A line that somebody took for three dashes.
fn is_like_rule(line: &str) -> bool {
    let line = line.trim();
    let dashes = line.chars().all(|c| matches!(c, '-' | '–' | '—'));
    !line.is_empty() && dashes && (line != "---")
}

/// Whether a line begins a key: `name: …`.
pub(super) fn key_of(line: &str) -> Option<&str> {
    let (key, rest) = line.split_once(':')?;
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let fine =
        !key.is_empty() && key.chars().all(named) && (rest.is_empty() || rest.starts_with([' ', '\t', '\n']));
    fine.then_some(key)
}

fn head(inputs: &Inputs, file: FileId) -> Draft {
    let text = inputs.text(file);
    let nothing = |head, fault| Draft {
        head,
        fault,
        node: Node { span: Span::head(file), kind: Kind::Null },
        body: 0,
        findings: Vec::new(),
    };
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().unwrap_or_default();
    if !is_rule(first) {
        return nothing_or_late(text, file, first, nothing);
    }
    let start = first.len();
    let Some((end, body)) = close(text, start) else {
        let at = Span::new(file, 0, start.saturating_sub(1));
        // A thematic break before prose is no head that was left open.
        let next = lines.find(|line| !line.trim().is_empty()).and_then(key_of);
        let head = if next.is_some() { Head::Open } else { Head::None };
        return nothing(head, Some(("no line of three dashes closes it".to_owned(), at)));
    };
    let inner = Span::new(file, start, end);
    let crate::base::outcome::Outcome { value: node, findings } = yaml::read_segments(inputs, inner);
    let mut draft = Draft { head: Head::Good, fault: None, node, body, findings };
    if let Some(broken) = draft.findings.iter().position(is_syntax) {
        let broken = draft.findings[broken].clone();
        draft.findings.retain(|finding| !is_syntax(finding));
        draft.fault = Some((reason(&broken.message), broken.span()));
        draft.head = if mend(inputs, inner, &mut draft.node) { Head::Loose } else { Head::Invalid };
    }
    match draft.node.kind {
        Kind::Map(ref entries) if entries.is_empty() => draft.head = Head::Empty,
        Kind::Map(_) => {}
        Kind::Null if draft.head == Head::Good => draft.head = Head::Empty,
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) => {
            if draft.head == Head::Good {
                draft.head = Head::List;
            }
        }
    }
    draft
}

fn nothing_or_late(
    text: &str,
    file: FileId,
    first: &str,
    nothing: impl Fn(Head, Option<(String, Span)>) -> Draft,
) -> Draft {
    // A few lines before a head that is closed: blanks, a comment, a title.
    let mut at = 0;
    for line in text.split_inclusive('\n').take(8) {
        let rest = &text[at..];
        if at > 0 && is_rule(line) && rest[line.len()..].lines().next().and_then(key_of).is_some() {
            let closed = close(rest, line.len()).is_some_and(|(end, _)| {
                rest[line.len()..end].lines().all(|line| !line.starts_with('#') && !line.trim().is_empty())
            });
            if closed {
                let span = Span::new(file, 0, at.saturating_sub(1));
                let what = if text[..at].trim().is_empty() { "a blank line stands" } else { "text stands" };
                return nothing(Head::Late, Some((what.to_owned(), span)));
            }
        }
        at += line.len();
    }
    let second = text.lines().nth(1).and_then(key_of);
    let indented = first.starts_with([' ', '\t']) && is_rule(first.trim_start());
    if second.is_some() && (is_like_rule(first) || indented) {
        let span = Span::new(file, 0, first.trim_end().len());
        return nothing(Head::Odd, Some((first.trim_end().to_owned(), span)));
    }
    nothing(Head::None, None)
}

/// The end of the head that begins at `start`, and the beginning of what follows.
fn close(text: &str, start: usize) -> Option<(usize, usize)> {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if is_rule(line) {
            return Some((at, at + line.len()));
        }
        at += line.len();
    }
    None
}

fn is_syntax(finding: &Diagnostic) -> bool {
    matches!(finding.code.as_str(), "yaml/syntax" | "yaml/segment")
}

/// What the reader said, without what it did about it.
fn reason(message: &str) -> String {
    message.rsplit_once("not valid YAML: ").map_or(message, |(_, reason)| reason).to_owned()
}

/// Whether a value that is not YAML can be taken as it stands: nothing in it was opened and left open.
fn is_text(value: &str) -> bool {
    let closed = value.matches('[').count() == value.matches(']').count();
    closed && !value.starts_with(['{', '|', '>', '&', '*', '"', '\''])
}

/// Takes the texts that could not be read as they stand, as clients do: one line after a key, without tabs before it.
/// False if something else is broken.
fn mend(inputs: &Inputs, inner: Span, node: &mut Node) -> bool {
    let text = inputs.slice(inner);
    let mut entries = match std::mem::replace(&mut node.kind, Kind::Null) {
        Kind::Map(entries) => entries,
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) => {
            Vec::new()
        }
    };
    // A reader that stopped in the middle has told the truth only up to there.
    let whole = yaml::read(inputs, inner).findings.iter().any(is_syntax);
    let mut at = 0;
    let mut good = true;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (number, line) in lines.iter().enumerate() {
        if let Some(key) = key_of(line) {
            let span = inner.slice(at, at + key.len());
            let value = line[key.len() + 1..].trim();
            let start = at + line.find(value).unwrap_or(key.len() + 1);
            let next = lines[number + 1..].iter().find(|line| !line.trim().is_empty());
            let is_line = next.is_none_or(|next| !next.starts_with([' ', '\t', '-']));
            let alone = yaml::read(inputs, inner.slice(at, at + line.len()));
            let broken = alone.findings.iter().any(is_syntax);
            if whole && broken && is_line && is_text(value) {
                entries.retain(|(known, _)| known.text != key);
                let node = Node {
                    span: inner.slice(start, start + value.len()),
                    kind: Kind::Text(value.to_owned()),
                };
                entries.push((Key { text: key.to_owned(), span }, node));
            } else if broken {
                good = false;
            }
        } else if line.starts_with('\t')
            || (line.starts_with(' ') && line.trim_start_matches(' ').starts_with('\t'))
        {
            good = false;
        }
        at += line.len();
    }
    // Every key must have been read, or mended.
    let keys = lines.iter().filter_map(|line| key_of(line));
    good &= keys.clone().all(|key| entries.iter().any(|(known, _)| known.text == key));
    entries.sort_by_key(|(key, _)| key.span.start);
    node.kind = Kind::Map(entries);
    good
}

/// Makes a page of a draft, now that its kind is known.
#[must_use]
pub fn page(inputs: &Inputs, file: FileId, kind: usize, document: &Document, draft: Draft) -> Page {
    let markdown = matches!(document.form, Form::Head | Form::Fence | Form::Text);
    let blocks = if markdown { markdown::scan(inputs.text(file), draft.body) } else { Vec::new() };
    let Draft { head, fault, node, body, findings } = draft;
    let mut page = Page { file, kind, head, fault, node, blocks, body, checklist: None, findings };
    if document.form == Form::Fence {
        page.fence(inputs, document);
    }
    page
}

impl Page {
    /// Takes the keys of the first YAML fence that holds a mark of the kind.
    fn fence(&mut self, inputs: &Inputs, document: &Document) {
        let outline = Outline { file: self.file, front: None, blocks: std::mem::take(&mut self.blocks) };
        let marks: Vec<&str> = document
            .marks
            .iter()
            .flat_map(|marks| marks.all.iter().chain(&marks.any))
            .map(String::as_str)
            .collect();
        for block in outline.blocks.iter().filter(|block| block.kind == BlockKind::Fence) {
            let info = outline.info(inputs, block);
            if !info.is_empty() && !info.starts_with("yaml") && !info.starts_with("yml") {
                continue;
            }
            let span = outline.text(block);
            let holds = inputs.slice(span).lines().filter_map(key_of).any(|key| marks.contains(&key));
            if !holds {
                continue;
            }
            let read = yaml::read_segments(inputs, span);
            self.findings.extend(read.findings);
            let mut entries = self.node.entries().to_vec();
            let own: Vec<_> = read
                .value
                .entries()
                .iter()
                .filter(|(key, _)| !entries.iter().any(|(known, _)| known.text == key.text))
                .cloned()
                .collect();
            entries.extend(own);
            if self.head == Head::None {
                self.head = Head::Good;
                self.node.span = span;
            }
            self.node.kind = Kind::Map(entries);
            break;
        }
        self.blocks = outline.blocks;
    }
}

/// The top keys of a YAML fence, for telling what a file is.
#[must_use]
pub fn fence_keys(text: &str) -> Vec<&str> {
    let mut keys = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if let Some(info) = line.strip_prefix("```") {
            if inside && info.trim().is_empty() {
                break;
            }
            inside = matches!(info.trim(), "yaml" | "yml");
        } else if inside {
            keys.extend(key_of(line));
        }
    }
    keys
}
