//! G>F  The prompts of a plan, measured: what is shared, and how long each is. The text itself is rendered when it is written.

use crate::base::digest::Digest;
use crate::base::quantity::Tokens;
use crate::base::table::Table;

use super::graph::TaskId;

crate::id! {
    /// A group of tasks whose prompts begin with the same bytes.
    PrefixId,
}

/// Prompts that begin with the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefix {
    /// The bytes.
    pub text: String,
    /// Their SHA-256.
    pub sha256: Digest,
    /// Their tokens.
    pub tokens: Tokens,
}

/// One prompt, measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sheet {
    /// Its beginning; none for workers and people, who get no prompt.
    pub prefix: Option<PrefixId>,
    /// Tokens of the whole prompt, beginning included.
    pub tokens: Tokens,
}

/// All prompts of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompts {
    /// Beginnings.
    pub prefixes: Table<PrefixId, Prefix>,
    /// By task.
    pub sheets: Table<TaskId, Sheet>,
}
