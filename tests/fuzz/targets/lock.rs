//! See `dispatch_fuzz::lock`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("lock"), |data: &[u8]| dispatch_fuzz::lock(data));
