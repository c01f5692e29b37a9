//! `cost-report.md`: what the plan costs, by everything it can be looked at by, with the formulas shown.

use std::fmt::Write as _;

use minijinja::value::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::figure::{factor, thousands};
use crate::base::inputs::Inputs;
use crate::base::quantity::MicroUsd;
use crate::ir::plan::Plan;

use super::execution_plan::model;
use super::page::{self, money};
use super::plan_page::{closed, shares};
use super::quote;
use super::template::{Templates, plain};

/// Writes the report.
pub(super) fn write(
    templates: &Templates<'_>,
    inputs: &Inputs,
    plan: &Plan,
) -> Result<String, Box<Diagnostic>> {
    let cost = &plan.cost;
    let asked = plan.prompts.sheets.rows().iter().filter(|sheet| sheet.prefix.is_some()).count() as u64;
    let tokens =
        |pick: fn(&crate::ir::plan::Estimate) -> u64| cost.tasks.rows().iter().map(pick).sum::<u64>();
    let average = MicroUsd(cost.total.likely.0.checked_div(asked).unwrap_or(0));
    let saving = cost.cache_saving.unsigned_abs();
    let figures = vec![
        ("plan.id", plain(&plan.head.id)),
        ("total.low", Value::from(money(cost.total.low))),
        ("total.likely", Value::from(money(cost.total.likely))),
        ("total.high", Value::from(money(cost.total.high))),
        ("total.tasks", Value::from(asked)),
        ("total.average", Value::from(money(average))),
        ("total.input", Value::from(thousands(tokens(|estimate| estimate.input.likely.0)))),
        ("total.output", Value::from(thousands(tokens(|estimate| estimate.output.likely.0)))),
        ("cache.saving", Value::from(if saving == 0 { String::new() } else { money(MicroUsd(saving)) })),
        ("cache.loses", Value::from(cost.cache_saving < 0)),
        ("cache.worth", Value::from(cost.cached_prefixes.0)),
        ("cache.prefixes", Value::from(cost.cached_prefixes.1)),
        ("main.ratio", Value::from(factor(cost.main_context_milli))),
        ("main.ratio_cached", Value::from(factor(cost.main_context_cached_milli))),
    ];
    let line = |text: &str| {
        let mut out = String::new();
        quote::line(&mut out, text);
        out
    };
    let stories = if cost.by_story.len() > 1 { shares(&cost.by_story) } else { String::new() };
    let texts = [
        ("plan.title", line(&plan.head.title)),
        ("by_model", shares(&cost.by_model)),
        ("by_wave", shares(&cost.by_wave)),
        ("by_domain", shares(&cost.by_domain)),
        ("by_story", stories),
        ("by_task", tasks(inputs, plan)),
        ("main.formula", line(&cost.main_context_formula)),
        ("prices.source", line(&cost.prices.source)),
        ("prices.date", line(&cost.prices.date)),
    ];
    page::render(templates, "cost-report.md", figures, &texts)
}

fn tasks(inputs: &Inputs, plan: &Plan) -> String {
    let mut out = String::new();
    for (id, estimate) in plan.cost.tasks.iter() {
        if plan.prompts.sheets.get(id).is_none_or(|sheet| sheet.prefix.is_none()) {
            continue;
        }
        out.push_str("| ");
        quote::cell(&mut out, plan.graph.id(id, inputs));
        out.push_str(" | ");
        quote::cell(&mut out, model(plan, id).unwrap_or("–"));
        let _ = writeln!(
            out,
            " | {} | {} | ${} | ${} | ${} |",
            thousands(estimate.input.likely.0),
            thousands(estimate.output.likely.0),
            money(estimate.cost.low),
            money(estimate.cost.likely),
            money(estimate.cost.high)
        );
    }
    closed(out)
}
