//! Reading what can be read of a broken YAML map: each entry alone, each item of a list alone, two levels deep.

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::ir::node::{Key, Kind, Node};
use crate::syntax::yaml;

/// Adds to a map that was read halfway what was read of it alone.
pub(super) fn complete(half: &mut Node, inner: Node) {
    let Kind::Map(found) = inner.kind else { return };
    let Kind::Map(known) = &mut half.kind else {
        half.kind = Kind::Map(found);
        return;
    };
    for (key, value) in found {
        if !known.iter().any(|(name, _)| name.text == key.text) {
            known.push((key, value));
        }
    }
}

/// Keys at the margin of a YAML text, each with the range up to the next.
pub(super) fn top_keys(inputs: &Inputs, span: Span) -> Vec<(Span, Span)> {
    keys_at(inputs, span, 0)
}

/// Keys at an indent, each with the range up to the next.
fn keys_at(inputs: &Inputs, span: Span, indent: usize) -> Vec<(Span, Span)> {
    let text = inputs.slice(span);
    let mut found: Vec<(Span, Span)> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start_matches(' ');
        let colon = bare
            .find(':')
            .filter(|&colon| bare[colon + 1..].starts_with([' ', '\n', '\r']) || bare.len() == colon + 1);
        if line.len() - bare.len() == indent
            && !bare.starts_with(['#', '-', '"', '\'', '\n', '*', '>', '|'])
            && let Some(colon) = colon
        {
            let start = at + indent;
            if let Some(last) = found.last_mut() {
                last.1.end = span.start + u32::try_from(at).expect("a file is shorter than 4 GiB");
            }
            found.push((span.slice(start, start + colon), span.slice(start, text.len())));
        }
        at += line.len();
    }
    found
}

/// The entries of a broken map, each read alone; those that cannot be read are left out.
pub(super) fn entries(inputs: &Inputs, name: Span, at: Span) -> Option<Node> {
    let body = Span { start: name.end + 1, ..at };
    let text = inputs.slice(body);
    let first = text.lines().find(|line| {
        let bare = line.trim_start();
        !bare.is_empty() && !bare.starts_with('#')
    })?;
    let indent = first.len() - first.trim_start().len();
    if indent == 0 {
        return None;
    }
    if first.trim_start().starts_with("- ") {
        return list(inputs, body, indent);
    }
    let mut found = Vec::new();
    for (name, whole) in keys_at(inputs, body, indent) {
        let outcome = yaml::read(inputs, whole);
        if let Kind::Map(entries) = outcome.value.kind
            && outcome.findings.is_empty()
        {
            found.extend(entries);
        } else if let Some(inner) = entries_below(inputs, name, whole) {
            found.push((Key { text: inputs.slice(name).to_owned(), span: name }, inner));
        }
    }
    (!found.is_empty()).then_some(Node { span: body, kind: Kind::Map(found) })
}

/// One level below a broken entry: only scalars and lists that stand on lines of their own.
fn entries_below(inputs: &Inputs, name: Span, at: Span) -> Option<Node> {
    let body = Span { start: name.end + 1, ..at };
    let first = inputs.slice(body).lines().find(|line| !line.trim().is_empty())?;
    let indent = first.len() - first.trim_start().len();
    let mut found = Vec::new();
    for (_, whole) in keys_at(inputs, body, indent).into_iter().filter(|_| indent > 0) {
        let outcome = yaml::read(inputs, whole);
        if let Kind::Map(entries) = outcome.value.kind
            && outcome.findings.is_empty()
        {
            found.extend(entries);
        }
    }
    (!found.is_empty()).then_some(Node { span: body, kind: Kind::Map(found) })
}

/// The items of a broken list, each read alone; of a broken item, the entries that can be read.
fn list(inputs: &Inputs, body: Span, indent: usize) -> Option<Node> {
    let text = inputs.slice(body);
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.len() - line.trim_start_matches(' ').len() == indent && line[indent..].starts_with("- ") {
            starts.push(at + indent);
        }
        at += line.len();
    }
    let mut found = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(text.len());
        let item = body.slice(start + 2, end);
        let outcome = yaml::read(inputs, item);
        if outcome.findings.is_empty() && !outcome.value.is_null() {
            found.push(outcome.value);
            continue;
        }
        let mut kept = Vec::new();
        let inner = indent + 2;
        let head = Span { end: item.start, ..item };
        for (_, whole) in first_and_rest(inputs, item, inner) {
            let outcome = yaml::read(inputs, whole);
            if let Kind::Map(entries) = outcome.value.kind
                && outcome.findings.is_empty()
            {
                kept.extend(entries);
            }
        }
        debug_assert!(head.is_empty());
        if !kept.is_empty() {
            found.push(Node { span: item, kind: Kind::Map(kept) });
        }
    }
    (!found.is_empty()).then_some(Node { span: body, kind: Kind::List(found) })
}

/// The keys of an item: the first stands behind the dash, the others at their indent.
fn first_and_rest(inputs: &Inputs, item: Span, indent: usize) -> Vec<(Span, Span)> {
    let text = inputs.slice(item);
    let line = text.find('\n').map_or(text.len(), |end| end + 1);
    let rest = item.slice(line, text.len());
    let others = keys_at(inputs, rest, indent);
    let end = others.first().map_or(item.end, |(_, whole)| whole.start);
    let first = Span { end, ..item };
    std::iter::once((first, first)).chain(others).collect()
}
