//! A deterministic, offline compiler for agent work.

pub mod base;
pub mod builtin;
pub mod compiler;
#[cfg(feature = "host")]
pub mod host;
pub mod ir;
pub mod syntax;
