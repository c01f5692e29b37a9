//! What no schedule can beat, and what stands in the way.

use super::chain::Chain;
use super::cpm::Cpm;
use super::problem::Problem;

/// Something that can run out, and how much work there is for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// `parallel`, `model:<id>`, or the name of a lock.
    pub name: String,
    /// How much may be in use at a time.
    pub capacity: u32,
    /// The sum of the times for which one unit is used.
    pub work: u64,
}

impl Resource {
    /// The shortest time in which the work can be done.
    #[must_use]
    pub fn least(&self) -> u64 {
        self.work.div_ceil(u64::from(self.capacity.max(1)))
    }

    /// Share of a schedule of this length for which it is in use, in thousandths.
    #[must_use]
    pub fn busy_milli(&self, makespan: u64) -> u32 {
        let whole = u128::from(makespan.max(1)) * u128::from(self.capacity.max(1));
        u32::try_from(u128::from(self.work) * 1_000 / whole).unwrap_or(u32::MAX)
    }
}

/// All resources that some task uses: all tasks together, limited models, locks.
#[must_use]
pub fn resources(problem: &Problem) -> Vec<Resource> {
    let mut all = Resource { name: "parallel".into(), capacity: problem.capacity.parallel, work: 0 };
    let mut models = vec![0_u64; problem.models.len()];
    let mut locks = vec![0_u64; problem.locks.len()];
    for v in problem.runners() {
        let time = problem.duration[v as usize];
        all.work = all.work.saturating_add(time);
        if let Some(work) = models.get_mut(problem.model[v as usize] as usize) {
            *work = work.saturating_add(time);
        }
        for &lock in problem.holds.row(v) {
            locks[lock as usize] = locks[lock as usize].saturating_add(time);
        }
    }
    let models = (0_u32..).zip(models).filter(|&(_, work)| work > 0).filter_map(|(model, work)| {
        let capacity = problem.slots(model)?;
        Some(Resource { name: format!("model:{}", problem.models[model as usize]), capacity, work })
    });
    let locks = (0..).zip(&problem.locks).zip(locks).filter(|&(_, work)| work > 0);
    let locks = locks.map(|((lock, name), work)| Resource {
        name: name.clone(),
        capacity: problem.room_of(lock),
        work,
    });
    std::iter::once(all).chain(models).chain(locks).collect()
}

/// No schedule ends earlier: the longest path, and for each resource its work over its capacity.
#[must_use]
pub fn lower_bound(problem: &Problem, cpm: &Cpm) -> u64 {
    resources(problem).iter().map(Resource::least).fold(cpm.length, u64::max)
}

/// What limits a schedule of this length: the longest path if that fills it, a resource that is always in use, pauses or
/// rates on its chain, else the busiest resource.
#[must_use]
pub fn constraint(problem: &Problem, cpm: &Cpm, makespan: u64, chain: &Chain) -> String {
    if problem.runners().next().is_none() || cpm.length >= makespan {
        return "longest path".into();
    }
    let busiest = resources(problem).into_iter().enumerate();
    let busiest =
        busiest.max_by_key(|(at, resource)| (resource.busy_milli(makespan), std::cmp::Reverse(*at)));
    let paced = chain.arcs.iter().filter_map(|arc| arc.resource.as_deref());
    let paced = paced.filter_map(|name| match name {
        "pause" => Some("pauses between starts"),
        "rate" => Some("limits per minute"),
        _ => None,
    });
    match busiest {
        Some((_, resource)) if resource.least() < makespan && paced.clone().next().is_some() => {
            paced.max().unwrap_or_default().to_owned()
        }
        Some((_, resource)) if resource.name == "parallel" => "global parallelism".into(),
        Some((_, resource)) => resource.name,
        None => "longest path".into(),
    }
}
