//! A hand-made plan for the tests of this phase; compiled under `#[cfg(test)]` only.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Digest;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::quantity::{Interval, MicroUsd, Millis};
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::base::table::{Run, Table};
use crate::base::text::Text;
use crate::compiler::flow::cost::{Market, price, summarise};
use crate::compiler::generate::prompt::{Lore, Prompter, prepare};
use crate::compiler::library::{Library, Options};
use crate::ir::draft::{Columns, Criterion, DraftKind, PathRole, Priority, Section, SectionRole};
use crate::ir::equipment::{Enrichment, Equipment, Executor, Kit, ModelUse, Reason};
use crate::ir::graph::{Edge, Output, Rule, Story, StoryId, Task, TaskGraph, TaskId};
use crate::ir::outlook::Outlook;
use crate::ir::plan::{Buffers, Chains, Gate, Head, Plan, Prediction, Schedule, Timing, Verdict, Wave};

/// One task, as a test writes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spec {
    pub id: String,
    pub title: String,
    pub detail: Option<String>,
    pub after: Vec<usize>,
    pub output: Option<String>,
    pub reads: Vec<String>,
    pub criteria: Vec<String>,
    pub work: Option<String>,
    pub model: Option<&'static str>,
    pub level: Option<Enrichment>,
    pub columns: Columns,
    pub done: bool,
}

/// What a plan is made of.
pub(crate) struct World {
    pub inputs: Inputs,
    pub library: Library,
    pub file: FileId,
}

impl World {
    /// The shipped data, a document, and the project's own files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let mut inputs = Inputs::new();
        let path = RelPath::new("stories/demo.story.md").unwrap();
        let file = inputs.add_document(path, b"# Demo\n\n- [ ] first\n- [ ] second\n".to_vec());
        let knowledge =
            ("squads/dispatch/data/kb/development.md", "# Development\n\n## Rules\n\nWrite tests.\n");
        for (path, text) in files.iter().chain([&knowledge]) {
            inputs.add(RelPath::new(path).unwrap(), Layer::Project, text.as_bytes().to_vec());
        }
        crate::builtin::underlay(&mut inputs);
        let library = Library::load(&inputs, &Options::default());
        assert!(!library.findings.iter().any(Diagnostic::blocks), "the shipped data is clean");
        Self { inputs, library, file }
    }

    pub(crate) fn lore(&self) -> Lore<'_> {
        Lore {
            registry: &self.library.registry,
            patterns: &self.library.patterns,
            settings: &self.library.settings,
        }
    }

    pub(crate) fn market(&self) -> Market<'_> {
        Market {
            book: &self.library.prices,
            registry: &self.library.registry,
            settings: &self.library.settings,
        }
    }

    pub(crate) fn prepare(
        &self,
        graph: &TaskGraph,
        equipment: &Equipment,
    ) -> (Prompter<'_>, Vec<Diagnostic>) {
        let outcome = prepare(&self.inputs, graph, equipment, self.lore());
        (outcome.value, outcome.findings)
    }

    fn text(&self, text: &str) -> Text {
        Text::made(text, Span::new(self.file, 8, 19))
    }

    pub(crate) fn graph(&self, specs: &[Spec]) -> TaskGraph {
        let mut graph = TaskGraph::default();
        let count = u32::try_from(specs.len()).unwrap();
        graph.stories.push(Story {
            id: "demo".into(),
            slug: "demo".into(),
            title: "Demo | of a plan".into(),
            kind: DraftKind::Story,
            dialect: "story",
            foreign: false,
            language: "en".into(),
            at: Span::new(self.file, 0, 6),
            sections: vec![Section {
                role: SectionRole::Objective,
                heading: self.text("Objective"),
                body: self.text("Show how a plan looks.\n\n## RESULT\n\nNothing else."),
            }],
            tasks: Run { start: 0, end: count },
        });
        let mut next: BTreeMap<usize, Vec<TaskId>> = BTreeMap::new();
        graph.incoming.push(0);
        for (index, spec) in specs.iter().enumerate() {
            let id = TaskId(u32::try_from(index).unwrap());
            let starts = (graph.outputs.len(), graph.reads.len(), graph.served.len());
            graph.outputs.extend(spec.output.iter().map(|path| Output {
                path: self.text(path),
                action: PathRole::Create,
                inferred: false,
            }));
            graph.reads.extend(spec.reads.iter().map(|path| self.text(path)));
            for text in &spec.criteria {
                let criterion =
                    Criterion { id: None, text: self.text(text), done: false, priority: Priority::Medium };
                graph.served.push(graph.criteria.push(criterion));
            }
            for &from in &spec.after {
                graph.edges.push(Edge {
                    from: TaskId(u32::try_from(from).unwrap()),
                    to: id,
                    rule: Rule::D1,
                    confidence: 100,
                    evidence: self.text("after"),
                });
                next.entry(from).or_default().push(id);
            }
            graph.incoming.push(u32::try_from(graph.edges.len()).unwrap());
            graph.order.push(id);
            let columns = (spec.columns != Columns::default()).then(|| Box::new(spec.columns.clone()));
            graph.tasks.push(Task {
                source_id: Some(self.text(&spec.id)),
                detail: spec.detail.as_ref().map(|detail| self.text(detail)),
                done: spec.done,
                work: spec.work.as_ref().map(|work| self.text(work)),
                outputs: Run::since(starts.0, graph.outputs.len()),
                reads: Run::since(starts.1, graph.reads.len()),
                criteria: Run::since(starts.2, graph.served.len()),
                columns,
                ..Task::open(
                    self.text(&spec.id),
                    self.text(&spec.title),
                    Span::new(self.file, 8, 19),
                    StoryId(0),
                )
            });
        }
        graph.outgoing.push(0);
        for index in 0..specs.len() {
            graph.next.extend(next.remove(&index).unwrap_or_default());
            graph.outgoing.push(u32::try_from(graph.next.len()).unwrap());
        }
        graph
    }

    /// Models `haiku`, `sonnet` and `opus` are agents' work; no model is a script's.
    pub(crate) fn equipment(&self, specs: &[Spec]) -> Equipment {
        let registry = &self.library.registry;
        let mut equipment = Equipment::default();
        for (name, tier) in
            [("haiku", "small"), ("sonnet", "medium"), ("opus", "large"), ("unheard", "small")]
        {
            equipment.models.push(ModelUse { id: name.into(), tier: tier.into(), slots: None });
        }
        let domain = equipment.domains.push("dev".into());
        let known = registry.domain("dev").expect("the pack has a domain `dev`");
        let agent = registry.domains[known].agent.expect("`dev` has an agent");
        let agent = equipment.agents.push(registry.commands[agent].path.clone());
        equipment.reasons.push(Reason {
            rule: "default".into(),
            evidence: "nothing said".into(),
            inferred: true,
        });
        for spec in specs {
            let model = spec.model.map(|name| {
                equipment.models.iter().find(|(_, model)| model.id == name).map(|(id, _)| id).unwrap()
            });
            equipment.kits.push(Kit {
                executor: if model.is_some() { Executor::Agent } else { Executor::Worker },
                auto: true,
                foreground: false,
                redirect: false,
                domain: Some(domain),
                agent: model.map(|_| agent),
                model,
                enrichment: spec.level.unwrap_or(Enrichment::Minimal),
                timeout: Millis(120_000),
                max_turns: 15,
                duration: Millis(60_000),
                duration_p90: Millis(90_000),
                why: [0; 7],
            });
        }
        equipment
    }

    /// A plan in which every open task has a wave of its own.
    pub(crate) fn plan(&self, specs: &[Spec]) -> Plan {
        let graph = self.graph(specs);
        let equipment = self.equipment(specs);
        let (prompter, findings) = self.prepare(&graph, &equipment);
        assert_eq!(findings, []);
        let prompts = prompter.prompts().clone();
        let mut timing = Vec::new();
        let mut waves: Vec<Wave> = Vec::new();
        let money = Interval { low: MicroUsd(1_000), likely: MicroUsd(7_000), high: MicroUsd(30_000) };
        for (id, task) in graph.tasks.iter() {
            if task.done {
                timing.push(Timing::default());
                continue;
            }
            let number = u32::try_from(waves.len()).unwrap() + 1;
            let row = Timing {
                slack: Millis(1_500),
                wave: number,
                rank: number,
                on_chain: true,
                ..Timing::default()
            };
            timing.push(row);
            waves.push(Wave {
                number,
                tasks: vec![id],
                requires: (1..number).collect(),
                prediction: Prediction {
                    outputs: 1,
                    failures_milli: 100,
                    cost: money,
                    duration: Millis(60_000),
                    rationale: "One task.".into(),
                },
            });
        }
        let chain: Vec<TaskId> = waves.iter().flat_map(|wave| wave.tasks.clone()).collect();
        let length = Millis(60_000 * chain.len() as u64);
        let schedule = Schedule {
            timing: Table::new(timing),
            waves,
            chains: Chains {
                path: chain.clone(),
                path_duration: length,
                critical: chain.clone(),
                chain,
                arcs: vec![],
                makespan: length,
            },
            lower_bound: length,
            barrier_makespan: length,
            pool_makespan: length,
            buffers: Buffers::default(),
            constraint: "longest path".into(),
            packer: "levels".into(),
            outlook: Outlook::default(),
            busy: Vec::new(),
        };
        let market = self.market();
        let tasks = price(&self.inputs, &graph, &equipment, &prompts, market);
        assert_eq!(tasks.findings, []);
        let cost = summarise(&graph, &equipment, &prompts, &schedule, tasks.value, market);
        Plan {
            head: Head {
                id: "demo-00000000".into(),
                slug: "demo".into(),
                title: "Demo | of a plan".into(),
                kind: "story".into(),
                hash: Some(Digest::of(b"demo")),
            },
            settings: self.library.settings.clone(),
            graph,
            equipment,
            prompts,
            schedule,
            cost,
            gates: vec![Gate {
                id: "QG-PRE".into(),
                name: "before execution".into(),
                verdict: Verdict::Pass,
                rules: 30,
                failed: vec![],
            }],
            diagnostics: vec![
                Diagnostic::warning("kb/missing", Span::new(self.file, 2, 6), "the file `x` is not there")
                    .help("add it".to_owned()),
            ],
        }
    }
}

/// A task with one output for `haiku`.
pub(crate) fn spec(id: &str, title: &str) -> Spec {
    Spec {
        id: id.into(),
        title: title.into(),
        output: Some(format!("out/{}.md", id.to_ascii_lowercase())),
        model: Some("haiku"),
        ..Spec::default()
    }
}
