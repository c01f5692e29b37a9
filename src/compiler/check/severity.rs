//! How much a rule stops: the pack's word, softened for what was written for other tools, then the profile, then the
//! user's overrides, and never less than the pack says of rules in `forbid`.

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::span::Span;
use crate::ir::settings::{Profile, Settings};

use super::fact::Facts;
use super::operator::Tools;
use super::pack::Packs;
use super::rule::Rule;

/// The decisions of one user.
pub struct Severities<'a> {
    settings: &'a Settings,
    globs: Vec<Option<GlobSet>>,
}

impl<'a> Severities<'a> {
    /// Reads the overrides.
    #[must_use]
    pub fn new(settings: &'a Settings) -> Self {
        let set = |files: &[String]| {
            let mut builder = GlobSetBuilder::new();
            for file in files {
                builder.add(Glob::new(file).ok()?);
            }
            builder.build().ok()
        };
        Self { settings, globs: settings.rules.iter().map(|change| set(&change.files)).collect() }
    }

    /// How much a rule stops for some facts of a file; none when it is turned off.
    #[must_use]
    pub fn of(&self, rule: &Rule, facts: &dyn Facts, tools: &Tools<'_>, path: &str) -> Option<Severity> {
        let strict = self.settings.profile == Profile::Strict;
        let softened = if strict { None } else { rule.is_softened(facts, tools) };
        let mut severity = Some(softened.unwrap_or(rule.severity));
        if self.settings.profile == Profile::Legacy && severity == Some(Severity::SoftBlock) {
            severity = Some(Severity::Warning);
        }
        for (change, globs) in self.settings.rules.iter().zip(&self.globs) {
            let here = change.files.is_empty() || globs.as_ref().is_some_and(|globs| globs.is_match(path));
            if here && rule.is_named(&change.rule) {
                severity = change.severity;
            }
        }
        let forbidden = self.settings.forbid.iter().any(|name| rule.is_named(name));
        if forbidden { severity.max(Some(rule.severity)) } else { severity }
    }
}

/// Overrides and prohibitions that name no rule; `at` is where the configuration begins.
#[must_use]
pub fn unknown(settings: &Settings, packs: &Packs, at: Span) -> Vec<Diagnostic> {
    let names = settings.rules.iter().map(|change| &change.rule).chain(&settings.forbid);
    names
        .filter(|name| !packs.knows(name) && !name.contains('/'))
        .map(|name| {
            let help = packs.nearest(name).map(|near| format!("did you mean `{near}`?"));
            Diagnostic::error("rule/unknown", at, format!("no rule is called `{name}`")).help(help)
        })
        .collect()
}
