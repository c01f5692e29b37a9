//! Registries: the data files of `squads/dispatch/data/`, read, merged and tied together.
//!
//! *Invariant*: no figure and no word of a rule stands here; what a project's file leaves out comes from the shipped
//! file of the same path. A file without `schema:` is read in the older form: what it says and cannot be executed is
//! reported, and nothing in it stops a plan.
//! To add a data file: its path in `FILES`, a reader beside `limits.rs`, a schema in `schemas/`.

mod commands;
mod domains;
mod fields;
mod limits;
mod models;
mod places;
mod routing;
mod selection;
mod source;
mod tie;

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::ir::registry::Registry;
use crate::ir::settings::Settings;

use self::fields::Report;
use self::source::Sources;

/// Reads every registry. What is broken in one leaves the rest usable.
#[must_use]
pub fn load(inputs: &Inputs, settings: &Settings) -> Outcome<Registry> {
    let mut report = Report::new(inputs);
    let sources = Sources::open(inputs, &mut report);
    let mut registry = Registry::default();
    models::read(&sources.executors, &mut registry, &mut report);
    let heuristics = routing::read(&sources.heuristics, &mut registry, &mut report);
    let found = heuristics.places.find(inputs, settings);
    let mut commands = commands::read(&sources.commands, &found, &mut report);
    let mut domains =
        domains::read(&sources.domains, &sources.overrides, &heuristics.notes, &mut registry, &mut report);
    let listed = commands::squads(&sources.commands);
    domains::derive(&found, &listed, &heuristics.derived, inputs, &mut domains);
    tie::tie(domains, &mut commands, &heuristics, &mut registry, &mut report);
    selection::read(&sources.selection, &mut registry, &mut report);
    limits::enrichment(&sources.enrichment, &mut registry, &mut report);
    limits::timeouts(&sources.timeouts, &mut registry, &mut report);
    limits::durations(&sources.durations, &mut registry, &mut report);
    if let Some(path) = &settings.history {
        limits::history(path, &mut registry, &mut report);
    }
    report.findings.retain(|finding| {
        !(sources.judged.contains(&finding.span().file) && fields::is_shape(finding.code.as_str()))
    });
    registry.files = sources.files;
    registry.files.sort_unstable();
    Outcome::new(registry, report.findings)
}

#[cfg(test)]
mod tests;
