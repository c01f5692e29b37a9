//! Facts given as a map: examples of rules, results of a run, files that are linted. What a map does not say and its
//! text tells is derived: words, quantities, paths, criteria, zones, deliverables.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_yaml::Value;

use crate::syntax::text::vocabulary::Vocabulary;
use crate::syntax::text::{object, path, quantity, sentence};

use super::fact::{Fact, Facts, Piece};
use super::operator::normalized;
use super::path::{Field, Path};
use super::zone::{Zone, Zones};

/// Facts of a map such as `{task: {id: T1}, prompt: {text: …}}`.
pub struct Map<'a> {
    value: &'a Value,
    vocabulary: &'a Vocabulary,
    zones: &'a Zones,
}

impl<'a> Map<'a> {
    /// The facts of `value`.
    #[must_use]
    pub fn new(value: &'a Value, vocabulary: &'a Vocabulary, zones: &'a Zones) -> Self {
        Self { value, vocabulary, zones }
    }

    fn text(&self, scope: &str, field: &str) -> Option<&'a str> {
        self.value.get(scope)?.get(field)?.as_str()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn derived(&self, field: Field) -> Fact<'a> {
        match field {
            Field::InputUtf8
            | Field::InputWords
            | Field::InputQuantities
            | Field::InputPaths
            | Field::InputCriteria => {
                self.text("input", "text").map_or(Fact::Missing, |text| self.of_input(field, text))
            }
            Field::PromptOwn
            | Field::PromptRequest
            | Field::PromptTask
            | Field::PromptInstructions
            | Field::PromptData => {
                self.text("prompt", "text").map_or(Fact::Missing, |text| self.of_prompt(field, text))
            }
            Field::PromptWords | Field::PromptDataWords => {
                self.text("prompt", "text").map_or(Fact::Missing, |text| self.of_prompt(field, text))
            }
            Field::TaskDeliverables | Field::TaskDeclaredOutputs | Field::TaskOutputPaths => {
                self.value.get("task").map_or(Fact::Missing, |task| self.of_task(field, task))
            }
            _ => Fact::Missing,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn of_input(&self, field: Field, text: &'a str) -> Fact<'a> {
        match field {
            Field::InputWords => number(sentence::count(text)),
            Field::InputQuantities => number(
                quantity::find(text, self.vocabulary).iter().filter(|quantity| quantity.count > 0).count(),
            ),
            Field::InputPaths => number(path::find(text, self.vocabulary).len()),
            Field::InputCriteria => Fact::Items(self.zones.criteria(text)),
            _ => Fact::Bool(true),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn of_prompt(&self, field: Field, text: &'a str) -> Fact<'a> {
        let zone = |wanted: Zone| {
            let parts = self.zones.split(text).into_iter().filter(move |(zone, _)| *zone == wanted);
            parts.map(|(_, range)| Piece::new(&text[range])).collect::<Vec<_>>()
        };
        match field {
            Field::PromptWords => number(sentence::count(text)),
            Field::PromptDataWords => {
                let body = |piece: &Piece<'_>| {
                    sentence::count(piece.text.split_once('\n').map_or("", |(_, body)| body))
                };
                number(zone(Zone::Data).iter().map(body).sum())
            }
            Field::PromptData => Fact::Zones(zone(Zone::Data)),
            _ => Fact::Zones(zone(Zone::Instructions)),
        }
    }

    fn of_task(&self, field: Field, task: &Value) -> Fact<'a> {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let listed =
            task.get("outputs").and_then(Value::as_sequence).into_iter().flatten().filter_map(Value::as_str);
        let written = listed.map(str::to_owned).chain(text(task.get("output_path")));
        if field == Field::TaskOutputPaths {
            return Fact::Texts(written.map(Piece::new).collect());
        }
        let declared: BTreeSet<String> = written.map(|path| normalized(&path).unwrap_or(path)).collect();
        if field == Field::TaskDeclaredOutputs {
            return number(declared.len());
        }
        let described = text(task.get("description")).map_or(0, |text| deliverables(&text, self.vocabulary));
        number(declared.len().max(described))
    }
}

/// How many things a description asks for: quantities or file names in the objects of its creating verbs.
#[must_use]
pub fn deliverables(description: &str, vocabulary: &Vocabulary) -> usize {
    object::find(description, vocabulary)
        .into_iter()
        .map(|range| {
            let object = &description[range];
            let counted =
                quantity::find(object, vocabulary).iter().map(|hit| hit.count).fold(0, u64::saturating_add);
            let named: BTreeSet<&str> =
                path::find(object, vocabulary).into_iter().map(|at| &object[at]).collect();
            usize::try_from(counted).unwrap_or(usize::MAX).max(named.len())
        })
        .fold(0, usize::saturating_add)
}

impl Facts for Map<'_> {
    fn fact(&self, path: &Path) -> Fact<'_> {
        let mut at = Some(self.value);
        for part in path.parts() {
            at = at.and_then(|value| value.get(part));
        }
        match at {
            None => self.derived(path.field),
            Some(value) => given(value),
        }
    }

    fn is_plain(&self, path: &Path) -> bool {
        path.as_str() == "output.text"
            && self.text("output", "format").is_some_and(|format| !is_prose_format(format))
    }
}

/// Whether a file of this format is language, with marks in it.
#[must_use]
pub fn is_prose_format(format: &str) -> bool {
    matches!(format, "md" | "markdown" | "mdx" | "text" | "txt" | "html")
}

fn given(value: &Value) -> Fact<'_> {
    match value {
        Value::Null => Fact::Null,
        Value::Bool(value) => Fact::Bool(*value),
        Value::Number(number) => Fact::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Fact::Text(Piece::new(Cow::Borrowed(text.as_str()))),
        Value::Sequence(items) if !items.is_empty() && items.iter().all(Value::is_mapping) => {
            Fact::Rows(items)
        }
        Value::Sequence(items) if items.iter().all(Value::is_string) => {
            Fact::Texts(items.iter().filter_map(Value::as_str).map(Piece::new).collect())
        }
        Value::Sequence(items) => Fact::Items(items.len()),
        Value::Mapping(map) => Fact::Items(map.len()),
        Value::Tagged(tagged) => given(&tagged.value),
    }
}

/// A count as a fact; counts are far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(super) fn number(count: usize) -> Fact<'static> {
    Fact::Number(count as f64)
}

#[cfg(test)]
mod tests {
    use super::deliverables;
    use crate::syntax::text::vocabulary::tests::shipped;

    #[test]
    fn what_a_description_asks_for() {
        let vocabulary = shipped();
        for (text, want) in [
            ("Generate all sections of the report in one file", 0),
            ("Write both columns", 0),
            ("Write multiple sentences", 0),
            ("Create 1 file", 1),
            ("Create a.md, b.md and c.md", 3),
            ("Create three files", 3),
            ("Write 3 emails", 3),
            ("Write a summary of a.md and b.md", 0),
            ("Generate a report with 3 pages", 0),
            ("Create a.md and a.md", 1),
        ] {
            assert_eq!(deliverables(text, &vocabulary), want, "{text}");
        }
    }
}
