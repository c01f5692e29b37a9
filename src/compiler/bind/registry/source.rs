//! The data files: found, read, told apart by form, and completed from the shipped file of the same path.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::compiler::bind::schema::Schemas;
use crate::ir::node::{Kind, Node};
use crate::syntax::yaml;

use super::fields::{Form, Report};

const FOLDER: &str = "squads/dispatch/data/";
const OVERRIDES: &str = "manual-overrides.yaml";

/// One data file, complete.
pub(super) struct Source {
    /// Its top-level map, with what it leaves out.
    pub(super) node: Node,
    /// How it is written.
    pub(super) form: Form,
    /// A file of the older form whose shape cannot be told: `node` is the shipped file, this is what the user wrote.
    pub(super) older: Option<Node>,
}

/// All data files.
pub(super) struct Sources {
    pub(super) domains: Source,
    pub(super) commands: Source,
    pub(super) overrides: Source,
    pub(super) selection: Source,
    pub(super) enrichment: Source,
    pub(super) timeouts: Source,
    pub(super) heuristics: Source,
    pub(super) executors: Source,
    pub(super) durations: Source,
    /// The files that were read.
    pub(super) files: Vec<FileId>,
    /// Those whose schema has been asked: what it says about shapes need not be said again.
    pub(super) judged: Vec<FileId>,
}

impl Sources {
    pub(super) fn open<'i>(inputs: &'i Inputs, report: &mut Report<'i>) -> Self {
        let mut opener = Opener { inputs, schemas: None, files: Vec::new(), judged: Vec::new(), report };
        let mut open = |name: &str, schema: &str, older: Older| opener.open(name, schema, older);
        Self {
            domains: open("domain-registry.yaml", "dispatch.domain-registry/v1", Older::Same),
            commands: open("command-registry.yaml", "dispatch.command-registry/v1", Older::Same),
            overrides: open(OVERRIDES, "dispatch.overrides/v1", Older::Same),
            selection: open("model-selection-rules.yaml", "dispatch.model-rules/v1", Older::Prose),
            enrichment: open("enrichment-rules.yaml", "dispatch.enrichment-rules/v1", Older::Prose),
            timeouts: open("timeout-rules.yaml", "dispatch.timeout-rules/v1", Older::Prose),
            heuristics: open("dispatch-heuristics.yaml", "dispatch.heuristics/v1", Older::Prose),
            executors: open("executors.yaml", "dispatch.executors/v1", Older::Prose),
            durations: open("durations.yaml", "dispatch.durations/v1", Older::Prose),
            files: opener.files,
            judged: opener.judged,
        }
    }
}

/// What the older form of a file is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Older {
    /// The same keys, so it is read as it is.
    Same,
    /// Rules in prose: the shipped file is used in its place.
    Prose,
}

/// Opens one file after the other.
struct Opener<'o, 'i> {
    inputs: &'i Inputs,
    /// Made when the first file of a project asks for one.
    schemas: Option<Schemas<'i>>,
    files: Vec<FileId>,
    judged: Vec<FileId>,
    report: &'o mut Report<'i>,
}

impl Opener<'_, '_> {
    fn open(&mut self, name: &str, schema: &str, older: Older) -> Source {
        let inputs = self.inputs;
        let path = format!("{FOLDER}{name}");
        let Some(id) = inputs.find(&path) else {
            return Source { node: nothing(), form: Form::Strict, older: None };
        };
        self.files.push(id);
        let (mut node, readable) = read(inputs, id, self.report);
        if inputs.file(id).layer == Layer::Builtin {
            return Source { node, form: Form::Strict, older: None };
        }
        let form = form_of(&node, schema, self.report);
        let shipped = shipped(inputs, &path);
        let base = shipped.map(|id| read(inputs, id, self.report).0);
        self.files.extend(shipped);
        let Some(base) = base else { return Source { node, form, older: None } };
        if form == Form::Seed && older == Older::Prose {
            return Source { node: base, form: Form::Strict, older: Some(node) };
        }
        if !readable {
            return Source { node: base, form: Form::Strict, older: None };
        }
        if form == Form::Strict {
            let schemas = self.schemas.get_or_insert_with(|| Schemas::new(inputs));
            let stem = name.trim_end_matches(".yaml");
            self.report.findings.extend(schemas.check(&format!("{stem}.schema.json"), &node));
            // Its schema leaves open what overrides hold: that is judged where they are merged.
            if name != OVERRIDES {
                self.judged.push(id);
            }
        }
        complete(&mut node, base);
        Source { node, form, older: None }
    }
}

/// The file's map, and whether it could be read as one.
fn read(inputs: &Inputs, id: FileId, report: &mut Report<'_>) -> (Node, bool) {
    let outcome = yaml::read(inputs, Span::new(id, 0, inputs.text(id).len()));
    let broken = outcome.findings.iter().any(Diagnostic::blocks);
    report.findings.extend(outcome.findings);
    let node = outcome.value;
    match node.kind {
        Kind::Map(_) => (node, !broken),
        Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) | Kind::List(_) => {
            if !broken && !node.is_null() {
                report.wrong(&node, "a map");
            }
            (Node { span: node.span, kind: Kind::Map(Vec::new()) }, false)
        }
    }
}

fn form_of(node: &Node, schema: &str, report: &mut Report<'_>) -> Form {
    let Some(stated) = node.get("schema") else { return Form::Seed };
    if stated.text() != Some(schema) {
        let found = stated.scalar().unwrap_or_default();
        let message = format!("`{found}` is not the schema of this file");
        report.push(
            Diagnostic::error("registry/schema", stated.span, message)
                .help(format!("write `schema: {schema}`")),
        );
    }
    Form::Strict
}

/// The shipped file of a path that a project's file covers.
fn shipped(inputs: &Inputs, path: &str) -> Option<FileId> {
    inputs.ids().find(|&id| {
        let file = inputs.file(id);
        file.layer == Layer::Builtin && file.path.as_str() == path
    })
}

/// Adds the top-level keys a file leaves out; whether it may is for its schema to say.
fn complete(node: &mut Node, base: Node) {
    let (Kind::Map(entries), Kind::Map(shipped)) = (&mut node.kind, base.kind) else { return };
    for (key, value) in shipped {
        if !entries.iter().any(|(own, _)| own.text == key.text) {
            entries.push((key, value));
        }
    }
}

fn nothing() -> Node {
    Node { span: Span::head(FileId(0)), kind: Kind::Map(Vec::new()) }
}
