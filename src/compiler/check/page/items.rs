//! The items of a checklist as entries: their ids, what they say, what they count.

use std::collections::BTreeMap;

use crate::base::fold::key;
use crate::base::span::Span;
use crate::compiler::check::checklist::scale::Scale;
use crate::compiler::check::checklist::{is_total, named};
use crate::ir::outline::{BlockKind, Tick};
use crate::ir::squad::CheckItem;

use super::entry::{Entry, State};
use super::world::World;

/// What rules may object to in the items of a page.
pub(super) fn entries<'a>(world: &World<'a>, number: usize) -> Vec<Entry<'a>> {
    let page = &world.pages[number];
    let inputs = world.inputs;
    let mut found = empty(world, number);
    let Some(checklist) = &page.checklist else { return found };
    let words = &world.table.checklists;
    let scale = Scale::of(inputs, checklist, words);
    let weighed = scale.is_weighed();
    let mut said: BTreeMap<(String, String), Span> = BTreeMap::new();
    for (item, weight) in checklist.items.iter().zip(&scale.weights) {
        if is_total(inputs, item, words) {
            continue;
        }
        found.extend(ids(world, item));
        let text = item.text.get(inputs);
        let at = item.text.at();
        let mut entry = Entry::at("claim", "item", at, text.to_owned());
        let group = item.group.as_ref().map(|group| key(group.get(inputs))).unwrap_or_default();
        // The same words below another heading may be about something else.
        match said.get(&(group.clone(), key(text))).copied() {
            Some(first) => {
                entry.state = State::Twice;
                entry.other = Some((first, "the first".to_owned()));
            }
            None => {
                said.insert((group, key(text)), at);
            }
        }
        // What a rule decides is decided, however it is put.
        let id = item.id.as_ref().map(|id| id.get(inputs)).unwrap_or_default();
        let is_ruled = !named(id, &world.rules).is_empty() || !named(text, &world.rules).is_empty();
        if !is_ruled || entry.state != State::Fine {
            found.push(entry);
        }
        if let Some(written) = item.weight.as_ref().filter(|_| weighed && weight.is_none()) {
            let mut entry = Entry::at("weight", "item", written.at(), written.get(inputs).to_owned());
            entry.state = State::Unbalanced;
            found.push(entry);
        }
    }
    for fault in scale.faults() {
        let mut entry = Entry::at("scale", "item", fault.at, fault.is);
        entry.state = State::Unbalanced;
        entry.wants = fault.should;
        found.push(entry);
    }
    found
}

/// Boxes with nothing beside them.
fn empty<'a>(world: &World<'a>, number: usize) -> Vec<Entry<'a>> {
    let page = &world.pages[number];
    let boxed = page.blocks.iter().filter(|block| {
        matches!(block.kind, BlockKind::Bullet | BlockKind::Numbered) && block.tick != Tick::None
    });
    let spans = boxed.map(|block| Span { file: page.file, start: block.text_start, end: block.text_end });
    let blank = |span: &Span| world.inputs.slice(*span).trim_matches(['*', '_', '`', ' ', '.']).is_empty();
    spans
        .filter(blank)
        .map(|span| {
            let mut entry = Entry::at("item", "item", span, String::new());
            entry.state = State::Empty;
            entry
        })
        .collect()
}

/// The id of an item, as the name of the item and as that of a rule; and the rules it names besides.
fn ids<'a>(world: &World<'a>, item: &CheckItem) -> Vec<Entry<'a>> {
    let inputs = world.inputs;
    let mut found = Vec::new();
    // `1.` counts lines; it names nothing.
    let id = item.id.as_ref().filter(|id| id.get(inputs).starts_with(|c: char| c.is_ascii_uppercase()));
    if let Some(id) = id {
        let mut entry = Entry::at("item", "item", id.at(), id.get(inputs).to_owned());
        entry.defines = Some("item");
        found.push(entry.clone());
        entry.defines = None;
        entry.refers = Some("rule");
        found.push(entry);
    }
    let raw = inputs.slice(item.raw);
    let mut at = 0;
    for code in raw.split('`') {
        // Every second part stands in code.
        let span = item.raw.slice(at, at + code.len());
        if raw[..at].matches('`').count() % 2 == 1 && !code.is_empty() {
            let mut entry = Entry::at("item", "item", span, code.to_owned());
            entry.refers = Some("rule");
            found.push(entry);
        }
        at += code.len() + 1;
    }
    found
}
