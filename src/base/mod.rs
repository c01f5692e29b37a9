//! The vocabulary: files, spans, diagnostics, typed tables. Knows nothing of stories or agents.

pub mod diagnostic;
pub mod digest;
pub mod digraph;
pub mod figure;
pub mod fold;
pub mod glob;
pub mod inputs;
pub mod natural;
pub mod outcome;
pub mod quantity;
pub mod source;
pub mod span;
pub mod suggest;
pub mod table;
pub mod text;
