//! `dispatch completions`: a script for a shell.

use clap_complete::Shell;

use crate::host::error::HostError;
use crate::host::terminal::Terminal;

use super::CLEAN;

/// Print a completion script for a shell
///
/// For bash: dispatch completions bash > ~/.local/share/bash-completion/completions/dispatch
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "dispatch", &mut script);
    terminal.print_bytes(&script).map(|()| CLEAN)
}
