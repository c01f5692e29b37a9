//! Whether a value is what its key may hold, and the names that stand in it.

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::ir::node::{Kind, Node};

use super::entry::State;
use super::table::{Field, Table, Type};

/// What is wrong with a value, and what it should be.
pub(super) fn judge(table: &Table, field: &Field, node: &Node) -> Option<(State, String)> {
    let nothing = matches!(node.kind, Kind::Null) || node.text().is_some_and(|text| text.trim().is_empty());
    if nothing && !field.types.is_empty() {
        let allowed = field.types.contains(&Type::Nothing);
        return (!allowed).then(|| (State::Empty, nouns(field)));
    }
    if !field.types.is_empty() && !field.types.iter().any(|&kind| is(kind, node)) {
        return Some((State::WrongType, nouns(field)));
    }
    if !field.one_of.is_empty()
        && let Some(text) = node.scalar()
    {
        let known: Vec<&str> = table.words(&field.one_of).collect();
        if !known.contains(&text.as_str()) {
            return Some((State::WrongValue, known.join(", ")));
        }
    }
    if let (Some(pattern), Some(text)) = (&field.like, node.scalar())
        && regex::Regex::new(pattern).is_ok_and(|pattern| !pattern.is_match(&text))
    {
        return Some((State::WrongForm, field.wants.clone().unwrap_or_default()));
    }
    let size = match &node.kind {
        Kind::Text(text) => i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
        Kind::Int(number) => *number,
        Kind::List(items) => i64::try_from(items.len()).unwrap_or(i64::MAX),
        Kind::Null | Kind::Bool(_) | Kind::Float(_) | Kind::Map(_) => return None,
    };
    if let Some(most) = field.most.filter(|&most| size > most) {
        return Some((State::TooMuch, most.to_string()));
    }
    let least = field.least.filter(|&least| size < least)?;
    Some((State::TooLittle, least.to_string()))
}

fn nouns(field: &Field) -> String {
    let nouns: Vec<&str> =
        field.types.iter().filter(|kind| **kind != Type::Nothing).map(|kind| kind.noun()).collect();
    nouns.join(" or ")
}

fn is(kind: Type, node: &Node) -> bool {
    match (kind, &node.kind) {
        (Type::Text | Type::Names, Kind::Text(_))
        | (Type::Bool, Kind::Bool(_))
        | (Type::Int | Type::Number, Kind::Int(_))
        | (Type::Number, Kind::Float(_))
        | (Type::List, Kind::List(_))
        | (Type::Map, Kind::Map(_))
        | (Type::Nothing, Kind::Null) => true,
        (Type::Names, Kind::List(items)) => items.iter().all(|item| item.text().is_some()),
        _ => false,
    }
}

/// The names in a value, each with its place.
pub(super) fn names(inputs: &Inputs, field: &Field, node: &Node) -> Vec<(String, Span)> {
    match &node.kind {
        Kind::Text(text) if field.types.contains(&Type::Names) => parts(text)
            .into_iter()
            .map(|(from, to)| (text[from..to].to_owned(), node.part(inputs, from, to)))
            .collect(),
        Kind::Text(text) => vec![(text.clone(), node.part(inputs, 0, text.len()))],
        Kind::List(items) => items
            .iter()
            .filter_map(|item| {
                let text = item.text()?;
                Some((text.to_owned(), item.part(inputs, 0, text.len())))
            })
            .collect(),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Map(_) => Vec::new(),
    }
}

/// The parts of a text between commas and blanks that stand in no brackets.
pub(super) fn parts(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let (mut start, mut depth) = (None, 0_usize);
    for (at, c) in text.char_indices() {
        let is_gap = depth == 0 && (c == ',' || c.is_whitespace());
        if is_gap {
            if let Some(start) = start.take() {
                found.push((start, at));
            }
            continue;
        }
        start = start.or(Some(at));
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found.extend(start.map(|start| (start, text.len())));
    found
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn names_stand_between_commas_and_blanks() {
        let check = |text: &str, want: &[&str]| {
            let found: Vec<&str> = parts(text).into_iter().map(|(from, to)| &text[from..to]).collect();
            assert_eq!(found, want, "{text}");
        };
        check("Read, Write", &["Read", "Write"]);
        check("Read Bash(git diff *), Grep", &["Read", "Bash(git diff *)", "Grep"]);
        check("Bash(a, b", &["Bash(a, b"]);
        check(" ", &[]);
    }
}
