//! Figures of the algorithms to the schedule that others read, and the findings about it.

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::figure::time;
use crate::base::inputs::Inputs;
use crate::base::quantity::Millis;
use crate::base::span::Span;
use crate::base::table::{Id as _, Table};
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::plan::{Arc, Buffers, Chains, Estimate, Prediction, Schedule, Timing, Wave};
use crate::ir::settings::{Pacing, Settings};

use super::Outside;
use super::bound::{constraint, lower_bound, resources};
use super::chain::{Chain, chain};
use super::cpm::Cpm;
use super::improve::best;
use super::outlook;
use super::pool::Pool;
use super::problem::{Kind, Problem};
use super::risk::Planned;
use super::waves::{Waves, waves};

/// Runs all algorithms on a problem whose first vertices are the tasks of a graph.
pub(super) fn assemble(
    problem: &Problem,
    graph: &TaskGraph,
    cost: &Table<TaskId, Estimate>,
    settings: &Settings,
    outside: Outside<'_>,
) -> Schedule {
    let pacing = &settings.pacing;
    let cpm = Cpm::new(problem);
    let waves = waves(problem, &cpm);
    let (mut ranking, mut pool) = best(problem, &cpm);
    let mut optimum = None;
    if settings.optimal {
        optimum = outlook::search(problem, &mut ranking, &mut pool);
    }
    let chain = chain(problem, &pool.start);
    let path = cpm.path(problem);
    let is_task = |&v: &u32| (v as usize) < graph.tasks.len();
    let tasks =
        |list: &[u32]| -> Vec<TaskId> { list.iter().filter(|v| is_task(v)).map(|&v| TaskId(v)).collect() };
    let buffers = buffers(problem, &chain, pool.makespan, pacing, graph.tasks.len());
    Schedule {
        timing: timing(problem, graph, &cpm, &waves, (&ranking, &pool), (&path, &chain)),
        waves: predicted(problem, graph, cost, &waves),
        chains: Chains {
            path_duration: Millis(cpm.length),
            path: tasks(&path),
            critical: tasks(&cpm.critical(problem)),
            arcs: arcs(&chain, graph.tasks.len()),
            chain: tasks(&chain.tasks),
            makespan: Millis(pool.makespan),
        },
        lower_bound: Millis(lower_bound(problem, &cpm)),
        barrier_makespan: Millis(waves.end),
        pool_makespan: Millis(pool.makespan),
        buffers,
        constraint: constraint(problem, &cpm, pool.makespan, &chain),
        busy: resources(problem)
            .into_iter()
            .map(|resource| (resource.name.clone(), resource.busy_milli(pool.makespan)))
            .collect(),
        packer: waves.packer.to_owned(),
        outlook: outlook::outlook(
            Planned { problem, cpm: &cpm, ranking: &ranking, pool: &pool },
            graph.tasks.len(),
            optimum,
            settings,
            outside,
        ),
    }
}

fn timing(
    problem: &Problem,
    graph: &TaskGraph,
    cpm: &Cpm,
    waves: &Waves,
    (ranking, pool): (&[u32], &Pool),
    (path, chain): (&[u32], &Chain),
) -> Table<TaskId, Timing> {
    let mut rows: Vec<Timing> = graph
        .tasks
        .ids()
        .map(|id| match problem.kind[id.index()] {
            Kind::Void => Timing::default(),
            Kind::Auto | Kind::Held | Kind::Manual => Timing {
                earliest: Millis(cpm.head[id.index()]),
                slack: Millis(cpm.slack(id.0)),
                start: Millis(pool.start[id.index()]),
                tail: Millis(cpm.tail[id.index()]),
                ..Timing::default()
            },
        })
        .collect();
    for (wave, number) in waves.tasks.vertices().zip(1..) {
        waves.tasks.row(wave).iter().for_each(|&v| rows[v as usize].wave = number);
    }
    let place = crate::base::digraph::order::positions(ranking);
    let mut sequence: Vec<u32> = pool.sequence.clone();
    sequence.sort_by_key(|&v| (pool.start[v as usize], place[v as usize]));
    for (&v, rank) in sequence.iter().zip(1..) {
        rows[v as usize].rank = rank;
    }
    let mut mark = |list: &[u32], mark: fn(&mut Timing)| {
        for &v in list {
            if let Some(row) = rows.get_mut(v as usize) {
                mark(row);
            }
        }
    };
    mark(path, |row| row.on_path = true);
    mark(&chain.tasks, |row| row.on_chain = true);
    Table::new(rows)
}

/// The waves with what is expected of each.
fn predicted(
    problem: &Problem,
    graph: &TaskGraph,
    cost: &Table<TaskId, Estimate>,
    waves: &Waves,
) -> Vec<Wave> {
    let row = |(wave, number): (u32, u32)| {
        let tasks: Vec<TaskId> = waves.tasks.row(wave).iter().map(|&v| TaskId(v)).collect();
        let prediction = predict(problem, graph, cost, &tasks);
        Wave { number, requires: (number > 1).then(|| number - 1).into_iter().collect(), tasks, prediction }
    };
    waves.tasks.vertices().zip(1..).map(row).collect()
}

fn predict(
    problem: &Problem,
    graph: &TaskGraph,
    cost: &Table<TaskId, Estimate>,
    tasks: &[TaskId],
) -> Prediction {
    let outputs: usize = tasks.iter().map(|&id| graph.tasks[id].outputs.len()).sum();
    let failures: u32 = tasks.iter().map(|&id| problem.failure[id.index()]).sum();
    let longest =
        tasks.iter().copied().max_by_key(|id| (problem.duration[id.index()], std::cmp::Reverse(*id)));
    let duration = longest.map_or(0, |id| problem.duration[id.index()]);
    let scripts = tasks.iter().filter(|id| problem.model[id.index()] == super::problem::NO_MODEL).count();
    let rationale = match (scripts == tasks.len(), failures) {
        (true, _) => "scripts only: no failure is expected".to_owned(),
        (false, 0) => "no failure is known of work like this".to_owned(),
        (false, _) => format!(
            "{} of {} tasks use a model; their usual failures add up to {}.{:03}",
            tasks.len() - scripts,
            tasks.len(),
            failures / 1_000,
            failures % 1_000
        ),
    };
    Prediction {
        outputs: u32::try_from(outputs.max(tasks.len())).unwrap_or(u32::MAX),
        failures_milli: failures,
        cost: tasks.iter().map(|&id| cost[id].cost).sum(),
        duration: Millis(duration),
        rationale,
    }
}

/// The arcs between tasks; what passes through a barrier is an arc from the task before it to the task after it.
fn arcs(chain: &Chain, tasks: usize) -> Vec<Arc> {
    let mut arcs: Vec<Arc> = Vec::new();
    let mut from = None;
    for link in &chain.arcs {
        let earlier = if (link.from as usize) < tasks { Some(link.from) } else { from };
        from = earlier;
        if let Some(earlier) = earlier
            && (link.to as usize) < tasks
        {
            arcs.push(Arc { from: TaskId(earlier), to: TaskId(link.to), resource: link.resource.clone() });
        }
    }
    arcs
}

/// Time set aside: at the end, and where another path joins the chain.
fn buffers(problem: &Problem, chain: &Chain, makespan: u64, pacing: &Pacing, tasks: usize) -> Buffers {
    let share = |time: u64, percent: u64| Millis(time.saturating_mul(percent) / 100);
    let mut on_chain = vec![false; problem.len()];
    chain.tasks.iter().for_each(|&v| on_chain[v as usize] = true);
    // The longest path of tasks beside the chain that ends with each.
    let mut beside = vec![0_u64; problem.len()];
    let longest = |beside: &[u64], v: u32| {
        problem.predecessors.row(v).iter().map(|&u| beside[u as usize]).max().unwrap_or(0)
    };
    for &v in &problem.order {
        if !on_chain[v as usize] {
            beside[v as usize] = longest(&beside, v).saturating_add(problem.duration[v as usize]);
        }
    }
    let joining = chain.tasks.iter().filter(|&&v| (v as usize) < tasks);
    let feeding = joining.map(|&v| (TaskId(v), share(longest(&beside, v), pacing.feeding_buffer_pct)));
    Buffers {
        project: share(makespan, pacing.project_buffer_pct),
        feeding: feeding.filter(|(_, time)| time.0 > 0).collect(),
        wave: pacing.wave_buffer,
    }
}

/// What a user should know: waves, runs or tasks above a limit.
pub(super) fn judge(
    problem: &Problem,
    inputs: &Inputs,
    graph: &TaskGraph,
    cost: &Table<TaskId, Estimate>,
    schedule: &Schedule,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let Some((_, story)) = graph.stories.iter().next() else { return Vec::new() };
    let head = story.at;
    let mut findings = Vec::new();
    let limit = settings.limits.wave;
    for wave in schedule.waves.iter().filter(|wave| limit.0 > 0 && wave.prediction.duration > limit) {
        let longest = wave.tasks.iter().find(|id| problem.duration[id.index()] == wave.prediction.duration.0);
        let at = longest.map_or(head, |&id| graph.tasks[id].at);
        let message = format!(
            "wave {} is expected to take {}, more than `limits.wave` of {}",
            wave.number,
            time(wave.prediction.duration),
            time(limit)
        );
        findings.push(
            Diagnostic::warning("limit/wave-time", at, message)
                .help("split its longest task, or raise `limits.wave` in dispatch.yaml".to_owned()),
        );
    }
    let run = |code: &'static str, severity: Severity, limit: Option<Millis>, key: &str| {
        let limit = limit.filter(|&limit| limit.0 > 0 && schedule.pool_makespan > limit)?;
        let message = format!(
            "the plan is expected to take {}, more than `{key}` of {}",
            time(schedule.pool_makespan),
            time(limit)
        );
        let help = format!("relieve its constraint, {}, or raise `{key}`", schedule.constraint);
        Some(Diagnostic::new(severity, code, head, message).help(help))
    };
    findings.extend(run("limit/run-time", Severity::Warning, Some(settings.limits.run), "limits.run"));
    findings.extend(run("limit/deadline", Severity::Error, settings.deadline, "deadline"));
    findings.extend(oversized(inputs, graph, cost, schedule, settings));
    if settings.optimal && schedule.outlook.optimum.is_none() {
        findings.push(outlook::not_searched(problem, head));
    }
    findings
}

/// Tasks that alone use more than a wave may.
fn oversized(
    inputs: &Inputs,
    graph: &TaskGraph,
    cost: &Table<TaskId, Estimate>,
    schedule: &Schedule,
    settings: &Settings,
) -> Vec<Diagnostic> {
    let limits = &settings.limits;
    let over = |limit: Option<u64>, used: u64| limit.filter(|&limit| used > limit).map(|limit| (used, limit));
    let mut findings = Vec::new();
    for (id, estimate) in cost.iter().filter(|(id, _)| schedule.timing[*id].wave > 0) {
        let input =
            over(limits.wave_input_tokens, estimate.input.likely.0).map(|found| ("wave_input_tokens", found));
        let output = over(limits.wave_output_tokens, estimate.output.likely.0)
            .map(|found| ("wave_output_tokens", found));
        if let Some((key, (used, limit))) = input.or(output) {
            let at: Span = graph.tasks[id].at;
            let message = format!(
                "`{}` alone uses {used} tokens, more than `limits.{key}` of {limit}",
                graph.id(id, inputs)
            );
            findings.push(
                Diagnostic::warning("limit/wave-tokens", at, message)
                    .help(format!("split the task, or raise `limits.{key}` in dispatch.yaml")),
            );
        }
    }
    findings
}
