//! The one integration binary: a module per kind of test. `tests/README.md` says how to add a case.
#![allow(clippy::disallowed_methods, reason = "tests read their cases from disk and run the binary")]

mod batch;
mod bounds;
mod campaign;
mod cli;
mod determinism;
mod discover;
mod faithful;
mod golden;
mod hostile;
mod languages;
mod neighbours;
mod properties;
mod readers;
mod readme;
mod requests;
mod seeded;
mod suite;
mod tidy;
mod verify;
mod weaknesses;
