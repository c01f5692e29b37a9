//! `dispatch health`: how healthy a plan is, or a run of it, in twelve points with their reasons.

use std::path::PathBuf;

use clap::ValueHint;
use serde::Serialize;

use crate::base::diagnostic::Diagnostic;
use crate::compiler::check::health::{Basis, Counts, Health, Points, Reason, Status, count, health};
use crate::compiler::check::verify::manifest::{self, Head};
use crate::compiler::check::verify::record::{self, Record};
use crate::host::error::HostError;
use crate::host::files::{self, Request, look};
use crate::host::render::paint::{Ink, Paint, fit};
use crate::host::render::{Format, Style};
use crate::host::root::Root;
use crate::host::terminal::Terminal;

use super::args::{Global, Sources};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// How healthy a plan or a run is: twelve points, each with its reason
///
/// Takes a manifest, a plan folder, or sources, which are compiled and not written. Without a record of the run only the
/// points that a plan can earn count.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// The record of the run: schema run-record
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    record: Option<PathBuf>,
    /// Fail below so many points
    #[arg(long, value_name = "POINTS", default_value_t = 0)]
    fail_under: u32,
}

/// Shipped files the score needs.
const DATA: &str = "squads/dispatch/data/";

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    global.only(&[Format::Human, Format::Json], "health")?;
    let (mut project, text) = if let Some(path) = manifest_of(args) {
        let root = Root::find(global.root.as_deref(), path.to_str())?;
        let request = Request { root: Some(root.path), shipped: vec![DATA], ..global.request() };
        let mut project = files::gather(&request)?;
        let file = look::named(&mut project, &path)?;
        if let Err(findings) = manifest::read(&project.inputs, file) {
            return super::verify::refuse(&project, &findings, global, terminal);
        }
        let text = project.inputs.text(file).to_owned();
        (project, text)
    } else {
        let job = Job::open(&args.sources.request(global), terminal)?;
        let text = String::from_utf8_lossy(&job.compile().manifest()).into_owned();
        (job.project, text)
    };
    let head = head(&text)?;
    let record = match args.record.as_deref() {
        Some(path) => {
            let file = look::named(&mut project, path)?;
            match record::read(&project.inputs, file) {
                Ok(record) => Some(record),
                Err(findings) => return super::verify::refuse(&project, &findings, global, terminal),
            }
        }
        None => None,
    };
    if let Some(record) = record.as_ref().filter(|record| record.plan != head.id) {
        let message = format!("the record is one of the plan `{}`, not of `{}`", record.plan, head.id);
        return Err(HostError::usage(message).hint("name the record of a run of this plan"));
    }
    let points = Points::load(&project.inputs);
    if points.findings.iter().any(Diagnostic::blocks) {
        return super::verify::refuse(&project, &points.findings, global, terminal);
    }
    let packs = super::verify::packs(&project.inputs);
    let counts = count(&text, record.as_ref()).map_err(HostError::world)?;
    let health = health(&points.value, &packs, &counts, record.as_ref());
    match global.format {
        Format::Json => json(&head, &health, &counts, record.as_ref(), terminal)?,
        _ => terminal.print(|out, style| human(&head, &health, style, out))?,
    }
    Ok(if health.score < args.fail_under { FINDINGS } else { CLEAN })
}

/// The one input, if it is a manifest or the folder of one.
fn manifest_of(args: &Args) -> Option<PathBuf> {
    let [only] = &args.sources.inputs[..] else { return None };
    let path = PathBuf::from(only);
    let inside = path.join("manifest.json");
    if inside.is_file() {
        return Some(inside);
    }
    path.file_name().is_some_and(|name| name == "manifest.json").then_some(path)
}

fn head(manifest: &str) -> Result<Head, HostError> {
    #[derive(serde::Deserialize)]
    struct Whole {
        plan: Head,
    }
    let whole = serde_json::from_str::<Whole>(manifest);
    whole
        .map(|whole| whole.plan)
        .map_err(|error| HostError::world(format!("cannot read the manifest: {error}")))
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    plan: Plan<'a>,
    basis: Basis,
    score: u32,
    of: u32,
    grade: &'a str,
    reasons: &'a [Reason],
    facts: &'a Counts,
}

#[derive(Serialize)]
struct Plan<'a> {
    id: &'a str,
    title: &'a str,
}

fn json(
    head: &Head,
    health: &Health,
    counts: &Counts,
    record: Option<&Record>,
    terminal: &mut Terminal,
) -> Result<(), HostError> {
    let document = Document {
        schema: "dispatch.health/v1",
        plan: Plan { id: &head.id, title: &head.title },
        basis: if record.is_some() { Basis::Run } else { Basis::Plan },
        score: health.score,
        of: health.of,
        grade: &health.grade,
        reasons: &health.reasons,
        facts: counts,
    };
    terminal.print(|out, _| {
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    })
}

/// Columns of the name of a point.
const NAME: usize = 22;

fn human(head: &Head, health: &Health, style: Style, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let paint = Paint::new(style);
    let what = match health.basis {
        Basis::Plan => "health of the plan",
        Basis::Run => "health of the run",
    };
    writeln!(out, "{}  {}\n", paint.ink(Ink::Strong, &head.title), paint.ink(Ink::Faint, what))?;
    for reason in &health.reasons {
        let (ink, mark, said) = match (reason.status, style.unicode) {
            (Status::Pass, true) => (Ink::Good, "✓", ""),
            (Status::Pass, false) => (Ink::Good, "+", ""),
            (Status::Fail, true) => (Ink::Bad, "✗", reason.message.as_str()),
            (Status::Fail, false) => (Ink::Bad, "x", reason.message.as_str()),
            (Status::Unknown, _) => (Ink::Faint, "-", "known after a run: --record FILE"),
        };
        let name = fit(&reason.name, NAME);
        let row =
            format!("{} {:6} {} {}", paint.ink(ink, mark), reason.rule, name, paint.ink(Ink::Plain, said));
        writeln!(out, "  {}", row.trim_end())?;
        if style.verbose && reason.status == Status::Fail {
            writeln!(out, "  {:9}{}", "", paint.ink(Ink::Faint, &reason.why))?;
        }
    }
    let ink = if health.score == health.of { Ink::Good } else { Ink::Warn };
    let score = format!("{} of {}", health.score, health.of);
    writeln!(out, "\n{}  {}", paint.ink(ink, &score), health.grade)
}
