//! Lists whose lines begin with a mark that `CommonMark` does not know: `[ ] text` without a bullet, `• text`.
//!
//! People write them in plain text and paste them from other programs. To `CommonMark` such lines are one paragraph; here
//! each is an item, so the scanner itself stays what the specification says.

use crate::ir::outline::{Block, BlockKind, Tick};

use super::offset;
use super::paragraph::tick;

/// Marks at the head of a line that stand for a bullet.
const BULLETS: [&str; 8] = ["•", "◦", "▪", "‣", "●", "○", "■", "□"];

/// `blocks` with every paragraph of marked lines taken apart.
pub(super) fn split(text: &str, blocks: Vec<Block>) -> Vec<Block> {
    if !blocks.iter().any(|block| is_marked(text, block)) {
        return blocks;
    }
    let mut out = Vec::with_capacity(blocks.len() + 8);
    for block in blocks {
        if is_marked(text, &block) {
            take_apart(text, block, &mut out);
        } else {
            out.push(block);
        }
    }
    out
}

/// Whether a paragraph is a list: its first line is marked, or at least two others are.
fn is_marked(text: &str, block: &Block) -> bool {
    if block.kind != BlockKind::Paragraph {
        return false;
    }
    let inner = &text[block.text_start as usize..block.text_end as usize];
    let mut marked = inner.lines().map(|line| mark(line).is_some());
    marked.next() == Some(true) || marked.filter(|&marked| marked).count() > 1
}

/// The length of the mark a line begins with, and what its box says.
fn mark(line: &str) -> Option<(usize, Tick)> {
    let blank = line.len() - line.trim_start().len();
    let rest = &line[blank..];
    let bullet = BULLETS.iter().find(|bullet| rest.starts_with(**bullet)).map_or(0, |bullet| bullet.len());
    let after = &rest[bullet..];
    let gap = after.len() - after.trim_start().len();
    if bullet > 0 && gap == 0 {
        return None;
    }
    let (found, width) = match after[gap..].strip_prefix("[] ") {
        Some(_) => (Tick::Open, 3),
        None => tick(&after.as_bytes()[gap..]),
    };
    let at = blank + bullet + gap + width;
    (at < line.len()
        && (bullet > 0 || matches!(found, Tick::Open | Tick::Done | Tick::Other(b'-' | b'~' | b'/'))))
    .then_some((at, found))
}

/// One item a marked line; the lines below belong to it, those above the first stay a paragraph.
fn take_apart(text: &str, block: Block, out: &mut Vec<Block>) {
    let from = block.text_start as usize;
    let inner = &text[from..block.text_end as usize];
    let mut at = from;
    let mut last: Option<Block> = None;
    for line in inner.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        if let Some((width, found)) = mark(line.trim_end()) {
            out.extend(last.take());
            let start = at + line.len() - line.trim_start().len();
            let mut item = block;
            (item.kind, item.tick) = (BlockKind::Bullet, found);
            (item.start, item.text_start) = (offset(start), offset(at + width));
            (item.end, item.text_end) = (offset(end), offset(end));
            last = Some(item);
        } else {
            let open = last.get_or_insert(block);
            (open.end, open.text_end) = (offset(end), offset(end));
        }
        at += line.len();
    }
    out.extend(last);
}

#[cfg(test)]
mod tests {
    use crate::ir::outline::{BlockKind, Tick};

    fn check(text: &str, want: &[(BlockKind, Tick, &str)]) {
        let blocks = super::split(text, super::super::scan(text, 0));
        let found: Vec<_> = blocks
            .iter()
            .map(|block| (block.kind, block.tick, &text[block.text_start as usize..block.text_end as usize]))
            .collect();
        assert_eq!(found, want, "{text:?}");
    }

    #[test]
    fn marked_lines_are_items() {
        use BlockKind::{Bullet, Paragraph};
        check("[ ] a\n[x] b\n", &[(Bullet, Tick::Open, "a"), (Bullet, Tick::Done, "b")]);
        check(
            "To do:\r\n[ ] a\r\n  more\r\n[-] b\r\n",
            &[
                (Paragraph, Tick::None, "To do:"),
                (Bullet, Tick::Open, "a\r\n  more"),
                (Bullet, Tick::Other(b'-'), "b"),
            ],
        );
        check("• a\n• [x] b\n", &[(Bullet, Tick::None, "a"), (Bullet, Tick::Done, "b")]);
        check("[] a\n", &[(Bullet, Tick::Open, "a")]);
        check("see\n[x] there\n", &[(Paragraph, Tick::None, "see\n[x] there")]);
        check("[x](y) is a link\n", &[(Paragraph, Tick::None, "[x](y) is a link")]);
        check("•a\n", &[(Paragraph, Tick::None, "•a")]);
    }
}
