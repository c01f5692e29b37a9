//! `execution-plan.yaml`: the tasks as the original's planner wrote them, spec/planning 9.1. The same facts as the manifest.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::inputs::Inputs;
use crate::base::quantity::MicroUsd;
use crate::base::table::Id as _;
use crate::ir::equipment::{Enrichment, Executor};
use crate::ir::graph::TaskId;
use crate::ir::manifest::Each;
use crate::ir::plan::Plan;
use crate::ir::registry::Registry;

use super::manifest::Facts;
use super::yaml;

#[derive(Serialize)]
struct Document<'a, Tasks> {
    schema_version: &'static str,
    plan_hash: Option<crate::base::digest::Digest>,
    meta: Meta<'a>,
    story_acceptance: Vec<Acceptance<'a>>,
    tasks: Tasks,
    domain_summary: Vec<Domain<'a>>,
    model_distribution: BTreeMap<&'a str, usize>,
    excluded: Vec<Excluded<'a>>,
}

#[derive(Serialize)]
struct Meta<'a> {
    run_id: &'a str,
    input_type: &'a str,
    input_path: Option<String>,
    description: &'a str,
    total_tasks: usize,
    estimated_cost_usd: f64,
    estimated_duration_min: f64,
}

#[derive(Serialize)]
struct Acceptance<'a> {
    criterion: &'a str,
    measurable: bool,
    maps_to_tasks: Vec<&'a str>,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the names of the original's format")]
struct Task<'a> {
    task_id: &'a str,
    description: &'a str,
    deliverable: Option<&'a str>,
    domain: Option<&'a str>,
    agent: Option<&'a str>,
    model: Option<&'a str>,
    executor_type: &'static str,
    enrichment: Enrichment,
    output_path: Option<&'a str>,
    output_format: Option<&'a str>,
    depends_on: Vec<&'a str>,
    blocks: Vec<&'a str>,
    acceptance_criteria: Vec<&'a str>,
    estimated_tokens_in: u64,
    estimated_tokens_out: u64,
    estimated_cost_usd: f64,
    timeout: u64,
    max_turns: u32,
    foreground_only: bool,
    routing_action: &'static str,
    done: bool,
}

#[derive(Serialize)]
#[allow(clippy::struct_field_names, reason = "the names of the original's format")]
struct Domain<'a> {
    domain: &'a str,
    task_count: usize,
    primary_agent: Option<&'a str>,
    enrichment: Option<Enrichment>,
    kb_files: Vec<&'a str>,
}

/// A task that is left out, as both documents say it.
#[derive(Serialize)]
pub(super) struct Excluded<'a> {
    task_id: &'a str,
    reason: &'a str,
    blocks: &'a [String],
}

/// Writes the document.
pub(super) fn write(inputs: &Inputs, plan: &Plan, facts: Facts<'_>) -> Vec<u8> {
    let graph = &plan.graph;
    let mut acceptance: Vec<Acceptance<'_>> = graph
        .criteria
        .iter()
        .map(|(_, criterion)| {
            let criterion = criterion.text.get(inputs);
            Acceptance { criterion, measurable: (facts.measurable)(criterion), maps_to_tasks: Vec::new() }
        })
        .collect();
    for (id, task) in graph.tasks.iter() {
        for criterion in &graph.served[task.criteria.range()] {
            acceptance[criterion.index()].maps_to_tasks.push(graph.id(id, inputs));
        }
    }
    let document = Document {
        schema_version: "dispatch.execution-plan/v1",
        plan_hash: plan.head.hash,
        meta: Meta {
            run_id: &plan.head.id,
            input_type: &plan.head.kind,
            input_path: graph.stories.rows().first().map(|story| inputs.display_path(story.at.file)),
            description: &plan.head.title,
            total_tasks: graph.tasks.len(),
            estimated_cost_usd: usd(plan.cost.total.likely),
            estimated_duration_min: minutes(plan.schedule.pool_makespan.secs()),
        },
        story_acceptance: acceptance,
        tasks: Each(|| graph.tasks.ids().map(|id| task(inputs, plan, facts, id))),
        domain_summary: domains(plan, facts.registry),
        model_distribution: models(plan),
        excluded: excluded(plan),
    };
    yaml::write(&document, 4_096 + graph.tasks.len() * 768)
}

fn task<'a>(inputs: &'a Inputs, plan: &'a Plan, facts: Facts<'a>, id: TaskId) -> Task<'a> {
    let graph = &plan.graph;
    let task = &graph.tasks[id];
    let kit = &plan.equipment.kits[id];
    let estimate = plan.cost.tasks.get(id).copied().unwrap_or_default();
    let output = graph.outputs_of(id).first().map(|output| output.path.get(inputs));
    let declared = task.columns.as_ref().and_then(|columns| columns.output_format.as_ref());
    let format =
        declared.map(|format| format.get(inputs)).or(output.map(|path| facts.patterns.format_of(path)));
    Task {
        task_id: graph.id(id, inputs),
        description: task.title.get(inputs),
        deliverable: output,
        domain: kit.domain.map(|domain| plan.equipment.domains[domain].as_str()),
        agent: kit.agent.map(|agent| plan.equipment.agents[agent].as_str()),
        model: model(plan, id),
        executor_type: executor(kit.executor),
        enrichment: kit.enrichment,
        output_path: output,
        output_format: format,
        depends_on: graph.edges_into(id).iter().map(|edge| graph.id(edge.from, inputs)).collect(),
        blocks: graph.successors(id).iter().map(|&next| graph.id(next, inputs)).collect(),
        acceptance_criteria: graph.criteria_of(id).map(|criterion| criterion.get(inputs)).collect(),
        estimated_tokens_in: estimate.input.likely.0,
        estimated_tokens_out: estimate.output.likely.0,
        estimated_cost_usd: usd(estimate.cost.likely),
        timeout: kit.timeout.secs(),
        max_turns: kit.max_turns,
        foreground_only: kit.foreground,
        routing_action: if kit.redirect { "REDIRECT" } else { "DISPATCH" },
        done: task.done,
    }
}

/// The model of a task as the original writes it: `worker` for scripts, nothing for people.
pub(super) fn model(plan: &Plan, id: TaskId) -> Option<&str> {
    let kit = &plan.equipment.kits[id];
    match kit.executor {
        Executor::Worker => Some("worker"),
        Executor::Agent | Executor::Human | Executor::Hybrid => {
            kit.model.map(|model| plan.equipment.models[model].id.as_str())
        }
    }
}

/// The executor of a task as the original writes it.
pub(super) fn executor(executor: Executor) -> &'static str {
    match executor {
        Executor::Worker => "Worker",
        Executor::Agent => "Agent",
        Executor::Human => "Human",
        Executor::Hybrid => "Hybrid",
    }
}

fn domains<'a>(plan: &'a Plan, registry: &'a Registry) -> Vec<Domain<'a>> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for kit in plan.equipment.kits.rows() {
        if let Some(domain) = kit.domain {
            *count.entry(plan.equipment.domains[domain].as_str()).or_default() += 1;
        }
    }
    let rows = count.into_iter().map(|(domain, task_count)| {
        let known = registry.domain(domain).map(|id| &registry.domains[id]);
        let agent = known.and_then(|domain| domain.agent).map(|agent| registry.commands[agent].path.as_str());
        Domain {
            domain,
            task_count,
            primary_agent: agent,
            enrichment: known.and_then(|domain| domain.enrichment),
            kb_files: known
                .map_or_else(Vec::new, |domain| domain.kb_files.iter().map(|kb| kb.value.as_str()).collect()),
        }
    });
    rows.collect()
}

fn models(plan: &Plan) -> BTreeMap<&str, usize> {
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for id in plan.graph.tasks.ids() {
        *count.entry(model(plan, id).unwrap_or("human")).or_default() += 1;
    }
    count.insert("total", plan.graph.tasks.len());
    count
}

/// What is left out of the plan.
pub(super) fn excluded(plan: &Plan) -> Vec<Excluded<'_>> {
    let rows = plan.graph.excluded.iter();
    rows.map(|excluded| Excluded {
        task_id: &excluded.task,
        reason: &excluded.reason,
        blocks: &excluded.blocks,
    })
    .collect()
}

/// Dollars with six decimals, exact in the decimal form that is written.
#[allow(clippy::cast_precision_loss, reason = "below 2^53 micro-dollars exact")]
pub(super) fn usd(money: MicroUsd) -> f64 {
    money.0 as f64 / 1e6
}

/// Minutes with one decimal.
#[allow(clippy::cast_precision_loss, reason = "a time in seconds is far below 2^53")]
pub(super) fn minutes(seconds: u64) -> f64 {
    seconds.div_ceil(6) as f64 / 10.0
}
