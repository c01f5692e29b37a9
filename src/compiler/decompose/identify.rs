//! Ids: the source's own where they are unique, else readable slugs that stay when other parts change.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::digest::Digest;
use crate::base::fold::slug;
use crate::base::inputs::Inputs;
use crate::base::table::{Id as _, Run};
use crate::base::text::Text;
use crate::ir::draft::{Draft, ItemId};
use crate::ir::graph::{Task, TaskId};

use super::Context;
use super::sketch::Sketch;

/// Gives every story and every task an id that is unique in the plan.
pub(super) fn identify(
    context: Context<'_>,
    drafts: &[Draft],
    sketch: &mut Sketch,
    findings: &mut Vec<Diagnostic>,
) {
    stories(sketch, findings);
    let batch = drafts.len() > 1;
    let (mut taken, mut last) = (BTreeSet::new(), BTreeMap::new());
    for story in sketch.stories.ids() {
        let run = sketch.stories[story].tasks;
        let prefix = if batch { format!("{}:", sketch.stories[story].id) } else { String::new() };
        let mut first: BTreeMap<String, (Option<ItemId>, TaskId)> = BTreeMap::new();
        let names = Names::of(context, sketch, run);
        // What the source names keeps its name, wherever something else happens to be called like it.
        for sourced in [true, false] {
            for index in run.range() {
                let task = TaskId::from_index(index);
                if sketch.tasks[task].source_id.is_some() != sourced {
                    continue;
                }
                let (_, item) = sketch.from[index];
                let draft = &drafts[sketch.from[index].0];
                duplicate(context.inputs, draft, sketch, task, item, &mut first, findings);
                let pieces = pieces(sketch, index);
                let full = format!("{prefix}{}", names.wanted(context, sketch, task, pieces));
                let id = free(full, &taken, &mut last);
                taken.insert(id.clone());
                let row = &mut sketch.tasks[task];
                row.id = match &row.source_id {
                    Some(source) if source.get(context.inputs) == id => source.clone(),
                    _ => Text::made(id, row.title.at()),
                };
            }
        }
    }
}

/// Stories of one id would give their tasks the same ids.
fn stories(sketch: &mut Sketch, findings: &mut Vec<Diagnostic>) {
    let mut first = BTreeMap::new();
    let mut slugs = BTreeSet::new();
    let (mut last, mut last_slug) = (BTreeMap::new(), BTreeMap::new());
    for id in sketch.stories.ids() {
        let story = &mut sketch.stories[id];
        if let Some(&other) = first.get(&story.id) {
            findings.push(
                Diagnostic::error(
                    "id/duplicate",
                    story.at,
                    format!("two documents have the id `{}`", story.id),
                )
                .label(other, "the first one")
                .help("give each document an id of its own".to_owned()),
            );
            let taken: BTreeSet<String> = first.keys().cloned().collect();
            story.id = free(story.id.clone(), &taken, &mut last);
        }
        first.insert(story.id.clone(), story.at);
        story.slug = free(story.slug.clone(), &slugs, &mut last_slug);
        slugs.insert(story.slug.clone());
    }
}

/// Reports a source id that an earlier item has already. Where another tool wrote the ids and nobody names this one,
/// both tasks can be told apart without the author: then it is a warning.
fn duplicate(
    inputs: &Inputs,
    draft: &Draft,
    sketch: &Sketch,
    task: TaskId,
    item: Option<ItemId>,
    first: &mut BTreeMap<String, (Option<ItemId>, TaskId)>,
    findings: &mut Vec<Diagnostic>,
) {
    let row = &sketch.tasks[task];
    let Some(id) = &row.source_id else { return };
    let name = id.get(inputs);
    match first.get(name) {
        None => {
            first.insert(name.to_owned(), (item, task));
        }
        Some(&(other, earlier)) if other != item || item.is_none() => {
            let there = sketch.tasks[earlier].source_id.as_ref().map_or(sketch.tasks[earlier].at, Text::at);
            let named = || draft.mentions.iter().any(|mention| mention.get(inputs).trim() == name);
            let severity = if draft.foreign && !named() { Severity::Warning } else { Severity::Error };
            let message = format!("two tasks have the id `{name}`");
            findings.push(
                Diagnostic::new(severity, "id/duplicate", id.at(), message)
                    .label(there, "the first one")
                    .help(format!("give one of them another id: what names `{name}` cannot mean both"))
                    .veto("V1.13"),
            );
        }
        Some(_) => {}
    }
}

/// Position and number of the pieces an item was split into; `(0, 1)` for a whole one.
fn pieces(sketch: &Sketch, index: usize) -> (usize, usize) {
    let (draft, item) = sketch.from[index];
    let Some(item) = item else { return (0, 1) };
    let run = sketch.made[draft][item.index()];
    (index - run.start as usize, run.len())
}

/// The short names that more than one item of a document would have. Such an item is told apart by what its author wrote
/// there, not by its position: an id must not change when something else is added, removed or moved.
struct Names {
    /// By short name: how often each title comes.
    shared: BTreeMap<String, BTreeMap<String, u32>>,
}

impl Names {
    fn of(context: Context<'_>, sketch: &Sketch, run: Run) -> Self {
        let mut shared: BTreeMap<String, BTreeMap<String, u32>> = BTreeMap::new();
        for index in run.range() {
            let row = &sketch.tasks[TaskId::from_index(index)];
            let (piece, total) = pieces(sketch, index);
            if row.source_id.is_some() || piece > 0 {
                continue;
            }
            let title = whole(row.title.get(context.inputs), total);
            let titles = shared.entry(short(context, title)).or_default();
            *titles.entry(title.to_owned()).or_default() += 1;
        }
        shared.retain(|_, titles| titles.len() > 1 || titles.values().any(|&count| count > 1));
        Self { shared }
    }

    /// The id that a task should have.
    fn wanted(
        &self,
        context: Context<'_>,
        sketch: &Sketch,
        task: TaskId,
        (piece, total): (usize, usize),
    ) -> String {
        let row = &sketch.tasks[task];
        let base = match &row.source_id {
            Some(id) => id.get(context.inputs).trim().to_owned(),
            None => self.told_apart(context, sketch, row, whole(row.title.get(context.inputs), total)),
        };
        if total <= 1 {
            return base;
        }
        let letter = u8::try_from(piece).ok().filter(|_| total <= 26).map(|piece| char::from(b'a' + piece));
        match (letter, row.source_id.is_some()) {
            (Some(letter), true) => format!("{base}{letter}"),
            _ => format!("{base}-{}", piece + 1),
        }
    }

    /// The short name of a title; with the group before it where others have this title, with a hash behind it where
    /// others have another title that is shortened to the same.
    fn told_apart(&self, context: Context<'_>, sketch: &Sketch, row: &Task, title: &str) -> String {
        let mut name = short(context, title);
        let Some(titles) = self.shared.get(&name) else { return name };
        if titles.len() > 1 {
            name = format!("{name}-{}", &Digest::of(title.as_bytes()).hex()[..4]);
        }
        if titles.get(title).is_some_and(|&count| count > 1)
            && let Some(group) = row.group
        {
            let group = slug(sketch.groups[group].title.get(context.inputs), context.lexicon.slug_bytes);
            if !group.is_empty() {
                name = format!("{group}-{name}");
            }
        }
        name
    }
}

/// A title without what an expansion put behind it.
fn whole(title: &str, total: usize) -> &str {
    title.split_once(" (").map_or(title, |(head, _)| if total > 1 { head } else { title })
}

fn short(context: Context<'_>, title: &str) -> String {
    let short = slug(title, context.lexicon.slug_bytes);
    if short.is_empty() {
        // A title in a script that has no slug: its hash is as stable as its words.
        format!("task-{}", &Digest::of(title.as_bytes()).hex()[..8])
    } else {
        short
    }
}

/// `name`, or `name-2`, `name-3`, … if it is taken.
///
/// `last` holds the number each name has come to, so that many equal names are not counted anew each time.
fn free(name: String, taken: &BTreeSet<String>, last: &mut BTreeMap<String, u32>) -> String {
    if !taken.contains(&name) {
        return name;
    }
    let mut number = last.get(&name).map_or(2, |number| number + 1);
    loop {
        let candidate = format!("{name}-{number}");
        if !taken.contains(&candidate) {
            last.insert(name, number);
            return candidate;
        }
        number += 1;
    }
}
