//! `dispatch rules`: the rule packs, listed and tested.

use crate::compiler::check::example::test_rules;
use crate::host::error::HostError;
use crate::host::files;
use crate::host::render::Format;
use crate::host::render::screen::plural;
use crate::host::select::Selection;
use crate::host::terminal::{Terminal, Volume};

use super::args::Global;
use super::explain::pages;
use super::{CLEAN, FINDINGS};

/// List the rules of all packs, or run their examples
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, clap::Subcommand)]
enum Action {
    /// List rules: id, severity, gate, name
    List {
        /// Only these: an id or the beginning of ids
        #[arg(value_name = "RULE")]
        select: Vec<String>,
    },
    /// Run the examples of rules: each must pass or fail as it says
    Test {
        /// Only these: an id or the beginning of ids
        #[arg(value_name = "RULE")]
        select: Vec<String>,
    },
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    match &args.action {
        Some(Action::Test { .. }) => global.only(&[Format::Human, Format::Short], "rules test")?,
        Some(Action::List { .. }) | None => {
            global.only(&[Format::Human, Format::Short, Format::Json], "rules list")?;
        }
    }
    let mut project = files::gather(&global.request())?;
    let packs = pages(&mut project.inputs).packs;
    match args.action.clone().unwrap_or(Action::List { select: Vec::new() }) {
        Action::List { select } => {
            let selection = Selection { select, ignore: Vec::new() };
            let rules: Vec<_> = packs.rules.iter().filter(|rule| selection.allows(&rule.id)).collect();
            if global.format == Format::Json {
                let text = serde_json::to_string_pretty(&rules);
                let text = text.map_err(|error| HostError::world(error.to_string()))?;
                terminal.print(|out, _| writeln!(out, "{text}"))?;
                return Ok(CLEAN);
            }
            terminal.print(|out, _| {
                rules.iter().try_for_each(|rule| {
                    writeln!(out, "{:8} {:11} {:14} {}", rule.id, rule.severity.name(), rule.gate, rule.name)
                })
            })?;
            Ok(CLEAN)
        }
        Action::Test { select } => {
            let selection = Selection { select, ignore: Vec::new() };
            let results: Vec<_> =
                test_rules(&packs).into_iter().filter(|result| selection.allows(&result.rule)).collect();
            let wrong: Vec<_> = results.iter().filter(|result| !result.is_right()).collect();
            let is_verbose = terminal.volume == Volume::Verbose;
            terminal.print(|out, _| {
                for result in results.iter().filter(|result| is_verbose || !result.is_right()) {
                    let verdict = if result.is_right() { "ok" } else { "WRONG" };
                    let list = if result.wanted { "pass" } else { "fail" };
                    let said = result.message.as_deref().unwrap_or("nothing");
                    writeln!(out, "{verdict:5} {} {list} #{}: it says {said}", result.rule, result.number)?;
                }
                let rules =
                    plural(packs.rules.iter().filter(|rule| selection.allows(&rule.id)).count(), "rule");
                writeln!(
                    out,
                    "{} of {} behave as declared, {rules}",
                    results.len() - wrong.len(),
                    plural(results.len(), "example")
                )
            })?;
            Ok(if wrong.is_empty() { CLEAN } else { FINDINGS })
        }
    }
}
