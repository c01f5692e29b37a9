//! `unique`: no two rows share a value. Rows without the value do not count.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::fold::fold;
use crate::compiler::check::fact::{Answer, Fact, Facts, Hit};
use crate::compiler::check::path::Path;

use super::file::normalized;

/// `{field, across, normalize}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Unique {
    /// A key of each row.
    pub field: String,
    /// The rows.
    pub across: Path,
    /// How values are compared.
    #[serde(default)]
    pub normalize: Normalize,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalize {
    /// As they are.
    #[default]
    None,
    /// As paths: `./a` is `a`.
    Path,
    /// Without case and accents.
    Casefold,
}

impl Unique {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let fact = facts.fact(&self.across);
        let Fact::Rows(rows) = fact else { return Answer::Pass };
        let mut seen = BTreeSet::new();
        for row in rows {
            let Some(value) = row.get(self.field.as_str()).and_then(serde_yaml::Value::as_str) else {
                continue;
            };
            let key: Cow<'_, str> = match self.normalize {
                Normalize::None => Cow::Borrowed(value),
                Normalize::Path => normalized(value).map_or(Cow::Borrowed(value), Cow::Owned),
                Normalize::Casefold => fold(value),
            };
            if !seen.insert(key) {
                return Answer::hit(Hit::said(value));
            }
        }
        Answer::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn unique() {
        let check = |how: &str, rows: &str| {
            ask(
                &format!("{{unique: {{field: p, across: plan.tasks, normalize: {how}}}}}"),
                &format!("{{plan: {{tasks: {rows}}}}}"),
            )
        };
        assert_eq!(check("none", "[{p: a}, {p: ./a}]"), "pass");
        assert_eq!(check("path", "[{p: a}, {p: ./a}]"), "./a");
        assert_eq!(check("path", "[{p: x/../a}, {p: a}]"), "a");
        assert_eq!(check("casefold", "[{p: Á}, {p: a}]"), "a");
        assert_eq!(check("none", "[{}, {}]"), "pass");
    }
}
