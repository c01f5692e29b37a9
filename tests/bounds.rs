//! Inputs that are large, deep or twisted: each is answered with its own finding, in time that grows with its length.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use dispatch::base::diagnostic::Diagnostic;
use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::compiler::compile;
use dispatch::compiler::library::{Library, Options};

/// What one document is told, and how long it took. Every place lies in its file, and a refusal gives a reason.
pub(crate) fn told(name: &str, bytes: &[u8]) -> (Vec<Diagnostic>, Duration) {
    let mut inputs = Inputs::new();
    dispatch::builtin::underlay(&mut inputs);
    let library = Library::load(&inputs, &Options::default());
    inputs.add_document(RelPath::new(name).expect("a name is a path"), bytes.to_vec());
    let begun = Instant::now();
    let compilation = compile(&inputs, &library);
    let took = begun.elapsed();
    let findings = compilation.plan.diagnostics.clone();
    for finding in &findings {
        assert!(!finding.message.trim().is_empty(), "{name}: {} says nothing", finding.code);
        for label in &finding.labels {
            let text = inputs.text(label.span.file);
            assert!(text.get(label.span.range()).is_some(), "{name}: {} points outside", finding.code);
        }
    }
    (findings, took)
}

/// The codes of what blocks, each once.
fn blocking(findings: &[Diagnostic]) -> Vec<&str> {
    let mut codes: Vec<&str> =
        findings.iter().filter(|finding| finding.blocks()).map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Debug builds are slow; what is quadratic takes minutes here.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_ring_of_5000_is_one_closed_path() {
    let tasks = 5000;
    let mut text = String::from("plan: ring\ntasks:\n");
    for task in 0..tasks {
        let before = (task + tasks - 1) % tasks;
        let _ = writeln!(
            text,
            "  - {{id: T{task}, title: Write part {task}, outputs: [o/{task}.md], depends_on: [T{before}]}}"
        );
    }
    let (findings, took) = told("ring.plan.yaml", text.as_bytes());
    assert_eq!(blocking(&findings), ["dep/cycle"]);
    let cycle = findings.iter().find(|finding| finding.code.as_str() == "dep/cycle").expect("it was found");
    assert!(cycle.message.contains("5000 tasks wait for each other: T0 → T1"), "{}", cycle.message);
    assert!(cycle.message.contains("4988 more") && cycle.message.ends_with("→ T0"), "{}", cycle.message);
    assert!(cycle.labels.len() >= 2, "both ends of a step are shown");
    assert!(took < PATIENCE, "{took:?}");
}

#[test]
fn both_places_of_a_fault_are_shown() {
    let task =
        |id: &str, after: &str| format!("  - {{id: {id}, title: Write {id}, outputs: [o/{id}.md]{after}}}\n");
    let plan = |rows: &[String]| format!("plan: p\ntasks:\n{}", rows.concat());
    let cases = [
        ("dep/self", plan(&[task("T1", ", depends_on: [T1]")]), ["T1", "T1"]),
        ("dep/unknown", plan(&[task("T1", ""), task("T2", ", depends_on: [T11]")]), ["T11", "T1"]),
        ("dep/cycle", plan(&[task("A", ", depends_on: [B]"), task("B", ", depends_on: [A]")]), ["A", "B"]),
        ("id/duplicate", plan(&[task("T1", ""), task("T1", "")]), ["T1", "T1"]),
        ("field/type", plan(&[task("T1", ""), task("T2", ", depends_on: T1")]), ["T1", "depends_on"]),
    ];
    for (code, text, wanted) in cases {
        let (findings, _) = told("p.plan.yaml", text.as_bytes());
        assert_eq!(blocking(&findings), [code], "{text}");
        let finding = findings.iter().find(|finding| finding.code.as_str() == code).expect("it was found");
        let mut places: Vec<&str> =
            finding.labels.iter().filter_map(|label| text.get(label.span.range())).collect();
        places.sort_unstable();
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        assert_eq!(places, wanted, "{code}");
        assert!(finding.help.is_some(), "{code} says what to do");
    }
}
