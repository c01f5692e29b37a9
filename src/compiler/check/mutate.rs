//! Rules that are broken on purpose: `dispatch rules test --mutate`. An example must notice each.

use super::example::{ExampleResult, test_rule};
use super::operator::Check;
use super::pack::Packs;
use super::rule::Rule;

/// How a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    /// It lets everything pass.
    Deleted,
    /// It objects to what is good.
    Inverted,
    /// It is asked even when it should not be.
    Unconditional,
}

impl Mutation {
    const ALL: [Self; 3] = [Self::Deleted, Self::Inverted, Self::Unconditional];

    /// `deleted`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Inverted => "inverted",
            Self::Unconditional => "asked always",
        }
    }

    /// The rule, broken; none if it cannot be broken in this way.
    fn of(self, rule: &Rule) -> Option<Rule> {
        let mut broken = rule.clone();
        match self {
            Self::Deleted => broken.check = Check::All(Vec::new()),
            Self::Inverted => broken.check = Check::Not(Box::new(rule.check.clone())),
            Self::Unconditional => broken.when = Some(broken.when.take().map(|_| Check::All(Vec::new()))?),
        }
        Some(broken)
    }
}

/// A broken rule, and what noticed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// The rule.
    pub rule: String,
    /// How it was broken.
    pub mutation: Mutation,
    /// The first example that turned red; none if nothing noticed.
    pub noticed: Option<ExampleResult>,
}

/// Every mutant of every rule, in order.
#[must_use]
pub fn mutants(packs: &Packs) -> Vec<Mutant> {
    let break_it = |rule: &Rule, mutation: Mutation| {
        let broken = mutation.of(rule)?;
        let noticed = test_rule(packs, &broken).into_iter().find(|result| !result.is_right());
        Some(Mutant { rule: rule.id.clone(), mutation, noticed })
    };
    let of = |rule| Mutation::ALL.into_iter().filter_map(move |mutation| break_it(rule, mutation));
    packs.rules.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mutation, mutants};
    use crate::compiler::check::pack::Depth;
    use crate::compiler::check::pack::tests::shipped;

    #[test]
    fn a_broken_rule_is_noticed() {
        let packs = shipped(Depth::Examples);
        let all = mutants(&packs);
        let count = |mutation| all.iter().filter(|mutant| mutant.mutation == mutation).count();
        let rules = packs.rules.len();
        assert_eq!((count(Mutation::Deleted), count(Mutation::Inverted)), (rules, rules));
        let unnoticed: Vec<_> = all
            .iter()
            .filter(|mutant| mutant.noticed.is_none())
            .map(|mutant| format!("{} {}", mutant.rule, mutant.mutation.name()))
            .collect();
        assert_eq!(unnoticed, Vec::<String>::new());
    }
}
