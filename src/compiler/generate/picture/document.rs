//! The graph as JSON, schema `dispatch.graph/v1`: nodes, edges, waves, chains and figures.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::compiler::generate::manifest::outlook;
use crate::ir::graph::TaskId;
use crate::ir::plan::Plan;

use super::Scene;

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let ids = |tasks: &[TaskId]| tasks.iter().map(|&task| json!(scene.id(task))).collect::<Vec<_>>();
    let plan = scene.plan;
    let nodes: Vec<Value> = plan.graph.tasks.ids().map(|task| node(scene, task)).collect();
    let edge = |edge: &crate::ir::graph::Edge| {
        json!({
            "from": scene.id(edge.from),
            "to": scene.id(edge.to),
            "rule": edge.rule.name(),
            "confidence": edge.confidence,
            "evidence": edge.evidence.get(scene.inputs),
        })
    };
    let arc = |arc: &crate::ir::plan::Arc| json!({ "from": scene.id(arc.from), "to": scene.id(arc.to), "resource": arc.resource });
    let chains = &plan.schedule.chains;
    let document = json!({
        "schema": "dispatch.graph/v1",
        "plan": plan.head.id,
        "nodes": nodes,
        "edges": plan.graph.edges.iter().map(edge).collect::<Vec<_>>(),
        "waves": plan.schedule.waves.iter().map(|wave| ids(&wave.tasks)).collect::<Vec<_>>(),
        "critical_path": ids(&chains.path),
        "critical_tasks": ids(&chains.critical),
        "critical_chain": ids(&chains.chain),
        "chain_arcs": chains.arcs.iter().map(arc).collect::<Vec<_>>(),
        "figures": figures(plan),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// What `analyze` says of the whole, the U-curve of the sizes of waves included.
fn figures(plan: &Plan) -> Value {
    let schedule = &plan.schedule;
    json!({
        "pool_makespan_s": schedule.pool_makespan.secs(),
        "barrier_makespan_s": schedule.barrier_makespan.secs(),
        "lower_bound_s": schedule.lower_bound.secs(),
        "critical_path_s": schedule.chains.path_duration.secs(),
        "constraint": schedule.constraint,
        "packer": schedule.packer,
        "busy_milli": schedule.busy.iter().map(|(name, milli)| json!([name, milli])).collect::<Vec<_>>(),
        "forecast": schedule.outlook.forecast.as_ref().map(outlook::forecast),
        "batch": schedule.outlook.curve.as_ref().map(outlook::batch),
    })
}

fn node(scene: &Scene, task: TaskId) -> Value {
    let timing = &scene.plan.schedule.timing[task];
    json!({
        "id": scene.id(task),
        "title": scene.title(task),
        "done": scene.is_done(task),
        "wave": timing.wave,
        "rank": timing.rank,
        "start_s": timing.start.secs(),
        "duration_s": scene.plan.equipment.kits[task].duration.secs(),
        "slack_s": timing.slack.secs(),
        "on_critical_path": timing.on_path,
        "on_critical_chain": timing.on_chain,
    })
}
