//! B>  What the user decided: `dispatch.yaml` over the shipped `squads/dispatch/config.yaml`, flags over both.
//!
//! No value has a default in Rust: the shipped file gives every one.

use std::collections::BTreeMap;

use crate::base::diagnostic::Severity;
use crate::base::quantity::{MicroUsd, Millis};

/// How strictly wording and inference are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// The severities of the packs; wording rules warn for formats of other tools.
    Standard,
    /// The severities of the packs everywhere, nothing inferred.
    Strict,
    /// Soft blocks warn.
    Legacy,
}

/// What is done about two tasks that may touch one path at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Races {
    /// An edge in document order is added.
    Serialize,
    /// Each is an error.
    Deny,
}

/// Where a value came from, for `dispatch config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Dotted key: `limits.max_parallel`.
    pub key: String,
    /// The value, as JSON.
    pub value: String,
    /// `builtin:squads/dispatch/config.yaml:12`, `dispatch.yaml:3`, `DISPATCH_PROFILE`, `--profile`.
    pub from: String,
}

/// Ceilings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// Tasks at once.
    pub max_parallel: u32,
    /// Tasks at once by model id.
    pub slots: BTreeMap<String, u32>,
    /// Input tokens a wave may send.
    pub wave_input_tokens: Option<u64>,
    /// Output tokens a wave may ask for.
    pub wave_output_tokens: Option<u64>,
    /// Requests per minute.
    pub requests_per_minute: Option<u64>,
    /// Input tokens per minute.
    pub input_tokens_per_minute: Option<u64>,
    /// Output tokens per minute.
    pub output_tokens_per_minute: Option<u64>,
    /// Predicted time of a wave above which a warning is due.
    pub wave: Millis,
    /// Predicted time of a run above which a warning is due.
    pub run: Millis,
    /// Bytes of one input file.
    pub file_bytes: u64,
    /// Tasks of one plan.
    pub tasks: u64,
    /// Items one quantity may expand to.
    pub quantity: u64,
}

/// Pauses between tasks and waves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pacing {
    /// Set aside between waves.
    pub wave_buffer: Millis,
    /// Pause after a task, by cost class.
    pub cooldown: BTreeMap<u32, Millis>,
    /// Share of the chain set aside at its end, percent.
    pub project_buffer_pct: u64,
    /// Share of a feeding path set aside where it joins, percent.
    pub feeding_buffer_pct: u64,
    /// A longer pause after every so many starts.
    pub batch: Option<BatchPause>,
}

/// A longer pause after every so many starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchPause {
    /// So many starts.
    pub every: u32,
    /// The pause.
    pub pause: Millis,
    /// Starts of earlier waves do not count.
    pub from_wave: u32,
}

/// How far the future is looked into, and what time is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Foresight {
    /// Plays of the forecast at most.
    pub plays: u64,
    /// Tasks that are played or planned in all; larger plans go without what needs more.
    pub work: u64,
    /// Fewer plays say nothing.
    pub least: u64,
    /// What an hour until the end is worth.
    pub hour: MicroUsd,
    /// What one more wave costs: start, verify, persist.
    pub wave: MicroUsd,
    /// What one more task in a wave costs while it waits; for the closed form only.
    pub holding: MicroUsd,
}

/// A change of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOverride {
    /// Files it holds for; all when empty.
    pub files: Vec<String>,
    /// Rule id or prefix.
    pub rule: String,
    /// `None` turns it off.
    pub severity: Option<Severity>,
}

/// Which files are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// Ends of names a folder contributes.
    pub documents: Vec<String>,
    /// Globs of names a folder does not contribute.
    pub skip: Vec<String>,
    /// Globs of what clients read, taken by a lint though their folders are hidden.
    pub clients: Vec<String>,
    /// Names of task lists whose companions are not documents themselves.
    pub lists: Vec<String>,
    /// Globs, relative to a document's folder, of what is read beside it.
    pub companions: Vec<String>,
    /// Globs of project files, beside the squads.
    pub project: Vec<String>,
    /// Globs of what discovery reads besides the squads: cores and the folders of clients.
    pub discover: Vec<String>,
    /// Names of folders that are never entered.
    pub ignore: Vec<String>,
    /// How many names below the root are looked at.
    pub names: u64,
}

/// Everything a user may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How strictly.
    pub profile: Profile,
    /// About races.
    pub races: Races,
    /// Language of outputs when no document says.
    pub language: String,
    /// Ceilings.
    pub limits: Limits,
    /// Pauses.
    pub pacing: Pacing,
    /// Forecast and size of waves.
    pub foresight: Foresight,
    /// Models of single tasks, by id.
    pub models: BTreeMap<String, String>,
    /// The shortest schedule of a small plan is searched exactly.
    pub optimal: bool,
    /// Money the plan may cost.
    pub budget: Option<MicroUsd>,
    /// Time the plan may take.
    pub deadline: Option<Millis>,
    /// The day against which waivers and prices are judged: `2026-11-21`.
    pub as_of: Option<String>,
    /// That day; where nobody has said one, the day of the price table.
    pub today: Option<String>,
    /// Folders that hold squads.
    pub squads: Vec<String>,
    /// Targets beyond the plan folder.
    pub targets: Vec<String>,
    /// Folders outputs may lie in; anywhere under the root when empty.
    pub output_roots: Vec<String>,
    /// Globs nothing may write.
    pub protected_paths: Vec<String>,
    /// Globs of files many tasks touch (lock files, manifests): always serialised, never an error.
    pub shared_paths: Vec<String>,
    /// Knowledge files for every domain.
    pub kb: Vec<String>,
    /// File of measured durations and failures.
    pub history: Option<String>,
    /// Clients the plan is made for, the preferred one first; the registry's own choice when empty.
    pub executors: Vec<String>,
    /// Path of a price table to use instead of the shipped one.
    pub prices: Option<String>,
    /// Which files are read.
    pub reading: Reading,
    /// Changes of rules.
    pub rules: Vec<RuleOverride>,
    /// Rules that nothing may lower or waive.
    pub forbid: Vec<String>,
    /// Whether a phase waits for the phase before it.
    pub phase_barrier: bool,
    /// Batches above this cost or number of stories need a confirmation.
    pub batch_confirm_above: (MicroUsd, u32),
    /// The confirmation was given.
    pub confirmed: bool,
    /// Soft blocks are lifted, and the plan says so.
    pub force: bool,
    /// The dialect to read documents with, instead of the strongest claim.
    pub dialect: Option<String>,
    /// Where every value came from, sorted by key.
    pub origins: Vec<Origin>,
}
