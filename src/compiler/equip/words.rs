//! Words and what they mean to routing: folded, stemmed, and told apart from those that say nothing.

use crate::base::fold::fold;
use crate::ir::registry::policy::Routing;

use super::intern::Interner;

/// A stem.
pub(super) type Term = u32;

/// The stem of a word with a digit that no registry has: it is not kept.
pub(super) const UNKNOWN: Term = u32::MAX;

/// One word of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// Its stem.
    pub(super) term: Term,
    /// Says nothing about where a task belongs.
    pub(super) stop: bool,
    /// Has a digit, or is a single letter: a number, an id, a mark.
    pub(super) name: bool,
    /// Stands after `:` and a blank.
    pub(super) after_colon: bool,
    /// Its number among all words, for reports.
    pub(super) number: u32,
}

/// Every word seen so far, stemmed once.
#[derive(Debug)]
pub(super) struct Words<'r> {
    routing: &'r Routing,
    texts: Interner,
    known: Vec<Word>,
    terms: Interner,
    closed: bool,
}

impl<'r> Words<'r> {
    pub(super) fn new(routing: &'r Routing) -> Self {
        Self {
            routing,
            texts: Interner::default(),
            known: Vec::new(),
            terms: Interner::default(),
            closed: false,
        }
    }

    /// Appends at most `most` words of `text` to `out`: runs of letters and digits, folded. Paths are no words: what
    /// they say about a task is read from its outputs.
    pub(super) fn read(&mut self, text: &str, most: usize, out: &mut Vec<Word>) {
        let folded = fold(text);
        let bytes = folded.as_bytes();
        let (mut at, mut count, mut colon) = (0, 0, false);
        while at < bytes.len() && count < most {
            if starts_token(bytes, at) && is_path(&bytes[at..]) {
                at += token(&bytes[at..]).len();
                continue;
            }
            if !is_word(&folded, at) {
                colon = bytes[at] == b':' && bytes.get(at + 1).is_some_and(u8::is_ascii_whitespace)
                    || colon && bytes[at].is_ascii_whitespace();
                at += width(bytes[at]);
                continue;
            }
            let start = at;
            while at < bytes.len() && is_word(&folded, at) {
                at += width(bytes[at]);
            }
            // `e-mail` and `email` are one word.
            let joined = at == start + 1
                && bytes[start].is_ascii_lowercase()
                && bytes.get(at) == Some(&b'-')
                && at + 1 < bytes.len()
                && is_word(&folded, at + 1);
            let word = if joined {
                let rest = at + 1;
                at = rest;
                while at < bytes.len() && is_word(&folded, at) {
                    at += width(bytes[at]);
                }
                self.word(&format!("{}{}", &folded[start..=start], &folded[rest..at]))
            } else {
                self.word(&folded[start..at])
            };
            out.push(Word { after_colon: colon, ..word });
            colon = false;
            count += 1;
        }
    }

    /// The words of a short text.
    pub(super) fn all(&mut self, text: &str) -> Vec<Word> {
        let mut out = Vec::new();
        self.read(text, usize::MAX, &mut out);
        out
    }

    /// The stems of a phrase.
    pub(super) fn phrase(&mut self, text: &str) -> Vec<Term> {
        self.all(text).iter().map(|word| word.term).collect()
    }

    /// A word as it was folded.
    pub(super) fn text(&self, word: Word) -> &str {
        if word.number == UNKNOWN { "" } else { self.texts.text(word.number) }
    }

    /// From now on words with digits are only known if they are: a document has as many of them as it has tasks.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }

    /// How many stems there are.
    pub(super) fn terms(&self) -> usize {
        self.terms.len()
    }

    fn word(&mut self, folded: &str) -> Word {
        let digit = folded.bytes().any(|byte| byte.is_ascii_digit());
        if digit && self.closed && self.texts.find(folded).is_none() {
            return Word { term: UNKNOWN, stop: true, name: true, after_colon: false, number: UNKNOWN };
        }
        let number = self.texts.intern(folded);
        if let Some(&word) = self.known.get(number as usize) {
            return word;
        }
        let listed = self.routing.stop_words.binary_search_by(|stop| stop.as_str().cmp(folded)).is_ok();
        let word = Word {
            term: self.terms.intern(&stem(folded, &self.routing.stemming)),
            stop: listed || folded.bytes().all(|byte| byte.is_ascii_digit()),
            name: digit || folded.chars().nth(1).is_none(),
            after_colon: false,
            number,
        };
        self.known.push(word);
        word
    }
}

fn starts_token(bytes: &[u8], at: usize) -> bool {
    !bytes[at].is_ascii_whitespace() && (at == 0 || bytes[at - 1].is_ascii_whitespace())
}

/// What stands up to the next blank.
fn token(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(u8::is_ascii_whitespace).unwrap_or(bytes.len());
    &bytes[..end]
}

/// Whether the first token is a path: with two slashes, or one and a full stop; `and/or` is none.
fn is_path(bytes: &[u8]) -> bool {
    let token = token(bytes);
    let slashes = memchr::memchr_iter(b'/', token).count();
    slashes > 1 || slashes == 1 && token[..token.len() - 1].contains(&b'.')
}

/// Whether a character of a word begins at `at`.
fn is_word(text: &str, at: usize) -> bool {
    let byte = text.as_bytes()[at];
    if byte.is_ascii() {
        return byte.is_ascii_alphanumeric();
    }
    text[at..].chars().next().is_some_and(char::is_alphanumeric)
}

/// Bytes of the character that begins with this byte.
fn width(byte: u8) -> usize {
    match byte {
        0..=0xbf => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
    }
}

/// A word without the endings that do not change its meaning: of each step the first ending that fits.
fn stem(word: &str, steps: &[Vec<(String, String, u32)>]) -> String {
    let mut stem = word.to_owned();
    for step in steps {
        let fits = step.iter().find(|(ending, _, least)| {
            stem.strip_suffix(ending.as_str()).is_some_and(|rest| rest.chars().count() >= *least as usize)
        });
        if let Some((ending, becomes, _)) = fits {
            stem.truncate(stem.len() - ending.len());
            stem.push_str(becomes);
        }
    }
    stem
}

/// Whether `phrase` stands in `words`, words without meaning between its parts aside; where it begins.
pub(super) fn find_phrase(words: &[Word], phrase: &[Term]) -> Option<usize> {
    let first = *phrase.first()?;
    (0..words.len()).filter(|&at| words[at].term == first).find(|&at| follows(&words[at + 1..], &phrase[1..]))
}

fn follows(words: &[Word], mut rest: &[Term]) -> bool {
    for word in words {
        match rest.first() {
            None => return true,
            Some(&next) if next == word.term => rest = &rest[1..],
            Some(_) if word.stop => {}
            Some(_) => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::{Words, find_phrase};
    use crate::compiler::equip::samples;

    #[test]
    fn endings_do_not_count() {
        let registry = samples::registry();
        let mut words = Words::new(&registry.routing);
        let mut same = |a: &str, b: &str| words.phrase(a) == words.phrase(b);
        for (a, b) in [
            ("Moving", "move"),
            ("components", "component"),
            ("classes", "class"),
            ("testing", "test"),
            ("copies", "copy"),
            ("Automação", "automacao"),
            ("Avaliar", "avalie"),
            ("páginas", "pagina"),
            ("migrations", "migration"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [("preview", "review"), ("remove", "move"), ("copy", "cope"), ("audit", "audio")] {
            assert!(!same(a, b), "{a} {b}");
        }
    }

    #[test]
    fn phrases_skip_small_words() {
        let registry = samples::registry();
        let mut words = Words::new(&registry.routing);
        let mut check = |text: &str, phrase: &str| {
            let phrase = words.phrase(phrase);
            find_phrase(&words.all(text), &phrase)
        };
        assert_eq!(check("Decide on the architecture of a decision", "architecture decision"), Some(3));
        assert_eq!(check("Plan the execution", "plan execution"), Some(0));
        assert_eq!(check("architecture page decision", "architecture decision"), None);
        assert_eq!(check("score the page against it", "score against"), None);
        assert_eq!(check("read `docs/plan/execution.md` and/or", "execution"), None);
        assert_eq!(check("read and/or plan", "and or plan"), Some(1));
    }
}
