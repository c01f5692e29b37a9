//! One writer at a time: a lock on the folder that holds plan folders, given up when the process ends, however it ends.

use std::fs::File;
use std::path::Path;

/// Holds the right to change plan folders below a folder.
#[derive(Debug)]
pub(super) struct Guard {
    _folder: Option<File>,
}

impl Guard {
    /// Waits until no other command changes plans there. Where folders cannot be locked, goes on without.
    pub(super) fn wait(folder: &Path) -> Self {
        let opened = File::open(folder).ok();
        Self { _folder: opened.filter(|folder| folder.lock().is_ok()) }
    }

    /// The right, unless another command has it or folders cannot be locked.
    pub(super) fn try_now(folder: &Path) -> Option<Self> {
        let opened = File::open(folder).ok()?;
        opened.try_lock().ok()?;
        Some(Self { _folder: Some(opened) })
    }
}
