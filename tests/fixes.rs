//! `--fix` over pages of the suite and defects sown into sound files, damaged a little more at random: what is fixed is
//! gone, nothing else comes or changes, and a second round has nothing to do.

use std::collections::BTreeMap;
use std::path::Path;

use dispatch::base::diagnostic::{Diagnostic, Edit, FixKind};
use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::compiler::bind::secrets::mask;
use dispatch::compiler::compile;
use dispatch::compiler::library::{Library, Options};
use dispatch::compiler::lint::Sorted;
use dispatch::host::fix::{Boldness, choose, edited};
use proptest::prelude::*;

use crate::seeded;

/// Path and bytes.
type Files = Vec<(String, Vec<u8>)>;

/// Rounds after which fixing must have come to an end.
const ROUNDS: usize = 8;

/// Everything lint says of some documents.
fn lint(files: &Files) -> (Inputs, Vec<Diagnostic>) {
    let mut inputs = Inputs::new();
    for (path, bytes) in files {
        inputs.add_document(RelPath::new(path).expect("a path"), bytes.clone());
    }
    dispatch::builtin::underlay(&mut inputs);
    mask(&mut inputs, dispatch::builtin::file);
    let library = Library::load(&inputs, &Options { lint: true, ..Options::default() });
    let sorted = Sorted::new(&inputs, &library, &inputs.documents().into_iter().collect());
    let mut findings = sorted.judge(&inputs, &library);
    inputs.keep_documents(&sorted.stories);
    if !sorted.stories.is_empty() {
        findings.extend(compile(&inputs, &library).plan.diagnostics.iter().cloned());
    }
    (inputs, findings)
}

/// How often each code is said of each file.
fn tally(inputs: &Inputs, findings: &[Diagnostic]) -> BTreeMap<(String, String), usize> {
    let mut tally = BTreeMap::new();
    for finding in findings {
        let path = inputs.file(finding.span().file).path.to_string();
        *tally.entry((path, finding.code.to_string())).or_default() += 1;
    }
    tally
}

/// A text as places count it.
fn normal(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    // One mark of order is no text; a second one is.
    text.strip_prefix('\u{feff}').unwrap_or(&text).replace("\r\n", "\n").replace('\r', "\n")
}

/// What stands outside of the edits, in order; places are those of the normalised text.
fn kept(text: &str, edits: &[Edit]) -> Vec<String> {
    let within = |at: u32| (at as usize).min(text.len());
    let ends = edits.iter().map(|edit| within(edit.span.start)).chain([text.len()]);
    let starts = std::iter::once(0).chain(edits.iter().map(|edit| within(edit.span.end)));
    starts.zip(ends).map(|(start, end)| text[start..end].to_owned()).collect()
}

/// One round of fixes. None if there is nothing to fix, or if it makes a finding and is taken back.
fn round(files: &Files, boldness: Boldness) -> Option<Files> {
    let (inputs, findings) = lint(files);
    let all: Vec<&Diagnostic> = findings.iter().collect();
    let chosen = choose(&inputs, &all, boldness);
    if chosen.is_empty() {
        return None;
    }
    let of_edit = |edit: &Edit| {
        let has = |finding: &&Diagnostic| finding.fix.as_ref().is_some_and(|fix| fix.edits.contains(edit));
        findings.iter().filter(has).collect::<Vec<_>>()
    };
    let mut fixed = files.clone();
    for (file, edits) in &chosen {
        for edit in edits {
            let kinds: Vec<FixKind> =
                of_edit(edit).iter().filter_map(|finding| finding.fix.as_ref()).map(|fix| fix.kind).collect();
            let may = |kind: &FixKind| {
                *kind == FixKind::Safe || (*kind == FixKind::Unsafe && boldness == Boldness::Unsafe)
            };
            assert!(kinds.iter().any(may), "an edit of kind {kinds:?} under {boldness:?}");
        }
        let path = inputs.file(*file).path.as_str();
        let bytes = &mut fixed.iter_mut().find(|(own, _)| own == path).expect("a document").1;
        let old = normal(bytes);
        *bytes = edited(bytes, edits);
        // Whatever lay between the edits lies there still, in order.
        let new = normal(bytes);
        let mut rest = new.as_str();
        for piece in kept(&old, edits) {
            let at = rest.find(piece.as_str()).unwrap_or_else(|| panic!("{path} lost {piece:?}"));
            rest = &rest[at + piece.len()..];
        }
    }
    let before = tally(&inputs, &findings);
    let (after_inputs, after_findings) = lint(&fixed);
    let after = tally(&after_inputs, &after_findings);
    for edits in chosen.values() {
        for edit in edits {
            let codes: Vec<String> = of_edit(edit).iter().map(|finding| finding.code.to_string()).collect();
            let gone = before.iter().any(|(key, count)| {
                codes.contains(&key.1) && after.get(key).copied().unwrap_or_default() < *count
            });
            assert!(gone, "{codes:?} stand after their fix as before: {}", shown(&fixed));
        }
    }
    // A mended head may show what it hid: then the round is taken back.
    let grown = after.iter().any(|(key, count)| before.get(key).is_none_or(|old| old < count));
    if grown {
        return None;
    }
    Some(fixed)
}

fn shown(files: &Files) -> String {
    let text = |(path, bytes): &(String, Vec<u8>)| format!("== {path}\n{}", String::from_utf8_lossy(bytes));
    files.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// Fixes until nothing is left to fix.
fn fix(mut files: Files, boldness: Boldness) -> Files {
    for _ in 0..ROUNDS {
        match round(&files, boldness) {
            Some(next) => files = next,
            None => return files,
        }
    }
    panic!("there is something to fix after {ROUNDS} rounds: {}", shown(&files));
}

/// The files of the cases of a page, a project for each.
fn cases(page: &Path, into: &mut Vec<Files>) {
    let text = std::fs::read_to_string(page).expect("a page");
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((_, path)) = line.strip_prefix("```").and_then(|info| info.split_once(' ')) else {
            continue;
        };
        let inner: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
        let inner = inner.join(
            "
",
        ) + "
";
        if !path.contains(' ') && !path.starts_with("out/") && RelPath::new(path).is_some() {
            into.push(vec![(path.to_owned(), inner.into_bytes())]);
        }
    }
}

fn projects() -> Vec<Files> {
    let mut all = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite")];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> =
            std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else {
                cases(&path, &mut all);
            }
        }
    }
    all
}

/// Damage that a fix can mend, put at a place.
fn damaged(text: &str, how: u8, at: usize) -> String {
    let mut at = at % (text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    match how % 6 {
        0 => format!("{}\u{200b}{}", &text[..at], &text[at..]),
        1 => format!("{}\u{202e}{}", &text[..at], &text[at..]),
        2 => text.replacen("agent: /", "agent: @", 1),
        3 => text.replacen("outputs: [src/", "outputs: [src\\", 1),
        4 => text.replace('\n', "\r\n"),
        _ => format!("\u{feff}{text}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_121), ..ProptestConfig::default() })]

    #[test]
    fn fixes_hold(pick in any::<prop::sample::Index>(), hows in prop::collection::vec((any::<u8>(), any::<usize>()), 0..4), bold in any::<bool>()) {
        let projects = projects();
        let mut files = projects[pick.index(projects.len())].clone();
        for (how, at) in hows {
            let text = String::from_utf8(files[0].1.clone()).expect("pages are UTF-8");
            files[0].1 = damaged(&text, how, at).into_bytes();
        }
        let boldness = if bold { Boldness::Unsafe } else { Boldness::Safe };
        let once = fix(files, boldness);
        prop_assert_eq!(&fix(once.clone(), boldness), &once);
    }
}

/// The same of every defect that is sown into the files of agents and clients.
#[test]
fn sown_defects_are_fixed_once() {
    let mut fixed = 0;
    for number in (0..seeded::count()).step_by(3) {
        let files: Files =
            seeded::files(number).into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        let (_, findings) = lint(&files);
        if !findings.iter().any(|finding| finding.fix.as_ref().is_some_and(|fix| !fix.edits.is_empty())) {
            continue;
        }
        let once = fix(files.clone(), Boldness::Unsafe);
        fixed += usize::from(once != files);
    }
    assert!(fixed > 5, "{fixed} were fixed");
}
