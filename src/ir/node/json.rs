//! A node as a plain JSON value, for the schema validator.

use serde_json::{Map, Number, Value};

use super::{Kind, Node};

/// The value without its places. Numbers JSON cannot hold (infinities, not a number) become text.
#[must_use]
pub fn to_json(node: &Node) -> Value {
    match &node.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Int(number) => Value::Number((*number).into()),
        Kind::Float(number) => {
            Number::from_f64(*number).map_or_else(|| Value::String(number.to_string()), Value::Number)
        }
        Kind::Text(text) => Value::String(text.clone()),
        Kind::List(items) => Value::Array(items.iter().map(to_json).collect()),
        Kind::Map(entries) => {
            let pairs = entries.iter().map(|(key, value)| (key.text.clone(), to_json(value)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;
    use crate::base::span::{FileId, Span};
    use crate::ir::node::{Key, Kind, Node};

    #[test]
    fn every_kind() {
        let span = Span::head(FileId(0));
        let node = |kind| Node { span, kind };
        let list = vec![
            node(Kind::Null),
            node(Kind::Bool(true)),
            node(Kind::Int(-1)),
            node(Kind::Float(0.5)),
            node(Kind::Float(f64::INFINITY)),
            node(Kind::Text("x".into())),
        ];
        let map = node(Kind::Map(vec![(Key { text: "k".into(), span }, node(Kind::List(list)))]));
        assert_eq!(to_json(&map), serde_json::json!({"k": [null, true, -1, 0.5, "inf", "x"]}));
    }
}
