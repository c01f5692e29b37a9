//! See `dispatch_fuzz::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dispatch_fuzz::json(data));
