//! System calls that change the disk, repeated when a signal interrupts them, their failures put into words.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use crate::host::error::HostError;

/// How often a step that must not be left half-done is tried.
const ATTEMPTS: usize = 3;

/// Whether a written file is forced to the disk before the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// It survives a loss of power.
    Synced,
    /// It survives the death of the process; the lock finds it out after a loss of power.
    Cached,
}

/// Repeats a call for as long as signals interrupt it.
pub(super) fn patient<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Tries a step that must not be left half-done a few times: a passing fault is no reason to stop midway.
pub(super) fn persistent<T>(mut step: impl FnMut() -> Result<T, HostError>) -> Result<T, HostError> {
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        match step() {
            Err(_) if left > 0 => {}
            other => return other,
        }
    }
}

/// Makes a folder and what is missing above it.
pub(super) fn make_folder(path: &Path) -> Result<(), HostError> {
    patient(|| fs::create_dir_all(path)).map_err(|error| HostError::io("make the folder", path, &error))
}

/// Writes a new file.
pub(super) fn write_file(path: &Path, bytes: &[u8], durability: Durability) -> Result<(), HostError> {
    let write = || -> io::Result<()> {
        let mut file = patient(|| File::create(path))?;
        file.write_all(bytes)?;
        match durability {
            Durability::Synced => patient(|| file.sync_all()),
            Durability::Cached => Ok(()),
        }
    };
    write().map_err(|error| HostError::io("write", path, &error))
}

/// Forces the names inside a folder to the disk, where the system can.
pub(super) fn sync_folder(path: &Path) -> Result<(), HostError> {
    if cfg!(unix) {
        patient(|| File::open(path).and_then(|folder| folder.sync_all()))
            .map_err(|error| HostError::io("write", path, &error))?;
    }
    Ok(())
}

/// Gives a file or folder another name; a file of that name is replaced.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), HostError> {
    patient(|| fs::rename(from, to)).map_err(|error| HostError::io("put in place", to, &error))
}

/// Removes a file; it may be gone already, or a folder may stand there by now.
pub(super) fn remove_file(path: &Path) -> Result<(), HostError> {
    match patient(|| fs::remove_file(path)) {
        Err(error) if is_gone(&error) || error.kind() == io::ErrorKind::IsADirectory => Ok(()),
        other => other.map_err(|error| HostError::io("remove", path, &error)),
    }
}

/// Removes a folder with everything in it; it may be gone already.
pub(super) fn remove_tree(path: &Path) -> Result<(), HostError> {
    match patient(|| fs::remove_dir_all(path)) {
        Err(error) if is_gone(&error) => Ok(()),
        other => other.map_err(|error| HostError::io("remove", path, &error)),
    }
}

/// Removes a folder if nothing is in it.
pub(super) fn remove_if_empty(path: &Path) -> bool {
    patient(|| fs::remove_dir(path)).is_ok()
}

/// Whether a path leads nowhere.
pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
