//! `count`: a list has at least, or at most, so many items. A list that is missing has none.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Facts};
use crate::compiler::check::path::Path;

/// `{of, min, max}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The list.
    pub of: Path,
    /// At least so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<usize>,
    /// At most so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<usize>,
}

impl Count {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let count = facts.fact(&self.of).len();
        Answer::of(self.min.is_none_or(|min| count >= min) && self.max.is_none_or(|max| count <= max))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn count() {
        let check = |facts: &str| ask("{count: {of: task.domains, min: 1, max: 2}}", facts);
        assert_eq!(check("{task: {domains: [a]}}"), "pass");
        assert_eq!(check("{task: {domains: [a, b, c]}}"), "fail");
        assert_eq!(check("{task: {domains: []}}"), "fail");
        assert_eq!(check("{}"), "fail");
    }
}
