//! No text of a task becomes structure of its prompt: the prompt is read back with another markdown reader.

use std::collections::BTreeSet;

use dispatch::compiler::compile as run;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde_json::{Value, json};

use super::{library, project, sound};

/// Any bytes as the texts of a task, every field of it filled.
pub fn prompt(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let parts: Vec<&str> = text.split('\u{1}').collect();
    let part = |number: usize| {
        let text = parts[number % parts.len()];
        if text.trim().is_empty() { "x" } else { text }
    };
    let plan = json!({
        "plan": "hostile", "title": part(0),
        "tasks": [
            {"id": "T1", "title": "Write the schema", "outputs": ["a.sql"]},
            {
                "id": "T2", "title": part(1), "description": part(2), "depends_on": ["T1"],
                "outputs": ["b.md"], "reads": ["c.md"], "acceptance_criteria": [part(3), part(4)],
                "verify": [part(5)], "stop_if": [part(6)], "tools": [part(7)],
                "output_template": part(8), "output_format": part(9), "output_language": part(10),
                "phase": part(11), "ownership": ["b.md"],
            },
        ],
    });
    read_back("a.plan.json", &plan.to_string(), part(2));
}

/// Compiles a document and reads each of its prompts back.
pub fn read_back(name: &str, text: &str, detail: &str) {
    let (inputs, _) = project(name, text.as_bytes());
    let compilation = run(&inputs, library());
    sound(&inputs, &compilation.plan.diagnostics);
    let graph = &compilation.plan.graph;
    for id in graph.tasks.ids() {
        let prompt = compilation.prompt(id);
        if prompt.is_empty() {
            continue;
        }
        let page = Page::of(&prompt);
        assert_eq!(page.nested, Vec::<String>::new(), "a heading inside a list or a quotation:\n{prompt}");
        let tops: Vec<&String> = page.headings.iter().filter(|heading| heading.starts_with("1 ")).collect();
        assert_eq!(tops.len(), 2, "one executor and one task:\n{prompt}");
        let unique: BTreeSet<&String> = page.headings.iter().collect();
        assert_eq!(unique.len(), page.headings.len(), "each section once: {:?}\n{prompt}", page.headings);
        assert_eq!(page.headings.last().map(String::as_str), Some("2 CLOSING"), "{prompt}");
        for heading in &page.headings[1..] {
            // Sections of ours are written in capitals: `ORIGINAL OUTPUT (V1)`.
            let capitals = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || " ()".contains(c);
            let ours = heading.starts_with("1 TASK ") || heading[2..].chars().all(capitals);
            assert!(ours, "`{heading}` is not a section of ours:\n{prompt}");
        }
        assert!(!prompt.contains('\r'), "lines end in LF");
        if graph.id(id, &inputs) == "T2" {
            let wanted = tidy(detail);
            assert!(page.blocks.iter().any(|block| tidy(block) == wanted), "the text is kept:\n{prompt}");
        }
    }
}

fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
    text.trim().to_owned()
}

/// What another reader sees in a prompt.
#[derive(Default)]
struct Page {
    headings: Vec<String>,
    nested: Vec<String>,
    blocks: Vec<String>,
}

impl Page {
    fn of(text: &str) -> Self {
        let mut page = Self::default();
        let mut depth = 0;
        let mut current: Option<String> = None;
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => current = Some(format!("{} ", level as u8)),
                Event::End(TagEnd::Heading(_)) => {
                    let heading = current.take().unwrap_or_default();
                    if depth == 0 { page.headings.push(heading) } else { page.nested.push(heading) }
                }
                Event::Start(Tag::CodeBlock(_)) => current = Some(String::new()),
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(current.take()),
                Event::Start(Tag::Item | Tag::BlockQuote(_)) => depth += 1,
                Event::End(TagEnd::Item | TagEnd::BlockQuote(_)) => depth -= 1,
                Event::Text(text) | Event::Code(text) => {
                    if let Some(current) = &mut current {
                        current.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        page
    }
}

/// The value of a plan file with one task of this text, for those who look at prompts by hand.
pub fn plan_of(text: &str) -> Value {
    json!({"plan": "p", "tasks": [{"id": "T1", "title": text, "outputs": ["a.md"]}]})
}
