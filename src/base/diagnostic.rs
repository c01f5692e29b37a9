//! A finding, as plain data. Drawing it is somebody else's job.

use std::borrow::Cow;
use std::fmt;

use super::span::Span;

/// The name of a kind of finding: a rule id (`V1.2`) or a slug (`dep/unknown`). Never reused for another meaning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub Cow<'static, str>);

impl Code {
    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&'static str> for Code {
    fn from(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        Self(Cow::Owned(code))
    }
}

/// How much a finding stops. Ordered: the gravest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably a mistake.
    Warning,
    /// The source cannot mean this: nothing is written until it is mended or waived.
    Error,
    /// A veto that a person may lift, with `--force` or a waiver.
    SoftBlock,
    /// A veto that only a change or a waiver lifts.
    HardBlock,
}

impl Severity {
    /// Whether a plan with such a finding is withheld.
    #[must_use]
    pub fn blocks(self) -> bool {
        match self {
            Self::Info | Self::Warning => false,
            Self::Error | Self::SoftBlock | Self::HardBlock => true,
        }
    }
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::SoftBlock => "soft_block",
            Self::HardBlock => "hard_block",
        }
    }
}

/// A place and why it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The characters to underline.
    pub span: Span,
    /// Why this place; may be empty for the primary one.
    pub text: String,
}

/// Whether an edit may be made without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixKind {
    /// Keeps the meaning; applied by `--fix`.
    Safe,
    /// Changes what an executor is asked; applied by `--unsafe-fixes`.
    Unsafe,
    /// Has blanks a person must fill; shown, never applied.
    Suggest,
    /// No edit, only a way out.
    Manual,
}

/// One replacement of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The characters to replace; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A way to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// When it may be applied.
    pub kind: FixKind,
    /// What it does, as an imperative.
    pub title: String,
    /// The edits, all or none; empty for manual fixes.
    pub edits: Vec<Edit>,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waived {
    /// The reason its author gave.
    pub reason: String,
    /// Where it was waived.
    pub span: Span,
}

/// One mistake, in the user's words, with the guilty characters and the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// A readable name beside a rule id; empty when the code is a slug.
    pub name: String,
    /// How much it stops.
    pub severity: Severity,
    /// What is wrong: one clause, lower case, no full stop, the user's words in backticks.
    pub message: String,
    /// Where: the first is primary; others may be in other files.
    pub labels: Vec<Label>,
    /// Why it matters.
    pub why: Option<String>,
    /// What to do next, as an imperative with a concrete value.
    pub help: Option<String>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
    /// Rules whose gate this finding fails, beside its own code.
    pub vetoes: Vec<String>,
    /// Set when a waiver covers it: it is listed, and stops nothing.
    pub waived: Option<Waived>,
}

impl Diagnostic {
    /// A finding of `severity` at `span`.
    pub fn new(severity: Severity, code: impl Into<Code>, span: Span, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: String::new(),
            severity,
            message: message.into(),
            labels: vec![Label { span, text: String::new() }],
            why: None,
            help: None,
            fix: None,
            vetoes: Vec::new(),
            waived: None,
        }
    }
    /// An error at `span`.
    pub fn error(code: impl Into<Code>, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }
    /// A warning at `span`.
    pub fn warning(code: impl Into<Code>, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }
    /// A note at `span`.
    pub fn info(code: impl Into<Code>, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, span, message)
    }
    /// Says why the primary place is shown.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.labels[0].text = text.into();
        self
    }
    /// Shows another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }
    /// Says what to do next, if there is something to say.
    #[must_use]
    pub fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into().or(self.help);
        self
    }
    /// Says why it matters.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }
    /// Offers an edit.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into().or(self.fix);
        self
    }
    /// Names a rule whose gate this finding fails.
    #[must_use]
    pub fn veto(mut self, rule: impl Into<String>) -> Self {
        self.vetoes.push(rule.into());
        self
    }
    /// The primary place.
    #[must_use]
    pub fn span(&self) -> Span {
        self.labels[0].span
    }
    /// Whether it withholds the plan: grave enough, and not waived.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.waived.is_none() && self.severity.blocks()
    }
}
