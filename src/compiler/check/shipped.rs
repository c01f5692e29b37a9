//! Shipped packs are written in a fixed way, so that a run need not read what it does not ask: their examples, and the
//! rules that belong to another command.

use crate::base::source::SourceFile;

/// Whether the rules of a pack are asked by `lint` alone.
pub(super) fn is_for_lint(file: &SourceFile) -> bool {
    file.text().lines().take(20).any(|line| line == "asked_by: lint")
}

/// Ids and names of the rules in a shipped pack that is not read.
pub(super) fn names(text: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let pair = |pair: &[&str]| {
        let [id, name] = pair else { return None };
        Some((id.strip_prefix("- id: ")?.to_owned(), name.strip_prefix("  name: ")?.to_owned()))
    };
    lines.windows(2).filter_map(pair).collect()
}

/// The end of the head of a pack, and the range of each rule without its examples; none if the file is not written
/// like a shipped one: `rules:` and `- id:` at the start of a line, `examples:` the last key.
pub(super) fn cut(text: &str) -> Option<(usize, Vec<(usize, usize)>)> {
    let head = text.find("\nrules:\n")? + 1;
    let mut rules = Vec::new();
    let mut at = head + "rules:\n".len();
    let mut open: Option<usize> = None;
    let mut skipping = false;
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end + 1);
        let line = &text[at..end];
        if line.starts_with("- id:") {
            rules.extend(open.take().map(|start| (start, at)));
            (open, skipping) = (Some(at), false);
        } else if line.starts_with("  examples:") {
            rules.extend(open.take().map(|start| (start, at)));
            skipping = true;
        } else {
            let outside = !line.starts_with("  ") && !line.trim().is_empty() && !line.starts_with('#');
            let another = skipping && line.starts_with("  ") && !line.starts_with("   ");
            if outside || another {
                return None;
            }
        }
        at = end;
    }
    rules.extend(open.map(|start| (start, text.len())));
    Some((head, rules))
}
