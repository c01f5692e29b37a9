//! `dispatch man`: manual pages.

use crate::host::error::HostError;
use crate::host::terminal::Terminal;

use super::CLEAN;

/// Print a manual page
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command it is about [default: all of dispatch]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut whole = super::command();
    whole.build();
    let page = match &args.command {
        None => whole,
        Some(name) => {
            let known: Vec<String> =
                whole.get_subcommands().map(|command| command.get_name().to_owned()).collect();
            let found = whole.find_subcommand(name).cloned();
            found.ok_or_else(|| {
                let near = crate::base::suggest::nearest(name, known.iter().map(String::as_str));
                let hint = near.map_or_else(|| known.join(", "), |near| format!("did you mean `{near}`?"));
                HostError::usage(format!("there is no command `{name}`")).hint(hint)
            })?
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut text)
        .map_err(|error| HostError::stream("standard output", &error))?;
    terminal.print_bytes(&text).map(|()| CLEAN)
}
