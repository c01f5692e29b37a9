//! spec-kit: `tasks.md` with the criteria in the `spec.md` beside it.

use std::fmt::Write as _;

use crate::ir::draft::{Priority, STATED};

use super::{Sheet, plain};

pub(super) fn write(sheet: &mut Sheet<'_>) -> Vec<(String, String)> {
    sheet.lose_where("detail", "a task is one line", |row| !row.detail.is_empty());
    sheet.lose_where("duration", "the format has no field for it", |row| row.minutes.is_some());
    sheet.lose_where("priority", "tasks have no priority of their own", |row| {
        row.priority != Priority::Medium
    });
    sheet.lose_where("verify", "the format has no field for checks", |row| !row.verify.is_empty());
    sheet.lose_where("criterion of a task", "criteria stand in the spec, for all tasks", |row| {
        !row.criteria.is_empty()
    });
    sheet.lose_where("criterion done", "a requirement has no tick", |row| {
        row.criteria.iter().any(|(_, done)| *done)
    });
    let mut tasks = format!("# Tasks: {}\n\n{STATED}\n\n## Phase 1: All tasks\n\n", plain(&sheet.title));
    for row in &sheet.rows {
        let parallel = if row.parallel { "[P] " } else { "" };
        let tick = if row.done { 'x' } else { ' ' };
        let _ = writeln!(tasks, "- [{tick}] {} {parallel}{}", row.name, plain(row.title));
    }
    if sheet.rows.iter().any(|row| !row.after.is_empty()) {
        tasks.push_str("\n## Dependencies\n\n");
    }
    for row in sheet.rows.iter().filter(|row| !row.after.is_empty()) {
        let after: Vec<&str> = row.after.iter().map(|&at| sheet.rows[at].name.as_str()).collect();
        let _ = writeln!(tasks, "- {} depends on {}", row.name, after.join(", "));
    }
    let folder = format!("specs/001-{}", sheet.slug);
    let mut files = vec![(format!("{folder}/tasks.md"), tasks)];
    if sheet.rows.iter().any(|row| !row.criteria.is_empty()) {
        let mut spec = format!(
            "# Feature Specification: {}\n\n## Requirements\n\n### Functional Requirements\n\n",
            plain(&sheet.title)
        );
        let criteria = sheet.rows.iter().flat_map(|row| &row.criteria);
        for (number, (text, _)) in (1..).zip(criteria) {
            let _ = writeln!(spec, "- **FR-{number:03}**: {}", plain(text));
        }
        files.push((format!("{folder}/spec.md"), spec));
    }
    files
}
