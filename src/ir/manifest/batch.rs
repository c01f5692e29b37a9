//! G>  The stories of a batch on the wire.

use serde::Serialize;

use crate::base::quantity::{Interval, MicroUsd};

use super::Place;

/// A plan of several stories.
#[derive(Debug, Serialize)]
pub struct Batch<'a> {
    /// In the order of dependency, then of what most waits for.
    pub stories: Vec<Story<'a>>,
    /// Whether somebody must agree, and whether somebody did.
    pub confirmation: Confirmation,
}

/// One story.
#[derive(Debug, Serialize)]
pub struct Story<'a> {
    /// What stands before the `:` of the ids of its tasks.
    pub id: &'a str,
    /// A name fit for a folder.
    pub slug: &'a str,
    /// For people.
    pub title: &'a str,
    /// Its document.
    pub source: Place<'a>,
    /// Its files, below the plan folder.
    pub folder: String,
    /// Stories that come first.
    pub depends_on: Vec<Link<'a>>,
    /// Tasks in all.
    pub tasks: u32,
    /// Tasks that are not done.
    pub open: u32,
    /// What its tasks cost.
    pub cost_micro_usd: Interval<MicroUsd>,
    /// When its first task starts, if each starts as soon as it can.
    pub begins_s: u64,
    /// When its last task ends.
    pub ends_s: u64,
}

/// Why a story comes first.
#[derive(Debug, Serialize)]
pub struct Link<'a> {
    /// The earlier story.
    pub story: &'a str,
    /// The rule of the surest edge between their tasks.
    pub rule: &'static str,
    /// In percent.
    pub confidence: u8,
    /// The words it was read from.
    pub evidence: &'a str,
    /// Where they stand.
    pub source: Place<'a>,
}

/// The consent a batch needs.
#[derive(Debug, Serialize)]
pub struct Confirmation {
    /// The batch is above a threshold.
    pub required: bool,
    /// Somebody agreed.
    pub granted: bool,
    /// Stories above which consent is needed.
    pub above_stories: u32,
    /// Likely cost above which consent is needed.
    pub above_micro_usd: u64,
}
