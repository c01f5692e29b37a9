//! What the tests of this room share: the shipped registry, and graphs of a few tasks.

#[cfg(test)]
use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::base::table::{Id as _, Run, Table};
use crate::base::text::Text;
use crate::builtin;
use crate::compiler::bind::registry::load;
use crate::compiler::bind::settings;
use crate::ir::draft::DraftKind;
use crate::ir::graph::{Story, StoryId, Task, TaskGraph, TaskId};
use crate::ir::registry::Registry;
use crate::ir::settings::Settings;
use crate::syntax::yaml;

/// The shipped registry; it must be without a fault.
pub(super) fn registry() -> Registry {
    let mut inputs = Inputs::new();
    builtin::underlay(&mut inputs);
    let outcome = load(&inputs, &settings());
    let grave: Vec<&Diagnostic> = outcome.findings.iter().filter(|finding| finding.blocks()).collect();
    assert!(grave.is_empty(), "{grave:#?}");
    outcome.value
}

/// The shipped settings.
pub(super) fn settings() -> Settings {
    let mut inputs = Inputs::new();
    builtin::underlay(&mut inputs);
    settings::load(&inputs, None, &[], &yaml::read).value
}

/// Inputs with the shipped files and one document.
pub(super) fn inputs(document: &str) -> (Inputs, FileId) {
    let mut inputs = Inputs::new();
    builtin::underlay(&mut inputs);
    let path = RelPath::new("story.md").unwrap();
    let id = inputs.add(path, Layer::Named, document.as_bytes().to_vec());
    (inputs, id)
}

/// An open task with nothing but a title, at `at`.
pub(super) fn task(id: &str, title: &str, at: Span) -> Task {
    Task::open(Text::made(id, at), Text::made(title, at), at, StoryId(0))
}

/// A graph of these tasks, in one story, without edges.
pub(super) fn graph(tasks: Vec<Task>, at: Span) -> TaskGraph {
    let story = Story {
        id: String::from("S"),
        slug: String::from("s"),
        title: String::from("S"),
        kind: DraftKind::Story,
        dialect: "story",
        foreign: false,
        language: String::from("en"),
        at,
        sections: Vec::new(),
        tasks: Run::since(0, tasks.len()),
    };
    let many = tasks.len();
    TaskGraph {
        stories: Table::new(vec![story]),
        order: (0..many).map(TaskId::from_index).collect(),
        tasks: Table::new(tasks),
        incoming: vec![0; many + 1],
        outgoing: vec![0; many + 1],
        ..TaskGraph::default()
    }
}
