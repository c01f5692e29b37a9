//! What all tasks of a plan share when they are judged, and the facts of a criterion.

use std::collections::BTreeMap;

use crate::base::inputs::Inputs;
use crate::compiler::check::fact::{Fact, Facts};
use crate::compiler::check::path::{Field, Path};
use crate::ir::draft::Criterion;
use crate::ir::equipment::Equipment;
use crate::ir::graph::{Story, TaskGraph, TaskId};
use crate::ir::prompt::{PrefixId, ZoneKind, Zoned};
use crate::ir::registry::Registry;
use crate::ir::settings::Settings;
use crate::syntax::text::sentence;
use crate::syntax::text::vocabulary::Vocabulary;

use super::{said, text};

/// What the gates may see of prompts that are rendered elsewhere.
pub trait PromptZones {
    /// The shared beginning of a task's prompt; none for a task without a prompt.
    fn prefix(&self, task: TaskId) -> Option<PrefixId>;
    /// A shared beginning with its writers.
    fn prefix_zoned(&self, prefix: PrefixId) -> &Zoned;
    /// The number of what we wrote in the rest of a task's prompt: tasks of one number have the same.
    fn shape(&self, task: TaskId) -> Option<u32>;
    /// The rest of a task's prompt with its writers.
    fn suffix_zoned(&self, task: TaskId) -> Option<Zoned>;
    /// The format of a task's result, and the tag of its language.
    fn result(&self, task: TaskId) -> Option<(&str, &str)> {
        let _ = task;
        None
    }
}

/// A text that many prompts share, judged once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Its number, over prefixes and shapes.
    pub number: u32,
    /// What we wrote in it.
    pub own: String,
    /// Words in all, and words of knowledge.
    pub words: (u64, u64),
}

impl Shared {
    fn of(number: u32, zoned: &Zoned) -> Self {
        let known = sentence::count(&zoned.by(ZoneKind::Knowledge)) as u64;
        Self { number, own: zoned.by(ZoneKind::Ours), words: (sentence::count(&zoned.text) as u64, known) }
    }
}

/// A plan as rules see it.
pub struct PlanFacts<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// The profile, above all.
    pub settings: &'a Settings,
    /// The tasks.
    pub graph: &'a TaskGraph,
    /// Who does them.
    pub equipment: &'a Equipment,
    /// What is known of domains, agents and models.
    pub registry: &'a Registry,
    /// Words.
    pub vocabulary: &'a Vocabulary,
    /// The prompts, when they are there.
    pub zones: Option<&'a dyn PromptZones>,
    prefixes: BTreeMap<PrefixId, Shared>,
    shapes: BTreeMap<u32, Shared>,
}

impl<'a> PlanFacts<'a> {
    /// A plan without prompts.
    #[must_use]
    pub fn new(
        inputs: &'a Inputs,
        settings: &'a Settings,
        graph: &'a TaskGraph,
        equipment: &'a Equipment,
        registry: &'a Registry,
        vocabulary: &'a Vocabulary,
    ) -> Self {
        let (prefixes, shapes) = (BTreeMap::new(), BTreeMap::new());
        Self { inputs, settings, graph, equipment, registry, vocabulary, zones: None, prefixes, shapes }
    }

    /// The same with its prompts. What we wrote in them is put together once for each beginning and each shape.
    #[must_use]
    pub fn with_prompts(mut self, zones: &'a dyn PromptZones) -> Self {
        for task in self.graph.tasks.ids() {
            let Some(prefix) = zones.prefix(task) else { continue };
            self.prefixes
                .entry(prefix)
                .or_insert_with(|| Shared::of(2 * prefix.0, zones.prefix_zoned(prefix)));
            if let Some(shape) = zones.shape(task) {
                self.shapes.entry(shape).or_insert_with(|| {
                    Shared::of(2 * shape + 1, &zones.suffix_zoned(task).unwrap_or_default())
                });
            }
        }
        self.zones = Some(zones);
        self
    }

    /// The shared texts of a task's prompt.
    pub(super) fn shared(&self, task: TaskId) -> impl Iterator<Item = &Shared> {
        let zones = self.zones;
        let prefix = zones.and_then(|zones| zones.prefix(task)).and_then(|prefix| self.prefixes.get(&prefix));
        let shape = zones.and_then(|zones| zones.shape(task)).and_then(|shape| self.shapes.get(&shape));
        prefix.into_iter().chain(shape)
    }
}

/// A criterion and the document it stands in.
#[derive(Clone, Copy)]
pub struct CriterionFacts<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// The criterion.
    pub criterion: &'a Criterion,
    /// Its document, if a task of one serves it.
    pub story: Option<&'a Story>,
}

impl Facts for CriterionFacts<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn fact(&self, path: &Path) -> Fact<'_> {
        match path.field {
            Field::CriterionText => text(&self.criterion.text, self.inputs),
            Field::SourceForeign => self.story.map_or(Fact::Missing, |story| Fact::Bool(story.foreign)),
            Field::SourceKind => self.story.map_or(Fact::Missing, |story| said(story.kind.name())),
            _ => Fact::Missing,
        }
    }
}
