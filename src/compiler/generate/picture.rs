//! Pictures of a plan: the graph for people and for programs that draw, and the predicted run on a time line.
//!
//! One file a kind. Each escapes labels for its own grammar, and marks the critical chain: the tasks in full colour and
//! the arcs between them, those over a scarce thing with its name.

mod bars;
mod document;
mod dot;
mod gantt;
mod layers;
mod layout;
mod mermaid;
mod svg;
mod trace;

use std::io::{self, Write};

use crate::base::figure::time;
use crate::base::inputs::Inputs;
use crate::base::table::Id as _;
use crate::ir::equipment::Executor;
use crate::ir::graph::TaskId;
use crate::ir::plan::{Arc, Plan};

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "host", derive(clap::ValueEnum))]
pub enum Drawing {
    /// For Graphviz.
    Dot,
    /// For markdown pages.
    Mermaid,
    /// A picture for browsers, laid out by us.
    Svg,
    /// Waves as paragraphs.
    Text,
    /// The predicted run as bars of text.
    Bars,
    /// A Gantt chart for Mermaid.
    Gantt,
    /// The predicted run for Perfetto and Chrome's trace viewer.
    Trace,
    /// Nodes, edges, waves and chains.
    Json,
}

/// Writes a picture.
///
/// # Errors
/// Only those of `out`.
pub fn write(kind: Drawing, plan: &Plan, inputs: &Inputs, out: &mut dyn Write) -> io::Result<()> {
    let scene = Scene::new(plan, inputs);
    match kind {
        Drawing::Dot => dot::write(&scene, out),
        Drawing::Mermaid => mermaid::write(&scene, out),
        Drawing::Svg => svg::write(&scene, out),
        Drawing::Text => layers::write(&scene, out),
        Drawing::Bars => bars::write(&scene, out),
        Drawing::Gantt => gantt::write(&scene, out),
        Drawing::Trace => trace::write(&scene, out),
        Drawing::Json => document::write(&scene, out),
    }
}

/// The graph as Mermaid for the plan page; empty when it is too large to be read there.
pub(crate) fn for_page(plan: &Plan, inputs: &Inputs) -> String {
    const READABLE: usize = 200;
    let mut out = Vec::new();
    if plan.graph.tasks.len() > READABLE || mermaid::write(&Scene::new(plan, inputs), &mut out).is_err() {
        return String::new();
    }
    String::from_utf8(out).unwrap_or_default()
}

/// A plan and what every picture of it asks for.
struct Scene<'a> {
    plan: &'a Plan,
    inputs: &'a Inputs,
    /// By task: the arc of the critical chain that leaves it, if one does.
    chained: Vec<Option<&'a Arc>>,
}

impl<'a> Scene<'a> {
    fn new(plan: &'a Plan, inputs: &'a Inputs) -> Self {
        let mut chained = vec![None; plan.graph.tasks.len()];
        for arc in &plan.schedule.chains.arcs {
            if let Some(slot) = chained.get_mut(arc.from.index()) {
                *slot = Some(arc);
            }
        }
        Self { plan, inputs, chained }
    }

    /// Whether an edge joins neighbours of the critical chain.
    fn is_chained(&self, from: TaskId, to: TaskId) -> bool {
        self.chained[from.index()].is_some_and(|arc| arc.to == to)
    }

    /// Arcs of the chain that are no edges: what is handed over between their ends.
    fn handed(&self) -> impl Iterator<Item = (TaskId, TaskId, &'a str)> {
        let arcs = self.plan.schedule.chains.arcs.iter();
        arcs.filter_map(|arc| Some((arc.from, arc.to, arc.resource.as_deref()?)))
    }

    fn on_chain(&self, task: TaskId) -> bool {
        self.plan.schedule.timing[task].on_chain
    }

    fn id(&self, task: TaskId) -> &'a str {
        self.plan.graph.id(task, self.inputs)
    }

    fn title(&self, task: TaskId) -> &'a str {
        self.plan.graph.tasks[task].title.get(self.inputs)
    }

    fn is_done(&self, task: TaskId) -> bool {
        self.plan.graph.tasks[task].done
    }

    /// Open, and started by a person.
    fn is_manual(&self, task: TaskId) -> bool {
        !self.is_done(task) && !self.plan.equipment.kits[task].auto
    }

    /// Who does it: the model, a worker, a person.
    fn who(&self, task: TaskId) -> &'a str {
        let kit = &self.plan.equipment.kits[task];
        match (kit.executor, kit.model) {
            (Executor::Human, _) => "a person",
            (Executor::Worker, _) | (_, None) => "worker",
            (_, Some(model)) => self.plan.equipment.models[model].id.as_str(),
        }
    }

    /// Who does it and how long it takes.
    fn facts(&self, task: TaskId) -> String {
        format!("{}, {}", self.who(task), time(self.plan.equipment.kits[task].duration))
    }

    /// Start and end in the pool schedule, in milliseconds.
    fn span(&self, task: TaskId) -> (u64, u64) {
        let start = self.plan.schedule.timing[task].start;
        (start.0, (start + self.plan.equipment.kits[task].duration).0)
    }

    /// Open tasks in the order in which they start.
    fn by_start(&self) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> =
            self.plan.graph.tasks.ids().filter(|&task| !self.is_done(task)).collect();
        let timing = &self.plan.schedule.timing;
        tasks.sort_by_key(|&task| (timing[task].start, timing[task].rank, task));
        tasks
    }
}

/// A text in at most so many characters, on one line.
fn cut(text: &str, most: usize) -> String {
    let mut letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut out: String = letters.by_ref().take(most).collect();
    if letters.next().is_some() {
        out.pop();
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests;
