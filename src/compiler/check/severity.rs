//! How much a rule stops: the pack's word, softened for what was written for other tools, then the profile, then the
//! user's overrides, and never less than the pack says of rules in `forbid`.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::inputs::Inputs;
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
        self.decided(rule, softened.unwrap_or(rule.severity), &|globs| globs.is_match(path))
    }

    /// How much a rule stops where no file is known yet: what is decided for some files is left out.
    #[must_use]
    pub fn in_general(&self, rule: &Rule) -> Option<Severity> {
        self.decided(rule, rule.severity, &|_| false)
    }

    fn decided(&self, rule: &Rule, own: Severity, here: &dyn Fn(&GlobSet) -> bool) -> Option<Severity> {
        let mut severity = Some(own);
        if self.settings.profile == Profile::Legacy && severity == Some(Severity::SoftBlock) {
            severity = Some(Severity::Warning);
        }
        for (change, globs) in self.settings.rules.iter().zip(&self.globs) {
            let applies = change.files.is_empty() || globs.as_ref().is_some_and(here);
            if applies && rule.is_named(&change.rule) {
                severity = change.severity;
            }
        }
        let forbidden = self.settings.forbid.iter().any(|name| rule.is_named(name));
        if forbidden { severity.max(Some(rule.severity)) } else { severity }
    }
}

/// Decisions that change nothing: about rules that do not exist, about files that do not exist, about rules that may not be
/// lowered; `at` is where the configuration begins.
#[must_use]
pub fn unused(settings: &Settings, packs: &Packs, inputs: &Inputs, at: Span) -> Vec<Diagnostic> {
    let names = settings.rules.iter().map(|change| &change.rule).chain(&settings.forbid);
    let unknown = names.filter(|name| !packs.knows(name) && !name.contains('/')).map(|name| {
        let help = packs.nearest(name).map(|near| format!("did you mean `{near}`?"));
        Diagnostic::error("rule/unknown", at, format!("no rule is called `{name}`")).help(help)
    });
    let mut found: Vec<Diagnostic> = unknown.collect();
    let fault = if settings.profile == Profile::Strict { Severity::Error } else { Severity::Warning };
    let severities = Severities::new(settings);
    let mut told = BTreeSet::new();
    for (change, globs) in settings.rules.iter().zip(&severities.globs) {
        let paths = || inputs.names().chain(inputs.files().map(|(_, file)| file.path.as_str()));
        let nowhere = globs.as_ref().is_some_and(|globs| !paths().any(|path| globs.is_match(path)));
        if !change.files.is_empty() && nowhere && told.insert(&change.files) {
            let files = change.files.join("`, `");
            let message = format!("an override is for `{files}`, and there is no such file");
            let help = "mend the pattern, or remove the override".to_owned();
            found.push(Diagnostic::new(fault, "rule/unused-override", at, message).help(help));
        }
        let lowered = |rule: &&Rule| {
            rule.is_named(&change.rule)
                && change.severity < Some(rule.severity)
                && settings.forbid.iter().any(|name| rule.is_named(name))
        };
        for rule in packs.rules.iter().filter(lowered) {
            let message = format!("`{}` is in `forbid`, so it is not lowered", rule.id);
            let help = "remove the setting, or take the rule out of `forbid`".to_owned();
            found.push(Diagnostic::new(fault, "rule/forbidden", at, message).help(help));
        }
    }
    found
}
