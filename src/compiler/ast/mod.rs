//! A  Text to documents: syntax of markdown and YAML, positions, dialects.

pub mod dialect;
pub mod frontmatter;
pub mod json;
pub mod markdown;
pub mod scalar;
pub mod yaml;
