//! B  Documents to model: schemas, types, names.

pub mod data;
pub mod lexicon;
pub mod registry;
