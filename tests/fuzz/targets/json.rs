//! See `dispatch_fuzz::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("json"), |data: &[u8]| dispatch_fuzz::json(data));
