//! See `dispatch_fuzz::compile`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("compile"), |data: &[u8]| dispatch_fuzz::compile(data));
