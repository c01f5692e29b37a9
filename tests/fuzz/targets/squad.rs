//! See `dispatch_fuzz::squad`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dispatch_fuzz::squad(data));
