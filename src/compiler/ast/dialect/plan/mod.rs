//! The dialect `plan`: a decomposition somebody has made already, as YAML or JSON.
//!
//! Ours (`*.plan.yaml`, `plan:`), execution plans of the reference, bare lists of task maps, and whatever has `tasks`
//! with the same names. Nothing is guessed from words. In our own files an unknown key is an error; in those of others
//! it is kept with a note. A field of the wrong type is an error everywhere, and its task stays.

pub mod keys;
mod parts;
pub mod task;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Spanned;
use crate::ir::document::Document;
use crate::ir::draft::{Criterion, Draft, DraftKind, Priority, Section, SectionRole};
use crate::ir::node::{Key, Kind, Node};

use super::Claim;
use super::field::{self, Decoder, Strictness};
use super::words::Words;
use keys::{KEYS, REPORTS};
use task::Reader;

/// How sure it is that a document is a plan.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let name = inputs.file(document.file).path.name().to_ascii_lowercase();
    if document.outline.is_some() {
        return Claim::NONE;
    }
    if [".plan.yaml", ".plan.yml", ".plan.json"].iter().any(|end| name.ends_with(end)) {
        return Claim::of(96, "its name ends in `.plan`");
    }
    if name.starts_with("execution-plan.") || name.starts_with("execution_plan.") {
        return Claim::of(92, "it is called an execution plan");
    }
    let node = &document.node;
    let tasks = node.get("tasks");
    if node.get("plan").is_some() && tasks.is_some() {
        return Claim::of(88, "it has `plan` and `tasks`");
    }
    if node.get("schema").and_then(Node::text).is_some_and(|schema| schema.starts_with("dispatch.plan")) {
        return Claim::of(95, "its schema is that of a plan");
    }
    let rows = tasks.map_or_else(|| node.items(), Node::items);
    let Some(first) = rows.iter().find(|row| !row.entries().is_empty()) else {
        return if tasks.is_some_and(|tasks| matches!(tasks.kind, Kind::List(_))) {
            Claim::of(40, "it has a list of `tasks`")
        } else {
            Claim::NONE
        };
    };
    let has = |keys: &[&str]| first.any_of(keys).is_some();
    let named = has(&["id", "task_id"]);
    let told = has(&["title", "name", "description", "task_name"]);
    let marks = [
        "task_id",
        "output_path",
        "outputs",
        "executor_type",
        "enrichment",
        "duration_s",
        "acceptance_criteria",
        "deliverable",
    ];
    let mine = marks.iter().filter(|key| first.get(key).is_some()).count();
    match (tasks.is_some(), named || told, mine) {
        (_, true, 2..) => Claim::of(68, "its tasks have the columns of a plan"),
        (true, true, _) => Claim::of(54, "it has a list of `tasks`"),
        (false, true, _) if named && told => Claim::of(45, "it is a list of maps with ids"),
        _ => Claim::NONE,
    }
}

/// Reads a plan.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "plan", DraftKind::Plan);
    draft.waivers.clone_from(&document.waivers);
    let node = &document.node;
    let name = inputs.file(document.file).path.name().to_ascii_lowercase();
    let native = node.get("plan").is_some()
        || [".plan.yaml", ".plan.yml", ".plan.json"].iter().any(|end| name.ends_with(end))
        || node.get("schema").and_then(Node::text).is_some_and(|schema| schema.starts_with("dispatch.plan"));
    let strictness = if native { Strictness::Native } else { Strictness::Foreign };
    draft.foreign = !native;
    draft.stated = true;
    let mut reader = Reader::new(inputs, words, strictness, draft);
    match &node.kind {
        Kind::List(rows) => reader.rows(rows, None),
        Kind::Map(entries) => head(&mut reader, entries),
        // Of an empty file there is only one thing to say, and the gates say it.
        Kind::Null if inputs.text(document.file).trim().is_empty() => {}
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
            reader.decoder.findings.push(
                Diagnostic::error("plan/empty", node.span, "this plan holds no tasks")
                    .help("write `tasks:` with a list of maps, each with `id` and `title`".to_owned()),
            );
        }
    }
    reader.finish()
}

fn head(reader: &mut Reader<'_>, entries: &[(Key, Node)]) {
    // Defaults and phases first: tasks refer to both.
    for (key, node) in entries {
        match key.text.as_str() {
            "defaults" => reader.defaults(key, node),
            "phases" => reader.phases(key, node),
            _ => {}
        }
    }
    let mut tasks = false;
    for (key, node) in entries {
        tasks |= key.text == "tasks";
        about(reader, key, node);
    }
    if !tasks {
        let near =
            entries.iter().find(|(key, _)| crate::base::suggest::nearest(&key.text, ["tasks"]).is_some());
        let at = near.map_or_else(|| entries.first().map(|(key, _)| key.span), |(key, _)| Some(key.span));
        if let Some(at) = at {
            reader.decoder.findings.push(
                Diagnostic::error("plan/empty", at, "this plan holds no tasks")
                    .help("write `tasks:` with a list of maps, each with `id` and `title`".to_owned()),
            );
        }
    }
}

fn about(reader: &mut Reader<'_>, key: &Key, node: &Node) {
    let decoder = &mut reader.decoder;
    match key.text.as_str() {
        "tasks" => reader.tasks(key, node),
        "plan" | "id" | "slug" => {
            let text = decoder.text(key, node);
            reader.draft.id = reader.draft.id.take().or(text);
        }
        "title" | "name" => {
            let text = decoder.text(key, node);
            reader.draft.title = text.or(reader.draft.title.take());
        }
        "language" => reader.draft.language = decoder.text(key, node),
        "status" => {
            let said = decoder.text(key, node).and_then(|text| reader.words.status(text.get(reader.inputs)));
            reader.draft.status = said.map(|status| Spanned::new(status, node.span));
        }
        "priority" => {
            let said =
                decoder.text(key, node).and_then(|text| reader.words.priority(text.get(reader.inputs)));
            reader.draft.priority = said;
        }
        "depends_on" => reader.draft.after = decoder.list(key, node),
        "blocks" => reader.draft.blocks = decoder.list(key, node),
        "criteria" | "acceptance_criteria" | "story_acceptance" => criteria(reader, key, node),
        "max_parallel" => {
            let limit = decoder.int(key, node, 1);
            reader.draft.defaults.max_parallel = limit.or(reader.draft.defaults.max_parallel.take());
        }
        "approval" => {
            let approval = decoder.bool(key, node);
            reader.draft.defaults.approval = approval.or(reader.draft.defaults.approval.take());
        }
        "description" | "objective" | "goal" | "context" | "notes" | "success_proof" | "scope" => {
            prose(reader, key, node);
        }
        "meta" => meta(reader, node),
        // Defaults and phases have been read before.
        "defaults" | "phases" | "schema" | "version" | "kind" | "source" => {}
        "waves" if matches!(node.kind, Kind::Map(_)) => reader.waves(node),
        other if REPORTS.contains(&other) => {}
        _ => decoder.unknown(key, "a plan", KEYS.iter().copied()),
    }
}

/// The head of an execution plan of the reference.
fn meta(reader: &mut Reader<'_>, node: &Node) {
    let text = |name: &str| node.get(name).and_then(field::text);
    reader.draft.id =
        reader.draft.id.take().or_else(|| text("id")).or_else(|| text("story_id")).or_else(|| text("run_id"));
    reader.draft.title = reader.draft.title.take().or_else(|| text("title")).or_else(|| text("description"));
}

fn prose(reader: &mut Reader<'_>, key: &Key, node: &Node) {
    let role = match key.text.as_str() {
        "scope" => SectionRole::Scope,
        "notes" => SectionRole::Notes,
        _ => SectionRole::Objective,
    };
    let heading = crate::base::text::Text::made(key.text.clone(), key.span);
    for body in reader.decoder.texts(key, node) {
        reader.draft.sections.push(Section { role, heading: heading.clone(), body });
    }
}

/// Criteria of the whole: texts, or maps with `criterion`, `id`, `done`, `priority`.
fn criteria(reader: &mut Reader<'_>, key: &Key, node: &Node) {
    let Kind::List(items) = &node.kind else {
        for text in reader.decoder.list(key, node) {
            reader.draft.criteria.push(Criterion { id: None, text, done: false, priority: Priority::Medium });
        }
        return;
    };
    for item in items {
        if let Some(criterion) = criterion(&mut reader.decoder, reader.words, reader.inputs, key, item) {
            reader.draft.criteria.push(criterion);
        }
    }
}

/// One criterion: text, which may begin with a box, or a map.
pub(super) fn criterion(
    decoder: &mut Decoder<'_>,
    words: &Words,
    inputs: &Inputs,
    key: &Key,
    node: &Node,
) -> Option<Criterion> {
    let inner = node
        .any_of(&["criterion", "criteria", "text", "description", "title"])
        .map_or(node, |(_, inner)| inner);
    let Some(mut text) = field::text(inner) else {
        decoder.wrong(key, node, "a list of texts", None);
        return None;
    };
    let said = text.get(inputs).to_owned();
    let done = said.starts_with("[x]") || said.starts_with("[X]");
    if done || said.starts_with("[ ]") {
        text = crate::base::text::Text::made(said[3..].trim_start(), text.at());
    }
    let flag =
        node.any_of(&["done", "satisfied"]).is_some_and(|(_, node)| matches!(node.kind, Kind::Bool(true)));
    let priority = node.get("priority").and_then(Node::text).and_then(|text| words.priority(text));
    Some(Criterion {
        id: node.any_of(&["id", "key"]).and_then(|(_, id)| field::text(id)),
        text,
        done: done || flag,
        priority: priority.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::keys::{KEYS, TASK};
    use super::read;
    use crate::base::inputs::{Inputs, RelPath};
    use crate::compiler::ast;
    use crate::compiler::ast::dialect::words::Words;
    use crate::ir::draft::{Draft, ItemKind, PathRole};

    fn check(text: &str, codes: &[&str]) -> (Inputs, Draft) {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let words = Words::load(&inputs).value;
        let file = inputs.add_document(RelPath::new("x.plan.yaml").unwrap(), text.as_bytes().to_vec());
        let document = ast::read(&inputs, file).value;
        let outcome = read(&inputs, &document, &words);
        let found: Vec<&str> = outcome.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(found, codes, "{text}");
        (inputs, outcome.value)
    }

    #[test]
    fn the_smallest_plan() {
        let (inputs, draft) = check(
            "plan: demo\ntasks:\n  - {id: T1, title: Write it, outputs: [a.md], duration_s: 120, model: haiku}\n  - {id: T2, title: Read it, depends_on: [T1], reads: [a.md], subtasks: [{id: T2a, title: Part}]}\n",
            &[],
        );
        assert_eq!(draft.id.as_ref().map(|id| id.get(&inputs)), Some("demo"));
        let items: Vec<_> = draft.items.iter().map(|(_, item)| item).collect();
        assert_eq!(items.len(), 3);
        assert_eq!((items[1].kind, items[2].kind), (ItemKind::Group, ItemKind::Task));
        assert_eq!(items[0].duration.map(|time| time.0), Some(120_000));
        assert_eq!(draft.mentions[items[1].after.range()][0].get(&inputs), "T1");
        assert_eq!(draft.paths[items[0].paths.range()][0].role, PathRole::Create);
        assert_eq!(draft.paths[items[1].paths.range()][0].role, PathRole::Read);
    }

    #[test]
    fn wrong_fields_are_found_and_the_task_stays() {
        let cases = [
            ("{id: T1, titel: X}", &["field/unknown", "task/no-title"][..]),
            ("{id: T1, title: X, depends_on: T0}", &["field/type"]),
            ("{id: T1, title: X, depends_on: null}", &["field/type"]),
            ("{id: T1, title: X, duration_s: -1}", &["field/range"]),
            ("{id: T1, title: X, duration_s: 700000}", &["field/range"]),
            ("{title: X}", &["id/missing"]),
            ("{id: T1, title: [X]}", &["field/type", "task/no-title"]),
            ("{id: T1, title: X, timeout: 0}", &["field/range"]),
            ("{id: T1, title: X, outputs: a.md}", &["field/type"]),
        ];
        for (row, codes) in cases {
            let (_, draft) = check(&format!("plan: p\ntasks:\n  - {row}\n"), codes);
            assert_eq!(draft.items.len(), 1, "{row}");
        }
        check("plan: p\n", &["plan/empty"]);
        check("plan: p\ntask: []\ntasks: []\n", &["field/unknown"]);
    }

    #[test]
    fn phases_stand_before_their_tasks_and_in_their_order() {
        let (inputs, draft) = check(
            "plan: p\ntasks:\n  - {id: B, title: Two, phase: 2}\n  - {id: A, title: One, phase: 1}\n",
            &[],
        );
        let titles: Vec<&str> = draft.items.iter().map(|(_, item)| item.title.get(&inputs)).collect();
        assert_eq!(titles, ["1", "2", "Two", "One"]);
    }

    #[test]
    fn the_schema_knows_the_same_keys() {
        let text = crate::builtin::file("schemas/plan.schema.json").expect("the schema is shipped");
        let schema: serde_json::Value = serde_json::from_slice(text).expect("the schema parses");
        let keys = |value: &serde_json::Value| -> BTreeSet<String> {
            value["properties"].as_object().expect("it has properties").keys().cloned().collect()
        };
        let wanted = |list: &[&str]| -> BTreeSet<String> { list.iter().map(ToString::to_string).collect() };
        assert_eq!(keys(&schema), wanted(KEYS));
        assert_eq!(keys(&schema["$defs"]["task"]), wanted(TASK));
    }
}
