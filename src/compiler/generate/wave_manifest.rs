//! `wave-manifest.yaml`: the waves as the original's optimiser wrote them, spec/planning 9.2 with our additions.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::figure::factor;
use crate::base::inputs::Inputs;
use crate::base::quantity::{MicroUsd, Millis};
use crate::ir::equipment::DomainId;
use crate::ir::graph::TaskId;
use crate::ir::manifest::Each;
use crate::ir::plan::{Plan, Wave as PlannedWave};

use super::execution_plan::{Excluded, excluded, executor, minutes, model, usd};
use super::manifest::PromptFiles;
use super::yaml;

#[derive(Serialize)]
struct Document<'a, Waves> {
    schema_version: &'static str,
    plan_hash: Option<crate::base::digest::Digest>,
    meta: Meta<'a>,
    critical_path: CriticalPath<'a>,
    critical_chain: CriticalChain<'a>,
    waves: Waves,
    buffers: Buffers<'a>,
    cost_estimate: CostEstimate<'a>,
    reinertsen: Reinertsen,
    excluded: Vec<Excluded<'a>>,
}

#[derive(Serialize)]
struct Meta<'a> {
    run_id: &'a str,
    total_waves: usize,
    total_tasks: usize,
    max_parallel: u32,
    critical_path_length: usize,
    optimization_ratio: String,
}

#[derive(Serialize)]
struct CriticalPath<'a> {
    chain: Vec<&'a str>,
    estimated_duration_min: f64,
    bottleneck: Option<String>,
}

#[derive(Serialize)]
struct CriticalChain<'a> {
    chain: Vec<&'a str>,
    makespan_s: u64,
    resources: Vec<Option<&'a str>>,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the names of the original's format")]
struct Wave<'a> {
    wave_num: u32,
    status: &'static str,
    task_count: usize,
    prediction: Prediction<'a>,
    tasks: Vec<Task<'a>>,
    constraints: Constraints<'a>,
    prompt_caching: Caching,
}

#[derive(Serialize)]
struct Prediction<'a> {
    expected_outputs: u32,
    expected_failures: f64,
    expected_cost_usd: f64,
    expected_duration_sec: u64,
    rationale: &'a str,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the names of the original's format")]
struct Task<'a> {
    task_id: &'a str,
    description: &'a str,
    agent: Option<&'a str>,
    model: Option<&'a str>,
    executor_type: &'static str,
    output_path: Option<&'a str>,
    timeout: u64,
    slack_ms: u64,
    on_chain: bool,
    prompt_path: Option<&'a str>,
    prompt_sha256: Option<crate::base::digest::Digest>,
    depends_on: Vec<&'a str>,
    resource: Vec<&'a str>,
}

#[derive(Serialize)]
struct Constraints<'a> {
    max_parallel: u32,
    wave_timeout: u64,
    requires_waves: &'a [u32],
}

#[derive(Serialize)]
struct Caching {
    same_domain_tasks: usize,
    shared_prefix_tasks: usize,
    cache_savings_pct: f64,
}

#[derive(Serialize)]
struct Buffers<'a> {
    project_s: u64,
    feeding: Vec<Feeding<'a>>,
    wave_s: u64,
}

#[derive(Serialize)]
struct Feeding<'a> {
    task_id: &'a str,
    buffer_s: u64,
}

#[derive(Serialize)]
struct CostEstimate<'a> {
    by_model: BTreeMap<&'a str, ByModel>,
    subtotal_usd: f64,
    cache_savings_usd: f64,
    total_estimated_usd: f64,
    vs_opus_main_context: String,
}

#[derive(Serialize)]
struct ByModel {
    count: u32,
    cost_usd: f64,
}

#[derive(Serialize)]
struct Reinertsen {
    batch_size: String,
    wip_limit: u32,
    queue_depth: String,
    flow_efficiency: String,
}

/// Writes the document.
pub(super) fn write(inputs: &Inputs, plan: &Plan, files: &PromptFiles) -> Vec<u8> {
    let graph = &plan.graph;
    let schedule = &plan.schedule;
    let ids = |tasks: &[TaskId]| -> Vec<&str> { tasks.iter().map(|&task| graph.id(task, inputs)).collect() };
    let planned: usize = schedule.waves.iter().map(|wave| wave.tasks.len()).sum();
    let feeding = schedule.buffers.feeding.iter();
    let feeding =
        feeding.map(|&(task, buffer)| Feeding { task_id: graph.id(task, inputs), buffer_s: buffer.secs() });
    let document = Document {
        schema_version: "dispatch.wave-manifest/v1",
        plan_hash: plan.head.hash,
        meta: Meta {
            run_id: &plan.head.id,
            total_waves: schedule.waves.len(),
            total_tasks: planned,
            max_parallel: plan.settings.limits.max_parallel,
            critical_path_length: schedule.chains.path.len(),
            optimization_ratio: ratio(planned, schedule.waves.len()),
        },
        critical_path: CriticalPath {
            chain: ids(&schedule.chains.path),
            estimated_duration_min: minutes(schedule.chains.path_duration.secs()),
            bottleneck: bottleneck(inputs, plan),
        },
        critical_chain: CriticalChain {
            chain: ids(&schedule.chains.chain),
            makespan_s: schedule.chains.makespan.secs(),
            resources: schedule.chains.arcs.iter().map(|arc| arc.resource.as_deref()).collect(),
        },
        waves: Each(|| schedule.waves.iter().map(|each| wave(inputs, plan, files, each))),
        buffers: Buffers {
            project_s: schedule.buffers.project.secs(),
            feeding: feeding.collect(),
            wave_s: schedule.buffers.wave.secs(),
        },
        cost_estimate: cost(plan),
        reinertsen: reinertsen(plan),
        excluded: excluded(plan),
    };
    yaml::write(&document, 4_096 + planned * 512)
}

fn wave<'a>(inputs: &'a Inputs, plan: &'a Plan, files: &'a PromptFiles, wave: &'a PlannedWave) -> Wave<'a> {
    let mut domains: BTreeMap<DomainId, usize> = BTreeMap::new();
    let mut prefixes: BTreeMap<_, usize> = BTreeMap::new();
    for &id in &wave.tasks {
        if let Some(domain) = plan.equipment.kits[id].domain {
            *domains.entry(domain).or_default() += 1;
        }
        if let Some(prefix) = plan.prompts.sheets.get(id).and_then(|sheet| sheet.prefix) {
            *prefixes.entry(prefix).or_default() += 1;
        }
    }
    Wave {
        wave_num: wave.number,
        status: "pending",
        task_count: wave.tasks.len(),
        prediction: Prediction {
            expected_outputs: wave.prediction.outputs,
            expected_failures: f64::from(wave.prediction.failures_milli) / 1_000.0,
            expected_cost_usd: usd(wave.prediction.cost.likely),
            expected_duration_sec: wave.prediction.duration.secs(),
            rationale: &wave.prediction.rationale,
        },
        tasks: wave.tasks.iter().map(|&id| task(inputs, plan, files, id)).collect(),
        constraints: Constraints {
            max_parallel: plan.settings.limits.max_parallel,
            wave_timeout: timeout(plan, wave).secs(),
            requires_waves: &wave.requires,
        },
        prompt_caching: Caching {
            same_domain_tasks: domains.values().copied().max().unwrap_or(0),
            shared_prefix_tasks: prefixes.values().copied().max().unwrap_or(0),
            cache_savings_pct: shared_percent(plan, wave),
        },
    }
}

/// The longest timeout of a wave, within the limit of waves.
fn timeout(plan: &Plan, wave: &PlannedWave) -> Millis {
    let longest = wave.tasks.iter().map(|&id| plan.equipment.kits[id].timeout).max().unwrap_or_default();
    if plan.settings.limits.wave.0 == 0 { longest } else { longest.min(plan.settings.limits.wave) }
}

/// Prompt tokens of a wave that an earlier task of the wave has sent already, percent: what a cache can save at most.
#[allow(clippy::cast_precision_loss, reason = "a percentage with one decimal")]
fn shared_percent(plan: &Plan, wave: &PlannedWave) -> f64 {
    let mut seen = std::collections::BTreeSet::new();
    let (mut shared, mut total) = (0_u64, 0_u64);
    for &id in &wave.tasks {
        let Some(sheet) = plan.prompts.sheets.get(id) else { continue };
        let Some(prefix) = sheet.prefix else { continue };
        total += sheet.tokens.0;
        if !seen.insert(prefix) {
            shared += plan.prompts.prefixes[prefix].tokens.0;
        }
    }
    (shared * 1_000).checked_div(total).map_or(0.0, |milli| milli as f64 / 10.0)
}

fn task<'a>(inputs: &'a Inputs, plan: &'a Plan, files: &'a PromptFiles, id: TaskId) -> Task<'a> {
    let graph = &plan.graph;
    let task = &graph.tasks[id];
    let kit = &plan.equipment.kits[id];
    let timing = plan.schedule.timing.get(id).copied().unwrap_or_default();
    let mutex = task.columns.as_ref().map_or(&[][..], |columns| &columns.mutex);
    Task {
        task_id: graph.id(id, inputs),
        description: task.title.get(inputs),
        agent: kit.agent.map(|agent| plan.equipment.agents[agent].as_str()),
        model: model(plan, id),
        executor_type: executor(kit.executor),
        output_path: graph.outputs_of(id).first().map(|output| output.path.get(inputs)),
        timeout: kit.timeout.secs(),
        slack_ms: timing.slack.0,
        on_chain: timing.on_chain,
        prompt_path: files.paths.get(id).and_then(Option::as_deref),
        prompt_sha256: files.hashes.get(id).copied().flatten(),
        depends_on: graph.edges_into(id).iter().map(|edge| graph.id(edge.from, inputs)).collect(),
        resource: mutex.iter().map(|name| name.get(inputs)).collect(),
    }
}

fn ratio(tasks: usize, waves: usize) -> String {
    let percent = (tasks.saturating_sub(waves) * 100).checked_div(tasks).unwrap_or(0);
    format!("{tasks} tasks → {waves} waves ({percent} % reduction)")
}

fn bottleneck(inputs: &Inputs, plan: &Plan) -> Option<String> {
    let duration = |id: TaskId| plan.equipment.kits[id].duration;
    let path = &plan.schedule.chains.path;
    let longest =
        path.iter().copied().reduce(|best, id| if duration(id) > duration(best) { id } else { best })?;
    let total: u64 = path.iter().map(|&id| duration(id).0).sum();
    let share = (duration(longest).0 * 100).checked_div(total).unwrap_or(0);
    let id = plan.graph.id(longest, inputs);
    Some(format!("{id}: {} s, {share} % of the path", duration(longest).secs()))
}

fn cost(plan: &Plan) -> CostEstimate<'_> {
    let cost = &plan.cost;
    let saving = MicroUsd(u64::try_from(cost.cache_saving).unwrap_or(0));
    let by_model = cost.by_model.iter();
    CostEstimate {
        by_model: by_model
            .map(|share| {
                (share.name.as_str(), ByModel { count: share.tasks, cost_usd: usd(share.cost.likely) })
            })
            .collect(),
        subtotal_usd: usd(cost.total.likely + saving),
        cache_savings_usd: usd(saving),
        total_estimated_usd: usd(cost.total.likely),
        vs_opus_main_context: format!(
            "{}x dearer in one main context, {}x when that is cached: {}",
            factor(cost.main_context_milli),
            factor(cost.main_context_cached_milli),
            cost.main_context_formula
        ),
    }
}

fn reinertsen(plan: &Plan) -> Reinertsen {
    let waves = plan.schedule.waves.len();
    let tasks: usize = plan.schedule.waves.iter().map(|wave| wave.tasks.len()).sum();
    let busy: u64 = plan
        .schedule
        .waves
        .iter()
        .flat_map(|wave| &wave.tasks)
        .map(|&id| plan.equipment.kits[id].duration.0)
        .sum();
    let path = plan.schedule.chains.path_duration.0;
    let efficiency = (path * 100).checked_div(busy).unwrap_or(0);
    Reinertsen {
        batch_size: format!("{} tasks in a wave on average", tasks.checked_div(waves).unwrap_or(0)),
        wip_limit: plan.settings.limits.max_parallel,
        queue_depth: format!("{} waves after the first", waves.saturating_sub(1)),
        flow_efficiency: format!("{efficiency} % of the work lies on the critical path"),
    }
}
