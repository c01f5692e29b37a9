//! One JSON document, schema `dispatch.verify/v1` (`schemas/verify.schema.json`).

use std::io;

use serde::Serialize;

use crate::compiler::check::verify::{Checked, Verdict, WaveResult};
use crate::host::render::json::{Row, rows};

use super::Outcome;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    plan: PlanRow<'a>,
    verdict: Verdict,
    summary: Summary,
    tasks: Vec<TaskRow<'a>>,
    waves: Vec<WaveRow>,
    run: Vec<CheckRow<'a>>,
    diagnostics: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct PlanRow<'a> {
    id: &'a str,
    title: &'a str,
    hash: Option<&'a str>,
}

#[derive(Serialize)]
struct Summary {
    tasks: Tally,
    checks: Tally,
}

#[derive(Serialize, Default)]
struct Tally {
    pass: usize,
    warn: usize,
    fail: usize,
    error: usize,
    skipped: usize,
}

#[derive(Serialize)]
struct TaskRow<'a> {
    id: &'a str,
    title: &'a str,
    wave: Option<u32>,
    verdict: Verdict,
    /// Something about it was left to a person or to a run.
    partial: bool,
    files: Vec<FileRow<'a>>,
    checks: Vec<CheckRow<'a>>,
    retry: Vec<&'a str>,
}

#[derive(Serialize)]
struct FileRow<'a> {
    path: &'a str,
    bytes: Option<u64>,
    sha256: Option<String>,
}

#[derive(Serialize)]
struct CheckRow<'a> {
    rule: &'a str,
    name: &'a str,
    subject: &'a str,
    verdict: Verdict,
    #[serde(skip_serializing_if = "str::is_empty")]
    message: &'a str,
}

#[derive(Serialize)]
struct WaveRow {
    number: u32,
    verdict: &'static str,
    tasks: u32,
    passed: u32,
}

/// Writes the document.
pub(super) fn write(outcome: &Outcome<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (plan, verification) = (&outcome.promise.plan, outcome.verification);
    let tasks = verification.tasks.iter().map(|result| {
        let task = &outcome.promise.tasks[result.task];
        let files = outcome.files(result).into_iter().map(|(path, content)| FileRow {
            path,
            bytes: content.map(|content| content.bytes),
            sha256: content.map(|content| content.sha256.hex()),
        });
        let mut retry: Vec<&str> =
            result.checks.iter().filter_map(|checked| checked.retry.as_deref()).collect();
        retry.dedup();
        TaskRow {
            id: &task.id.value,
            title: &task.title,
            wave: task.wave,
            verdict: result.verdict,
            partial: result.checks.iter().any(|checked| checked.verdict == Verdict::Skipped),
            files: files.collect(),
            checks: result.checks.iter().map(check).collect(),
            retry,
        }
    });
    let document = Document {
        schema: "dispatch.verify/v1",
        plan: PlanRow { id: &plan.id, title: &plan.title, hash: plan.hash.as_deref() },
        verdict: verification.verdict,
        summary: Summary {
            tasks: tally(verification.tasks.iter().map(|task| task.verdict)),
            checks: tally(outcome.checks().map(|checked| checked.verdict)),
        },
        tasks: tasks.collect(),
        waves: verification.waves.iter().map(wave).collect(),
        run: verification.whole.iter().map(check).collect(),
        diagnostics: rows(outcome.report),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn tally(verdicts: impl Iterator<Item = Verdict>) -> Tally {
    let mut tally = Tally::default();
    for verdict in verdicts {
        *match verdict {
            Verdict::Pass => &mut tally.pass,
            Verdict::Warn => &mut tally.warn,
            Verdict::Fail => &mut tally.fail,
            Verdict::Error => &mut tally.error,
            Verdict::Skipped => &mut tally.skipped,
        } += 1;
    }
    tally
}

fn check(checked: &Checked) -> CheckRow<'_> {
    let Checked { rule, name, subject, verdict, message, .. } = checked;
    CheckRow { rule, name, subject, verdict: *verdict, message }
}

/// A wave with some tasks that failed and some that did not is partial.
fn wave(wave: &WaveResult) -> WaveRow {
    let verdict = match wave.verdict {
        Verdict::Fail if wave.passed > 0 => "partial",
        Verdict::Warn => Verdict::Pass.name(),
        verdict => verdict.name(),
    };
    WaveRow { number: wave.number, verdict, tasks: wave.tasks, passed: wave.passed }
}
