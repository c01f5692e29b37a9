//! The YAML head of a markdown file, between two lines of three dashes. It is one only if it reads as a mapping.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Span};
use crate::ir::node::{Kind, Node};

use super::yaml;

/// A head that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Front {
    /// The text between the two lines.
    pub inner: Span,
    /// Its mapping.
    pub node: Node,
    /// Offset of the first byte below it.
    pub body: usize,
}

/// The front matter of a file, if it has one. Of a head with broken parts the good ones are kept.
#[must_use]
pub fn read(inputs: &Inputs, file: FileId) -> Outcome<Option<Front>> {
    let Some((inner, body)) = find(inputs.text(file)) else { return Outcome::clean(None) };
    let inner = Span::new(file, inner.start, inner.end);
    let Outcome { value: node, findings } = yaml::read_segments(inputs, inner);
    match node.kind {
        Kind::Map(ref entries) if !entries.is_empty() => {
            Outcome::new(Some(Front { inner, node, body }), findings)
        }
        Kind::Map(_)
        | Kind::Null
        | Kind::Bool(_)
        | Kind::Int(_)
        | Kind::Float(_)
        | Kind::Text(_)
        | Kind::List(_) => Outcome::clean(None),
    }
}

/// The range between the two lines, and the offset of what follows them.
fn find(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let mut lines = text.split_inclusive('\n');
    let mut at = lines.next().filter(|line| line.trim_end() == "---")?.len();
    let start = at;
    for line in lines {
        if line.trim_end() == "---" {
            return Some((start..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::base::inputs::{Inputs, RelPath};
    use crate::ir::node::json::to_json;

    /// The mapping, and what follows the head; `None` when there is no head.
    fn check(text: &str, expected: Option<(&str, &str)>, codes: &[&str]) {
        let mut inputs = Inputs::new();
        let file = inputs.add_document(RelPath::new("a.md").unwrap(), text.as_bytes().to_vec());
        let outcome = read(&inputs, file);
        let found: Vec<_> = outcome.findings.iter().map(|finding| finding.code.as_str()).collect();
        assert_eq!(found, codes);
        let front =
            outcome.value.map(|front| (to_json(&front.node).to_string(), &inputs.text(file)[front.body..]));
        assert_eq!(front.as_ref().map(|(json, body)| (json.as_str(), *body)), expected);
    }

    #[test]
    fn a_head_is_a_mapping() {
        check("---\nid: S-1\n---\n# T\n", Some((r#"{"id":"S-1"}"#, "# T\n")), &[]);
        check("--- \nid: S-1\n---", Some((r#"{"id":"S-1"}"#, "")), &[]);
        check("---\nonly prose\n---\n", None, &[]);
        check("---\n---\n", None, &[]);
        check("---\nid: 1\n", None, &[]);
        check("\n---\nid: 1\n---\n", None, &[]);
        check("- a\n---\n", None, &[]);
    }

    #[test]
    fn a_broken_key_costs_only_itself() {
        check("---\nid: 1\nnote: a: b\n---\n", Some((r#"{"id":1}"#, "")), &["yaml/segment"]);
        check("---\nnote: a: b\n---\n", Some((r#"{"note":"a"}"#, "")), &["yaml/syntax"]);
    }
}
