//! F  Graph and equipment to schedule: waves, critical path and chain, buffers, cost.
//!
//! `problem` holds what is to be scheduled as flat arrays; everything else is a function of it.

pub mod bound;
pub mod chain;
pub mod cost;
pub mod cpm;
pub mod improve;
pub mod optimal;
pub mod pool;
pub mod problem;
mod ready;
#[cfg(test)]
mod testing;
pub mod waves;
pub mod wsjf;

mod interim;
pub use interim::schedule;
