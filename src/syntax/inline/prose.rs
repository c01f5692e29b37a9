//! The prose view of a text: what is not language is blanked, and every byte keeps its place.

use std::borrow::Cow;
use std::ops::Range;

use super::{Piece, pieces};

/// The text with code spans, fenced code, comments, targets of links, addresses, paths and identifiers blanked. It
/// has the same length in bytes, so that a range found in it is a range of the source. Borrowed when all is prose.
/// Blanks to be filled (`{{name}}`, `<your_name>`, `[INSERT_X]`) stay.
#[must_use]
pub fn prose(text: &str) -> Cow<'_, str> {
    let mut mask = Mask { text, out: None };
    fences(text, &mut mask);
    for piece in pieces(text) {
        match piece {
            Piece::Code { outer, .. } => mask.blank(outer),
            Piece::Comment(range) | Piece::Auto(range) => mask.blank(range),
            Piece::Link(link) => mask.blank(link.label.end..link.whole.end),
        }
    }
    let masked = mask.finish();
    let mut mask = Mask { text: &masked, out: None };
    words(&masked, &mut mask);
    let out = mask.out.take();
    out.map_or(masked, |out| Cow::Owned(text_of(out)))
}

fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("whole characters were blanked")
}

struct Mask<'a> {
    text: &'a str,
    out: Option<Vec<u8>>,
}

impl<'a> Mask<'a> {
    /// Blanks a range on character boundaries; line ends stay.
    fn blank(&mut self, range: Range<usize>) {
        let out = self.out.get_or_insert_with(|| self.text.as_bytes().to_vec());
        out[range].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
    }
    fn finish(self) -> Cow<'a, str> {
        match self.out {
            None => Cow::Borrowed(self.text),
            Some(out) => Cow::Owned(text_of(out)),
        }
    }
}

/// Blanks fenced code, fences included.
fn fences(text: &str, mask: &mut Mask<'_>) {
    if !text.contains("```") && !text.contains("~~~") {
        return;
    }
    let mut open: Option<(u8, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches([' ', '\t', '>']);
        let sign = content.bytes().next().unwrap_or_default();
        let length = content.bytes().take_while(|&byte| byte == sign).count();
        let fence = matches!(sign, b'`' | b'~') && length >= 3;
        let code = open.is_some() || fence;
        match open {
            None if fence => open = Some((sign, length)),
            Some((by, least)) if by == sign && length >= least && content[length..].trim().is_empty() => {
                open = None;
            }
            _ => {}
        }
        if code {
            mask.blank(at..at + line.len());
        }
        at += line.len();
    }
}

/// Blanks words that are names of things in a computer.
fn words(text: &str, mask: &mut Mask<'_>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let length = bytes[at..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        let word = &text[at..at + length];
        if may_be_code(word) {
            let inner = word.trim_start_matches(['(', '[', '{', '"', '\'', '*', '<', '“', '‘', '«']);
            let start = at + (word.len() - inner.len());
            let called = inner.find("()").map(|end| &inner[..end + 2]);
            let tail = ['.', ',', ';', ':', '!', '?', ')', ']', '}', '"', '\'', '*', '>', '”', '’', '»'];
            let inner = called.unwrap_or_else(|| inner.trim_end_matches(tail));
            if !is_blank_to_fill(word) && is_code(inner) {
                mask.blank(start..start + inner.len());
            }
        }
        at += length;
    }
}

/// A cheap look that passes over ordinary words.
fn may_be_code(word: &str) -> bool {
    let mut before = b' ';
    word.bytes().any(|byte| {
        let camel = before.is_ascii_lowercase() && byte.is_ascii_uppercase();
        before = byte;
        camel || matches!(byte, b'/' | b'\\' | b'.' | b'@' | b'_' | b':' | b'$' | b'-' | b'(' | b'=')
    })
}

/// `{{name}}`, `${NAME}`, `<your_name>`, `[INSERT_NAME]`: for people to fill, so it is language.
fn is_blank_to_fill(word: &str) -> bool {
    word.contains("{{") || word.contains("${") || (word.starts_with(['[', '<']) && !word.contains('/'))
}

/// Whether a word without the marks around it is an address, a path, a file name or an identifier.
fn is_code(word: &str) -> bool {
    let bytes = word.as_bytes();
    if word.contains("://") || word.starts_with("www.") || word.contains("::") || word.ends_with("()") {
        return true;
    }
    if let Some((name, host)) = word.split_once('@') {
        return !host.is_empty() && (name.is_empty() || host.contains('.'));
    }
    if word.contains('\\') {
        return word.len() > 1;
    }
    if word.contains('/') {
        return is_path(word);
    }
    let letters = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
    if let Some(name) = word.strip_prefix('$').or_else(|| word.strip_prefix("--")) {
        return letters(name);
    }
    let joined = |mark: u8| {
        bytes.windows(3).any(|three| {
            three[1] == mark && three[0].is_ascii_alphanumeric() && three[2].is_ascii_alphanumeric()
        })
    };
    let camel = bytes.windows(2).any(|two| two[0].is_ascii_lowercase() && two[1].is_ascii_uppercase());
    camel || joined(b'_') || joined(b'=') || is_file_name(word)
}

fn is_path(word: &str) -> bool {
    let rooted = word.len() > 1 && word.starts_with('/');
    let last = word.rsplit('/').next().unwrap_or_default();
    rooted
        || ["./", "../", "~/"].iter().any(|head| word.starts_with(head))
        || word.matches('/').count() >= 2
        || (word.len() > 1 && last.is_empty())
        || is_file_name(last)
        || word.contains(['_', '*'])
}

/// `stem.ext`, but no abbreviation (`e.g`), number (`2.5`) or sentence without a blank (`done.Then`).
fn is_file_name(word: &str) -> bool {
    let Some((stem, extension)) = word.rsplit_once('.') else { return false };
    let plain = extension.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let named = stem.bytes().last().is_some_and(|byte| byte.is_ascii_alphanumeric());
    plain
        && extension.starts_with(|c: char| c.is_ascii_lowercase())
        && extension.len() <= 5
        && ((named && stem.len() + extension.len() > 2) || (stem.is_empty() && extension.len() > 2))
        && !stem.split('.').any(|part| part.len() == 1 && stem.len() <= 3)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::prose;

    fn check(text: &str, expected: &str) {
        let view = prose(text);
        assert_eq!(view.len(), text.len());
        assert_eq!(view.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{text}");
    }

    #[test]
    fn names_of_things_are_blanked() {
        check("run `good` in src/good.rs, see [the good](good.md)", "run in , see [the good");
        check("at https://good.example/x or me@good.org.", "at or .");
        check("call goodThing() and good_thing or (good.rs) --good $GOOD @good", "call and or ( )");
        check("C:\\good ./good good/ a/good/b *.md", "*.md");
        check("a\n```\ngood\n```\nb <!-- good --> c", "a b c");
    }

    #[test]
    fn language_stays() {
        for text in [
            "good and/or bad",
            "e.g. this",
            "version 2.5 is good",
            "fill {{user_name}}",
            "[INSERT_NAME] it",
            "é bom.",
        ] {
            assert_eq!(prose(text), text);
        }
        assert!(matches!(prose("plain good words."), Cow::Borrowed(_)));
    }
}
