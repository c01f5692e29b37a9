//! `dispatch.lock`: what a plan folder was made from, and what it holds.
//!
//! Plain lines, one fact each, sorted, so that a version control system can show what changed:
//!
//! ```text
//! dispatch.lock v1
//! compiler 0.1.0 <hash of its data>
//! options <hash of everything that was decided>
//! tree <hash of the names under the root>
//! input <hash of the normalised text> <path>
//! output <hash> <bytes> <path>
//! ```

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::base::digest::Digest;
use crate::base::inputs::RelPath;

/// Name of the lock inside a plan folder.
pub const NAME: &str = "dispatch.lock";

const HEAD: &str = "dispatch.lock v1";

/// What a plan was made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// Version of the compiler, and the hash of its shipped files.
    pub compiler: String,
    /// Hash of the settings and options.
    pub options: String,
    /// Hash of the names under the root.
    pub tree: String,
    /// Hash of each input by its path.
    pub inputs: BTreeMap<String, String>,
}

/// One emitted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// SHA-256 of its bytes.
    pub hash: String,
    /// Its length.
    pub bytes: u64,
}

/// The whole lock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lock {
    /// What the plan was made from.
    pub sources: Sources,
    /// What the folder holds beside the lock itself.
    pub outputs: BTreeMap<String, Output>,
}

impl Lock {
    /// Reads a lock. `None` when it is not one that this version wrote: the folder is then not ours to change.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != HEAD {
            return None;
        }
        let mut lock = Self::default();
        for line in lines {
            let (word, rest) = line.split_once(' ')?;
            match word {
                "compiler" => rest.clone_into(&mut lock.sources.compiler),
                "options" => rest.clone_into(&mut lock.sources.options),
                "tree" => rest.clone_into(&mut lock.sources.tree),
                "input" => {
                    let (hash, path) = rest.split_once(' ')?;
                    lock.sources.inputs.insert(unescape(path), hash.to_owned());
                }
                "output" => {
                    let (hash, rest) = rest.split_once(' ')?;
                    let (bytes, path) = rest.split_once(' ')?;
                    // A lock is as foreign as any other file: what it names must lie in the folder.
                    let path = RelPath::new(&unescape(path))?;
                    let output = Output { hash: hash.to_owned(), bytes: bytes.parse().ok()? };
                    lock.outputs.insert(path.as_str().to_owned(), output);
                }
                _ => return None,
            }
        }
        Some(lock)
    }

    /// The text of the lock.
    #[must_use]
    pub fn text(&self) -> String {
        let sources = &self.sources;
        let mut out = format!(
            "{HEAD}\ncompiler {}\noptions {}\ntree {}\n",
            sources.compiler, sources.options, sources.tree
        );
        for (path, hash) in &sources.inputs {
            let _ = writeln!(out, "input {hash} {}", escape(path));
        }
        for (path, output) in &self.outputs {
            let _ = writeln!(out, "output {} {} {}", output.hash, output.bytes, escape(path));
        }
        out
    }

    /// Records an emitted file.
    pub fn record(&mut self, path: &str, hash: &Digest, bytes: u64) {
        self.outputs.insert(path.to_owned(), Output { hash: hash.hex(), bytes });
    }
}

/// A path on one line: a line end or a backslash in a name is written with a backslash.
pub(super) fn escape(path: &str) -> Cow<'_, str> {
    if path.contains(['\\', '\n', '\r']) {
        Cow::Owned(path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r"))
    } else {
        Cow::Borrowed(path)
    }
}

/// The path that `escape` wrote.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        out.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Lock, Sources};
    use crate::base::digest::Digest;

    #[test]
    fn a_lock_written_and_read_is_itself() {
        let mut lock = Lock {
            sources: Sources {
                compiler: "0.1.0 aa".into(),
                options: "bb".into(),
                tree: "cc".into(),
                inputs: [("docs/a story.md".to_owned(), "dd".to_owned())].into(),
            },
            ..Lock::default()
        };
        lock.record("prompts/a b.md", &Digest::of(b"x"), 1);
        lock.record("odd/\\name\n.md", &Digest::of(b"y"), 1);
        assert_eq!(Lock::parse(&lock.text()), Some(lock));
    }

    #[test]
    fn anything_else_is_not_ours() {
        for text in
            ["", "dispatch.lock v2\n", "dispatch.lock v1\noutput aa\n", "dispatch.lock v1\nwhat is this\n"]
        {
            assert_eq!(Lock::parse(text), None, "{text:?}");
        }
    }
}
