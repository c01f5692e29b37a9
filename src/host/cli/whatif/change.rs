//! Accidents and prices: what their flags say, as changes of a problem and of the price table.

use crate::base::figure::parse_time;
use crate::base::inputs::Inputs;
use crate::base::quantity::NanoUsd;
use crate::base::suggest::nearest;
use crate::compiler::compilation::Compilation;
use crate::compiler::flow::whatif::Change;
use crate::host::error::HostError;
use crate::ir::price::PriceTable;

/// What may happen to a plan, and what tokens may cost.
#[derive(Debug, clap::Args)]
pub(in crate::host::cli) struct Accidents {
    /// A task is left out; what waits for it waits for what it waited for
    #[arg(long, value_name = "TASK", help_heading = "Accidents")]
    drop: Vec<String>,
    /// A task takes longer, or shorter: T4=60s, T4=+2m, T4=-30s
    #[arg(long, value_name = "TASK=TIME", help_heading = "Accidents")]
    delay: Vec<String>,
    /// A task fails for good: nothing behind it runs
    #[arg(long, value_name = "TASK", help_heading = "Accidents")]
    fail: Vec<String>,
    /// US dollars for a million tokens: opus.input=15, sonnet.output=12; also `cache_write`, `cache_read`
    #[arg(long, value_name = "MODEL.KIND=USD", help_heading = "Accidents")]
    price: Vec<String>,
}

impl Accidents {
    pub(super) fn is_empty(&self) -> bool {
        self.drop.is_empty() && self.delay.is_empty() && self.fail.is_empty() && self.price.is_empty()
    }

    /// Sets the prices that are given.
    pub(super) fn reprice(&self, table: &mut PriceTable) -> Result<(), HostError> {
        for pair in &self.price {
            let bad = |why: String| HostError::usage(format!("`--price {pair}`: {why}"));
            let (place, amount) =
                pair.split_once('=').ok_or_else(|| bad("write it as `sonnet.input=3.00`".to_owned()))?;
            let (model, kind) =
                place.rsplit_once('.').ok_or_else(|| bad("write it as `sonnet.input=3.00`".to_owned()))?;
            let known: Vec<String> = table.models.keys().cloned().collect();
            let price = table.models.get_mut(model).ok_or_else(|| {
                let near = nearest(model, known.iter().map(String::as_str));
                let near = near.map_or_else(|| known.join(", "), |near| format!("did you mean `{near}`?"));
                bad(format!("`{model}` has no price; {near}"))
            })?;
            let amount =
                per_million(amount).ok_or_else(|| bad(format!("`{amount}` is no amount in dollars")))?;
            match kind {
                "in" | "input" => price.input = amount,
                "out" | "output" => price.output = amount,
                "cache_write" => price.cache_write = amount,
                "cache_read" => price.cache_read = amount,
                _ => return Err(bad(format!("`{kind}` is none of input, output, cache_write, cache_read"))),
            }
        }
        Ok(())
    }

    /// What happens, in the order drop, delay, fail.
    pub(super) fn changes(
        &self,
        compilation: &Compilation<'_>,
        inputs: &Inputs,
    ) -> Result<Vec<Change>, HostError> {
        let task = |name: &str| find(compilation, inputs, name);
        let mut changes = Vec::new();
        for name in &self.drop {
            changes.push(Change::Drop(task(name)?));
        }
        for pair in &self.delay {
            let (name, by) = pair.split_once('=').ok_or_else(|| {
                HostError::usage(format!("`--delay {pair}` says no time")).hint("write `--delay T4=60s`")
            })?;
            let (sign, by) = match by.strip_prefix('-') {
                Some(less) => (-1, less),
                None => (1, by.strip_prefix('+').unwrap_or(by)),
            };
            let time = parse_time(by).and_then(|time| i64::try_from(time.0).ok()).ok_or_else(|| {
                HostError::usage(format!("`{by}` is no length of time")).hint("write 90s, 15m or 1h30m")
            })?;
            changes.push(Change::Delay(task(name)?, sign * time));
        }
        for name in &self.fail {
            changes.push(Change::Fail(task(name)?));
        }
        Ok(changes)
    }
}

fn find(compilation: &Compilation<'_>, inputs: &Inputs, name: &str) -> Result<u32, HostError> {
    let graph = &compilation.plan.graph;
    let found = graph.tasks.ids().find(|&id| graph.id(id, inputs) == name);
    found.map(|id| id.0).ok_or_else(|| {
        let known = graph.tasks.ids().map(|id| graph.id(id, inputs));
        let hint = nearest(name, known).map_or_else(
            || "see the tasks with `dispatch analyze`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        HostError::usage(format!("the plan has no task `{name}`")).hint(hint)
    })
}

/// Dollars for a million tokens, as the price of one.
fn per_million(text: &str) -> Option<NanoUsd> {
    let text = text.trim().trim_start_matches('$');
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = if whole.is_empty() && !part.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    // A dollar for a million tokens is a thousand nano-dollars for each.
    whole.checked_mul(1_000)?.checked_add(part).map(NanoUsd)
}

#[cfg(test)]
mod tests {
    use super::per_million;

    #[test]
    fn prices_are_exact() {
        let check = |text: &str| per_million(text).map(|price| price.0);
        assert_eq!(
            [check("3"), check("0.25"), check("$15.00"), check(".075")],
            [Some(3_000), Some(250), Some(15_000), Some(75)]
        );
        assert_eq!([check("cheap"), check(""), check("-1"), check("1.0001")], [None; 4]);
    }
}
