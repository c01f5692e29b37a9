//! Asking conditions about results, one by one, and saying what came of each.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::span::Span;
use crate::compiler::check::fact::{Answer, Fact, Facts as _, Hit};
use crate::compiler::check::message::render;
use crate::compiler::check::operator::{Check, Tools};
use crate::compiler::check::path::Path;
use crate::compiler::check::rule::Scope;

use super::criterion::{Demand, Understood};
use super::facts::{Counts, FileSide, ResultFacts, TaskSide};
use super::manifest::{Condition, Output};
use super::tree::Stand;
use super::{Case, Checked, TaskResult, Verdict};

/// Facts that only a run can tell.
const OF_A_RUN: &[&str] =
    &["task.cost_usd", "task.started_at", "task.attempts", "wave.results", "wave.failed", "run.results"];

/// Conditions, and what they were found to say.
pub(super) struct Asker<'a> {
    case: Case<'a>,
    tools: Tools<'a>,
    pub(super) findings: Vec<Diagnostic>,
    /// By rule, as facts name it: how often it warned.
    warnings: BTreeMap<String, u32>,
    /// Paths that must not or cannot be looked at, each said once.
    barred: BTreeSet<String>,
}

/// A condition of the manifest or of a criterion, ready to be asked.
struct Question<'q> {
    rule: &'q str,
    name: &'q str,
    severity: Severity,
    when: Option<&'q Check>,
    check: &'q Check,
    message: &'q str,
    retry: Option<&'q str>,
    /// Where to point when no words are guilty.
    at: Span,
    /// Where the demand is written, if that is another place.
    demanded: Option<Span>,
}

impl<'a> Asker<'a> {
    pub(super) fn new(case: Case<'a>) -> Self {
        let tools = Tools::new(&case.packs.vocabulary, &case.packs.languages);
        let mut asker =
            Self { case, tools, findings: Vec::new(), warnings: BTreeMap::new(), barred: BTreeSet::new() };
        for condition in &case.promise.conditions {
            if let Err(why) = &condition.check {
                let message = format!("the condition `{}` cannot be understood: {why}", condition.rule);
                let finding = Diagnostic::error("verify/condition", condition.at, message);
                asker
                    .findings
                    .push(finding.help("use the version of dispatch that wrote the manifest".to_owned()));
            }
        }
        asker
    }

    /// Everything there is to ask about a task.
    pub(super) fn task(&mut self, number: usize) -> TaskResult {
        let case = self.case;
        let task = &case.promise.tasks[number];
        let entry = case.record.and_then(|record| record.tasks.get(&task.id.value));
        let side = TaskSide { task, entry, since: case.since };
        let mut checks = Vec::new();
        for output in &task.outputs {
            self.output(side, output, &output.path.value, &mut checks);
        }
        for condition in case.promise.conditions.iter().filter(|condition| is_of_task(condition)) {
            let facts = ResultFacts::of_task(side);
            checks.extend(self.condition(condition, &task.id.value, &facts, task.id.span, None));
        }
        for id in &task.criteria {
            let Some(criterion) = case.promise.criteria.get(id).filter(|criterion| !criterion.done) else {
                continue;
            };
            let shared = criterion.tasks.len() > 1;
            if let Some(understood) = case.understood.get(id) {
                self.demands(side, id, criterion.text.span, understood, shared, &mut checks);
            }
        }
        for (position, text) in task.verify.iter().enumerate() {
            if let Some(understood) = case.own.get(&(number, position)) {
                let label = format!("verify {}", position + 1);
                self.demands(side, &label, text.span, understood, false, &mut checks);
            }
        }
        let verdict =
            checks.iter().map(|checked: &Checked| checked.verdict).max().unwrap_or(Verdict::Skipped);
        TaskResult { task: number, verdict, checks }
    }

    /// The conditions on one file of a task; each file of a pattern.
    fn output(&mut self, side: TaskSide<'a>, output: &'a Output, path: &'a str, checks: &mut Vec<Checked>) {
        let case = self.case;
        let stand = case.tree.get(path).unwrap_or(&Stand::Absent);
        if let Stand::Many(paths) = stand {
            for path in paths {
                self.output(side, output, path, checks);
            }
            if !paths.is_empty() {
                return;
            }
        }
        if let Some(error) = self.barred(path, stand, output.path.span) {
            enter(error, checks);
            return;
        }
        let file = FileSide {
            inputs: case.inputs,
            path,
            output: Some(output),
            stand,
            changed: self.changed(path, stand),
        };
        let of_file = |condition: &&Condition| condition.scope == Scope::Output && !is_of_task(condition);
        for condition in case.promise.conditions.iter().filter(of_file) {
            let facts = ResultFacts::of_file(side, file);
            let checked = self.condition(
                condition,
                path,
                &facts,
                head(stand, output.path.span),
                Some(output.path.span),
            );
            checks.extend(checked);
        }
    }

    /// What a criterion, or a condition of the task itself, demands.
    fn demands(
        &mut self,
        side: TaskSide<'a>,
        label: &str,
        at: Span,
        understood: &Understood,
        shared: bool,
        checks: &mut Vec<Checked>,
    ) {
        let kept: Vec<&Output> =
            side.task.outputs.iter().filter(|output| output.action != "delete").collect();
        let only = match &kept[..] {
            [only] if !shared => Some(only.path.value.as_str()),
            _ => None,
        };
        for demand in &understood.demands {
            match demand.path.as_deref().or(only) {
                Some(path) => self.demand(side, label, at, demand, path, checks),
                None => checks.push(skipped(
                    label,
                    &demand.kind,
                    label,
                    "it does not say which of several files it means",
                )),
            }
        }
        if !understood.whole {
            let why = if understood.demands.is_empty() {
                "it needs a person or the executor"
            } else {
                "a part of it needs a person or the executor"
            };
            checks.push(skipped(label, "criterion", label, why));
        }
    }

    fn demand(
        &mut self,
        side: TaskSide<'a>,
        label: &str,
        at: Span,
        demand: &Demand,
        path: &str,
        checks: &mut Vec<Checked>,
    ) {
        let case = self.case;
        let Some((path, stand)) = case.tree.get_key_value(path) else { return };
        if let Some(error) = self.barred(path, stand, at) {
            enter(error, checks);
            return;
        }
        if let Stand::Many(paths) = stand {
            if paths.is_empty() {
                checks.push(skipped(label, &demand.kind, path, "nothing matches its pattern"));
            }
            for path in paths {
                self.demand(side, label, at, demand, path, checks);
            }
            return;
        }
        let output = side.task.outputs.iter().find(|output| output.path.value == *path);
        let file = FileSide { inputs: case.inputs, path, output, stand, changed: self.changed(path, stand) };
        let facts = ResultFacts::of_file(side, file);
        let measured = match demand.check.reads()[..] {
            [read] => match facts.fact(read) {
                Fact::Number(number) => format!(": {} is {number}", read.as_str()),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let message = format!("`{path}`: not true that it {}{measured}", demand.words.trim());
        let retry = format!("Make this true of {path}: {}.", demand.words.trim());
        let question = Question {
            rule: label,
            name: &demand.kind,
            severity: Severity::Error,
            when: None,
            check: &demand.check,
            message: &message,
            retry: Some(&retry),
            at: head(stand, at),
            demanded: Some(at),
        };
        let checked = self.ask(&question, path, &facts);
        checks.extend(checked);
    }

    /// A path that must not or cannot be looked at: an error.
    fn barred(&mut self, path: &str, stand: &Stand, at: Span) -> Option<Checked> {
        let (code, why) = match stand {
            Stand::Refused(why) => ("verify/escape", why),
            Stand::Unread(why) => ("verify/unreadable", why),
            Stand::Absent | Stand::Folder | Stand::File(_) | Stand::Many(_) => return None,
        };
        let message = format!("`{path}` {why}");
        if self.barred.insert(path.to_owned()) {
            self.findings.push(Diagnostic::error(code, at, message.clone()));
        }
        Some(Checked {
            rule: code.to_owned(),
            name: String::new(),
            subject: path.to_owned(),
            verdict: Verdict::Error,
            message,
            retry: None,
        })
    }

    /// Whether a file differs from what was there before the run.
    fn changed(&self, path: &str, stand: &Stand) -> Option<bool> {
        let before = self.case.before?;
        let now = match stand {
            Stand::File(content) => Some(content.sha256.hex()),
            Stand::Absent | Stand::Folder | Stand::Many(_) | Stand::Refused(_) | Stand::Unread(_) => None,
        };
        Some(before.get(path).cloned().flatten() != now)
    }

    /// Conditions on waves and on the run.
    pub(super) fn whole(&mut self, tasks: &[TaskResult]) -> Vec<Checked> {
        let case = self.case;
        let mut checks: Vec<Checked> = Vec::new();
        let broken = case
            .promise
            .conditions
            .iter()
            .filter_map(|condition| Some((condition, condition.check.as_ref().err()?)));
        for (condition, why) in broken {
            checks.push(Checked {
                rule: condition.rule.clone(),
                name: condition.name.clone(),
                subject: "manifest".to_owned(),
                verdict: Verdict::Error,
                message: format!("it cannot be understood: {why}"),
                retry: None,
            });
        }
        if !case.only.is_empty() {
            return checks;
        }
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let finished = |ids: &[String]| {
            let has = |id: &&String| {
                case.record
                    .and_then(|record| record.tasks.get(*id))
                    .is_some_and(|entry| entry.status.is_finished())
            };
            count(ids.iter().filter(has).count())
        };
        let warnings: Vec<(String, u32)> = self.warnings.clone().into_iter().collect();
        let open = |id: &&String| case.promise.tasks.iter().any(|task| task.id.value == **id && !task.done);
        for condition in case.promise.conditions.iter().filter(|condition| condition.check.is_ok()) {
            match condition.scope {
                Scope::Wave => {
                    for wave in &case.promise.waves {
                        let ids: Vec<String> = wave.tasks.iter().filter(open).cloned().collect();
                        let failed = tasks.iter().filter(|result| {
                            ids.contains(&case.promise.tasks[result.task].id.value)
                                && result.verdict >= Verdict::Fail
                        });
                        let counts = Counts {
                            number: wave.number,
                            tasks: count(ids.len()),
                            results: finished(&ids),
                            failed: count(failed.count()),
                            waves: 1,
                        };
                        let subject = format!("wave {}", wave.number);
                        let facts = ResultFacts::of_wave(counts);
                        checks.extend(self.condition(
                            condition,
                            &subject,
                            &facts,
                            Span::head(case.manifest),
                            None,
                        ));
                    }
                }
                Scope::Run => {
                    let ids: Vec<String> =
                        tasks.iter().map(|result| case.promise.tasks[result.task].id.value.clone()).collect();
                    let counts = Counts {
                        tasks: count(ids.len()),
                        results: finished(&ids),
                        failed: count(tasks.iter().filter(|result| result.verdict >= Verdict::Fail).count()),
                        waves: count(case.promise.waves.len()),
                        ..Counts::default()
                    };
                    let facts = ResultFacts::of_run(counts, &warnings);
                    checks.extend(self.condition(condition, "run", &facts, Span::head(case.manifest), None));
                }
                Scope::Input
                | Scope::Plan
                | Scope::Task
                | Scope::Criterion
                | Scope::Prompt
                | Scope::Output
                | Scope::Batch
                | Scope::Page
                | Scope::Entry => {}
            }
        }
        checks
    }

    fn condition(
        &mut self,
        condition: &Condition,
        subject: &str,
        facts: &ResultFacts<'_>,
        at: Span,
        demanded: Option<Span>,
    ) -> Option<Checked> {
        let Ok(check) = &condition.check else {
            return None;
        };
        let reads = check.reads();
        let run = |path: &&&Path| OF_A_RUN.contains(&path.as_str()) || path.as_str().ends_with("_warnings");
        if let Some(path) = reads.iter().find(run) {
            let known = facts.fact(path).number().is_some()
                && (self.case.record.is_some() || path.as_str().starts_with("task."));
            let changed = path.as_str() == "task.started_at" && self.case.before.is_some();
            let unreported = match facts.task {
                Some(side) => side.entry.is_none(),
                None => self.case.record.is_none(),
            };
            if !known && !changed && unreported {
                let why = "nothing is known of the run (`--record`, `--since`)";
                return Some(skipped(&condition.rule, &condition.name, subject, why));
            }
        }
        let question = Question {
            rule: &condition.rule,
            name: &condition.name,
            severity: condition.severity,
            when: condition.when.as_ref(),
            check,
            message: &condition.message,
            retry: condition.retry.as_deref(),
            at,
            demanded,
        };
        self.ask(&question, subject, facts)
    }

    /// None if the question does not apply.
    fn ask(&mut self, question: &Question<'_>, subject: &str, facts: &ResultFacts<'_>) -> Option<Checked> {
        let mut checked = Checked {
            rule: question.rule.to_owned(),
            name: question.name.to_owned(),
            subject: subject.to_owned(),
            verdict: Verdict::Pass,
            message: String::new(),
            retry: None,
        };
        if question.when.is_some_and(|when| !when.eval(facts, &self.tools).passed()) {
            return None;
        }
        let Answer::Fail(hit) = question.check.eval(facts, &self.tools) else { return Some(checked) };
        let blocks = question.severity.blocks();
        checked.verdict = if blocks { Verdict::Fail } else { Verdict::Warn };
        checked.message = told(question.message, facts, hit.as_ref());
        checked.retry = question.retry.map(|retry| render(retry, facts, hit.as_ref()));
        if !blocks {
            let name: String = question.rule.chars().filter(char::is_ascii_alphanumeric).collect();
            *self.warnings.entry(name.to_ascii_lowercase()).or_default() += 1;
        }
        self.report(question, hit.as_ref(), &checked);
        Some(checked)
    }

    fn report(&mut self, question: &Question<'_>, hit: Option<&Hit>, checked: &Checked) {
        let is_rule = question.rule.contains('.');
        let at = hit.and_then(|hit| hit.span).unwrap_or(question.at);
        let code = if is_rule { question.rule.to_owned() } else { "verify/criterion".to_owned() };
        let message = if is_rule {
            checked.message.clone()
        } else {
            format!("criterion `{}`, {}", question.rule, checked.message)
        };
        let mut finding = Diagnostic::new(question.severity, code, at, message);
        if is_rule {
            question.name.clone_into(&mut finding.name);
        }
        if let Some(demanded) = question.demanded.filter(|demanded| demanded.file != at.file) {
            finding = finding.label(demanded, "promised here");
        }
        finding.help.clone_from(&checked.retry);
        if let Some(rule) = self.case.packs.rules.iter().find(|rule| rule.id == question.rule) {
            finding.why.clone_from(&rule.why);
            finding.help = finding.help.or_else(|| rule.help.clone());
        }
        self.findings.push(finding);
    }
}

/// The message, with the words that are objected to if they stand nowhere and are not in it.
fn told(template: &str, facts: &ResultFacts<'_>, hit: Option<&Hit>) -> String {
    let message = render(template, facts, hit);
    match hit {
        Some(hit) if !message.contains(&hit.text) => format!("{message}: {}", hit.text),
        _ => message,
    }
}

/// The beginning of a file that is there, else the place that promised it.
fn head(stand: &Stand, promised: Span) -> Span {
    match stand {
        Stand::File(content) => Span::head(content.file),
        Stand::Absent | Stand::Folder | Stand::Many(_) | Stand::Refused(_) | Stand::Unread(_) => promised,
    }
}

fn skipped(rule: &str, name: &str, subject: &str, why: &str) -> Checked {
    Checked {
        rule: rule.to_owned(),
        name: name.to_owned(),
        subject: subject.to_owned(),
        verdict: Verdict::Skipped,
        message: why.to_owned(),
        retry: None,
    }
}

/// Whether a condition on results asks nothing about files: it is asked once a task.
fn is_of_task(condition: &Condition) -> bool {
    let of_file =
        |path: &&Path| path.as_str().starts_with("output.") || path.as_str().starts_with("task.output_");
    let reads = |check: &Check| check.reads().iter().any(of_file);
    condition.scope == Scope::Output
        && condition.check.as_ref().is_ok_and(|check| !check.reads().is_empty() && !reads(check))
        && !condition.when.as_ref().is_some_and(reads)
}

/// An error that two questions run into is one error.
fn enter(error: Checked, checks: &mut Vec<Checked>) {
    if !checks.contains(&error) {
        checks.push(error);
    }
}
