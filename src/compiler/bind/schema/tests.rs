use super::check as judge;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::span::Span;
use crate::syntax::yaml;

const PLAN: &str = r#"{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "plan.schema.json",
  "type": "object",
  "required": ["plan"],
  "additionalProperties": false,
  "properties": {
    "plan": {"type": "string", "minLength": 1},
    "version": {"type": "string"},
    "model": {"enum": ["haiku", "sonnet", "opus"]},
    "parallel": {"type": "integer", "minimum": 1, "maximum": 9},
    "auto": {"type": "boolean"},
    "tags": {"type": "array", "uniqueItems": true, "items": {"type": "string"}},
    "after": {"type": ["array", "null"]},
    "tasks": {"type": "array", "minItems": 1, "items": {"$ref": "task.schema.json"}},
    "owner": {"oneOf": [{"type": "string"}, {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}]},
    "retries": {"oneOf": [{"type": "string"}, {"type": "integer"}]}
  }
}"#;
const TASK: &str = r##"{
  "$id": "task.schema.json",
  "type": "object",
  "required": ["id", "timeout"],
  "additionalProperties": false,
  "properties": {
    "id": {"type": "string", "pattern": "^[A-Z][0-9]+$", "examples": ["T1"]},
    "timeout": {"type": "integer", "minimum": 30},
    "kind": {"$ref": "#/$defs/kind"}
  },
  "$defs": {"kind": {"const": "task"}}
}"##;

/// Each finding as `code @ underlined: message (help)`.
fn check(text: &str, expected: &[&str]) {
    let mut inputs = Inputs::new();
    for (name, schema) in [("plan", PLAN), ("task", TASK)] {
        let path = RelPath::new(&format!("schemas/{name}.schema.json")).unwrap();
        inputs.add(path, Layer::Builtin, schema.as_bytes().to_vec());
    }
    let file = inputs.add_document(RelPath::new("a.yaml").unwrap(), text.as_bytes().to_vec());
    let node = yaml::read(&inputs, Span::new(file, 0, inputs.text(file).len())).value;
    let found: Vec<String> = judge(&inputs, "plan.schema.json", &node)
        .iter()
        .map(|finding| {
            let help = finding.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{} @ {}: {}{help}", finding.code, inputs.slice(finding.span()), finding.message)
        })
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn types() {
    check("plan: p\n", &[]);
    check(
        "plan: 1.0\n",
        &["schema/type @ 1.0: expected text for `plan`, found the number `1.0` (put it in quotes: \"1.0\")"],
    );
    check(
        "plan: p\nauto: yes\n",
        &["schema/type @ yes: expected true or false for `auto`, found the text `yes` (write `true`)"],
    );
    check(
        "plan: p\nparallel: '3'\n",
        &[
            "schema/type @ '3': expected a whole number for `parallel`, found the text `3` (write the bare number: 3)",
        ],
    );
    check(
        "plan: p\nafter: T1\n",
        &["schema/type @ T1: expected a list for `after`, found the text `T1` (make it a list: [T1])"],
    );
    check(
        "plan: p\nversion:\n",
        &[
            "schema/type @ : expected text for `version`, found nothing (give it a value, or leave the key out)",
        ],
    );
    check("- x\n", &["schema/type @ - x: expected a map, found a list"]);
}

#[test]
fn values() {
    check(
        "plan: p\nmodel: haikku\n",
        &["schema/enum @ haikku: `haikku` is not a value of `model` (did you mean `haiku`?)"],
    );
    check(
        "plan: p\nmodel: gpt\n",
        &["schema/enum @ gpt: `gpt` is not a value of `model` (use `haiku`, `sonnet` or `opus`)"],
    );
    check("plan: p\nparallel: 0\n", &["schema/range @ 0: `parallel` is `0`, below 1 (use 1 or more)"]);
    check("plan: ''\n", &["schema/length @ '': `plan` is empty (write at least a word)"]);
    check(
        "plan: p\ntags: [a, b, a]\n",
        &["schema/duplicate @ a: `a` stands twice in `tags` (keep one of the two)"],
    );
    check(
        "plan: p\ntasks: []\n",
        &["schema/count @ []: `tasks` is an empty list (give it an item, or leave the key out)"],
    );
}

#[test]
fn keys() {
    check(
        "paln: p\n",
        &[
            "schema/required @ paln: this lacks the key `plan` (add the line `plan: …`)",
            "schema/unknown-key @ paln: `paln` is not a known key (did you mean `plan`?)",
        ],
    );
}

#[test]
fn through_references() {
    check(
        "plan: p\ntasks:\n  - id: T1\n    timeot: 5\n",
        &[
            "schema/required @ id: this lacks the key `timeout` (add the line `timeout: 30`)",
            "schema/unknown-key @ timeot: `timeot` is not a known key (did you mean `timeout`?)",
        ],
    );
    check(
        "plan: p\ntasks:\n  - {id: t 1, timeout: 30, kind: x}\n",
        &[
            "schema/pattern @ t 1: `t 1` does not have the form of `id` (write it like `T1`)",
            "schema/const @ x: expected `task`, found `x` (write `task`)",
        ],
    );
}

#[test]
fn the_branch_that_got_furthest() {
    check(
        "plan: p\nowner: {nam: x}\n",
        &["schema/required @ owner: `owner` lacks the key `name` (add the line `name: …`)"],
    );
    check(
        "plan: p\nretries: [1]\n",
        &[
            "schema/type @ [1]: expected text or a whole number for `retries`, found a list (keep one of its items)",
        ],
    );
}

/// The schemas by the name documents give them.
fn by_name(inputs: &Inputs) -> std::collections::BTreeMap<String, String> {
    let schemas = inputs.under("schemas/").filter(|(_, file)| file.path.extension() == "json");
    schemas
        .filter_map(|(_, file)| {
            let schema: serde_json::Value = serde_json::from_str(file.text()).unwrap();
            let name = schema.pointer("/properties/schema/const")?.as_str()?.to_owned();
            Some((name, file.path.as_str().trim_start_matches("schemas/").to_owned()))
        })
        .collect()
}

#[test]
fn shipped_data_satisfy_the_schemas_they_name() {
    let mut inputs = Inputs::new();
    crate::builtin::underlay(&mut inputs);
    let names = by_name(&inputs);
    let mut judged = 0;
    let mut wrong = Vec::new();
    for (id, file) in inputs.under("squads/dispatch/data/") {
        if file.path.extension() != "yaml" {
            continue;
        }
        let node = yaml::read(&inputs, Span::new(id, 0, file.text().len())).value;
        let named = node.get("schema").map_or("", |name| inputs.slice(name.span));
        match names.get(named) {
            Some(schema) => {
                let findings = judge(&inputs, schema, &node);
                wrong.extend(findings.iter().map(|finding| format!("{}: {}", file.path, finding.message)));
                judged += 1;
            }
            None => wrong.push(format!("{}: no schema is called `{named}`", file.path)),
        }
    }
    wrong.truncate(20);
    assert_eq!(wrong, Vec::<String>::new());
    assert!(judged > 20, "{judged} files");
}
