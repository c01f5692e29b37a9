//! Readers: bytes in, shapes and places out. YAML, JSON, markdown and plain text, with no idea of what a document is
//! for. Every phase may read; nothing here knows a phase.

pub mod frontmatter;
pub mod hidden;
pub mod inline;
pub mod json;
pub mod markdown;
pub mod scalar;
pub mod text;
pub mod yaml;
