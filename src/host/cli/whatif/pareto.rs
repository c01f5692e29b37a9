//! `whatif --pareto`: the plans that no other beats in both time and money, over parallelism, models and size of waves.
//!
//! Promising choices are found on the problem; each point that is shown was then compiled, so that its command gives
//! exactly its figures. Choices that a gate refuses are left out.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::base::figure::{money, time};
use crate::base::quantity::{MicroUsd, Millis};
use crate::base::table::Id as _;
use crate::compiler::bind::settings::Override;
use crate::compiler::compilation::Compilation;
use crate::compiler::flow::pareto::{Knob, Point, bend, frontier, undominated};
use crate::compiler::flow::whatif::{Change, Swap};
use crate::compiler::library::{Library, Options};
use crate::host::cli::args::change;
use crate::host::cli::job::Job;
use crate::host::cli::{CLEAN, FINDINGS};
use crate::host::error::HostError;
use crate::host::files::Request;
use crate::host::render::Format;
use crate::host::terminal::Terminal;
use crate::ir::equipment::Executor;
use crate::ir::graph::TaskId;

/// Choices of models that are compiled, at every number of tasks at a time.
const CHOICES: usize = 16;

/// The plans of one way of running, fastest first.
struct Front {
    title: &'static str,
    policy: &'static str,
    points: Vec<Point>,
}

pub(super) fn run(
    job: &Job,
    request: &Request,
    words: &[String],
    format: Format,
    terminal: &mut Terminal,
) -> Result<u8, HostError> {
    let base = compile(job, &[], |plan| (blocking(plan), knobs(job, plan), plan.problem()));
    let (allowed, knobs, problem) = base;
    if allowed > 0 {
        return Err(HostError::usage("the plan is blocked: there is nothing to compare")
            .hint("see what blocks it with `dispatch analyze`"));
    }
    let parallel = problem.capacity.parallel;
    let mut choices: BTreeSet<Vec<String>> = BTreeSet::new();
    choices.insert(Vec::new());
    for point in frontier(&problem, parallel, &knobs) {
        choices.insert(point.flags.into_iter().filter(|flag| flag.starts_with("--model ")).collect());
    }
    let (mut pool, mut waves) = (Vec::new(), Vec::new());
    for choice in spread(choices.into_iter().collect()) {
        for size in 1..=parallel {
            let mut flags = vec![format!("--max-parallel {size}")];
            flags.extend(choice.iter().cloned());
            let found = compile(job, &flags, |compilation| {
                let plan = &compilation.plan;
                let schedule = &plan.schedule;
                let figures =
                    (schedule.pool_makespan.0, schedule.barrier_makespan.0, plan.cost.total.likely.0);
                (blocking(compilation) == 0).then_some(figures)
            });
            if let Some((end, barrier, cost)) = found {
                pool.push(Point { time: end, cost, flags: flags.clone(), knee: false });
                waves.push(Point { time: barrier, cost, flags, knee: false });
            }
        }
    }
    // With a flag for each other model; the first flag is the number of tasks at a time.
    let as_is = |points: &[Point]| points.iter().filter(|point| point.flags.len() == 1).cloned().collect();
    let fronts = [
        ("task by task, models as they are", "pool", as_is(&pool)),
        ("wave by wave, models as they are: tasks at once are the size of a wave", "waves", as_is(&waves)),
        ("task by task, models free", "pool, models free", pool),
        ("wave by wave, models free", "waves, models free", waves),
    ];
    let fronts =
        fronts.map(|(title, policy, points)| Front { title, policy, points: bend(undominated(points)) });
    let command = |point: &Point| command(words, request, point);
    if format == Format::Json {
        let facts = facts(&fronts, &command);
        terminal.print(|out, _| writeln!(out, "{facts:#}"))?;
    } else {
        terminal.print(|out, _| table(&fronts, &command, out))?;
    }
    Ok(if fronts.iter().all(|front| front.points.is_empty()) { FINDINGS } else { CLEAN })
}

/// Compiles the same files with a few more decisions, and looks at what comes out.
fn compile<T>(job: &Job, flags: &[String], look: impl FnOnce(&Compilation<'_>) -> T) -> T {
    let decided = flags.iter().filter_map(|flag| {
        let (name, value) = flag.split_once(' ')?;
        let key = if name == "--model" { "models" } else { "limits.max_parallel" };
        Some(change(key, value, name))
    });
    // What only decorates a plan is not reckoned again and again.
    let plain = change("forecast.work", "0", "whatif");
    let overrides: Vec<Override> =
        job.project.overrides.iter().cloned().chain(decided).chain([plain]).collect();
    let options =
        Options { overrides, config: job.project.config, against: job.project.against, lint: false };
    let library = Library::load(&job.project.inputs, &options);
    look(&crate::compiler::compile(&job.project.inputs, &library))
}

fn blocking(compilation: &Compilation<'_>) -> usize {
    compilation.plan.diagnostics.iter().filter(|finding| finding.blocks()).count()
}

/// The tasks that another model could do, with what becomes of them.
fn knobs(job: &Job, base: &Compilation<'_>) -> Vec<Knob> {
    let inputs = &job.project.inputs;
    let (graph, kits) = (&base.plan.graph, &base.plan.equipment.kits);
    let models = &base.plan.equipment.models;
    let is_open = |id: &TaskId| {
        let kit = &kits[*id];
        !graph.tasks[*id].done
            && kit.model.is_some()
            && matches!(kit.executor, Executor::Agent | Executor::Hybrid)
    };
    let open: Vec<TaskId> = graph.tasks.ids().filter(is_open).collect();
    let mut knobs = Vec::new();
    let usable = job.library.registry.models.iter().filter(|(_, model)| model.executor);
    for (number, model) in usable {
        let swapped: Vec<TaskId> =
            open.iter().copied().filter(|&id| kits[id].model != Some(number)).collect();
        let flag = |id: &TaskId| format!("--model {}={}", graph.id(*id, inputs), model.id);
        let flags: Vec<String> = swapped.iter().map(flag).collect();
        let found = compile(job, &flags, |other| {
            let swap = |id: TaskId| {
                let kit = other.plan.equipment.kits.get(id)?;
                let cost = other.plan.cost.tasks.get(id)?.cost;
                let swap = Swap {
                    model: kit.model?.0,
                    duration: kit.duration.0,
                    duration_p90: kit.duration_p90.0.max(kit.duration.0),
                    cost: [cost.low.0, cost.likely.0, cost.high.0],
                };
                // A task whose model did not follow is tied to its own.
                (kit.model == Some(number)).then_some(swap)
            };
            swapped.iter().map(|&id| swap(id)).collect::<Vec<_>>()
        });
        for ((&id, flag), swap) in swapped.iter().zip(&flags).zip(found) {
            if let Some(swap) = swap {
                let change = Change::Model(u32::try_from(id.index()).unwrap_or(u32::MAX), swap);
                knobs.push(Knob { change, flag: flag.clone() });
            }
        }
    }
    debug_assert!(models.len() <= job.library.registry.models.len());
    knobs
}

/// At most so many choices, evenly out of all.
fn spread(choices: Vec<Vec<String>>) -> Vec<Vec<String>> {
    if choices.len() <= CHOICES {
        return choices;
    }
    let last = choices.len() - 1;
    (0..CHOICES).map(|at| choices[at * last / (CHOICES - 1)].clone()).collect()
}

fn command(words: &[String], request: &Request, point: &Point) -> String {
    let kept = request.overrides.iter().filter(|given| given.key != "limits.max_parallel");
    let kept: Vec<String> = kept.map(|given| format!(" --set {}={}", given.key, given.value)).collect();
    format!("dispatch whatif {}{} {}", words.join(" "), kept.concat(), point.flags.join(" "))
}

fn table(fronts: &[Front], command: &dyn Fn(&Point) -> String, out: &mut dyn Write) -> io::Result<()> {
    for front in fronts {
        writeln!(out, "{}", front.title)?;
        for point in &front.points {
            writeln!(
                out,
                "{:>9}  {:>8}{} {}",
                time(Millis(point.time)),
                money(MicroUsd(point.cost)),
                if point.knee { " *" } else { "  " },
                command(point)
            )?;
        }
        writeln!(out)?;
    }
    if fronts.iter().any(|front| front.points.iter().any(|point| point.knee)) {
        writeln!(out, "* the bend: past it another minute saved costs much more")?;
    }
    writeln!(out, "What a smaller model does worse is not in these figures.")
}

fn facts(fronts: &[Front], command: &dyn Fn(&Point) -> String) -> serde_json::Value {
    let front = |front: &Front| {
        let points = front.points.iter().map(|point| {
            serde_json::json!({
                "duration_s": Millis(point.time).secs(),
                "cost_micro_usd": point.cost,
                "knee": point.knee,
                "command": command(point),
            })
        });
        serde_json::json!({ "policy": front.policy, "points": points.collect::<Vec<_>>() })
    };
    let fronts: Vec<serde_json::Value> = fronts.iter().map(front).collect();
    serde_json::json!({ "schema": "dispatch.pareto/v1", "fronts": fronts })
}
