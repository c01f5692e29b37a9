//! The command line: one file a command, each with its arguments and its `run`.
//!
//! To add a command: `cli/<name>.rs`, its variant in `Command`, its arm in `run`. A command parses, calls, renders and
//! returns an exit status; what computes belongs in a phase.

mod analyze;
mod args;
mod check;
mod checklist;
mod compile;
mod completions;
mod config;
mod discover;
mod estimate;
mod explain;
mod export;
mod graph;
mod health;
mod init;
mod job;
mod lint;
mod man;
mod request;
mod rules;
mod schema;
mod verify;
mod whatif;
mod why;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use super::error::HostError;
use super::terminal::{Color, Terminal, Volume};

use args::Global;

/// Exit statuses of DESIGN 2; those of trouble with the world are `HostError::exit_code`.
const CLEAN: u8 = 0;
const FINDINGS: u8 = 1;
const USAGE: u8 = 2;
const WORLD: u8 = 3;
const BUG: u8 = 4;

const AFTER: &str = "\
Examples:
  dispatch compile stories/login.md        write the plan to .dispatch/plans/
  dispatch analyze stories/login.md        the same on one screen, nothing written
  dispatch estimate stories/ --budget 5    what a folder of stories costs
  dispatch graph stories/login.md | dot -Tsvg > plan.svg

Exit status: 0 clean, 1 findings that block, 2 usage, 3 input or output, 4 a bug.";

/// Compiles what people already write into a safe, priced and explained plan for agents.
#[derive(Debug, Parser)]
#[command(name = "dispatch", version, after_help = AFTER, disable_help_subcommand = true, max_term_width = 100)]
struct Args {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Compile(compile::Args),
    Analyze(analyze::Args),
    Estimate(estimate::Args),
    Check(check::Args),
    Verify(verify::Args),
    Health(health::Args),
    Lint(lint::Args),
    Explain(explain::Args),
    Export(export::Args),
    Why(why::Args),
    Whatif(whatif::Args),
    Rules(rules::Args),
    Request(request::Args),
    Graph(graph::Args),
    Discover(discover::Args),
    Config(config::Args),
    Schema(schema::Args),
    Init(init::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs the command line of this process.
pub(super) fn main(words: Vec<OsString>) -> ExitCode {
    if let [_, only] = &words[..]
        && (only == "--version" || only == "-V")
    {
        return version();
    }
    let args = match parse(words) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let volume = match (args.global.quiet, args.global.verbose) {
        (true, _) => Volume::Quiet,
        (false, true) => Volume::Verbose,
        (false, false) => Volume::Usual,
    };
    let mut terminal = Terminal::new(args.global.color, volume, args.global.no_progress);
    let result = run(&args, &mut terminal).and_then(|code| terminal.flush().map(|()| code));
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            if error.exit_code() != CLEAN {
                terminal.note(|out, _| writeln!(out, "error: {error}"));
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let global = &args.global;
    match &args.command {
        Command::Compile(args) => compile::run(global, args, terminal),
        Command::Analyze(args) => analyze::run(global, args, terminal),
        Command::Estimate(args) => estimate::run(global, args, terminal),
        Command::Check(args) => check::run(global, args, terminal),
        Command::Verify(args) => verify::run(global, args, terminal),
        Command::Health(args) => health::run(global, args, terminal),
        Command::Lint(args) => lint::run(global, args, terminal),
        Command::Explain(args) => explain::run(global, args, terminal),
        Command::Export(args) => export::run(global, args, terminal),
        Command::Why(args) => why::run(global, args, terminal),
        Command::Whatif(args) => whatif::run(global, args, terminal),
        Command::Rules(args) => rules::run(global, args, terminal),
        Command::Request(args) => request::run(global, args, terminal),
        Command::Graph(args) => graph::run(global, args, terminal),
        Command::Discover(args) => discover::run(global, args, terminal),
        Command::Config(args) => config::run(global, args, terminal),
        Command::Schema(args) => schema::run(args, terminal),
        Command::Init(args) => init::run(global, args, terminal),
        Command::Completions(args) => completions::run(args, terminal),
        Command::Man(args) => man::run(args, terminal),
    }
}

/// Without the work of building the whole command line first.
fn version() -> ExitCode {
    let mut terminal = Terminal::new(Color::Never, Volume::Quiet, true);
    let line = concat!("dispatch ", env!("CARGO_PKG_VERSION"), "\n");
    match terminal.print_bytes(line.as_bytes()).and_then(|()| terminal.flush()) {
        Ok(()) => ExitCode::from(CLEAN),
        Err(error) => ExitCode::from(error.exit_code()),
    }
}

fn parse(words: Vec<OsString>) -> Result<Args, ExitCode> {
    let parsed = Args::command().try_get_matches_from(words).and_then(|found| Args::from_arg_matches(&found));
    parsed.map_err(|error| {
        let is_failure = error.use_stderr();
        let mut terminal = Terminal::new(Color::Auto, Volume::Usual, true);
        let text = error.render();
        if is_failure {
            let color = terminal.error_style.color;
            terminal
                .note(|out, _| if color { write!(out, "{}", text.ansi()) } else { write!(out, "{text}") });
            return ExitCode::from(USAGE);
        }
        let printed =
            terminal.print(
                |out, style| {
                    if style.color { write!(out, "{}", text.ansi()) } else { write!(out, "{text}") }
                },
            );
        match printed.and_then(|()| terminal.flush()) {
            Ok(()) => ExitCode::from(CLEAN),
            Err(error) => ExitCode::from(error.exit_code()),
        }
    })
}

/// The whole command line, for shell completions and manual pages.
fn command() -> clap::Command {
    Args::command()
}

/// What a panic says: the place, and what to do with it.
#[allow(clippy::exit, reason = "a broken invariant ends the process with the status that says so")]
pub(super) fn report_bug(info: &std::panic::PanicHookInfo<'_>) {
    let mut terminal = Terminal::new(Color::Never, Volume::Usual, true);
    let version = env!("CARGO_PKG_VERSION");
    terminal.note(|out, _| {
        writeln!(out, "error: this is a bug in dispatch {version}: {info}")?;
        writeln!(
            out,
            "  = please report it with the command line and, if you may, the input; nothing was half-written"
        )
    });
    std::process::exit(i32::from(BUG));
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
