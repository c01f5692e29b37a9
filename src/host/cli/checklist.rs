//! `dispatch lint --checklist`: a checklist held against stories, a manifest or files, and filled in.

use std::path::{Path, PathBuf};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::FileId;
use crate::compiler::ast::squad::read_checklist;
use crate::compiler::check::checklist::fill::{self, Evidence, Verdict};
use crate::compiler::check::checklist::{self, Means, Program};
use crate::compiler::check::health::{Health, Points, count, health};
use crate::compiler::check::pack::Packs;
use crate::compiler::check::page::table::Table;
use crate::compiler::check::verify::criterion::Criteria;
use crate::compiler::check::verify::record::Record;
use crate::compiler::check::verify::tree::Tree;
use crate::compiler::check::verify::{self, Case, Checked, Demands, manifest};
use crate::compiler::lint::Sorted;
use crate::host::error::HostError;
use crate::host::files::{self, Project, Request, look};
use crate::host::render::Format;
use crate::host::render::checklist as render;
use crate::host::root::Root;
use crate::host::terminal::Terminal;
use crate::ir::plan::Gate;

use super::args::Global;
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Shipped files that results are judged with.
const DATA: &str = "squads/dispatch/data/";

/// What was found out about the inputs.
#[derive(Default)]
struct Found {
    findings: Vec<Diagnostic>,
    gates: Vec<Gate>,
    checks: Vec<Checked>,
    health: Option<Health>,
    pages: bool,
}

pub(super) fn run(
    global: &Global,
    request: &Request,
    path: &Path,
    record: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    global.only(&[Format::Human, Format::Json, Format::Markdown], "lint --checklist")?;
    if let Some(manifest) = manifest_of(request) {
        return results(global, path, &manifest, record, terminal);
    }
    if record.is_some() {
        return Err(HostError::usage("a record belongs to a manifest")
            .hint("name the manifest, or the plan folder, that was run"));
    }
    sources(global, request, path, terminal)
}

/// The one input, if it is a manifest or the folder of one.
fn manifest_of(request: &Request) -> Option<PathBuf> {
    let [only] = &request.documents[..] else { return None };
    let path = PathBuf::from(only);
    let inside = path.join("manifest.json");
    if inside.is_file() {
        return Some(inside);
    }
    path.file_name().is_some_and(|name| name == "manifest.json").then_some(path)
}

/// Holds a checklist against stories, plans and pages.
fn sources(
    global: &Global,
    request: &Request,
    path: &Path,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let mut job = Job::open(request, terminal)?;
    let subject = subject(&job.project.inputs);
    let file = look::named_or_shipped(&mut job.project, path)?;
    let sorted = Sorted::new(&job.project.inputs, &job.library, &job.project.named);
    let criteria = Criteria::load(&job.project.inputs).value;
    let mut program = program(&job.project.inputs, file, &job.library.packs, &criteria, sorted.checklists())?;
    job.library.packs.rules.append(&mut program.rules);
    job.project.inputs.keep_documents(&sorted.stories);
    let mut found = Found {
        findings: sorted.judge(&job.project.inputs, &job.library),
        pages: sorted.pages() > 0,
        ..Found::default()
    };
    if !sorted.stories.is_empty() {
        let compilation = job.compile();
        found.findings.extend(compilation.plan.diagnostics.iter().cloned());
        found.gates.clone_from(&compilation.plan.gates);
        let manifest = String::from_utf8_lossy(&compilation.manifest()).into_owned();
        found.health = score(&job.project.inputs, &job.library.packs, &manifest, None)?;
    }
    let Job { mut project, library } = job;
    let tree = look::look(&mut project, &fill::wanted(&program, subject.as_deref()));
    conclude(
        global,
        path,
        &Held { project: &project, packs: &library.packs, program, found, tree, subject },
        terminal,
    )
}

/// Holds a checklist against a manifest, the working tree, and the record of a run.
fn results(
    global: &Global,
    path: &Path,
    manifest: &Path,
    record: Option<&Path>,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let root = Root::find(global.root.as_deref(), manifest.to_str())?;
    let request = Request { root: Some(root.path), shipped: vec![DATA], ..global.request() };
    let mut project = files::gather(&request)?;
    let file = look::named(&mut project, manifest)?;
    let promise = match manifest::read(&project.inputs, file) {
        Ok(promise) => promise,
        Err(findings) => return super::verify::refuse(&project, &findings, global, terminal),
    };
    let read = |path| super::verify::record(&mut project, path, &promise, terminal);
    let record = match record.map(read).transpose()? {
        Some(Ok(record)) => Some(record),
        Some(Err(findings)) => return super::verify::refuse(&project, &findings, global, terminal),
        None => None,
    };
    let packs = super::verify::packs(&project.inputs);
    let criteria = Criteria::load(&project.inputs).value;
    let table = Table::load(&project.inputs).value;
    let list = look::named_or_shipped(&mut project, path)?;
    let program = program(&project.inputs, list, &packs, &criteria, &table.checklists)?;
    let demands = Demands::of(&promise, &criteria, &packs);
    let only = std::collections::BTreeSet::new();
    let mut wanted = verify::wanted(&promise, &demands, &only);
    wanted.extend(fill::wanted(&program, None));
    let tree = look::look(&mut project, &wanted);
    let verification = verify::verify(Case {
        inputs: &project.inputs,
        manifest: file,
        promise: &promise,
        understood: &demands.criteria,
        own: &demands.own,
        tree: &tree,
        record: record.as_ref(),
        since: None,
        before: None,
        packs: &packs,
        only: &only,
    });
    let text = project.inputs.text(file).to_owned();
    let tasks = verification.tasks.iter().flat_map(|task| &task.checks);
    let found = Found {
        checks: tasks.chain(&verification.whole).cloned().collect(),
        findings: verification.findings,
        gates: vec![verification.gate],
        health: score(&project.inputs, &packs, &text, record.as_ref())?,
        pages: false,
    };
    conclude(
        global,
        path,
        &Held { project: &project, packs: &packs, program, found, tree, subject: None },
        terminal,
    )
}

/// The path of the only document: what a claim without a path is about.
fn subject(inputs: &Inputs) -> Option<String> {
    let [only] = inputs.documents()[..] else { return None };
    Some(inputs.file(only).path.to_string())
}

fn program(
    inputs: &Inputs,
    file: FileId,
    packs: &Packs,
    criteria: &Criteria,
    words: &crate::compiler::check::checklist::scale::Checklists,
) -> Result<Program, HostError> {
    let checklist = read_checklist(inputs, file).value;
    let program = checklist::compile(Means { inputs, packs, criteria, words }, &checklist);
    if program.items.is_empty() {
        let message = format!("{} holds no item of a checklist", inputs.display_path(file));
        return Err(HostError::usage(message)
            .hint("items are boxes (`- [ ] V1.2 holds`), or rows of a table with an id and a check"));
    }
    Ok(program)
}

fn score(
    inputs: &Inputs,
    packs: &Packs,
    manifest: &str,
    record: Option<&Record>,
) -> Result<Option<Health>, HostError> {
    let points = Points::load(inputs).value;
    let counts = count(manifest, record).map_err(HostError::world)?;
    Ok(Some(health(&points, packs, &counts, record)))
}

/// A checklist with all that decides it.
struct Held<'a> {
    project: &'a Project,
    packs: &'a Packs,
    program: Program,
    found: Found,
    tree: Tree,
    subject: Option<String>,
}

fn conclude(global: &Global, path: &Path, held: &Held<'_>, terminal: &mut Terminal) -> Result<u8, HostError> {
    let filled = fill::fill(
        &held.program,
        Evidence {
            inputs: &held.project.inputs,
            packs: held.packs,
            gates: &held.found.gates,
            findings: &held.found.findings,
            checks: &held.found.checks,
            health: held.found.health.as_ref(),
            tree: &held.tree,
            subject: held.subject.as_deref(),
            pages: held.found.pages,
        },
    );
    let name = path.display().to_string();
    let sheet =
        render::Sheet { inputs: &held.project.inputs, name: &name, program: &held.program, filled: &filled };
    terminal.print(|out, style| render::write(global.format, &sheet, style, out))?;
    Ok(if filled.verdict == Verdict::Fail { FINDINGS } else { CLEAN })
}
