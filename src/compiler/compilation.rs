//! The end of the pipeline: the plan with its verdicts, and the files it is emitted as, unless something blocks it.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::digest::Digest;
use crate::base::fold::slug;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::natural;
use crate::base::outcome::Log;
use crate::base::span::Span;
use crate::ir::artifact::Artifact;
use crate::ir::draft::{Draft, DraftKind, Status};
use crate::ir::graph::{Story, TaskGraph};
use crate::ir::plan::{Head, Plan};

use super::check::post::{PostCondition, post_conditions};
use super::compile_these;
use super::generate::manifest::Facts;
use super::generate::prompt::Prompter;
use super::generate::{self, Extras};
use super::judge::{Case, judge};
use super::library::Library;

/// The rule that a criterion with nothing measurable in it fails.
const SUBJECTIVE: &str = "V1.2";

/// The setting that says so when somebody agreed to a batch.
const CONSENT: &str = "batch.confirmed";

/// What came of a compilation.
#[derive(Debug)]
pub struct Compilation<'a> {
    /// Everything that is known.
    pub plan: Plan,
    /// The documents as they were read.
    pub drafts: Vec<Draft>,
    inputs: &'a Inputs,
    library: &'a Library,
    prompter: Prompter<'a>,
    conditions: Vec<PostCondition<'a>>,
}

impl<'a> Compilation<'a> {
    pub(super) fn seal(
        inputs: &'a Inputs,
        library: &'a Library,
        mut plan: Plan,
        prompter: Prompter<'a>,
        drafts: Vec<Draft>,
        mut log: Log,
    ) -> Self {
        log.extend(whole(inputs, &plan, &drafts));
        let mut findings = log.into_findings();
        let case = Case {
            inputs,
            library,
            drafts: &drafts,
            graph: &plan.graph,
            equipment: &plan.equipment,
            prompter: &prompter,
            cost: plan.cost.total.likely,
        };
        plan.gates = judge(case, &mut findings);
        findings.extend(nothing(inputs, &plan, &drafts, &findings));
        sort(inputs, &mut findings);
        let findings = fold(findings);
        plan.diagnostics = findings;
        let conditions = post_conditions(&library.packs, &library.settings);
        Self { plan, drafts, inputs, library, prompter, conditions }
    }

    /// The manifest, blocked or not: what `analyze --format json` prints.
    pub fn manifest(&self) -> Vec<u8> {
        let subjective = self.subjective();
        let measurable = |text: &str| !subjective.contains(text);
        generate::manifest_only(self.inputs, &self.plan, &self.prompter, self.extras(&measurable, ""))
    }

    /// Hands every file of the plan folder to `each`, one by one; none of a blocked plan. Returns what templates had
    /// to say about themselves: then nothing was handed out either.
    ///
    /// # Errors
    ///
    /// The first error of `each`, after which nothing more is made.
    pub fn emit<E>(&self, mut each: impl FnMut(Artifact) -> Result<(), E>) -> Result<Vec<Diagnostic>, E> {
        if self.plan.is_blocked() {
            return Ok(Vec::new());
        }
        let subjective = self.subjective();
        let measurable = |text: &str| !subjective.contains(text);
        let picture = generate::picture::for_page(&self.plan, self.inputs);
        let extras = self.extras(&measurable, &picture);
        let outcome = generate::artifacts(self.inputs, &self.plan, &self.prompter, extras);
        if outcome.findings.iter().any(Diagnostic::blocks) {
            return Ok(outcome.findings);
        }
        let mut artifacts = outcome.value;
        for artifact in &mut artifacts {
            each(artifact)?;
        }
        if self.plan.is_batch() {
            for (_, story) in self.plan.graph.stories.iter() {
                self.emit_story(story, &artifacts.hashes()[story.tasks.range()], &mut each)?;
            }
        }
        Ok(outcome.findings)
    }

    /// The files a story has when it is compiled alone, but its prompts, which stand in their place already. A story
    /// that cannot stand alone has none.
    fn emit_story<E>(
        &self,
        story: &Story,
        hashes: &[Option<Digest>],
        each: &mut impl FnMut(Artifact) -> Result<(), E>,
    ) -> Result<(), E> {
        let alone = compile_these(self.inputs, self.library, &[story.at.file]);
        if alone.plan.is_blocked() || alone.plan.graph.tasks.len() != hashes.len() {
            return Ok(());
        }
        let subjective = alone.subjective();
        let measurable = |text: &str| !subjective.contains(text);
        let picture = generate::picture::for_page(&alone.plan, alone.inputs);
        let extras = alone.extras(&measurable, &picture);
        let outcome = generate::artifacts(alone.inputs, &alone.plan, &alone.prompter, extras);
        for artifact in outcome.value.without_prompts(hashes) {
            let path = format!("{}/{}", generate::story_folder(story), artifact.path);
            let Some(path) = RelPath::new(&path) else { continue };
            each(Artifact { path, bytes: artifact.bytes })?;
        }
        Ok(())
    }

    /// What is scheduled: for questions about another plan than this one.
    pub fn problem(&self) -> super::flow::problem::Problem {
        let plan = &self.plan;
        super::flow::intake::intake(
            self.inputs,
            &plan.graph,
            &plan.equipment,
            &plan.cost.tasks,
            &plan.settings,
            &mut Vec::new(),
        )
    }

    /// The prompt of a task; empty for a task without one.
    pub fn prompt(&self, task: crate::ir::graph::TaskId) -> String {
        let mut text = String::new();
        self.prompter.render(&mut text, self.inputs, &self.plan.graph, task);
        text
    }

    /// Criteria that the gates call a matter of taste.
    fn subjective(&self) -> BTreeSet<&str> {
        let spans: Vec<Span> = self
            .plan
            .diagnostics
            .iter()
            .filter(|finding| finding.code.as_str() == SUBJECTIVE)
            .map(Diagnostic::span)
            .collect();
        let criteria = self.plan.graph.criteria.iter().filter(|(_, criterion)| {
            let at = criterion.text.at();
            spans.iter().any(|span| span.file == at.file && at.start <= span.start && span.end <= at.end)
        });
        criteria.map(|(_, criterion)| criterion.text.get(self.inputs)).collect()
    }

    fn extras<'b>(
        &'b self,
        measurable: &'b dyn Fn(&str) -> bool,
        picture: &'b str,
    ) -> Extras<'b, PostCondition<'a>> {
        let facts = Facts { patterns: &self.library.patterns, registry: &self.library.registry, measurable };
        Extras { facts, conditions: &self.conditions, picture }
    }
}

/// Nothing to do, unless the findings about each document say why already.
fn nothing(inputs: &Inputs, plan: &Plan, drafts: &[Draft], findings: &[Diagnostic]) -> Option<Diagnostic> {
    let explained: BTreeSet<_> =
        findings.iter().filter(|finding| finding.blocks()).map(|finding| finding.span().file).collect();
    let silent = |draft: &&Draft| draft.no_work.is_none() && !explained.contains(&draft.file);
    let draft = drafts.iter().find(silent)?;
    let first = inputs.text(draft.file).trim_start().lines().next().unwrap_or_default();
    let start = inputs.text(draft.file).find(first).unwrap_or_default();
    let at = Span::new(draft.file, start, start + first.trim_end().len());
    plan.graph.tasks.is_empty().then(|| {
        let otherwise = match draft.kind {
            DraftKind::Plan => "name what to make and how many".to_owned(),
            DraftKind::Story | DraftKind::Prd | DraftKind::TaskList | DraftKind::FreeText => {
                format!("have it broken down: `dispatch request {}`", inputs.display_path(draft.file))
            }
        };
        let finding = Diagnostic::error(
            "plan/no-tasks",
            at,
            "there is nothing to do in here: no task and no criterion was found",
        )
        .help(format!("list the work as `- [ ]` items under a heading `Tasks`, or {otherwise}"));
        // Prose without anything to make is too little to plan with.
        let is_prose = matches!(draft.kind, DraftKind::Prd | DraftKind::FreeText);
        if is_prose { finding.veto("V0.3") } else { finding }
    })
}

/// What concerns the plan as a whole: too much to do, a document that is finished.
fn whole(inputs: &Inputs, plan: &Plan, drafts: &[Draft]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let at = drafts.first().map(|draft| Span::head(draft.file));
    let Some(at) = at else { return found };
    let tasks = plan.graph.tasks.len();
    for draft in drafts {
        found.extend(draft.no_work.map(|what| no_work(inputs, draft, what, tasks == 0)));
    }
    let ceiling = plan.settings.limits.tasks;
    if tasks as u64 > ceiling {
        found.push(
            Diagnostic::error(
                "plan/too-many-tasks",
                at,
                format!("{tasks} tasks are more than the limit of {ceiling}"),
            )
            .help("divide the document, or raise `limits.tasks`".to_owned()),
        );
    }
    for draft in drafts {
        let Some(status) = &draft.status else { continue };
        let word = inputs.slice(status.span).trim();
        let open = || plan.graph.tasks.iter().any(|(_, task)| !task.done && task.at.file == draft.file);
        match status.value {
            Status::Done | Status::Cancelled if open() => found.push(
                Diagnostic::new(
                    Severity::SoftBlock,
                    "story/finished",
                    status.span,
                    format!("the document says `{word}`, and has open tasks"),
                )
                .why("work that nobody wants is the most expensive kind")
                .help("correct the status, tick the tasks, or insist with `--force`".to_owned()),
            ),
            // Where other tools keep the status, `To Do` is what every open task says.
            Status::Draft if !draft.foreign => found.push(
                Diagnostic::warning(
                    "story/draft",
                    status.span,
                    format!("the document says `{word}`: it is not agreed upon"),
                )
                .help("set the status to `Ready` when it is".to_owned()),
            ),
            Status::Draft
            | Status::Done
            | Status::Cancelled
            | Status::Ready
            | Status::InProgress
            | Status::InReview
            | Status::Blocked => {}
        }
    }
    found
}

/// An agent among stories is no fault; alone it leaves nothing to plan.
fn no_work(inputs: &Inputs, draft: &Draft, what: &str, alone: bool) -> Diagnostic {
    let path = inputs.display_path(draft.file);
    let message = format!("`{path}` is {what}: it asks for no work");
    let severity = if alone { Severity::Error } else { Severity::Info };
    Diagnostic::new(severity, "input/no-work", Span::head(draft.file), message).why("a plan is made of things to be done").help(
        "check it with `dispatch lint`, register it with `dispatch discover`; plan a story, a task list or a workflow"
            .to_owned(),
    )
}

/// Findings of one kind in one file that are told one by one.
const MOST_OF_A_KIND: usize = 10_000;

/// Tells a fault that stands everywhere often enough: the last of its kind counts those left out.
fn fold(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if findings.len() <= MOST_OF_A_KIND {
        return findings;
    }
    let mut seen: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::new();
    for finding in findings {
        let kind = (finding.span().file, finding.code.clone(), finding.severity);
        let (count, last) = seen.entry(kind).or_default();
        *count += 1;
        if *count <= MOST_OF_A_KIND {
            *last = kept.len();
            kept.push(finding);
        }
    }
    for (count, last) in seen.into_values().filter(|(count, _)| *count > MOST_OF_A_KIND) {
        let more = format!(" (and {} more of this kind in the file)", count - MOST_OF_A_KIND);
        kept[last].message.push_str(&more);
    }
    kept
}

/// By path, then place, then code.
pub(super) fn sort(inputs: &Inputs, findings: &mut [Diagnostic]) {
    findings.sort_by(|a, b| {
        let key = |finding: &Diagnostic| (finding.span().start, finding.span().end);
        let path = |finding: &Diagnostic| inputs.file(finding.span().file).path.clone();
        path(a)
            .cmp(&path(b))
            .then_with(|| key(a).cmp(&key(b)))
            .then_with(|| a.code.cmp(&b.code))
            .then_with(|| a.message.cmp(&b.message))
    });
}

/// What the plan is called, and the hash of everything it was made from.
pub(super) fn head(inputs: &Inputs, library: &Library, drafts: &[Draft], graph: &TaskGraph) -> Head {
    let stories = graph.stories.rows();
    let (slug, title, kind) = match stories {
        [] => ("plan".to_owned(), "Nothing".to_owned(), "plan"),
        [story] => (story.slug.clone(), story.title.clone(), story.kind.name()),
        several @ [_, _, ..] => {
            // By name: so that it stays when an order between them comes or goes.
            let by_name = |a: &&Story, b: &&Story| natural::compare(&a.id, &b.id);
            let (first, last) = (several.iter().min_by(by_name), several.iter().max_by(by_name));
            let (first, last) = (first.unwrap_or(&several[0]), last.unwrap_or(&several[0]));
            let both = slug(&format!("{} to {}", first.slug, last.slug), library.lexicon.slug_bytes);
            (both, format!("{} to {}", first.title, last.title), "batch")
        }
    };
    let mut parts: Vec<Vec<u8>> = vec![env!("CARGO_PKG_VERSION").as_bytes().to_vec()];
    for draft in drafts {
        let file = inputs.file(draft.file);
        parts.push(file.path.as_str().as_bytes().to_vec());
        parts.push(file.digest().0.to_vec());
    }
    // That somebody agreed to it does not make it another plan.
    for origin in library.settings.origins.iter().filter(|origin| origin.key != CONSENT) {
        parts.push(format!("{}={}", origin.key, origin.value).into_bytes());
    }
    let hash = Digest::of_parts(parts.iter().map(Vec::as_slice));
    Head { id: format!("{slug}-{}", &hash.hex()[..8]), slug, title, kind: kind.to_owned(), hash: Some(hash) }
}
