//! `dispatch estimate`: money and time before a token is spent.

use std::io::{self, Write};

use crate::base::figure::{money, thousands, time};
use crate::base::inputs::Inputs;
use crate::base::quantity::{Interval, MicroUsd};
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::render::paint::fit;
use crate::host::terminal::Terminal;
use crate::ir::plan::{Plan, Share};

use super::args::{Global, Sources};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// What an estimate is broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// One line a task.
    Task,
    /// One line a wave.
    Wave,
    /// One line a story.
    Story,
    /// One line a model.
    Model,
    /// One line a domain.
    Domain,
}

/// Tell what a plan costs and how long it takes, before it runs
///
/// The figures are reckoned from the very prompts that would be written. A budget or a deadline that is likely to be
/// exceeded fails with exit status 1.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    sources: Sources,
    /// What to break the estimate down by [default: story for several inputs, else model]
    #[arg(long, value_name = "WHAT")]
    by: Option<By>,
    /// Compare with doing the same in one main context
    #[arg(long)]
    compare: bool,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let job = Job::open(&args.sources.request(global), terminal)?;
    let compilation = job.compile();
    let plan = &compilation.plan;
    job.report(&compilation, global, terminal);
    let inputs = &job.project.inputs;
    let by = args.by.unwrap_or(if plan.is_batch() { By::Story } else { By::Model });
    if global.format == Format::Json {
        let facts = facts(plan, inputs, by);
        terminal.print(|out, _| writeln!(out, "{facts:#}"))?;
    } else {
        terminal.print(|out, _| table(plan, inputs, by, args.compare, out))?;
    }
    let budget = plan.settings.budget.filter(|budget| plan.cost.total.likely > *budget);
    let deadline = plan.settings.deadline.filter(|deadline| plan.schedule.pool_makespan > *deadline);
    if let Some(budget) = budget {
        terminal.say(&format!("{} is over the budget of {}", money(plan.cost.total.likely), money(budget)));
    }
    if let Some(deadline) = deadline {
        terminal.say(&format!(
            "{} is over the deadline of {}",
            time(plan.schedule.pool_makespan),
            time(deadline)
        ));
    }
    let is_over = budget.is_some() || deadline.is_some();
    Ok(if is_over || plan.is_blocked() { FINDINGS } else { CLEAN })
}

/// A line of the breakdown: its name, how many tasks, their money.
type Line = (String, u32, Interval<MicroUsd>);

fn lines(plan: &Plan, inputs: &Inputs, by: By) -> Vec<Line> {
    let shares = |shares: &[Share]| {
        shares.iter().map(|share| (share.name.clone(), share.tasks, share.cost)).collect::<Vec<_>>()
    };
    match by {
        By::Task => plan
            .cost
            .tasks
            .iter()
            .filter(|(task, _)| !plan.graph.tasks[*task].done)
            .map(|(task, estimate)| {
                let title = plan.graph.tasks[task].title.get(inputs);
                (format!("{} {title}", plan.graph.id(task, inputs)), 1, estimate.cost)
            })
            .collect(),
        By::Wave => shares(&plan.cost.by_wave),
        By::Story if plan.is_batch() => plan
            .stories()
            .into_iter()
            .map(|row| {
                let story = &plan.graph.stories[row.story];
                (format!("{} {}", story.id, story.title), row.open, row.cost)
            })
            .collect(),
        By::Story => shares(&plan.cost.by_story),
        By::Model => shares(&plan.cost.by_model),
        By::Domain => shares(&plan.cost.by_domain),
    }
}

fn table(plan: &Plan, inputs: &Inputs, by: By, compares: bool, out: &mut dyn Write) -> io::Result<()> {
    const NAME: usize = 44;
    writeln!(out, "{:NAME$} {:>6} {:>11} {:>11} {:>11}", "", "tasks", "low", "likely", "high")?;
    let row = |out: &mut dyn Write, name: &str, tasks: u32, cost: Interval<MicroUsd>| {
        let [low, likely, high] = [cost.low, cost.likely, cost.high].map(money);
        writeln!(out, "{} {tasks:>6} {low:>11} {likely:>11} {high:>11}", fit(name, NAME))
    };
    for (name, tasks, cost) in lines(plan, inputs, by) {
        row(out, &name, tasks, cost)?;
    }
    let tasks = plan.graph.tasks.iter().filter(|(_, task)| !task.done).count();
    row(out, "in all", u32::try_from(tasks).unwrap_or(u32::MAX), plan.cost.total)?;
    let (mut sent, mut received) = (0u64, 0u64);
    for (_, estimate) in plan.cost.tasks.iter() {
        sent += estimate.input.likely.0;
        received += estimate.output.likely.0;
    }
    writeln!(out)?;
    writeln!(out, "tokens  {} sent, {} received", thousands(sent), thousands(received))?;
    let schedule = &plan.schedule;
    let (pool, barrier) = (time(schedule.pool_makespan), time(schedule.barrier_makespan));
    writeln!(out, "time    {pool} task by task, {barrier} wave by wave")?;
    let cost = &plan.cost;
    let (cached, prefixes) = cost.cached_prefixes;
    if prefixes > 0 {
        let saving = money(MicroUsd(cost.cache_saving.unsigned_abs()));
        let word = if cost.cache_saving < 0 { "costs" } else { "saves" };
        writeln!(out, "cache   {cached} of {prefixes} beginnings are worth keeping; that {word} {saving}")?;
    }
    if compares && !cost.main_context_formula.is_empty() {
        let times = |milli: u64| format!("{}.{}", milli / 1_000, milli % 1_000 / 100);
        let (fresh, kept) = (times(cost.main_context_milli), times(cost.main_context_cached_milli));
        writeln!(
            out,
            "in one main context it would cost {fresh} times as much, {kept} times if that is cached:"
        )?;
        writeln!(out, "        {}", cost.main_context_formula)?;
    }
    writeln!(out, "prices  {} of {}", cost.prices.source, cost.prices.date)
}

fn facts(plan: &Plan, inputs: &Inputs, by: By) -> serde_json::Value {
    let interval = |cost: Interval<MicroUsd>| serde_json::json!({ "low": cost.low.0, "likely": cost.likely.0, "high": cost.high.0 });
    let rows: Vec<serde_json::Value> = lines(plan, inputs, by)
        .into_iter()
        .map(|(name, tasks, cost)| {
            serde_json::json!({ "name": name, "tasks": tasks, "cost_micro_usd": interval(cost) })
        })
        .collect();
    serde_json::json!({
        "schema": "dispatch.estimate/v1",
        "plan": plan.head.id,
        "total_micro_usd": interval(plan.cost.total),
        "pool_makespan_s": plan.schedule.pool_makespan.secs(),
        "barrier_makespan_s": plan.schedule.barrier_makespan.secs(),
        "by": rows,
        "main_context": {
            "formula": plan.cost.main_context_formula,
            "ratio_milli": plan.cost.main_context_milli,
            "ratio_cached_milli": plan.cost.main_context_cached_milli,
        },
    })
}
