//! The compiler's whole world, as a value: files by relative path, layer upon layer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::source::{Layer, Masked, Position, SourceFile};
use super::span::{FileId, Span};
use super::table::{Id as _, Table};

/// A path with `/` separators, relative to the root, without `.` and `..`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelPath(Box<str>);

impl RelPath {
    /// The path, if it is one: not empty, not absolute, no empty, `.` or `..` part, no NUL.
    #[must_use]
    pub fn new(path: &str) -> Option<Self> {
        let fine = !path.is_empty()
            && !path.contains('\0')
            && path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        fine.then(|| Self(path.into()))
    }
    /// The characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// The last part.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
    /// All but the last part; empty at the top.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
    /// The name without its last extension.
    #[must_use]
    pub fn stem(&self) -> &str {
        let name = self.name();
        name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
    }
    /// The last extension, without its dot; empty if there is none.
    #[must_use]
    pub fn extension(&self) -> &str {
        self.name()
            .rsplit_once('.')
            .map_or("", |(stem, extension)| if stem.is_empty() { "" } else { extension })
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of files, and the names of what else lies under the root.
#[derive(Debug, Default)]
pub struct Inputs {
    files: Table<FileId, SourceFile>,
    current: BTreeMap<RelPath, FileId>,
    documents: Vec<FileId>,
    tree: BTreeSet<Box<str>>,
}

impl Inputs {
    /// No file at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file. One of the same path in an equal or lower layer is covered by it, whole.
    pub fn add(&mut self, path: RelPath, layer: Layer, bytes: Vec<u8>) -> FileId {
        let covers = self.current.get(&path).is_none_or(|&old| self.files[old].layer <= layer);
        let id = self.files.push(SourceFile::new(path.clone(), layer, bytes));
        if covers {
            self.current.insert(path, id);
        }
        id
    }

    /// Adds a file and makes it one of the documents to be compiled.
    pub fn add_document(&mut self, path: RelPath, bytes: Vec<u8>) -> FileId {
        let id = self.add(path, Layer::Named, bytes);
        self.documents.push(id);
        id
    }

    /// Puts other letters in place of parts of a file.
    pub fn screen(&mut self, file: FileId, masked: Vec<Masked>) {
        self.files[file].screen(masked);
    }

    /// Leaves only these among the documents to be compiled; the others stay files.
    pub fn keep_documents(&mut self, wanted: &[FileId]) {
        self.documents.retain(|id| wanted.contains(id));
    }

    /// Records the name of a path under the root whose content is not an input.
    pub fn add_name(&mut self, path: &str) {
        self.tree.insert(path.into());
    }

    /// The documents to be compiled, by path: the order of arguments does not matter.
    #[must_use]
    pub fn documents(&self) -> Vec<FileId> {
        let mut ids = self.documents.clone();
        ids.sort_by(|&a, &b| self.files[a].path.cmp(&self.files[b].path));
        ids.dedup();
        ids
    }

    /// Whether something of this name lies under the root, as an input or as a mere name.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        self.tree.contains(path) || RelPath::new(path).is_some_and(|path| self.current.contains_key(&path))
    }

    /// The names under the root that are not inputs, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tree.iter().map(AsRef::as_ref)
    }

    /// The uncovered file of this path.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<FileId> {
        self.current.get(&RelPath::new(path)?).copied()
    }

    /// Uncovered files whose path starts with `prefix`, sorted by path.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (FileId, &'a SourceFile)> {
        self.current
            .iter()
            .filter(move |(path, _)| path.as_str().starts_with(prefix))
            .map(|(_, &id)| (id, &self.files[id]))
    }

    /// All uncovered files, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.current.values().map(|&id| (id, &self.files[id]))
    }

    /// A file.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id]
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, id: FileId) -> &str {
        self.files[id].text()
    }

    /// The text of a span.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.files[span.file].text()[span.range()]
    }

    /// Where a span begins.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.files[span.file].position(span.start)
    }

    /// The name of a file as users see it: shipped files are marked `builtin:`.
    #[must_use]
    pub fn display_path(&self, id: FileId) -> String {
        let file = &self.files[id];
        match file.layer {
            Layer::Builtin => format!("builtin:{}", file.path),
            Layer::Project | Layer::Named => file.path.to_string(),
        }
    }

    /// Ids of all files ever added, covered ones included.
    pub fn ids(&self) -> impl Iterator<Item = FileId> {
        (0..self.files.len()).map(FileId::from_index)
    }
}

#[cfg(test)]
mod tests {
    use super::{Inputs, RelPath};
    use crate::base::source::Layer;

    #[test]
    fn later_layers_cover_whole_files() {
        let mut inputs = Inputs::new();
        let path = || RelPath::new("data/x.yaml").unwrap();
        inputs.add(path(), Layer::Project, b"mine".to_vec());
        inputs.add(path(), Layer::Builtin, b"theirs".to_vec());
        let id = inputs.find("data/x.yaml").unwrap();
        assert_eq!(inputs.text(id), "mine\n");
    }

    #[test]
    fn paths_stay_inside() {
        for bad in ["", "/a", "a//b", "../a", "a/../b", "./a", "a\0"] {
            assert!(RelPath::new(bad).is_none(), "{bad}");
        }
        let path = RelPath::new("a/b.story.md").unwrap();
        assert_eq!(
            (path.folder(), path.name(), path.stem(), path.extension()),
            ("a", "b.story.md", "b.story", "md")
        );
    }
}
