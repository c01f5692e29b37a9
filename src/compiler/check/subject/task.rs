//! The facts of one task and of its prompt.

use std::borrow::Cow;

use crate::base::text::Text;
use crate::compiler::check::fact::{Fact, Facts, Piece};
use crate::compiler::check::path::{Field, Path};
use crate::ir::draft::{Columns, PathRole};
use crate::ir::equipment::{Enrichment, Executor, Kit};
use crate::ir::graph::{Output, Task, TaskId};
use crate::ir::prompt::ZoneKind;
use crate::ir::settings::Profile;
use crate::syntax::text::sentence;

use super::plan::PlanFacts;
use super::{maybe, number, said, text};

/// The model of a task that needs none.
const WORKER: &str = "worker";

/// A task of a plan.
#[derive(Clone, Copy)]
pub struct TaskFacts<'a> {
    plan: &'a PlanFacts<'a>,
    id: TaskId,
    task: &'a Task,
    kit: &'a Kit,
}

impl<'a> TaskFacts<'a> {
    /// The task of this id.
    #[must_use]
    pub fn new(plan: &'a PlanFacts<'a>, id: TaskId) -> Self {
        Self { plan, id, task: &plan.graph.tasks[id], kit: &plan.equipment.kits[id] }
    }

    fn columns(&self) -> Option<&'a Columns> {
        self.task.columns.as_deref()
    }

    fn column(&self, get: impl Fn(&'a Columns) -> &'a Option<Text>) -> Option<&'a Text> {
        self.columns().and_then(|columns| get(columns).as_ref())
    }

    /// Outputs that count: under the strict profile none that we chose ourselves.
    fn outputs(&self) -> impl Iterator<Item = &'a Output> {
        let strict = self.plan.settings.profile == Profile::Strict;
        self.plan.graph.outputs_of(self.id).iter().filter(move |output| !(strict && output.inferred))
    }

    /// Every path the task names: what it makes, what it is told to know, the form of its result.
    fn paths(&self) -> impl Iterator<Item = &'a Text> {
        let known = self.columns().map_or(&[][..], |columns| &columns.kb_files);
        let form = self.column(|columns| &columns.output_template);
        self.outputs().map(|output| &output.path).chain(known).chain(form)
    }

    fn piece(&self, text: &'a Text) -> Piece<'a> {
        Piece::of(text, self.plan.inputs)
    }

    /// Title, detail and criteria: what the source says in the prompt.
    fn told(&self) -> Vec<Piece<'a>> {
        let criteria = self.plan.graph.criteria_of(self.id);
        std::iter::once(&self.task.title)
            .chain(&self.task.detail)
            .chain(criteria)
            .map(|text| self.piece(text))
            .collect()
    }

    fn own(&self) -> Vec<Piece<'a>> {
        let piece = |shared: &'a super::Shared| Piece {
            shared: Some(shared.number),
            ..Piece::new(shared.own.as_str())
        };
        self.plan.shared(self.id).map(piece).collect()
    }

    fn whole(&self) -> Vec<Piece<'a>> {
        let Some(zones) = self.plan.zones else { return self.told() };
        let prefix = zones.prefix(self.id).map(|prefix| Piece::new(zones.prefix_zoned(prefix).text.as_str()));
        let suffix = zones.suffix_zoned(self.id).map(|zoned| Piece::new(zoned.text));
        prefix.into_iter().chain(suffix).collect()
    }

    fn words(&self, knowledge: bool) -> Fact<'a> {
        let shared =
            self.plan.shared(self.id).map(|shared| if knowledge { shared.words.1 } else { shared.words.0 });
        let told = if knowledge { 0 } else { sentence::count(self.task.title.get(self.plan.inputs)) as u64 };
        number(shared.sum::<u64>() + told)
    }

    /// Files it makes that are not the test of another file.
    fn created(&self) -> usize {
        let makes = |output: &&Output| {
            output.action == PathRole::Create && !self.is_test(output.path.get(self.plan.inputs))
        };
        self.outputs().filter(makes).count()
    }

    fn is_test(&self, path: &str) -> bool {
        let marks = &self.plan.vocabulary.test_marks;
        path.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| marks.contains(part))
    }

    fn model(&self) -> Fact<'a> {
        match (self.kit.executor, self.kit.model) {
            (Executor::Worker, _) => said(WORKER),
            (_, Some(model)) => {
                let at = self.task.model.as_ref().map(|declared| self.piece(declared).place);
                let mut piece = Piece::new(self.plan.equipment.models[model].id.as_str());
                if let Some(place) = at {
                    piece.place = place.around();
                }
                Fact::Text(piece)
            }
            (_, None) => maybe(self.task.model.as_ref(), self.plan.inputs),
        }
    }

    fn tier(&self) -> Fact<'a> {
        self.kit.model.map_or(said("none"), |model| said(self.plan.equipment.models[model].tier.as_str()))
    }

    fn agent(&self) -> Fact<'a> {
        match self.kit.agent {
            Some(agent) => said(self.plan.equipment.agents[agent].as_str()),
            None => maybe(self.task.agent.as_ref(), self.plan.inputs),
        }
    }

    fn domain(&self) -> Fact<'a> {
        match self.kit.domain {
            Some(domain) => said(self.plan.equipment.domains[domain].as_str()),
            None => maybe(self.task.domain.as_ref(), self.plan.inputs),
        }
    }

    fn domains(&self) -> Fact<'a> {
        let Some(declared) = &self.task.domain else { return Fact::Missing };
        let names = declared.get(self.plan.inputs).split([',', '+', '&']).map(str::trim);
        Fact::Texts(names.filter(|name| !name.is_empty()).map(Piece::new).collect())
    }

    /// Declared criteria and checks; else, unless nothing may be inferred, that the output exists and is not empty.
    fn criteria(&self) -> usize {
        let declared = self.plan.graph.criteria_of(self.id).count()
            + self.columns().map_or(0, |columns| columns.verify.len());
        let inferred = self.plan.settings.profile != Profile::Strict;
        if declared == 0 && inferred { 1 } else { declared }
    }

    fn format(&self) -> Fact<'a> {
        if let Some(declared) = self.column(|columns| &columns.output_format) {
            return self.text(declared);
        }
        if let Some((format, _)) = self.plan.zones.and_then(|zones| zones.result(self.id)) {
            return said(format);
        }
        self.extension().map_or(Fact::Missing, said)
    }

    fn extension(&self) -> Option<&'a str> {
        let path = self.outputs().next()?.path.get(self.plan.inputs);
        let name = path.rsplit('/').next().unwrap_or(path);
        name.rsplit_once('.').map(|(_, extension)| extension)
    }

    fn language(&self) -> Fact<'a> {
        let declared = self.column(|columns| &columns.output_language).map(|text| text.get(self.plan.inputs));
        let tag = declared.unwrap_or(&self.plan.graph.stories[self.task.story].language);
        said(if tag.split(['-', '_']).next() == Some("en") { "en" } else { tag })
    }

    fn text(&self, value: &'a Text) -> Fact<'a> {
        text(value, self.plan.inputs)
    }
}

impl Facts for TaskFacts<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn fact(&self, path: &Path) -> Fact<'_> {
        let (task, kit, inputs) = (self.task, self.kit, self.plan.inputs);
        let story = &self.plan.graph.stories[task.story];
        match path.field {
            Field::SourceForeign => Fact::Bool(story.foreign),
            Field::SourceKind => said(story.kind.name()),
            Field::TaskId => self.text(&task.id),
            Field::TaskDescription => Fact::Texts(
                std::iter::once(&task.title).chain(&task.detail).map(|text| self.piece(text)).collect(),
            ),
            Field::TaskDetailWords => {
                let words = |text: &Text| sentence::count(text.get(self.plan.inputs)) as u64;
                number(task.detail.iter().map(words).sum())
            }
            Field::TaskOutputPath => {
                self.outputs().next().map_or(Fact::Missing, |output| self.text(&output.path))
            }
            Field::TaskOutputPaths => {
                Fact::Texts(self.outputs().map(|output| self.piece(&output.path)).collect())
            }
            Field::TaskPaths => Fact::Texts(self.paths().map(|path| self.piece(path)).collect()),
            Field::TaskExt => self.extension().map_or(Fact::Missing, said),
            Field::TaskDeliverables => number(self.created() as u64),
            Field::TaskDeclaredOutputs => {
                number(self.outputs().filter(|output| !output.inferred).count() as u64)
            }
            Field::TaskCriteria => Fact::Items(self.criteria()),
            Field::TaskExecutor => said(match kit.executor {
                Executor::Worker => "worker",
                Executor::Agent => "agent",
                Executor::Human => "human",
                Executor::Hybrid => "hybrid",
            }),
            Field::TaskEnrichment => said(match kit.enrichment {
                Enrichment::Minimal => "MINIMAL",
                Enrichment::Standard => "STANDARD",
                Enrichment::Full => "FULL",
            }),
            Field::TaskAction => said(if kit.redirect { "redirect" } else { "dispatch" }),
            Field::TaskForeground => Fact::Bool(kit.foreground),
            Field::TaskTimeout => number(kit.timeout.secs()),
            Field::TaskModel => self.model(),
            Field::TaskTier => self.tier(),
            Field::TaskAgent => self.agent(),
            Field::TaskDomain => self.domain(),
            Field::TaskDomains => self.domains(),
            Field::TaskType => maybe(task.work.as_ref(), inputs),
            Field::TaskEffect => maybe(self.column(|columns| &columns.effect), inputs),
            Field::TaskCreateReason => maybe(self.column(|columns| &columns.create_reason), inputs),
            Field::TaskExpectedLines => {
                let lines = self.columns().and_then(|columns| columns.expected_lines.as_ref());
                lines.and_then(|lines| u64::try_from(lines.value).ok()).map_or(Fact::Missing, number)
            }
            Field::TaskOutputFormat => self.format(),
            Field::TaskOutputLanguage => self.language(),
            Field::PromptRequest => Fact::Zones(vec![self.piece(&task.title)]),
            Field::PromptTask => Fact::Zones(self.told()),
            Field::PromptOwn => Fact::Zones(self.own()),
            Field::PromptInstructions => Fact::Zones([self.own(), self.told()].concat()),
            Field::PromptText => Fact::Zones(self.whole()),
            Field::PromptData => {
                let known = self.plan.zones.and_then(|zones| zones.suffix_zoned(self.id));
                known.map_or(Fact::Missing, |zoned| said(Cow::Owned(zoned.by(ZoneKind::Knowledge))))
            }
            Field::PromptWords => self.words(false),
            Field::PromptDataWords => self.words(true),
            _ => Fact::Missing,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a subject knows few of all facts")]
    fn holds(&self, list: &Path, value: &str) -> Option<bool> {
        let registry = self.plan.registry;
        let domain = || registry.domain(value).map(|id| &registry.domains[id]);
        Some(match list.field {
            Field::RegistryDomains => domain().is_some(),
            Field::RegistryForeground => domain().is_some_and(|domain| domain.foreground),
            Field::RegistryRedirect => domain().is_some_and(|domain| domain.redirect.is_some()),
            Field::RegistryCommands => registry.command(value).is_some(),
            Field::RegistryModels => value == WORKER || registry.model(value).is_some(),
            Field::DispatchableModels => {
                value == WORKER || registry.model(value).is_some_and(|id| registry.models[id].executor)
            }
            _ => return None,
        })
    }
}
