//! B>E  By what rules tasks are routed, equipped, limited and retried: the figures and words of the data files, typed.

use std::collections::BTreeMap;

use crate::base::quantity::{Millis, Tokens};
use crate::base::span::Span;
use crate::ir::equipment::{DomainId, Enrichment, Executor, ModelId};

/// How a task finds its domain and command. Weights are thousandths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    /// BM25 saturation.
    pub k1: u32,
    /// BM25 length normalisation.
    pub b: u32,
    /// Documents of a domain that count.
    pub best_documents: u32,
    /// How often a word of the id, title, purpose and keywords counts.
    pub fields: [u32; 4],
    /// Weight of BM25, keywords, mention, path, extension.
    pub weights: [u32; 5],
    /// What the words below a title count.
    pub detail: u32,
    /// Words no document is found by.
    pub weak_words: Vec<String>,
    /// Score below which nothing matches.
    pub min_score: u32,
    /// BM25 that is enough without any trigger, mention, folder or extension.
    pub min_bm25: u32,
    /// Words of a task that are read.
    pub max_words: u32,
    /// Percent from which a command is reused, adapted.
    pub decision: (u32, u32),
    /// Share of tasks without a command, percent: wanted, alarming.
    pub create_rate: (u32, u32),
    /// Domain of what matches nothing.
    pub fallback: String,
    /// Other names of domains, folded.
    pub aliases: BTreeMap<String, String>,
    /// Domains by extension of an output.
    pub extensions: BTreeMap<String, Vec<DomainId>>,
    /// Endings in steps: ending, what it becomes, letters that must remain.
    pub stemming: Vec<Vec<(String, String, u32)>>,
    /// Words without weight, folded.
    pub stop_words: Vec<String>,
    /// Categories only a person starts.
    pub manual_categories: Vec<String>,
    /// Beginnings of types that wait for a person.
    pub manual_types: Vec<String>,
    /// Types of work that look at things and change none.
    pub looking: Vec<String>,
}

/// The decision tree for executors and models.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// Words after which a verb may stand, folded.
    pub conjunctions: Vec<String>,
    /// Words before the first verb, folded.
    pub openers: Vec<String>,
    /// Named lists of types, verbs and phrases, folded.
    pub lists: Vec<(String, Vec<String>)>,
    /// What a script does.
    pub operations: Vec<Operation>,
    /// Words that may stand beside an operation.
    pub filler: Vec<String>,
    /// The questions, in order.
    pub steps: Vec<Step>,
    /// Words for executors, folded.
    pub executors: Vec<(Executor, Vec<String>)>,
}

/// Index into `Selection::lists`.
pub type ListId = usize;

/// A question of the decision tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its id: what a `Reason` names.
    pub id: String,
    /// In words.
    pub question: String,
    /// One of these must hold.
    pub any: Vec<Clause>,
    /// None of these may.
    pub unless: Vec<Clause>,
    /// One of these says that it nearly held.
    pub near: Vec<Clause>,
    /// Why it did not, then.
    pub near_reason: String,
    /// The answer.
    pub then: Answer,
    /// Where it stands.
    pub at: Span,
}

/// Conditions that must hold together; an empty clause always holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clause {
    /// All of them.
    pub all: Vec<Condition>,
}

/// One condition of a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The source names an executor, a model or a script.
    Explicit,
    /// The declared type is in the list.
    Types(ListId),
    /// Some verb is in the list.
    Verbs(ListId),
    /// The first verb is in the list.
    Head(ListId),
    /// A phrase of the list occurs.
    Phrases(ListId),
    /// The source gives it to a domain or agent that returns it.
    RedirectDomain,
    /// Its domain works in the foreground only.
    ForegroundDomain,
    /// Its domain has a usual model.
    DomainModel,
    /// Its domain is one of these.
    Domains(Vec<DomainId>),
    /// It is nothing but an operation with its paths.
    Operation,
    /// The template of its output is given.
    Template,
    /// The source asks for this enrichment.
    DeclaredEnrichment(Enrichment),
    /// It has more words than this.
    WordsOver(u32),
}

/// What a step answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What the source says.
    pub declared: bool,
    /// It is returned.
    pub redirect: bool,
    /// It must not run in the background; the next step is asked.
    pub foreground: bool,
    /// Who.
    pub executor: Option<Executor>,
    /// With what.
    pub model: Option<ModelChoice>,
}

/// The model a step answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelChoice {
    /// This one.
    Model(ModelId),
    /// The domain's usual one.
    Domain,
}

/// Something a script does: verb and paths, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: String,
    /// Its verbs, folded.
    pub verbs: Vec<String>,
    /// How many paths it takes.
    pub paths: u32,
    /// The command; `{1}` and `{2}` are the paths.
    pub run: Vec<String>,
}

/// What a level of enrichment may use, in tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// For knowledge.
    pub kb: Tokens,
    /// For the business context.
    pub business: Tokens,
    /// For the template.
    pub template: Tokens,
    /// For everything else.
    pub base: Tokens,
}

/// How much knowledge a prompt carries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnrichmentRules {
    /// By level: minimal, standard, full.
    pub budgets: [Budget; 3],
    /// Tokens of the closing.
    pub closing: Tokens,
    /// Limit of the whole prompt, percent of the sum of its parts.
    pub limit_percent: u32,
    /// In order.
    pub rules: Vec<EnrichmentRule>,
    /// Headings whose sections a digest takes, folded.
    pub sections: Vec<String>,
}

impl EnrichmentRules {
    /// The budget of a level.
    #[must_use]
    pub fn budget(&self, level: Enrichment) -> Budget {
        match level {
            Enrichment::Minimal => self.budgets[0],
            Enrichment::Standard => self.budgets[1],
            Enrichment::Full => self.budgets[2],
        }
    }
    /// Tokens above which a prompt of a level is too long.
    #[must_use]
    pub fn limit(&self, level: Enrichment) -> Tokens {
        let budget = self.budget(level);
        let sum = budget.kb + budget.business + budget.template + budget.base + self.closing;
        Tokens(sum.0 * u64::from(self.limit_percent) / 100)
    }
}

/// One rule for enrichment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrichmentRule {
    /// Its id.
    pub id: String,
    /// When it holds.
    pub when: When,
    /// What it gives.
    pub level: LevelChoice,
}

/// What an enrichment rule gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LevelChoice {
    /// What the task says.
    Task,
    /// What its domain says.
    Domain,
    /// This.
    Level(Enrichment),
    /// At least this; the rules below decide.
    AtLeast(Enrichment),
}

/// A condition of the enrichment and timeout rules: every part that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    /// The task says so itself.
    pub explicit: bool,
    /// It is returned.
    pub redirect: bool,
    /// Its domain has an enrichment.
    pub domain_enrichment: bool,
    /// Executors; any when empty.
    pub executors: Vec<Executor>,
    /// Declared types, folded; any when empty.
    pub types: Vec<String>,
    /// Domains; any when empty.
    pub domains: Vec<String>,
    /// Ids of models; any when empty.
    pub models: Vec<String>,
    /// Tiers of models; any when empty.
    pub tiers: Vec<String>,
}

/// How long an attempt may take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeoutRules {
    /// Nothing takes longer.
    pub max: Millis,
    /// Percent of the expected duration that is always granted.
    pub factor_percent: u32,
    /// Percent granted to what works in the foreground.
    pub foreground_percent: u32,
    /// Percent granted to the attempt after a timeout.
    pub retry_percent: u32,
    /// In order.
    pub rules: Vec<TimeoutRule>,
    /// Turns by model; `default` for others.
    pub max_turns: BTreeMap<String, u32>,
    /// Longest wave and longest run.
    pub wave_and_run: (Millis, Millis),
}

/// One rule for timeouts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeoutRule {
    /// Its id.
    pub id: String,
    /// When it holds.
    pub when: When,
    /// What it gives.
    pub limit: Millis,
    /// Neither raised nor cut.
    pub fixed: bool,
    /// Raised for what works in the foreground.
    pub foreground: bool,
}

/// How long a task is expected to take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Durations {
    /// By class: a model's id, `worker`, `human`, `haiku_template`, `default`.
    pub classes: BTreeMap<String, DurationClass>,
    /// Measured, sorted by type and model; a type may be empty.
    pub history: Vec<Measured>,
    /// Runs from which a measurement counts.
    pub min_runs: u32,
}

/// An expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DurationClass {
    /// Half of the tasks take less.
    pub median: Millis,
    /// Ninetieth percentile in percent of the median.
    pub p90_percent: u32,
    /// Coefficient of variation, percent.
    pub cv_percent: u32,
}

/// A measurement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Measured {
    /// Type of work, folded; empty for all.
    pub work: String,
    /// Id of the model, or `worker`.
    pub model: String,
    /// How often.
    pub runs: u32,
    /// Median.
    pub p50: Millis,
    /// Ninetieth percentile.
    pub p90: Millis,
    /// Failures among the runs.
    pub failures: u32,
}

/// What happens when attempts fail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retry {
    /// Attempts in all.
    pub attempts: u32,
    /// What follows: a model's id or `human`.
    pub then: String,
    /// Quality below which a result does not count, percent.
    pub floor: u32,
}

/// What a plan about a launch must know besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BusinessContext {
    /// Words that ask for it.
    pub triggers: Vec<String>,
    /// A folder with one folder a campaign.
    pub source_dir: String,
    /// Files of such a folder that matter, in order.
    pub priority_files: Vec<String>,
    /// Files that hold it otherwise.
    pub source_files: Vec<String>,
    /// Its tokens.
    pub max_tokens: Tokens,
}
