//! A checklist that was filled in: for people, as markdown that can be filed, and as JSON
//! (`schemas/checklist.schema.json`).

use std::io;

use serde::Serialize;

use crate::base::inputs::Inputs;
use crate::compiler::check::checklist::fill::{Filled, Row, State, Verdict};
use crate::compiler::check::checklist::scale::{Milli, show};
use crate::compiler::check::checklist::{Item, Program};

use super::paint::{Ink, Paint};
use super::screen::plural;
use super::{Format, Style};

/// A checklist with what became of it.
pub struct Sheet<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// The path of the checklist, as typed.
    pub name: &'a str,
    /// Its items.
    pub program: &'a Program,
    /// What became of them.
    pub filled: &'a Filled,
}

impl<'a> Sheet<'a> {
    fn rows(&self) -> impl Iterator<Item = (&'a Item, &'a Row)> {
        self.program.items.iter().zip(&self.filled.rows)
    }

    fn count(&self, state: State) -> usize {
        self.filled.rows.iter().filter(|row| row.state == state).count()
    }

    /// `9 of 11 items hold, 1 fails, 1 is open: fail`.
    fn sum(&self) -> String {
        let filled = self.filled;
        let items = plural(filled.rows.len(), "item");
        let (held, failed, open) =
            (self.count(State::Checked), self.count(State::Failed), self.count(State::Open));
        let score = if self.program.scale.is_weighed() || filled.pass != filled.of {
            format!(
                "; {} of {} points, {} are enough",
                show(filled.score),
                show(filled.of),
                show(filled.pass)
            )
        } else {
            String::new()
        };
        format!(
            "{held} of {items} checked, {failed} failed, {open} not decided{score}: {}",
            word(filled.verdict)
        )
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Open => "open",
    }
}

/// Writes it.
pub fn write(format: Format, sheet: &Sheet<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Json => json(sheet, out),
        Format::Markdown => markdown(sheet, out),
        Format::Human | Format::Short | Format::Sarif | Format::Github | Format::Gitlab | Format::Junit => {
            human(sheet, style, out)
        }
    }
}

fn human(sheet: &Sheet<'_>, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint::new(style);
    let mut group = None;
    for (item, row) in sheet.rows() {
        if item.group != group {
            group.clone_from(&item.group);
            writeln!(out, "{}", paint.ink(Ink::Strong, group.as_deref().unwrap_or_default()))?;
        }
        let (ink, mark) = match (row.state, style.unicode) {
            (State::Checked, true) => (Ink::Good, "✓"),
            (State::Checked, false) => (Ink::Good, "+"),
            (State::Failed, true) => (Ink::Bad, "✗"),
            (State::Failed, false) => (Ink::Bad, "x"),
            (State::Open, _) => (Ink::Faint, "?"),
        };
        let id = item.id.as_ref().map(|id| format!("{id} ")).unwrap_or_default();
        let veto = if item.veto { " [veto]" } else { "" };
        writeln!(out, "  {} {id}{}{veto}", paint.ink(ink, mark), item.text)?;
        if row.state != State::Checked || style.verbose {
            for reason in &row.reasons {
                writeln!(out, "      {}", paint.ink(Ink::Faint, reason))?;
            }
        }
    }
    let ink = match sheet.filled.verdict {
        Verdict::Pass => Ink::Good,
        Verdict::Fail => Ink::Bad,
        Verdict::Open => Ink::Warn,
    };
    writeln!(out, "\n{}", paint.ink(ink, &sheet.sum()))
}

fn markdown(sheet: &Sheet<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "# {}\n", sheet.name)?;
    let mut group = None;
    for (item, row) in sheet.rows() {
        if item.group != group {
            group.clone_from(&item.group);
            writeln!(out, "\n## {}\n", group.as_deref().unwrap_or_default())?;
        }
        let tick = if row.state == State::Checked { 'x' } else { ' ' };
        let id = item.id.as_ref().map(|id| format!("**{id}** ")).unwrap_or_default();
        writeln!(out, "- [{tick}] {id}{}", item.text)?;
        let why = match row.state {
            State::Checked => continue,
            State::Failed => "failed",
            State::Open => "not decided",
        };
        for reason in &row.reasons {
            writeln!(out, "  - {why}: {}", reason.replace('\n', " "))?;
        }
    }
    writeln!(out, "\n{}", sheet.sum())
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    checklist: &'a str,
    verdict: Verdict,
    score: Score,
    items: Vec<Line<'a>>,
}

/// Points; whole where weights are whole.
#[derive(Serialize)]
struct Score {
    checked: f64,
    open: f64,
    of: f64,
    pass: f64,
}

#[derive(Serialize)]
struct Line<'a> {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    weight: f64,
    veto: bool,
    rules: &'a [String],
    state: State,
    reasons: &'a [String],
}

fn json<'s>(sheet: &'s Sheet<'s>, out: &mut dyn io::Write) -> io::Result<()> {
    let filled = sheet.filled;
    #[expect(clippy::cast_precision_loss, reason = "weights are small numbers")]
    let points = |points: Milli| points as f64 / 1000.0;
    let line = |item: &'s Item, row: &'s Row| Line {
        line: sheet.inputs.position(item.at).line,
        id: item.id.as_deref(),
        text: &item.text,
        group: item.group.as_deref(),
        weight: points(item.weight),
        veto: item.veto,
        rules: &item.rules,
        state: row.state,
        reasons: &row.reasons,
    };
    let document = Document {
        schema: "dispatch.checklist/v1",
        checklist: sheet.name,
        verdict: filled.verdict,
        score: Score {
            checked: points(filled.score),
            open: points(filled.open),
            of: points(filled.of),
            pass: points(filled.pass),
        },
        items: sheet.rows().map(|(item, row)| line(item, row)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
