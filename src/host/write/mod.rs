//! The plan folder: all old or all new, never a mixture.
//!
//! A new folder is staged beside its place and renamed. An existing one, recognised by its lock, is changed in place
//! through a journal, and what has not changed is not touched. Whatever stops us, the next command finds either a
//! stage without a journal, which it sweeps, or a journal, which it carries out.

mod disk;
mod guard;
mod journal;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::base::digest::Digest;
use crate::host::error::HostError;
use crate::host::lock::{self, Lock, Sources};
use crate::ir::artifact::Artifact;

use disk::Durability;
use guard::Guard;
use journal::Change;

/// What was done to a plan folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Files written, the lock included.
    pub written: usize,
    /// Files found as they should be.
    pub unchanged: usize,
    /// Files removed.
    pub removed: usize,
}

/// What stands where a plan folder is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nothing.
    Absent,
    /// A folder without content.
    Empty,
    /// A plan folder, with its lock and the time the lock was written.
    Ours(Lock, SystemTime),
}

/// Looks at the place of a plan folder. Anything that is not ours to change is refused.
pub fn look(out: &Path) -> Result<Place, HostError> {
    let found = match disk::patient(|| fs::symlink_metadata(out)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Place::Absent),
        Err(error) => return Err(HostError::io("look at", out, &error)),
        Ok(found) => found,
    };
    if found.is_symlink() {
        return Err(refuse(out, "is a symbolic link", "name the folder it leads to"));
    }
    if !found.is_dir() {
        return Err(refuse(out, "is not a folder", "choose another folder with `--out`"));
    }
    let path = out.join(lock::NAME);
    match disk::patient(|| fs::read_to_string(&path)) {
        Ok(text) => {
            let lock = Lock::parse(&text).ok_or_else(|| {
                refuse(
                    &path,
                    "is not a lock of this version",
                    "remove the plan folder, or choose another with `--out`",
                )
            })?;
            let time = disk::patient(|| fs::metadata(&path)).and_then(|found| found.modified());
            Ok(Place::Ours(lock, time.map_err(|error| HostError::io("look at", &path, &error))?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut entries =
                disk::patient(|| fs::read_dir(out)).map_err(|error| HostError::io("read", out, &error))?;
            match entries.next() {
                None => Ok(Place::Empty),
                Some(_) => Err(refuse(
                    out,
                    "is not empty and holds no `dispatch.lock`, so it is not ours to change",
                    "choose another folder with `--out`, or empty this one",
                )),
            }
        }
        Err(error) => Err(HostError::io("read", &path, &error)),
    }
}

fn refuse(path: &Path, what: &str, hint: &str) -> HostError {
    HostError::world(format!("`{}` {what}", path.display())).hint(hint)
}

/// Takes artifacts one by one.
pub type Sink<'a> = &'a mut dyn FnMut(Artifact) -> Result<(), HostError>;

/// Brings the folder `out` to hold exactly what `produce` hands over, and a lock that says what it was made from.
/// When `produce` returns false, nothing is changed after all, and there is nothing to tell.
pub fn emit(
    out: &Path,
    sources: Sources,
    produce: impl FnOnce(Sink<'_>) -> Result<bool, HostError>,
) -> Result<Option<Written>, HostError> {
    let parent = parent_of(out);
    let made = missing_above(parent);
    disk::make_folder(parent)?;
    let guard = Guard::wait(parent);
    let lock = Lock { sources, ..Lock::default() };
    let result = recover_one(out).and_then(|()| match look(out)? {
        Place::Empty if is_own_mount(out, parent) => {
            update(out, &Lock::default(), SystemTime::UNIX_EPOCH, lock, produce)
        }
        Place::Absent | Place::Empty => fresh(out, lock, produce),
        Place::Ours(old, time) => update(out, &old, time, lock, produce),
    });
    drop(guard);
    if !matches!(result, Ok(Some(_))) {
        for folder in made {
            disk::remove_if_empty(&folder);
        }
    }
    result
}

/// Finishes or sweeps what an earlier command left behind at `out`. Waits for a command that is still at it.
fn recover_one(out: &Path) -> Result<(), HostError> {
    disk::persistent(|| disk::remove_tree(&stage_beside(out)))?;
    journal::recover(out).map(|_| ())
}

/// Finishes or sweeps what earlier commands left behind in the folder that holds plan folders.
/// Silent: whoever only reads must not fail because there is nothing to mend, or no right to mend it.
pub fn recover(plans: &Path) {
    let Ok(entries) = fs::read_dir(plans) else { return };
    let names: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    let is_stage = |path: &Path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_stage_name);
    let stale = |path: &PathBuf| is_stage(path) || fs::symlink_metadata(path.join(journal::STAGE)).is_ok();
    let stale: Vec<PathBuf> = names.into_iter().filter(stale).collect();
    if stale.is_empty() {
        return;
    }
    let Some(_guard) = Guard::try_now(plans) else { return };
    for path in stale {
        let _ = if is_stage(&path) { disk::remove_tree(&path) } else { journal::recover(&path).map(|_| ()) };
    }
}

fn parent_of(out: &Path) -> &Path {
    match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The folders above that do not exist yet, the innermost first.
fn missing_above(folder: &Path) -> Vec<PathBuf> {
    folder
        .ancestors()
        .take_while(|at| !at.as_os_str().is_empty() && fs::symlink_metadata(at).is_err())
        .map(Path::to_owned)
        .collect()
}

const STAGE_END: &str = ".dispatch-stage";

fn stage_beside(out: &Path) -> PathBuf {
    let name = out.file_name().map_or_else(|| "plan".into(), |name| name.to_string_lossy());
    parent_of(out).join(format!(".{name}{STAGE_END}"))
}

fn is_stage_name(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(STAGE_END) && name != STAGE_END
}

/// Whether a folder is a mount of its own, which cannot be replaced by a rename.
#[cfg(unix)]
fn is_own_mount(out: &Path, parent: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    device(out) != device(parent)
}

#[cfg(not(unix))]
fn is_own_mount(_out: &Path, _parent: &Path) -> bool {
    true
}

/// Stages a whole folder beside its place and renames it.
fn fresh(
    out: &Path,
    lock: Lock,
    produce: impl FnOnce(Sink<'_>) -> Result<bool, HostError>,
) -> Result<Option<Written>, HostError> {
    let stage = stage_beside(out);
    let result = fill(&stage, lock, produce).and_then(|written| {
        if written.is_some() {
            disk::rename(&stage, out)?;
        }
        Ok(written)
    });
    if matches!(result, Ok(Some(_))) {
        let _ = disk::sync_folder(parent_of(out));
    } else {
        let _ = disk::persistent(|| disk::remove_tree(&stage));
    }
    result
}

/// Files of a new folder are not forced to the disk one by one: a plan has thousands. The lock is, and since it knows
/// the length of each, what a loss of power took is written again by the next compile.
fn fill(
    stage: &Path,
    mut lock: Lock,
    produce: impl FnOnce(Sink<'_>) -> Result<bool, HostError>,
) -> Result<Option<Written>, HostError> {
    disk::make_folder(stage)?;
    let mut written = Written::default();
    let mut folders: BTreeSet<String> = BTreeSet::new();
    let whole = produce(&mut |artifact| {
        let folder = artifact.path.folder();
        if !folder.is_empty() && !folders.contains(folder) {
            disk::make_folder(&stage.join(folder))?;
            folders.insert(folder.to_owned());
        }
        disk::write_file(&stage.join(artifact.path.as_str()), &artifact.bytes, Durability::Cached)?;
        lock.record(artifact.path.as_str(), &Digest::of(&artifact.bytes), artifact.bytes.len() as u64);
        written.written += 1;
        Ok(())
    })?;
    if !whole {
        return Ok(None);
    }
    disk::write_file(&stage.join(lock::NAME), lock.text().as_bytes(), Durability::Synced)?;
    disk::sync_folder(stage)?;
    written.written += 1;
    Ok(Some(written))
}

/// Changes an existing folder in place, as little as possible.
fn update(
    out: &Path,
    old: &Lock,
    locked_at: SystemTime,
    lock: Lock,
    produce: impl FnOnce(Sink<'_>) -> Result<bool, HostError>,
) -> Result<Option<Written>, HostError> {
    let mut change = Change::of(out);
    match collect(&mut change, out, old, locked_at, lock, produce) {
        Ok(Some(written)) if change.is_empty() => Ok(Some(written)),
        Ok(Some(written)) => change.commit().map(|()| Some(written)),
        Ok(None) => change.abandon().map(|()| None),
        Err(error) => {
            let _ = change.abandon();
            Err(error)
        }
    }
}

fn collect(
    change: &mut Change,
    out: &Path,
    old: &Lock,
    locked_at: SystemTime,
    mut lock: Lock,
    produce: impl FnOnce(Sink<'_>) -> Result<bool, HostError>,
) -> Result<Option<Written>, HostError> {
    let mut written = Written::default();
    let whole = produce(&mut |artifact| {
        let path = artifact.path.as_str();
        lock.record(path, &Digest::of(&artifact.bytes), artifact.bytes.len() as u64);
        let known = old.outputs.get(path) == lock.outputs.get(path);
        if known && holds(&out.join(path), &artifact.bytes, locked_at) {
            written.unchanged += 1;
        } else {
            change.put(path, &artifact.bytes)?;
            written.written += 1;
        }
        Ok(())
    })?;
    if !whole {
        return Ok(None);
    }
    for path in old.outputs.keys().filter(|path| !lock.outputs.contains_key(*path)) {
        change.remove(path);
        written.removed += 1;
    }
    if lock != *old || !change.is_empty() {
        change.put(lock::NAME, lock.text().as_bytes())?;
        written.written += 1;
    } else {
        written.unchanged += 1;
    }
    Ok(Some(written))
}

/// Whether a file holds these bytes. One that is older than the lock has not been touched since we wrote it, so its
/// length is enough; a younger one (edited, or checked out anew) is read.
fn holds(path: &Path, bytes: &[u8], locked_at: SystemTime) -> bool {
    let Ok(found) = disk::patient(|| fs::symlink_metadata(path)) else { return false };
    found.is_file()
        && found.len() == bytes.len() as u64
        && (found.modified().is_ok_and(|time| time < locked_at)
            || disk::patient(|| fs::read(path)).is_ok_and(|there| there == bytes))
}

/// Gives one file new content, all or nothing: a sibling is written and renamed over it. Permissions stay.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), HostError> {
    // What a link leads to is edited, not the link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = path.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy());
    let draft = path.with_file_name(format!(".{name}.dispatch-draft"));
    let result = disk::write_file(&draft, bytes, Durability::Synced).and_then(|()| {
        if let Ok(found) = fs::metadata(path) {
            let _ = fs::set_permissions(&draft, found.permissions());
        }
        disk::rename(&draft, path)
    });
    if result.is_err() {
        let _ = disk::persistent(|| disk::remove_file(&draft));
    }
    result
}

/// Paths of a plan folder that are not what the lock says: changed, or gone. Reads every byte.
pub fn drifted(out: &Path, lock: &Lock) -> Vec<String> {
    let differs = |(path, output): (&String, &lock::Output)| {
        let same = disk::patient(|| fs::read(out.join(path)))
            .is_ok_and(|bytes| bytes.len() as u64 == output.bytes && Digest::of(&bytes).hex() == output.hash);
        (!same).then(|| path.clone())
    };
    lock.outputs.iter().filter_map(differs).collect()
}

/// Whether every file of a plan folder is there, with its length, untouched since the lock was written (or, if it is
/// younger, with the very bytes).
pub fn intact(out: &Path, lock: &Lock, locked_at: SystemTime) -> bool {
    lock.outputs.iter().all(|(path, output)| {
        let path = out.join(path);
        disk::patient(|| fs::symlink_metadata(&path)).is_ok_and(|found| {
            found.is_file()
                && found.len() == output.bytes
                && (found.modified().is_ok_and(|time| time < locked_at)
                    || disk::patient(|| fs::read(&path))
                        .is_ok_and(|bytes| Digest::of(&bytes).hex() == output.hash))
        })
    })
}

#[cfg(test)]
mod tests;
