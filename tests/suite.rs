//! Runs the literate suite: `tests/suite/**/*.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use dispatch::base::diagnostic::Severity;
use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::base::source::Layer;
use dispatch::compiler::check::example::objections;
use dispatch::compiler::check::rule::Scope;
use dispatch::compiler::compilation::Compilation;
use dispatch::compiler::compile;
use dispatch::compiler::library::{Library, Options};
use dispatch::host::render::{Report, short};

/// A file of a case.
struct File {
    path: String,
    text: String,
    document: bool,
    /// What the documents are proved against.
    against: bool,
    /// Line (from 1) and code of each annotation.
    expected: Vec<(usize, String)>,
}

/// An expectation: the info line of its fence, its place in the page, and its text.
struct Expected {
    info: String,
    range: std::ops::Range<usize>,
    text: String,
}

/// Facts given as a map: what a gate asks of one scope.
struct Facts {
    gate: String,
    scope: Scope,
    facts: serde_yaml::Value,
}

struct Case {
    name: String,
    files: Vec<File>,
    facts: Option<Facts>,
    expected: Vec<Expected>,
}

#[test]
fn suite() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut pages = Vec::new();
    collect(&root, &mut pages);
    pages.sort();
    assert!(!pages.is_empty(), "no page under {}", root.display());
    let bless = std::env::var_os("DISPATCH_BLESS").is_some();
    let mut failures = String::new();
    let mut shown = BTreeSet::new();
    for page in &pages {
        let text = std::fs::read_to_string(page).expect("a page is readable");
        let mut edits = Vec::new();
        for case in cases(&text) {
            let name = format!("{}: {}", page.strip_prefix(&root).unwrap_or(page).display(), case.name);
            let found = run(&name, &case, &mut edits, &mut failures, bless);
            if page.parent().is_some_and(|folder| folder.ends_with("rules")) {
                let rule = case.name.split_whitespace().next().unwrap_or_default().to_owned();
                if !found.contains(&rule) {
                    let _ = writeln!(failures, "{name}: {rule} is not among {found:?}");
                }
                shown.insert(rule);
            }
        }
        if bless && !edits.is_empty() {
            let mut blessed = text.clone();
            edits.sort_by_key(|(range, _): &(std::ops::Range<usize>, String)| std::cmp::Reverse(range.start));
            for (range, new) in edits {
                blessed.replace_range(range, &new);
            }
            std::fs::write(page, blessed).expect("a page is writable");
        }
    }
    assert!(failures.is_empty(), "{failures}");
    let mut inputs = Inputs::new();
    dispatch::builtin::underlay(&mut inputs);
    let packs = Library::load(&inputs, &Options::default()).packs;
    let hidden: Vec<&str> =
        packs.rules.iter().map(|rule| rule.id.as_str()).filter(|id| !shown.contains(*id)).collect();
    assert!(hidden.is_empty(), "no case under tests/suite/rules shows {hidden:?}");
}

fn collect(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, pages);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
}

/// Fences of any length, found line by line: a page is simple markdown.
fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut fence: Option<(usize, String, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let ticks = line.bytes().take_while(|&byte| byte == b'`').count();
        match &fence {
            None if ticks >= 3 => fence = Some((ticks, line[ticks..].trim().to_owned(), at + line.len())),
            Some((open, info, start)) if ticks >= *open && line[ticks..].trim().is_empty() => {
                if let Some(case) = cases.last_mut() {
                    add(case, info, *start..at, &text[*start..at]);
                }
                fence = None;
            }
            None => {
                if let Some(name) = line.strip_prefix("## ") {
                    cases.push(Case {
                        name: name.trim().to_owned(),
                        files: Vec::new(),
                        facts: None,
                        expected: Vec::new(),
                    });
                }
            }
            Some(_) => {}
        }
        at += line.len();
    }
    cases
}

fn add(case: &mut Case, info: &str, range: std::ops::Range<usize>, text: &str) {
    let words: Vec<&str> = info.split_whitespace().collect();
    let first = words.first().copied().unwrap_or_default();
    if let ["yaml", "facts", gate, scope] = words[..] {
        let scope = serde_yaml::from_str(scope).expect("a scope of rules");
        let facts = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        case.facts = Some(Facts { gate: gate.to_owned(), scope, facts });
    } else if matches!(first, "report" | "edges" | "reasons" | "schedule" | "objections" | "tasks")
        || first.starts_with("out/")
    {
        case.expected.push(Expected { info: first.to_owned(), range, text: text.to_owned() });
    } else if let Some(path) = words.get(1) {
        let project = *path == "dispatch.yaml"
            || ["squads/", "templates/", "schemas/"].iter().any(|folder| path.starts_with(folder));
        let mut clean = String::new();
        let mut expected = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let (kept, codes) = annotation(line);
            expected.extend(codes.into_iter().map(|code| (number + 1, code)));
            clean.push_str(kept);
            clean.push('\n');
        }
        let against = words.contains(&"against");
        let document = !project && !against && !words.contains(&"companion");
        case.files.push(File { path: (*path).to_owned(), text: clean, document, against, expected });
    }
}

/// A line without its annotation, and the codes that the annotation names.
fn annotation(line: &str) -> (&str, Vec<String>) {
    let marks = [("<!--~", "-->"), ("#~", "")];
    for (mark, end) in marks {
        if let Some((kept, codes)) = line.split_once(mark) {
            let codes = codes.trim_end().trim_end_matches(end);
            return (kept.trim_end(), codes.split_whitespace().map(str::to_owned).collect());
        }
    }
    (line, Vec::new())
}

/// Runs a case, and returns the codes and rules of what it found.
fn run(
    name: &str,
    case: &Case,
    edits: &mut Vec<(std::ops::Range<usize>, String)>,
    failures: &mut String,
    bless: bool,
) -> BTreeSet<String> {
    let mut inputs = Inputs::new();
    let mut options = Options::default();
    for file in &case.files {
        let path = RelPath::new(&file.path).unwrap_or_else(|| panic!("{name}: `{}` is no path", file.path));
        if file.document {
            inputs.add_document(path, file.text.clone().into_bytes());
        } else {
            let id = inputs.add(path, Layer::Project, file.text.clone().into_bytes());
            options.against = options.against.or(file.against.then_some(id));
        }
    }
    dispatch::builtin::underlay(&mut inputs);
    dispatch::compiler::bind::secrets::mask(&mut inputs, dispatch::builtin::file);
    let library = Library::load(&inputs, &options);
    let compilation = compile(&inputs, &library);
    let mut found: Vec<(String, usize, String)> = Vec::new();
    for finding in &compilation.plan.diagnostics {
        if finding.severity >= Severity::Warning {
            let span = finding.span();
            let place = (inputs.display_path(span.file), inputs.position(span).line);
            found.push((place.0, place.1, finding.code.to_string()));
        }
    }
    let mut wanted: Vec<(String, usize, String)> = Vec::new();
    for file in &case.files {
        wanted.extend(file.expected.iter().map(|(line, code)| (file.path.clone(), *line, code.clone())));
    }
    found.sort();
    wanted.sort();
    if found != wanted {
        let _ = writeln!(
            failures,
            "{name}\n  expected {wanted:?}\n  found    {found:?}\n{}",
            report(&compilation, &inputs)
        );
    }
    for expected in &case.expected {
        let actual = match expected.info.as_str() {
            "report" => report(&compilation, &inputs),
            "edges" => edges(&compilation, &inputs),
            "reasons" => reasons(&compilation, &inputs),
            "objections" => objected(case, &library),
            "schedule" => schedule(&compilation, &inputs),
            "tasks" => tasks(&compilation, &inputs),
            path => artifact(&compilation, path.trim_start_matches("out/")),
        };
        if actual != expected.text {
            if bless {
                edits.push((expected.range.clone(), actual));
            } else {
                let _ = writeln!(
                    failures,
                    "{name}: {}\n--- expected\n{}--- found\n{actual}",
                    expected.info, expected.text
                );
            }
        }
    }
    let rules =
        compilation.plan.diagnostics.iter().flat_map(|finding| {
            std::iter::once(finding.code.to_string()).chain(finding.vetoes.iter().cloned())
        });
    let objected = case.facts.iter().flat_map(|asked| {
        objections(&library.packs, &asked.gate, asked.scope, &asked.facts).into_iter().map(|said| said.rule)
    });
    rules.chain(objected).collect()
}

/// What the rules of a gate say about facts, one line each.
fn objected(case: &Case, library: &Library) -> String {
    let Some(asked) = &case.facts else { return "no facts\n".to_owned() };
    let mut out = String::new();
    for said in objections(&library.packs, &asked.gate, asked.scope, &asked.facts) {
        let _ = writeln!(out, "{}[{}] {}", said.severity.name(), said.rule, said.message);
    }
    out
}

fn report(compilation: &Compilation<'_>, inputs: &Inputs) -> String {
    let report = Report::new(inputs, &compilation.plan.diagnostics, &compilation.plan.gates, &|_| false);
    let mut out = Vec::new();
    short::write(&report, &mut out).expect("writing to memory succeeds");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// What was understood: `-` an open task, `x` a done one, `=` a criterion, `~` the first line of what is not used.
fn tasks(compilation: &Compilation<'_>, inputs: &Inputs) -> String {
    let graph = &compilation.plan.graph;
    let mut out = String::new();
    for (id, task) in graph.tasks.iter() {
        let mark = if task.done { 'x' } else { '-' };
        let _ = write!(out, "{mark} {} | {}", graph.id(id, inputs), task.title.get(inputs));
        for output in graph.outputs_of(id).iter().filter(|output| !output.inferred) {
            let _ = write!(out, " -> {}", output.path.get(inputs));
        }
        out.push('\n');
    }
    for (_, criterion) in graph.criteria.iter() {
        let mark = if criterion.done { "x" } else { "" };
        let _ = writeln!(out, "={mark} {}", criterion.text.get(inputs));
    }
    for unused in &graph.unused {
        let _ = writeln!(out, "~ {}: {}", inputs.position(unused.span).line, unused.reason);
    }
    out
}

fn edges(compilation: &Compilation<'_>, inputs: &Inputs) -> String {
    let graph = &compilation.plan.graph;
    let mut out = String::new();
    for edge in &graph.edges {
        let _ = writeln!(
            out,
            "{} <- {} {}",
            graph.id(edge.to, inputs),
            graph.id(edge.from, inputs),
            edge.rule.name()
        );
    }
    out
}

/// Like [`edges`], with how sure the rule is, where its words stand, and the words.
fn reasons(compilation: &Compilation<'_>, inputs: &Inputs) -> String {
    let graph = &compilation.plan.graph;
    let mut out = String::new();
    for edge in &graph.edges {
        let at = inputs.position(edge.evidence.at());
        let _ = writeln!(
            out,
            "{} <- {} {} {}% {}:{} {}",
            graph.id(edge.to, inputs),
            graph.id(edge.from, inputs),
            edge.rule.name(),
            edge.confidence,
            at.line,
            at.column,
            edge.evidence.get(inputs)
        );
    }
    out
}

/// Figures, then a line for each task: from when to when, in which wave, or why in none.
fn schedule(compilation: &Compilation<'_>, inputs: &Inputs) -> String {
    let plan = &compilation.plan;
    let (graph, schedule) = (&plan.graph, &plan.schedule);
    let mut out = String::new();
    let _ = writeln!(
        out,
        "pool {}s, waves {}s, never under {}s, path {}s, limited by {}",
        schedule.pool_makespan.secs(),
        schedule.barrier_makespan.secs(),
        schedule.lower_bound.secs(),
        schedule.chains.path_duration.secs(),
        schedule.constraint
    );
    for (id, timing) in schedule.timing.iter() {
        let kit = &plan.equipment.kits[id];
        let place = match (graph.tasks[id].done, timing.wave) {
            (true, _) => "done".to_owned(),
            (_, 0) if timing.rank > 0 => "held".to_owned(),
            (_, 0) => "by hand".to_owned(),
            (_, wave) => format!("wave {wave}"),
        };
        let (start, end) = (timing.start.secs(), (timing.start.0 + kit.duration.0) / 1_000);
        let chain = if timing.on_chain { ", on the chain" } else { "" };
        let _ = writeln!(out, "{} {start}s to {end}s, {place}{chain}", graph.id(id, inputs));
    }
    for arc in &schedule.chains.arcs {
        if let Some(resource) = &arc.resource {
            let (from, to) = (graph.id(arc.from, inputs), graph.id(arc.to, inputs));
            let _ = writeln!(out, "{to} after {from}: {resource}");
        }
    }
    for merge in dispatch::compiler::generate::merges::merges(graph, inputs) {
        let name = |task| graph.id(task, inputs);
        let before: Vec<&str> = merge.before.iter().map(|&task| name(task)).collect();
        let conflicts = merge.conflicts.iter();
        let conflicts: Vec<String> =
            conflicts.map(|(task, path)| format!(" after {}: {}", name(*task), path.get(inputs))).collect();
        let _ =
            writeln!(out, "merge {}{} before [{}]", name(merge.task), conflicts.concat(), before.join(", "));
    }
    out
}

fn artifact(compilation: &Compilation<'_>, path: &str) -> String {
    let mut found = None;
    let emitted = compilation.emit(|artifact| {
        if artifact.path.as_str() == path {
            found = Some(artifact.bytes);
        }
        Ok::<(), std::convert::Infallible>(())
    });
    assert!(emitted.is_ok(), "memory does not fail");
    match found {
        Some(bytes) => String::from_utf8(bytes).expect("artifacts are UTF-8"),
        None => format!("no artifact `{path}`\n"),
    }
}

/// A case's name, and its documents: path, bytes, whether it only lies beside the others.
pub(crate) type Documents = (String, Vec<(String, Vec<u8>, bool)>);

/// The documents of every case, for tests that want many different ones.
pub(crate) fn documents() -> Vec<Documents> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut pages = Vec::new();
    collect(&root, &mut pages);
    pages.sort();
    let mut found = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("a page is readable");
        for case in cases(&text) {
            let name = format!("{}: {}", page.display(), case.name);
            let files = case.files.into_iter();
            found
                .push((name, files.map(|file| (file.path, file.text.into_bytes(), file.document)).collect()));
        }
    }
    found
}
