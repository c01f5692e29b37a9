//! `pattern`: regular expressions occur in a text, or do not.
//!
//! `match` wants one of them in the whole of a text made of pieces, and in each of several texts. `not_match` wants none
//! anywhere, save in units (clause, sentence, whole text) where one of `unless` occurs. The view is prose by default.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Tools;
use super::forbidden_words::units;
use crate::compiler::check::fact::{Answer, Fact, Facts, Piece};
use crate::compiler::check::matcher::{Lists, PatternRef, Unknown};
use crate::compiler::check::path::Path;
use crate::syntax::text::prose::prose;

/// `{target, view, match | not_match, unless, unit}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// The text.
    pub target: Path,
    /// What of it is looked at.
    #[serde(default)]
    pub view: View,
    /// What must occur.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<PatternRef>,
    /// What must not occur.
    #[serde(rename = "not_match", default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<PatternRef>,
    /// What excuses a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<PatternRef>,
    /// What is excused.
    #[serde(default)]
    pub unit: Unit,
}

/// What of a text is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// What is language.
    #[default]
    Prose,
    /// Everything.
    Raw,
}

/// A part of a text that is judged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Up to a comma or a joint.
    Clause,
    /// Up to a full stop.
    Sentence,
    /// All of it.
    #[default]
    Text,
}

impl Pattern {
    pub(super) fn resolve(&mut self, lists: &mut Lists, unknown: &mut Unknown) {
        for reference in [&mut self.wanted, &mut self.refused, &mut self.unless].into_iter().flatten() {
            reference.resolve(lists, unknown);
        }
    }

    pub(super) fn eval(&self, facts: &dyn Facts, tools: &Tools<'_>) -> Answer {
        let fact = facts.fact(&self.target);
        let raw = self.view == View::Raw || facts.is_plain(&self.target);
        if let Some(wanted) = &self.wanted {
            let occurs = |piece: &Piece<'_>| first(wanted, piece, raw, tools).is_some();
            let (each, any) = (matches!(fact, Fact::Texts(_)), matches!(fact, Fact::Zones(_)));
            let missed = fact.pieces().iter().find(|piece| !occurs(piece));
            return match missed {
                None => Answer::of(each || !fact.pieces().is_empty()),
                Some(_) if any => Answer::of(fact.pieces().iter().any(occurs)),
                Some(bad) if each || raw => Answer::hit(bad.hit(0..bad.text.len())),
                Some(_) => Answer::Fail(None),
            };
        }
        let Some(refused) = &self.refused else { return Answer::Fail(None) };
        for piece in fact.pieces() {
            if let Some(range) = self.guilty(refused, piece, raw, tools) {
                return Answer::hit(piece.hit(range));
            }
        }
        Answer::Pass
    }

    fn guilty(
        &self,
        refused: &PatternRef,
        piece: &Piece<'_>,
        raw: bool,
        tools: &Tools<'_>,
    ) -> Option<Range<usize>> {
        let found = first(refused, piece, raw, tools)?;
        let Some(unless) = &self.unless else { return Some(found) };
        let text = viewed(piece, raw);
        let units = units(&text, self.unit, tools.vocabulary);
        let excused = |range: &Range<usize>| {
            let unit = units.iter().find(|unit| unit.start <= range.start && range.start < unit.end);
            // What is refused cannot excuse itself: `<placeholder>` does not speak of placeholders.
            unit.is_some_and(|unit| {
                let found = unless.set().find_all(&piece.text[unit.clone()]);
                found.iter().any(|found| {
                    unit.start + found.end <= range.start || range.end <= unit.start + found.start
                })
            })
        };
        refused.set().find_all(&text).into_iter().find(|range| !excused(range))
    }
}

/// The first match in a piece; of a shared text it is remembered.
fn first(patterns: &PatternRef, piece: &Piece<'_>, raw: bool, tools: &Tools<'_>) -> Option<Range<usize>> {
    let set = patterns.set();
    let search = || {
        // Masking adds no letters: a word that is nowhere in the text is nowhere in its prose.
        if !set.may_match(&piece.text) {
            return None;
        }
        match viewed(piece, raw) {
            Cow::Owned(masked) if !set.may_match(&masked) => None,
            text => set.find_in(&text),
        }
    };
    let Some(shared) = piece.shared else { return search() };
    let key = (patterns.set().number * 2 + usize::from(raw), shared);
    if let Some(known) = tools.matches.borrow().get(&key) {
        return known.clone();
    }
    let found = search();
    tools.matches.borrow_mut().insert(key, found.clone());
    found
}

fn viewed<'a>(piece: &'a Piece<'_>, raw: bool) -> Cow<'a, str> {
    if raw { Cow::Borrowed(&piece.text) } else { prose(&piece.text) }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn wanted() {
        let check =
            |facts: &str| ask("{pattern: {target: task.paths, view: raw, match: '^[a-z/]+$'}}", facts);
        assert_eq!(check("{task: {paths: a/b}}"), "pass");
        assert_eq!(check("{task: {paths: [a, b]}}"), "pass");
        assert_eq!(check("{task: {paths: [a, 'B']}}"), "B");
        assert_eq!(check("{task: {}}"), "fail");
    }

    #[test]
    fn refused() {
        let check = |text: &str| {
            ask(
                "{pattern: {target: prompt.x, not_match: 'TBD', unless: 'never', unit: sentence}}",
                &format!("{{prompt: {{x: \"{text}\"}}}}"),
            )
        };
        assert_eq!(check("All is said."), "pass");
        assert_eq!(check("Name TBD."), "TBD");
        assert_eq!(check("We never say TBD."), "pass");
        assert_eq!(check("We never say TBD. It is TBD."), "TBD");
        assert_eq!(check("The value `TBD` is allowed."), "pass");
        assert_eq!(
            ask("{pattern: {target: task.paths, view: raw, not_match: '\\\\'}}", "{task: {paths: ['a\\b']}}"),
            "\\"
        );
    }
}
