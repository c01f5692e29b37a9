//! Reads the tasks of a plan, field by field.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{Span, Spanned};
use crate::base::table::Run;
use crate::base::text::Text;
use crate::compiler::ast::dialect::build::run;
use crate::compiler::ast::dialect::field::{self, Decoder, Strictness};
use crate::compiler::ast::dialect::words::Words;
use crate::ir::draft::{Columns, Draft, Item, ItemId, ItemKind, PathRole};
use crate::ir::node::{Key, Kind, Node};

use super::keys::TASK;
use super::parts::Parts;

/// A plan being read.
pub struct Reader<'a> {
    /// The world.
    pub inputs: &'a Inputs,
    /// The vocabulary.
    pub words: &'a Words,
    /// Reads fields and gathers what is wrong with them.
    pub decoder: Decoder<'a>,
    /// What has been gathered.
    pub draft: Draft,
    pub(super) strictness: Strictness,
    phases: BTreeMap<String, ItemId>,
    /// Tasks at once by number of a wave given by hand.
    narrow: BTreeMap<i64, Spanned<i64>>,
    /// Items by id, as far as they have been looked at.
    pub(super) named: (BTreeMap<String, ItemId>, usize),
    model: Option<Text>,
    agent: Option<Text>,
    domain: Option<Text>,
    /// What a task is called in messages.
    pub noun: &'static str,
    /// A task without an id is at fault.
    pub ids: bool,
}

impl<'a> Reader<'a> {
    /// Begins with an empty draft.
    #[must_use]
    pub fn new(inputs: &'a Inputs, words: &'a Words, strictness: Strictness, draft: Draft) -> Self {
        Self {
            inputs,
            words,
            decoder: Decoder::new(inputs, strictness),
            draft,
            strictness,
            phases: BTreeMap::new(),
            narrow: BTreeMap::new(),
            named: (BTreeMap::new(), 0),
            model: None,
            agent: None,
            domain: None,
            noun: "task",
            ids: true,
        }
    }

    /// Hands the draft over.
    #[must_use]
    pub fn finish(mut self) -> Outcome<Draft> {
        for (_, item) in self.draft.items.iter_mut() {
            let Some(columns) = item.columns.as_mut() else { continue };
            let wave = columns.wave.as_ref().and_then(|wave| self.narrow.get(&wave.value));
            columns.max_parallel = columns.max_parallel.take().or_else(|| wave.cloned());
        }
        Outcome::new(self.draft, self.decoder.findings)
    }

    /// What waves given by hand allow: `waves: {1: {parallel: 1}}`.
    pub fn waves(&mut self, node: &Node) {
        for (key, wave) in node.entries() {
            let most = wave.any_of(&["parallel", "max_parallel"]);
            let number = key.text.parse::<i64>();
            if let (Ok(number), Some((key, most))) = (number, most)
                && let Some(most) = self.decoder.int(key, most, 1)
            {
                self.narrow.insert(number, most);
            }
        }
    }

    /// Values every task inherits.
    pub fn defaults(&mut self, key: &Key, node: &Node) {
        if node.is_null() {
            return;
        }
        let Kind::Map(entries) = &node.kind else {
            self.decoder.wrong(key, node, "a map", None);
            return;
        };
        for (name, value) in entries {
            match name.text.as_str() {
                "model" => self.model = self.decoder.text(name, value),
                "agent" => self.agent = self.decoder.text(name, value),
                "domain" => self.domain = self.decoder.text(name, value),
                "priority" => self.draft.priority = self.priority(name, value),
                _ => {
                    if !self.decoder.column(name, value, &mut self.draft.defaults) {
                        self.decoder.unknown(name, "`defaults`", TASK.iter().copied());
                    }
                }
            }
        }
    }

    /// Phases in their order: names, or maps with `id` or `name`, which may hold their own tasks.
    pub fn phases(&mut self, key: &Key, node: &Node) {
        let rows: Vec<(Option<&Key>, &Node)> = match &node.kind {
            Kind::List(rows) => rows.iter().map(|row| (None, row)).collect(),
            Kind::Map(entries) => entries.iter().map(|(name, row)| (Some(name), row)).collect(),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
                self.decoder.wrong(key, node, "a list", None);
                return;
            }
        };
        for (name, row) in rows {
            let id =
                row.any_of(&["id", "phase", "number", "name", "title"]).and_then(|(_, id)| field::text(id));
            let id = id
                .or_else(|| field::text(row))
                .or_else(|| name.map(|name| Text::made(name.text.clone(), name.span)));
            let Some(id) = id else {
                self.decoder.wrong(key, row, "a list of names or maps", None);
                continue;
            };
            let title = row
                .any_of(&["name", "title"])
                .and_then(|(_, title)| field::text(title))
                .unwrap_or_else(|| id.clone());
            let phase = self.phase(id.clone(), title, row.span);
            if let Some((name, inner)) = row.any_of(&["depends_on", "dependencies"]) {
                let after = self.decoder.texts(name, inner);
                self.draft.items[phase].after = run(&mut self.draft.mentions, after);
            }
            if let Some(inner) =
                row.get("tasks").filter(|inner| inner.items().iter().any(|task| !task.entries().is_empty()))
            {
                self.rows(inner.items(), Some(phase));
            }
        }
    }

    fn phase(&mut self, id: Text, title: Text, at: Span) -> ItemId {
        let name = id.get(self.inputs).to_owned();
        if let Some(&phase) = self.phases.get(&name) {
            return phase;
        }
        let mut item = Item::task(title, at);
        item.kind = ItemKind::Phase;
        item.id = Some(id);
        let phase = self.draft.items.push(item);
        self.phases.insert(name, phase);
        phase
    }

    /// The value of `tasks`: a list of maps, or a map from ids to maps.
    pub fn tasks(&mut self, key: &Key, node: &Node) {
        match &node.kind {
            Kind::List(rows) => self.rows(rows, None),
            Kind::Map(entries) => {
                self.forerun(entries.iter().map(|(_, row)| row));
                for (name, row) in entries {
                    self.task(row, None, Some(name));
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
                self.decoder.wrong(
                    key,
                    node,
                    "a list of tasks",
                    Some("write `tasks:` and below it `- {id: T1, title: …}`".to_owned()),
                );
            }
        }
    }

    /// Rows of tasks inside a group.
    pub fn rows(&mut self, rows: &[Node], parent: Option<ItemId>) {
        self.forerun(rows.iter());
        for row in rows {
            self.task(row, parent, None);
        }
    }

    /// Phases named by tasks stand before the tasks they hold: numbers in their order, names as they appear.
    fn forerun<'n>(&mut self, rows: impl Iterator<Item = &'n Node>) {
        let mut named: Vec<(Option<i64>, Text)> = Vec::new();
        for row in rows {
            if let Some(node) = row.get("phase")
                && let Some(text) = field::text(node)
                && !self.phases.contains_key(text.get(self.inputs))
                && !named.iter().any(|(_, other)| other.get(self.inputs) == text.get(self.inputs))
            {
                named.push((node.int(), text));
            }
        }
        if named.iter().all(|(number, _)| number.is_some()) {
            named.sort_by_key(|(number, _)| *number);
        }
        for (_, text) in named {
            let at = text.at();
            self.phase(text.clone(), text, at);
        }
    }

    fn priority(&mut self, key: &Key, node: &Node) -> Option<crate::ir::draft::Priority> {
        use crate::ir::draft::Priority;
        if let Some(number) = node.int() {
            return Some(match number {
                ..=0 => Priority::Critical,
                1 => Priority::High,
                2 => Priority::Medium,
                3.. => Priority::Low,
            });
        }
        let text = self.decoder.text(key, node)?;
        let found = self.words.priority(text.get(self.inputs));
        if found.is_none() {
            let help = "write one of critical, high, medium, low".to_owned();
            self.decoder.wrong(key, node, "a priority", Some(help));
        }
        found
    }

    /// One task, with the tasks nested in it.
    pub fn task(&mut self, row: &Node, parent: Option<ItemId>, name: Option<&Key>) {
        let Kind::Map(entries) = &row.kind else {
            self.plain(row, parent, name);
            return;
        };
        let parts = self.fields(entries, name, row.span);
        let mut item = parts.item;
        item.parent = parts.phase.or(parent);
        item.model = item.model.take().or_else(|| self.model.clone());
        item.agent = item.agent.take().or_else(|| self.agent.clone());
        item.domain = item.domain.take().or_else(|| self.domain.clone());
        item.after = run(&mut self.draft.mentions, parts.after);
        item.blocks = run(&mut self.draft.mentions, parts.blocks);
        item.serves = run(&mut self.draft.mentions, parts.serves);
        item.paths = run(&mut self.draft.paths, parts.paths);
        let first = self.draft.criteria.len();
        for criterion in parts.criteria {
            self.draft.criteria.push(criterion);
        }
        if self.draft.criteria.len() > first {
            item.criteria = Run::since(first, self.draft.criteria.len());
        }
        let nested = parts.nested;
        if !nested.is_empty() {
            item.kind = ItemKind::Group;
        }
        let id = self.draft.items.push(item);
        for inner in nested {
            self.rows(inner.items(), Some(id));
        }
    }

    /// A row that is no map: a text is a title.
    fn plain(&mut self, row: &Node, parent: Option<ItemId>, name: Option<&Key>) {
        if let Some(title) = field::text(row) {
            let mut item = Item::task(title, row.span);
            item.parent = parent;
            item.id = name.map(|name| Text::made(name.text.clone(), name.span));
            if item.id.is_none() && self.ids {
                self.missing_id(row.span);
            }
            self.draft.items.push(item);
            return;
        }
        self.decoder.findings.push(
            Diagnostic::error(
                "field/type",
                row.span,
                format!("a {} must be a map, found {}", self.noun, row.noun()),
            )
            .help(format!("write `- {{id: T{}, title: …}}`", self.draft.items.len() + 1)),
        );
        self.draft.unused.push(crate::ir::draft::Unused { span: row.span, reason: "this row is no task" });
    }

    fn missing_id(&mut self, at: Span) {
        let number = self.draft.items.len() + 1;
        self.decoder.findings.push(
            Diagnostic::error("id/missing", at, format!("this {} has no `id`", self.noun))
                .help(format!("write `id: T{number}`"))
                .why("what has no name cannot be waited for, resumed or explained"),
        );
    }

    #[expect(clippy::too_many_lines, reason = "one arm a key: a table in the shape of a match")]
    fn fields<'n>(&mut self, entries: &'n [(Key, Node)], name: Option<&Key>, at: Span) -> Parts<'n> {
        let mut parts = Parts::new(at);
        let mut columns = Columns::default();
        let mut used = false;
        let mut title: Option<Text> = None;
        let mut description: Option<Text> = None;
        let mut story: Vec<String> = Vec::new();
        for (key, node) in entries {
            let decoder = &mut self.decoder;
            match key.text.as_str() {
                "id" | "task_id" | "key" | "number" => {
                    parts.item.id = parts.item.id.take().or(decoder.text(key, node));
                }
                "title" | "name" | "task_name" => title = title.or(decoder.text(key, node)),
                "description" | "objective" | "summary" | "body" => {
                    description = description.or(decoder.text(key, node));
                }
                "as_a" | "i_want" | "so_that" => {
                    if let Some(text) = decoder.text(key, node) {
                        story.push(format!("{}: {}", key.text, text.get(self.inputs)));
                    }
                }
                "details" | "detail" => parts.item.detail = decoder.text(key, node),
                "depends_on" | "dependencies" | "dependsOn" | "blocked_by" | "blockedBy" | "after"
                | "needs" => {
                    parts.after.extend(decoder.list(key, node));
                }
                "blocks" => parts.blocks.extend(decoder.list(key, node)),
                "serves" | "criteria_refs" | "maps_to" => parts.serves.extend(decoder.texts(key, node)),
                "outputs" | "output" | "output_path" | "creates" | "deliverable" | "deliverables" => {
                    self.outputs(key, node, &mut parts, &mut columns);
                }
                "modifies" | "modified" | "files_modified" => {
                    self.paths(key, node, PathRole::Modify, &mut parts);
                }
                "deletes" => self.paths(key, node, PathRole::Delete, &mut parts),
                "reads" | "inputs" | "context_files" => self.paths(key, node, PathRole::Read, &mut parts),
                "ownership" | "allowed_files" | "allowedFiles" | "owns" => {
                    self.paths(key, node, PathRole::Own, &mut parts);
                }
                "acceptance_criteria" | "acceptance" | "criteria" | "done_when" | "acceptanceCriteria" => {
                    self.criteria(key, node, &mut parts);
                }
                "duration_s"
                | "estimated_duration_s"
                | "duration"
                | "duration_sec"
                | "estimate"
                | "estimated_time" => {
                    parts.item.duration = decoder.duration(key, node, 1_000, self.words);
                }
                "duration_min" | "estimated_duration_min" | "minutes" => {
                    parts.item.duration = decoder.duration(key, node, 60_000, self.words);
                }
                "duration_ms" => parts.item.duration = decoder.duration(key, node, 1, self.words),
                "type" | "work" | "work_type" | "task_type" => {
                    let kind = decoder.text(key, node);
                    if kind.as_ref().is_some_and(|kind| kind.get(self.inputs).starts_with("checkpoint")) {
                        columns.auto = Some(Spanned::new(false, node.span));
                        used = true;
                    }
                    parts.item.work = kind;
                }
                "domain" => parts.item.domain = decoder.text(key, node),
                "agent" => parts.item.agent = decoder.text(key, node),
                "model" if node.is_null() => {
                    // The reference writes `model: null` for work that needs no model.
                    parts.item.model = Some(Text::made("worker", key.span));
                }
                "model" => parts.item.model = decoder.text(key, node),
                "priority" => parts.item.priority = self.priority(key, node),
                "status" | "state" => self.status(key, node, &mut parts.item),
                "done" | "completed" | "passes" => {
                    parts.item.done = decoder.bool(key, node).map(|done| done.value);
                }
                "parallel" | "parallelizable" => {
                    parts.item.parallel = decoder.bool(key, node).is_some_and(|flag| flag.value);
                }
                "optional" => parts.item.optional = decoder.bool(key, node).is_some_and(|flag| flag.value),
                "cancelled" | "canceled" => {
                    parts.item.cancelled = decoder.bool(key, node).is_some_and(|flag| flag.value);
                }
                "phase" => {
                    parts.phase =
                        field::text(node).and_then(|text| self.phases.get(text.get(self.inputs)).copied());
                }
                "parent" | "parent_task" => self.parent(key, node, &mut parts, &mut columns),
                "subtasks" | "children" => parts.nested.push(node),
                "retry" => {
                    if let Some((inner, value)) = node.any_of(&["max_attempts", "attempts", "max"]) {
                        columns.attempts = decoder.int(inner, value, 1);
                        used = true;
                    }
                }
                _ => {
                    if decoder.column(key, node, &mut columns) {
                        used = true;
                    } else {
                        self.other(key, node, &mut columns);
                        used |= !columns.other.is_empty();
                    }
                }
            }
        }
        if parts.item.id.is_none() {
            parts.item.id = name.map(|name| Text::made(name.text.clone(), name.span));
        }
        if parts.item.id.is_none() && self.ids {
            self.missing_id(entries.first().map_or(at, |(key, _)| key.span));
        }
        let told = (!story.is_empty()).then(|| Text::made(story.join("\n"), at));
        match (title, description.or(told)) {
            (Some(title), detail) => {
                parts.item.title = title;
                parts.item.detail = parts.item.detail.take().or(detail);
            }
            (None, Some(title)) => parts.item.title = title,
            (None, None) => {
                let shown =
                    parts.item.id.as_ref().map_or(String::new(), |id| format!(" `{}`", id.get(self.inputs)));
                self.decoder.findings.push(
                    Diagnostic::error(
                        "task/no-title",
                        entries.first().map_or(at, |(key, _)| key.span),
                        format!("the {}{shown} has no title", self.noun),
                    )
                    .help("write `title:` with one sentence that says what to do".to_owned()),
                );
                let name = parts.item.id.clone().unwrap_or_else(|| Text::At(at.slice(0, 0)));
                parts.item.title = name;
            }
        }
        if used || columns != Columns::default() {
            parts.item.columns = Some(Box::new(columns));
        }
        parts
    }
}
