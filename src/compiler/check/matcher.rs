//! Lists of words and patterns as rules name them (`"@a+@b"`, or written out), compiled when first used.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use aho_corasick::AhoCorasick;
use regex::Regex;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::syntax::text::lexicon::Lexicon;

/// A pattern list of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "PatternsForm")]
pub struct Patterns {
    /// One of these stands in every text that matches, case aside; empty when nothing is promised.
    pub near: Vec<String>,
    /// Regular expressions, any of which may match.
    pub any: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PatternsForm {
    Plain(Vec<String>),
    Hinted { near: Vec<String>, any: Vec<String> },
}

impl From<PatternsForm> for Patterns {
    fn from(form: PatternsForm) -> Self {
        match form {
            PatternsForm::Plain(any) => Self { near: Vec::new(), any },
            PatternsForm::Hinted { near, any } => Self { near, any },
        }
    }
}

/// All lists by name, from all packs.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    /// Words.
    pub words: BTreeMap<String, Vec<String>>,
    /// Patterns.
    pub patterns: BTreeMap<String, Patterns>,
    shared: BTreeMap<String, Arc<PatternSet>>,
}

/// Names of lists that do not exist.
pub type Unknown = Vec<String>;

/// What a rule writes where a list belongs: one text or several, each `@name`, `@a+@b` or a word or pattern itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Strs(pub Vec<String>);

impl<'de> Deserialize<'de> for Strs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(String),
            Many(Vec<String>),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::One(text) => Self(vec![text]),
            Form::Many(texts) => Self(texts),
        })
    }
}

impl Strs {
    /// The names it refers to, or the text itself.
    fn parts(&self) -> impl Iterator<Item = Result<&str, &str>> {
        self.0.iter().flat_map(|text| {
            let names = text.starts_with('@');
            text.split(if names { '+' } else { '\0' }).map(move |part| part.strip_prefix('@').ok_or(part))
        })
    }
}

/// A list of words, ready to be looked up.
#[derive(Debug, Clone, Default)]
pub struct WordSet {
    written: Strs,
    words: Vec<String>,
    lexicon: OnceLock<Lexicon>,
}

impl WordSet {
    /// Looks the names up.
    pub fn resolve(&mut self, lists: &Lists, unknown: &mut Unknown) {
        for part in self.written.parts() {
            match part {
                Ok(name) => match lists.words.get(name) {
                    Some(words) => self.words.extend_from_slice(words),
                    None => unknown.push(name.to_owned()),
                },
                Err(word) => self.words.push(word.to_owned()),
            }
        }
    }
    /// The words, to be looked up.
    pub fn lexicon(&self) -> &Lexicon {
        self.lexicon.get_or_init(|| Lexicon::numbered(&self.words))
    }
    /// Whether no list is given at all.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.written.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for WordSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { written: Strs::deserialize(deserializer)?, ..Self::default() })
    }
}

impl Serialize for WordSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.words.serialize(serializer)
    }
}

/// Regular expressions, any of which may match.
#[derive(Debug, Default)]
pub struct PatternSet {
    /// A number by which results about shared texts are remembered.
    pub number: usize,
    near: Vec<String>,
    sources: Vec<String>,
    compiled: OnceLock<Result<Vec<Regex>, String>>,
    asked: AtomicU32,
    finder: OnceLock<Option<AhoCorasick>>,
}

/// After so many short searches an automaton has paid for itself.
const SHORT_SEARCHES: u32 = 64;

impl PatternSet {
    /// The first match in a text that may match, by position, then by length.
    #[must_use]
    pub fn find_in(&self, text: &str) -> Option<Range<usize>> {
        let Ok(compiled) = self.compiled() else { return None };
        let firsts = compiled.iter().filter_map(|regex| regex.find(text)).map(|found| found.range());
        firsts.min_by_key(|range| (range.start, range.end))
    }
    /// Every match, by position.
    #[must_use]
    pub fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        if !self.may_match(text) {
            return Vec::new();
        }
        let Ok(compiled) = self.compiled() else { return Vec::new() };
        let mut found: Vec<_> =
            compiled.iter().flat_map(|regex| regex.find_iter(text)).map(|found| found.range()).collect();
        found.sort_by_key(|range| (range.start, range.end));
        found
    }
    /// Whether any pattern matches.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.may_match(text)
            && self.compiled().as_ref().is_ok_and(|all| all.iter().any(|regex| regex.is_match(text)))
    }
    /// The first pattern that cannot be read, and why.
    #[must_use]
    pub fn fault(&self) -> Option<&str> {
        self.compiled().as_ref().err().map(String::as_str)
    }
    fn compiled(&self) -> &Result<Vec<Regex>, String> {
        self.compiled.get_or_init(|| {
            let compile =
                |source: &String| Regex::new(source).map_err(|error| format!("`{source}`: {error}"));
            self.sources.iter().map(compile).collect()
        })
    }
    /// Whether a match is not ruled out by a look for the words that stand near every match.
    #[must_use]
    pub fn may_match(&self, text: &str) -> bool {
        if self.near.is_empty() {
            return true;
        }
        if self.asked.fetch_add(1, Ordering::Relaxed) < SHORT_SEARCHES {
            return self.near.iter().any(|word| contains(text, word));
        }
        let finder = self
            .finder
            .get_or_init(|| AhoCorasick::builder().ascii_case_insensitive(true).build(&self.near).ok());
        finder.as_ref().is_none_or(|finder| finder.is_match(text))
    }
}

fn contains(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let Some(&first) = word.first() else { return true };
    let (low, high) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(low, high, text)
        .any(|at| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
}

/// A reference to patterns, shared by all rules that write the same.
#[derive(Debug, Clone, Default)]
pub struct PatternRef {
    written: Strs,
    set: Arc<PatternSet>,
}

impl PatternRef {
    /// Looks the names up.
    pub fn resolve(&mut self, lists: &mut Lists, unknown: &mut Unknown) {
        let key = self.written.0.join("\u{0}");
        if let Some(set) = lists.shared.get(&key) {
            self.set = Arc::clone(set);
            return;
        }
        let mut set = PatternSet { number: lists.shared.len(), ..PatternSet::default() };
        let mut promised = true;
        for part in self.written.parts() {
            match part {
                Ok(name) => match lists.patterns.get(name) {
                    Some(patterns) => {
                        promised &= !patterns.near.is_empty();
                        set.near.extend_from_slice(&patterns.near);
                        set.sources.extend_from_slice(&patterns.any);
                    }
                    None => unknown.push(name.to_owned()),
                },
                Err(source) => {
                    promised = false;
                    set.sources.push(source.to_owned());
                }
            }
        }
        if !promised {
            set.near.clear();
        }
        self.set = Arc::new(set);
        lists.shared.insert(key, Arc::clone(&self.set));
    }
    /// The patterns.
    #[must_use]
    pub fn set(&self) -> &PatternSet {
        &self.set
    }
}

impl Lists {
    /// Patterns that cannot be read, among all that rules use.
    pub fn faults(&self) -> impl Iterator<Item = &str> {
        self.shared.values().filter_map(|set| set.fault())
    }
}

impl<'de> Deserialize<'de> for PatternRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { written: Strs::deserialize(deserializer)?, set: Arc::default() })
    }
}

impl Serialize for PatternRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.set.sources.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Lists, PatternRef, Patterns, Strs};

    fn set(near: &[&str], any: &[&str]) -> (PatternRef, Vec<String>) {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let mut lists = Lists::default();
        lists.patterns.insert("p".into(), Patterns { near: own(near), any: own(any) });
        let mut reference = PatternRef { written: Strs(vec!["@p".into()]), ..PatternRef::default() };
        let mut unknown = Vec::new();
        reference.resolve(&mut lists, &mut unknown);
        (reference, unknown)
    }

    #[test]
    fn matches_come_by_position() {
        let (reference, unknown) = set(&[], &["b+", "a+"]);
        assert!(unknown.is_empty());
        assert_eq!(reference.set().find_in("xaabb"), Some(1..3));
        assert_eq!(reference.set().find_all("bab"), [0..1, 1..2, 2..3]);
    }

    #[test]
    fn near_words_spare_the_search_and_change_nothing() {
        let (reference, _) = set(&["TODO"], &["(?i)todo:"]);
        for _ in 0..200 {
            assert!(reference.set().is_match("a todo: b"));
            assert!(!reference.set().is_match("nothing here"));
        }
    }

    #[test]
    fn faults_are_told() {
        let (reference, _) = set(&[], &["(["]);
        assert!(reference.set().fault().is_some());
        assert!(!reference.set().is_match("x"));
    }
}
