//! One rule: what good looks like, what is said when it is not, and the examples that prove it.

use serde::{Deserialize, Serialize};

use crate::base::diagnostic::{FixKind, Severity};
use crate::base::span::Span;

use super::fact::{Answer, Facts, Hit};
use super::message::render;
use super::operator::{Check, Tools};

/// A rule of a pack.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `V1.2`; of users `X…`.
    pub id: String,
    /// `subjective-criterion`.
    pub name: String,
    /// Former names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Rules that say the same: one finding carries all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vetoes: Vec<String>,
    /// The finding under which the compiler itself reports this fault; then compiled plans are not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// When it is asked.
    pub phase: String,
    /// The gate it belongs to.
    pub gate: String,
    /// What it is asked about.
    pub scope: Scope,
    /// How much it stops.
    pub severity: Severity,
    /// How settled it is.
    #[serde(default, skip_serializing_if = "Stability::is_stable")]
    pub stability: Stability,
    /// When it stops less, unless the profile is strict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub softened: Option<Softened>,
    /// When it is asked at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Check>,
    /// What good looks like.
    pub check: Check,
    /// What is said: a clause with `{{ facts }}`; `hit` is the words that are objected to.
    pub message: String,
    /// Why it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do: an imperative.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// How it may be mended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Remedy>,
    /// What the id meant before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// Facts that pass and facts that fail.
    #[serde(default, skip_serializing)]
    pub examples: Examples,
    /// Where it is written.
    #[serde(skip, default = "nowhere")]
    pub at: Span,
    /// The pack it comes from.
    #[serde(skip)]
    pub pack: String,
}

fn nowhere() -> Span {
    Span::head(crate::base::span::FileId(0))
}

/// What a rule is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// A document.
    Input,
    /// All tasks together.
    Plan,
    /// A task.
    Task,
    /// A criterion.
    Criterion,
    /// A prompt.
    Prompt,
    /// A result.
    Output,
    /// The results of a wave.
    Wave,
    /// A run.
    Run,
    /// Several stories.
    Batch,
    /// A file that agents or their clients read.
    Page,
    /// A key or a name in such a file.
    Entry,
}

/// How settled a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stability {
    /// It keeps its meaning.
    #[default]
    Stable,
    /// It may change.
    Preview,
    /// It will go.
    Deprecated,
}

impl Stability {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_stable(&self) -> bool {
        *self == Self::Stable
    }
}

/// When a rule stops less.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Softened {
    /// The condition.
    pub when: Check,
    /// How much it then stops.
    pub severity: Severity,
}

/// How a fault may be mended.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// When it may be applied.
    pub kind: FixKind,
    /// What is done.
    pub action: Action,
    /// To what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The new value, or `@table` to take it from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// What is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// By what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<String>,
    /// A line to add, or what a retry is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The heading of a section to insert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Where the user is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What is done to mend a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Action {
    None,
    Ask,
    Redirect,
    Reroute,
    Rewrite,
    Enrich,
    RemoveEdge,
    SetDefault,
    Replace,
    AppendLine,
    InsertSection,
    BindVariable,
    SplitTask,
    RetryWithPatch,
}

/// Facts that pass and facts that fail.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Examples {
    /// These pass.
    pub pass: Vec<serde_yaml::Value>,
    /// These fail.
    pub fail: Vec<serde_yaml::Value>,
}

/// What a rule objects to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The message, filled in.
    pub message: String,
    /// The guilty words.
    pub hit: Option<Hit>,
}

impl Rule {
    /// Asks the rule about facts: none if it does not apply or all is well.
    #[must_use]
    pub fn judge(&self, facts: &dyn Facts, tools: &Tools<'_>) -> Option<Objection> {
        if self.when.as_ref().is_some_and(|when| !when.eval(facts, tools).passed()) {
            return None;
        }
        match self.check.eval(facts, tools) {
            Answer::Pass => None,
            Answer::Fail(hit) => Some(Objection { message: render(&self.message, facts, hit.as_ref()), hit }),
        }
    }

    /// Whether facts soften it.
    #[must_use]
    pub fn is_softened(&self, facts: &dyn Facts, tools: &Tools<'_>) -> Option<Severity> {
        let softened = self.softened.as_ref()?;
        softened.when.eval(facts, tools).passed().then_some(softened.severity)
    }

    /// Whether a code, a former name or a prefix (`V1`, `HA`) means this rule.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.id == name
            || self.name == name
            || self.aliases.iter().any(|alias| alias == name)
            || self.id.split_once('.').is_some_and(|(family, _)| family == name)
            || (name == "V" && self.id.starts_with('V'))
    }
}
