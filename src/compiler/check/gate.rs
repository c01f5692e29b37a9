//! Asking the rules of a gate about a subject, and making findings of what they object to.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};
use crate::ir::plan::{Gate, Verdict};
use crate::ir::settings::Settings;

use super::fact::{Facts, Hit};
use super::message::render;
use super::operator::Tools;
use super::pack::Packs;
use super::rule::{Objection, Rule, Scope};
use super::severity::Severities;

/// What is found while the rules of one gate are asked.
pub struct Session<'a> {
    inputs: &'a Inputs,
    packs: &'a Packs,
    gate: &'a str,
    tools: Tools<'a>,
    severities: Severities<'a>,
    /// By rule: where the compiler has reported its fault already.
    reported: BTreeMap<&'a str, Vec<Span>>,
    findings: Vec<Diagnostic>,
    /// By rule and subject: the finding, so that rules that say the same share one.
    index: BTreeMap<(&'a str, u32), usize>,
    /// Rules and the shared texts they have objected to.
    objected: BTreeSet<(&'a str, u32)>,
    /// Scopes with a subject: every rule of such a scope is asked.
    asked: BTreeSet<Scope>,
}

/// A subject: its number among those of its scope, and its place.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Its number.
    pub number: u32,
    /// Where to point when no words are guilty.
    pub at: Span,
    /// The lines that make it: a fault reported there is reported.
    pub whole: Span,
}

impl<'a> Session<'a> {
    /// Opens a gate. `earlier` are the findings of the compiler itself: what they report is not reported again.
    #[must_use]
    pub fn new(
        inputs: &'a Inputs,
        packs: &'a Packs,
        settings: &'a Settings,
        gate: &'a str,
        earlier: &'a [Diagnostic],
    ) -> Self {
        let mut reported: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
        for finding in earlier {
            for rule in &finding.vetoes {
                reported.entry(rule).or_default().push(finding.span());
            }
        }
        Self {
            inputs,
            packs,
            gate,
            tools: Tools::new(&packs.vocabulary, &packs.languages),
            severities: Severities::new(settings),
            reported,
            findings: Vec::new(),
            index: BTreeMap::new(),
            objected: BTreeSet::new(),
            asked: BTreeSet::new(),
        }
    }

    /// The rules of this gate for a scope that compiled subjects can be asked.
    pub fn rules(&self, scope: Scope) -> impl Iterator<Item = &'a Rule> + use<'a> {
        let gate = self.gate;
        self.packs
            .rules
            .iter()
            .filter(move |rule| rule.gate == gate && rule.scope == scope && rule.slug.is_none())
    }

    /// Asks one rule about one subject; how grave its objection is, if it has one.
    pub fn ask(&mut self, rule: &'a Rule, facts: &dyn Facts, subject: Subject) -> Option<Severity> {
        self.asked.insert(rule.scope);
        let objection = rule.judge(facts, &self.tools)?;
        let path = self.inputs.file(subject.at.file).path.as_str();
        let severity = self.severities.of(rule, facts, &self.tools, path)?;
        if !self.is_reported(rule, subject.whole) {
            self.report(rule, facts, subject, severity, objection);
        }
        Some(severity)
    }

    fn report(
        &mut self,
        rule: &'a Rule,
        facts: &dyn Facts,
        subject: Subject,
        severity: Severity,
        objection: Objection,
    ) {
        if let Some(shared) = objection.hit.as_ref().and_then(|hit| hit.shared)
            && !self.objected.insert((&rule.id, shared))
        {
            return;
        }
        for other in &rule.vetoes {
            if let Some(&at) = self.index.get(&(other.as_str(), subject.number)) {
                let finding = &mut self.findings[at];
                finding.vetoes.push(rule.id.clone());
                finding.severity = finding.severity.max(severity);
                return;
            }
        }
        let span = place(rule, facts, objection.hit.as_ref()).unwrap_or(subject.at);
        let span = objection.hit.as_ref().map_or(span, |hit| self.narrowed(span, hit));
        let mut finding = Diagnostic::new(severity, rule.id.clone(), span, objection.message);
        rule.name.clone_into(&mut finding.name);
        finding.why.clone_from(&rule.why);
        finding.help = facts.advice().or_else(|| rule.help.as_deref().map(|help| render(help, facts, None)));
        finding.vetoes.clone_from(&rule.vetoes);
        finding.fix =
            objection.hit.as_ref().and_then(|hit| self.fix(rule, hit, span)).or_else(|| facts.remedy());
        if let Some((at, what)) = facts.beside() {
            finding = finding.label(at, what);
        }
        self.index.insert((&rule.id, subject.number), self.findings.len());
        self.findings.push(finding);
    }

    /// The words themselves, where they stand as they are in what a text was made from: with the same neighbours, else
    /// by themselves, else as a part of a longer word.
    fn narrowed(&self, span: Span, hit: &Hit) -> Span {
        let words = hit.text.as_str();
        if words.is_empty() {
            return span;
        }
        let text = self.inputs.slice(span);
        let joins = |c: char| c.is_alphanumeric() || c == '-';
        let stands_alone =
            |at: &usize| !text[..*at].ends_with(joins) && !text[*at + words.len()..].starts_with(joins);
        let known =
            (!hit.context.is_empty()).then(|| Some(text.find(&hit.context)? + hit.context.find(words)?));
        let found = known
            .flatten()
            .or_else(|| text.match_indices(words).map(|(at, _)| at).find(stands_alone))
            .or_else(|| text.find(words));
        found.map_or(span, |at| span.slice(at, at + words.len()))
    }

    fn is_reported(&self, rule: &Rule, whole: Span) -> bool {
        self.reported.get(rule.id.as_str()).is_some_and(|places| {
            places.iter().any(|at| {
                at.file == whole.file
                    && (whole.is_empty() || (at.start <= whole.end && whole.start <= at.end))
            })
        })
    }

    /// An edit, where the remedy is a replacement inside the words that are objected to, and these stand at `span` as
    /// they are.
    fn fix(&self, rule: &Rule, hit: &Hit, span: Span) -> Option<Fix> {
        if hit.span.is_none() || self.inputs.slice(span) != hit.text {
            return None;
        }
        let remedy = rule.fix.as_ref()?;
        let (pattern, with) = (remedy.pattern.as_deref()?, remedy.with.as_deref()?);
        let pattern = regex::Regex::new(pattern).ok()?;
        let old = hit.text.as_str();
        let new = pattern.replace_all(old, with);
        (new != old).then(|| Fix {
            kind: remedy.kind,
            title: format!("write `{new}`"),
            edits: vec![Edit { span, text: new.into_owned() }],
        })
    }

    /// Closes the gate.
    #[must_use]
    pub fn close(self) -> (Gate, Vec<Diagnostic>) {
        let name =
            self.packs.gates.iter().find(|(id, _)| id == self.gate).map_or("", |(_, name)| name.as_str());
        // Rules that the compiler answers itself were asked too.
        let was_asked = |rule: &&Rule| rule.slug.is_some() || self.asked.contains(&rule.scope);
        let rules = self.packs.rules.iter().filter(|rule| rule.gate == self.gate);
        let asked: Vec<String> = if self.asked.is_empty() {
            Vec::new()
        } else {
            rules.filter(was_asked).map(|rule| rule.id.clone()).collect()
        };
        let gate = Gate {
            id: self.gate.to_owned(),
            name: name.to_owned(),
            verdict: if asked.is_empty() { Verdict::Skipped } else { Verdict::Pass },
            rules: u32::try_from(asked.len()).unwrap_or(u32::MAX),
            asked,
            failed: Vec::new(),
        };
        (gate, self.findings)
    }
}

/// The guilty words, else the place of the first fact the rule reads that has one.
fn place(rule: &Rule, facts: &dyn Facts, hit: Option<&Hit>) -> Option<Span> {
    if let Some(span) = hit.and_then(|hit| hit.span) {
        return Some(span);
    }
    let reads = rule.check.reads();
    reads.iter().find_map(|path| {
        let fact = facts.fact(path);
        let [piece] = fact.pieces() else { return None };
        piece.place.span()
    })
}

/// Says of each gate what all findings together mean for it: those of its own rules, and those that name one of its
/// rules as vetoed.
pub fn settle(packs: &Packs, gates: &mut [Gate], findings: &[Diagnostic]) {
    for gate in gates {
        let mut failed = BTreeSet::new();
        let mut verdict = if gate.rules == 0 { Verdict::Skipped } else { Verdict::Pass };
        for finding in findings {
            let names =
                std::iter::once(finding.code.as_str()).chain(finding.vetoes.iter().map(String::as_str));
            let of_gate =
                |name: &&str| packs.rules.iter().any(|rule| rule.id == *name && rule.gate == gate.id);
            let hits: Vec<&str> = names.filter(of_gate).collect();
            if hits.is_empty() {
                continue;
            }
            failed.extend(hits.into_iter().map(str::to_owned));
            let said = if finding.blocks() {
                Verdict::Fail
            } else if finding.waived.is_some() {
                Verdict::Waived
            } else {
                Verdict::Warn
            };
            verdict = match (verdict, said) {
                (Verdict::Skipped, said) => said,
                (before, said) => before.max(said),
            };
        }
        gate.verdict = verdict;
        gate.failed = failed.into_iter().collect();
    }
}

/// A subject that is a whole file.
#[must_use]
pub fn whole_file(file: FileId, number: u32) -> Subject {
    let at = Span::head(file);
    Subject { number, at, whole: at }
}
