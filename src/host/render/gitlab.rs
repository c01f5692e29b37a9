//! Code quality report of GitLab: a JSON array.

use std::io;

use serde::Serialize;

use crate::base::diagnostic::Severity;

use super::Report;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    positions: Positions,
}

#[derive(Serialize)]
struct Positions {
    begin: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

/// Writes the findings that count.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let issues: Vec<Issue<'_>> = report
        .open()
        .map(|finding| {
            let (diagnostic, place) = (finding.diagnostic, &finding.place);
            let help = diagnostic.help.as_ref().map(|help| format!(": {help}")).unwrap_or_default();
            Issue {
                description: format!("{}{help}", diagnostic.message),
                check_name: diagnostic.code.as_str(),
                fingerprint: &finding.fingerprint,
                severity: match diagnostic.severity {
                    Severity::HardBlock => "blocker",
                    Severity::Error => "critical",
                    Severity::SoftBlock => "major",
                    Severity::Warning => "minor",
                    Severity::Info => "info",
                },
                location: Location {
                    path: &place.path,
                    positions: Positions {
                        begin: Position { line: place.line, column: place.column },
                        end: Position { line: place.end_line, column: place.end_column },
                    },
                },
            }
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}
