//! `dispatch export`: the plan in the format of a neighbour.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueHint;

use crate::compiler::generate::export::{Export, Neighbour, export};
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::render::screen::plural;
use crate::host::terminal::Terminal;
use crate::host::write;
use crate::ir::artifact::Artifact;

use super::args::{Global, Sources, change};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Write the plan in the format of another tool
///
/// Compiling what was written gives the same tasks, dependencies, ticks and criteria. What the format cannot hold is
/// listed on standard error, or in the document of --format json.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// The format
    #[arg(long, value_name = "TOOL")]
    to: Tool,
    /// Write the files below this folder instead of printing them
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// Replace files that say something else
    #[arg(long, requires = "out")]
    overwrite: bool,
    /// Lift soft blocks
    #[arg(long)]
    force: bool,
}

/// A tool whose format we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Tool {
    /// task-master: .taskmaster/tasks/tasks.json
    Taskmaster,
    /// beads: .beads/issues.jsonl
    Beads,
    /// Backlog.md: backlog/tasks/*.md
    Backlog,
    /// spec-kit: specs/001-…/tasks.md and spec.md
    SpecKit,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut request = args.sources.request(global);
    if args.force {
        request.overrides.push(change("force", "true", "--force"));
    }
    let job = Job::open(&request, terminal)?;
    let compilation = job.compile();
    job.report(&compilation, global, terminal);
    if compilation.plan.is_blocked() {
        terminal.say("nothing was written: mend what blocks, or waive it with a reason");
        return Ok(FINDINGS);
    }
    let to = match args.to {
        Tool::Taskmaster => Neighbour::Taskmaster,
        Tool::Beads => Neighbour::Beads,
        Tool::Backlog => Neighbour::Backlog,
        Tool::SpecKit => Neighbour::SpecKit,
    };
    let made = export(&job.project.inputs, &compilation.plan, to);
    let written = match &args.out {
        Some(out) => Some(put(out, &made.files, args.overwrite)?),
        None => None,
    };
    if global.format == Format::Json {
        let facts = facts(&made, args.out.is_some());
        terminal.print(|out, _| writeln!(out, "{facts:#}"))?;
        return Ok(CLEAN);
    }
    for loss in &made.losses {
        const NAMED: usize = 6;
        let mut of: Vec<&str> = loss.of.iter().take(NAMED).map(String::as_str).collect();
        if loss.of.len() > NAMED {
            of.push("…");
        }
        let count = loss.of.len();
        terminal.say(&format!("lost: {} of {count} ({}): {}", loss.what, of.join(", "), loss.why));
    }
    if let (Some(out), Some(written)) = (&args.out, written) {
        let files = plural(made.files.len(), "file");
        terminal.say(&format!("{files} below {}, {written} written", out.display()));
        return Ok(CLEAN);
    }
    let is_one = made.files.len() == 1;
    for file in &made.files {
        terminal.print(|out, _| {
            if !is_one {
                writeln!(out, "==> {} <==", file.path)?;
            }
            out.write_all(&file.bytes)
        })?;
    }
    Ok(CLEAN)
}

/// Writes what differs; nothing at all where a file says something else and may not be replaced.
fn put(out: &Path, files: &[Artifact], overwrite: bool) -> Result<usize, HostError> {
    let mut fresh: BTreeMap<PathBuf, &[u8]> = BTreeMap::new();
    for file in files {
        let path = out.join(file.path.as_str());
        match std::fs::read(&path) {
            Ok(bytes) if bytes == file.bytes => {}
            Ok(_) if !overwrite => {
                return Err(HostError::world(format!(
                    "`{}` is there and says something else",
                    path.display()
                ))
                .hint("choose another folder with `--out`, or replace it with `--overwrite`"));
            }
            Ok(_) => drop(fresh.insert(path, &file.bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                fresh.insert(path, &file.bytes);
            }
            Err(error) => return Err(HostError::io("read", &path, &error)),
        }
    }
    for (path, bytes) in &fresh {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| HostError::io("make the folder", folder, &error))?;
        }
        write::replace(path, bytes)?;
    }
    Ok(fresh.len())
}

fn facts(made: &Export, is_written: bool) -> serde_json::Value {
    let files = made.files.iter().map(|file| {
        let mut row = serde_json::json!({ "path": file.path.as_str(), "bytes": file.bytes.len() });
        if let Some(fields) = row.as_object_mut().filter(|_| !is_written) {
            fields.insert("text".to_owned(), String::from_utf8_lossy(&file.bytes).into());
        }
        row
    });
    serde_json::json!({
        "schema": "dispatch.export/v1",
        "files": files.collect::<Vec<_>>(),
        "losses": made.losses,
    })
}
