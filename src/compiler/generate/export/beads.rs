//! beads: one issue a line.

use serde_json::json;

use crate::ir::draft::{MAKER, Priority};

use super::{Sheet, boxes, line};

/// Kinds of work that beads has a type for.
const TYPES: &[&str] = &["task", "bug", "feature", "chore"];

pub(super) fn write(sheet: &mut Sheet<'_>) -> Vec<(String, String)> {
    sheet.lose_where("parallel", "issues are ready as soon as nothing blocks them", |row| row.parallel);
    sheet.lose_where("verify", "the format has no field for checks", |row| !row.verify.is_empty());
    let time = format!("{}T00:00:00Z", sheet.date);
    let mut out = String::new();
    for row in &sheet.rows {
        let after: Vec<_> = row
            .after
            .iter()
            .map(|&at| {
                json!({
                    "issue_id": row.name,
                    "depends_on_id": sheet.rows[at].name,
                    "type": "blocks",
                    "created_at": time,
                    "created_by": MAKER,
                })
            })
            .collect();
        let mut issue = json!({
            "id": row.name,
            "title": line(row.title),
            "description": row.detail,
            "status": if row.done { "closed" } else { "open" },
            "priority": match row.priority {
                Priority::Critical => 0,
                Priority::High => 1,
                Priority::Medium => 2,
                Priority::Low => 3,
            },
            "issue_type": TYPES.iter().find(|name| **name == row.work).unwrap_or(&"task"),
            "created_at": time,
            "updated_at": time,
            "created_by": MAKER,
        });
        if let Some(fields) = issue.as_object_mut() {
            if row.done {
                fields.insert("closed_at".to_owned(), time.clone().into());
            }
            if !row.criteria.is_empty() {
                fields.insert("acceptance_criteria".to_owned(), boxes(&row.criteria).into());
            }
            if let Some(minutes) = row.minutes {
                fields.insert("estimated_minutes".to_owned(), minutes.into());
            }
            if !after.is_empty() {
                fields.insert("dependencies".to_owned(), after.into());
            }
        }
        out.push_str(&issue.to_string());
        out.push('\n');
    }
    vec![(".beads/issues.jsonl".to_owned(), out)]
}
