//! The words by which people's documents are understood: `squads/dispatch/data/vocabulary.yaml`, decoded once.
//!
//! Everything is compared in the form of `base::fold::key`. Sections of the file that are not named here belong to
//! other readers.

mod decode;

use std::collections::BTreeMap;
use std::sync::Arc;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::{fold, key};
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::ir::draft::{PathRole, Priority, Status};
use crate::ir::node;
use crate::syntax::text::vocabulary::Vocabulary;
use crate::syntax::yaml;

/// Where the vocabulary stands; a project's file of this name covers the shipped one.
pub const PATH: &str = "squads/dispatch/data/vocabulary.yaml";

/// What a section is about, by its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Records, reviews, risks: never a source of work.
    Excluded,
    /// How the result is tested: notes, unless it holds boxes of a task list.
    Testing,
    /// Notes for whoever does the work.
    Notes,
    /// As a … I want …
    Story,
    /// What must hold.
    Acceptance,
    /// What is to be done.
    Tasks,
    /// What is to be done, phase by phase.
    Roadmap,
    /// What the product must do.
    Requirements,
    /// How well it must do it.
    NonFunctional,
    /// What the product offers.
    Features,
    /// What must be there before.
    Dependencies,
    /// What waits for this.
    Blocks,
    /// What belongs.
    Scope,
    /// What does not.
    OutOfScope,
    /// What for.
    Objective,
    /// Files touched.
    Files,
    /// Files made.
    Created,
    /// Files changed.
    Modified,
    /// Files removed.
    Deleted,
    /// Files read.
    Referenced,
    /// How far it has come.
    Status,
    /// Keys and values.
    Metadata,
    /// Obligatory.
    Must,
    /// Desired.
    Should,
    /// Welcome.
    Could,
    /// Items that are finished.
    DoneList,
    /// Decisions of a draft.
    Decisions,
    /// Where a goal began.
    GoalSeed,
    /// Lanes of a draft.
    Workstreams,
}

/// What a key of metadata tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the fields they fill")]
pub enum Field {
    Id,
    Title,
    Description,
    Status,
    Priority,
    Effort,
    Type,
    Domain,
    Agent,
    Model,
    Executor,
    DependsOn,
    Dependencies,
    Blocks,
    Output,
    Files,
    Modifies,
    Reads,
    Ownership,
    Criteria,
    Serves,
    Parallel,
    Verify,
    Language,
    Epic,
    Wave,
    Timeout,
    Passthrough,
}

/// Words that open an id or bind one task to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// `Task 1.1`
    Task,
    /// `Story 3.2`
    Story,
    /// `Epic 3`
    Epic,
    /// `Phase 2`
    Phase,
    /// `Given …`, `Scenario: …`
    Scenario,
    /// `When …`, `Then …`, `And …`
    Step,
    /// `Product Requirements Document`
    Prd,
    /// `TODO`
    Todo,
    /// `none`
    Nothing,
    /// A verb that begins a request.
    Verb,
    /// `we need to`, before the verb of a request.
    Lead,
    /// Words that ask wherever they stand in a sentence: `please`, `could you`.
    Call,
    /// Words before a wish, whatever its verb: `it would be great if`.
    Wish,
    /// A verb that begins a rule of how to work, not a piece of work.
    Rule,
    /// A verb of being: what has it near its head states something.
    Being,
    /// A word between a thing and what is said of it: `that`, `which`.
    Relative,
    /// A heading of a request's template.
    Template,
}

/// Words by which a sentence orders what it names.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ProseOrder {
    /// What stands left waits for what stands right.
    pub after: Vec<String>,
    /// What stands left is waited for.
    pub before: Vec<String>,
    /// What follows is denied.
    pub not: Vec<String>,
    /// What follows is another thought.
    pub but: Vec<String>,
    /// What is named happens one after another.
    pub sequence: Vec<String>,
    /// What is named next happens at the same time.
    pub beside: Vec<String>,
    /// Every phase before.
    pub all_earlier: Vec<String>,
    /// Every user story.
    pub all_stories: Vec<String>,
}

/// Marks at the beginning of an item.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Marks {
    /// Finished.
    pub done: Vec<String>,
    /// Not finished.
    pub open: Vec<String>,
}

/// Heading synonyms, status words, metadata keys and the like, in every language we read.
#[derive(Debug, Clone, Default)]
pub struct Words {
    parts: BTreeMap<String, Part>,
    patterns: Vec<(Pattern, Part)>,
    keys: BTreeMap<String, Field>,
    status: BTreeMap<String, Status>,
    priority: BTreeMap<String, Priority>,
    roles: BTreeMap<String, PathRole>,
    kinds: BTreeMap<String, Vec<Word>>,
    units: BTreeMap<String, u64>,
    /// Marks at the beginning of an item.
    pub marks: Marks,
    binding: Option<(AhoCorasick, usize)>,
    /// Words by which a sentence orders what it names.
    pub order: ProseOrder,
    /// How plain text is taken apart: endings of files and the like.
    pub text: Arc<Vocabulary>,
    /// Tags that allow an item to run beside others, folded.
    pub parallel: Vec<String>,
    /// Tags that make an item optional, folded.
    pub optional: Vec<String>,
    /// Tags that give an item to a person, folded.
    pub human: Vec<String>,
    /// What a criterion is called before its number: `ac`, the longest first.
    pub criterion_marks: Vec<String>,
    /// What stands for every criterion where a number is expected.
    pub all_criteria: Vec<String>,
}

#[derive(Debug, Clone)]
enum Pattern {
    Start(String),
    End(String),
    Inside(String),
}

impl Words {
    /// Reads the words of the inputs, those for plain text too.
    #[must_use]
    pub fn load(inputs: &Inputs) -> Outcome<Self> {
        let text = Vocabulary::load(inputs);
        let words = Self::beside(inputs, Arc::new(text.value));
        Outcome::new(words.value, [text.findings, words.findings].concat())
    }

    /// Reads the words of the inputs, where those for plain text are known. Built once per compilation.
    #[must_use]
    pub fn beside(inputs: &Inputs, text: Arc<Vocabulary>) -> Outcome<Self> {
        let Some(id) = inputs.find(PATH) else {
            return Outcome::clean(Self { text, ..Self::default() });
        };
        let read = yaml::read(inputs, Span::new(id, 0, inputs.text(id).len()));
        let mut findings = read.findings;
        let file = node::decode::decode::<decode::File>(&read.value).unwrap_or_else(|error| {
            let at = error.span.unwrap_or(Span::head(id));
            findings.push(
                Diagnostic::error(
                    "vocabulary/invalid",
                    at,
                    format!("the vocabulary cannot be read: {error}"),
                )
                .help(format!("compare it with the shipped one: `dispatch init --eject {PATH}`")),
            );
            decode::File::default()
        });
        Outcome::new(Self { text, ..decode::words(file) }, findings)
    }

    /// What a heading or label is about. Tries all of it, then what stands before a colon, bracket or dash, then the
    /// patterns.
    #[must_use]
    pub fn part(&self, heading: &str) -> Option<Part> {
        let whole = key(heading);
        if let Some(&part) = self.parts.get(&whole) {
            return Some(part);
        }
        let cut = heading.find([':', '(', '—', '–', '|', '·', '[']).or_else(|| heading.find(" - "));
        if let Some(cut) = cut
            && let Some(&part) = self.parts.get(&key(&heading[..cut]))
        {
            return Some(part);
        }
        self.patterns.iter().find(|(pattern, _)| pattern.fits(&whole)).map(|&(_, part)| part)
    }

    /// What a heading is about, taken as a whole and by no pattern.
    #[must_use]
    pub fn exact_part(&self, heading: &str) -> Option<Part> {
        self.parts.get(&key(heading)).copied()
    }

    /// What a key of metadata tells.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Field> {
        let folded = key(name);
        if folded.is_empty() && name.trim() == "#" {
            return Some(Field::Id);
        }
        self.keys.get(&folded).copied()
    }

    /// The status a text begins with or names: `✅ **FULLY COMPLETE** (all of it)` is done.
    #[must_use]
    pub fn status(&self, text: &str) -> Option<Status> {
        let folded = key(text);
        if let Some(&status) = self.status.get(&folded) {
            return Some(status);
        }
        let words: Vec<&str> = folded.split(' ').take(6).collect();
        for start in 0..words.len() {
            for end in (start + 1..=words.len().min(start + 4)).rev() {
                if let Some(&status) = self.status.get(&words[start..end].join(" ")) {
                    return Some(status);
                }
            }
        }
        None
    }

    /// The urgency a text names: `P0 - Critical`, `🔴 High`.
    #[must_use]
    pub fn priority(&self, text: &str) -> Option<Priority> {
        let folded = key(text);
        if let Some(&priority) = self.priority.get(&folded) {
            return Some(priority);
        }
        if let Some(priority) = folded.split(' ').find_map(|word| self.priority.get(word)) {
            return Some(*priority);
        }
        text.chars().find_map(|c| self.priority.get(c.encode_utf8(&mut [0; 4]) as &str)).copied()
    }

    /// What a word says about the path near it.
    #[must_use]
    pub fn path_role(&self, word: &str) -> Option<PathRole> {
        self.roles.get(&key(word)).copied()
    }

    /// The first phrase at or after `from` that binds one task to another: its range, and whether what follows it
    /// comes before (`depends on`) or after (`blocks`).
    #[must_use]
    pub fn binding(&self, text: &str, from: usize) -> Option<(std::ops::Range<usize>, bool)> {
        let (search, waits) = self.binding.as_ref()?;
        let mut at = from;
        loop {
            let input = aho_corasick::Input::new(text).range(at..);
            let found = search.find(input)?;
            let before = text[..found.start()].chars().next_back();
            let after = text[found.end()..].chars().next();
            if !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric) {
                return Some((found.range(), found.pattern().as_usize() < *waits));
            }
            at = found.end();
        }
    }

    /// Whether a word or phrase is of a kind.
    #[must_use]
    pub fn is(&self, text: &str, word: Word) -> bool {
        let folded = key(text);
        self.kinds.get(folded.as_str()).is_some_and(|kinds| kinds.contains(&word))
    }

    /// Milliseconds of a unit of time.
    #[must_use]
    pub fn unit(&self, name: &str) -> Option<u64> {
        self.units.get(fold(name).as_ref()).copied()
    }

    /// Whether the text stands for no reference at all: empty, `none`, `-`, `n/a`.
    #[must_use]
    pub fn is_nothing(&self, text: &str) -> bool {
        let text = text.trim_matches(|c: char| !c.is_alphanumeric());
        text.is_empty() || (!text.bytes().any(|byte| byte.is_ascii_digit()) && self.is(text, Word::Nothing))
    }
}

impl Pattern {
    fn fits(&self, text: &str) -> bool {
        let bounded = |start: usize, end: usize| {
            (start == 0 || text.as_bytes()[start - 1] == b' ')
                && (end == text.len() || text.as_bytes()[end] == b' ')
        };
        match self {
            Self::Start(word) => text.starts_with(word.as_str()) && bounded(0, word.len()),
            Self::End(word) => text.ends_with(word.as_str()) && bounded(text.len() - word.len(), text.len()),
            Self::Inside(word) => text.find(word.as_str()).is_some_and(|at| bounded(at, at + word.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, Part, Word, Words};
    use crate::base::inputs::Inputs;
    use crate::ir::draft::{Priority, Status};

    fn words() -> Words {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let outcome = Words::load(&inputs);
        assert_eq!(outcome.findings, vec![]);
        outcome.value
    }

    #[test]
    fn headings_are_known_by_their_synonyms() {
        let words = words();
        for (heading, part) in [
            ("## 4. 🎯 Critérios de Aceite", Some(Part::Acceptance)),
            ("**Acceptance Criteria** ✅ **ALL MET**", Some(Part::Acceptance)),
            ("Tasks / Subtasks", Some(Part::Tasks)),
            ("Tarefas (ordem sugerida)", Some(Part::Tasks)),
            ("QA Results", Some(Part::Excluded)),
            ("Definição de Done (DoD)", Some(Part::Excluded)),
            ("Não Funcionais", Some(Part::NonFunctional)),
            ("Out of Scope / Later", Some(Part::OutOfScope)),
            ("Multitasks", None),
            ("Colour palette", None),
        ] {
            assert_eq!(words.part(heading), part, "{heading}");
        }
    }

    #[test]
    fn values_are_known_by_their_words() {
        let words = words();
        assert_eq!(words.status("✅ **FULLY COMPLETE** (all)"), Some(Status::Done));
        assert_eq!(words.status("Ready for Review"), Some(Status::InReview));
        assert_eq!(words.status("Concluída"), Some(Status::Done));
        assert_eq!(words.status("purple"), None);
        assert_eq!(words.priority("`P0` - the base"), Some(Priority::Critical));
        assert_eq!(words.priority("🟠"), Some(Priority::High));
        assert_eq!(words.field("Depends On"), Some(Field::DependsOn));
        assert_eq!(words.unit("Hours"), Some(3_600_000));
        assert!(words.is("Tarefa", Word::Task));
        assert!(words.is_nothing("(none)") && words.is_nothing("—") && words.is_nothing("Nenhuma."));
    }
}
