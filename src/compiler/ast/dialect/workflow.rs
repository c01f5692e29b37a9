//! The dialect `workflow`: phases and steps of a squad's workflow file, in every layout in use.
//!
//! `phases` or `sequence`, as a list or a map, at the top or inside `workflow`. A phase with steps is a group of tasks,
//! without steps a task. Where any phase says what it depends on, that is the order; else each phase waits for the one
//! before it. A checkpoint asks for consent.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{Span, Spanned};
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{
    Columns, Draft, DraftKind, Item, ItemId, ItemKind, PathRole, PathUse, Section, SectionRole,
};
use crate::ir::node::{Key, Kind, Node};

use super::Claim;
use super::build::run;
use super::field::{self, Decoder, Strictness};
use super::words::Words;
use crate::syntax::text::path;

/// Keys under which phases stand.
const PHASES: &[&str] = &["phases", "sequence", "stages"];
/// Keys under which the steps of a phase stand.
const STEPS: &[&str] = &["steps", "tasks", "sequence", "actions", "activities", "atividades"];
/// Keys that a step has, and a list of anything else has not.
const MARKS: &[&str] = &["agent", "checkpoint", "executor", "task", "depends_on"];

/// How sure it is that a document is a workflow.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    if document.outline.is_some() {
        return Claim::NONE;
    }
    let node = &document.node;
    let inside = node
        .get("workflow")
        .is_some_and(|workflow| workflow.any_of(PHASES).is_some() || workflow.get("steps").is_some());
    let phases = node.any_of(PHASES).map(|(_, phases)| phases);
    let shaped = phases.is_some_and(|phases| {
        let rows: Vec<&Node> = rows(phases).into_iter().map(|(_, row)| row).collect();
        rows.iter().any(|row| {
            row.any_of(STEPS).is_some() || row.any_of(MARKS).is_some() || row.get("agents").is_some()
        })
    });
    let steps =
        node.get("steps").is_some_and(|steps| rows(steps).iter().any(|(_, row)| row.any_of(MARKS).is_some()));
    let shaped = shaped || steps;
    let folder = inputs.file(document.file).path.as_str().contains("workflows/");
    match (inside || (node.get("workflow").is_some() && phases.is_some()), shaped, folder) {
        (true, _, _) => Claim::of(86, "it has a `workflow` with phases"),
        (false, true, true) => Claim::of(80, "it lies among workflows and has phases"),
        (false, true, false) if node.get("tasks").is_none() && node.get("plan").is_none() => {
            Claim::of(70, "its phases have steps")
        }
        (false, _, _) => Claim::NONE,
    }
}

/// Reads a workflow.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "workflow", DraftKind::TaskList);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let node = &document.node;
    let head = node.get("workflow").filter(|head| !head.entries().is_empty()).unwrap_or(node);
    let text = |keys: &[&str]| {
        head.any_of(keys).or_else(|| node.any_of(keys)).and_then(|(_, value)| field::text(value))
    };
    draft.id = text(&["id", "workflow_id"]);
    draft.title = text(&["name", "title", "workflow_name"]);
    if let Some(body) = text(&["description", "purpose", "objective"]) {
        let heading = Text::made("description", body.at());
        draft.sections.push(Section { role: SectionRole::Objective, heading, body });
    }
    let mut reader = Reader { inputs, words, decoder: Decoder::new(inputs, Strictness::Foreign), draft };
    let phases = phases(head, node);
    let steps = head.any_of(&["steps", "tasks"]).or_else(|| node.any_of(&["steps"])).map(|(_, steps)| steps);
    match (phases, steps) {
        (Some(phases), _) => reader.phases(&rows(phases)),
        (None, Some(steps)) => {
            for (name, step) in rows(steps) {
                reader.step(name, step, None, false);
            }
        }
        (None, None) => {}
    }
    Outcome::new(reader.draft, reader.decoder.findings)
}

/// Where the work stands: of several places, the one that says most. A `sequence` may be a mere summary of `phases`.
fn phases<'n>(head: &'n Node, node: &'n Node) -> Option<&'n Node> {
    let size = |phases: &Node| -> usize {
        rows(phases)
            .iter()
            .map(|(_, row)| 1 + row.any_of(STEPS).map_or(0, |(_, steps)| rows(steps).len()))
            .sum()
    };
    let places = PHASES.iter().flat_map(|key| [head.get(key), node.get(key)]).flatten();
    places.fold(None, |best, phases| match best {
        Some(best) if size(best) >= size(phases) => Some(best),
        _ => Some(phases),
    })
}

/// The rows of a list, or of a map with their keys.
fn rows(node: &Node) -> Vec<(Option<&Key>, &Node)> {
    match &node.kind {
        Kind::List(rows) => rows.iter().map(|row| (None, row)).collect(),
        Kind::Map(entries) => entries.iter().map(|(key, row)| (Some(key), row)).collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => Vec::new(),
    }
}

struct Reader<'a> {
    inputs: &'a Inputs,
    words: &'a Words,
    decoder: Decoder<'a>,
    draft: Draft,
}

impl Reader<'_> {
    fn phases(&mut self, phases: &[(Option<&Key>, &Node)]) {
        let ordered =
            phases.iter().any(|(_, row)| row.any_of(&["depends_on", "dependencies", "requires"]).is_some());
        for &(name, row) in phases {
            let beside = row.get("parallel").filter(|list| matches!(list.kind, Kind::List(_)));
            let listed = row.any_of(STEPS).map(|(_, steps)| steps).filter(|steps| !rows(steps).is_empty());
            let steps: Vec<_> = listed.or(beside).map(rows).unwrap_or_default();
            let told = |agent: &Node| agent.any_of(&["role", "tasks", "commands"]).is_some();
            let agents = row.get("agents").map(Node::items).unwrap_or_default();
            if steps.is_empty() && agents.iter().any(told) {
                let group = self.step(name, row, None, false);
                self.draft.items[group].kind = if ordered { ItemKind::Group } else { ItemKind::Phase };
                for agent in agents {
                    self.of_agent(agent, group);
                }
                continue;
            }
            if steps.is_empty() {
                // Without an order of its own a phase is a barrier, even if it is a single task.
                let parent = (!ordered).then(|| self.barrier(name, row));
                self.step(name, row, parent, false);
                continue;
            }
            let group = self.step(name, row, None, false);
            self.draft.items[group].kind = if ordered { ItemKind::Group } else { ItemKind::Phase };
            let parallel = row
                .any_of(&["parallelizable", "parallel"])
                .is_some_and(|(_, flag)| matches!(flag.kind, Kind::Bool(true)))
                || beside.is_some() && listed.is_none();
            let agent = self.draft.items[group].agent.clone();
            for (key, step) in steps {
                let id = self.step(key, step, Some(group), parallel);
                let item = &mut self.draft.items[id];
                item.agent = item.agent.take().or_else(|| agent.clone());
            }
        }
    }

    /// What one of several agents of a phase does.
    fn of_agent(&mut self, row: &Node, group: ItemId) {
        let name = row.any_of(&["id", "agent", "name"]).and_then(|(_, name)| field::text(name));
        let tasks = row.get("tasks").map(field::texts).unwrap_or_default();
        let does = row.any_of(&["role", "description", "action"]).and_then(|(_, text)| field::text(text));
        let title =
            does.or_else(|| tasks.first().cloned()).or_else(|| name.clone()).or_else(|| field::text(row));
        let mut item = Item::task(title.unwrap_or_else(|| Text::At(row.span.slice(0, 0))), row.span);
        item.parent = Some(group);
        item.agent = name;
        self.draft.items.push(item);
    }

    fn barrier(&mut self, name: Option<&Key>, row: &Node) -> ItemId {
        let own = row.any_of(&["id", "phase_id"]).and_then(|(_, id)| field::text(id));
        let title = title(row).or(own).or_else(|| name.map(|name| Text::made(name.text.clone(), name.span)));
        let mut item = Item::task(title.unwrap_or_else(|| Text::At(row.span.slice(0, 0))), row.span);
        item.kind = ItemKind::Phase;
        self.draft.items.push(item)
    }

    fn step(&mut self, name: Option<&Key>, row: &Node, parent: Option<ItemId>, parallel: bool) -> ItemId {
        let key_text = name.map(|name| Text::made(name.text.clone(), name.span));
        let mut item = Item::task(
            title(row)
                .or_else(|| field::text(row))
                .or_else(|| {
                    row.any_of(&["id", "step_id", "phase_id", "agent"]).and_then(|(_, id)| field::text(id))
                })
                .or_else(|| key_text.clone())
                .unwrap_or_else(|| Text::At(row.span.slice(0, 0))),
            row.span,
        );
        item.parent = parent;
        item.parallel = parallel;
        item.id = key_text;
        let mut columns = Columns::default();
        let (mut after, mut paths): (Vec<Text>, Vec<PathUse>) = (Vec::new(), Vec::new());
        for (key, value) in row.entries() {
            match key.text.as_str() {
                "id" | "step_id" | "phase_id" => item.id = field::text(value).or(item.id.take()),
                "agent" => item.agent = field::text(value),
                "model" => item.model = field::text(value),
                "domain" => item.domain = field::text(value),
                "depends_on" | "dependencies" | "requires" => after = field::texts(value),
                "description" | "details" | "purpose" => {
                    item.detail = field::text(value).filter(|text| *text != item.title);
                }
                "outputs" | "output" | "creates" => self.paths(value, PathRole::Create, &mut paths),
                "inputs" | "input" => self.paths(value, PathRole::Read, &mut paths),
                "duration" | "estimate" => {
                    item.duration = self.decoder.duration(key, value, 1_000, self.words);
                }
                "timeout" if value.text().is_some() => {
                    let time = value.text().and_then(|text| super::time::duration(text, self.words));
                    columns.timeout_s = time
                        .map(|time| Spanned::new(i64::try_from(time.secs()).unwrap_or(i64::MAX), value.span));
                }
                "checkpoint" | "gate" | "human_gate" => {
                    let asked = !matches!(value.kind, Kind::Null | Kind::Bool(false));
                    columns.approval = asked.then(|| Spanned::new(true, value.span));
                }
                "optional" => item.optional = matches!(value.kind, Kind::Bool(true)),
                "parallelizable" | "parallel" => item.parallel |= matches!(value.kind, Kind::Bool(true)),
                "name" | "title" | "label" | "action" | "task" | "step" | "phase" | "steps" | "tasks"
                | "sequence" | "actions" => {}
                _ => {
                    if !matches!(value.kind, Kind::List(_) | Kind::Map(_))
                        && self.decoder.column(key, value, &mut columns)
                    {
                        continue;
                    }
                    if !value.is_null() {
                        columns.other.push((Text::made(key.text.clone(), key.span), Text::At(value.span)));
                    }
                }
            }
        }
        if columns != Columns::default() {
            item.columns = Some(Box::new(columns));
        }
        item.after = run(&mut self.draft.mentions, after);
        item.paths = run(&mut self.draft.paths, paths);
        self.draft.items.push(item)
    }

    /// Of the words under `outputs`, those that are paths.
    fn paths(&mut self, node: &Node, role: PathRole, found: &mut Vec<PathUse>) {
        for text in field::texts(node) {
            if path::is_path(text.get(self.inputs), &self.words.text) {
                found.push(PathUse { path: text, role });
            } else if !text.at().is_empty() {
                let span: Span = text.at();
                self.draft.unused.push(crate::ir::draft::Unused { span, reason: "this output is no path" });
            }
        }
    }
}

fn title(row: &Node) -> Option<Text> {
    row.any_of(&["name", "title", "label", "action", "task", "step", "phase", "description"])
        .and_then(|(_, value)| field::text(value))
}
