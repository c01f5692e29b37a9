//! `dispatch why`: the reasons behind a task: its edges, who does it, what it costs, when it runs.

use std::io::{self, Write};

use crate::base::figure::{money, thousands, time};
use crate::base::inputs::Inputs;
use crate::base::suggest::nearest;
use crate::compiler::compilation::Compilation;
use crate::host::error::HostError;
use crate::host::render::Format;
use crate::host::render::paint::{Ink, Paint};
use crate::host::terminal::Terminal;
use crate::ir::graph::{Edge, TaskId};
use crate::ir::plan::Plan;

use super::args::{Global, Sources};
use super::job::Job;
use super::{CLEAN, FINDINGS};

/// Tell why a task is what it is: its edges, agent, model, price and time
///
/// Every value is shown with the rule that decided, the words it saw, and where both stand.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The id of a task, or two joined by > for the edge between them
    #[arg(value_name = "SUBJECT")]
    subject: String,
    #[command(flatten)]
    sources: Sources,
    /// Print its prompt, too
    #[arg(long)]
    prompt: bool,
}

/// What the reasons of a kit are about, in their order.
const ABOUT: [&str; 7] = ["executor", "domain", "agent", "model", "enrichment", "timeout", "duration"];

pub(super) fn run(global: &Global, args: &Args, terminal: &mut Terminal) -> Result<u8, HostError> {
    global.only(&[Format::Human, Format::Json], "why")?;
    let job = Job::open(&args.sources.request(global), terminal)?;
    let compilation = job.compile();
    let (plan, inputs) = (&compilation.plan, &job.project.inputs);
    let (from, subject) = match args.subject.split_once('>') {
        Some((from, to)) => (Some(find(plan, inputs, from.trim())?), find(plan, inputs, to.trim())?),
        None => (None, find(plan, inputs, args.subject.trim())?),
    };
    if let Some(from) = from {
        let known = |edge: &&Edge| edge.from == from && edge.to == subject;
        let edges: Vec<&Edge> = plan.graph.edges.iter().chain(&plan.graph.evidence).filter(known).collect();
        terminal.print(|out, _| {
            if edges.is_empty() {
                writeln!(out, "nothing makes the one wait for the other directly")?;
            }
            edges.iter().try_for_each(|edge| show_edge(inputs, plan, edge, out))
        })?;
        return Ok(if edges.is_empty() { FINDINGS } else { CLEAN });
    }
    if global.format == Format::Json {
        let manifest: serde_json::Value = serde_json::from_slice(&compilation.manifest())
            .map_err(|error| HostError::world(format!("the manifest does not read back: {error}")))?;
        let id = plan.graph.id(subject, inputs);
        let tasks = manifest["tasks"].as_array().into_iter().flatten();
        let task = tasks.into_iter().find(|task| task["id"] == id).cloned().unwrap_or_default();
        return terminal.print(|out, _| writeln!(out, "{task:#}")).map(|()| CLEAN);
    }
    terminal.print(|out, style| show(&job, &compilation, subject, Paint::new(style), out))?;
    if args.prompt {
        let prompt = compilation.prompt(subject);
        terminal.print(|out, _| write!(out, "\n{prompt}"))?;
    }
    Ok(CLEAN)
}

fn find(plan: &Plan, inputs: &Inputs, name: &str) -> Result<TaskId, HostError> {
    let named = |id: &TaskId| {
        plan.graph.id(*id, inputs) == name
            || plan.graph.tasks[*id].source_id.as_ref().is_some_and(|source| source.get(inputs) == name)
    };
    plan.graph.tasks.ids().find(named).ok_or_else(|| {
        let ids: Vec<&str> = plan.graph.tasks.ids().map(|id| plan.graph.id(id, inputs)).collect();
        let hint = match nearest(name, ids.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "see the tasks with `dispatch analyze`".to_owned(),
        };
        HostError::usage(format!("the plan has no task `{name}`")).hint(hint)
    })
}

fn show(
    job: &Job,
    compilation: &Compilation<'_>,
    task: TaskId,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (plan, inputs) = (&compilation.plan, &job.project.inputs);
    let row = &plan.graph.tasks[task];
    writeln!(out, "{}  {}", paint.ink(Ink::Strong, plan.graph.id(task, inputs)), row.title.get(inputs))?;
    writeln!(out, "{}", paint.ink(Ink::Faint, &place(inputs, row.at)))?;
    writeln!(out)?;
    let edges = plan.graph.edges_into(task);
    if edges.is_empty() {
        writeln!(out, "waits for nothing")?;
    }
    for edge in edges {
        show_edge(inputs, plan, edge, out)?;
    }
    for edge in plan.graph.evidence.iter().filter(|edge| edge.to == task) {
        write!(out, "(needless) ")?;
        show_edge(inputs, plan, edge, out)?;
    }
    writeln!(out)?;
    let kit = &plan.equipment.kits[task];
    for (about, reason) in ABOUT.iter().zip(kit.why) {
        let Some(reason) = plan.equipment.reasons.get(reason as usize) else { continue };
        let value = value(plan, task, about);
        let inferred = if reason.inferred { ", inferred" } else { "" };
        let entry = job.library.registry.entries.get(&reason.rule);
        let at = entry.map(|span| format!(", {}", place(inputs, *span))).unwrap_or_default();
        let evidence =
            if reason.evidence.is_empty() { String::new() } else { format!(": {}", reason.evidence) };
        let why = paint.ink(Ink::Faint, &format!("{}{evidence}{inferred}{at}", reason.rule));
        writeln!(out, "{about:>10}  {value}  {why}")?;
    }
    writeln!(out)?;
    if let Some(estimate) = plan.cost.tasks.get(task) {
        let [low, likely, high] = [estimate.cost.low, estimate.cost.likely, estimate.cost.high].map(money);
        writeln!(out, "{:>10}  {likely}, {low} to {high}", "cost")?;
        let (sent, received) = (thousands(estimate.input.likely.0), thousands(estimate.output.likely.0));
        let prompt = plan.prompts.sheets.get(task).map_or(0, |sheet| sheet.tokens.0);
        writeln!(
            out,
            "{:>10}  {sent} sent over all turns, {received} received; the prompt has {}",
            "tokens",
            thousands(prompt)
        )?;
    }
    let timing = &plan.schedule.timing[task];
    let chain = if timing.on_chain { ", on the critical chain" } else { "" };
    let (start, slack) = (time(timing.start), time(timing.slack));
    writeln!(out, "{:>10}  wave {}, starts at {start}, may slip {slack}{chain}", "time", timing.wave)
}

fn value(plan: &Plan, task: TaskId, about: &str) -> String {
    let kit = &plan.equipment.kits[task];
    let none = || "none".to_owned();
    match about {
        "executor" => format!("{:?}", kit.executor).to_lowercase(),
        "domain" => kit.domain.map_or_else(none, |id| plan.equipment.domains[id].clone()),
        "agent" => kit.agent.map_or_else(none, |id| plan.equipment.agents[id].clone()),
        "model" => kit.model.map_or_else(none, |id| plan.equipment.models[id].id.clone()),
        "enrichment" => format!("{:?}", kit.enrichment).to_lowercase(),
        "timeout" => time(kit.timeout),
        _ => format!("{}, {} at worst", time(kit.duration), time(kit.duration_p90)),
    }
}

fn show_edge(inputs: &Inputs, plan: &Plan, edge: &Edge, out: &mut dyn Write) -> io::Result<()> {
    let words = edge.evidence.get(inputs).split_whitespace().collect::<Vec<_>>().join(" ");
    writeln!(
        out,
        "waits for {}: {}, {}% sure, from `{}` at {}",
        plan.graph.id(edge.from, inputs),
        edge.rule.name(),
        edge.confidence,
        words.chars().take(80).collect::<String>(),
        place(inputs, edge.evidence.at()),
    )
}

fn place(inputs: &Inputs, span: crate::base::span::Span) -> String {
    let position = inputs.position(span);
    format!("{}:{}:{}", inputs.display_path(span.file), position.line, position.column)
}
