//! The compiler.
fn main() {}
