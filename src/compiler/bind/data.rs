//! A data file as a typed value: read with places, decoded, every fault a finding.

use serde::de::DeserializeOwned;

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::ir::node::decode::decode;
use crate::syntax::yaml;

/// The data file at `path` as a `T`.
///
/// A project's file that does not decode is reported as `data/invalid`, and the shipped one is used in its place.
///
/// # Panics
///
/// If the shipped file does not decode: a test sees to it that it does.
pub fn load<T: DeserializeOwned>(inputs: &Inputs, path: &str) -> Outcome<T> {
    let mut findings = Vec::new();
    let own = inputs.find(path).filter(|&id| inputs.file(id).layer != Layer::Builtin);
    if let Some(value) = own.and_then(|id| read(inputs, id, &mut findings)) {
        return Outcome::new(value, findings);
    }
    let shipped = inputs.ids().find(|&id| {
        let file = inputs.file(id);
        file.layer == Layer::Builtin && file.path.as_str() == path
    });
    let value = shipped.and_then(|id| read(inputs, id, &mut findings));
    Outcome::new(value.expect("the shipped data files are embedded and decode"), findings)
}

fn read<T: DeserializeOwned>(inputs: &Inputs, id: FileId, findings: &mut Vec<Diagnostic>) -> Option<T> {
    let outcome = yaml::read(inputs, Span::new(id, 0, inputs.text(id).len()));
    let broken = outcome.findings.iter().any(Diagnostic::blocks);
    findings.extend(outcome.findings);
    match decode(&outcome.value) {
        Ok(value) => Some(value),
        Err(_) if broken => None,
        Err(error) => {
            findings.push(
                Diagnostic::error("data/invalid", error.span.unwrap_or(Span::head(id)), error.message).help(
                    format!(
                        "compare with the shipped file: `dispatch init --eject {}`",
                        inputs.file(id).path
                    ),
                ),
            );
            None
        }
    }
}
