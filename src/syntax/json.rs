//! JSON with places, and with patience: what people and models write instead of JSON is named and read all the same.
//!
//! *Invariant*: one loop over an explicit stack; the tree is never deeper than [`DEPTH`].

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::ir::node::{Key, Kind, Node};

use super::yaml::{DEPTH, drop_duplicates, duplicate, duplicates};

mod scalar;

/// Findings after which the rest is not reported.
const MOST: usize = 20;

/// Reads the JSON value at `part`. After an error that cannot be read over, the value is what had been read so far.
#[must_use]
pub fn read(inputs: &Inputs, part: Span) -> Outcome<Node> {
    let mut reader =
        Reader { text: inputs.slice(part), part, at: 0, stack: Vec::new(), findings: Vec::new() };
    let node = reader.document();
    Outcome::new(node, reader.findings)
}

/// Reads one value a line; blank lines count for nothing. The value is a list.
#[must_use]
pub fn read_lines(inputs: &Inputs, part: Span) -> Outcome<Node> {
    let text = inputs.slice(part);
    let mut items = Vec::new();
    let mut findings = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.trim_ascii().is_empty() {
            let outcome = read(inputs, part.slice(start, start + line.trim_ascii_end().len()));
            items.push(outcome.value);
            findings.extend(outcome.findings);
        }
        start += line.len();
    }
    Outcome::new(Node { span: part.slice(0, text.trim_ascii_end().len()), kind: Kind::List(items) }, findings)
}

struct Frame {
    start: usize,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

struct Reader<'a> {
    text: &'a str,
    part: Span,
    at: usize,
    stack: Vec<Frame>,
    findings: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Node {
        let root = loop {
            self.blanks();
            let done = match self.step() {
                Step::Value(node) => self.deliver(node),
                Step::More => None,
                Step::Stop => Some(self.unwind()),
            };
            if let Some(root) = done {
                break root;
            }
        };
        self.blanks();
        if self.at < self.text.len() && self.findings.is_empty() {
            let message = format!("`{}` follows the end of the value", self.word());
            self.report(self.at, self.at + self.word().len(), message, "keep one value in a file");
        }
        root
    }

    /// What stands here, as far as one token goes.
    fn step(&mut self) -> Step {
        let start = self.at;
        let Some(byte) = self.peek() else {
            if let Some(frame) = self.stack.last() {
                let open = if matches!(frame.items, Items::List(_)) { '[' } else { '{' };
                self.report(frame.start, frame.start + 1, format!("`{open}` is never closed"), "close it");
            } else if start == 0 || self.findings.is_empty() {
                let end = self.text.len();
                self.report(end, end, "expected a value, found nothing", "write `{}` for an empty one");
            }
            return Step::Stop;
        };
        let wants_key = matches!(self.stack.last(), Some(Frame { items: Items::Map(_, None), .. }));
        match byte {
            b']' | b'}' => self.close(byte),
            b',' => {
                self.report(start, start + 1, "a comma stands where a value is expected", "remove it");
                self.at += 1;
                Step::More
            }
            _ if wants_key => self.key(),
            b'[' | b'{' => self.open(byte),
            b'"' | b'\'' => {
                let text = self.string();
                Step::Value(Node { span: self.span(start, self.at), kind: Kind::Text(text) })
            }
            _ => self.word_value(),
        }
    }

    fn open(&mut self, byte: u8) -> Step {
        if self.stack.len() >= DEPTH {
            let message = format!("lists and maps lie in each other deeper than {DEPTH} levels");
            let span = self.span(self.at, self.at + 1);
            self.findings.truncate(MOST - 1);
            self.findings.push(
                Diagnostic::error("json/too-deep", span, message).help("flatten the structure".to_owned()),
            );
            return Step::Stop;
        }
        let items = if byte == b'[' { Items::List(Vec::new()) } else { Items::Map(Vec::new(), None) };
        self.stack.push(Frame { start: self.at, items });
        self.at += 1;
        Step::More
    }

    fn close(&mut self, byte: u8) -> Step {
        let start = self.at;
        let Some(frame) = self.stack.last() else {
            self.report(start, start + 1, format!("`{}` closes nothing", char::from(byte)), "remove it");
            return Step::Stop;
        };
        let right = if matches!(frame.items, Items::List(_)) { b']' } else { b'}' };
        if byte != right {
            let open = if right == b']' { '[' } else { '{' };
            let message = format!("`{open}` is closed by `{}`", char::from(byte));
            self.report(start, start + 1, message, "use the bracket that belongs to it");
        }
        self.at += 1;
        let frame = self.stack.pop().expect("the last frame was seen above");
        Step::Value(self.seal(frame, self.at))
    }

    /// A finished list or map.
    fn seal(&mut self, frame: Frame, end: usize) -> Node {
        let span = self.span(frame.start, end);
        let kind = match frame.items {
            Items::List(items) => Kind::List(items),
            Items::Map(mut entries, key) => {
                if let Some(key) = key {
                    let span = Span { start: key.span.end, ..key.span };
                    entries.push((key, Node { span, kind: Kind::Null }));
                }
                let pairs = duplicates(&entries);
                for &(first, second) in &pairs {
                    self.note(duplicate("json/duplicate-key", &entries[first].0, &entries[second].0));
                }
                let mut node = Node { span, kind: Kind::Map(entries) };
                if !pairs.is_empty() {
                    drop_duplicates(&mut node);
                }
                return node;
            }
        };
        Node { span, kind }
    }

    /// Puts a value into what is open, and reads the separator behind it; gives it back when nothing is open.
    fn deliver(&mut self, node: Node) -> Option<Node> {
        let Some(frame) = self.stack.last_mut() else { return Some(node) };
        match &mut frame.items {
            Items::List(items) => items.push(node),
            Items::Map(entries, key) => {
                if let Some(key) = key.take() {
                    entries.push((key, node));
                }
            }
        }
        self.blanks();
        let start = self.at;
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.blanks();
                if matches!(self.peek(), Some(b']' | b'}')) {
                    let message = "a comma stands before the closing bracket";
                    self.report(start, start + 1, message, "remove it: JSON allows none there");
                }
            }
            None | Some(b']' | b'}') => {}
            Some(_) => self.report(start, start, "a comma is missing here", "put `,` between the two"),
        }
        None
    }

    fn key(&mut self) -> Step {
        let start = self.at;
        let text = if matches!(self.peek(), Some(b'"' | b'\'')) {
            self.string()
        } else {
            let word = self.word();
            let name = word.split(':').next().unwrap_or_default();
            let name = if name.is_empty() { &word[..1] } else { name };
            self.report(
                start,
                start + name.len(),
                format!("the key `{name}` is not in quotes"),
                "write it in double quotes",
            );
            self.at += name.len();
            name.to_owned()
        };
        let span = self.span(start, self.at);
        if let Some(Frame { items: Items::Map(_, key), .. }) = self.stack.last_mut() {
            *key = Some(Key { text, span });
        }
        self.blanks();
        if self.peek() == Some(b':') {
            self.at += 1;
        } else {
            let message = format!("expected `:` behind the key `{}`", self.slice(start, span));
            self.report(self.at, self.at, message, "write a colon and the value");
            if matches!(self.peek(), Some(b',' | b'}')) {
                self.skip_valueless();
            }
        }
        Step::More
    }

    /// A key without a value: counts as null.
    fn skip_valueless(&mut self) {
        let span = self.span(self.at, self.at);
        let none = self.deliver(Node { span, kind: Kind::Null });
        debug_assert!(none.is_none(), "a key stands in a map");
    }

    fn word_value(&mut self) -> Step {
        let start = self.at;
        let word = self.word();
        self.at += word.len();
        let kind = match word {
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            _ => scalar::number(word).unwrap_or_else(|| {
                let (kind, message, help) = scalar::misspelt(word);
                self.report(start, start + word.len(), message, help);
                kind
            }),
        };
        Step::Value(Node { span: self.span(start, self.at), kind })
    }

    /// The characters up to the next blank, bracket, comma or quote; at least one.
    fn word(&self) -> &'a str {
        let rest: &'a str = &self.text[self.at..];
        let stop = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '[' | '{' | '"');
        let length = rest.find(stop).unwrap_or(rest.len());
        let least = rest.chars().next().map_or(0, char::len_utf8);
        &rest[..length.max(least)]
    }

    /// Passes over blanks, and over comments, which are reported.
    fn blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            let rest = &self.text[self.at..];
            let length = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").map_or(rest.len(), |end| end + 2)
            } else {
                return;
            };
            let start = self.at;
            self.at += length;
            self.report(start, self.at, "JSON has no comments", "remove it, or write the file as YAML");
        }
    }

    /// What had been read when reading had to stop.
    fn unwind(&mut self) -> Node {
        let end = self.text.trim_ascii_end().len();
        while let Some(frame) = self.stack.pop() {
            let end = end.max(frame.start);
            let node = self.seal(frame, end);
            match self.stack.last_mut() {
                None => return node,
                Some(Frame { items: Items::List(items), .. }) => items.push(node),
                Some(Frame { items: Items::Map(entries, key), .. }) => {
                    entries.extend(key.take().map(|key| (key, node)));
                }
            }
        }
        Node { span: self.span(0, 0), kind: Kind::Null }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn slice(&self, start: usize, span: Span) -> &str {
        &self.text[start..start + span.len()]
    }

    fn span(&self, start: usize, end: usize) -> Span {
        self.part.slice(start, end)
    }

    fn report(&mut self, start: usize, end: usize, message: impl Into<String>, help: &str) {
        let finding = Diagnostic::error("json/syntax", self.span(start, end), message);
        self.note(finding.help(help.to_owned()));
    }

    fn note(&mut self, finding: Diagnostic) {
        if self.findings.len() < MOST {
            self.findings.push(finding);
        }
    }
}

enum Step {
    /// A whole value.
    Value(Node),
    /// Something was opened, or passed over.
    More,
    /// Nothing further can be read.
    Stop,
}

#[cfg(test)]
mod tests;
