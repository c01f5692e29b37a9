//! How many tasks a wave should hold: the objective of planning 3.7, evaluated, not guessed by a formula.
//!
//! A small wave wastes the time set aside around it, a large one waits for its slowest task. Every size up to the
//! limit is planned, and the cheapest taken.

use crate::base::quantity::{MicroUsd, Millis};
use crate::ir::outlook::{Curve, Size};
use crate::ir::settings::Foresight;

use super::cpm::Cpm;
use super::problem::Problem;
use super::waves::waves;

/// Plans every size up to the limit; `money` tells what the tasks cost at a size, in micro-dollars.
#[must_use]
pub fn curve(problem: &Problem, cpm: &Cpm, worth: &Foresight, money: &dyn Fn(u32) -> MicroUsd) -> Curve {
    let mut sized = problem.clone();
    let point = |size: u32| {
        sized.capacity.parallel = size;
        let waves = waves(&sized, cpm);
        let count = u32::try_from(waves.starts.len()).expect("waves are tasks at most");
        let time = u128::from(waves.end) * u128::from(worth.hour.0) / 3_600_000;
        let time = u64::try_from(time).unwrap_or(u64::MAX);
        let cost = money(size);
        let objective = time.saturating_add(u64::from(count).saturating_mul(worth.wave.0));
        let objective = MicroUsd(objective.saturating_add(cost.0));
        Size { size, waves: count, end: Millis(waves.end), cost, objective }
    };
    let points: Vec<Size> = (1..=problem.capacity.parallel).map(point).collect();
    let best = points.iter().min_by_key(|point| (point.objective, point.size)).map_or(1, |point| point.size);
    Curve { points, best, closed_form_milli: closed_form_milli(worth.wave.0, worth.holding.0) }
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
    use super::{closed_form_milli, curve};
    use crate::base::quantity::MicroUsd;
    use crate::compiler::flow::cpm::Cpm;
    use crate::compiler::flow::problem::Problem;
    use crate::ir::settings::Foresight;

    #[test]
    fn the_curve_is_evaluated_and_the_smallest_best_size_taken() {
        let mut problem = Problem::new(vec![10_000; 12], &[], 6).unwrap();
        problem.wave_buffer = 17_000;
        let worth = Foresight { hour: MicroUsd(3_600_000), ..Foresight::default() };
        let check = |money: fn(u32) -> MicroUsd| curve(&problem, &Cpm::new(&problem), &worth, &money);
        let found = check(|_| MicroUsd(0));
        let ends: Vec<u64> = found.points.iter().map(|point| point.end.secs()).collect();
        assert_eq!((ends, found.best), (vec![324, 162, 108, 81, 81, 54], 6));
        let found = check(|size| MicroUsd(u64::from(size) * 50_000));
        assert_eq!(found.best, 3);
    }

    #[test]
    fn the_closed_form_is_that_of_the_curve() {
        assert_eq!(closed_form_milli(25_000, 3_000), Some(2_886));
        assert_eq!(closed_form_milli(1, 0), None);
    }
}
