//! task-master's `tasks.json`: tags with lists of tasks, or one list without tags.
//!
//! A *task* is an entry without subtasks, else each subtask; the entry is then their *group*. Ids are what is written,
//! subtasks are `4.2` however their own id is written; a dependency of a subtask on a plain number means its sibling of
//! that number, if there is one. *Done* is the status `done` or `completed`; `cancelled` is given up, with everything
//! below it; `deferred` need not be done. `details`, `description` and `testStrategy` are the detail,
//! `acceptanceCriteria` the *criteria* of the entry. Of several tags the current one is read (`state.json` beside the
//! folder says which, else `master`, else the first); the others are listed as not used.

use std::collections::BTreeSet;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{
    Criterion, Draft, DraftKind, Item, ItemId, ItemKind, MAKER, Priority, Status, Unused,
};
use crate::ir::node::{Kind, Node};
use crate::syntax::json;

use super::edges::{Edges, Tie};
use super::words::Words;
use super::{Claim, value};

/// Fields that are read, and those that only say when something was written or how it was made.
const KNOWN: &[&str] = &[
    "id",
    "title",
    "name",
    "description",
    "status",
    "priority",
    "dependencies",
    "details",
    "testStrategy",
    "subtasks",
    "acceptanceCriteria",
    "parentTaskId",
    "parentId",
    "parentTask",
    "isSubtask",
    "updatedAt",
    "createdAt",
    "previousStatus",
];

/// Claims maps of tags or of `tasks` whose entries have the fields of task-master.
pub(super) fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let path = inputs.file(document.file).path.as_str();
    let tags = tags(&document.node);
    let Some((_, list)) = tags.first() else { return Claim::NONE };
    let marks = ["testStrategy", "subtasks", "details", "dependencies"];
    let first = list.items().iter().take(50);
    let fitting =
        first.filter(|task| marks.iter().filter(|mark| task.get(mark).is_some()).count() >= 2).count();
    let tagged = document.node.get("tasks").is_none();
    if fitting == 0 && !path.contains(".taskmaster/") {
        return Claim::NONE;
    }
    if path.contains(".taskmaster/") {
        return Claim::of(92, "lies where task-master keeps its tasks");
    }
    let typical = list.items().iter().take(50).any(|task| task.get("testStrategy").is_some());
    match (tagged, typical) {
        (true, _) => Claim::of(88, "its tags hold lists of tasks"),
        (false, true) => Claim::of(86, "its tasks have a `testStrategy`"),
        (false, false) => Claim::of(60, "its tasks have subtasks and details"),
    }
}

/// Every tag with its list of tasks; a list without tags has an empty name.
fn tags(node: &Node) -> Vec<(&str, &Node)> {
    let list = |node: &Node| matches!(&node.kind, Kind::List(items) if items.iter().all(|item| item.get("id").is_some()));
    if let Some(tasks) = node.get("tasks").filter(|tasks| list(tasks)) {
        return vec![("", tasks)];
    }
    node.entries()
        .iter()
        .filter_map(|(key, value)| {
            let tasks = value.get("tasks").unwrap_or(value);
            list(tasks).then_some((key.text.as_str(), tasks))
        })
        .collect()
}

/// Reads the tasks of one tag.
pub(super) fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "taskmaster", DraftKind::Plan);
    draft.foreign = true;
    draft.stated = std::iter::once(&document.node)
        .chain(document.node.entries().iter().map(|(_, tag)| tag))
        .filter_map(|tag| tag.get("metadata")?.get("createdBy")?.text())
        .any(|maker| maker == MAKER);
    draft.waivers.clone_from(&document.waivers);
    let tags = tags(&document.node);
    let current = current(inputs, document);
    let chosen = tags
        .iter()
        .position(|&(name, _)| Some(name) == current.as_deref())
        .or_else(|| tags.iter().position(|&(name, _)| name == "master"))
        .unwrap_or(0);
    for (index, (name, list)) in tags.iter().enumerate() {
        if index != chosen && !list.items().is_empty() {
            draft.unused.push(Unused {
                span: list.span,
                reason: "It is the list of another tag than the current one",
            });
        } else if index == chosen && !name.is_empty() && tags.len() > 1 {
            draft.id = Some(Text::made(*name, Span::head(document.file)));
        }
    }
    let meta = document.node.get("meta").or_else(|| document.node.get("metadata"));
    draft.title = meta
        .and_then(|meta| meta.get("projectName").or_else(|| meta.get("name")))
        .and_then(|name| value::text(inputs, name));
    let Some((_, list)) = tags.get(chosen) else { return Outcome::clean(draft) };
    let mut reader = Reader { inputs, words, draft: &mut draft, edges: Edges::default() };
    for task in list.items() {
        reader.task(task, None, "", &BTreeSet::new(), false);
    }
    let edges = reader.edges;
    edges.seal(inputs, &mut draft);
    Outcome::clean(draft)
}

/// The current tag: `.taskmaster/state.json` beside `.taskmaster/tasks/`.
fn current(inputs: &Inputs, document: &Document) -> Option<String> {
    let folder = inputs.file(document.file).path.folder();
    let home = folder.strip_suffix("/tasks").unwrap_or(folder);
    let file = inputs.find(&format!("{home}/state.json"))?;
    let state = json::read(inputs, Span::new(file, 0, inputs.text(file).len())).value;
    state.get("currentTag")?.text().map(str::to_owned)
}

struct Reader<'a, 'b> {
    inputs: &'a Inputs,
    words: &'b Words,
    draft: &'b mut Draft,
    edges: Edges,
}

impl Reader<'_, '_> {
    /// Reads an entry and what it holds. Depth is bounded by that of JSON trees.
    fn task(
        &mut self,
        node: &Node,
        parent: Option<ItemId>,
        prefix: &str,
        siblings: &BTreeSet<String>,
        cancelled: bool,
    ) {
        let inputs = self.inputs;
        let own = node.get("id").and_then(Node::scalar).unwrap_or_default();
        let own = own.trim();
        let id =
            if prefix.is_empty() || own.contains('.') { own.to_owned() } else { format!("{prefix}.{own}") };
        let title = ["title", "name", "description"]
            .iter()
            .find_map(|key| value::text(inputs, node.get(key)?))
            .unwrap_or_else(|| Text::made(id.clone(), node.span));
        let mut item = Item::task(value::line(inputs, title), node.span);
        item.parent = parent;
        item.id = node.get("id").filter(|_| !id.is_empty()).and_then(|node| {
            let text = value::text(inputs, node)?;
            Some(if text.get(inputs) == id { text } else { Text::made(id.clone(), node.span) })
        });
        let status = node.get("status").and_then(Node::text).unwrap_or_default();
        let known = self.words.status(status);
        item.done = Some(known == Some(Status::Done) || matches!(status, "done" | "completed"));
        item.cancelled = cancelled || known == Some(Status::Cancelled);
        item.optional = status == "deferred";
        item.priority = node.get("priority").and_then(Node::text).and_then(|text| self.words.priority(text));
        item.detail = value::joined(
            inputs,
            &[
                ("", node.get("description").filter(|_| node.get("title").is_some())),
                ("", node.get("details")),
                ("Test strategy", node.get("testStrategy")),
            ],
        );
        let subtasks = node.get("subtasks").map(Node::items).unwrap_or_default();
        if !subtasks.is_empty() {
            item.kind = ItemKind::Group;
        }
        let first = self.draft.criteria.len();
        if let Some(criteria) = node.get("acceptanceCriteria") {
            self.criteria(criteria);
        }
        item.criteria = Run::since(first, self.draft.criteria.len());
        let cancelled = item.cancelled;
        let row = self.draft.items.push(item);
        let dependencies = node.get("dependencies");
        let listed = dependencies.map(Node::items).unwrap_or_default();
        for dependency in listed.iter().chain(dependencies.filter(|node| node.scalar().is_some())) {
            let Some(text) = value::text(inputs, dependency) else { continue };
            let name = text.get(inputs).trim();
            if name.is_empty() {
                continue;
            }
            let sibling = siblings.contains(name) && !name.contains('.');
            let name = if sibling { Text::made(format!("{prefix}.{name}"), dependency.span) } else { text };
            self.edges.tie(row, Tie::After, name);
        }
        for (key, value) in node
            .entries()
            .iter()
            .filter(|(key, value)| !KNOWN.contains(&key.text.as_str()) && !value.is_null())
        {
            self.draft
                .unused
                .push(Unused { span: value::span(key, value), reason: "It is no field that a plan needs" });
        }
        let names: BTreeSet<String> = subtasks.iter().filter_map(|task| task.get("id")?.scalar()).collect();
        for task in subtasks {
            self.task(task, Some(row), &id, &names, cancelled);
        }
    }

    fn criteria(&mut self, node: &Node) {
        let found = if matches!(node.kind, Kind::List(_)) {
            node.items().iter().filter_map(|item| Some((value::text(self.inputs, item)?, false))).collect()
        } else {
            value::bullets(self.inputs, node)
        };
        for (text, done) in found {
            self.draft.criteria.push(Criterion { id: None, text, done, priority: Priority::Medium });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{criteria, draft, items, unused};

    #[test]
    fn ids_of_any_spelling_meet() {
        let (inputs, draft) = draft(
            "taskmaster",
            &[(
                "tasks.json",
                r#"{"master":{"tasks":[
                    {"id":1,"title":"Schema","status":"done","dependencies":[],"details":"x","testStrategy":"run"},
                    {"id":"2","title":"Loader","status":"pending","dependencies":[1],"details":"y","testStrategy":"","subtasks":[
                        {"id":1,"title":"Parse","status":"done","dependencies":[]},
                        {"id":2,"title":"Store","status":"review","dependencies":[1,"1.1",7]},
                        {"id":"2.3","title":"Report","status":"cancelled","dependencies":["2.2"],"acceptanceCriteria":"- Shows all\n- Is short"}]},
                    {"id":3,"title":"Later","status":"deferred","dependencies":["2"],"priority":"high","complexity":7}
                ],"metadata":{}},"other":{"tasks":[{"id":1,"title":"No","status":"pending","dependencies":[],"details":""}]}}"#,
            )],
        );
        assert_eq!(
            items(&inputs, &draft),
            "x 1|Schema\n+ 2|Loader <1\n  x 2.1|Parse\n  - 2.2|Store <2.1,1.1,7\n  - 2.3|Report <2.2 cancelled\n- 3|Later <2 optional\n"
        );
        assert_eq!(criteria(&inputs, &draft), "- |Shows all\n- |Is short\n");
        assert_eq!(
            unused(&draft),
            ["It is no field that a plan needs", "It is the list of another tag than the current one"]
        );
        let detail = draft.items.rows()[0].detail.as_ref().unwrap().get(&inputs);
        assert_eq!(detail, "x\n\nTest strategy: run");
    }

    #[test]
    fn tags_may_be_bare_lists_or_absent() {
        for text in [
            r#"{"feature":[{"id":"1","title":"Écrire","status":"pending","dependencies":[],"details":"d","testStrategy":"t"}]}"#,
            r#"{"tasks":[{"id":"1","title":"Écrire","status":"pending","dependencies":[],"details":"d","testStrategy":"t"}]}"#,
        ] {
            let (inputs, draft) = draft("taskmaster", &[(".taskmaster/tasks/tasks.json", text)]);
            assert_eq!(items(&inputs, &draft), "- 1|Écrire\n");
        }
    }

    #[test]
    fn the_state_file_names_the_current_tag() {
        let task = |title: &str| {
            format!(
                r#"{{"tasks":[{{"id":1,"title":"{title}","status":"done","dependencies":[],"details":"d"}}]}}"#
            )
        };
        let (inputs, draft) = draft(
            "taskmaster",
            &[
                (
                    ".taskmaster/tasks/tasks.json",
                    &format!(r#"{{"master":{},"beta":{}}}"#, task("A"), task("B")),
                ),
                (".taskmaster/state.json", r#"{"currentTag":"beta"}"#),
            ],
        );
        assert_eq!(items(&inputs, &draft), "x 1|B\n");
    }
}
