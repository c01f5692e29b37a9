//! The same work in the ways that people and tools write it down. Each writer knows what it wrote, and where.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use serde_json::{Value, json};

use super::rows::{Row, is_leaf, order};

/// How a text is laid out: the same work, other marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Spaces for each level.
    pub(super) indent: usize,
    /// The mark of a list item.
    pub(super) bullet: char,
    /// An empty line between items.
    pub(super) loose: bool,
    /// Tasks have ids.
    pub(super) ids: bool,
    /// A heading stands before the outermost rows.
    pub(super) headed: bool,
}

/// A task that was written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// Its word.
    pub(super) word: String,
    /// Its id, if it was given one.
    pub(super) id: Option<String>,
    /// Its title, without marks.
    pub(super) title: String,
    /// Its title as it was written: where text is not markdown, marks stay.
    pub(super) marked: String,
    /// Ticked.
    pub(super) done: Option<bool>,
    /// Which document, and where in it its title stands.
    pub(super) file: usize,
    /// See `file`.
    pub(super) at: Range<usize>,
    /// Files it names.
    pub(super) paths: Vec<String>,
}

/// What was written.
#[derive(Debug, Clone, Default)]
pub(super) struct Wrote {
    /// Documents: path and text.
    pub(super) files: Vec<(String, String)>,
    /// Files beside them.
    pub(super) beside: Vec<(String, String)>,
    /// Tasks in order.
    pub(super) tasks: Vec<Written>,
    /// Criteria.
    pub(super) criteria: Vec<String>,
    /// Stated order, by word: `(earlier, later)`.
    pub(super) order: BTreeSet<(String, String)>,
}

/// A way to write work down.
pub(super) struct Writer {
    /// The dialect that must claim it.
    pub(super) dialect: &'static str,
    /// How deep its rows go.
    pub(super) deepest: usize,
    /// Writes.
    pub(super) write: fn(&[Row], Style) -> Wrote,
}

/// Every writer.
pub(super) static WRITERS: [Writer; 20] = [
    Writer { dialect: "story", deepest: 2, write: story },
    Writer { dialect: "story", deepest: 2, write: historia },
    Writer { dialect: "checklist", deepest: 2, write: checklist },
    Writer { dialect: "kiro", deepest: 1, write: kiro },
    Writer { dialect: "openspec", deepest: 1, write: openspec },
    Writer { dialect: "spec-kit", deepest: 0, write: spec_kit },
    Writer { dialect: "taskmaster", deepest: 1, write: taskmaster },
    Writer { dialect: "beads", deepest: 1, write: beads },
    Writer { dialect: "backlog", deepest: 0, write: backlog },
    Writer { dialect: "spectable", deepest: 0, write: spectable },
    Writer { dialect: "plan", deepest: 0, write: plan },
    Writer { dialect: "workflow", deepest: 1, write: workflow },
    Writer { dialect: "prd", deepest: 0, write: prd },
    Writer { dialect: "freetext", deepest: 0, write: freetext },
    Writer { dialect: "story", deepest: 0, write: headings },
    Writer { dialect: "story", deepest: 0, write: table },
    Writer { dialect: "checklist", deepest: 1, write: counted },
    Writer { dialect: "sprint", deepest: 0, write: sprint },
    Writer { dialect: "ticket", deepest: 0, write: tickets },
    Writer { dialect: "draft", deepest: 0, write: draft },
];

/// What is true of every kind of document.
fn wrote(rows: &[Row]) -> Wrote {
    Wrote { order: order(rows), ..Wrote::default() }
}

/// A title with the file it names, and whether it has said it.
fn titled(row: &Row) -> (String, String) {
    let tail = match (row.path, row.file()) {
        (1, Some(file)) => format!(" in `{file}`"),
        (3, Some(file)) => format!(" and update `{file}`"),
        _ => String::new(),
    };
    (format!("{}{tail}", row.marked()), row.plain())
}

/// Adds a line of work to a page, and the lines that belong to it.
#[allow(clippy::too_many_arguments, reason = "a place to write, what to write, and what stands around it")]
fn line(
    page: &mut String,
    wrote: &mut Wrote,
    rows: &[Row],
    at: usize,
    id: Option<String>,
    head: &str,
    tail: &str,
    pad: &str,
) {
    let row = &rows[at];
    let (marked, plain) = titled(row);
    page.push_str(head);
    let start = page.len();
    page.push_str(&marked);
    let end = page.len();
    page.push_str(tail);
    page.push('\n');
    if is_leaf(rows, at) {
        wrote.tasks.push(Written {
            word: row.word(),
            id,
            title: plain,
            marked: marked.clone(),
            done: Some(row.done),
            file: wrote.files.len(),
            at: start..end,
            paths: row.file().into_iter().collect(),
        });
        if let (2, Some(file)) = (row.path, row.file()) {
            let _ = writeln!(page, "{pad}- File: `{file}`");
        }
        match row.note {
            1 => {
                let _ = writeln!(page, "{pad}- It should stay small");
            }
            2 => {
                let _ = writeln!(page, "\n{pad}Mind the width of the screen.\n");
            }
            3 => {
                let _ =
                    writeln!(page, "\n{pad}```markdown\n{pad}- [ ] T999 This box is an example\n{pad}```\n");
            }
            4 => {
                let _ = writeln!(page, "\n{pad}<!-- - [ ] This box is not asked for -->\n");
            }
            5 => {
                let _ = writeln!(page, "\n{pad}> As it was said in the meeting\n");
            }
            _ => {}
        }
    }
}

fn tick(row: &Row) -> char {
    if row.done { 'x' } else { ' ' }
}

/// ` (depends on T1, T3)`, for ids that `name` gives.
fn waits(row: &Row, open: &str, name: &dyn Fn(usize) -> String) -> String {
    if row.after.is_empty() {
        return String::new();
    }
    let names: Vec<String> = row.after.iter().map(|&before| name(before)).collect();
    format!(" ({open} {})", names.join(", "))
}

/// Boxes in boxes.
fn boxes(page: &mut String, wrote: &mut Wrote, rows: &[Row], style: Style, open: &str) {
    for (at, row) in rows.iter().enumerate() {
        if style.headed && row.depth == 0 && at > 0 {
            let _ = writeln!(page, "\n### Part {at}\n");
        }
        let margin = " ".repeat(style.indent * row.depth);
        let id = style.ids.then(|| format!("T{}", at + 1));
        let head = id.as_ref().map_or(String::new(), |id| format!("{id}: "));
        let tail =
            if style.ids { waits(row, open, &|before| format!("T{}", before + 1)) } else { String::new() };
        let head = format!("{margin}{} [{}] {head}", style.bullet, tick(row));
        let pad = format!("{margin}{}", " ".repeat(style.indent));
        line(page, wrote, rows, at, id, &head, &tail, &pad);
        if style.loose {
            page.push('\n');
        }
    }
    if !style.ids {
        wrote.order.clear();
    }
}

/// Criteria as a numbered list.
fn criteria(page: &mut String, wrote: &mut Wrote, rows: &[Row]) {
    let mut number = 0;
    for row in rows.iter().filter(|row| row.criterion) {
        number += 1;
        let text = format!("The {} answers within 200 ms", row.word());
        let _ = writeln!(page, "{number}. {text}");
        wrote.criteria.push(text);
    }
    if number == 0 {
        page.push_str("1. Nothing else breaks\n");
        wrote.criteria.push("Nothing else breaks".to_owned());
    }
}

fn story(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let mut page = String::from(
        "# Story 4.2: Meetings\n\n## Status\n\nApproved\n\n## Story\n\n**As a** guest,\n**I want** a room,\n**so that** I can talk\n\n## Acceptance Criteria\n\n",
    );
    criteria(&mut page, &mut wrote, rows);
    page.push_str("\n## Tasks / Subtasks\n\n");
    boxes(&mut page, &mut wrote, rows, style, "depends on");
    page.push_str("\n## Dev Notes\n\nThe server keeps `src/server.rs` as it is.\n\n## Change Log\n\n| Date | What |\n| --- | --- |\n| May | begun |\n");
    wrote.files.push(("docs/stories/4.2.story.md".to_owned(), page));
    wrote
}

fn historia(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let mut page = String::from(
        "# História 4.2: Reuniões\n\nComo convidado\nQuero uma sala\nPara que eu possa falar\n\n## Critérios de Aceite\n\n",
    );
    criteria(&mut page, &mut wrote, rows);
    page.push_str("\n## Tarefas\n\n");
    boxes(&mut page, &mut wrote, rows, style, "depende de");
    page.push_str("\n## Notas\n\nO servidor fica como está.\n");
    wrote.files.push(("docs/stories/4.2.story.md".to_owned(), page));
    wrote
}

fn checklist(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let mut page = String::from("# TODO\n\n");
    boxes(&mut page, &mut wrote, rows, style, "depends on");
    wrote.files.push(("TODO.md".to_owned(), page));
    wrote
}

/// Numbers like `2` and `2.1`.
fn numbers(rows: &[Row]) -> Vec<String> {
    let mut counts = [0usize; 3];
    let mut found = Vec::new();
    for row in rows {
        counts[row.depth] += 1;
        counts[row.depth + 1..].fill(0);
        let parts: Vec<String> = counts[..=row.depth].iter().map(ToString::to_string).collect();
        found.push(parts.join("."));
    }
    found
}

fn kiro(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let ids = numbers(rows);
    let mut page = String::from("# Implementation Plan\n\n");
    let mut needs =
        String::from("# Requirements\n\n### Requirement 1: Meetings\n\n#### Acceptance Criteria\n\n");
    let mut count = 0;
    for (at, row) in rows.iter().enumerate() {
        let margin = " ".repeat(style.indent * row.depth);
        let dot = if row.depth == 0 { "." } else { "" };
        let head = format!("{margin}- [{}] {}{dot} ", tick(row), ids[at]);
        let pad = format!("{margin}{}", " ".repeat(style.indent));
        line(&mut page, &mut wrote, rows, at, Some(ids[at].clone()), &head, "", &pad);
        if row.criterion {
            count += 1;
            let text = format!("WHEN {} is asked for THEN the system SHALL answer", row.word());
            let _ = writeln!(needs, "{count}. {text}");
            let _ = writeln!(page, "{pad}- _Requirements: 1.{count}_");
            wrote.criteria.push(text);
        }
        if !row.after.is_empty() {
            let names: Vec<&str> = row.after.iter().map(|&before| ids[before].as_str()).collect();
            let _ = writeln!(page, "{pad}- _Depends: {}_", names.join(", "));
        }
        if style.loose {
            page.push('\n');
        }
    }
    wrote.files.push((".kiro/specs/meet/tasks.md".to_owned(), page));
    if count > 0 {
        wrote.beside.push((".kiro/specs/meet/requirements.md".to_owned(), needs));
    }
    wrote
}

fn openspec(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let ids: Vec<String> = numbers(rows).into_iter().map(|id| format!("1.{id}")).collect();
    let mut page = String::from("## 1. Meetings\n\n");
    for (at, row) in rows.iter().enumerate() {
        let margin = " ".repeat(style.indent * row.depth);
        let head = format!("{margin}- [{}] {} ", tick(row), ids[at]);
        let pad = format!("{margin}{}", " ".repeat(style.indent));
        let tail = waits(row, "depends on", &|before| ids[before].clone());
        line(&mut page, &mut wrote, rows, at, Some(ids[at].clone()), &head, &tail, &pad);
    }
    let mut spec = String::from("## ADDED Requirements\n\n### Requirement: Meet\n\nThe system SHALL meet.\n");
    for row in rows.iter().filter(|row| row.criterion) {
        let word = row.word();
        let _ = write!(spec, "\n#### Scenario: {word}\n- **WHEN** {word} comes\n- **THEN** it stays\n");
        wrote.criteria.push(format!("{word}: WHEN {word} comes, THEN it stays"));
    }
    wrote.files.push(("openspec/changes/add-meetings/tasks.md".to_owned(), page));
    wrote.beside.push(("openspec/changes/add-meetings/specs/meet/spec.md".to_owned(), spec));
    wrote
}

fn spec_kit(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let id = |at: usize| format!("T{:03}", at + 1);
    let mut page = String::from("# Tasks: Meetings\n\n## Phase 1: Setup\n\n");
    for (at, row) in rows.iter().enumerate() {
        if style.headed && at > 0 && at % 4 == 0 {
            let _ = writeln!(
                page,
                "\n## Phase {}: User Story {} - Rooms (Priority: P{})\n",
                at / 4 + 1,
                at / 4,
                at / 4
            );
        }
        let mark = if style.headed && at >= 4 { format!("[US{}] ", at / 4) } else { String::new() };
        let head = format!("- [{}] {} {mark}", tick(row), id(at));
        let tail = if style.ids { waits(row, "depends on", &|before| id(before)) } else { String::new() };
        line(&mut page, &mut wrote, rows, at, Some(id(at)), &head, &tail, "  ");
    }
    if !style.ids && rows.iter().any(|row| !row.after.is_empty()) {
        page.push_str("\n## Dependencies\n\n");
        for (at, row) in rows.iter().enumerate() {
            for &before in &row.after {
                let _ = writeln!(page, "- {} depends on {}", id(at), id(before));
            }
        }
    }
    wrote.files.push(("specs/001-meet/tasks.md".to_owned(), page));
    wrote
}

/// Where the title of a task stands in a text that a library wrote.
fn found(text: &str, word: &str, title: &str) -> Range<usize> {
    let at = text.find(title).unwrap_or_else(|| panic!("{word} is in {text}"));
    at..at + title.len()
}

/// Tasks of a document whose titles stand in it once, as they are.
fn plainly(wrote: &mut Wrote, rows: &[Row], text: &str, id: &dyn Fn(usize) -> Option<String>, escaped: bool) {
    for (at, row) in rows.iter().enumerate().filter(|&(at, _)| is_leaf(rows, at)) {
        let (marked, title) = titled(row);
        let quoted = serde_json::to_string(&marked).expect("a string");
        let look = if escaped { quoted[1..quoted.len() - 1].to_owned() } else { marked.clone() };
        wrote.tasks.push(Written {
            word: row.word(),
            id: id(at),
            title,
            marked,
            done: Some(row.done),
            file: wrote.files.len(),
            at: found(text, &row.word(), &look),
            paths: row.file().into_iter().filter(|_| row.path != 2).collect(),
        });
    }
}

fn taskmaster(rows: &[Row], style: Style) -> Wrote {
    let ids = numbers(rows);
    // A plain number in a subtask means its sibling of that number: the task of that number cannot be named there.
    let mut rows = rows.to_vec();
    for at in 0..rows.len() {
        if rows[at].depth > 0 {
            let (group, _) = ids[at].split_once('.').expect("a subtask");
            let hidden = |before: usize| ids.contains(&format!("{group}.{}", ids[before]));
            let kept = rows[at].after.iter().copied().filter(|&before| !hidden(before)).collect();
            rows[at].after = kept;
        }
    }
    let rows = &rows[..];
    let mut wrote = wrote(rows);
    let status = |row: &Row| if row.done { "done" } else { "pending" };
    let entry = |at: usize| {
        let row = &rows[at];
        let own = ids[at].rsplit('.').next().expect("a number").parse::<u32>().expect("a number");
        let after: Vec<Value> = row
            .after
            .iter()
            .map(|&before| match (row.depth, rows[before].depth) {
                // A subtask names tasks and subtasks by the whole name; a plain number would be its sibling.
                (0, 0) => json!(ids[before].parse::<u32>().expect("a number")),
                _ => json!(ids[before]),
            })
            .collect();
        json!({"id": own, "title": titled(row).0, "description": "", "status": status(row), "dependencies": after, "details": "", "testStrategy": ""})
    };
    let mut tasks: Vec<Value> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let mut value = entry(at);
        if row.depth == 0 {
            value["subtasks"] = json!([]);
            tasks.push(value);
        } else if let Some(list) = tasks.last_mut().and_then(|task| task["subtasks"].as_array_mut()) {
            list.push(value);
        }
    }
    let whole = if style.headed { json!({"master": {"tasks": tasks}}) } else { json!({"tasks": tasks}) };
    let text = if style.loose { serde_json::to_string_pretty(&whole) } else { serde_json::to_string(&whole) };
    let text = text.expect("JSON");
    plainly(&mut wrote, rows, &text, &|at| Some(ids[at].clone()), true);
    wrote.files.push((".taskmaster/tasks/tasks.json".to_owned(), text));
    wrote
}

fn beads(rows: &[Row], _: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let ids: Vec<String> = numbers(rows).into_iter().map(|id| format!("bd-{id}")).collect();
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        let links: Vec<Value> = row
            .after
            .iter()
            .map(|&before| json!({"issue_id": ids[at], "depends_on_id": ids[before], "type": "blocks"}))
            .collect();
        let mut issue = json!({"id": ids[at], "title": titled(row).0, "status": if row.done { "closed" } else { "open" }, "priority": 2, "issue_type": "task", "dependencies": links});
        if row.criterion {
            let text = format!("The {} answers within 200 ms", row.word());
            issue["acceptance_criteria"] = json!(format!("- [ ] {text}"));
            wrote.criteria.push(text);
        }
        let _ = writeln!(text, "{issue}");
    }
    plainly(&mut wrote, rows, &text, &|at| Some(ids[at].clone()), true);
    wrote.files.push((".beads/issues.jsonl".to_owned(), text));
    wrote
}

fn backlog(rows: &[Row], _: Style) -> Wrote {
    let mut wrote = wrote(rows);
    for (at, row) in rows.iter().enumerate() {
        let id = at + 1;
        let names: Vec<String> = row.after.iter().map(|before| format!("task-{}", before + 1)).collect();
        let title = serde_json::to_string(&titled(row).0).expect("a string");
        let text = format!(
            "---\nid: task-{id}\ntitle: {title}\nstatus: {}\nassignee: []\ncreated_date: '2025-01-01'\nlabels: []\ndependencies: [{}]\n---\n\n## Description\n\n<!-- SECTION:DESCRIPTION:BEGIN -->\nPeople asked for it.\n<!-- SECTION:DESCRIPTION:END -->\n",
            if row.done { "Done" } else { "To Do" },
            names.join(", ")
        );
        plainly(&mut wrote, std::slice::from_ref(row), &text, &|_| None, true);
        wrote.files.push((format!("backlog/tasks/task-{id} - {}.md", row.word()), text));
    }
    wrote
}

/// A row of YAML or JSON with ids, order and files.
fn record(rows: &[Row], at: usize) -> Value {
    let row = &rows[at];
    let after: Vec<String> = row.after.iter().map(|before| format!("N{}", before + 1)).collect();
    json!({"id": format!("N{}", at + 1), "title": titled(row).0, "depends_on": after})
}

fn spectable(rows: &[Row], _: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let list: Vec<Value> = (0..rows.len())
        .map(|at| {
            let mut row = record(rows, at);
            row["wave"] = json!(1);
            row["cost"] = json!(2);
            row["agent"] = json!("dev");
            row["mode"] = json!("direct");
            row["status"] = json!(if rows[at].done { "done" } else { "todo" });
            row
        })
        .collect();
    let text = serde_json::to_string_pretty(&json!({"title": "Meetings", "specs": list})).expect("JSON");
    plainly(&mut wrote, rows, &text, &|at| Some(format!("N{}", at + 1)), true);
    wrote.files.push(("specs.yaml".to_owned(), text));
    wrote
}

fn plan(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let list: Vec<Value> = (0..rows.len())
        .map(|at| {
            let mut value = record(rows, at);
            value["done"] = json!(rows[at].done);
            if let Some(file) = rows[at].file() {
                value["outputs"] = json!([file]);
            }
            if rows[at].criterion {
                let text = format!("The {} answers within 200 ms", rows[at].word());
                value["acceptance_criteria"] = json!([text]);
                wrote.criteria.push(text);
            }
            value
        })
        .collect();
    let whole = json!({"plan": "meet", "tasks": list});
    let (name, text) = if style.headed {
        ("meet.plan.json", serde_json::to_string_pretty(&whole).expect("JSON"))
    } else {
        ("meet.plan.yaml", serde_json::to_string_pretty(&whole).expect("JSON"))
    };
    plainly(&mut wrote, rows, &text, &|at| Some(format!("N{}", at + 1)), true);
    for (task, row) in wrote.tasks.iter_mut().zip(rows) {
        task.paths = row.file().into_iter().collect();
    }
    wrote.files.push((name.to_owned(), text));
    wrote
}

fn workflow(rows: &[Row], _: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let name = |at: usize| format!("n{}", at + 1);
    let mut phases: Vec<Value> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let after: Vec<String> = row.after.iter().map(|&before| name(before)).collect();
        let value = json!({"id": name(at), "name": titled(row).0, "agent": "dev", "depends_on": after});
        if row.depth == 0 {
            phases.push(value);
        } else if let Some(phase) = phases.last_mut() {
            if phase.get("steps").is_none() {
                phase["steps"] = json!([]);
            }
            phase["steps"].as_array_mut().expect("a list").push(value);
        }
    }
    let text = serde_json::to_string_pretty(
        &json!({"workflow": {"id": "meet", "name": "Meetings", "phases": phases}}),
    )
    .expect("JSON");
    plainly(&mut wrote, rows, &text, &|at| Some(name(at)), true);
    for task in &mut wrote.tasks {
        task.done = None;
    }
    wrote.files.push(("workflows/meet.yaml".to_owned(), text));
    wrote
}

fn prd(rows: &[Row], _: Style) -> Wrote {
    let mut wrote = wrote(rows);
    wrote.order.clear();
    let mut page = String::from("# PRD: Meetings\n\n## Overview\n\nPeople meet.\n\n## User Stories\n");
    for (at, row) in rows.iter().enumerate() {
        let (marked, plain) = titled(row);
        let _ = write!(page, "\n### US-{:03}: ", at + 1);
        let start = page.len();
        page.push_str(&marked);
        let _ = writeln!(page, "\n\nAs a guest, I want it so that I meet.\n\n**Acceptance Criteria:**\n");
        let text = format!("The {} answers within 200 ms", row.word());
        let _ = writeln!(page, "- [ ] {text}");
        wrote.criteria.push(text);
        wrote.tasks.push(Written {
            word: row.word(),
            id: Some(format!("US-{:03}", at + 1)),
            title: plain,
            marked: marked.clone(),
            done: None,
            file: 0,
            at: start..start + marked.len(),
            paths: row.file().into_iter().filter(|_| row.path != 2).collect(),
        });
    }
    page.push_str("\n## Non-Goals\n\n- No mobile app\n");
    wrote.files.push(("docs/prd.md".to_owned(), page));
    wrote
}

fn freetext(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    wrote.order.clear();
    let mut page = String::from("We meet every week.\n\n");
    for row in rows {
        let (word, start) = (row.word(), page.len());
        let file = row.file().filter(|_| row.path == 1);
        let tail = file.as_ref().map_or(String::new(), |file| format!(" in `{file}`"));
        let title = format!("Write the {word} page{tail}");
        let _ = write!(page, "{title}.{}", if style.loose { "\n\n" } else { " " });
        wrote.tasks.push(Written {
            word,
            id: None,
            title: title.replace('`', ""),
            marked: title.clone(),
            done: None,
            file: 0,
            at: start..start + title.len(),
            paths: file.into_iter().collect(),
        });
    }
    wrote.files.push(("request.txt".to_owned(), page));
    wrote
}

fn headings(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let mut page = String::from("# Story 4.2: Meetings\n\n## Tasks\n");
    for (at, row) in rows.iter().enumerate() {
        let id = format!("T{}", at + 1);
        let (marked, plain) = titled(row);
        let _ = write!(page, "\n### {id}: ");
        let start = page.len();
        let _ = writeln!(page, "{marked}{}\n", if row.done { " ✅" } else { "" });
        if style.ids && !row.after.is_empty() {
            let names: Vec<String> = row.after.iter().map(|before| format!("T{}", before + 1)).collect();
            let _ = writeln!(page, "**Depends on:** {}\n", names.join(", "));
        }
        if let (2, Some(file)) = (row.path, row.file()) {
            let _ = writeln!(page, "**Files:** `{file}`\n");
        }
        page.push_str("It is small.\n");
        if row.criterion {
            let text = format!("The {} answers within 200 ms", row.word());
            let _ = writeln!(page, "\n**Acceptance Criteria:**\n\n- {text}");
            wrote.criteria.push(text);
        }
        wrote.tasks.push(Written {
            word: row.word(),
            id: Some(id),
            title: plain,
            marked: marked.clone(),
            done: Some(row.done),
            file: 0,
            at: start..start + marked.len(),
            paths: row.file().into_iter().collect(),
        });
    }
    if !style.ids {
        wrote.order.clear();
    }
    wrote.files.push(("docs/stories/4.2.story.md".to_owned(), page));
    wrote
}

fn table(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let mut page = String::from("# Story 4.2: Meetings\n\n## Acceptance Criteria\n\n");
    criteria(&mut page, &mut wrote, rows);
    page.push_str("\n## Tasks\n\n| ID | Task | Status | Depends on |\n| --- | --- | --- | --- |\n");
    for (at, row) in rows.iter().enumerate() {
        let id = format!("T{}", at + 1);
        let (marked, plain) = titled(row);
        let names: Vec<String> = row.after.iter().map(|before| format!("T{}", before + 1)).collect();
        let names = if style.ids { names.join(", ") } else { String::new() };
        let _ = write!(page, "| {id} | ");
        let start = page.len();
        let _ = writeln!(page, "{marked} | {} | {names} |", if row.done { "Done" } else { "To do" });
        wrote.tasks.push(Written {
            word: row.word(),
            id: Some(id),
            title: plain,
            marked: marked.clone(),
            done: Some(row.done),
            file: 0,
            at: start..start + marked.len(),
            paths: row.file().into_iter().filter(|_| row.path != 2).collect(),
        });
    }
    if !style.ids {
        wrote.order.clear();
    }
    wrote.files.push(("docs/stories/4.2.story.md".to_owned(), page));
    wrote
}

fn counted(rows: &[Row], style: Style) -> Wrote {
    let mut rows = rows.to_vec();
    for row in rows.iter_mut().filter(|_| !style.ids) {
        // Without boxes what stands below a numbered line is a note on it.
        (row.depth, row.note, row.path) = (0, 0, row.path % 2);
    }
    let rows = &rows[..];
    let mut wrote = wrote(rows);
    wrote.order.clear();
    let mut page = String::from("# TODO\n\n");
    let mut counts = [0; 2];
    for (at, row) in rows.iter().enumerate() {
        counts[row.depth] += 1;
        counts[row.depth + 1..].fill(0);
        let margin = " ".repeat(4 * row.depth);
        let mark = if style.ids { format!("[{}] ", tick(row)) } else { String::new() };
        let dot = if style.headed { ')' } else { '.' };
        let head = format!("{margin}{}{dot} {mark}", counts[row.depth]);
        line(&mut page, &mut wrote, rows, at, None, &head, "", &format!("{margin}    "));
        if !style.ids
            && let Some(task) = wrote.tasks.last_mut()
        {
            task.done = None;
        }
    }
    wrote.files.push(("TODO.md".to_owned(), page));
    wrote
}

fn sprint(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let list: Vec<Value> = (0..rows.len())
        .map(|at| {
            let mut value = record(rows, at);
            value["status"] = json!(if rows[at].done { "done" } else { "todo" });
            value
        })
        .collect();
    let whole = if style.headed {
        json!({"epics": [{"id": "E1", "title": "Meetings", "stories": list}]})
    } else {
        json!({"stories": list})
    };
    let text = serde_json::to_string_pretty(&whole).expect("JSON");
    plainly(&mut wrote, rows, &text, &|at| Some(format!("N{}", at + 1)), true);
    wrote.files.push(("stories.yaml".to_owned(), text));
    wrote
}

fn tickets(rows: &[Row], _: Style) -> Wrote {
    let mut wrote = wrote(rows);
    let list: Vec<Value> = (0..rows.len())
        .map(|at| {
            let mut value = record(rows, at);
            value["column"] = json!(if rows[at].done { "done" } else { "ready" });
            value["priority"] = json!("high");
            value["body"] = json!("People asked for it.");
            value
        })
        .collect();
    let text = serde_json::to_string_pretty(&json!({"tickets": list})).expect("JSON");
    plainly(&mut wrote, rows, &text, &|at| Some(format!("N{}", at + 1)), true);
    wrote.files.push(("board.yaml".to_owned(), text));
    wrote
}

fn draft(rows: &[Row], style: Style) -> Wrote {
    let mut wrote = wrote(rows);
    wrote.order.clear();
    let mut page = String::from(
        "# Meetings\n\n## Goal\n\nPeople meet.\n\n## Decisions\n\n- We use one room\n\n## Workstreams\n\n### Rooms\n\n",
    );
    for at in 0..rows.len() {
        let head = format!("{} [{}] ", style.bullet, tick(&rows[at]));
        line(&mut page, &mut wrote, rows, at, None, &head, "", "  ");
    }
    page.push_str("\n## Success Proof\n\n");
    for row in rows.iter().filter(|row| row.criterion) {
        let text = format!("The {} answers within 200 ms", row.word());
        let _ = writeln!(page, "- {text}");
        wrote.criteria.push(text);
    }
    page.push_str("- Nothing else breaks\n");
    wrote.criteria.push("Nothing else breaks".to_owned());
    wrote.files.push(("meet.draft.md".to_owned(), page));
    wrote
}
