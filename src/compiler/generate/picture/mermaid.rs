//! The graph for Mermaid, as markdown pages show it.

use std::io::{self, Write};

use crate::ir::graph::TaskId;

use super::{Scene, cut};

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "flowchart LR")?;
    for task in scene.plan.graph.tasks.ids() {
        let label = format!("{}<br/>{}", plain(scene.id(task)), plain(&cut(scene.title(task), 48)));
        let (open, close) = if scene.is_manual(task) { ("([", "])") } else { ("[", "]") };
        writeln!(out, "  n{}{open}\"{label}\"{close}", task.0)?;
    }
    for edge in &scene.plan.graph.edges {
        let arrow = if scene.is_chained(edge.from, edge.to) { "==>" } else { "-->" };
        writeln!(out, "  n{} {arrow} n{}", edge.from.0, edge.to.0)?;
    }
    for (from, to, what) in scene.handed() {
        writeln!(out, "  n{} -. \"{}\" .-> n{}", from.0, plain(what), to.0)?;
    }
    let listed = |wanted: &dyn Fn(TaskId) -> bool| {
        let ids = scene.plan.graph.tasks.ids().filter(|id| wanted(*id));
        ids.map(|id| format!("n{}", id.0)).collect::<Vec<_>>().join(",")
    };
    let chain = listed(&|task| scene.on_chain(task));
    if !chain.is_empty() {
        writeln!(out, "  classDef chain stroke-width:3px,stroke:#0a7ea4\n  class {chain} chain")?;
    }
    let done = listed(&|task| scene.is_done(task));
    if !done.is_empty() {
        writeln!(out, "  classDef done stroke-dasharray:4\n  class {done} done")?;
    }
    Ok(())
}

/// Text inside a quoted label, by entities where the grammar would see more than text.
pub(super) fn plain(text: &str) -> String {
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
