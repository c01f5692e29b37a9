//! Fields of YAML and JSON documents as texts that know their place.

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::node::{Key, Kind, Node};

/// A scalar as text: a range of the source where it stands there as it is. Nothing and blank text are none.
pub(in crate::compiler::ast) fn text(inputs: &Inputs, node: &Node) -> Option<Text> {
    let value = node.scalar()?;
    let trimmed = value.trim();
    if trimmed.is_empty() {
        return None;
    }
    let raw = inputs.slice(node.span);
    let quoted = raw.strip_prefix(['"', '\'']).and_then(|raw| raw.strip_suffix(['"', '\'']));
    let (inner, skip) = quoted.map_or((raw, 0), |inner| (inner, 1));
    if inner == value {
        let from = skip + value.len() - value.trim_start().len();
        return Some(Text::At(node.span.slice(from, from + trimmed.len())));
    }
    Some(Text::made(trimmed, node.span))
}

/// The texts of a list, or of a scalar that stands for a list of one.
pub(in crate::compiler::ast) fn texts(inputs: &Inputs, node: &Node) -> Vec<Text> {
    match &node.kind {
        Kind::List(items) => items.iter().filter_map(|item| text(inputs, item)).collect(),
        Kind::Null | Kind::Map(_) => Vec::new(),
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {
            text(inputs, node).into_iter().collect()
        }
    }
}

/// A text on one line: line ends become blanks.
pub(in crate::compiler::ast) fn line(inputs: &Inputs, text: Text) -> Text {
    let value = text.get(inputs);
    if !value.contains('\n') {
        return text;
    }
    Text::made(value.split_whitespace().collect::<Vec<_>>().join(" "), text.at())
}

/// Several fields as one text, each under its label; the first without. One field stays where it stands.
pub(in crate::compiler::ast) fn joined(inputs: &Inputs, fields: &[(&str, Option<&Node>)]) -> Option<Text> {
    let mut found =
        fields.iter().filter_map(|&(label, node)| Some((label, node?))).filter_map(|(label, node)| {
            let value = text(inputs, node)?;
            Some((label, value))
        });
    let (label, first) = found.next()?;
    let rest: Vec<_> = found.collect();
    if rest.is_empty() && label.is_empty() {
        return Some(first);
    }
    let mut at = first.at();
    let mut out = String::new();
    for (label, part) in std::iter::once((label, first)).chain(rest) {
        if !out.is_empty() {
            out.push_str("\n\n");
        }
        if !label.is_empty() {
            out.push_str(label);
            out.push_str(": ");
        }
        out.push_str(part.get(inputs));
        at = at.to(part.at());
    }
    Some(Text::made(out, at))
}

/// The lines of a text that are items of a list, without their marks and boxes, each with whether it is ticked; the
/// whole text if it holds no list.
pub(in crate::compiler::ast) fn bullets(inputs: &Inputs, node: &Node) -> Vec<(Text, bool)> {
    let Some(whole) = text(inputs, node) else { return Vec::new() };
    let value = whole.get(inputs).to_owned();
    let mut found = Vec::new();
    let mut from = 0;
    for line in value.split_inclusive('\n') {
        let bare = line.trim();
        let mark = ["- ", "* ", "+ ", "• "].into_iter().find(|mark| bare.starts_with(mark)).map(str::len);
        let number = bare.bytes().take_while(u8::is_ascii_digit).count();
        let numbered = number > 0 && (bare[number..].starts_with(". ") || bare[number..].starts_with(") "));
        if let Some(skip) = mark.or(numbered.then_some(number + 2)) {
            let item = bare[skip..].trim_start();
            let boxed = item.len() > 3
                && item.starts_with('[')
                && item.as_bytes()[2] == b']'
                && item.is_char_boundary(1);
            let done = boxed && matches!(item.as_bytes()[1], b'x' | b'X');
            let item = if boxed { item[3..].trim_start() } else { item };
            let at = from + line.find(item).unwrap_or(0);
            let place = match &whole {
                Text::At(span) => Text::At(span.slice(at, at + item.len())),
                Text::Made(_) => Text::made(item, node.span),
            };
            found.push((place, done));
        }
        from += line.len();
    }
    if found.is_empty() { vec![(line(inputs, whole), false)] } else { found }
}

/// A field from the first character of its key to the last of its value.
pub(in crate::compiler::ast) fn span(key: &Key, value: &Node) -> Span {
    key.span.to(value.span)
}
