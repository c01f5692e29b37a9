//! `dispatch whatif`: what a decision would change, without writing.

use std::io::{self, Write};

use crate::base::figure::{money, time};
use crate::base::quantity::{MicroUsd, Millis};
use crate::compiler::library::{Library, Options};
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::terminal::Terminal;
use crate::ir::plan::Plan;

use super::args::{Global, Sources};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Compare the plan as it is with the plan under other decisions
///
/// The decisions are given as for compile: dispatch whatif story.md --max-parallel 3 --set limits.slots=sonnet=2
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
}

/// What is compared of a plan.
struct Figures {
    tasks: usize,
    waves: usize,
    cost: MicroUsd,
    pool: Millis,
    barrier: Millis,
    chain: usize,
    blocking: usize,
    constraint: String,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let request = args.sources.request(global);
    if request.overrides.is_empty() {
        return Err(HostError::usage("nothing is to be decided otherwise")
            .hint("add a decision: `--max-parallel 3`, `--profile strict`, `--set limits.wave=20m`"));
    }
    let job = Job::open(&request, terminal)?;
    let changed = job.compile();
    job.report(&changed, global, terminal);
    // The same files, with the decisions of this command line left out.
    let given = job.project.overrides.len() - request.overrides.len();
    let options = Options {
        overrides: job.project.overrides[..given].to_vec(),
        config: job.project.config,
        lint: false,
    };
    let library = Library::load(&job.project.inputs, &options);
    let plain = crate::compiler::compile(&job.project.inputs, &library);
    let (before, after) = (figures(&plain.plan), figures(&changed.plan));
    if global.format == Format::Json {
        let facts = serde_json::json!({
            "schema": "dispatch.whatif/v1",
            "before": facts(&before),
            "after": facts(&after),
        });
        terminal.print(|out, _| writeln!(out, "{facts:#}"))?;
    } else {
        terminal.print(|out, _| table(&before, &after, out))?;
    }
    Ok(if after.blocking > 0 { FINDINGS } else { CLEAN })
}

fn figures(plan: &Plan) -> Figures {
    Figures {
        tasks: plan.graph.tasks.iter().filter(|(_, task)| !task.done).count(),
        waves: plan.schedule.waves.len(),
        cost: plan.cost.total.likely,
        pool: plan.schedule.pool_makespan,
        barrier: plan.schedule.barrier_makespan,
        chain: plan.schedule.chains.chain.len(),
        blocking: plan.diagnostics.iter().filter(|finding| finding.blocks()).count(),
        constraint: plan.schedule.constraint.clone(),
    }
}

fn table(before: &Figures, after: &Figures, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{:>20}  {:>16}  {:>16}", "", "as it is", "as decided here")?;
    let mut row = |name: &str, before: String, after: String| {
        let mark = if before == after { "" } else { "  changed" };
        writeln!(out, "{name:>20}  {before:>16}  {after:>16}{mark}")
    };
    row("tasks", before.tasks.to_string(), after.tasks.to_string())?;
    row("waves", before.waves.to_string(), after.waves.to_string())?;
    row("cost", money(before.cost), money(after.cost))?;
    row("time, task by task", time(before.pool), time(after.pool))?;
    row("time, wave by wave", time(before.barrier), time(after.barrier))?;
    row("tasks on the chain", before.chain.to_string(), after.chain.to_string())?;
    row("limited by", before.constraint.clone(), after.constraint.clone())?;
    row("blocking findings", before.blocking.to_string(), after.blocking.to_string())
}

fn facts(figures: &Figures) -> serde_json::Value {
    serde_json::json!({
        "tasks": figures.tasks,
        "waves": figures.waves,
        "cost_micro_usd": figures.cost.0,
        "pool_makespan_s": figures.pool.secs(),
        "barrier_makespan_s": figures.barrier.secs(),
        "chain_tasks": figures.chain,
        "constraint": figures.constraint,
        "blocking": figures.blocking,
    })
}
