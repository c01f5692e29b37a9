//! Keys and values in prose: `**Key:** value`, `**Key**: value`, `Key: value`, several on a line, table rows.

use crate::base::inputs::Inputs;
use crate::base::span::Span;

/// A key and its value, as ranges of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The key, without emphasis and colon.
    pub key: Span,
    /// The value, trimmed; may be empty.
    pub value: Span,
    /// The key stands in bold: it is meant as one.
    pub bold: bool,
}

/// The pairs of one line or paragraph, line by line; `None` if it does not consist of pairs.
///
/// A paragraph is read as pairs if its first line is one; a line without a key goes on with the value before it.
#[must_use]
pub fn pairs(inputs: &Inputs, span: Span) -> Vec<Pair> {
    let text = inputs.slice(span);
    let mut found: Vec<Pair> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let here = span.slice(at, at + line.trim_end().len());
        at += line.len();
        let before = found.len();
        several(inputs, here, &mut found);
        if found.len() == before {
            match found.last_mut() {
                Some(last) => last.value.end = here.end,
                None => return found,
            }
        }
    }
    found
}

/// The pairs of one line; several are parted by ` | ` or ` · `.
fn several(inputs: &Inputs, line: Span, found: &mut Vec<Pair>) {
    let text = inputs.slice(line);
    if text.starts_with("**") || text.starts_with("| ") || text.contains("| **") {
        let mut start = 0;
        for separator in [" | **", " · **", "  **"] {
            if !text.contains(separator) {
                continue;
            }
            for (at, _) in text.match_indices(separator) {
                found.extend(pair(inputs, line.slice(start, at)));
                start = at + separator.len() - 2;
            }
            found.extend(pair(inputs, line.slice(start, text.len())));
            return;
        }
    }
    found.extend(pair(inputs, line));
}

/// The pair a line begins with.
#[must_use]
pub fn pair(inputs: &Inputs, line: Span) -> Option<Pair> {
    let text = inputs.slice(line);
    let lead = text.len() - text.trim_start_matches([' ', '\t', '>', '-', '•', '|']).len();
    let rest = &text[lead..];
    let marks = rest.len()
        - rest
            .trim_start_matches(|c: char| {
                !c.is_alphanumeric()
                    && !matches!(c, '*' | '`' | '_' | '#' | '[' | '(' | '"' | '<' | '/' | '.' | '@')
            })
            .len();
    let (lead, rest) = (lead + marks, &rest[marks..]);
    if let Some(inner) = rest.strip_prefix("**") {
        let close = inner.find("**").filter(|&close| close > 0 && close <= 60)?;
        let behind = &inner[close + 2..];
        let name = inner[..close].trim_end();
        let (name, value_from) = if let Some(name) = name.strip_suffix([':', '：']) {
            (name, lead + 2 + close + 2)
        } else if behind.trim_start().starts_with(':') {
            (name, lead + 2 + close + 2 + behind.find(':').map_or(0, |at| at + 1))
        } else if let Some(dash) = [" — ", " – ", " - "].into_iter().find(|dash| behind.starts_with(dash))
        {
            (name, lead + 2 + close + 2 + dash.len())
        } else {
            return None;
        };
        let key = trimmed(inputs, line.slice(lead + 2, lead + 2 + name.len()));
        let value = trimmed(inputs, line.slice(value_from.min(text.len()), text.len()));
        return (!key.is_empty()).then_some(Pair { key, value, bold: true });
    }
    let colon = rest.find(':')?;
    let name = &rest[..colon];
    let after = &rest[colon + 1..];
    let plain = colon <= 40
        && name.split_whitespace().count() <= 5
        && !name.trim().is_empty()
        && !name.contains(['.', '`', '(', '[', '"', '/', ',', '?', '*'])
        && (after.is_empty() || after.starts_with([' ', '\t', '\n']));
    if !plain {
        return None;
    }
    let key = trimmed(inputs, line.slice(lead, lead + colon));
    let value = trimmed(inputs, line.slice(lead + colon + 1, text.len()));
    Some(Pair { key, value, bold: false })
}

/// The cells of a table row, trimmed. A pipe behind a backslash or inside code is part of a cell.
#[must_use]
pub fn cells(inputs: &Inputs, row: Span) -> Vec<Span> {
    let text = inputs.slice(row);
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let (mut start, mut in_code) = (0, false);
    for at in 0..bytes.len() {
        match bytes[at] {
            b'`' => in_code = !in_code,
            b'|' if at > 0 && bytes[at - 1] == b'\\' => {}
            b'|' if !in_code || !text[at..].contains('`') => {
                out.push(trimmed(inputs, row.slice(start, at)));
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        out.push(trimmed(inputs, row.slice(start, text.len())));
    }
    if text.trim_start().starts_with('|') && !out.is_empty() {
        out.remove(0);
    }
    out
}

fn trimmed(inputs: &Inputs, span: Span) -> Span {
    super::piece::trim(inputs, span)
}

#[cfg(test)]
mod tests {
    use super::{cells, pairs};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::span::Span;

    fn check(text: &str, want: &[(&str, &str)]) {
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new("x.md").unwrap(), text.as_bytes().to_vec());
        let found = pairs(&inputs, Span::new(file, 0, text.len()));
        let found: Vec<_> = found.iter().map(|p| (inputs.slice(p.key), inputs.slice(p.value))).collect();
        assert_eq!(found, want, "{text}");
    }

    #[test]
    fn keys_and_values() {
        check("**Status:** ✅ Done", &[("Status", "✅ Done")]);
        check("**Status**: Done", &[("Status", "Done")]);
        check("**Done at:** `x` | **Duration:** `15m`", &[("Done at", "`x`"), ("Duration", "`15m`")]);
        check("Status: done", &[("Status", "done")]);
        check("**A:** b\n**C:** d\nand more", &[("A", "b"), ("C", "d\nand more")]);
        check("- **Type:** code", &[("Type", "code")]);
        check("**Files:**", &[("Files", "")]);
        check("**Dependencies** — S1, S2", &[("Dependencies", "S1, S2")]);
        check("A sentence, with: a colon", &[]);
        check("See https://x.dev/a", &[]);
    }

    #[test]
    fn cells_of_rows() {
        let text = "| a | `b|c` | d \\| e |";
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new("x.md").unwrap(), text.as_bytes().to_vec());
        let found = cells(&inputs, Span::new(file, 0, text.len()));
        let found: Vec<_> = found.iter().map(|&span| inputs.slice(span)).collect();
        assert_eq!(found, ["a", "`b|c`", "d \\| e"]);
    }
}
