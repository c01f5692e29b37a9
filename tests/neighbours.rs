//! Plans written for neighbours and read back: the same tasks, dependencies, ticks and criteria.

use std::collections::BTreeMap;
use std::path::Path;

use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::base::source::Layer;
use dispatch::base::table::Id as _;
use dispatch::compiler::compile;
use dispatch::compiler::generate::export::{Neighbour, export};
use dispatch::compiler::library::{Library, Options};
use dispatch::ir::plan::Plan;

use super::suite;

const ALL: [Neighbour; 4] = [Neighbour::Taskmaster, Neighbour::Beads, Neighbour::Backlog, Neighbour::SpecKit];

/// What must survive. Tasks by their place in the first plan; criteria by their words.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    tasks: Vec<(String, bool, Vec<String>)>,
    criteria: Vec<(String, bool)>,
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shape(plan: &Plan, inputs: &Inputs, with_ticks: bool) -> Shape {
    let graph = &plan.graph;
    let title = |at: usize| line(graph.tasks.rows()[at].title.get(inputs));
    let mut tasks: Vec<(String, bool, Vec<String>)> = graph
        .tasks
        .iter()
        .map(|(id, task)| {
            let mut after: Vec<String> =
                graph.edges_into(id).iter().map(|edge| title(edge.from.index())).collect();
            after.sort();
            (title(id.index()), task.done, after)
        })
        .collect();
    tasks.sort();
    let served: std::collections::BTreeSet<_> = graph.served.iter().collect();
    let mut criteria: Vec<(String, bool)> = graph
        .criteria
        .iter()
        .filter(|(id, _)| !with_ticks || served.contains(id))
        .map(|(_, criterion)| (line(criterion.text.get(inputs)), with_ticks && criterion.done))
        .collect();
    criteria.sort();
    Shape { tasks, criteria }
}

/// Compiles documents with what lies beside them.
fn compiled<T>(files: &[(String, Vec<u8>, bool)], then: impl FnOnce(&Plan, &Inputs) -> T) -> T {
    let mut inputs = Inputs::new();
    for (path, bytes, is_document) in files {
        let path = RelPath::new(path).expect("a path");
        if *is_document {
            inputs.add_document(path, bytes.clone());
        } else {
            inputs.add(path, Layer::Project, bytes.clone());
        }
    }
    dispatch::builtin::underlay(&mut inputs);
    let library = Library::load(&inputs, &Options::default());
    let compilation = compile(&inputs, &library);
    then(&compilation.plan, &inputs)
}

/// Exports, reads back, compares; the second export says what the first says.
fn check(name: &str, files: &[(String, Vec<u8>, bool)]) {
    for to in ALL {
        let with_ticks = to != Neighbour::SpecKit;
        let (mut wanted, made) =
            compiled(files, |plan, inputs| (shape(plan, inputs, with_ticks), export(inputs, plan, to)));
        if wanted.tasks.is_empty() {
            return;
        }
        if !with_ticks {
            // Those that no task serves are listed as lost.
            let lost = made.losses.iter().find(|loss| loss.what == "criterion");
            let lost: Vec<&String> = lost.map(|loss| loss.of.iter().collect()).unwrap_or_default();
            for text in lost {
                if let Some(at) = wanted.criteria.iter().position(|(own, _)| own == text) {
                    wanted.criteria.remove(at);
                }
            }
        }
        let back: Vec<(String, Vec<u8>, bool)> = made
            .files
            .iter()
            .map(|file| (file.path.to_string(), file.bytes.clone(), !file.path.as_str().ends_with("spec.md")))
            .collect();
        let (found, again) =
            compiled(&back, |plan, inputs| (shape(plan, inputs, with_ticks), export(inputs, plan, to)));
        assert_eq!(found, wanted, "{name} by way of {to:?}\n{}", text(&made.files));
        assert_eq!(again.files.len(), made.files.len(), "{name} twice by way of {to:?}");
    }
}

fn text(files: &[dispatch::ir::artifact::Artifact]) -> String {
    let shown =
        files.iter().map(|file| format!("==> {}\n{}", file.path, String::from_utf8_lossy(&file.bytes)));
    shown.collect::<Vec<_>>().join("\n").chars().take(6_000).collect()
}

#[test]
fn plans_survive_their_neighbours() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<suite::Documents> = Vec::new();
    for folder in
        ["squads/dispatch/examples", "tests/golden/newsletter/in/docs", "tests/golden/loader/in/docs"]
    {
        for entry in std::fs::read_dir(root.join(folder)).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let bytes = std::fs::read(entry.path()).expect("a file");
            pages.push((name.clone(), vec![(name, bytes, true)]));
        }
    }
    pages.extend(suite::documents());
    assert!(pages.len() > 20, "only {} inputs", pages.len());
    for (name, files) in &pages {
        check(name, files);
    }
}

#[test]
fn what_a_format_cannot_hold_is_listed() {
    let plan = "plan: demo\ntasks:\n  - {id: T1, title: 'Write `a_b` [x]', model: haiku, outputs: [db/a.sql], criteria: ['It *is* there', 'It is # one']}\n  - {id: T2, title: Load, depends_on: [T1], done: true, priority: P0, outputs: [src/b.rs]}\n";
    let files = [("demo.plan.yaml".to_owned(), plan.as_bytes().to_vec(), true)];
    check("demo", &files);
    // Words that name tasks of the list a task came from, and a stated edge that follows from others.
    let list = "# Tasks: Kiosk\n\n## Phase 1: Work\n\n- [x] T005 Write a\n- [ ] T007b Write b — depends on T005\n- [ ] T001 Write c (depends on T007b, T005)\n";
    check("words", &[("tasks.md".to_owned(), list.as_bytes().to_vec(), true)]);
    let lost: BTreeMap<&str, Vec<String>> = ALL
        .iter()
        .zip(["taskmaster", "beads", "backlog", "spec-kit"])
        .map(|(&to, name)| {
            let made = compiled(&files, |plan, inputs| export(inputs, plan, to));
            (name, made.losses.iter().map(|loss| format!("{} {}", loss.what, loss.of.join(","))).collect())
        })
        .collect();
    let common = ["model T1", "outputs T1,T2"];
    for (name, lost) in &lost {
        for loss in common {
            assert!(lost.iter().any(|own| own == loss), "{name}: {lost:?}");
        }
    }
    assert!(lost["taskmaster"].contains(&"id T1,T2".to_owned()), "{lost:?}");
    assert!(lost["backlog"].contains(&"priority T2".to_owned()), "{lost:?}");
}
