//! What only the names of one page together tell: two of one name, names that wait for each other, files that a list
//! leaves out.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::digraph::component::{cyclic, shortest_cycle};
use crate::base::digraph::csr::Csr;

use super::entry::{Entry, State};
use super::world::{World, plain};

/// Marks the second of two definitions of one name.
pub fn duplicates(world: &World<'_>, entries: &mut Vec<Entry<'_>>) {
    let mut first: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut again = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let Some(kind) = entry.defines else { continue };
        if !world.reference(kind).is_some_and(|reference| reference.local) {
            continue;
        }
        match first.get(&(kind.to_owned(), plain(&entry.value))) {
            Some(&before) => again.push((at, entries[before].at)),
            None => {
                first.insert((kind.to_owned(), plain(&entry.value)), at);
            }
        }
    }
    for (at, before) in again {
        entries[at].state = State::Twice;
        entries[at].refers = entries[at].defines;
        entries[at].other = Some((before, "the first".to_owned()));
    }
}

/// Marks one name of each circle of names that wait for each other.
pub fn cycles(entries: &mut [Entry<'_>]) {
    let mut ids: BTreeMap<String, u32> = BTreeMap::new();
    let mut names: Vec<String> = Vec::new();
    let mut id = |name: &str| {
        let next = u32::try_from(names.len()).unwrap_or(u32::MAX);
        *ids.entry(plain(name)).or_insert_with(|| {
            names.push(name.to_owned());
            next
        })
    };
    let mut edges: Vec<(u32, u32, usize)> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let Some(holder) = entry.holder.as_deref().filter(|_| entry.edge && entry.state == State::Fine)
        else {
            continue;
        };
        edges.push((id(holder), id(&entry.value), at));
    }
    let pairs: Vec<(u32, u32)> = edges.iter().map(|&(from, to, _)| (from, to)).collect();
    let graph = Csr::new(names.len(), &pairs);
    for members in cyclic(&graph) {
        let circle = shortest_cycle(&graph, &members);
        let Some((&last, &first)) = circle.last().zip(circle.first()) else { continue };
        let closes = |&&(from, to, _): &&(u32, u32, usize)| from == last && to == first;
        let Some(&(_, _, at)) = edges.iter().find(closes) else { continue };
        let shown: Vec<&str> =
            circle.iter().chain([&first]).map(|&member| names[member as usize].as_str()).collect();
        entries[at].state = State::Cycle;
        entries[at].wants = shown.join(" → ");
    }
}

/// Files of the squad that a list of the page leaves out, by the kind of list.
#[must_use]
pub fn unlisted<'a>(world: &World<'a>, page: usize, entries: &[Entry<'a>]) -> Vec<Entry<'a>> {
    let mut lists: BTreeMap<(&str, &str), Vec<&Entry<'a>>> = BTreeMap::new();
    for entry in entries {
        if let Some(kind) = entry.refers.filter(|_| !entry.edge) {
            lists.entry((kind, entry.path.as_str())).or_default().push(entry);
        }
    }
    let mut found = Vec::new();
    for ((kind, path), listed) in lists {
        // One name is no list.
        let Some(first) = listed.first().filter(|_| listed.len() > 1) else { continue };
        let named: BTreeSet<String> = listed
            .iter()
            .flat_map(|entry| {
                [plain(&entry.value), plain(entry.value.rsplit('/').next().unwrap_or_default())]
            })
            .collect();
        let left: Vec<String> = world
            .pages_of(kind, world.scope(page))
            .into_iter()
            .filter(|names| !names.iter().any(|name| named.contains(&plain(name))))
            .filter_map(|names| names.into_iter().next())
            .collect();
        if left.is_empty() {
            continue;
        }
        let key = path.rsplit('.').next().unwrap_or(path);
        let mut entry = Entry::at(key, path, first.at, left.join(", "));
        entry.state = State::Unlisted;
        entry.refers = Some(kind);
        entry.number = i64::try_from(left.len()).ok();
        found.push(entry);
    }
    found
}
