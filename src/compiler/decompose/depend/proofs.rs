//! D7 by names of files: `tests/login.rs` waits for who makes `src/login.rs`, when that stands before it. A test that
//! is written first keeps its place.

use std::collections::BTreeMap;

use crate::base::table::Id as _;
use crate::ir::draft::{Draft, DraftKind};
use crate::ir::graph::Rule;
use crate::syntax::text::lexicon::Lexicon as Words;

use super::super::Context;
use super::super::output::TestFiles;
use super::super::sketch::Sketch;
use super::{Proposals, only};

/// Proposes edges from the maker of a file to the maker of its test.
pub(super) fn propose(context: Context<'_>, drafts: &[Draft], sketch: &Sketch, edges: &mut Proposals<'_>) {
    let tests = TestFiles::new(context.lexicon);
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
