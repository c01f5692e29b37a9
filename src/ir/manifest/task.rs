//! G>  A task on the wire.

use serde::Serialize;

use crate::base::digest::Digest;
use crate::base::quantity::{Interval, MicroUsd, Tokens};
use crate::ir::draft::{PathRole, Priority};
use crate::ir::equipment::{Enrichment, Executor};
use crate::ir::graph::Rule;

use super::Place;

/// Something to be done.
#[derive(Debug, Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "the wire has them")]
pub struct Task<'a> {
    /// Unique in the plan.
    pub id: &'a str,
    /// Its id in the source.
    pub source_id: Option<&'a str>,
    /// Id of its document.
    pub story: &'a str,
    /// What to do, in a line.
    pub title: &'a str,
    /// `task`, `human`, `redirect`.
    pub kind: &'static str,
    /// Satisfied already.
    pub done: bool,
    /// Number of its phase, 0 without.
    pub phase: u32,
    /// How urgent.
    pub priority: Priority,
    /// Its place.
    pub source: Place<'a>,
    /// What it waits for.
    pub depends_on: Vec<Dependency<'a>>,
    /// Number of its wave; 0 in none.
    pub wave: u32,
    /// Order in which to start; 0 when it is not started.
    pub rank: u32,
    /// Who carries it out.
    pub executor: Executor,
    /// Its domain.
    pub domain: Option<&'a str>,
    /// Slash path of its agent.
    pub agent: Option<&'a str>,
    /// Slash command to run.
    pub command: Option<&'a str>,
    /// Script a worker runs.
    pub script: Option<&'a str>,
    /// Model id, or `worker`; null for people.
    pub model: Option<&'a str>,
    /// Reasoning effort.
    pub effort: Option<&'a str>,
    /// How much knowledge its prompt carries.
    pub enrichment: Enrichment,
    /// Tools it may use; all when empty.
    pub tools: Vec<&'a str>,
    /// `none`, `worktree`, ….
    pub isolation: Option<&'a str>,
    /// Names of things only one task may hold at a time.
    pub mutex: Vec<&'a str>,
    /// Globs it may write in.
    pub ownership: Vec<&'a str>,
    /// Files it needs.
    pub reads: Vec<&'a str>,
    /// Files it makes or changes.
    pub outputs: Vec<Output<'a>>,
    /// Lines its output is expected to have, where the source says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_lines: Option<i64>,
    /// Language of its outputs.
    pub language: &'a str,
    /// Ids of the criteria it serves.
    pub criteria: Vec<&'a str>,
    /// What must hold where no criterion of the source is about it.
    pub inferred_criteria: Vec<&'a str>,
    /// Commands or predicates that prove the result.
    pub verify: Vec<&'a str>,
    /// Conditions under which the executor must stop.
    pub stop_if: Vec<&'a str>,
    /// Needs a person's consent before it starts.
    pub approval: bool,
    /// May be started without a person.
    pub auto: bool,
    /// Must not run in the background.
    pub foreground: bool,
    /// Seconds to wait after it.
    pub cooldown_s: u64,
    /// Limits of time.
    pub timeouts: Timeouts,
    /// Turns of the agent.
    pub max_turns: u32,
    /// What happens when it fails.
    pub retry: Retry<'a>,
    /// What it is expected to use.
    pub estimate: Estimate,
    /// How much later it may end.
    pub slack_s: u64,
    /// On the critical path that is shown.
    pub on_critical_path: bool,
    /// On the critical chain.
    pub on_critical_chain: bool,
    /// Its prompt; null for workers and people.
    pub prompt: Option<Prompt<'a>>,
    /// Why its values are what they are.
    pub why: Why,
}

/// Why one task waits for another.
#[derive(Debug, Serialize)]
pub struct Dependency<'a> {
    /// The task that comes first.
    pub task: &'a str,
    /// `D1` … `D10`, `Race`.
    pub rule: Rule,
    /// Percent.
    pub confidence: u8,
    /// The words it was read from.
    pub evidence: &'a str,
    /// Their place.
    pub source: Place<'a>,
}

/// A file a task makes or changes.
#[derive(Debug, Serialize)]
pub struct Output<'a> {
    /// Relative to the root.
    pub path: &'a str,
    /// `create`, `modify`, `delete`.
    pub action: PathRole,
    /// `markdown`, `yaml`, ….
    pub format: &'a str,
    /// Chosen by the compiler.
    pub inferred: bool,
}

/// Limits of time, in seconds.
#[derive(Debug, Serialize)]
pub struct Timeouts {
    /// One attempt.
    pub start_to_close_s: u64,
    /// An attempt after one that timed out.
    pub after_timeout_s: u64,
    /// All attempts.
    pub schedule_to_close_s: u64,
}

/// What happens when attempts fail.
#[derive(Debug, Serialize)]
pub struct Retry<'a> {
    /// Attempts in all.
    pub max_attempts: u32,
    /// What follows: a model or `human`.
    pub then: Option<&'a str>,
    /// Quality below which a result does not count.
    pub floor_percent: u32,
}

/// What one task is expected to use.
#[derive(Debug, Serialize)]
pub struct Estimate {
    /// Tokens sent over all turns.
    pub input_tokens: Interval<Tokens>,
    /// Tokens that come back.
    pub output_tokens: Interval<Tokens>,
    /// Money.
    pub cost_micro_usd: Interval<MicroUsd>,
    /// Time.
    pub duration_s: Percentiles,
}

/// A time half of the cases keep within, and one nine in ten do.
#[derive(Debug, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: u64,
    /// Ninetieth percentile.
    pub p90: u64,
}

/// A prompt file.
#[derive(Debug, Serialize)]
pub struct Prompt<'a> {
    /// Below the plan folder.
    pub path: &'a str,
    /// Hash of its bytes.
    pub sha256: Digest,
    /// Hash of the bytes it shares with its group.
    pub prefix_sha256: Digest,
    /// Tokens of those.
    pub prefix_tokens: Tokens,
    /// Tokens of all of it.
    pub tokens: Tokens,
}

/// Why the values of a task are what they are: positions in the list of reasons.
#[derive(Debug, Serialize)]
pub struct Why {
    /// Of `executor`.
    pub executor: u32,
    /// Of `domain`.
    pub domain: u32,
    /// Of `agent`.
    pub agent: u32,
    /// Of `model`.
    pub model: u32,
    /// Of `enrichment`.
    pub enrichment: u32,
    /// Of `timeouts`.
    pub timeout: u32,
    /// Of `estimate.duration_s`.
    pub duration: u32,
}

/// The entry of a data file that decided, and what it saw.
#[derive(Debug, Serialize)]
pub struct Reason<'a> {
    /// Its id.
    pub rule: &'a str,
    /// What it saw.
    pub evidence: &'a str,
    /// Not said by the source.
    pub inferred: bool,
}
