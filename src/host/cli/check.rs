//! `dispatch check`: are the emitted files what the sources compile to?

use std::path::{Path, PathBuf};

use clap::ValueHint;

use crate::base::digest::Digest;
use crate::compiler::compilation::Compilation;
use crate::host::error::HostError;
use crate::host::lock::{self, Lock, Sources as Made};
use crate::host::render::Format;
use crate::host::root::Root;
use crate::host::terminal::Terminal;
use crate::host::write::{self, Place};

use super::args::{Decisions, Global};
use super::job::{self, Job, PLANS};
use super::{CLEAN, FINDINGS};

/// The contract inside a plan folder.
const MANIFEST: &str = "manifest.json";

/// Fail if a plan folder is not what its sources compile to
///
/// Compiles without writing and compares with what is there, byte by byte. For CI. Without inputs, every plan folder
/// below the root is compared with the sources it names.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the plan was compiled from [default: what each plan folder names]
    #[arg(value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<String>,
    #[command(flatten)]
    decisions: Decisions,
    /// The plan folder [default: .dispatch/plans/<name> below the root]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    if !args.inputs.is_empty() || args.out.is_some() {
        return one(global, args, args.inputs.clone(), args.out.clone(), terminal);
    }
    let plans = all(global)?;
    if plans.is_empty() {
        terminal.say(&format!("there is no plan folder below `{PLANS}`: `dispatch compile` writes one"));
        return Ok(CLEAN);
    }
    let mut worst = CLEAN;
    for (out, documents) in plans {
        worst = worst.max(one(global, args, documents, Some(out), terminal)?);
    }
    Ok(worst)
}

fn one(
    global: &Global,
    args: &Args,
    documents: Vec<String>,
    out: Option<PathBuf>,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let mut request = args.decisions.request(global, documents);
    request.out.clone_from(&out);
    let job = Job::open(&request, terminal)?;
    let compilation = job.compile();
    job.report(&compilation, global, terminal);
    if compilation.plan.is_blocked() {
        return Ok(FINDINGS);
    }
    let out = job.place(out.as_deref(), &compilation.plan.head.slug);
    let differences = compare(&out, &job::sources(&job.project), &compilation)?;
    tell(&out, &differences, global, terminal)
}

/// The plan folders below the root, by name, each with the documents its manifest names.
fn all(global: &Global) -> Result<Vec<(PathBuf, Vec<String>)>, HostError> {
    let root = Root::find(global.root.as_deref(), None)?;
    let Ok(entries) = std::fs::read_dir(root.locate(PLANS)) else { return Ok(Vec::new()) };
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let mut plans = Vec::new();
    for folder in folders.into_iter().filter(|folder| folder.join(lock::NAME).is_file()) {
        let path = folder.join(MANIFEST);
        let text = std::fs::read_to_string(&path).map_err(|error| HostError::io("read", &path, &error))?;
        let documents = documents(&text)
            .into_iter()
            .map(|source| root.locate(&source).to_string_lossy().into_owned())
            .collect();
        plans.push((folder, documents));
    }
    Ok(plans)
}

/// The documents a manifest was made from.
fn documents(manifest: &str) -> Vec<String> {
    let facts: serde_json::Value = serde_json::from_str(manifest).unwrap_or_default();
    let sources = facts.pointer("/plan/sources").and_then(serde_json::Value::as_array);
    let is_document = |source: &&serde_json::Value| source["role"] == "document";
    let path = |source: &serde_json::Value| source["path"].as_str().map(str::to_owned);
    sources.into_iter().flatten().filter(is_document).filter_map(path).collect()
}

/// What a compile would change in a plan folder: one line each.
pub(super) fn compare(
    out: &Path,
    sources: &Made,
    compilation: &Compilation<'_>,
) -> Result<Vec<String>, HostError> {
    let (old, _) = match write::look(out)? {
        Place::Ours(lock, time) => (lock, time),
        Place::Absent | Place::Empty => return Ok(vec!["there is no plan folder yet".to_owned()]),
    };
    let mut new = Lock { sources: sources.clone(), ..Lock::default() };
    compilation.emit(|artifact| {
        new.record(artifact.path.as_str(), &Digest::of(&artifact.bytes), artifact.bytes.len() as u64);
        Ok::<(), HostError>(())
    })?;
    let mut differences = Vec::new();
    for (path, hash) in &new.sources.inputs {
        match old.sources.inputs.get(path) {
            Some(known) if known == hash => {}
            Some(_) => differences.push(format!("input `{path}` has changed")),
            None => differences.push(format!("input `{path}` is new")),
        }
    }
    let gone = |path: &&String| !new.sources.inputs.contains_key(*path);
    differences.extend(old.sources.inputs.keys().filter(gone).map(|path| format!("input `{path}` is gone")));
    for (known, now, what) in [
        (&old.sources.compiler, &new.sources.compiler, "the compiler or its data"),
        (&old.sources.options, &new.sources.options, "a setting"),
    ] {
        if known != now {
            differences.push(format!("{what} has changed"));
        }
    }
    for (path, output) in &new.outputs {
        match old.outputs.get(path) {
            Some(known) if known == output => {}
            Some(_) => differences.push(format!("output `{path}` would change")),
            None => differences.push(format!("output `{path}` is missing")),
        }
    }
    let left = |path: &&String| !new.outputs.contains_key(*path);
    differences.extend(old.outputs.keys().filter(left).map(|path| format!("output `{path}` would go")));
    let edited = write::drifted(out, &old);
    differences.extend(edited.iter().map(|path| format!("output `{path}` was edited or removed by hand")));
    Ok(differences)
}

/// Prints the verdict.
pub(super) fn tell(
    out: &Path,
    differences: &[String],
    global: &Global,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let shown = out.display().to_string();
    if global.format == Format::Json {
        let facts = serde_json::json!({
            "schema": "dispatch.check/v1",
            "out": shown,
            "drift": differences,
        });
        terminal.print(|stream, _| writeln!(stream, "{facts:#}"))?;
    } else if differences.is_empty() {
        terminal.print(|stream, _| writeln!(stream, "{shown} is what its sources compile to"))?;
    } else {
        terminal.print(|stream, _| {
            for difference in differences {
                match global.format {
                    Format::Github => {
                        let file = shown.replace('%', "%25").replace(':', "%3A").replace(',', "%2C");
                        writeln!(stream, "::error file={file}/manifest.json,title=drift::{difference}")?;
                    }
                    Format::Human
                    | Format::Short
                    | Format::Json
                    | Format::Sarif
                    | Format::Gitlab
                    | Format::Junit
                    | Format::Markdown => writeln!(stream, "{shown}: {difference}")?,
                }
            }
            writeln!(stream, "run `dispatch compile` and commit what it writes")
        })?;
    }
    Ok(if differences.is_empty() { CLEAN } else { FINDINGS })
}
