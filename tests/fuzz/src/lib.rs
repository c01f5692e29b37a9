//! What every reader promises about any bytes at all. A target is a function that panics when a promise is broken.
//!
//! `targets/` makes them libFuzzer programs; `src/bin/drive.rs` runs them on a stable toolchain.

pub mod mutate;
pub mod prompts;
pub mod seeds;

use std::sync::OnceLock;

use dispatch::base::diagnostic::Diagnostic;
use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::base::source::Layer;
use dispatch::base::span::{FileId, Span};
use dispatch::compiler::ast::{self, dialect, squad};
use dispatch::compiler::bind::discover;
use dispatch::compiler::compile as run;
use dispatch::compiler::library::{Library, Options};
use dispatch::host::lock::Lock;
use dispatch::host::render::{self, Format, Report, Style};
use dispatch::ir::node::{Kind, Node, json::to_json};

/// A target: its name and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub static TARGETS: [Target; 10] = [
    ("yaml", yaml),
    ("json", json),
    ("markdown", markdown),
    ("front_matter", front_matter),
    ("dialect", dialect),
    ("registry", registry),
    ("squad", squad),
    ("compile", compile),
    ("prompt", prompts::prompt),
    ("lock", lock),
];

pub use prompts::prompt;

/// Names under which a document may come: the first byte of an input picks one.
pub static NAMES: [&str; 14] = [
    "a.story.md",
    "a.plan.yaml",
    "a.plan.json",
    "specs/001-a/tasks.md",
    ".kiro/specs/a/tasks.md",
    ".taskmaster/tasks/tasks.json",
    ".beads/issues.jsonl",
    "backlog/tasks/task-1 - a.md",
    "openspec/changes/a/tasks.md",
    "docs/prd.md",
    "stories.yaml",
    "workflows/a.yaml",
    "a.txt",
    "a.json",
];

/// The shipped data files that a project may cover, and the configuration: the first byte of an input picks one.
pub fn configurable() -> &'static [String] {
    static FOUND: OnceLock<Vec<String>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let shipped = dispatch::builtin::files().map(|(path, _)| path);
        std::iter::once("dispatch.yaml".to_owned()).chain(shipped).collect()
    })
}

/// The library of the shipped files, loaded once.
pub fn library() -> &'static Library {
    static LOADED: OnceLock<Library> = OnceLock::new();
    LOADED.get_or_init(|| {
        let mut inputs = Inputs::new();
        dispatch::builtin::underlay(&mut inputs);
        Library::load(&inputs, &Options::default())
    })
}

/// The shipped files and one document.
pub fn project(name: &str, bytes: &[u8]) -> (Inputs, FileId) {
    let mut inputs = Inputs::new();
    dispatch::builtin::underlay(&mut inputs);
    let file = inputs.add_document(RelPath::new(name).expect("a name is a path"), bytes.to_vec());
    (inputs, file)
}

fn alone(name: &str, bytes: &[u8]) -> (Inputs, FileId) {
    let mut inputs = Inputs::new();
    let file = inputs.add_document(RelPath::new(name).expect("a name is a path"), bytes.to_vec());
    (inputs, file)
}

/// A span lies in its file, on character boundaries.
fn within(inputs: &Inputs, span: Span) {
    let text = inputs.text(span.file);
    assert!(text.get(span.range()).is_some(), "{span:?} lies outside of its file of {} bytes", text.len());
}

/// Every finding says something and points into its file.
pub fn sound(inputs: &Inputs, findings: &[Diagnostic]) {
    for finding in findings {
        assert!(!finding.message.trim().is_empty(), "{} says nothing", finding.code);
        for label in &finding.labels {
            within(inputs, label.span);
        }
    }
}

fn tree(inputs: &Inputs, node: &Node) {
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        within(inputs, node.span);
        match &node.kind {
            Kind::List(items) => open.extend(items),
            Kind::Map(entries) => {
                for (key, value) in entries {
                    within(inputs, key.span);
                    open.push(value);
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Text(_) => {}
        }
    }
}

/// Any bytes as YAML.
pub fn yaml(data: &[u8]) {
    let (inputs, file) = alone("a.yaml", data);
    let whole = Span::new(file, 0, inputs.text(file).len());
    let outcome = dispatch::syntax::yaml::read(&inputs, whole);
    sound(&inputs, &outcome.findings);
    tree(&inputs, &outcome.value);
}

/// Any bytes as JSON. What another reader takes, ours takes, with the same value.
pub fn json(data: &[u8]) {
    let (inputs, file) = alone("a.json", data);
    let whole = Span::new(file, 0, inputs.text(file).len());
    let outcome = dispatch::syntax::json::read(&inputs, whole);
    sound(&inputs, &outcome.findings);
    tree(&inputs, &outcome.value);
    let lines = dispatch::syntax::json::read_lines(&inputs, whole);
    sound(&inputs, &lines.findings);
    tree(&inputs, &lines.value);
    let Ok(theirs) = serde_json::from_str::<serde_json::Value>(inputs.text(file)) else { return };
    if outcome.findings.iter().any(Diagnostic::blocks) {
        return;
    }
    let ours = serde_json::to_string(&to_json(&outcome.value)).expect("a value is written");
    let theirs = serde_json::to_string(&theirs).expect("a value is written");
    // Numbers beyond 64 bits are kept as the nearest float by both, and written in more than one way.
    if !data.iter().any(u8::is_ascii_digit) {
        assert_eq!(ours, theirs);
    }
}

/// Any bytes as markdown: blocks lie in order, inside the text.
pub fn markdown(data: &[u8]) {
    let (inputs, file) = alone("a.md", data);
    let outline = dispatch::syntax::markdown::outline(&inputs, file);
    let mut last = 0;
    for block in &outline.blocks {
        within(&inputs, outline.span(block));
        within(&inputs, outline.text(block));
        assert!(block.start >= last, "blocks stand in the order of the text");
        last = block.start;
        let text = inputs.slice(outline.text(block));
        for code in dispatch::syntax::inline::codes(text) {
            assert!(text.get(code).is_some(), "a code span lies in its text");
        }
        let _ = dispatch::syntax::inline::links(text).count();
    }
    sound(&inputs, &dispatch::syntax::hidden::check(&inputs, file));
}

/// Any bytes as a file with a head of YAML.
pub fn front_matter(data: &[u8]) {
    let (inputs, file) = alone("a.md", data);
    let outcome = dispatch::syntax::frontmatter::read(&inputs, file);
    sound(&inputs, &outcome.findings);
    if let Some(front) = &outcome.value {
        tree(&inputs, &front.node);
        assert!(inputs.text(file).get(front.body..).is_some(), "the body begins in the text");
    }
    let document = ast::read(&inputs, file);
    sound(&inputs, &document.findings);
    tree(&inputs, &document.value.node);
}

/// Any bytes as a document of the dialect that the first byte names.
pub fn dialect(data: &[u8]) {
    let Some((&first, data)) = data.split_first() else { return };
    let chosen = dialect::DIALECTS[usize::from(first) % dialect::DIALECTS.len()].name;
    let name = NAMES[usize::from(first) / dialect::DIALECTS.len() % NAMES.len()];
    let (inputs, file) = alone(name, data);
    let document = ast::read(&inputs, file);
    sound(&inputs, &document.findings);
    let words = &library().words;
    let outcome = dialect::read(&inputs, &document.value, Some(chosen), words);
    sound(&inputs, &outcome.findings);
    for (_, item) in outcome.value.items.iter() {
        within(&inputs, item.at);
        within(&inputs, item.title.at());
    }
}

/// Any bytes as a configuration or a data file of a project.
pub fn registry(data: &[u8]) {
    let Some((&first, data)) = data.split_first() else { return };
    let names = configurable();
    let mut inputs = Inputs::new();
    let path = RelPath::new(&names[usize::from(first) % names.len()]).expect("a path");
    inputs.add(path, Layer::Project, data.to_vec());
    dispatch::builtin::underlay(&mut inputs);
    inputs.add_document(RelPath::new("a.plan.yaml").expect("a path"), seeds::PLAN.as_bytes().to_vec());
    let library = Library::load(&inputs, &Options::default());
    sound(&inputs, &library.findings);
    whole(&inputs, &library);
}

/// Any bytes as a file of a squad.
pub fn squad(data: &[u8]) {
    let Some((&first, data)) = data.split_first() else { return };
    let folder = ["agents", "tasks", "checklists", "workflows", "skills", "data"][usize::from(first) % 6];
    let name = ["a.md", "a.yaml"][usize::from(first) / 6 % 2];
    let mut inputs = Inputs::new();
    let path = RelPath::new(&format!("squads/s/{folder}/{name}")).expect("a path");
    let file = inputs.add(path, Layer::Project, data.to_vec());
    inputs.add(RelPath::new("squads/s/squad.yaml").expect("a path"), Layer::Project, data.to_vec());
    let words = &library().words;
    sound(&inputs, &squad::read_agent(&inputs, file).findings);
    sound(&inputs, &squad::read_task(&inputs, file, words).findings);
    sound(&inputs, &squad::read_checklist(&inputs, file).findings);
    sound(&inputs, &squad::read_workflow(&inputs, file).findings);
    sound(&inputs, &squad::read_skill(&inputs, file).findings);
    sound(&inputs, &squad::read_command(&inputs, file, "a").findings);
    let squads = squad::read(&inputs, words);
    sound(&inputs, &squads.findings);
    sound(&inputs, &discover::discover(&inputs, &squads.value).findings);
}

/// Any bytes as a document, from reading to writing.
pub fn compile(data: &[u8]) {
    let Some((&first, data)) = data.split_first() else { return };
    let (inputs, _) = project(NAMES[usize::from(first) % NAMES.len()], data);
    whole(&inputs, library());
}

/// Compiles, and checks everything that comes out: findings in every format, the manifest, every file.
pub fn whole(inputs: &Inputs, library: &Library) {
    let compilation = run(inputs, library);
    let plan = &compilation.plan;
    sound(inputs, &plan.diagnostics);
    let report = Report::new(inputs, &plan.diagnostics, &plan.gates, &|_| false);
    for format in FORMATS {
        let mut out = Vec::new();
        render::write(format, &report, Style::PLAIN, &mut out).expect("memory does not fail");
        let out = String::from_utf8(out).expect("reports are UTF-8");
        if matches!(format, Format::Json | Format::Sarif | Format::Gitlab) {
            serde_json::from_str::<serde_json::Value>(&out).expect("a report is JSON");
        }
    }
    let manifest: serde_json::Value =
        serde_json::from_slice(&compilation.manifest()).expect("a manifest is JSON");
    assert_eq!(manifest["schema"], "dispatch.manifest/v1");
    let mut emitted = 0;
    let said = compilation
        .emit(|artifact| {
            emitted += 1;
            let path = artifact.path.as_str();
            let text = std::str::from_utf8(&artifact.bytes).expect("what is written is UTF-8");
            assert!(!text.contains('\r'), "{path}: lines end in LF");
            if path.ends_with(".json") {
                serde_json::from_str::<serde_json::Value>(text).expect("a file of JSON is JSON");
            } else if path.ends_with(".yaml") {
                serde_yaml::from_str::<serde_yaml::Value>(text).expect("a file of YAML is YAML");
            }
            Ok::<(), std::convert::Infallible>(())
        })
        .expect("memory does not fail");
    if plan.is_blocked() {
        assert!(plan.diagnostics.iter().any(Diagnostic::blocks), "a refusal has a reason");
        assert_eq!(emitted, 0, "nothing of a blocked plan is written");
    } else {
        assert!(emitted > 0 || !said.is_empty(), "a plan that is not blocked is written");
    }
}

/// Every form in which findings are written.
pub const FORMATS: [Format; 8] = [
    Format::Human,
    Format::Short,
    Format::Json,
    Format::Sarif,
    Format::Github,
    Format::Gitlab,
    Format::Junit,
    Format::Markdown,
];

/// Any bytes as the lock of a plan folder: no path in it leaves the folder, and it is written as it was read.
pub fn lock(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(lock) = Lock::parse(&text) else { return };
    for path in lock.outputs.keys() {
        assert!(RelPath::new(path).is_some(), "`{path}` leaves the folder");
    }
    // A version control system may have written its lines with carriage returns.
    if !text.contains('\r') {
        assert_eq!(Lock::parse(&lock.text()), Some(lock));
    }
}
