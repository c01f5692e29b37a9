//! Planning before doing: a task that asks for it is preceded by one that writes its plan, which it then reads.

use crate::base::fold::slug;
use crate::base::text::Text;
use crate::ir::draft::{Columns, Item, PathRole, Priority};
use crate::ir::graph::{GroupId, Output, StoryId, Task};
use crate::ir::lexicon::Preplan;

use super::Context;

/// A task that plans another, and the file it writes.
pub(super) struct Planning {
    pub(super) task: Task,
    pub(super) output: Output,
}

/// The planning task of an open item whose columns ask for one; the runs of its lists are empty.
pub(super) fn planning(
    context: Context<'_>,
    item: &Item,
    columns: Option<&Columns>,
    (story, story_slug, group): (StoryId, &str, Option<GroupId>),
) -> Option<Planning> {
    let asked = columns?.preplan.as_ref()?;
    let Preplan { work, title, output, detail, plain } = &context.lexicon.preplan;
    let inputs = context.inputs;
    let said = asked.get(inputs).trim();
    if item.done == Some(true) || said.is_empty() || context.lexicon.none.contains(said) {
        return None;
    }
    let name = item.id.as_ref().unwrap_or(&item.title).get(inputs);
    let at = asked.at();
    let short = slug(name, context.lexicon.slug_bytes);
    let path = output.replace("{story}", story_slug).replace("{task}", &short);
    let task = Task {
        source_id: item.id.as_ref().map(|id| Text::made(format!("{}-plan", id.get(inputs)), at)),
        detail: Some(Text::made(detail.as_str(), at)),
        group,
        priority: item.priority.unwrap_or(Priority::Medium),
        work: Some(Text::made(work.as_str(), at)),
        domain: item.domain.clone(),
        model: (!plain.contains(said)).then(|| asked.clone()),
        ..Task::open(
            item.title.clone(),
            Text::made(title.replace("{task}", item.title.get(inputs)), at),
            item.at,
            story,
        )
    };
    Some(Planning {
        task,
        output: Output { path: Text::made(path, at), action: PathRole::Create, inferred: true },
    })
}
