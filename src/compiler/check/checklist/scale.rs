//! What the items of a checklist count: their weights, what all of them come to, and what is enough.

use serde::Deserialize;

use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::base::text::Text;
use crate::ir::squad::{CheckItem, Checklist};

/// How checklists say what an item counts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklists {
    /// Names of what all items come to.
    pub totals: Vec<String>,
    /// Names of what is enough.
    pub passes: Vec<String>,
    /// Severities of an item that decides alone.
    pub vetoes: Vec<String>,
    /// A text that says the same.
    pub veto: String,
}

/// A number of points, in thousandths.
pub type Milli = u64;

/// One point.
pub const POINT: Milli = 1000;

/// A number with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The number.
    pub points: Milli,
    /// Whether it is one of a hundred parts.
    pub percent: bool,
    /// Where it stands.
    pub at: Span,
}

/// What is wrong with the numbers of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What they come to.
    pub is: String,
    /// What they should come to.
    pub should: String,
    /// Where it is said.
    pub at: Span,
}

/// The scale of a checklist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scale {
    /// By item: its weight, if it is a number.
    pub weights: Vec<Option<Said>>,
    /// What all items come to, as declared.
    pub total: Option<Said>,
    /// What is enough, as declared.
    pub pass: Option<Said>,
    /// By item: whether it decides alone.
    pub vetoes: Vec<bool>,
}

impl Scale {
    /// Reads the scale of a checklist.
    #[must_use]
    pub fn of(inputs: &Inputs, checklist: &Checklist, words: &Checklists) -> Self {
        let declared = |names: &[String]| {
            let facts = checklist.facts.iter().filter(|(name, _)| names.contains(name));
            facts.map(|(_, text)| number(inputs, text)).find_map(|said| said)
        };
        let mark = regex::Regex::new(&words.veto).ok();
        let veto = |item: &CheckItem| {
            let marked = |text: &str| mark.as_ref().is_some_and(|mark| mark.is_match(text));
            let severity = item.severity.as_ref().map(|text| key(text.get(inputs)));
            severity.is_some_and(|severity| words.vetoes.contains(&severity))
                || marked(inputs.slice(item.at))
                || item.group.as_ref().is_some_and(|group| marked(group.get(inputs)))
        };
        Self {
            weights: checklist
                .items
                .iter()
                .map(|item| item.weight.as_ref().and_then(|weight| number(inputs, weight)))
                .collect(),
            total: declared(&words.totals),
            pass: declared(&words.passes),
            vetoes: checklist.items.iter().map(veto).collect(),
        }
    }

    /// Whether items have weights.
    #[must_use]
    pub fn is_weighed(&self) -> bool {
        self.weights.iter().any(Option::is_some)
    }

    /// What is wrong with the numbers; none if there are none, or all is well.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let said: Vec<Said> = self.weights.iter().flatten().copied().collect();
        let mut faults = Vec::new();
        let [first, _, ..] = said[..] else { return faults };
        let sum: Milli = said.iter().map(|said| said.points).sum();
        let percent = said.iter().all(|said| said.percent);
        let shares = said.iter().all(|said| said.points < POINT);
        let total = match self.total {
            Some(total) => Some((total.points, total.at)),
            None if percent => Some((100 * POINT, first.at)),
            None if shares => Some((POINT, first.at)),
            None => None,
        };
        if let Some((total, at)) = total.filter(|&(total, _)| total != sum) {
            let is = format!("the weights come to {}", show(sum));
            faults.push(Fault { is, should: show(total), at });
        }
        if let Some(pass) = self.pass {
            let most = if pass.percent { 100 * POINT } else { sum };
            if pass.points > most {
                let is = format!("{} are asked for", show(pass.points));
                faults.push(Fault { is, should: show(most), at: pass.at });
            }
        }
        faults
    }
}

/// The first number of a text: `10`, `10 pts`, `30%`, `0.25`, `>= 80%`, `10/12`.
fn number(inputs: &Inputs, text: &Text) -> Option<Said> {
    let written = text.get(inputs);
    let start = written.find(|c: char| c.is_ascii_digit())?;
    let before = &written[..start];
    if before.chars().any(char::is_alphabetic) || before.ends_with('-') {
        return None;
    }
    let rest = &written[start..];
    let len = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
    let digits = rest[..len].trim_end_matches(['.', ',']).replace(',', ".");
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    if part.len() > 3 || part.contains('.') || whole.len() > 9 {
        return None;
    }
    let part: Milli = format!("{part:0<3}").parse().ok()?;
    let points = whole.parse::<Milli>().ok()? * POINT + part;
    Some(Said { points, percent: rest[len..].trim_start().starts_with('%'), at: text.at() })
}

/// `2500` as `2.5`.
#[must_use]
pub fn show(points: Milli) -> String {
    let (whole, part) = (points / POINT, points % POINT);
    if part == 0 { whole.to_string() } else { format!("{whole}.{part:03}").trim_end_matches('0').to_owned() }
}
