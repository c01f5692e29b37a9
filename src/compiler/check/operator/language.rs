//! `language`: a text is in one language. The share of words in foreign sentences stays below a limit; a sentence of
//! enough words is foreign when the language that is expected is improbable for it.

use serde::{Deserialize, Serialize};

use super::Tools;
use crate::compiler::check::fact::{Answer, Facts, Hit, Piece};
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
    first: Option<Hit>,
}

impl Language {
    pub(super) fn eval(&self, facts: &dyn Facts, tools: &Tools<'_>) -> Answer {
        let mut all = Tally::default();
        for piece in facts.fact(&self.target).pieces() {
            let tally = self.judged(piece, tools);
            all.words += tally.words;
            all.foreign += tally.foreign;
            all.first = all.first.or(tally.first);
        }
        // Counts of words are far below 2^52.
        #[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
        let share = if all.words == 0 { 0.0 } else { all.foreign as f64 / all.words as f64 };
        match all.first {
            Some(hit) if share > self.max_foreign_ratio => Answer::hit(hit),
            Some(_) | None => Answer::Pass,
        }
    }

    fn judged(&self, piece: &Piece<'_>, tools: &Tools<'_>) -> Tally {
        let Some(shared) = piece.shared else { return self.tally(piece, tools) };
        let key = (shared, format!("{} {} {}", self.expect, self.min_words, self.foreign_below));
        if let Some(known) = tools.foreign.borrow().get(&key) {
            return known.clone();
        }
        let tally = self.tally(piece, tools);
        tools.foreign.borrow_mut().insert(key, tally.clone());
        tally
    }

    fn tally(&self, piece: &Piece<'_>, tools: &Tools<'_>) -> Tally {
        let text = prose(&piece.text);
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
                tally.first.get_or_insert_with(|| piece.hit(sentence));
            }
        }
        tally
    }
}
