//! `dispatch lint`: findings are the product. Every file is judged as what it is; findings are selected, fixed, compared
//! with a baseline.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueHint;

use crate::base::diagnostic::Diagnostic;
use crate::base::span::{FileId, Span};
use crate::compiler::check::severity;
use crate::compiler::lint::Sorted;
use crate::host::baseline::{Baseline, Growth};
use crate::host::error::HostError;
use crate::host::files::Request;
use crate::host::fix::{self, Boldness};
use crate::host::render::screen::plural;
use crate::host::render::{self, Format, Report};
use crate::host::select::Selection;
use crate::host::terminal::Terminal;
use crate::ir::plan::Gate;

use super::args::{Global, Sources, change};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Rounds of fixing: a fix may make room for another.
const ROUNDS: usize = 8;

/// Report what is wrong with stories, plans, squads, agents, skills, commands, settings and AGENTS.md
///
/// What a file is follows from its path and its keys. In a folder, what git ignores and what is no such file is passed
/// over; `.claude`, `.github`, `.gemini` and `.codex` are looked into.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// Only these codes: an id, or the beginning of ids; ALL for all
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    select: Vec<String>,
    /// Not these codes
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Apply fixes that keep the meaning
    #[arg(long)]
    fix: bool,
    /// Apply fixes, too, that change what an executor is asked
    #[arg(long)]
    unsafe_fixes: bool,
    /// Count only findings that this file does not know
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    baseline: Option<PathBuf>,
    /// Take findings that are gone out of the baseline
    #[arg(long, requires = "baseline")]
    baseline_update: bool,
    /// Let the update take in new findings, too
    #[arg(long, requires = "baseline_update")]
    allow_growth: bool,
    /// Fill in this checklist: its items are decided by the rules they name, the conditions they state and the claims a
    /// program can test, about the sources, a manifest or a plan folder
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["fix", "unsafe_fixes", "baseline", "select", "ignore"])]
    checklist: Option<PathBuf>,
    /// With a checklist and a manifest: the record of the run
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "checklist")]
    record: Option<PathBuf>,
    /// Fail from this severity on
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
}

/// From which severity on findings fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Whatever is found.
    Info,
    /// Warnings and worse.
    Warning,
    /// Errors and blocks.
    Error,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut request = args.sources.request(global);
    request.lint = true;
    if let Some(checklist) = &args.checklist {
        return super::checklist::run(global, &request, checklist, args.record.as_deref(), terminal);
    }
    // Nothing is run, so nothing has to be confirmed.
    request.overrides.push(change("batch.confirmed", "true", "lint"));
    if request.documents.is_empty() {
        request.documents.push(".".to_owned());
    }
    let boldness = match (args.fix, args.unsafe_fixes) {
        (_, true) => Some(Boldness::Unsafe),
        (true, false) => Some(Boldness::Safe),
        (false, false) => None,
    };
    if let Some(boldness) = boldness {
        mend(&request, args, boldness, terminal)?;
    }
    let mut job = Job::open(&request, terminal)?;
    let Seen { findings, gates, files } = look(&mut job, args);
    let growth = if args.allow_growth { Growth::Allow } else { Growth::Shrink };
    let baseline = match &args.baseline {
        Some(path) if args.allow_growth && !path.exists() => Baseline::default(),
        Some(path) => Baseline::read(path)?,
        None => Baseline::default(),
    };
    let inputs = &job.project.inputs;
    if let Some(path) = args.baseline.as_ref().filter(|_| args.baseline_update) {
        let report = Report::new(inputs, &findings, &gates, &|_| false);
        let updated = baseline.updated(&report.findings, growth, &job.library.settings.forbid);
        updated.write(path)?;
        let (old, new) = (baseline.len(), plural(updated.len(), "finding"));
        terminal.say(&format!("{} knows {new}, before {old}", path.display()));
        let report = Report::new(inputs, &findings, &gates, &|fingerprint| updated.knows(fingerprint));
        return conclude(global.format, &report, &files, args.fail_on, terminal);
    }
    let report = Report::new(inputs, &findings, &gates, &|fingerprint| baseline.knows(fingerprint));
    conclude(global.format, &report, &files, args.fail_on, terminal)
}

/// What was found, and in how much.
struct Seen {
    findings: Vec<Diagnostic>,
    gates: Vec<Gate>,
    /// As the last line says it.
    files: String,
}

/// What there is to say about a project, as selected.
fn look(job: &mut Job, args: &Args) -> Seen {
    let selection = Selection { select: args.select.clone(), ignore: args.ignore.clone() };
    let chosen = |finding: &Diagnostic| {
        selection.allows(finding.code.as_str()) || finding.vetoes.iter().any(|rule| selection.allows(rule))
    };
    let sorted = Sorted::new(&job.project.inputs, &job.library, &job.project.named);
    job.project.inputs.keep_documents(&sorted.stories);
    let mut findings = sorted.judge(&job.project.inputs, &job.library);
    let mut gates = Vec::new();
    if sorted.stories.is_empty() {
        findings.extend(job.library.findings.iter().cloned());
        let (inputs, library) = (&job.project.inputs, &job.library);
        let at = Span::head(inputs.find("dispatch.yaml").unwrap_or(FileId(0)));
        findings.extend(severity::unused(&library.settings, &library.packs, inputs, at));
    } else {
        let compilation = job.compile();
        findings.extend(compilation.plan.diagnostics.iter().cloned());
        gates.clone_from(&compilation.plan.gates);
    }
    findings.retain(chosen);
    let files = plural(sorted.pages() + sorted.stories.len(), "file");
    let files = match sorted.passed.len() {
        0 => files,
        passed => format!("{files}, {passed} passed over"),
    };
    Seen { findings, gates, files }
}

fn conclude(
    format: Format,
    report: &Report<'_>,
    files: &str,
    fail_on: FailOn,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let is_silent = format == Format::Human && report.findings.is_empty();
    terminal.print(|out, style| {
        if is_silent {
            writeln!(out, "nothing to say about {files}")
        } else {
            render::write(format, report, style, out)?;
            if format == Format::Human { writeln!(out, "Looked at {files}.") } else { Ok(()) }
        }
    })?;
    let least = match fail_on {
        FailOn::Info => crate::base::diagnostic::Severity::Info,
        FailOn::Warning => crate::base::diagnostic::Severity::Warning,
        FailOn::Error => crate::base::diagnostic::Severity::Error,
    };
    let fails = report.open().any(|finding| finding.diagnostic.severity >= least);
    Ok(if fails { FINDINGS } else { CLEAN })
}

/// How often each code was found in each path.
type Known = BTreeMap<(String, String), usize>;

/// Applies fixes round by round, until there are none; a round that makes new findings is taken back.
fn mend(
    request: &Request,
    args: &Args,
    boldness: Boldness,
    terminal: &mut Terminal,
) -> Result<(), HostError> {
    #[allow(clippy::type_complexity, reason = "what was found before, and what was written: used here only")]
    let mut before: Option<(Known, Vec<fix::Saved>)> = None;
    for _ in 0..ROUNDS {
        let mut job = Job::open(request, terminal)?;
        let Seen { findings, gates, .. } = look(&mut job, args);
        let inputs = &job.project.inputs;
        let report = Report::new(inputs, &findings, &gates, &|_| false);
        let key = |finding: &render::finding::Finding<'_>| {
            (finding.diagnostic.code.to_string(), finding.place.path.clone())
        };
        let mut now = Known::new();
        for finding in report.open() {
            *now.entry(key(finding)).or_default() += 1;
        }
        let more = |known: &Known| {
            let grown =
                |(row, count): &(&(String, String), &usize)| known.get(*row).is_none_or(|old| old < *count);
            now.iter().find(grown).map(|(row, _)| row.clone())
        };
        if let Some((known, saved)) = before.take()
            && let Some((code, path)) = more(&known)
        {
            fix::restore(&saved)?;
            terminal.say(&format!("a fix was taken back: it made a new finding `{code}` in `{path}`"));
            return Ok(());
        }
        let wanted: Vec<&Diagnostic> = report.open().map(|finding| finding.diagnostic).collect();
        let chosen = fix::choose(inputs, &wanted, boldness);
        if chosen.is_empty() {
            return Ok(());
        }
        let saved = fix::write(&job.project.root, inputs, &chosen)?;
        let edits = plural(chosen.values().map(Vec::len).sum(), "edit");
        terminal.say(&format!("{edits} in {}", plural(saved.len(), "file")));
        before = Some((now, saved));
    }
    Ok(())
}
