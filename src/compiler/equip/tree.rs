//! Who does a task, and with what model: the decision tree of `model-selection-rules.yaml`, asked from the top.
//!
//! Verbs count only where verbs stand (first, or after a conjunction) and only as whole words, so that "remove dead
//! code" is no file move and "preview" no review.

use std::fmt::Write as _;

use crate::ir::equipment::{DomainId, Enrichment, Executor, ModelId};
use crate::ir::registry::Registry;
use crate::ir::registry::policy::{Clause, Condition, ListId, ModelChoice, Selection, Step};

use super::name::ModelWord;
use super::words::{Term, Word, Words, find_phrase};

/// What the tree may ask about a task.
#[derive(Debug, Default)]
pub(super) struct Facts<'t> {
    /// Words of the title.
    pub(super) words: &'t [Word],
    /// Words where verbs stand, the head first.
    pub(super) verbs: Vec<Word>,
    /// Words of everything the source says.
    pub(super) count: usize,
    /// Declared type of work, folded.
    pub(super) work: Option<String>,
    /// Declared executor.
    pub(super) executor: Option<Executor>,
    /// Declared model.
    pub(super) model: Option<ModelWord>,
    /// A script or command is named.
    pub(super) script: bool,
    /// The source gives it to a domain or agent that returns it, or insists on dispatching it.
    pub(super) returned: Option<bool>,
    /// Its domain.
    pub(super) domain: Option<DomainId>,
    /// The operation it is, if it is nothing else.
    pub(super) operation: Option<usize>,
    /// The template of its output is given.
    pub(super) template: bool,
    /// Declared enrichment.
    pub(super) enrichment: Option<Enrichment>,
}

/// What the tree answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    pub(super) executor: Executor,
    pub(super) model: Option<ModelId>,
    pub(super) redirect: bool,
    pub(super) foreground: bool,
    /// The step that decided.
    pub(super) rule: String,
    /// What it saw, and which steps nearly decided.
    pub(super) evidence: String,
    /// The source said so.
    pub(super) stated: bool,
}

/// The tree with its lists stemmed.
pub(super) struct Tree<'r> {
    registry: &'r Registry,
    lists: Vec<List>,
    /// Stems of all words that some step looks for where a verb stands, sorted.
    verbs: Vec<Term>,
    openers: Vec<Term>,
    conjunctions: Vec<Term>,
}

struct List {
    /// Stems of its single words, sorted.
    words: Vec<Term>,
    phrases: Vec<Vec<Term>>,
}

impl<'r> Tree<'r> {
    pub(super) fn new(registry: &'r Registry, words: &mut Words<'_>) -> Self {
        let selection = &registry.selection;
        let lists = selection.lists.iter().map(|(_, entries)| List::new(entries, words)).collect();
        let mut tree = Self {
            registry,
            lists,
            verbs: Vec::new(),
            openers: singles(&selection.openers, words),
            conjunctions: singles(&selection.conjunctions, words),
        };
        tree.verbs = tree.known_verbs(selection, words);
        tree
    }

    fn known_verbs(&self, selection: &Selection, words: &mut Words<'_>) -> Vec<Term> {
        let clauses =
            selection.steps.iter().flat_map(|step| step.any.iter().chain(&step.unless).chain(&step.near));
        let mut verbs = Vec::new();
        for condition in clauses.flat_map(|clause| &clause.all) {
            if let Condition::Verbs(list) | Condition::Head(list) = condition {
                verbs.extend_from_slice(&self.lists[*list].words);
            }
        }
        for operation in &selection.operations {
            verbs.extend(singles(&operation.verbs, words));
        }
        verbs.sort_unstable();
        verbs.dedup();
        verbs
    }

    /// The words of a title that stand where verbs stand; what they begin a line with is skipped. Behind `Name: ` the
    /// first word counts instead if it is a verb and the first of all is none.
    pub(super) fn verbs(&self, title: &[Word]) -> Vec<Word> {
        let skipped = |word: &Word| word.name || self.openers.binary_search(&word.term).is_ok();
        let is_verb = |word: &Word| self.verbs.binary_search(&word.term).is_ok();
        let begin = title.iter().position(|word| !skipped(word)).unwrap_or(title.len());
        let behind = title.iter().skip(begin).position(|word| word.after_colon && is_verb(word));
        let head = match behind {
            Some(at) if !is_verb(&title[begin]) => begin + at,
            _ => begin,
        };
        let mut verbs: Vec<Word> = title.get(head).copied().into_iter().collect();
        let mut joined = false;
        for word in title.iter().skip(head + 1) {
            if joined && !skipped(word) {
                verbs.push(*word);
                joined = false;
            }
            joined |= self.conjunctions.binary_search(&word.term).is_ok();
        }
        verbs
    }

    /// Asks the steps in order.
    pub(super) fn decide(&self, facts: &Facts<'_>, words: &Words<'_>) -> Decision {
        let mut effects = Effects::default();
        let mut decision: Option<Decision> = None;
        let mut rejected = String::new();
        for step in &self.registry.selection.steps {
            let flags = step.then.redirect || step.then.foreground;
            if decision.is_some() && !flags || step.then.redirect && facts.returned == Some(false) {
                continue;
            }
            let Some(clause) = self.answers(step, facts) else {
                self.note_near(step, facts, words, &mut rejected);
                continue;
            };
            let evidence = || self.evidence(clause, facts, words);
            if step.then.redirect {
                return Decision {
                    executor: step.then.executor.unwrap_or(Executor::Human),
                    model: None,
                    redirect: true,
                    foreground: false,
                    rule: step.id.clone(),
                    evidence: evidence(),
                    stated: facts.returned == Some(true),
                };
            }
            effects.foreground |= step.then.foreground;
            if decision.is_none() {
                decision = self.settle(step, facts, evidence);
            }
        }
        let mut decision = decision.unwrap_or_else(|| self.nothing(facts));
        decision.foreground = effects.foreground;
        decision.evidence.push_str(&rejected);
        decision
    }

    /// The clause that makes a step answer.
    fn answers<'s>(&self, step: &'s Step, facts: &Facts<'_>) -> Option<&'s Clause> {
        let holds = |clause: &&Clause| self.holds(clause, facts);
        let found = step.any.iter().find(holds)?;
        (!step.unless.iter().any(|clause| self.holds(clause, facts))).then_some(found)
    }

    fn note_near(&self, step: &Step, facts: &Facts<'_>, words: &Words<'_>, rejected: &mut String) {
        if let Some(near) = step.near.iter().find(|clause| self.holds(clause, facts)) {
            let evidence = self.evidence(near, facts, words);
            let _ = write!(rejected, "; not {} ({evidence}): {}", step.id, step.near_reason);
        }
    }

    /// The decision a step makes, if it makes one for this task.
    fn settle(&self, step: &Step, facts: &Facts<'_>, evidence: impl Fn() -> String) -> Option<Decision> {
        let answer = &step.then;
        let (executor, model, stated) = if answer.declared {
            let (executor, model) = declared(facts)?;
            (executor, model, true)
        } else {
            let model = match answer.model {
                Some(ModelChoice::Model(id)) => Some(id),
                Some(ModelChoice::Domain) => {
                    Some(facts.domain.and_then(|id| self.registry.domains[id].model)?)
                }
                None => None,
            };
            (answer.executor?, model, false)
        };
        // A source that asks for an agent and leaves the model open gets no worker.
        let executor = match (facts.executor, executor) {
            (Some(Executor::Agent | Executor::Hybrid), Executor::Worker) => return None,
            (Some(wanted), _) => wanted,
            (None, answer) => answer,
        };
        Some(Decision {
            executor,
            model,
            redirect: false,
            foreground: false,
            rule: if stated { String::from("explicit") } else { step.id.clone() },
            evidence: evidence(),
            stated,
        })
    }

    /// Without a step that answers: the first model that may be chosen.
    fn nothing(&self, facts: &Facts<'_>) -> Decision {
        Decision {
            executor: facts.executor.unwrap_or(Executor::Agent),
            model: self.registry.models.iter().find(|(_, model)| model.executor).map(|(id, _)| id),
            redirect: false,
            foreground: false,
            rule: String::from("none"),
            evidence: String::from("no step of the decision tree answers"),
            stated: false,
        }
    }

    fn holds(&self, clause: &Clause, facts: &Facts<'_>) -> bool {
        clause.all.iter().all(|condition| self.is_so(condition, facts))
    }

    fn is_so(&self, condition: &Condition, facts: &Facts<'_>) -> bool {
        let domain = facts.domain.map(|id| &self.registry.domains[id]);
        match condition {
            Condition::Explicit => declared(facts).is_some(),
            Condition::Types(list) => self.type_of(*list, facts).is_some(),
            Condition::Verbs(list) => self.verb_of(*list, &facts.verbs).is_some(),
            Condition::Head(list) => self.verb_of(*list, &facts.verbs[..facts.verbs.len().min(1)]).is_some(),
            Condition::Phrases(list) => self.phrase_of(*list, facts).is_some(),
            Condition::RedirectDomain => facts.returned == Some(true),
            Condition::ForegroundDomain => domain.is_some_and(|domain| domain.foreground),
            Condition::DomainModel => domain.is_some_and(|domain| domain.model.is_some()),
            Condition::Domains(wanted) => facts.domain.is_some_and(|id| wanted.contains(&id)),
            Condition::Operation => facts.operation.is_some(),
            Condition::Template => facts.template,
            Condition::DeclaredEnrichment(level) => facts.enrichment == Some(*level),
            Condition::WordsOver(most) => facts.count > *most as usize,
        }
    }

    fn type_of<'f>(&self, list: ListId, facts: &'f Facts<'_>) -> Option<&'f str> {
        let work = facts.work.as_deref()?;
        self.registry.selection.lists[list].1.iter().any(|known| known == work).then_some(work)
    }

    fn verb_of(&self, list: ListId, verbs: &[Word]) -> Option<Word> {
        verbs.iter().copied().find(|word| self.lists[list].words.binary_search(&word.term).is_ok())
    }

    /// Where a phrase of the list begins.
    fn phrase_of(&self, list: ListId, facts: &Facts<'_>) -> Option<usize> {
        self.lists[list].phrases.iter().position(|phrase| find_phrase(facts.words, phrase).is_some())
    }

    /// What a clause saw, in words.
    fn evidence(&self, clause: &Clause, facts: &Facts<'_>, words: &Words<'_>) -> String {
        let parts: Vec<String> =
            clause.all.iter().filter_map(|condition| self.seen(condition, facts, words)).collect();
        if parts.is_empty() { String::from("nothing else answers") } else { parts.join(", ") }
    }

    fn seen(&self, condition: &Condition, facts: &Facts<'_>, words: &Words<'_>) -> Option<String> {
        let domain = || facts.domain.map_or("", |id| self.registry.domains[id].name.as_str());
        Some(match condition {
            Condition::Explicit => said(facts, self.registry),
            Condition::Types(list) => format!("type `{}`", self.type_of(*list, facts)?),
            Condition::Verbs(list) => format!("verb `{}`", words.text(self.verb_of(*list, &facts.verbs)?)),
            Condition::Head(_) => format!("first verb `{}`", words.text(*facts.verbs.first()?)),
            Condition::Phrases(list) => {
                let at = self.phrase_of(*list, facts)?;
                let phrases =
                    self.registry.selection.lists[*list].1.iter().filter(|entry| entry.contains([' ', '-']));
                format!("phrase `{}`", phrases.clone().nth(at)?)
            }
            Condition::RedirectDomain | Condition::ForegroundDomain | Condition::Domains(_) => {
                format!("domain `{}`", domain())
            }
            Condition::DomainModel => format!("the usual model of `{}`", domain()),
            Condition::Operation => {
                format!("operation `{}`", self.registry.selection.operations[facts.operation?].id)
            }
            Condition::Template => String::from("a template of the output"),
            Condition::DeclaredEnrichment(_) => String::from("the declared enrichment"),
            Condition::WordsOver(most) => format!("{} words, more than {most}", facts.count),
        })
    }
}

#[derive(Default)]
struct Effects {
    foreground: bool,
}

impl List {
    fn new(entries: &[String], words: &mut Words<'_>) -> Self {
        let mut list = Self { words: Vec::new(), phrases: Vec::new() };
        for entry in entries {
            let mut phrase = words.phrase(entry);
            if phrase.len() == 1 {
                list.words.append(&mut phrase);
            } else if !phrase.is_empty() {
                list.phrases.push(phrase);
            }
        }
        list.words.sort_unstable();
        list.words.dedup();
        list
    }
}

/// Sorted stems of single words.
fn singles(entries: &[String], words: &mut Words<'_>) -> Vec<Term> {
    let mut terms: Vec<Term> =
        entries.iter().filter_map(|entry| words.phrase(entry).first().copied()).collect();
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// What the source decides by itself: a model, a script, or an executor that takes none.
fn declared(facts: &Facts<'_>) -> Option<(Executor, Option<ModelId>)> {
    match (facts.executor, facts.model) {
        (Some(executor @ (Executor::Worker | Executor::Human)), _) => Some((executor, None)),
        (executor, Some(ModelWord::Model(id))) => Some((executor.unwrap_or(Executor::Agent), Some(id))),
        (None, Some(ModelWord::Worker)) => Some((Executor::Worker, None)),
        (None, None) if facts.script => Some((Executor::Worker, None)),
        (Some(Executor::Agent | Executor::Hybrid), Some(ModelWord::Worker) | None) | (None, None) => None,
    }
}

fn said(facts: &Facts<'_>, registry: &Registry) -> String {
    let mut parts = Vec::new();
    match facts.model {
        Some(ModelWord::Model(id)) => parts.push(format!("model `{}`", registry.models[id].id)),
        Some(ModelWord::Worker) => parts.push(String::from("model `worker`")),
        None => {}
    }
    if let Some(executor) = facts.executor {
        parts.push(format!("executor `{}`", super::executor_name(executor)));
    }
    if facts.script {
        parts.push(String::from("a script"));
    }
    format!("the source names {}", parts.join(" and "))
}
