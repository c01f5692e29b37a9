//! Which folder is the project, and what a path is called inside it.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::base::inputs::RelPath;

use super::error::HostError;

/// Names that make a folder a project.
const MARKS: [&str; 2] = ["dispatch.yaml", ".git"];

/// The root of a project, and the folder the user is in.
#[derive(Debug, Clone)]
pub struct Root {
    /// Absolute.
    pub path: PathBuf,
    /// Absolute.
    pub here: PathBuf,
}

impl Root {
    /// The folder that was asked for; else the nearest one above the user that bears a mark; else where the user is.
    /// When the first input lies outside of that, the search starts from the input's folder instead.
    pub fn find(asked: Option<&Path>, first_input: Option<&str>) -> Result<Self, HostError> {
        let here = std::env::current_dir()
            .map_err(|error| HostError::io("find the current folder", Path::new("."), &error))?;
        if let Some(asked) = asked {
            let path = normal(&here.join(asked));
            if !path.is_dir() {
                let message = format!("`{}` is not a folder", asked.display());
                return Err(HostError::world(message).hint("give `--root` the folder of the project"));
            }
            return Ok(Self { path, here });
        }
        let root = Self { path: marked_above(&here).unwrap_or_else(|| here.clone()), here };
        let Some(input) = first_input.filter(|input| *input != "-") else { return Ok(root) };
        let input = normal(&root.here.join(input));
        if root.inside(&input).is_some() || input == root.path {
            return Ok(root);
        }
        let folder =
            if input.is_dir() { input.clone() } else { input.parent().map_or(input.clone(), Path::to_owned) };
        Ok(Self { path: marked_above(&folder).unwrap_or(folder), here: root.here })
    }

    /// Whether the folder bears a mark, rather than being where the user happens to stand.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        MARKS.iter().any(|mark| self.path.join(mark).exists())
    }

    /// The name of a path inside the root, if it lies there.
    #[must_use]
    pub fn inside(&self, path: &Path) -> Option<RelPath> {
        let name = |path: &Path| path.strip_prefix(&self.path).ok().and_then(slashed);
        name(path).or_else(|| {
            let real_root = fs::canonicalize(&self.path).ok()?;
            let parent = fs::canonicalize(path.parent()?).ok()?;
            slashed(parent.join(path.file_name()?).strip_prefix(real_root).ok()?)
        })
    }

    /// Where a path of the project lies on the disk: relative when the user stands in the root, so that messages
    /// show what the user would type.
    #[must_use]
    pub fn locate(&self, path: &str) -> PathBuf {
        if self.path == self.here { PathBuf::from(path) } else { self.path.join(path) }
    }

    /// The absolute form of a path the user typed.
    #[must_use]
    pub fn typed(&self, path: &str) -> PathBuf {
        normal(&self.here.join(path))
    }
}

fn marked_above(folder: &Path) -> Option<PathBuf> {
    let is_marked = |folder: &&Path| MARKS.iter().any(|mark| folder.join(mark).exists());
    folder.ancestors().find(is_marked).map(Path::to_owned)
}

/// A relative path with `/` between its parts.
fn slashed(path: &Path) -> Option<RelPath> {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    RelPath::new(&parts.join("/"))
}

/// The path without `.` and `..`, by its text alone.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Root, normal};
    use std::path::{Path, PathBuf};

    #[test]
    fn paths_are_named_from_the_root() {
        let root = Root { path: PathBuf::from("/p"), here: PathBuf::from("/p/sub") };
        let name = |path: &str| root.inside(&root.typed(path)).map(|path| path.as_str().to_owned());
        assert_eq!(name("a.md").as_deref(), Some("sub/a.md"));
        assert_eq!(name("../docs/./b.md").as_deref(), Some("docs/b.md"));
        assert_eq!(name("../../other/c.md"), None);
        assert_eq!(normal(Path::new("/a/../b/./c")), PathBuf::from("/b/c"));
    }
}
