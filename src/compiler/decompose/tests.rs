//! Decomposition of small documents, written one item a line: `T2: title <- T1`.

use crate::base::inputs::{Inputs, RelPath};
use crate::base::span::Span;
use crate::base::table::Run;
use crate::base::text::Text;
use crate::ir::draft::{Draft, DraftKind, Item, ItemKind};
use crate::ir::graph::TaskGraph;
use crate::ir::settings::Settings;

use super::sketch::tests::{lexicon, vocabulary};
use super::{Context, decompose};

fn settings() -> Settings {
    let mut inputs = Inputs::new();
    crate::builtin::underlay(&mut inputs);
    let read = |inputs: &Inputs, span| crate::syntax::yaml::read(inputs, span);
    let outcome = crate::compiler::bind::settings::load(&inputs, None, &[], &read);
    assert_eq!(outcome.findings, []);
    outcome.value
}

/// `# name` opens a phase; `[x]` marks a task as done; what follows `<-` is waited for.
fn draft(inputs: &Inputs, kind: DraftKind) -> Draft {
    let file = inputs.documents()[0];
    let text = inputs.text(file);
    let mut draft = Draft::new(file, "story", kind);
    let mut phase = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let part = |from: usize, to: usize| {
            let raw = &text[from..to];
            let lead = raw.len() - raw.trim_start().len();
            Span::new(file, from + lead, from + lead + raw.trim().len())
        };
        if line.trim().is_empty() {
            continue;
        }
        if line.starts_with("# ") {
            let mut item = Item::task(Text::At(part(start + 2, at)), part(start, at));
            item.kind = ItemKind::Phase;
            phase = Some(draft.items.push(item));
            continue;
        }
        let colon = line.find(": ").filter(|&colon| !line[..colon].contains(' '));
        let body = colon.map_or(start, |colon| start + colon + 2);
        let arrow = line.find("<-").map(|arrow| start + arrow);
        let mut item = Item::task(Text::At(part(body, arrow.unwrap_or(at))), part(start, at));
        item.id = colon.map(|colon| Text::At(part(start, start + colon)));
        item.parent = phase;
        if let Some(rest) = item.title.get(inputs).strip_prefix("[x] ") {
            let end = item.title.at().end as usize;
            item.title = Text::At(Span::new(file, end - rest.len(), end));
            item.done = Some(true);
        }
        let begin = draft.mentions.len();
        if let Some(arrow) = arrow {
            let mut from = arrow + 2;
            for name in text[from..at].split(',') {
                draft.mentions.push(Text::At(part(from, from + name.len())));
                from += name.len() + 1;
            }
        }
        item.after = Run::since(begin, draft.mentions.len());
        draft.items.push(item);
    }
    draft
}

fn run(text: &str, kind: DraftKind) -> (Inputs, TaskGraph, Vec<String>) {
    let mut inputs = Inputs::new();
    inputs.add_document(RelPath::new("story.md").unwrap(), text.as_bytes().to_vec());
    let mut draft = draft(&inputs, kind);
    draft.stated = kind == DraftKind::Plan;
    let (lexicon, vocabulary, settings) = (lexicon(), vocabulary(), settings());
    let context =
        Context { inputs: &inputs, lexicon: &lexicon, vocabulary: &vocabulary, settings: &settings };
    let outcome = decompose(context, &[draft]);
    let mut codes: Vec<String> = outcome.findings.iter().map(|finding| finding.code.to_string()).collect();
    codes.sort();
    (inputs, outcome.value, codes)
}

/// Edges as `T2<T1 D1`, findings as codes.
fn check(text: &str, edges: &[&str], codes: &[&str]) {
    let (inputs, graph, found) = run(text, DraftKind::Story);
    let seen: Vec<String> = graph
        .edges
        .iter()
        .map(|edge| {
            format!("{}<{} {}", graph.id(edge.to, &inputs), graph.id(edge.from, &inputs), edge.rule.name())
        })
        .collect();
    assert_eq!(
        (seen, found),
        (edges.iter().map(|&e| e.to_owned()).collect(), codes.iter().map(|&c| c.to_owned()).collect()),
        "{text}"
    );
}

#[test]
fn tests_wait_for_what_they_test() {
    check("T1: Create src/login.rs\nT2: Add tests in tests/login.rs\n", &["T2<T1 D7"], &[]);
    check("T1: Create tests/login.rs\nT2: Create src/login.rs\n", &[], &[]);
    check("T1: Create a/login.rs\nT2: Create b/login.rs\nT3: Create tests/login.rs\n", &[], &[]);
}

#[test]
fn stated_dependencies() {
    check("T1: Write a\nT2: Write b <- T1\n", &["T2<T1 D1"], &[]);
    check("T001: Write a\nT002: Write b <- task 1\n", &["T002<T001 D1"], &[]);
    check("T1: Write a\nT2: Write b\nT3: Write c <- T1-T2\n", &["T3<T1 D1", "T3<T2 D1"], &[]);
    check("T1: Write a <- none\n", &[], &[]);
    check("T1: Write a <- T9\n", &[], &["dep/unknown"]);
    check("T1: Write a <- T1\n", &[], &["dep/self"]);
    check("T1: Write a\nT1: Write b\n", &[], &["id/duplicate"]);
    check("T1: Write a <- T2\nT2: Write b <- T1\n", &["T2<T1 D1"], &["dep/cycle"]);
    check(
        "T1: Write a\nT2: Write b <- T1\nT3: Write c <- T1, T2\n",
        &["T2<T1 D1", "T3<T1 D1", "T3<T2 D1"],
        &["dep/needless"],
    );
}

#[test]
fn files_order_tasks() {
    check("T1: Create out/a.md\nT2: Create out/b.md from out/a.md\n", &["T2<T1 D3"], &[]);
    check("T1: Create out/a.md\nT2: Update out/a.md\nT3: Update out/a.md\n", &["T2<T1 D4", "T3<T2 D4"], &[]);
}

#[test]
fn words_order_tasks() {
    check("T1: Create the sales page\nT2: Write the email for the sales page\n", &["T2<T1 D5"], &[]);
    check("T1: Create the login form\nT2: Test login form\n", &["T2<T1 D7"], &[]);
    check("T1: Write a\nT2: Then write b\n", &["T2<T1 D6"], &[]);
    check("T1: Criar a tabela de preços\nT2: Depois revisar tudo\n", &["T2<T1 D6"], &[]);
}

#[test]
fn phases_are_barriers() {
    check("# One\nT1: Write a\nT2: Write b\n# Two\nT3: Write c\n", &["T3<T1 D8", "T3<T2 D8"], &[]);
    check("# One\nT1: Write a\nT2: Write b <- T1\n# Two\nT3: Write c\n", &["T2<T1 D1", "T3<T2 D8"], &[]);
}

#[test]
fn inferred_circles_are_broken_and_told() {
    check("T1: Create out/a.md <- T2\nT2: Create out/b.md from out/a.md\n", &["T1<T2 D1"], &["dep/dropped"]);
}

#[test]
fn plans_are_taken_at_their_word() {
    let (_, graph, codes) =
        run("T1: Create out/a.md\nT2: Then create out/b.md from out/a.md\n", DraftKind::Plan);
    assert!(graph.edges.is_empty() && codes.is_empty(), "{codes:?}");
}

#[test]
fn one_deliverable_one_task() {
    let titles = |text: &str| {
        let (inputs, graph, codes) = run(text, DraftKind::Story);
        assert!(codes.is_empty(), "{codes:?}");
        let row = |id: crate::ir::graph::TaskId| {
            let path = graph.outputs_of(id)[0].path.get(&inputs);
            format!("{}|{}|{path}", graph.id(id, &inputs), graph.tasks[id].title.get(&inputs))
        };
        graph.tasks.ids().map(row).collect::<Vec<_>>()
    };
    assert_eq!(
        titles("T1: Create out/a.md and out/b.md\n"),
        [
            "T1a|Create out/a.md and out/b.md (out/a.md)|out/a.md",
            "T1b|Create out/a.md and out/b.md (out/b.md)|out/b.md"
        ]
    );
    assert_eq!(
        titles("T1: Create src/a.rs and tests/test_a.rs\n"),
        ["T1|Create src/a.rs and tests/test_a.rs|src/a.rs"]
    );
    assert_eq!(
        titles("Create 2 emails in out/mail.md\n"),
        [
            "create-2-emails-in-out-mail-md-1|Create 2 emails in out/mail.md (emails 1/2)|out/mail-1.md",
            "create-2-emails-in-out-mail-md-2|Create 2 emails in out/mail.md (emails 2/2)|out/mail-2.md"
        ]
    );
}

#[test]
fn a_ring_of_five_thousand_is_one_finding() {
    use std::fmt::Write as _;
    let mut text = String::new();
    for number in 0..5000 {
        let _ = writeln!(text, "T{number}: Write part <- T{}", (number + 4999) % 5000);
    }
    let (_, graph, codes) = run(&text, DraftKind::Plan);
    assert_eq!(codes, ["dep/cycle"]);
    assert_eq!(graph.order.len(), 5000);
}
