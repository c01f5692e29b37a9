//! The predicted run as a Gantt chart for Mermaid.

use std::io::{self, Write};

use crate::ir::graph::TaskId;

use super::mermaid::plain;
use super::{Scene, cut};

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "gantt\n  dateFormat X\n  axisFormat %H:%M:%S")?;
    for wave in &scene.plan.schedule.waves {
        section(scene, &format!("Wave {}", wave.number), &wave.tasks, out)?;
    }
    let people: Vec<TaskId> = scene.by_start().into_iter().filter(|&task| scene.is_manual(task)).collect();
    section(scene, "People", &people, out)
}

fn section(scene: &Scene, name: &str, tasks: &[TaskId], out: &mut dyn Write) -> io::Result<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    writeln!(out, "  section {name}")?;
    for &task in tasks {
        let (start, end) = scene.span(task);
        let start = start / 1_000;
        let end = end.div_ceil(1_000).max(start + 1);
        // A colon ends the title and a comma a field; their entities would end in a semicolon, which ends a line.
        let title = format!("{} {}", scene.id(task), cut(scene.title(task), 48));
        let title = plain(&title.replace([':', ',', ';', '#'], " "));
        let mark = if scene.on_chain(task) { "crit, " } else { "" };
        writeln!(out, "  {title} :{mark}n{}, {start}, {end}", task.0)?;
    }
    Ok(())
}
