//! Words, sentences and clauses of a text.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::lexicon::Lexicon;
use super::prose::FILLER;

/// The words of a text: letters and digits, with hyphens and apostrophes inside; so `well-written` is one word.
pub fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while bytes.get(at).is_some_and(|&byte| byte.is_ascii() && !is_word(char::from(byte))) {
            at += 1;
        }
        let start = at + text[at..].char_indices().find(|&(_, c)| is_word(c)).map(|(i, _)| i)?;
        at = word_end(text, start);
        Some(start..at)
    })
}

/// The number of words, as people count them: what stands between blanks and has a letter or digit.
#[must_use]
pub fn count(text: &str) -> usize {
    let (mut words, mut inside) = (0, false);
    let mut look = |is_blank: bool, is_letter: bool| {
        words += usize::from(is_letter && !inside);
        inside = !is_blank && (inside || is_letter);
    };
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        for byte in rest[..ascii].bytes() {
            look(matches!(byte, b' ' | b'\t'..=b'\r'), byte.is_ascii_alphanumeric());
        }
        let wide = rest[ascii..].find(|c: char| c.is_ascii()).unwrap_or(rest.len() - ascii);
        rest[ascii..ascii + wide].chars().for_each(|c| look(c.is_whitespace(), c.is_alphanumeric()));
        rest = &rest[ascii + wide..];
    }
    words
}

fn word_end(text: &str, start: usize) -> usize {
    let ascii = text.as_bytes()[start..].iter().take_while(|&&byte| byte.is_ascii_alphanumeric()).count();
    let start = start + ascii;
    if text.as_bytes().get(start).is_none_or(|&byte| byte == b' ') {
        return start;
    }
    let mut chars = text[start..].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let inside = matches!(c, '-' | '\'' | '\u{2019}' | '\u{2011}')
            && chars.peek().is_some_and(|&(_, next)| next.is_alphanumeric());
        if !is_word(c) && !inside {
            return start + i;
        }
    }
    text.len()
}

fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || c == FILLER
    } else {
        c.is_alphanumeric() || is_combining_mark(c)
    }
}

/// The sentences of a text, trimmed. One ends at `.`, `!`, `?` before a blank, at an empty line, and before a line
/// that begins a list item, a heading, a quote, a table row or a fence; other line ends are blanks.
pub fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    parts(text, |bytes, at| match bytes[at] {
        b'.' | b'!' | b'?' => stop_width(bytes, at),
        b'\n' if begins_block(&bytes[at + 1..]) => 1,
        _ => 0,
    })
}

/// The clauses of a text, trimmed: sentences cut at commas, semicolons, line ends and the words in `joints`.
#[must_use]
pub fn clauses(text: &str, joints: &Lexicon) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let pieces = parts(text, |bytes, at| match bytes[at] {
        b'.' | b'!' | b'?' => stop_width(bytes, at),
        b',' if !(digit(bytes, at.wrapping_sub(1)) && digit(bytes, at + 1)) => 1,
        b';' | b'\n' => 1,
        _ => 0,
    });
    for piece in pieces {
        let mut from = piece.start;
        for word in words(&text[piece.clone()]) {
            let word = piece.start + word.start..piece.start + word.end;
            if word.len() <= 3 && joints.contains(&text[word.clone()]) {
                push_trimmed(text, from..word.start, &mut found);
                from = word.end;
            }
        }
        push_trimmed(text, from..piece.end, &mut found);
    }
    found
}

/// Cuts where `cut` gives the width of a cut that begins at a byte; the cut itself belongs to the part before it.
fn parts(text: &str, cut: impl Fn(&[u8], usize) -> usize) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        while from < bytes.len() {
            let mut at = from;
            let mut width = 0;
            while at < bytes.len() {
                width = cut(bytes, at);
                if width > 0 {
                    break;
                }
                at += 1;
            }
            let whole = from..(at + width).min(bytes.len());
            from = whole.end;
            let part = trimmed(text, whole);
            if !part.is_empty() {
                return Some(part);
            }
        }
        None
    })
}

/// Width of the end of a sentence at `at`: the mark and closing quotes behind it. 0 if it ends nothing.
fn stop_width(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len()
        && matches!(bytes[end], b'.' | b'!' | b'?' | b'"' | b'\'' | b')' | b']' | b'*' | b'_')
    {
        end += 1;
    }
    let ends = end == bytes.len() || bytes[end].is_ascii_whitespace();
    // `e.g. ` and `i.e. ` end nothing, nor does the number of a list item.
    let initial = bytes[at] == b'.'
        && at >= 1
        && ((bytes[at - 1].is_ascii_alphabetic() && at >= 2 && bytes[at - 2] == b'.')
            || numbers_item(bytes, at));
    if ends && !initial { end - at } else { 0 }
}

/// Whether the stop at `at` belongs to the number of a list item: only digits between it and the start of its line.
fn numbers_item(bytes: &[u8], at: usize) -> bool {
    let digits = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let before = &bytes[..at - digits];
    digits > 0
        && digits <= 3
        && before.iter().rev().take_while(|&&byte| byte != b'\n').all(|byte| *byte == b' ')
}

fn begins_block(rest: &[u8]) -> bool {
    let indent = rest.iter().take_while(|&&byte| byte == b' ' || byte == b'\t').count();
    let line = &rest[indent..];
    match line.first() {
        None | Some(b'\n' | b'#' | b'>' | b'|' | b'`' | b'~') => true,
        Some(b'-' | b'*' | b'+') => matches!(line.get(1), Some(b' ' | b'-' | b'*')),
        Some(byte) if byte.is_ascii_digit() => {
            let digits = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
            matches!(line.get(digits), Some(b'.' | b')')) && line.get(digits + 1) == Some(&b' ')
        }
        Some(_) => false,
    }
}

fn digit(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(u8::is_ascii_digit)
}

fn push_trimmed(text: &str, range: Range<usize>, into: &mut Vec<Range<usize>>) {
    let part = trimmed(text, range);
    if !part.is_empty() {
        into.push(part);
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

#[cfg(test)]
mod tests {
    use super::{Lexicon, clauses, count, sentences, words};

    fn check(text: &str, ranges: impl IntoIterator<Item = std::ops::Range<usize>>) -> Vec<&str> {
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_keep_their_hyphens() {
        let text = "A well-written e-mail, don't - \"pa\u{301}gina\" 3-5 x's.";
        let want = ["A", "well-written", "e-mail", "don't", "pa\u{301}gina", "3-5", "x's"];
        assert_eq!(check(text, words(text)), want);
        assert_eq!(count("- [ ] two words — done"), 3);
        assert_eq!(count("  \n"), 0);
    }

    #[test]
    fn sentences_end_where_they_end() {
        let text =
            "One is 0.5. Two, e.g. this\nand that?\n1. item\n\n- Three\n- four `a.b`.\n# Head\n2. five";
        let want = [
            "One is 0.5.",
            "Two, e.g. this\nand that?",
            "1. item",
            "- Three",
            "- four `a.b`.",
            "# Head",
            "2. five",
        ];
        assert_eq!(check(text, sentences(text)), want);
        assert_eq!(check("", sentences("")), Vec::<&str>::new());
    }

    #[test]
    fn clauses_end_at_commas_and_joints() {
        let joints = Lexicon::numbered(["and", "e"]);
        let text = "3 sections, 1,000 words and copy is good; texto bom e belo.";
        let want = ["3 sections,", "1,000 words", "copy is good;", "texto bom", "belo."];
        assert_eq!(check(text, clauses(text, &joints)), want);
    }
}
