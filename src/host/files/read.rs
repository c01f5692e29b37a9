//! Reading one file: its length is looked at first, and what it looked like is remembered.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::span::FileId;
use crate::host::error::HostError;
use crate::host::root::Root;

use super::external;

/// What a file or folder looked like: enough to notice that it was changed, added or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Where it lies.
    pub path: PathBuf,
    /// Its length, and its time of change in nanoseconds; none if there is nothing.
    pub state: Option<(u64, u128)>,
}

impl Stamp {
    /// Looks at a path.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let looked = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let state = fs::metadata(looked).ok().map(|found| state(&found));
        Self { path: looked.to_owned(), state }
    }
}

fn state(found: &fs::Metadata) -> (u64, u128) {
    let changed = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let length = if found.is_dir() { 0 } else { found.len() };
    (length, changed.map_or(0, |time| time.as_nanos()))
}

/// Whether a project file was left unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It was read, or it is gone.
    No,
    /// It has this many bytes.
    TooLong(u64),
    /// It is a link that leads out of the project.
    LeadsOut,
}

/// Where files go that are read.
pub(super) struct Store<'a> {
    pub(super) root: &'a Root,
    pub(super) inputs: &'a mut Inputs,
    pub(super) stamps: &'a mut Vec<Stamp>,
    /// Most bytes of one file.
    pub(super) limit: u64,
}

enum Content {
    Bytes(Vec<u8>),
    TooLong(u64),
}

impl Store<'_> {
    /// A file at a place of the project where there need not be one.
    pub(super) fn optional(&mut self, name: &str) -> Result<Option<FileId>, HostError> {
        let Some(name) = RelPath::new(name) else { return Ok(None) };
        if let Some(id) =
            self.inputs.find(name.as_str()).filter(|id| self.inputs.file(*id).layer != Layer::Builtin)
        {
            return Ok(Some(id));
        }
        let path = self.root.locate(name.as_str());
        match self.read(&path) {
            Ok(content) => {
                self.bytes(&path, content).map(|bytes| Some(self.inputs.add(name, Layer::Project, bytes)))
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(HostError::io("read", &path, &error)),
        }
    }

    /// A file the user named, wherever it lies.
    pub(super) fn named(&mut self, typed: &str, layer: Layer) -> Result<FileId, HostError> {
        let (name, bytes) = self.open(typed)?;
        Ok(self.inputs.add(name, layer, bytes))
    }

    /// A document to be compiled.
    pub(super) fn document(&mut self, typed: &str) -> Result<FileId, HostError> {
        let (name, bytes) = if typed == "-" { self.standard_input()? } else { self.open(typed)? };
        Ok(self.inputs.add_document(name, bytes))
    }

    /// A file of the project, by its name in the walk.
    pub(super) fn project(&mut self, name: &str) -> Result<Refused, HostError> {
        let Some(name) = RelPath::new(name) else { return Ok(Refused::No) };
        let path = self.root.locate(name.as_str());
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) && self.leads_out(&path) {
            return Ok(Refused::LeadsOut);
        }
        match self.read(&path) {
            Ok(Content::Bytes(bytes)) => {
                self.inputs.add(name, Layer::Project, bytes);
                Ok(Refused::No)
            }
            Ok(Content::TooLong(bytes)) => Ok(Refused::TooLong(bytes)),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => {
                Ok(Refused::No)
            }
            Err(error) => Err(HostError::io("read", &path, &error)),
        }
    }

    fn leads_out(&self, path: &Path) -> bool {
        match (fs::canonicalize(path), fs::canonicalize(&self.root.path)) {
            (Ok(target), Ok(root)) => !target.starts_with(root),
            _ => true,
        }
    }

    fn open(&mut self, typed: &str) -> Result<(RelPath, Vec<u8>), HostError> {
        let shown = Path::new(typed);
        let content = self.read(shown).map_err(|error| HostError::io("read", shown, &error))?;
        let bytes = self.bytes(shown, content)?;
        let path = self.root.typed(typed);
        Ok((self.root.inside(&path).unwrap_or_else(|| external(self.inputs, &path)), bytes))
    }

    fn standard_input(&mut self) -> Result<(RelPath, Vec<u8>), HostError> {
        let shown = Path::new("standard input");
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .take(self.limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| HostError::io("read", shown, &error))?;
        let content = if bytes.len() as u64 > self.limit {
            Content::TooLong(bytes.len() as u64)
        } else {
            Content::Bytes(bytes)
        };
        // Never the same twice, as far as anyone can tell.
        self.stamps.push(Stamp { path: shown.to_owned(), state: Some((0, 0)) });
        let bytes = self.bytes(shown, content)?;
        let name = format!("stdin.{}", kind(&bytes));
        Ok((external(self.inputs, Path::new(&name)), bytes))
    }

    /// The bytes of a file, unless its length, known beforehand, is too great.
    fn read(&mut self, path: &Path) -> io::Result<Content> {
        let mut file = File::open(path)?;
        let found = file.metadata()?;
        if found.is_dir() {
            return Err(io::Error::from(io::ErrorKind::IsADirectory));
        }
        if found.len() > self.limit {
            return Ok(Content::TooLong(found.len()));
        }
        self.stamps.push(Stamp { path: path.to_owned(), state: Some(state(&found)) });
        let mut bytes =
            Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default().saturating_add(1));
        (&mut file).take(self.limit.saturating_add(1)).read_to_end(&mut bytes)?;
        // A pipe or device does not say beforehand how much will come.
        let length = bytes.len() as u64;
        Ok(if length > self.limit { Content::TooLong(length) } else { Content::Bytes(bytes) })
    }

    fn bytes(&self, path: &Path, content: Content) -> Result<Vec<u8>, HostError> {
        match content {
            Content::Bytes(bytes) => Ok(bytes),
            Content::TooLong(bytes) => {
                let message =
                    format!("`{}` has {bytes} bytes: at most {} are read", path.display(), self.limit);
                Err(HostError::world(message)
                    .hint("split it, or raise `limits.file_bytes` in `dispatch.yaml`"))
            }
        }
    }
}

/// The extension a text without a name deserves: by its first line that is neither empty nor a comment.
fn kind(bytes: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let is_comment = |line: &&str| line.starts_with("# ") && !line.starts_with("# #");
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    match lines.next() {
        Some(line) if line.starts_with(['{', '[']) && !line.starts_with("[ ]") => return "json",
        Some("---") if lines.any(|line| line == "---") => return "md",
        _ => {}
    }
    // A comment of YAML looks like a heading of markdown: what follows decides.
    let first =
        text.lines().filter(|line| !line.trim().is_empty() && *line != "---").find(|line| !is_comment(line));
    let is_key = |line: &str| {
        let name = line.split(':').next().unwrap_or_default();
        let rest = &line[name.len()..];
        (rest == ":" || rest.starts_with(": "))
            && !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
    };
    if first.is_some_and(is_key) { "yaml" } else { "md" }
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn a_text_without_a_name_is_known_by_its_beginning() {
        for (text, wanted) in [
            ("plan: demo\ntasks: []\n", "yaml"),
            ("# a comment\n\nplan: demo\n", "yaml"),
            ("---\nplan: demo\n", "yaml"),
            ("---\nid: S-1\n---\n# Title\n", "md"),
            ("{\"plan\": 1}", "json"),
            ("# Title\n\nSome prose: and more.\n", "md"),
            ("Write a loader and a schema.\n", "md"),
            ("Note: this is prose\n", "md"),
            ("", "md"),
        ] {
            assert_eq!(kind(text.as_bytes()), wanted, "{text}");
        }
    }
}
