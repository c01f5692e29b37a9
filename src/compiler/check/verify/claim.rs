//! A claim about a file of the working tree by itself: without a manifest that promised the file.

use crate::base::inputs::Inputs;
use crate::compiler::check::fact::{Answer, Fact, Facts as _};
use crate::compiler::check::operator::Tools;

use super::criterion::Demand;
use super::facts::{FileSide, ResultFacts};
use super::tree::{Stand, Tree};

/// Bytes of words that are shown; a text that lacks something is no such words.
const LONG: usize = 60;

/// Why a claim about what stands at a path is not true; none if it is.
#[must_use]
pub fn claim(inputs: &Inputs, tree: &Tree, path: &str, demand: &Demand, tools: &Tools<'_>) -> Option<String> {
    let stand = tree.get(path).unwrap_or(&Stand::Absent);
    let facts = ResultFacts::of_lone(FileSide { inputs, path, output: None, stand, changed: None });
    let Answer::Fail(hit) = demand.check.eval(&facts, tools) else { return None };
    let measured = match demand.check.reads()[..] {
        [read] => match facts.fact(read) {
            Fact::Number(number) => format!(": {} is {number}", read.as_str()),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let hit = hit
        .filter(|hit| (1..=LONG).contains(&hit.text.len()))
        .map_or_else(String::new, |hit| format!(": {}", hit.text));
    let words = demand.words.trim();
    Some(format!("`{path}`: not true that it {words}{measured}{hit}"))
}
