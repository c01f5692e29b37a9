//! D5 between documents: a story whose prose or criteria name a file that another story makes waits for its maker.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::table::Id as _;
use crate::base::text::Text;
use crate::ir::draft::{Draft, DraftKind, PathRole};
use crate::ir::graph::{Rule, StoryId};
use crate::syntax::text::path;

use super::super::Context;
use super::super::output::normalise;
use super::super::sketch::Sketch;
use super::{Proposals, only};

/// Proposes edges from the makers of files to the stories that name them. What tasks read is known already.
pub(super) fn propose(context: Context<'_>, drafts: &[Draft], sketch: &Sketch, edges: &mut Proposals<'_>) {
    if drafts.len() < 2 {
        return;
    }
    // By path: who makes it, and which stories touch it at all.
    let mut makers: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut touched: BTreeSet<(StoryId, &str)> = BTreeSet::new();
    for (id, task) in sketch.tasks.iter() {
        for output in &sketch.outputs[task.outputs.range()] {
            let path = output.path.get(context.inputs);
            touched.insert((task.story, path));
            if output.action == PathRole::Create && !output.inferred {
                makers.entry(path).or_default().push(id.index());
            }
        }
        let reads = &sketch.reads[task.reads.range()];
        touched.extend(reads.iter().map(|path| (task.story, path.get(context.inputs))));
    }
    for (draft, (id, story)) in drafts.iter().zip(sketch.stories.iter()) {
        if draft.kind == DraftKind::Plan || makers.is_empty() {
            continue;
        }
        let prose = draft.sections.iter().map(|section| &section.body);
        let criteria = draft.criteria.iter().map(|(_, criterion)| &criterion.text);
        for text in prose.chain(criteria) {
            let words = text.get(context.inputs);
            for range in path::find(words, context.vocabulary) {
                let name = normalise(&words[range.clone()]).into_owned();
                let Some([maker]) = makers.get(name.as_str()).map(Vec::as_slice) else { continue };
                let theirs = sketch.tasks.rows()[*maker].story;
                if theirs == id || touched.contains(&(id, name.as_str())) {
                    continue;
                }
                let evidence = part(context, text, range, name);
                edges.add(only(*maker), story.tasks, Rule::D5, &evidence);
            }
        }
    }
}

/// The part of a text that names a path, at its own place where it is written so.
fn part(context: Context<'_>, text: &Text, range: std::ops::Range<usize>, name: String) -> Text {
    let at = text.at();
    let is_plain = context.inputs.slice(at) == text.get(context.inputs);
    let at = if is_plain { at.slice(range.start, range.end) } else { at };
    Text::made(name, at)
}
