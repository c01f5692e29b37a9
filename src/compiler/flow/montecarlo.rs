//! What time and money the plan will really take: the pool schedule played many times with durations by chance.
//!
//! Durations are lognormal between their median and ninetieth percentile, with an attempt repeated where it fails;
//! money lies between the low and high of its estimate. The same seed gives the same figures to the bit.

use super::chain::chain_of;
use super::chance::Chance;
use super::pool::simulate;
use super::problem::{Kind, Problem};
use super::ready::Classes;

/// Attempts of a task at most.
const ATTEMPTS: u64 = 3;

/// Percentiles of one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Percentiles {
    /// Kept one time in two.
    pub p50: u64,
    /// Kept four times in five.
    pub p80: u64,
    /// Kept nine times in ten.
    pub p90: u64,
    /// Kept nineteen times in twenty.
    pub p95: u64,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forecast {
    /// Number of plays.
    pub samples: u32,
    /// The end, in milliseconds.
    pub time: Percentiles,
    /// Money, in micro-dollars.
    pub money: Percentiles,
    /// By vertex: in how many of a thousand plays it was on the critical chain.
    pub critical_milli: Vec<u32>,
}

impl Forecast {
    /// A buffer that makes the median as sure as the ninetieth percentile.
    #[must_use]
    pub fn buffer(&self) -> u64 {
        self.time.p90 - self.time.p50
    }
}

/// Plays that are worth their time for so many vertices: a thousand, fewer for large plans.
#[must_use]
pub fn plays(vertices: usize) -> u32 {
    u32::try_from((4_000_000 / vertices.max(1)).clamp(50, 1_000)).expect("at most a thousand")
}

/// Plays a plan. `ranking` is the order in which tasks are started.
#[must_use]
pub fn forecast(problem: &Problem, ranking: &[u32], seed: u64, samples: u32) -> Forecast {
    let samples = samples.max(1);
    let classes = Classes::new(problem, ranking);
    let mut duration = problem.duration.clone();
    let mut hits = vec![0_u64; problem.len()];
    let (mut times, mut monies) = (Vec::new(), Vec::new());
    for sample in 0..samples {
        let mut money = 0_u64;
        for v in problem.vertices() {
            let chance = Chance::new(seed, sample, v);
            duration[v as usize] = time(problem, v, chance);
            if problem.kind[v as usize] != Kind::Void {
                money = money.saturating_add(chance.amount(0, problem.cost[v as usize]));
            }
        }
        let pool = simulate(problem, &classes, &duration);
        for v in chain_of(problem, &duration, &pool.start).tasks {
            hits[v as usize] += 1;
        }
        times.push(pool.makespan);
        monies.push(money);
    }
    let milli = |hits: &u64| u32::try_from(hits * 1_000 / u64::from(samples)).expect("at most a thousand");
    Forecast {
        samples,
        time: percentiles(times),
        money: percentiles(monies),
        critical_milli: hits.iter().map(milli).collect(),
    }
}

/// One duration: an attempt, and another where it fails.
fn time(problem: &Problem, v: u32, chance: Chance) -> u64 {
    let at = v as usize;
    let mut time = 0_u64;
    for attempt in 0..ATTEMPTS {
        let place = 8 + attempt * 8;
        time = time.saturating_add(chance.time(place, problem.duration[at], problem.duration_p90[at]));
        if chance.milli(place + 7) >= problem.failure[at] {
            break;
        }
    }
    time
}

fn percentiles(mut values: Vec<u64>) -> Percentiles {
    values.sort_unstable();
    let at = |percent: usize| values[(values.len() * percent).div_ceil(100).max(1) - 1];
    Percentiles { p50: at(50), p80: at(80), p90: at(90), p95: at(95) }
}

#[cfg(test)]
mod tests {
    use super::{Forecast, forecast};
    use crate::compiler::flow::problem::Problem;

    fn check(spread: u64, failure: u32) -> Forecast {
        let mut problem = Problem::new(vec![60_000, 100_000, 30_000], &[(0, 2), (1, 2)], 2).unwrap();
        problem.duration_p90 = problem.duration.iter().map(|time| time * spread).collect();
        problem.cost = vec![[10, 20, 60]; 3];
        problem.failure = vec![failure; 3];
        forecast(&problem, &[1, 0, 2], 42, 1_000)
    }

    #[test]
    fn without_chance_every_play_is_the_plan() {
        let found = check(1, 0);
        assert_eq!((found.time.p50, found.time.p95), (130_000, 130_000));
        assert_eq!(found.critical_milli, [0, 1_000, 1_000]);
        assert!(found.money.p50.abs_diff(78) < 20 && found.money.p95 <= 180);
    }

    #[test]
    fn chance_moves_the_end_and_the_chain() {
        let found = check(2, 0);
        assert!(found.time.p50 > 130_000 && found.time.p95 > found.time.p80 && found.buffer() > 0);
        assert!(found.critical_milli[0] > 100 && found.critical_milli[0] < 500);
        assert_eq!(found, check(2, 0));
        assert!(check(2, 300).time.p50 > found.time.p50);
    }
}
