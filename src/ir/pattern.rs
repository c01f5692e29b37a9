//! B>G  How prompts are put together: `haiku-patterns.yaml`, decoded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::quantity::Tokens;

use super::equipment::Enrichment;

/// The file, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patterns {
    /// `dispatch.patterns/v1`.
    pub schema: String,
    /// Characters of a token.
    pub chars_per_token: u64,
    /// Tokens an answer may have.
    pub result_tokens: u64,
    /// Longest list printed into a prompt.
    pub max_items: usize,
    /// Lines above which an output gets a skeleton.
    pub template_over_lines: i64,
    /// Words that ask for a document.
    pub document_words: Vec<String>,
    /// Tokens of the source's prose a prompt may quote.
    pub story_tokens: Levels,
    /// What every task must do.
    pub always: Vec<String>,
    /// What no task may do.
    pub never: Vec<String>,
    /// Names of languages by tag.
    pub languages: BTreeMap<String, String>,
    /// Output formats by name.
    pub formats: BTreeMap<String, Format>,
    /// The format when nothing says.
    pub default_format: String,
    /// In order.
    pub patterns: Vec<Pattern>,
    /// Criteria of a task that has none.
    pub default_criteria: Vec<String>,
}

impl Patterns {
    /// The name of the format of a file, by its extension.
    #[must_use]
    pub fn format_of(&self, path: &str) -> &str {
        let name = path.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let fits =
            |format: &Format| format.extensions.iter().any(|known| known.eq_ignore_ascii_case(extension));
        self.formats
            .iter()
            .find(|(_, format)| fits(format))
            .map_or(self.default_format.as_str(), |(name, _)| name.as_str())
    }
}

/// A figure for each enrichment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case, reason = "the names of the levels in data are upper case")]
pub struct Levels {
    /// The task alone.
    pub MINIMAL: Tokens,
    /// With a digest.
    pub STANDARD: Tokens,
    /// With everything.
    pub FULL: Tokens,
}

impl Levels {
    /// The figure of a level.
    #[must_use]
    pub fn of(&self, level: Enrichment) -> Tokens {
        match level {
            Enrichment::Minimal => self.MINIMAL,
            Enrichment::Standard => self.STANDARD,
            Enrichment::Full => self.FULL,
        }
    }
}

/// A format of outputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Extensions of its files.
    pub extensions: Vec<String>,
    /// The file must hold nothing else.
    #[serde(default)]
    pub structured: bool,
    /// What a reader may rely on.
    pub lines: Vec<String>,
    /// The skeleton of a long one.
    pub skeleton: String,
}

/// The form of a prompt for some types of work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// `HP-001` and so on.
    pub id: String,
    /// In words.
    pub name: String,
    /// Types of work.
    pub work: Vec<String>,
    /// Types of work it is for when the output has this format, by format; these go before `work`.
    #[serde(default)]
    pub by_format: BTreeMap<String, Vec<String>>,
    /// Its sections, in order.
    pub sections: Vec<PatternSection>,
}

/// A section of a prompt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PatternSection {
    /// Its heading.
    pub heading: String,
    /// How the gates read it: `instructions`, `data`, `template`.
    pub zone: String,
    /// What stands in it: see `schemas/haiku-patterns.schema.json`.
    pub body: String,
    /// It is there even when there is nothing to say.
    #[serde(default)]
    pub required: bool,
    /// Lines of its own.
    #[serde(default)]
    pub lines: Vec<String>,
}
