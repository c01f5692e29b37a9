//! B  Documents to model: schemas, types, names.
