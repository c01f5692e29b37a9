//! How many tasks a wave should hold: the objective of planning 3.7, evaluated, not guessed by a formula.
//!
//! A small wave wastes the time set aside around it, a large one waits for its slowest task. Every size up to the
//! limit is planned, and the cheapest taken.

use super::cpm::Cpm;
use super::problem::Problem;
use super::waves::waves;

/// What time and waves are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// Micro-dollars of an hour until the end.
    pub hour: u64,
    /// Micro-dollars of starting, verifying and persisting one wave.
    pub wave: u64,
}

/// One size of waves and what it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Tasks at a time.
    pub size: u32,
    /// Waves.
    pub waves: u32,
    /// End when waves are barriers, in milliseconds.
    pub end: u64,
    /// Time, waves and caching together, in micro-dollars.
    pub objective: u64,
}

/// The U-curve: every size and the best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Curve {
    /// By size, from 1.
    pub points: Vec<Point>,
    /// The size of the least objective, the smallest of several.
    pub best: u32,
}

/// Plans every size up to the limit; `cache` tells what caching costs at a size, in micro-dollars.
#[must_use]
pub fn curve(problem: &Problem, worth: Worth, cache: impl Fn(u32) -> u64) -> Curve {
    let cpm = Cpm::new(problem);
    let mut sized = problem.clone();
    let point = |size: u32| {
        sized.capacity.parallel = size;
        let waves = waves(&sized, &cpm);
        let count = u32::try_from(waves.starts.len()).expect("waves are tasks at most");
        let time = u128::from(waves.end) * u128::from(worth.hour) / 3_600_000;
        let objective = u64::try_from(time).unwrap_or(u64::MAX);
        let objective = objective.saturating_add(u64::from(count).saturating_mul(worth.wave));
        Point { size, waves: count, end: waves.end, objective: objective.saturating_add(cache(size)) }
    };
    let points: Vec<Point> = (1..=problem.capacity.parallel).map(point).collect();
    let best = points.iter().min_by_key(|point| (point.objective, point.size)).map_or(1, |point| point.size);
    Curve { points, best }
}

/// Where `transaction / size + holding × size` is least, in thousandths: the closed form, for display beside the
/// curve. The well-known factor two belongs to another curve.
#[must_use]
pub fn closed_form_milli(transaction: u64, holding: u64) -> Option<u64> {
    let ratio = (u128::from(transaction) * 1_000_000).checked_div(u128::from(holding))?;
    u64::try_from(ratio.isqrt()).ok()
}

#[cfg(test)]
mod tests {
    use super::{Worth, closed_form_milli, curve};
    use crate::compiler::flow::problem::Problem;

    #[test]
    fn the_curve_is_evaluated_and_the_smallest_best_size_taken() {
        let mut problem = Problem::new(vec![10_000; 12], &[], 6).unwrap();
        problem.wave_buffer = 17_000;
        let found = curve(&problem, Worth { hour: 3_600_000, wave: 0 }, |_| 0);
        let ends: Vec<u64> = found.points.iter().map(|point| point.end / 1_000).collect();
        assert_eq!((ends, found.best), (vec![324, 162, 108, 81, 81, 54], 6));
        let found = curve(&problem, Worth { hour: 3_600_000, wave: 0 }, |size| u64::from(size) * 50_000);
        assert_eq!(found.best, 3);
    }

    #[test]
    fn the_closed_form_is_that_of_the_curve() {
        assert_eq!(closed_form_milli(25_000, 3_000), Some(2_886));
        assert_eq!(closed_form_milli(1, 0), None);
    }
}
