//! task-master's `tasks.json`: one tag, flat tasks with whole numbers for ids.

use serde_json::json;

use crate::ir::draft::{MAKER, Priority};

use super::{Sheet, boxes, line};

pub(super) fn write(sheet: &mut Sheet<'_>) -> Vec<(String, String)> {
    sheet.lose_where("parallel", "tasks run as soon as nothing holds them", |row| row.parallel);
    sheet.lose_where("duration", "the format has no field for it", |row| row.minutes.is_some());
    let number = |name: &str| name.parse::<u64>().map_or_else(|_| json!(name), |number| json!(number));
    let tasks: Vec<_> = sheet
        .rows
        .iter()
        .map(|row| {
            let after: Vec<_> = row.after.iter().map(|&at| number(&sheet.rows[at].name)).collect();
            let (first, rest) = row.detail.split_once('\n').unwrap_or((row.detail, ""));
            let mut task = json!({
                "id": number(&row.name),
                "title": line(row.title),
                "description": line(if first.is_empty() { row.title } else { first }),
                "status": if row.done { "done" } else { "pending" },
                "dependencies": after,
                "priority": match row.priority {
                    Priority::Critical => "critical",
                    Priority::High => "high",
                    Priority::Medium => "medium",
                    Priority::Low => "low",
                },
                "details": rest.trim(),
                "testStrategy": row.verify.join("\n"),
                "subtasks": [],
            });
            if let Some(fields) = task.as_object_mut().filter(|_| !row.criteria.is_empty()) {
                fields.insert("acceptanceCriteria".to_owned(), boxes(&row.criteria).into());
            }
            task
        })
        .collect();
    let created = format!("{}T00:00:00.000Z", sheet.date);
    let document = json!({
        "master": {
            "tasks": tasks,
            "metadata": { "created": created, "updated": created, "description": sheet.title, "createdBy": MAKER },
        }
    });
    vec![(".taskmaster/tasks/tasks.json".to_owned(), format!("{document:#}\n"))]
}
