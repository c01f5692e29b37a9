//! Our YAML reader against a conformance suite: what must be read, what must be refused, and what values it has.

use dispatch::base::inputs::{Inputs, RelPath};
use dispatch::base::span::Span;
use dispatch::ir::node::json::to_json;
use dispatch::syntax::yaml;
use serde_json::Value;

/// A case of the suite.
pub(crate) struct Case {
    /// Its name.
    pub id: String,
    /// The text.
    pub yaml: String,
    /// It must be refused.
    pub fail: bool,
    /// The values of its documents, where JSON can say them.
    pub json: Option<Vec<Value>>,
}

/// Cases we read although the specification refuses them, as `PyYAML` and ruamel do: a list in brackets may go on at
/// the column of its key.
const LENIENT: [&str; 1] = ["9C9N:0"];
/// What we refuse on purpose: keys that are no text, and equal keys.
const STRICTER: [&str; 2] = ["yaml/key", "yaml/duplicate-key"];

/// What is wrong with our reading of a case, if anything is.
pub(crate) fn judge(case: &Case) -> Option<String> {
    let mut inputs = Inputs::new();
    let path = RelPath::new("case.yaml").expect("a plain name");
    let file = inputs.add_document(path, case.yaml.clone().into_bytes());
    let outcome = yaml::read(&inputs, Span::new(file, 0, inputs.text(file).len()));
    let codes: Vec<&str> = outcome.findings.iter().map(|finding| finding.code.as_str()).collect();
    let refused = outcome.findings.iter().any(|finding| finding.severity.blocks());
    if case.fail {
        return (!refused && !LENIENT.contains(&case.id.as_str()))
            .then(|| "is read, must be refused".to_owned());
    }
    if STRICTER.iter().any(|code| codes.contains(code)) {
        return None;
    }
    if refused {
        let messages: Vec<&str> = outcome.findings.iter().map(|finding| finding.message.as_str()).collect();
        return Some(format!("is refused: {codes:?} {messages:?}"));
    }
    let first = case.json.as_ref()?.iter().find(|value| !value.is_null()).unwrap_or(&Value::Null);
    let value = to_json(&outcome.value);
    (!alike(&value, first)).then(|| format!("reads {value}, expected {first}"))
}

/// Equal, and a whole float is its integer.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => x.as_f64() == y.as_f64(),
        (Value::Array(x), Value::Array(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| alike(x, y)),
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(key, x)| y.get(key).is_some_and(|y| alike(x, y)))
        }
        _ => a == b,
    }
}
