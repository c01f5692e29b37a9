//! A few lines a finding, the same on every terminal: what the literate suite compares.

use std::fmt::Write as _;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;

use super::Report;

/// All findings.
#[must_use]
pub fn findings(diagnostics: &[Diagnostic], inputs: &Inputs) -> String {
    let report = Report::new(inputs, diagnostics, &[], &|_| false);
    let mut out = String::new();
    for finding in &report.findings {
        let (diagnostic, place) = (finding.diagnostic, &finding.place);
        let waived = if diagnostic.waived.is_some() { " (waived)" } else { "" };
        let head = format!("{}[{}]", diagnostic.severity.name(), diagnostic.code);
        let _ = writeln!(out, "{head}{waived}: {}", diagnostic.message);
        let _ = writeln!(out, "  --> {}:{}:{}", place.path, place.line, place.column);
        for (place, text) in &finding.related {
            let _ = writeln!(out, "  ::: {}:{}:{} {text}", place.path, place.line, place.column);
        }
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(out, "   = {help}");
        }
    }
    out
}
