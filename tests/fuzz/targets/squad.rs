//! See `dispatch_fuzz::squad`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("squad"), |data: &[u8]| dispatch_fuzz::squad(data));
