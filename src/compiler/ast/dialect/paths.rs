//! Paths under `Files`, `Output` and the like, each with what is done to it.

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::{PathRole, PathUse};
use crate::syntax::text::path;

use super::piece;
use super::words::Words;

/// The paths of a value. `given` is what the key says; words beside a path (`(created)`, `[NEW]`) say it better.
///
/// With `declared`, whatever stands in code marks or alone is a path: the key leaves no doubt.
#[must_use]
pub fn uses(
    inputs: &Inputs,
    span: Span,
    given: Option<PathRole>,
    declared: bool,
    words: &Words,
) -> Vec<PathUse> {
    let text = inputs.slice(span);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (from, to) in piece::codes(text) {
        let name = text[from..to].trim();
        if fits(name, declared, words) {
            let start = from + text[from..to].len() - text[from..to].trim_start().len();
            found.push((start, start + name.len()));
        }
    }
    if found.is_empty() {
        if let Some((from, to)) =
            link_label(text).filter(|&(from, to)| fits(&text[from..to], declared, words))
        {
            found.push((from, to));
        } else {
            found.extend(path::find(text, &words.text).into_iter().map(|range| (range.start, range.end)));
        }
    }
    if found.is_empty() && declared {
        let token = text.trim().trim_end_matches(['.', ',']);
        if !token.is_empty() && !token.contains(char::is_whitespace) && fits(token, true, words) {
            let start = text.len() - text.trim_start().len();
            found.push((start, start + token.len()));
        }
    }
    let mut out = Vec::with_capacity(found.len());
    for (index, &(from, to)) in found.iter().enumerate() {
        let end = found.get(index + 1).map_or(text.len(), |next| next.0);
        let beside = &text[to..end];
        let role = note(beside, words)
            .or_else(|| if index == 0 { note(&text[..from], words) } else { None })
            .or(given)
            .unwrap_or_else(|| {
                if inputs.exists(text[from..to].trim_start_matches("./")) {
                    PathRole::Modify
                } else {
                    PathRole::Create
                }
            });
        out.push(PathUse { path: Text::At(span.slice(from, to)), role });
    }
    out
}

/// What the words beside a path say: `(created)`, `[NEW]`, `— modified`, `new:`.
#[must_use]
pub fn note(beside: &str, words: &Words) -> Option<PathRole> {
    if beside.len() > 400 {
        return None;
    }
    beside
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(4)
        .find_map(|word| words.path_role(word))
}

/// Whether a name may be a path.
fn fits(name: &str, declared: bool, words: &Words) -> bool {
    if name.is_empty() || name.len() > 400 || name.contains("://") || name.contains(['\n', '{', '$']) {
        return false;
    }
    let solid = !name.contains(char::is_whitespace)
        && !name.starts_with(['-', '@', '='])
        && !name.contains(['(', '=', '<']);
    if declared {
        let named = name.contains(['/', '.', '\\']) || words.text.file_names.contains(name);
        return solid && named
            || (name.contains('/') && !name.contains(['=', '<']) && path::is_path(name, &words.text));
    }
    solid && path::is_path(name, &words.text)
}

/// The label of a link that is all of an entry.
fn link_label(text: &str) -> Option<(usize, usize)> {
    let open = text.find('[')?;
    let close = open + text[open..].find("](")?;
    Some((open + 1, close))
}
