//! beads: one issue a line, `issues.jsonl`.
//!
//! A *task* is an issue that no other issue names as its parent; one that has children is a *group*. The parent is
//! the target of a `parent-child` dependency, else the issue whose id begins this one's (`bd-7.1` in `bd-7`). `blocks`
//! dependencies are order, the other types are links. *Done* is `closed`; `tombstone` is listed as not used, `deferred`
//! need not be done. Priorities are 0 (most urgent) to 4. The lines of `acceptance_criteria` are *criteria*.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::quantity::Millis;
use crate::base::span::Span;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::document::Document;
use crate::ir::draft::{Criterion, Draft, DraftKind, Item, ItemId, ItemKind, MAKER, Priority, Unused};
use crate::ir::node::{Kind, Node};
use crate::syntax::json;

use super::edges::{Edges, Tie};
use super::words::{Part, Words};
use super::{Claim, value};

/// Types of dependency that order work.
const ORDER: &[&str] = &["blocks", "conditional-blocks", "waits-for"];

/// Claims lines of JSON that have the fields of an issue.
pub(super) fn claims(inputs: &Inputs, document: &Document, _words: &Words) -> Claim {
    let path = &inputs.file(document.file).path;
    if path.extension() != "jsonl" {
        return Claim::NONE;
    }
    let text = inputs.text(document.file);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has = |key: &str| first.contains(&format!("\"{key}\""));
    match (
        path.as_str().contains(".beads/"),
        has("id") && has("title"),
        has("issue_type") || has("dependencies"),
    ) {
        (true, true, _) => Claim::of(92, "lies where beads keeps its issues"),
        (false, true, true) => Claim::of(88, "its lines are issues of beads"),
        (false, true, false) => Claim::of(55, "its lines have ids and titles"),
        (_, false, _) => Claim::NONE,
    }
}

/// Reads every issue.
pub(super) fn read(inputs: &Inputs, document: &Document, words: &Words) -> Outcome<Draft> {
    let mut draft = Draft::new(document.file, "beads", DraftKind::Plan);
    draft.foreign = true;
    let ours = |issue: &Node| issue.get("created_by").and_then(Node::text) == Some(MAKER);
    draft.stated = !document.node.items().is_empty() && document.node.items().iter().all(ours);
    draft.waivers.clone_from(&document.waivers);
    let mut findings = Vec::new();
    let list = if matches!(document.node.kind, Kind::List(_)) {
        document.node.clone()
    } else {
        json::read_lines(inputs, Span::new(document.file, 0, inputs.text(document.file).len())).value
    };
    let issues: Vec<Issue<'_>> = list.items().iter().filter_map(Issue::of).collect();
    for node in list.items().iter().filter(|node| Issue::of(node).is_none()) {
        draft.unused.push(Unused {
            span: node.span,
            reason: "It is no issue: it has no id, or says that it is something else",
        });
    }
    let order = arrange(inputs, &issues, &mut draft, &mut findings);
    let deleted = issues.iter().filter(|issue| issue.status() == "tombstone").map(|issue| issue.id).collect();
    let known = issues.iter().map(|issue| issue.id).collect();
    let edges = Edges::default();
    let mut reader =
        Reader { inputs, words, draft: &mut draft, edges, rows: BTreeMap::new(), deleted, known };
    for (index, parent, holds) in order {
        reader.issue(&issues[index], parent.map(|parent| issues[parent].id), holds);
    }
    let edges = reader.edges;
    edges.seal(inputs, &mut draft);
    Outcome::new(draft, findings)
}

struct Issue<'a> {
    id: &'a str,
    node: &'a Node,
}

impl<'a> Issue<'a> {
    fn of(node: &'a Node) -> Option<Self> {
        // Exports hold other records, too: memories, events.
        let record = node.get("_type").and_then(Node::text).unwrap_or("issue");
        if record != "issue" {
            return None;
        }
        Some(Self { id: node.get("id")?.text().filter(|id| !id.trim().is_empty())?, node })
    }

    fn status(&self) -> &'a str {
        self.node.get("status").and_then(Node::text).unwrap_or_default()
    }

    /// Targets of its dependencies with their types.
    fn dependencies(&self) -> impl Iterator<Item = (&'a str, &'a Node)> {
        let list = self.node.get("dependencies").map(Node::items).unwrap_or_default();
        list.iter().filter_map(|entry| {
            let kind =
                entry.get("type").or_else(|| entry.get("dep_type")).and_then(Node::text).unwrap_or("blocks");
            let keys = ["depends_on_id", "depends_on", "id"];
            let target = keys.iter().find_map(|key| entry.get(key)).unwrap_or(entry);
            target.text().map(|_| (kind, target))
        })
    }
}

/// Issues so that parents stand before their children, else in the order of the file: index, index of the parent,
/// whether it holds others. Deleted issues are left out; a parent that lies in its own child is none.
fn arrange(
    inputs: &Inputs,
    issues: &[Issue<'_>],
    draft: &mut Draft,
    findings: &mut Vec<Diagnostic>,
) -> Vec<(usize, Option<usize>, bool)> {
    let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, issue) in issues.iter().enumerate() {
        if issue.status() == "tombstone" {
            draft.unused.push(Unused { span: issue.node.span, reason: "The issue is deleted" });
        } else {
            by_id.entry(issue.id).or_insert(index);
        }
    }
    let parent_of = |index: usize| -> Option<usize> {
        let issue = &issues[index];
        let stated = issue
            .dependencies()
            .find(|&(kind, _)| kind == "parent-child")
            .and_then(|(_, target)| target.text())
            .or_else(|| ["parent", "parent_id"].iter().find_map(|key| issue.node.get(key)?.text()));
        let named =
            issue.id.rsplit_once('.').filter(|(_, last)| last.bytes().all(|byte| byte.is_ascii_digit()));
        stated
            .or_else(|| named.map(|(head, _)| head))
            .and_then(|id| by_id.get(id).copied())
            .filter(|&parent| parent != index)
    };
    let live = |index: usize| issues[index].status() != "tombstone";
    let mut parents: Vec<Option<usize>> =
        (0..issues.len()).map(|index| parent_of(index).filter(|_| live(index))).collect();
    break_circles(inputs, issues, &mut parents, findings);
    let mut children: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            children.entry(*parent).or_default().push(index);
        }
    }
    let mut order = Vec::with_capacity(issues.len());
    let mut stack: Vec<usize> =
        (0..issues.len()).filter(|&index| live(index) && parents[index].is_none()).rev().collect();
    while let Some(index) = stack.pop() {
        let below = children.get(&index);
        order.push((index, parents[index], below.is_some()));
        stack.extend(below.into_iter().flatten().rev());
    }
    order
}

fn break_circles(
    inputs: &Inputs,
    issues: &[Issue<'_>],
    parents: &mut [Option<usize>],
    findings: &mut Vec<Diagnostic>,
) {
    let mut seen = vec![0usize; parents.len()];
    for start in 0..parents.len() {
        let mut at = start;
        while seen[at] == 0 {
            seen[at] = start + 1;
            match parents[at] {
                Some(next) if seen[next] == start + 1 => {
                    let id = issues[at].id;
                    let place = issues[at].node.get("id").map_or(issues[at].node.span, |id| id.span);
                    debug_assert!(!inputs.slice(place).is_empty());
                    findings.push(
                        Diagnostic::warning(
                            "dep/parent-circle",
                            place,
                            format!("`{id}` lies in one of its own children"),
                        )
                        .help(format!("remove the parent of `{id}`, or that of `{}`", issues[next].id)),
                    );
                    parents[at] = None;
                }
                Some(next) => at = next,
                None => {}
            }
        }
    }
}

struct Reader<'a, 'b> {
    inputs: &'a Inputs,
    words: &'b Words,
    draft: &'b mut Draft,
    edges: Edges,
    rows: BTreeMap<String, ItemId>,
    deleted: BTreeSet<&'a str>,
    known: BTreeSet<&'a str>,
}

impl<'a> Reader<'a, '_> {
    fn issue(&mut self, issue: &Issue<'a>, parent: Option<&str>, holds: bool) {
        let inputs = self.inputs;
        let node = issue.node;
        let id = node.get("id").and_then(|id| value::text(inputs, id));
        let title = node.get("title").and_then(|title| value::text(inputs, title)).or_else(|| id.clone());
        let title = title.unwrap_or_else(|| Text::made(issue.id, node.span));
        let mut item = Item::task(value::line(inputs, title), node.span);
        item.kind = if holds { ItemKind::Group } else { ItemKind::Task };
        item.parent = parent.and_then(|parent| self.rows.get(parent).copied());
        item.id = id;
        let status = issue.status();
        item.done = Some(matches!(status, "closed" | "done"));
        item.cancelled = status == "cancelled";
        item.optional = matches!(status, "deferred" | "pinned");
        item.priority = node.get("priority").and_then(|priority| match priority.int() {
            Some(0) => Some(Priority::Critical),
            Some(1) => Some(Priority::High),
            Some(2) => Some(Priority::Medium),
            Some(_) => Some(Priority::Low),
            None => priority.text().and_then(|text| self.words.priority(text)),
        });
        item.work = node.get("issue_type").filter(|_| !holds).and_then(|kind| value::text(inputs, kind));
        item.duration = node
            .get("estimated_minutes")
            .and_then(Node::int)
            .and_then(|minutes| u64::try_from(minutes).ok())
            .map(|minutes| Millis::from_secs(minutes.saturating_mul(60)));
        item.detail = value::joined(
            inputs,
            &[("", node.get("description")), ("Design", node.get("design")), ("Notes", node.get("notes"))],
        );
        let first = self.draft.criteria.len();
        if let Some(criteria) = node.get("acceptance_criteria") {
            for (text, done) in value::bullets(inputs, criteria) {
                self.draft.criteria.push(Criterion { id: None, text, done, priority: Priority::Medium });
            }
        }
        if first == self.draft.criteria.len() {
            for body in ["design", "description"].iter().filter_map(|key| node.get(key)) {
                self.accepted(body);
            }
        }
        item.criteria = Run::since(first, self.draft.criteria.len());
        let row = self.draft.items.push(item);
        self.rows.entry(issue.id.to_owned()).or_insert(row);
        let mut links = BTreeSet::new();
        for (kind, target) in issue.dependencies() {
            let name = target.text().unwrap_or_default().trim();
            if self.deleted.contains(name) {
                self.draft.unused.push(Unused { span: target.span, reason: "The issue is deleted" });
            } else if is_foreign(issue.id, name) && !self.known.contains(name) {
                let reason = "It names an issue of another project, which is not in this file";
                self.draft.unused.push(Unused { span: target.span, reason });
            } else if ORDER.contains(&kind) {
                self.edges.tie(row, Tie::After, value::text(inputs, target).unwrap_or(Text::At(target.span)));
            } else if kind != "parent-child" && links.insert(target.span) {
                self.draft
                    .unused
                    .push(Unused { span: target.span, reason: "A link of this type orders nothing" });
            }
        }
    }
}

impl Reader<'_, '_> {
    /// The list behind `## Acceptance Criteria` or `Acceptance criteria:` in the text of an issue.
    fn accepted(&mut self, body: &Node) {
        let Some(text) = body.text() else { return };
        let mut listed = false;
        for line in text.lines() {
            let bare = line.trim();
            let item = bare.strip_prefix("- ").or_else(|| bare.strip_prefix("* "));
            match item {
                Some(item) if listed && !line.starts_with("  ") => {
                    let open = item.strip_prefix("[ ]");
                    let done = item.strip_prefix("[x]").or_else(|| item.strip_prefix("[X]"));
                    let text = done.or(open).unwrap_or(item).trim();
                    let text = value::line(self.inputs, Text::made(text, body.span));
                    let (done, priority) = (done.is_some(), Priority::Medium);
                    self.draft.criteria.push(Criterion { id: None, text, done, priority });
                }
                Some(_) => {}
                None if bare.is_empty() => {}
                None => {
                    let heads = bare.starts_with('#') || bare.ends_with([':', '*']);
                    listed = heads && self.words.part(bare) == Some(Part::Acceptance);
                }
            }
        }
    }
}

/// Whether two ids have another prefix: `app-7f2` and `lib-91a` come from two projects.
fn is_foreign(own: &str, other: &str) -> bool {
    let prefix = |id: &str| id.rsplit_once('-').map(|(prefix, _)| prefix.to_owned());
    other.starts_with("external:")
        || prefix(own).is_some() && prefix(other).is_some() && prefix(own) != prefix(other)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{criteria, draft, items, unused};

    #[test]
    fn parents_stand_before_children_and_links_order_nothing() {
        let (inputs, draft) = draft(
            "beads",
            &[(
                ".beads/issues.jsonl",
                concat!(
                    r#"{"id":"bd-2","title":"Child","status":"open","priority":0,"issue_type":"task","dependencies":[{"issue_id":"bd-2","depends_on_id":"bd-1","type":"parent-child"},{"issue_id":"bd-2","depends_on_id":"bd-3","type":"blocks"}]}"#,
                    "\n",
                    r#"{"id":"bd-1","title":"Epic","status":"open","priority":2,"issue_type":"epic","acceptance_criteria":"- [x] One\n- [ ] Two"}"#,
                    "\n\n",
                    r#"{"id":"bd-3","title":"First","status":"closed","priority":1,"issue_type":"bug","description":"It fails","design":"So","dependencies":[{"issue_id":"bd-3","depends_on_id":"bd-9","type":"related"}]}"#,
                    "\n",
                    r#"{"id":"bd-1.1","title":"Dotted","status":"deferred","priority":4,"issue_type":"task","estimated_minutes":30}"#,
                    "\n",
                    r#"{"id":"bd-4","title":"Gone","status":"tombstone"}"#,
                    "\n",
                    r#"{"note":"no id"}"#,
                    "\n",
                ),
            )],
        );
        assert_eq!(
            items(&inputs, &draft),
            "+ bd-1|Epic\n  - bd-2|Child <bd-3\n  - bd-1.1|Dotted optional\nx bd-3|First\n"
        );
        assert_eq!(criteria(&inputs, &draft), "x |One\n- |Two\n");
        assert_eq!(
            unused(&draft),
            [
                "A link of this type orders nothing",
                "It is no issue: it has no id, or says that it is something else",
                "The issue is deleted"
            ]
        );
        assert_eq!(draft.items.rows()[2].duration.unwrap().secs(), 1800);
        assert_eq!(draft.items.rows()[3].detail.as_ref().unwrap().get(&inputs), "It fails\n\nDesign: So");
    }

    #[test]
    fn an_issue_in_its_own_child_is_freed() {
        let line = |id: &str, parent: &str| {
            format!(
                "{{\"id\":\"{id}\",\"title\":\"{id}\",\"status\":\"open\",\"issue_type\":\"task\",\"dependencies\":[{{\"depends_on_id\":\"{parent}\",\"type\":\"parent-child\"}}]}}\n"
            )
        };
        let text = line("a", "b") + &line("b", "c") + &line("c", "a") + &line("d", "d");
        let (_, draft) = draft("beads", &[("issues.jsonl", &text)]);
        assert_eq!(draft.items.len(), 4);
    }

    #[test]
    fn broken_lines_do_not_hide_the_others() {
        let text = "{\"id\":\"a\",\"title\":\"A\",\"issue_type\":\"task\"}\n{\"id\": \n{\"id\":\"b\",\"title\":\"B\",\"status\":\"in_progress\"}\n";
        let (inputs, draft) = draft("beads", &[("x.jsonl", text)]);
        assert_eq!(items(&inputs, &draft), "- a|A\n- b|B\n");
    }
}
