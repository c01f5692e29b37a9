//! `manifest.json`: the plan as an executor reads it. A view of the plan, written straight from it.

use serde::Serialize;

use crate::base::diagnostic::{Diagnostic, Label};
use crate::base::inputs::Inputs;
use crate::base::quantity::Millis;
use crate::base::span::Span;
use crate::base::table::{Id as _, Table};
use crate::base::text::Text;
use crate::ir::draft::{Columns, CriterionId};
use crate::ir::equipment::{Executor, Kit};
use crate::ir::graph::TaskId;
use crate::ir::manifest as wire;
use crate::ir::pattern::Patterns;
use crate::ir::plan::{Plan, Share};
use crate::ir::registry::Registry;

use super::{json, names};

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
        criteria: view.all_criteria(),
        tasks: wire::Each(|| plan.graph.tasks.ids().map(|id| view.task(id))),
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
pub(crate) fn place(inputs: &Inputs, span: Span) -> wire::Place {
    let position = inputs.position(span);
    wire::Place { path: inputs.display_path(span.file), line: position.line, column: position.column }
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
    fn place(&self, span: Span) -> wire::Place {
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

    fn task(&self, id: TaskId) -> wire::Task<'_> {
        let plan = self.plan;
        let graph = &plan.graph;
        let task = &graph.tasks[id];
        let kit = &plan.equipment.kits[id];
        let columns = task.columns.as_deref();
        let timing = plan.schedule.timing.get(id).copied().unwrap_or_default();
        let story = &graph.stories[task.story];
        let of = |list: fn(&Columns) -> &Vec<Text>| {
            columns.map_or_else(Vec::new, |columns| self.texts(list(columns)))
        };
        let column = |field: fn(&Columns) -> &Option<Text>| {
            columns.and_then(|columns| field(columns).as_ref()).map(|text| text.get(self.inputs))
        };
        wire::Task {
            id: self.id(id),
            source_id: self.text(task.source_id.as_ref()),
            story: &story.id,
            title: task.title.get(self.inputs),
            kind: kind(kit),
            done: task.done,
            phase: task.phase,
            priority: task.priority,
            source: self.place(task.at),
            depends_on: self.dependencies(id),
            wave: timing.wave,
            rank: timing.rank,
            executor: kit.executor,
            domain: kit.domain.map(|domain| plan.equipment.domains[domain].as_str()),
            agent: kit.agent.map(|agent| plan.equipment.agents[agent].as_str()),
            command: column(|columns| &columns.command),
            script: column(|columns| &columns.script),
            model: self.model(kit),
            effort: column(|columns| &columns.effort),
            enrichment: kit.enrichment,
            tools: of(|columns| &columns.tools),
            isolation: column(|columns| &columns.isolation),
            mutex: of(|columns| &columns.mutex),
            ownership: self.texts(graph.owns_of(id)),
            reads: self.texts(graph.reads_of(id)),
            outputs: self.outputs(id),
            language: column(|columns| &columns.output_language).unwrap_or(&story.language),
            criteria: graph.served[task.criteria.range()]
                .iter()
                .map(|&id| self.criteria[id].as_str())
                .collect(),
            verify: of(|columns| &columns.verify),
            stop_if: of(|columns| &columns.stop_if),
            approval: is_approved(columns),
            auto: kit.auto,
            foreground: kit.foreground,
            cooldown_s: self.cooldown(columns),
            timeouts: self.timeouts(kit),
            max_turns: kit.max_turns,
            retry: self.retry(kit),
            estimate: self.estimate(id, kit),
            slack_s: timing.slack.0 / 1_000,
            on_critical_path: timing.on_path,
            on_critical_chain: timing.on_chain,
            prompt: self.prompt(id),
            why: self.why(kit),
        }
    }

    fn dependencies(&self, id: TaskId) -> Vec<wire::Dependency<'_>> {
        let edges = self.plan.graph.edges_into(id).iter();
        let rows = edges.map(|edge| wire::Dependency {
            task: self.id(edge.from),
            rule: edge.rule,
            confidence: edge.confidence,
            evidence: edge.evidence.get(self.inputs),
            source: self.place(edge.evidence.at()),
        });
        rows.collect()
    }

    fn model(&self, kit: &Kit) -> Option<&str> {
        match kit.executor {
            Executor::Worker => Some("worker"),
            Executor::Agent | Executor::Human | Executor::Hybrid => {
                kit.model.map(|model| self.plan.equipment.models[model].id.as_str())
            }
        }
    }

    fn outputs(&self, id: TaskId) -> Vec<wire::Output<'_>> {
        let task = &self.plan.graph.tasks[id];
        let declared = task.columns.as_ref().and_then(|columns| columns.output_format.as_ref());
        let rows = self.plan.graph.outputs_of(id).iter().map(|output| {
            let path = output.path.get(self.inputs);
            wire::Output {
                path,
                action: output.action,
                format: declared
                    .map_or_else(|| self.facts.patterns.format_of(path), |text| text.get(self.inputs)),
                inferred: output.inferred,
            }
        });
        rows.collect()
    }

    fn cooldown(&self, columns: Option<&Columns>) -> u64 {
        let stated = columns.and_then(|columns| columns.cooldown_s.as_ref()).map(|seconds| seconds.value);
        let class = columns.and_then(|columns| columns.cost_class.as_ref()).map(|class| class.value);
        let by_class = class.and_then(|class| u32::try_from(class).ok());
        let by_class = by_class.and_then(|class| self.plan.settings.pacing.cooldown.get(&class));
        stated
            .and_then(|seconds| u64::try_from(seconds).ok())
            .unwrap_or(by_class.map_or(0, |pause| pause.secs()))
    }

    fn timeouts(&self, kit: &Kit) -> wire::Timeouts {
        let rules = &self.facts.registry.timeouts;
        let longer = kit.timeout.0.saturating_mul(u64::from(rules.retry_percent.max(100))) / 100;
        let after = if rules.max.0 == 0 { longer } else { longer.min(rules.max.0.max(kit.timeout.0)) };
        let more = u64::from(self.facts.registry.retry(kit).attempts.max(1) - 1);
        wire::Timeouts {
            start_to_close_s: kit.timeout.secs(),
            after_timeout_s: Millis(after).secs(),
            schedule_to_close_s: Millis(kit.timeout.0.saturating_add(more.saturating_mul(after))).secs(),
        }
    }

    fn retry(&self, kit: &Kit) -> wire::Retry<'_> {
        let registry = self.facts.registry;
        let name = match kit.executor {
            Executor::Worker => "worker",
            Executor::Human => "default",
            Executor::Agent | Executor::Hybrid => self.model(kit).unwrap_or("default"),
        };
        let rule = registry.retries.get(name).or_else(|| registry.retries.get("default"));
        wire::Retry {
            max_attempts: rule.map_or(1, |rule| rule.attempts.max(1)),
            then: rule.map(|rule| rule.then.as_str()).filter(|then| !then.is_empty()),
            floor_percent: rule.map_or(0, |rule| rule.floor),
        }
    }

    fn estimate(&self, id: TaskId, kit: &Kit) -> wire::Estimate {
        let estimate = self.plan.cost.tasks.get(id).copied().unwrap_or_default();
        wire::Estimate {
            input_tokens: estimate.input,
            output_tokens: estimate.output,
            cost_micro_usd: estimate.cost,
            duration_s: wire::Percentiles { p50: kit.duration.secs(), p90: kit.duration_p90.secs() },
        }
    }

    fn prompt(&self, id: TaskId) -> Option<wire::Prompt<'_>> {
        let sheet = self.plan.prompts.sheets.get(id)?;
        let prefix = &self.plan.prompts.prefixes[sheet.prefix?];
        Some(wire::Prompt {
            path: self.files.paths.get(id)?.as_deref()?,
            sha256: (*self.files.hashes.get(id)?)?,
            prefix_sha256: prefix.sha256,
            prefix_tokens: prefix.tokens,
            tokens: sheet.tokens,
        })
    }

    fn why(&self, kit: &Kit) -> wire::Why<'_> {
        let reason =
            |index: usize| {
                let reason = self.plan.equipment.reasons.get(kit.why[index] as usize);
                reason.map_or(wire::Reason { rule: "", evidence: "", inferred: true }, |reason| {
                    wire::Reason { rule: &reason.rule, evidence: &reason.evidence, inferred: reason.inferred }
                })
            };
        wire::Why {
            executor: reason(0),
            domain: reason(1),
            agent: reason(2),
            model: reason(3),
            enrichment: reason(4),
            timeout: reason(5),
            duration: reason(6),
        }
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
                    failures_milli: wave.prediction.failures_milli,
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

    fn finding<'d>(&self, finding: &'d Diagnostic) -> wire::Finding<'d> {
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

    fn related<'d>(&self, label: &'d Label) -> wire::Related<'d> {
        wire::Related { text: &label.text, source: self.place(label.span) }
    }
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

/// Whether a task asks for a person's consent.
pub(crate) fn is_approved(columns: Option<&Columns>) -> bool {
    columns.and_then(|columns| columns.approval.as_ref()).is_some_and(|approval| approval.value)
}

/// What kind of node a task is to an executor.
pub(crate) fn kind(kit: &Kit) -> &'static str {
    match kit.executor {
        _ if kit.redirect => "redirect",
        Executor::Human => "human",
        Executor::Worker | Executor::Agent | Executor::Hybrid => "task",
    }
}
