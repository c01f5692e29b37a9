//! The facts of a batch of stories.

use crate::base::quantity::MicroUsd;
use crate::base::span::Span;
use crate::compiler::check::fact::{Fact, Facts, Piece, Place};
use crate::compiler::check::path::{Field, Path};
use crate::ir::settings::Settings;

use super::number;

/// A batch.
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    /// How many stories were found.
    pub stories: u64,
    /// How many of them could be put in order.
    pub ordered: u64,
    /// What stories need from outside and is not there, and where they say so.
    pub missing: Vec<(&'a str, Span)>,
    /// What the batch is expected to cost; none before it is known.
    pub cost: Option<MicroUsd>,
    /// Thresholds and consent.
    pub settings: &'a Settings,
}

/// Money in dollars, for rules that are written in dollars.
#[expect(clippy::cast_precision_loss, reason = "money of a plan is far below 2^52 micro-dollars")]
fn dollars(money: MicroUsd) -> Fact<'static> {
    Fact::Number(money.0 as f64 / 1e6)
}

impl Facts for Batch<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn fact(&self, path: &Path) -> Fact<'_> {
        match path.field {
            Field::BatchStoryCount => number(self.stories),
            Field::BatchOrderedCount => number(self.ordered),
            Field::BatchMissingExternal => {
                let pieces = self.missing.iter().map(|&(name, at)| Piece {
                    text: name.into(),
                    place: Place::Exact(at),
                    shared: None,
                });
                Fact::Texts(pieces.collect())
            }
            Field::BatchEstimatedCost => self.cost.map_or(Fact::Missing, dollars),
            Field::BatchConfirmed => Fact::Bool(self.settings.confirmed),
            Field::BatchConfirmStories => number(u64::from(self.settings.batch_confirm_above.1)),
            Field::BatchConfirmCost => dollars(self.settings.batch_confirm_above.0),
            Field::SourceKind => super::said("batch"),
            _ => Fact::Missing,
        }
    }
}
