//! How documents, tasks, criteria, prompts and batches are shown to rules: facts read from the typed tables, nothing
//! copied but what is asked for.

mod batch;
mod document;
mod plan;
mod task;

pub use batch::Batch;
pub use document::DocumentFacts;
pub use plan::{CriterionFacts, PlanFacts, PromptZones, Shared};
pub use task::TaskFacts;

use std::borrow::Cow;

use crate::base::inputs::Inputs;
use crate::base::text::Text;

use super::fact::{Fact, Piece};

fn text<'a>(text: &'a Text, inputs: &'a Inputs) -> Fact<'a> {
    Fact::Text(Piece::of(text, inputs))
}

fn maybe<'a>(value: Option<&'a Text>, inputs: &'a Inputs) -> Fact<'a> {
    value.map_or(Fact::Missing, |value| text(value, inputs))
}

fn said<'a>(value: impl Into<Cow<'a, str>>) -> Fact<'a> {
    Fact::Text(Piece::new(value))
}

/// Seconds, counts and money as a fact; all far below 2^52.
#[expect(clippy::cast_precision_loss, reason = "the figures of a plan are small")]
fn number(value: u64) -> Fact<'static> {
    Fact::Number(value as f64)
}
