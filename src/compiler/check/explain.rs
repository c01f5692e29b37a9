//! What `explain` prints of findings that are no rules: `squads/dispatch/data/diagnostics.yaml`.

use serde::{Deserialize, Serialize};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;

/// Where they stand.
pub const FILE: &str = "squads/dispatch/data/diagnostics.yaml";

/// What is said of one code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// `dep/unknown`.
    pub code: String,
    /// In a few words.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// What to do.
    pub help: String,
    /// A source that has the fault.
    pub bad: String,
    /// The same without it.
    pub good: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    #[serde(rename = "schema")]
    _schema: String,
    diagnostics: Vec<Explanation>,
}

/// All explanations, sorted by code.
#[must_use]
pub fn explanations(inputs: &Inputs) -> Outcome<Vec<Explanation>> {
    let Some(file) = inputs.find(FILE) else { return Outcome::clean(Vec::new()) };
    match serde_yaml::from_str::<Form>(inputs.text(file)) {
        Ok(mut form) => {
            form.diagnostics.sort_by(|a, b| a.code.cmp(&b.code));
            Outcome::clean(form.diagnostics)
        }
        Err(error) => {
            let at = error.location().map_or(0, |place| place.index()).min(inputs.text(file).len());
            let finding = Diagnostic::error("data/invalid", Span::new(file, at, at), error.to_string());
            Outcome::new(Vec::new(), vec![finding])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Explanation, explanations};
    use crate::compiler::check::pack::tests::inputs;

    #[test]
    fn every_explanation_is_whole() {
        let outcome = explanations(&inputs());
        assert_eq!(outcome.findings, []);
        assert!(outcome.value.len() > 100);
        for pair in outcome.value.windows(2) {
            assert!(pair[0].code < pair[1].code, "{}", pair[1].code);
        }
        for explanation in &outcome.value {
            assert!(explanation.code.contains('/'), "{}", explanation.code);
            assert!(
                !explanation.help.ends_with('.') && explanation.why.ends_with('.'),
                "{}",
                explanation.code
            );
            let Explanation { code, title, bad, good, .. } = explanation;
            assert!(!bad.is_empty() && !good.is_empty() && bad != good, "{code}");
            assert!(!title.is_empty() && !title.ends_with('.'), "{code}");
        }
    }
}
