//! `plan.md`: the plan for people and pull requests.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use minijinja::value::Value;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::ir::equipment::Executor;
use crate::ir::graph::TaskId;
use crate::ir::plan::{Plan, Share, Verdict};

use super::execution_plan::model;
use super::page::{self, Rows, money, time};
use super::quote;
use super::template::{Templates, plain};

/// Findings and inferences that are listed one by one; the rest is counted.
const LISTED: usize = 200;

const ROW: &[&str] = &[
    "task.id",
    "task.title",
    "task.model",
    "task.agent",
    "task.output",
    "task.after",
    "task.cost",
    "task.time",
    "task.chain",
];
const WAVE: &[&str] = &["wave.number", "wave.tasks", "wave.time", "wave.cost", "wave.requires", "rows"];

/// Writes the page; `picture` is the graph as Mermaid, without its fence.
pub(super) fn write(
    templates: &Templates<'_>,
    inputs: &Inputs,
    plan: &Plan,
    picture: &str,
) -> Result<String, Box<Diagnostic>> {
    let count = |wanted: fn(&Executor) -> bool| {
        let tasks = plan.graph.tasks.iter().filter(|(_, task)| !task.done);
        tasks.filter(|(id, _)| wanted(&plan.equipment.kits[*id].executor)).count()
    };
    let total = plan.cost.total;
    let schedule = &plan.schedule;
    let open = plan.graph.tasks.iter().filter(|(_, task)| !task.done).count();
    let figures = vec![
        ("plan.id", plain(&plan.head.id)),
        ("plan.kind", plain(&plan.head.kind)),
        ("summary.tasks", Value::from(plan.graph.tasks.len())),
        ("summary.open", Value::from(open)),
        ("summary.done", Value::from(plan.graph.tasks.len() - open)),
        ("summary.waves", Value::from(schedule.waves.len())),
        ("summary.agents", Value::from(count(|who| matches!(who, Executor::Agent | Executor::Hybrid)))),
        ("summary.workers", Value::from(count(|who| matches!(who, Executor::Worker)))),
        ("summary.people", Value::from(count(|who| matches!(who, Executor::Human)))),
        ("summary.time", Value::from(time(schedule.pool_makespan))),
        ("summary.barrier_time", Value::from(time(schedule.barrier_makespan))),
        ("summary.lower_bound", Value::from(time(schedule.lower_bound))),
        ("summary.cost", Value::from(money(total.likely))),
        ("summary.cost_low", Value::from(money(total.low))),
        ("summary.cost_high", Value::from(money(total.high))),
        ("chain.time", Value::from(time(schedule.chains.makespan))),
        ("chain.path_time", Value::from(time(schedule.chains.path_duration))),
    ];
    let texts = [
        ("plan.title", one_line(&plan.head.title)),
        ("plan.sources", sources(inputs, plan)),
        ("summary.constraint", one_line(&schedule.constraint)),
        ("stories", stories(plan)),
        ("waves", waves(templates, inputs, plan)?),
        ("picture", picture.trim_end().to_owned()),
        ("chain.text", chain(inputs, plan)),
        ("gates", gates(plan)),
        ("findings", findings(inputs, plan)),
        ("assumptions", assumptions(inputs, plan)),
        ("unused", unused(inputs, plan)),
        ("excluded", excluded(inputs, plan)),
        ("models", shares(&plan.cost.by_model)),
    ];
    page::render(templates, "plan.md", figures, &texts)
}

fn one_line(text: &str) -> String {
    let mut out = String::new();
    quote::line(&mut out, text);
    out
}

/// Rows of a table of shares of the cost.
pub(super) fn shares(shares: &[Share]) -> String {
    let mut out = String::new();
    for share in shares {
        out.push_str("| ");
        quote::cell(&mut out, &share.name);
        let cost = share.cost;
        let _ = writeln!(
            out,
            " | {} | ${} | ${} | ${} |",
            share.tasks,
            money(cost.low),
            money(cost.likely),
            money(cost.high)
        );
    }
    closed(out)
}

/// Without the line break at its end: templates set their own.
pub(super) fn closed(mut text: String) -> String {
    text.truncate(text.trim_end_matches('\n').len());
    text
}

fn sources(inputs: &Inputs, plan: &Plan) -> String {
    let mut out = String::new();
    let mut files: Vec<_> = plan.graph.stories.iter().map(|(_, story)| story.at.file).collect();
    files.dedup();
    for file in files {
        out.push_str("- ");
        quote::code(&mut out, &inputs.display_path(file));
        out.push('\n');
    }
    closed(out)
}

fn stories(plan: &Plan) -> String {
    let mut out = String::new();
    let id = |story| plan.graph.stories[story].id.as_str();
    for (number, row) in (1..).zip(plan.stories()).filter(|_| plan.is_batch()) {
        let story = &plan.graph.stories[row.story];
        let _ = write!(out, "| {number} | ");
        quote::cell(&mut out, &format!("{} {}", story.id, story.title));
        let _ = write!(out, " | {} | ", row.open);
        let after: Vec<&str> = plan.links_into(row.story).map(|link| id(link.from)).collect();
        quote::cell(&mut out, &after.join(", "));
        let cost = money(row.cost.likely);
        let _ = writeln!(out, " | ${cost} | {} | {} |", time(row.begin), time(row.end));
    }
    closed(out)
}

fn waves(templates: &Templates<'_>, inputs: &Inputs, plan: &Plan) -> Result<String, Box<Diagnostic>> {
    let mut out = String::new();
    let mut rows = Rows::new(templates, "plan/task.md", ROW);
    let mut heads = Rows::new(templates, "plan/wave.md", WAVE);
    let mut table = String::new();
    for wave in &plan.schedule.waves {
        table.clear();
        for &id in &wave.tasks {
            row(&mut rows, &mut table, inputs, plan, id)?;
        }
        let requires: Vec<_> = wave.requires.iter().map(ToString::to_string).collect();
        let cost = wave.prediction.cost.likely;
        let texts = [
            &wave.number.to_string(),
            &match wave.tasks.len() {
                1 => "1 task".to_owned(),
                many => format!("{many} tasks"),
            },
            &time(wave.prediction.duration),
            &format!("${}", money(cost)),
            &requires.join(", "),
            table.trim_end(),
        ];
        heads.push(&mut out, &texts)?;
        out.push('\n');
    }
    Ok(closed(out))
}

fn row(
    rows: &mut Rows<'_, '_>,
    out: &mut String,
    inputs: &Inputs,
    plan: &Plan,
    id: TaskId,
) -> Result<(), Box<Diagnostic>> {
    let graph = &plan.graph;
    let kit = &plan.equipment.kits[id];
    let timing = plan.schedule.timing.get(id).copied().unwrap_or_default();
    let cell = |text: &str| {
        let mut out = String::new();
        quote::cell(&mut out, text);
        out
    };
    let mut output = String::new();
    if let Some(first) = graph.outputs_of(id).first() {
        let path = first.path.get(inputs).replace('|', "\\|");
        quote::code(&mut output, &path);
    }
    let mut after = String::new();
    let edges = graph.edges_into(id);
    for (index, edge) in edges.iter().take(6).enumerate() {
        after.push_str(if index == 0 { "" } else { ", " });
        quote::cell(&mut after, graph.id(edge.from, inputs));
    }
    if edges.len() > 6 {
        let _ = write!(after, " and {} more", edges.len() - 6);
    }
    let cost = plan
        .cost
        .tasks
        .get(id)
        .map_or_else(String::new, |estimate| format!("${}", money(estimate.cost.likely)));
    let who = match kit.executor {
        Executor::Human => "a person",
        Executor::Worker => "a script",
        Executor::Agent | Executor::Hybrid => {
            kit.agent.map_or("an agent", |agent| plan.equipment.agents[agent].as_str())
        }
    };
    rows.push(
        out,
        &[
            &cell(graph.id(id, inputs)),
            &cell(graph.tasks[id].title.get(inputs)),
            &cell(model(plan, id).unwrap_or("–")),
            &cell(who),
            &output,
            &after,
            &cost,
            &time(kit.duration),
            if timing.on_chain { "*" } else { "" },
        ],
    )
}

fn chain(inputs: &Inputs, plan: &Plan) -> String {
    let chains = &plan.schedule.chains;
    let mut out = String::new();
    for (index, &id) in chains.chain.iter().enumerate() {
        let _ = write!(out, "{}. ", index + 1);
        quote::line(&mut out, plan.graph.id(id, inputs));
        let _ = write!(out, ", {}: ", time(plan.equipment.kits[id].duration));
        quote::line(&mut out, plan.graph.tasks[id].title.get(inputs));
        let arc = index.checked_sub(1).and_then(|before| chains.arcs.get(before));
        if let Some(resource) = arc.and_then(|arc| arc.resource.as_deref()) {
            out.push_str(" (waits for ");
            quote::line(&mut out, resource);
            out.push(')');
        }
        out.push('\n');
    }
    closed(out)
}

fn gates(plan: &Plan) -> String {
    let mut out = String::new();
    for gate in &plan.gates {
        let verdict = match gate.verdict {
            Verdict::Pass => "pass",
            Verdict::Warn => "warn",
            Verdict::Waived => "waived",
            Verdict::Fail => "**fail**",
            Verdict::Skipped => "not asked",
        };
        out.push_str("| ");
        quote::cell(&mut out, &gate.id);
        out.push_str(" · ");
        quote::cell(&mut out, &gate.name);
        let _ = writeln!(out, " | {verdict} | {} | {} |", gate.rules, gate.failed.join(", "));
    }
    closed(out)
}

/// `path:line`.
fn place(out: &mut String, inputs: &Inputs, span: Span) {
    let mut text = inputs.display_path(span.file);
    let _ = write!(text, ":{}", inputs.position(span).line);
    quote::code(out, &text);
}

fn findings(inputs: &Inputs, plan: &Plan) -> String {
    let mut out = String::new();
    let shown = plan.diagnostics.iter().filter(|finding| finding.severity != Severity::Info);
    let mut more = 0;
    for (index, finding) in shown.enumerate() {
        if index >= LISTED {
            more += 1;
            continue;
        }
        let _ = write!(out, "- **{}** `{}` ", finding.severity.name().replace('_', " "), finding.code);
        place(&mut out, inputs, finding.span());
        out.push_str(": ");
        quote::line(&mut out, &finding.message);
        if let Some(waived) = &finding.waived {
            out.push_str(" (waived: ");
            quote::line(&mut out, &waived.reason);
            out.push(')');
        }
        out.push('\n');
    }
    rest(out, more)
}

fn rest(mut out: String, more: usize) -> String {
    if more > 0 {
        let _ = writeln!(out, "- and {more} more, in `manifest.json`");
    }
    closed(out)
}

/// What was inferred: by field and rule, with the tasks it concerns.
fn assumptions(inputs: &Inputs, plan: &Plan) -> String {
    const FIELDS: [&str; 7] = ["executor", "domain", "agent", "model", "enrichment", "timeout", "duration"];
    let mut groups: BTreeMap<(usize, &str), Vec<TaskId>> = BTreeMap::new();
    for (id, kit) in plan.equipment.kits.iter().filter(|(id, _)| !plan.graph.tasks[*id].done) {
        for (field, &reason) in kit.why.iter().enumerate() {
            if let Some(reason) = plan.equipment.reasons.get(reason as usize).filter(|reason| reason.inferred)
            {
                groups.entry((field, reason.rule.as_str())).or_default().push(id);
            }
        }
    }
    let all = plan.equipment.kits.len();
    let mut out = String::new();
    for ((field, rule), tasks) in groups {
        let _ = write!(out, "- {} by ", FIELDS[field]);
        quote::code(&mut out, rule);
        out.push_str(": ");
        if tasks.len() == all && all > 1 {
            out.push_str("every task");
        } else {
            name_tasks(&mut out, inputs, plan, &tasks);
        }
        out.push('\n');
    }
    let outputs: Vec<TaskId> = plan
        .graph
        .tasks
        .ids()
        .filter(|&id| plan.graph.outputs_of(id).iter().any(|output| output.inferred))
        .collect();
    if !outputs.is_empty() {
        out.push_str("- output path: ");
        name_tasks(&mut out, inputs, plan, &outputs);
        out.push('\n');
    }
    closed(out)
}

fn name_tasks(out: &mut String, inputs: &Inputs, plan: &Plan, tasks: &[TaskId]) {
    for (index, &id) in tasks.iter().take(12).enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        quote::line(out, plan.graph.id(id, inputs));
    }
    if tasks.len() > 12 {
        let _ = write!(out, " and {} more", tasks.len() - 12);
    }
}

fn unused(inputs: &Inputs, plan: &Plan) -> String {
    let mut out = String::new();
    for unused in plan.graph.unused.iter().take(LISTED) {
        out.push_str("- ");
        place(&mut out, inputs, unused.span);
        out.push_str(": ");
        quote::line(&mut out, unused.reason);
        out.push('\n');
    }
    rest(out, plan.graph.unused.len().saturating_sub(LISTED))
}

fn excluded(inputs: &Inputs, plan: &Plan) -> String {
    let mut out = String::new();
    for excluded in plan.graph.excluded.iter().take(LISTED) {
        out.push_str("- ");
        quote::line(&mut out, &excluded.task);
        out.push_str(", ");
        place(&mut out, inputs, excluded.at);
        out.push_str(": ");
        quote::line(&mut out, &excluded.reason);
        if !excluded.blocks.is_empty() {
            out.push_str("; cannot start without it: ");
            quote::line(&mut out, &excluded.blocks.join(", "));
        }
        out.push('\n');
    }
    rest(out, plan.graph.excluded.len().saturating_sub(LISTED))
}
