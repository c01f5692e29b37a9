//! E>F  Who does each task, with what model, knowledge and limits, and for how long.

use crate::base::quantity::Millis;
use crate::base::table::Table;

use super::graph::TaskId;

crate::id! {
    /// A model of the registry.
    ModelId,
    /// A domain of the registry.
    DomainId,
    /// An agent or command a task may be given to.
    AgentId,
}

/// Who carries a task out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Executor {
    /// A script: no model.
    Worker,
    /// An agent with a model.
    Agent,
    /// A person.
    Human,
    /// An agent, then a person.
    Hybrid,
}

/// How much knowledge a prompt carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Enrichment {
    /// The task alone.
    Minimal,
    /// With a digest of the domain's knowledge.
    Standard,
    /// With all of it, and the business context.
    Full,
}

/// Why a value is what it is: the question that decided, and the words that answered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Id of the entry of the data file that decided (`explicit`, `Q3`, `domain.default_model`, …).
    pub rule: String,
    /// What it saw.
    pub evidence: String,
    /// Not said by the source.
    pub inferred: bool,
}

/// Index into `Equipment::reasons`: equal reasons are kept once.
pub type ReasonId = u32;

/// What one task is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kit {
    /// Who.
    pub executor: Executor,
    /// Started without a person: false for people's work, checkpoints, approvals, redirects.
    pub auto: bool,
    /// Must not run in the background.
    pub foreground: bool,
    /// Returned to the user instead of being dispatched.
    pub redirect: bool,
    /// Domain.
    pub domain: Option<DomainId>,
    /// Agent; none for workers.
    pub agent: Option<AgentId>,
    /// Model; `None` for workers and people.
    pub model: Option<ModelId>,
    /// Knowledge.
    pub enrichment: Enrichment,
    /// Longest time an attempt may take.
    pub timeout: Millis,
    /// Turns of the agent.
    pub max_turns: u32,
    /// Expected time, median.
    pub duration: Millis,
    /// Time it keeps within nine times out of ten.
    pub duration_p90: Millis,
    /// Why this executor, domain, agent, model, enrichment, timeout, duration: in this order.
    pub why: [ReasonId; 7],
}

/// A model as the plan uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelUse {
    /// Id in the registry: `haiku`, `sonnet`, ….
    pub id: String,
    /// `small`, `medium`, `large`, `none`.
    pub tier: String,
    /// At most this many at once; none when only the global limit holds.
    pub slots: Option<u32>,
}

/// What every task is given, and the tables it refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Equipment {
    /// By task.
    pub kits: Table<TaskId, Kit>,
    /// Models, numbered as in the registry.
    pub models: Table<ModelId, ModelUse>,
    /// Names of domains, numbered as in the registry.
    pub domains: Table<DomainId, String>,
    /// Things only one task of a domain may hold at a time.
    pub exclusive: Table<DomainId, Vec<String>>,
    /// Slash paths of agents and commands, numbered as in the registry.
    pub agents: Table<AgentId, String>,
    /// Reasons, each once.
    pub reasons: Vec<Reason>,
    /// Commands of workers whose source names no script, word by word, by task: file operations read from a title.
    pub scripts: Vec<(TaskId, Vec<String>)>,
}
