//! A task as the manifest shows it.

use crate::base::quantity::Millis;
use crate::base::text::Text;
use crate::ir::draft::Columns;
use crate::ir::equipment::{Executor, Kit};
use crate::ir::graph::TaskId;
use crate::ir::manifest::task as wire;
use crate::ir::registry::CommandKind;

use super::View;

impl View<'_> {
    pub(super) fn task(&self, id: TaskId) -> wire::Task<'_> {
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
            command: column(|columns| &columns.command).or_else(|| self.recipe(kit)),
            script: column(|columns| &columns.script),
            model: self.model(kit),
            effort: column(|columns| &columns.effort),
            enrichment: kit.enrichment,
            tools: of(|columns| &columns.tools),
            isolation: column(|columns| &columns.isolation),
            mutex: self.mutex(kit, columns),
            ownership: self.texts(graph.owns_of(id)),
            reads: self.texts(graph.reads_of(id)),
            outputs: self.outputs(id),
            expected_lines: columns
                .and_then(|columns| columns.expected_lines.as_ref())
                .map(|lines| lines.value),
            language: column(|columns| &columns.output_language).unwrap_or(&story.language),
            criteria: graph.served[task.criteria.range()]
                .iter()
                .map(|&id| self.criteria[id].as_str())
                .collect(),
            inferred_criteria: task.inferred_criterion.iter().map(|text| text.get(self.inputs)).collect(),
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
            why: why(kit),
        }
    }

    /// What only one task may hold at a time: as the source says, and what its domain holds.
    fn mutex<'t>(&'t self, kit: &Kit, columns: Option<&'t Columns>) -> Vec<&'t str> {
        let mut names = columns.map_or_else(Vec::new, |columns| self.texts(&columns.mutex));
        let registry = self.facts.registry;
        let domain = kit.domain.and_then(|domain| registry.domain(&self.plan.equipment.domains[domain]));
        for name in domain.iter().flat_map(|&domain| &registry.domains[domain].exclusive) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// The agent's path where it names a recipe, not a role.
    fn recipe(&self, kit: &Kit) -> Option<&str> {
        let path = self.plan.equipment.agents[kit.agent?].as_str();
        let command = &self.facts.registry.commands[self.facts.registry.command(path)?];
        (command.kind == CommandKind::Task).then_some(path)
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
}

/// Whether a task asks for a person's consent.
pub(super) fn is_approved(columns: Option<&Columns>) -> bool {
    columns.and_then(|columns| columns.approval.as_ref()).is_some_and(|approval| approval.value)
}

/// What kind of node a task is to an executor.
fn kind(kit: &Kit) -> &'static str {
    match kit.executor {
        _ if kit.redirect => "redirect",
        Executor::Human => "human",
        Executor::Worker | Executor::Agent | Executor::Hybrid => "task",
    }
}

fn why(kit: &Kit) -> wire::Why {
    let [executor, domain, agent, model, enrichment, timeout, duration] = kit.why;
    wire::Why { executor, domain, agent, model, enrichment, timeout, duration }
}
