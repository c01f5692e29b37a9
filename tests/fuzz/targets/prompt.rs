//! See `dispatch_fuzz::prompt`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dispatch_fuzz::prompt(data));
