//! G>  A plan of several stories, story by story.

use crate::base::quantity::{Interval, MicroUsd, Millis};
use crate::base::table::Id as _;

use super::graph::{StoryId, StoryLink};
use super::plan::Plan;

/// One story of a batch in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryFigures {
    /// The story.
    pub story: StoryId,
    /// Tasks in all.
    pub tasks: u32,
    /// Tasks that are not done.
    pub open: u32,
    /// What its tasks cost.
    pub cost: Interval<MicroUsd>,
    /// When its first task starts, if each starts as soon as it can.
    pub begin: Millis,
    /// When its last task ends.
    pub end: Millis,
}

impl Plan {
    /// Whether it is made of several stories.
    #[must_use]
    pub fn is_batch(&self) -> bool {
        self.graph.stories.len() > 1
    }

    /// The stories of a batch in their order; none for a single one.
    #[must_use]
    pub fn stories(&self) -> Vec<StoryFigures> {
        let mut rows: Vec<StoryFigures> = self
            .graph
            .stories
            .ids()
            .map(|story| StoryFigures {
                story,
                tasks: 0,
                open: 0,
                cost: Interval::default(),
                begin: Millis(u64::MAX),
                end: Millis(0),
            })
            .collect();
        for (id, task) in self.graph.tasks.iter() {
            let row = &mut rows[task.story.index()];
            row.tasks += 1;
            if task.done {
                continue;
            }
            row.open += 1;
            let Some(timing) = self.schedule.timing.get(id).filter(|timing| timing.wave > 0) else {
                continue;
            };
            row.cost = row.cost + self.cost.tasks.get(id).map_or_else(Interval::default, |found| found.cost);
            row.begin = row.begin.min(timing.start);
            let time = self.equipment.kits.get(id).map_or(0, |kit| kit.duration.0);
            row.end = row.end.max(Millis(timing.start.0.saturating_add(time)));
        }
        for row in &mut rows {
            row.begin = row.begin.min(row.end);
        }
        self.graph.story_order.iter().map(|story| rows[story.index()].clone()).collect()
    }

    /// What a story waits for.
    pub fn links_into(&self, story: StoryId) -> impl Iterator<Item = &StoryLink> {
        self.graph.links.iter().filter(move |link| link.to == story)
    }

    /// Whether a batch is so large or so dear that somebody must agree to it.
    #[must_use]
    pub fn needs_consent(&self) -> bool {
        let (cost, stories) = self.settings.batch_confirm_above;
        self.is_batch() && (self.cost.total.likely > cost || self.graph.stories.len() > stories as usize)
    }
}
