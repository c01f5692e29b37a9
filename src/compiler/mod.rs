//! The seven phases, in the order of their names: **a**st, **b**ind, **c**heck, **d**ecompose, **e**quip, **f**low,
//! **g**enerate. Files in, artifacts and diagnostics out: no disk, clock, environment, network, thread or chance.

pub mod ast;
pub mod bind;
pub mod check;
pub mod decompose;
pub mod equip;
pub mod flow;
pub mod generate;
pub mod text;
