//! Prompts from hand-made graphs.
