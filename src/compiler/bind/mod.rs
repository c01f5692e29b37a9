//! B  Documents to model: schemas, types, names.

pub mod economy;
