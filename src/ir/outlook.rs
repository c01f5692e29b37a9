//! F>G  What may become of the plan: the shortest schedule there is, chance, failure, the size of waves.

use crate::base::quantity::{MicroUsd, Millis};
use crate::base::table::Table;

use super::graph::TaskId;

/// What is known beyond the schedule. Parts that would take too long to reckon are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outlook {
    /// The exact search, when it was asked for and the plan is small enough.
    pub optimum: Option<Optimum>,
    /// Time and money by chance.
    pub forecast: Option<Forecast>,
    /// What each task puts at stake.
    pub risks: Table<TaskId, Risk>,
    /// The task behind which one more gate saves most.
    pub gate: Option<TaskId>,
    /// What each size of waves comes to.
    pub curve: Option<Curve>,
}

/// What an exact search found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Optimum {
    /// The end of the best schedule it saw.
    pub makespan: Millis,
    /// Nothing shorter exists.
    pub proven: bool,
}

/// Percentiles of one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Percentiles<T> {
    /// Kept one time in two.
    pub p50: T,
    /// Kept four times in five.
    pub p80: T,
    /// Kept nineteen times in twenty.
    pub p95: T,
}

/// The plan played many times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forecast {
    /// Number of plays.
    pub plays: u32,
    /// The end.
    pub time: Percentiles<Millis>,
    /// Money.
    pub money: Percentiles<MicroUsd>,
    /// In how many of a thousand plays each task was on the critical chain.
    pub critical_milli: Table<TaskId, u32>,
    /// What makes the median as sure as the ninetieth percentile.
    pub buffer: Millis,
}

/// What one task puts at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Risk {
    /// How much later the plan ends if the task fails once and is repeated.
    pub delay: Millis,
    /// Its own money, spent in vain.
    pub waste: MicroUsd,
    /// Tasks that cannot start without it.
    pub blocked: u32,
    /// Their money.
    pub blocked_cost: MicroUsd,
    /// Half of all other open tasks or more wait for it.
    pub single_point: bool,
    /// What a gate behind it saves on average: the chance that it fails times what is built on it, in thousandths of
    /// micro-dollars.
    pub gate_value: u64,
}

/// What each size of waves comes to, and the best.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Curve {
    /// By size, from 1.
    pub points: Vec<Size>,
    /// The size of the least objective, the smallest of several.
    pub best: u32,
    /// Where the closed form, the root of transaction over holding cost, has its least, in thousandths of a task.
    pub closed_form_milli: Option<u64>,
}

/// One size of waves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Tasks at a time.
    pub size: u32,
    /// Waves.
    pub waves: u32,
    /// End when waves are barriers.
    pub end: Millis,
    /// What the tasks cost at this size.
    pub cost: MicroUsd,
    /// Time, waves and tasks together, in money.
    pub objective: MicroUsd,
}
