//! What differs between the registry that is there and the one that was built.

use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

/// How an entry differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// It was not there.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// An entry that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Change {
    /// How.
    pub kind: ChangeKind,
    /// Slash path of a command, or name of a domain.
    pub name: String,
    /// Its keys that differ, sorted.
    pub keys: Vec<String>,
}

/// Commands by path.
pub(super) fn commands(old: &Value, new: &Mapping) -> Vec<Change> {
    let collect = |groups: Option<&Value>| -> BTreeMap<String, Value> {
        groups
            .and_then(Value::as_mapping)
            .into_iter()
            .flatten()
            .flat_map(|(_, group)| {
                ["agents", "tasks"].into_iter().filter_map(|kind| group.get(kind)?.as_sequence()).flatten()
            })
            .filter_map(|entry| Some((entry.get("path")?.as_str()?.to_owned(), entry.clone())))
            .collect()
    };
    compare(&collect(old.get("commands")), &collect(new.get("commands")))
}

/// Domains by name.
pub(super) fn domains(old: &Value, new: &Mapping) -> Vec<Change> {
    let collect = |domains: Option<&Value>| -> BTreeMap<String, Value> {
        let entries = domains.and_then(Value::as_mapping).into_iter().flatten();
        entries.filter_map(|(name, entry)| Some((name.as_str()?.to_owned(), entry.clone()))).collect()
    };
    compare(&collect(old.get("domains")), &collect(new.get("domains")))
}

fn compare(old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>) -> Vec<Change> {
    let mut found = Vec::new();
    for (name, entry) in new {
        match old.get(name) {
            None => found.push(Change { kind: ChangeKind::Added, name: name.clone(), keys: Vec::new() }),
            Some(before) if before != entry => {
                found.push(Change {
                    kind: ChangeKind::Changed,
                    name: name.clone(),
                    keys: keys(before, entry),
                });
            }
            Some(_) => {}
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        found.push(Change { kind: ChangeKind::Removed, name: name.clone(), keys: Vec::new() });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name).then(a.kind.cmp(&b.kind)));
    found
}

fn keys(before: &Value, after: &Value) -> Vec<String> {
    let names = |value: &Value| -> Vec<String> {
        value
            .as_mapping()
            .into_iter()
            .flatten()
            .filter_map(|(key, _)| key.as_str().map(str::to_owned))
            .collect()
    };
    let mut all = names(before);
    all.extend(names(after));
    all.sort();
    all.dedup();
    all.retain(|key| before.get(key) != after.get(key));
    all
}
