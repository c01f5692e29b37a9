//! `dispatch discover`: the command and domain registries, rebuilt from what is there.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueHint;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::compiler::ast::squad;
use crate::compiler::bind::discover::{COMMANDS, Change, ChangeKind, DOMAINS, Discovery, Summary, discover};
use crate::host::cache::{Cache, Memory};
use crate::host::error::HostError;
use crate::host::files::Request;
use crate::host::render::finding::Finding;
use crate::host::render::paint::{Ink, Paint, fit};
use crate::host::render::screen::plural;
use crate::host::render::{self, Format, Report, Style};
use crate::host::root::Root;
use crate::host::terminal::Terminal;
use crate::host::write;

use super::args::{Global, change};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Rebuild the command and domain registries from squads, agents, commands and skills
///
/// Shows what is there, what changed since the registries were written, and which references lead nowhere. Nothing is
/// written without --write.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders that hold squads, or squads [default: `squads` of dispatch.yaml]
    #[arg(value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    folders: Vec<String>,
    /// Write the registries below squads/dispatch/data/
    #[arg(long)]
    write: bool,
    /// Write nothing, and fail if a registry would change
    #[arg(long, conflicts_with = "write")]
    locked: bool,
}

/// A registry as it should be, beside what lies there.
struct Target {
    name: &'static str,
    path: PathBuf,
    text: String,
    is_stale: bool,
}

/// Which folders hold squads, and which of their squads are meant; all where none is named.
#[derive(Debug, Default)]
struct Scope {
    root: Option<PathBuf>,
    holders: Vec<String>,
    squads: Vec<String>,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let scope = scope(global, args)?;
    let mut request = Request {
        root: scope.root.clone().or_else(|| global.root.clone()),
        discovers: true,
        shipped: vec!["squads/dispatch/", "schemas/"],
        ..global.request()
    };
    if !scope.holders.is_empty() {
        request.overrides.push(change("squads", &scope.holders.join(","), "FOLDER"));
    }
    let cache = if args.write { Some(cache_of(&request, global, args, terminal)?) } else { None };
    if let Some(memory) = cache.as_ref().and_then(Cache::recall).filter(Memory::holds) {
        return terminal.print_bytes(memory.summary.as_bytes()).map(|()| CLEAN);
    }
    if let Some(cache) = &cache {
        cache.make_room();
    }

    let job = Job::open(&request, terminal)?;
    let inputs = &job.project.inputs;
    let read = squad::read_in(inputs, &job.library.settings.squads, &job.library.words);
    let mut squads = read.value;
    if !scope.squads.is_empty() {
        squads.retain(|squad| scope.squads.contains(&squad.folder));
    }
    let outcome = discover(inputs, &squads);
    // What is wrong with the registries that are replaced does not matter any more.
    let is_replaced =
        |finding: &Diagnostic| [COMMANDS, DOMAINS].contains(&inputs.file(finding.span().file).path.as_str());
    let mut findings = job.library.findings.clone();
    findings.retain(|finding| !is_replaced(finding));
    findings.extend(read.findings);
    findings.extend(outcome.findings);
    let targets = targets(&job.project.root, &outcome.value)?;
    let mut written = 0;
    if args.write && !findings.iter().any(Diagnostic::blocks) {
        for target in targets.iter().filter(|target| target.is_stale) {
            put(target)?;
            written += 1;
        }
    }
    let report = Report::new(inputs, &findings, &[], &|_| false);
    let mut text = Vec::new();
    let drawn = match global.format {
        Format::Human => screen(&outcome.value.summary, &targets, &report, args, terminal.style, &mut text),
        Format::Json => writeln!(&mut text, "{:#}", facts(&outcome.value.summary, &targets, args, inputs)),
        format => render::write(format, &report, terminal.style, &mut text),
    };
    drawn.map_err(|error| HostError::stream("standard output", &error))?;
    terminal.print_bytes(&text)?;
    let blocks = findings.iter().any(Diagnostic::blocks);
    if blocks && global.format == Format::Human {
        let mut report = report;
        report.findings.retain(Finding::fails);
        terminal.note(|out, style| render::write(Format::Human, &report, style, out));
        terminal.say("nothing was written: mend what blocks");
    }
    if let Some(cache) = cache.filter(|_| written == 0 && !blocks) {
        let summary = String::from_utf8_lossy(&text).into_owned();
        let stamps = job.project.stamps.clone();
        cache.keep(&Memory { out: job.project.root.path.clone(), summary, stamps });
    }
    let is_stale = targets.iter().any(|target| target.is_stale);
    Ok(if blocks || (args.locked && is_stale) { FINDINGS } else { CLEAN })
}

/// A folder that has agents, tasks or a manifest is a squad; any other holds some.
fn scope(global: &Global, args: &Args) -> Result<Scope, HostError> {
    let mut scope = Scope::default();
    let Some(first) = args.folders.first() else { return Ok(scope) };
    let mut root = Root::find(global.root.as_deref(), Some(first))?;
    if global.root.is_none() && !root.is_marked() && root.typed(first) == root.path && root.path != root.here
    {
        // Outside any project the registries belong beside the folder, as they would lie in a project.
        let above = if is_squad(&root.path) { root.path.ancestors().nth(2) } else { root.path.parent() };
        root.path = above.map_or_else(|| root.path.clone(), Path::to_owned);
        scope.root = Some(root.path.clone());
    }
    for folder in &args.folders {
        let path = root.typed(folder);
        if !path.is_dir() {
            return Err(HostError::world(format!("`{folder}` is not a folder"))
                .hint("name a folder that holds squads, such as `squads`"));
        }
        let name = root.inside(&path).map(|path| path.as_str().to_owned());
        let holder = match name {
            Some(name) if is_squad(&path) => {
                let above = name.rsplit_once('/').map_or(".", |(above, _)| above).to_owned();
                scope.squads.push(name);
                above
            }
            Some(name) => name,
            None if path == root.path => ".".to_owned(),
            None => {
                return Err(HostError::usage(format!("`{folder}` lies outside the project"))
                    .hint("name folders of one project, or its folder with `--root`"));
            }
        };
        if !scope.holders.contains(&holder) {
            scope.holders.push(holder);
        }
    }
    if scope.squads.len() < args.folders.len() {
        // A whole folder of squads was asked for: single ones beside it add nothing to leave out.
        scope.squads.clear();
    }
    Ok(scope)
}

fn is_squad(folder: &Path) -> bool {
    ["agents", "tasks", "config.yaml", "squad.yaml"].iter().any(|name| folder.join(name).exists())
}

fn cache_of(
    request: &Request,
    global: &Global,
    args: &Args,
    terminal: &Terminal,
) -> Result<Cache, HostError> {
    let first = args.folders.first().map(String::as_str);
    let root = Root::find(request.root.as_deref(), first)?;
    let mut words = vec![format!("{:?}", ("discover", &root.here, args, global, terminal.style))];
    let set = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("DISPATCH_"));
    words.extend(set.map(|(name, value)| format!("{}={}", name.to_string_lossy(), value.to_string_lossy())));
    words[1..].sort();
    Ok(Cache::of(&root.path, &words))
}

fn targets(root: &Root, found: &Discovery) -> Result<Vec<Target>, HostError> {
    let target = |(name, text): (&'static str, &String)| {
        let path = root.locate(name);
        let is_stale = match std::fs::read(&path) {
            Ok(bytes) => bytes != text.as_bytes(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(HostError::io("read", &path, &error)),
        };
        Ok(Target { name, path, text: text.clone(), is_stale })
    };
    [(COMMANDS, &found.commands), (DOMAINS, &found.domains)].into_iter().map(target).collect()
}

fn put(target: &Target) -> Result<(), HostError> {
    if let Some(folder) = target.path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| HostError::io("make the folder", folder, &error))?;
    }
    write::replace(&target.path, target.text.as_bytes())
}

/// Changes of one kind that are named before the rest is counted, and references that lead nowhere.
const SHOWN: usize = 12;

fn screen(
    summary: &Summary,
    targets: &[Target],
    report: &Report<'_>,
    args: &Args,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paint = Paint::new(style);
    let sum = |of: fn(&crate::compiler::bind::discover::Row) -> usize| summary.squads.iter().map(of).sum();
    let agents: usize = sum(|row| row.agents);
    let tasks: usize = sum(|row| row.tasks);
    let head = [plural(summary.squads.len(), "squad"), plural(agents, "agent"), plural(tasks, "task")];
    let head = format!("{} · {}", head.join(" · "), plural(summary.domains, "domain"));
    writeln!(out, "{}", paint.ink(Ink::Strong, &head))?;
    if !summary.squads.is_empty() {
        let title = format!(
            "{:32} {:>6} {:>6} {:>6} {:>6} {:>6}  asked first",
            "", "agents", "tasks", "lists", "flows", "skills"
        );
        writeln!(out, "\n{}", paint.ink(Ink::Faint, &title))?;
    }
    for row in &summary.squads {
        let numbers = [row.agents, row.tasks, row.checklists, row.workflows, row.skills];
        let numbers =
            numbers.map(|number| if number == 0 { format!("{:>6}", "·") } else { format!("{number:>6}") });
        let entry = row.entry.as_deref().unwrap_or("");
        writeln!(out, "{} {}  {entry}", fit(&row.folder, 32), numbers.join(" "))?;
    }
    changes(&summary.changes, paint, out)?;
    if !summary.overrides.is_empty() {
        writeln!(out, "\n{}", paint.ink(Ink::Strong, &plural(summary.overrides.len(), "override")))?;
        for name in &summary.overrides {
            writeln!(out, "  {name}")?;
        }
    }
    if !summary.broken.is_empty() {
        let lead = if summary.broken.len() == 1 { "leads" } else { "lead" };
        let head = format!("{} that {lead} nowhere", plural(summary.broken.len(), "reference"));
        writeln!(out, "\n{}", paint.ink(Ink::Warn, &head))?;
        let most = if style.verbose { usize::MAX } else { SHOWN };
        for broken in summary.broken.iter().take(most) {
            let path = report.inputs.display_path(broken.at.file);
            let line = report.inputs.position(broken.at).line;
            let near = broken.nearest.as_ref().map(|name| format!(" (near: `{name}`)")).unwrap_or_default();
            writeln!(out, "  {path}:{line}  no {} `{}`{near}", broken.kind, broken.name)?;
        }
        more(summary.broken.len(), most, "with `-v`", paint, out)?;
    }
    let others = report.open().count().saturating_sub(summary.broken.len());
    writeln!(out)?;
    if others > 0 {
        let line = format!("{}: see `--format short`", plural(others, "more finding"));
        writeln!(out, "{}", paint.ink(Ink::Faint, &line))?;
    }
    for target in targets {
        let state = match (target.is_stale, args.write) {
            (false, _) => "is up to date",
            (true, true) => "written",
            (true, false) => "would change",
        };
        writeln!(out, "{} {state}", target.name)?;
    }
    if !args.write && targets.iter().any(|target| target.is_stale) {
        writeln!(out, "next: the same with --write")?;
    }
    Ok(())
}

fn changes(changes: &[Change], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let count = |kind: ChangeKind| changes.iter().filter(|change| change.kind == kind).count();
    let counts = [
        (count(ChangeKind::Added), "added"),
        (count(ChangeKind::Changed), "changed"),
        (count(ChangeKind::Removed), "removed"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let line: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    writeln!(out, "\n{}", paint.ink(Ink::Strong, &line.join(", ")))?;
    for (kind, mark, ink) in [
        (ChangeKind::Removed, '-', Ink::Bad),
        (ChangeKind::Changed, '~', Ink::Warn),
        (ChangeKind::Added, '+', Ink::Good),
    ] {
        let of_kind = || changes.iter().filter(|change| change.kind == kind);
        for change in of_kind().take(SHOWN) {
            let keys =
                if change.keys.is_empty() { String::new() } else { format!("  {}", change.keys.join(", ")) };
            writeln!(out, "  {} {}{keys}", paint.ink(ink, &mark.to_string()), change.name)?;
        }
        more(of_kind().count(), SHOWN, "with `--format json`", paint, out)?;
    }
    Ok(())
}

fn more(count: usize, shown: usize, how: &str, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    match count.checked_sub(shown) {
        None | Some(0) => Ok(()),
        Some(rest) => writeln!(out, "  {}", paint.ink(Ink::Faint, &format!("… {rest} more: {how}"))),
    }
}

fn facts(summary: &Summary, targets: &[Target], args: &Args, inputs: &Inputs) -> serde_json::Value {
    let broken = summary.broken.iter().map(|broken| {
        let at = inputs.position(broken.at);
        serde_json::json!({
            "kind": broken.kind, "name": broken.name, "nearest": broken.nearest,
            "file": inputs.display_path(broken.at.file), "line": at.line, "column": at.column,
        })
    });
    let registries = targets.iter().map(|target| {
        let state = match (target.is_stale, args.write) {
            (false, _) => "current",
            (true, true) => "written",
            (true, false) => "stale",
        };
        serde_json::json!({ "path": target.name, "state": state })
    });
    serde_json::json!({
        "schema": "dispatch.discovery/v1",
        "squads": summary.squads,
        "domains": summary.domains,
        "changes": summary.changes,
        "overrides": summary.overrides,
        "broken": broken.collect::<Vec<_>>(),
        "registries": registries.collect::<Vec<_>>(),
    })
}
