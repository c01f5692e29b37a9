//! Traps of spec-kit lists.

use super::super::testing::{criteria, draft, items, unused};

fn check(text: &str, expected: &str) {
    let (inputs, draft) = draft("spec-kit", &[("specs/007-kiosk/tasks.md", text)]);
    assert_eq!(items(&inputs, &draft), expected);
}

#[test]
fn phases_are_barriers_until_the_document_says_more() {
    let phases = "# Tasks: Kiosk\n\n## Phase 1: Setup\n\n- [X] T001 Make the folders\n- [ ] T002 [P] Add a linter\n\n\
        ## Phase 2: User Story 1 - Borrow a book (Priority: P1)\n\n### Models\n\n- [ ] T003 [P] [US1] Write `src/book.rs`\n";
    check(
        phases,
        "# Phase 1|Phase 1: Setup\n  x T001|Make the folders\n  - T002|Add a linter P\n\
         # Phase 2|Phase 2: User Story 1 - Borrow a book (Priority: P1)\n  + |Models\n    - T003|Write src/book.rs @US1 P\n",
    );
    let said =
        format!("{phases}\n## Dependencies\n\n- **User Story 1 (Phase 2)**: Depends on Setup completion\n");
    let (inputs, draft) = draft("spec-kit", &[("tasks.md", &said)]);
    let items = items(&inputs, &draft);
    assert!(
        items.starts_with("+ Phase 1|")
            && items.contains("+ Phase 2|Phase 2: User Story 1 - Borrow a book (Priority: P1) <Phase 1\n"),
        "{items}"
    );
}

#[test]
fn order_is_read_from_lines_headings_and_sections() {
    check(
        "# Tasks\n\n- [ ] T001 Schema\n- [ ] T002 Loader (depends on T001)\n\n## Wiring (depends on T001–T002)\n\n\
         - [ ] T003 Route — depends on T002, same file as T001\n- [ ] T004 Page\n\n## Dependencies\n\n\
         - T003 before T004\n- T004: no dependencies on T001\n",
        "- T001|Schema\n- T002|Loader (depends on T001) <T001\n+ |Wiring (depends on T001–T002) <T001,T002\n\
         \x20 - T003|Route — depends on T002, same file as T001 <T002 >T004\n  - T004|Page\n",
    );
}

#[test]
fn chains_and_tables_order_tasks_too() {
    let list = "# Tasks\n\n- [ ] T001 A\n- [ ] T002 B\n- [ ] T003 C\n- [ ] T004 D\n\n## Dependency graph\n\n";
    for order in [
        "T001 → T002 → T003/T004\n",
        "```text\nT001 --> T002\nT002 --> T003\nT002 --> T004\n```\n",
        "| Task | Depends on |\n|---|---|\n| T002 | T001 |\n| T003 | T002 |\n| T004 | T002 |\n",
    ] {
        let (inputs, draft) = draft("spec-kit", &[("tasks.md", &format!("{list}{order}"))]);
        assert_eq!(
            items(&inputs, &draft),
            "- T001|A\n- T002|B <T001\n- T003|C <T002\n- T004|D <T002\n",
            "{order}"
        );
    }
}

#[test]
fn examples_checks_and_repeats_are_no_tasks() {
    let (inputs, draft) = draft(
        "spec-kit",
        &[(
            "tasks.md",
            "# Tasks: X\n\n## Format: `[ID] [P?] Text`\n\n- **[P]**: parallel\n\n## Phase 1: Work\n\n- [ ] T001 Write a\n- [x] T002b Write b\n\n\
             ## Parallel Example\n\n```bash\nTask: \"T001\"\n```\n\n## Validation Checklist\n\n- [ ] All tests come first\n\n\
             ## Progress\n\n- [x] T001 Write a\n\n## Notes\n\n- Commit often\n",
        )],
    );
    assert_eq!(items(&inputs, &draft), "# Phase 1|Phase 1: Work\n  - T001|Write a\n  x T002b|Write b\n");
    assert_eq!(
        unused(&draft),
        [
            "It checks the list itself and is no work",
            "It explains the notation of the list",
            "It repeats a task that is listed above",
            "It repeats tasks as an example of running them side by side",
        ]
    );
    assert!(draft.sections.iter().any(|section| section.heading.get(&inputs) == "Notes"));
}

#[test]
fn decorations_of_ids_do_not_matter() {
    check(
        "# Tasks\n\n- [ ] **T001** [P] Write `a.rs`\n- [ ] **T002 [P]**: Write b\n1. [x] T003: Write c\n- [ ] ~~T004 Write d~~\n\
         - [-] T005 - Write e\n* [ ] [T006] Write\n  two lines\n",
        "- T001|Write a.rs P\n- T002|Write b P\nx T003|Write c\n- T004|Write d cancelled\n- T005|Write e\n- T006|Write two lines\n",
    );
}

#[test]
fn steps_in_boxes_make_their_task_a_group() {
    check(
        "# Tasks\n\n- [ ] T001 Models\n  - [x] User\n  - [ ] Book\n  - a remark\n- [ ] T002 Views after T001\n",
        "+ T001|Models\n  x |User\n  - |Book\n- T002|Views after T001 <T001\n",
    );
}

#[test]
fn headings_are_tasks_where_no_line_is() {
    let (inputs, draft) = draft(
        "!spec-kit",
        &[(
            "tasks.md",
            "# Tasks\n\n## Phase 1: Base\n\n### T001: Write the schema ✅\n\nIn `db/`.\n\n### T002 [P] Write the loader\n\n- **Depends on**: T001\n- small\n",
        )],
    );
    assert_eq!(
        items(&inputs, &draft),
        "# Phase 1|Phase 1: Base\n  x T001|Write the schema ✅\n  - T002|Write the loader <T001 P\n"
            .replace("  - T002", "  ? T002")
    );
    let detail = draft.items.rows()[2].detail.as_ref().unwrap().get(&inputs);
    assert!(detail.contains("small"), "{detail}");
}

#[test]
fn criteria_come_from_the_spec_beside() {
    let (inputs, draft) = draft(
        "spec-kit",
        &[
            ("specs/001-a/tasks.md", "# Tasks: A\n\n- [ ] T001 [US1] Write the page\n"),
            (
                "specs/001-a/spec.md",
                "# Feature\n\n### User Story 1 - Read (Priority: P1)\n\n**Acceptance Scenarios**:\n\n\
                 1. **Given** a page, **When** it opens, **Then** it shows\n2. **Given** none, **When** asked, **Then** 404\n\n\
                 ## Requirements\n\n- **FR-001**: System MUST show pages\n\n## Success Criteria\n\n- **SC-001**: Pages open in 1 s\n",
            ),
            ("specs/001-a/plan.md", "# Plan\n\n## Summary\n\nA page server.\n"),
        ],
    );
    assert_eq!(
        criteria(&inputs, &draft),
        "- US1.1|Given a page, When it opens, Then it shows\n- US1.2|Given none, When asked, Then 404\n\
         - FR-001|System MUST show pages\n- SC-001|Pages open in 1 s\n"
    );
    assert_eq!(draft.id.unwrap().get(&inputs), "001-a");
    assert!(draft.sections.iter().any(|section| section.body.get(&inputs) == "A page server."));
}

#[test]
fn templates_are_named() {
    let text = "# Tasks: [FEATURE NAME]\n\n- [ ] T001 Setup\n- [ ] TXXX Docs\n- [ ] TXXX More\n";
    let mut inputs = crate::base::inputs::Inputs::new();
    crate::builtin::underlay(&mut inputs);
    let id =
        inputs.add_document(crate::base::inputs::RelPath::new("tasks.md").unwrap(), text.as_bytes().to_vec());
    let document = crate::compiler::ast::read(&inputs, id).value;
    let words = super::Words::load(&inputs).value;
    let outcome = super::read(&inputs, &document, &words);
    assert_eq!(outcome.findings[0].code.as_str(), "input/template");
    assert_eq!(outcome.value.items.len(), 3);
}

#[test]
fn long_lists_and_wide_ranges_are_cheap() {
    let line = |number: usize| format!("- [ ] T{number:04} Write file {number} after T0001-T3000\n");
    let text = (1..=3000).map(line).fold("# Tasks\n\n".to_owned(), |text, line| text + &line);
    let (_, draft) = draft("spec-kit", &[("tasks.md", &text)]);
    assert_eq!(draft.items.len(), 3000);
    assert!(draft.mentions.len() < 10_000);
}
