//! The graph for Graphviz: waves as ranks, the critical chain drawn thick.

use std::io::{self, Write};

use super::{Scene, cut};

/// Colour of the critical chain.
const CHAIN: &str = "#0a7ea4";

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "digraph plan {{")?;
    writeln!(out, "  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"Helvetica\"];")?;
    for task in scene.plan.graph.tasks.ids() {
        let mut style = String::new();
        if scene.is_done(task) {
            style.push_str(", style=\"rounded,dashed\", fontcolor=gray");
        } else if scene.is_manual(task) {
            style.push_str(", shape=oval");
        }
        if scene.on_chain(task) {
            style.push_str(", penwidth=2.5, color=\"");
            style.push_str(CHAIN);
            style.push('"');
        }
        let label = [scene.id(task), &cut(scene.title(task), 48), &scene.facts(task)].map(quoted).join("\\n");
        writeln!(out, "  n{} [label=\"{label}\"{style}];", task.0)?;
    }
    for wave in &scene.plan.schedule.waves {
        let names: Vec<String> = wave.tasks.iter().map(|task| format!("n{}", task.0)).collect();
        writeln!(out, "  {{ rank=same; {}; }}", names.join("; "))?;
    }
    for edge in &scene.plan.graph.edges {
        let chained = scene.is_chained(edge.from, edge.to);
        let style = if chained { format!(" [penwidth=2.5, color=\"{CHAIN}\"]") } else { String::new() };
        writeln!(out, "  n{} -> n{}{style};", edge.from.0, edge.to.0)?;
    }
    for (from, to, what) in scene.handed() {
        writeln!(
            out,
            "  n{} -> n{} [style=dashed, constraint=false, color=\"{CHAIN}\", fontcolor=\"{CHAIN}\", label=\"{}\"];",
            from.0,
            to.0,
            quoted(what)
        )?;
    }
    writeln!(out, "}}")
}

/// Text inside a quoted string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            letter if letter.is_control() => out.push(' '),
            letter => out.push(letter),
        }
    }
    out
}
