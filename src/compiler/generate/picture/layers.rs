//! The graph as text: waves as paragraphs, the critical chain starred, and what each task waits for.

use std::io::{self, Write};

use crate::ir::graph::TaskId;

use super::{Scene, cut};

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let tasks = || scene.plan.graph.tasks.ids();
    paragraph(scene, "done", &tasks().filter(|&task| scene.is_done(task)).collect::<Vec<_>>(), out)?;
    for wave in &scene.plan.schedule.waves {
        paragraph(scene, &format!("wave {}", wave.number), &wave.tasks, out)?;
    }
    paragraph(scene, "by people", &tasks().filter(|&task| scene.is_manual(task)).collect::<Vec<_>>(), out)
}

fn paragraph(scene: &Scene, head: &str, tasks: &[TaskId], out: &mut dyn Write) -> io::Result<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    writeln!(out, "{head}")?;
    for &task in tasks {
        let mark = if scene.on_chain(task) { '*' } else { ' ' };
        let needs: Vec<&str> =
            scene.plan.graph.edges_into(task).iter().map(|edge| scene.id(edge.from)).collect();
        let needs = if needs.is_empty() { String::new() } else { format!(" <- {}", needs.join(", ")) };
        let title = cut(scene.title(task), 100);
        writeln!(out, "  {mark} {}: {title} ({}){needs}", scene.id(task), scene.facts(task))?;
    }
    Ok(())
}
