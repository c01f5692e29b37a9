//! Cost against time: what can be had by more or fewer tasks at a time and by other models, and what nobody would want.

use super::problem::Problem;
use super::whatif::{Change, Figures, changed};

/// Vertices planned in all when every combination is tried.
const WORK: u64 = 3_000_000;

/// Something that may be changed, and the flags of the command that changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knob {
    /// The change.
    pub change: Change,
    /// How it is written: `--model T3=haiku`.
    pub flag: String,
}

/// A plan that no other beats in both time and money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// End of the pool schedule, in milliseconds.
    pub time: u64,
    /// Likely money, in micro-dollars.
    pub cost: u64,
    /// The flags that reproduce it.
    pub flags: Vec<String>,
    /// The bend of the curve: where another minute begins to cost much more.
    pub knee: bool,
}

/// The frontier, fastest first. Each number of tasks at a time up to `parallel` is combined with every choice of the
/// knobs where that is affordable; otherwise knobs are turned one after the other, what gains most money per time
/// first.
#[must_use]
pub fn frontier(problem: &Problem, parallel: u32, knobs: &[Knob]) -> Vec<Point> {
    let sizes: Vec<u32> = (1..=parallel.max(1)).collect();
    let every =
        u32::try_from(knobs.len()).ok().and_then(|knobs| 1_u64.checked_shl(knobs)).filter(|&choices| {
            let plans = choices.saturating_mul(sizes.len() as u64);
            knobs.len() <= 12 && plans.saturating_mul(problem.len() as u64) <= WORK
        });
    let choices: Vec<Vec<&Knob>> = match every {
        Some(choices) => (0..choices)
            .map(|mask| {
                knobs.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, knob)| knob).collect()
            })
            .collect(),
        None => greedy(problem, knobs),
    };
    let mut points = Vec::new();
    for choice in &choices {
        let changes: Vec<Change> = choice.iter().map(|knob| knob.change.clone()).collect();
        let mut problem = changed(problem, &changes);
        for &size in &sizes {
            problem.capacity.parallel = size;
            let figures = Figures::new(&problem);
            let mut flags = vec![format!("--max-parallel {size}")];
            flags.extend(choice.iter().map(|knob| knob.flag.clone()));
            points.push(Point { time: figures.pool, cost: figures.cost[1], flags, knee: false });
        }
    }
    bend(undominated(points))
}

/// One more knob at a time, in order of the money each saves, or costs, for the time it costs, or saves.
fn greedy<'a>(problem: &Problem, knobs: &'a [Knob]) -> Vec<Vec<&'a Knob>> {
    /// Knobs that are tried one by one.
    const TRIED: usize = 64;
    let base = Figures::new(problem);
    let gain = |knob: &Knob| {
        let after = Figures::new(&changed(problem, std::slice::from_ref(&knob.change)));
        let money = i128::from(base.cost[1]) - i128::from(after.cost[1]);
        let time = i128::from(base.pool) - i128::from(after.pool);
        (money, time)
    };
    let mut rated: Vec<((i128, i128), &Knob)> =
        knobs.iter().take(TRIED).map(|knob| (gain(knob), knob)).collect();
    // Cheaper first: saved money per lost time, compared crosswise.
    rated.sort_by(|(a, _), (b, _)| {
        let lost = |time: i128| (-time).max(1);
        (b.0 * lost(a.1)).cmp(&(a.0 * lost(b.1)))
    });
    let order: Vec<&Knob> = rated.into_iter().map(|(_, knob)| knob).collect();
    let cheap = (0..=order.len()).map(|count| order[..count].to_vec());
    let fast = (1..order.len()).map(|from| order[from..].to_vec());
    cheap.chain(fast).collect()
}

/// The points that no other beats, fastest first; of equal points the one with the fewest flags.
#[must_use]
pub fn undominated(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|a, b| {
        (a.time, a.cost, a.flags.len(), &a.flags).cmp(&(b.time, b.cost, b.flags.len(), &b.flags))
    });
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        if kept.last().is_none_or(|last| point.cost < last.cost) {
            kept.push(point);
        }
    }
    kept
}

/// Marks the point farthest below the line from the fastest to the cheapest.
#[must_use]
pub fn bend(mut points: Vec<Point>) -> Vec<Point> {
    if let (Some(first), Some(last)) = (points.first().cloned(), points.last().cloned())
        && points.len() > 2
    {
        let width = i128::from(last.time) - i128::from(first.time);
        let height = i128::from(first.cost) - i128::from(last.cost);
        let below = |point: &Point| {
            let (x, y) = (i128::from(point.time - first.time), i128::from(first.cost - point.cost));
            y * width - x * height
        };
        let knee = (1..points.len() - 1).max_by_key(|&at| (below(&points[at]), std::cmp::Reverse(at)));
        if let Some(knee) = knee {
            points[knee].knee = true;
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::{Knob, Point, frontier};
    use crate::compiler::flow::problem::Problem;
    use crate::compiler::flow::whatif::{Change, Swap};

    fn check(tasks: usize, knobs: u32) -> Vec<Point> {
        let mut problem = Problem::new(vec![100; tasks], &[], 4).unwrap();
        problem.models = vec!["haiku".into(), "sonnet".into()];
        problem.model = vec![1; tasks];
        problem.cost = vec![[10, 10, 10]; tasks];
        let knob = |v: u32| Knob {
            change: Change::Model(v, Swap { model: 0, duration: 150, duration_p90: 150, cost: [2, 2, 2] }),
            flag: format!("--model T{}=haiku", v + 1),
        };
        let knobs: Vec<Knob> = (0..knobs).map(knob).collect();
        frontier(&problem, 4, &knobs)
    }

    #[test]
    fn nothing_on_it_is_beaten() {
        let points = check(4, 4);
        let figures: Vec<(u64, u64)> = points.iter().map(|point| (point.time, point.cost)).collect();
        assert_eq!(figures, [(100, 40), (150, 8)]);
        assert_eq!(points[0].flags, ["--max-parallel 4"]);
        assert_eq!(points[1].flags.len(), 5);
    }

    #[test]
    fn many_knobs_are_turned_one_after_the_other() {
        let points = check(30, 30);
        assert!(points.len() > 2 && points.iter().any(|point| point.knee));
        for pair in points.windows(2) {
            assert!(pair[0].time < pair[1].time && pair[0].cost > pair[1].cost);
        }
    }
}
