//! `compare`: two numbers stand in a relation, the right one times a factor. Equal up to a billionth of the larger, so
//! that 0.3 is three times 0.1. A missing number stands in no relation. Two texts can be equal, too.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Fact, Facts};
use crate::compiler::check::path::Path;

/// `{left, op, right, factor}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The one number.
    pub left: Path,
    /// The relation.
    pub op: Op,
    /// The other number.
    pub right: Path,
    /// What the other number is multiplied by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<f64>,
}

/// A relation of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Equal.
    Eq,
    /// Greater or equal.
    Gte,
    /// Greater.
    Gt,
}

const TOLERANCE: f64 = 1e-9;

impl Compare {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        if let (Op::Eq, Fact::Text(left), Fact::Text(right)) =
            (self.op, facts.fact(&self.left), facts.fact(&self.right))
        {
            return if left.text == right.text {
                Answer::Pass
            } else {
                Answer::hit(left.hit(0..left.text.len()))
            };
        }
        let (Some(left), Some(right)) = (facts.fact(&self.left).number(), facts.fact(&self.right).number())
        else {
            return Answer::Fail(None);
        };
        let right = right * self.factor.unwrap_or(1.0);
        let equal = (left - right).abs() <= TOLERANCE * left.abs().max(right.abs());
        Answer::of(match self.op {
            Op::Lt => left < right && !equal,
            Op::Lte => left < right || equal,
            Op::Eq => equal,
            Op::Gte => left > right || equal,
            Op::Gt => left > right && !equal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn compare() {
        let check = |op: &str, facts: &str| {
            ask(&format!("{{compare: {{left: run.a, op: {op}, right: run.b, factor: 3}}}}"), facts)
        };
        assert_eq!(check("lte", "{run: {a: 0.3, b: 0.1}}"), "pass");
        assert_eq!(check("lt", "{run: {a: 0.3, b: 0.1}}"), "fail");
        assert_eq!(check("lte", "{run: {a: 0.31, b: 0.1}}"), "fail");
        assert_eq!(check("gt", "{run: {a: 4, b: 1}}"), "pass");
        assert_eq!(check("eq", "{run: {a: 3, b: 1}}"), "pass");
        assert_eq!(check("gte", "{run: {b: 1}}"), "fail");
        assert_eq!(check("eq", "{run: {a: 0, b: 0}}"), "pass");
        assert_eq!(check("eq", "{run: {a: one, b: one}}"), "pass");
        assert_eq!(check("eq", "{run: {a: one, b: two}}"), "one");
        assert_eq!(check("lt", "{run: {a: one, b: two}}"), "fail");
    }
}
