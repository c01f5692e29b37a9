//! Numbers in words and digits: `5`, `1,000`, `twenty-one`, `duzentos e vinte e um`, `a dozen`, `3-5`, `between 3 and 5`.

use std::ops::Range;

use super::vocabulary::Vocabulary;

/// A number that was read, and the tokens it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number; of a range the upper end.
    pub value: u64,
    /// The lower end of a range; else equal to `value`.
    pub low: u64,
    /// How many words it is made of.
    pub words: usize,
    /// Written in digits.
    pub digits: bool,
}

/// The number that begins at word `at`. Numbers in words reach 999, numbers in digits saturate.
#[must_use]
pub fn read(text: &str, words: &[Range<usize>], at: usize, vocabulary: &Vocabulary) -> Option<Number> {
    let first = single(text, words, at, vocabulary)?;
    let next = at + first.words;
    if first.low != first.value {
        return Some(first);
    }
    // `3–5` is two words with a dash between; `3-5` is one, read above.
    let tight = |here: usize| {
        words.get(here).is_some_and(|word| matches!(&text[words[here - 1].end..word.start], "–" | "—"))
    };
    if next > at && tight(next) {
        return Some(join(first, single(text, words, next, vocabulary), 0).unwrap_or(first));
    }
    let joined = |lexicon: &super::lexicon::Lexicon| {
        words.get(next).is_some_and(|word| blank(text, words, next) && lexicon.contains(&text[word.clone()]))
            && words.get(next + 1).is_some()
            && blank(text, words, next + 1)
    };
    let between =
        at > 0 && blank(text, words, at) && vocabulary.between.contains(&text[words[at - 1].clone()]);
    if joined(&vocabulary.range) || (between && joined(&vocabulary.joints)) {
        let end = single(text, words, next + 1, vocabulary);
        return Some(join(first, end, 1).unwrap_or(first));
    }
    Some(first)
}

fn join(first: Number, end: Option<Number>, between: usize) -> Option<Number> {
    let end = end.filter(|end| end.value > first.value && end.low == end.value)?;
    Some(Number { value: end.value, low: first.value, words: first.words + between + end.words, ..first })
}

/// Whether only blanks stand before word `at`.
fn blank(text: &str, words: &[Range<usize>], at: usize) -> bool {
    at > 0 && text[words[at - 1].end..words[at].start].bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

fn single(text: &str, words: &[Range<usize>], at: usize, vocabulary: &Vocabulary) -> Option<Number> {
    let word = words.get(at)?;
    match text.as_bytes()[word.start] {
        b'0'..=b'9' => in_digits(text, words, at, vocabulary),
        _ => in_words(text, words, at, vocabulary),
    }
}

fn in_digits(text: &str, words: &[Range<usize>], at: usize, vocabulary: &Vocabulary) -> Option<Number> {
    let word = &text[words[at].clone()];
    let plain = word.strip_suffix(['x', 'X']).unwrap_or(word);
    if let Some((low, high)) = plain.split_once('-') {
        let (low, high) = (digits(low)?, digits(high)?);
        return (low < high).then_some(Number { value: high, low, words: 1, digits: true });
    }
    let mut value = digits(plain)?;
    let mut taken = 1;
    // Groups of three digits behind a comma or stop: `1,000`, `1.000`. Any other stop makes it a fraction.
    while let Some(next) = words.get(at + taken) {
        let gap = &text[words[at + taken - 1].end..next.start];
        if !matches!(gap, "," | ".") {
            break;
        }
        let group = &text[next.clone()];
        let Some(part) = digits(group) else { break };
        if group.len() != 3 {
            return None;
        }
        value = value.saturating_mul(1000).saturating_add(part);
        taken += 1;
    }
    let scaled = words.get(at + taken).filter(|_| blank(text, words, at + taken));
    if let Some(scale) = scaled.and_then(|next| vocabulary.scales.get(&text[next.clone()])) {
        value = value.saturating_mul(u64::from(scale));
        taken += 1;
    }
    Some(Number { value, low: value, words: taken, digits: true })
}

fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.bytes().fold(0_u64, |sum, byte| sum.saturating_mul(10).saturating_add(u64::from(byte - b'0'))))
}

/// Words are added while each is smaller than the gap the one before it leaves: after 200 something below 100, after
/// 20 something below 10.
fn in_words(text: &str, words: &[Range<usize>], at: usize, vocabulary: &Vocabulary) -> Option<Number> {
    let mut sum = 0_u64;
    let mut gap = u64::MAX;
    let mut taken = 0;
    let mut here = at;
    while here < words.len() && (here == at || blank(text, words, here)) {
        let word = &text[words[here].clone()];
        let next = here + 1;
        if taken > 0 && vocabulary.joints.contains(word) {
            let joins = words.get(next).filter(|_| blank(text, words, next));
            let fits = joins
                .and_then(|next| value(&text[next.clone()], vocabulary))
                .is_some_and(|(v, _)| v > 0 && v < gap);
            if !fits {
                break;
            }
            here = next;
            continue;
        }
        if let Some((part, after)) =
            value(word, vocabulary).filter(|&(v, _)| v < gap && (taken == 0 || v > 0))
        {
            sum += part;
            gap = after;
        } else if let Some(scale) =
            vocabulary.scales.get(word).map(u64::from).filter(|_| taken == 0 || sum < 10)
        {
            sum = sum.max(1) * scale;
            gap = if scale == 100 { 100 } else { 0 };
        } else {
            break;
        }
        here = next;
        taken = here - at;
    }
    (taken > 0).then_some(Number { value: sum, low: sum, words: taken, digits: false })
}

/// The value of a number word (or of `twenty-one`), and how large a number may be added to it.
fn value(word: &str, vocabulary: &Vocabulary) -> Option<(u64, u64)> {
    let mut sum = 0;
    let mut gap = u64::MAX;
    for part in word.split('-') {
        let value = u64::from(vocabulary.numbers.get(part)?);
        if value >= gap {
            return None;
        }
        sum += value;
        gap = match value {
            100.. => 100,
            20..=99 => 10,
            0..=19 => 0,
        };
    }
    Some((sum, gap))
}

#[cfg(test)]
mod tests {
    use super::{Number, read};
    use crate::syntax::text::sentence;
    use crate::syntax::text::vocabulary::tests::shipped;

    #[test]
    fn numbers() {
        let vocabulary = shipped();
        let check = |text: &str, at: usize| {
            let words: Vec<_> = sentence::words(text).collect();
            read(text, &words, at, &vocabulary).map(|Number { value, low, words, .. }| (low, value, words))
        };
        for (text, want) in [
            ("5 emails", (5, 5, 1)),
            ("5x emails", (5, 5, 1)),
            ("1,000 emails", (1000, 1000, 2)),
            ("twenty one emails", (21, 21, 2)),
            ("twenty-one emails", (21, 21, 1)),
            ("three hundred and five pages", (305, 305, 4)),
            ("one hundred pages", (100, 100, 2)),
            ("nine hundred ninety-nine pages", (999, 999, 3)),
            ("a dozen", (12, 12, 1)),
            ("vinte e uma páginas", (21, 21, 3)),
            ("duzentos e vinte e cinco posts", (225, 225, 5)),
            ("cento e dois", (102, 102, 3)),
            ("vinte e emails", (20, 20, 1)),
            ("one two", (1, 1, 1)),
            ("3-5 emails", (3, 5, 1)),
            ("3–5 emails", (3, 5, 2)),
            ("3 to 5 emails", (3, 5, 3)),
            ("3 a 5 emails", (3, 5, 3)),
            ("three to five emails", (3, 5, 3)),
            ("5 to 3 emails", (5, 5, 1)),
            ("3 and 5", (3, 3, 1)),
            ("99999999999999999999999 emails", (u64::MAX, u64::MAX, 1)),
        ] {
            let at = usize::from(text.starts_with("a "));
            assert_eq!(check(text, at), Some(want), "{text}");
        }
        assert_eq!(check("between 3 and 5 emails", 1), Some((3, 5, 3)));
        assert_eq!(check("entre três e cinco", 1), Some((3, 5, 3)));
        for text in ["2.5 pages", "3rd email", "v2", "email", "3-page report"] {
            assert_eq!(check(text, 0), None, "{text}");
        }
    }
}
