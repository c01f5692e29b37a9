//! What may become of the plan, as tables of `plan.md`: chance, failure, sizes of waves, merges.

use std::fmt::Write as _;

use crate::base::inputs::Inputs;
use crate::base::table::Id as _;
use crate::ir::graph::TaskId;
use crate::ir::outlook::Risk;
use crate::ir::plan::Plan;

use super::merges::merges;
use super::page::{money, time};
use super::plan_page::closed;
use super::quote;

/// Tasks that are listed, those with most at stake first.
const LISTED: usize = 12;

/// Rows of the table of percentiles; empty where the plan was not played.
pub(super) fn forecast(plan: &Plan) -> String {
    let Some(forecast) = &plan.schedule.outlook.forecast else { return String::new() };
    let (times, monies) = (forecast.time, forecast.money);
    let mut out = String::new();
    let _ = writeln!(out, "| Time | {} | {} | {} |", time(times.p50), time(times.p80), time(times.p95));
    let _ =
        write!(out, "| Cost | ${} | ${} | ${} |", money(monies.p50), money(monies.p80), money(monies.p95));
    out
}

/// The tasks whose failure costs most: what waits for them, then how much later the plan ends.
fn riskiest(plan: &Plan) -> Vec<(TaskId, Risk)> {
    let risks = &plan.schedule.outlook.risks;
    let open = risks.iter().filter(|(id, _)| !plan.graph.tasks[*id].done);
    let mut rows: Vec<(TaskId, Risk)> = open.map(|(id, risk)| (id, *risk)).collect();
    rows.sort_by_key(|(id, risk)| {
        (std::cmp::Reverse((risk.gate_value, risk.blocked_cost, risk.delay, risk.waste)), id.index())
    });
    rows
}

/// Rows of the table of failures, and how many tasks it leaves out.
pub(super) fn risks(inputs: &Inputs, plan: &Plan) -> (String, usize) {
    let rows = riskiest(plan);
    let mut out = String::new();
    for (id, risk) in rows.iter().take(LISTED) {
        out.push_str("| ");
        quote::cell(&mut out, plan.graph.id(*id, inputs));
        let chance = plan.schedule.outlook.forecast.as_ref();
        let chance = chance.and_then(|forecast| forecast.critical_milli.get(*id));
        let chance = chance.map_or_else(|| "–".to_owned(), |milli| format!("{} %", (milli + 5) / 10));
        let _ = writeln!(
            out,
            " | {} | ${} | {}{} | ${} | {chance} |",
            time(risk.delay),
            money(risk.waste),
            risk.blocked,
            if risk.single_point { " *" } else { "" },
            money(risk.blocked_cost),
        );
    }
    (closed(out), rows.len().saturating_sub(LISTED))
}

/// Rows of the U-curve; empty where the sizes were not tried.
pub(super) fn curve(plan: &Plan) -> String {
    let Some(curve) = &plan.schedule.outlook.curve else { return String::new() };
    let most = curve.points.iter().map(|point| point.objective.0).max().unwrap_or(1).max(1);
    let mut out = String::new();
    for point in &curve.points {
        let bar = usize::try_from(point.objective.0.saturating_mul(20) / most).unwrap_or(20).max(1);
        let _ = writeln!(
            out,
            "| {}{} | {} | {} | ${} | ${} | `{}` |",
            point.size,
            if point.size == curve.best { " *" } else { "" },
            point.waves,
            time(point.end),
            money(point.cost),
            money(point.objective),
            "#".repeat(bar),
        );
    }
    closed(out)
}

/// A line for each merge obligation, in the order in which they are due.
pub(super) fn obligations(inputs: &Inputs, plan: &Plan) -> String {
    let mut out = String::new();
    let name = |out: &mut String, task: TaskId| quote::code(out, plan.graph.id(task, inputs));
    for merge in merges(&plan.graph, inputs) {
        out.push_str("- ");
        name(&mut out, merge.task);
        if merge.conflicts.is_empty() {
            out.push_str(": touches nothing that another copy changes");
        }
        for (at, (other, path)) in merge.conflicts.iter().enumerate() {
            out.push_str(if at == 0 { " after " } else { ", after " });
            name(&mut out, *other);
            out.push_str(": both write ");
            quote::code(&mut out, path.get(inputs));
        }
        for (at, &before) in merge.before.iter().take(LISTED).enumerate() {
            out.push_str(if at == 0 { "; before " } else { ", " });
            name(&mut out, before);
            if at == 0 && merge.before.len() == 1 {
                out.push_str(" starts");
            }
        }
        if merge.before.len() > 1 {
            out.push_str(" start");
        }
        out.push('\n');
    }
    closed(out)
}
