//! D7 by names: `tests/login.rs` waits for who makes `src/login.rs` or serves the criteria it proves, and a group called
//! "Testing and validation" for the groups before it. A test that is written first keeps its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::table::Id as _;
use crate::ir::draft::{CriterionId, Draft, DraftKind, ItemKind};
use crate::ir::graph::{Rule, TaskId};
use crate::syntax::text::lexicon::Lexicon as Words;

use super::super::Context;
use super::super::output::TestFiles;
use super::super::phrase::{Word, words};
use super::super::sketch::Sketch;
use super::{Proposals, only};

/// Proposes edges from the maker of a file to the maker of its test.
pub(super) fn files(
    context: Context<'_>,
    drafts: &[Draft],
    sketch: &Sketch,
    tests: &TestFiles,
    edges: &mut Proposals<'_>,
) {
    let marks = &context.vocabulary.test_marks;
    // Who made a file of this name last; none when files of several folders bear it.
    let mut makers: BTreeMap<(usize, String), Option<(usize, &str)>> = BTreeMap::new();
    for (task, row) in sketch.tasks.iter() {
        let (draft, _) = sketch.from[task.index()];
        if drafts[draft].kind == DraftKind::Plan {
            continue;
        }
        let outputs = || sketch.outputs[row.outputs.range()].iter().filter(|output| !output.inferred);
        for output in outputs() {
            let path = output.path.get(context.inputs);
            if !tests.holds(path) {
                continue;
            }
            if let Some(Some((maker, _))) = makers.get(&(draft, name(path, marks))) {
                edges.add(only(*maker), only(task.index()), Rule::D7, &output.path);
            }
        }
        for output in outputs() {
            let path = output.path.get(context.inputs);
            if tests.holds(path) {
                continue;
            }
            let key = name(path, marks);
            if key.is_empty() {
                continue;
            }
            let here = Some((task.index(), path));
            makers
                .entry((draft, key))
                .and_modify(|known| *known = here.filter(|_| known.is_some_and(|(_, other)| other == path)))
                .or_insert(here);
        }
    }
}

/// Proposes edges to a task that writes tests and nothing else, from the tasks above it that serve a criterion it proves,
/// where both refer to it.
pub(super) fn criteria(
    context: Context<'_>,
    draft: &Draft,
    (number, sketch): (usize, &Sketch),
    tests: &TestFiles,
    edges: &mut Proposals<'_>,
) {
    let mut refers = vec![false; draft.items.len()];
    let mut makers: BTreeMap<CriterionId, Vec<usize>> = BTreeMap::new();
    let mut proposed = 0;
    for (id, item) in draft.items.iter() {
        let parent = item.parent.filter(|parent| parent.index() < id.index());
        refers[id.index()] = !item.serves.is_empty() || parent.is_some_and(|parent| refers[parent.index()]);
        if item.kind != ItemKind::Task || !refers[id.index()] {
            continue;
        }
        for task in sketch.made[number][id.index()].range() {
            let row = &sketch.tasks[TaskId::from_index(task)];
            let mut outputs =
                sketch.outputs[row.outputs.range()].iter().filter(|output| !output.inferred).peekable();
            let proves = outputs.peek().is_some()
                && outputs.all(|output| tests.holds(output.path.get(context.inputs)));
            let served = &sketch.served[row.criteria.range()];
            if !proves {
                for &criterion in served {
                    makers.entry(criterion).or_default().push(task);
                }
                continue;
            }
            let from: BTreeSet<usize> =
                served.iter().filter_map(|criterion| makers.get(criterion)).flatten().copied().collect();
            proposed += from.len();
            if proposed > context.lexicon.barrier_edges {
                return;
            }
            for maker in from {
                edges.add(only(maker), only(task), Rule::D7, &item.title);
            }
        }
    }
}

/// Proposes edges from what stands before a group of proofs to that group: from what nothing there waits for, to what
/// waits for nothing in the group.
pub(super) fn groups(
    context: Context<'_>,
    draft: &Draft,
    number: usize,
    sketch: &Sketch,
    edges: &mut Proposals<'_>,
) {
    let made = &sketch.made[number];
    let begin =
        made.iter().filter(|run| !run.is_empty()).map(|run| run.range().start).min().unwrap_or_default();
    for (id, item) in draft.items.iter() {
        let run = made[id.index()].range();
        let proves = item.kind == ItemKind::Group && is_proof(item.title.get(context.inputs), context);
        if !proves || run.is_empty() || run.start == begin {
            continue;
        }
        let (mut awaited, mut waits) = (BTreeSet::new(), BTreeSet::new());
        for edge in &edges.edges {
            let (from, to) = (edge.from.index(), edge.to.index());
            if to < run.start {
                awaited.insert(from);
            } else if run.contains(&to) && run.contains(&from) {
                waits.insert(to);
            }
        }
        let ends: Vec<usize> = (begin..run.start).filter(|task| !awaited.contains(task)).collect();
        let begins: Vec<usize> = run.clone().filter(|task| !waits.contains(task)).collect();
        if ends.len().saturating_mul(begins.len()) > context.lexicon.barrier_edges {
            continue;
        }
        for &to in &begins {
            for &from in &ends {
                edges.add(only(from), only(to), Rule::D7, &item.title);
            }
        }
    }
}

/// Whether a group of this name proves what was made before it.
fn is_proof(title: &str, context: Context<'_>) -> bool {
    let names = &context.lexicon.proof_groups;
    let words = words(title);
    let telling = |word: &&Word<'_>| {
        word.text.chars().any(char::is_alphabetic) && !context.lexicon.stop_words.contains(word.text.as_ref())
    };
    let mut proof = false;
    let fits = words.iter().filter(telling).all(|word| {
        let is_it = names.proof.contains(word.text.as_ref());
        proof |= is_it;
        is_it || names.beside.contains(word.text.as_ref())
    });
    fits && proof
}

/// What a file and its test have in common: the name without folder, extension and marks of a test.
fn name(path: &str, marks: &Words) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut parts: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in stem.chars() {
        let cut = matches!(c, '_' | '-' | '.');
        if cut || (lower && c.is_uppercase()) {
            parts.push(String::new());
        }
        lower = c.is_lowercase();
        if !cut && let Some(part) = parts.last_mut() {
            part.extend(c.to_lowercase());
        }
    }
    parts.retain(|part| !marks.contains(part));
    parts.concat()
}

#[cfg(test)]
mod tests {
    use crate::compiler::decompose::sketch::tests::vocabulary;

    #[test]
    fn a_file_and_its_test_have_one_name() {
        let marks = vocabulary().test_marks;
        for (path, want) in [
            ("src/login.rs", "login"),
            ("tests/login.rs", "login"),
            ("test_login.py", "login"),
            ("web/LoginForm.test.tsx", "loginform"),
            ("web/login-form.tsx", "loginform"),
            ("src/test/java/LoginFormTest.java", "loginform"),
            ("e2e/login.spec.ts", "login"),
            ("tests/test.py", ""),
        ] {
            assert_eq!(super::name(path, &marks), want, "{path}");
        }
    }
}
