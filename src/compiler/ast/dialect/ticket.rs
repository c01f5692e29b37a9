//! The dialect `ticket`: a ticket of a board, as markdown with a head or as YAML: title, body, priority, column, tags.
//!
//! A ticket is one task; boxes in its body are its parts, criteria under their heading its own. The column is a step of
//! a workflow; what stands in the first column, `human`, is a person's.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Draft, DraftKind, Item, Status};
use crate::ir::node::Node;

use super::Claim;
use super::field::{self, Decoder, Strictness};
use super::piece;
use super::plan::task::Reader;
use super::story::chapter::Style;
use super::story::walk::Walk;
use super::words::{Part, Words};

/// How sure it is that a document is a ticket.
#[must_use]
pub fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let node = &document.node;
    if document.outline.is_none() {
        let rows = node.get("tickets").map_or(&[][..], Node::items);
        let column = |row: &Node| row.get("column").is_some() || row.get("body").is_some();
        return match (rows.is_empty(), node.get("column").is_some() && node.get("title").is_some()) {
            (false, _) if rows.iter().any(column) => Claim::of(82, "it lists `tickets` with columns"),
            (false, _) => Claim::of(60, "it lists `tickets`"),
            (true, true) => Claim::of(72, "it has a title and a column"),
            (true, false) => Claim::NONE,
        };
    }
    let folder = inputs.file(document.file).path.folder().rsplit('/').next().unwrap_or_default() == "tickets";
    let head =
        node.get("column").is_some() && (node.get("priority").is_some() || node.get("title").is_some());
    match (folder, head) {
        (true, true) => Claim::of(88, "it lies among tickets and names its column"),
        (false, true) => Claim::of(76, "its front matter names a column"),
        (true, false) if !node.entries().is_empty() => Claim::of(74, "it lies among tickets"),
        (true | false, false) => Claim::NONE,
    }
}

/// Reads a ticket, or a list of them.
pub fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "ticket", DraftKind::TaskList);
    draft.foreign = true;
    draft.waivers.clone_from(&document.waivers);
    let node = &document.node;
    let Some(outline) = &document.outline else {
        let mut reader = Reader::new(inputs, words, Strictness::Foreign, draft);
        reader.noun = "ticket";
        reader.ids = false;
        match node.entries().iter().find(|(key, _)| key.text == "tickets") {
            Some((key, tickets)) => reader.tasks(key, tickets),
            None => reader.task(node, None, None),
        }
        let mut outcome = reader.finish();
        let people: Vec<_> = outcome.value.items.ids().collect();
        for id in people {
            person(inputs, words, &mut outcome.value.items[id]);
        }
        return outcome;
    };
    let mut walk = Walk::new(inputs, outline, words, Style::Story, draft);
    let text = |keys: &[&str]| node.any_of(keys).and_then(|(_, value)| field::text(value));
    let first = walk.chapters.get(1).and_then(|chapter| chapter.head);
    let title = text(&["title", "name"]).or_else(|| first.map(|head| piece::line(inputs, walk.span(head))));
    let title = title
        .unwrap_or_else(|| Text::made(inputs.file(document.file).path.stem(), Span::head(document.file)));
    let id = text(&["id", "number", "ticket"]);
    let whole = Span::new(document.file, 0, inputs.text(document.file).trim_end().len());
    let mut item = Item::task(title.clone(), whole);
    item.id.clone_from(&id);
    let mut decoder = Decoder::new(inputs, Strictness::Foreign);
    let mut columns = item.columns.take().unwrap_or_default();
    for (key, value) in node.entries() {
        match key.text.as_str() {
            "priority" => {
                item.priority = field::text(value).and_then(|text| words.priority(text.get(inputs)));
            }
            "agent" => item.agent = decoder.text(key, value),
            // Who looks after a ticket is a person, unless an agent is addressed.
            "assignee" if value.text().is_some_and(|name| name.starts_with(['@', '/'])) => {
                item.agent = decoder.text(key, value);
            }
            "type" => item.work = decoder.text(key, value),
            "domain" => item.domain = decoder.text(key, value),
            "model" => item.model = decoder.text(key, value),
            "id" | "number" | "ticket" | "title" | "name" | "depends_on" | "dependencies" | "blocked_by"
            | "blocks" => {}
            _ => {
                if !decoder.column(key, value, &mut columns) {
                    columns.other.push((Text::made(key.text.clone(), key.span), Text::At(value.span)));
                }
            }
        }
    }
    item.columns = Some(columns);
    person(inputs, words, &mut item);
    let list = |keys: &[&str]| node.any_of(keys).map(|(_, value)| field::texts(value)).unwrap_or_default();
    let open = walk.build.open(0, item);
    open.sure = true;
    open.after = list(&["depends_on", "dependencies", "blocked_by"]);
    open.blocks = list(&["blocks"]);
    walk.build.draft.title = Some(title);
    walk.build.draft.id = id;
    // Boxes that no heading claims are the ticket's parts.
    for chapter in &mut walk.chapters {
        if chapter.part.is_none() && chapter.ticks {
            chapter.part = Some(Part::Tasks);
        }
    }
    walk.all();
    let mut outcome = walk.finish();
    outcome.findings.extend(decoder.findings);
    outcome
}

/// What a column says: finished, or a person's.
fn person(inputs: &Inputs, words: &Words, item: &mut Item) {
    let Some(columns) = item.columns.as_mut() else { return };
    let Some(step) = columns.step.clone() else { return };
    let name = step.get(inputs);
    if words.status(name) == Some(Status::Done) {
        item.done = Some(true);
    } else if words.human.iter().any(|human| human.eq_ignore_ascii_case(name)) && columns.executor.is_none() {
        columns.executor = Some(Text::made("human", step.at()));
    }
}
