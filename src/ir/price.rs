//! B>F  What tokens cost, and how many a client adds: `prices.yaml` and `harness.yaml`, decoded.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::base::digest::Digest;
use crate::base::quantity::{Interval, NanoUsd, Tokens};

/// `prices.yaml`, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// `dispatch.prices/v1`.
    pub schema: String,
    /// The day on which the prices were true.
    pub date: String,
    /// Who said so.
    pub source: String,
    /// By model id.
    pub models: BTreeMap<String, Price>,
    /// How caches behave.
    pub cache: CacheRule,
    /// What tasks answer.
    pub output: OutputRule,
    /// Attempts that fail, percent, by tier of the model.
    pub failure_percent: BTreeMap<String, u64>,
    /// What the plan is compared with.
    pub main_context: MainContext,
}

/// What one token costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Sent.
    #[serde(deserialize_with = "per_million")]
    pub input: NanoUsd,
    /// Answered.
    #[serde(deserialize_with = "per_million")]
    pub output: NanoUsd,
    /// Sent and kept for later requests.
    #[serde(deserialize_with = "per_million")]
    pub cache_write: NanoUsd,
    /// Kept by an earlier request.
    #[serde(deserialize_with = "per_million")]
    pub cache_read: NanoUsd,
    /// Percent of the price when nobody waits for the answer.
    pub batch_percent: u64,
    /// Beginnings shorter than this are not cached.
    pub min_prefix: Tokens,
}

/// How caches behave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheRule {
    /// Seconds after its last use at which a beginning is forgotten.
    pub ttl_s: u64,
}

/// What tasks answer when nothing says more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputRule {
    /// Tokens of any task.
    pub default: Tokens,
    /// Percent of it at least.
    pub low_percent: u64,
    /// Percent of it at most.
    pub high_percent: u64,
    /// Tokens by type of work.
    pub work: BTreeMap<String, Tokens>,
}

/// One long conversation that does the same work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MainContext {
    /// Its model.
    pub model: String,
    /// Tokens it sends for each task.
    pub input: Tokens,
    /// Tokens it answers for each task.
    pub output: Tokens,
}

/// `harness.yaml`, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarnessTable {
    /// `dispatch.harness/v1`.
    pub schema: String,
    /// By client.
    pub clients: BTreeMap<String, Harness>,
}

/// What a client adds to a prompt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Harness {
    /// Tokens sent before the prompt, with every turn.
    pub overhead: Tokens,
    /// The conversation is cached between turns, the overhead between tasks.
    pub caches: bool,
    /// The shared beginning of our prompts can be cached apart from the rest.
    pub breakpoint: bool,
    /// Requests a task needs.
    pub turns: Interval<u64>,
    /// Tokens that the results of tools add with each turn.
    pub growth: Tokens,
}

/// All that an estimate needs to know about money.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceBook {
    /// Path of the price table, as users see it.
    pub path: String,
    /// Hash of its file.
    pub hash: Option<Digest>,
    /// The prices.
    pub prices: PriceTable,
    /// The clients.
    pub harness: HarnessTable,
}

/// Dollars for a million tokens as nano-dollars for one: a thousandth of a dollar is one nano-dollar.
fn per_million<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NanoUsd, D::Error> {
    let dollars = f64::deserialize(deserializer)?;
    let nano = (dollars * 1_000.0).round();
    if !(0.0..=1e12).contains(&nano) {
        return Err(serde::de::Error::custom("a price lies between 0 and 1,000,000,000 dollars"));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked above")]
    let nano = nano as u64;
    Ok(NanoUsd(nano))
}
