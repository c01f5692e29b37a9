//! The formulas of an estimate, in whole nano-dollars: spec/planning 8.

use crate::base::quantity::NanoUsd;
use crate::ir::price::Price;

/// Billions: the scale of a probability.
const ONE: u128 = 1_000_000_000;

/// Tokens of some requests, by how they are billed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Sent and not cached.
    pub fresh: u64,
    /// Sent and found in the cache.
    pub read: u64,
    /// Sent and put into the cache.
    pub write: u64,
    /// Answered.
    pub output: u64,
}

impl Usage {
    /// 8.1: what these tokens cost.
    #[must_use]
    pub fn cost(self, price: &Price) -> NanoUsd {
        let part = |tokens: u64, price: NanoUsd| u128::from(tokens) * u128::from(price.0);
        let sum = part(self.fresh, price.input)
            + part(self.read, price.cache_read)
            + part(self.write, price.cache_write)
            + part(self.output, price.output);
        NanoUsd(u64::try_from(sum).unwrap_or(u64::MAX))
    }
    /// Everything that is sent.
    #[must_use]
    pub fn input(self) -> u64 {
        self.fresh.saturating_add(self.read).saturating_add(self.write)
    }
}

/// One attempt at a task: a conversation of some turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// Requests; at least one.
    pub turns: u64,
    /// Tokens before the first turn that are shared with other tasks and cached: the client's overhead, and the
    /// beginning of the prompt where the client can cache it apart.
    pub shared: u64,
    /// The other tokens of the first request.
    pub own: u64,
    /// Tokens answered over all turns.
    pub output: u64,
    /// Tokens that the results of tools add with each turn.
    pub growth: u64,
    /// Whether the conversation is cached between turns.
    pub caches: bool,
}

impl Attempt {
    /// The tokens of all turns, those of `shared` in the first turn left out: see `Sharing`.
    ///
    /// Turn `t` sends `shared + own + (t − 1)·g`, `g` being what one turn adds. With a cache, what an earlier turn sent
    /// is read, and what is new is written if another turn follows.
    #[must_use]
    pub fn usage(self) -> Usage {
        let turns = self.turns.max(1);
        let later = turns - 1;
        let added = self.growth.saturating_add(self.output / turns);
        let again = later
            .saturating_mul(self.shared.saturating_add(self.own))
            .saturating_add(added.saturating_mul(later.saturating_mul(later.saturating_sub(1)) / 2));
        let news = later.saturating_mul(added);
        let first = self.own;
        if !self.caches {
            return Usage { fresh: first + again + news, output: self.output, ..Usage::default() };
        }
        if later == 0 {
            return Usage { fresh: first, output: self.output, ..Usage::default() };
        }
        // What the last turn adds is not sent again, so it is not kept.
        Usage { fresh: added, read: again, write: first + news - added, output: self.output }
    }
}

/// 8.3: tasks whose requests begin with the same tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharing {
    /// Tokens of the beginning.
    pub tokens: u64,
    /// Tasks.
    pub tasks: u64,
    /// Requests that find nothing in the cache: those that start together, once for each time it was forgotten.
    pub writes: u64,
}

impl Sharing {
    /// `tasks` tasks of which at most `together` run at a time, over `windows` lives of the cache entry.
    #[must_use]
    pub fn new(tokens: u64, tasks: u64, together: u64, windows: u64) -> Self {
        let writes = windows.max(1).saturating_mul(tasks.min(together.max(1))).min(tasks);
        Self { tokens, tasks, writes }
    }
    /// Whether the beginning is long enough to be cached, and cached costs less than sent afresh each time.
    #[must_use]
    pub fn pays(self, price: &Price) -> bool {
        self.tokens >= price.min_prefix.0 && self.cached(price) < self.uncached(price)
    }
    /// Its cost over all tasks with a cache.
    #[must_use]
    pub fn cached(self, price: &Price) -> NanoUsd {
        let write = self.tokens.saturating_mul(self.writes);
        let read = self.tokens.saturating_mul(self.tasks - self.writes);
        Usage { read, write, ..Usage::default() }.cost(price)
    }
    /// Its cost over all tasks without.
    #[must_use]
    pub fn uncached(self, price: &Price) -> NanoUsd {
        Usage { fresh: self.tokens.saturating_mul(self.tasks), ..Usage::default() }.cost(price)
    }
    /// What one task pays for it: the cheaper of both, shared evenly.
    #[must_use]
    pub fn share(self, price: &Price) -> NanoUsd {
        let total = if self.pays(price) { self.cached(price) } else { self.uncached(price) };
        NanoUsd((total.0 + self.tasks / 2) / self.tasks.max(1))
    }
}

/// A rung of the ladder of retries: cost of an attempt, attempts, failures in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// What one attempt costs.
    pub cost: NanoUsd,
    /// Attempts before the next rung.
    pub attempts: u32,
    /// Attempts that fail, percent.
    pub failure_percent: u64,
}

/// 8.5: the expected cost of a task with retries, `Σ reach·c·(1 − qⁿ)/(1 − q)`, rounded down.
#[must_use]
pub fn expected(ladder: &[Rung]) -> NanoUsd {
    let mut reach = ONE;
    let mut sum: u128 = 0;
    for rung in ladder {
        let failure = u128::from(rung.failure_percent.min(100)) * ONE / 100;
        for _ in 0..rung.attempts.min(100) {
            sum += reach * u128::from(rung.cost.0);
            reach = reach * failure / ONE;
        }
    }
    NanoUsd(u64::try_from(sum / ONE).unwrap_or(u64::MAX))
}

/// 8.4: `n` tasks of `one` each in a main context, over the cost of the plan, in thousandths; 0 when the plan is free.
#[must_use]
pub fn ratio_milli(one: NanoUsd, tasks: u64, plan: NanoUsd) -> u64 {
    let main = u128::from(one.0) * u128::from(tasks) * 1_000;
    main.checked_div(u128::from(plan.0)).map_or(0, |ratio| u64::try_from(ratio).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{Attempt, Rung, Sharing, Usage, expected, ratio_milli};
    use crate::base::quantity::NanoUsd;
    use crate::ir::price::{Price, PriceTable};

    fn table() -> PriceTable {
        let text = crate::builtin::file("squads/dispatch/data/prices.yaml").unwrap();
        serde_yaml::from_slice(text).unwrap()
    }

    fn price(model: &str) -> Price {
        table().models[model]
    }

    /// Nano-dollars of a request without a cache.
    fn check(model: &str, input: u64, output: u64, dollars: &str) {
        let cost = Usage { fresh: input, output, ..Usage::default() }.cost(&price(model)).0 / 10_000;
        assert_eq!(format!("{}.{:05}", cost / 100_000, cost % 100_000), dollars, "{model} {input} {output}");
    }

    #[test]
    fn planning_8_1_by_task() {
        check("haiku", 2_000, 1_000, "0.00700");
        check("sonnet", 3_000, 1_000, "0.02400");
        check("opus", 5_000, 1_000, "0.05000");
        for (level, haiku, sonnet) in
            [(850, "0.00585", "0.01755"), (2_850, "0.00785", "0.02355"), (6_350, "0.01135", "0.03405")]
        {
            check("haiku", level, 1_000, haiku);
            check("sonnet", level, 1_000, sonnet);
        }
    }

    #[test]
    fn planning_8_2_the_three_cache_models() {
        let haiku = price("haiku");
        let total = |parts: &[(u64, Usage)]| -> u64 {
            parts.iter().map(|(times, usage)| times * usage.cost(&haiku).0).sum::<u64>() / 1_000
        };
        let plain = Usage { fresh: 2_000, output: 1_000, ..Usage::default() };
        assert_eq!(total(&[(6, plain)]), 42_000);
        let half = Usage { fresh: 1_000, read: 1_000, output: 1_000, write: 0 };
        assert_eq!(total(&[(6, half)]), 36_600);
        let most = Usage { fresh: 400, read: 1_600, output: 1_000, write: 0 };
        assert_eq!(total(&[(1, plain), (5, most)]), 34_800);
        for (domains, micro) in [(1, 35_625), (2, 37_350), (6, 44_250)] {
            let shared = Sharing { tokens: 1_500, tasks: 6, writes: domains };
            let rest = Usage { fresh: 500 * 6, output: 6_000, ..Usage::default() };
            assert_eq!((shared.cached(&haiku).0 + rest.cost(&haiku).0) / 1_000, micro);
        }
    }

    #[test]
    fn planning_8_3_short_or_rare_beginnings_are_not_cached() {
        let haiku = price("haiku");
        assert!(!Sharing::new(4_095, 100, 1, 1).pays(&haiku));
        assert!(Sharing::new(4_096, 100, 1, 1).pays(&haiku));
        // 0.25·writes < 0.9·reads
        assert!(!Sharing { tokens: 5_000, tasks: 4, writes: 4 }.pays(&haiku));
        assert!(Sharing { tokens: 5_000, tasks: 9, writes: 7 }.pays(&haiku));
        assert!(!Sharing { tokens: 5_000, tasks: 9, writes: 8 }.pays(&haiku));
    }

    #[test]
    fn planning_8_4_main_context() {
        let main = table().main_context;
        let opus = price("opus");
        let usage = Usage { fresh: main.input.0, output: main.output.0, ..Usage::default() };
        let cached = Usage { read: main.input.0, fresh: 0, ..usage };
        assert_eq!(usage.cost(&opus).0, 300_000_000);
        assert_eq!(cached.cost(&opus).0, 75_000_000);
        let haiku = Usage { fresh: 2_000, output: 1_000, ..Usage::default() }.cost(&price("haiku"));
        assert_eq!(ratio_milli(usage.cost(&opus), 1, haiku), 42_857);
        assert_eq!(ratio_milli(cached.cost(&opus), 1, haiku), 10_714);
        let read = Usage { read: 2_000, output: 1_000, ..Usage::default() }.cost(&price("haiku"));
        assert_eq!(ratio_milli(usage.cost(&opus), 1, read), 57_692);
        assert_eq!(ratio_milli(usage.cost(&opus), 1, NanoUsd(0)), 0);
    }

    #[test]
    fn planning_8_5_retries() {
        let rung = |cost, attempts, failure_percent| Rung { cost: NanoUsd(cost), attempts, failure_percent };
        assert_eq!(expected(&[rung(1_000, 3, 0)]).0, 1_000);
        assert_eq!(expected(&[rung(1_000, 3, 10)]).0, 1_110);
        assert_eq!(expected(&[rung(1_000, 3, 10), rung(5_000, 2, 0)]).0, 1_115);
        assert_eq!(expected(&[rung(1_000, 2, 100), rung(5_000, 1, 100)]).0, 7_000);
    }

    #[test]
    fn turns_send_everything_again() {
        let attempt = Attempt { turns: 3, shared: 100, own: 10, output: 30, growth: 5, caches: false };
        // 10 + (110 + 15) + (110 + 30); the shared part of the first turn is reckoned with its group.
        assert_eq!(attempt.usage().input(), 275);
        let cached = Attempt { caches: true, ..attempt }.usage();
        assert_eq!(cached.input(), 275);
        assert_eq!(cached, Usage { fresh: 15, read: 110 + 125, write: 25, output: 30 });
        let once = Attempt { turns: 1, ..attempt };
        assert_eq!(once.usage().input(), 10);
    }
}
