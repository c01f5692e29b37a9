//! A  Text to documents: syntax of markdown and YAML, positions, dialects.

pub mod dialect;
//JSON pub mod json;
pub mod scalar;
pub mod yaml;
