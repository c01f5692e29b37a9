//! What the twelve points ask for: counts over a manifest and over the record of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use crate::compiler::check::verify::record::{Entry, Record, Status};

/// The counts; what nobody told is missing. Each is a fact `run.<name>`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counts {
    /// `story`, `prd`, `free_text`, ….
    pub input_kind: String,
    /// Whether the gate of sufficiency was waived or forced.
    pub forced: bool,
    /// Tasks to be done.
    pub tasks: u32,
    /// Waves they stand in.
    pub waves: u32,
    /// Waves that a list schedule by the longest way to go needs.
    pub list_waves: u32,
    /// Tasks that the gate before execution was asked about.
    pub gated_tasks: u32,
    /// Hard blocks that are neither mended nor waived.
    pub open_hard_blocks: u32,
    /// Tasks with no model that are no person's.
    pub tasks_without_model: u32,
    /// Tasks that a program could do and a model does.
    pub deterministic_on_llm: u32,
    /// Tasks whose enrichment no rule of the table gave.
    pub enrichment_off_rule: u32,
    /// Snapshots of the state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshots: Option<u32>,
    /// Waves all of whose tasks have a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waves_finished: Option<u32>,
    /// Tasks with a result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks_finished: Option<u32>,
    /// Results that were verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tasks_verified: Option<u32>,
    /// Results of agents without a cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_tasks_without_cost: Option<u32>,
    /// Tokens of content outside of tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_context_tokens: Option<f64>,
    /// The state can be had again from its log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_ok: Option<bool>,
    /// Failures that were not tried again although they could have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures_without_retry: Option<u32>,
}

impl Counts {
    /// As rules ask for them.
    pub(super) fn facts(&self) -> Value {
        let run = serde_yaml::to_value(self).unwrap_or_default();
        let mut facts = serde_yaml::Mapping::new();
        facts.insert("run".into(), run);
        Value::Mapping(facts)
    }
}

#[derive(Deserialize)]
struct Written {
    plan: Head,
    tasks: Vec<Task>,
    #[serde(default)]
    reasons: Vec<Given>,
    #[serde(default)]
    waves: Vec<Wave>,
    #[serde(default)]
    schedule: Schedule,
    #[serde(default)]
    gates: Vec<Gate>,
    #[serde(default)]
    diagnostics: Vec<Finding>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    kind: String,
}

#[derive(Deserialize)]
struct Task {
    id: String,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    executor: String,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    script: Option<String>,
    #[serde(default)]
    auto: bool,
    #[serde(default)]
    wave: Option<u32>,
    #[serde(default)]
    depends_on: Vec<Edge>,
    #[serde(default)]
    mutex: Vec<String>,
    #[serde(default)]
    retry: Retry,
    #[serde(default)]
    why: Why,
}

#[derive(Deserialize)]
struct Edge {
    task: String,
}

#[derive(Default, Deserialize)]
struct Retry {
    #[serde(default)]
    max_attempts: u32,
}

#[derive(Default, Deserialize)]
struct Why {
    #[serde(default)]
    enrichment: Option<usize>,
}

#[derive(Deserialize)]
struct Given {
    #[serde(default)]
    rule: String,
}

#[derive(Deserialize)]
struct Wave {
    #[serde(default)]
    tasks: Vec<String>,
}

#[derive(Default, Deserialize)]
struct Schedule {
    #[serde(default)]
    max_parallel: Option<u32>,
    #[serde(default)]
    slots: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
struct Gate {
    id: String,
    #[serde(default)]
    status: String,
}

#[derive(Deserialize)]
struct Finding {
    #[serde(default)]
    severity: String,
    #[serde(default)]
    waived: Option<String>,
}

/// What decided about an enrichment when no rule did.
const NO_RULE: &str = "none";
/// What is done by a person, or by a program.
const PERSON: &str = "human";
const PROGRAM: &str = "worker";

/// Counts over the text of a manifest and, if there was one, over a run.
///
/// # Errors
///
/// Why the text is no manifest.
pub fn count(manifest: &str, record: Option<&Record>) -> Result<Counts, String> {
    let written: Written = serde_json::from_str(manifest).map_err(|error| error.to_string())?;
    let open: Vec<&Task> = written.tasks.iter().filter(|task| !task.done).collect();
    let status =
        |gate: &str| written.gates.iter().find(|known| known.id == gate).map(|gate| gate.status.as_str());
    let is_gated = status("QG-PRE").is_some_and(|status| status != "skipped");
    let entry = |task: &Task| record.and_then(|record| record.tasks.get(&task.id));
    let mut counts = Counts {
        input_kind: written.plan.kind.clone(),
        forced: status("QG-SUFF") == Some("waived")
            || record.and_then(|record| record.forced).unwrap_or_default(),
        tasks: number(open.len()),
        waves: number(written.waves.iter().filter(|wave| !wave.tasks.is_empty()).count()),
        list_waves: list_waves(&open, &written),
        gated_tasks: if is_gated { number(open.len()) } else { 0 },
        open_hard_blocks: tally(&written.diagnostics, |finding| {
            finding.severity == "hard_block" && finding.waived.is_none()
        }),
        tasks_without_model: tally(&open, |task| task.executor != PERSON && task.model.is_none()),
        deterministic_on_llm: tally(&open, |task| on_model(task, entry(task))),
        enrichment_off_rule: tally(&open, |task| {
            let given = task.why.enrichment.and_then(|at| written.reasons.get(at));
            given.is_none_or(|given| given.rule.is_empty() || given.rule == NO_RULE)
        }),
        ..Counts::default()
    };
    if let Some(record) = record {
        run(&mut counts, &written, &open, record);
    }
    Ok(counts)
}

/// Whether a program could do a task, and a model does it.
fn on_model(task: &Task, entry: Option<&Entry>) -> bool {
    let by = entry.and_then(|entry| entry.model.as_deref()).or(task.model.as_deref());
    let is_program = task.executor == PROGRAM || (task.script.is_some() && task.executor != PERSON);
    is_program && by.is_some_and(|by| by != PROGRAM)
}

fn run(counts: &mut Counts, written: &Written, open: &[&Task], record: &Record) {
    let entry = |id: &str| record.tasks.get(id);
    let is_finished = |id: &str| entry(id).is_some_and(|entry| entry.status.is_finished());
    let is_open = |id: &&String| open.iter().any(|task| task.id == **id);
    let whole = |wave: &&Wave| {
        let mut ids = wave.tasks.iter().filter(is_open).peekable();
        ids.peek().is_some() && ids.all(|id| is_finished(id))
    };
    let finished: Vec<&&Task> = open.iter().filter(|task| is_finished(&task.id)).collect();
    counts.snapshots = record.snapshots;
    counts.waves_finished = Some(number(written.waves.iter().filter(whole).count()));
    counts.tasks_finished = Some(number(finished.len()));
    counts.tasks_verified =
        Some(tally(&finished, |task| entry(&task.id).is_some_and(|entry| entry.verified == Some(true))));
    // A run of which nothing was reported has not been accounted for.
    counts.agent_tasks_without_cost = (!finished.is_empty()).then(|| {
        tally(&finished, |task| {
            let is_agent = task.executor != PROGRAM && task.executor != PERSON;
            is_agent && entry(&task.id).is_some_and(|entry| entry.cost_usd.is_none())
        })
    });
    counts.main_context_tokens = record.main_context_tokens;
    counts.replay_ok = record.replay_ok;
    counts.failures_without_retry = (!finished.is_empty()).then(|| {
        tally(&finished, |task| {
            let entry = entry(&task.id);
            let tried = entry.and_then(|entry| entry.attempts).unwrap_or(1);
            entry.is_some_and(|entry| entry.status == Status::Fail)
                && tried <= 1
                && task.retry.max_attempts > 1
        })
    });
}

/// Waves that a list schedule needs: wave by wave the ready tasks with the longest way to go, within the limits.
fn list_waves(open: &[&Task], written: &Written) -> u32 {
    let index: BTreeMap<&str, usize> =
        open.iter().enumerate().map(|(at, task)| (task.id.as_str(), at)).collect();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); open.len()];
    let mut waiting = vec![0_usize; open.len()];
    for (at, task) in open.iter().enumerate() {
        for before in task.depends_on.iter().filter_map(|edge| index.get(edge.task.as_str())) {
            after[*before].push(at);
            waiting[at] += 1;
        }
    }
    let in_wave = |at: usize| open[at].auto || open[at].wave.is_some();
    let Some(order) = order(&after, waiting.clone()) else { return 0 };
    let mut way = vec![0_u32; open.len()];
    for &at in order.iter().rev() {
        let rest = after[at].iter().map(|next| way[*next]).max().unwrap_or(0);
        way[at] = rest + u32::from(in_wave(at));
    }
    let widest = written.waves.iter().map(|wave| wave.tasks.len()).max().unwrap_or(1);
    let width = written.schedule.max_parallel.map_or(widest, |most| widest.max(most as usize)).max(1);
    let mut ready: Vec<usize> = (0..open.len()).filter(|at| waiting[*at] == 0).collect();
    let mut waves = 0;
    while !ready.is_empty() {
        // What is in no wave stands between waves and frees at once what waits for it.
        while let Some(position) = ready.iter().position(|at| !in_wave(*at)) {
            let at = ready.swap_remove(position);
            release(at, &after, &mut waiting, &mut ready);
        }
        if ready.is_empty() {
            break;
        }
        ready.sort_by_key(|at| (std::cmp::Reverse(way[*at]), *at));
        let taken = fill(&ready, open, width, &written.schedule.slots);
        ready.retain(|at| !taken.contains(at));
        for at in taken {
            release(at, &after, &mut waiting, &mut ready);
        }
        waves += 1;
    }
    waves
}

/// The best ready tasks that may run together: one at least.
fn fill(ready: &[usize], open: &[&Task], width: usize, slots: &BTreeMap<String, u32>) -> Vec<usize> {
    let mut taken = Vec::new();
    let mut held: Vec<&str> = Vec::new();
    let mut used: BTreeMap<&str, u32> = BTreeMap::new();
    for &at in ready {
        let task = open[at];
        let model = task.model.as_deref().unwrap_or_default();
        let is_full = slots.get(model).is_some_and(|most| used.get(model).copied().unwrap_or(0) >= *most);
        if taken.len() == width
            || (is_full || task.mutex.iter().any(|name| held.contains(&name.as_str()))) && !taken.is_empty()
        {
            continue;
        }
        held.extend(task.mutex.iter().map(String::as_str));
        *used.entry(model).or_default() += 1;
        taken.push(at);
    }
    taken
}

fn release(at: usize, after: &[Vec<usize>], waiting: &mut [usize], ready: &mut Vec<usize>) {
    for &next in &after[at] {
        waiting[next] -= 1;
        if waiting[next] == 0 {
            ready.push(next);
        }
    }
}

/// An order in which nothing comes before what it waits for; none if there is a ring.
fn order(after: &[Vec<usize>], mut waiting: Vec<usize>) -> Option<Vec<usize>> {
    let mut ready: Vec<usize> = (0..after.len()).filter(|at| waiting[*at] == 0).collect();
    let mut order = Vec::with_capacity(after.len());
    while let Some(at) = ready.pop() {
        order.push(at);
        release(at, after, &mut waiting, &mut ready);
    }
    (order.len() == after.len()).then_some(order)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn tally<T>(items: &[T], holds: impl Fn(&T) -> bool) -> u32 {
    number(items.iter().filter(|item| holds(item)).count())
}
