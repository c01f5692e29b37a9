//! `JUnit` XML: a suite is a task, a case is a condition with what it was asked about.

use std::io;

use crate::compiler::check::verify::{Checked, Verdict};
use crate::host::render::junit::{HEAD, escape};

use super::Outcome;

/// Writes every check.
pub(super) fn write(outcome: &Outcome<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let checks: Vec<&Checked> = outcome.checks().collect();
    writeln!(out, "{HEAD}")?;
    writeln!(out, "<testsuites name=\"dispatch verify\" {}>", counts(&checks))?;
    for result in &outcome.verification.tasks {
        let id = &outcome.promise.tasks[result.task].id.value;
        suite(id, &result.checks.iter().collect::<Vec<_>>(), out)?;
    }
    suite("run", &outcome.verification.whole.iter().collect::<Vec<_>>(), out)?;
    writeln!(out, "</testsuites>")
}

fn counts(checks: &[&Checked]) -> String {
    let of = |verdict| checks.iter().filter(|checked| checked.verdict == verdict).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        checks.len(),
        of(Verdict::Fail),
        of(Verdict::Error),
        of(Verdict::Skipped)
    )
}

fn suite(name: &str, checks: &[&Checked], out: &mut dyn io::Write) -> io::Result<()> {
    if checks.is_empty() {
        return Ok(());
    }
    let name = escape(name);
    writeln!(out, "  <testsuite name=\"{name}\" {}>", counts(checks))?;
    for checked in checks {
        let case = escape(&format!("{} {} {}", checked.rule, checked.name, checked.subject));
        let message = escape(&checked.message);
        let retry = escape(checked.retry.as_deref().unwrap_or_default());
        let inside = match checked.verdict {
            Verdict::Pass => String::new(),
            Verdict::Warn => format!("<system-out>warning: {message}</system-out>"),
            Verdict::Fail => format!("<failure message=\"{message}\">{retry}</failure>"),
            Verdict::Error => format!("<error message=\"{message}\"/>"),
            Verdict::Skipped => format!("<skipped message=\"{message}\"/>"),
        };
        writeln!(out, "    <testcase classname=\"{name}\" name=\"{case}\">{inside}</testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}
