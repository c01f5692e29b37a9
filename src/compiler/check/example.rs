//! The examples of rules, run: `dispatch rules test`.

use super::map::Map;
use super::operator::Tools;
use super::pack::Packs;
use super::rule::Rule;

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

#[cfg(test)]
mod tests {
    use super::{test_rule, test_rules};
    use crate::compiler::check::operator::Check;
    use crate::compiler::check::pack::Depth;
    use crate::compiler::check::pack::tests::shipped;
    use crate::compiler::check::rule::Examples;

    #[test]
    fn every_example_behaves_as_declared() {
        let results = test_rules(&shipped(Depth::Examples));
        let wrong: Vec<_> = results.iter().filter(|result| !result.is_right()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(results.len(), 426);
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Weakness {
        #[serde(rename = "weakness")]
        number: String,
        title: String,
        rule: String,
        says: Option<String>,
        #[serde(default)]
        passes: Vec<serde_yaml::Value>,
        #[serde(default)]
        fails: Vec<serde_yaml::Value>,
    }

    #[test]
    fn the_seeds_weaknesses_are_not_ours() {
        let packs = shipped(Depth::Rules);
        let text = include_str!("../../../tests/weaknesses.yaml");
        let weaknesses: Vec<Weakness> = serde_yaml::from_str(text).unwrap();
        for Weakness { number, title, rule, says, passes, fails } in weaknesses {
            let mut rule = packs.rule(&rule).unwrap().clone();
            rule.examples = Examples { pass: passes, fail: fails };
            assert_ne!(rule.examples, Examples::default(), "{number} {title}");
            for result in test_rule(&packs, &rule) {
                assert!(result.is_right(), "{number} {title}: {result:?}");
                let told = result.message.unwrap_or_default();
                assert!(says.as_ref().is_none_or(|says| told.contains(says)), "{number}: {told}");
            }
        }
    }

    /// A rule that is gone lets everything pass; one that is turned round fails everything: examples must notice both.
    #[test]
    fn a_rule_without_effect_is_noticed() {
        let packs = shipped(Depth::Examples);
        for rule in &packs.rules {
            let mut always = rule.clone();
            always.check = Check::All(Vec::new());
            assert!(
                test_rule(&packs, &always).iter().any(|result| !result.is_right()),
                "{} deleted",
                rule.id
            );
            let mut inverted = rule.clone();
            inverted.check = Check::Not(Box::new(rule.check.clone()));
            assert!(
                test_rule(&packs, &inverted).iter().any(|result| !result.is_right()),
                "{} inverted",
                rule.id
            );
        }
    }
}
