//! The words and numbers of decomposition.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;
use crate::ir::lexicon::Lexicon;

use super::data;

/// The file the lexicon is read from.
pub const PATH: &str = "squads/dispatch/data/decomposition.yaml";

/// Reads the lexicon.
pub fn load(inputs: &Inputs) -> Outcome<Lexicon> {
    data::load(inputs, PATH)
}

#[cfg(test)]
mod tests {
    use crate::base::inputs::{Inputs, RelPath};
    use crate::base::source::Layer;

    #[test]
    fn the_shipped_lexicon_loads_and_a_broken_one_is_reported() {
        let mut inputs = Inputs::new();
        crate::builtin::underlay(&mut inputs);
        let outcome = super::load(&inputs);
        assert_eq!(outcome.findings, []);
        assert!(outcome.value.verbs.create.contains("criar"));
        inputs.add(RelPath::new(super::PATH).unwrap(), Layer::Project, b"verbs: 3\n".to_vec());
        let outcome = super::load(&inputs);
        assert_eq!(outcome.findings.len(), 1);
        assert_eq!(outcome.findings[0].code.as_str(), "data/invalid");
    }
}
