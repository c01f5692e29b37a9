//! Workflow commands of GitHub: `::error file=…,line=…,col=…,title=…::message`.

use std::io;

use crate::base::diagnostic::Severity;

use super::Report;

/// Writes the findings that count.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in report.open() {
        let (diagnostic, place) = (finding.diagnostic, &finding.place);
        let command = match diagnostic.severity {
            Severity::HardBlock | Severity::Error => "error",
            Severity::SoftBlock | Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let title = if diagnostic.name.is_empty() {
            diagnostic.code.to_string()
        } else {
            format!("{} {}", diagnostic.code, diagnostic.name)
        };
        let help = diagnostic.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        let columns = if place.line == place.end_line {
            format!(",col={},endColumn={}", place.column, place.end_column)
        } else {
            String::new()
        };
        writeln!(
            out,
            "::{command} file={},line={},endLine={}{columns},title={}::{}",
            property(&place.path),
            place.line,
            place.end_line,
            property(&title),
            data(&format!("{}{help}", diagnostic.message)),
        )?;
    }
    Ok(())
}

/// Text after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, which must not end early.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
