//! One kit a task: what the source declares is looked up, the rest is chosen, and each choice keeps its reason.

use std::fmt::Write as _;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::figure::parse_time;
use crate::base::fold::fold;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::quantity::Millis;
use crate::base::span::Spanned;
use crate::base::table::{Id as _, Table};
use crate::base::text::Text;
use crate::ir::draft::Columns;
use crate::ir::equipment::{AgentId, DomainId, Equipment, Executor, Kit, ModelUse, ReasonId};
use crate::ir::graph::{StoryId, Task, TaskGraph, TaskId};
use crate::ir::registry::Registry;
use crate::ir::settings::{Profile, Settings};

use super::limits::{self, Basis, Case};
use super::name::{AgentWord, Names};
use super::operation::Operations;
use super::reason::Reasons;
use super::route::{Match, Redirects, Scorer};
use super::tree::{Decision, Facts, Tree};
use super::words::{Word, Words};

/// Everything that is the same for all tasks, and what they share.
struct Assigner<'a> {
    inputs: &'a Inputs,
    graph: &'a TaskGraph,
    registry: &'a Registry,
    settings: &'a Settings,
    /// The columns of a task without any.
    nothing: &'a Columns,
    words: Words<'a>,
    names: Names<'a>,
    scorer: Scorer<'a>,
    tree: Tree<'a>,
    operations: Operations<'a>,
    reasons: Reasons,
    findings: Vec<Diagnostic>,
    /// Tasks given to the fallback domain, by story.
    unmatched: Vec<Vec<TaskId>>,
    scripts: Vec<(TaskId, Vec<String>)>,
    none: ReasonId,
}

/// The words of a task: those of its title come first.
#[derive(Clone, Copy)]
struct Said<'w> {
    words: &'w [Word],
    titled: usize,
}

/// Where a task goes, and why.
struct Place {
    domain: Option<DomainId>,
    agent: Option<AgentId>,
    /// Reasons for the domain and the agent.
    why: [ReasonId; 2],
    /// The source named a domain or an agent.
    stated: bool,
}

pub(super) fn assign(
    inputs: &Inputs,
    graph: &TaskGraph,
    registry: &Registry,
    settings: &Settings,
) -> Outcome<Equipment> {
    let nothing = Columns::default();
    let mut words = Words::new(&registry.routing);
    let mut reasons = Reasons::default();
    let mut assigner = Assigner {
        inputs,
        graph,
        registry,
        settings,
        nothing: &nothing,
        names: Names::new(inputs, registry),
        scorer: Scorer::new(inputs, graph, registry, &mut words),
        tree: Tree::new(registry, &mut words),
        operations: Operations::new(&registry.selection, &mut words),
        words,
        none: reasons.inferred("none", "it has none"),
        reasons,
        findings: Vec::new(),
        unmatched: vec![Vec::new(); graph.stories.len()],
        scripts: Vec::new(),
    };
    assigner.words.close();
    let mut kits = Table::default();
    let mut read = Vec::new();
    for (id, task) in graph.tasks.iter() {
        read.clear();
        kits.push(assigner.kit(id, task, &mut read));
    }
    assigner.report_unmatched();
    let mut findings = assigner.findings;
    findings.extend(super::unnamed::report(inputs, graph, registry, &kits, settings));
    findings.append(&mut assigner.names.findings);
    let equipment = Equipment {
        kits,
        models: Table::new(
            registry.models.rows().iter().map(|model| model_use(&model.id, &model.tier, settings)).collect(),
        ),
        domains: Table::new(registry.domains.rows().iter().map(|domain| domain.name.clone()).collect()),
        exclusive: Table::new(
            registry.domains.rows().iter().map(|domain| domain.exclusive.clone()).collect(),
        ),
        agents: Table::new(registry.commands.rows().iter().map(|command| command.path.clone()).collect()),
        reasons: assigner.reasons.into_rows(),
        scripts: assigner.scripts,
    };
    Outcome::new(equipment, findings)
}

fn model_use(id: &str, tier: &str, settings: &Settings) -> ModelUse {
    ModelUse { id: id.to_owned(), tier: tier.to_owned(), slots: settings.limits.slots.get(id).copied() }
}

impl Assigner<'_> {
    /// The kit of one task. `read` is scratch for its words.
    fn kit(&mut self, id: TaskId, task: &Task, read: &mut Vec<Word>) -> Kit {
        let columns = task.columns.as_deref().unwrap_or(self.nothing);
        let grave = self.grave(task.story);
        let most = self.registry.routing.max_words as usize;
        let title = task.title.get(self.inputs);
        self.words.read(title, most, read);
        let titled = read.len();
        let detail = task.detail.as_ref().map_or("", |detail| detail.get(self.inputs));
        self.words.read(detail, most.saturating_sub(titled), read);
        // The headings above a task say what it is part of, the nearest first.
        let mut group = task.group;
        while let Some(id) = group {
            let around = &self.graph.groups[id];
            self.words.read(around.title.get(self.inputs), most.saturating_sub(read.len()), read);
            group = around.parent;
        }

        let mut facts = self.facts(task, columns, grave, &read[..titled], detail);
        let agent = task.agent.as_ref().and_then(|agent| self.names.agent(agent, grave));
        let agent = match agent {
            Some(AgentWord::Executor(executor)) => {
                facts.executor = facts.executor.or(Some(executor));
                None
            }
            Some(AgentWord::Agent(agent)) => Some(agent),
            None => None,
        };
        let mut place = self.place(id, task, agent, grave, Said { words: read, titled });
        facts.domain = place.domain;
        let returned = place.domain.is_some_and(|id| self.registry.domains[id].redirect.is_some());
        if place.stated && returned || says(self.inputs, columns.action.as_ref(), "redirect") {
            facts.returned = facts.returned.or(Some(true));
        }
        let decision = self.tree.decide(&facts, &self.words);
        if decision.redirect && !place.stated {
            self.return_to(id, Said { words: read, titled }, &mut place);
        }
        if facts.operation.is_some() && decision.executor == Executor::Worker && !decision.stated {
            self.keep_script(id, title, &read[..titled]);
        }
        self.finish(id, task, columns, &facts, &decision, &place)
    }

    /// How grave a name is that nothing bears: what was written for another tool is not refused for it.
    fn grave(&self, story: StoryId) -> Severity {
        let lenient = self.graph.stories[story].foreign && self.settings.profile != Profile::Strict;
        if lenient { Severity::Warning } else { Severity::Error }
    }

    fn facts<'t>(
        &mut self,
        task: &Task,
        columns: &Columns,
        grave: Severity,
        title: &'t [Word],
        detail: &str,
    ) -> Facts<'t> {
        let inputs = self.inputs;
        let work = declared_work(task).map(|work| fold(work.get(inputs).trim()).into_owned());
        let waits = |work: &String| {
            self.registry.routing.manual_types.iter().any(|start| work.starts_with(start.as_str()))
        };
        let executor = match columns.executor.as_ref().and_then(|word| self.names.executor(word, grave)) {
            None if work.as_ref().is_some_and(waits) => Some(Executor::Human),
            found => found,
        };
        let command =
            columns.command.as_ref().is_some_and(|command| !command.get(inputs).trim().starts_with('/'));
        let verbs = self.tree.verbs(title);
        let operation = match (detail.trim().is_empty(), verbs.first()) {
            (true, Some(head)) => {
                self.operations.of(task.title.get(inputs), head.term, &mut self.words).map(|found| found.0)
            }
            _ => None,
        };
        Facts {
            words: title,
            verbs,
            count: title.len() + detail.split_whitespace().count(),
            work,
            executor,
            model: task.model.as_ref().and_then(|model| self.names.model(model, grave)),
            script: columns.script.is_some() || command,
            domain: None,
            operation,
            template: columns.output_template.is_some(),
            enrichment: columns.enrichment.as_ref().and_then(|level| self.names.enrichment(level, grave)),
            returned: says(inputs, columns.action.as_ref(), "dispatch").then_some(false),
        }
    }

    /// The domain and the agent: declared, else scored, else the fallback.
    fn place(
        &mut self,
        id: TaskId,
        task: &Task,
        agent: Option<AgentId>,
        grave: Severity,
        said: Said<'_>,
    ) -> Place {
        let registry = self.registry;
        let domain = task.domain.as_ref().and_then(|domain| self.names.domain(domain, grave));
        if let Some(agent) = agent {
            let why = self.reasons.stated("explicit", "the source names it");
            let own = registry.commands[agent].domain.filter(|_| domain.is_none());
            let because = match (domain, own) {
                (Some(_), _) => why,
                (None, Some(_)) => self.reasons.inferred("agent.domain", "the domain of the agent"),
                (None, None) => self.none,
            };
            return Place { domain: domain.or(own), agent: Some(agent), why: [because, why], stated: true };
        }
        if let Some(domain) = domain {
            let why = self.reasons.stated("explicit", "the source names it");
            let first = registry.domains[domain].agent;
            let because = self.agent_reason(domain, "its first agent");
            return Place { domain: Some(domain), agent: first, why: [why, because], stated: true };
        }
        match self.scorer.best(id, said.words, said.titled, Redirects::Never) {
            Some(found) => self.matched(&found),
            None => self.fallback(id, task),
        }
    }

    /// A domain that won by its score, and the command in it that fits: reuse, adapt, or its first agent.
    fn matched(&mut self, found: &Match) -> Place {
        let registry = self.registry;
        let name = &registry.domains[found.domain].name;
        let mut evidence = String::new();
        let triggers = found.triggers.iter().map(|&at| self.scorer.index.triggers[at as usize].text.as_str());
        for (at, trigger) in triggers.take(3).enumerate() {
            evidence.push_str(if at == 0 { "" } else { ", " });
            let _ = write!(evidence, "`{trigger}`");
        }
        let _ = write!(evidence, "{}{}", if evidence.is_empty() { "" } else { "; " }, points(found.score));
        if let Some((second, score)) = found.second {
            let sure = found.score * 100 / (found.score + score).max(1);
            let _ = write!(
                evidence,
                " against {} for `{}` ({sure}%)",
                points(score),
                registry.domains[second].name
            );
        }
        let domain_why = self.reasons.inferred(&format!("domain.{name}"), &evidence);
        let (reuse, adapt) = registry.routing.decision;
        let (agent, agent_why) = match found.command {
            Some((command, relevance)) if relevance >= adapt => {
                let rule = if relevance >= reuse { "reuse" } else { "adapt" };
                (Some(command), self.reasons.inferred(rule, &format!("{relevance}% of its title")))
            }
            _ => (
                registry.domains[found.domain].agent,
                self.agent_reason(found.domain, "no command of it fits"),
            ),
        };
        Place { domain: Some(found.domain), agent, why: [domain_why, agent_why], stated: false }
    }

    fn agent_reason(&mut self, domain: DomainId, evidence: &str) -> ReasonId {
        let name = &self.registry.domains[domain].name;
        self.reasons.inferred(&format!("domain.{name}"), &format!("the domain's first agent: {evidence}"))
    }

    fn fallback(&mut self, id: TaskId, task: &Task) -> Place {
        let domain = self.registry.domain(&self.registry.routing.fallback);
        if !task.done {
            self.unmatched[task.story.index()].push(id);
        }
        let why = self.reasons.inferred("fallback_domain", "it resembles no domain");
        let agent = domain.and_then(|id| self.registry.domains[id].agent);
        Place { domain, agent, why: [why, why], stated: false }
    }

    /// A decision that people take goes to the domain that takes it, if the words tell which.
    fn return_to(&mut self, id: TaskId, said: Said<'_>, place: &mut Place) {
        if let Some(found) = self.scorer.best(id, said.words, said.titled, Redirects::Only) {
            *place = self.matched(&found);
        }
    }

    fn keep_script(&mut self, id: TaskId, title: &str, words: &[Word]) {
        let Some(head) = self.tree.verbs(words).first().copied() else { return };
        if let Some((at, paths)) = self.operations.of(title, head.term, &mut self.words) {
            self.scripts.push((id, Operations::command(&self.registry.selection.operations[at], &paths)));
        }
    }

    fn finish(
        &mut self,
        id: TaskId,
        task: &Task,
        columns: &Columns,
        facts: &Facts<'_>,
        decision: &Decision,
        place: &Place,
    ) -> Kit {
        let registry = self.registry;
        let domain = place.domain.map(|id| &registry.domains[id]);
        let works = matches!(decision.executor, Executor::Agent | Executor::Hybrid);
        let (agent, agent_why) = match (works, place.agent) {
            (true, None) => {
                let spare =
                    registry.domain(&registry.routing.fallback).and_then(|id| registry.domains[id].agent);
                (spare, self.reasons.inferred("fallback_domain", "its domain has no agent"))
            }
            (true, agent) => (agent, place.why[1]),
            (false, agent) if decision.redirect => (agent, place.why[1]),
            (false, _) => (None, self.none),
        };
        let case = Case {
            executor: decision.executor,
            model: decision.model.filter(|_| works),
            redirect: decision.redirect,
            foreground: decision.foreground,
            template: facts.template,
            work: facts.work.as_deref(),
            domain,
            enrichment: facts.enrichment,
        };
        let keep = if decision.stated { Reasons::stated } else { Reasons::inferred };
        let why = keep(&mut self.reasons, &decision.rule, &decision.evidence);
        let (enrichment, level_rule) = limits::enrichment(&case, registry);
        let level_why = self.reasons.inferred(level_rule, settled(facts.enrichment.is_some()));
        let (duration, duration_p90, duration_why) = self.duration(&case, task);
        let (timeout, timeout_why) = self.timeout(&case, columns, duration);
        let manual = columns.category.as_ref().is_some_and(|category| {
            let category = fold(category.get(self.inputs).trim());
            registry.routing.manual_categories.iter().any(|known| *known == category)
        });
        let held = columns.approval.as_ref().is_some_and(|approval| approval.value)
            || columns.auto.as_ref().is_some_and(|auto| !auto.value)
            // A stated time is waited for by itself; an event, a date or a person has to be seen.
            || columns.waits.iter().any(|wait| parse_time(wait.get(self.inputs)).is_none());
        if self.settings.profile == Profile::Strict
            && self.unmatched[task.story.index()].last() == Some(&id)
            && works
        {
            self.refuse(id, task);
        }
        Kit {
            executor: decision.executor,
            auto: !(manual || held || decision.redirect || decision.executor == Executor::Human),
            foreground: decision.foreground || columns.foreground.as_ref().is_some_and(|flag| flag.value),
            redirect: decision.redirect,
            domain: place.domain,
            agent,
            model: case.model,
            enrichment,
            timeout,
            max_turns: turns(columns, &case, registry),
            duration,
            duration_p90,
            why: [
                why,
                place.why[0],
                agent_why,
                if case.model.is_some() { why } else { self.none },
                level_why,
                timeout_why,
                duration_why,
            ],
        }
    }

    fn duration(&mut self, case: &Case<'_>, task: &Task) -> (Millis, Millis, ReasonId) {
        let (median, p90, basis, class) = limits::duration(case, task.duration, self.registry);
        let why = match basis {
            Basis::Declared => self.reasons.stated("explicit", "the source says how long"),
            Basis::History => self.reasons.inferred("history", "measured in earlier runs"),
            Basis::Table => self.reasons.inferred(&format!("duration.{class}"), "nobody has measured it"),
        };
        (median, p90, why)
    }

    /// The declared timeout if it is in range, else the table's.
    fn timeout(&mut self, case: &Case<'_>, columns: &Columns, expected: Millis) -> (Millis, ReasonId) {
        let most = self.registry.timeouts.max;
        if let Some(declared) = &columns.timeout_s {
            let wanted = u64::try_from(declared.value).ok().map(Millis::from_secs);
            match wanted.filter(|&wanted| wanted > Millis(0) && wanted <= most) {
                Some(wanted) => return (wanted, self.reasons.stated("explicit", "the source sets it")),
                None => self.findings.push(out_of_range(declared, most)),
            }
        }
        let (limit, rule) = limits::timeout(case, expected, self.registry);
        let raised = limit > Millis(0)
            && expected.0 * u64::from(self.registry.timeouts.factor_percent) / 100 >= limit.0;
        let evidence = if raised {
            "raised to a multiple of the expected duration"
        } else {
            "the first rule that holds"
        };
        (limit, self.reasons.inferred(rule, evidence))
    }

    /// Under the strict profile nothing is given to the fallback.
    fn refuse(&mut self, id: TaskId, task: &Task) {
        let message = format!("`{}` resembles no domain and names no agent", self.graph.id(id, self.inputs));
        self.findings.push(
            Diagnostic::error("agent/unknown", task.title.at(), message)
                .help(String::from("name an agent, or add a trigger for it to `domain-registry.yaml`"))
                .veto("VR.2"),
        );
    }

    /// Tasks that went to the fallback, in one finding a story.
    fn report_unmatched(&mut self) {
        if self.settings.profile == Profile::Strict {
            return;
        }
        for tasks in &self.unmatched {
            let Some(&first) = tasks.first() else { continue };
            let name = self.graph.id(first, self.inputs);
            let to = &self.registry.routing.fallback;
            let message = match tasks.len() {
                1 => format!("`{name}` resembles no domain and is given to `{to}`"),
                n => format!("`{name}` and {} other tasks resemble no domain and are given to `{to}`", n - 1),
            };
            self.findings.push(
                Diagnostic::info("route/inferred", self.graph.tasks[first].title.at(), message)
                    .help(String::from("name an agent, or add a trigger for it to `domain-registry.yaml`")),
            );
        }
    }
}

fn settled(stated: bool) -> &'static str {
    if stated { "the source asks for it" } else { "the first rule that holds" }
}

/// The declared type of work; one that decomposition read from the verb stands at the title.
fn declared_work(task: &Task) -> Option<&Text> {
    task.work.as_ref().filter(|work| !matches!(work, Text::Made(made) if made.at == task.title.at()))
}

fn says(inputs: &Inputs, word: Option<&Text>, wanted: &str) -> bool {
    word.is_some_and(|word| word.get(inputs).trim().eq_ignore_ascii_case(wanted))
}

fn turns(columns: &Columns, case: &Case<'_>, registry: &Registry) -> u32 {
    let declared = columns.max_turns.as_ref().and_then(|turns| u32::try_from(turns.value).ok());
    declared.unwrap_or_else(|| limits::max_turns(case, registry))
}

fn out_of_range(declared: &Spanned<i64>, most: Millis) -> Diagnostic {
    let message = format!("a timeout of `{}` seconds is not between 1 and {}", declared.value, most.secs());
    Diagnostic::error("timeout/range", declared.span, message)
        .help(format!("write a number of seconds from 1 to {}, or leave it out", most.secs()))
        .veto("V1.8")
        .veto("VR.5")
}

/// A score in points, with two decimals.
fn points(score: u64) -> String {
    format!("{}.{:02}", score / 1_000_000, score % 1_000_000 / 10_000)
}
