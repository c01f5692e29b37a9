//! `dispatch verify`: are the results in the working tree what the manifest promises?

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use clap::ValueHint;
use serde::{Deserialize, Serialize};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::FileId;
use crate::base::suggest::nearest;
use crate::compiler::check::pack::{Depth, Packs};
use crate::compiler::check::verify::criterion::Criteria;
use crate::compiler::check::verify::manifest::{self, Promise};
use crate::compiler::check::verify::record::{self, Moment, Record};
use crate::compiler::check::verify::tree::{Snapshot, Stand, Tree};
use crate::compiler::check::verify::{self, Case, Demands, Verdict};
use crate::host::error::HostError;
use crate::host::files::{self, Project, Request, look};
use crate::host::render::{self, Report};
use crate::host::root::Root;
use crate::host::terminal::Terminal;
use crate::host::write;
use crate::syntax::text::vocabulary::Vocabulary;
use crate::syntax::yaml;

use super::args::Global;
use super::{CLEAN, FINDINGS, WORLD};

/// Check results in the working tree against what a manifest promises
///
/// Every file a task was to make is there, has content, is new, can be read as its format, holds no placeholder; the
/// criteria a program can decide hold; the cost is near its estimate. The verdict is pass (exit 0), fail (1) or error (3).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The manifest, or its plan folder
    #[arg(value_name = "MANIFEST", value_hint = ValueHint::AnyPath)]
    manifest: PathBuf,
    /// Only these tasks
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    task: Vec<String>,
    /// The record of the run: schema run-record
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    record: Option<PathBuf>,
    /// Files must be newer than this: a time (2026-03-01T12:00:00Z), a file, or differ from a snapshot
    #[arg(long, value_name = "WHEN", value_hint = ValueHint::FilePath)]
    since: Option<String>,
    /// Write a snapshot of the promised files, for `--since` after the run, and verify nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["record", "since"])]
    snapshot: Option<PathBuf>,
}

/// Shipped files a verification needs.
const DATA: &str = "squads/dispatch/data/";

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let path =
        if args.manifest.is_dir() { args.manifest.join("manifest.json") } else { args.manifest.clone() };
    let root = Root::find(global.root.as_deref(), path.to_str())?;
    let request = Request { root: Some(root.path), shipped: vec![DATA], ..global.request() };
    let mut project = files::gather(&request)?;
    let file = look::named(&mut project, &path)?;
    let promise = match manifest::read(&project.inputs, file) {
        Ok(promise) => promise,
        Err(findings) => return refuse(&project, &findings, global, terminal),
    };
    let only = chosen(args, &promise)?;
    let packs = packs(&project.inputs);
    let criteria = Criteria::load(&project.inputs);
    if criteria.findings.iter().any(Diagnostic::blocks) {
        return refuse(&project, &criteria.findings, global, terminal);
    }
    let demands = Demands::of(&promise, &criteria.value, &packs);
    let wanted = verify::wanted(&promise, &demands, &only);
    let tree = look::look(&mut project, &wanted);
    if let Some(target) = &args.snapshot {
        return snapshot(&promise, &tree, target, terminal);
    }
    let record = match args
        .record
        .as_deref()
        .map(|path| record(&mut project, path, &promise, terminal))
        .transpose()?
    {
        Some(Err(findings)) => return refuse(&project, &findings, global, terminal),
        Some(Ok(record)) => Some(record),
        None => None,
    };
    let since = args.since.as_deref().map(|text| since(&project.root, text)).transpose()?;
    let (since, before) = match since {
        Some(Since::Moment(moment)) => (Some(moment), None),
        Some(Since::Snapshot(before)) => (None, Some(before)),
        None => (None, None),
    };
    let verification = verify::verify(Case {
        inputs: &project.inputs,
        manifest: file,
        promise: &promise,
        understood: &demands.criteria,
        own: &demands.own,
        tree: &tree,
        record: record.as_ref(),
        since,
        before: before.as_ref(),
        packs: &packs,
        only: &only,
    });
    let gates = [verification.gate.clone()];
    let report = Report::new(&project.inputs, &verification.findings, &gates, &|_| false);
    let outcome = render::verify::Outcome {
        promise: &promise,
        tree: &tree,
        verification: &verification,
        report: &report,
    };
    terminal.print(|out, style| render::verify::write(global.format, &outcome, style, out))?;
    Ok(match verification.verdict {
        Verdict::Pass | Verdict::Warn => CLEAN,
        Verdict::Fail => FINDINGS,
        Verdict::Skipped | Verdict::Error => WORLD,
    })
}

/// Says why nothing could be judged.
pub(super) fn refuse(
    project: &Project,
    findings: &[Diagnostic],
    global: &Global,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let report = Report::new(&project.inputs, findings, &[], &|_| false);
    terminal.print(|out, style| render::write(global.format, &report, style, out))?;
    Ok(WORLD)
}

fn chosen(args: &Args, promise: &Promise) -> Result<BTreeSet<String>, HostError> {
    for id in &args.task {
        let known = || promise.tasks.iter().map(|task| task.id.value.as_str());
        if !known().any(|known| known == id) {
            let error = HostError::usage(format!("the manifest has no task `{id}`"));
            return Err(match nearest(id, known()) {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            });
        }
    }
    Ok(args.task.iter().cloned().collect())
}

/// The rules, and the words they use.
pub(super) fn packs(inputs: &Inputs) -> Packs {
    let vocabulary = Vocabulary::load(inputs).value;
    Packs::load(inputs, &yaml::read, std::sync::Arc::new(vocabulary), Depth::Rules).value
}

/// Reads the record of a run; one of another plan is refused.
pub(super) fn record(
    project: &mut Project,
    path: &Path,
    promise: &Promise,
    terminal: &mut Terminal,
) -> Result<Result<Record, Vec<Diagnostic>>, HostError> {
    let file: FileId = look::named(project, path)?;
    let record = match record::read(&project.inputs, file) {
        Ok(record) => record,
        Err(findings) => return Ok(Err(findings)),
    };
    let differs = |of: &Option<String>| matches!((of, &promise.plan.hash), (Some(a), Some(b)) if a != b);
    if record.plan != promise.plan.id || differs(&record.plan_hash) {
        let message =
            format!("`{}` records the plan `{}`, not `{}`", path.display(), record.plan, promise.plan.id);
        return Err(HostError::usage(message).hint("name the record of a run of this manifest"));
    }
    for id in record.tasks.keys().filter(|id| !promise.tasks.iter().any(|task| task.id.value == **id)) {
        terminal.say(&format!("note: the record knows a task `{id}`, which the manifest does not"));
    }
    Ok(Ok(record))
}

/// Since when results count as new.
enum Since {
    Moment(Moment),
    Snapshot(Snapshot),
}

/// What was there before a run.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: String,
    plan: String,
    files: Snapshot,
}

const SNAPSHOT: &str = "dispatch.snapshot/v1";

fn since(root: &Root, text: &str) -> Result<Since, HostError> {
    if let Some(moment) = Moment::parse(text) {
        return Ok(Since::Moment(moment));
    }
    let path = root.typed(text);
    let io = |error: &std::io::Error| {
        HostError::io("read", Path::new(text), error)
            .hint("`--since` is a time (2026-03-01T12:00:00Z), a file or a snapshot")
    };
    let found = std::fs::metadata(&path).map_err(|error| io(&error))?;
    let bytes = std::fs::read(&path).map_err(|error| io(&error))?;
    if let Ok(written) = serde_json::from_slice::<Written>(&bytes)
        && written.schema == SNAPSHOT
    {
        return Ok(Since::Snapshot(written.files));
    }
    let modified = found.modified().map_err(|error| io(&error))?;
    let seconds = modified.duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64());
    Ok(Since::Moment(Moment(seconds)))
}

fn snapshot(promise: &Promise, tree: &Tree, target: &Path, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut files = Snapshot::new();
    for (path, stand) in tree {
        let hash = match stand {
            Stand::File(content) => Some(content.sha256.hex()),
            Stand::Absent | Stand::Folder => None,
            Stand::Many(_) => continue,
            Stand::Refused(why) | Stand::Unread(why) => {
                return Err(HostError::world(format!("`{path}` {why}")));
            }
        };
        files.insert(path.clone(), hash);
    }
    let count = render::screen::plural(files.len(), "file");
    let written = Written { schema: SNAPSHOT.to_owned(), plan: promise.plan.id.clone(), files };
    let mut bytes =
        serde_json::to_vec_pretty(&written).map_err(|error| HostError::world(error.to_string()))?;
    bytes.push(b'\n');
    write::replace(target, &bytes)?;
    terminal.say(&format!("{} knows {count}", target.display()));
    Ok(CLEAN)
}
