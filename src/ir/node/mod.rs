//! A JSON value that remembers where each key and value was written. YAML and JSON files become one.

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;

pub mod decode;
pub mod json;
pub mod pointer;

/// A value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// From the first to the last character of the value, quotes included.
    pub span: Span,
    /// The value.
    pub kind: Kind,
}

/// What a value may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// Keys and values in the order they were written; keys are unique.
    Map(Vec<(Key, Node)>),
}

/// A key with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key as text, whatever scalar it was written as.
    pub text: String,
    /// Its characters.
    pub span: Span,
}

impl Node {
    /// The value under `key`, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }
    /// The first value among several spellings of one key, with the key.
    #[must_use]
    pub fn any_of(&self, keys: &[&str]) -> Option<(&Key, &Node)> {
        keys.iter()
            .find_map(|key| self.entries().iter().find(|(name, _)| name.text == *key))
            .map(|(k, v)| (k, v))
    }
    /// The entries of a map; none for anything else.
    #[must_use]
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) => &[],
        }
    }
    /// The items of a list; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::Map(_) => &[],
        }
    }
    /// The text, if it is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::List(_) | Kind::Map(_) => None,
        }
    }
    /// A scalar as people wrote it: text as it is, numbers and booleans in their canonical spelling.
    #[must_use]
    pub fn scalar(&self) -> Option<String> {
        match &self.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Int(number) => Some(number.to_string()),
            Kind::Float(number) => Some(format!("{number:?}")),
            Kind::Bool(value) => Some(value.to_string()),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }
    /// A scalar as a piece of text that knows its place: the source itself where the value stands there as it is.
    #[must_use]
    pub fn to_text(&self, inputs: &Inputs) -> Option<Text> {
        let value = self.scalar()?;
        let raw = inputs.slice(self.span);
        // A number is as it was written: `1.10` is no `1.1`.
        if raw == value || (self.text().is_none() && !raw.starts_with(['"', '\''])) {
            return Some(Text::At(self.span));
        }
        let inner = raw.len().checked_sub(2).filter(|_| raw.is_char_boundary(1));
        if let Some(length) = inner
            && raw.get(1..=length) == Some(value.as_str())
        {
            return Some(Text::At(self.span.slice(1, 1 + length)));
        }
        Some(Text::made(value, self.span))
    }
    /// A whole number.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        match self.kind {
            Kind::Int(number) => Some(number),
            Kind::Null | Kind::Bool(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => {
                None
            }
        }
    }
    /// Whether nothing was written.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }
    /// What kind of value it is, in words a message can use.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self.kind {
            Kind::Null => "nothing",
            Kind::Bool(_) => "a boolean",
            Kind::Int(_) | Kind::Float(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "a map",
        }
    }
    /// The span of `part` inside a scalar whose characters stand in the source as they are; the whole value otherwise.
    #[must_use]
    pub fn part(&self, inputs: &Inputs, from: usize, to: usize) -> Span {
        let Some(text) = self.text() else { return self.span };
        let raw = inputs.slice(self.span);
        match raw.find(text) {
            Some(start) if !text.is_empty() => self.span.slice(start + from, start + to),
            _ => self.span,
        }
    }
}
