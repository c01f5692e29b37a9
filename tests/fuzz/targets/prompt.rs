//! See `dispatch_fuzz::prompt`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("prompt"), |data: &[u8]| dispatch_fuzz::prompt(data));
