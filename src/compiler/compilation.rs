//! The end of the pipeline: the plan with its verdicts, and the files it is emitted as, unless something blocks it.

use std::collections::BTreeSet;

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::digest::Digest;
use crate::base::fold::slug;
use crate::base::inputs::Inputs;
use crate::base::outcome::Log;
use crate::base::span::Span;
use crate::ir::artifact::Artifact;
use crate::ir::draft::{Draft, Status};
use crate::ir::graph::TaskGraph;
use crate::ir::plan::{Head, Plan};

use super::check::post::{PostCondition, post_conditions};
use super::generate::manifest::Facts;
use super::generate::prompt::Prompter;
use super::generate::{self, Extras};
use super::judge::{Case, judge};
use super::library::Library;

/// The rule that a criterion with nothing measurable in it fails.
const SUBJECTIVE: &str = "V1.2";

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
        sort(inputs, &mut findings);
        plan.diagnostics = findings;
        let conditions = post_conditions(&library.packs);
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
        for artifact in outcome.value {
            each(artifact)?;
        }
        Ok(outcome.findings)
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

/// What concerns the plan as a whole: nothing to do, too much to do, a document that is finished.
fn whole(inputs: &Inputs, plan: &Plan, drafts: &[Draft]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let at = drafts.first().map(|draft| Span::head(draft.file));
    let Some(at) = at else { return found };
    let tasks = plan.graph.tasks.len();
    if tasks == 0 {
        found.push(
            Diagnostic::error(
                "plan/no-tasks",
                at,
                "there is nothing to do in here: no task and no criterion was found",
            )
            .help(
                "list the work as `- [ ]` items under a heading `Tasks`, or name what to make and how many"
                    .to_owned(),
            ),
        );
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
            Status::Draft => found.push(
                Diagnostic::warning(
                    "story/draft",
                    status.span,
                    format!("the document says `{word}`: it is not agreed upon"),
                )
                .help("set the status to `Ready` when it is".to_owned()),
            ),
            Status::Done
            | Status::Cancelled
            | Status::Ready
            | Status::InProgress
            | Status::InReview
            | Status::Blocked => {}
        }
    }
    found
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
        [first, .., last] => {
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
    for origin in &library.settings.origins {
        parts.push(format!("{}={}", origin.key, origin.value).into_bytes());
    }
    let hash = Digest::of_parts(parts.iter().map(Vec::as_slice));
    Head { id: format!("{slug}-{}", &hash.hex()[..8]), slug, title, kind: kind.to_owned(), hash: Some(hash) }
}
