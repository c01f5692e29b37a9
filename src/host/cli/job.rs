//! What `compile`, `analyze`, `estimate`, `check` and `graph` have in common: gather, load, compile, say what was found.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::base::digest::Digest;
use crate::base::source::Layer;
use crate::compiler::compilation::Compilation;
use crate::compiler::library::{Library, Options};
use crate::compiler::{self};
use crate::host::error::HostError;
use crate::host::files::{self, Project, Request};
use crate::host::lock::Sources;
use crate::host::render::{self, Format, Report};
use crate::host::terminal::{Terminal, Volume};
use crate::host::write;

use super::args::Global;

/// Folder of plan folders below the root.
pub(super) const PLANS: &str = ".dispatch/plans";

/// Finishes what an earlier command may have left half-done, then reads the project.
pub(super) fn gather(request: &Request, terminal: &mut Terminal) -> Result<Project, HostError> {
    let project = files::gather(request)?;
    write::recover(&project.root.path.join(PLANS));
    for note in &project.notes {
        terminal.say(&format!("note: {note}"));
    }
    Ok(project)
}

/// What a plan is made from, for its lock.
pub(super) fn sources(project: &Project) -> Sources {
    let inputs = &project.inputs;
    let mut sources = Sources::default();
    let mut shipped = Vec::new();
    for (_, file) in inputs.files() {
        match file.layer {
            Layer::Builtin => shipped.push(file),
            Layer::Project | Layer::Named => {
                sources.inputs.insert(file.path.to_string(), file.digest().hex());
            }
        }
    }
    let data = shipped.iter().flat_map(|file| [file.path.as_str().as_bytes(), file.text().as_bytes()]);
    sources.compiler = format!("{} {}", env!("CARGO_PKG_VERSION"), Digest::of_parts(data).hex());
    let origins = &project.settings.origins;
    let values = origins.iter().flat_map(|origin| [origin.key.as_bytes(), origin.value.as_bytes()]);
    sources.options = Digest::of_parts(values).hex();
    sources.tree = Digest::of_parts(inputs.names().map(str::as_bytes)).hex();
    sources
}

/// A project, and all a compilation knows besides its documents.
pub(super) struct Job {
    pub(super) project: Project,
    pub(super) library: Library,
}

impl Job {
    /// Reads the project, and all that its documents are compiled with.
    pub(super) fn open(request: &Request, terminal: &mut Terminal) -> Result<Self, HostError> {
        Ok(Self::load(gather(request, terminal)?))
    }

    /// Reads what the documents of a project are compiled with.
    pub(super) fn load(project: Project) -> Self {
        let options = Options {
            overrides: project.overrides.clone(),
            config: project.config,
            against: project.against,
            lint: project.lint,
        };
        let library = Library::load(&project.inputs, &options);
        Self { project, library }
    }

    pub(super) fn compile(&self) -> Compilation<'_> {
        compiler::compile(&self.project.inputs, &self.library)
    }

    /// Where the plan folder belongs.
    pub(super) fn place(&self, out: Option<&Path>, slug: &str) -> PathBuf {
        out.map_or_else(|| self.project.root.locate(&format!("{PLANS}/{slug}")), Path::to_owned)
    }

    /// Says what was found, on standard error. Notes are left out where people read, unless they ask for everything.
    pub(super) fn report(&self, compilation: &Compilation<'_>, global: &Global, terminal: &mut Terminal) {
        let plan = &compilation.plan;
        let mut shown = Cow::Borrowed(plan.diagnostics.as_slice());
        if global.format == Format::Human && terminal.volume != Volume::Verbose {
            let least = crate::base::diagnostic::Severity::Warning;
            let is_quiet = terminal.volume == Volume::Quiet;
            let told = shown.iter().filter(|finding| {
                finding.waived.is_none()
                    && finding.severity >= least
                    && (!is_quiet || finding.severity.blocks())
            });
            shown = Cow::Owned(told.cloned().collect());
        }
        let report = Report::new(&self.project.inputs, &shown, &plan.gates, &|_| false);
        if !report.findings.is_empty() {
            terminal.note(|out, style| render::write(global.format, &report, style, out));
        }
    }

    /// Prints what was found, all of it, on standard output: for formats that are nothing but findings.
    pub(super) fn print(
        &self,
        compilation: &Compilation<'_>,
        format: Format,
        terminal: &mut Terminal,
    ) -> Result<(), HostError> {
        let plan = &compilation.plan;
        let report = Report::new(&self.project.inputs, &plan.diagnostics, &plan.gates, &|_| false);
        terminal.print(|out, style| render::write(format, &report, style, out))
    }
}
