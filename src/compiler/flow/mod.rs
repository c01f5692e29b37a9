//! F  Graph and equipment to schedule: waves, critical path and chain, buffers, cost.

pub mod cost;

mod interim;
pub use interim::schedule;
