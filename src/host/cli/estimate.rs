//! `dispatch estimate`: money and time before a token is spent.

use std::io::{self, Write};

use crate::base::figure::{factor, money, thousands, time};
use crate::base::inputs::Inputs;
use crate::base::quantity::{Interval, MicroUsd};
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::render::paint::fit;
use crate::host::terminal::Terminal;
use crate::ir::plan::{Plan, Share};

use super::args::{Global, Sources, change};
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
    /// Play the plan so often with times and failures by chance, however large it is
    #[arg(long, value_name = "N")]
    plays: Option<u32>,
    /// Show what each size of waves comes to
    #[arg(long)]
    sizes: bool,
    /// Compare with doing the same in one main context
    #[arg(long)]
    compare: bool,
}

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    let mut request = args.sources.request(global);
    if let Some(plays) = args.plays {
        request.overrides.push(change("forecast.plays", &plays.to_string(), "--plays"));
    }
    if args.plays.is_some() || args.sizes {
        request.overrides.push(change("forecast.work", &i64::MAX.to_string(), "--plays"));
    }
    let job = Job::open(&request, terminal)?;
    let compilation = job.compile();
    let plan = &compilation.plan;
    job.report(&compilation, global, terminal);
    let inputs = &job.project.inputs;
    let by = args.by.unwrap_or(if plan.is_batch() { By::Story } else { By::Model });
    if global.format == Format::Json {
        let facts = facts(plan, inputs, by);
        terminal.print(|out, _| writeln!(out, "{facts:#}"))?;
    } else {
        terminal.print(|out, _| table(plan, inputs, by, args, out))?;
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

fn table(plan: &Plan, inputs: &Inputs, by: By, args: &Args, out: &mut dyn Write) -> io::Result<()> {
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
    if let Some(forecast) = &schedule.outlook.forecast {
        let (times, monies) = (forecast.time, forecast.money);
        let odds =
            [("P50", times.p50, monies.p50), ("P80", times.p80, monies.p80), ("P95", times.p95, monies.p95)];
        let odds: Vec<String> =
            odds.iter().map(|(name, at, of)| format!("{name} {} and {}", time(*at), money(*of))).collect();
        writeln!(out, "odds    {}  ({} plays)", odds.join(" · "), forecast.plays)?;
    }
    if args.sizes {
        sizes(plan, out)?;
    }
    let cost = &plan.cost;
    let (cached, prefixes) = cost.cached_prefixes;
    if prefixes > 0 {
        let saving = money(MicroUsd(cost.cache_saving.unsigned_abs()));
        let word = if cost.cache_saving < 0 { "costs" } else { "saves" };
        writeln!(out, "cache   {cached} of {prefixes} beginnings are worth keeping; that {word} {saving}")?;
    }
    if args.compare && !cost.main_context_formula.is_empty() {
        let (fresh, kept) = (factor(cost.main_context_milli), factor(cost.main_context_cached_milli));
        writeln!(
            out,
            "in one main context it would cost {fresh} times as much, {kept} times if that is cached:"
        )?;
        writeln!(out, "        {}", cost.main_context_formula)?;
    }
    writeln!(out, "prices  {} of {}", cost.prices.source, cost.prices.date)
}

/// The U-curve: what each number of tasks at a time comes to, wave by wave.
fn sizes(plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    const BAR: u64 = 24;
    let Some(curve) = &plan.schedule.outlook.curve else { return Ok(()) };
    let most = curve.points.iter().map(|point| point.objective.0).max().unwrap_or(1).max(1);
    writeln!(out)?;
    writeln!(out, "{:>6} {:>6} {:>9} {:>11} {:>11}", "size", "waves", "time", "tasks", "all in all")?;
    for point in &curve.points {
        let bar = usize::try_from(point.objective.0.saturating_mul(BAR) / most).unwrap_or(0).max(1);
        writeln!(
            out,
            "{:>6} {:>6} {:>9} {:>11} {:>11}  {}{}",
            point.size,
            point.waves,
            time(point.end),
            money(point.cost),
            money(point.objective),
            "#".repeat(bar),
            if point.size == curve.best { "  best" } else { "" }
        )?;
    }
    if let Some(milli) = curve.closed_form_milli {
        writeln!(out, "closed form: the root of wave over holding cost, {}", factor(milli))?;
    }
    writeln!(out)
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
        "forecast": plan.schedule.outlook.forecast.as_ref().map(|forecast| serde_json::json!({
            "plays": forecast.plays,
            "duration_s": {
                "p50": forecast.time.p50.secs(), "p80": forecast.time.p80.secs(), "p95": forecast.time.p95.secs(),
            },
            "cost_micro_usd": forecast.money,
        })),
        "sizes": plan.schedule.outlook.curve.as_ref().map(|curve| serde_json::json!({
            "best": curve.best,
            "curve": curve.points.iter().map(|point| serde_json::json!({
                "size": point.size,
                "waves": point.waves,
                "makespan_s": point.end.secs(),
                "cost_micro_usd": point.cost.0,
                "objective_micro_usd": point.objective.0,
            })).collect::<Vec<_>>(),
        })),
        "main_context": {
            "formula": plan.cost.main_context_formula,
            "ratio_milli": plan.cost.main_context_milli,
            "ratio_cached_milli": plan.cost.main_context_cached_milli,
        },
    })
}
