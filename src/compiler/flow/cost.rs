//! What the plan costs: tokens of the very prompts that are emitted, of the client around them, and of retries.
//!
//! A task is a conversation: its client sends its overhead and the prompt, and sends all of it again with every turn.
//! *low* is one attempt in few turns with a short answer; *likely* is the expectation with retries; *high* is every
//! attempt that its model is granted, with many turns and long answers. No float takes part.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::quantity::{Interval, MicroUsd, Millis, NanoUsd, Tokens};
use crate::base::suggest;
use crate::base::table::Table;
use crate::ir::equipment::{Equipment, Kit, ModelId};
use crate::ir::graph::{Task, TaskGraph, TaskId};
use crate::ir::plan::{Cost, Estimate, Prices, Schedule, Share};
use crate::ir::price::{Harness, Price, PriceBook};
use crate::ir::prompt::{PrefixId, Prompts};
use crate::ir::registry::Registry;
use crate::ir::settings::Settings;

use formula::{Attempt, Rung, Sharing, Usage, expected, ratio_milli};

pub mod formula;

/// What pricing reads.
#[derive(Debug, Clone, Copy)]
pub struct Market<'a> {
    /// Prices and clients.
    pub book: &'a PriceBook,
    /// Ladders of retries, and the client assumed.
    pub registry: &'a Registry,
    /// Limits on how many tasks run together.
    pub settings: &'a Settings,
}

/// Reckons every task. A model without a price is an error, told once for each model at its first task.
#[must_use]
pub fn price(
    inputs: &Inputs,
    graph: &TaskGraph,
    equipment: &Equipment,
    prompts: &Prompts,
    market: Market<'_>,
) -> Outcome<Table<TaskId, Estimate>> {
    let mut findings = Vec::new();
    let mut missing: BTreeSet<ModelId> = BTreeSet::new();
    let groups = Groups::new(equipment, prompts, market);
    let mut rows = Vec::with_capacity(graph.tasks.len());
    for (id, task) in graph.tasks.iter() {
        let kit = &equipment.kits[id];
        let (Some(prefix), Some(model)) = (prompts.sheets[id].prefix, kit.model) else {
            rows.push(Estimate::default());
            continue;
        };
        let Some(price) = market.book.prices.models.get(&equipment.models[model].id) else {
            if missing.insert(model) {
                findings.push(no_price(inputs, task, &equipment.models[model].id, market));
            }
            rows.push(Estimate::default());
            continue;
        };
        let tokens = prompts.sheets[id].tokens;
        let question = Question { inputs, task, kit, model, price, prefix, tokens };
        rows.push(question.estimate(&groups, equipment, market));
    }
    Outcome::new(Table::new(rows), findings)
}

fn no_price(inputs: &Inputs, task: &Task, model: &str, market: Market<'_>) -> Diagnostic {
    let span = task.model.as_ref().map_or(task.at, crate::base::text::Text::at);
    let known = market.book.prices.models.keys().map(String::as_str);
    let message = format!("the model `{model}` has no price in `{}`", market.book.path);
    let help = suggest::nearest(model, known).map_or_else(
        || format!("add `{model}: {{input: …, output: …, cache_write: …, cache_read: …}}` to `models` in your prices.yaml"),
        |name| format!("did you mean `{name}`? otherwise add `{model}` to `models` in your prices.yaml"),
    );
    debug_assert!(inputs.text(span.file).len() >= span.range().end);
    Diagnostic::error("model/no-price", span, message).help(help)
}

/// Tasks that share a beginning, by the beginning and the model.
struct Groups {
    prefixes: BTreeMap<(PrefixId, ModelId), Sharing>,
    /// The client's own overhead, by model.
    overhead: BTreeMap<ModelId, Sharing>,
}

impl Groups {
    fn new(equipment: &Equipment, prompts: &Prompts, market: Market<'_>) -> Self {
        let mut sizes: BTreeMap<(PrefixId, ModelId), (u64, Millis)> = BTreeMap::new();
        let mut models: BTreeMap<ModelId, (u64, Millis)> = BTreeMap::new();
        for (id, sheet) in prompts.sheets.iter() {
            let kit = &equipment.kits[id];
            if let (Some(prefix), Some(model)) = (sheet.prefix, kit.model) {
                let add = |entry: &mut (u64, Millis)| *entry = (entry.0 + 1, entry.1.max(kit.duration));
                add(sizes.entry((prefix, model)).or_default());
                add(models.entry(model).or_default());
            }
        }
        let overhead = harness(market).overhead.0;
        let sharing = |tokens, model: ModelId, (tasks, longest): (u64, Millis)| {
            let model = &equipment.models[model];
            let slots = model.slots.unwrap_or(market.settings.limits.max_parallel);
            let together = u64::from(slots.min(market.settings.limits.max_parallel).max(1));
            // An entry lives on while tasks keep using it; when they take longer than it lives, each round begins cold.
            let lives = longest <= Millis::from_secs(market.book.prices.cache.ttl_s);
            Sharing::new(tokens, tasks, together, if lives { 1 } else { tasks.div_ceil(together) })
        };
        let prefixes = sizes
            .into_iter()
            .map(|(key, size)| (key, sharing(prompts.prefixes[key.0].tokens.0, key.1, size)))
            .collect();
        let overhead =
            models.into_iter().map(|(model, size)| (model, sharing(overhead, model, size))).collect();
        Self { prefixes, overhead }
    }
}

fn harness(market: Market<'_>) -> Harness {
    market.book.harness.clients.get(&market.registry.default_client).copied().unwrap_or_default()
}

/// One task that wants an estimate.
struct Question<'a> {
    inputs: &'a Inputs,
    task: &'a Task,
    kit: &'a Kit,
    model: ModelId,
    price: &'a Price,
    prefix: PrefixId,
    tokens: Tokens,
}

impl Question<'_> {
    fn estimate(&self, groups: &Groups, equipment: &Equipment, market: Market<'_>) -> Estimate {
        let harness = harness(market);
        let overhead = groups.overhead[&self.model];
        let beginning = groups.prefixes[&(self.prefix, self.model)];
        let apart = harness.breakpoint && beginning.pays(self.price);
        let own = if apart { self.tokens.0 - beginning.tokens.min(self.tokens.0) } else { self.tokens.0 };
        let shared = harness.overhead.0 + self.tokens.0 - own;
        let limit = u64::from(self.kit.max_turns.max(1));
        let turns = |wanted: u64| wanted.clamp(1, limit);
        let output = self.output(market);
        let attempt = |turns, output| Attempt {
            turns,
            shared,
            own,
            output,
            growth: harness.growth.0,
            caches: harness.caches,
        };
        let usage = Interval {
            low: attempt(turns(harness.turns.low), output.low.0).usage(),
            likely: attempt(turns(harness.turns.likely), output.likely.0).usage(),
            high: attempt(turns(harness.turns.high), output.high.0).usage(),
        };
        // The shared tokens of the first turn: all found, shared evenly, none found.
        let first = |price: &Price| Interval {
            low: sent(harness.caches, Usage { read: shared, ..Usage::default() }, shared).cost(price),
            likely: share(overhead, harness.caches, price)
                + if apart { beginning.share(price) } else { NanoUsd(0) },
            high: sent(harness.caches, Usage { write: shared, ..Usage::default() }, shared).cost(price),
        };
        let once = first(self.price);
        let attempts = market.registry.retry(self.kit).attempts.max(1);
        let likely =
            expected(&self.ladder(|price| usage.likely.cost(price) + first(price).likely, equipment, market));
        let low = usage.low.cost(self.price) + once.low;
        let high = (usage.high.cost(self.price) + once.high).0.saturating_mul(u64::from(attempts));
        let likely = likely.max(low);
        Estimate {
            input: Interval {
                low: Tokens(usage.low.input() + shared),
                likely: Tokens(usage.likely.input() + shared),
                high: Tokens((usage.high.input() + shared).saturating_mul(u64::from(attempts))),
            },
            output: Interval { high: Tokens(output.high.0.saturating_mul(u64::from(attempts))), ..output },
            cost: Interval {
                low: low.to_micro(),
                likely: likely.to_micro(),
                high: NanoUsd(high).max(likely).to_micro(),
            },
            requests: u32::try_from(turns(harness.turns.likely)).unwrap_or(u32::MAX),
            metered: Tokens(
                usage.likely.input() - usage.likely.read + if harness.caches { 0 } else { shared },
            ),
            failure_milli: self.failure_milli(equipment, market),
        }
    }

    /// The chance that an attempt fails: measured, with a fair doubt where little was, else as usual for the tier.
    fn failure_milli(&self, equipment: &Equipment, market: Market<'_>) -> u32 {
        let durations = &market.registry.durations;
        let model = equipment.models[self.model].id.as_str();
        let work = self.task.work.as_ref().map_or("", |work| work.get(self.inputs));
        let known = |wanted: &str| {
            let mut rows = durations.history.iter().filter(|row| row.runs >= durations.min_runs);
            rows.find(|row| row.model == model && row.work == wanted)
        };
        if let Some(row) = known(work).or_else(|| known("")) {
            let (failures, runs) = (u64::from(row.failures.min(row.runs)), u64::from(row.runs));
            return u32::try_from((failures + 1) * 1_000 / (runs + 2)).unwrap_or(1_000);
        }
        let percent = market.book.prices.failure_percent.get(&equipment.models[self.model].tier).copied();
        u32::try_from(percent.unwrap_or(0).min(100) * 10).unwrap_or(1_000)
    }

    /// Tokens one attempt answers: as declared, by type of work, or as usual.
    fn output(&self, market: Market<'_>) -> Interval<Tokens> {
        let rule = &market.book.prices.output;
        let declared = self.task.columns.as_ref().and_then(|columns| columns.tokens_out.as_ref());
        let declared = declared.and_then(|tokens| u64::try_from(tokens.value).ok()).map(Tokens);
        let work = || self.task.work.as_ref().and_then(|work| rule.work.get(work.get(self.inputs)).copied());
        let likely = declared.or_else(work).unwrap_or(rule.default);
        let percent = |percent: u64| Tokens(likely.0.saturating_mul(percent) / 100);
        Interval {
            low: percent(rule.low_percent.min(100)),
            likely,
            high: percent(rule.high_percent.max(100)),
        }
    }

    /// The attempts of its model, then those of the models it is handed on to.
    fn ladder(
        &self,
        cost: impl Fn(&Price) -> NanoUsd,
        equipment: &Equipment,
        market: Market<'_>,
    ) -> Vec<Rung> {
        let failure = |tier: &str| market.book.prices.failure_percent.get(tier).copied().unwrap_or(0);
        let retry = market.registry.retry(self.kit);
        let mut rungs = vec![Rung {
            cost: cost(self.price),
            attempts: retry.attempts.max(1),
            failure_percent: failure(&equipment.models[self.model].tier),
        }];
        let mut next = retry.then;
        // A ladder names each model once; one that goes round is cut.
        for _ in 0..market.registry.models.len() {
            let Some(price) = market.book.prices.models.get(&next) else { break };
            let tier = market.registry.model(&next).map_or("", |id| market.registry.models[id].tier.as_str());
            let retry = market.registry.retries.get(&next).cloned().unwrap_or_default();
            rungs.push(Rung {
                cost: cost(price),
                attempts: retry.attempts.max(1),
                failure_percent: failure(tier),
            });
            next = retry.then;
        }
        rungs
    }
}

/// The usage where the client caches; else the same tokens sent afresh.
fn sent(caches: bool, usage: Usage, tokens: u64) -> Usage {
    if caches { usage } else { Usage { fresh: tokens, ..Usage::default() } }
}

fn share(sharing: Sharing, caches: bool, price: &Price) -> NanoUsd {
    if caches && sharing.tokens > 0 {
        return sharing.share(price);
    }
    Usage { fresh: sharing.tokens, ..Usage::default() }.cost(price)
}

/// Adds the estimates up, by everything they can be looked at by.
#[must_use]
pub fn summarise(
    graph: &TaskGraph,
    equipment: &Equipment,
    prompts: &Prompts,
    schedule: &Schedule,
    tasks: Table<TaskId, Estimate>,
    market: Market<'_>,
) -> Cost {
    let mut by_model = Sums::default();
    let mut by_wave = Sums::default();
    let mut by_domain = Sums::default();
    let mut by_story = Sums::default();
    let mut total = Interval::<MicroUsd>::default();
    let mut paid = 0;
    for (id, estimate) in tasks.iter() {
        let kit = &equipment.kits[id];
        let wave = schedule.timing.get(id).map_or(0, |timing| timing.wave);
        if wave == 0 {
            continue;
        }
        let cost = estimate.cost;
        total = total + cost;
        paid += u64::from(prompts.sheets[id].prefix.is_some());
        by_model.add(kit.model.map_or("worker", |model| equipment.models[model].id.as_str()), cost);
        by_wave.add(&format!("{wave:06}"), cost);
        by_domain.add(kit.domain.map_or("none", |domain| equipment.domains[domain].as_str()), cost);
        by_story.add(&graph.stories[graph.tasks[id].story].id, cost);
    }
    let by_wave = by_wave
        .into_shares()
        .into_iter()
        .map(|share| Share { name: share.name.trim_start_matches('0').to_owned(), ..share });
    let (saving, worth) = caching(&Groups::new(equipment, prompts, market), equipment, market);
    let main = main_context(total.likely, paid, market);
    Cost {
        tasks,
        total,
        by_model: by_model.into_shares(),
        by_wave: by_wave.collect(),
        by_domain: by_domain.into_shares(),
        by_story: by_story.into_shares(),
        cache_saving: saving,
        cached_prefixes: worth,
        main_context_formula: main.0,
        main_context_milli: main.1,
        main_context_cached_milli: main.2,
        prices: Prices {
            source: market.book.path.clone(),
            date: market.book.prices.date.clone(),
            hash: market.book.hash,
        },
    }
}

#[derive(Default)]
struct Sums(BTreeMap<String, (u32, Interval<MicroUsd>)>);

impl Sums {
    fn add(&mut self, name: &str, cost: Interval<MicroUsd>) {
        if let Some(sum) = self.0.get_mut(name) {
            *sum = (sum.0 + 1, sum.1 + cost);
        } else {
            self.0.insert(name.to_owned(), (1, cost));
        }
    }
    fn into_shares(self) -> Vec<Share> {
        self.0.into_iter().map(|(name, (tasks, cost))| Share { name, tasks, cost }).collect()
    }
}

/// How many shared beginnings are worth a breakpoint, and what setting it saves in micro-dollars: nothing where the client
/// cannot set one.
fn caching(groups: &Groups, equipment: &Equipment, market: Market<'_>) -> (i64, (u32, u32)) {
    let mut saving: i128 = 0;
    let mut worth = (0, 0);
    for ((_, model), sharing) in &groups.prefixes {
        let Some(price) = market.book.prices.models.get(&equipment.models[*model].id) else { continue };
        worth.1 += 1;
        if sharing.pays(price) {
            worth.0 += 1;
            if !harness(market).breakpoint {
                continue;
            }
            saving += i128::from(sharing.uncached(price).0) - i128::from(sharing.cached(price).0);
        }
    }
    (i64::try_from(saving / 1_000).unwrap_or(i64::MAX), worth)
}

/// The same work in one long conversation: the formula with its figures, and both ratios.
fn main_context(plan: MicroUsd, tasks: u64, market: Market<'_>) -> (String, u64, u64) {
    let main = &market.book.prices.main_context;
    let Some(price) = market.book.prices.models.get(&main.model) else { return (String::new(), 0, 0) };
    let afresh = Usage { fresh: main.input.0, output: main.output.0, ..Usage::default() }.cost(price);
    let reread = Usage { read: main.input.0, output: main.output.0, ..Usage::default() }.cost(price);
    let plan = NanoUsd(plan.0.saturating_mul(1_000));
    let formula = format!(
        "({} tokens in × ${} + {} tokens out × ${} per million of {}) × {tasks} tasks ÷ ${} for the plan",
        main.input.0,
        dollars(price.input.0, 3),
        main.output.0,
        dollars(price.output.0, 3),
        main.model,
        dollars(plan.0, 9),
    );
    (formula, ratio_milli(afresh, tasks, plan), ratio_milli(reread, tasks, plan))
}

/// A decimal number without needless zeros.
fn dollars(units: u64, decimals: u32) -> String {
    let scale = 10_u64.pow(decimals);
    let text = format!("{}.{:0width$}", units / scale, units % scale, width = decimals as usize);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
