//! What time and money the plan will really take: the pool schedule played many times with durations by chance.
//!
//! Durations are lognormal between their median and ninetieth percentile, with an attempt repeated where it fails;
//! money lies between the low and high of its estimate, around the likely one. The same seed gives the same figures to the bit.

use crate::base::quantity::{MicroUsd, Millis};
use crate::base::table::Table;
use crate::ir::outlook::{Forecast, Percentiles};
use crate::ir::settings::Foresight;

use super::chain::chain_of;
use super::chance::{Amount, Chance, Spread};
use super::pool::simulate;
use super::problem::{Kind, Problem};
use super::ready::Classes;

/// Attempts of a task at most.
const ATTEMPTS: u64 = 3;

/// How many plays are worth their time: as many as asked for, as far as the work allows, none if those say nothing.
#[must_use]
pub fn plays(vertices: usize, foresight: &Foresight) -> Option<u32> {
    let most = foresight.work / (vertices.max(1) as u64);
    let plays = foresight.plays.min(most);
    u32::try_from(plays)
        .ok()
        .filter(|&plays| plays > 0 && u64::from(plays) >= foresight.least.min(foresight.plays))
}

/// Plays a plan. `ranking` is the order in which tasks are started; the first `tasks` vertices are tasks.
#[must_use]
pub fn forecast(problem: &Problem, ranking: &[u32], tasks: usize, seed: u64, plays: u32) -> Forecast {
    let plays = plays.max(1);
    let classes = Classes::new(problem, ranking);
    let spreads: Vec<Spread> = problem
        .vertices()
        .map(|v| Spread::new(problem.duration[v as usize], problem.duration_p90[v as usize]))
        .collect();
    let amounts: Vec<Amount> = problem.cost.iter().map(|&cost| Amount::new(cost)).collect();
    let mut duration = problem.duration.clone();
    let mut hits = vec![0_u64; problem.len()];
    let (mut times, mut monies) = (Vec::new(), Vec::new());
    for play in 0..plays {
        let mut money = 0_u64;
        for v in problem.vertices() {
            let chance = Chance::new(seed, play, v);
            duration[v as usize] = time(spreads[v as usize], problem.failure[v as usize], chance);
            if problem.kind[v as usize] != Kind::Void {
                money = money.saturating_add(chance.amount(0, amounts[v as usize]));
            }
        }
        let pool = simulate(problem, &classes, &duration);
        for v in chain_of(problem, &duration, &pool.start).tasks {
            hits[v as usize] += 1;
        }
        times.push(pool.makespan);
        monies.push(money);
    }
    hits.truncate(tasks);
    let milli = |hits: &u64| u32::try_from(hits * 1_000 / u64::from(plays)).expect("at most a thousand");
    times.sort_unstable();
    monies.sort_unstable();
    Forecast {
        plays,
        time: percentiles(&times, Millis),
        money: percentiles(&monies, MicroUsd),
        critical_milli: Table::new(hits.iter().map(milli).collect()),
        buffer: Millis(percentile(&times, 90) - percentile(&times, 50)),
    }
}

/// One duration: an attempt, and another where it fails.
fn time(spread: Spread, failure: u32, chance: Chance) -> u64 {
    let mut time = 0_u64;
    for attempt in 0..ATTEMPTS {
        let place = 8 + attempt * 8;
        time = time.saturating_add(chance.time(place, spread));
        if chance.milli(place + 7) >= failure {
            break;
        }
    }
    time
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

fn percentiles<T>(sorted: &[u64], of: fn(u64) -> T) -> Percentiles<T> {
    let at = |percent| of(percentile(sorted, percent));
    Percentiles { p50: at(50), p80: at(80), p95: at(95) }
}

#[cfg(test)]
mod tests {
    use super::{Forecast, forecast, plays};
    use crate::compiler::flow::problem::Problem;
    use crate::ir::settings::Foresight;

    fn check(spread: u64, failure: u32) -> Forecast {
        let mut problem = Problem::new(vec![60_000, 100_000, 30_000], &[(0, 2), (1, 2)], 2).unwrap();
        problem.duration_p90 = problem.duration.iter().map(|time| time * spread).collect();
        problem.cost = vec![[10, 20, 60]; 3];
        problem.failure = vec![failure; 3];
        forecast(&problem, &[1, 0, 2], 3, 42, 1_000)
    }

    #[test]
    fn without_chance_every_play_is_the_plan() {
        let found = check(1, 0);
        assert_eq!((found.time.p50.0, found.time.p95.0), (130_000, 130_000));
        assert_eq!(found.critical_milli.rows(), [0, 1_000, 1_000]);
        assert!(found.money.p50.0.abs_diff(60) < 12 && found.money.p95.0 <= 180);
    }

    #[test]
    fn chance_moves_the_end_and_the_chain() {
        let found = check(2, 0);
        assert!(found.time.p50.0 > 130_000 && found.time.p95 > found.time.p80 && found.buffer.0 > 0);
        assert!(found.critical_milli.rows()[0] > 100 && found.critical_milli.rows()[0] < 500);
        assert_eq!(found, check(2, 0));
        assert!(check(2, 300).time.p50 > found.time.p50);
    }

    #[test]
    fn plays_are_as_many_as_are_worth_their_time() {
        let foresight = Foresight { plays: 1_000, work: 50_000, least: 100, ..Foresight::default() };
        assert_eq!(
            [0, 12, 50, 500, 501].map(|n| plays(n, &foresight)),
            [Some(1_000), Some(1_000), Some(1_000), Some(100), None]
        );
        assert_eq!(plays(3, &Foresight { plays: 0, ..foresight }), None);
    }
}
