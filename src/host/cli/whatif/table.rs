//! Two plans beside each other: figure by figure, with what changes.

use std::io::{self, Write};

use crate::base::figure::{money, time};
use crate::base::quantity::{MicroUsd, Millis};
use crate::compiler::flow::whatif::Figures;

use super::Side;

/// Tasks of a chain that are shown.
const SHOWN: usize = 6;

/// A number with its sign.
fn signed(before: u64, after: u64, show: impl Fn(u64) -> String) -> String {
    match before.cmp(&after) {
        std::cmp::Ordering::Equal => String::new(),
        std::cmp::Ordering::Less => format!("+{}", show(after - before)),
        std::cmp::Ordering::Greater => format!("-{}", show(before - after)),
    }
}

/// Writes the table.
pub(super) fn write(
    before: &Side,
    after: &Side,
    name: &dyn Fn(u32) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{:>20}  {:>18}  {:>18}  change", "", "as it is", "as asked")?;
    let mut row = |title: &str, before: String, after: String, change: String| {
        writeln!(out, "{}", format!("{title:>20}  {before:>18}  {after:>18}  {change}").trim_end())
    };
    let (a, b) = (&before.figures, &after.figures);
    let count = |number: u64| number.to_string();
    let span = |millis: u64| time(Millis(millis));
    let cash = |micro: u64| money(MicroUsd(micro));
    let mut number = |title: &str, before: u64, after: u64, show: &dyn Fn(u64) -> String| {
        row(title, show(before), show(after), signed(before, after, show))
    };
    number("tasks", a.tasks.into(), b.tasks.into(), &count)?;
    number("waves", a.waves.into(), b.waves.into(), &count)?;
    number("cost", a.cost[1], b.cost[1], &cash)?;
    number("cost at most", a.cost[2], b.cost[2], &cash)?;
    number("time, task by task", a.pool, b.pool, &span)?;
    number("time, wave by wave", a.barrier, b.barrier, &span)?;
    number("never under", a.lower_bound, b.lower_bound, &span)?;
    number("tasks on the chain", a.chain.len() as u64, b.chain.len() as u64, &count)?;
    number("blocking findings", before.blocking as u64, after.blocking as u64, &count)?;
    let mark = |changed: bool| if changed { "changed".to_owned() } else { String::new() };
    row("limited by", a.constraint.clone(), b.constraint.clone(), mark(a.constraint != b.constraint))?;
    let (one, other) = (chain(a, name), chain(b, name));
    writeln!(out, "{:>20}  {one}", "chain")?;
    if one != other {
        writeln!(out, "{:>20}  {other}", "becomes")?;
    }
    Ok(())
}

fn chain(figures: &Figures, name: &dyn Fn(u32) -> String) -> String {
    let names: Vec<String> = figures.chain.iter().map(|&v| name(v)).filter(|name| !name.is_empty()).collect();
    match names.len() {
        0 => "–".to_owned(),
        n if n > SHOWN => format!("{} > … > {}  ({n} tasks)", names[..SHOWN - 1].join(" > "), names[n - 1]),
        _ => names.join(" > "),
    }
}

/// The same for programs.
pub(super) fn facts(before: &Side, after: &Side, name: &dyn Fn(u32) -> String) -> serde_json::Value {
    serde_json::json!({
        "schema": "dispatch.whatif/v1",
        "before": side(before, name),
        "after": side(after, name),
    })
}

fn side(side: &Side, name: &dyn Fn(u32) -> String) -> serde_json::Value {
    let figures = &side.figures;
    let chain: Vec<String> = figures.chain.iter().map(|&v| name(v)).filter(|name| !name.is_empty()).collect();
    serde_json::json!({
        "tasks": figures.tasks,
        "waves": figures.waves,
        "cost_micro_usd": { "low": figures.cost[0], "likely": figures.cost[1], "high": figures.cost[2] },
        "pool_makespan_s": Millis(figures.pool).secs(),
        "barrier_makespan_s": Millis(figures.barrier).secs(),
        "lower_bound_s": Millis(figures.lower_bound).secs(),
        "chain": chain,
        "constraint": figures.constraint,
        "blocking": side.blocking,
    })
}
