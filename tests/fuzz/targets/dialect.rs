//! See `dispatch_fuzz::dialect`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("dialect"), |data: &[u8]| dispatch_fuzz::dialect(data));
