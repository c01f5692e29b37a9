//! Reasons, each kept once.

use crate::ir::equipment::{Reason, ReasonId};

use super::intern::Interner;

/// Collects reasons and hands out their numbers.
#[derive(Debug, Default)]
pub(super) struct Reasons {
    known: Interner,
    rows: Vec<Reason>,
    key: String,
}

impl Reasons {
    /// The number of a reason the source itself gave.
    pub(super) fn stated(&mut self, rule: &str, evidence: &str) -> ReasonId {
        self.keep(rule, evidence, false)
    }

    /// The number of a reason of ours.
    pub(super) fn inferred(&mut self, rule: &str, evidence: &str) -> ReasonId {
        self.keep(rule, evidence, true)
    }

    fn keep(&mut self, rule: &str, evidence: &str, inferred: bool) -> ReasonId {
        self.key.clear();
        self.key.push_str(rule);
        self.key.push(if inferred { '\u{1}' } else { '\u{2}' });
        self.key.push_str(evidence);
        let number = self.known.intern(&self.key);
        if number as usize == self.rows.len() {
            self.rows.push(Reason { rule: rule.to_owned(), evidence: evidence.to_owned(), inferred });
        }
        number
    }

    /// All of them, by number.
    pub(super) fn into_rows(self) -> Vec<Reason> {
        self.rows
    }
}
