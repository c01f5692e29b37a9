//! `dispatch check`: are the emitted files what the sources compile to?

use std::path::{Path, PathBuf};

use clap::ValueHint;

use crate::base::digest::Digest;
use crate::compiler::compilation::Compilation;
use crate::host::error::HostError;
use crate::host::lock::{Lock, Sources as Made};
use crate::host::render::Format;
use crate::host::terminal::Terminal;
use crate::host::write::{self, Place};

use super::args::{Global, Sources};
use super::job::{self, Job};
use super::{CLEAN, FINDINGS};

/// Fail if a plan folder is not what its sources compile to
///
/// Compiles without writing and compares with what is there, byte by byte. For CI.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// The plan folder [default: .dispatch/plans/<name> below the root]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut request = args.sources.request(global);
    request.out.clone_from(&args.out);
    let job = Job::open(&request, terminal)?;
    let compilation = job.compile();
    job.report(&compilation, global, terminal);
    if compilation.plan.is_blocked() {
        return Ok(FINDINGS);
    }
    let out = job.place(args.out.as_deref(), &compilation.plan.head.slug);
    let differences = compare(&out, &job::sources(&job.project), &compilation)?;
    tell(&out, &differences, global, terminal)
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
