//! The prose of a markdown text: everything that is not language is masked, byte for byte, so that a range of the
//! view is the same range of the text.
//!
//! Masked are: fenced code, code spans, HTML comments, link targets, URLs, addresses, paths, and names of programs
//! (`snake_case`, `camelCase`, `a.b`, `a::b`, `--flag`, `@name`). What stands in brackets or braces keeps its
//! letters: it may be a placeholder.

use std::borrow::Cow;

/// What stands where something was masked. It counts as a letter, so a masked name is still a word, of no meaning.
pub const FILLER: char = '\u{1a}';

const FILL: u8 = 0x1a;

/// The prose view of `text`: the same length, borrowed when nothing is masked.
#[must_use]
pub fn prose(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let Some(first) = bytes.iter().position(|&byte| SUSPECT[usize::from(byte)]) else {
        return if has_camel(bytes) { mask(text, 0) } else { Cow::Borrowed(text) };
    };
    // Nothing before the token of the first suspicious byte can be masked, unless it is a `camelCase` name.
    mask(text, if has_camel(&bytes[..first]) { 0 } else { first })
}

/// Bytes without which nothing but a `camelCase` name is masked.
static SUSPECT: [bool; 256] = {
    let mut table = [false; 256];
    let suspects = b"`/\\@_<:.~-]";
    let mut at = 0;
    while at < suspects.len() {
        table[suspects[at] as usize] = true;
        at += 1;
    }
    table
};

fn has_camel(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}

fn mask(text: &str, from: usize) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut out: Option<Vec<u8>> = None;
    let mut fill = |start: usize, end: usize| {
        let out = out.get_or_insert_with(|| bytes.to_vec());
        for byte in &mut out[start..end] {
            if *byte != b'\n' {
                *byte = FILL;
            }
        }
    };
    let mut at = bytes[..from].iter().rposition(u8::is_ascii_whitespace).map_or(0, |blank| blank + 1);
    while at < bytes.len() {
        match bytes[at] {
            b'`' | b'~' if fence(bytes, at) => {
                let end = fence_end(bytes, at);
                fill(at, end);
                at = end;
            }
            b'`' => {
                let run = run_of(bytes, at, b'`');
                match span_end(bytes, at + run, run) {
                    Some(end) => {
                        fill(at, end);
                        at = end;
                    }
                    None => at += run,
                }
            }
            b'<' if bytes[at..].starts_with(b"<!--") => {
                let end = memchr::memmem::find(&bytes[at..], b"-->").map_or(bytes.len(), |end| at + end + 3);
                fill(at, end);
                at = end;
            }
            b']' if bytes.get(at + 1) == Some(&b'(') => {
                let line =
                    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| at + end);
                let end = bytes[at..line].iter().position(|&byte| byte == b')').map_or(line, |end| at + end);
                fill(at + 2, end.max(at + 2));
                at = end.max(at + 2);
            }
            byte if is_gap(byte) => at += 1,
            _ => {
                let end = at
                    + bytes[at..]
                        .iter()
                        .position(|&byte| is_gap(byte) || byte == b'`')
                        .unwrap_or(bytes.len() - at);
                // A link's text ends at its bracket, so the target is seen above.
                let end = memchr::memmem::find(&bytes[at..end], b"](").map_or(end, |link| at + link.max(1));
                let (start, stop) = core(bytes, at, end);
                if start < stop && is_code(&bytes[start..stop]) {
                    fill(start, stop);
                }
                at = end;
            }
        }
    }
    match out {
        None => Cow::Borrowed(text),
        Some(out) => Cow::Owned(String::from_utf8(out).expect("whole characters were replaced by ASCII")),
    }
}

fn is_gap(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'"' | b'|')
}

fn run_of(bytes: &[u8], at: usize, byte: u8) -> usize {
    bytes[at..].iter().take_while(|&&b| b == byte).count()
}

/// Whether a fence opens at `at`: three marks after nothing but blanks and quote or list markers on their line.
fn fence(bytes: &[u8], at: usize) -> bool {
    let line = &bytes[..at];
    let start = line.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    run_of(bytes, at, bytes[at]) >= 3
        && line[start..].iter().all(|byte| matches!(byte, b' ' | b'\t' | b'>' | b'-' | b'*'))
}

fn fence_end(bytes: &[u8], at: usize) -> usize {
    let mark = bytes[at];
    let width = run_of(bytes, at, mark);
    let mut line =
        at + bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len() - at, |end| end + 1);
    while line < bytes.len() {
        let next = line
            + bytes[line..].iter().position(|&byte| byte == b'\n').map_or(bytes.len() - line, |end| end + 1);
        let inner = bytes[line..next].trim_ascii();
        if inner.len() >= width && inner.iter().all(|&byte| byte == mark) {
            return next;
        }
        line = next;
    }
    bytes.len()
}

/// End of a code span whose content begins at `at` and whose marks are `width` backticks; within one paragraph.
fn span_end(bytes: &[u8], mut at: usize, width: usize) -> Option<usize> {
    while at < bytes.len() {
        match bytes[at] {
            b'`' => {
                let run = run_of(bytes, at, b'`');
                if run == width {
                    return Some(at + run);
                }
                at += run;
            }
            b'\n' if bytes.get(at + 1).is_none_or(|&byte| byte == b'\n') => return None,
            _ => at += 1,
        }
    }
    None
}

/// A token without the punctuation around it.
fn core(bytes: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && matches!(bytes[start], b'(' | b'\'' | b'*' | b'#' | b'!' | b':' | b'=') {
        start += 1;
    }
    while start < end && matches!(bytes[end - 1], b'.' | b':' | b'!' | b'?' | b')' | b'\'' | b'*') {
        end -= 1;
    }
    (start, end)
}

/// Whether a token is the name of something rather than a word.
fn is_code(token: &[u8]) -> bool {
    if token.iter().any(|byte| matches!(byte, b'[' | b']' | b'{' | b'}' | b'<' | b'>')) {
        return false;
    }
    let letters = token.iter().any(u8::is_ascii_alphabetic);
    if !letters {
        return false;
    }
    if matches!(token[0], b'@' | b'/' | b'\\' | b'.') || token.starts_with(b"--") {
        return token.len() > 1;
    }
    let inner = |at: usize| at > 0 && at + 1 < token.len();
    token.iter().enumerate().any(|(at, &byte)| match byte {
        b'/' | b'\\' | b'_' | b'@' => inner(at),
        b'.' => inner(at) && token[at - 1].is_ascii_alphanumeric() && token[at + 1].is_ascii_alphanumeric(),
        b':' => token.get(at + 1) == Some(&b':') || token[at..].starts_with(b"://"),
        _ => at > 0 && byte.is_ascii_uppercase() && token[at - 1].is_ascii_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[track_caller]
    fn check(text: &str, want: &str) {
        let view = prose(text);
        assert_eq!(view.len(), text.len());
        assert_eq!(view.replace('\u{1a}', "·"), want, "{text}");
    }

    #[test]
    fn what_is_not_language_is_masked() {
        check("copy is good", "copy is good");
        check("Run `a good thing` now.", "Run ·············· now.");
        check("see config.yaml, src/good.rs.", "see ···········, ···········.");
        check("score 0.85 of report.json", "score 0.85 of ···········");
        check("agent /dispatch:agents:quality-gate ran", "agent ····························· ran");
        check("Mail joe@acme.io or @dev", "Mail ··········· or ····");
        check("see [Insert key](https://x.dev)", "see [Insert key](·············)");
        check("isGood and is_good use Foo::good", "······ and ······· use ·········");
        check("a\n```\ngood\n```\nnice", "a\n···\n····\n···\nnice");
        check("a <!-- good --> b", "a ············· b");
        check("well-written, don't", "well-written, don't");
        check("an open ` tick is good", "an open ` tick is good");
    }

    #[test]
    fn placeholders_keep_their_letters() {
        check("Dear {YOUR_NAME} at [CHANGE_THIS]", "Dear {YOUR_NAME} at [CHANGE_THIS]");
        check("about {{site.title}} by TBD", "about {{site.title}} by TBD");
    }
}
