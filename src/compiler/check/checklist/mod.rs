//! Checklists as programs. Each item is decided by the rules it names, by the condition it states, or by a claim that a
//! program can test; what none of them decides is left to a person.
//!
//! *Invariant*: what was not asked is never ticked.

pub mod fill;
pub mod scale;

use std::ops::Range;

use crate::base::fold::key;
use crate::base::inputs::Inputs;
use crate::base::span::Span;
use crate::ir::node::json::to_json;
use crate::ir::squad::{CheckItem, Checklist};

use super::operator::{Check, NAMES};
use super::pack::Packs;

use super::rule::{Rule, Scope};
use super::verify::criterion::{Criteria, Demand, Understood};

use scale::{Checklists, POINT, Scale};

/// A checklist, ready to be asked.
#[derive(Debug)]
pub struct Program {
    /// Its items in order.
    pub items: Vec<Item>,
    /// What they count.
    pub scale: Scale,
    /// Conditions that items state themselves, as rules for the gates.
    pub rules: Vec<Rule>,
}

/// An item of a checklist.
#[derive(Debug)]
pub struct Item {
    /// Its id.
    pub id: Option<String>,
    /// What it says.
    pub text: String,
    /// The heading it stands under.
    pub group: Option<String>,
    /// Its place.
    pub at: Span,
    /// What it counts.
    pub weight: scale::Milli,
    /// Whether it decides alone.
    pub veto: bool,
    /// Whether somebody has ticked it.
    pub ticked: bool,
    /// The rules that decide it.
    pub rules: Vec<String>,
    /// The claims that decide it.
    pub claims: Understood,
    /// Why nothing can: a name that means nothing, a condition that cannot be read.
    pub fault: Option<String>,
}

/// What all items are compiled with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The files.
    pub inputs: &'a Inputs,
    /// The rules.
    pub packs: &'a Packs,
    /// Which claims can be tested.
    pub criteria: &'a Criteria,
    /// How checklists are written.
    pub words: &'a Checklists,
}

/// Family of the rules that stand in a checklist.
const OWN: &str = "XITEM";

/// Compiles a checklist.
#[must_use]
pub fn compile(means: Means<'_>, checklist: &Checklist) -> Program {
    let Means { inputs, words, .. } = means;
    let scale = Scale::of(inputs, checklist, words);
    let mut program = Program { items: Vec::new(), scale: Scale::default(), rules: Vec::new() };
    for (number, item) in checklist.items.iter().enumerate() {
        // The row below the line of a table of weights.
        if is_total(inputs, item, words) {
            continue;
        }
        // Where items have weights, one without adds nothing to the score.
        let weight =
            scale.weights[number].map_or(if scale.is_weighed() { 0 } else { POINT }, |said| said.points);
        let veto = scale.vetoes[number];
        program.items.push(self::item(means, item, weight, veto, &mut program.rules));
    }
    program.scale = scale;
    program
}

/// Whether a row is the sum of those above it.
#[must_use]
pub fn is_total(inputs: &Inputs, item: &CheckItem, words: &Checklists) -> bool {
    let named = |text: &str| words.totals.contains(&key(text.trim_matches(['*', '_', ' ', ':'])));
    item.ticked.is_none()
        && (named(item.text.get(inputs)) || item.id.as_ref().is_some_and(|id| named(id.get(inputs))))
}

fn item(means: Means<'_>, item: &CheckItem, weight: u64, veto: bool, rules: &mut Vec<Rule>) -> Item {
    let Means { inputs, packs, criteria, .. } = means;
    let text = item.text.get(inputs);
    let mut found = Item {
        id: item.id.as_ref().map(|id| id.get(inputs).to_owned()),
        text: text.to_owned(),
        group: item.group.as_ref().map(|group| group.get(inputs).to_owned()),
        at: item.at,
        weight,
        veto,
        ticked: item.ticked == Some(true),
        rules: Vec::new(),
        claims: Understood::default(),
        fault: None,
    };
    let proof = item.proof.as_ref().map(|proof| inputs.slice(proof.at())).unwrap_or_default();
    let raw = bare(inputs, item, means.words);
    let named = format!("{} {text} {proof}", found.id.as_deref().unwrap_or_default());
    for word in names(&named) {
        match packs.rule(word).filter(|rule| rule.id == word || word.contains('-')) {
            Some(rule) if !found.rules.contains(&rule.id) => found.rules.push(rule.id.clone()),
            Some(_) => {}
            None if is_missing(packs, word) => found.fault = Some(format!("no rule is called `{word}`")),
            None => {}
        }
    }
    let mut lists = packs.lists.clone();
    let mut own =
        item.program.iter().map(|node| serde_json::from_value(to_json(node)).map_err(|e| e.to_string()));
    let mut spans = codes(&raw);
    spans.extend(codes(proof));
    let written = spans.into_iter().filter(|code| is_condition(code));
    let conditions: Vec<Result<Check, String>> = own.by_ref().chain(written.map(read)).collect();
    for condition in conditions {
        let stated = condition.and_then(|mut check| {
            let mut unknown = Vec::new();
            check.resolve(&mut lists, &mut unknown);
            if unknown.is_empty() { Ok(check) } else { Err("it names a list that nobody has".to_owned()) }
        });
        match stated.and_then(|check| stated_of(check, &found, rules.len())) {
            Ok(Stated::Rule(rule)) => {
                found.rules.push(rule.id.clone());
                rules.push(*rule);
            }
            Ok(Stated::Claim(demand)) => found.claims.demands.push(*demand),
            Err(why) => found.fault = Some(format!("its condition cannot be asked: {why}")),
        }
    }
    if found.rules.is_empty() && found.claims.demands.is_empty() && found.fault.is_none() {
        found.claims = criteria.understand(&raw, &packs.vocabulary, &mut lists);
    } else {
        found.claims.whole = true;
    }
    found
}

/// A condition as it is written in a line.
fn read(code: &str) -> Result<Check, String> {
    let value: serde_json::Value = serde_yaml::from_str(code).map_err(|error| error.to_string())?;
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// What an item says, with its markup and without its weight and its mark.
fn bare(inputs: &Inputs, item: &CheckItem, words: &Checklists) -> String {
    let raw = inputs.slice(item.raw);
    let weight = item.weight.as_ref().map(crate::base::text::Text::at);
    let inside = weight.filter(|at| item.raw.start < at.start && at.end < item.raw.end);
    let cut = inside.and_then(|at| {
        let (from, to) = ((at.start - item.raw.start) as usize, (at.end - item.raw.start) as usize);
        let open = raw[..from].rfind(['(', '['])?;
        let close = to + raw[to..].find([')', ']'])? + 1;
        Some(format!("{}{}", &raw[..open], &raw[close..]))
    });
    let kept = cut.unwrap_or_else(|| raw.to_owned());
    let mark = regex::Regex::new(&words.veto).ok();
    mark.map_or_else(|| kept.clone(), |mark| mark.replace_all(&kept, "").into_owned()).trim().to_owned()
}

enum Stated {
    Rule(Box<Rule>),
    Claim(Box<Demand>),
}

/// A condition as a rule of the gate that knows its facts, or as a claim about a file.
fn stated_of(check: Check, item: &Item, number: usize) -> Result<Stated, String> {
    let roots: Vec<&str> =
        check.reads().iter().map(|path| path.as_str().split('.').next().unwrap_or_default()).collect();
    let reads = |root: &str| roots.contains(&root);
    let (gate, scope) = match () {
        () if reads("output") => {
            let words = item.text.clone();
            let kind = "condition".to_owned();
            return Ok(Stated::Claim(Box::new(Demand { kind, path: None, check, words })));
        }
        () if reads("prompt") => ("QG-PRE", Scope::Prompt),
        () if reads("criterion") => ("QG-PRE", Scope::Criterion),
        () if reads("task") || reads("plan") => ("QG-PRE", Scope::Task),
        () if reads("input") => ("QG-SUFF", Scope::Input),
        () if reads("batch") => ("QG-BATCH-DISC", Scope::Batch),
        () => return Err("it reads nothing that is known of an input".to_owned()),
    };
    let rule = serde_json::json!({
        "id": format!("{OWN}.{}", number + 1),
        "name": format!("item-{}", number + 1),
        "phase": "4.5",
        "gate": gate,
        "scope": scope,
        "severity": "hard_block",
        "check": serde_json::to_value(&check).map_err(|error| error.to_string())?,
        "message": "the condition of the item does not hold",
    });
    serde_json::from_value(rule).map(|rule| Stated::Rule(Box::new(rule))).map_err(|error| error.to_string())
}

/// Words that may be the names of rules.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    text.split(move |c: char| !joins(c))
        .map(|word| word.trim_matches(['.', '-']))
        .filter(|word| !word.is_empty())
}

/// The rules that a text names by their ids.
pub(super) fn named<'a>(text: &'a str, ids: &[&str]) -> Vec<&'a str> {
    names(text).filter(|word| ids.contains(word)).collect()
}

/// An id in the shape of a family of rules that the family does not have.
fn is_missing(packs: &Packs, word: &str) -> bool {
    let Some((family, number)) = word.split_once('.') else { return false };
    let own = |id: &str| id.split_once('.').is_some_and(|(own, _)| own == family);
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && packs.ids().any(own)
        && !packs.knows(word)
}

/// The code spans of a line.
fn codes(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest: Range<usize> = 0..text.len();
    while let Some(open) = text[rest.clone()].find('`').map(|at| rest.start + at + 1) {
        let Some(close) = text[open..].find('`').map(|at| open + at) else { break };
        found.push(&text[open..close]);
        rest = close + 1..text.len();
    }
    found
}

/// `range: {…}` or `{range: {…}}`: an operator with what it is given.
fn is_condition(code: &str) -> bool {
    let inner = code.trim().trim_start_matches('{').trim_start();
    inner.split_once(':').is_some_and(|(name, _)| NAMES.contains(&name.trim()))
}

#[cfg(test)]
mod tests;
