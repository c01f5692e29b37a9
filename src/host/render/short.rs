//! One line a finding: `path:line:column: severity[code] message (help)`. Editors and problem matchers read it.

use std::io;

use super::Report;

/// Writes the findings that count.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.open() {
        let (diagnostic, place) = (finding.diagnostic, &finding.place);
        let help = diagnostic.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let line = format!(
            "{}:{}:{}: {}[{}] {}{help}",
            place.path,
            place.line,
            place.column,
            diagnostic.severity.name(),
            diagnostic.code,
            diagnostic.message,
        );
        writeln!(out, "{}", line.replace(['\n', '\r'], " "))?;
    }
    Ok(())
}
