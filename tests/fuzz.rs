//! What must hold of any input, held to all that is at hand: what once broke it, and what the cases are made of.
//!
//! `make fuzz` holds the same laws to what a fuzzer makes up, for minutes. `OACGUARD_SEEDS` names a folder into which that which
//! it begins with is written.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[path = "fuzz/laws/mod.rs"]
mod laws;
#[path = "support/seeds.rs"]
mod seeds;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use laws::LAWS;
use seeds::files;

#[test]
fn what_broke_a_law_no_longer_does() {
    let mut broken = Vec::new();
    for (name, law) in LAWS {
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/regressions").join(name);
        for file in files(&kept) {
            let bytes = fs::read(&file).expect("it can be read");
            if catch_unwind(|| law(&bytes)).is_err() {
                broken.push(file.display().to_string());
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_laws_hold_of_all_that_the_cases_are_made_of() {
    let plans = seeds::plans();
    for (name, law) in LAWS {
        let inputs: Vec<Vec<u8>> = seeds::of(name, &plans).into_iter().collect();
        assert!(inputs.len() > 10, "there is next to nothing to hold `{name}` to");
        let broken = in_parallel(&inputs, |input| catch_unwind(|| law(input)).is_err());
        assert!(broken.is_empty(), "`{name}` is broken by: {}", String::from_utf8_lossy(broken[0]));
    }
}

/// Those of which it is so.
fn in_parallel(inputs: &[Vec<u8>], is_so: impl Fn(&[u8]) -> bool + Sync) -> Vec<&[u8]> {
    let next = AtomicUsize::new(0);
    let one_after_the_other = || {
        let mut those = Vec::new();
        while let Some(input) = inputs.get(next.fetch_add(1, Ordering::Relaxed)) {
            those.extend(is_so(input).then_some(input.as_slice()));
        }
        those
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(one_after_the_other)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect()
    })
}

#[test]
fn seeds_are_written_where_that_is_asked_for() {
    let Some(folder) = std::env::var_os("OACGUARD_SEEDS") else { return };
    let plans = seeds::plans();
    for (name, _) in LAWS {
        let folder = Path::new(&folder).join(name);
        fs::create_dir_all(&folder).expect("it can be made");
        // Of a large plan, hardly any change is one to what matters.
        let small = seeds::of(name, &plans).into_iter().filter(|input| input.len() <= 20_000);
        for (at, input) in small.enumerate() {
            fs::write(folder.join(format!("seed-{at:04}")), input).expect("it can be written");
        }
    }
}
