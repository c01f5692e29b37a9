//! B  Documents to model: schemas, types, names.

pub mod data;
pub mod discover;
pub mod economy;
pub mod lexicon;
pub mod registry;
pub mod schema;
pub mod secrets;
pub mod settings;
