//! What flows between the phases: data and its invariants, no algorithms.

pub mod artifact;
pub mod batch;
pub mod document;
pub mod draft;
pub mod equipment;
pub mod graph;
pub mod lexicon;
pub mod manifest;
pub mod node;
pub mod outline;
pub mod pattern;
pub mod plan;
pub mod price;
pub mod prompt;
pub mod registry;
pub mod settings;
pub mod squad;
