#![no_main]

#[allow(dead_code, reason = "each target holds one of them")]
#[path = "../laws/mod.rs"]
mod laws;
#[path = "../mutate.rs"]
mod mutate;

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::mutate(data, size, max_size, seed)
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| laws::whole(bytes));
