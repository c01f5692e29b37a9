//! Reading a map field by field: names with their aliases, kinds of values, and the keys nobody asked for.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::{Span, Spanned};
use crate::base::suggest::nearest;
use crate::ir::node::{Key, Kind, Node};

/// What was noticed, and in which form the file at hand is written.
pub(super) struct Report<'a> {
    /// All files.
    pub(super) inputs: &'a Inputs,
    /// What was noticed so far.
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Report<'a> {
    pub(super) fn new(inputs: &'a Inputs) -> Self {
        Self { inputs, findings: Vec::new() }
    }

    pub(super) fn push(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// Text, numbers included: `1.0` is a version as people write it.
    pub(super) fn text(&mut self, node: &Node) -> Option<String> {
        let text = node.scalar();
        if text.is_none() && !node.is_null() {
            self.wrong(node, "text");
        }
        text
    }

    /// A list of texts; one text is a list of one, nothing is an empty list.
    pub(super) fn spanned_texts(&mut self, node: &Node) -> Vec<Spanned<String>> {
        match &node.kind {
            Kind::Null => Vec::new(),
            Kind::List(items) => items
                .iter()
                .filter_map(|item| self.text(item).map(|text| Spanned::new(text, item.span)))
                .collect(),
            Kind::Map(_) => {
                self.wrong(node, "a list");
                Vec::new()
            }
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
                self.text(node).map(|text| Spanned::new(text, node.span)).into_iter().collect()
            }
        }
    }

    pub(super) fn texts(&mut self, node: &Node) -> Vec<String> {
        self.spanned_texts(node).into_iter().map(|text| text.value).collect()
    }

    /// A whole number from zero on.
    pub(super) fn number(&mut self, node: &Node) -> Option<u32> {
        let number = node.int().and_then(|number| u32::try_from(number).ok());
        if number.is_none() && !node.is_null() {
            self.wrong(node, "a whole number from 0 on");
        }
        number
    }

    pub(super) fn flag(&mut self, node: &Node) -> bool {
        match &node.kind {
            Kind::Bool(value) => *value,
            Kind::Null => false,
            Kind::Text(word) if matches!(word.as_str(), "yes" | "on") => true,
            Kind::Text(word) if matches!(word.as_str(), "no" | "off") => false,
            Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => {
                self.wrong(node, "`true` or `false`");
                false
            }
        }
    }

    pub(super) fn wrong(&mut self, node: &Node, wanted: &str) {
        let message = format!("expected {wanted}, found {}", node.noun());
        self.push(
            Diagnostic::error("registry/type", node.span, message).help(format!("write {wanted} here")),
        );
    }
}

/// Whether a finding is about the shape of a file, which its schema tells as well.
pub(super) fn is_shape(code: &str) -> bool {
    matches!(code, "registry/type" | "registry/unknown-key" | "registry/missing-key" | "registry/schema")
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Ours: an unknown key is a mistake.
    Strict,
    /// The older one: an unknown key says something that cannot be executed.
    Seed,
}

/// The entries of a map, and which of them have been asked for.
pub(super) struct Fields<'n> {
    entries: &'n [(Key, Node)],
    used: Vec<bool>,
    known: Vec<&'static str>,
    at: Span,
    form: Form,
}

impl<'n> Fields<'n> {
    pub(super) fn of(node: &'n Node, form: Form, report: &mut Report<'_>) -> Self {
        if !matches!(node.kind, Kind::Map(_) | Kind::Null) {
            report.wrong(node, "a map");
        }
        let entries = node.entries();
        Self { entries, used: vec![false; entries.len()], known: Vec::new(), at: node.span, form }
    }

    /// The place of the map.
    pub(super) fn at(&self) -> Span {
        self.at
    }

    /// The value under the first of `names` that is there; null counts as there.
    pub(super) fn get(&mut self, names: &[&'static str]) -> Option<&'n Node> {
        self.known.extend_from_slice(names);
        let mut found = None;
        for (index, (key, value)) in self.entries.iter().enumerate() {
            if names.contains(&key.text.as_str()) {
                self.used[index] = true;
                found = found.or(Some(value));
            }
        }
        found
    }

    pub(super) fn text(&mut self, names: &[&'static str], report: &mut Report<'_>) -> Option<String> {
        self.get(names).and_then(|node| report.text(node))
    }

    pub(super) fn texts(&mut self, names: &[&'static str], report: &mut Report<'_>) -> Vec<String> {
        self.get(names).map(|node| report.texts(node)).unwrap_or_default()
    }

    pub(super) fn flag(&mut self, names: &[&'static str], report: &mut Report<'_>) -> bool {
        self.get(names).is_some_and(|node| report.flag(node))
    }

    /// A number that must be there.
    pub(super) fn number(&mut self, name: &'static str, report: &mut Report<'_>) -> u32 {
        if let Some(node) = self.get(&[name]) {
            return report.number(node).unwrap_or_default();
        }
        let finding = Diagnostic::error("registry/missing-key", self.at, format!("`{name}` is missing"));
        report.push(finding.help(format!("add `{name}:` with a whole number")));
        0
    }

    /// Fields of a map below this one; empty when it is not there.
    pub(super) fn fields(&mut self, name: &'static str, report: &mut Report<'_>) -> Fields<'n> {
        match self.get(&[name]) {
            Some(node) => Fields::of(node, self.form, report),
            None => {
                Fields { entries: &[], used: Vec::new(), known: Vec::new(), at: self.at, form: self.form }
            }
        }
    }

    /// Says which keys nobody asked for.
    pub(super) fn finish(self, report: &mut Report<'_>) {
        for ((key, _), _) in self.entries.iter().zip(&self.used).filter(|(_, used)| !**used) {
            report.push(match self.form {
                Form::Strict => unknown_key(key, &self.known),
                Form::Seed => not_executable(key),
            });
        }
    }
}

fn unknown_key(key: &Key, known: &[&'static str]) -> Diagnostic {
    let help = match nearest(&key.text, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("remove it; known here: {}", known.join(", ")),
    };
    Diagnostic::error("registry/unknown-key", key.span, format!("`{}` is not a key of this map", key.text))
        .help(help)
}

/// A key of the older form that says something no rule of ours can do.
pub(super) fn not_executable(key: &Key) -> Diagnostic {
    let message = format!("`{}` is kept for readers; nothing executes it", key.text);
    Diagnostic::info("registry/not-executable", key.span, message).help(String::from(
        "run `dispatch init --eject` for the shipped file of this name and carry its values over",
    ))
}
