//! The plan on one screen: waves as rows, the tasks of a wave side by side, the critical chain marked, money and time.
//!
//! *Invariant*: at most `MOST_ROWS` waves and a few rows of each are shown, however large the plan.

use std::io;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::ir::equipment::Executor;
use crate::ir::graph::TaskId;
use crate::ir::plan::{Plan, Verdict, Wave};

use super::Style;
use super::paint::{Ink, Paint, fit, width};
use super::source::harmless;
use crate::base::figure::{money, time};

/// Waves shown before the middle of a long plan is left out, and after.
const MOST_ROWS: usize = 14;
const LAST_ROWS: usize = 2;
/// Lines of cells one wave may fill.
const MOST_LINES: usize = 4;
/// A cell is at least this wide, and a wave has at most this many side by side.
const CELL: usize = 34;
const MOST_ABREAST: usize = 5;
/// Columns of an id in the chain.
const NAME: usize = 24;
/// Columns before the cells: the number of the wave.
const MARGIN: usize = 6;

/// Writes the plan. `next` are the lines that say what to do now.
pub fn write(
    plan: &Plan,
    inputs: &Inputs,
    style: Style,
    next: &[String],
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let paint = Paint::new(style);
    head(plan, paint, out)?;
    let waves = &plan.schedule.waves;
    let hidden = waves.len().saturating_sub(MOST_ROWS);
    for (index, wave) in waves.iter().enumerate() {
        if hidden > 0 && index == MOST_ROWS - LAST_ROWS {
            let tasks: usize = waves[index..index + hidden].iter().map(|wave| wave.tasks.len()).sum();
            writeln!(
                out,
                "{:MARGIN$}{}",
                "",
                paint.ink(Ink::Faint, &format!("… {hidden} more waves with {tasks} tasks"))
            )?;
        }
        if hidden == 0 || index < MOST_ROWS - LAST_ROWS || index >= waves.len() - LAST_ROWS {
            row(plan, inputs, wave, style, paint, out)?;
        }
    }
    aside(plan, inputs, paint, out)?;
    stories(plan, style, paint, out)?;
    writeln!(out)?;
    foot(plan, inputs, style, paint, out)?;
    for (index, line) in next.iter().enumerate() {
        field(if index == 0 { "next" } else { "" }, line, paint, out)?;
    }
    Ok(())
}

fn head(plan: &Plan, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let tasks = plan.graph.tasks.len();
    let done = plan.graph.tasks.iter().filter(|(_, task)| task.done).count();
    let mut facts = vec![plan.head.kind.replace('_', " "), plural(tasks - done, "task")];
    if done > 0 {
        facts.push(format!("{done} done"));
    }
    facts.push(plural(plan.schedule.waves.len(), "wave"));
    writeln!(
        out,
        "{}  {}",
        paint.ink(Ink::Strong, &plan.head.title),
        paint.ink(Ink::Faint, &facts.join(" · "))
    )?;
    writeln!(out)
}

fn row(
    plan: &Plan,
    inputs: &Inputs,
    wave: &Wave,
    style: Style,
    paint: Paint,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let room = style.width.saturating_sub(MARGIN).max(CELL);
    let abreast = (room / CELL).clamp(1, MOST_ABREAST).min(wave.tasks.len().max(1));
    let cell = room / abreast;
    // Those of the chain come first, so that they are seen even where a wave is cut short.
    let mut tasks = wave.tasks.clone();
    tasks
        .sort_by_key(|task| (!plan.schedule.timing[*task].on_chain, plan.schedule.timing[*task].rank, *task));
    let most = abreast * MOST_LINES;
    let shown = if tasks.len() > most { most - 1 } else { tasks.len() };
    let mut margin = format!("{:>4}  ", wave.number);
    for line in tasks[..shown].chunks(abreast) {
        let mut top = paint.ink(Ink::Strong, &margin);
        let mut bottom = " ".repeat(MARGIN);
        for task in line {
            let (first, second) = (title(plan, inputs, *task), details(plan, *task));
            let is_chain = plan.schedule.timing[*task].on_chain;
            let ink = if is_chain { Ink::Chain } else { Ink::Plain };
            let mark = if is_chain { "* " } else { "  " };
            top.push_str(&paint.ink(ink, &fit(&format!("{mark}{first}"), cell - 1)));
            top.push(' ');
            bottom.push_str(&paint.ink(Ink::Faint, &fit(&format!("  {second}"), cell - 1)));
            bottom.push(' ');
        }
        writeln!(out, "{}\n{}", top.trim_end(), bottom.trim_end())?;
        margin = " ".repeat(MARGIN);
    }
    if shown < tasks.len() {
        writeln!(
            out,
            "{:MARGIN$}{}",
            "",
            paint.ink(Ink::Faint, &format!("  … {} more in this wave", tasks.len() - shown))
        )?;
    }
    Ok(())
}

fn title(plan: &Plan, inputs: &Inputs, task: TaskId) -> String {
    let row = &plan.graph.tasks[task];
    let whole = row.title.get(inputs);
    // What tells one of several from the others stands first: the end of a long title is cut.
    let note = whole.strip_suffix(')').filter(|_| row.part.is_some()).and_then(|text| text.rsplit_once(" ("));
    let title = match note {
        Some((title, note)) => format!("{note}: {title}"),
        None => whole.to_owned(),
    };
    // An id made from the title says nothing the title does not say.
    if row.source_id.is_some() { format!("{} {title}", plan.graph.id(task, inputs)) } else { title }
}

fn details(plan: &Plan, task: TaskId) -> String {
    let kit = &plan.equipment.kits[task];
    let who = match (kit.executor, kit.model) {
        (Executor::Human, _) => "a person",
        (Executor::Worker, _) | (_, None) => "worker",
        (_, Some(model)) => plan.equipment.models[model].id.as_str(),
    };
    let cost = plan.cost.tasks.get(task).map_or(0, |estimate| estimate.cost.likely.0);
    let cost = if cost == 0 {
        String::new()
    } else {
        format!(" · {}", money(crate::base::quantity::MicroUsd(cost)))
    };
    let consent = if kit.auto { "" } else { " · waits for you" };
    format!("{who}{cost} · {}{consent}", time(kit.duration))
}

/// The stories of a batch, in their order.
fn stories(plan: &Plan, style: Style, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let rows = plan.stories();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let room = style.width.saturating_sub(60).clamp(20, 44);
    let shown = if rows.len() > MOST_ROWS { MOST_ROWS - 1 } else { rows.len() };
    for (number, row) in (1..).zip(&rows).take(shown) {
        let story = &plan.graph.stories[row.story];
        let name = if story.id == story.slug {
            story.title.clone()
        } else {
            format!("{} {}", story.id, story.title)
        };
        let after: Vec<String> =
            plan.links_into(row.story).map(|link| plan.graph.stories[link.from].id.clone()).collect();
        let after = if after.is_empty() { String::new() } else { format!("  after {}", some(&after, 3)) };
        let times = format!("{} to {}", time(row.begin), time(row.end));
        writeln!(
            out,
            "{}  {} {:>9} {:>9} {times:>16}{}",
            paint.ink(Ink::Strong, &format!("{number:>4}")),
            fit(&harmless(&name), room),
            plural(row.open as usize, "task"),
            money(row.cost.likely),
            paint.ink(Ink::Faint, &harmless(&after))
        )?;
    }
    if shown < rows.len() {
        let line = format!("… {} more stories: `dispatch estimate` lists them", rows.len() - shown);
        writeln!(out, "{:MARGIN$}{}", "", paint.ink(Ink::Faint, &line))?;
    }
    Ok(())
}

/// Tasks that run in no wave.
fn aside(plan: &Plan, inputs: &Inputs, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let outside = |task: &TaskId| {
        !plan.graph.tasks[*task].done && plan.schedule.timing.get(*task).is_none_or(|timing| timing.wave == 0)
    };
    let tasks: Vec<TaskId> = plan.graph.tasks.ids().filter(outside).collect();
    if !tasks.is_empty() {
        let names: Vec<&str> = tasks.iter().take(6).map(|task| plan.graph.id(*task, inputs)).collect();
        let more = if tasks.len() > 6 { format!(" and {} more", tasks.len() - 6) } else { String::new() };
        writeln!(
            out,
            "{:MARGIN$}{}",
            "",
            paint.ink(Ink::Faint, &format!("in no wave: {}{more}", names.join(", ")))
        )?;
    }
    if !plan.graph.excluded.is_empty() {
        let count = plural(plan.graph.excluded.len(), "task");
        writeln!(
            out,
            "{:MARGIN$}{}",
            "",
            paint.ink(Ink::Faint, &format!("left out: {count}, see `excluded` in the manifest"))
        )?;
    }
    Ok(())
}

fn foot(plan: &Plan, inputs: &Inputs, style: Style, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let gates: Vec<String> = plan
        .gates
        .iter()
        .filter(|gate| gate.verdict != Verdict::Skipped)
        .map(|gate| {
            let (word, ink) = match gate.verdict {
                Verdict::Pass | Verdict::Skipped => ("pass", Ink::Good),
                Verdict::Warn => ("warn", Ink::Warn),
                Verdict::Waived => ("waived", Ink::Warn),
                Verdict::Fail => ("FAIL", Ink::Bad),
            };
            let failed =
                if gate.failed.is_empty() { String::new() } else { format!(" ({})", some(&gate.failed, 4)) };
            format!("{} {}{failed}", gate.id, paint.ink(ink, word))
        })
        .collect();
    if !gates.is_empty() {
        field("gates", &gates.join(" · "), paint, out)?;
    }
    if plan.graph.tasks.iter().all(|(_, task)| task.done) {
        let word =
            if plan.graph.tasks.is_empty() { "there is no task" } else { "every task is done already" };
        return field("state", word, paint, out);
    }
    let total = plan.cost.total;
    let models: Vec<String> =
        plan.cost.by_model.iter().map(|share| format!("{} {}", share.tasks, share.name)).collect();
    field(
        "cost",
        &format!(
            "{} likely, {} to {}  ({})",
            money(total.likely),
            money(total.low),
            money(total.high),
            models.join(", ")
        ),
        paint,
        out,
    )?;
    let schedule = &plan.schedule;
    field(
        "time",
        &format!(
            "{} task by task, {} wave by wave, never under {}  (limited by {})",
            time(schedule.pool_makespan),
            time(schedule.barrier_makespan),
            time(schedule.lower_bound),
            schedule.constraint,
        ),
        paint,
        out,
    )?;
    let name = |task: &TaskId| fit(&harmless(plan.graph.id(*task, inputs)), NAME).trim_end().to_owned();
    let chain: Vec<String> = schedule.chains.chain.iter().map(name).collect();
    if !chain.is_empty() {
        let room = style.width.saturating_sub(30).max(20);
        field(
            "chain",
            &format!("{}  ({})", arrows(&chain, room), time(schedule.chains.makespan)),
            paint,
            out,
        )?;
    }
    let blocking = plan.diagnostics.iter().filter(|finding| finding.blocks()).count();
    if blocking > 0 {
        let them = if blocking == 1 { "finding withholds" } else { "findings withhold" };
        field("state", &paint.ink(Ink::Bad, &format!("blocked: {blocking} {them} the plan")), paint, out)?;
    } else if plan.diagnostics.iter().any(counts) {
        let warnings = plan.diagnostics.iter().filter(|finding| counts(finding)).count();
        field("state", &format!("clean, with {}", plural(warnings, "remark")), paint, out)?;
    }
    Ok(())
}

fn counts(finding: &Diagnostic) -> bool {
    finding.waived.is_none()
}

/// `a > b > … > z`: the beginning and the end.
fn arrows(names: &[String], room: usize) -> String {
    let whole = names.join(" > ");
    if width(&whole) <= room {
        return whole;
    }
    let last = &names[names.len() - 1];
    let mut text = String::new();
    for name in names {
        if width(&text) + width(name) + width(last) + 9 > room {
            break;
        }
        text.push_str(name);
        text.push_str(" > ");
    }
    format!("{text}… > {last}")
}

fn some(names: &[String], most: usize) -> String {
    let shown = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most { format!("{shown}, …") } else { shown }
}

fn field(name: &str, text: &str, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "{} {text}", paint.ink(Ink::Strong, &format!("{name:>5}")))
}

/// `1 task`, `2 tasks`.
pub(in crate::host) fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
