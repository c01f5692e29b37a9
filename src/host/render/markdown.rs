//! Tables for pull requests and reports: the gates, then the findings.

use std::io;

use crate::ir::plan::Verdict;

use super::Report;

/// Rows beyond these are counted: a comment has a limit.
const MOST: usize = 200;

/// Writes the gates and the findings that count.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    if !report.gates.is_empty() {
        writeln!(out, "| gate | verdict | rules | objections |\n|---|---|---:|---|")?;
        for gate in report.gates {
            let verdict = match gate.verdict {
                Verdict::Pass => "pass",
                Verdict::Warn => "warn",
                Verdict::Waived => "waived",
                Verdict::Fail => "**fail**",
                Verdict::Skipped => "skipped",
            };
            let failed = gate.failed.join(", ");
            writeln!(out, "| {} {} | {verdict} | {} | {failed} |", gate.id, cell(&gate.name), gate.rules)?;
        }
        writeln!(out)?;
    }
    let open: Vec<_> = report.open().collect();
    if open.is_empty() {
        return writeln!(out, "No findings.");
    }
    writeln!(out, "| where | finding | what | what to do |\n|---|---|---|---|")?;
    for finding in open.iter().take(MOST) {
        let (diagnostic, place) = (finding.diagnostic, &finding.place);
        writeln!(
            out,
            "| `{}:{}` | {} `{}` | {} | {} |",
            cell(&place.path),
            place.line,
            diagnostic.severity.name(),
            diagnostic.code,
            cell(&diagnostic.message),
            cell(diagnostic.help.as_deref().unwrap_or_default()),
        )?;
    }
    if open.len() > MOST {
        writeln!(out, "\n… and {} more.", open.len() - MOST)?;
    }
    Ok(())
}

/// Text that stays in its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ").replace('<', "&lt;")
}
