//! `dispatch whatif`: what a decision or an accident would change, without writing.

mod change;
mod pareto;
mod table;

use crate::compiler::flow::whatif::{Figures, changed};
use crate::compiler::library::{Library, Options};
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::terminal::Terminal;

use super::args::{Global, Sources};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Compare the plan as it is with the plan under other decisions, or after an accident
///
/// Decisions are given as for compile: dispatch whatif story.md --max-parallel 3 --model T3=haiku --slots sonnet=1.
/// Accidents are --drop, --delay and --fail. With --pareto, all plans are listed that no other beats in both time and
/// money, each with the command that shows it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    #[command(flatten)]
    accidents: change::Accidents,
    /// List the plans that no other beats in both time and money
    #[arg(long)]
    pareto: bool,
}

/// The figures of a plan, and how many findings withhold it.
struct Side {
    figures: Figures,
    blocking: usize,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let request = args.sources.request(global);
    if !args.pareto && request.overrides.is_empty() && args.accidents.is_empty() {
        return Err(HostError::usage("nothing is to be different").hint(
            "add a decision or an accident: `--max-parallel 3`, `--model T3=haiku`, `--fail T2`, or `--pareto`",
        ));
    }
    let job = Job::open(&request, terminal)?;
    if args.pareto {
        return pareto::run(&job, &request, &args.sources.inputs, global.format, terminal);
    }
    let inputs = &job.project.inputs;
    // The same files, with the decisions of this command line left out.
    let given = job.project.overrides.len() - request.overrides.len();
    let options = Options {
        overrides: job.project.overrides[..given].to_vec(),
        config: job.project.config,
        against: job.project.against,
        lint: false,
    };
    let plain_library = Library::load(inputs, &options);
    let plain = crate::compiler::compile(inputs, &plain_library);
    let mut library = Library::load(
        inputs,
        &Options {
            overrides: job.project.overrides.clone(),
            config: job.project.config,
            against: job.project.against,
            lint: false,
        },
    );
    args.accidents.reprice(&mut library.prices.prices)?;
    let other = crate::compiler::compile(inputs, &library);
    job.report(&other, global, terminal);
    let changes = args.accidents.changes(&other, inputs)?;
    let blocking = |compilation: &crate::compiler::compilation::Compilation<'_>| {
        compilation.plan.diagnostics.iter().filter(|finding| finding.blocks()).count()
    };
    let before = Side { figures: Figures::new(&plain.problem()), blocking: blocking(&plain) };
    let after =
        Side { figures: Figures::new(&changed(&other.problem(), &changes)), blocking: blocking(&other) };
    let name = |v: u32| {
        let ids = other.plan.graph.tasks.ids().nth(v as usize);
        ids.map_or_else(String::new, |id| other.plan.graph.id(id, inputs).to_owned())
    };
    if global.format == Format::Json {
        let facts = table::facts(&before, &after, &name);
        terminal.print(|out, _| writeln!(out, "{facts:#}"))?;
    } else {
        terminal.print(|out, _| table::write(&before, &after, &name, out))?;
    }
    Ok(if after.blocking > 0 { FINDINGS } else { CLEAN })
}
