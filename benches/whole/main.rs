//! What a whole run costs: the time of an ordinary plan, and the time and memory of a plan of 100 MB.
//!
//! The large plan is a real one with real modules repeated beside it that have nothing to do with CloudFront. The measure
//! for its time is a process that opens, reads and parses the same file into nothing: this very program, run with `--read`. Run with `--write FILE BYTES`, it writes such a plan for others to measure.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench may fail loudly, and prints what it finds"
)]

mod large;
mod measure;

use std::path::{Path, PathBuf};
use std::time::Duration;

use measure::{Run, least, median};

const PROGRAM: &str = env!("CARGO_BIN_EXE_oacguard");
const ORDINARY: &str = "testdata/article-2-kms/plan.json";
const LARGE: u64 = 100_000_000;
/// Both plans are blocked, or the work that is measured was not done.
const BLOCKED: i32 = 1;

fn main() {
    // `cargo bench` adds a flag of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, file] = args.as_slice()
        && flag == "--read"
    {
        return read(Path::new(file));
    }
    if let [flag, file, size] = args.as_slice()
        && flag == "--write"
    {
        large::write(Path::new(file), size.parse().unwrap());
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let plan = dir.path().join("plan.json");
    let resources = large::write(&plan, LARGE);
    ordinary();
    whole(&plan, resources);
}

/// Opens, reads and parses a file into nothing.
fn read(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let _nothing: serde::de::IgnoredAny = serde_json::from_slice(&bytes).unwrap();
}

fn ordinary() {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join(ORDINARY);
    let check = median(20, || Run::of(PROGRAM, &check_args(&plan), BLOCKED));
    let empty = median(20, || Run::of(PROGRAM, &["--version"], 0));
    println!("ordinary plan ({} kB), median of 20", plan.metadata().unwrap().len() / 1000);
    row("oacguard check", check.time, Some(check.peak));
    row("oacguard --version", empty.time, Some(empty.peak));
    row("difference", check.time.saturating_sub(empty.time), None);
}

fn whole(plan: &Path, resources: usize) {
    let own = std::env::current_exe().unwrap();
    let check = least(10, || Run::of(PROGRAM, &check_args(plan), BLOCKED));
    let read = least(10, || Run::of(&own, &["--read".into(), plan.to_owned()], 0));
    let size = plan.metadata().unwrap().len();
    println!("\nlarge plan ({} MB, {resources} resources), minimum of 10", size / 1_000_000);
    row("oacguard check", check.time, Some(check.peak));
    row("read and parse only", read.time, Some(read.peak));
    println!("  {:<22} {:>9.2}", "time, as a multiple", check.time.as_secs_f64() / read.time.as_secs_f64());
    println!("  {:<22} {:>9.2}", "memory, of file size", float(check.peak) / float(size));
}

fn check_args(plan: &Path) -> [PathBuf; 4] {
    ["check".into(), plan.to_owned(), "--format".into(), "json".into()]
}

fn row(what: &str, time: Duration, peak: Option<u64>) {
    let peak = peak.map_or_else(String::new, |bytes| format!("{:>9.1} MB peak", float(bytes) / 1e6));
    println!("  {what:<22} {:>9.1} ms{peak}", time.as_secs_f64() * 1e3);
}

/// A number of bytes, for division; none measured here is beyond 4 GiB.
fn float(bytes: u64) -> f64 {
    u32::try_from(bytes).map_or(f64::INFINITY, f64::from)
}
