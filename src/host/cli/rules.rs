//! `dispatch rules`: the rule packs, listed, tested, broken on purpose, and compared with the shipped ones.

use crate::base::inputs::Inputs;
use crate::compiler::check::diff::{Change, ChangeKind, diff};
use crate::compiler::check::example::{ExampleResult, test_rules};
use crate::compiler::check::mutate::{Mutant, mutants};
use crate::compiler::check::pack::Packs;
use crate::host::error::HostError;
use crate::host::files;
use crate::host::render::screen::plural;
use crate::host::render::{self, Format, Report};
use crate::host::select::Selection;
use crate::host::terminal::{Terminal, Volume};

use super::args::Global;
use super::explain::{Pages, pages};
use super::{CLEAN, FINDINGS};

/// List the rules of all packs, run their examples, compare them with the shipped ones
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
        /// Break each rule on purpose: an example must notice
        #[arg(long)]
        mutate: bool,
    },
    /// Print the JSON Schema of rule packs
    Schema,
    /// Show how the rules in force differ from the shipped ones
    Diff,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let action = args.action.clone().unwrap_or(Action::List { select: Vec::new() });
    if let Action::Schema = action {
        return super::schema::print("rules", terminal);
    }
    let mut project = files::gather(&global.request())?;
    let Pages { packs, faults, .. } = pages(&mut project.inputs);
    if !faults.is_empty() {
        // A pack that cannot be read is no ground for a verdict.
        let report = Report::new(&project.inputs, &faults, &[], &|_| false);
        terminal.note(|out, style| render::write(global.format, &report, style, out));
        if report.open().any(|finding| finding.diagnostic.blocks()) {
            return Err(HostError::usage("a rule pack cannot be read".to_owned()));
        }
    }
    let selection = |select: Vec<String>| Selection { select, ignore: Vec::new() };
    match action {
        Action::List { select } => list(&packs, &selection(select), global.format, terminal),
        Action::Test { select, mutate: true } => mutate(&packs, &selection(select), global.format, terminal),
        Action::Test { select, mutate: false } => test(&packs, &selection(select), global.format, terminal),
        Action::Schema => Ok(CLEAN),
        Action::Diff => differences(&packs, global.format, terminal),
    }
}

fn list(
    packs: &Packs,
    selection: &Selection,
    format: Format,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let rules: Vec<_> = packs.rules.iter().filter(|rule| selection.allows(&rule.id)).collect();
    if format == Format::Json {
        return json(&serde_json::json!(rules), terminal).map(|()| CLEAN);
    }
    terminal.print(|out, _| {
        rules.iter().try_for_each(|rule| {
            writeln!(out, "{:8} {:11} {:14} {}", rule.id, rule.severity.name(), rule.gate, rule.name)
        })
    })?;
    Ok(CLEAN)
}

fn test(
    packs: &Packs,
    selection: &Selection,
    format: Format,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let results: Vec<_> =
        test_rules(packs).into_iter().filter(|result| selection.allows(&result.rule)).collect();
    let wrong = results.iter().filter(|result| !result.is_right()).count();
    let is_verbose = terminal.volume == Volume::Verbose;
    let list = |result: &ExampleResult| if result.wanted { "pass" } else { "fail" };
    if format == Format::Json {
        let row = |result: &ExampleResult| {
            serde_json::json!({
                "rule": result.rule, "list": list(result), "number": result.number, "right": result.is_right(),
                "message": result.message,
            })
        };
        let rows: Vec<_> = results.iter().map(row).collect();
        let document = serde_json::json!({
            "schema": "dispatch.rule-test/v1", "examples": results.len(), "wrong": wrong, "results": rows,
        });
        json(&document, terminal)?;
    } else {
        terminal.print(|out, _| {
            for result in results.iter().filter(|result| is_verbose || !result.is_right()) {
                let verdict = if result.is_right() { "ok" } else { "WRONG" };
                let said = result.message.as_deref().unwrap_or("nothing");
                let list = list(result);
                writeln!(out, "{verdict:5} {} {list} #{}: it says {said}", result.rule, result.number)?;
            }
            let rules = packs.rules.iter().filter(|rule| selection.allows(&rule.id)).count();
            writeln!(
                out,
                "{} of {} behave as declared, {}",
                results.len() - wrong,
                plural(results.len(), "example"),
                plural(rules, "rule")
            )
        })?;
    }
    Ok(if wrong == 0 { CLEAN } else { FINDINGS })
}

fn mutate(
    packs: &Packs,
    selection: &Selection,
    format: Format,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let all: Vec<_> = mutants(packs).into_iter().filter(|mutant| selection.allows(&mutant.rule)).collect();
    let alive = all.iter().filter(|mutant| mutant.noticed.is_none()).count();
    let is_verbose = terminal.volume == Volume::Verbose;
    let example = |result: &ExampleResult| {
        format!("{} #{}", if result.wanted { "pass" } else { "fail" }, result.number)
    };
    if format == Format::Json {
        let row = |mutant: &Mutant| {
            serde_json::json!({
                "rule": mutant.rule, "mutation": mutant.mutation.name(),
                "noticed_by": mutant.noticed.as_ref().map(example),
            })
        };
        let rows: Vec<_> = all.iter().map(row).collect();
        let document = serde_json::json!({
            "schema": "dispatch.rule-mutants/v1", "mutants": all.len(), "unnoticed": alive, "results": rows,
        });
        json(&document, terminal)?;
    } else {
        terminal.print(|out, _| {
            for mutant in all.iter().filter(|mutant| is_verbose || mutant.noticed.is_none()) {
                let name = mutant.mutation.name();
                match &mutant.noticed {
                    Some(result) => {
                        writeln!(out, "ok    {} {name}: {} notices", mutant.rule, example(result))?;
                    }
                    None => writeln!(out, "ALIVE {} {name}: no example notices", mutant.rule)?,
                }
            }
            writeln!(out, "{} of {} are noticed", all.len() - alive, plural(all.len(), "broken rule"))
        })?;
    }
    Ok(if alive == 0 { CLEAN } else { FINDINGS })
}

/// The rules of the project against those that are shipped.
fn differences(packs: &Packs, format: Format, terminal: &mut Terminal) -> Result<u8, HostError> {
    let shipped = pages(&mut Inputs::new()).packs;
    let changes = diff(&shipped, packs);
    if format == Format::Json {
        let row = |change: &Change| match &change.kind {
            ChangeKind::Added => serde_json::json!({"rule": change.rule, "change": "added"}),
            ChangeKind::Removed => serde_json::json!({"rule": change.rule, "change": "removed"}),
            ChangeKind::Changed(keys) => {
                let key = |(key, before, after): &(String, String, String)| serde_json::json!({"key": key, "shipped": before, "yours": after});
                let keys: Vec<_> = keys.iter().map(key).collect();
                serde_json::json!({"rule": change.rule, "change": "changed", "keys": keys})
            }
        };
        let rows: Vec<_> = changes.iter().map(row).collect();
        json(&serde_json::json!({"schema": "dispatch.rule-diff/v1", "changes": rows}), terminal)?;
        return Ok(CLEAN);
    }
    terminal.print(|out, _| {
        for change in &changes {
            match &change.kind {
                ChangeKind::Added => writeln!(out, "+ {}", change.rule)?,
                ChangeKind::Removed => writeln!(out, "- {}", change.rule)?,
                ChangeKind::Changed(keys) => {
                    writeln!(out, "~ {}", change.rule)?;
                    for (key, before, after) in keys {
                        writeln!(out, "    {key}\n      shipped  {before}\n      yours    {after}")?;
                    }
                }
            }
        }
        if changes.is_empty() { writeln!(out, "the rules in force are the shipped ones") } else { Ok(()) }
    })?;
    Ok(CLEAN)
}

fn json(value: &serde_json::Value, terminal: &mut Terminal) -> Result<(), HostError> {
    terminal.print(|out, _| writeln!(out, "{value:#}"))
}
