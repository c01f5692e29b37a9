//! G>  The wire format an executor reads: `manifest.json`, schema `dispatch.manifest/v1`.
//!
//! The order of fields is the order on the wire. Money is whole micro-dollars, time whole seconds, tokens whole.
//! Everything borrows from the plan; long lists are made while they are written. `schemas/manifest.schema.json` says
//! the same, and a test holds both together.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::digest::Digest;
use crate::base::quantity::{Interval, MicroUsd};

use super::plan::Verdict;

pub mod batch;
pub mod task;

/// Name and version of the format.
pub const SCHEMA: &str = "dispatch.manifest/v1";

/// The whole document. Its long lists are of types that make their items while they are written.
#[derive(Debug, Serialize)]
pub struct Manifest<'a, Tasks, Reasons, Findings, Conditions> {
    /// `SCHEMA`.
    pub schema: &'static str,
    /// Who wrote it.
    pub compiler: Compiler,
    /// What it is a plan of.
    pub plan: Head<'a>,
    /// Its stories; only in a plan of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<batch::Batch<'a>>,
    /// What must hold in the end.
    pub criteria: Vec<Criterion<'a>>,
    /// The tasks, in document order.
    pub tasks: Tasks,
    /// Why values of tasks are what they are: `why` of a task holds positions in this list, from 0.
    pub reasons: Reasons,
    /// Tasks that start together when waves are barriers.
    pub waves: Vec<Wave<'a>>,
    /// What determines the end.
    pub schedule: Schedule<'a>,
    /// For how much.
    pub cost: Cost<'a>,
    /// What the gates said.
    pub gates: Vec<Gate<'a>>,
    /// Predicates over the results.
    pub post_conditions: Conditions,
    /// Tasks that are left out.
    pub excluded: Vec<Excluded<'a>>,
    /// What was seen in the sources and not used.
    pub unused: Vec<Unused<'a>>,
    /// Every finding.
    pub diagnostics: Findings,
}

/// Who wrote a manifest.
#[derive(Debug, Serialize)]
pub struct Compiler {
    /// Version of the package.
    pub version: &'static str,
}

/// What a plan is called and made from.
#[derive(Debug, Serialize)]
pub struct Head<'a> {
    /// Also the run id.
    pub id: &'a str,
    /// A name fit for a folder.
    pub slug: &'a str,
    /// For people.
    pub title: &'a str,
    /// `story`, `prd`, `task_list`, `free_text`, `plan`, `batch`.
    pub kind: &'a str,
    /// Hash of everything it was made from.
    pub hash: Option<Digest>,
    /// The documents.
    pub sources: Vec<Source>,
}

/// A document a plan was made from.
#[derive(Debug, Serialize)]
pub struct Source {
    /// Path as users see it.
    pub path: String,
    /// Hash of its normalised text.
    pub sha256: Digest,
    /// `document`.
    pub role: &'static str,
}

/// A place in a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place<'a> {
    /// Path as users see it.
    pub path: Cow<'a, str>,
    /// From 1.
    pub line: usize,
    /// In Unicode scalar values, from 1.
    pub column: usize,
}

/// Something that must hold.
#[derive(Debug, Serialize)]
pub struct Criterion<'a> {
    /// Unique in the plan.
    pub id: &'a str,
    /// What must hold.
    pub text: &'a str,
    /// Satisfied already.
    pub done: bool,
    /// It can be decided without taste.
    pub measurable: bool,
    /// Tasks that serve it.
    pub tasks: Vec<&'a str>,
    /// Its place.
    pub source: Place<'a>,
}

/// Tasks that start together.
#[derive(Debug, Serialize)]
pub struct Wave<'a> {
    /// From 1.
    pub number: u32,
    /// In order of rank.
    pub tasks: Vec<&'a str>,
    /// Waves that come first.
    pub requires: &'a [u32],
    /// What is predicted before anything runs.
    pub prediction: Prediction<'a>,
    /// Some task of it needs a person's consent.
    pub approval: bool,
    /// All of it may be started without a person.
    pub autostart: bool,
}

/// What is predicted of a wave.
#[derive(Debug, Serialize)]
pub struct Prediction<'a> {
    /// Files.
    pub outputs: u32,
    /// Tasks that fail at first.
    pub failures: f64,
    /// Money.
    pub cost_micro_usd: Interval<MicroUsd>,
    /// Time.
    pub duration_s: u64,
    /// One sentence.
    pub rationale: &'a str,
}

/// What determines the end.
#[derive(Debug, Serialize)]
pub struct Schedule<'a> {
    /// One longest path.
    pub critical_path: Path<'a>,
    /// All tasks without slack.
    pub critical_tasks: Vec<&'a str>,
    /// The critical chain.
    pub critical_chain: Chain<'a>,
    /// No schedule is shorter.
    pub lower_bound_s: u64,
    /// When waves are barriers.
    pub barrier_makespan_s: u64,
    /// When tasks start as soon as they can.
    pub pool_makespan_s: u64,
    /// Time set aside.
    pub buffers: Buffers<'a>,
    /// What limits the plan.
    pub constraint: &'a str,
    /// How waves were cut.
    pub packer: &'a str,
    /// Tasks at once.
    pub max_parallel: u32,
    /// Tasks of one model at once, where that is fewer.
    pub slots: &'a BTreeMap<String, u32>,
}

/// A path through the graph.
#[derive(Debug, Serialize)]
pub struct Path<'a> {
    /// In order.
    pub tasks: Vec<&'a str>,
    /// Its length.
    pub duration_s: u64,
}

/// The critical chain.
#[derive(Debug, Serialize)]
pub struct Chain<'a> {
    /// In order.
    pub tasks: Vec<&'a str>,
    /// Its length.
    pub makespan_s: u64,
    /// Why each follows the one before.
    pub arcs: Vec<Arc<'a>>,
}

/// Why one task of the chain follows another.
#[derive(Debug, Serialize)]
pub struct Arc<'a> {
    /// The earlier.
    pub from: &'a str,
    /// The later.
    pub to: &'a str,
    /// The scarce thing handed over; null when the later needs the earlier.
    pub resource: Option<&'a str>,
}

/// Time set aside.
#[derive(Debug, Serialize)]
pub struct Buffers<'a> {
    /// At the end.
    pub project_s: u64,
    /// Where other paths join the chain.
    pub feeding: Vec<Feeding<'a>>,
    /// Between waves.
    pub wave_s: u64,
}

/// Time set aside where a path joins the chain.
#[derive(Debug, Serialize)]
pub struct Feeding<'a> {
    /// The task at which it joins.
    pub task: &'a str,
    /// How much.
    pub buffer_s: u64,
}

/// For how much.
#[derive(Debug, Serialize)]
pub struct Cost<'a> {
    /// In all.
    pub total_micro_usd: Interval<MicroUsd>,
    /// By model.
    pub by_model: Vec<Share<'a>>,
    /// By wave.
    pub by_wave: Vec<Share<'a>>,
    /// By domain.
    pub by_domain: Vec<Share<'a>>,
    /// By document.
    pub by_story: Vec<Share<'a>>,
    /// What caching of shared beginnings does.
    pub cache: Cache,
    /// The same work in one conversation.
    pub main_context: MainContext<'a>,
    /// What the prices were.
    pub prices: Prices<'a>,
}

/// A part of the cost.
#[derive(Debug, Serialize)]
pub struct Share<'a> {
    /// Of what.
    pub name: &'a str,
    /// How many tasks.
    pub tasks: u32,
    /// Money.
    pub cost_micro_usd: Interval<MicroUsd>,
}

/// What caching of shared beginnings does.
#[derive(Debug, Serialize)]
pub struct Cache {
    /// Money saved; negative when it is lost.
    pub saving_micro_usd: i64,
    /// Beginnings worth a breakpoint.
    pub worthwhile: u32,
    /// Beginnings in all.
    pub prefixes: u32,
}

/// The same work in one conversation.
#[derive(Debug, Serialize)]
pub struct MainContext<'a> {
    /// With its figures.
    pub formula: &'a str,
    /// Times dearer.
    pub ratio: f64,
    /// Times dearer with the conversation cached.
    pub ratio_cached: f64,
}

/// What the prices were.
#[derive(Debug, Serialize)]
pub struct Prices<'a> {
    /// Path of the table.
    pub source: &'a str,
    /// The day it was true.
    pub date: &'a str,
    /// Hash of the table.
    pub hash: Option<Digest>,
}

/// What a gate said.
#[derive(Debug, Serialize)]
pub struct Gate<'a> {
    /// Its id.
    pub id: &'a str,
    /// In words.
    pub name: &'a str,
    /// What it said.
    pub status: Verdict,
    /// Rules that were asked.
    pub rules: u32,
    /// Ids of the rules that objected.
    pub findings: &'a [String],
}

/// A task that is left out.
#[derive(Debug, Serialize)]
pub struct Excluded<'a> {
    /// Its name in the source.
    pub task: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Tasks that cannot start without it.
    pub blocks: &'a [String],
    /// Its place.
    pub source: Place<'a>,
}

/// What was seen in a source and not used.
#[derive(Debug, Serialize)]
pub struct Unused<'a> {
    /// Why.
    pub reason: &'a str,
    /// Its place.
    pub source: Place<'a>,
}

/// A finding.
#[derive(Debug, Serialize)]
pub struct Finding<'a> {
    /// Rule id or slug.
    pub code: &'a str,
    /// A readable name beside a rule id.
    pub name: &'a str,
    /// How much it stops.
    pub severity: &'static str,
    /// What is wrong.
    pub message: &'a str,
    /// Why it matters.
    pub why: Option<&'a str>,
    /// What to do.
    pub help: Option<&'a str>,
    /// Path as users see it.
    pub file: Cow<'a, str>,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// From 1.
    pub end_line: usize,
    /// From 1.
    pub end_column: usize,
    /// Other places.
    pub related: Vec<Related<'a>>,
    /// An edit that mends it.
    pub fix: Option<Fix<'a>>,
    /// Rules whose gate it fails besides.
    pub vetoes: &'a [String],
    /// The reason for which it does not count.
    pub waived: Option<&'a str>,
}

/// Another place of a finding.
#[derive(Debug, Serialize)]
pub struct Related<'a> {
    /// Why it is shown.
    pub text: &'a str,
    /// The place.
    pub source: Place<'a>,
}

/// An edit that mends a finding.
#[derive(Debug, Serialize)]
pub struct Fix<'a> {
    /// When it may be applied.
    pub kind: crate::base::diagnostic::FixKind,
    /// What it does.
    pub title: &'a str,
}

/// A list that makes its items while it is written.
pub struct Each<F>(pub F);

impl<F> std::fmt::Debug for Each<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Each")
    }
}

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}
