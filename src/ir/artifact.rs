//! G>  A file to be written.

use crate::base::inputs::RelPath;

/// A file to be written into the plan folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Where, below the plan folder.
    pub path: RelPath,
    /// Its content.
    pub bytes: Vec<u8>,
}
