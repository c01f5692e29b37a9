//! See `dispatch_fuzz::front_matter`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: dispatch_fuzz::seeds::offer("front_matter"), |data: &[u8]| dispatch_fuzz::front_matter(data));
