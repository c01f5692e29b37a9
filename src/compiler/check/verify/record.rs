//! The record of a run, as an executor hands it over: what each task cost, when it began, how often it was tried.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::span::{FileId, Span};
use crate::ir::node::Node;
use crate::ir::node::decode::decode;
use crate::syntax::json;

/// Name and version of the format; `schemas/run-record.schema.json` says the same.
pub const SCHEMA: &str = "dispatch.run-record/v1";

/// What an executor reports about a run.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    #[serde(rename = "schema")]
    _schema: String,
    /// Id of the plan.
    pub plan: String,
    /// Hash of the plan, if the executor knows it.
    #[serde(default)]
    pub plan_hash: Option<String>,
    /// Results by task.
    pub tasks: BTreeMap<String, Entry>,
    /// Tokens of content that were handled outside of tasks.
    #[serde(default)]
    pub main_context_tokens: Option<f64>,
    /// Snapshots of the state that were kept.
    #[serde(default)]
    pub snapshots: Option<u32>,
    /// Replaying the log gave the same state.
    #[serde(default)]
    pub replay_ok: Option<bool>,
    /// A gate was forced.
    #[serde(default)]
    pub forced: Option<bool>,
}

/// What became of a task.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// How it ended.
    pub status: Status,
    /// When it began.
    #[serde(default)]
    pub started_at: Option<Moment>,
    /// When it ended.
    #[serde(default)]
    pub finished_at: Option<Moment>,
    /// What it cost.
    #[serde(default)]
    pub cost_usd: Option<f64>,
    /// Times it was tried.
    #[serde(default)]
    pub attempts: Option<u32>,
    /// What did it: a model, or `worker`.
    #[serde(default)]
    pub model: Option<String>,
    /// Its result was verified.
    #[serde(default)]
    pub verified: Option<bool>,
}

/// How a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is what its name says")]
pub enum Status {
    #[default]
    Pending,
    Running,
    Pass,
    Fail,
    Skipped,
    Cancelled,
}

impl Status {
    /// Whether there is a result.
    #[must_use]
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Pass | Self::Fail)
    }
}

/// Seconds since 1970, written as such or as `2026-03-01T12:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Moment(pub f64);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Seconds(f64),
            Text(String),
        }
        match Form::deserialize(deserializer)? {
            Form::Seconds(seconds) if seconds.is_finite() => Ok(Self(seconds)),
            Form::Seconds(_) => Err(serde::de::Error::custom("a time is a finite number of seconds")),
            Form::Text(text) => Self::parse(&text).ok_or_else(|| {
                serde::de::Error::custom(format!("`{text}` is no time such as 2026-03-01T12:00:00Z"))
            }),
        }
    }
}

impl Moment {
    /// Reads `2026-03-01T12:00:00Z`, with a fraction or an offset if there is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, clock) = text.split_once(['T', 't', ' '])?;
        let mut parts = date.splitn(3, '-').map(number);
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let at = clock.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = clock.split_at(at);
        let mut parts = clock.splitn(3, ':');
        let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
        let second: f64 = parts.next()?.parse().ok().filter(|second| (0.0..61.0).contains(second))?;
        let offset = match zone {
            "Z" | "z" => 0,
            _ => {
                let (hours, minutes) = zone[1..].split_once(':')?;
                let sign = if zone.starts_with('-') { -1 } else { 1 };
                sign * (number(hours)? * 60 + number(minutes)?)
            }
        };
        let in_order = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60;
        let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset;
        #[expect(clippy::cast_precision_loss, reason = "years have four digits")]
        in_order.then_some(Self(minutes as f64 * 60.0 + second))
    }
}

/// A number of at most four digits.
fn number(text: &str) -> Option<i64> {
    let fine = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if fine { text.parse().ok() } else { None }
}

/// Days since 1970 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Reads the record of a run.
///
/// # Errors
///
/// What is wrong with it.
pub fn read(inputs: &Inputs, file: FileId) -> Result<Record, Vec<Diagnostic>> {
    let outcome = json::read(inputs, Span::new(file, 0, inputs.text(file).len()));
    if outcome.findings.iter().any(Diagnostic::blocks) {
        return Err(outcome.findings);
    }
    let schema = outcome.value.get("schema").and_then(Node::text).unwrap_or_default();
    if schema != SCHEMA {
        let at = outcome.value.get("schema").map_or(Span::head(file), |node| node.span);
        let message = format!("this is no record of a run: its schema is `{schema}`, not `{SCHEMA}`");
        return Err(vec![Diagnostic::error("verify/record", at, message)]);
    }
    decode(&outcome.value).map_err(|error| {
        vec![Diagnostic::error("verify/record", error.span.unwrap_or(Span::head(file)), error.message)]
    })
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn times() {
        for (text, want) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2000-03-01T00:00:00Z", Some(951_868_800.0)),
            ("2026-02-28T23:59:59.5Z", Some(1_772_323_199.5)),
            ("2026-03-01T02:00:00+02:00", Some(1_772_323_200.0)),
            ("2026-02-28T22:30:00-01:30", Some(1_772_323_200.0)),
            ("2026-13-01T00:00:00Z", None),
            ("2026-03-01", None),
            ("2026-03-01T00:00:00", None),
            ("é", None),
            ("2026-03-01T00:00:00+é", None),
        ] {
            assert_eq!(Moment::parse(text), want.map(Moment), "{text}");
        }
    }
}
