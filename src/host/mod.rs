//! Everything that touches the world: disk, terminal, command line.
#![allow(clippy::disallowed_methods, reason = "the host is where the world is touched")]
#![allow(
    clippy::missing_errors_doc,
    reason = "every failure is a HostError, which says what failed, on what, and why"
)]

pub mod baseline;
pub mod cache;
mod cli;
pub mod error;
pub mod files;
pub mod fix;
mod ignored;
pub mod lock;
pub mod render;
pub mod root;
pub mod select;
pub mod terminal;
pub mod walk;
pub mod write;

use std::process::ExitCode;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(cli::report_bug));
    cli::main(std::env::args_os().collect())
}
