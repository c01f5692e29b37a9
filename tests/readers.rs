//! Our readers against independent ones, over generated texts.

#[path = "judge/markdown.rs"]
mod markdown;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_121), ..ProptestConfig::default() })]

    /// Lines made of the beginnings of blocks.
    #[test]
    fn blocks_are_those_of_pulldown(
        text in "((  |   |> |- |\\* |[0-9]\\. |[0-9]\\) |)(- |\\+ |1\\. |)(- \\[[ x]\\] a|# |## |```|~~~|---|\\*\\*\\*|    |)(a|b c|)\n{1,2}){0,10}"
    ) {
        let different = markdown::compare(&text);
        prop_assert!(different.is_none(), "{different:#?}");
    }
}
