//! `expr`: an expression of the template language is true. For what no other operator says. Unknown names are errors, and
//! an error is a failure; steps are limited.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Environment, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Fact, Facts};
use crate::compiler::check::path::Path;

/// The expression: `run.waves <= run.list_waves`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Expr(pub String);

/// More than any expression of a rule needs.
const STEPS: u64 = 10_000;

impl Expr {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(STEPS));
        let Ok(expression) = environment.compile_expression(&self.0) else { return Answer::Fail(None) };
        let mut scopes: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        let names: BTreeSet<String> = expression.undeclared_variables(true).into_iter().collect();
        for name in names {
            let (scope, field) = name.split_once('.').unwrap_or((&name, ""));
            let fields = scopes.entry(scope.to_owned()).or_default();
            if let Some(value) = value(&facts.fact(&Path::new(&name))) {
                fields.insert(field.to_owned(), value);
            }
        }
        // A map of its own type, or the pairs would become a list.
        let context: BTreeMap<String, Value> =
            scopes.into_iter().map(|(scope, fields)| (scope, Value::from(fields))).collect();
        Answer::of(expression.eval(context).is_ok_and(|value| value.is_true()))
    }
}

fn value(fact: &Fact<'_>) -> Option<Value> {
    match fact {
        Fact::Missing => None,
        Fact::Null => Some(Value::from(())),
        Fact::Bool(value) => Some(Value::from(*value)),
        Fact::Number(number) => Some(Value::from(*number)),
        Fact::Text(piece) => Some(Value::from(&*piece.text)),
        Fact::Zones(pieces) | Fact::Texts(pieces) => {
            Some(pieces.iter().map(|piece| Value::from(&*piece.text)).collect())
        }
        Fact::Items(count) => Some(Value::from(*count)),
        Fact::Rows(rows) => Some(Value::from(rows.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn expressions() {
        let check =
            |expression: &str| ask(&format!("{{expr: '{expression}'}}"), "{run: {waves: 3, list: [a, b]}}");
        assert_eq!(check("run.waves == 3 and run.waves > 0"), "pass");
        assert_eq!(check("run.waves > 3"), "fail");
        assert_eq!(check("run.missing > 3"), "fail");
        assert_eq!(check("run.waves >"), "fail");
        assert_eq!(check("\"a\" in run.list"), "pass");
    }
}
