//! The entries of all layers, as `Settings`.

use std::collections::BTreeMap;

use crate::base::quantity::{MicroUsd, Millis};
use crate::ir::settings::{
    BatchPause, Foresight, Limits, Origin, Pacing, Profile, Races, Reading, RuleOverride, Settings,
};

use super::shape::Value;
use super::{Entries, Entry};

/// What was decided. A key without a value (the configuration is then in error) counts as nothing, zero, or the
/// strictest word.
pub(super) fn settings(entries: &Entries) -> Settings {
    let from = From { entries };
    Settings {
        profile: match from.word("profile").as_deref() {
            Some("standard") => Profile::Standard,
            Some("legacy") => Profile::Legacy,
            _ => Profile::Strict,
        },
        races: match from.word("races").as_deref() {
            Some("serialize") => Races::Serialize,
            _ => Races::Deny,
        },
        language: from.word("language").unwrap_or_default(),
        limits: limits(&from),
        pacing: pacing(&from),
        foresight: foresight(&from),
        models: from.pairs("models.", |value| match value {
            Value::Word(word) => Some(word.clone()),
            _ => None,
        }),
        optimal: from.flag("optimal"),
        budget: from.money("budget"),
        deadline: from.time("deadline"),
        as_of: from.word("as_of"),
        today: from.word("as_of"),
        squads: from.words("squads"),
        targets: from.words("targets"),
        output_roots: from.words("paths.roots"),
        protected_paths: from.words("paths.protected"),
        shared_paths: from.words("paths.shared"),
        kb: from.words("kb"),
        history: from.word("history"),
        executors: from.words("executors"),
        prices: from.word("prices"),
        reading: Reading {
            clients: from.words("files.clients"),
            documents: from.words("files.documents"),
            skip: from.words("files.skip"),
            lists: from.words("files.lists"),
            companions: from.words("files.companions"),
            project: from.words("files.project"),
            discover: from.words("files.discover"),
            ignore: from.words("files.ignore"),
            names: from.whole("files.names").unwrap_or_default(),
        },
        rules: rules(&from),
        forbid: from.words("forbid"),
        phase_barrier: from.flag("phase_barrier"),
        batch_confirm_above: (
            from.money("batch.confirm_above.cost").unwrap_or_default(),
            narrow(from.whole("batch.confirm_above.stories")),
        ),
        confirmed: from.flag("batch.confirmed"),
        force: from.flag("force"),
        dialect: from.word("dialect"),
        origins: entries.iter().map(origin).collect(),
    }
}

fn limits(from: &From<'_>) -> Limits {
    Limits {
        max_parallel: narrow(from.whole("limits.max_parallel")).max(1),
        slots: from.pairs("limits.slots.", |value| match value {
            Value::Whole(number) => Some(narrow(Some(*number))),
            _ => None,
        }),
        wave_input_tokens: from.whole("limits.wave_input_tokens"),
        wave_output_tokens: from.whole("limits.wave_output_tokens"),
        requests_per_minute: from.whole("limits.requests_per_minute"),
        input_tokens_per_minute: from.whole("limits.input_tokens_per_minute"),
        output_tokens_per_minute: from.whole("limits.output_tokens_per_minute"),
        wave: from.time("limits.wave").unwrap_or_default(),
        run: from.time("limits.run").unwrap_or_default(),
        file_bytes: from.whole("limits.file_bytes").unwrap_or_default(),
        tasks: from.whole("limits.tasks").unwrap_or_default(),
        quantity: from.whole("limits.quantity").unwrap_or_default(),
    }
}

fn pacing(from: &From<'_>) -> Pacing {
    let cooldown = from.pairs("pacing.cooldown.", |value| match value {
        Value::Time(time) => Some(*time),
        _ => None,
    });
    Pacing {
        wave_buffer: from.time("pacing.wave_buffer").unwrap_or_default(),
        cooldown: cooldown
            .into_iter()
            .filter_map(|(class, time)| Some((class.parse().ok()?, time)))
            .collect(),
        project_buffer_pct: from.whole("pacing.project_buffer_pct").unwrap_or_default(),
        feeding_buffer_pct: from.whole("pacing.feeding_buffer_pct").unwrap_or_default(),
        batch: from.whole("pacing.batch.every").map(|every| BatchPause {
            every: narrow(Some(every)),
            pause: from.time("pacing.batch.pause").unwrap_or_default(),
            from_wave: narrow(from.whole("pacing.batch.from_wave")),
        }),
    }
}

fn foresight(from: &From<'_>) -> Foresight {
    Foresight {
        plays: from.whole("forecast.plays").unwrap_or_default(),
        work: from.whole("forecast.work").unwrap_or_default(),
        least: from.whole("forecast.least").unwrap_or_default(),
        hour: from.money("worth.hour").unwrap_or_default(),
        wave: from.money("worth.wave").unwrap_or_default(),
        holding: from.money("worth.holding").unwrap_or_default(),
    }
}

/// Changes for all files first, then those for some, in the order they were written.
fn rules(from: &From<'_>) -> Vec<RuleOverride> {
    let everywhere = from.pairs("rules.", |value| match value {
        Value::Level(level) => Some(*level),
        _ => None,
    });
    let mut rules: Vec<RuleOverride> = everywhere
        .into_iter()
        .map(|(rule, severity)| RuleOverride { files: Vec::new(), rule, severity })
        .collect();
    if let Some(Value::Overrides(some)) = from.value("overrides") {
        rules.extend(some.iter().cloned());
    }
    rules
}

fn narrow(number: Option<u64>) -> u32 {
    u32::try_from(number.unwrap_or_default()).unwrap_or(u32::MAX)
}

/// Typed access by key. A value always fits its key: it was read by the shape of that key.
struct From<'a> {
    entries: &'a Entries,
}

impl From<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.entries.get(key).map(|entry| &entry.value)
    }
    fn word(&self, key: &str) -> Option<String> {
        if let Some(Value::Word(word)) = self.value(key) { Some(word.clone()) } else { None }
    }
    fn words(&self, key: &str) -> Vec<String> {
        if let Some(Value::Words(words)) = self.value(key) { words.clone() } else { Vec::new() }
    }
    fn whole(&self, key: &str) -> Option<u64> {
        if let Some(Value::Whole(number)) = self.value(key) { Some(*number) } else { None }
    }
    fn flag(&self, key: &str) -> bool {
        matches!(self.value(key), Some(Value::Flag(true)))
    }
    fn money(&self, key: &str) -> Option<MicroUsd> {
        if let Some(Value::Money(amount)) = self.value(key) { Some(*amount) } else { None }
    }
    fn time(&self, key: &str) -> Option<Millis> {
        if let Some(Value::Time(time)) = self.value(key) { Some(*time) } else { None }
    }
    fn pairs<T>(&self, prefix: &str, pick: impl Fn(&Value) -> Option<T>) -> BTreeMap<String, T> {
        self.entries
            .range(prefix.to_owned()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter_map(|(key, entry)| Some((key[prefix.len()..].to_owned(), pick(&entry.value)?)))
            .collect()
    }
}

fn origin((key, entry): (&String, &Entry)) -> Origin {
    Origin { key: key.clone(), value: json(&entry.value), from: entry.from.clone() }
}

/// A value as `dispatch config` prints it: JSON that `dispatch.yaml` would read back.
fn json(value: &Value) -> String {
    let level = |level: Option<crate::base::diagnostic::Severity>| level.map_or("off", |level| level.name());
    let value = match value {
        Value::Nothing => serde_json::Value::Null,
        Value::Flag(flag) => (*flag).into(),
        Value::Whole(number) => (*number).into(),
        Value::Word(word) => word.as_str().into(),
        Value::Words(words) => words.clone().into(),
        Value::Money(MicroUsd(micro)) => {
            let text = format!("{}.{:06}", micro / 1_000_000, micro % 1_000_000);
            text.trim_end_matches('0').trim_end_matches('.').into()
        }
        Value::Time(Millis(millis)) if millis % 1_000 == 0 => format!("{}s", millis / 1_000).into(),
        Value::Time(Millis(millis)) => format!("{millis}ms").into(),
        Value::Level(severity) => level(*severity).into(),
        Value::Overrides(rules) => rules
            .iter()
            .map(|rule| {
                let mut rules = serde_json::Map::new();
                rules.insert(rule.rule.clone(), level(rule.severity).into());
                serde_json::json!({ "files": rule.files, "rules": rules })
            })
            .collect::<Vec<_>>()
            .into(),
    };
    value.to_string()
}
