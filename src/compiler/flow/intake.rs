//! Graph, equipment and prices to a scheduling problem.
//!
//! Done tasks and the edges at them fall away. Waves given by hand become barriers: a vertex between one wave's tasks
//! and the next's. A wait of a stated length becomes a timer: a vertex between a task and what it waits for.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::digraph::csr::Csr;
use crate::base::digraph::order::topological;
use crate::base::figure::parse_time;
use crate::base::inputs::Inputs;
use crate::base::natural;
use crate::base::table::{Id as _, Table};
use crate::ir::draft::Columns;
use crate::ir::equipment::{Equipment, Executor, Kit};
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::plan::Estimate;
use crate::ir::settings::Settings;

use super::cpm::auto_levels;
use super::problem::{Capacity, Kind, NO_MODEL, Problem};

/// The problem that a plan poses. Vertices below the number of tasks are tasks, those above are barriers and timers.
pub fn intake(
    inputs: &Inputs,
    graph: &TaskGraph,
    equipment: &Equipment,
    cost: &Table<TaskId, Estimate>,
    settings: &Settings,
    findings: &mut Vec<Diagnostic>,
) -> Problem {
    let source = Source { inputs, graph, equipment, cost, settings };
    let mut problem = Problem {
        natural: source.natural(),
        models: equipment.models.iter().map(|(_, model)| model.id.clone()).collect(),
        capacity: source.capacity(),
        wave_buffer: settings.pacing.wave_buffer.0,
        batch_pause: settings.pacing.batch.map(|batch| (batch.every, batch.pause.0)),
        ..Problem::default()
    };
    source.fill(&mut problem);
    source.connect(&mut problem, findings);
    source.count(&mut problem);
    problem
}

struct Source<'a> {
    inputs: &'a Inputs,
    graph: &'a TaskGraph,
    equipment: &'a Equipment,
    cost: &'a Table<TaskId, Estimate>,
    settings: &'a Settings,
}

impl Source<'_> {
    /// Places in natural order. Documents nearly always count upwards already.
    fn natural(&self) -> Vec<u32> {
        let ids: Vec<&str> = self.graph.tasks.ids().map(|id| self.graph.id(id, self.inputs)).collect();
        let n = u32::try_from(ids.len()).expect("a table holds fewer than 2^32 rows");
        if ids.is_sorted_by(|a, b| natural::compare(a, b).is_le()) {
            return (0..n).collect();
        }
        let mut sorted: Vec<u32> = (0..n).collect();
        sorted.sort_by(|&a, &b| natural::compare(ids[a as usize], ids[b as usize]));
        let mut places = vec![0; ids.len()];
        for (place, v) in (0..).zip(sorted) {
            places[v as usize] = place;
        }
        places
    }

    fn capacity(&self) -> Capacity {
        let limits = &self.settings.limits;
        let slots = |(_, model): (_, &crate::ir::equipment::ModelUse)| {
            let set = limits.slots.get(&model.id).copied();
            set.or(model.slots)
        };
        Capacity {
            parallel: limits.max_parallel.max(1),
            slots: self.equipment.models.iter().map(slots).collect(),
            wave_input: limits.wave_input_tokens,
            wave_output: limits.wave_output_tokens,
            per_minute: [
                limits.requests_per_minute,
                limits.input_tokens_per_minute,
                limits.output_tokens_per_minute,
            ],
        }
    }

    /// Everything but the edges.
    fn fill(&self, problem: &mut Problem) {
        let domains = u32::try_from(self.equipment.domains.len()).expect("domains are few") + 1;
        // By name: number and room.
        let mut locks: BTreeMap<String, (u32, u32)> = BTreeMap::new();
        let mut holds = Vec::new();
        for (id, task) in self.graph.tasks.iter() {
            let (kit, estimate) = (&self.equipment.kits[id], &self.cost[id]);
            let kind = match kit.executor {
                _ if task.done => Kind::Void,
                _ if kit.auto => Kind::Auto,
                Executor::Human => Kind::Manual,
                _ if kit.redirect => Kind::Manual,
                Executor::Worker | Executor::Agent | Executor::Hybrid => Kind::Held,
            };
            problem.kind.push(kind);
            let time = |time: u64| if task.done { 0 } else { time };
            problem.duration.push(time(kit.duration.0));
            problem.duration_p90.push(time(kit.duration_p90.0.max(kit.duration.0)));
            let model = kit.model.map_or(NO_MODEL, |model| model.0);
            problem.model.push(model);
            let domain = kit.domain.map_or(domains - 1, |domain| domain.0);
            problem.family.push(model.wrapping_add(1).wrapping_mul(domains).wrapping_add(domain));
            problem.urgency.push(task.priority as u8);
            problem.usage.push([
                u64::from(estimate.requests.max(1)),
                estimate.metered.0,
                estimate.output.likely.0,
            ]);
            problem.sent.push(estimate.input.likely.0);
            problem.cost.push([estimate.cost.low.0, estimate.cost.likely.0, estimate.cost.high.0]);
            problem.failure.push(estimate.failure_milli);
            problem.pause.push(self.pause(task.columns.as_deref()));
            if matches!(kind, Kind::Auto | Kind::Held) {
                for (name, room) in self.locks(kit, task.columns.as_deref()) {
                    let fresh = u32::try_from(locks.len()).expect("locks are numbered by u32");
                    holds.push((id.0, locks.entry(name).or_insert((fresh, room)).0));
                }
            }
        }
        holds.sort_unstable();
        holds.dedup();
        problem.locks = vec![String::new(); locks.len()];
        problem.room = vec![1; locks.len()];
        for (name, (lock, room)) in locks {
            problem.locks[lock as usize] = name;
            problem.room[lock as usize] = room;
        }
        // The rows are tasks, the entries locks; the constructor that checks targets against rows does not serve.
        let mut start = vec![0_u32; problem.kind.len() + 1];
        for &(task, _) in &holds {
            start[task as usize + 1] += 1;
        }
        for row in 1..start.len() {
            start[row] += start[row - 1];
        }
        problem.holds = Csr::from_rows(start, holds.into_iter().map(|(_, lock)| lock).collect());
    }

    fn pause(&self, columns: Option<&Columns>) -> u64 {
        let Some(columns) = columns else { return 0 };
        let own = columns.cooldown_s.as_ref().and_then(|seconds| u64::try_from(seconds.value).ok());
        let class = columns.cost_class.as_ref().and_then(|class| u32::try_from(class.value).ok());
        let class = class.and_then(|class| self.settings.pacing.cooldown.get(&class));
        own.map(|seconds| seconds.saturating_mul(1_000)).or(class.map(|pause| pause.0)).unwrap_or(0)
    }

    /// Names of what a task must hold, and how many may hold it: the terminal, servers of its tools, what its domain
    /// has only one of, declared names, and limits declared for a part of the plan.
    fn locks(&self, kit: &Kit, columns: Option<&Columns>) -> Vec<(String, u32)> {
        let mut names = Vec::new();
        if kit.foreground {
            names.push("foreground".to_owned());
        }
        let shared = kit.domain.and_then(|domain| self.equipment.exclusive.get(domain));
        names.extend(shared.into_iter().flatten().map(|name| format!("mutex:{name}")));
        let alone = |names: Vec<String>| names.into_iter().map(|name| (name, 1)).collect();
        let Some(columns) = columns else { return alone(names) };
        for tool in &columns.tools {
            let tool = tool.get(self.inputs);
            let server = tool.strip_prefix("mcp__").map(|rest| rest.split("__").next().unwrap_or(rest));
            if let Some(server) = server.or_else(|| tool.strip_prefix("mcp:")) {
                names.push(format!("mcp:{server}"));
            }
        }
        names.extend(columns.mutex.iter().map(|name| format!("mutex:{}", name.get(self.inputs))));
        let mut locks: Vec<(String, u32)> = alone(names);
        let most = columns.max_parallel.as_ref();
        let narrower = most.and_then(|most| Some((u32::try_from(most.value).ok()?, most.span)));
        if let Some((room, span)) = narrower.filter(|&(room, _)| room < self.settings.limits.max_parallel) {
            // The place tells the parts of the plan apart for which it is declared.
            let line = self.inputs.position(span).line;
            locks.push((format!("at most {room} at once from line {line}"), room.max(1)));
        }
        locks
    }

    fn connect(&self, problem: &mut Problem, findings: &mut Vec<Diagnostic>) {
        let stages = self.stages();
        let timers = self.timers();
        if stages.len() < 2 && timers.is_empty() && problem.kind.iter().all(|&kind| kind != Kind::Void) {
            problem.predecessors = Csr::from_rows(
                self.graph.incoming.clone(),
                self.graph.edges.iter().map(|edge| edge.from.0).collect(),
            );
            problem.successors = Csr::from_rows(
                self.graph.outgoing.clone(),
                self.graph.next.iter().map(|task| task.0).collect(),
            );
            problem.order = self.graph.order.iter().map(|task| task.0).collect();
            return;
        }
        let open = |id: TaskId| problem.kind[id.index()] != Kind::Void;
        let edges = self.graph.edges.iter().filter(|edge| open(edge.from) && open(edge.to));
        let edges: Vec<(u32, u32)> = edges.map(|edge| (edge.from.0, edge.to.0)).collect();
        let n = problem.kind.len();
        let barriers = stages.len().saturating_sub(1);
        let barred = timed(barriers_between(&edges, &stages, n), &timers, n + barriers);
        let successors = Csr::new(n + barriers + timers.len(), &barred);
        if let Ok(order) = topological(&successors) {
            add_vertices(problem, barriers + timers.len());
            for (at, &(_, wait)) in timers.iter().enumerate() {
                problem.duration[n + barriers + at] = wait;
                problem.duration_p90[n + barriers + at] = wait;
            }
            problem.predecessors = successors.reversed();
            problem.successors = successors;
            problem.order = order;
            return;
        }
        findings.extend(self.contradiction(&stages));
        problem.successors = Csr::new(n, &edges);
        problem.predecessors = problem.successors.reversed();
        problem.order = self.graph.order.iter().map(|task| task.0).collect();
    }

    /// Which starts count towards the pause after a batch: those of tasks in a wave late enough, given by hand or not.
    fn count(&self, problem: &mut Problem) {
        let Some(batch) = self.settings.pacing.batch else { return };
        let mut counted: Vec<bool> =
            auto_levels(problem).into_iter().map(|level| level + 1 >= batch.from_wave).collect();
        for (id, task) in self.graph.tasks.iter() {
            if let Some(wave) = task.columns.as_ref().and_then(|columns| columns.wave.as_ref()) {
                counted[id.index()] = wave.value >= i64::from(batch.from_wave);
            }
        }
        problem.counted = counted;
    }

    /// Open tasks that wait for a stated time, with the longest of their waits.
    fn timers(&self) -> Vec<(u32, u64)> {
        let open = self.graph.tasks.iter().filter(|(_, task)| !task.done);
        let waits = open.filter_map(|(id, task)| {
            let waits = &task.columns.as_ref()?.waits;
            let longest = waits.iter().filter_map(|wait| parse_time(wait.get(self.inputs))).max()?;
            Some((id.0, longest.0))
        });
        waits.filter(|&(_, wait)| wait > 0).collect()
    }

    /// The open tasks of each wave that was given by hand, in order of the waves.
    fn stages(&self) -> Vec<Vec<u32>> {
        let mut stages: BTreeMap<i64, Vec<u32>> = BTreeMap::new();
        for (id, task) in self.graph.tasks.iter().filter(|(_, task)| !task.done) {
            let wave = task.columns.as_ref().and_then(|columns| columns.wave.as_ref());
            if let Some(wave) = wave {
                stages.entry(wave.value).or_default().push(id.0);
            }
        }
        stages.into_values().collect()
    }

    /// The first task that waits for one of a later wave.
    fn contradiction(&self, stages: &[Vec<u32>]) -> Option<Diagnostic> {
        let mut stage = vec![None; self.graph.tasks.len()];
        for (number, tasks) in stages.iter().enumerate() {
            for &task in tasks {
                stage[task as usize] = Some(number);
            }
        }
        // The latest wave among all that a task waits for, directly or not.
        let mut latest: Vec<Option<(usize, TaskId)>> = vec![None; stage.len()];
        for &task in &self.graph.order {
            let before =
                self.graph.edges_into(task).iter().filter_map(|edge| latest[edge.from.index()]).max();
            if let (Some(own), Some((wave, from))) = (stage[task.index()], before)
                && own < wave
            {
                let columns = self.graph.tasks[task].columns.as_ref()?;
                let span = columns.wave.as_ref()?.span;
                let (id, other) = (self.graph.id(task, self.inputs), self.graph.id(from, self.inputs));
                let message =
                    format!("the wave of `{id}` comes before the wave of `{other}`, which it waits for");
                let help =
                    format!("give `{id}` a wave no earlier than that of `{other}`, or leave `wave` out");
                return Some(Diagnostic::warning("wave/contradiction", span, message).help(help));
            }
            latest[task.index()] = before.max(stage[task.index()].map(|own| (own, task)));
        }
        None
    }
}

/// The edges, and those that make each stage wait for the one before.
fn barriers_between(edges: &[(u32, u32)], stages: &[Vec<u32>], n: usize) -> Vec<(u32, u32)> {
    let mut all = edges.to_vec();
    for (number, pair) in stages.windows(2).enumerate() {
        let barrier = u32::try_from(n + number).expect("vertices are numbered by u32");
        all.extend(pair[0].iter().map(|&task| (task, barrier)));
        all.extend(pair[1].iter().map(|&task| (barrier, task)));
    }
    all
}

/// The edges with a timer between each waiting task and what it waits for.
fn timed(edges: Vec<(u32, u32)>, timers: &[(u32, u64)], first: usize) -> Vec<(u32, u32)> {
    let timer = |task: u32| {
        let at = timers.binary_search_by_key(&task, |&(task, _)| task).ok()?;
        Some(u32::try_from(first + at).expect("vertices are numbered by u32"))
    };
    let mut all: Vec<(u32, u32)> =
        edges.into_iter().map(|(from, to)| (from, timer(to).unwrap_or(to))).collect();
    all.extend(timers.iter().filter_map(|&(task, _)| Some((timer(task)?, task))));
    all
}

/// Gives barriers and timers their rows: no time, no slot, last in natural order.
fn add_vertices(problem: &mut Problem, count: usize) {
    let n = problem.kind.len();
    let whole = n + count;
    problem.kind.resize(whole, Kind::Manual);
    problem.natural.extend((n..whole).map(|v| u32::try_from(v).expect("vertices are numbered by u32")));
    problem.duration.resize(whole, 0);
    problem.duration_p90.resize(whole, 0);
    problem.model.resize(whole, NO_MODEL);
    problem.family.resize(whole, 0);
    problem.urgency.resize(whole, 0);
    problem.usage.resize(whole, [0; 3]);
    problem.sent.resize(whole, 0);
    problem.cost.resize(whole, [0; 3]);
    problem.failure.resize(whole, 0);
    problem.pause.resize(whole, 0);
    let held: Vec<u32> = problem.holds.targets().to_vec();
    let mut start: Vec<u32> = (0..u32::try_from(n).expect("vertices are numbered by u32"))
        .map(|v| u32::try_from(problem.holds.range(v).start).expect("locks held are numbered by u32"))
        .collect();
    start.resize(whole + 1, u32::try_from(held.len()).expect("locks held are numbered by u32"));
    problem.holds = Csr::from_rows(start, held);
}
