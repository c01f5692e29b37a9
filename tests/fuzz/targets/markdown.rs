//! See `dispatch_fuzz::markdown`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("markdown"), |data: &[u8]| dispatch_fuzz::markdown(data));
