//! The seven phases, in the order of their names: **a**st, **b**ind, **c**heck, **d**ecompose, **e**quip, **f**low,
//! **g**enerate. Files in, artifacts and diagnostics out: no disk, clock, environment, network, thread or chance.

pub mod ast;
pub mod bind;
pub mod check;
pub mod decompose;
pub mod equip;
pub mod flow;
pub mod generate;
pub mod library;
pub mod text;

use crate::base::inputs::Inputs;
use crate::base::outcome::{Log, Outcome};
use crate::ir::draft::Draft;

use self::library::Library;

/// Reads every document of `inputs` as what its dialect makes of it.
pub fn drafts(inputs: &Inputs, library: &Library) -> Outcome<Vec<Draft>> {
    let mut log = Log::default();
    let mut drafts = Vec::new();
    for file in inputs.documents() {
        let document = log.keep(ast::read(inputs, file));
        let chosen = library.settings.dialect.as_deref();
        let mut draft = log.keep(ast::dialect::read(inputs, &document, chosen, &library.words));
        draft.waivers = document.waivers;
        drafts.push(draft);
    }
    Outcome::new(drafts, log.into_findings())
}
