//! A>B  A file that has been read: its structure, and the waivers written in it.

use crate::base::span::{FileId, Span};

use super::node::Node;
use super::outline::Outline;

/// A file with its structure.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The file.
    pub file: FileId,
    /// The head of a markdown file as a map, or the whole of a YAML or JSON file; null when there is none.
    pub node: Node,
    /// Its blocks, if it is markdown.
    pub outline: Option<Outline>,
    /// What it permits, in document order.
    pub waivers: Vec<Waiver>,
}

/// An inline permission: `dispatch: allow V1.2 (reason) [until=2026-12-31] [owner=name]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The codes or rule ids it names, each with its place.
    pub codes: Vec<(String, Span)>,
    /// Why; a waiver without a reason does not hold.
    pub reason: Option<String>,
    /// Last day on which it holds, as written.
    pub until: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The comment itself.
    pub span: Span,
    /// What it covers: the next key or block, with everything nested in it.
    pub covers: Span,
}
