//! `section`: a prompt has a heading out of a list, with a real body under it.
//!
//! The body goes to the next heading of a known zone: a template has headings of its own. Blank lines do not count, and
//! one line that matches `not_stub` spoils it.

use serde::{Deserialize, Serialize};

use crate::compiler::check::fact::{Answer, Facts};
use crate::compiler::check::matcher::{Lists, PatternRef, Unknown, WordSet};
use crate::compiler::check::path::Path;
use crate::compiler::check::zone::Zones;

/// `{any_of, min_lines, not_stub}`
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Headings.
    pub any_of: WordSet,
    /// Lines it must have; 1 by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_lines: Option<usize>,
    /// What no line may match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_stub: Option<PatternRef>,
    /// Headings of other zones, at which the body ends.
    #[serde(skip)]
    known: Zones,
}

impl Section {
    pub(super) fn resolve(&mut self, lists: &mut Lists, unknown: &mut Unknown) {
        self.any_of.resolve(lists, unknown);
        self.known = Zones::new(lists);
        if let Some(stub) = &mut self.not_stub {
            stub.resolve(lists, unknown);
        }
    }

    pub(super) fn eval(&self, facts: &dyn Facts) -> Answer {
        let fact = facts.fact(&Path::new("prompt.text"));
        let wanted = self.any_of.lexicon();
        let good = |body: &str| {
            let lines: Vec<&str> = body.lines().filter(|line| !line.trim().is_empty()).collect();
            let stub = |line: &&str| self.not_stub.as_ref().is_some_and(|stub| stub.set().is_match(line));
            lines.len() >= self.min_lines.unwrap_or(1) && !lines.iter().any(stub)
        };
        let found = fact.pieces().iter().any(|piece| {
            self.known.bodies(&piece.text, wanted).into_iter().any(|body| good(&piece.text[body]))
        });
        Answer::of(found)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::ask;

    #[test]
    fn sections_with_bodies() {
        let check = |text: &str| {
            ask(
                "{section: {any_of: [template, output format], min_lines: 2, not_stub: '\\.\\.\\.$'}}",
                &format!("{{prompt: {{text: \"{text}\"}}}}"),
            )
        };
        assert_eq!(check("## Template\\na\\n\\nb\\n"), "pass");
        assert_eq!(check("### OUTPUT FORMAT:\\n# Title\\n## Totals\\n"), "pass");
        assert_eq!(check("## Template\\na\\n"), "fail");
        assert_eq!(check("## Template\\na\\nb ...\\n"), "fail");
        assert_eq!(check("The template is free\\na\\nb\\n"), "fail");
        assert_eq!(check("```\\n## Template\\na\\nb\\n```\\n"), "fail");
    }
}
