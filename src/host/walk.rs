//! The names under the root: sorted, bounded, never through a link.

use std::path::Path;

use walkdir::WalkDir;

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
    /// Walks `folder`, without entering folders named in `ignore` or the folder `skipped`, until `most` names are found. What cannot be read
    /// is passed over: a name that is not listed is merely not known.
    #[must_use]
    pub fn below(folder: &Path, ignore: &[String], skipped: Option<&Path>, most: usize) -> Self {
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
        for entry in walk.filter_map(Result::ok) {
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
        tree
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
