//! What a phase returns: a value, and what it noticed on the way. Never a bare failure.

use super::diagnostic::Diagnostic;

/// A value and the findings made while producing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome<T> {
    /// What could be made of the input.
    pub value: T,
    /// What was noticed, in no particular order; `Log` sorts.
    pub findings: Vec<Diagnostic>,
}

impl<T> Outcome<T> {
    /// A value about which there is nothing to say.
    pub fn clean(value: T) -> Self {
        Self { value, findings: Vec::new() }
    }
    /// A value with findings.
    pub fn new(value: T, findings: Vec<Diagnostic>) -> Self {
        Self { value, findings }
    }
    /// The same findings about a value made from this one.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Outcome<U> {
        Outcome { value: f(self.value), findings: self.findings }
    }
}

/// All findings of one compilation.
#[derive(Debug, Default)]
pub struct Log {
    findings: Vec<Diagnostic>,
}

impl Log {
    /// Keeps the findings of a phase and hands on its value.
    pub fn keep<T>(&mut self, outcome: Outcome<T>) -> T {
        self.findings.extend(outcome.findings);
        outcome.value
    }
    /// Keeps findings that come without a value.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        self.findings.extend(findings);
    }
    /// What has been kept so far.
    #[must_use]
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }
    /// The findings, still unsorted.
    #[must_use]
    pub fn into_findings(self) -> Vec<Diagnostic> {
        self.findings
    }
}
