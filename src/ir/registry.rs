//! B>E  What is known: domains, commands, models, and the rules by which a task is equipped.
//!
//! Every figure and word comes from the files in `squads/dispatch/data/`; what decided is named by the id of its entry,
//! and `Registry::entries` says where that entry stands.

use std::collections::BTreeMap;

use crate::base::span::{FileId, Span, Spanned};
use crate::base::table::Table;

use super::equipment::{AgentId, DomainId, Enrichment, Executor, Kit, ModelId};
use policy::{BusinessContext, Durations, EnrichmentRules, Retry, Routing, Selection, TimeoutRules};

pub mod policy;

/// Everything that is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registry {
    /// Domains, sorted by name.
    pub domains: Table<DomainId, Domain>,
    /// Agents and tasks that may be named, sorted by path.
    pub commands: Table<AgentId, Command>,
    /// Models, in the order of `executors.yaml`.
    pub models: Table<ModelId, Model>,
    /// Clients that can run a task.
    pub clients: Vec<Client>,
    /// The client assumed when none is chosen.
    pub default_client: String,
    /// Words for doing without a model.
    pub worker_words: Vec<String>,
    /// Words for leaving the model to us.
    pub inferred_words: Vec<String>,
    /// How a task finds its domain and command.
    pub routing: Routing,
    /// Who does a task, and with what model.
    pub selection: Selection,
    /// How much knowledge a prompt carries.
    pub enrichment: EnrichmentRules,
    /// How long an attempt may take.
    pub timeouts: TimeoutRules,
    /// How long a task is expected to take.
    pub durations: Durations,
    /// What happens when attempts fail.
    pub retries: BTreeMap<String, Retry>,
    /// Escalations in a row that halt a wave, failures in a row that halt a run.
    pub breakers: (u32, u32),
    /// What a plan about a launch must know besides.
    pub business: BusinessContext,
    /// Where the entries stand that a `Reason` may name.
    pub entries: BTreeMap<String, Span>,
    /// The files it was read from, sorted.
    pub files: Vec<FileId>,
}

impl Registry {
    /// The domain of this name.
    #[must_use]
    pub fn domain(&self, name: &str) -> Option<DomainId> {
        let found = self.domains.rows().binary_search_by(|domain| domain.name.as_str().cmp(name)).ok()?;
        self.domains.ids().nth(found)
    }
    /// The command of this slash path.
    #[must_use]
    pub fn command(&self, path: &str) -> Option<AgentId> {
        let found = self.commands.rows().binary_search_by(|command| command.path.as_str().cmp(path)).ok()?;
        self.commands.ids().nth(found)
    }
    /// The model of this id, or of this name at some client.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<ModelId> {
        self.models.iter().find(|(_, model)| model.is_called(name)).map(|(id, _)| id)
    }
    /// What happens when the attempts of a task fail: by model, else the rule for all others.
    #[must_use]
    pub fn retry(&self, kit: &Kit) -> Retry {
        let name = match kit.executor {
            Executor::Worker => "worker",
            Executor::Human => "default",
            Executor::Agent | Executor::Hybrid => {
                kit.model.map_or("default", |id| self.models[id].id.as_str())
            }
        };
        self.retries.get(name).or_else(|| self.retries.get("default")).cloned().unwrap_or_default()
    }
}

/// A field of knowledge.
#[derive(Debug, Clone, PartialEq)]
pub struct Domain {
    /// Its id: lower case, `_` between words.
    pub name: String,
    /// Where it stands.
    pub at: Span,
    /// `squads/x`, `core`, `built-in`, `manual`.
    pub source: String,
    /// In a sentence.
    pub description: String,
    /// Words that are enough by themselves.
    pub primary: Vec<String>,
    /// Words that help.
    pub secondary: Vec<String>,
    /// What a primary and a secondary word count.
    pub weights: (u32, u32),
    /// Who does its tasks unless a command fits better.
    pub agent: Option<AgentId>,
    /// Its squad.
    pub squad: Option<String>,
    /// Its knowledge.
    pub kb_files: Vec<Spanned<String>>,
    /// How much of it a prompt carries.
    pub enrichment: Option<Enrichment>,
    /// Its usual model.
    pub model: Option<ModelId>,
    /// Where its tasks are returned to instead of being dispatched.
    pub redirect: Option<String>,
    /// Takes only tasks that name a primary word, its agent or one of its folders.
    pub named_only: bool,
    /// Its tools do not answer in the background.
    pub foreground: bool,
    /// Its tasks change files of the project, those too that the source does not name.
    pub edits: bool,
    /// Things only one of its tasks may hold at a time.
    pub exclusive: Vec<String>,
    /// Folders and files its outputs lie in.
    pub output_paths: Vec<String>,
}

/// Whether a command is a role or a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandKind {
    /// Somebody.
    Agent,
    /// Something to do.
    Task,
}

/// An agent or task that may be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Slash path.
    pub path: String,
    /// Role or recipe.
    pub kind: CommandKind,
    /// Last part of the path.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// The file that holds it; none when the client brings it.
    pub file: Option<String>,
    /// Its squad.
    pub squad: String,
    /// Its domain.
    pub domain: Option<DomainId>,
    /// Other names.
    pub aliases: Vec<String>,
    /// Where it is listed.
    pub at: Span,
}

/// A model by the id plans use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// `haiku`, `sonnet`, ….
    pub id: String,
    /// `small`, `medium`, `large`.
    pub tier: String,
    /// Whether it may be chosen for a task that names no model.
    pub executor: bool,
    /// By client: pinned id, and the word its flags and agent files take.
    pub clients: BTreeMap<String, ClientModel>,
    /// Other names that mean it.
    pub also: Vec<String>,
    /// Where it is listed.
    pub at: Span,
}

impl Model {
    /// Whether a name means this model.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.id == name || self.also.iter().any(|other| other == name)
    }
}

/// What a client calls a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientModel {
    /// Pinned.
    pub id: String,
    /// Moves with the client's version.
    pub alias: String,
}

/// A program that carries out one prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its name.
    pub name: String,
    /// Its command line; `{model}` and the like are filled in.
    pub argv: Vec<String>,
    /// Variables it needs.
    pub env: BTreeMap<String, String>,
    /// Folder of its agent files.
    pub agent_files: String,
    /// The memory file it reads.
    pub memory_file: String,
    /// Has a flag for a limit of turns.
    pub turn_limit: bool,
    /// Has a flag for a budget.
    pub budget_flag: bool,
    /// The registry's model it uses when none is given.
    pub default_model: Option<String>,
}
