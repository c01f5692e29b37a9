//! Backlog.md: one file a task.

use std::fmt::Write as _;

use crate::base::fold::slug;
use crate::ir::draft::{Priority, STATED};

use super::{Sheet, line, plain};

/// Longest part of a file's name that is made from the title, in bytes.
const NAME: usize = 60;

pub(super) fn write(sheet: &mut Sheet<'_>) -> Vec<(String, String)> {
    sheet.lose_where("parallel", "the format has no mark for it", |row| row.parallel);
    sheet.lose_where("duration", "the format has no field for it", |row| row.minutes.is_some());
    sheet.lose_where("priority", "there is nothing above `high`", |row| row.priority == Priority::Critical);
    sheet.lose_where("verify", "the format has no field for checks", |row| !row.verify.is_empty());
    let file = |row: &super::Row<'_>| {
        let mut out = String::from("---\n");
        let _ = writeln!(out, "id: {}\ntitle: {}", row.name, quoted(&line(row.title)));
        let _ = writeln!(out, "status: {}\nassignee: []", if row.done { "Done" } else { "To Do" });
        let _ = writeln!(out, "created_date: '{}'\nlabels: []", sheet.date);
        if row.after.is_empty() {
            out.push_str("dependencies: []\n");
        } else {
            out.push_str("dependencies:\n");
            for &at in &row.after {
                let _ = writeln!(out, "  - {}", sheet.rows[at].name);
            }
        }
        let priority = match row.priority {
            Priority::Critical | Priority::High => "high",
            Priority::Medium => "medium",
            Priority::Low => "low",
        };
        let _ = writeln!(out, "priority: {priority}\n---\n\n{STATED}\n\n## Description\n");
        let detail = if row.detail.is_empty() { plain(row.title) } else { harmless(row.detail) };
        let _ =
            writeln!(out, "<!-- SECTION:DESCRIPTION:BEGIN -->\n{detail}\n<!-- SECTION:DESCRIPTION:END -->");
        if !row.criteria.is_empty() {
            out.push_str("\n## Acceptance Criteria\n<!-- AC:BEGIN -->\n");
            for (number, (text, done)) in (1..).zip(&row.criteria) {
                let _ = writeln!(out, "- [{}] #{number} {}", if *done { 'x' } else { ' ' }, plain(text));
            }
            out.push_str("<!-- AC:END -->\n");
        }
        let short = slug(row.title, NAME);
        (format!("backlog/tasks/{} - {short}.md", row.name), out)
    };
    sheet.rows.iter().map(file).collect()
}

/// A scalar that YAML reads as it is: a JSON string is one.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Text in which nothing opens or closes a section.
fn harmless(text: &str) -> String {
    text.replace("<!--", "<\\!--")
}
