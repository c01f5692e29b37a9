//! The words by which people's documents are understood: `squads/dispatch/data/vocabulary.yaml`, decoded once.

use crate::base::inputs::Inputs;
use crate::base::outcome::Outcome;

/// Heading synonyms, status words, metadata keys and the like, in every language we read.
#[derive(Debug, Clone, Default)]
pub struct Words {}

impl Words {
    /// Reads the vocabulary of the inputs. Built once per compilation.
    #[must_use]
    pub fn load(_inputs: &Inputs) -> Outcome<Self> {
        Outcome::clean(Self::default())
    }
}
