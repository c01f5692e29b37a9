//! What stands at the paths a verification asks about, as whoever can look has seen it.

use std::collections::BTreeMap;

use crate::base::digest::Digest;
use crate::base::span::FileId;

/// By path relative to the root, as the manifest writes it.
pub type Tree = BTreeMap<String, Stand>;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Stand {
    /// Nothing.
    Absent,
    /// A folder.
    Folder,
    /// A file.
    File(Content),
    /// A pattern, and the paths it stands for; each has an entry of its own.
    Many(Vec<String>),
    /// Something that must not be looked at: why.
    Refused(String),
    /// Something that could not be read: why.
    Unread(String),
}

/// A file that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Content {
    /// Its text.
    pub file: FileId,
    /// Its length on the disk.
    pub bytes: u64,
    /// When it was written, in seconds since 1970.
    pub modified: Option<f64>,
    /// Of its bytes.
    pub sha256: Digest,
}

/// What was there before the run, by path: the hash of a file, or nothing.
pub type Snapshot = BTreeMap<String, Option<String>>;
