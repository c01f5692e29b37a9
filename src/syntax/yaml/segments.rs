//! Reading what can be read of a broken text: each top-level key alone.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::ir::node::{Kind, Node};

use super::{build, is_broken, read};

/// Reads like [`read`]; if the whole cannot be read, splits it at its outermost keys, reads each part alone, keeps
/// the good ones and warns of each broken one. A text without any good part gives its syntax error.
#[must_use]
pub fn read_segments(inputs: &Inputs, part: Span) -> Outcome<Node> {
    let whole = read(inputs, part);
    if !whole.findings.iter().any(is_broken) {
        return whole;
    }
    let segments = split(inputs, part);
    let mut entries = Vec::new();
    let mut findings = Vec::new();
    for &(name, segment) in &segments {
        let Outcome { value, findings: found } = read(inputs, segment);
        if let Some(broken) = found.iter().find(|finding| is_broken(finding)) {
            findings.push(warn(inputs.slice(name), broken));
            continue;
        }
        findings.extend(found);
        if let Kind::Map(read) = value.kind {
            entries.extend(read);
        }
    }
    if entries.is_empty() || segments.len() < 2 {
        return whole;
    }
    for (first, second) in build::duplicates(&entries) {
        findings.push(build::duplicate("yaml/duplicate-key", &entries[first].0, &entries[second].0));
    }
    let mut node = Node { span: whole.value.span.to(part), kind: Kind::Map(entries) };
    build::drop_duplicates(&mut node);
    Outcome::new(node, findings)
}

fn warn(name: &str, broken: &Diagnostic) -> Diagnostic {
    let message = format!("`{name}` is left out, because it is not valid YAML: {}", broken.message);
    Diagnostic::warning("yaml/segment", broken.span(), message).help(broken.help.clone())
}

/// The parts of a text that begin with an outermost key: the key and the whole part.
fn split(inputs: &Inputs, part: Span) -> Vec<(Span, Span)> {
    let text = inputs.slice(part);
    let mut segments: Vec<(Span, Span)> = Vec::new();
    let mut indent = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        let blank = content.trim_end().is_empty() || content.starts_with('#') || content.starts_with("---");
        let column = line.len() - content.len();
        if !blank
            && column == *indent.get_or_insert(column)
            && let Some(length) = key(content)
        {
            let at = start + column;
            segments.push((part.slice(at, at + length), part.slice(start, text.len())));
            let count = segments.len();
            if count > 1 {
                let end = part.start + u32::try_from(start).expect("a part is shorter than its file");
                segments[count - 2].1.end = end;
            }
        }
        start += line.len();
    }
    segments
}

/// The length of the key a line begins with.
fn key(line: &str) -> Option<usize> {
    const LONGEST: usize = 128;
    let colon = memchr::memchr(b':', line.as_bytes())?;
    let follows = line.as_bytes().get(colon + 1);
    let key = &line[..colon];
    let plain = key.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '"' | '\'' | '.' | '/'));
    (plain && colon <= LONGEST && matches!(follows, None | Some(b' ' | b'\t' | b'\n')))
        .then_some(key.trim_end().len())
}
