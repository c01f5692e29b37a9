//! Is a decomposition true to its source? Every criterion served, no task and no path made up, no constraint dropped.
//!
//! Words decide, by their beginnings: what a source says in other words is found, what it does not say is not. How many
//! words must agree stands in the lexicon. Circles and races are found where all plans are looked at.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::base::diagnostic::Diagnostic;
use crate::base::fold::fold;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::draft::{Criterion, Draft};
use crate::ir::graph::{TaskGraph, TaskId};
use crate::ir::lexicon::Lexicon;
use crate::syntax::text::path;
use crate::syntax::text::vocabulary::Vocabulary;

/// A decomposition and what it was made from.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// How many words must agree, and which say that something must not be.
    pub lexicon: &'a Lexicon,
    /// What a path is.
    pub vocabulary: &'a Vocabulary,
    /// The source.
    pub story: &'a Draft,
    /// The decomposition as it was read.
    pub answers: &'a [Draft],
    /// Its tasks.
    pub graph: &'a TaskGraph,
}

type Words = BTreeSet<String>;

/// Everything in which the decomposition is not true to its source.
#[must_use]
pub fn prove(proof: Proof<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let Some(answer) = proof.answers.first().map(|answer| Span::head(answer.file)) else { return found };
    proof.criteria(answer, &mut found);
    proof.tasks(&mut found);
    proof.paths(&mut found);
    proof.constraints(answer, &mut found);
    found
}

impl Proof<'_> {
    /// The beginnings of the words of a text that mean something.
    fn words(&self, text: &str) -> Words {
        let rules = &self.lexicon.fidelity;
        fold(text)
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() >= rules.least_letters)
            .map(|word| word.chars().take(rules.stem_letters).collect())
            .collect()
    }

    fn covers(&self, wanted: &Words, there: &Words) -> bool {
        let common = wanted.intersection(there).count();
        common * 100 >= wanted.len() * self.lexicon.fidelity.overlap_pct
    }

    /// The criteria of a task.
    fn served(&self, id: TaskId) -> impl Iterator<Item = &Criterion> {
        let run = self.graph.tasks[id].criteria;
        self.graph.served[run.range()].iter().map(|&criterion| &self.graph.criteria[criterion])
    }

    /// All a task says: title, detail, criteria, files, checks.
    fn said(&self, id: TaskId) -> Words {
        let (inputs, graph) = (self.inputs, self.graph);
        let task = &graph.tasks[id];
        let mut text = task.title.get(inputs).to_owned();
        let columns = task.columns.as_deref();
        let more = task
            .detail
            .iter()
            .chain(self.served(id).map(|criterion| &criterion.text))
            .chain(graph.outputs_of(id).iter().map(|output| &output.path))
            .chain(columns.into_iter().flat_map(|columns| columns.verify.iter().chain(&columns.stop_if)));
        for part in more {
            text.push('\n');
            text.push_str(part.get(inputs));
        }
        self.words(&text)
    }

    fn criteria(&self, answer: Span, found: &mut Vec<Diagnostic>) {
        let said: Vec<Words> = self.graph.tasks.ids().map(|id| self.said(id)).collect();
        let named: BTreeSet<&str> = self
            .graph
            .tasks
            .ids()
            .flat_map(|id| self.served(id))
            .filter_map(|criterion| criterion.id.as_ref())
            .map(|id| id.get(self.inputs).trim())
            .collect();
        let is_open = |criterion: &&Criterion| !criterion.done;
        for criterion in self.story.criteria.rows().iter().filter(is_open) {
            let text = criterion.text.get(self.inputs);
            let id = criterion.id.as_ref().map(|id| id.get(self.inputs).trim());
            let wanted = self.words(text);
            if id.is_some_and(|id| named.contains(id)) || said.iter().any(|words| self.covers(&wanted, words))
            {
                continue;
            }
            found.push(
                Diagnostic::error(
                    "proof/criterion-uncovered",
                    criterion.text.at(),
                    format!("no task of the plan serves the criterion `{}`", short(text)),
                )
                .here("it must hold in the end")
                .label(answer, "nothing in this plan serves it")
                .why("a plan that leaves a criterion out is finished before the work is")
                .help("add a task that serves it, or name it in the `criteria` of one".to_owned()),
            );
        }
    }

    fn tasks(&self, found: &mut Vec<Diagnostic>) {
        let source = self.words(self.inputs.text(self.story.file));
        let ids: BTreeSet<&str> = self
            .story
            .criteria
            .rows()
            .iter()
            .filter_map(|own| Some(own.id.as_ref()?.get(self.inputs).trim()))
            .collect();
        for (id, task) in self.graph.tasks.iter() {
            let serves = |criterion: &Criterion| {
                criterion.id.as_ref().is_some_and(|id| ids.contains(id.get(self.inputs).trim()))
            };
            let title = task.title.get(self.inputs);
            if self.covers(&self.words(title), &source) || self.served(id).any(serves) {
                continue;
            }
            found.push(
                Diagnostic::error(
                    "proof/task-invented",
                    task.title.at(),
                    format!("the source asks for nothing like `{}`", short(title)),
                )
                .here(format!("task `{}`", self.graph.id(id, self.inputs)))
                .label(Span::head(self.story.file), "this is the source")
                .why("work that nobody asked for costs what work costs")
                .help("remove the task, or say in the source what it is for".to_owned()),
            );
        }
    }

    /// Paths the source names; a folder it names, or a file in it, allows others beside them.
    fn paths(&self, found: &mut Vec<Diagnostic>) {
        let text = self.inputs.text(self.story.file);
        let named: BTreeSet<&str> = path::find(text, self.vocabulary)
            .into_iter()
            .map(|range| text[range].trim_start_matches("./"))
            .collect();
        let folders: BTreeSet<&str> =
            named.iter().map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder)).collect();
        if named.is_empty() {
            return;
        }
        for (id, task) in self.graph.tasks.iter() {
            for output in self.graph.outputs_of(id).iter().filter(|output| !output.inferred) {
                let path = output.path.get(self.inputs);
                let is_below = |folder: &&&str| {
                    if folder.is_empty() {
                        !path.contains('/')
                    } else {
                        path.strip_prefix(**folder).is_some_and(|rest| rest.starts_with('/'))
                    }
                };
                if named.contains(path)
                    || self.inputs.exists(path)
                    || folders.iter().any(|folder| is_below(&folder))
                {
                    continue;
                }
                let near = crate::base::suggest::nearest(path, named.iter().copied());
                found.push(
                    Diagnostic::error(
                        "proof/path-invented",
                        output.path.at(),
                        format!("the source names neither `{path}` nor its folder, and it is not there"),
                    )
                    .here(format!("output of `{}`", self.graph.id(id, self.inputs)))
                    .label(Span::head(self.story.file), "this is the source")
                    .why(format!(
                        "`{}` would be written where nobody looks for it",
                        task.title.get(self.inputs)
                    ))
                    .help(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "write where the source says, or name the folder in the source".to_owned(),
                    }),
                );
            }
        }
    }

    fn constraints(&self, answer: Span, found: &mut Vec<Diagnostic>) {
        let mut plan = Words::new();
        for draft in self.answers {
            plan.append(&mut self.words(self.inputs.text(draft.file)));
        }
        for section in &self.story.sections {
            let body = section.body.get(self.inputs);
            for range in sentences(body) {
                let sentence = &body[range.clone()];
                if !self.forbids(sentence) || self.covers(&self.words(sentence), &plan) {
                    continue;
                }
                found.push(
                    Diagnostic::error(
                        "proof/constraint-dropped",
                        part(self.inputs, &section.body, range),
                        format!("the plan says nothing of `{}`", short(sentence)),
                    )
                    .here("a constraint of the source")
                    .label(answer, "no task, criterion or `stop_if` repeats it")
                    .why("an executor reads its task and nothing else")
                    .help("repeat it as a criterion or in `stop_if` of the tasks it concerns".to_owned()),
                );
            }
        }
    }

    /// Whether a sentence says what must not be.
    fn forbids(&self, sentence: &str) -> bool {
        let folded = fold(sentence);
        let bare: String = folded.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        let spaced = format!(" {} ", bare.split_whitespace().collect::<Vec<_>>().join(" "));
        self.lexicon.fidelity.constraints.iter().any(|words| spaced.contains(&format!(" {words} ")))
    }
}

/// Lines and sentences, without marks of lists.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    let mut close = |from: usize, to: usize| {
        let part = &text[from..to];
        let bare = part.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '+' | '>'));
        let start = to - bare.len();
        let bare = bare.trim_end();
        if !bare.is_empty() {
            found.push(start..start + bare.len());
        }
    };
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        let ends =
            matches!(bytes[at], b'.' | b'!' | b'?') && bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        if bytes[at] == b'\n' || ends {
            close(from, at);
            from = at + 1;
        }
    }
    close(from, text.len());
    found
}

/// A part of a text, at its own place where it is written so.
fn part(inputs: &Inputs, text: &Text, range: Range<usize>) -> Span {
    let at = text.at();
    if inputs.slice(at) == text.get(inputs) { at.slice(range.start, range.end) } else { at }
}

/// The beginning of a text, for a message.
fn short(text: &str) -> String {
    const MOST: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
