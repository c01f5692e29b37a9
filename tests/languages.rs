//! How well short sentences tell their language: one sentence a line in `languages/`, none of them written for the
//! tables. Add a line to add a case. English is never taken for foreign; of other languages, those without a table
//! (Dutch and Polish are among the cases) and very short sentences may pass for it.

use std::fs;

use dispatch::base::inputs::Inputs;
use dispatch::compiler::check::language::Languages;

/// Below this probability of English a sentence is foreign; the bound of rule V1.6.
const FOREIGN: f64 = 0.1;

#[test]
fn languages_are_told_apart() {
    let mut inputs = Inputs::new();
    dispatch::builtin::underlay(&mut inputs);
    let languages = Languages::load(&inputs);
    for (name, foreign, allowed) in [("english", false, 0), ("foreign", true, 3)] {
        let path = format!("{}/tests/languages/{name}.txt", env!("CARGO_MANIFEST_DIR"));
        let mut wrong = Vec::new();
        for sentence in fs::read_to_string(path).unwrap().lines() {
            let english = languages.probability(sentence, "en").unwrap();
            if (english < FOREIGN) != foreign {
                wrong.push(format!("{english:.2} {sentence}"));
            }
        }
        assert!(wrong.len() <= allowed, "{name}: {wrong:#?}");
    }
}
