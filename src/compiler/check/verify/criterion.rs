//! Which criteria a program can decide, and by which conditions: `squads/dispatch/data/criteria.yaml`.
//!
//! *Invariant*: a claim is decided only when every word of it is understood; the rest is left to a person.

use std::collections::BTreeMap;
use std::ops::Range;

use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::compiler::check::matcher::Lists;
use crate::compiler::check::operator::Check;
use crate::syntax::text::lexicon::Lexicon;
use crate::syntax::text::vocabulary::Vocabulary;
use crate::syntax::text::{number, path, sentence};

/// Where the data stands.
pub const FILE: &str = "squads/dispatch/data/criteria.yaml";

/// How criteria are read.
#[derive(Debug, Clone, Default)]
pub struct Criteria {
    joints: Option<Regex>,
    refused: Option<Regex>,
    fillers: Lexicon,
    entries: Vec<Entry>,
    units: BTreeMap<String, Lexicon>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: String,
    patterns: Vec<Regex>,
    check: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "schema")]
    _schema: String,
    joints: String,
    refused: String,
    fillers: Vec<String>,
    predicates: Vec<Written>,
    units: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    #[serde(rename = "match")]
    patterns: Vec<String>,
    check: Value,
}

/// A condition that a criterion makes.
#[derive(Debug, Clone)]
pub struct Demand {
    /// Which kind: `at-least`.
    pub kind: String,
    /// The file, if the criterion names one.
    pub path: Option<String>,
    /// What must hold.
    pub check: Check,
    /// The words it was read from.
    pub words: String,
}

/// What was understood of a criterion.
#[derive(Debug, Clone, Default)]
pub struct Understood {
    /// Its conditions, in order.
    pub demands: Vec<Demand>,
    /// Nothing else is said.
    pub whole: bool,
}

impl Criteria {
    /// Reads the data.
    #[must_use]
    pub fn load(inputs: &Inputs) -> Outcome<Self> {
        let Some(file) = inputs.find(FILE) else { return Outcome::clean(Self::default()) };
        let text = inputs.text(file);
        let wrong = |at: usize, message: String| {
            let at = at.min(text.len());
            let finding = Diagnostic::error("data/invalid", Span::new(file, at, at), message);
            Outcome::new(Self::default(), vec![finding])
        };
        let form = match serde_yaml::from_str::<Form>(text) {
            Ok(form) => form,
            Err(error) => return wrong(error.location().map_or(0, |place| place.index()), error.to_string()),
        };
        match Self::compile(form) {
            Ok(criteria) => Outcome::clean(criteria),
            Err(error) => wrong(0, error.to_string()),
        }
    }

    fn compile(form: Form) -> Result<Self, regex::Error> {
        let entry = |written: Written| {
            let patterns =
                written.patterns.iter().map(|pattern| Regex::new(pattern)).collect::<Result<_, _>>()?;
            Ok(Entry { id: written.id, patterns, check: written.check })
        };
        let units = form.units.into_iter().map(|(fact, words)| (fact, Lexicon::numbered(words)));
        Ok(Self {
            joints: Some(Regex::new(&form.joints)?),
            refused: Some(Regex::new(&form.refused)?),
            fillers: Lexicon::numbered(form.fillers),
            entries: form.predicates.into_iter().map(entry).collect::<Result<_, regex::Error>>()?,
            units: units.collect(),
        })
    }

    /// What a criterion demands. `lists` are those of the rule packs, which conditions may name.
    #[must_use]
    pub fn understand(&self, text: &str, vocabulary: &Vocabulary, lists: &mut Lists) -> Understood {
        let found = self.matches(text);
        let free = |at: &Range<usize>| {
            !found.iter().any(|(range, _, _)| range.start < at.end && at.start < range.end)
        };
        if self.refused.as_ref().is_some_and(|refused| refused.find_iter(text).any(|at| free(&at.range()))) {
            return Understood::default();
        }
        let paths: Vec<Range<usize>> = path::find(text, vocabulary).into_iter().filter(free).collect();
        let joints = self.joints.iter().flat_map(|joint| joint.find_iter(text)).map(|joint| joint.range());
        let is_path = |at: &Range<usize>| paths.iter().any(|path| path.start < at.end && at.start < path.end);
        let cuts: Vec<Range<usize>> = joints.filter(|joint| free(joint) && !is_path(joint)).collect();
        let starts = std::iter::once(0).chain(cuts.iter().map(|cut| cut.end));
        let ends = cuts.iter().map(|cut| cut.start).chain([text.len()]);
        let mut understood = Understood { demands: Vec::new(), whole: true };
        let mut named: Option<String> = None;
        // Files that were named and of which nothing was said so far: `a.md` and `b.md` exist.
        let mut waiting: Vec<String> = Vec::new();
        for (start, end) in starts.zip(ends) {
            let within = |at: &Range<usize>| start <= at.start && at.end <= end;
            let mut here = paths.iter().filter(|path| within(path));
            let (first, second) = (here.next(), here.next());
            if let Some(path) = first {
                named = Some(text[path.clone()].to_owned());
            }
            let words = sentence::words(&text[start..end]).map(|word| word.start + start..word.end + start);
            let plain = |word: &Range<usize>| {
                free(word) && !is_path(word) && !self.fillers.contains(&text[word.clone()])
            };
            let inside = found.iter().filter(|(range, _, _)| within(range));
            let demands: Vec<Option<Demand>> = inside
                .map(|(range, entry, captures)| {
                    let check = self.fill(entry, captures, vocabulary, lists)?;
                    let words = text[range.clone()].to_owned();
                    Some(Demand { kind: entry.id.clone(), path: named.clone(), check, words })
                })
                .collect();
            let mut said = words.peekable();
            if said.peek().is_none() {
                continue;
            }
            let is_plain = said.any(|word| plain(&word));
            if second.is_none() && !is_plain && demands.is_empty() && first.is_some() {
                waiting.extend(named.clone());
            } else if second.is_none()
                && !is_plain
                && !demands.is_empty()
                && demands.iter().all(Option::is_some)
            {
                for path in waiting.drain(..) {
                    let of_path = |demand: &Demand| Demand { path: Some(path.clone()), ..demand.clone() };
                    understood.demands.extend(demands.iter().flatten().map(of_path));
                }
                understood.demands.extend(demands.into_iter().flatten());
            } else {
                understood.whole = false;
            }
        }
        understood.whole &= waiting.is_empty();
        understood
    }

    /// Matches that do not overlap: the first counts, of those that begin together the longest.
    fn matches<'t>(&self, text: &'t str) -> Vec<(Range<usize>, &Entry, Captures<'t>)> {
        let mut all = Vec::new();
        for entry in &self.entries {
            for pattern in &entry.patterns {
                for captures in pattern.captures_iter(text) {
                    if let Some(whole) = captures.get(0).filter(|whole| !whole.is_empty()) {
                        all.push((whole.range(), entry, captures));
                    }
                }
            }
        }
        all.sort_by_key(|(range, _, _)| (range.start, std::cmp::Reverse(range.end)));
        let mut end = 0;
        all.retain(|(range, _, _)| {
            let keep = range.start >= end;
            end = if keep { range.end } else { end };
            keep
        });
        all
    }

    /// The condition of a match; none if a number or unit in it means nothing.
    fn fill(
        &self,
        entry: &Entry,
        captures: &Captures<'_>,
        vocabulary: &Vocabulary,
        lists: &mut Lists,
    ) -> Option<Check> {
        let word = |name: &str| captures.name(name).map(|found| found.as_str().trim());
        let count = |name: &str| {
            let text = word(name)?;
            let words: Vec<_> = sentence::words(text).collect();
            let read = number::read(text, &words, 0, vocabulary)?;
            (read.low == read.value && read.words == words.len()).then_some(read.value)
        };
        let unit = || {
            let unit = word("unit")?;
            self.units.iter().find(|(_, words)| words.contains(unit)).map(|(fact, _)| fact.clone())
        };
        let value = |name: &str| match name {
            "$n" => count("n").map(Value::from),
            "$m" => count("m").map(Value::from),
            "$unit" => unit().map(Value::from),
            "$format" => {
                word("format").map(|format| Value::from(format!("format.{}", format.to_lowercase())))
            }
            "$text" => word("text").map(Value::from),
            _ => {
                let text = word("text").map(regex::escape).unwrap_or_default();
                Some(Value::from(name.replace("$pattern", &text)))
            }
        };
        let mut check: Check = serde_json::from_value(filled(&entry.check, &value)?).ok()?;
        let mut unknown = Vec::new();
        check.resolve(lists, &mut unknown);
        unknown.is_empty().then_some(check)
    }
}

/// A template with its `$names` filled in. Templates are shipped and shallow.
fn filled(template: &Value, value: &dyn Fn(&str) -> Option<Value>) -> Option<Value> {
    Some(match template {
        Value::String(text) if text.contains('$') => value(text)?,
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, part)| Some((key.clone(), filled(part, value)?)));
            Value::Object(entries.collect::<Option<_>>()?)
        }
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| filled(item, value)).collect::<Option<_>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => template.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::Criteria;
    use crate::compiler::check::pack::Depth;
    use crate::compiler::check::pack::tests::{inputs, shipped};

    /// The kinds of demands with their paths; a `…` at the end when something is left to a person.
    fn read(text: &str) -> String {
        let packs = shipped(Depth::Rules);
        let criteria = Criteria::load(&inputs());
        assert_eq!(criteria.findings, []);
        let understood = criteria.value.understand(text, &packs.vocabulary, &mut packs.lists.clone());
        let demands = understood.demands.iter().map(|demand| match &demand.path {
            Some(path) => format!("{} {path}", demand.kind),
            None => demand.kind.clone(),
        });
        let mut said: Vec<String> = demands.collect();
        if !understood.whole {
            said.push("…".to_owned());
        }
        said.join(", ")
    }

    #[test]
    fn criteria_a_program_can_decide() {
        for (text, want) in [
            (
                "File exists at `db/schema.sql` and is not empty",
                "exists db/schema.sql, not-empty db/schema.sql",
            ),
            ("File `old/legacy.txt` no longer exists", "absent old/legacy.txt"),
            (
                "File docs/login.md exists and has at least 300 words",
                "exists docs/login.md, at-least docs/login.md",
            ),
            ("`src/login.rs` contains \"fn login\"", "has-text src/login.rs"),
            ("The config `config/app.json` is valid JSON", "valid config/app.json"),
            ("The page has a section \"Setup\"", "has-section"),
            ("The report contains no TODO markers", "no-placeholder"),
            ("The file has between 300 and 1,500 words", "between"),
            ("The file has 300-500 words", "between"),
            ("The report has at most ten sections, and is not empty", "at-most, not-empty"),
            (
                "O arquivo `saida/guia.md` existe e tem pelo menos 500 palavras",
                "exists saida/guia.md, at-least saida/guia.md",
            ),
            ("The script does not contain \"eval(\"", "lacks-text"),
            ("The file is fewer than 80 lines long", "fewer-than"),
            ("It has exactly 3 sections", "exactly"),
            ("The text contains \"a, b and c\"", "has-text"),
            ("`a.md`, `b.md` and `c.md` exist", "exists a.md, exists b.md, exists c.md"),
            ("The text mentions the word \"see docs/x.md\"", "has-text"),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }

    /// A claim that is understood by half must not be judged by half.
    #[test]
    fn what_is_not_understood_is_left_to_a_person() {
        for (text, want) in [
            ("Users can log in with email and password", "…"),
            ("`a.md` contains \"x\" or \"y\"", "…"),
            ("If `a.md` exists, the build passes", "…"),
            ("Every page has at least 300 words", "…"),
            ("`a.md` has at least 300 words about salt", "…"),
            ("`a.md` exists and reads well", "exists a.md, …"),
            ("`a.md` exists and `b.md`", "exists a.md, …"),
            ("`a.md` exists in the cache of `b.md`", "…"),
            ("It has at least some words", "…"),
            ("The API does not exist yet", "…"),
            ("", ""),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }
}
