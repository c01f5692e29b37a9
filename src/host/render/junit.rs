//! `JUnit` XML: a suite is a file, a case is a rule with its subject. What was waived is skipped, what blocks fails.

use std::io;

use super::Report;
use super::finding::Finding;

/// The first line of every report.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

/// Writes all findings.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let failures = report.findings.iter().filter(|finding| finding.fails()).count();
    let skipped = report.findings.iter().filter(|finding| !finding.is_open()).count();
    let total = report.findings.len();
    writeln!(out, "{HEAD}")?;
    writeln!(
        out,
        "<testsuites name=\"dispatch\" tests=\"{total}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">"
    )?;
    for group in report.findings.chunk_by(|a, b| a.place.path == b.place.path) {
        suite(group, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn suite(group: &[Finding<'_>], out: &mut dyn io::Write) -> io::Result<()> {
    let path = escape(&group[0].place.path);
    let failures = group.iter().filter(|finding| finding.fails()).count();
    let skipped = group.iter().filter(|finding| !finding.is_open()).count();
    writeln!(
        out,
        "  <testsuite name=\"{path}\" tests=\"{}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">",
        group.len()
    )?;
    for finding in group {
        let (diagnostic, place) = (finding.diagnostic, &finding.place);
        let name = format!("{} at {}:{}", diagnostic.code, place.line, place.column);
        write!(out, "    <testcase classname=\"{path}\" name=\"{}\"", escape(&name))?;
        let message = escape(&diagnostic.message);
        let help = escape(diagnostic.help.as_deref().unwrap_or_default());
        if let Some(waived) = &diagnostic.waived {
            writeln!(out, "><skipped message=\"{}\"/></testcase>", escape(&waived.reason))?;
        } else if finding.known {
            writeln!(out, "><skipped message=\"in the baseline\"/></testcase>")?;
        } else if finding.fails() {
            let kind = diagnostic.severity.name();
            writeln!(out, "><failure type=\"{kind}\" message=\"{message}\">{help}</failure></testcase>")?;
        } else {
            writeln!(
                out,
                "><system-out>{}: {message} {help}</system-out></testcase>",
                diagnostic.severity.name()
            )?;
        }
    }
    writeln!(out, "  </testsuite>")
}

/// Text for elements and attributes; characters XML cannot hold are replaced.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            letter if letter < ' ' || matches!(letter, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}
