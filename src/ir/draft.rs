//! A>D  What one document asks for, in the words of its source: the common form of every dialect.
//!
//! Flat tables of ranges, so that a document of a million tasks costs little more than its own text. A dialect
//! decides what is a task, a group, a criterion and a note; it invents nothing and drops nothing: what it cannot
//! place goes to `unused` with the reason.

use crate::base::quantity::Millis;
use crate::base::span::{FileId, Span, Spanned};
use crate::base::table::{Run, Table};
use crate::base::text::Text;

use super::document::Waiver;

crate::id! {
    /// An item of a `Draft`.
    ItemId,
    /// A criterion of a `Draft`, and of the `TaskGraph` made from it.
    CriterionId,
}

/// A comment of a document that says: everything is stated, so read nothing out of its words.
pub const STATED: &str = "<!-- dispatch: all is stated -->";

/// Who made a list that states everything, where the format has a field for its maker and no comments.
pub const MAKER: &str = "dispatch";

/// What kind of request a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// A story: criteria, usually with tasks.
    Story,
    /// Requirements; may embed stories.
    Prd,
    /// A list of work items.
    TaskList,
    /// Prose.
    FreeText,
    /// A decomposition somebody has made already.
    Plan,
}

impl DraftKind {
    /// The name on the wire and in rules.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::Prd => "prd",
            Self::TaskList => "task_list",
            Self::FreeText => "free_text",
            Self::Plan => "plan",
        }
    }
}

/// How far a document or an item has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not yet agreed upon.
    Draft,
    /// Agreed upon, not begun.
    Ready,
    /// Begun.
    InProgress,
    /// Waiting for a verdict.
    InReview,
    /// Finished.
    Done,
    /// Waiting for something outside.
    Blocked,
    /// Given up.
    Cancelled,
}

/// How urgent something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// could, P3
    Low,
    /// should, P2
    #[default]
    Medium,
    /// must, P1
    High,
    /// P0, urgent
    Critical,
}

/// What one document asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The document.
    pub file: FileId,
    /// The dialect that read it, by its name on the command line.
    pub dialect: &'static str,
    /// What kind of request it is.
    pub kind: DraftKind,
    /// Written for another tool: rules about wording warn instead of blocking.
    pub foreign: bool,
    /// It says everything it means: nothing is read out of its words.
    pub stated: bool,
    /// Its own id.
    pub id: Option<Text>,
    /// Its title.
    pub title: Option<Text>,
    /// The language of its outputs, as declared.
    pub language: Option<Text>,
    /// How far it has come.
    pub status: Option<Spanned<Status>>,
    /// How urgent it is.
    pub priority: Option<Priority>,
    /// Ids or paths of documents it waits for.
    pub after: Vec<Text>,
    /// Ids or paths of documents that wait for it.
    pub blocks: Vec<Text>,
    /// Values its tasks inherit.
    pub defaults: Columns,
    /// What must hold in the end; those of items stand in runs.
    pub criteria: Table<CriterionId, Criterion>,
    /// Groups and tasks in document order; a group stands before what it holds.
    pub items: Table<ItemId, Item>,
    /// Names of items or documents; items refer to runs of it.
    pub mentions: Vec<Text>,
    /// Paths with what is done to them; items refer to runs of it.
    pub paths: Vec<PathUse>,
    /// Prose that a prompt may quote: objective, scope, notes.
    pub sections: Vec<Section>,
    /// What was seen and not used.
    pub unused: Vec<Unused>,
    /// Inline permissions.
    pub waivers: Vec<Waiver>,
    /// What the document is, as a noun phrase, if it is no request at all: an agent, a checklist.
    pub no_work: Option<&'static str>,
}

impl Draft {
    /// An empty draft of `file`.
    #[must_use]
    pub fn new(file: FileId, dialect: &'static str, kind: DraftKind) -> Self {
        Self {
            file,
            dialect,
            kind,
            foreign: false,
            stated: false,
            id: None,
            title: None,
            language: None,
            status: None,
            priority: None,
            after: Vec::new(),
            blocks: Vec::new(),
            defaults: Columns::default(),
            criteria: Table::default(),
            items: Table::default(),
            mentions: Vec::new(),
            paths: Vec::new(),
            sections: Vec::new(),
            unused: Vec::new(),
            waivers: Vec::new(),
            no_work: None,
        }
    }
}

/// Whether an item is work or holds work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// A leaf: something to be done.
    Task,
    /// A heading or parent line; its children are the work.
    Group,
    /// A group that comes before the next phase: a barrier.
    Phase,
}

/// A task or a group of tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Leaf, group or phase.
    pub kind: ItemKind,
    /// `Some(true)` done, `Some(false)` open, `None` when the source does not say.
    pub done: Option<bool>,
    /// The source says that it may run beside its neighbours.
    pub parallel: bool,
    /// The source says that it need not be done.
    pub optional: bool,
    /// The source says that it is given up.
    pub cancelled: bool,
    /// The group that holds it.
    pub parent: Option<ItemId>,
    /// Its id in the source.
    pub id: Option<Text>,
    /// One line: what to do.
    pub title: Text,
    /// The rest of what the source says about it.
    pub detail: Option<Text>,
    /// The lines that make it: what `why` shows.
    pub at: Span,
    /// What it waits for: a run of `Draft::mentions`.
    pub after: Run,
    /// What waits for it: a run of `Draft::mentions`.
    pub blocks: Run,
    /// Criteria it serves by reference (`AC: 1, 2`, `_Requirements: 1.1_`): a run of `Draft::mentions`.
    pub serves: Run,
    /// Paths it names with a declared role: a run of `Draft::paths`.
    pub paths: Run,
    /// Criteria of its own: a run of `Draft::criteria`.
    pub criteria: Run,
    /// How long it takes, if the source says.
    pub duration: Option<Millis>,
    /// Type of work, as declared.
    pub work: Option<Text>,
    /// Domain, as declared.
    pub domain: Option<Text>,
    /// Agent, as declared.
    pub agent: Option<Text>,
    /// Model, as declared.
    pub model: Option<Text>,
    /// Urgency, as declared.
    pub priority: Option<Priority>,
    /// The columns few sources use.
    pub columns: Option<Box<Columns>>,
}

impl Item {
    /// An open task with nothing but a title.
    #[must_use]
    pub fn task(title: Text, at: Span) -> Self {
        Self {
            kind: ItemKind::Task,
            done: None,
            parallel: false,
            optional: false,
            cancelled: false,
            parent: None,
            id: None,
            title,
            detail: None,
            at,
            after: Run::default(),
            blocks: Run::default(),
            serves: Run::default(),
            paths: Run::default(),
            criteria: Run::default(),
            duration: None,
            work: None,
            domain: None,
            agent: None,
            model: None,
            priority: None,
            columns: None,
        }
    }
}

/// What is done to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PathRole {
    /// Made by the task.
    Create,
    /// Changed by the task.
    Modify,
    /// Removed by the task.
    Delete,
    /// Needed by the task.
    Read,
    /// A glob inside which the task may write.
    Own,
}

/// A path and what is done to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathUse {
    /// As written.
    pub path: Text,
    /// What is done to it.
    pub role: PathRole,
}

/// Something that must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// Its id in the source.
    pub id: Option<Text>,
    /// What must hold.
    pub text: Text,
    /// Satisfied already.
    pub done: bool,
    /// must, should, could.
    pub priority: Priority,
}

/// Prose with a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is for.
    pub role: SectionRole,
    /// Its heading.
    pub heading: Text,
    /// Its text.
    pub body: Text,
}

/// What a section of prose is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SectionRole {
    /// As a … I want … so that …
    UserStory,
    /// Objective, description, context.
    Objective,
    /// What belongs and what does not.
    Scope,
    /// Notes for whoever does the work.
    Notes,
    /// Anything else a reader may want.
    Other,
}

/// Something that was seen and not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Its place.
    pub span: Span,
    /// Why: a full sentence without its stop.
    pub reason: &'static str,
}

/// The columns of a native plan and of the sister systems' task tables. Absent means: to be inferred.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Columns {
    /// `worker`, `agent`, `human`, `hybrid`.
    pub executor: Option<Text>,
    /// Slash command to run.
    pub command: Option<Text>,
    /// Script a worker runs.
    pub script: Option<Text>,
    /// Reasoning effort.
    pub effort: Option<Text>,
    /// `MINIMAL`, `STANDARD`, `FULL`.
    pub enrichment: Option<Text>,
    /// Knowledge files.
    pub kb_files: Vec<Text>,
    /// Tools the agent may use.
    pub tools: Vec<Text>,
    /// `none`, `worktree`, …
    pub isolation: Option<Text>,
    /// Names of things only one task may hold at a time.
    pub mutex: Vec<Text>,
    /// Commands or predicates that prove the result.
    pub verify: Vec<Text>,
    /// Conditions under which the executor must stop.
    pub stop_if: Vec<Text>,
    /// Needs a person's consent before it starts.
    pub approval: Option<Spanned<bool>>,
    /// May be started without a person.
    pub auto: Option<Spanned<bool>>,
    /// Seconds.
    pub timeout_s: Option<Spanned<i64>>,
    /// Turns of the agent.
    pub max_turns: Option<Spanned<i64>>,
    /// Seconds to wait after it.
    pub cooldown_s: Option<Spanned<i64>>,
    /// Attempts in all.
    pub attempts: Option<Spanned<i64>>,
    /// Wave assigned by hand.
    pub wave: Option<Spanned<i64>>,
    /// Cost class, 1 to 4.
    pub cost_class: Option<Spanned<i64>>,
    /// Lines the output is expected to have.
    pub expected_lines: Option<Spanned<i64>>,
    /// Tokens the output is expected to have.
    pub tokens_out: Option<Spanned<i64>>,
    /// `yaml`, `json`, `markdown`, `code`, …
    pub output_format: Option<Text>,
    /// Language of the output.
    pub output_language: Option<Text>,
    /// Text of an output template.
    pub output_template: Option<Text>,
    /// `dispatch` or `redirect`.
    pub action: Option<Text>,
    /// `file` or `external`.
    pub effect: Option<Text>,
    /// Must run in the foreground.
    pub foreground: Option<Spanned<bool>>,
    /// Route of `@async/dispatch`.
    pub route: Option<Text>,
    /// `direct` or `branch` of dispatch-nu.
    pub mode: Option<Text>,
    /// Category of Codewalkers; planning categories are never started by themselves.
    pub category: Option<Text>,
    /// Workflow step or column of a ticket.
    pub step: Option<Text>,
    /// What must happen before: a model or executor that plans first.
    pub preplan: Option<Text>,
    /// Events or dates it waits for.
    pub waits: Vec<Text>,
    /// Why a new agent is used where the registry has one.
    pub create_reason: Option<Text>,
    /// At most this many tasks at once, for everything below.
    pub max_parallel: Option<Spanned<i64>>,
    /// Keys the schema allows and nothing above holds, kept for round trips: key and raw value.
    pub other: Vec<(Text, Text)>,
}

impl Columns {
    /// These columns, and those of `base` where these say nothing.
    #[must_use]
    pub fn or(&self, base: &Self) -> Self {
        fn either<T: Clone>(own: &[T], base: &[T]) -> Vec<T> {
            if own.is_empty() { base.to_vec() } else { own.to_vec() }
        }
        Self {
            executor: self.executor.clone().or_else(|| base.executor.clone()),
            command: self.command.clone().or_else(|| base.command.clone()),
            script: self.script.clone().or_else(|| base.script.clone()),
            effort: self.effort.clone().or_else(|| base.effort.clone()),
            enrichment: self.enrichment.clone().or_else(|| base.enrichment.clone()),
            kb_files: either(&self.kb_files, &base.kb_files),
            tools: either(&self.tools, &base.tools),
            isolation: self.isolation.clone().or_else(|| base.isolation.clone()),
            mutex: either(&self.mutex, &base.mutex),
            verify: either(&self.verify, &base.verify),
            stop_if: either(&self.stop_if, &base.stop_if),
            approval: self.approval.clone().or_else(|| base.approval.clone()),
            auto: self.auto.clone().or_else(|| base.auto.clone()),
            timeout_s: self.timeout_s.clone().or_else(|| base.timeout_s.clone()),
            max_turns: self.max_turns.clone().or_else(|| base.max_turns.clone()),
            cooldown_s: self.cooldown_s.clone().or_else(|| base.cooldown_s.clone()),
            attempts: self.attempts.clone().or_else(|| base.attempts.clone()),
            wave: self.wave.clone().or_else(|| base.wave.clone()),
            cost_class: self.cost_class.clone().or_else(|| base.cost_class.clone()),
            expected_lines: self.expected_lines.clone().or_else(|| base.expected_lines.clone()),
            tokens_out: self.tokens_out.clone().or_else(|| base.tokens_out.clone()),
            output_format: self.output_format.clone().or_else(|| base.output_format.clone()),
            output_language: self.output_language.clone().or_else(|| base.output_language.clone()),
            output_template: self.output_template.clone().or_else(|| base.output_template.clone()),
            action: self.action.clone().or_else(|| base.action.clone()),
            effect: self.effect.clone().or_else(|| base.effect.clone()),
            foreground: self.foreground.clone().or_else(|| base.foreground.clone()),
            route: self.route.clone().or_else(|| base.route.clone()),
            mode: self.mode.clone().or_else(|| base.mode.clone()),
            category: self.category.clone().or_else(|| base.category.clone()),
            step: self.step.clone().or_else(|| base.step.clone()),
            preplan: self.preplan.clone().or_else(|| base.preplan.clone()),
            waits: either(&self.waits, &base.waits),
            create_reason: self.create_reason.clone().or_else(|| base.create_reason.clone()),
            max_parallel: self.max_parallel.clone().or_else(|| base.max_parallel.clone()),
            other: either(&self.other, &base.other),
        }
    }
}
