//! What a line may begin: headings, fences, breaks, quotes, items, HTML, tables.

use crate::ir::outline::BlockKind;

use super::line::{Line, is_blank};
use super::{Container, DEEPEST, Leaf, Opened, Scanner, html};

impl Scanner<'_> {
    /// Opens what begins at the head of `line` inside the first `matched` containers, if anything does.
    pub(super) fn start(&mut self, line: &mut Line<'_>, matched: usize) -> Option<Opened> {
        let (indent, at) = line.indent();
        let paragraph = self.leaf == Leaf::Paragraph;
        if indent >= 4 {
            if paragraph || self.leaf == Leaf::Table {
                return None;
            }
            return Some(self.open_indented(line, matched));
        }
        let goes_on = paragraph && matched == self.containers.len();
        let rest = line.from(at);
        match rest[0] {
            b'>' => self.open_quote(line, matched),
            b'#' => self.open_heading(rest, at, matched),
            b'`' | b'~' => self.open_fence(rest, at, matched),
            b'<' => self.open_html(line, rest, at, matched),
            b'=' | b'-' if goes_on && self.underline(rest, at) => Some(Opened::Leaf),
            b'-' | b'*' | b'_' if is_break(rest) => {
                self.close_to(matched);
                let end = at + rest.trim_ascii_end().len();
                self.push(BlockKind::Break, (at, end), (end, end));
                Some(Opened::Leaf)
            }
            b'-' | b'|' | b':' if goes_on && self.open_table(rest, at) => Some(Opened::Leaf),
            b'-' | b'*' | b'+' | b'0'..=b'9' => self.open_item(line, rest, at, matched),
            _ => None,
        }
    }

    fn open_indented(&mut self, line: &mut Line<'_>, matched: usize) -> Opened {
        self.close_to(matched);
        let start = line.at();
        line.skip_columns(4);
        let end = line.trimmed_end();
        self.push(BlockKind::Indented, (start, end), (line.at(), end));
        self.leaf = Leaf::Indented;
        Opened::Leaf
    }

    fn open_quote(&mut self, line: &mut Line<'_>, matched: usize) -> Option<Opened> {
        self.close_to(matched);
        if self.quotes == DEEPEST {
            return None;
        }
        line.quote_mark();
        self.adopt();
        self.containers.push(Container::Quote);
        self.quotes += 1;
        Some(Opened::Container)
    }

    fn open_heading(&mut self, rest: &[u8], at: usize, matched: usize) -> Option<Opened> {
        let level = run(rest, b'#');
        if level > 6 || rest.get(level).is_some_and(|&byte| !is_blank(byte)) {
            return None;
        }
        self.close_to(matched);
        let end = at + rest.trim_ascii_end().len();
        let content = rest[level..].trim_ascii();
        let start = if content.is_empty() { at + level } else { end - rest[level..].trim_ascii().len() };
        let closing = content.iter().rev().take_while(|&&byte| byte == b'#').count();
        let open = &content[..content.len() - closing];
        let content = if closing > 0 && open.last().is_none_or(|&byte| is_blank(byte)) {
            open.trim_ascii_end().len()
        } else {
            content.len()
        };
        let block = self.push(BlockKind::Heading, (at, end), (start, start + content));
        self.blocks[block].level = u8::try_from(level).expect("a heading has at most six marks");
        Some(Opened::Leaf)
    }

    fn open_fence(&mut self, rest: &[u8], at: usize, matched: usize) -> Option<Opened> {
        let mark = rest[0];
        let length = run(rest, mark);
        if length < 3 || (mark == b'`' && rest[length..].contains(&b'`')) {
            return None;
        }
        self.close_to(matched);
        let end = at + rest.len();
        let content = (end + 1).min(self.text.len());
        self.push(BlockKind::Fence, (at, end), (content, content));
        self.leaf = Leaf::Fence { mark, length };
        Some(Opened::Leaf)
    }

    fn open_html(&mut self, line: &Line<'_>, rest: &[u8], at: usize, matched: usize) -> Option<Opened> {
        let end = html::begins(rest, self.leaf == Leaf::Paragraph)?;
        self.close_to(matched);
        self.push(BlockKind::Html, (at, line.trimmed_end()), (at, line.trimmed_end()));
        if end == html::End::Blank || !html::ends(end, rest) {
            self.leaf = Leaf::Html(end);
        }
        Some(Opened::Leaf)
    }

    /// Makes a heading of the open paragraph, if this line underlines it.
    fn underline(&mut self, rest: &[u8], at: usize) -> bool {
        let content = rest.trim_ascii_end();
        if run(content, rest[0]) < content.len() {
            return false;
        }
        self.take_definitions();
        // Behind definitions alone the paragraph goes on, empty, and this line is its first.
        let Some((start, end)) = self.paragraph.take() else { return false };
        let block =
            self.push(BlockKind::Heading, (start, at + content.len()), (start, self.trim(start, end)));
        self.blocks[block].level = if rest[0] == b'=' { 1 } else { 2 };
        self.leaf = Leaf::None;
        true
    }

    /// Makes a table of the last line of the open paragraph, if this line is the rule below its head.
    fn open_table(&mut self, rest: &[u8], at: usize) -> bool {
        let Some((start, end)) = self.paragraph.last() else { return false };
        let head = &self.text[start..end];
        let piped = memchr::memchr(b'|', rest).or_else(|| memchr::memchr(b'|', head)).is_some();
        if !piped || rule_cells(rest).is_none_or(|cells| cells != count_cells(head)) {
            return false;
        }
        self.paragraph.pop();
        self.close_leaf();
        self.row(BlockKind::TableRow, start, end);
        self.row(BlockKind::TableRule, at, at + rest.len());
        self.leaf = Leaf::Table;
        true
    }

    fn open_item(&mut self, line: &mut Line<'_>, rest: &[u8], at: usize, matched: usize) -> Option<Opened> {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let width = match (digits, rest.get(digits)) {
            (0, _) => 1,
            (1..=9, Some(b'.' | b')')) => digits + 1,
            _ => return None,
        };
        if rest.get(width).is_some_and(|&byte| !is_blank(byte)) || self.depth == DEEPEST {
            return None;
        }
        let decimal = |sum: u32, digit: &u8| sum * 10 + u32::from(digit - b'0');
        let number = rest[..digits].iter().fold(0, decimal);
        let interrupts = self.leaf == Leaf::Paragraph && matched == self.containers.len();
        if interrupts && ((digits > 0 && number != 1) || rest[width..].iter().all(|&byte| is_blank(byte))) {
            return None;
        }
        self.close_to(matched);
        let before = line.column();
        line.skip_mark(width);
        let mark_end = line.column();
        let (blanks, _) = line.indent();
        let padding = if line.is_blank() || blanks > 4 { 1 } else { blanks };
        line.skip_columns(padding);
        let indent = mark_end - before + padding;
        let end = at + width;
        let kind = if digits > 0 { BlockKind::Numbered } else { BlockKind::Bullet };
        let text = if line.is_blank() { end } else { line.indent().1 };
        let block = self.push(kind, (at, end), (text, text));
        self.blocks[block].number = number;
        self.containers.push(Container::Item { indent, block, empty: true, open: true });
        self.depth += 1;
        Some(Opened::Container)
    }

    /// The end of `start..end` without blanks behind the text.
    pub(super) fn trim(&self, start: usize, end: usize) -> usize {
        start + self.text[start..end].trim_ascii_end().len()
    }
}

/// Whether a line closes a fence of `length` marks.
pub(super) fn closes_fence(line: &Line<'_>, mark: u8, length: usize) -> bool {
    let (indent, at) = line.indent();
    let rest = line.from(at);
    if rest.first() != Some(&mark) || indent >= 4 {
        return false;
    }
    let marks = run(rest, mark);
    marks >= length && rest[marks..].iter().all(|&byte| is_blank(byte))
}

/// How often `byte` stands at the head of `text`.
fn run(text: &[u8], byte: u8) -> usize {
    text.iter().take_while(|&&other| other == byte).count()
}

/// Three or more of one mark and nothing else but blanks.
fn is_break(rest: &[u8]) -> bool {
    let mark = rest[0];
    let mut marks = 0_usize;
    rest.iter().all(|&byte| {
        marks += usize::from(byte == mark);
        byte == mark || is_blank(byte)
    }) && marks >= 3
}

/// The number of cells of the rule of a table, if a line is one.
fn rule_cells(rest: &[u8]) -> Option<usize> {
    let row = inner(rest);
    let mut cells = 0;
    for cell in row.split(|&byte| byte == b'|') {
        let cell = cell.trim_ascii();
        let cell = cell.strip_prefix(b":").unwrap_or(cell);
        let cell = cell.strip_suffix(b":").unwrap_or(cell);
        if cell.is_empty() || cell.iter().any(|&byte| byte != b'-') {
            return None;
        }
        cells += 1;
    }
    Some(cells)
}

/// The number of cells of a row; a pipe behind a backslash divides nothing.
fn count_cells(row: &[u8]) -> usize {
    let row = inner(row);
    let divides = |&at: &usize| at == 0 || row[at - 1] != b'\\';
    1 + memchr::memchr_iter(b'|', row).filter(divides).count()
}

/// A row without the pipes at its ends.
fn inner(row: &[u8]) -> &[u8] {
    let row = row.trim_ascii();
    let row = row.strip_prefix(b"|").unwrap_or(row);
    match row.strip_suffix(b"|") {
        Some(open) if open.last() != Some(&b'\\') => open,
        _ => row,
    }
}
