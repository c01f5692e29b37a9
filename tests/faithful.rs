//! Nothing lost, nothing invented: what was written down is in the plan with its place, and nothing else is.
//!
//! Each writer knows what it wrote: tasks, marks of done, criteria, stated order, files. A failure prints the document;
//! `DISPATCH_SEED=…` begins elsewhere, `DISPATCH_CASES=…` asks for more.

#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    reason = "what a failure shows need not be fast"
)]

#[path = "faithful/rows.rs"]
mod rows;
#[path = "faithful/write.rs"]
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::base::source::Layer;
use dispatch::base::span::Span;
use dispatch::base::text::Text;
use dispatch::compiler::compilation::Compilation;
use dispatch::compiler::compile;
use dispatch::compiler::library::{Library, Options};
use dispatch::ir::graph::TaskId;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngSeed, TestCaseError, TestRunner};
use serde_json::Value;

use rows::Row;
use write::{Style, WRITERS, Writer, Wrote};

pub(crate) type Verdict = Result<(), String>;

fn style() -> impl Strategy<Value = Style> {
    (prop::sample::select(vec![2, 4]), prop::sample::select(vec!['-', '*', '+']), any::<[bool; 3]>())
        .prop_map(|(indent, bullet, [loose, ids, headed])| Style { indent, bullet, loose, ids, headed })
}

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// Reads what was written, and lets `judge` look at it.
fn with(wrote: &Wrote, judge: impl FnOnce(&Inputs, &Compilation<'_>) -> Verdict) -> Verdict {
    let mut inputs = Inputs::new();
    dispatch::builtin::underlay(&mut inputs);
    let library = LIBRARY.get_or_init(|| Library::load(&inputs, &Options::default()));
    for (path, text) in &wrote.files {
        inputs.add_document(RelPath::new(path).expect("a path"), text.clone().into_bytes());
    }
    for (path, text) in &wrote.beside {
        inputs.add(RelPath::new(path).expect("a path"), Layer::Project, text.clone().into_bytes());
    }
    judge(&inputs, &compile(&inputs, library))
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The tasks of a plan by the word in their title.
fn by_word<'a>(
    wrote: &'a Wrote,
    inputs: &Inputs,
    compilation: &Compilation<'_>,
) -> Result<BTreeMap<&'a str, TaskId>, String> {
    let mut found = BTreeMap::new();
    for (id, task) in compilation.plan.graph.tasks.iter() {
        let title = task.title.get(inputs);
        let words = title.split(|c: char| !c.is_alphanumeric()).collect::<BTreeSet<&str>>();
        let Some(written) = wrote.tasks.iter().find(|written| words.contains(written.word.as_str())) else {
            return Err(format!("nobody asked for `{title}`"));
        };
        if found.insert(written.word.as_str(), id).is_some() {
            return Err(format!("`{title}` was asked for once"));
        }
    }
    Ok(found)
}

/// Everything that was written is there, and nothing else.
fn faithful(writer: &Writer, wrote: &Wrote) -> Verdict {
    with(wrote, |inputs, compilation| {
        let graph = &compilation.plan.graph;
        let dialects: BTreeSet<&str> = graph.stories.iter().map(|(_, story)| story.dialect).collect();
        if dialects != BTreeSet::from([writer.dialect]) {
            return Err(format!("it is read as {dialects:?}"));
        }
        let found = by_word(wrote, inputs, compilation)?;
        let manifest: Value = serde_json::from_slice(&compilation.manifest()).expect("a manifest is JSON");
        for written in &wrote.tasks {
            let Some(&id) = found.get(written.word.as_str()) else {
                return Err(format!("`{}` is lost", written.title));
            };
            let task = &graph.tasks[id];
            let title = task.title.get(inputs);
            if ![&written.title, &written.marked]
                .iter()
                .any(|wanted| letters(title).contains(&letters(wanted)))
            {
                return Err(format!("`{}` became `{title}`", written.title));
            }
            if let Some(name) = &written.id {
                let ours = task.source_id.as_ref().map(|id| id.get(inputs));
                if ours != Some(name.as_str()) {
                    return Err(format!("`{title}` has the id {ours:?}, not {name}"));
                }
            }
            if written.done.is_some_and(|done| done != task.done) {
                return Err(format!("`{title}`: done is {}", task.done));
            }
            let (path, _) = &wrote.files[written.file];
            covers(inputs, task.at, path, &written.at).map_err(|fault| format!("`{title}`: {fault}"))?;
            let row = manifest["tasks"]
                .as_array()
                .expect("a list")
                .iter()
                .find(|row| row["id"] == graph.id(id, inputs));
            let row = row.ok_or_else(|| format!("`{title}` is not in the manifest"))?;
            if row["source"]["path"] != path.as_str() || row["done"] != task.done {
                return Err(format!("`{title}` stands in the manifest as {row}"));
            }
            let named: BTreeSet<&str> = graph
                .outputs_of(id)
                .iter()
                .filter(|output| !output.inferred)
                .map(|output| &output.path)
                .chain(graph.reads_of(id))
                .chain(graph.owns_of(id))
                .map(|path| path.get(inputs))
                .collect();
            let wanted: BTreeSet<&str> = written.paths.iter().map(String::as_str).collect();
            if named != wanted {
                return Err(format!("`{title}` names {wanted:?}, the plan says {named:?}"));
            }
        }
        let criteria: BTreeSet<String> =
            graph.criteria.iter().map(|(_, criterion)| letters(criterion.text.get(inputs))).collect();
        let wanted: BTreeSet<String> = wrote.criteria.iter().map(|text| letters(text)).collect();
        if criteria != wanted {
            return Err(format!("criteria {criteria:?}, not {wanted:?}"));
        }
        let word = |id: TaskId| {
            found.iter().find(|(_, other)| **other == id).map_or("", |(word, _)| word).to_owned()
        };
        let stated: BTreeSet<(String, String)> = graph
            .edges
            .iter()
            .filter(|edge| edge.rule.is_explicit())
            .map(|edge| (word(edge.from), word(edge.to)))
            .collect();
        // What is done waits for nobody: where it would close a circle that is said.
        let said: Vec<&str> = compilation
            .plan
            .diagnostics
            .iter()
            .filter(|finding| finding.code.as_str() == "dep/cycle")
            .map(|finding| finding.message.as_str())
            .collect();
        let told = |(from, to): &(String, String)| {
            let name = |word: &str| format!("`{}`", graph.id(found[word], inputs));
            let (from, to) = (name(from), name(to));
            said.iter().any(|message| message.contains(&from) && message.contains(&to))
        };
        let wanted: BTreeSet<(String, String)> =
            wrote.order.iter().filter(|pair| stated.contains(*pair) || !told(pair)).cloned().collect();
        if stated != wanted {
            let lost: Vec<_> = wanted.difference(&stated).collect();
            let made: Vec<_> = stated.difference(&wanted).collect();
            return Err(format!("stated order: lost {lost:?}, invented {made:?}"));
        }
        for edge in graph.edges.iter().filter(|edge| edge.rule.is_explicit()) {
            within(inputs, &edge.evidence)?;
        }
        Ok(())
    })
}

fn within(inputs: &Inputs, text: &Text) -> Verdict {
    let span = text.at();
    inputs.text(span.file).get(span.range()).map(|_| ()).ok_or_else(|| format!("{span:?} lies outside"))
}

/// A task's lines hold the bytes of its title.
fn covers(inputs: &Inputs, span: Span, path: &str, at: &std::ops::Range<usize>) -> Verdict {
    if inputs.file(span.file).path.as_str() != path {
        return Err(format!("it stands in {path}"));
    }
    let text = inputs.text(span.file);
    let range = span.range();
    if range.start <= at.start && at.end <= range.end {
        return Ok(());
    }
    Err(format!("its place is {:?}, it stands at {:?}", text.get(range), text.get(at.clone())))
}

/// Ids by word.
fn ids(wrote: &Wrote) -> Result<BTreeMap<String, String>, String> {
    let mut named = BTreeMap::new();
    with(wrote, |inputs, compilation| {
        for (word, id) in by_word(wrote, inputs, compilation)? {
            named.insert(word.to_owned(), compilation.plan.graph.id(id, inputs).to_owned());
        }
        Ok(())
    })?;
    Ok(named)
}

fn number(name: &str, other: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(other)
}

/// Runs cases of one writer.
pub(crate) fn cases<S: Strategy>(strategy: S, test: impl Fn(S::Value) -> Verdict) -> Verdict
where
    S::Value: std::fmt::Debug,
{
    let seed = number("DISPATCH_SEED", 20_261_121);
    let config = ProptestConfig {
        cases: u32::try_from(number("DISPATCH_CASES", 12)).unwrap_or(u32::MAX),
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..ProptestConfig::default()
    };
    TestRunner::new(config)
        .run(&strategy, |case| test(case).map_err(TestCaseError::fail))
        .map_err(|error| format!("DISPATCH_SEED={seed}: {error}"))
}

fn shown(wrote: &Wrote) -> String {
    wrote.files.iter().map(|(path, text)| format!("\n== {path}\n{text}")).collect()
}

#[test]
fn nothing_is_lost_and_nothing_invented() {
    let mut faults = String::new();
    for (number, writer) in WRITERS.iter().enumerate() {
        let told = cases((rows::rows(writer.deepest, 12), style()), |(rows, style)| {
            let wrote = (writer.write)(&rows, style);
            faithful(writer, &wrote).map_err(|fault| format!("{fault}{}", shown(&wrote)))
        });
        if let Err(fault) = told {
            faults.push_str(&format!("writer {number}, {}: {fault}\n", writer.dialect));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn ids_stay_when_other_lines_change() {
    let mut faults = String::new();
    // Those whose tasks have no id of their own.
    for writer in [0, 1, 2, 13, 16, 19].map(|number: usize| &WRITERS[number]) {
        let edits = prop::collection::vec((any::<u8>(), any::<Index>()), 1..4);
        let told = cases((rows::rows(writer.deepest, 12), style(), edits), |(rows, style, edits)| {
            let style = Style { ids: false, ..style };
            let other: Vec<Row> = rows::edited(&rows, &edits);
            let (one, two) = ((writer.write)(&rows, style), (writer.write)(&other, style));
            let (before, after) = (ids(&one)?, ids(&two)?);
            for (word, id) in &before {
                if after.get(word).is_some_and(|now| now != id) {
                    return Err(format!("`{id}` became `{}`{}{}", after[word], shown(&one), shown(&two)));
                }
            }
            Ok(())
        });
        if let Err(fault) = told {
            faults.push_str(&format!("{}: {fault}\n", writer.dialect));
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
