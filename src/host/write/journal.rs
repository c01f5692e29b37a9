//! Changing a plan folder in place: a stage inside it, a journal as the commit point, and the way forward from there.
//!
//! Invariant: while `journal` stands in the stage, every change it lists is either done or can still be done from the
//! stage. So the journal is the last thing made before the first change, and the first thing removed after the last.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::host::error::HostError;
use crate::host::lock;

use super::disk::{self, Durability};

/// Name of the stage inside a plan folder.
pub(super) const STAGE: &str = ".dispatch-stage";

const JOURNAL: &str = "journal";
const HEAD: &str = "dispatch.journal v1";

/// Changes of a plan folder that are being collected.
#[derive(Debug)]
pub(super) struct Change {
    plan: PathBuf,
    stage: PathBuf,
    begun: bool,
    moves: Vec<String>,
    removals: Vec<String>,
}

impl Change {
    /// No change yet. Nothing is made on the disk before the first one.
    pub(super) fn of(plan: &Path) -> Self {
        Self {
            plan: plan.to_owned(),
            stage: plan.join(STAGE),
            begun: false,
            moves: Vec::new(),
            removals: Vec::new(),
        }
    }

    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.removals.is_empty()
    }

    /// Stages the new content of a file.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), HostError> {
        self.begin()?;
        disk::write_file(&self.stage.join(self.moves.len().to_string()), bytes, Durability::Synced)?;
        self.moves.push(path.to_owned());
        Ok(())
    }

    /// Lists a file for removal.
    pub(super) fn remove(&mut self, path: &str) {
        self.removals.push(path.to_owned());
    }

    /// Makes the changes: up to here nothing has happened to the plan, from here on all of it will.
    pub(super) fn commit(mut self) -> Result<(), HostError> {
        self.begin()?;
        let mut text = format!("{HEAD}\n");
        for path in &self.removals {
            let _ = writeln!(text, "remove {}", lock::escape(path));
        }
        for (number, path) in self.moves.iter().enumerate() {
            let _ = writeln!(text, "move {number} {}", lock::escape(path));
        }
        text.push_str("end\n");
        let draft = self.stage.join("draft");
        disk::write_file(&draft, text.as_bytes(), Durability::Synced)?;
        disk::sync_folder(&self.stage)?;
        disk::rename(&draft, &self.stage.join(JOURNAL))?;
        finish(&self.plan)
    }

    /// Forgets the changes.
    pub(super) fn abandon(self) -> Result<(), HostError> {
        if self.begun { sweep(&self.stage) } else { Ok(()) }
    }

    fn begin(&mut self) -> Result<(), HostError> {
        if !self.begun {
            self.begun = true;
            disk::make_folder(&self.stage)?;
        }
        Ok(())
    }
}

/// Rolls a journal forward, or sweeps a stage that was never committed. Does nothing where there is no stage.
pub(super) fn recover(plan: &Path) -> Result<Recovered, HostError> {
    let stage = plan.join(STAGE);
    match disk::patient(|| fs::symlink_metadata(&stage)) {
        Err(error) if disk::is_gone(&error) => return Ok(Recovered::Nothing),
        Err(error) => return Err(HostError::io("look at", &stage, &error)),
        Ok(_) => {}
    }
    match disk::patient(|| fs::symlink_metadata(stage.join(JOURNAL))) {
        Ok(_) => finish(plan).map(|()| Recovered::Finished),
        Err(error) if disk::is_gone(&error) => sweep(&stage).map(|()| Recovered::Swept),
        Err(error) => Err(HostError::io("look at", &stage, &error)),
    }
}

/// What `recover` found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recovered {
    /// No stage.
    Nothing,
    /// A stage that was never committed: removed.
    Swept,
    /// A committed change: made.
    Finished,
}

fn finish(plan: &Path) -> Result<(), HostError> {
    disk::persistent(|| roll_forward(plan)).map_err(|error| {
        HostError { hint: None, ..error }
            .hint("the change is recorded: the next `dispatch` command will finish it")
    })
}

fn roll_forward(plan: &Path) -> Result<(), HostError> {
    let stage = plan.join(STAGE);
    let journal = stage.join(JOURNAL);
    let text = match disk::patient(|| fs::read_to_string(&journal)) {
        Ok(text) => text,
        Err(error) if disk::is_gone(&error) => return sweep(&stage),
        Err(error) => return Err(HostError::io("read", &journal, &error)),
    };
    if !text.starts_with(HEAD) || !text.ends_with("end\n") {
        return Err(HostError::world(format!("`{}` is not a journal of this version", journal.display())));
    }
    let mut made: BTreeSet<PathBuf> = BTreeSet::new();
    let mut emptied: BTreeSet<PathBuf> = BTreeSet::new();
    for line in text.lines().skip(1) {
        match line.split_once(' ') {
            Some(("remove", path)) => {
                let target = plan.join(inside(path)?);
                refuse_links(plan, target.parent().unwrap_or(plan))?;
                disk::remove_file(&target)?;
                emptied.extend(target.parent().map(Path::to_owned));
                prune(plan, &emptied);
            }
            Some(("move", rest)) => {
                let (number, path) = rest.split_once(' ').unwrap_or((rest, ""));
                let target = plan.join(inside(path)?);
                let folder = target.parent().unwrap_or(plan).to_owned();
                if !made.contains(&folder) {
                    refuse_links(plan, &folder)?;
                    disk::make_folder(&folder)?;
                    made.insert(folder);
                }
                place(&stage.join(number), &target)?;
            }
            _ => {}
        }
    }
    for folder in &made {
        disk::sync_folder(folder)?;
    }
    sweep(&stage)
}

/// A path of a journal, if it stays inside the plan folder.
fn inside(path: &str) -> Result<String, HostError> {
    let path = lock::unescape(path);
    match crate::base::inputs::RelPath::new(&path) {
        Some(_) => Ok(path),
        None => Err(HostError::world(format!("the journal names `{path}`, which leaves the plan folder"))),
    }
}

/// Moves a staged file into place; it may have been moved already.
fn place(staged: &Path, target: &Path) -> Result<(), HostError> {
    match disk::patient(|| fs::rename(staged, target)) {
        Err(error) if disk::is_gone(&error) && disk::patient(|| fs::symlink_metadata(target)).is_ok() => {
            Ok(())
        }
        other => other.map_err(|error| HostError::io("put in place", target, &error)),
    }
}

/// Folders on the way to a file must be folders: a link would lead out of the plan.
fn refuse_links(plan: &Path, folder: &Path) -> Result<(), HostError> {
    let mut at = folder;
    while at != plan && at.starts_with(plan) {
        if disk::patient(|| fs::symlink_metadata(at)).is_ok_and(|found| found.is_symlink()) {
            return Err(HostError::world(format!(
                "`{}` is a symbolic link: nothing is written through it",
                at.display()
            )));
        }
        at = at.parent().unwrap_or(plan);
    }
    Ok(())
}

/// Removes folders that removals have emptied, upwards to the plan folder.
fn prune(plan: &Path, emptied: &BTreeSet<PathBuf>) {
    for folder in emptied {
        let mut at = folder.as_path();
        while at != plan && at.starts_with(plan) && disk::remove_if_empty(at) {
            at = at.parent().unwrap_or(plan);
        }
    }
}

/// Removes a stage, its journal first.
fn sweep(stage: &Path) -> Result<(), HostError> {
    disk::persistent(|| disk::remove_file(&stage.join(JOURNAL)))?;
    disk::persistent(|| disk::remove_tree(stage))
}
