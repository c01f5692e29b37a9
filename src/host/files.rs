//! The project as `Inputs`: configuration, documents and what stands beside them, squads, names.
//!
//! *Invariant*: what is read is bounded before it is read, and a link that leads out of the project is not followed
//! unless the user named it.

mod documents;
pub mod look;
mod read;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::base::diagnostic::Diagnostic;
use crate::base::glob::Glob;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::span::FileId;
use crate::builtin;
use crate::compiler::bind::settings::{self, Override};
use crate::ir::settings::Settings;
use crate::syntax::yaml;

use super::error::HostError;
use super::root::Root;
use super::walk::{Found, Tree};

pub use read::Stamp;
use read::{Refused, Store};

/// Name of the configuration file at the root.
const CONFIG: &str = "dispatch.yaml";

/// What the user asked to have read.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `--root`.
    pub root: Option<PathBuf>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// Files, folders, globs, or `-`.
    pub documents: Vec<String>,
    /// The document a plan is to be proved against.
    pub against: Option<String>,
    /// The plan folder, if it was named: what lies in it is not part of the project.
    pub out: Option<PathBuf>,
    /// Values set by flags, over everything.
    pub overrides: Vec<Override>,
    /// Read what discovery asks about, too.
    pub discovers: bool,
    /// Beginnings of the shipped paths that are needed.
    pub shipped: Vec<&'static str>,
    /// Whatever can be linted is wanted, not only what can be compiled.
    pub lint: bool,
}

/// What was read.
#[derive(Debug)]
pub struct Project {
    /// Where it lies.
    pub root: Root,
    /// What was decided.
    pub settings: Settings,
    /// The overrides of environment and flags, for a compiler that loads the settings itself.
    pub overrides: Vec<Override>,
    /// The configuration file, if there is one.
    pub config: Option<FileId>,
    /// The document the plan is to be proved against.
    pub against: Option<FileId>,
    /// The files.
    pub inputs: Inputs,
    /// What was noticed about the configuration.
    pub findings: Vec<Diagnostic>,
    /// What was passed over, and why: for stderr.
    pub notes: Vec<String>,
    /// Whatever can be linted was asked for.
    pub lint: bool,
    /// Documents that were named one by one, not found in a folder.
    pub named: BTreeSet<FileId>,
    /// Everything that was looked at, for finding out whether anything changed.
    pub stamps: Vec<Stamp>,
}

/// Reads the configuration only.
pub fn configure(request: &Request) -> Result<Project, HostError> {
    let root = Root::find(request.root.as_deref(), request.documents.first().map(String::as_str))?;
    let overrides: Vec<Override> =
        environment().into_iter().chain(request.overrides.iter().cloned()).collect();
    let (mut inputs, mut stamps) = (Inputs::new(), Vec::new());
    let shipped = RelPath::new(settings::SHIPPED).expect("the path of the shipped configuration is a path");
    let bytes = builtin::file(settings::SHIPPED).expect("the configuration is shipped");
    inputs.add(shipped, Layer::Builtin, bytes.to_vec());
    let mut store = Store { root: &root, inputs: &mut inputs, stamps: &mut stamps, limit: u64::MAX };
    // A project may cover the shipped configuration like any other shipped file.
    store.optional(settings::SHIPPED)?;
    let config = match &request.config {
        Some(path) => Some(store.named(&path.to_string_lossy(), Layer::Project)?),
        None => store.optional(CONFIG)?,
    };
    if let Some(config) = config {
        loop {
            let mut added = false;
            for path in settings::wanted(store.inputs, config, &yaml::read) {
                added |= store.optional(&path)?.is_some();
            }
            if !added {
                break;
            }
        }
    }
    let outcome = settings::load(&inputs, config, &overrides, &yaml::read);
    Ok(Project {
        root,
        settings: outcome.value,
        overrides,
        config,
        against: None,
        inputs,
        findings: outcome.findings,
        notes: Vec::new(),
        named: BTreeSet::new(),
        lint: request.lint,
        stamps,
    })
}

/// Reads everything a compilation may ask about.
pub fn gather(request: &Request) -> Result<Project, HostError> {
    let mut project = configure(request)?;
    let names = usize::try_from(project.settings.reading.names).unwrap_or(usize::MAX);
    let skipped = request.out.as_ref().map(|out| project.root.typed(&out.to_string_lossy()));
    let tree = Tree::below(&project.root.path, &project.settings.reading.ignore, skipped.as_deref(), names)?;
    if tree.cut {
        project
            .notes
            .push(format!("only the first {names} names below the root were looked at: see `files.names`"));
    }
    for (name, found) in &tree.names {
        if *found == Found::Folder {
            project.stamps.push(Stamp::of(&project.root.locate(name)));
        }
    }
    project.stamps.push(Stamp::of(&project.root.path));

    let wanted = documents::Wanted { reading: &project.settings.reading, lint: request.lint };
    let chosen = documents::choose(&project.root, wanted, &request.documents, &tree)?;
    let limit = project.settings.limits.file_bytes;
    let mut store =
        Store { root: &project.root, inputs: &mut project.inputs, stamps: &mut project.stamps, limit };
    let mut named = BTreeSet::new();
    for document in &chosen.documents {
        let id = store.document(document)?;
        if !chosen.found.contains(document) {
            named.insert(id);
        }
    }
    project.against = match &request.against {
        Some(path) => Some(store.named(path, Layer::Named)?),
        None => None,
    };
    project.named = named;
    let mut wanted: BTreeSet<&str> = chosen.companions.iter().map(String::as_str).collect();
    let mut globs = project_globs(&project.settings);
    if request.discovers {
        globs.extend(project.settings.reading.discover.iter().map(|glob| Glob::parse(glob)));
    }
    let picks = |name: &str| globs.iter().any(|glob| glob.matches(name));
    let picked: Vec<&(String, Found)> =
        tree.names.iter().filter(|(name, found)| *found != Found::Folder && picks(name)).collect();
    wanted.extend(picked.iter().map(|(name, _)| name.as_str()));
    for name in wanted {
        if store.inputs.find(name).is_some_and(|id| store.inputs.file(id).layer != Layer::Builtin) {
            continue;
        }
        match store.project(name)? {
            Refused::No => {}
            Refused::TooLong(bytes) => {
                project
                    .notes
                    .push(format!("`{name}` has {bytes} bytes and is not read: see `limits.file_bytes`"));
            }
            Refused::LeadsOut => {
                project.notes.push(format!("`{name}` is a link out of the project and is not read"));
            }
        }
    }
    for (name, _) in &tree.names {
        project.inputs.add_name(name);
    }
    underlay(&mut project.inputs, request);
    for finding in crate::compiler::bind::secrets::mask(&mut project.inputs, crate::builtin::file) {
        project.notes.push(finding.message);
    }
    Ok(project)
}

/// Adds the shipped files that are needed, where the project does not cover them. Discovery builds upon those, too, that
/// an earlier one has covered.
fn underlay(inputs: &mut Inputs, request: &Request) {
    for (path, bytes) in builtin::files() {
        let needed = request.shipped.iter().any(|prefix| path.starts_with(prefix));
        let free = |path: &RelPath| needed && (request.discovers || inputs.find(path.as_str()).is_none());
        if let Some(path) = RelPath::new(&path).filter(free) {
            inputs.add(path, Layer::Builtin, bytes.to_vec());
        }
    }
}

/// Globs of the files a project contributes: squads, templates, schemas, agents, knowledge, history, prices.
fn project_globs(settings: &Settings) -> Vec<Glob> {
    let below = |folder: &str| if folder == "." { "**".to_owned() } else { format!("{folder}/**") };
    let squads = settings.squads.iter().map(|folder| below(folder.trim_end_matches('/')));
    let named = settings.kb.iter().chain(&settings.history).chain(&settings.prices).cloned();
    squads
        .chain(settings.reading.project.iter().cloned())
        .chain(named)
        .map(|glob| Glob::parse(&glob))
        .collect()
}

/// What the environment sets.
fn environment() -> Vec<Override> {
    let set = |(name, key): (String, &str)| {
        let value = std::env::var(&name).ok()?;
        Some(Override { key: key.to_owned(), value, from: name })
    };
    settings::variables().filter_map(set).collect()
}

/// The path under which a file outside the root is shown.
fn external(inputs: &Inputs, path: &Path) -> RelPath {
    let name = path.file_name().map_or_else(|| "input".into(), |name| name.to_string_lossy());
    let free = |path: &RelPath| inputs.find(path.as_str()).is_none();
    let numbered = (1..).map(|number| match number {
        1 => format!("external/{name}"),
        _ => format!("external/{number}/{name}"),
    });
    numbered.filter_map(|path| RelPath::new(&path)).find(free).expect("some number is free")
}
