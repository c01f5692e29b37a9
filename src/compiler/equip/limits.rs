//! How much knowledge, how long, how many turns: the first rule that holds decides.

use crate::base::quantity::Millis;
use crate::ir::equipment::{Enrichment, Executor, ModelId};
use crate::ir::registry::policy::{DurationClass, LevelChoice, When};
use crate::ir::registry::{Domain, Registry};

/// What the rules may ask about a task that has its executor and model.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'t> {
    pub(super) executor: Executor,
    pub(super) model: Option<ModelId>,
    pub(super) redirect: bool,
    pub(super) foreground: bool,
    pub(super) template: bool,
    pub(super) work: Option<&'t str>,
    pub(super) domain: Option<&'t Domain>,
    pub(super) enrichment: Option<Enrichment>,
}

impl Case<'_> {
    /// The name under which figures of its executor and model stand.
    pub(super) fn class<'r>(&self, registry: &'r Registry) -> &'r str {
        match self.executor {
            Executor::Worker => "worker",
            Executor::Human => "human",
            Executor::Agent | Executor::Hybrid => {
                self.model.map_or("default", |id| registry.models[id].id.as_str())
            }
        }
    }

    fn fits(&self, when: &When, registry: &Registry) -> bool {
        let any = |list: &[String], value: Option<&str>| {
            list.is_empty() || value.is_some_and(|value| list.iter().any(|known| known == value))
        };
        let model = self.model.map(|id| &registry.models[id]);
        (!when.explicit || self.enrichment.is_some())
            && (!when.redirect || self.redirect)
            && (!when.domain_enrichment || self.domain.is_some_and(|domain| domain.enrichment.is_some()))
            && (when.executors.is_empty() || when.executors.contains(&self.executor))
            && any(&when.types, self.work)
            && any(&when.domains, self.domain.map(|domain| domain.name.as_str()))
            && any(&when.models, model.map(|model| model.id.as_str()))
            && any(&when.tiers, model.map(|model| model.tier.as_str()))
    }
}

/// The level of enrichment, and the rule that gave it. A rule with `at_least` raises what a later one gives.
pub(super) fn enrichment<'r>(case: &Case<'_>, registry: &'r Registry) -> (Enrichment, &'r str) {
    let mut floor: Option<(Enrichment, &str)> = None;
    for rule in &registry.enrichment.rules {
        if !case.fits(&rule.when, registry) {
            continue;
        }
        let level = match rule.level {
            LevelChoice::AtLeast(level) => {
                floor = floor.filter(|(known, _)| *known >= level).or(Some((level, &rule.id)));
                continue;
            }
            LevelChoice::Level(level) => Some(level),
            LevelChoice::Task => case.enrichment,
            LevelChoice::Domain => case.domain.and_then(|domain| domain.enrichment),
        };
        if let Some(level) = level {
            return floor.filter(|(least, _)| *least > level).unwrap_or((level, &rule.id));
        }
    }
    floor.unwrap_or((Enrichment::Standard, "none"))
}

/// The longest time of an attempt: the table's value, raised to a share of the expected duration and cut at the maximum.
pub(super) fn timeout<'r>(case: &Case<'_>, expected: Millis, registry: &'r Registry) -> (Millis, &'r str) {
    let rules = &registry.timeouts;
    let Some(rule) = rules.rules.iter().find(|rule| case.fits(&rule.when, registry)) else {
        return (rules.max, "none");
    };
    if rule.fixed {
        return (rule.limit, &rule.id);
    }
    let raised = case.foreground && rule.foreground;
    let table = if raised { percent(rule.limit, rules.foreground_percent) } else { rule.limit };
    (table.max(percent(expected, rules.factor_percent)).min(rules.max), &rule.id)
}

/// Turns of the agent.
pub(super) fn max_turns(case: &Case<'_>, registry: &Registry) -> u32 {
    let turns = &registry.timeouts.max_turns;
    turns.get(case.class(registry)).or_else(|| turns.get("default")).copied().unwrap_or_default()
}

/// Where an expected duration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    /// The source.
    Declared,
    /// Earlier runs.
    History,
    /// The class of the table.
    Table,
}

/// Median, ninetieth percentile, where they come from, and the class of the table.
pub(super) fn duration(
    case: &Case<'_>,
    declared: Option<Millis>,
    registry: &Registry,
) -> (Millis, Millis, Basis, String) {
    let (name, class) = class_of(case, registry);
    if let Some(median) = declared {
        return (median, percent(median, class.p90_percent), Basis::Declared, name);
    }
    let wanted = case.class(registry);
    let fits = |work: &str| {
        let rows = registry.durations.history.iter();
        rows.filter(|row| row.runs >= registry.durations.min_runs)
            .find(|row| row.model == wanted && row.work == work)
    };
    if let Some(row) = case.work.and_then(fits).or_else(|| fits("")) {
        return (row.p50, row.p90.max(row.p50), Basis::History, name);
    }
    (class.median, percent(class.median, class.p90_percent), Basis::Table, name)
}

/// The row of the table: the model's with a template if there is one, the model's, else the one for all others.
fn class_of(case: &Case<'_>, registry: &Registry) -> (String, DurationClass) {
    let classes = &registry.durations.classes;
    let name = case.class(registry).to_owned();
    let with_template = format!("{name}_template");
    for name in [case.template.then_some(with_template), Some(name), Some(String::from("default"))]
        .into_iter()
        .flatten()
    {
        if let Some(class) = classes.get(&name) {
            return (name, *class);
        }
    }
    (String::from("none"), DurationClass::default())
}

fn percent(time: Millis, percent: u32) -> Millis {
    Millis(time.0.saturating_mul(u64::from(percent)) / 100)
}
