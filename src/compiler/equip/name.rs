//! Names a source declares: agents, domains, models, executors, and what is said when nothing bears them.

use std::collections::BTreeMap;

use crate::base::diagnostic::{Diagnostic, Edit, Fix, FixKind, Severity};
use crate::base::fold::fold;
use crate::base::inputs::Inputs;
use crate::base::suggest::nearest;
use crate::base::text::Text;
use crate::ir::equipment::{AgentId, DomainId, Enrichment, Executor, ModelId};
use crate::ir::registry::Registry;

/// What a source says about a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ModelWord {
    /// Do without one.
    Worker,
    /// This one.
    Model(ModelId),
}

/// What a source says about an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AgentWord {
    /// A kind of executor instead of a name.
    Executor(Executor),
    /// This one.
    Agent(AgentId),
}

/// Looks names up, and reports those that nothing bears.
pub(super) struct Names<'a> {
    inputs: &'a Inputs,
    registry: &'a Registry,
    /// Last parts of paths and aliases; `None` when two commands share one.
    short: BTreeMap<String, Option<AgentId>>,
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Names<'a> {
    pub(super) fn new(inputs: &'a Inputs, registry: &'a Registry) -> Self {
        let mut short: BTreeMap<String, Option<AgentId>> = BTreeMap::new();
        for (id, command) in registry.commands.iter() {
            for name in std::iter::once(&command.id).chain(&command.aliases) {
                short
                    .entry(name.to_lowercase())
                    .and_modify(|known| *known = known.filter(|&k| k == id))
                    .or_insert(Some(id));
            }
        }
        Self { inputs, registry, short, findings: Vec::new() }
    }

    /// A declared agent: a slash path, the older `@name`, an alias, or the last part of a path if only one has it.
    pub(super) fn agent(&mut self, declared: &Text, grave: Severity) -> Option<AgentWord> {
        let raw = declared.get(self.inputs);
        let name = raw.trim().trim_matches('`');
        if name.is_empty() || self.registry.inferred_words.iter().any(|word| word == name) {
            return None;
        }
        if let Some(executor) = self.executor_word(name) {
            return Some(AgentWord::Executor(executor));
        }
        let path = format!("/{}", name.trim_start_matches(['@', '/']));
        let found = self
            .registry
            .command(&path)
            .or_else(|| self.registry.command(&path.to_lowercase()))
            .or_else(|| self.short.get(&path[1..].to_lowercase()).copied().flatten());
        // A name that means nobody is not mended by another sign before it.
        match (found, name.strip_prefix('@')) {
            (None, _) => self.unknown_agent(declared, name, &path, grave),
            (Some(_), Some(bare)) => self.findings.push(at_notation(declared, self.inputs, bare)),
            (Some(_), None) => {}
        }
        found.map(AgentWord::Agent)
    }

    fn unknown_agent(&mut self, declared: &Text, name: &str, path: &str, grave: Severity) {
        let paths = self.registry.commands.rows().iter().map(|command| command.path.as_str());
        let near = nearest(path, paths).or_else(|| {
            let names = self.short.iter().filter_map(|(short, id)| id.map(|id| (short.as_str(), id)));
            let bare = &path[1..];
            let short = nearest(bare, names.clone().map(|(short, _)| short))?;
            names
                .clone()
                .find(|(known, _)| *known == short)
                .map(|(_, id)| self.registry.commands[id].path.as_str())
        });
        let help = near.map_or_else(
            || {
                String::from(
                    "name an agent of `command-registry.yaml`, or leave the agent out to have one chosen",
                )
            },
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("no registry and no squad has an agent `{name}`");
        self.push(grave, "agent/unknown", "VR.2", declared, message, help);
    }

    /// A declared domain: its name, another name of it, or its squad.
    pub(super) fn domain(&mut self, declared: &Text, grave: Severity) -> Option<DomainId> {
        let raw = declared.get(self.inputs).trim().trim_matches('`');
        if raw.is_empty() || self.registry.inferred_words.iter().any(|word| word == raw) {
            return None;
        }
        let name = fold(raw).replace(['-', ' '], "_");
        let registry = self.registry;
        let found = registry.domain(&name).or_else(|| {
            registry.routing.aliases.get(&name).and_then(|alias| registry.domain(alias)).or_else(|| {
                let squad = |domain: &crate::ir::registry::Domain| domain.squad.as_deref() == Some(raw);
                registry.domains.iter().find(|(_, domain)| squad(domain)).map(|(id, _)| id)
            })
        });
        if found.is_none() {
            let near = nearest(&name, registry.domains.rows().iter().map(|domain| domain.name.as_str()));
            let help = near.map_or_else(
                || {
                    String::from(
                        "name a domain of `domain-registry.yaml`, or leave it out to have one chosen",
                    )
                },
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("the registry has no domain `{raw}`");
            self.push(grave, "domain/unknown", "VR.1", declared, message, help);
        }
        found
    }

    /// A declared model, by its id or by what a client calls it.
    pub(super) fn model(&mut self, declared: &Text, grave: Severity) -> Option<ModelWord> {
        let raw = declared.get(self.inputs).trim().trim_matches('`');
        let name = raw.to_lowercase();
        if name.is_empty() || self.registry.inferred_words.contains(&name) {
            return None;
        }
        if self.registry.worker_words.contains(&name) {
            return Some(ModelWord::Worker);
        }
        let found = self.registry.model(&name);
        if found.is_none() {
            let known: Vec<&str> =
                self.registry.models.rows().iter().map(|model| model.id.as_str()).collect();
            let help = nearest(&name, known.iter().copied()).map_or_else(
                || format!("name one of {}, or `worker`", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{raw}` is no model of `executors.yaml`");
            self.push(grave, "model/unknown", "VR.3", declared, message, help);
        }
        found.map(ModelWord::Model)
    }

    /// A declared kind of executor.
    pub(super) fn executor(&mut self, declared: &Text, grave: Severity) -> Option<Executor> {
        let raw = declared.get(self.inputs).trim();
        let found = self.executor_word(raw);
        if found.is_none() && !raw.is_empty() {
            let words =
                self.registry.selection.executors.iter().flat_map(|(_, words)| words).map(String::as_str);
            let help = nearest(raw, words).map_or_else(
                || String::from("write `worker`, `agent`, `human` or `hybrid`"),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{raw}` is no kind of executor");
            self.push(grave, "executor/unknown", "VR.2", declared, message, help);
        }
        found
    }

    fn executor_word(&self, word: &str) -> Option<Executor> {
        let folded = fold(word);
        let executors = &self.registry.selection.executors;
        executors
            .iter()
            .find(|(_, words)| words.iter().any(|known| *known == folded))
            .map(|(executor, _)| *executor)
    }

    /// A declared level of enrichment.
    pub(super) fn enrichment(&mut self, declared: &Text, grave: Severity) -> Option<Enrichment> {
        let raw = declared.get(self.inputs).trim();
        let found = match raw.to_ascii_uppercase().as_str() {
            "MINIMAL" => Some(Enrichment::Minimal),
            "STANDARD" => Some(Enrichment::Standard),
            "FULL" => Some(Enrichment::Full),
            _ => None,
        };
        if found.is_none() && !raw.is_empty() {
            let near = nearest(raw, ["MINIMAL", "STANDARD", "FULL"]).unwrap_or("STANDARD");
            let message = format!("`{raw}` is no level of enrichment");
            let help = format!("write `{near}`; the levels are MINIMAL, STANDARD and FULL");
            self.push(grave, "enrichment/unknown", "VR.4", declared, message, help);
        }
        found
    }

    /// Reports a declared value; one that does not block fails no gate.
    fn push(
        &mut self,
        grave: Severity,
        code: &'static str,
        rule: &str,
        at: &Text,
        message: String,
        help: String,
    ) {
        let finding = Diagnostic::new(grave, code, at.at(), message).help(help);
        self.findings.push(if grave.blocks() { finding.veto(rule) } else { finding });
    }
}

fn at_notation(declared: &Text, inputs: &Inputs, bare: &str) -> Diagnostic {
    let span = declared.at();
    let fix = inputs.slice(span).find(&format!("@{bare}")).map(|at| Fix {
        kind: FixKind::Safe,
        title: format!("write `/{bare}`"),
        edits: vec![Edit { span: span.slice(at, at + 1), text: String::from("/") }],
    });
    Diagnostic::warning("agent/at-notation", declared.at(), format!("`@{bare}` is not a slash path"))
        .help(format!("write `/{bare}`; it is read so"))
        .fix(fix)
        .veto("VR.6")
}
