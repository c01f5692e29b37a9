use super::fill::{Evidence, State, Verdict, fill};
use super::scale::{Scale, show};
use super::{Means, Program, compile};
use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::span::FileId;
use crate::compiler::ast::squad::read_checklist;
use crate::compiler::check::pack::tests::{inputs, shipped};
use crate::compiler::check::pack::{Depth, Packs};
use crate::compiler::check::page::table::Table;
use crate::compiler::check::verify::criterion::Criteria;
use crate::compiler::check::verify::tree::Tree;
use crate::ir::plan::{Gate, Verdict as Passed};

fn read(text: &str) -> (Inputs, FileId, Packs, Program) {
    let mut inputs = inputs();
    let path = RelPath::new("checklists/a.md").unwrap();
    let file = inputs.add(path, Layer::Named, text.as_bytes().to_vec());
    let packs = shipped(Depth::Rules);
    let criteria = Criteria::load(&inputs).value;
    let table = Table::load(&inputs).value;
    let checklist = read_checklist(&inputs, file).value;
    let means = Means { inputs: &inputs, packs: &packs, criteria: &criteria, words: &table.checklists };
    let program = compile(means, &checklist);
    (inputs, file, packs, program)
}

/// Each item as `id: rules | claims | fault`, with its weight and its veto.
fn check(text: &str, expected: &[&str]) {
    let (_, _, _, program) = read(text);
    let shown: Vec<String> = program
        .items
        .iter()
        .map(|item| {
            let claims: Vec<&str> = item.claims.demands.iter().map(|demand| demand.kind.as_str()).collect();
            let veto = if item.veto { " veto" } else { "" };
            let fault = item.fault.as_deref().unwrap_or("-");
            let id = item.id.as_deref().unwrap_or("-");
            format!(
                "{id}: {} | {} | {fault} | {}{veto}",
                item.rules.join(" "),
                claims.join(" "),
                show(item.weight)
            )
        })
        .collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn items_are_compiled() {
    check(
        "# Gate\n- [ ] **V1.1** Every task has a path\n1. [x] no `subjective-criterion` is left\n- plain\n\
         - [ ] V9.9 is of a family that is nobody's\n- [ ] V1.99 holds\n```\n- [ ] V1.3\n```\n",
        &[
            "V1.1: V1.1 |  | - | 1",
            "-: V1.2 |  | - | 1",
            "V9.9:  |  | - | 1",
            "V1.99:  |  | no rule is called `V1.99` | 1",
        ],
    );
    check(
        "- [ ] `a.md` exists (weight: 30)\n- [ ] [VETO] `a.md` has at least 3 lines (10 pts)\n\
         - [ ] Short: `range: {field: task.timeout_s, lte: 60}`\n- [ ] Bad: `range: {feild: x}`\n",
        &[
            "-:  | exists | - | 30",
            "-:  | at-least | - | 10 veto",
            "-: XITEM.1 |  | - | 0",
            "-:  |  | its condition cannot be asked: unknown field `feild`, expected one of `field`, `gt`, `gte`, `lt`, `lte`, `eq` | 0",
        ],
    );
    check(
        "| ID | Condition | Weight | Severity |\n|--|--|--|--|\n| A1 | V1.1 holds | 60 | blocking |\n\
         | A2 | All is well | 40 | warn |\n| **Total** | | 100 | |\n",
        &["A1: V1.1 |  | - | 60 veto", "A2:  |  | - | 40"],
    );
}

#[test]
fn weights_add_up() {
    let faults = |text: &str| {
        let (inputs, file, _, _) = read(text);
        let table = Table::load(&inputs).value;
        let checklist = read_checklist(&inputs, file).value;
        let scale = Scale::of(&inputs, &checklist, &table.checklists);
        scale
            .faults()
            .into_iter()
            .map(|fault| format!("{}, not {}", fault.is, fault.should))
            .collect::<Vec<_>>()
    };
    let none: [String; 0] = [];
    assert_eq!(faults("- [ ] a (weight: 60)\n- [ ] b (weight: 30)\n"), none);
    assert_eq!(
        faults("---\ntotal: 100\n---\n- [ ] a (weight: 60)\n- [ ] b (weight: 30)\n"),
        ["the weights come to 90, not 100"]
    );
    assert_eq!(faults("- [ ] a (60%)\n- [ ] b (30%)\n"), ["the weights come to 90, not 100"]);
    assert_eq!(
        faults("- [ ] a (weight: 0.5)\n- [ ] b (weight: 0.25)\n"),
        ["the weights come to 0.75, not 1"]
    );
    assert_eq!(
        faults("---\npass: 120\n---\n- [ ] a (weight: 60)\n- [ ] b (weight: 40)\n"),
        ["120 are asked for, not 100"]
    );
    assert_eq!(faults("---\npass: 80%\n---\n- [ ] a\n- [ ] b\n"), none);
}

/// What was not asked is never ticked, and a person's tick never covers a rule that objects.
#[test]
fn verdicts() {
    let verdict = |text: &str| {
        let (inputs, _, packs, program) = read(text);
        let gate = Gate {
            id: "QG-PRE".to_owned(),
            name: String::new(),
            verdict: Passed::Pass,
            rules: 2,
            asked: vec!["V1.1".to_owned(), "V1.2".to_owned()],
            failed: Vec::new(),
        };
        let at = program.items[0].at;
        let findings = [crate::base::diagnostic::Diagnostic::error("V1.2", at, "no")];
        let evidence = Evidence {
            inputs: &inputs,
            packs: &packs,
            gates: &[gate],
            findings: &findings,
            checks: &[],
            health: None,
            tree: &Tree::new(),
            subject: None,
            pages: false,
        };
        let filled = fill(&program, evidence);
        let states: String = filled
            .rows
            .iter()
            .map(|row| match row.state {
                State::Checked => '+',
                State::Failed => 'x',
                State::Open => '?',
            })
            .collect();
        (states, filled.verdict)
    };
    let row = |states: &str, verdict| (states.to_owned(), verdict);
    assert_eq!(verdict("- [ ] V1.1\n"), row("+", Verdict::Pass));
    assert_eq!(verdict("- [ ] V1.1\n- [x] V1.2\n"), row("+x", Verdict::Fail));
    assert_eq!(verdict("- [ ] V1.1\n- [ ] V1.3\n"), row("+?", Verdict::Open));
    assert_eq!(verdict("- [ ] V1.1\n- [ ] told everybody\n"), row("+?", Verdict::Open));
    assert_eq!(verdict("- [ ] V1.1\n- [x] told everybody\n"), row("++", Verdict::Pass));
    assert_eq!(verdict("---\npass: 50%\n---\n- [ ] V1.1\n- [ ] V1.2\n"), row("+x", Verdict::Pass));
    assert_eq!(verdict("---\npass: 50%\n---\n- [ ] V1.1\n- [ ] V1.2 [VETO]\n"), row("+x", Verdict::Fail));
    assert_eq!(verdict("---\npass: 90%\n---\n- [ ] V1.1\n- [ ] V1.2\n"), row("+x", Verdict::Fail));
}

/// The eight shipped checklists name a rule in every item, and each rule once.
#[test]
fn shipped_checklists_can_be_asked() {
    let packs = shipped(Depth::Rules);
    let mut lists = 0;
    for (path, bytes) in crate::builtin::files() {
        if !path.contains("/checklists/") {
            continue;
        }
        let (_, _, _, program) = read(std::str::from_utf8(bytes).unwrap());
        lists += 1;
        assert!(!program.items.is_empty(), "{path} is empty");
        for item in program.items {
            assert!(item.rules.len() == 1 && item.fault.is_none(), "{path}: {item:?}");
            assert!(packs.rule(&item.rules[0]).is_some(), "{path}: {item:?}");
        }
    }
    assert_eq!(lists, 8);
}
