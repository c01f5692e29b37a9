//! `required`: something is there, neither null nor blank nor an empty list.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Facts};
use crate::compiler::check::path::Path;

/// `{field}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// What must be there.
    pub field: Path,
}

impl Required {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        Answer::of(!facts.fact(&self.field).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn required() {
        let check = |facts: &str| ask("{required: {field: task.agent}}", facts);
        assert_eq!(check("{task: {agent: /copy}}"), "pass");
        assert_eq!(check("{task: {agent: 0}}"), "pass");
        for nothing in
            ["{}", "{task: {}}", "{task: {agent: null}}", "{task: {agent: '  '}}", "{task: {agent: []}}"]
        {
            assert_eq!(check(nothing), "fail", "{nothing}");
        }
    }
}
