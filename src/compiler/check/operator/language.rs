//! `language`: a text is in one language. The share of words in foreign sentences stays below a limit; a sentence of
//! enough words is foreign when the language that is expected is improbable for it.

use std::ops::Range;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::Tools;
use crate::compiler::check::fact::{Answer, Facts, Piece};
use crate::compiler::check::path::Path;
use crate::syntax::text::prose::prose;
use crate::syntax::text::sentence::{sentences, words};

/// `{target, expect, min_words, foreign_below, max_foreign_ratio}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// The text.
    pub target: Path,
    /// The language it should be in: `en`.
    pub expect: String,
    /// The share of words that may be foreign; none by default.
    #[serde(default)]
    pub max_foreign_ratio: f64,
    /// The fewest words of a sentence that is judged.
    #[serde(default = "few_words")]
    pub min_words: usize,
    /// The probability below which a sentence is foreign.
    #[serde(default = "improbable")]
    pub foreign_below: f64,
    /// What decides the judgement of a text, as one word to remember it by.
    #[serde(skip)]
    manner: OnceLock<String>,
}

fn few_words() -> usize {
    4
}

fn improbable() -> f64 {
    0.1
}

/// What was found in a text.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    words: usize,
    foreign: usize,
    first: Option<Range<usize>>,
}

impl Language {
    pub(super) fn eval(&self, facts: &dyn Facts, tools: &Tools<'_>) -> Answer {
        let (mut words, mut foreign, mut first) = (0, 0, None);
        for piece in facts.fact(&self.target).pieces() {
            let tally = self.judged(piece, tools);
            words += tally.words;
            foreign += tally.foreign;
            first = first.or_else(|| tally.first.map(|range| piece.hit(range)));
        }
        // Counts of words are far below 2^52.
        #[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
        let share = if words == 0 { 0.0 } else { foreign as f64 / words as f64 };
        match first {
            Some(hit) if share > self.max_foreign_ratio => Answer::hit(hit),
            Some(_) | None => Answer::Pass,
        }
    }

    fn judged(&self, piece: &Piece<'_>, tools: &Tools<'_>) -> Tally {
        if piece.shared.is_none() {
            return self.tally(&piece.text, tools);
        }
        let word = || format!("{} {} {}", self.expect, self.min_words, self.foreign_below);
        let manner = self.manner.get_or_init(word).as_str();
        let known = tools.foreign.borrow().get(manner).and_then(|known| known.get(&*piece.text).cloned());
        known.unwrap_or_else(|| {
            let tally = self.tally(&piece.text, tools);
            let mut known = tools.foreign.borrow_mut();
            known.entry(manner.to_owned()).or_default().insert(piece.text.to_string(), tally.clone());
            tally
        })
    }

    fn tally(&self, text: &str, tools: &Tools<'_>) -> Tally {
        let text = prose(text);
        let mut tally = Tally::default();
        for sentence in sentences(&text) {
            let part = &text[sentence.clone()];
            let count =
                words(part).filter(|word| part[word.clone()].chars().any(char::is_alphabetic)).count();
            tally.words += count;
            if count >= self.min_words
                && tools
                    .languages
                    .probability(part, &self.expect)
                    .is_some_and(|likely| likely < self.foreign_below)
            {
                tally.foreign += count;
                tally.first.get_or_insert(sentence);
            }
        }
        tally
    }
}
