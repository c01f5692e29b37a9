//! Everything that touches the world: disk, terminal, command line.
#![allow(clippy::disallowed_methods, reason = "the host is where the world is touched")]

pub mod error;
pub mod files;
pub mod lock;
pub mod render;
pub mod root;
pub mod walk;
pub mod write;
