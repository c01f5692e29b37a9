//! The health score: twelve points, each a rule (HS), asked about a manifest and the record of a run.
//!
//! *Invariant*: a fact that is missing costs the point; making one fact worse never raises the score.

mod facts;

use serde::{Deserialize, Serialize};

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::Span;

use super::map::Map;
use super::operator::Tools;
use super::pack::Packs;
use super::verify::record::Record;

pub use facts::{Counts, count};

/// Where the points stand.
pub const FILE: &str = "squads/dispatch/data/health.yaml";

/// What each point is worth, and what a sum of points is called.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Points {
    #[serde(rename = "schema")]
    _schema: String,
    points: Vec<Worth>,
    grades: Vec<Grade>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Worth {
    rule: String,
    points: u32,
    known: Basis,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grade {
    percent: u32,
    grade: String,
}

/// What a point is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Before anything runs.
    Plan,
    /// From the record of a run.
    Run,
}

/// What became of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Earned.
    Pass,
    /// Not earned.
    Fail,
    /// It needs a run, and there is none.
    Unknown,
}

/// One of the twelve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// `HS.1`.
    pub rule: String,
    /// `story-driven`.
    pub name: String,
    /// What became of it.
    pub status: Status,
    /// What it earned.
    pub points: u32,
    /// What it may earn.
    pub of: u32,
    /// What it is known from.
    pub known: Basis,
    /// What is wrong; empty if nothing is.
    pub message: String,
    /// Why it matters.
    pub why: String,
}

/// The score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether a run was looked at.
    pub basis: Basis,
    /// Points earned.
    pub score: u32,
    /// Points that could be earned.
    pub of: u32,
    /// What that is called.
    pub grade: String,
    /// The twelve, in order.
    pub reasons: Vec<Reason>,
}

impl Points {
    /// Reads the data.
    #[must_use]
    pub fn load(inputs: &Inputs) -> Outcome<Self> {
        let Some(file) = inputs.find(FILE) else { return Outcome::clean(Self::default()) };
        match serde_yaml::from_str::<Self>(inputs.text(file)) {
            Ok(mut points) => {
                points.grades.sort_by_key(|grade| std::cmp::Reverse(grade.percent));
                Outcome::clean(points)
            }
            Err(error) => {
                let at = error.location().map_or(0, |place| place.index()).min(inputs.text(file).len());
                let finding = Diagnostic::error("data/invalid", Span::new(file, at, at), error.to_string());
                Outcome::new(Self::default(), vec![finding])
            }
        }
    }

    fn grade(&self, score: u32, of: u32) -> &str {
        let earned = |grade: &&Grade| u64::from(score) * 100 >= u64::from(grade.percent) * u64::from(of);
        self.grades.iter().find(earned).or(self.grades.last()).map_or("", |grade| grade.grade.as_str())
    }
}

/// Judges counts.
#[must_use]
pub fn health(points: &Points, packs: &Packs, counts: &Counts, record: Option<&Record>) -> Health {
    let tools = Tools::new(&packs.vocabulary, &packs.languages);
    let facts = counts.facts();
    let facts = Map::new(&facts, &packs.vocabulary, &packs.zones);
    let basis = if record.is_some() { Basis::Run } else { Basis::Plan };
    let reason = |worth: &Worth| {
        let rule = packs.rule(&worth.rule)?;
        let is_open = worth.known == Basis::Run && basis == Basis::Plan;
        let objection = if is_open { None } else { rule.judge(&facts, &tools) };
        let status = match (is_open, &objection) {
            (true, _) => Status::Unknown,
            (false, None) => Status::Pass,
            (false, Some(_)) => Status::Fail,
        };
        Some(Reason {
            rule: rule.id.clone(),
            name: rule.name.clone(),
            status,
            points: if status == Status::Pass { worth.points } else { 0 },
            of: worth.points,
            known: worth.known,
            message: objection.map_or_else(String::new, |objection| objection.message),
            why: rule.why.clone().unwrap_or_default(),
        })
    };
    let reasons: Vec<Reason> = points.points.iter().filter_map(reason).collect();
    let score = reasons.iter().map(|reason| reason.points).sum();
    let of = reasons.iter().filter(|reason| reason.status != Status::Unknown).map(|reason| reason.of).sum();
    Health { basis, score, of, grade: points.grade(score, of).to_owned(), reasons }
}

#[cfg(test)]
mod tests;
