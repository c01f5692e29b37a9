//! D>E  The tasks and what each waits for: acyclic by construction.

use crate::base::inputs::Inputs;
use crate::base::quantity::Millis;
use crate::base::span::Span;
use crate::base::table::{Run, Table};
use crate::base::text::Text;

use super::draft::{Columns, Criterion, CriterionId, DraftKind, PathRole, Priority};

crate::id! {
    /// A task of the graph.
    TaskId,
    /// A document that tasks came from.
    StoryId,
    /// A heading or parent line above tasks.
    GroupId,
}

/// A document that tasks came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Its id, unique in the plan.
    pub id: String,
    /// A name fit for a folder.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What kind of request it is.
    pub kind: DraftKind,
    /// The dialect it was read by.
    pub dialect: &'static str,
    /// Written for another tool.
    pub foreign: bool,
    /// Language of the outputs: `en`, `pt-BR`, ….
    pub language: String,
    /// The head of the document.
    pub at: Span,
    /// Prose a prompt may quote.
    pub sections: Vec<super::draft::Section>,
    /// Its tasks.
    pub tasks: Run,
}

/// A heading or parent line above tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its text.
    pub title: Text,
    /// The group around it.
    pub parent: Option<GroupId>,
}

/// A file a task makes or changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Relative path, normalised.
    pub path: Text,
    /// Create, modify or delete.
    pub action: PathRole,
    /// Chosen by us, not by the source.
    pub inferred: bool,
}

/// Something to be done, with exactly one thing to show for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Unique in the plan.
    pub id: Text,
    /// Its id in the source.
    pub source_id: Option<Text>,
    /// One line: what to do.
    pub title: Text,
    /// The rest of what the source says.
    pub detail: Option<Text>,
    /// The lines it came from.
    pub at: Span,
    /// The document it came from.
    pub story: StoryId,
    /// The heading or parent line above it.
    pub group: Option<GroupId>,
    /// Number of its phase, from 1; 0 without phases.
    pub phase: u32,
    /// Satisfied already: in no wave.
    pub done: bool,
    /// The source marks it as free to run beside its neighbours.
    pub parallel: bool,
    /// Which of several like it: number and total of an expanded quantity.
    pub part: Option<(u32, u32)>,
    /// How urgent.
    pub priority: Priority,
    /// Type of work: declared, else inferred from its verb.
    pub work: Option<Text>,
    /// Declared domain.
    pub domain: Option<Text>,
    /// Declared agent.
    pub agent: Option<Text>,
    /// Declared model.
    pub model: Option<Text>,
    /// Declared duration.
    pub duration: Option<Millis>,
    /// What it makes or changes: a run of `TaskGraph::outputs`.
    pub outputs: Run,
    /// What it needs: a run of `TaskGraph::reads`.
    pub reads: Run,
    /// Globs it owns: a run of `TaskGraph::owns`.
    pub owns: Run,
    /// What must hold, says the source: a run of `TaskGraph::served`.
    pub criteria: Run,
    /// What must hold where the source says nothing.
    pub inferred_criterion: Option<Text>,
    /// The columns few sources use.
    pub columns: Option<Box<Columns>>,
}

/// Why one task waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub enum Rule {
    /// The source says so: `depends_on`, "after 1.2".
    D1,
    /// The other says that it blocks this one.
    D2,
    /// This one needs a file the other makes.
    D3,
    /// Both write one file.
    D4,
    /// This one names the other's deliverable.
    D5,
    /// Ordering words.
    D6,
    /// Verify after build.
    D7,
    /// Phase after phase.
    D8,
    /// Sibling after sibling.
    D9,
    /// Item after item.
    D10,
    /// Added by us so that two tasks never touch one path at a time.
    Race,
}

impl Rule {
    /// The name in data files and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::D1 => "D1",
            Self::D2 => "D2",
            Self::D3 => "D3",
            Self::D4 => "D4",
            Self::D5 => "D5",
            Self::D6 => "D6",
            Self::D7 => "D7",
            Self::D8 => "D8",
            Self::D9 => "D9",
            Self::D10 => "D10",
            Self::Race => "race",
        }
    }
    /// Whether the source states it: such an edge is never dropped or reduced away.
    pub fn is_explicit(self) -> bool {
        matches!(self, Self::D1 | Self::D2)
    }
}

/// `to` waits for `from`.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// The task that comes first.
    pub from: TaskId,
    /// The task that waits.
    pub to: TaskId,
    /// Why.
    pub rule: Rule,
    /// How sure we are: percent.
    pub confidence: u8,
    /// The words it was read from.
    pub evidence: Text,
}

/// One story waits for another.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryLink {
    /// The earlier story.
    pub from: StoryId,
    /// The later story.
    pub to: StoryId,
    /// Why: the rule of the surest edge between their tasks.
    pub rule: Rule,
    /// How sure, in percent.
    pub confidence: u8,
    /// The words it was read from.
    pub evidence: Text,
}

/// A task that is not part of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Excluded {
    /// Its name in the source.
    pub task: String,
    /// Why it is left out: a clause.
    pub reason: String,
    /// Ids of the tasks that cannot start without it.
    pub blocks: Vec<String>,
    /// Its place.
    pub at: Span,
}

/// Tasks, edges, and what they refer to.
///
/// Invariant: acyclic; `edges` is sorted by `(to, from)` and holds a pair once; `order` is topological and, among
/// tasks that are free at the same time, follows the document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskGraph {
    /// The documents.
    pub stories: Table<StoryId, Story>,
    /// Headings and parents.
    pub groups: Table<GroupId, Group>,
    /// The tasks, in document order.
    pub tasks: Table<TaskId, Task>,
    /// All criteria of all documents.
    pub criteria: Table<CriterionId, Criterion>,
    /// Criteria by task.
    pub served: Vec<CriterionId>,
    /// Outputs by task.
    pub outputs: Vec<Output>,
    /// Paths needed, by task.
    pub reads: Vec<Text>,
    /// Globs owned, by task.
    pub owns: Vec<Text>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// Needless or weaker evidence: edges left out of `edges`, for `why`.
    pub evidence: Vec<Edge>,
    /// Where the edges into each task begin in `edges`; one more entry than tasks.
    pub incoming: Vec<u32>,
    /// Successors, flat: see `outgoing`.
    pub next: Vec<TaskId>,
    /// Where the successors of each task begin in `next`; one more entry than tasks.
    pub outgoing: Vec<u32>,
    /// A topological order.
    pub order: Vec<TaskId>,
    /// Pairs of tasks that write one path on copies of their own: somebody must merge, the later into the earlier.
    pub merges: Vec<(TaskId, TaskId, Text)>,
    /// What is left out, and why.
    pub excluded: Vec<Excluded>,
    /// What was seen in the sources and not used.
    pub unused: Vec<super::draft::Unused>,
    /// Which story waits for which, by the later, then the earlier; empty for a single one.
    pub links: Vec<StoryLink>,
    /// The stories in the order people think of them; empty for a single one.
    pub story_order: Vec<StoryId>,
    /// What stories of a batch wait for and what is not there.
    pub missing: Vec<Text>,
}

/// The isolation that gives a task a copy of its own.
const COPY: &str = "worktree";

impl Task {
    /// An open task with nothing but a name and a title.
    #[must_use]
    pub fn open(id: Text, title: Text, at: Span, story: StoryId) -> Self {
        Self {
            id,
            source_id: None,
            title,
            detail: None,
            at,
            story,
            group: None,
            phase: 0,
            done: false,
            parallel: false,
            part: None,
            priority: Priority::Medium,
            work: None,
            domain: None,
            agent: None,
            model: None,
            duration: None,
            outputs: Run::default(),
            reads: Run::default(),
            owns: Run::default(),
            criteria: Run::default(),
            inferred_criterion: None,
            columns: None,
        }
    }
    /// Whether it works on a copy of its own, which has to be merged.
    #[must_use]
    pub fn has_copy(&self, inputs: &Inputs) -> bool {
        let isolation = self.columns.as_ref().and_then(|columns| columns.isolation.as_ref());
        isolation.is_some_and(|isolation| isolation.get(inputs) == COPY)
    }
}

impl TaskGraph {
    /// The edges into a task.
    #[must_use]
    pub fn edges_into(&self, task: TaskId) -> &[Edge] {
        let at = task.0 as usize;
        &self.edges[self.incoming[at] as usize..self.incoming[at + 1] as usize]
    }
    /// The tasks that wait for a task.
    #[must_use]
    pub fn successors(&self, task: TaskId) -> &[TaskId] {
        let at = task.0 as usize;
        &self.next[self.outgoing[at] as usize..self.outgoing[at + 1] as usize]
    }
    /// The id of a task as text.
    #[must_use]
    pub fn id<'a>(&'a self, task: TaskId, inputs: &'a Inputs) -> &'a str {
        self.tasks[task].id.get(inputs)
    }
    /// What a task makes or changes.
    #[must_use]
    pub fn outputs_of(&self, task: TaskId) -> &[Output] {
        &self.outputs[self.tasks[task].outputs.range()]
    }
    /// What a task needs.
    #[must_use]
    pub fn reads_of(&self, task: TaskId) -> &[Text] {
        &self.reads[self.tasks[task].reads.range()]
    }
    /// Globs a task owns.
    #[must_use]
    pub fn owns_of(&self, task: TaskId) -> &[Text] {
        &self.owns[self.tasks[task].owns.range()]
    }
    /// What must hold when a task is done: the criteria it serves, else the one inferred for it.
    pub fn criteria_of(&self, task: TaskId) -> impl Iterator<Item = &Text> {
        let task = &self.tasks[task];
        let stated = self.served[task.criteria.range()].iter().map(|&id| &self.criteria[id].text);
        stated.chain(&task.inferred_criterion)
    }
}
