//! Prices, clients and prompt patterns: the data files that generation and pricing read.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::ir::pattern::Patterns;
use crate::ir::price::{HarnessTable, PriceBook, PriceTable};

use super::data;

const PRICES: &str = "squads/dispatch/data/prices.yaml";
const HARNESS: &str = "squads/dispatch/data/harness.yaml";
const PATTERNS: &str = "squads/dispatch/data/haiku-patterns.yaml";

/// Reads the price table and the table of clients.
#[must_use]
pub fn prices(inputs: &Inputs) -> Outcome<PriceBook> {
    let prices: Outcome<PriceTable> = data::load(inputs, PRICES);
    let harness: Outcome<HarnessTable> = data::load(inputs, HARNESS);
    let file = inputs.find(PRICES);
    let book = PriceBook {
        path: file.map_or_else(|| PRICES.to_owned(), |file| inputs.display_path(file)),
        hash: file.map(|file| inputs.file(file).digest()),
        prices: prices.value,
        harness: harness.value,
    };
    let mut findings = prices.findings;
    findings.extend(harness.findings);
    Outcome::new(book, findings)
}

/// Reads the patterns of prompts.
#[must_use]
pub fn patterns(inputs: &Inputs) -> Outcome<Patterns> {
    data::load(inputs, PATTERNS)
}

#[cfg(test)]
mod tests {
    use super::{PRICES, patterns, prices};
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::source::Layer;

    fn shipped() -> Inputs {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        inputs
    }

    #[test]
    fn the_shipped_files_are_read() {
        let inputs = shipped();
        let book = prices(&inputs);
        assert_eq!(book.findings, []);
        assert_eq!(book.value.prices.models["haiku"].cache_read.0, 100);
        assert_eq!(book.value.path, format!("builtin:{PRICES}"));
        let patterns = patterns(&inputs);
        assert_eq!(patterns.findings, []);
        assert_eq!((patterns.value.always.len(), patterns.value.never.len()), (7, 7));
        assert_eq!(patterns.value.format_of("a/b.YML"), "yaml");
    }

    #[test]
    fn a_wrong_value_is_underlined() {
        let mut inputs = shipped();
        let text = inputs.text(inputs.find(PRICES).unwrap()).replace("input: 3.00", "input: cheap");
        inputs.add(RelPath::new(PRICES).unwrap(), Layer::Project, text.into_bytes());
        let book = prices(&inputs);
        assert_eq!(book.findings.len(), 1);
        assert_eq!(inputs.slice(book.findings[0].span()), "cheap");
    }
}
