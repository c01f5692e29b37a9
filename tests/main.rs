//! The one integration binary: a module per kind of test. `tests/README.md` says how to add a case.

mod cli;
mod golden;
mod properties;
mod readme;
mod suite;
mod tidy;
