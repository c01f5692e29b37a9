//! A short way for the YAML people mostly write: block maps and lists, scalars on one line, flow lists and maps of such
//! scalars, plain block scalars.
//!
//! *Invariant*: what it reads, it reads as the event parser does, places included; at the first sign of anything else
//! (anchors, tags, tabs, continued lines, odd indentation, equal keys, mistakes) it gives up, and the parser decides.

use crate::ir::node::{Key, Kind, Node};

use super::super::scalar;
use super::{Source, build};

/// Lists and maps in each other beyond which the parser counts.
const DEEPEST: usize = 64;
/// Longest key; the parser looks ahead no further than 1024 characters.
const LONGEST_KEY: usize = 1000;

/// The value of a whole text, if all of it is simple.
pub(super) fn read(source: &Source<'_>) -> Option<Node> {
    let bytes = source.text.as_bytes();
    let odd = |byte: &u8| (*byte < b' ' && *byte != b'\n') || *byte == 0x7f;
    if bytes.iter().any(odd) || memchr::memmem::find(bytes, "\u{feff}".as_bytes()).is_some() {
        return None;
    }
    let mut reader = Reader { source, bytes, at: 0, depth: 0, column: 0 };
    let mut column = reader.next()?;
    if column == 0 && bytes[reader.at..].starts_with(b"---") {
        reader.at += 3;
        reader.rest_of_line()?;
        column = reader.next()?;
    }
    let node = reader.block(column)?;
    (reader.next().is_none() && reader.at == bytes.len()).then_some(node)
}

struct Reader<'a> {
    source: &'a Source<'a>,
    bytes: &'a [u8],
    /// The next byte: of a line's content, or the beginning of a line.
    at: usize,
    depth: usize,
    /// The column of what holds the flow list or map that is being read: its lines are indented deeper.
    column: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(b'\n')
    }

    /// From the beginning of a line, goes to the next content; its column.
    fn next(&mut self) -> Option<usize> {
        loop {
            let start = self.at;
            while self.bytes.get(self.at) == Some(&b' ') {
                self.at += 1;
            }
            match self.bytes.get(self.at)? {
                b'\n' => self.at += 1,
                b'#' => self.at += memchr::memchr(b'\n', &self.bytes[self.at..])? + 1,
                _ => return Some(self.at - start),
            }
        }
    }

    /// The column of the next content, and whether it is an item of a list; the cursor stays.
    fn look(&mut self) -> Option<(usize, bool)> {
        let before = self.at;
        let found = self.next().map(|column| (column, self.is_dash()));
        self.at = before;
        found
    }

    /// Whether an item of a list begins here.
    fn is_dash(&self) -> bool {
        self.peek() == b'-' && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'))
    }

    /// Passes over blanks and a comment to the beginning of the next line.
    fn rest_of_line(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek() == b' ' {
            self.at += 1;
        }
        if self.peek() == b'#' && self.at > start {
            self.at += memchr::memchr(b'\n', &self.bytes[self.at..])?;
        }
        (self.peek() == b'\n').then(|| self.at = (self.at + 1).min(self.bytes.len()))
    }

    /// A list or a map whose first content is here, at `column`.
    fn block(&mut self, column: usize) -> Option<Node> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let node = if self.is_dash() { self.list(column) } else { self.map(column) };
        self.depth -= 1;
        node
    }

    fn list(&mut self, column: usize) -> Option<Node> {
        let start = self.at;
        let mut items: Vec<Node> = Vec::new();
        loop {
            let dash = self.at;
            self.at += 1;
            while self.peek() == b' ' {
                self.at += 1;
            }
            let inner = column + (self.at - dash);
            let head = self.peek();
            let item = if matches!(head, b'\n' | b'#') {
                self.at = dash + 1;
                self.rest_of_line()?;
                match self.look() {
                    Some((deeper, _)) if deeper > column => {
                        self.next();
                        self.block(deeper)?
                    }
                    _ if head == b'#' => return None,
                    _ => self.null(dash + 1),
                }
            } else if self.is_dash() || self.key_ahead() {
                self.block(inner)?
            } else {
                self.value(column)?
            };
            items.push(item);
            match self.look() {
                Some((at, true)) if at == column => self.next(),
                Some((at, _)) if at > column => return None,
                _ => break,
            };
        }
        let end = items.last().map_or(start, |item| self.offset(item.span.end));
        Some(Node { span: self.source.span(start, end), kind: Kind::List(items) })
    }

    fn map(&mut self, column: usize) -> Option<Node> {
        let start = self.at;
        let mut entries: Vec<(Key, Node)> = Vec::new();
        loop {
            let key = self.key()?;
            let colon = self.at;
            while self.peek() == b' ' {
                self.at += 1;
            }
            let value = if matches!(self.peek(), b'\n' | b'#') {
                self.at = colon;
                self.rest_of_line()?;
                match self.look() {
                    Some((deeper, _)) if deeper > column => {
                        self.next();
                        if !self.is_dash() && !self.key_ahead() {
                            return None;
                        }
                        self.block(deeper)?
                    }
                    Some((same, true)) if same == column => {
                        self.next();
                        self.block(same)?
                    }
                    _ => self.null(colon),
                }
            } else {
                self.value(column)?
            };
            entries.push((key, value));
            match self.look() {
                Some((at, false)) if at == column => self.next(),
                Some((at, _)) if at >= column => {
                    // An item at the column of the map belongs to the list around the map, if to anything.
                    if at > column {
                        return None;
                    }
                    break;
                }
                _ => break,
            };
        }
        if !build::duplicates(&entries).is_empty() {
            return None;
        }
        let end = entries.last().map_or(start, |(key, value)| self.offset(value.span.end.max(key.span.end)));
        Some(Node { span: self.source.span(start, end), kind: Kind::Map(entries) })
    }

    /// Whether a key and its colon stand here.
    fn key_ahead(&mut self) -> bool {
        let before = self.at;
        let found = self.key().is_some();
        self.at = before;
        found
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Option<Key> {
        let start = self.at;
        let (text, end) = match self.peek() {
            b'"' | b'\'' => {
                let text = self.quoted()?;
                (text, self.at)
            }
            _ => {
                let end = self.plain(Context::Key)?;
                (self.source.text[start..end].to_owned(), end)
            }
        };
        if end - start > LONGEST_KEY {
            return None;
        }
        while self.peek() == b' ' {
            self.at += 1;
        }
        let colon = self.peek() == b':' && matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'));
        self.at += 1;
        colon.then(|| Key { text, span: self.source.span(start, end) })
    }

    /// A value on this line, or a block scalar below it, of a key or item at `column`.
    fn value(&mut self, column: usize) -> Option<Node> {
        let start = self.at;
        let node = match self.peek() {
            b'"' | b'\'' => {
                let text = self.quoted()?;
                Node { span: self.source.span(start, self.at), kind: Kind::Text(text) }
            }
            b'[' | b'{' => {
                self.column = column;
                self.flow()?
            }
            b'|' | b'>' => return self.block_scalar(column),
            _ => {
                let end = self.plain(Context::Value)?;
                let text = &self.source.text[start..end];
                let kind = scalar::special(text).unwrap_or_else(|| Kind::Text(text.to_owned()));
                Node { span: self.source.span(start, end), kind }
            }
        };
        self.rest_of_line()?;
        Some(node)
    }

    /// Passes over a plain scalar; the offset of its end without blanks. The cursor stops at what ends it.
    fn plain(&mut self, context: Context) -> Option<usize> {
        let start = self.at;
        let head = self.peek();
        let next = self.bytes.get(start + 1).copied().unwrap_or(b'\n');
        let fine = head.is_ascii_alphanumeric()
            || !head.is_ascii()
            || matches!(
                head,
                b'_' | b'.' | b'/' | b'$' | b'(' | b'<' | b'=' | b'~' | b'+' | b'^' | b';' | b'\\'
            )
            || (head == b'-' && (next.is_ascii_alphanumeric() || next == b'.'));
        if !fine || self.bytes[start..].starts_with(b"...") {
            return None;
        }
        loop {
            let byte = self.peek();
            let next = self.bytes.get(self.at + 1).copied().unwrap_or(b'\n');
            match byte {
                b'\n' => break,
                b':' if matches!(next, b' ' | b'\n') => {
                    if context == Context::Value {
                        return None;
                    }
                    break;
                }
                b':' if context == Context::Flow && matches!(next, b',' | b'[' | b']' | b'{' | b'}') => {
                    return None;
                }
                b' ' if next == b'#' => break,
                b',' | b'[' | b']' | b'{' | b'}' if context == Context::Flow => break,
                _ => self.at += 1,
            }
        }
        let blanks = self.bytes[start..self.at].iter().rev().take_while(|&&byte| byte == b' ').count();
        let end = self.at - blanks;
        self.at = end;
        Some(end)
    }

    /// Reads a scalar in quotes that ends on its line.
    fn quoted(&mut self) -> Option<String> {
        let quote = self.peek();
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            let length = memchr::memchr3(quote, b'\\', b'\n', rest)?;
            text.push_str(&self.source.text[self.at..self.at + length]);
            self.at += length + 1;
            let next = self.bytes.get(self.at).copied().unwrap_or(b'\n');
            match rest[length] {
                b'\n' => return None,
                b'\\' if quote == b'\'' => text.push('\\'),
                b'\\' => {
                    text.push(match next {
                        b'"' | b'\\' | b'/' => char::from(next),
                        b'n' => '\n',
                        b't' => '\t',
                        _ => return None,
                    });
                    self.at += 1;
                }
                _ if quote == b'\'' && next == b'\'' => {
                    text.push('\'');
                    self.at += 1;
                }
                _ => return Some(text),
            }
        }
    }

    /// Reads a list or map in brackets.
    fn flow(&mut self) -> Option<Node> {
        if self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let start = self.at;
        let kind = if self.peek() == b'[' { self.flow_list()? } else { self.flow_map()? };
        self.depth -= 1;
        Some(Node { span: self.source.span(start, self.at), kind })
    }

    fn flow_list(&mut self) -> Option<Kind> {
        let mut items = Vec::new();
        while !self.flow_end(b']', items.is_empty())? {
            items.push(self.flow_value()?);
        }
        Some(Kind::List(items))
    }

    fn flow_map(&mut self) -> Option<Kind> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        while !self.flow_end(b'}', entries.is_empty())? {
            let start = self.at;
            let text = match self.peek() {
                b'"' | b'\'' => self.quoted()?,
                _ => {
                    let end = self.plain(Context::Flow)?;
                    self.source.text[start..end].to_owned()
                }
            };
            let key = Key { text, span: self.source.span(start, self.at) };
            if self.peek() != b':' || self.bytes.get(self.at + 1) != Some(&b' ') {
                return None;
            }
            self.at += 1;
            while self.peek() == b' ' {
                self.at += 1;
            }
            entries.push((key, self.flow_value()?));
        }
        build::duplicates(&entries).is_empty().then_some(Kind::Map(entries))
    }

    /// Passes over blanks and line ends between the parts of a list or map in brackets, but over no comment.
    fn flow_gap(&mut self) -> Option<()> {
        loop {
            let start = self.at;
            while self.bytes.get(self.at) == Some(&b' ') {
                self.at += 1;
            }
            let begins_line = start > 0 && self.bytes[start - 1] == b'\n';
            match self.bytes.get(self.at)? {
                b'\n' => self.at += 1,
                b'#' => return None,
                _ if begins_line && self.at - start <= self.column => return None,
                _ => return Some(()),
            }
        }
    }

    /// Passes over a bracket or comma and the gap behind it; whether the collection ends here.
    fn flow_end(&mut self, close: u8, first: bool) -> Option<bool> {
        self.flow_gap()?;
        if !first && self.peek() == close {
            self.at += 1;
            return Some(true);
        }
        if !first && self.peek() != b',' {
            return None;
        }
        self.at += 1;
        self.flow_gap()?;
        let ends = self.peek() == close;
        self.at += usize::from(ends);
        Some(ends)
    }

    fn flow_value(&mut self) -> Option<Node> {
        let start = self.at;
        let kind = match self.peek() {
            b'[' | b'{' => return self.flow(),
            b'"' | b'\'' => Kind::Text(self.quoted()?),
            _ => {
                let end = self.plain(Context::Flow)?;
                let text = &self.source.text[start..end];
                scalar::special(text).unwrap_or_else(|| Kind::Text(text.to_owned()))
            }
        };
        let node = Node { span: self.source.span(start, self.at), kind };
        self.flow_gap()?;
        matches!(self.peek(), b',' | b']' | b'}').then_some(node)
    }

    /// Reads a block scalar without extra indentation, blank lines at its head, or kept blank lines at its end.
    fn block_scalar(&mut self, column: usize) -> Option<Node> {
        let folded = self.peek() == b'>';
        self.at += 1;
        let strip = self.peek() == b'-';
        self.at += usize::from(strip);
        while self.peek() == b' ' {
            self.at += 1;
        }
        if self.peek() != b'\n' {
            return None;
        }
        self.at += 1;
        let spaces = |at: usize| self.bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
        let indent = spaces(self.at);
        let start = self.at + indent;
        if indent <= column || matches!(self.bytes.get(start), None | Some(b'\n')) {
            return None;
        }
        let mut text = String::new();
        let (mut at, mut end, mut blank_lines) = (self.at, start, 0);
        while at < self.bytes.len() {
            let length = memchr::memchr(b'\n', &self.bytes[at..])?;
            let width = spaces(at);
            if width == length {
                if width > indent {
                    return None;
                }
                blank_lines += 1;
                at += length + 1;
                continue;
            }
            if width < indent {
                break;
            }
            if folded && width > indent {
                return None;
            }
            if !text.is_empty() {
                match (folded, blank_lines) {
                    (true, 0) => text.push(' '),
                    (true, lines) => text.extend(std::iter::repeat_n('\n', lines)),
                    (false, lines) => text.extend(std::iter::repeat_n('\n', lines + 1)),
                }
            }
            text.push_str(&self.source.text[at + indent..at + length]);
            (end, blank_lines) = (at + length, 0);
            at += length + 1;
        }
        if !strip {
            text.push('\n');
        }
        self.at = at.min(self.bytes.len());
        let end = start + self.bytes[start..end].trim_ascii_end().len();
        Some(Node { span: self.source.span(start, end), kind: Kind::Text(text) })
    }

    fn null(&self, at: usize) -> Node {
        super::null(self.source.span(at, at))
    }

    /// An offset of the file as one of this text.
    fn offset(&self, at: u32) -> usize {
        (at - self.source.part.start) as usize
    }
}

/// Where a plain scalar stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Key,
    Value,
    Flow,
}
