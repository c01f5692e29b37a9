//! Markup inside a text: code spans, links, comments. What a reader sees of it, and what of it is prose.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;

mod emphasis;
mod plain;
mod prose;

pub use self::plain::plain;
pub use self::prose::prose;

/// Longest target of a link that is looked for, in bytes.
const LONGEST: usize = 2048;

/// A link or an image: `[label](target "title")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// All of it.
    pub whole: Range<usize>,
    /// Between the brackets.
    pub label: Range<usize>,
    /// The target, without angle brackets and title.
    pub target: Range<usize>,
}

/// The contents of the code spans of a text, in order.
pub fn codes(text: &str) -> impl Iterator<Item = Range<usize>> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Code { inner, .. } => Some(inner),
        Piece::Link(_) | Piece::Comment(_) | Piece::Auto(_) => None,
    })
}

/// The links of a text, in order: inline ones, images, and addresses in angle brackets (their label is their target).
pub fn links(text: &str) -> impl Iterator<Item = Link> {
    pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Link(link) => Some(link),
        Piece::Auto(whole) => {
            let inner = whole.start + 1..whole.end - 1;
            Some(Link { whole, label: inner.clone(), target: inner })
        }
        Piece::Code { .. } | Piece::Comment(_) => None,
    })
}

/// A part of a text that is more than words.
#[derive(Debug)]
enum Piece {
    /// A code span, with its ticks and without.
    Code { outer: Range<usize>, inner: Range<usize> },
    /// A link or an image.
    Link(Link),
    /// A comment of HTML.
    Comment(Range<usize>),
    /// An address in angle brackets.
    Auto(Range<usize>),
}

impl Piece {
    fn start(&self) -> usize {
        match self {
            Self::Code { outer, .. } => outer.start,
            Self::Link(link) => link.whole.start,
            Self::Comment(range) | Self::Auto(range) => range.start,
        }
    }
}

/// All pieces, ordered by their first byte. Nothing lies in code, comments and addresses; links hold others.
fn pieces(text: &str) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let Some(first) = memchr::memchr3(b'`', b'<', b'[', bytes) else { return found };
    let mut scanner = Scanner { text, missing: BTreeSet::new(), comments: true, brackets: Vec::new() };
    // An escape just before the first mark takes away its meaning.
    let mut at = first - bytes[..first].iter().rev().take_while(|&&byte| byte == b'\\').count();
    while at < bytes.len() {
        at = match bytes[at] {
            b'\\' => at + 2,
            b'`' => scanner.code(at, &mut found),
            b'<' => scanner.angle(at, &mut found),
            b'[' => {
                scanner.brackets.push(at);
                at + 1
            }
            b']' => scanner.close(at, &mut found),
            _ => at + 1,
        };
    }
    found.sort_by_key(Piece::start);
    found
}

struct Scanner<'a> {
    text: &'a str,
    /// Lengths of runs of ticks that no later run closes.
    missing: BTreeSet<usize>,
    /// Some comment may still be closed.
    comments: bool,
    /// Open brackets.
    brackets: Vec<usize>,
}

impl Scanner<'_> {
    /// Reads a code span at `start`; gives the offset of what follows it, or of what follows the ticks.
    fn code(&mut self, start: usize, found: &mut Vec<Piece>) -> usize {
        let bytes = self.text.as_bytes();
        let run = |at: usize| bytes[at..].iter().take_while(|&&byte| byte == b'`').count();
        let length = run(start);
        let open = start + length;
        if self.missing.contains(&length) {
            return open;
        }
        let mut at = open;
        while let Some(next) = memchr::memchr(b'`', &bytes[at..]) {
            let close = at + next;
            let other = run(close);
            at = close + other;
            if other == length {
                let inner = &bytes[open..close];
                let padded = inner.first() == Some(&b' ') && inner.last() == Some(&b' ');
                let pad = usize::from(padded && inner.iter().any(|&byte| byte != b' '));
                found.push(Piece::Code { outer: start..at, inner: open + pad..close - pad });
                return at;
            }
        }
        self.missing.insert(length);
        open
    }

    /// Reads a comment or an address at `start`.
    fn angle(&mut self, start: usize, found: &mut Vec<Piece>) -> usize {
        let rest = &self.text.as_bytes()[start..];
        if rest.starts_with(b"<!--") {
            let close = self.comments.then(|| memmem::find(&rest[4..], b"-->")).flatten();
            let Some(length) = close else {
                self.comments = false;
                return start + 4;
            };
            let end = start + 4 + length + 3;
            found.push(Piece::Comment(start..end));
            return end;
        }
        let window = &rest[1..rest.len().min(LONGEST)];
        let stop = window.iter().position(|&byte| byte == b'>' || byte == b'<' || byte.is_ascii_whitespace());
        let Some(length) = stop.filter(|&length| window[length] == b'>') else { return start + 1 };
        if !is_address(&window[..length]) {
            return start + 1;
        }
        let end = start + length + 2;
        found.push(Piece::Auto(start..end));
        end
    }

    /// Reads the end of a label at `at`, and the target behind it.
    fn close(&mut self, at: usize, found: &mut Vec<Piece>) -> usize {
        let Some(open) = self.brackets.pop() else { return at + 1 };
        let bytes = self.text.as_bytes();
        if bytes.get(at + 1) != Some(&b'(') {
            return at + 1;
        }
        let Some((target, end)) = target(bytes, at + 2) else { return at + 1 };
        let image = open > 0 && bytes[open - 1] == b'!' && (open < 2 || bytes[open - 2] != b'\\');
        if !image {
            // A link holds no link.
            self.brackets.retain(|&other| other > 0 && bytes[other - 1] == b'!');
        }
        let whole = open - usize::from(image)..end;
        found.push(Piece::Link(Link { whole, label: open + 1..at, target }));
        end
    }
}

/// The target of a link whose parenthesis opens before `start`, and the offset behind the closing one.
fn target(bytes: &[u8], start: usize) -> Option<(Range<usize>, usize)> {
    let bytes = &bytes[..bytes.len().min(start + LONGEST)];
    let mut at = skip_blanks(bytes, start);
    let range = if bytes.get(at) == Some(&b'<') {
        let open = at + 1;
        let length = bytes[open..].iter().position(|&byte| byte == b'>' || byte == b'\n')?;
        at = open + length + 1;
        (bytes[at - 1] == b'>').then_some(open..at - 1)?
    } else {
        let open = at;
        let mut depth = 0_usize;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'\\' => at += 1,
                _ if byte.is_ascii_whitespace() || byte.is_ascii_control() => break,
                _ => {}
            }
            at += 1;
        }
        open..at.min(bytes.len())
    };
    at = skip_blanks(bytes, at);
    let quote = match bytes.get(at) {
        Some(b'"') => Some(b'"'),
        Some(b'\'') => Some(b'\''),
        Some(b'(') => Some(b')'),
        _ => None,
    };
    if let Some(quote) = quote {
        at += 2 + bytes[at + 1..].iter().position(|&byte| byte == quote)?;
        at = skip_blanks(bytes, at);
    }
    (bytes.get(at) == Some(&b')')).then_some((range, at + 1))
}

fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Whether the text between angle brackets is an address: `scheme:…` or `name@host`.
fn is_address(inner: &[u8]) -> bool {
    let scheme =
        inner.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte)).count();
    if scheme >= 2 && inner[0].is_ascii_alphabetic() && inner.get(scheme) == Some(&b':') {
        return true;
    }
    let mut parts = inner.split(|&byte| byte == b'@');
    let named = parts.next().is_some_and(|name| !name.is_empty());
    let host = parts.next().is_some_and(|host| {
        !host.is_empty() && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
    });
    named && host && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{codes, links};

    #[test]
    fn code_spans() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(codes(text).map(|range| &text[range]).collect::<Vec<_>>(), expected, "{text}");
        };
        check("a `b` ``c ` d`` `e", &["b", "c ` d"]);
        check("` x ` `  ` \\`a` b`", &["x", "  ", " b"]);
        check("no ticks", &[]);
        check("`` ` ``", &["`"]);
        check("<!-- `a` --> `b`", &["b"]);
        check("\\\\`a`", &["a"]);
    }

    #[test]
    fn links_are_found() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found: Vec<_> = links(text).map(|link| (&text[link.label], &text[link.target])).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("see [a](b.md) and ![c](<d e> \"t\")", &[("a", "b.md"), ("c", "d e")]);
        check("[![i](x.png)](y)", &[("![i](x.png)", "y"), ("i", "x.png")]);
        check("[a [b](c) d](e)", &[("b", "c")]);
        check("[x](a(b)c) [y] (z) [`]`](q)", &[("x", "a(b)c"), ("`]`", "q")]);
        check(
            "<https://a.b/c> <me@x.org> <tag>",
            &[("https://a.b/c", "https://a.b/c"), ("me@x.org", "me@x.org")],
        );
        check("\\[a](b)", &[]);
    }

    #[test]
    fn long_nonsense_is_quick() {
        for bomb in ["[", "](", "`", "[a](", "<", "<!--", "![", "[](", "`a``b```c", "\\", "<a:"] {
            assert!(links(&bomb.repeat(100_000)).count() < 100_000);
            let _ = super::plain(&bomb.repeat(20_000));
            let _ = super::prose(&bomb.repeat(20_000));
        }
    }
}
