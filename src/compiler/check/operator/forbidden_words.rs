//! `forbidden_words`: words and phrases do not stand in a text, save in units where one of `unless` occurs.
//!
//! A word is a whole word with its hyphens, without case and accents, of the prose of the text. With
//! `position: imperative` only commands count: at the start of a sentence, or after a word that leads one in.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Tools;
use super::pattern::Unit;
use crate::compiler::check::fact::{Answer, Facts, Piece};
use crate::compiler::check::matcher::{Lists, PatternRef, Unknown, WordSet};
use crate::compiler::check::path::Path;
use crate::syntax::text::lexicon::Lexicon;
use crate::syntax::text::object::commands;
use crate::syntax::text::prose::prose;
use crate::syntax::text::sentence::{clauses, sentences, words};
use crate::syntax::text::vocabulary::Vocabulary;

/// `{target, words, exceptions, unless, unit, position}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ForbiddenWords {
    /// The text.
    pub target: Path,
    /// What must not stand in it.
    pub words: WordSet,
    /// Phrases in which they may stand.
    #[serde(default, skip_serializing_if = "WordSet::is_absent")]
    pub exceptions: WordSet,
    /// What excuses a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<PatternRef>,
    /// What is excused.
    pub unit: Unit,
    /// Which words count.
    #[serde(default)]
    pub position: Position,
}

/// Which words count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// All.
    #[default]
    Any,
    /// Those that command.
    Imperative,
}

impl ForbiddenWords {
    pub(super) fn resolve(&mut self, lists: &mut Lists, unknown: &mut Unknown) {
        self.words.resolve(lists, unknown);
        self.exceptions.resolve(lists, unknown);
        if let Some(unless) = &mut self.unless {
            unless.resolve(lists, unknown);
        }
    }

    pub(super) fn eval(&self, facts: &dyn Facts, tools: &Tools<'_>) -> Answer {
        let fact = facts.fact(&self.target);
        let found = fact.pieces().iter().find_map(|piece| Some((piece, self.guilty(piece, tools)?)));
        match found {
            Some((piece, range)) => Answer::hit(piece.hit(range)),
            None => Answer::Pass,
        }
    }

    fn guilty(&self, piece: &Piece<'_>, tools: &Tools<'_>) -> Option<Range<usize>> {
        let lexicon = self.words.lexicon();
        // Masking only takes words away: what holds none of them as it stands holds none in its prose.
        if !words(&piece.text).any(|word| lexicon.begins(&piece.text[word])) {
            return None;
        }
        let text = prose(&piece.text);
        for unit in units(&text, self.unit, tools.vocabulary) {
            let part = &text[unit.clone()];
            let Some(range) = self.first(part, lexicon, tools.vocabulary) else { continue };
            let excused =
                self.unless.as_ref().is_some_and(|unless| unless.set().is_match(&piece.text[unit.clone()]));
            if !excused {
                return Some(unit.start + range.start..unit.start + range.end);
            }
        }
        None
    }

    fn first(&self, part: &str, lexicon: &Lexicon, vocabulary: &Vocabulary) -> Option<Range<usize>> {
        let words: Vec<_> = words(part).collect();
        let mut at = 0;
        while at < words.len() {
            if let Some((_, taken)) = self.exceptions.lexicon().longest(part, &words[at..]) {
                at += taken;
                continue;
            }
            if let Some((_, taken)) = lexicon.longest(part, &words[at..]) {
                let counts = self.position == Position::Any || commands(part, &words, at, vocabulary);
                if counts {
                    return Some(words[at].start..words[at + taken - 1].end);
                }
            }
            at += 1;
        }
        None
    }
}

/// The units of a text.
pub(super) fn units(text: &str, unit: Unit, vocabulary: &Vocabulary) -> Vec<Range<usize>> {
    match unit {
        Unit::Clause => clauses(text, &vocabulary.clause_joints),
        Unit::Sentence => sentences(text).collect(),
        Unit::Text => std::iter::once(0..text.len()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn words_and_excuses() {
        let check = |text: &str| {
            ask(
                "{forbidden_words: {target: criterion.text, words: [nice, well written], exceptions: [nice guy], unit: clause, unless: '\\d'}}",
                &format!("{{criterion: {{text: \"{text}\"}}}}"),
            )
        };
        assert_eq!(check("Tone is Nice."), "Nice");
        assert_eq!(check("WELL written text"), "WELL written");
        assert_eq!(check("a nice guy"), "pass");
        assert_eq!(check("3 hotels in Venice"), "pass");
        assert_eq!(check("nice score of 8"), "pass");
        assert_eq!(check("score of 8, tone is nice"), "nice");
        assert_eq!(check("see nice_name and `nice`"), "pass");
        assert_eq!(ask("{forbidden_words: {target: criterion.text, words: [x], unit: text}}", "{}"), "pass");
    }

    #[test]
    fn commands_alone() {
        let check = |text: &str| {
            ask(
                "{forbidden_words: {target: task.x, words: [perfect, improve], unit: sentence, position: imperative}}",
                &format!("{{task: {{x: \"{text}\"}}}}"),
            )
        };
        assert_eq!(check("Improve the page"), "Improve");
        assert_eq!(check("Test the perfect square"), "pass");
        assert_eq!(check("Read it and perfect it"), "perfect");
        assert_eq!(check("1. Improve x"), "Improve");
    }
}
