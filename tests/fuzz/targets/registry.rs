//! See `dispatch_fuzz::registry`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dispatch_fuzz::registry(data));
