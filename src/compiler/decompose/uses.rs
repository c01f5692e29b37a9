//! What an item does to paths: declared ones first, then those of its own words.

use crate::base::inputs::Inputs;
use crate::base::table::Table;
use crate::base::text::Text;
use crate::ir::draft::{Criterion, CriterionId, Draft, Item, PathRole};
use crate::ir::graph::Output;
use crate::syntax::text::path;

use super::Context;
use super::output::{LinePlace, is_file, path_text, paths_of_line, paths_of_title};

/// What an item does to paths.
#[derive(Default)]
pub(super) struct Uses {
    pub(super) outputs: Vec<Output>,
    pub(super) reads: Vec<Text>,
    pub(super) owns: Vec<Text>,
    /// Indices of outputs that go to one piece each.
    pub(super) split: Vec<usize>,
}

impl Uses {
    pub(super) fn add(&mut self, path: Text, role: PathRole, inputs: &Inputs) {
        let same = |other: &Text| other.get(inputs) == path.get(inputs);
        let written = self.outputs.iter().any(|output| same(&output.path));
        match role {
            PathRole::Create | PathRole::Modify | PathRole::Delete if !written => {
                self.outputs.push(Output { path, action: role, inferred: false });
            }
            PathRole::Read if !written && !self.reads.iter().any(same) => self.reads.push(path),
            PathRole::Own if !written && !self.owns.iter().any(same) => self.owns.push(path),
            PathRole::Create | PathRole::Modify | PathRole::Delete | PathRole::Read | PathRole::Own => {}
        }
    }
}

/// Declared paths, else the paths of the title, else a "File exists at" criterion; and what the detail names.
pub(super) fn uses(
    context: Context<'_>,
    draft: &Draft,
    item: &Item,
    criteria: &Table<CriterionId, Criterion>,
    own: &[CriterionId],
) -> Uses {
    let inputs = context.inputs;
    let mut uses = Uses::default();
    for path in &draft.paths[item.paths.range()] {
        uses.add(path_text(&path.path, inputs), path.role, inputs);
    }
    if draft.stated {
        return uses;
    }
    let declared = !uses.outputs.is_empty();
    for (path, role) in titled(&item.title, context) {
        let role = if declared && role != PathRole::Read { PathRole::Own } else { role };
        uses.add(path_text(&path, inputs), role, inputs);
    }
    if let Some(detail) = &item.detail {
        let declared = uses.owns.len();
        read_detail(context, detail, &mut uses);
        // The one file that the text below a title writes is what the task is about.
        if uses.outputs.is_empty()
            && declared == 0
            && uses.owns.len() == 1
            && is_file(uses.owns[0].get(inputs))
        {
            uses.outputs.extend(uses.owns.pop().map(|path| Output {
                path,
                action: PathRole::Modify,
                inferred: false,
            }));
        }
    }
    if uses.outputs.is_empty() {
        for &criterion in own {
            let text = &criteria[criterion].text;
            let line = text.get(inputs);
            if states_existence(context, line) {
                for range in path::find(line, context.vocabulary).into_iter().take(1) {
                    let path = LinePlace::of(text).text(line, range);
                    uses.add(path_text(&path, inputs), PathRole::Create, inputs);
                }
            }
        }
    }
    uses
}

/// Whether a criterion says that a file is there: its task is the one that makes it.
fn states_existence(context: Context<'_>, line: &str) -> bool {
    let folded = crate::base::fold::fold(line);
    context.lexicon.existence.iter().any(|words| folded.starts_with(words.as_str()))
}

/// Each line of the detail speaks for itself; what it writes is owned, so that races are seen, without being a
/// deliverable of its own.
fn read_detail(context: Context<'_>, detail: &Text, uses: &mut Uses) {
    let inputs = context.inputs;
    let text = detail.get(inputs);
    let place = LinePlace::of(detail);
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let here = place.part(from, from + line.len());
        from += line.len();
        for (path, role) in paths_of_line(line, here, context.lexicon, context.vocabulary) {
            let role = if role == PathRole::Read { PathRole::Read } else { PathRole::Own };
            uses.add(path_text(&path, inputs), role, inputs);
        }
    }
}

/// The one file a group is about, which its items change when they name none of their own.
pub(super) fn home(context: Context<'_>, draft: &Draft, group: &Item) -> Option<Output> {
    if draft.stated {
        return None;
    }
    let mut uses = Uses::default();
    for path in &draft.paths[group.paths.range()] {
        uses.add(path_text(&path.path, context.inputs), path.role, context.inputs);
    }
    for (path, role) in titled(&group.title, context) {
        uses.add(path_text(&path, context.inputs), role, context.inputs);
    }
    match &uses.outputs[..] {
        [output] if output.action != PathRole::Delete && is_file(output.path.get(context.inputs)) => {
            Some(output.clone())
        }
        _ => None,
    }
}

fn titled(title: &Text, context: Context<'_>) -> Vec<(Text, PathRole)> {
    paths_of_title(title, context.inputs, context.lexicon, context.vocabulary)
}
