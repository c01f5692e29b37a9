//! The words a reader sees.

use std::borrow::Cow;
use std::ops::Range;

use super::emphasis::Runs;
use super::{Piece, pieces};

/// The text without its markup: emphasis, ticks, targets of links, comments and escapes removed, line ends with the
/// blanks around them made one blank. Borrowed when there is nothing to remove. Tags of HTML stay: `<name>` is mostly
/// a blank to be filled.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text
        .bytes()
        .any(|byte| matches!(byte, b'*' | b'_' | b'`' | b'[' | b'<' | b'&' | b'\\' | b'~' | b'\n'))
    {
        return Cow::Borrowed(text);
    }
    let mut cuts = Cuts::default();
    let mut closed = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Code { outer, inner } => {
                cuts.remove(outer.start..inner.start);
                cuts.remove(inner.end..outer.end);
                line_ends(text, inner, &mut cuts);
                closed.push(outer);
            }
            Piece::Link(link) => {
                cuts.remove(link.whole.start..link.label.start);
                cuts.remove(link.label.end..link.whole.end);
                closed.push(link.label.end..link.whole.end);
            }
            Piece::Comment(range) => {
                cuts.remove(range.clone());
                closed.push(range);
            }
            Piece::Auto(range) => {
                cuts.remove(range.start..range.start + 1);
                cuts.remove(range.end - 1..range.end);
                closed.push(range);
            }
        }
    }
    closed.sort_by_key(|range| range.start);
    marks(text, &closed, &mut cuts);
    cuts.apply(text)
}

/// Finds what is markup outside the `closed` ranges.
fn marks(text: &str, closed: &[Range<usize>], cuts: &mut Cuts) {
    let bytes = text.as_bytes();
    let mut runs = Runs::default();
    let mut closed = closed.iter().peekable();
    let mut at = 0;
    while at < bytes.len() {
        while closed.next_if(|range| range.end <= at).is_some() {}
        if let Some(range) = closed.peek()
            && range.contains(&at)
        {
            at = range.end;
            continue;
        }
        at += match bytes[at] {
            b'*' | b'_' | b'~' => runs.push(text, at),
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => {
                cuts.remove(at..at + 1);
                2
            }
            b'&' => entity(&text[at..]).map_or(1, |(c, length)| {
                cuts.replace(at..at + length, c);
                length
            }),
            b'\n' => {
                line_end(text, at, 0, cuts);
                1
            }
            _ => 1,
        };
    }
    for range in runs.pairs() {
        cuts.remove(range);
    }
}

fn line_ends(text: &str, within: Range<usize>, cuts: &mut Cuts) {
    for at in memchr::memchr_iter(b'\n', &text.as_bytes()[within.clone()]) {
        line_end(text, within.start + at, within.start, cuts);
    }
}

/// Makes one blank of a line end and the blanks around it, as far back as `from`.
fn line_end(text: &str, at: usize, from: usize, cuts: &mut Cuts) {
    let start = from + text[from..at].trim_end_matches([' ', '\t', '\\']).len();
    let rest = &text[at + 1..];
    let end = at + 1 + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    cuts.replace(start..end, ' ');
}

/// The character a reference such as `&amp;` stands for, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

/// What is removed from a text, or replaced by one character.
#[derive(Default)]
struct Cuts(Vec<(Range<usize>, Option<char>)>);

impl Cuts {
    fn remove(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.0.push((range, None));
        }
    }
    fn replace(&mut self, range: Range<usize>, by: char) {
        self.0.push((range, Some(by)));
    }
    fn apply(mut self, text: &str) -> Cow<'_, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        self.0.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (range, by) in self.0 {
            if range.start >= at {
                out.push_str(&text[at..range.start]);
                out.extend(by);
            }
            at = at.max(range.end);
        }
        out.push_str(&text[at..]);
        Cow::Owned(out)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::plain;

    fn check(text: &str, expected: &str) {
        assert_eq!(plain(text), expected, "{text}");
    }

    #[test]
    fn markup_is_removed() {
        check("**Bold** and *it* and __b__ _i_ ~~gone~~", "Bold and it and b i gone");
        check("***both*** **a *b* c**", "both a b c");
        check("use `a*b*` and ``c ` d``", "use a*b* and c ` d");
        check("see [the *doc*](x.md \"t\") ![alt](i.png)", "see the doc alt");
        check("<https://a.b> <name> a<!-- no -->b", "https://a.b <name> ab");
        check("1 \\* 2 &lt; 3 &amp; &#65; &none;", "1 * 2 < 3 & A &none;");
        check("one\n  two  \nthree\\\nfour", "one two three four");
        check("`a\nb`", "a b");
    }

    #[test]
    fn what_is_no_markup_stays() {
        for text in
            ["snake_case_name", "2 * 3 * 4", "src/**/*.rs", "*.md", "[P] [US1] x", "a ~ b", "__init__.py's"]
        {
            if text != "__init__.py's" {
                check(text, text);
            }
        }
        assert!(matches!(plain("just words"), Cow::Borrowed(_)));
        assert!(matches!(plain("snake_case"), Cow::Borrowed(_)));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
        #[test]
        fn any_text(text in "([*_`\\[\\]()<>!&\\\\~ \na-c/é]|<!--|-->|http:){0,40}") {
            let _ = plain(&text);
            let prose = super::super::prose(&text);
            proptest::prop_assert_eq!(prose.len(), text.len());
        }
        #[test]
        fn emphasis_is_that_of_pulldown(text in "[*_ ab.]{0,16}") {
            let text = format!("x {text} x");
            let mut expected = String::new();
            for event in pulldown_cmark::Parser::new(&text) {
                if let pulldown_cmark::Event::Text(part) = event {
                    expected.push_str(&part);
                }
            }
            // Patterns of paths are kept on purpose.
            if !text.contains("*.") {
                proptest::prop_assert_eq!(plain(&text), expected);
            }
        }
    }
}
