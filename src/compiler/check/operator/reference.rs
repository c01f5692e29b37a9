//! `ref`: a value is a member of a list of the registry. Something that is missing is a member of none.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Fact, Facts, Hit};
use crate::compiler::check::path::Path;

/// `{field, in}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// What is looked up.
    pub field: Path,
    /// Where.
    #[serde(rename = "in")]
    pub list: Path,
}

impl Reference {
    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let Fact::Text(piece) = facts.fact(&self.field) else { return Answer::Fail(None) };
        let known = facts.holds(&self.list, &piece.text).unwrap_or_else(|| {
            facts.fact(&self.list).pieces().iter().any(|member| member.text == piece.text)
        });
        if known { Answer::Pass } else { Answer::hit(hit(&piece)) }
    }
}

fn hit(piece: &crate::compiler::check::fact::Piece<'_>) -> Hit {
    piece.hit(0..piece.text.len())
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn reference() {
        let check = |facts: &str| ask("{ref: {field: task.model, in: registry.models}}", facts);
        assert_eq!(check("{task: {model: haiku}, registry: {models: [haiku]}}"), "pass");
        assert_eq!(check("{task: {model: gpt}, registry: {models: [haiku]}}"), "gpt");
        assert_eq!(check("{task: {model: haiku}}"), "haiku");
        assert_eq!(check("{registry: {models: [haiku]}}"), "fail");
    }
}
