//! Algorithms on directed graphs of numbered vertices, over flat arrays: no recursion, no hashing, integers only.
//!
//! Every answer is a function of the graph alone: where several are right, the one with the smallest vertices is
//! given. Vertices are rows of some table; whoever keeps them in document order gets answers in document order.

pub mod component;
pub mod csr;
pub mod order;
pub mod queue;
pub mod reach;
pub mod reduce;
