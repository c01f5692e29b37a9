//! G  Plan to artifacts: manifest, prompts, reports.
//!
//! Artifacts come one by one, prompts first, so that a plan of a hundred thousand prompts is never in memory at once; the
//! manifest, which holds the hashes of all prompts, comes last. `dispatch.lock` belongs to whoever writes the folder.

use serde::Serialize;

use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Digest;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::outcome::Outcome;
use crate::base::table::Table;
use crate::ir::artifact::Artifact;
use crate::ir::graph::{Story, TaskId};
use crate::ir::plan::Plan;

use manifest::{Facts, PromptFiles};
use prompt::Prompter;
use template::Templates;

pub mod manifest;
pub mod picture;
pub mod prompt;

mod context;
mod cost_page;
mod execution_plan;
mod json;
mod knowledge;
mod names;
mod page;
mod plan_page;
mod quote;
mod template;
mod wave_manifest;
mod yaml;

/// What artifacts are made of beside the plan.
#[derive(Debug)]
pub struct Extras<'a, Condition> {
    /// Formats, retries, judgement of criteria.
    pub facts: Facts<'a>,
    /// Predicates over results, from the rule packs.
    pub conditions: &'a [Condition],
    /// The graph as Mermaid, without its fence; empty for none.
    pub picture: &'a str,
}

impl<Condition> Clone for Extras<'_, Condition> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Condition> Copy for Extras<'_, Condition> {}

/// Where the prompts of a plan are, before they have been rendered: their hashes are still missing.
#[must_use]
pub fn prompt_files(inputs: &Inputs, plan: &Plan) -> PromptFiles {
    let hashes = Table::new(vec![None; plan.graph.tasks.len()]);
    PromptFiles { paths: names::prompt_paths(&plan.graph, inputs, &plan.prompts), hashes }
}

/// The manifest alone, with the hashes of prompts that are rendered and forgotten: what `analyze` prints.
#[must_use]
pub fn manifest_only<Condition: Serialize>(
    inputs: &Inputs,
    plan: &Plan,
    prompter: &Prompter<'_>,
    extras: Extras<'_, Condition>,
) -> Vec<u8> {
    let mut files = prompt_files(inputs, plan);
    for id in plan.graph.tasks.ids() {
        files.hashes[id] = prompter.render_hashed(inputs, &plan.graph, id).map(|(_, hash)| hash);
    }
    manifest::write(inputs, plan, &files, extras.facts, extras.conditions)
}

/// Every file of the plan folder but the lock. Pages are made at once, so that a fault of a template is a finding before
/// anything is written; prompts and documents for machines are made as they are asked for.
#[must_use]
pub fn artifacts<'a, Condition: Serialize>(
    inputs: &'a Inputs,
    plan: &'a Plan,
    prompter: &'a Prompter<'a>,
    extras: Extras<'a, Condition>,
) -> Outcome<Artifacts<'a, Condition>> {
    let mut templates = Templates::new(inputs);
    let mut findings: Vec<Diagnostic> = Vec::new();
    for (name, known) in
        context::ALL.iter().filter(|(name, _)| name.starts_with("plan") || *name == "cost-report.md")
    {
        findings.extend(templates.load(name, known));
    }
    let mut pages = Vec::new();
    if findings.is_empty() {
        for (name, page) in [
            ("cost-report.md", cost_page::write(&templates, inputs, plan)),
            ("plan.md", plan_page::write(&templates, inputs, plan, extras.picture)),
        ] {
            match page {
                Ok(page) => pages.push(artifact(name, page.into_bytes())),
                Err(fault) => findings.push(*fault),
            }
        }
    }
    let files = prompt_files(inputs, plan);
    let step = Step::Prompt(0);
    Outcome::new(Artifacts { inputs, plan, prompter, extras, files, pages, step }, findings)
}

/// The files of a plan folder, made as they are asked for.
#[derive(Debug)]
pub struct Artifacts<'a, Condition> {
    inputs: &'a Inputs,
    plan: &'a Plan,
    prompter: &'a Prompter<'a>,
    extras: Extras<'a, Condition>,
    files: PromptFiles,
    pages: Vec<Artifact>,
    step: Step,
}

impl<Condition: Serialize> Artifacts<'_, Condition> {
    /// The hashes of the prompts that were handed out.
    #[must_use]
    pub fn hashes(&self) -> &[Option<Digest>] {
        self.files.hashes.rows()
    }

    /// Without the prompts, which a batch has written already: `hashes` are theirs, task by task.
    #[must_use]
    pub fn without_prompts(mut self, hashes: &[Option<Digest>]) -> Self {
        for (id, hash) in self.plan.graph.tasks.ids().zip(hashes) {
            self.files.hashes[id] = *hash;
        }
        self.step = Step::Page;
        self
    }
}

/// Where the files of a story lie, below the plan folder of a batch.
#[must_use]
pub fn story_folder(story: &Story) -> String {
    names::story_folder(story)
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
enum Step {
    Prompt(u32),
    Page,
    ExecutionPlan,
    WaveManifest,
    Manifest,
    End,
}

impl<Condition: Serialize> Iterator for Artifacts<'_, Condition> {
    type Item = Artifact;

    fn next(&mut self) -> Option<Artifact> {
        loop {
            match self.step {
                Step::Prompt(number) if (number as usize) < self.plan.graph.tasks.len() => {
                    self.step = Step::Prompt(number + 1);
                    let id = TaskId(number);
                    let Some(path) = self.files.paths[id].clone() else { continue };
                    let rendered = self.prompter.render_hashed(self.inputs, &self.plan.graph, id);
                    let Some((text, hash)) = rendered else { continue };
                    self.files.hashes[id] = Some(hash);
                    return Some(artifact(&path, text.into_bytes()));
                }
                Step::Prompt(_) => self.step = Step::Page,
                Step::Page => match self.pages.pop() {
                    Some(page) => return Some(page),
                    None => self.step = Step::ExecutionPlan,
                },
                Step::ExecutionPlan => {
                    self.step = Step::WaveManifest;
                    let bytes = execution_plan::write(self.inputs, self.plan, self.extras.facts);
                    return Some(artifact("execution-plan.yaml", bytes));
                }
                Step::WaveManifest => {
                    self.step = Step::Manifest;
                    let bytes = wave_manifest::write(self.inputs, self.plan, &self.files);
                    return Some(artifact("wave-manifest.yaml", bytes));
                }
                Step::Manifest => {
                    self.step = Step::End;
                    let facts = self.extras.facts;
                    let bytes =
                        manifest::write(self.inputs, self.plan, &self.files, facts, self.extras.conditions);
                    return Some(artifact("manifest.json", bytes));
                }
                Step::End => return None,
            }
        }
    }
}

fn artifact(path: &str, bytes: Vec<u8>) -> Artifact {
    Artifact { path: RelPath::new(path).expect("names of artifacts are relative paths"), bytes }
}

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod tests;
