//! D5, D6, D7, D9, D10: what the words of a line say about its neighbours.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::base::table::{Id as _, Run};
use crate::base::text::Text;
use crate::ir::draft::{Draft, ItemId, ItemKind};
use crate::ir::graph::Rule;

use super::super::Context;
use super::super::output::LinePlace;
use super::super::phrase::{Action, Word, head_verb, object, words};
use super::super::sketch::{Sketch, unique};
use super::Proposals;

/// Proposes edges inside one document.
pub(super) fn propose(
    context: Context<'_>,
    draft: &Draft,
    number: usize,
    sketch: &Sketch,
    edges: &mut Proposals<'_>,
) {
    let made = &sketch.made[number];
    let tasks = || draft.items.iter().filter(|(_, item)| item.kind == ItemKind::Task);
    let deliverables = tasks().filter_map(|(id, item)| {
        let line = words(item.title.get(context.inputs));
        let (action, verb) = head_verb(&line, context.lexicon);
        let makes = matches!(action, Action::Create | Action::Modify);
        let name = makes.then(|| object(&line, verb, context.lexicon)).flatten()?;
        Some((name, (id, action == Action::Create)))
    });
    // Who makes a thing goes before who changes it: a name borne by one maker is his.
    let mut makers: BTreeMap<String, Vec<(ItemId, bool)>> = BTreeMap::new();
    for (name, who) in deliverables {
        makers.entry(name).or_default().push(who);
    }
    let names = unique(makers.into_iter().filter_map(|(name, list)| {
        let creators: Vec<ItemId> = list.iter().filter(|(_, creates)| *creates).map(|(id, _)| *id).collect();
        match (creators.as_slice(), list.as_slice()) {
            ([only], _) | (_, [(only, _)]) => Some((name, *only)),
            _ => None,
        }
    }));
    let order = &context.lexicon.order;
    let (after, before) = (Phrases::new(&order.after), Phrases::new(&order.before));
    let reader = Reader { context, draft, made, names: &names, after, before };
    let mut siblings: BTreeMap<Option<ItemId>, Vec<ItemId>> = BTreeMap::new();
    for (id, _) in tasks() {
        let earlier = siblings.entry(draft.items[id].parent).or_default();
        reader.title(id, earlier, edges);
        reader.detail(id, edges);
        earlier.push(id);
    }
    // "Write the teaser of the newsletter. Then publish the newsletter": who says "then" is not waited for.
    let then: BTreeSet<_> =
        edges.edges.iter().filter(|e| e.rule == Rule::D6).map(|e| (e.from, e.to)).collect();
    edges.edges.retain(|e| e.rule != Rule::D5 || e.from < e.to || !then.contains(&(e.to, e.from)));
}

struct Reader<'a, 'b> {
    context: Context<'a>,
    draft: &'b Draft,
    made: &'b [Run],
    names: &'b BTreeMap<String, Option<ItemId>>,
    after: Phrases<'a>,
    before: Phrases<'a>,
}

/// Phrases by their first word, those of one first word in the order of the list.
struct Phrases<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Phrases<'a> {
    fn new(list: &'a [String]) -> Self {
        let mut phrases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for phrase in list {
            phrases.entry(phrase.split(' ').next().unwrap_or_default()).or_default().push(phrase);
        }
        Self(phrases)
    }

    /// Index behind the first phrase that stands at word `at`.
    fn behind(&self, words: &[Word<'_>], at: usize) -> Option<usize> {
        self.0.get(words[at].text.as_ref())?.iter().find_map(|phrase| follows(words, at, phrase))
    }
}

impl Reader<'_, '_> {
    fn title(&self, id: ItemId, earlier: &[ItemId], edges: &mut Proposals<'_>) {
        let item = &self.draft.items[id];
        let line = item.title.get(self.context.inputs);
        let mine = self.made[id.index()];
        let words = words(line);
        let order = &self.context.lexicon.order;
        let place = LinePlace::of(&item.title);
        if let Some((&last, first)) = earlier.last().zip(words.first()) {
            let from = self.made[last.index()];
            let lead = |next: usize| place.text(line, first.at.start..words[next - 1].at.end);
            if let Some(next) = starts(&words, &order.previous) {
                edges.add(from, mine, Rule::D6, &lead(next));
            }
            if let Some(next) = starts(&words, &order.all) {
                for other in earlier {
                    edges.add(self.made[other.index()], mine, Rule::D6, &lead(next));
                }
            }
            if item.id.is_some() {
                edges.add(from, mine, Rule::D9, &item.title);
            }
            edges.add(from, mine, Rule::D10, &item.title);
        }
        let (action, verb) = head_verb(&words, self.context.lexicon);
        for at in 0..words.len() {
            let named = |phrases: &Phrases<'_>| self.name(&words, phrases.behind(&words, at)?, id);
            if let Some((from, next)) = named(&self.after) {
                edges.add(
                    self.made[from.index()],
                    mine,
                    Rule::D6,
                    &place.text(line, words[at].at.start..next),
                );
            } else if let Some((to, next)) = named(&self.before) {
                edges.add(mine, self.made[to.index()], Rule::D6, &place.text(line, words[at].at.start..next));
            } else if action == Action::Verify && at > verb {
                if let Some((from, next)) = self.exact(&words, at, id) {
                    edges.add(
                        self.made[from.index()],
                        mine,
                        Rule::D7,
                        &place.text(line, words[at].at.start..next),
                    );
                }
            } else if self.points_back(&words[at])
                && let Some((from, next)) = self.exact(&words, at + 1, id)
            {
                edges.add(
                    self.made[from.index()],
                    mine,
                    Rule::D5,
                    &place.text(line, words[at].at.start..next),
                );
            }
        }
    }

    /// In the detail only definite references count.
    fn detail(&self, id: ItemId, edges: &mut Proposals<'_>) {
        let Some(detail) = &self.draft.items[id].detail else { return };
        if self.names.is_empty() {
            return;
        }
        let line = detail.get(self.context.inputs);
        let words = words(line);
        let place = LinePlace::of(detail);
        for at in 0..words.len() {
            if !self.points_back(&words[at]) {
                continue;
            }
            if let Some((from, next)) = self.exact(&words, at + 1, id) {
                // What stands before it in the document: a detail that looks ahead promises, it does not wait.
                if from < id {
                    let evidence: Text = place.text(line, words[at].at.start..next);
                    edges.add(self.made[from.index()], self.made[id.index()], Rule::D5, &evidence);
                }
            }
        }
    }

    fn points_back(&self, word: &Word<'_>) -> bool {
        !word.stop && self.context.lexicon.definite.contains(word.text.as_ref())
    }

    /// The item whose deliverable is named from word `at` on, articles skipped, and where the name ends.
    fn name(&self, words: &[Word<'_>], at: usize, id: ItemId) -> Option<(ItemId, usize)> {
        let skip = words[at.min(words.len())..]
            .iter()
            .take_while(|word| {
                let text = word.text.as_ref();
                self.context.lexicon.definite.contains(text) || self.context.lexicon.articles.contains(text)
            })
            .count();
        self.exact(words, at + skip, id)
    }

    fn exact(&self, words: &[Word<'_>], at: usize, id: ItemId) -> Option<(ItemId, usize)> {
        let first = words.get(at)?.text.as_ref();
        let mut near = self.names.range::<str, _>((Bound::Included(first), Bound::Unbounded));
        if !near.next().is_some_and(|(name, _)| name.starts_with(first)) {
            return None;
        }
        let most = self.context.lexicon.phrase_words.min(words.len() - at);
        (1..=most).rev().find_map(|count| {
            let run = &words[at..at + count];
            if run[..count - 1].iter().any(|word| word.stop) {
                return None;
            }
            let name = run.iter().map(|word| word.text.as_ref()).collect::<Vec<_>>().join(" ");
            let item = (*self.names.get(&name)?)?;
            (item != id).then(|| (item, run[count - 1].at.end))
        })
    }
}

/// Index behind the phrase the line begins with.
fn starts(words: &[Word<'_>], phrases: &[String]) -> Option<usize> {
    phrases.iter().find_map(|phrase| follows(words, 0, phrase))
}

/// Index behind `phrase` if it stands at word `at`.
fn follows(words: &[Word<'_>], at: usize, phrase: &str) -> Option<usize> {
    let mut next = at;
    for part in phrase.split(' ') {
        let word = words.get(next)?;
        if word.text != part {
            return None;
        }
        next += 1;
    }
    Some(next)
}
