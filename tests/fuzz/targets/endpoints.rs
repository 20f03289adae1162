#![no_main]

#[allow(dead_code, reason = "each target holds one of them")]
#[path = "../laws/mod.rs"]
mod laws;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::endpoints(bytes));
