//! Pieces of a source text: trimmed spans, and one-line texts without markup that stay spans where they can.

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;

/// The span without the blanks at both ends.
#[must_use]
pub fn trim(inputs: &Inputs, span: Span) -> Span {
    let text = inputs.slice(span);
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len();
    if end <= start { span.slice(0, 0) } else { span.slice(start, end) }
}

/// The span without blanks, quotes, code marks and emphasis around it.
#[must_use]
pub fn bare(inputs: &Inputs, span: Span) -> Span {
    let text = inputs.slice(span);
    let skip = |c: char| c.is_whitespace() || matches!(c, '`' | '*' | '"' | '“' | '”' | '\u{fe0f}');
    let start = text.len() - text.trim_start_matches(skip).len();
    let end = text.trim_end_matches(skip).len();
    if end <= start { span.slice(0, 0) } else { span.slice(start, end) }
}

/// One line without markup: the span itself where nothing had to be removed.
#[must_use]
pub fn line(inputs: &Inputs, span: Span) -> Text {
    let span = trim(inputs, span);
    let text = inputs.slice(span);
    if text.bytes().all(|byte| !matches!(byte, b'*' | b'`' | b'[' | b'~' | b'\n' | b'<' | b'_' | b'\\')) {
        return Text::At(span);
    }
    let plain = plain(text);
    if plain == text { Text::At(span) } else { Text::made(plain, span) }
}

/// Text without emphasis, code marks, link targets and line ends.
#[must_use]
pub fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut in_code = false;
    while at < bytes.len() {
        let rest = &text[at..];
        match bytes[at] {
            b'`' => {
                in_code = !in_code;
                at += 1;
            }
            b'\n' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
                at += 1 + rest[1..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t' | b'>')).count();
            }
            b'\\' if !in_code && bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => {
                out.push(char::from(bytes[at + 1]));
                at += 2;
            }
            b'*' | b'~' | b'_' if !in_code => {
                let run = rest.bytes().take_while(|&byte| byte == bytes[at]).count();
                if is_mark(text, at, run, bytes[at]) {
                    at += run;
                } else {
                    out.push_str(&rest[..run]);
                    at += run;
                }
            }
            b'[' if !in_code => {
                if let Some((label, length)) = link(rest) {
                    out.push_str(&plain_label(label));
                    at += length;
                } else {
                    out.push('[');
                    at += 1;
                }
            }
            _ => {
                let next = rest
                    .bytes()
                    .position(|byte| matches!(byte, b'*' | b'`' | b'[' | b'~' | b'\n' | b'_' | b'\\'))
                    .unwrap_or(rest.len())
                    .max(1);
                out.push_str(&rest[..next]);
                at += next;
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A label holds no links, so this ends at once.
fn plain_label(label: &str) -> String {
    label.chars().filter(|c| !matches!(c, '`' | '*')).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

/// Whether a run of `*`, `_` or `~` is markup: it touches a word on exactly one side, and is no operator or glob.
fn is_mark(text: &str, at: usize, run: usize, byte: u8) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + run..].chars().next();
    let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    match byte {
        // `__init__` is a name far more often than it is strong; `pages/_app.tsx` and `test_[name].py` are names, too.
        b'_' => {
            let opens =
                before.is_none_or(|c| c.is_whitespace() || "([{\"'“‘«*~`:—–>".contains(c)) && !blank(after);
            let closes = after.is_none_or(|c| c.is_whitespace() || ".,;:!?)]}\"'”’»*~`—–<".contains(c))
                && !blank(before);
            run == 1 && (opens || closes)
        }
        b'~' => run == 2,
        _ if run >= 4 => false,
        _ if run >= 2 => !text[..at].ends_with('/') && !text[at + run..].starts_with('/'),
        _ => {
            let glob = [before, after].into_iter().any(|c| matches!(c, Some('/' | '.')));
            let alone = blank(before) && blank(after);
            !glob && !alone
        }
    }
}

/// Bytes in which a link's target must end, so that a line of opened links is read once.
const LONGEST_TARGET: usize = 2_048;

/// A link or image at the start: its label, and the length of all of it.
fn link(text: &str) -> Option<(&str, usize)> {
    let end = 1 + text[1..].find(['[', ']'])?;
    if !text[end..].starts_with("](") {
        return None;
    }
    let label = &text[1..end];
    let target = text.as_bytes()[end + 2..].iter().take(LONGEST_TARGET);
    let close = target.take_while(|&&byte| byte != b')' && byte != b'\n').count();
    text[end + 2 + close..].starts_with(')').then_some((label, end + 3 + close))
}

/// Content ranges of the code spans of one block.
pub fn codes(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find('`')?;
        let run = text[start..].bytes().take_while(|&byte| byte == b'`').count();
        let inner = start + run;
        let close = inner + text[inner..].find(&text[start..inner])?;
        at = close + run;
        Some((inner, close))
    })
}

#[cfg(test)]
mod tests {
    use super::{codes, plain};

    #[test]
    fn markup_goes_and_words_stay() {
        for (text, want) in [
            ("**Task:** write `a_b.rs`", "Task: write a_b.rs"),
            ("use snake_case and _this_ one", "use snake_case and this one"),
            (
                "tests/test_[name].py, [a]_b.py, pages/_app.tsx",
                "tests/test_[name].py, [a]_b.py, pages/_app.tsx",
            ),
            ("_Requirements: 1.1_", "Requirements: 1.1"),
            ("~~gone~~ [a link](x/y.md) here", "gone a link here"),
            ("run `**/*.rs` over src/**/*.md, 2 * 3", "run **/*.rs over src/**/*.md, 2 * 3"),
            ("first\n  second", "first second"),
            ("[id] and __init__.py", "[id] and __init__.py"),
        ] {
            assert_eq!(plain(text), want);
        }
        let text = "`a` and ``b`c`` and `open";
        let found: Vec<&str> = codes(text).map(|(from, to)| &text[from..to]).collect();
        assert_eq!(found, ["a", "b`c"]);
    }
}
