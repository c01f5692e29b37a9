//! `graph`: the tasks of a plan form a graph of some kind. Duplicate edges are one edge; an edge to oneself is a cycle;
//! every cycle is told from its first task. Nothing recurses.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_yaml::Value;

use crate::compiler::check::fact::{Answer, Fact, Facts, Hit};
use crate::compiler::check::path::Path;

/// `{property}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// What must hold.
    pub property: Property,
}

/// What may hold of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Property {
    /// Nothing waits for itself.
    Acyclic,
    /// Everything that is waited for exists.
    NoDangling,
    /// Nothing waits for something that is blocked.
    NoBlockedAncestor,
}

impl Graph {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let Fact::Rows(rows) = facts.fact(&Path::new("plan.tasks")) else { return Answer::Pass };
        let graph = Tasks::of(rows);
        let found = match self.property {
            Property::Acyclic => graph.cycles(),
            Property::NoDangling => graph.dangling.clone(),
            Property::NoBlockedAncestor => graph.blocked_ancestors(),
        };
        if found.is_empty() { Answer::Pass } else { Answer::hit(Hit::said(found.join("; "))) }
    }
}

/// Tasks by number, the first of a name only.
struct Tasks<'a> {
    names: Vec<&'a str>,
    needs: Vec<BTreeSet<usize>>,
    blocked: Vec<bool>,
    dangling: Vec<String>,
}

impl<'a> Tasks<'a> {
    fn of(rows: &'a [Value]) -> Self {
        let mut number = BTreeMap::new();
        let mut names = Vec::new();
        let mut kept = Vec::new();
        for row in rows {
            let Some(name) = row.get("id").and_then(Value::as_str) else { continue };
            number.entry(name).or_insert_with(|| {
                names.push(name);
                kept.push(row);
                names.len() - 1
            });
        }
        let mut dangling = Vec::new();
        let needs = kept.iter().map(|row| {
            let list = row.get("depends_on").and_then(Value::as_sequence);
            let needed = list.into_iter().flatten().filter_map(Value::as_str);
            needed
                .filter_map(|name| {
                    let found = number.get(name).copied();
                    if found.is_none() {
                        dangling.push(name.to_owned());
                    }
                    found
                })
                .collect()
        });
        let needs = needs.collect();
        let blocked =
            kept.iter().map(|row| row.get("blocked").and_then(Value::as_bool) == Some(true)).collect();
        Self { names, needs, blocked, dangling }
    }

    /// One cycle of each knot of tasks that wait for each other, as `A → B → A`, where `A` waits for `B`.
    fn cycles(&self) -> Vec<String> {
        let mut found = Vec::new();
        // 0: not seen; 1: on the way; 2: done.
        let mut state = vec![0_u8; self.names.len()];
        for start in 0..self.names.len() {
            let mut way = vec![(start, self.needs[start].iter())];
            if state[start] != 0 {
                continue;
            }
            state[start] = 1;
            while let Some((at, rest)) = way.last_mut() {
                match rest.next() {
                    Some(&next) if state[next] == 0 => {
                        state[next] = 1;
                        way.push((next, self.needs[next].iter()));
                    }
                    Some(&next) if state[next] == 1 => {
                        let from = way.iter().position(|(task, _)| *task == next).unwrap_or(0);
                        let mut ring: Vec<usize> = way[from..].iter().map(|(task, _)| *task).collect();
                        let first = (0..ring.len()).min_by_key(|&at| ring[at]).unwrap_or(0);
                        ring.rotate_left(first);
                        ring.push(ring[0]);
                        found.push(ring.iter().map(|&task| self.names[task]).collect::<Vec<_>>().join(" → "));
                    }
                    Some(_) => {}
                    None => {
                        state[*at] = 2;
                        way.pop();
                    }
                }
            }
        }
        found
    }

    /// The blocked tasks that something waits for.
    fn blocked_ancestors(&self) -> Vec<String> {
        let needed: BTreeSet<usize> = self.needs.iter().flatten().copied().collect();
        needed
            .into_iter()
            .filter(|&task| self.blocked[task])
            .map(|task| self.names[task].to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[track_caller]
    fn check(property: &str, tasks: &str, want: &str) {
        let found =
            ask(&format!("{{graph: {{property: {property}}}}}"), &format!("{{plan: {{tasks: [{tasks}]}}}}"));
        assert_eq!(found, want, "{tasks}");
    }

    #[test]
    fn cycles() {
        check("acyclic", "", "pass");
        check("acyclic", "{id: A}, {id: B, depends_on: [A, A]}", "pass");
        check("acyclic", "{id: A, depends_on: [A]}", "A → A");
        check(
            "acyclic",
            "{id: A, depends_on: [B]}, {id: B, depends_on: [A]}, {id: C, depends_on: [B]}",
            "A → B → A",
        );
        let two = "{id: A, depends_on: [B]}, {id: B, depends_on: [A]}, {id: C, depends_on: [D]}, {id: D, depends_on: [C]}";
        check("acyclic", two, "A → B → A; C → D → C");
        check("acyclic", "{id: A, depends_on: AB}, {id: B, depends_on: null}, {}", "pass");
    }

    #[test]
    fn a_ring_of_thousands_is_no_recursion() {
        let ring: Vec<String> =
            (0..3000).map(|n| format!("{{id: t{n}, depends_on: [t{}]}}", (n + 1) % 3000)).collect();
        let found =
            ask("{graph: {property: acyclic}}", &format!("{{plan: {{tasks: [{}]}}}}", ring.join(",")));
        assert!(found.starts_with("t0 → t1 → ") && found.ends_with("t2999 → t0"));
    }

    #[test]
    fn dangling_and_blocked() {
        check("no_dangling", "{id: A, depends_on: [GHOST]}", "GHOST");
        check(
            "no_blocked_ancestor",
            "{id: A, blocked: true}, {id: B, depends_on: [A]}, {id: C, depends_on: [B]}",
            "A",
        );
        check("no_blocked_ancestor", "{id: A, blocked: true}", "pass");
    }
}
