//! Findings for people and machines: one file a format.
//!
//! To add a format: `render/<name>.rs` with a function that writes a `Report`, its name in `Format`, its arm in `write`.

pub mod checklist;
pub mod finding;
pub mod fingerprint;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod paint;
pub mod plain;
pub mod sarif;
pub mod screen;
pub mod short;
mod source;
pub mod verify;

use std::io;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::inputs::Inputs;
use crate::ir::plan::Gate;

use finding::Finding;

/// How findings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, clap::ValueEnum)]
pub enum Format {
    /// With the lines they are about, for people.
    #[default]
    Human,
    /// One line a finding.
    Short,
    /// One document, schema `dispatch.diagnostics/v1`.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub.
    Github,
    /// Code quality report of GitLab.
    Gitlab,
    /// `JUnit` XML.
    Junit,
    /// A table for pull requests.
    Markdown,
}

/// How it is drawn for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// With box-drawing characters.
    pub unicode: bool,
    /// Columns.
    pub width: usize,
    /// With the reasons behind every rule.
    pub verbose: bool,
}

impl Style {
    /// As a file or a pipe wants it.
    pub const PLAIN: Self = Self { color: false, unicode: true, width: 100, verbose: false };
}

/// What there is to say.
#[derive(Debug)]
pub struct Report<'a> {
    /// The files it is about.
    pub inputs: &'a Inputs,
    /// Sorted by path, position, code.
    pub findings: Vec<Finding<'a>>,
    /// The gates, if they were asked.
    pub gates: &'a [Gate],
}

impl<'a> Report<'a> {
    /// Sorts findings and gives each its place and fingerprint. Those whose fingerprint `is_known` are marked.
    pub fn new(
        inputs: &'a Inputs,
        diagnostics: &'a [Diagnostic],
        gates: &'a [Gate],
        is_known: &dyn Fn(&str) -> bool,
    ) -> Self {
        Self { inputs, findings: finding::prepare(inputs, diagnostics, is_known), gates }
    }

    /// Findings that count: neither waived nor in the baseline.
    pub fn open(&self) -> impl Iterator<Item = &Finding<'a>> {
        self.findings.iter().filter(|finding| finding.is_open())
    }

    /// `2 errors, 1 warning`; empty when there is nothing.
    #[must_use]
    pub fn tally(&self) -> String {
        let mut parts = Vec::new();
        for (severity, word) in [
            (Severity::HardBlock, "hard block"),
            (Severity::SoftBlock, "soft block"),
            (Severity::Error, "error"),
            (Severity::Warning, "warning"),
            (Severity::Info, "note"),
        ] {
            let count = self.open().filter(|finding| finding.diagnostic.severity == severity).count();
            if count > 0 {
                parts.push(format!("{count} {word}{}", if count == 1 { "" } else { "s" }));
            }
        }
        let silent = |known: bool| {
            let counts = |finding: &&Finding<'_>| !finding.is_open() && finding.known == known;
            self.findings.iter().filter(counts).count()
        };
        for (count, word) in [(silent(false), "waived"), (silent(true), "in the baseline")] {
            if count > 0 {
                parts.push(format!("{count} {word}"));
            }
        }
        parts.join(", ")
    }
}

/// Writes a report.
pub fn write(format: Format, report: &Report<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, style, out),
        Format::Short => short::write(report, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => markdown::write(report, out),
    }
}

#[cfg(test)]
mod tests;
