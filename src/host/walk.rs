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
    /// Walks `folder`, without entering folders named in `ignore`, until `most` names are found. What cannot be read
    /// is passed over: a name that is not listed is merely not known.
    #[must_use]
    pub fn below(folder: &Path, ignore: &[String], most: usize) -> Self {
        let mut tree = Self::default();
        let walk = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter().filter_entry(|entry| {
            !entry.file_type().is_dir()
                || !ignore.iter().any(|name| *name == entry.file_name().to_string_lossy())
        });
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
        tree
    }

    /// The files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter(|(_, found)| *found == Found::File).map(|(name, _)| name.as_str())
    }
}
