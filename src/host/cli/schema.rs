//! `dispatch schema`: the JSON Schemas we publish.

use crate::builtin;
use crate::host::error::HostError;
use crate::host::terminal::Terminal;

use super::CLEAN;

/// List the JSON Schemas, or print one
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Its name: manifest, dispatch, …
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

const END: &str = ".schema.json";

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let Some(name) = &args.name else {
        let known = known();
        terminal.print(|out, _| known.iter().try_for_each(|(name, _)| writeln!(out, "{name}")))?;
        return Ok(CLEAN);
    };
    print(name, terminal)
}

/// Prints the schema of a name.
pub(super) fn print(name: &str, terminal: &mut Terminal) -> Result<u8, HostError> {
    let known = known();
    let wanted = name.strip_suffix(END).unwrap_or(name);
    if let Some((_, bytes)) = known.iter().find(|(name, _)| name == wanted) {
        terminal.print_bytes(bytes).map(|()| CLEAN)
    } else {
        let names = known.iter().map(|(name, _)| name.as_str());
        let hint = match crate::base::suggest::nearest(wanted, names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see them all with `dispatch schema`".to_owned(),
        };
        Err(HostError::usage(format!("there is no schema `{name}`")).hint(hint))
    }
}

fn known() -> Vec<(String, &'static [u8])> {
    let named = |(path, bytes): (String, &'static [u8])| {
        let name = path.strip_prefix("schemas/")?.strip_suffix(END)?;
        Some((name.to_owned(), bytes))
    };
    builtin::files().filter_map(named).collect()
}
