//! What one set of rules says that another does not: `dispatch rules diff`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::pack::Packs;
use super::rule::Rule;

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule.
    pub rule: String,
    /// What is different.
    pub kind: ChangeKind,
}

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeKind {
    /// Only the later set has the rule.
    Added,
    /// Only the earlier set has it.
    Removed,
    /// These differ: path, what only the earlier has, what only the later has, as JSON. Lists and patterns are
    /// compared written out.
    Changed(Vec<(String, String, String)>),
}

/// The differences, by rule id.
#[must_use]
pub fn diff(earlier: &Packs, later: &Packs) -> Vec<Change> {
    let by_id = |packs: &Packs| -> BTreeMap<String, Value> {
        packs.rules.iter().map(|rule| (rule.id.clone(), written(rule))).collect()
    };
    let (earlier, later) = (by_id(earlier), by_id(later));
    let ids: BTreeSet<&String> = earlier.keys().chain(later.keys()).collect();
    let change = |id: &String| {
        let kind = match (earlier.get(id), later.get(id)) {
            (None, _) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Removed,
            (Some(a), Some(b)) => ChangeKind::Changed(changed(a, b)?),
        };
        Some(Change { rule: id.clone(), kind })
    };
    ids.into_iter().filter_map(change).collect()
}

fn written(rule: &Rule) -> Value {
    serde_json::to_value(rule).expect("a rule is plain data with text keys")
}

fn changed(earlier: &Value, later: &Value) -> Option<Vec<(String, String, String)>> {
    let (earlier, later) = (leaves(earlier), leaves(later));
    let paths: BTreeSet<&String> = earlier.keys().chain(later.keys()).collect();
    let found: Vec<_> = paths
        .into_iter()
        .filter_map(|path| {
            let (before, after) = (earlier.get(path), later.get(path));
            (before != after).then(|| (path.clone(), only(before, after), only(after, before)))
        })
        .collect();
    (!found.is_empty()).then_some(found)
}

/// What one side has and the other has not: of two lists the members, else the value.
fn only(of: Option<&&Value>, other: Option<&&Value>) -> String {
    match (of, other) {
        (Some(Value::Array(of)), Some(Value::Array(other))) => {
            let own: Vec<String> =
                of.iter().filter(|value| !other.contains(value)).map(Value::to_string).collect();
            if own.is_empty() { "the same".to_owned() } else { own.join(", ") }
        }
        (Some(value), _) => value.to_string(),
        (None, _) => "nothing".to_owned(),
    }
}

/// The parts of a value that have no parts of their own, by path; a list of plain values is one.
fn leaves(value: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), value)];
    while let Some((path, value)) = open.pop() {
        let join =
            |key: &str| if path.is_empty() { key.to_owned() } else { [path.as_str(), ".", key].concat() };
        match value {
            Value::Object(map) => open.extend(map.iter().map(|(key, value)| (join(key), value))),
            Value::Array(list) if list.iter().any(|value| value.is_object() || value.is_array()) => {
                open.extend(list.iter().enumerate().map(|(at, value)| (join(&(at + 1).to_string()), value)));
            }
            _ => {
                found.insert(path, value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Change, ChangeKind, diff};
    use crate::base::inputs::RelPath;
    use crate::base::source::Layer;
    use crate::compiler::check::pack::Depth;
    use crate::compiler::check::pack::tests::{inputs, load, shipped};

    #[test]
    fn differences_are_told_by_rule_and_key() {
        let before = shipped(Depth::Rules);
        assert_eq!(diff(&before, &before), []);
        let mut inputs = inputs();
        let pack = "schema: dispatch.rules/v1\npack: mine\nversion: 1.0.0\nextends: [core]\nlists: {vague_verbs_pt: [melhorar]}\nrules:\n- {id: XA.1, name: mine, phase: '1', gate: QG-PRE, scope: task, severity: warning, check: {required: {field: task.id}}, message: no id at all, examples: {pass: [{task: {id: a}}], fail: [{}]}}\n";
        inputs.add(RelPath::new("rules/mine.yaml").unwrap(), Layer::Project, pack.as_bytes().to_vec());
        let after = load(&inputs, Depth::Rules).value;
        let changes = diff(&before, &after);
        let names: Vec<&str> = changes.iter().map(|change| change.rule.as_str()).collect();
        assert_eq!(names, ["V0.5", "V1.9", "XA.1"]);
        assert_eq!(changes[2], Change { rule: "XA.1".to_owned(), kind: ChangeKind::Added });
        assert!(matches!(&changes[1].kind, ChangeKind::Changed(keys) if keys.len() == 1
                && keys[0].0 == "check.forbidden_words.words"
                && keys[0].1.contains("\"otimizar\"")
                && keys[0].2 == "the same"));
    }
}
