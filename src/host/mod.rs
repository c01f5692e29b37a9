//! Everything that touches the world: disk, terminal, command line.
#![allow(clippy::disallowed_methods, reason = "the host is where the world is touched")]

pub mod error;
pub mod lock;
pub mod write;
