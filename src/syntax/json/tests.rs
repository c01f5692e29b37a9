use super::{read, read_lines};
use crate::base::inputs::{Inputs, RelPath};
use crate::base::span::Span;
use crate::ir::node::Node;
use crate::ir::node::json::to_json;

fn with(text: &str, lines: bool) -> (String, Vec<String>) {
    let mut inputs = Inputs::new();
    let file = inputs.add_document(RelPath::new("a.json").unwrap(), text.as_bytes().to_vec());
    let part = Span::new(file, 0, inputs.text(file).len());
    let outcome = if lines { read_lines(&inputs, part) } else { read(&inputs, part) };
    sound(&inputs, &outcome.value);
    let name = |finding: &crate::base::diagnostic::Diagnostic| {
        format!("{} @ {}", finding.message, inputs.slice(finding.span()))
    };
    (to_json(&outcome.value).to_string(), outcome.findings.iter().map(name).collect())
}

fn sound(inputs: &Inputs, node: &Node) {
    assert!(inputs.text(node.span.file).get(node.span.range()).is_some(), "{node:?}");
    node.items().iter().for_each(|item| sound(inputs, item));
    node.entries().iter().for_each(|(_, value)| sound(inputs, value));
}

fn check(text: &str, json: &str, findings: &[&str]) {
    let (value, found) = with(text, false);
    assert_eq!((value.as_str(), found), (json, findings.iter().map(ToString::to_string).collect()), "{text}");
}

#[test]
fn json_is_read() {
    check(
        r#" {"a": [1, -2.5e3, true, null, "x\n\u00e9\ud83d\ude00\/"], "b": {}, "c": []} "#,
        "{\"a\":[1,-2500.0,true,null,\"x\\né😀/\"],\"b\":{},\"c\":[]}",
        &[],
    );
    check("12345678901234567890", "1.2345678901234567e+19", &[]);
}

#[test]
fn slips_are_named_and_read_over() {
    check("[1, 2,]", "[1,2]", &["a comma stands before the closing bracket @ ,"]);
    check("{'a': 1}", r#"{"a":1}"#, &["single quotes hold no text in JSON @ '"]);
    check("{a: 1}", r#"{"a":1}"#, &["the key `a` is not in quotes @ a"]);
    check("[1 2]", "[1,2]", &["a comma is missing here @ "]);
    check("[1] // one\n", "[1]", &["JSON has no comments @ // one"]);
    check(
        "[True, None]",
        "[true,null]",
        &["`True` is no value in JSON @ True", "`None` is no value in JSON @ None"],
    );
    check("[01]", r#"["01"]"#, &["`01` is no number in JSON @ 01"]);
    check("{\"a\": 1, \"a\": 2}", r#"{"a":1}"#, &["the key `a` stands twice in one map @ \"a\""]);
    check("{\"a\"}", r#"{"a":null}"#, &["expected `:` behind the key `\"a\"` @ "]);
    check(
        "[\"\\x\", \"\\ud800\"]",
        "[\"\\\\x\",\"\u{fffd}\"]",
        &["`\\x` is no character @ \\x", "`\\u` names no character here @ \\ud800"],
    );
}

#[test]
fn broken_files_keep_what_was_read() {
    check("{\"a\": [1, {\"b\": 2", r#"{"a":[1,{"b":2}]}"#, &["`{` is never closed @ {"]);
    check("[1] 2", "[1]", &["`2` follows the end of the value @ 2"]);
    check("]", "null", &["`]` closes nothing @ ]"]);
    check("", "null", &["expected a value, found nothing @ "]);
    check("[1}", "[1]", &["`[` is closed by `}` @ }"]);
}

#[test]
fn lines() {
    let (value, found) = with("{\"a\": 1}\n\n[2,]\n", true);
    assert_eq!((value.as_str(), found.len()), (r#"[{"a":1},[2]]"#, 1));
}

#[test]
fn bombs_are_refused() {
    for bomb in ["[", "{\"a\":", "[[{\"a\":[", ",", "{", "]", "{a", "\"", "'", "\\", "/*", "#\n", "[1 "] {
        let (_, found) = with(&bomb.repeat(1 << 18), false);
        assert!((1..=20).contains(&found.len()) || bomb == "\"", "{bomb}: {}", found.len());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    #[test]
    fn any_text(text in "([\\[\\]{}:,\"'\\\\/*# \n]|\\\\u|d83d|true|-|[0-9]|é){0,40}") {
        with(&text, false);
        with(&text, true);
    }
    #[test]
    fn agrees_with_serde_json(text in "[\\[\\]{}:,\"0-9.eE+-]{0,12}") {
        let (ours, found) = with(&text, false);
        match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(value) => proptest::prop_assert_eq!(ours, value.to_string()),
            Err(_) => proptest::prop_assert!(!found.is_empty()),
        }
    }
}
