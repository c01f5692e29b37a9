//! See `dispatch_fuzz::registry`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("registry"), |data: &[u8]| dispatch_fuzz::registry(data));
