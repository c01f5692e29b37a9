//! What a verification found, for people and machines. Formats that are nothing but findings are those of all findings.

mod human;
mod json;
mod junit;

use std::io;

use crate::compiler::check::verify::manifest::Promise;
use crate::compiler::check::verify::tree::{Content, Stand, Tree};
use crate::compiler::check::verify::{Checked, TaskResult, Verdict, Verification};

use super::{Format, Report, Style};

/// A verification with everything a format may want.
pub struct Outcome<'a> {
    /// The manifest.
    pub promise: &'a Promise,
    /// What stands in the tree.
    pub tree: &'a Tree,
    /// What came of it.
    pub verification: &'a Verification,
    /// Its findings.
    pub report: &'a Report<'a>,
}

impl Outcome<'_> {
    /// Every check.
    fn checks(&self) -> impl Iterator<Item = &Checked> {
        let verification = self.verification;
        verification.tasks.iter().flat_map(|task| &task.checks).chain(&verification.whole)
    }
    /// How many checks came to a verdict.
    fn count(&self, verdict: Verdict) -> usize {
        self.checks().filter(|checked| checked.verdict == verdict).count()
    }
    /// The files of a task that were found, with their paths.
    fn files(&self, result: &TaskResult) -> Vec<(&str, Option<&Content>)> {
        let mut files = Vec::new();
        for output in &self.promise.tasks[result.task].outputs {
            let path = output.path.value.as_str();
            let many = match self.tree.get(path) {
                Some(Stand::Many(many)) if !many.is_empty() => many.iter().map(String::as_str).collect(),
                _ => vec![path],
            };
            for path in many {
                let content = match self.tree.get(path) {
                    Some(Stand::File(content)) => Some(content),
                    _ => None,
                };
                files.push((path, content));
            }
        }
        files
    }
}

/// Writes a verification.
pub fn write(format: Format, outcome: &Outcome<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(outcome, style, out),
        Format::Json => json::write(outcome, out),
        Format::Junit => junit::write(outcome, out),
        Format::Short | Format::Sarif | Format::Github | Format::Gitlab | Format::Markdown => {
            super::write(format, outcome.report, style, out)
        }
    }
}
