//! Conditions on results (V2), as the manifest carries them: rules with their lists written out, so that whoever
//! evaluates them needs no pack.

use serde::Serialize;

use crate::base::diagnostic::Severity;
use crate::ir::settings::Settings;

use super::operator::Check;
use super::pack::Packs;
use super::rule::{Rule, Scope};
use super::severity::Severities;

/// The gate of results.
pub const GATE: &str = "QG-POST";

/// A condition on a result.
#[derive(Debug, Clone, Serialize)]
pub struct PostCondition<'a> {
    /// `V2.1`.
    pub rule: &'a str,
    /// `output-missing`.
    pub name: &'a str,
    /// What it is asked about: `output`, `wave`, `run`.
    pub scope: Scope,
    /// How much it stops.
    pub severity: &'static str,
    /// When it is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<&'a Check>,
    /// What must hold.
    pub check: &'a Check,
    /// What is said otherwise.
    pub message: &'a str,
    /// What a second attempt is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<&'a str>,
}

/// The conditions of all packs, in order, as grave as the project has decided; those it has turned off are left out.
#[must_use]
pub fn post_conditions<'a>(packs: &'a Packs, settings: &Settings) -> Vec<PostCondition<'a>> {
    let severities = Severities::new(settings);
    let rules = packs.rules.iter().filter(|rule| rule.gate == GATE);
    rules.filter_map(|rule| Some(condition(rule, severities.in_general(rule)?))).collect()
}

fn condition(rule: &Rule, severity: Severity) -> PostCondition<'_> {
    PostCondition {
        rule: &rule.id,
        name: &rule.name,
        scope: rule.scope,
        severity: severity.name(),
        when: rule.when.as_ref(),
        check: &rule.check,
        message: &rule.message,
        retry: rule.fix.as_ref().and_then(|fix| fix.text.as_deref()),
    }
}
