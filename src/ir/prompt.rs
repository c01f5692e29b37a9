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

/// Who wrote a part of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ZoneKind {
    /// We: templates and pattern files.
    Ours,
    /// The source, as the task and its criteria.
    Task,
    /// A skeleton of the output.
    Template,
    /// Knowledge, agents and prose of the source: reference, not instruction.
    Knowledge,
}

/// A part of a prompt with one writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// Who wrote it.
    pub kind: ZoneKind,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A text with its parts, which cover it without gaps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Zoned {
    /// The text.
    pub text: String,
    /// Its parts, in order.
    pub zones: Vec<Zone>,
}

impl Zoned {
    /// Appends a part; one of the same writer as the last is joined to it.
    pub fn push(&mut self, kind: ZoneKind, write: impl FnOnce(&mut String)) {
        let narrow = |at: usize| u32::try_from(at).expect("a prompt is shorter than 4 GiB");
        let start = narrow(self.text.len());
        write(&mut self.text);
        let end = narrow(self.text.len());
        if start == end {
            return;
        }
        match self.zones.last_mut() {
            Some(last) if last.kind == kind => last.end = end,
            _ => self.zones.push(Zone { kind, start, end }),
        }
    }
    /// The text of one writer, its pieces joined by line breaks.
    #[must_use]
    pub fn by(&self, kind: ZoneKind) -> String {
        let mut out = String::new();
        for zone in self.zones.iter().filter(|zone| zone.kind == kind) {
            out.push_str(&self.text[zone.start as usize..zone.end as usize]);
            out.push('\n');
        }
        out
    }
}
