//! B>D  The words and numbers of decomposition: `squads/dispatch/data/decomposition.yaml`, decoded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::graph::Rule;

/// The file, as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lexicon {
    /// `dispatch.decomposition/v1`.
    pub schema: String,
    /// Head verbs by what they do to what follows.
    pub verbs: Verbs,
    /// Types of work by head verb; the first that fits wins.
    pub work: Vec<WorkType>,
    /// A path after one of these is needed, not made.
    pub read_markers: Vec<String>,
    /// Words that open a clause of its own: a path in it is only named.
    pub clause_words: BTreeSet<String>,
    /// Words before a path in which something happens.
    pub places: BTreeSet<String>,
    /// Beginnings of criteria that say that a file is there.
    pub existence: Vec<String>,
    /// Globs of files that are tests of another file.
    pub test_paths: Vec<String>,
    /// Words before a name that point back at it.
    pub definite: BTreeSet<String>,
    /// Words before a name that introduce it.
    pub articles: BTreeSet<String>,
    /// Words at which an object ends.
    pub object_end: BTreeSet<String>,
    /// Ordering words.
    pub order: OrderWords,
    /// Names of groups that prove what was made before them.
    pub proof_groups: ProofGroups,
    /// Mentions that name nothing.
    pub none: BTreeSet<String>,
    /// Words in front of a reference that are not part of its name.
    pub reference_words: BTreeSet<String>,
    /// Words that carry no meaning of their own.
    pub stop_words: BTreeSet<String>,
    /// Pattern of an inferred output path.
    pub inferred_output: String,
    /// Extensions of inferred outputs by type of work.
    pub extensions: BTreeMap<String, String>,
    /// Criterion of a task that makes a file and states none.
    pub inferred_criterion: String,
    /// Criterion of a task that removes a file and states none.
    pub inferred_criterion_deleted: String,
    /// Criterion of a task that changes something outside and states none.
    pub inferred_criterion_external: String,
    /// The task that plans another.
    pub preplan: Preplan,
    /// Rules of dependency inference by name.
    pub rules: BTreeMap<String, RuleSetting>,
    /// Percent.
    pub criterion_overlap_pct: u32,
    /// Edges.
    pub barrier_edges: usize,
    /// Bytes.
    pub slug_bytes: usize,
    /// Words.
    pub phrase_words: usize,
    /// Names that some systems keep for devices, whatever their extension.
    pub device_names: Vec<String>,
    /// How a decomposition is held against its source.
    pub fidelity: Fidelity,
}

/// Head verbs by what they do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verbs {
    /// What follows is made.
    pub create: BTreeSet<String>,
    /// What follows is changed.
    pub modify: BTreeSet<String>,
    /// What follows is removed.
    pub delete: BTreeSet<String>,
    /// What follows is looked at.
    pub verify: BTreeSet<String>,
}

/// The task that plans another, where a source asks for one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preplan {
    /// Its type of work.
    pub work: String,
    /// Its title; `{task}` is the title of the other.
    pub title: String,
    /// What it writes.
    pub output: String,
    /// What the plan must say.
    pub detail: String,
    /// Values of the column that name no model.
    pub plain: BTreeSet<String>,
}

/// One type of work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkType {
    /// Its name.
    #[serde(rename = "type")]
    pub name: String,
    /// The verbs that mean it.
    pub verbs: BTreeSet<String>,
}

/// Ordering words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderWords {
    /// Waits for the item before.
    pub previous: Vec<String>,
    /// Waits for every earlier sibling.
    pub all: Vec<String>,
    /// Waits for what is named next.
    pub after: Vec<String>,
    /// What is named next waits for it.
    pub before: Vec<String>,
}

/// Names of groups that prove what was made before them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofGroups {
    /// One of these must occur.
    pub proof: BTreeSet<String>,
    /// Nothing but these may stand beside it.
    pub beside: BTreeSet<String>,
}

/// How a decomposition is held against its source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fidelity {
    /// Share of the words of one that the other must have, percent.
    pub overlap_pct: usize,
    /// Shorter words mean nothing.
    pub least_letters: usize,
    /// Letters by which words are compared: endings differ.
    pub stem_letters: usize,
    /// Words of a sentence that says what must not be, folded.
    pub constraints: Vec<String>,
}

/// One rule of dependency inference.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetting {
    /// Percent.
    pub confidence: u8,
    /// Asked at all.
    pub on: bool,
}

impl Lexicon {
    /// The setting of a rule; one that the file does not name is off.
    pub fn rule(&self, rule: Rule) -> RuleSetting {
        self.rules.get(rule.name()).copied().unwrap_or(RuleSetting { confidence: 0, on: false })
    }
}
