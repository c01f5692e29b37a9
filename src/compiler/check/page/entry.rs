//! The keys of a page, one by one: what each holds, and what is wrong with it. Rules decide what to say of it.

use std::collections::BTreeMap;

use crate::base::fold::fold;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::suggest::nearest;
use crate::ir::node::{Key, Kind, Node};

use super::read::Page;
use super::table::{Field, Loss, Need, Shape, Table};
use super::value;

/// What is the matter with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nothing.
    Fine,
    /// The key means nothing here.
    UnknownKey,
    /// The key is called something else here.
    OtherKey,
    /// The key is not there.
    Missing,
    /// There is nothing in it.
    Empty,
    /// It holds something else than it may.
    WrongType,
    /// It is none of the values that are known.
    WrongValue,
    /// It is not written as it must be.
    WrongForm,
    /// It is longer, or greater, than it may be.
    TooMuch,
    /// It is less than it must be.
    TooLittle,
    /// What it names is not there.
    Dead,
    /// What it names is no more.
    Gone,
    /// What it names will be no more.
    Going,
    /// What it names is defined twice.
    Twice,
    /// What it names waits for it.
    Cycle,
    /// The list leaves something out.
    Unlisted,
    /// Numbers do not come to what they should.
    Unbalanced,
}

impl State {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::UnknownKey => "unknown_key",
            Self::OtherKey => "other_key",
            Self::Missing => "missing",
            Self::Empty => "empty",
            Self::WrongType => "wrong_type",
            Self::WrongValue => "wrong_value",
            Self::WrongForm => "wrong_form",
            Self::TooMuch => "too_much",
            Self::TooLittle => "too_little",
            Self::Dead => "dead",
            Self::Gone => "gone",
            Self::Going => "going",
            Self::Twice => "twice",
            Self::Cycle => "cycle",
            Self::Unlisted => "unlisted",
            Self::Unbalanced => "unbalanced",
        }
    }
}

/// A key with its value, or a name in a text.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The key.
    pub key: String,
    /// The keys that lead to it: `hooks.PreToolUse.hooks.type`.
    pub path: String,
    /// The guilty characters.
    pub at: Span,
    /// The value as it is written, or the name.
    pub value: String,
    /// The value as a number.
    pub number: Option<i64>,
    /// What is the matter.
    pub state: State,
    /// What a wrong value costs.
    pub loss: Loss,
    /// The kind of thing it names.
    pub refers: Option<&'a str>,
    /// What was probably meant.
    pub near: Option<String>,
    /// What it should be.
    pub wants: String,
    /// The day of an end.
    pub since: Option<String>,
    /// Another place that has to do with it.
    pub other: Option<(Span, String)>,
    /// The step, item or hook it stands in.
    pub holder: Option<String>,
    /// Its names come before their holder.
    pub edge: bool,
    /// Its kind of definition, if it is one.
    pub defines: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// An entry of which nothing is known but where it stands.
    #[must_use]
    pub fn at(key: &str, path: &str, at: Span, value: String) -> Self {
        Self {
            key: key.to_owned(),
            path: path.to_owned(),
            at,
            value,
            number: None,
            state: State::Fine,
            loss: Loss::Value,
            refers: None,
            near: None,
            wants: String::new(),
            since: None,
            other: None,
            holder: None,
            edge: false,
            defines: None,
        }
    }

    fn of(place: &Place<'a>, at: Span, value: String) -> Self {
        let mut entry = Self::at(place.key.as_str(), &place.path, at, value);
        entry.loss = place.field.loss;
        entry.holder.clone_from(&place.holder);
        entry.edge = place.field.edge;
        entry
    }
}

/// A value that is to be looked at.
struct Place<'a> {
    key: String,
    path: String,
    field: &'a Field,
    holder: Option<String>,
}

/// Something on the way.
enum Step<'a> {
    Map(&'a Node, &'a Shape, String, Option<String>, Span),
    Value(&'a Node, Place<'a>),
}

/// All entries of a page that have something the matter with them, or name or define something.
#[must_use]
pub fn entries<'a>(inputs: &Inputs, table: &'a Table, page: &'a Page) -> Vec<Entry<'a>> {
    let document = &table.documents[page.kind];
    // Of a page that could not be read to its end, nobody knows what is missing.
    let torn = page.findings.iter().any(|finding| finding.code.as_str() == "yaml/syntax");
    let needs = &document.needs;
    let mut walk = Walk { inputs, table, torn, needs, found: Vec::new(), steps: Vec::new() };
    if matches!(page.node.kind, Kind::Map(_)) {
        let head = page.node.entries().first().map_or(page.node.span, |(key, _)| key.span);
        walk.steps.push(Step::Map(&page.node, &document.shape, String::new(), None, head));
    }
    while let Some(step) = walk.steps.pop() {
        match step {
            Step::Map(node, shape, path, holder, at) => walk.map(node, shape, &path, holder, at),
            Step::Value(node, place) => walk.value(node, &place),
        }
    }
    walk.found.sort_by_key(|entry| (entry.at.start, entry.at.end, entry.state));
    walk.found
}

struct Walk<'a, 'i> {
    inputs: &'i Inputs,
    table: &'a Table,
    torn: bool,
    needs: &'a BTreeMap<String, Need>,
    found: Vec<Entry<'a>>,
    steps: Vec<Step<'a>>,
}

impl<'a> Walk<'a, '_> {
    fn map(&mut self, node: &'a Node, shape: &'a Shape, path: &str, holder: Option<String>, at: Span) {
        let named: Vec<&str> =
            shape.named.iter().flat_map(|list| self.table.words(std::slice::from_ref(list))).collect();
        let own = node.entries().iter().find_map(|(key, value)| {
            let defines = shape.keys.get(&key.text)?.defines.as_ref()?;
            Some((defines, value.scalar()?))
        });
        let holder = own.map(|(_, name)| name).or(holder);
        for (key, value) in node.entries() {
            let below = if path.is_empty() { key.text.clone() } else { format!("{path}.{}", key.text) };
            let field = shape.keys.get(&key.text).or_else(|| {
                let fits = shape.named.is_none() || named.contains(&key.text.as_str());
                shape.rest.as_deref().filter(|_| fits)
            });
            let Some(field) = field else {
                self.stranger(node, key, value, shape, &named, &below);
                continue;
            };
            let is_rest = !shape.keys.contains_key(&key.text);
            let mut holder = holder.clone();
            if let Some(kind) = field.defines_keys.as_deref().filter(|_| is_rest) {
                let mut entry = Entry::at(&key.text, &below, key.span, key.text.clone());
                entry.defines = Some(kind);
                self.found.push(entry);
                holder = Some(key.text.clone());
            }
            let place = Place { key: key.text.clone(), path: below, field, holder };
            self.steps.push(Step::Value(value, place));
        }
        if !self.torn {
            self.missing(node, shape, path, at);
        }
    }

    /// A key that means nothing here.
    fn stranger(&mut self, node: &Node, key: &Key, value: &Node, shape: &Shape, named: &[&str], path: &str) {
        let mut entry = Entry::at(&key.text, path, key.span, value.scalar().unwrap_or_default());
        if let Some(right) = shape.instead.get(&key.text) {
            entry.state = State::OtherKey;
            entry.near = Some(right.clone()).filter(|right| !right.is_empty());
            self.found.push(entry);
            return;
        }
        if shape.open || shape.is_empty() || key.text.starts_with("x-") {
            return;
        }
        entry.state = State::UnknownKey;
        let known = shape.keys.keys().map(String::as_str).chain(named.iter().copied());
        let free = known.filter(|known| node.get(known).is_none());
        entry.near = near(&key.text, free);
        self.found.push(entry);
    }

    fn missing(&mut self, node: &Node, shape: &'a Shape, path: &str, at: Span) {
        let found = &mut self.found;
        let mut report = |key: &str, need: Need, loss: Loss, wants: &str| {
            let below = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            let mut entry = Entry::at(key, &below, at, String::new());
            entry.state = State::Missing;
            entry.loss = if need == Need::Required { loss } else { Loss::Nothing };
            wants.clone_into(&mut entry.wants);
            found.push(entry);
        };
        let absent = |key: &str| {
            let misnamed = |(known, _): &(Key, Node)| {
                shape.instead.get(&known.text).is_some_and(|right| right == key)
                    || (!shape.keys.contains_key(&known.text) && near(&known.text, [key]).is_some())
            };
            node.get(key).is_none() && !node.entries().iter().any(misnamed)
        };
        for (key, field) in &shape.keys {
            let own = if path.is_empty() { self.needs.get(key).copied() } else { None };
            let need = own.unwrap_or(field.need);
            if need != Need::None && absent(key) {
                report(key, need, field.loss, field.wants.as_deref().unwrap_or_default());
            }
        }
        if let Some(by) = &shape.by
            && let Some(value) = node.get(&by.on).and_then(Node::text)
        {
            for key in by.need.get(value).into_iter().flatten().filter(|key| absent(key)) {
                report(key, Need::Required, Loss::File, value);
            }
        }
    }

    fn value(&mut self, node: &'a Node, place: &Place<'a>) {
        let field = place.field;
        let written = self.inputs.slice(node.span).trim();
        let mut entry =
            Entry::of(place, node.span, node.text().map_or_else(|| written.to_owned(), str::to_owned));
        entry.number = node.int();
        if let Some((state, wants)) = value::judge(self.table, field, node) {
            entry.state = state;
            entry.wants = wants;
            if matches!(state, State::WrongValue) {
                let words: Vec<&str> = self.table.words(&field.one_of).collect();
                entry.near = near(&entry.value, words.iter().copied());
            }
            if state == State::Empty && node.span.is_empty() {
                // The key is what can be seen.
                entry.at = Span { start: node.span.start.saturating_sub(1), ..node.span };
            }
            self.found.push(entry);
            return;
        }
        if field.asked {
            self.found.push(entry.clone());
        }
        if let Some(kind) = field.defines.as_deref()
            && !entry.value.is_empty()
        {
            entry.defines = Some(kind);
            self.found.push(entry);
        }
        if let Some(kind) = field.refers.as_deref() {
            for (name, at) in value::names(self.inputs, field, node) {
                let mut entry = Entry::of(place, at, name);
                entry.refers = Some(kind);
                self.found.push(entry);
            }
        }
        self.below(node, place);
    }

    /// What is inside a map or a list.
    fn below(&mut self, node: &'a Node, place: &Place<'a>) {
        let field = place.field;
        match &node.kind {
            Kind::Map(entries) if !field.shape.is_empty() => {
                let at = entries.first().map_or(node.span, |(key, _)| key.span);
                let (path, holder) = (place.path.clone(), place.holder.clone());
                self.steps.push(Step::Map(node, &field.shape, path, holder, at));
            }
            Kind::List(items) => {
                let Some(inner) = field.items.as_deref() else { return };
                for item in items {
                    let place = Place {
                        key: place.key.clone(),
                        path: place.path.clone(),
                        field: inner,
                        holder: place.holder.clone(),
                    };
                    self.steps.push(Step::Value(item, place));
                }
            }
            Kind::Map(_) | Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {}
        }
    }
}

/// The name that was probably meant: the same but for case and separators, or a slip of the pen.
pub(super) fn near<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<String> {
    let plain =
        |text: &str| fold(text).chars().filter(|c| !matches!(c, '-' | '_' | ' ' | '.')).collect::<String>();
    let wanted = plain(name);
    let mut others = Vec::new();
    for known in known {
        if known != name && plain(known) == wanted {
            return Some(known.to_owned());
        }
        others.push(known);
    }
    // A slip leaves most of a name as it is; two short words that differ in a letter are two words.
    let close = nearest(name, others.iter().copied().filter(|known| *known != name))?;
    (name.len() >= 4 || close.len() >= 4).then(|| close.to_owned())
}
