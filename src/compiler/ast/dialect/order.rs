//! What a section about dependencies says of tasks with ids: `2.1 depends on 1.3`, `1.1 blocks 1.2`, `1.1 → 1.2 → 2.1`.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::ItemId;
use crate::ir::outline::BlockKind;

use super::edges::{Edges, Tie};
use super::page::{Page, is_heading};
use super::words::{Part, Words};
use super::{drawing, names};

/// Reads every such section of a page; `ids` are the names its tasks bear.
pub(super) fn sections(page: &Page<'_>, ids: &BTreeMap<&str, ItemId>, words: &Words, edges: &mut Edges) {
    for at in 0..page.blocks().len() {
        let block = page.blocks()[at];
        let speaks = |heading: usize| words.part(page.text(heading)) == Some(Part::Dependencies);
        if is_heading(&block) || page.is_used(at) || !page.headings(at).any(speaks) {
            continue;
        }
        let prose = matches!(
            block.kind,
            BlockKind::Paragraph | BlockKind::Bullet | BlockKind::Numbered | BlockKind::Fence
        );
        if prose {
            let span = page.span(at);
            let text = page.inputs.slice(span);
            for (earlier, later) in drawing::pairs(text, &|id| ids.contains_key(id)) {
                let name = Text::made(earlier.id, span.slice(earlier.at.0, earlier.at.1));
                edges.tie(ids[later.id.as_str()], Tie::After, name);
            }
            let drawn = drawing::is_drawn(text);
            let mut from = 0;
            for line in text.split('\n') {
                if drawn && !line.to_lowercase().contains("depend") {
                    from += line.len() + 1;
                    continue;
                }
                sentence(page.inputs, span.slice(from, from + line.len()), ids, words, edges);
                from += line.len() + 1;
            }
        }
    }
}

fn sentence(inputs: &Inputs, span: Span, ids: &BTreeMap<&str, ItemId>, words: &Words, edges: &mut Edges) {
    let text = inputs.slice(span);
    let named = |from: usize, to: usize| -> Vec<(ItemId, Text)> {
        let found = names::references(inputs, span.slice(from, to), false, words).items;
        found.into_iter().filter_map(|name| Some((*ids.get(name.get(inputs).trim())?, name))).collect()
    };
    let mut chain: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for (at, arrow) in text.match_indices(['→', '⇒']).chain(text.match_indices("->")) {
        chain.push((from, at));
        from = at + arrow.len();
    }
    if !chain.is_empty() {
        chain.push((from, text.len()));
        let links: Vec<Vec<(ItemId, Text)>> = chain.into_iter().map(|(from, to)| named(from, to)).collect();
        for pair in links.windows(2) {
            for (later, _) in &pair[1] {
                for (_, name) in pair[0].iter().filter(|(earlier, _)| earlier != later) {
                    edges.tie(*later, Tie::After, name.clone());
                }
            }
        }
        return;
    }
    let Some((verb, waits)) = words.binding(text, 0) else { return };
    let tail = &text[verb.end..];
    let cut = tail.find([';', '(', '—']).into_iter().chain(tail.find(". ")).min().unwrap_or(tail.len());
    let tie = if waits { Tie::After } else { Tie::Blocks };
    for (item, _) in named(0, verb.start) {
        for (_, name) in named(verb.end, verb.end + cut).into_iter().filter(|&(other, _)| other != item) {
            edges.tie(item, tie, name);
        }
    }
}
