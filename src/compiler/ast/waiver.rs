//! Inline permissions: which rule, where, why.
//!
//! `dispatch: allow V1.2 (a spike) until=2026-12-31 owner=ana` in a comment of YAML or HTML; the spelling
//! `dispatch-allow V1.2 reason="a spike"` means the same. One stands for the next key or block with all that is nested
//! in it; behind a value on the same line it stands for that value.

use std::ops::Range;

use memchr::memmem;

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::ir::document::Waiver;
use crate::ir::node::Node;
use crate::ir::outline::{Block, BlockKind, Outline};

const HEADS: [&str; 2] = ["dispatch: allow", "dispatch-allow"];

/// The permissions in the comments of the YAML text at `part`, of which `node` was read.
#[must_use]
pub fn in_yaml(inputs: &Inputs, part: Span, node: &Node) -> Vec<Waiver> {
    let text = inputs.slice(part);
    let mut waivers = Vec::new();
    for (head, body) in heads(text) {
        let line = text[..head].rfind('\n').map_or(0, |end| end + 1);
        let Some(mark) = comment_mark(&text[line..head]) else { continue };
        let start = line + mark;
        let end = head + text[head..].find('\n').unwrap_or(text.len() - head);
        let span = part.slice(start, start + text[start..end].trim_end().len());
        if in_scalar(node, span.start) {
            continue;
        }
        let behind = !text[line..start].trim_start_matches([' ', '-']).is_empty();
        let from = if behind { line } else { end };
        let covers = covered(node, part.start + offset(from)).unwrap_or(span);
        waivers.push(parse(text, body..end, part, span, covers));
    }
    waivers
}

/// The permissions in the HTML comments of a markdown text.
#[must_use]
pub fn in_markdown(inputs: &Inputs, outline: &Outline) -> Vec<Waiver> {
    let text = inputs.text(outline.file);
    let whole = Span::new(outline.file, 0, text.len());
    let from = outline.front.map_or(0, |front| front.range().end);
    let mut waivers = Vec::new();
    for (head, body) in heads(text) {
        let Some(start) = text[..head].rfind("<!--") else { continue };
        let inside = text[start + 4..head].trim().is_empty();
        let Some(length) = text[body..].find("-->").filter(|_| inside && start >= from) else { continue };
        let span = Span::new(outline.file, start, body + length + 3);
        let Some(covers) = covered_block(outline, span) else { continue };
        waivers.push(parse(text, body..body + length, whole, span, covers));
    }
    waivers
}

/// Where each head stands, and where what follows it begins.
fn heads(text: &str) -> impl Iterator<Item = (usize, usize)> {
    memmem::find_iter(text.as_bytes(), b"dispatch").filter_map(|at| {
        let head = HEADS.iter().find(|head| text[at..].starts_with(**head))?;
        let body = at + head.len();
        let rest = &text[body..];
        let parted = rest.starts_with([' ', ':', '\t']);
        parted.then(|| (at, body + usize::from(rest.starts_with(':'))))
    })
}

/// The offset of the `#` whose comment begins directly before the head.
fn comment_mark(before: &str) -> Option<usize> {
    let mark = before.trim_end().strip_suffix('#')?;
    let mark = mark.trim_end_matches('#');
    (mark.is_empty() || mark.ends_with([' ', '\t'])).then_some(mark.len())
}

fn in_scalar(node: &Node, at: u32) -> bool {
    if !(node.span.start..node.span.end).contains(&at) {
        return false;
    }
    let inner = node.items().iter().chain(node.entries().iter().map(|(_, value)| value));
    node.text().is_some() || inner.into_iter().any(|child| in_scalar(child, at))
}

/// The outermost key with its value, or item, that begins at or behind `from`.
fn covered(root: &Node, from: u32) -> Option<Span> {
    let mut best: Option<Span> = None;
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        let entries = node.entries().iter().map(|(key, value)| (key.span.to(value.span), value));
        let items = node.items().iter().map(|item| (item.span, item));
        for (span, child) in entries.chain(items) {
            if span.start >= from {
                let nearer = |old: Span| (span.start, old.end) < (old.start, span.end);
                if best.is_none_or(nearer) {
                    best = Some(span);
                }
            } else if span.end > from {
                stack.push(child);
            }
        }
    }
    best
}

/// What a comment in a markdown file stands for: the block it lies in, or the next one.
fn covered_block(outline: &Outline, comment: Span) -> Option<Span> {
    let blocks = &outline.blocks;
    let after = blocks.partition_point(|block| block.start <= comment.start);
    let at = after.checked_sub(1).filter(|&at| comment.start < blocks[at].end);
    let index = match at.map(|at| (at, blocks[at].kind)) {
        Some((_, BlockKind::Fence | BlockKind::Indented)) => return None,
        Some((at, BlockKind::Html)) => at + 1,
        Some((at, BlockKind::Paragraph))
            if blocks[at].start == comment.start && blocks[at].end <= comment.end =>
        {
            at + 1
        }
        Some((at, _)) => at,
        None => after,
    };
    let block = blocks.get(index)?;
    let end = match block.kind {
        BlockKind::Heading if block.depth == 0 && block.quotes == 0 => outline.section_end(index),
        BlockKind::Bullet | BlockKind::Numbered => outline.item_end(index),
        BlockKind::TableRow => row_end(blocks, index),
        BlockKind::Heading
        | BlockKind::Paragraph
        | BlockKind::Fence
        | BlockKind::Indented
        | BlockKind::TableRule
        | BlockKind::Html
        | BlockKind::Break
        | BlockKind::Definition => index + 1,
    };
    let last = blocks[index..end].iter().map(|block| block.end).max().unwrap_or(block.end);
    Some(Span { file: outline.file, start: block.start, end: last })
}

/// A comment above a table stands for all of its rows, one inside a row for that row.
fn row_end(blocks: &[Block], index: usize) -> usize {
    let row = |block: &Block| matches!(block.kind, BlockKind::TableRow | BlockKind::TableRule);
    let head = blocks.get(index + 1).is_some_and(|next| next.kind == BlockKind::TableRule);
    if head { index + blocks[index..].iter().take_while(|block| row(block)).count() } else { index + 1 }
}

/// Reads what follows the head: codes, then a reason in parentheses or quotes, then options.
fn parse(text: &str, body: Range<usize>, part: Span, span: Span, covers: Span) -> Waiver {
    let mut waiver = Waiver { codes: Vec::new(), reason: None, until: None, owner: None, span, covers };
    let mut at = body.start;
    while at < body.end {
        let rest = &text[at..body.end];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', ',', '\n']).len();
        if blank > 0 {
            at += blank;
            continue;
        }
        if rest.starts_with('(') && waiver.reason.is_none() {
            let close = closing(rest).unwrap_or(rest.len());
            waiver.reason = non_empty(&rest[1..close]);
            at += (close + 1).min(rest.len());
            continue;
        }
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let length = rest.find([' ', '\t', ',', '\n', '=', '(']).unwrap_or(rest.len()).max(first);
        let word = &rest[..length];
        if rest[word.len()..].starts_with('=') {
            let (value, used) = option(&rest[word.len() + 1..]);
            match word {
                "reason" => waiver.reason = waiver.reason.or_else(|| non_empty(value)),
                "until" => waiver.until = non_empty(value),
                "owner" => waiver.owner = non_empty(value),
                _ => {}
            }
            at += word.len() + 1 + used;
            continue;
        }
        if waiver.reason.is_none() && word.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            waiver.codes.push((word.to_owned(), part.slice(at, at + word.len())));
        }
        at += word.len();
    }
    waiver
}

/// The offset of the parenthesis that closes the first one.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| {
        depth = match byte {
            b'(' => depth + 1,
            b')' => depth.saturating_sub(1),
            _ => depth,
        };
        byte == b')' && depth == 0
    })
}

/// The value of an option, in quotes or up to the next blank, and its length as written.
fn option(text: &str) -> (&str, usize) {
    if let Some(quoted) = text.strip_prefix('"') {
        let end = quoted.find('"').unwrap_or(quoted.len());
        return (&quoted[..end], (end + 2).min(text.len()));
    }
    let end = text.find([' ', '\t', '\n', ',']).unwrap_or(text.len());
    (&text[..end], end)
}

fn non_empty(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).expect("a source file is shorter than 4 GiB")
}

#[cfg(test)]
mod tests {
    use crate::base::inputs::{Inputs, RelPath};

    /// Each waiver as `codes | reason | until | owner | covered text`.
    fn check(path: &str, text: &str, expected: &[&str]) {
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new(path).unwrap(), text.as_bytes().to_vec());
        let document = super::super::read(&inputs, file).value;
        let shown: Vec<String> = document
            .waivers
            .iter()
            .map(|waiver| {
                let codes: Vec<_> = waiver
                    .codes
                    .iter()
                    .map(|(code, span)| {
                        assert_eq!(inputs.slice(*span), code);
                        code.as_str()
                    })
                    .collect();
                let some = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
                let covers = inputs.slice(waiver.covers).replace('\n', "/");
                format!(
                    "{} | {} | {} | {} | {covers}",
                    codes.join(" "),
                    some(&waiver.reason),
                    some(&waiver.until),
                    some(&waiver.owner)
                )
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn yaml() {
        check(
            "a.yaml",
            "a: 1\n# dispatch: allow V1.2 (a (small) spike) until=2026-12-31 owner=ana\nb:\n  c: 2\n  d: 3\ne: 4\n",
            &["V1.2 | a (small) spike | 2026-12-31 | ana | b:/  c: 2/  d: 3"],
        );
        check(
            "a.yaml",
            "tasks:\n  # dispatch-allow: V1.9, dep/unknown reason=\"so it is\"\n  - id: T1\n    x: 1\n  - id: T2\n",
            &["V1.9 dep/unknown | so it is | - | - | id: T1/    x: 1"],
        );
        check("a.yaml", "a: 1  # dispatch: allow V1.2\nb: 2\n", &["V1.2 | - | - | - | a: 1"]);
        check("a.yaml", "a: \"x # dispatch: allow V1.2 (no)\"\nb: |\n  # dispatch: allow V1.3 (no)\n", &[]);
    }

    #[test]
    fn markdown() {
        check(
            "a.md",
            "# T\n\n<!-- dispatch: allow V0.2 (a spike) -->\n## A\ntext\n- x\n## B\n",
            &["V0.2 | a spike | - | - | ## A/text/- x"],
        );
        check(
            "a.md",
            "- a\n  - b <!-- dispatch-allow V1.2 reason=\"r\" -->\n    - c\n- d\n",
            &["V1.2 | r | - | - | - b <!-- dispatch-allow V1.2 reason=\"r\" -->/    - c"],
        );
        check(
            "a.md",
            "<!-- dispatch: allow V1.2 (r) -->\n- a\n  - b\n- c\n",
            &["V1.2 | r | - | - | - a/  - b"],
        );
        check("a.md", "```\n<!-- dispatch: allow V1.2 (r) -->\n```\nx\n", &[]);
        check(
            "a.md",
            "---\nid: 1\n# dispatch: allow V1.2 (r)\ntitle: x\n---\nbody\n",
            &["V1.2 | r | - | - | title: x"],
        );
    }
}
