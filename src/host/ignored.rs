//! What `.gitignore` files leave out, for choosing documents in a folder. The last pattern that fits decides; a pattern
//! with `!` takes a file in again, unless a folder above it is left out.

use std::collections::BTreeMap;

use crate::base::glob::Glob;
use crate::host::root::Root;

/// One line of an ignore file.
struct Line {
    glob: Glob,
    takes_in: bool,
    folders_only: bool,
}

/// The ignore files of a project.
pub(super) struct Ignored {
    /// By the folder they lie in.
    files: BTreeMap<String, Vec<Line>>,
}

/// The name of such a file.
const NAME: &str = ".gitignore";

impl Ignored {
    /// Reads the ignore files among `files`.
    pub(super) fn read<'a>(root: &Root, files: impl Iterator<Item = &'a str>) -> Self {
        let own = files.filter(|name| name.rsplit('/').next() == Some(NAME));
        let text = |name: &str| std::fs::read_to_string(root.locate(name)).unwrap_or_default();
        let folder = |name: &str| name.rsplit_once('/').map_or(String::new(), |(above, _)| above.to_owned());
        Self { files: own.map(|name| (folder(name), parse(&text(name)))).collect() }
    }

    /// Whether a file, or a folder above it, is left out.
    pub(super) fn leaves_out(&self, path: &str) -> bool {
        if self.files.is_empty() {
            return false;
        }
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        folders
            .map(|folder| (folder, true))
            .chain([(path, false)])
            .any(|(path, is_folder)| self.decides(path, is_folder))
    }

    fn decides(&self, path: &str, is_folder: bool) -> bool {
        let mut out = false;
        for (folder, lines) in &self.files {
            let below = if folder.is_empty() {
                path
            } else {
                let Some(below) = path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/'))
                else {
                    continue;
                };
                below
            };
            for line in lines.iter().filter(|line| is_folder || !line.folders_only) {
                if line.glob.matches(below) {
                    out = !line.takes_in;
                }
            }
        }
        out
    }
}

fn parse(text: &str) -> Vec<Line> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let takes_in = line.starts_with('!');
            let line = line.strip_prefix('!').unwrap_or(line);
            let line = line.strip_prefix('\\').unwrap_or(line);
            let folders_only = line.ends_with('/');
            let line = line.trim_end_matches('/');
            // A pattern with a separator in it starts where its file lies.
            let anchored = line.contains('/');
            let line = line.strip_prefix('/').unwrap_or(line);
            let glob = if anchored { Glob::parse(line) } else { Glob::parse(&format!("**/{line}")) };
            Line { glob, takes_in, folders_only }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Ignored, parse};

    #[test]
    fn the_last_pattern_decides() {
        let text = "# made\nout/\n*.log\n!keep.log\n/top.md\ndocs/*.tmp\n";
        let ignored = Ignored {
            files: [(String::new(), parse(text)), ("sub".to_owned(), parse("!x.log\na.md\n"))].into(),
        };
        for (path, want) in [
            ("out/a.md", true),
            ("src/out/a.md", true),
            ("out", false),
            ("a.log", true),
            ("keep.log", false),
            ("out/keep.log", true),
            ("top.md", true),
            ("src/top.md", false),
            ("docs/a.tmp", true),
            ("docs/b/a.tmp", false),
            ("sub/x.log", false),
            ("sub/a.md", true),
            ("a.md", false),
        ] {
            assert_eq!(ignored.leaves_out(path), want, "{path}");
        }
    }
}
