//! See `dispatch_fuzz::yaml`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("yaml"), |data: &[u8]| dispatch_fuzz::yaml(data));
