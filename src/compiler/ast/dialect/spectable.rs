//! The dialect `spectable`: spec tables of dispatch-nu (`id name wave cost agent mode`) and task lists of Codewalkers
//! (`type: checkpoint:*`, `category`, `requiresApproval`), and lists of user stories (`userStories`, `passes`), as YAML
//! or JSON.
//!
//! Each row is a task. Waves, cost classes and modes are columns; ids keep their leading zeros.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind};
use crate::ir::node::{Kind, Node};

use super::Claim;
use super::field::{self, Strictness};
use super::plan::task::Reader;
use super::words::Words;

/// Keys under which rows stand.
const ROWS: &[&str] = &["specs", "tasks", "rows", "userStories", "user_stories"];

/// How sure it is that a document is such a table.
#[must_use]
pub fn claims(_inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    if document.outline.is_some() {
        return Claim::NONE;
    }
    let node = &document.node;
    let specs =
        node.get("specs").is_some_and(|specs| !specs.items().is_empty() || !specs.entries().is_empty());
    let rows = node.any_of(ROWS).map_or_else(|| node.items(), |(_, rows)| rows.items());
    let has = |keys: &[&str]| rows.iter().any(|row| row.any_of(keys).is_some());
    if has(&["wave"]) && has(&["cost", "cost_class"]) && has(&["mode", "agent"]) {
        return Claim::of(if specs { 86 } else { 72 }, "its rows have a wave, a cost and a mode");
    }
    let checkpoint = rows
        .iter()
        .any(|row| row.get("type").and_then(Node::text).is_some_and(|kind| kind.starts_with("checkpoint")));
    if (checkpoint || has(&["requiresApproval", "requires_approval"]))
        && has(&["category", "phaseId", "phase_id", "initiativeId"])
    {
        return Claim::of(74, "its tasks have checkpoints and categories");
    }
    if node.any_of(&["userStories", "user_stories"]).is_some()
        && has(&["acceptanceCriteria", "passes", "title"])
    {
        return Claim::of(84, "it lists user stories");
    }
    if specs { Claim::of(64, "it lists `specs`") } else { Claim::NONE }
}

/// Reads such a table.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "spectable", DraftKind::Plan);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let node = &document.node;
    let text = |keys: &[&str]| node.any_of(keys).and_then(|(_, value)| field::text(value));
    draft.id = text(&["id", "project_id", "initiative", "initiativeId"]);
    draft.title = text(&["title", "name", "project"]);
    let mut reader = Reader::new(inputs, words, Strictness::Foreign, draft);
    reader.noun = "row";
    for (key, value) in node.entries() {
        match key.text.as_str() {
            "defaults" => reader.defaults(key, value),
            "phases" => reader.phases(key, value),
            "waves" => reader.waves(value),
            "max_parallel" | "requires_approval" | "requiresApproval" => {
                let mut columns = std::mem::take(&mut reader.draft.defaults);
                reader.decoder.column(key, value, &mut columns);
                reader.draft.defaults = columns;
            }
            _ => {}
        }
    }
    match &node.kind {
        Kind::List(rows) => reader.rows(rows, None),
        Kind::Map(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| ROWS.contains(&key.text.as_str())) {
                reader.tasks(key, value);
            }
        }
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {}
    }
    let seeded =
        node.any_of(&["seed_done", "completed"]).map(|(_, done)| field::texts(done)).unwrap_or_default();
    let mut outcome = reader.finish();
    finished(inputs, &mut outcome.value, &seeded);
    outcome
}

/// Rows whose ids are listed as done.
fn finished(inputs: &Inputs, draft: &mut Draft, seeded: &[Text]) {
    if seeded.is_empty() {
        return;
    }
    let names: std::collections::BTreeSet<&str> = seeded.iter().map(|name| name.get(inputs)).collect();
    for (_, item) in draft.items.iter_mut() {
        if item.id.as_ref().is_some_and(|id| names.contains(id.get(inputs))) {
            item.done = Some(true);
        }
    }
}
