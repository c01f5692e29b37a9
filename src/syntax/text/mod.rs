//! A toolbox for plain text that every phase may use: words, clauses, prose, paths, quantities. Pure, linear, and
//! without word lists of its own: those are read from `squads/dispatch/data/{quantities,text}.yaml`.
//!
//! All functions return byte ranges of the text they were given, on character boundaries.

pub mod lexicon;
pub mod number;
pub mod object;
pub mod path;
pub mod prose;
pub mod quantity;
pub mod sentence;
pub mod vocabulary;
