//! The plan with something changed, beside the plan as it is; nothing is written.

use super::bound::{constraint, lower_bound};
use super::chain::chain;
use super::cpm::Cpm;
use super::improve::best;
use super::problem::{Kind, Problem};
use super::waves::waves;

/// Something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// So many tasks at once.
    Parallel(u32),
    /// So many tasks of a model at once.
    Slots(u32, u32),
    /// A task is left out; what waits for it still waits for what it waited for.
    Drop(u32),
    /// A task takes longer, or shorter, by so many milliseconds.
    Delay(u32, i64),
    /// A task fails for good: its money is spent, and nothing behind it runs.
    Fail(u32),
    /// A task is given to another model: its number, times and money with it.
    Model(u32, Swap),
    /// Everything costs something else: low, likely, high of each task.
    Prices(Vec<[u64; 3]>),
}

/// A task as another model does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swap {
    /// The model.
    pub model: u32,
    /// Expected time.
    pub duration: u64,
    /// Time kept nine times out of ten.
    pub duration_p90: u64,
    /// Money: low, likely, high.
    pub cost: [u64; 3],
}

/// The figures of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Tasks that an executor starts.
    pub tasks: u32,
    /// Waves.
    pub waves: u32,
    /// End when waves are barriers.
    pub barrier: u64,
    /// End of the pool schedule.
    pub pool: u64,
    /// No schedule ends earlier.
    pub lower_bound: u64,
    /// Money: low, likely, high.
    pub cost: [u64; 3],
    /// What limits it.
    pub constraint: String,
    /// The critical chain.
    pub chain: Vec<u32>,
}

impl Figures {
    /// Plans a problem and sums it up.
    #[must_use]
    pub fn new(problem: &Problem) -> Self {
        let cpm = Cpm::new(problem);
        let waves = waves(problem, &cpm);
        let (_, pool) = best(problem, &cpm);
        let chain = chain(problem, &pool.start);
        let mut cost = [0_u64; 3];
        for row in &problem.cost {
            (0..3).for_each(|at| cost[at] = cost[at].saturating_add(row[at]));
        }
        let number = |count: usize| u32::try_from(count).expect("vertices are numbered by u32");
        Self {
            tasks: number(problem.runners().count()),
            waves: number(waves.starts.len()),
            barrier: waves.end,
            pool: pool.makespan,
            lower_bound: lower_bound(problem, &cpm),
            cost,
            constraint: constraint(problem, &cpm, pool.makespan, &chain),
            chain: chain.tasks,
        }
    }
}

/// The figures of a problem as it is and with all changes made.
#[must_use]
pub fn whatif(problem: &Problem, changes: &[Change]) -> (Figures, Figures) {
    (Figures::new(problem), Figures::new(&changed(problem, changes)))
}

/// A problem with changes made, in order.
#[must_use]
pub fn changed(problem: &Problem, changes: &[Change]) -> Problem {
    let mut problem = problem.clone();
    for change in changes {
        make(&mut problem, change);
    }
    problem
}

fn make(problem: &mut Problem, change: &Change) {
    match change {
        Change::Parallel(parallel) => problem.capacity.parallel = (*parallel).max(1),
        Change::Slots(model, slots) => {
            let at = *model as usize;
            if problem.capacity.slots.len() <= at {
                problem.capacity.slots.resize(at + 1, None);
            }
            problem.capacity.slots[at] = Some((*slots).max(1));
        }
        Change::Drop(v) => empty(problem, *v),
        Change::Delay(v, by) => {
            let at = *v as usize;
            let moved = |time: u64| time.saturating_add_signed(*by);
            problem.duration[at] = moved(problem.duration[at]);
            problem.duration_p90[at] = moved(problem.duration_p90[at]);
        }
        Change::Fail(v) => {
            let mut stack = problem.successors.row(*v).to_vec();
            while let Some(w) = stack.pop() {
                if problem.kind[w as usize] != Kind::Void {
                    empty(problem, w);
                    stack.extend_from_slice(problem.successors.row(w));
                }
            }
        }
        Change::Model(v, swap) => {
            let at = *v as usize;
            problem.model[at] = swap.model;
            problem.duration[at] = swap.duration;
            problem.duration_p90[at] = swap.duration_p90;
            problem.cost[at] = swap.cost;
        }
        Change::Prices(costs) => {
            for (row, cost) in problem.cost.iter_mut().zip(costs) {
                *row = *cost;
            }
        }
    }
}

/// Takes a vertex out: no time, no money, no slot. The order through it stays.
fn empty(problem: &mut Problem, v: u32) {
    let at = v as usize;
    problem.kind[at] = Kind::Void;
    problem.duration[at] = 0;
    problem.duration_p90[at] = 0;
    problem.cost[at] = [0; 3];
}

#[cfg(test)]
mod tests {
    use super::{Change, Figures, Swap, whatif};
    use crate::compiler::flow::problem::Problem;

    fn check(changes: &[Change]) -> (Figures, Figures) {
        let mut problem = Problem::new(vec![120, 300, 400, 60], &[(0, 1), (1, 3)], 7).unwrap();
        problem.models = vec!["haiku".into(), "sonnet".into()];
        problem.model = vec![0, 1, 1, 0];
        problem.capacity.slots = vec![Some(7), Some(1)];
        problem.cost = vec![[1, 2, 3]; 4];
        whatif(&problem, changes)
    }

    #[test]
    fn each_change_moves_what_it_should() {
        let pool = |changes: &[Change]| check(changes).1.pool;
        assert_eq!(check(&[]).0, check(&[]).1);
        assert_eq!(check(&[]).0.pool, 760);
        assert_eq!(pool(&[Change::Slots(1, 2)]), 480);
        assert_eq!(pool(&[Change::Parallel(1)]), 880);
        assert_eq!(pool(&[Change::Drop(2)]), 480);
        assert_eq!(pool(&[Change::Drop(1)]), 400);
        assert_eq!(pool(&[Change::Delay(3, -30)]), 730);
        let swap = Swap { model: 0, duration: 100, duration_p90: 200, cost: [0, 1, 1] };
        let after = check(&[Change::Model(2, swap)]).1;
        assert_eq!((after.pool, after.cost), (480, [3, 7, 10]));
        let failed = check(&[Change::Fail(0)]).1;
        assert_eq!((failed.tasks, failed.pool, failed.cost), (2, 400, [2, 4, 6]));
        assert_eq!(check(&[Change::Prices(vec![[5; 3]; 4])]).1.cost, [20; 3]);
    }
}
