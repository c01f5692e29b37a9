//! Prices, clients and prompt patterns: the data files that generation and pricing read.

use serde::de::DeserializeOwned;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::span::{FileId, Span};
use crate::compiler::ast::yaml;
use crate::ir::node::decode::decode;
use crate::ir::pattern::Patterns;
use crate::ir::price::{HarnessTable, PriceBook, PriceTable};

const PRICES: &str = "squads/dispatch/data/prices.yaml";
const HARNESS: &str = "squads/dispatch/data/harness.yaml";
const PATTERNS: &str = "squads/dispatch/data/haiku-patterns.yaml";

/// Reads the price table and the table of clients.
#[must_use]
pub fn prices(inputs: &Inputs) -> Outcome<PriceBook> {
    let mut findings = Vec::new();
    let (file, prices) = read::<PriceTable>(inputs, PRICES, "dispatch.prices/v1", &mut findings);
    let (_, harness) = read::<HarnessTable>(inputs, HARNESS, "dispatch.harness/v1", &mut findings);
    let book = PriceBook {
        path: file.map_or_else(|| PRICES.to_owned(), |file| inputs.display_path(file)),
        hash: file.map(|file| inputs.file(file).digest()),
        prices,
        harness,
    };
    Outcome::new(book, findings)
}

/// Reads the patterns of prompts.
#[must_use]
pub fn patterns(inputs: &Inputs) -> Outcome<Patterns> {
    let mut findings = Vec::new();
    let (_, patterns) = read::<Patterns>(inputs, PATTERNS, "dispatch.patterns/v1", &mut findings);
    Outcome::new(patterns, findings)
}

/// One data file; the default of its type when it cannot be read, with the reason among the findings.
fn read<T: DeserializeOwned + Default>(
    inputs: &Inputs,
    path: &str,
    schema: &str,
    findings: &mut Vec<Diagnostic>,
) -> (Option<FileId>, T) {
    let Some(file) = inputs.find(path) else {
        let message = format!("the data file `{path}` is missing");
        let finding = Diagnostic::error("data/missing", Span::head(FileId(0)), message);
        findings.push(finding.help(format!("restore it with `dispatch init --eject {path}`")));
        return (None, T::default());
    };
    let outcome = yaml::read(inputs, Span::new(file, 0, inputs.text(file).len()));
    let broken = outcome.findings.iter().any(Diagnostic::blocks);
    findings.extend(outcome.findings);
    if broken {
        return (Some(file), T::default());
    }
    let node = outcome.value;
    if let Some(stated) = node.get("schema").filter(|stated| stated.text() != Some(schema)) {
        let found = stated.scalar().unwrap_or_default();
        let message = format!("`{found}` is not the schema of this file");
        findings.push(Diagnostic::error("data/schema", stated.span, message).help(format!("write `schema: {schema}`")));
    }
    match decode::<T>(&node) {
        Ok(value) => (Some(file), value),
        Err(error) => {
            let span = error.span.unwrap_or(node.span);
            let message = format!("this is not what a file of `{schema}` holds: {}", error.message);
            let help = format!("compare it with the shipped file: `dispatch init --eject {path}` writes it");
            findings.push(Diagnostic::error("data/shape", span, message).help(help));
            (Some(file), T::default())
        }
    }
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
        assert!(book.findings.is_empty(), "{:?}", book.findings);
        assert_eq!(book.value.prices.models["haiku"].cache_read.0, 100);
        assert_eq!(book.value.path, format!("builtin:{PRICES}"));
        let patterns = patterns(&inputs);
        assert!(patterns.findings.is_empty(), "{:?}", patterns.findings);
        assert_eq!(patterns.value.always.len(), 7);
        assert_eq!(patterns.value.never.len(), 7);
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
