//! The compiler.

use std::process::ExitCode;

fn main() -> ExitCode {
    dispatch::host::main()
}
