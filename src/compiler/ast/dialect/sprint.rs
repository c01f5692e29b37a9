//! The dialect `sprint`: BMAD's `sprint-status.yaml` (a map from story keys to states) and `stories.yaml`.
//!
//! Stories are tasks, epics the groups they stand in; a retrospective asks for nothing. The order of keys is no order of
//! work: what depends on what stands in the stories.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Spanned;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind, Item, ItemId, ItemKind, Status};
use crate::ir::node::{Key, Kind, Node};

use super::Claim;
use super::field::{self, Strictness};
use super::plan::task::Reader;
use super::words::Words;

/// Keys whose value is a map from stories to states.
const STATES: &[&str] = &["development_status", "story_status", "sprint_status"];

/// How sure it is that a document is such a file.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let node = &document.node;
    if document.outline.is_some() {
        return Claim::NONE;
    }
    if node.any_of(STATES).is_some_and(|(_, states)| !states.entries().is_empty()) {
        return Claim::of(92, "it has `development_status`");
    }
    let named = inputs.file(document.file).path.name().starts_with("stories.");
    let listed = node
        .get("stories")
        .is_some_and(|stories| !stories.items().is_empty() || !stories.entries().is_empty());
    let epics =
        node.get("epics").is_some_and(|epics| epics.items().iter().any(|epic| epic.get("stories").is_some()));
    match (named, listed || epics) {
        (true, true) => Claim::of(84, "it is called `stories` and lists them"),
        (false, true) => Claim::of(66, "it lists `stories`"),
        (_, false) => Claim::NONE,
    }
}

/// Reads such a file.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "sprint", DraftKind::Plan);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let node = &document.node;
    let text = |key: &str| node.get(key).and_then(field::text);
    draft.id = text("id").or_else(|| text("project_key").filter(|key| key.get(inputs) != "NOKEY"));
    draft.title = text("title").or_else(|| text("name")).or_else(|| text("project"));
    let mut reader = Reader::new(inputs, words, Strictness::Foreign, draft);
    reader.ids = false;
    if let Some((_, states)) = node.any_of(STATES) {
        states_of(&mut reader, states.entries());
        return reader.finish();
    }
    if let Some(epics) = node.get("epics") {
        for epic in epics.items() {
            let group = group(&mut reader, epic);
            for key in ["stories", "tasks"] {
                if let Some(rows) = epic.get(key) {
                    reader.rows(rows.items(), Some(group));
                }
            }
        }
    }
    for (key, stories) in node.entries().iter().filter(|(key, _)| key.text == "stories") {
        reader.tasks(key, stories);
    }
    reader.finish()
}

fn group(reader: &mut Reader<'_>, node: &Node) -> ItemId {
    let text = |keys: &[&str]| node.any_of(keys).and_then(|(_, node)| field::text(node));
    let id = text(&["id", "epic_id", "number"]);
    let title =
        text(&["title", "name"]).or_else(|| id.clone()).unwrap_or_else(|| Text::At(node.span.slice(0, 0)));
    let mut item = Item::task(title, node.span);
    item.kind = ItemKind::Group;
    item.id = id;
    reader.draft.items.push(item)
}

fn states_of(reader: &mut Reader<'_>, entries: &[(Key, Node)]) {
    let mut epic: Option<(String, ItemId)> = None;
    // `prep-5` above `prep-5-1-title` is a group, whatever it is called.
    let leads = |name: &str| {
        entries.iter().any(|(other, _)| {
            other.text.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'))
                && !other.text.contains("retrospective")
        })
    };
    for (key, node) in entries {
        // `1-2-title: {status: done}` says in a map what others say in a word.
        let node = node.any_of(&["status", "state"]).map_or(node, |(_, state)| state);
        let said = node
            .text()
            .and_then(|text| reader.words.status(text))
            .map(|status| Spanned::new(status, node.span));
        let name = key.text.as_str();
        let title = Text::made(name, key.span);
        if name.contains("retrospective") {
            reader.draft.unused.push(crate::ir::draft::Unused {
                span: key.span,
                reason: "a retrospective asks for no work",
            });
            continue;
        }
        let number = name.strip_prefix("epic-").or_else(|| leads(name).then_some(name));
        if let Some(number) = number {
            let mut item = Item::task(title.clone(), key.span);
            item.kind = ItemKind::Group;
            item.id = Some(title);
            item.done = said.as_ref().map(|status| status.value == Status::Done);
            epic = Some((number.to_owned(), reader.draft.items.push(item)));
            continue;
        }
        if !matches!(node.kind, Kind::Text(_) | Kind::Null) {
            reader
                .draft
                .unused
                .push(crate::ir::draft::Unused { span: key.span, reason: "not a story with a state" });
            continue;
        }
        let mut item = Item::task(title, key.span);
        let mut parts = name.splitn(3, '-');
        let numbers = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let numbered =
            |part: &str| part.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) && part.len() <= 4;
        let id = if numbered(numbers.0) && numbered(numbers.1) {
            format!("{}.{}", numbers.0, numbers.1)
        } else {
            name.to_owned()
        };
        item.id = Some(Text::made(id, key.span));
        item.parent = epic
            .as_ref()
            .filter(|(number, _)| {
                let under = name.strip_prefix(number.as_str()).is_some_and(|rest| rest.starts_with('-'));
                numbers.0 == number || under || (!numbered(numbers.0) && numbered(number))
            })
            .map(|(_, id)| *id);
        match said.map(|status| status.value) {
            Some(Status::Done) => item.done = Some(true),
            Some(Status::Cancelled) => item.cancelled = true,
            Some(_) => item.done = Some(false),
            None => {}
        }
        item.columns.get_or_insert_default().step = field::text(node);
        reader.draft.items.push(item);
    }
}
