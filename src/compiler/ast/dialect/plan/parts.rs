//! The fields of a task that need more than one step: outputs, paths, criteria, status, parents, and what is kept as it is.

use crate::base::span::Span;
use crate::base::text::Text;
use crate::compiler::ast::dialect::field::{self, Strictness};
use crate::ir::draft::{Columns, Criterion, Item, ItemId, PathRole, PathUse, Status};
use crate::ir::node::{Key, Kind, Node};
use crate::syntax::text::path;

use super::criterion;
use super::keys::{KEPT, TASK};
use super::task::Reader;

/// What has been read of one task.
pub(super) struct Parts<'n> {
    pub(super) item: Item,
    pub(super) after: Vec<Text>,
    pub(super) blocks: Vec<Text>,
    pub(super) serves: Vec<Text>,
    pub(super) paths: Vec<PathUse>,
    pub(super) criteria: Vec<Criterion>,
    pub(super) phase: Option<ItemId>,
    pub(super) nested: Vec<&'n Node>,
}

impl Parts<'_> {
    pub(super) fn new(at: Span) -> Self {
        Self {
            item: Item::task(Text::At(at.slice(0, 0)), at),
            after: Vec::new(),
            blocks: Vec::new(),
            serves: Vec::new(),
            paths: Vec::new(),
            criteria: Vec::new(),
            phase: None,
            nested: Vec::new(),
        }
    }
}

impl Reader<'_> {
    /// Outputs: paths, or maps with `path`, `action`, `format`, `expected_lines`. A deliverable that is no path is a note.
    pub(super) fn outputs(&mut self, key: &Key, node: &Node, parts: &mut Parts<'_>, columns: &mut Columns) {
        let single = matches!(key.text.as_str(), "output" | "output_path" | "deliverable");
        let rows: &[Node] = match &node.kind {
            Kind::List(rows) => rows,
            Kind::Null if single => return,
            Kind::Null => {
                self.decoder.wrong(
                    key,
                    node,
                    "a list of paths",
                    Some(format!("write `{}: []`, or remove the key", key.text)),
                );
                return;
            }
            Kind::Text(_) if !single => {
                let shown =
                    field::text(node).map(|text| text.get(self.inputs).to_owned()).unwrap_or_default();
                self.decoder.wrong(
                    key,
                    node,
                    "a list of paths",
                    Some(format!("write `{}: [{shown}]`", key.text)),
                );
                std::slice::from_ref(node)
            }
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::Map(_) => {
                std::slice::from_ref(node)
            }
        };
        for row in rows {
            let inner = row.any_of(&["path", "file", "output_path"]).map_or(row, |(_, inner)| inner);
            let Some(name) = field::text(inner) else {
                self.decoder.wrong(key, row, "a list of paths", None);
                continue;
            };
            let role = row.get("action").and_then(Node::text).and_then(|action| self.words.path_role(action));
            if let Some((inner, format)) = row.any_of(&["format", "output_format"]) {
                columns.output_format = self.decoder.text(inner, format);
            }
            if let Some((inner, lines)) = row.any_of(&["expected_lines", "lines"]) {
                columns.expected_lines = self.decoder.int(inner, lines, 0);
            }
            let text = name.get(self.inputs);
            let like = key.text != "deliverable" && key.text != "deliverables"
                || path::is_path(text, &self.words.text);
            if like {
                let known = parts.paths.iter().any(|known| known.path.get(self.inputs) == text);
                if !known {
                    parts.paths.push(PathUse { path: name, role: role.unwrap_or(PathRole::Create) });
                }
            } else {
                columns.other.push((Text::made(key.text.clone(), key.span), name));
            }
        }
    }

    /// Paths with one role.
    pub(super) fn paths(&mut self, key: &Key, node: &Node, role: PathRole, parts: &mut Parts<'_>) {
        let texts = if matches!(key.text.as_str(), "reads" | "modifies" | "deletes" | "ownership") {
            self.decoder.list(key, node)
        } else {
            self.decoder.texts(key, node)
        };
        parts.paths.extend(texts.into_iter().map(|path| PathUse { path, role }));
    }

    /// Criteria of a task.
    pub(super) fn criteria(&mut self, key: &Key, node: &Node, parts: &mut Parts<'_>) {
        if let Kind::List(rows) = &node.kind {
            for row in rows {
                parts.criteria.extend(criterion(&mut self.decoder, self.words, self.inputs, key, row));
            }
            return;
        }
        for text in self.decoder.list(key, node) {
            parts.criteria.push(Criterion {
                id: None,
                text,
                done: false,
                priority: crate::ir::draft::Priority::Medium,
            });
        }
    }

    /// `done`, `cancelled`, anything else is open.
    pub(super) fn status(&mut self, key: &Key, node: &Node, item: &mut Item) {
        let Some(text) = self.decoder.text(key, node) else { return };
        match self.words.status(text.get(self.inputs)) {
            Some(Status::Done) => item.done = Some(true),
            Some(Status::Cancelled) => item.cancelled = true,
            Some(Status::Draft | Status::Ready | Status::InProgress | Status::InReview | Status::Blocked) => {
                item.done = item.done.or(Some(false));
            }
            None => {
                let help = "write one of pending, in_progress, blocked, done, cancelled".to_owned();
                self.decoder.wrong(key, node, "a status", Some(help));
            }
        }
    }

    /// The group a task names as its parent, if it stands before it.
    pub(super) fn parent(&mut self, key: &Key, node: &Node, parts: &mut Parts<'_>, columns: &mut Columns) {
        let Some(name) = self.decoder.text(key, node) else { return };
        for (id, item) in self.draft.items.iter().skip(self.named.1) {
            if let Some(own) = &item.id {
                self.named.0.entry(own.get(self.inputs).to_owned()).or_insert(id);
            }
        }
        self.named.1 = self.draft.items.len();
        match self.named.0.get(name.get(self.inputs)).copied() {
            Some(parent) => {
                if self.draft.items[parent].kind == crate::ir::draft::ItemKind::Task {
                    self.draft.items[parent].kind = crate::ir::draft::ItemKind::Group;
                }
                parts.phase = Some(parent);
            }
            None => columns.other.push((Text::made(key.text.clone(), key.span), name)),
        }
    }

    /// A key without a column: kept if other tools use it, else at fault.
    pub(super) fn other(&mut self, key: &Key, node: &Node, columns: &mut Columns) {
        if !KEPT.contains(&key.text.as_str()) {
            let noun = if self.noun == "task" { "a task" } else { self.noun };
            self.decoder.unknown(key, noun, TASK.iter().copied());
            if self.strictness == Strictness::Native {
                return;
            }
        }
        let raw = self.inputs.slice(node.span);
        let value = if raw.is_empty() { Text::made("null", key.span) } else { Text::At(node.span) };
        columns.other.push((Text::made(key.text.clone(), key.span), value));
    }
}
