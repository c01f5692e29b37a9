//! `range`: a finite number lies between bounds. Booleans, texts, NaN and infinities are no numbers.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Facts};
use crate::compiler::check::path::Path;

/// `{field, gt, gte, lt, lte, eq}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// What is looked at.
    pub field: Path,
    /// More than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gt: Option<f64>,
    /// At least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gte: Option<f64>,
    /// Less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lt: Option<f64>,
    /// At most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lte: Option<f64>,
    /// Exactly this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eq: Option<f64>,
}

impl Range {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let Some(value) = facts.fact(&self.field).number() else { return Answer::Fail(None) };
        let good = self.gt.is_none_or(|bound| value > bound)
            && self.gte.is_none_or(|bound| value >= bound)
            && self.lt.is_none_or(|bound| value < bound)
            && self.lte.is_none_or(|bound| value <= bound)
            && self.eq.is_none_or(|bound| value.to_bits() == bound.to_bits());
        Answer::of(good)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn range() {
        let check = |facts: &str| ask("{range: {field: task.timeout_s, gt: 0, lte: 900}}", facts);
        assert_eq!(check("{task: {timeout_s: 900}}"), "pass");
        assert_eq!(check("{task: {timeout_s: 0.5}}"), "pass");
        for bad in ["0", "901", "true", "'120'", ".nan", ".inf", "null"] {
            assert_eq!(check(&format!("{{task: {{timeout_s: {bad}}}}}")), "fail", "{bad}");
        }
        assert_eq!(ask("{range: {field: run.n, eq: 0}}", "{run: {n: 0}}"), "pass");
        assert_eq!(ask("{range: {field: run.n, eq: 0}}", "{}"), "fail");
    }
}
