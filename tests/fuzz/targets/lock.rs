//! See `dispatch_fuzz::lock`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| dispatch_fuzz::lock(data));
