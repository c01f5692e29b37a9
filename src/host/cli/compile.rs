//! `dispatch compile`: all phases, then the plan folder.

use std::path::{Path, PathBuf};

use clap::ValueHint;

use crate::base::figure::money;
use crate::compiler::compilation::Compilation;
use crate::host::cache::{Cache, Memory};
use crate::host::error::HostError;
use crate::host::files::{Project, Stamp};
use crate::host::lock::NAME as LOCK;
use crate::host::render::screen::{self, plural};
use crate::host::render::{self, Format, Report};
use crate::host::root::Root;
use crate::host::terminal::{Terminal, Volume};
use crate::host::write::{self, Place, Written};

use super::args::{Global, Sources, change};
use super::check::compare;
use super::job::{self, Job};
use super::{CLEAN, FINDINGS};

/// Outputs of a plan up to this number are looked at one by one before a plan counts as up to date.
const FEW: usize = 64;

/// Compile stories, PRDs, task lists or plans into a plan folder
///
/// Writes the manifest, one prompt per task, reports and a lock, all or nothing, and shows the plan on one screen.
/// A plan that a finding blocks is not written.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// Where to write [default: .dispatch/plans/<name> below the root]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// What to emit for other tools, too; may be repeated
    #[arg(short, long, value_name = "NAME")]
    target: Vec<String>,
    /// Write nothing, and fail if anything would change
    #[arg(long)]
    locked: bool,
    /// Lift soft blocks; the plan records it
    #[arg(long)]
    force: bool,
    /// Compare contents even where sizes and times have not changed
    #[arg(long)]
    verify: bool,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut request = args.sources.request(global);
    request.out.clone_from(&args.out);
    if !args.target.is_empty() {
        request.overrides.push(change("targets", &args.target.join(","), "--target"));
    }
    if args.force {
        request.overrides.push(change("force", "true", "--force"));
    }
    let cache = cache_of(global, args)?;
    let memory = cache.as_ref().and_then(Cache::recall);
    if let Some(memory) = memory.as_ref().filter(|memory| !args.verify && memory.holds()) {
        return up_to_date(memory, terminal);
    }
    let project = job::gather(&request, terminal)?;
    let sources = job::sources(&project);
    if let (Some(memory), Some(cache)) = (&memory, &cache)
        && let Ok(Place::Ours(lock, time)) = write::look(&memory.out)
        && lock.sources == sources
        && write::intact(&memory.out, &lock, time)
    {
        let outputs = lock.outputs.keys().map(String::as_str);
        remember(cache, &project, &memory.out, &memory.summary, outputs);
        return up_to_date(memory, terminal);
    }

    let job = Job::load(project);
    let compilation = job.compile();
    job.report(&compilation, global, terminal);
    if compilation.plan.is_blocked() {
        terminal.say("nothing was written: mend what blocks, or waive it with a reason");
        return Ok(FINDINGS);
    }
    let out = job.place(args.out.as_deref(), &compilation.plan.head.slug);
    if args.locked {
        let differences = compare(&out, &sources, &compilation)?;
        return super::check::tell(&out, &differences, global, terminal);
    }
    let mut paths = Vec::new();
    let mut faults = Vec::new();
    let written = write::emit(&out, sources, |sink| {
        faults = compilation.emit(|artifact| {
            paths.push(artifact.path.to_string());
            terminal.progress("files", paths.len());
            sink(artifact)
        })?;
        Ok(!faults.iter().any(crate::base::diagnostic::Diagnostic::blocks))
    })?;
    if !faults.is_empty() {
        let report = Report::new(&job.project.inputs, &faults, &[], &|_| false);
        terminal.note(|out, style| render::write(global.format, &report, style, out));
    }
    let Some(written) = written else { return Ok(FINDINGS) };
    let summary = summary(&compilation);
    if let Some(cache) = &cache {
        remember(cache, &job.project, &out, &summary, paths.iter().map(String::as_str));
    }
    tell(&job, &compilation, &out, written, global, terminal)?;
    Ok(CLEAN)
}

fn tell(
    job: &Job,
    compilation: &Compilation<'_>,
    out: &Path,
    written: Written,
    global: &Global,
    terminal: &mut Terminal,
) -> Result<(), HostError> {
    let plan = &compilation.plan;
    if global.format == Format::Json {
        let facts = serde_json::json!({
            "schema": "dispatch.compiled/v1",
            "plan": { "id": plan.head.id, "slug": plan.head.slug, "title": plan.head.title },
            "out": out.display().to_string(),
            "written": written.written,
            "unchanged": written.unchanged,
            "removed": written.removed,
        });
        return terminal.print(|stream, _| writeln!(stream, "{facts:#}"));
    }
    if global.format != Format::Human || terminal.volume == Volume::Quiet {
        return Ok(());
    }
    let mut changes = vec![format!("{} written", written.written)];
    changes.extend((written.unchanged > 0).then(|| format!("{} unchanged", written.unchanged)));
    changes.extend((written.removed > 0).then(|| format!("{} removed", written.removed)));
    let shown = out.display();
    let next = [
        format!("read {shown}/plan.md, then give {shown}/manifest.json to an executor"),
        format!("{}: `dispatch check` tells when the sources move on", changes.join(", ")),
    ];
    terminal.print(|stream, style| screen::write(plan, &job.project.inputs, style, &next, stream))
}

fn summary(compilation: &Compilation<'_>) -> String {
    let plan = &compilation.plan;
    let tasks = plan.graph.tasks.iter().filter(|(_, task)| !task.done).count();
    let waves = plan.schedule.waves.len();
    let cost = money(plan.cost.total.likely);
    format!(
        "`{}` is up to date: {}, {}, {cost}",
        plan.head.slug,
        plural(tasks, "task"),
        plural(waves, "wave")
    )
}

fn up_to_date(memory: &Memory, terminal: &mut Terminal) -> Result<u8, HostError> {
    if terminal.volume != Volume::Quiet {
        let line = format!("{} ({})\n", memory.summary, memory.out.display());
        terminal.print_bytes(line.as_bytes())?;
    }
    Ok(CLEAN)
}

/// The cache, where one makes sense: for people and scripts that only want the folder to be right, in a project.
fn cache_of(global: &Global, args: &Args) -> Result<Option<Cache>, HostError> {
    let is_plain = matches!(global.format, Format::Human) && !args.locked && !global.verbose;
    if !is_plain || args.sources.inputs.iter().any(|input| input == "-") {
        return Ok(None);
    }
    let root = Root::find(global.root.as_deref(), args.sources.inputs.first().map(String::as_str))?;
    if args.out.is_some() && !root.is_marked() {
        return Ok(None);
    }
    let mut words: Vec<String> = vec![root.here.to_string_lossy().into_owned()];
    words.push(format!("{:?}", (&args.sources, &args.out, &args.target, args.force, &global.config)));
    words.extend(
        std::env::vars_os()
            .filter(|(name, _)| name.to_string_lossy().starts_with("DISPATCH_"))
            .map(|(name, value)| format!("{}={}", name.to_string_lossy(), value.to_string_lossy())),
    );
    words[2..].sort();
    Ok(Some(Cache::of(&root.path, &words)))
}

/// Keeps what everything looks like now: what was read as it was when it was read, folders we have just changed anew.
fn remember<'a>(
    cache: &Cache,
    project: &Project,
    out: &Path,
    summary: &str,
    outputs: impl ExactSizeIterator<Item = &'a str> + Clone,
) {
    let here = &project.root.here;
    let out_at = here.join(out);
    let mut stamps = project.stamps.clone();
    for stamp in &mut stamps {
        if out_at.starts_with(here.join(&stamp.path)) {
            *stamp = Stamp::of(&stamp.path);
        }
    }
    stamps.push(Stamp::of(&out.join(LOCK)));
    let folders: std::collections::BTreeSet<PathBuf> =
        outputs.clone().filter_map(|path| Path::new(path).parent().map(|folder| out.join(folder))).collect();
    stamps.extend(folders.iter().map(|folder| Stamp::of(folder)));
    if outputs.len() <= FEW {
        stamps.extend(outputs.map(|path| Stamp::of(&out.join(path))));
    }
    cache.keep(&Memory { out: out.to_owned(), summary: summary.to_owned(), stamps });
}
