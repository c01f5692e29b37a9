//! The plan in the formats of neighbours, and what those formats cannot hold.
//!
//! Every format gets the same rows: atomic tasks in the order of the plan with what each waits for. Read back, they
//! give the same tasks, dependencies, ticks and criteria; whatever else the plan knows is listed as lost. A format
//! whose words we would interpret says in a comment that everything is stated: then nothing is read out of its words.

mod backlog;
mod beads;
mod speckit;
mod taskmaster;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::base::inputs::{Inputs, RelPath};
use crate::base::table::Id as _;
use crate::ir::artifact::Artifact;
use crate::ir::draft::{CriterionId, Priority};
use crate::ir::graph::{Rule, Task, TaskId};
use crate::ir::plan::Plan;

/// A format of a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Neighbour {
    /// `.taskmaster/tasks/tasks.json`.
    Taskmaster,
    /// `.beads/issues.jsonl`.
    Beads,
    /// `backlog/tasks/*.md`.
    Backlog,
    /// `specs/<number>-<name>/tasks.md` and `spec.md`.
    SpecKit,
}

/// Something the format has no place for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// What: `model`, `outputs`, ….
    pub what: &'static str,
    /// Why it is lost.
    pub why: &'static str,
    /// Whose: ids of tasks, texts of criteria.
    pub of: Vec<String>,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The files, by path.
    pub files: Vec<Artifact>,
    /// What they do not say, by name.
    pub losses: Vec<Loss>,
}

/// A task as neighbours see it.
struct Row<'a> {
    /// Its id in the plan.
    id: &'a str,
    /// Its id there.
    name: String,
    title: &'a str,
    detail: &'a str,
    done: bool,
    parallel: bool,
    priority: Priority,
    /// Rows it waits for.
    after: Vec<usize>,
    /// Texts with their ticks; each criterion stands with the first task that serves it.
    criteria: Vec<(&'a str, bool)>,
    verify: Vec<&'a str>,
    minutes: Option<u64>,
    work: &'a str,
}

/// Everything a writer needs.
struct Sheet<'a> {
    title: String,
    slug: &'a str,
    /// The day the plan counts from: formats that want dates get this one.
    date: String,
    rows: Vec<Row<'a>>,
    /// By what is lost, and why.
    losses: BTreeMap<(&'static str, &'static str), Loss>,
}

impl Sheet<'_> {
    fn lose(&mut self, what: &'static str, why: &'static str, of: impl Into<String>) {
        let loss = self.losses.entry((what, why)).or_insert_with(|| Loss { what, why, of: Vec::new() });
        loss.of.push(of.into());
    }
    fn lose_where(&mut self, what: &'static str, why: &'static str, is_lost: impl Fn(&Row<'_>) -> bool) {
        let of: Vec<String> =
            self.rows.iter().filter(|row| is_lost(row)).map(|row| row.id.to_owned()).collect();
        for id in of {
            self.lose(what, why, id);
        }
    }
}

/// Writes the plan in the format of a neighbour.
#[must_use]
pub fn export(inputs: &Inputs, plan: &Plan, to: Neighbour) -> Export {
    let mut sheet = sheet(inputs, plan, to);
    let files = match to {
        Neighbour::Taskmaster => taskmaster::write(&mut sheet),
        Neighbour::Beads => beads::write(&mut sheet),
        Neighbour::Backlog => backlog::write(&mut sheet),
        Neighbour::SpecKit => speckit::write(&mut sheet),
    };
    let artifact = |(path, text): (String, String)| {
        Some(Artifact { path: RelPath::new(&path)?, bytes: text.into_bytes() })
    };
    Export {
        files: files.into_iter().filter_map(artifact).collect(),
        losses: sheet.losses.into_values().collect(),
    }
}

fn sheet<'a>(inputs: &'a Inputs, plan: &'a Plan, to: Neighbour) -> Sheet<'a> {
    let graph = &plan.graph;
    let mut first: BTreeMap<CriterionId, TaskId> = BTreeMap::new();
    let mut shared: Vec<CriterionId> = Vec::new();
    for (id, task) in graph.tasks.iter() {
        for &criterion in &graph.served[task.criteria.range()] {
            if *first.entry(criterion).or_insert(id) != id {
                shared.push(criterion);
            }
        }
    }
    let ids: Vec<&str> = graph.tasks.ids().map(|id| graph.id(id, inputs)).collect();
    let names = names(&ids, to, plan);
    let rows = graph.tasks.iter().zip(names).map(|((id, task), name)| {
        let columns = task.columns.as_deref();
        let own = graph.served[task.criteria.range()].iter().filter(|&criterion| first[criterion] == id);
        Row {
            id: graph.id(id, inputs),
            name,
            title: task.title.get(inputs),
            detail: task.detail.as_ref().map_or("", |detail| detail.get(inputs)).trim(),
            done: task.done,
            parallel: task.parallel,
            priority: task.priority,
            after: graph.edges_into(id).iter().map(|edge| edge.from.index()).collect(),
            criteria: own
                .map(|&criterion| {
                    let criterion = &graph.criteria[criterion];
                    (criterion.text.get(inputs), criterion.done)
                })
                .collect(),
            verify: columns
                .map_or(&[][..], |columns| &columns.verify)
                .iter()
                .map(|text| text.get(inputs))
                .collect(),
            minutes: task.duration.map(|time| time.secs() / 60).filter(|minutes| *minutes > 0),
            work: task.work.as_ref().map_or("", |work| work.get(inputs)),
        }
    });
    let date = plan.settings.as_of.clone().unwrap_or_else(|| plan.cost.prices.date.clone());
    let mut sheet = Sheet {
        title: line(&plan.head.title),
        slug: &plan.head.slug,
        date,
        rows: rows.collect(),
        losses: BTreeMap::new(),
    };
    common(inputs, plan, &shared, &first, &mut sheet);
    sheet
}

/// What none of the formats holds.
fn common(
    inputs: &Inputs,
    plan: &Plan,
    shared: &[CriterionId],
    first: &BTreeMap<CriterionId, TaskId>,
    sheet: &mut Sheet<'_>,
) {
    let graph = &plan.graph;
    sheet.lose_where("id", "the format numbers its tasks itself", |row| row.name != row.id);
    for (id, task) in graph.tasks.iter() {
        let name = graph.id(id, inputs);
        for (what, why, is_there) in declared(task) {
            if is_there {
                sheet.lose(what, why, name);
            }
        }
        if graph.outputs_of(id).iter().any(|output| !output.inferred) || !graph.owns_of(id).is_empty() {
            let said = |path: &str| {
                task.title.get(inputs).contains(path)
                    || task.detail.as_ref().is_some_and(|detail| detail.get(inputs).contains(path))
            };
            let mut outputs = graph.outputs_of(id).iter().filter(|output| !output.inferred);
            if outputs.all(|output| said(output.path.get(inputs))) {
                sheet.lose("outputs", "the format knows no files: they stay in the words of the task", name);
            } else {
                let why = "the format knows no files, and the words of the task do not name it";
                sheet.lose("outputs", why, name);
            }
        }
        if !graph.reads_of(id).is_empty() {
            sheet.lose("reads", "the format knows no files: they stay in the words of the task", name);
        }
        let has_reason = |edge: &crate::ir::graph::Edge| edge.rule != Rule::D1;
        if graph.edges_into(id).iter().any(has_reason) {
            sheet.lose("reason", "a dependency has no reason there: what was inferred is stated", name);
        }
        if task.group.is_some() {
            sheet.lose("group", "the headings above a task have no place", name);
        }
    }
    for &criterion in shared {
        let text = graph.criteria[criterion].text.get(inputs);
        sheet.lose(
            "shared criterion",
            "a criterion stands with one task: the first that serves it",
            line(text),
        );
    }
    for (id, criterion) in graph.criteria.iter().filter(|(id, _)| !first.contains_key(id)) {
        let text = graph.criteria[id].text.get(inputs);
        debug_assert!(!criterion.text.at().is_empty() || text.is_empty());
        sheet.lose("criterion", "no task serves it, and criteria stand with tasks", line(text));
    }
    if graph.stories.len() > 1 {
        for (_, story) in graph.stories.iter() {
            sheet.lose("story", "several stories become one list", story.id.clone());
        }
    }
    for excluded in &graph.excluded {
        sheet.lose("excluded", "what is given up is no task", excluded.task.clone());
    }
}

/// Declared values of a task that no format has a field for.
fn declared(task: &Task) -> [(&'static str, &'static str, bool); 5] {
    const WHY: &str = "the format has no field for it";
    let columns = task.columns.as_deref();
    [
        ("agent", WHY, task.agent.is_some()),
        ("model", WHY, task.model.is_some()),
        ("domain", WHY, task.domain.is_some()),
        ("part", "a part of a quantity is a task like any other", task.part.is_some()),
        ("columns", "limits, locks, tools and consent have no field", columns.is_some()),
    ]
}

/// Ids there: those of the plan where all of them are of the format, else numbers.
fn names(ids: &[&str], to: Neighbour, plan: &Plan) -> Vec<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |id: &&str| match to {
        Neighbour::Taskmaster => digits(id) && !id.starts_with('0'),
        Neighbour::SpecKit => id.strip_prefix('T').is_some_and(|rest| rest.len() == 3 && digits(rest)),
        Neighbour::Backlog => id.strip_prefix("task-").is_some_and(digits),
        Neighbour::Beads => {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            id.split_once('-').is_some_and(|(head, rest)| {
                head.len() > 1 && head.bytes().all(plain) && !rest.is_empty() && rest.bytes().all(plain)
            })
        }
    };
    if ids.iter().all(fits) {
        return ids.iter().map(|id| (*id).to_owned()).collect();
    }
    let prefix = plan.head.slug.split('-').next().unwrap_or("plan");
    (1..=ids.len())
        .map(|number| match to {
            Neighbour::Taskmaster => number.to_string(),
            Neighbour::SpecKit => format!("T{number:03}"),
            Neighbour::Backlog => format!("task-{number}"),
            Neighbour::Beads => format!("{prefix}-{number}"),
        })
        .collect()
}

/// A text on one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text on one line of markdown that reads as it is.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in line(text).chars() {
        if matches!(c, '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '~' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Criteria as a list of boxes.
fn boxes(criteria: &[(&str, bool)]) -> String {
    let mut out = String::new();
    for (text, done) in criteria {
        let _ = writeln!(out, "- [{}] {}", if *done { 'x' } else { ' ' }, line(text));
    }
    out.truncate(out.trim_end().len());
    out
}
