//! The one integration binary: a module per kind of test. `tests/README.md` says how to add a case.

//mod suite;
mod readers;
mod tidy;
