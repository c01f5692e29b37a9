//! The examples of rules, run: `dispatch rules test`.

use serde_yaml::Value;

use crate::base::diagnostic::Severity;

use super::map::Map;
use super::operator::Tools;
use super::pack::Packs;
use super::rule::{Rule, Scope};

/// What became of one example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleResult {
    /// The rule.
    pub rule: String,
    /// Whether it should pass.
    pub wanted: bool,
    /// Its number among those that should pass, or among those that should not, from 1.
    pub number: usize,
    /// Whether it did pass.
    pub passed: bool,
    /// What was said, if it failed.
    pub message: Option<String>,
}

impl ExampleResult {
    /// Whether it behaves as declared.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.wanted == self.passed
    }
}

/// Runs all examples of all rules, in order.
#[must_use]
pub fn test_rules(packs: &Packs) -> Vec<ExampleResult> {
    packs.rules.iter().flat_map(|rule| test_rule(packs, rule)).collect()
}

/// Runs the examples of one rule.
#[must_use]
pub fn test_rule(packs: &Packs, rule: &Rule) -> Vec<ExampleResult> {
    let tools = Tools::new(&packs.vocabulary, &packs.languages);
    let examples = &rule.examples;
    let all = examples.pass.iter().zip(1..).map(|(value, number)| (true, number, value));
    let all = all.chain(examples.fail.iter().zip(1..).map(|(value, number)| (false, number, value)));
    all.map(|(wanted, number, value)| {
        let message =
            rule.judge(&Map::new(value, &packs.vocabulary, &packs.zones), &tools).map(|said| said.message);
        ExampleResult { rule: rule.id.clone(), wanted, number, passed: message.is_none(), message }
    })
    .collect()
}

/// What a rule says about facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The rule.
    pub rule: String,
    /// How much it stops.
    pub severity: Severity,
    /// What it says.
    pub message: String,
}

/// What the rules of a gate say about facts given as a map, in the order of the rules.
#[must_use]
pub fn objections(packs: &Packs, gate: &str, scope: Scope, facts: &Value) -> Vec<Said> {
    let tools = Tools::new(&packs.vocabulary, &packs.languages);
    let map = Map::new(facts, &packs.vocabulary, &packs.zones);
    let asked = packs.rules.iter().filter(|rule| rule.gate == gate && rule.scope == scope);
    asked
        .filter_map(|rule| {
            let objection = rule.judge(&map, &tools)?;
            let severity = rule.is_softened(&map, &tools).unwrap_or(rule.severity);
            Some(Said { rule: rule.id.clone(), severity, message: objection.message })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::test_rules;
    use crate::compiler::check::pack::Depth;
    use crate::compiler::check::pack::tests::shipped;

    #[test]
    fn every_example_behaves_as_declared() {
        let results = test_rules(&shipped(Depth::Examples));
        let wrong: Vec<_> = results.iter().filter(|result| !result.is_right()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        // 261 of the specification, those about documents, and more that show when a rule is not asked.
        assert_eq!(results.len(), 486);
    }
}
