//! The prompt of one task: a beginning that its group shares byte for byte, and a suffix of its own.
//!
//! *Invariant*: before the last line of the beginning stands nothing of a task: no id, date or number. Every text of a
//! source is quoted (see `quote`), so that a prompt always has the sections its template gives it and no others.

use std::collections::BTreeMap;

use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Hasher;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::quantity::Tokens;
use crate::base::table::Table;
use crate::ir::equipment::{Equipment, Executor, Kit};
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::pattern::Patterns;
use crate::ir::prompt::{Prompts, Sheet, ZoneKind, Zoned};
use crate::ir::registry::Registry;
use crate::ir::settings::Settings;

use super::template::Templates;
use prefix::Prefixes;
use suffix::Suffixes;

mod prefix;
mod suffix;

/// What prompts are made of beside the tasks.
#[derive(Debug, Clone, Copy)]
pub struct Lore<'a> {
    /// Domains, agents, budgets.
    pub registry: &'a Registry,
    /// Patterns of prompts.
    pub patterns: &'a Patterns,
    /// Languages and knowledge of the project.
    pub settings: &'a Settings,
}

/// The prompts of a plan, ready to be written one by one.
#[derive(Debug)]
pub struct Prompter<'a> {
    prompts: Prompts,
    prefixes: Vec<Zoned>,
    hashers: Vec<Hasher>,
    suffixes: Suffixes<'a>,
}

/// Measures every prompt and gets ready to write them. No text but the shared beginnings is kept.
#[must_use]
pub fn prepare<'a>(
    inputs: &Inputs,
    graph: &TaskGraph,
    equipment: &Equipment,
    lore: Lore<'a>,
) -> Outcome<Prompter<'a>> {
    let mut templates = Templates::new(inputs);
    let mut findings = templates.load("prompt/prefix.md", super::context::PREFIX);
    findings.extend(templates.load("prompt/suffix.md", super::context::SUFFIX));
    let mut prefixes = Prefixes::new(inputs, graph, equipment, lore);
    let mut suffixes = Suffixes::new(lore.patterns);
    let mut rows = vec![Sheet::default(); graph.tasks.len()];
    if findings.is_empty() {
        let mut scratch = String::new();
        for (id, _) in graph.tasks.iter().filter(|&(id, _)| is_prompted(graph, id, &equipment.kits[id])) {
            let ready = prefixes.of(&templates, id).and_then(|prefix| {
                suffixes.shape(&templates, inputs, graph, id, lore.settings).map(|()| prefix)
            });
            match ready {
                Ok(prefix) => {
                    scratch.clear();
                    suffixes.pour(&mut scratch, inputs, graph, id);
                    let chars = prefixes.chars(prefix) + count(&scratch);
                    rows[id.0 as usize] =
                        Sheet { prefix: Some(prefix), tokens: tokens(chars, lore.patterns.chars_per_token) };
                }
                Err(fault) => {
                    findings.push(*fault);
                    break;
                }
            }
        }
    }
    findings.extend(prefixes.take_findings());
    findings.extend(too_long(inputs, graph, equipment, lore, &rows));
    let (table, prefixes) = prefixes.into_parts();
    let hashers = prefixes.iter().map(|zoned| Hasher::of(zoned.text.as_bytes())).collect();
    let prompts = Prompts { prefixes: table, sheets: Table::new(rows) };
    Outcome::new(Prompter { prompts, prefixes, hashers, suffixes }, findings)
}

/// One finding for all prompts that are longer than their enrichment allows: the causes are usually alike.
fn too_long(
    inputs: &Inputs,
    graph: &TaskGraph,
    equipment: &Equipment,
    lore: Lore<'_>,
    rows: &[Sheet],
) -> Option<Diagnostic> {
    let allowed = |id: TaskId| {
        let level = equipment.kits[id].enrichment;
        lore.registry.enrichment.limit(level) + lore.patterns.story_tokens.of(level)
    };
    let mut long = graph.tasks.ids().filter(|&id| {
        let sheet = rows[id.0 as usize];
        sheet.prefix.is_some() && sheet.tokens > allowed(id)
    });
    let first = long.next()?;
    let others: Vec<TaskId> = long.collect();
    let tokens = |id: TaskId| rows[id.0 as usize].tokens.0;
    let message = format!(
        "the prompt of `{}` has {} tokens; its enrichment allows {}",
        graph.id(first, inputs),
        tokens(first),
        allowed(first).0
    );
    let mut finding = Diagnostic::warning("prompt/too-long", graph.tasks[first].at, message)
        .why("a small model loses the task in a long prompt")
        .help("move what it only needs to read into a file, and name the file".to_owned());
    for &id in others.iter().take(4) {
        finding = finding.label(graph.tasks[id].at, format!("this one has {}", tokens(id)));
    }
    if others.len() > 4 {
        finding = finding.here(format!("and {} more", others.len() - 4));
    }
    Some(finding)
}

/// Whether a task gets a prompt: it is open, and an agent does it.
fn is_prompted(graph: &TaskGraph, id: TaskId, kit: &Kit) -> bool {
    let by_agent = match kit.executor {
        Executor::Agent | Executor::Hybrid => true,
        Executor::Worker | Executor::Human => false,
    };
    by_agent && !kit.redirect && !graph.tasks[id].done
}

/// Number of characters.
fn count(text: &str) -> u64 {
    // A byte that continues a character begins with the bits 10.
    text.bytes().filter(|byte| byte & 0xC0 != 0x80).count() as u64
}

fn tokens(chars: u64, per_token: u64) -> Tokens {
    Tokens(chars.div_ceil(per_token.max(1)))
}

impl Prompter<'_> {
    /// Groups and lengths.
    #[must_use]
    pub fn prompts(&self) -> &Prompts {
        &self.prompts
    }
    /// How texts are put together.
    #[must_use]
    pub fn patterns(&self) -> &Patterns {
        self.suffixes.patterns()
    }
    /// Appends the whole prompt of a task; nothing for a task without one.
    pub fn render(&self, out: &mut String, inputs: &Inputs, graph: &TaskGraph, task: TaskId) {
        if let Some(prefix) = self.prompts.sheets[task].prefix {
            out.push_str(&self.prefixes[prefix.0 as usize].text);
            self.suffixes.pour(out, inputs, graph, task);
        }
    }
    /// The whole prompt of a task with its writers.
    #[must_use]
    pub fn zoned(&self, inputs: &Inputs, graph: &TaskGraph, task: TaskId) -> Option<Zoned> {
        let prefix = self.prompts.sheets[task].prefix?;
        let mut zoned = self.prefixes[prefix.0 as usize].clone();
        self.suffixes.pour_zoned(&mut zoned, inputs, graph, task);
        Some(zoned)
    }
    /// The shared beginning of a group with its writers: judged once for the whole group.
    #[must_use]
    pub fn prefix_zoned(&self, prefix: crate::ir::prompt::PrefixId) -> &Zoned {
        &self.prefixes[prefix.0 as usize]
    }
    /// The suffix of a task with its writers: what is left to judge when its beginning has been.
    #[must_use]
    pub fn suffix_zoned(&self, inputs: &Inputs, graph: &TaskGraph, task: TaskId) -> Option<Zoned> {
        self.prompts.sheets[task].prefix?;
        let mut zoned = Zoned::default();
        self.suffixes.pour_zoned(&mut zoned, inputs, graph, task);
        Some(zoned)
    }
    /// Number of the shape of a task's suffix: tasks of one shape have the same text of ours in it.
    #[must_use]
    pub fn shape(&self, task: TaskId) -> Option<u32> {
        self.suffixes.shape_of(task)
    }
    /// The name of the pattern a task's prompt follows.
    #[must_use]
    pub fn pattern(&self, task: TaskId) -> Option<&str> {
        self.suffixes.pattern_of(task)
    }
    /// The name of the format of a task's result, and the tag of its language.
    #[must_use]
    pub fn result(&self, task: TaskId) -> Option<(&str, &str)> {
        self.suffixes.result_of(task)
    }
    /// Renders a prompt and hashes it; the beginning has been hashed once for its group.
    pub(crate) fn render_hashed(
        &self,
        inputs: &Inputs,
        graph: &TaskGraph,
        task: TaskId,
    ) -> Option<(String, crate::base::digest::Digest)> {
        let prefix = self.prompts.sheets[task].prefix?.0 as usize;
        let mut text = String::with_capacity(self.prefixes[prefix].text.len() + 2_048);
        text.push_str(&self.prefixes[prefix].text);
        let start = text.len();
        self.suffixes.pour(&mut text, inputs, graph, task);
        let mut hasher = self.hashers[prefix].clone();
        hasher.update(&text.as_bytes()[start..]);
        Some((text, hasher.finish()))
    }
}

/// Who wrote what stands in a slot of the suffix.
fn zone(slot: suffix::Slot) -> ZoneKind {
    match slot {
        suffix::Slot::Template => ZoneKind::Template,
        suffix::Slot::Id
        | suffix::Slot::Title
        | suffix::Slot::Detail
        | suffix::Slot::Group
        | suffix::Slot::Part
        | suffix::Slot::Inputs
        | suffix::Slot::Outputs
        | suffix::Slot::Record
        | suffix::Slot::Owns
        | suffix::Slot::Criteria
        | suffix::Slot::Verify
        | suffix::Slot::StopIf
        | suffix::Slot::Tools => ZoneKind::Task,
    }
}

/// Findings by their place and text, each once: many tasks may share one cause.
#[derive(Debug, Default)]
struct Findings(BTreeMap<(crate::base::span::Span, String), Diagnostic>);

impl Findings {
    fn add(&mut self, finding: Diagnostic) {
        self.0.entry((finding.span(), finding.message.clone())).or_insert(finding);
    }
}

#[cfg(test)]
mod tests;
