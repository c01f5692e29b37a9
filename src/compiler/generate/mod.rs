//! G  Plan to artifacts: manifest, prompts, reports.

pub mod prompt;

mod context;
mod knowledge;
mod quote;
mod template;
