//! `manifest.json`: the plan as an executor reads it. A view of the plan, written straight from it.

use std::borrow::Cow;

use serde::Serialize;

use crate::base::diagnostic::{Diagnostic, Label};
use crate::base::inputs::Inputs;
use crate::base::source::Layer;
use crate::base::span::Span;
use crate::base::table::{Id as _, Table};
use crate::base::text::Text;
use crate::ir::draft::CriterionId;
use crate::ir::equipment::Reason;
use crate::ir::graph::TaskId;
use crate::ir::manifest as wire;
use crate::ir::pattern::Patterns;
use crate::ir::plan::{Plan, Share};
use crate::ir::registry::Registry;

use super::{json, names};
use task::is_approved;

mod batch;
pub(super) mod task;

/// What a manifest says beside the plan.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Formats by extension.
    pub patterns: &'a Patterns,
    /// Retries.
    pub registry: &'a Registry,
    /// Whether a criterion can be decided without taste.
    pub measurable: &'a dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for Facts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts").finish_non_exhaustive()
    }
}

/// Where the prompts are and what they hash to; rows are empty for tasks without one.
#[derive(Debug, Clone, Default)]
pub struct PromptFiles {
    /// Below the plan folder.
    pub paths: Table<TaskId, Option<String>>,
    /// Of their bytes.
    pub hashes: Table<TaskId, Option<crate::base::digest::Digest>>,
}

/// Writes the manifest. `conditions` are the predicates over results that the rule packs give.
#[must_use]
pub fn write(
    inputs: &Inputs,
    plan: &Plan,
    files: &PromptFiles,
    facts: Facts<'_>,
    conditions: &[impl Serialize],
) -> Vec<u8> {
    let view = View { inputs, plan, files, facts, criteria: names::criteria(&plan.graph, inputs) };
    let manifest = wire::Manifest {
        schema: wire::SCHEMA,
        compiler: wire::Compiler { version: env!("CARGO_PKG_VERSION") },
        plan: view.head(),
        batch: batch::of(&view),
        criteria: view.all_criteria(),
        tasks: wire::Each(|| plan.graph.tasks.ids().map(|id| view.task(id))),
        reasons: wire::Each(|| plan.equipment.reasons.iter().map(reason)),
        waves: view.waves(),
        schedule: view.schedule(),
        cost: view.cost(),
        gates: view.gates(),
        post_conditions: conditions,
        excluded: view.excluded(),
        unused: view.unused(),
        diagnostics: wire::Each(|| plan.diagnostics.iter().map(|finding| view.finding(finding))),
    };
    json::write(&manifest, 4_096 + plan.graph.tasks.len() * 2_048)
}

/// The place where a span begins.
pub(crate) fn place(inputs: &Inputs, span: Span) -> wire::Place<'_> {
    let position = inputs.position(span);
    let file = inputs.file(span.file);
    let path = match file.layer {
        Layer::Builtin => Cow::Owned(inputs.display_path(span.file)),
        Layer::Project | Layer::Named => Cow::Borrowed(file.path.as_str()),
    };
    wire::Place { path, line: position.line, column: position.column }
}

struct View<'a> {
    inputs: &'a Inputs,
    plan: &'a Plan,
    files: &'a PromptFiles,
    facts: Facts<'a>,
    criteria: Table<CriterionId, String>,
}

impl View<'_> {
    fn id(&self, task: TaskId) -> &str {
        self.plan.graph.id(task, self.inputs)
    }
    fn ids(&self, tasks: &[TaskId]) -> Vec<&str> {
        tasks.iter().map(|&task| self.id(task)).collect()
    }
    fn place(&self, span: Span) -> wire::Place<'_> {
        place(self.inputs, span)
    }
    fn text<'t>(&'t self, text: Option<&'t Text>) -> Option<&'t str> {
        text.map(|text| text.get(self.inputs))
    }
    fn texts<'t>(&'t self, texts: &'t [Text]) -> Vec<&'t str> {
        texts.iter().map(|text| text.get(self.inputs)).collect()
    }

    fn head(&self) -> wire::Head<'_> {
        let head = &self.plan.head;
        let sources = self.plan.graph.stories.iter().map(|(_, story)| story.at.file);
        let mut sources: Vec<_> = sources.collect();
        sources.sort_by(|&a, &b| self.inputs.file(a).path.cmp(&self.inputs.file(b).path));
        sources.dedup();
        let sources = sources.into_iter().map(|file| wire::Source {
            path: self.inputs.display_path(file),
            sha256: self.inputs.file(file).digest(),
            role: "document",
        });
        wire::Head {
            id: &head.id,
            slug: &head.slug,
            title: &head.title,
            kind: &head.kind,
            hash: head.hash,
            sources: sources.collect(),
        }
    }

    fn all_criteria(&self) -> Vec<wire::Criterion<'_>> {
        let graph = &self.plan.graph;
        let mut served: Vec<Vec<&str>> = vec![Vec::new(); graph.criteria.len()];
        for (id, task) in graph.tasks.iter() {
            for criterion in &graph.served[task.criteria.range()] {
                served[criterion.index()].push(self.id(id));
            }
        }
        let rows = graph.criteria.iter().zip(served).map(|((id, criterion), tasks)| {
            let text = criterion.text.get(self.inputs);
            wire::Criterion {
                id: &self.criteria[id],
                text,
                done: criterion.done,
                measurable: (self.facts.measurable)(text),
                tasks,
                source: self.place(criterion.text.at()),
            }
        });
        rows.collect()
    }

    fn waves(&self) -> Vec<wire::Wave<'_>> {
        let rows = self.plan.schedule.waves.iter().map(|wave| {
            let kits = || wave.tasks.iter().map(|&id| &self.plan.equipment.kits[id]);
            let columns = wave.tasks.iter().map(|&id| self.plan.graph.tasks[id].columns.as_deref());
            wire::Wave {
                number: wave.number,
                tasks: self.ids(&wave.tasks),
                requires: &wave.requires,
                prediction: wire::Prediction {
                    outputs: wave.prediction.outputs,
                    failures: thousandths(u64::from(wave.prediction.failures_milli)),
                    cost_micro_usd: wave.prediction.cost,
                    duration_s: wave.prediction.duration.secs(),
                    rationale: &wave.prediction.rationale,
                },
                approval: columns.into_iter().any(is_approved),
                autostart: kits().all(|kit| kit.auto),
            }
        });
        rows.collect()
    }

    fn schedule(&self) -> wire::Schedule<'_> {
        let schedule = &self.plan.schedule;
        let chains = &schedule.chains;
        let arcs = chains.arcs.iter().map(|arc| wire::Arc {
            from: self.id(arc.from),
            to: self.id(arc.to),
            resource: arc.resource.as_deref(),
        });
        let feeding = schedule.buffers.feeding.iter();
        let feeding =
            feeding.map(|&(task, buffer)| wire::Feeding { task: self.id(task), buffer_s: buffer.secs() });
        wire::Schedule {
            critical_path: wire::Path {
                tasks: self.ids(&chains.path),
                duration_s: chains.path_duration.secs(),
            },
            critical_tasks: self.ids(&chains.critical),
            critical_chain: wire::Chain {
                tasks: self.ids(&chains.chain),
                makespan_s: chains.makespan.secs(),
                arcs: arcs.collect(),
            },
            lower_bound_s: schedule.lower_bound.secs(),
            barrier_makespan_s: schedule.barrier_makespan.secs(),
            pool_makespan_s: schedule.pool_makespan.secs(),
            buffers: wire::Buffers {
                project_s: schedule.buffers.project.secs(),
                feeding: feeding.collect(),
                wave_s: schedule.buffers.wave.secs(),
            },
            constraint: &schedule.constraint,
            packer: &schedule.packer,
            max_parallel: self.plan.settings.limits.max_parallel,
            slots: &self.plan.settings.limits.slots,
        }
    }

    fn cost(&self) -> wire::Cost<'_> {
        let cost = &self.plan.cost;
        wire::Cost {
            total_micro_usd: cost.total,
            by_model: shares(&cost.by_model),
            by_wave: shares(&cost.by_wave),
            by_domain: shares(&cost.by_domain),
            by_story: shares(&cost.by_story),
            cache: wire::Cache {
                saving_micro_usd: cost.cache_saving,
                worthwhile: cost.cached_prefixes.0,
                prefixes: cost.cached_prefixes.1,
            },
            main_context: wire::MainContext {
                formula: &cost.main_context_formula,
                ratio: thousandths(cost.main_context_milli),
                ratio_cached: thousandths(cost.main_context_cached_milli),
            },
            prices: wire::Prices {
                source: &cost.prices.source,
                date: &cost.prices.date,
                hash: cost.prices.hash,
            },
        }
    }

    fn gates(&self) -> Vec<wire::Gate<'_>> {
        let rows = self.plan.gates.iter().map(|gate| wire::Gate {
            id: &gate.id,
            name: &gate.name,
            status: gate.verdict,
            rules: gate.rules,
            findings: &gate.failed,
        });
        rows.collect()
    }

    fn excluded(&self) -> Vec<wire::Excluded<'_>> {
        let rows = self.plan.graph.excluded.iter().map(|excluded| wire::Excluded {
            task: &excluded.task,
            reason: &excluded.reason,
            blocks: &excluded.blocks,
            source: self.place(excluded.at),
        });
        rows.collect()
    }

    fn unused(&self) -> Vec<wire::Unused<'_>> {
        let rows = self.plan.graph.unused.iter();
        rows.map(|unused| wire::Unused { reason: unused.reason, source: self.place(unused.span) }).collect()
    }

    fn finding<'s>(&'s self, finding: &'s Diagnostic) -> wire::Finding<'s> {
        let span = finding.span();
        let at = self.place(span);
        let end = self.inputs.file(span.file).position(span.end);
        let related = finding.labels.iter().skip(1);
        wire::Finding {
            code: finding.code.as_str(),
            name: &finding.name,
            severity: finding.severity.name(),
            message: &finding.message,
            why: finding.why.as_deref(),
            help: finding.help.as_deref(),
            file: at.path,
            line: at.line,
            column: at.column,
            end_line: end.line,
            end_column: end.column,
            related: related.map(|label: &Label| self.related(label)).collect(),
            fix: finding.fix.as_ref().map(|fix| wire::Fix { kind: fix.kind, title: &fix.title }),
            vetoes: &finding.vetoes,
            waived: finding.waived.as_ref().map(|waived| waived.reason.as_str()),
        }
    }

    fn related<'s>(&'s self, label: &'s Label) -> wire::Related<'s> {
        wire::Related { text: &label.text, source: self.place(label.span) }
    }
}

fn reason(reason: &Reason) -> wire::task::Reason<'_> {
    wire::task::Reason { rule: &reason.rule, evidence: &reason.evidence, inferred: reason.inferred }
}

fn shares(shares: &[Share]) -> Vec<wire::Share<'_>> {
    let rows = shares.iter().map(|share| wire::Share {
        name: &share.name,
        tasks: share.tasks,
        cost_micro_usd: share.cost,
    });
    rows.collect()
}

/// A number with three decimals, exact in the decimal form that is written.
#[allow(clippy::cast_precision_loss, reason = "below 2^53 exact, above it nobody reads the decimals")]
fn thousandths(milli: u64) -> f64 {
    milli as f64 / 1_000.0
}
