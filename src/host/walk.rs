//! The names under the root: sorted, bounded, never through a link.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::error::HostError;

/// How often a walk is begun that signals interrupt.
const ATTEMPTS: usize = 3;

/// What kind of thing a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
}

/// Names below a folder, with `/` between their parts, in the order of a sorted walk.
#[derive(Debug, Default)]
pub struct Tree {
    /// The names.
    pub names: Vec<(String, Found)>,
    /// More lay there than the bound allows.
    pub cut: bool,
}

impl Tree {
    /// Walks `folder`, without entering folders named in `ignore` or the folder `skipped`, until `most` names are found. What
    /// the user may not read, and what goes away meanwhile, is passed over; any other failure is one.
    pub fn below(
        folder: &Path,
        ignore: &[String],
        skipped: Option<&Path>,
        most: usize,
    ) -> Result<Self, HostError> {
        let mut left = ATTEMPTS;
        loop {
            left -= 1;
            match Self::walk(folder, ignore, skipped, most) {
                Err((_, error)) if left > 0 && error.kind() == io::ErrorKind::Interrupted => {}
                Err((path, error)) => return Err(HostError::io("read", &path, &error)),
                Ok(tree) => return Ok(tree),
            }
        }
    }

    fn walk(
        folder: &Path,
        ignore: &[String],
        skipped: Option<&Path>,
        most: usize,
    ) -> Result<Self, (PathBuf, io::Error)> {
        let mut tree = Self::default();
        let is_closed = |entry: &walkdir::DirEntry| {
            let name = entry.file_name().to_string_lossy();
            ignore.iter().any(|ignored| *ignored == name) || skipped.is_some_and(|path| entry.path() == path)
        };
        let walk = WalkDir::new(folder)
            .min_depth(1)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| !entry.file_type().is_dir() || !is_closed(entry));
        for entry in walk {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let Some(error) = error.into_io_error() else { continue };
                    match error.kind() {
                        io::ErrorKind::PermissionDenied | io::ErrorKind::NotFound => continue,
                        _ => return Err((path, error)),
                    }
                }
            };
            if tree.names.len() >= most {
                tree.cut = true;
                break;
            }
            let Ok(path) = entry.path().strip_prefix(folder) else { continue };
            let kind = entry.file_type();
            let found = if kind.is_symlink() {
                Found::Link
            } else if kind.is_dir() {
                Found::Folder
            } else {
                Found::File
            };
            let name = path.to_string_lossy();
            let name = if cfg!(windows) { name.replace('\\', "/") } else { name.into_owned() };
            tree.names.push((name, found));
        }
        tree.forget_plans();
        Ok(tree)
    }

    /// Plan folders are what we wrote, not what anybody asked for.
    fn forget_plans(&mut self) {
        let lock = format!("/{}", crate::host::lock::NAME);
        let plans: Vec<String> =
            self.names.iter().filter_map(|(name, _)| Some(name.strip_suffix(&lock)?.to_owned())).collect();
        if plans.is_empty() {
            return;
        }
        let is_inside = |name: &str| {
            plans.iter().any(|plan| {
                name.strip_prefix(plan.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        self.names.retain(|(name, _)| !is_inside(name));
    }

    /// The files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter(|(_, found)| *found == Found::File).map(|(name, _)| name.as_str())
    }
}
