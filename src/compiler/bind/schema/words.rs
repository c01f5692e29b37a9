//! A violation of a schema, said to the person who wrote the document.

use jsonschema::error::{TypeKind, ValidationErrorKind as Violation};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::suggest::nearest;
use crate::ir::node::{Key, Kind, Node, pointer};

/// Characters of a user's value that a message shows.
const SHOWN: usize = 60;

/// The document, and the schemas by address.
pub(super) struct Words<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) node: &'a Node,
    /// The part of a schema at an address and pointer.
    pub(super) find: &'a dyn Fn(&ValidationError<'_>) -> Option<&'a Value>,
}

/// A value at fault: where it stands, and the key that owns it.
#[derive(Clone, Copy)]
struct Place<'a> {
    inputs: &'a Inputs,
    node: &'a Node,
    key: Option<&'a Key>,
}

impl Place<'_> {
    /// The key in backticks, or `this`.
    fn name(self) -> String {
        self.key.map_or_else(|| "this".to_owned(), |key| format!("`{}`", key.text))
    }
    /// The key that owns an object, or its first key, or all of it.
    fn owner(self) -> Span {
        let first = self.node.entries().first().map(|(key, _)| key.span);
        self.key.map(|key| key.span).or(first).unwrap_or(self.node.span)
    }
}

impl<'a> Words<'a> {
    /// Adds what is to be said about one violation.
    #[allow(clippy::wildcard_enum_match_arm, reason = "the validator's kinds are not ours and grow")]
    pub(super) fn tell(&self, error: &ValidationError<'_>, out: &mut Vec<Diagnostic>) {
        let (node, key) = pointer::follow(self.node, error.instance_path().as_str());
        let place = Place { inputs: self.inputs, node, key };
        let schema = (self.find)(error);
        match error.kind() {
            Violation::AnyOf { context }
            | Violation::OneOfNotValid { context }
            | Violation::OneOfMultipleValid { context } => self.branch(place, context, out),
            Violation::AdditionalProperties { unexpected }
            | Violation::UnevaluatedProperties { unexpected } => {
                out.extend(unexpected.iter().map(|name| unknown_key(place, name, schema)));
            }
            Violation::PropertyNames { error } => {
                let name = error.instance().as_str().unwrap_or_default().to_owned();
                let entry = node.entries().iter().find(|(key, _)| key.text == name);
                let span = entry.map_or(node.span, |(key, _)| key.span);
                let message = format!("`{name}` cannot be a key of {}", place.name());
                out.push(Diagnostic::error("schema/key", span, message).help(hint(schema)));
            }
            Violation::Required { property } => {
                out.push(missing(place, property.as_str().unwrap_or_default(), schema));
            }
            Violation::UniqueItems => out.push(repeated(place)),
            kind => out.push(value(place, kind, schema)),
        }
    }

    /// Of several forms a value might have, tells the trouble of the one that got furthest.
    fn branch(&self, place: Place<'a>, context: &[Vec<ValidationError<'static>>], out: &mut Vec<Diagnostic>) {
        let here = |error: &ValidationError<'_>| {
            let (node, _) = pointer::follow(self.node, error.instance_path().as_str());
            std::ptr::eq(node, place.node)
        };
        let shape = |branch: &Vec<ValidationError<'_>>| {
            branch.iter().any(|error| here(error) && matches!(error.kind(), Violation::Type { .. }))
        };
        let tagged = |branch: &Vec<ValidationError<'_>>| {
            branch.iter().any(|error| matches!(error.kind(), Violation::Constant { .. }))
        };
        let best = context
            .iter()
            .filter(|branch| !branch.is_empty() && !shape(branch))
            .min_by_key(|branch| (tagged(branch), branch.len()));
        if let Some(branch) = best {
            for error in branch {
                self.tell(error, out);
            }
            return;
        }
        let mut wanted: Vec<JsonType> = Vec::new();
        for error in context.iter().flatten().filter(|error| here(error)) {
            if let Violation::Type { kind } = error.kind() {
                wanted.extend(
                    types(kind).into_iter().filter(|kind| !wanted.contains(kind)).collect::<Vec<_>>(),
                );
            }
        }
        if wanted.is_empty() {
            let message = format!("{} has none of the forms it may have, or several", place.name());
            out.push(Diagnostic::error("schema/form", place.node.span, message));
        } else {
            out.push(wrong_type(place, &wanted));
        }
    }
}

/// A violation by the value alone.
#[allow(clippy::wildcard_enum_match_arm, reason = "the validator's kinds are not ours and grow")]
fn value(place: Place<'_>, kind: &Violation, schema: Option<&Value>) -> Diagnostic {
    let span = place.node.span;
    let name = place.name();
    let found = shown(place.inputs, place.node);
    let range = |what: String, help: String| Diagnostic::error("schema/range", span, what).help(help);
    let count = |limit: u64, what: &str, noun: &str| {
        let message = format!("{name} has {what} than {limit} {noun}");
        Diagnostic::error("schema/count", place.owner(), message)
    };
    match kind {
        Violation::Type { kind } => wrong_type(place, &types(kind)),
        Violation::Enum { options } => not_an_option(place, options),
        Violation::Constant { expected_value } => {
            let expected = plain(expected_value);
            Diagnostic::error("schema/const", span, format!("expected `{expected}`, found {found}"))
                .help(format!("write `{expected}`"))
        }
        Violation::Minimum { limit } => {
            range(format!("{name} is {found}, below {limit}"), format!("use {limit} or more"))
        }
        Violation::Maximum { limit } => {
            range(format!("{name} is {found}, above {limit}"), format!("use {limit} or less"))
        }
        Violation::ExclusiveMinimum { limit } => {
            range(format!("{name} is {found}, not above {limit}"), format!("use more than {limit}"))
        }
        Violation::ExclusiveMaximum { limit } => {
            range(format!("{name} is {found}, not below {limit}"), format!("use less than {limit}"))
        }
        Violation::MultipleOf { multiple_of } => range(
            format!("{name} is {found}, no multiple of {multiple_of}"),
            format!("use a multiple of {multiple_of}"),
        ),
        Violation::MinLength { limit: 1 } => {
            Diagnostic::error("schema/length", span, format!("{name} is empty"))
                .help("write at least a word".to_owned())
        }
        Violation::MinLength { limit } => {
            Diagnostic::error("schema/length", span, format!("{name} is shorter than {limit} characters"))
        }
        Violation::MaxLength { limit } => {
            Diagnostic::error("schema/length", span, format!("{name} is longer than {limit} characters"))
        }
        Violation::MinItems { limit: 1 } => {
            Diagnostic::error("schema/count", span, format!("{name} is an empty list"))
                .help("give it an item, or leave the key out".to_owned())
        }
        Violation::MinItems { limit } => count(*limit, "fewer", "items"),
        Violation::MaxItems { limit } => count(*limit, "more", "items"),
        Violation::MinProperties { limit } => count(*limit, "fewer", "keys"),
        Violation::MaxProperties { limit } => count(*limit, "more", "keys"),
        Violation::AdditionalItems { limit } => {
            Diagnostic::error("schema/count", place.owner(), format!("{name} has more than {limit} items"))
        }
        Violation::Pattern { .. } => {
            Diagnostic::error("schema/pattern", span, format!("{found} does not have the form of {name}"))
                .help(hint(schema))
        }
        Violation::Format { format } => {
            let message = format!("{found} is not a {}", format.replace('-', " "));
            Diagnostic::error("schema/format", span, message).help(hint(schema))
        }
        Violation::Not { .. } | Violation::FalseSchema => {
            let at = if matches!(kind, Violation::FalseSchema) { place.owner() } else { span };
            Diagnostic::error("schema/forbidden", at, format!("{name} is not allowed here"))
                .help(hint(schema))
        }
        Violation::Contains => {
            Diagnostic::error("schema/contains", span, format!("{name} lacks an item it must have"))
                .help(hint(schema))
        }
        _ => {
            Diagnostic::error("schema/value", span, format!("{found} does not fit {name}")).help(hint(schema))
        }
    }
}

fn wrong_type(place: Place<'_>, wanted: &[JsonType]) -> Diagnostic {
    let nouns: Vec<&str> =
        wanted.iter().filter(|kind| **kind != JsonType::Null).map(|kind| noun(*kind)).collect();
    let expected = if nouns.is_empty() { "nothing".to_owned() } else { join(&nouns) };
    let name = place.key.map_or_else(String::new, |key| format!(" for `{}`", key.text));
    let message = format!("expected {expected}{name}, found {}", found(place.inputs, place.node));
    Diagnostic::error("schema/type", place.node.span, message).help(cure(place.inputs, place.node, wanted))
}

/// The edit that gives a value the type that is wanted.
fn cure(inputs: &Inputs, node: &Node, wanted: &[JsonType]) -> Option<String> {
    let wants = |kind| wanted.contains(&kind);
    match &node.kind {
        Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) if wants(JsonType::String) => {
            Some(format!("put it in quotes: \"{}\"", written(inputs, node)?))
        }
        Kind::Text(text) if wants(JsonType::Boolean) => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" | "true" | "sim" => Some("write `true`".to_owned()),
            "no" | "off" | "false" | "não" | "nao" => Some("write `false`".to_owned()),
            _ => Some("write `true` or `false`".to_owned()),
        },
        Kind::Text(text) if wants(JsonType::Number) || wants(JsonType::Integer) => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let bare = text.parse::<f64>().is_ok();
            let number = if bare { text.clone() } else { digits };
            (!number.is_empty()).then(|| format!("write the bare number: {number}"))
        }
        Kind::Text(text) if wants(JsonType::Array) => Some(format!("make it a list: [{}]", cut(text))),
        Kind::Map(_) if wants(JsonType::Array) => Some("put `- ` before each item".to_owned()),
        Kind::List(_) if wants(JsonType::String) => Some("keep one of its items".to_owned()),
        Kind::Float(_) if wants(JsonType::Integer) => Some("write a whole number".to_owned()),
        Kind::Null => Some("give it a value, or leave the key out".to_owned()),
        Kind::Int(_) | Kind::Float(_) | Kind::Bool(_) | Kind::Text(_) | Kind::List(_) | Kind::Map(_) => None,
    }
}

fn not_an_option(place: Place<'_>, options: &Value) -> Diagnostic {
    let options: Vec<String> =
        options.as_array().map(|all| all.iter().map(plain).collect()).unwrap_or_default();
    let word = place.node.scalar().unwrap_or_default();
    let help = match nearest(&word, options.iter().map(String::as_str)) {
        Some(near) if !word.is_empty() => format!("did you mean `{near}`?"),
        _ => {
            let quoted: Vec<String> = options.iter().map(|option| format!("`{option}`")).collect();
            format!("use {}", join(&quoted.iter().map(String::as_str).collect::<Vec<_>>()))
        }
    };
    let message = format!("{} is not a value of {}", shown(place.inputs, place.node), place.name());
    Diagnostic::error("schema/enum", place.node.span, message).help(help)
}

/// A key the schema does not know: the key is underlined, the nearest known one is offered.
fn unknown_key(place: Place<'_>, name: &str, schema: Option<&Value>) -> Diagnostic {
    let entry = place.node.entries().iter().find(|(key, _)| key.text == name);
    let span = entry.map_or(place.node.span, |(key, _)| key.span);
    let known = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    let known: Vec<&str> = known.into_iter().flat_map(serde_json::Map::keys).map(String::as_str).collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if known.is_empty() => None,
        None if known.len() <= 12 => Some(format!("remove it; the keys known here are {}", known.join(", "))),
        None => Some("remove it".to_owned()),
    };
    let owner = place.key.map_or_else(|| "a known key".to_owned(), |key| format!("a key of `{}`", key.text));
    Diagnostic::error("schema/unknown-key", span, format!("`{name}` is not {owner}")).help(help)
}

fn missing(place: Place<'_>, name: &str, schema: Option<&Value>) -> Diagnostic {
    let property = schema.and_then(|schema| schema.get("properties")).and_then(|all| all.get(name));
    let owner = place.key.map_or_else(|| "this".to_owned(), |key| format!("`{}`", key.text));
    Diagnostic::error("schema/required", place.owner(), format!("{owner} lacks the key `{name}`"))
        .help(format!("add the line `{name}: {}`", example(property)))
}

/// A value that a line ready to paste may show.
fn example(property: Option<&Value>) -> String {
    let Some(property) = property else { return "…".to_owned() };
    let first = |key: &str| property.get(key).and_then(Value::as_array).and_then(|all| all.first());
    if let Some(value) = property.get("const").or_else(|| first("examples")).or_else(|| first("enum")) {
        return plain(value);
    }
    if let Some(value) = property.get("default") {
        return plain(value);
    }
    match property.get("type").and_then(Value::as_str) {
        Some("integer" | "number") => property.get("minimum").map_or_else(|| "1".to_owned(), plain),
        Some("boolean") => "true".to_owned(),
        Some("array") => "[…]".to_owned(),
        Some("object") => "{…}".to_owned(),
        _ => "…".to_owned(),
    }
}

fn repeated(place: Place<'_>) -> Diagnostic {
    let items = place.node.items();
    let same = |at: usize| items[..at].iter().position(|item| alike(item, &items[at]));
    let pair = (1..items.len()).find_map(|at| same(at).map(|first| (first, at)));
    let Some((first, second)) = pair else {
        return Diagnostic::error("schema/duplicate", place.node.span, "an item stands twice in this list");
    };
    let message = format!("{} stands twice in {}", shown(place.inputs, &items[second]), place.name());
    Diagnostic::error("schema/duplicate", items[second].span, message)
        .label(items[first].span, "first here")
        .help("keep one of the two".to_owned())
}

/// Equal but for the place.
fn alike(a: &Node, b: &Node) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::List(x), Kind::List(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| alike(x, y)),
        (Kind::Map(x), Kind::Map(y)) => {
            x.len() == y.len()
                && x.iter().all(|(key, value)| b.get(&key.text).is_some_and(|other| alike(value, other)))
        }
        (x, y) => x == y,
    }
}

/// What the author of the schema says of a value: an example, else the description.
fn hint(schema: Option<&Value>) -> Option<String> {
    let schema = schema?;
    let example = schema.get("examples").and_then(Value::as_array).and_then(|all| all.first());
    if let Some(example) = example {
        return Some(format!("write it like `{}`", plain(example)));
    }
    let text = schema.get("description")?.as_str()?;
    Some(text.trim_end_matches('.').to_owned())
}

fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(kind) => vec![*kind],
        TypeKind::Multiple(kinds) => kinds.iter().collect(),
    }
}

fn noun(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "nothing",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "a map",
    }
}

/// What was found, with its characters if they are few.
fn found(inputs: &Inputs, node: &Node) -> String {
    match &node.kind {
        Kind::Int(_) | Kind::Float(_) => format!("the number {}", shown(inputs, node)),
        Kind::Bool(_) => shown(inputs, node),
        Kind::Text(_) => format!("the text {}", shown(inputs, node)),
        Kind::Null | Kind::List(_) | Kind::Map(_) => node.noun().to_owned(),
    }
}

/// The value in backticks, numbers as they were written.
fn shown(inputs: &Inputs, node: &Node) -> String {
    written(inputs, node).map_or_else(|| node.noun().to_owned(), |text| format!("`{}`", cut(&text)))
}

fn written(inputs: &Inputs, node: &Node) -> Option<String> {
    node.to_text(inputs).map(|text| text.get(inputs).to_owned())
}

fn cut(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= SHOWN && line.len() == text.trim_end().len() {
        return line.to_owned();
    }
    line.chars().take(SHOWN).chain(['…']).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `a`, `a or b`, `a, b or c`.
fn join(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
