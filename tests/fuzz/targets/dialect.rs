//! See `dispatch_fuzz::dialect`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dispatch_fuzz::dialect(data));
