//! `one_of`: a value is exactly one of a few, of the same type. Something that is missing is none of them.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Fact, Facts};
use crate::compiler::check::path::Path;

/// `{field, values}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OneOf {
    /// What is looked at.
    pub field: Path,
    /// What it may be.
    pub values: Vec<Scalar>,
}

/// A value that can be compared.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl OneOf {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let fact = facts.fact(&self.field);
        Answer::of(self.values.iter().any(|value| match (value, &fact) {
            (Scalar::Bool(want), Fact::Bool(have)) => want == have,
            (Scalar::Number(want), Fact::Number(have)) => want.to_bits() == have.to_bits(),
            (Scalar::Text(want), Fact::Text(have)) => *want == have.text,
            _ => false,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn one_of() {
        let check = |facts: &str| ask("{one_of: {field: task.x, values: [FULL, true, 3]}}", facts);
        for good in ["FULL", "true", "3", "3.0"] {
            assert_eq!(check(&format!("{{task: {{x: {good}}}}}")), "pass", "{good}");
        }
        for bad in ["full", "'true'", "'3'", "null", "4", "[FULL]"] {
            assert_eq!(check(&format!("{{task: {{x: {bad}}}}}")), "fail", "{bad}");
        }
    }
}
