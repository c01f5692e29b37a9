//! A checklist filled in: what became of each item, why, and what all of it comes to.

use serde::Serialize;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::compiler::check::health::{Health, Status};
use crate::compiler::check::operator::Tools;
use crate::compiler::check::pack::Packs;
use crate::compiler::check::rule::Rule;
use crate::compiler::check::verify::criterion::Demand;
use crate::compiler::check::verify::tree::{Stand, Tree};
use crate::compiler::check::verify::{self, Checked, Verdict as Outcome};
use crate::ir::plan::Gate;

use super::scale::{Milli, POINT};
use super::{Item, Program};

/// Everything a checklist is held against.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// The rules, with those of the checklist.
    pub packs: &'a Packs,
    /// The gates that were passed.
    pub gates: &'a [Gate],
    /// What was found.
    pub findings: &'a [Diagnostic],
    /// Conditions asked about results.
    pub checks: &'a [Checked],
    /// The score.
    pub health: Option<&'a Health>,
    /// What stands at the paths that claims name.
    pub tree: &'a Tree,
    /// The file that a claim without a path is about.
    pub subject: Option<&'a str>,
    /// Whether files were asked the rules about pages.
    pub pages: bool,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It holds.
    Checked,
    /// It does not hold.
    Failed,
    /// Nothing decided it.
    Open,
}

/// What the whole checklist comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is met, whatever the open items say.
    Pass,
    /// It is not met, whatever the open items say.
    Fail,
    /// The open items decide.
    Open,
}

/// An item filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What became of it.
    pub state: State,
    /// Why it failed, or why it is open; what shows that it holds.
    pub reasons: Vec<String>,
}

/// A checklist filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// By item.
    pub rows: Vec<Row>,
    /// Weight of what holds.
    pub score: Milli,
    /// Weight of what could still be earned: of the open items.
    pub open: Milli,
    /// Weight of all items.
    pub of: Milli,
    /// Weight that is enough.
    pub pass: Milli,
    /// What all of it comes to.
    pub verdict: Verdict,
}

/// Most reasons that are told of one item.
const TOLD: usize = 3;

/// Holds a checklist against the evidence.
#[must_use]
pub fn fill(program: &Program, evidence: Evidence<'_>) -> Filled {
    let rows: Vec<Row> = program.items.iter().map(|item| row(item, evidence)).collect();
    let both = || program.items.iter().zip(&rows);
    let weigh =
        |state| both().filter(|(_, row)| row.state == state).map(|(item, _)| item.weight).sum::<Milli>();
    let of: Milli = program.items.iter().map(|item| item.weight).sum();
    let (score, open) = (weigh(State::Checked), weigh(State::Open));
    // What is enough counts parts of a hundred, or points.
    let pass = program
        .scale
        .pass
        .map_or(of, |pass| if pass.percent { (pass.points * of).div_ceil(100 * POINT) } else { pass.points });
    // Where nothing is said to be enough, every item decides.
    let all = program.scale.pass.is_none();
    let decided = |state| both().any(|(item, row)| (all || item.veto) && row.state == state);
    let verdict = if decided(State::Failed) || score + open < pass {
        Verdict::Fail
    } else if decided(State::Open) || score < pass {
        Verdict::Open
    } else {
        Verdict::Pass
    };
    Filled { rows, score, open, of, pass, verdict }
}

fn row(item: &Item, evidence: Evidence<'_>) -> Row {
    let mut failed = Vec::new();
    let mut open: Vec<String> = item.fault.iter().cloned().collect();
    let mut held = Vec::new();
    let mut add = |answer: Answer| match answer {
        Answer::Holds(what) => held.push(what),
        Answer::Fails(why) => failed.extend(why),
        Answer::Unknown(why) => open.push(why),
    };
    for rule in &item.rules {
        match evidence.packs.rule(rule) {
            Some(rule) => add(of_rule(rule, evidence)),
            None => add(Answer::Unknown(format!("no rule is called `{rule}`"))),
        }
    }
    for demand in &item.claims.demands {
        add(of_claim(demand, evidence));
    }
    if !item.claims.whole {
        let why = if item.claims.demands.is_empty() {
            "no rule or test decides it"
        } else {
            "a part of it needs a person"
        };
        add(Answer::Unknown(why.to_owned()));
    }
    let (state, reasons) = match () {
        () if !failed.is_empty() => (State::Failed, failed),
        // What no program can tell, a person may have told.
        () if !open.is_empty() && item.ticked => (State::Checked, vec!["ticked by a person".to_owned()]),
        () if !open.is_empty() => (State::Open, open),
        () => (State::Checked, held),
    };
    Row { state, reasons: told(reasons) }
}

/// The first reasons, each once.
fn told(mut reasons: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
    let more = reasons.len().saturating_sub(TOLD);
    if more > 0 {
        reasons.truncate(TOLD);
        reasons.push(format!("and {more} more"));
    }
    reasons
}

enum Answer {
    Holds(String),
    Fails(Vec<String>),
    Unknown(String),
}

/// What is known of a rule.
fn of_rule(rule: &Rule, evidence: Evidence<'_>) -> Answer {
    let is_of = |code: &str| code == rule.id || rule.slug.as_deref() == Some(code);
    let against: Vec<String> = evidence
        .findings
        .iter()
        .filter(|finding| finding.waived.is_none())
        .filter(|finding| is_of(finding.code.as_str()) || finding.vetoes.contains(&rule.id))
        .map(|finding| located(finding, evidence.inputs))
        .collect();
    if !against.is_empty() {
        return Answer::Fails(against);
    }
    let reason =
        evidence.health.and_then(|health| health.reasons.iter().find(|reason| reason.rule == rule.id));
    if let Some(reason) = reason {
        return match reason.status {
            Status::Pass => Answer::Holds(rule.id.clone()),
            Status::Fail => Answer::Fails(vec![reason.message.clone()]),
            Status::Unknown => Answer::Unknown("known after a run: `--record FILE`".to_owned()),
        };
    }
    let checks: Vec<&Checked> = evidence.checks.iter().filter(|checked| checked.rule == rule.id).collect();
    if let Some(gravest) = checks.iter().max_by_key(|checked| checked.verdict) {
        return match gravest.verdict {
            Outcome::Skipped => Answer::Unknown(gravest.message.clone()),
            // A check that could not be asked is never one that holds.
            Outcome::Pass if checks.iter().any(|checked| checked.verdict == Outcome::Skipped) => {
                Answer::Unknown("not every result could be asked".to_owned())
            }
            Outcome::Pass => Answer::Holds(rule.id.clone()),
            Outcome::Warn | Outcome::Fail | Outcome::Error => Answer::Fails(vec![gravest.message.clone()]),
        };
    }
    let was_asked = evidence.gates.iter().any(|gate| gate.id == rule.gate && gate.asked.contains(&rule.id));
    if was_asked || (evidence.pages && rule.gate == super::super::page::GATE) {
        return Answer::Holds(rule.id.clone());
    }
    Answer::Unknown(when(rule, evidence).to_owned())
}

/// When a rule is asked that was not.
fn when(rule: &Rule, evidence: Evidence<'_>) -> &'static str {
    match rule.gate.as_str() {
        "QG-EXEC" | "QG-BATCH-EXEC" => "asked while a plan runs",
        "QG-POST" if !evidence.checks.is_empty() => "nothing in this plan is asked it",
        "QG-POST" => "asked of results: give the manifest",
        "HEALTH" => "asked of a plan: give a story, a plan or a manifest",
        "QG-BATCH-DISC" | "QG-BATCH-PRIO" => "asked of several stories: give a folder of them",
        "QG-LINT" => "asked of files of agents and clients",
        _ if evidence.gates.is_empty() => "asked of a story or a plan",
        _ => "nothing in this input is asked it",
    }
}

/// `docs/a.md:12 the message`.
fn located(finding: &Diagnostic, inputs: &Inputs) -> String {
    let span = finding.span();
    format!("{}:{} {}", inputs.display_path(span.file), inputs.position(span).line, finding.message)
}

/// Whether a claim about a file is true.
fn of_claim(demand: &Demand, evidence: Evidence<'_>) -> Answer {
    let Some(path) = demand.path.as_deref().or(evidence.subject) else {
        return Answer::Unknown("it does not say which file it means".to_owned());
    };
    let Some(stand) = evidence.tree.get(path) else {
        return Answer::Unknown(format!("`{path}` was not looked at"));
    };
    if let Stand::Refused(why) | Stand::Unread(why) = stand {
        return Answer::Unknown(format!("`{path}` {why}"));
    }
    let paths: Vec<&str> = match stand {
        Stand::Many(paths) if paths.is_empty() => {
            return Answer::Unknown(format!("nothing matches `{path}`"));
        }
        Stand::Many(paths) => paths.iter().map(String::as_str).collect(),
        Stand::Absent | Stand::Folder | Stand::File(_) | Stand::Refused(_) | Stand::Unread(_) => vec![path],
    };
    let tools = Tools::new(&evidence.packs.vocabulary, &evidence.packs.languages);
    let failed: Vec<String> = paths
        .iter()
        .filter_map(|path| verify::claim(evidence.inputs, evidence.tree, path, demand, &tools))
        .collect();
    if failed.is_empty() { Answer::Holds(path.to_owned()) } else { Answer::Fails(failed) }
}

/// The paths that somebody must look at before a checklist can be filled in.
#[must_use]
pub fn wanted(program: &Program, subject: Option<&str>) -> std::collections::BTreeSet<String> {
    let demands = program.items.iter().flat_map(|item| &item.claims.demands);
    demands.filter_map(|demand| demand.path.clone().or_else(|| subject.map(str::to_owned))).collect()
}
