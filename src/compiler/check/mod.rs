//! C  The gates: rules that are data, asked about documents, tasks, criteria, prompts and plans.

pub mod fact;
pub mod language;
pub mod map;
pub mod matcher;
pub mod message;
pub mod operator;
pub mod pack;
pub mod path;
pub mod rule;
pub mod zone;
