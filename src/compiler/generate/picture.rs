//! The graph of a plan as DOT, Mermaid, layers of text, a Gantt chart, or JSON.

use std::io::{self, Write};

use serde_json::json;

use crate::base::inputs::Inputs;
use crate::ir::equipment::Executor;
use crate::ir::graph::TaskId;
use crate::ir::plan::Plan;

use crate::base::figure::time;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "host", derive(clap::ValueEnum))]
pub enum Drawing {
    /// For Graphviz.
    Dot,
    /// For markdown pages.
    Mermaid,
    /// Waves as paragraphs.
    Text,
    /// A Gantt chart for Mermaid.
    Gantt,
    /// Nodes, edges, waves and chains.
    Json,
}

/// Writes the graph.
pub fn write(kind: Drawing, plan: &Plan, inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    match kind {
        Drawing::Dot => dot(plan, inputs, out),
        Drawing::Mermaid => mermaid(plan, inputs, out),
        Drawing::Text => text(plan, inputs, out),
        Drawing::Gantt => gantt(plan, inputs, out),
        Drawing::Json => document(plan, inputs, out),
    }
}

/// The graph as Mermaid for the plan page; empty when it is too large to be read there.
pub(crate) fn for_page(plan: &Plan, inputs: &Inputs) -> String {
    const READABLE: usize = 200;
    let mut out = Vec::new();
    if plan.graph.tasks.len() > READABLE || mermaid(plan, inputs, &mut out).is_err() {
        return String::new();
    }
    String::from_utf8(out).unwrap_or_default()
}

fn dot(plan: &Plan, inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "digraph plan {{\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"Helvetica\"];"
    )?;
    for (id, task) in plan.graph.tasks.iter() {
        let style = if task.done {
            ", style=\"rounded,dashed\", fontcolor=gray"
        } else if plan.schedule.timing[id].on_chain {
            ", penwidth=2.5, color=\"#0a7ea4\""
        } else {
            ""
        };
        let label =
            format!("{}\\n{}", quoted(plan.graph.id(id, inputs)), quoted(&cut(task.title.get(inputs))));
        writeln!(out, "  n{} [label=\"{label}\\n{}\"{style}];", id.0, quoted(&facts(plan, id)))?;
    }
    for wave in &plan.schedule.waves {
        let names: Vec<String> = wave.tasks.iter().map(|task| format!("n{}", task.0)).collect();
        writeln!(out, "  {{ rank=same; {}; }}", names.join("; "))?;
    }
    for edge in &plan.graph.edges {
        let style =
            if is_chained(plan, edge.from, edge.to) { " [penwidth=2.5, color=\"#0a7ea4\"]" } else { "" };
        writeln!(out, "  n{} -> n{}{style};", edge.from.0, edge.to.0)?;
    }
    writeln!(out, "}}")
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], " ")
}

fn mermaid(plan: &Plan, inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for (id, task) in plan.graph.tasks.iter() {
        let label =
            format!("{}<br/>{}", plain(plan.graph.id(id, inputs)), plain(&cut(task.title.get(inputs))));
        writeln!(out, "  n{}[\"{label}\"]", id.0)?;
    }
    for edge in &plan.graph.edges {
        let arrow = if is_chained(plan, edge.from, edge.to) { "==>" } else { "-->" };
        writeln!(out, "  n{} {arrow} n{}", edge.from.0, edge.to.0)?;
    }
    let listed = |wanted: &dyn Fn(TaskId) -> bool| {
        let ids = plan.graph.tasks.ids().filter(|id| wanted(*id));
        ids.map(|id| format!("n{}", id.0)).collect::<Vec<_>>().join(",")
    };
    let chain = listed(&|id| plan.schedule.timing[id].on_chain);
    if !chain.is_empty() {
        writeln!(out, "  classDef chain stroke-width:3px,stroke:#0a7ea4\n  class {chain} chain")?;
    }
    let done = listed(&|id| plan.graph.tasks[id].done);
    if !done.is_empty() {
        writeln!(out, "  classDef done stroke-dasharray:4\n  class {done} done")?;
    }
    Ok(())
}

/// Text inside a quoted Mermaid label, by entities where its grammar would see more than text.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '#' | '<' | '>' | '&' | '`' | '[' | ']' | '{' | '}' | '|' | ';' | '\\' => {
                out.push('#');
                out.push_str(&u32::from(letter).to_string());
                out.push(';');
            }
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}

fn text(plan: &Plan, inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    for wave in &plan.schedule.waves {
        writeln!(out, "wave {}", wave.number)?;
        for task in &wave.tasks {
            let mark = if plan.schedule.timing[*task].on_chain { '*' } else { ' ' };
            let needs: Vec<&str> =
                plan.graph.edges_into(*task).iter().map(|edge| plan.graph.id(edge.from, inputs)).collect();
            let needs = if needs.is_empty() { String::new() } else { format!(" <- {}", needs.join(", ")) };
            let title = plan.graph.tasks[*task].title.get(inputs).replace(['\n', '\r'], " ");
            writeln!(
                out,
                "  {mark} {}: {title} ({}){needs}",
                plan.graph.id(*task, inputs),
                facts(plan, *task)
            )?;
        }
    }
    Ok(())
}

fn gantt(plan: &Plan, inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "gantt\n  dateFormat X\n  axisFormat %H:%M:%S")?;
    for wave in &plan.schedule.waves {
        writeln!(out, "  section Wave {}", wave.number)?;
        for task in &wave.tasks {
            let timing = &plan.schedule.timing[*task];
            let start = timing.start.0 / 1_000;
            let end = (timing.start + plan.equipment.kits[*task].duration).secs().max(start + 1);
            let title = plain(&cut(plan.graph.tasks[*task].title.get(inputs))).replace([':', ','], " ");
            let mark = if timing.on_chain { "crit, " } else { "" };
            writeln!(out, "  {title} :{mark}n{}, {start}, {end}", task.0)?;
        }
    }
    Ok(())
}

fn document(plan: &Plan, inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    let id = |task: &TaskId| plan.graph.id(*task, inputs);
    let ids = |tasks: &[TaskId]| tasks.iter().map(|task| json!(id(task))).collect::<Vec<_>>();
    let nodes: Vec<_> = plan
        .graph
        .tasks
        .iter()
        .map(|(task, row)| {
            let timing = &plan.schedule.timing[task];
            json!({
                "id": id(&task),
                "title": row.title.get(inputs),
                "done": row.done,
                "wave": timing.wave,
                "rank": timing.rank,
                "start_s": timing.start.secs(),
                "duration_s": plan.equipment.kits[task].duration.secs(),
                "slack_s": timing.slack.secs(),
                "on_critical_path": timing.on_path,
                "on_critical_chain": timing.on_chain,
            })
        })
        .collect();
    let edges: Vec<_> = plan
        .graph
        .edges
        .iter()
        .map(|edge| {
            json!({
                "from": id(&edge.from),
                "to": id(&edge.to),
                "rule": edge.rule.name(),
                "confidence": edge.confidence,
                "evidence": edge.evidence.get(inputs),
            })
        })
        .collect();
    let chains = &plan.schedule.chains;
    let document = json!({
        "schema": "dispatch.graph/v1",
        "plan": plan.head.id,
        "nodes": nodes,
        "edges": edges,
        "waves": plan.schedule.waves.iter().map(|wave| ids(&wave.tasks)).collect::<Vec<_>>(),
        "critical_path": ids(&chains.path),
        "critical_tasks": ids(&chains.critical),
        "critical_chain": ids(&chains.chain),
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

/// Whether an edge joins neighbours of the critical chain.
fn is_chained(plan: &Plan, from: TaskId, to: TaskId) -> bool {
    let timing = &plan.schedule.timing;
    timing[from].on_chain
        && timing[to].on_chain
        && plan.schedule.chains.arcs.iter().any(|arc| arc.from == from && arc.to == to)
}

fn facts(plan: &Plan, task: TaskId) -> String {
    let kit = &plan.equipment.kits[task];
    let who = match (kit.executor, kit.model) {
        (Executor::Human, _) => "a person",
        (Executor::Worker, _) | (_, None) => "worker",
        (_, Some(model)) => plan.equipment.models[model].id.as_str(),
    };
    format!("{who}, {}", time(kit.duration))
}

/// A title short enough for a box.
fn cut(title: &str) -> String {
    const MOST: usize = 48;
    if title.chars().count() <= MOST {
        return title.to_owned();
    }
    title.chars().take(MOST - 1).chain(['…']).collect()
}
