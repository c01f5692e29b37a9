//! Traps of Kiro specs.

use super::super::testing::{criteria, draft, items};

const PLAN: &str = "# Implementation Plan\n\n- [ ] 1. Build the store\n- [x] 1.1 Write the table\n  - with an index\n  - _Requirements: 1.1, 2.3_\n\n\
    - [ ]* 1.2 (P) Test the table\n  - _Requirements: All need coverage_\n- [ ] 2. Serve it\n  - [ ] 2.1 Write the route\n    - _Requirements: 2.1_\n    - _Depends: 1.1_\n  - _Requirements: 2_\n";

#[test]
fn numbers_show_what_holds_what() {
    let (inputs, draft) = draft("kiro", &[(".kiro/specs/loans/tasks.md", PLAN)]);
    assert_eq!(
        items(&inputs, &draft),
        "+ 1|Build the store\n  x 1.1|Write the table @1.1,2.3\n  - 1.2|Test the table P optional\n+ 2|Serve it @2\n  - 2.1|Write the route <1.1 @2.1\n"
    );
    let detail = draft.items.rows()[1].detail.as_ref().unwrap().get(&inputs);
    assert!(detail.contains("with an index"), "{detail}");
    assert_eq!(draft.id.unwrap().get(&inputs), "loans");
}

const REQUIREMENTS: &str = "# Requirements Document\n\n## Introduction\n\nLoans.\n\n## Requirements\n\n### Requirement 1: Lend\n\n\
    **User Story:** As a reader, I want a book.\n\n#### Acceptance Criteria\n\n1. WHEN a book is free, THE system SHALL lend it\n2. IF it is out THEN the system SHALL say so\n   - with the date\n\n\
    ### Requirement 2\n\n**User Story:** As a clerk, I want reminders.\n\n#### Acceptance Criteria\n\n1. THE system SHALL remind\n";

#[test]
fn requirements_alone_are_a_request() {
    let (inputs, draft) = draft("kiro", &[("requirements.md", REQUIREMENTS)]);
    assert_eq!(items(&inputs, &draft), "? 1|Lend\n? 2|As a clerk, I want reminders.\n");
    assert_eq!(
        criteria(&inputs, &draft),
        "- 1.1|WHEN a book is free, THE system SHALL lend it\n- 1.2|IF it is out THEN the system SHALL say so\n- 2.1|THE system SHALL remind\n"
    );
    assert_eq!(draft.items.rows()[0].criteria.len(), 2);
}

#[test]
fn requirements_beside_a_plan_are_its_criteria() {
    let files = [(".kiro/specs/loans/tasks.md", PLAN), (".kiro/specs/loans/requirements.md", REQUIREMENTS)];
    let (inputs, draft) = draft("kiro", &files);
    assert_eq!(criteria(&inputs, &draft).lines().count(), 3);
    assert_eq!(draft.items.len(), 5);
}

#[test]
fn non_functional_requirements_are_no_tasks() {
    let (inputs, draft) = draft(
        "kiro",
        &[(
            "requirements.md",
            "# Requirements\n\n### Functional Requirements\n1. **FR-1**: Lend books\n   - WHEN a book is free THEN system SHALL lend it\n   - WHEN it is out THEN system SHALL say so\n\n\
             ### Non-Functional Requirements\n1. **NFR-1**: Speed\n   - Answers within 1 s\n",
        )],
    );
    assert_eq!(items(&inputs, &draft), "? FR-1|Lend books\n");
    assert_eq!(criteria(&inputs, &draft).lines().count(), 3);
}
