//! A table: tasks by wave with their files, below each what does not hold, at the foot the verdict.

use std::collections::BTreeMap;
use std::io;

use crate::compiler::check::verify::{Checked, TaskResult, Verdict};
use crate::host::render::Style;
use crate::host::render::paint::{Ink, Paint, fit};
use crate::host::render::screen::plural;

use super::Outcome;

/// Columns of a title, and of a file.
const TITLE: usize = 40;
const FILE: usize = 30;

/// Writes the table.
pub(super) fn write(outcome: &Outcome<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint::new(style);
    let (plan, tasks) = (&outcome.promise.plan, &outcome.verification.tasks);
    let facts =
        format!("{} · {}", plural(tasks.len(), "task"), plural(outcome.verification.waves.len(), "wave"));
    writeln!(out, "{}  {}\n", paint.ink(Ink::Strong, &plan.title), paint.ink(Ink::Faint, &facts))?;
    let wave_of = |result: &TaskResult| outcome.promise.tasks[result.task].wave;
    let mut order: Vec<&TaskResult> = tasks.iter().collect();
    order.sort_by_key(|result| (wave_of(result).is_none(), wave_of(result), result.task));
    let mut last = None;
    for result in order {
        let wave = wave_of(result);
        let margin = match wave {
            Some(number) if last != Some(wave) => format!("{number:>4}  "),
            _ => " ".repeat(6),
        };
        last = Some(wave);
        row(outcome, result, &paint.ink(Ink::Strong, &margin), paint, style, out)?;
    }
    for checked in outcome.verification.whole.iter().filter(|checked| checked.verdict > Verdict::Pass) {
        complaint(checked, paint, style, out)?;
    }
    foot(outcome, paint, out)
}

fn row(
    outcome: &Outcome<'_>,
    result: &TaskResult,
    margin: &str,
    paint: Paint,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let task = &outcome.promise.tasks[result.task];
    let files = outcome.files(result);
    let file = match &files[..] {
        [] => "no file".to_owned(),
        [(path, _)] => (*path).to_owned(),
        [(path, _), rest @ ..] => format!("{path} and {} more", rest.len()),
    };
    let held = result.checks.iter().filter(|checked| checked.verdict == Verdict::Pass).count();
    let (ink, mark) = mark(result.verdict, style);
    let title = if task.title.is_empty() { &task.id.value } else { &task.title };
    writeln!(
        out,
        "{margin}{} {} {} {}",
        paint.ink(ink, mark),
        paint.ink(Ink::Plain, &fit(title, TITLE)),
        paint.ink(Ink::Plain, &fit(&file, FILE)),
        paint.ink(
            Ink::Faint,
            &if held == 0 { String::new() } else { format!("{} hold", plural(held, "check")) }
        ),
    )?;
    for checked in result.checks.iter().filter(|checked| checked.verdict > Verdict::Pass) {
        complaint(checked, paint, style, out)?;
    }
    if style.verbose {
        for checked in result.checks.iter().filter(|checked| checked.verdict <= Verdict::Pass) {
            let why = if checked.message.is_empty() { &checked.subject } else { &checked.message };
            let line = format!("{:8}{} {} {}: {why}", "", checked.verdict.name(), checked.rule, checked.name);
            writeln!(out, "{}", paint.ink(Ink::Faint, &line))?;
        }
    }
    Ok(())
}

fn complaint(checked: &Checked, paint: Paint, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let (ink, mark) = mark(checked.verdict, style);
    let about = if checked.message.contains(&checked.subject) {
        String::new()
    } else {
        format!("{}: ", checked.subject)
    };
    writeln!(
        out,
        "{:8}{} {} {}{}",
        "",
        paint.ink(ink, mark),
        paint.ink(ink, &checked.rule),
        paint.ink(Ink::Plain, &about),
        paint.ink(Ink::Plain, &checked.message),
    )
}

fn foot(outcome: &Outcome<'_>, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let verdict = outcome.verification.verdict;
    let ink = if verdict == Verdict::Pass { Ink::Good } else { Ink::Bad };
    let tasks = &outcome.verification.tasks;
    let of = |verdicts: &[Verdict]| tasks.iter().filter(|task| verdicts.contains(&task.verdict)).count();
    let mut parts =
        vec![format!("{} of {} pass", of(&[Verdict::Pass, Verdict::Warn]), plural(tasks.len(), "task"))];
    for (count, word) in [(of(&[Verdict::Fail]), "fail"), (of(&[Verdict::Error]), "could not be judged")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let mut checks = vec![format!("{} hold", plural(outcome.count(Verdict::Pass), "check"))];
    for (verdict, word) in [(Verdict::Warn, "warn"), (Verdict::Fail, "fail"), (Verdict::Error, "error")] {
        let count = outcome.count(verdict);
        if count > 0 {
            checks.push(format!("{count} {word}"));
        }
    }
    writeln!(out, "\n{}  {}; {}", paint.ink(ink, verdict.name()), parts.join(", "), checks.join(", "))?;
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for checked in outcome.checks().filter(|checked| checked.verdict == Verdict::Skipped) {
        *reasons.entry(&checked.message).or_default() += 1;
    }
    for (reason, count) in reasons {
        writeln!(out, "{}", paint.ink(Ink::Faint, &format!("not asked {count}: {reason}")))?;
    }
    Ok(())
}

fn mark(verdict: Verdict, style: Style) -> (Ink, &'static str) {
    match (verdict, style.unicode) {
        (Verdict::Pass, true) => (Ink::Good, "✓"),
        (Verdict::Pass, false) => (Ink::Good, "+"),
        (Verdict::Warn, _) => (Ink::Warn, "!"),
        (Verdict::Fail, true) => (Ink::Bad, "✗"),
        (Verdict::Fail, false) => (Ink::Bad, "x"),
        (Verdict::Error, _) => (Ink::Bad, "?"),
        (Verdict::Skipped, _) => (Ink::Faint, "-"),
    }
}
