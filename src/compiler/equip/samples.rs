//! What the tests of this room share: the shipped registry, and graphs of a few tasks.

use crate::base::diagnostic::Diagnostic;
use crate::base::inputs::{Inputs, RelPath};
use crate::base::source::Layer;
use crate::base::span::{FileId, Span};
use crate::builtin;
use crate::compiler::bind::registry::load;
use crate::ir::draft::DraftKind;
use crate::ir::graph::{Story, StoryId, Task, TaskGraph};
use crate::ir::registry::Registry;
use crate::ir::settings::{Limits, Pacing, Profile, Races, Settings};

/// The shipped registry; it must be without a fault.
pub(super) fn registry() -> Registry {
    let mut inputs = Inputs::new();
    builtin::underlay(&mut inputs);
    let outcome = load(&inputs, &settings());
    let grave: Vec<&Diagnostic> = outcome.findings.iter().filter(|finding| finding.blocks()).collect();
    assert!(grave.is_empty(), "{grave:#?}");
    outcome.value
}
