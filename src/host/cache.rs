//! What an earlier command found, so that a command with nothing to do does nothing.
//!
//! One small file below `.dispatch/cache` for each command line. It holds what every file and folder looked like that
//! was read, and where the plan lies. While all of them look the same, the plan is what it was; when only times have
//! changed, contents are compared with the lock. *Invariant*: a cache that is missing, torn or of another program
//! costs time, never truth.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::digest::Digest;

use super::files::Stamp;
use super::lock;

const HEAD: &str = "dispatch.cache v1";
const FOLDER: &str = ".dispatch/cache";
/// Changes younger than this when the cache is written might be followed by another within the same tick of the
/// file system's clock, in nanoseconds.
const TICK: u128 = 20_000_000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    /// The plan folder.
    pub out: PathBuf,
    /// One line for people.
    pub summary: String,
    /// What everything looked like.
    pub stamps: Vec<Stamp>,
}

/// Where the memory of a command line lies.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    file: PathBuf,
}

impl Cache {
    /// The cache of a command line, below a root: `words` are all that could make two command lines differ.
    #[must_use]
    pub fn of(root: &Path, words: &[String]) -> Self {
        let key = Digest::of_parts(words.iter().map(std::string::String::as_bytes)).hex();
        let folder = root.join(FOLDER);
        let file = folder.join(&key[..32]);
        Self { folder, file }
    }

    /// What an earlier command found, if this very program wrote it.
    #[must_use]
    pub fn recall(&self) -> Option<Memory> {
        let text = fs::read_to_string(&self.file).ok()?;
        let mut lines = text.lines();
        let own = program()?;
        if lines.next()? != HEAD || lines.next()? != format!("program {own}") || !text.ends_with("\nend\n") {
            return None;
        }
        let out = PathBuf::from(lock::unescape(lines.next()?.strip_prefix("out ")?));
        let summary = lock::unescape(lines.next()?.strip_prefix("summary ")?);
        let mut stamps = Vec::new();
        for line in lines {
            let Some((state, path)) = line.split_once(' ') else { break };
            let state = match state.split_once(',') {
                Some((length, time)) => Some((length.parse().ok()?, time.parse().ok()?)),
                None => None,
            };
            stamps.push(Stamp { path: PathBuf::from(lock::unescape(path)), state });
        }
        Some(Memory { out, summary, stamps })
    }

    /// Remembers. Failing to is nobody's concern.
    pub fn keep(&self, memory: &Memory) {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |time| time.as_nanos());
        let is_fresh = |time: u128| time + TICK > now && time <= now;
        let Some(own) = program() else { return };
        let plain = |path: &Path| path.to_str().map(|path| lock::escape(path).into_owned());
        let Some(out) = plain(&memory.out) else { return };
        let mut text =
            format!("{HEAD}\nprogram {own}\nout {out}\nsummary {}\n", lock::escape(&memory.summary));
        for stamp in &memory.stamps {
            let Some(path) = plain(&stamp.path) else { return };
            let _ = match stamp.state {
                // Never the same again, so that contents are compared the next time.
                Some((length, time)) if is_fresh(time) => writeln!(text, "{length},0 {path}"),
                Some((length, time)) => writeln!(text, "{length},{time} {path}"),
                None => writeln!(text, "- {path}"),
            };
        }
        text.push_str("end\n");
        self.make_room();
        let _ = fs::write(&self.file, text);
    }

    /// Makes the folder, so that keeping something later does not change the folders above.
    pub fn make_room(&self) {
        if !self.folder.is_dir() {
            let _ = fs::create_dir_all(&self.folder);
            let _ = fs::write(self.folder.join(".gitignore"), "*\n");
        }
    }
}

impl Memory {
    /// Whether everything looks as it did.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.stamps.iter().all(|stamp| Stamp::of(&stamp.path).state == stamp.state)
    }
}

/// What this program looks like: a newer one may compile otherwise.
fn program() -> Option<String> {
    let stamp = Stamp::of(&std::env::current_exe().ok()?);
    let (length, time) = stamp.state?;
    Some(format!("{} {length},{time}", env!("CARGO_PKG_VERSION")))
}

#[cfg(test)]
mod tests {
    use super::{Cache, Memory};
    use crate::host::files::Stamp;

    #[test]
    fn a_memory_holds_until_something_looks_different() {
        let root = std::env::temp_dir().join(format!("dispatch-cache-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        let file = root.join("a\\b\nc");
        std::fs::write(&file, "one").unwrap();
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(60);
        let set =
            |time| std::fs::File::options().write(true).open(&file).unwrap().set_modified(time).unwrap();
        set(old);
        let cache = Cache::of(&root, &["compile".to_owned()]);
        let gone = Stamp::of(&root.join("gone"));
        let memory =
            Memory { out: root.join("plan"), summary: "fine".into(), stamps: vec![Stamp::of(&file), gone] };
        cache.keep(&memory);
        assert_eq!(cache.recall().as_ref(), Some(&memory));
        assert!(memory.holds());
        set(old + std::time::Duration::from_secs(1));
        assert!(!memory.holds());
        assert_eq!(Cache::of(&root, &["analyze".to_owned()]).recall(), None);
        std::fs::remove_dir_all(&root).unwrap();
    }
}
