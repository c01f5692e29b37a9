use super::{read, read_segments};
use crate::base::inputs::{Inputs, RelPath};
use crate::base::outcome::Outcome;
use crate::base::span::Span;
use crate::ir::node::json::to_json;
use crate::ir::node::{Kind, Node};

struct Read {
    inputs: Inputs,
    outcome: Outcome<Node>,
}

fn with(text: &str, reader: fn(&Inputs, Span) -> Outcome<Node>) -> Read {
    let mut inputs = Inputs::new();
    let file = inputs.add_document(RelPath::new("a.yaml").unwrap(), text.as_bytes().to_vec());
    let part = Span::new(file, 0, inputs.text(file).len());
    let outcome = reader(&inputs, part);
    spans_are_sound(&inputs, &outcome.value);
    for finding in &outcome.findings {
        for label in &finding.labels {
            assert!(inputs.text(file).get(label.span.range()).is_some(), "{finding:?}");
        }
    }
    Read { inputs, outcome }
}

fn spans_are_sound(inputs: &Inputs, node: &Node) {
    assert!(inputs.text(node.span.file).get(node.span.range()).is_some(), "{node:?}");
    node.items().iter().for_each(|item| spans_are_sound(inputs, item));
    node.entries().iter().for_each(|(_, value)| spans_are_sound(inputs, value));
}

/// The value as JSON, and each finding as `code @ underlined text`.
fn check(text: &str, json: &str, findings: &[&str]) {
    compare(&with(text, read), json, findings);
}

fn compare(read: &Read, json: &str, findings: &[&str]) {
    let found: Vec<String> = read
        .outcome
        .findings
        .iter()
        .map(|finding| format!("{} @ {}", finding.code, read.inputs.slice(finding.span())))
        .collect();
    assert_eq!(found, findings, "{:#?}", read.outcome.findings);
    assert_eq!(to_json(&read.outcome.value).to_string(), json);
}

fn slices(read: &Read) -> Vec<(&str, &str)> {
    let entries = read.outcome.value.entries();
    entries.iter().map(|(key, value)| (read.inputs.slice(key.span), read.inputs.slice(value.span))).collect()
}

#[test]
fn spans_are_exact() {
    let text = "a: plain text  # note\n'b': \"x\\ty\"\nc: |\n  one\n  two\n\nd: [1, {e: 2}]\nf:\n  - g\n  - h: i\nj:\nk: ~\n";
    let read = with(text, read);
    assert_eq!(read.outcome.findings, []);
    assert_eq!(
        slices(&read),
        [
            ("a", "plain text"),
            ("'b'", "\"x\\ty\""),
            ("c", "one\n  two"),
            ("d", "[1, {e: 2}]"),
            ("f", "- g\n  - h: i"),
            ("j", ""),
            ("k", "~"),
        ]
    );
    let empty = read.outcome.value.get("j").unwrap();
    assert_eq!(&text[..empty.span.range().start], &text[..text.find("j:").unwrap() + 2]);
}

#[test]
fn one_anchor_name_twice() {
    check("a: &x 1\nb: &x 2\nc: &y 3\nd: *x\n", r#"{"a":1,"b":2,"c":3,"d":2}"#, &[]);
}

#[test]
fn aliases() {
    check(
        "a: &m {k: [1]}\nb: *m\nc:\n  - &l [x]\n  - *l\n",
        r#"{"a":{"k":[1]},"b":{"k":[1]},"c":[["x"],["x"]]}"#,
        &[],
    );
    check("a: &x [*x]\n", r#"{"a":[null]}"#, &["yaml/alias @ *x"]);
    check("a: *none\nb: 1\n", r#"{"a":null,"b":1}"#, &["yaml/alias @ *none"]);
    check("&k key: 1\nother: *k\n", r#"{"key":1,"other":"key"}"#, &[]);
}

#[test]
fn duplicate_keys_show_both_places() {
    check(
        "a: 1\nb: {c: 1, c: 2}\na: 3\n",
        r#"{"a":1,"b":{"c":1}}"#,
        &["yaml/duplicate-key @ c", "yaml/duplicate-key @ a"],
    );
    let read = with("a: 1\na: 2\n", read);
    assert_eq!(read.outcome.findings[0].labels[1].span, Span::new(read.outcome.value.span.file, 0, 1));
    let many = (0..100).map(|n| format!("k{n}: 1\nk{n}: 2\n")).collect::<Vec<_>>().concat();
    let found = with(&many, super::read).outcome;
    assert_eq!((found.value.entries().len(), found.findings.len()), (100, 51));
}

#[test]
fn scalars() {
    check(
        "[yes, no, 0123, 0o17, 1.0, '1', !!str 2, !!int '3', on, ~, ]\n",
        r#"["yes","no","0123",15,1.0,"1","2",3,"on",null]"#,
        &[],
    );
}

#[test]
fn a_block_scalar_without_a_last_line_end() {
    check("a: |\n  text", r#"{"a":"text\n"}"#, &[]);
    let mut inputs = Inputs::new();
    let file = inputs.add_document(RelPath::new("a.yaml").unwrap(), b"a: |\n  text more".to_vec());
    let outcome = read(&inputs, Span::new(file, 0, 11));
    assert_eq!(to_json(&outcome.value).to_string(), r#"{"a":"text\n"}"#);
}

#[test]
fn several_documents() {
    check("---\na: 1\n---\nb: 2\n", r#"{"a":1}"#, &["yaml/documents @ ---"]);
    check("---\n---\nb: 2\n", r#"{"b":2}"#, &[]);
    check("a: 1\n---\n", r#"{"a":1}"#, &[]);
    check("", "null", &[]);
}

#[test]
fn syntax_errors_keep_what_was_read() {
    check("a: 1\nb: [1, 2\n", r#"{"a":1,"b":[1]}"#, &["yaml/syntax @ ["]);
    check("a: 1\nb: x: y\nc: 2\n", r#"{"a":1,"b":"x"}"#, &["yaml/syntax @ :"]);
    check("a: 1\nb: \"x\" (y)\n", r#"{"a":1,"b":null}"#, &["yaml/syntax @ (y)"]);
    check("a:\n\t- b\n", r#"{"a":null}"#, &["yaml/syntax @ -"]);
    check("a: @x\n", r#"{"a":null}"#, &["yaml/syntax @ @x"]);
}

#[test]
fn keys_are_text() {
    check("1: a\ntrue: b\n~: c\n", r#"{"1":"a","true":"b","~":"c"}"#, &[]);
    check("? [a, b]\n: c\n", r#"{"[a, b]":"c"}"#, &["yaml/key @ [a, b]"]);
}

#[test]
fn segments_outlive_a_broken_neighbour() {
    let text = "agent:\n  id: x\nvoice:\n  - \"quoted\" then not\n  - more\ncommands: [a]\n";
    compare(&with(text, read_segments), r#"{"agent":{"id":"x"},"commands":["a"]}"#, &["yaml/segment @ then"]);
    let indented = "  agent: {id: x}\n  voice: a: b\n  tier: 1\n";
    compare(&with(indented, read_segments), r#"{"agent":{"id":"x"},"tier":1}"#, &["yaml/segment @ :"]);
    compare(&with("- a: b: c\n", read_segments), r#"[{"a":"b"}]"#, &["yaml/syntax @ :"]);
}

#[test]
fn bombs_are_refused() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..40 {
        let item = format!("*a{}", n - 1);
        laughs.push_str(
            &["a", &n.to_string(), ": &a", &n.to_string(), " [", &vec![item; 9].join(", "), "]\n"].concat(),
        );
    }
    let found = with(&laughs, read).outcome.findings;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code.as_str(), "yaml/alias-budget");

    let mut tower = String::from("a0: &a0 [x]\n");
    for n in 1..300 {
        tower.push_str(
            &["a", &n.to_string(), ": &a", &n.to_string(), " [*a", &(n - 1).to_string(), "]\n"].concat(),
        );
    }
    assert_eq!(with(&tower, read).outcome.findings[0].code.as_str(), "yaml/too-deep");

    for bomb in [
        "[", "{", "- ", "? ", "{a: ", "[{", "&a [", "!!x [", "a: [", "'", "\"", "*a ", "&a ", "| ", "- - &x ",
    ] {
        let text = bomb.repeat((1 << 20) / bomb.len());
        let outcome = with(&text, read).outcome;
        let refused = !outcome.findings.is_empty();
        assert!(refused || matches!(outcome.value.kind, Kind::Null | Kind::Text(_)), "{bomb}");
        assert!(outcome.findings.len() < 60, "{bomb}: {}", outcome.findings.len());
    }
}

#[test]
fn depth_is_limited_and_no_less() {
    let nest = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(with(&nest(super::DEPTH), read).outcome.findings, []);
    let codes =
        |text: &str| with(text, read).outcome.findings.iter().map(|f| f.code.to_string()).collect::<Vec<_>>();
    assert_eq!(codes(&nest(super::DEPTH + 1)), ["yaml/too-deep"]);
    assert_eq!(codes(&nest(100_000)), ["yaml/too-deep"]);
}

/// Reads a text both ways; whether the short one knew it.
fn both_ways(text: &str) -> bool {
    let mut inputs = Inputs::new();
    let file = inputs.add_document(RelPath::new("a.yaml").unwrap(), text.as_bytes().to_vec());
    let source = super::Source::new(&inputs, Span::new(file, 0, inputs.text(file).len()));
    let short = super::quick::read(&source);
    let long = super::read_events(&source);
    if let Some(node) = &short {
        assert_eq!(long.findings, [], "{text:?}");
        assert_eq!(&long.value, node, "{text:?}");
    }
    short.is_some()
}

#[test]
fn the_short_way_knows_what_people_write() {
    for text in [
        "---\n# head\na: 1\nb:\n  - x # c\n  -  y: 'it''s'\n     z: \"q\\n\"\n  -\n    k: [1, {a: b}, [], {}, ]\n\nc:\n- d\n- - e\n  - f\ng:\nh: ~\n",
        "a: |\n  one\n\n   two\n\nb: >-\n  one\n  two\n\n  three\nc:\n  - |-\n    x\n",
        "a: [x,\n  'y', {k: v,\n    l: [2]}\n  ]\nb:\n  - [1,\n\n     2\n    ,3 ] # c\n",
        "url: http://x.y/z#a\nt: 10:30\nneg: -1\npath: src/*.rs\n\"quoted key\": v\nk : v\n",
    ] {
        assert!(both_ways(text), "{text}");
    }
    // What every command reads before it begins.
    for name in ["vocabulary", "quantities", "text", "decomposition"] {
        let text = crate::builtin::file(&format!("squads/dispatch/data/{name}.yaml")).unwrap();
        assert!(both_ways(std::str::from_utf8(text).unwrap()), "{name}");
    }
    for text in [
        "a: b: c\n",
        "a: &x 1\n",
        "a: b\n  c\n",
        "a: 1\na: 2\n",
        "a:\n   b: 1\n  c: 2\n",
        "- a\nb: 1\n",
        "a: [1\n",
        "a: [x\n  y]\n",
        "a: [x,\n # c\n y]\n",
        "a: [x,\ny]\n",
        "a\n",
    ] {
        assert!(!both_ways(text), "{text}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(0_u8..=255, 0..120)) {
        with(&String::from_utf8_lossy(&bytes), read_segments);
    }
    #[test]
    fn the_short_way_agrees(
        text in "((  |    |)(- |- - |)(a: ?|b: |'c': |\"d\" : |e:|)(x|1|-2|\\[1, b\\]|\\{a: b, c: d\\}|\\[1,|b\\]|,|\\{c: d,|'q'|\"q\"|\\||>-?|~|x #c|# c|y:z|-|\\.\\.\\.|---|)\n){0,8}"
    ) {
        both_ways(&text);
    }
    #[test]
    fn any_yamlish(text in "([-?:,\\[\\]{}#&*!|>'\"%@` \n\ta0é]|: |- |\n  |---\n|\\.\\.\\.\n){0,60}") {
        with(&text, read_segments);
    }
}
