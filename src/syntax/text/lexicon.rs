//! A set of words and phrases, looked up without regard to case and accents and without allocating for ASCII.

use std::ops::Range;

use crate::base::fold::fold;

/// Words and phrases with a number each.
///
/// Invariant: entries are sorted by their first word; `first` tells where the entries of each first byte begin, `lengths`
/// has a bit for each length of first words that begin with a byte, the last for all that are longer.
#[derive(Debug, Clone)]
pub struct Lexicon {
    entries: Vec<Entry>,
    first: Box<[u32; 257]>,
    lengths: Box<[u32; 256]>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    word: Box<str>,
    rest: Vec<Box<str>>,
    value: u32,
}

impl Default for Lexicon {
    fn default() -> Self {
        Self { entries: Vec::new(), first: Box::new([0; 257]), lengths: Box::new([0; 256]) }
    }
}

impl Lexicon {
    /// A lexicon of `words`; a phrase is words separated by blanks. Of equal words the first counts.
    pub fn new<S: AsRef<str>>(words: impl IntoIterator<Item = (S, u32)>) -> Self {
        let mut entries: Vec<Entry> =
            words.into_iter().filter_map(|(word, value)| entry(word.as_ref(), value)).collect();
        entries.sort_by(|a, b| (&a.word, &a.rest).cmp(&(&b.word, &b.rest)));
        entries.dedup_by(|later, kept| later.word == kept.word && later.rest == kept.rest);
        let mut first = Box::new([0_u32; 257]);
        let mut lengths = Box::new([0_u32; 256]);
        for entry in &entries {
            let byte = usize::from(entry.word.as_bytes()[0]);
            first[byte + 1] += 1;
            lengths[byte] |= length_bit(&entry.word);
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        Self { entries, first, lengths }
    }

    /// A lexicon of `words` numbered by position.
    pub fn numbered<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Self {
        Self::new(words.into_iter().zip(0_u32..))
    }

    /// Whether it holds no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The number of a single word.
    #[must_use]
    pub fn get(&self, word: &str) -> Option<u32> {
        if self.lacks(word) {
            return None;
        }
        with_folded(word, |folded| {
            self.starting(folded)
                .iter()
                .find(|entry| entry.rest.is_empty() && &*entry.word == folded)
                .map(|e| e.value)
        })
    }

    /// Whether it holds a single word.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.get(word).is_some()
    }

    /// Whether an entry begins with this word.
    #[must_use]
    pub fn begins(&self, word: &str) -> bool {
        !self.lacks(word)
            && with_folded(word, |folded| self.starting(folded).iter().any(|entry| &*entry.word == folded))
    }

    /// The longest entry that begins with the first of `words` (ranges of `text`), and how many words it takes.
    #[must_use]
    pub fn longest(&self, text: &str, words: &[Range<usize>]) -> Option<(u32, usize)> {
        let first = &text[words.first()?.clone()];
        if self.lacks(first) {
            return None;
        }
        with_folded(first, |folded| {
            self.starting(folded)
                .iter()
                .filter(|entry| &*entry.word == folded && follows(&entry.rest, text, &words[1..]))
                .max_by_key(|entry| entry.rest.len())
                .map(|entry| (entry.value, entry.rest.len() + 1))
        })
    }

    /// Whether the first letter and the length of a word rule it out: folding changes neither of ASCII.
    fn lacks(&self, word: &str) -> bool {
        let Some(first) = word.as_bytes().first() else { return true };
        let lengths = self.lengths[usize::from(first.to_ascii_lowercase())];
        lengths & length_bit(word) == 0 && word.is_ascii()
    }

    fn starting(&self, folded: &str) -> &[Entry] {
        let Some(&byte) = folded.as_bytes().first() else { return &[] };
        let at = usize::from(byte);
        &self.entries[self.first[at] as usize..self.first[at + 1] as usize]
    }
}

fn length_bit(word: &str) -> u32 {
    1 << word.len().min(31)
}

fn entry(words: &str, value: u32) -> Option<Entry> {
    let folded = fold(words);
    let mut parts = folded.split_whitespace().map(Box::<str>::from);
    Some(Entry { word: parts.next()?, rest: parts.collect(), value })
}

fn follows(rest: &[Box<str>], text: &str, words: &[Range<usize>]) -> bool {
    rest.len() <= words.len()
        && rest
            .iter()
            .zip(words)
            .all(|(part, word)| with_folded(&text[word.clone()], |folded| folded == &**part))
}

/// Calls `then` with the folded word; short ASCII words are folded on the stack.
fn with_folded<T>(word: &str, then: impl FnOnce(&str) -> T) -> T {
    let mut buffer = [0_u8; 32];
    if word.len() <= buffer.len() && word.is_ascii() {
        let short = &mut buffer[..word.len()];
        short.copy_from_slice(word.as_bytes());
        short.make_ascii_lowercase();
        return then(std::str::from_utf8(short).expect("ASCII is UTF-8"));
    }
    then(&fold(word))
}

#[cfg(test)]
mod tests {
    use super::Lexicon;
    use crate::syntax::text::sentence::words;

    #[test]
    fn words_and_phrases() {
        let lexicon = Lexicon::numbered(["good", "well written", "história", "well"]);
        let check = |text: &str| lexicon.longest(text, &words(text).collect::<Vec<_>>());
        assert_eq!(check("Good"), Some((0, 1)));
        assert_eq!(check("WELL written"), Some((1, 2)));
        assert_eq!(check("well then"), Some((3, 1)));
        assert_eq!(check("Historia"), Some((2, 1)));
        assert_eq!(check("histo\u{301}ria"), Some((2, 1)));
        assert_eq!(check("goods"), None);
        assert_eq!(lexicon.get("well"), Some(3));
        assert_eq!(Lexicon::default().get("x"), None);
    }
}
