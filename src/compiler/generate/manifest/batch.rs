//! The stories of a batch in its manifest.

use crate::compiler::generate::names;
use crate::ir::manifest::batch::{Batch, Confirmation, Link, Story};

use super::View;

/// The stories; none for a plan of one.
pub(super) fn of<'a>(view: &'a View<'_>) -> Option<Batch<'a>> {
    let plan = view.plan;
    if !plan.is_batch() {
        return None;
    }
    let stories = plan.stories().into_iter().map(|row| {
        let story = &plan.graph.stories[row.story];
        let links = plan.links_into(row.story).map(|link| Link {
            story: &plan.graph.stories[link.from].id,
            rule: link.rule.name(),
            confidence: link.confidence,
            evidence: link.evidence.get(view.inputs),
            source: view.place(link.evidence.at()),
        });
        Story {
            id: &story.id,
            slug: &story.slug,
            title: &story.title,
            source: view.place(story.at),
            folder: names::story_folder(story),
            depends_on: links.collect(),
            tasks: row.tasks,
            open: row.open,
            cost_micro_usd: row.cost,
            begins_s: row.begin.secs(),
            ends_s: row.end.secs(),
        }
    });
    let (cost, above) = plan.settings.batch_confirm_above;
    let confirmation = Confirmation {
        required: plan.needs_consent(),
        granted: plan.settings.confirmed,
        above_stories: above,
        above_micro_usd: cost.0,
    };
    Some(Batch { stories: stories.collect(), confirmation })
}
