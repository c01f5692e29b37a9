//! The graph as SVG, for browsers, pages and print, in light and dark.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::base::figure::{money, time};
use crate::base::table::Id as _;
use crate::ir::graph::TaskId;

use super::layout::{BOX, Layout, layout};
use super::{Scene, cut};

/// Width of a box and room between columns.
const WIDE: i64 = 190;
const BETWEEN: i64 = 64;
/// Room around, and above for the heads of waves.
const MARGIN: i64 = 24;
const HEAD: i64 = 92;
/// Room below for the legend.
const FOOT: i64 = 44;
/// Letters of an id and of a title that fit a box.
const ID: usize = 22;
const TITLE: usize = 29;

const STYLE: &str = "\
svg{font:12px ui-sans-serif,system-ui,Helvetica,Arial,sans-serif;background:#fff}\
.t{fill:#1b1f24}.s{fill:#57606a}.h{font-size:16px;font-weight:600}.w{fill:#57606a;font-size:11px}\
.band{fill:#f6f8fa}.b{fill:#fff;stroke:#b6bec8}.p{stroke-dasharray:3 3}.d{fill:#f6f8fa;stroke:#d0d7de;opacity:.7}\
.c{stroke:#0a7ea4;stroke-width:2.5}.l{fill:none;stroke:#b6bec8;stroke-width:1.2}\
.lc{fill:none;stroke:#0a7ea4;stroke-width:2.6}.lr{fill:none;stroke:#0a7ea4;stroke-width:1.8;stroke-dasharray:6 4}\
.m0{fill:#8c959f}.m1{fill:#2da44e}.m2{fill:#8250df}.m3{fill:#cf222e}.m4{fill:#bf8700}.r{fill:#0a7ea4;font-size:10px}\
@media(prefers-color-scheme:dark){svg{background:#0d1117}.t{fill:#e6edf3}.s,.w{fill:#9198a1}.band{fill:#151b23}\
.b{fill:#0d1117;stroke:#3d444d}.d{fill:#151b23;stroke:#3d444d}.l{stroke:#3d444d}.c,.lc,.lr{stroke:#4cc2e6}.r{fill:#4cc2e6}}";

pub(super) fn write(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let layout = layout(scene);
    let width = (x(layout.columns) - BETWEEN + MARGIN).max(560);
    let height = HEAD + layout.height + FOOT + MARGIN;
    let name = escaped(&scene.plan.head.title);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{name}\">"
    )?;
    writeln!(out, "<title>{name}</title>\n<style>{STYLE}</style>")?;
    head(scene, out)?;
    waves(scene, &layout, out)?;
    lines(scene, &layout, out)?;
    for task in scene.plan.graph.tasks.ids() {
        node(scene, &layout, task, out)?;
    }
    legend(scene, height - MARGIN, out)?;
    writeln!(out, "</svg>")
}

/// Left edge of a column.
fn x(column: u32) -> i64 {
    MARGIN + i64::from(column) * (WIDE + BETWEEN)
}

fn head(scene: &Scene, out: &mut dyn Write) -> io::Result<()> {
    let schedule = &scene.plan.schedule;
    let open = scene.plan.graph.tasks.ids().filter(|&task| !scene.is_done(task)).count();
    let facts = format!(
        "{open} tasks in {} waves · {} as a pool, {} in waves · {} · limited by {}",
        schedule.waves.len(),
        time(schedule.pool_makespan),
        time(schedule.barrier_makespan),
        money(scene.plan.cost.total.likely),
        schedule.constraint
    );
    writeln!(
        out,
        "<text class=\"t h\" x=\"{MARGIN}\" y=\"32\">{}</text>",
        escaped(&cut(&scene.plan.head.title, 90))
    )?;
    writeln!(out, "<text class=\"s\" x=\"{MARGIN}\" y=\"52\">{}</text>", escaped(&facts))
}

/// A band behind every other wave, and a head over each.
fn waves(scene: &Scene, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    for (wave, &column) in scene.plan.schedule.waves.iter().zip(&layout.waves) {
        let left = x(column);
        if wave.number % 2 == 1 {
            writeln!(
                out,
                "<rect class=\"band\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"8\"/>",
                left - 12,
                HEAD - 28,
                WIDE + 24,
                layout.height + 40
            )?;
        }
        let label = format!("wave {} · {}", wave.number, time(wave.prediction.duration));
        writeln!(out, "<text class=\"w\" x=\"{left}\" y=\"{}\">{}</text>", HEAD - 12, escaped(&label))?;
    }
    Ok(())
}

fn lines(scene: &Scene, layout: &Layout, out: &mut dyn Write) -> io::Result<()> {
    let middle = |task: TaskId| HEAD + layout.boxes[task.index()].1 + BOX / 2;
    let ends = |from: TaskId, to: TaskId| {
        ((x(layout.boxes[from.index()].0) + WIDE, middle(from)), (x(layout.boxes[to.index()].0), middle(to)))
    };
    // Lines of the chain last, so that they lie on top.
    let (chain, other): (Vec<usize>, Vec<usize>) = (0..scene.plan.graph.edges.len())
        .partition(|&at| scene.is_chained(scene.plan.graph.edges[at].from, scene.plan.graph.edges[at].to));
    for (class, list) in [("l", other), ("lc", chain)] {
        for at in list {
            let edge = &scene.plan.graph.edges[at];
            let (start, end) = ends(edge.from, edge.to);
            let points = layout.lines[at].iter().map(|&(column, y)| (x(column), HEAD + y));
            writeln!(out, "<path class=\"{class}\" d=\"{}\"/>", path(start, points, end))?;
        }
    }
    for (from, to, what) in scene.handed() {
        let ((_, top), _) = ends(from, to);
        let (start, end) = ends(from, to);
        writeln!(out, "<path class=\"lr\" d=\"{}\"/>", path(start, std::iter::empty(), end))?;
        writeln!(out, "<text class=\"r\" x=\"{}\" y=\"{}\">{}</text>", start.0 + 6, top - 6, escaped(what))?;
    }
    Ok(())
}

/// A smooth line: level where it leaves, passes a column and arrives.
fn path(start: (i64, i64), points: impl Iterator<Item = (i64, i64)>, end: (i64, i64)) -> String {
    let mut out = format!("M{} {}", start.0, start.1);
    let mut from = start;
    let mut curve = |to: (i64, i64)| {
        let bend = ((to.0 - from.0) / 2).max(24);
        let _ = write!(out, "C{} {} {} {} {} {}", from.0 + bend, from.1, to.0 - bend, to.1, to.0, to.1);
        from = to;
    };
    for point in points {
        curve(point);
        // Across the column it runs level.
        curve((point.0 + WIDE, point.1));
    }
    curve(end);
    out
}

fn node(scene: &Scene, layout: &Layout, task: TaskId, out: &mut dyn Write) -> io::Result<()> {
    let (column, top) = layout.boxes[task.index()];
    let (left, top) = (x(column), HEAD + top);
    let mut class = String::from(if scene.is_done(task) { "d" } else { "b" });
    if scene.is_manual(task) {
        class.push_str(" p");
    }
    if scene.on_chain(task) {
        class.push_str(" c");
    }
    let id = cut(scene.id(task), ID);
    let facts = if scene.is_done(task) { "done".to_owned() } else { scene.facts(task) };
    writeln!(out, "<g><title>{}: {}</title>", escaped(scene.id(task)), escaped(scene.title(task)))?;
    writeln!(
        out,
        "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"{WIDE}\" height=\"{BOX}\" rx=\"6\"/>\
         <rect class=\"m{}\" x=\"{}\" y=\"{}\" width=\"4\" height=\"{}\" rx=\"2\"/>",
        shade(scene, task),
        left + 5,
        top + 7,
        BOX - 14
    )?;
    writeln!(
        out,
        "<text class=\"t\" x=\"{}\" y=\"{}\"><tspan font-weight=\"600\">{}</tspan></text>\
         <text class=\"s\" x=\"{}\" y=\"{}\" text-anchor=\"end\" font-size=\"10\">{}</text>",
        left + 15,
        top + 19,
        escaped(&id),
        left + WIDE - 8,
        top + 19,
        escaped(if id.chars().count() > 10 { "" } else { &facts })
    )?;
    writeln!(
        out,
        "<text class=\"s\" x=\"{}\" y=\"{}\">{}</text></g>",
        left + 15,
        top + 36,
        escaped(&cut(scene.title(task), TITLE))
    )
}

/// The colour of a task's model: by its place among the models in use.
fn shade(scene: &Scene, task: TaskId) -> usize {
    let kit = &scene.plan.equipment.kits[task];
    kit.model.filter(|_| kit.auto).map_or(0, |model| model.index() % 4 + 1)
}

fn legend(scene: &Scene, y: i64, out: &mut dyn Write) -> io::Result<()> {
    let mut left = MARGIN;
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut shades: Vec<(usize, &str)> = scene
        .plan
        .graph
        .tasks
        .ids()
        .filter(|&task| !scene.is_done(task))
        .map(|task| (shade(scene, task), scene.who(task)))
        .collect();
    shades.sort_unstable();
    shades.dedup();
    for (shade, who) in shades {
        entries.push((
            format!("<rect class=\"m{shade}\" x=\"X\" y=\"Y\" width=\"12\" height=\"10\" rx=\"2\"/>"),
            who.to_owned(),
        ));
    }
    entries.push(("<path class=\"lc\" d=\"MX LhW\"/>".into(), "critical chain".into()));
    if scene.handed().next().is_some() {
        entries.push(("<path class=\"lr\" d=\"MX LhW\"/>".into(), "waits for something scarce".into()));
    }
    for (mark, text) in entries {
        let mark = mark
            .replace("MX LhW", &format!("M{left} {}h18", y - 4))
            .replace("\"X\"", &format!("\"{left}\""))
            .replace("\"Y\"", &format!("\"{}\"", y - 9));
        let room = i64::try_from(text.chars().count()).unwrap_or(0) * 7;
        writeln!(out, "{mark}<text class=\"s\" x=\"{}\" y=\"{y}\">{}</text>", left + 24, escaped(&text))?;
        left += 24 + room + 24;
    }
    Ok(())
}

/// Text between tags and in quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            // No other control character is allowed in XML, nor are these two.
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            letter => out.push(letter),
        }
    }
    out
}
