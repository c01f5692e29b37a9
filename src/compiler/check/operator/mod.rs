//! The closed set of operators: what a rule may say. One file each.
//!
//! To add one: its file with its parameters, meaning and tests; its name in `Check`, in the two functions below, and in
//! `schemas/rules.schema.json`.

mod compare;
mod count;
mod expr;
mod file;
mod forbidden_words;
pub mod format;
mod graph;
mod language;
mod one_of;
mod pattern;
mod range;
mod reference;
mod required;
mod section;
mod unique;

pub use file::{FileKind, normalized};

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range as Bytes;

use serde::{Deserialize, Serialize};

use crate::syntax::text::vocabulary::Vocabulary;

use super::fact::{Answer, Facts};
use super::language::Languages;
use super::matcher::{Lists, Unknown};
use super::path::Path;

/// What good looks like.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Every one of these.
    All(Vec<Check>),
    /// At least one of these.
    Any(Vec<Check>),
    /// Not this.
    Not(Box<Check>),
    /// A value is there.
    Required(required::Required),
    /// A value is one of a few.
    OneOf(one_of::OneOf),
    /// A number lies between bounds.
    Range(range::Range),
    /// Two numbers stand in a relation.
    Compare(compare::Compare),
    /// Patterns occur, or do not.
    Pattern(pattern::Pattern),
    /// Words do not occur.
    ForbiddenWords(forbidden_words::ForbiddenWords),
    /// A list has so many items.
    Count(count::Count),
    /// A heading has a body.
    Section(section::Section),
    /// A value is in a list of the registry.
    Ref(reference::Reference),
    /// No two rows share a value.
    Unique(unique::Unique),
    /// A text is in one language.
    Language(language::Language),
    /// An expression is true.
    Expr(expr::Expr),
    /// The tasks form a graph of some kind.
    Graph(graph::Graph),
    /// A file is as it should be.
    File(file::File),
}

/// The names of the operators, as rules write them.
pub const NAMES: &[&str] = &[
    "all",
    "any",
    "not",
    "required",
    "one_of",
    "range",
    "compare",
    "pattern",
    "forbidden_words",
    "count",
    "section",
    "ref",
    "unique",
    "language",
    "expr",
    "graph",
    "file",
];

/// First matches by pattern set and shared text.
type Matches = BTreeMap<(usize, u32), Option<Bytes<usize>>>;

/// What operators look things up in, and what they have found out about texts that many subjects share.
pub struct Tools<'a> {
    /// Words for taking texts apart.
    pub vocabulary: &'a Vocabulary,
    /// Tables of languages.
    pub languages: &'a Languages,
    /// First matches by pattern set and shared text.
    matches: RefCell<Matches>,
    /// Foreign sentences of shared texts, by the manner of looking: prompts of several groups often share all of ours.
    foreign: RefCell<BTreeMap<String, BTreeMap<String, language::Tally>>>,
}

impl<'a> Tools<'a> {
    /// Tools that have not been used.
    #[must_use]
    pub fn new(vocabulary: &'a Vocabulary, languages: &'a Languages) -> Self {
        Self { vocabulary, languages, matches: RefCell::default(), foreign: RefCell::default() }
    }
}

impl Check {
    /// Asks `facts`.
    #[must_use]
    pub fn eval(&self, facts: &dyn Facts, tools: &Tools<'_>) -> Answer {
        match self {
            Self::All(checks) => checks
                .iter()
                .map(|check| check.eval(facts, tools))
                .find(|answer| !answer.passed())
                .unwrap_or(Answer::Pass),
            Self::Any(checks) => {
                let mut worst = Answer::Fail(None);
                for check in checks {
                    match check.eval(facts, tools) {
                        Answer::Pass => return Answer::Pass,
                        Answer::Fail(Some(hit)) if worst == Answer::Fail(None) => worst = Answer::hit(hit),
                        Answer::Fail(_) => {}
                    }
                }
                worst
            }
            Self::Not(check) => Answer::of(!check.eval(facts, tools).passed()),
            Self::Required(operator) => operator.eval(facts),
            Self::OneOf(operator) => operator.eval(facts),
            Self::Range(operator) => operator.eval(facts),
            Self::Compare(operator) => operator.eval(facts),
            Self::Pattern(operator) => operator.eval(facts, tools),
            Self::ForbiddenWords(operator) => operator.eval(facts, tools),
            Self::Count(operator) => operator.eval(facts),
            Self::Section(operator) => operator.eval(facts),
            Self::Ref(operator) => operator.eval(facts),
            Self::Unique(operator) => operator.eval(facts),
            Self::Language(operator) => operator.eval(facts, tools),
            Self::Expr(operator) => operator.eval(facts),
            Self::Graph(operator) => operator.eval(facts),
            Self::File(operator) => operator.eval(facts),
        }
    }

    /// Looks up the lists it names.
    pub fn resolve(&mut self, lists: &mut Lists, unknown: &mut Unknown) {
        match self {
            Self::All(checks) | Self::Any(checks) => {
                for check in checks {
                    check.resolve(lists, unknown);
                }
            }
            Self::Not(check) => check.resolve(lists, unknown),
            Self::Pattern(operator) => operator.resolve(lists, unknown),
            Self::ForbiddenWords(operator) => operator.resolve(lists, unknown),
            Self::Section(operator) => operator.resolve(lists, unknown),
            Self::Required(_)
            | Self::OneOf(_)
            | Self::Range(_)
            | Self::Compare(_)
            | Self::Count(_)
            | Self::Ref(_)
            | Self::Unique(_)
            | Self::Language(_)
            | Self::Expr(_)
            | Self::Graph(_)
            | Self::File(_) => {}
        }
    }

    /// The facts it reads, in order.
    #[must_use]
    pub fn reads(&self) -> Vec<&Path> {
        match self {
            Self::All(checks) | Self::Any(checks) => checks.iter().flat_map(Self::reads).collect(),
            Self::Not(check) => check.reads(),
            Self::Required(operator) => vec![&operator.field],
            Self::OneOf(operator) => vec![&operator.field],
            Self::Range(operator) => vec![&operator.field],
            Self::Compare(operator) => vec![&operator.left, &operator.right],
            Self::Pattern(operator) => vec![&operator.target],
            Self::ForbiddenWords(operator) => vec![&operator.target],
            Self::Count(operator) => vec![&operator.of],
            Self::Ref(operator) => vec![&operator.field],
            Self::Unique(operator) => vec![&operator.across],
            Self::Language(operator) => vec![&operator.target],
            Self::File(operator) => operator.reads(),
            Self::Section(_) | Self::Expr(_) | Self::Graph(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Answer, Check, NAMES, Tools};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::span::Span;
    use crate::compiler::check::language::Languages;
    use crate::compiler::check::map::Map;
    use crate::compiler::check::matcher::Lists;
    use crate::compiler::check::zone::Zones;
    use crate::ir::node::decode::{DecodeError, decode};
    use crate::syntax::text::vocabulary::tests::shipped;
    use crate::syntax::yaml;

    /// Asks a check about facts, both written in YAML: `pass`, `fail`, or the words that are objected to.
    pub(crate) fn ask(check: &str, facts: &str) -> String {
        let vocabulary = shipped();
        let languages = Languages::default();
        let zones = Zones::default();
        let mut check = read(check).unwrap();
        let mut unknown = Vec::new();
        check.resolve(&mut Lists::default(), &mut unknown);
        assert_eq!(unknown, Vec::<String>::new());
        let facts = serde_yaml::from_str(facts).unwrap();
        let facts = Map::new(&facts, &vocabulary, &zones);
        match check.eval(&facts, &Tools::new(&vocabulary, &languages)) {
            Answer::Pass => "pass".to_owned(),
            Answer::Fail(None) => "fail".to_owned(),
            Answer::Fail(Some(hit)) => hit.text,
        }
    }

    fn read(text: &str) -> Result<Check, DecodeError> {
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new("check.yaml").unwrap(), text.as_bytes().to_vec());
        let outcome = yaml::read(&inputs, Span::new(file, 0, inputs.text(file).len()));
        assert_eq!(outcome.findings, []);
        decode(&outcome.value)
    }

    #[test]
    fn combinators() {
        let yes = "{one_of: {field: run.a, values: [1]}}";
        let no = "{one_of: {field: run.a, values: [2]}}";
        for (check, want) in [
            (format!("{{all: [{yes}, {yes}]}}"), "pass"),
            (format!("{{all: [{yes}, {no}]}}"), "fail"),
            (format!("{{any: [{no}, {yes}]}}"), "pass"),
            (format!("{{any: [{no}, {no}]}}"), "fail"),
            (format!("{{not: {no}}}"), "pass"),
            (format!("{{not: {yes}}}"), "fail"),
        ] {
            assert_eq!(ask(&check, "{run: {a: 1}}"), want, "{check}");
        }
    }

    #[test]
    fn every_operator_has_its_name() {
        for name in NAMES {
            let told = read(&format!("{{{name}: 5}}")).map_or_else(|error| error.message, |_| String::new());
            assert!(!told.contains("unknown variant"), "{name}: {told}");
        }
        assert!(read("{maximum: {}}").is_err());
    }
}
