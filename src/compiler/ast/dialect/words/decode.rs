//! Decodes the vocabulary file and turns it into lookups.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use crate::base::fold::{fold, key};
use crate::ir::draft::{PathRole, Priority, Status};

use super::{Field, Marks, Part, Pattern, ProseOrder, Word, Words};

/// The file as it stands.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct File {
    headings: BTreeMap<Part, Vec<String>>,
    keys: BTreeMap<Field, Vec<String>>,
    status: BTreeMap<StatusName, Vec<String>>,
    priority: BTreeMap<PriorityName, Vec<String>>,
    path_roles: BTreeMap<RoleName, Vec<String>>,
    marks: Marks,
    durations: BTreeMap<u64, Vec<String>>,
    id_words: Vec<String>,
    story_words: Vec<String>,
    epic_words: Vec<String>,
    phase_words: Vec<String>,
    scenario_words: Vec<String>,
    step_words: Vec<String>,
    prd_words: Vec<String>,
    todo_words: Vec<String>,
    nothing: Vec<String>,
    verbs: Vec<String>,
    rule_verbs: Vec<String>,
    being_verbs: Vec<String>,
    relative_words: Vec<String>,
    request_leads: Vec<String>,
    request_calls: Vec<String>,
    request_wishes: Vec<String>,
    template_words: Vec<String>,
    dependency_phrases: Vec<String>,
    block_phrases: Vec<String>,
    parallel_marks: Vec<String>,
    optional_marks: Vec<String>,
    human_marks: Vec<String>,
    criterion_marks: Vec<String>,
    all_criteria: Vec<String>,
    #[serde(default)]
    prose_order: ProseOrder,
}

/// The lookups made of a vocabulary.
pub(super) fn words(file: File) -> Words {
    let mut words = Words { marks: file.marks, order: file.prose_order, ..Words::default() };
    for (part, entries) in file.headings {
        for entry in entries {
            match (entry.strip_prefix('*'), entry.strip_suffix('*')) {
                (Some(_), Some(_)) => {
                    words.patterns.push((Pattern::Inside(key(&entry)), part));
                }
                (None, Some(start)) => words.patterns.push((Pattern::Start(key(start)), part)),
                (Some(end), None) => words.patterns.push((Pattern::End(key(end)), part)),
                (None, None) => {
                    words.parts.entry(key(&entry)).or_insert(part);
                }
            }
        }
    }
    invert(file.keys, |name, field| {
        words.keys.entry(name).or_insert(field);
    });
    invert(file.status, |name, status| {
        words.status.entry(name).or_insert(status.into());
    });
    invert(file.path_roles, |name, role| {
        words.roles.entry(name).or_insert(role.into());
    });
    for (priority, names) in file.priority {
        for name in names {
            let folded = key(&name);
            let name = if folded.is_empty() { name } else { folded };
            words.priority.entry(name).or_insert(priority.into());
        }
    }
    for (unit, names) in file.durations {
        for name in names {
            words.units.insert(fold(&name).into_owned(), unit);
        }
    }
    for (word, names) in [
        (Word::Task, file.id_words),
        (Word::Story, file.story_words),
        (Word::Epic, file.epic_words),
        (Word::Phase, file.phase_words),
        (Word::Scenario, file.scenario_words),
        (Word::Step, file.step_words),
        (Word::Prd, file.prd_words),
        (Word::Todo, file.todo_words),
        (Word::Nothing, file.nothing),
        (Word::Verb, file.verbs),
        (Word::Lead, file.request_leads),
        (Word::Call, file.request_calls),
        (Word::Wish, file.request_wishes),
        (Word::Rule, file.rule_verbs),
        (Word::Being, file.being_verbs),
        (Word::Relative, file.relative_words),
        (Word::Template, file.template_words),
    ] {
        for name in names {
            words.kinds.entry(key(&name)).or_default().push(word);
        }
    }
    let folded = |mut names: Vec<String>| {
        for name in &mut names {
            *name = fold(name).into_owned();
        }
        names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        names
    };
    let waits = file.dependency_phrases.len();
    let phrases = file.dependency_phrases.into_iter().chain(file.block_phrases);
    let mut builder = AhoCorasick::builder();
    let search = builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest);
    words.binding = search.build(phrases).ok().map(|search| (search, waits));
    words.parallel = folded(file.parallel_marks);
    words.optional = folded(file.optional_marks);
    words.human = folded(file.human_marks);
    words.criterion_marks = file.criterion_marks;
    words.criterion_marks.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    words.all_criteria = file.all_criteria;
    words
}

fn invert<T: Copy>(table: BTreeMap<T, Vec<String>>, mut keep: impl FnMut(String, T)) {
    for (value, names) in table {
        for name in names {
            keep(key(&name), value);
        }
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident => $target:ident { $($variant:ident),+ })+) => {$(
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum $name { $($variant),+ }
        impl From<$name> for $target {
            fn from(name: $name) -> Self {
                match name { $($name::$variant => Self::$variant),+ }
            }
        }
    )+};
}

names! {
    StatusName => Status { Draft, Ready, InProgress, InReview, Done, Blocked, Cancelled }
    PriorityName => Priority { Critical, High, Medium, Low }
    RoleName => PathRole { Create, Modify, Delete, Read }
}
