//! What a whole run costs: the time of an ordinary plan; time and memory of plans of 1 to 500 MB, of plans with up to 10,000
//! distributions, and of 10,000 plans at once.
//!
//! A large plan is a real one with real modules repeated beside it that have nothing to do with CloudFront. The measure for its
//! time is a process that opens, reads and parses the same file into nothing: this very program, run with `--read`. Run with
//! `--write FILE BYTES` or `--distributions FILE NUMBER`, it writes such a plan for others to measure; with
//! `--plans DIRECTORY NUMBER`, such plans.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench may fail loudly, and prints what it finds"
)]

mod large;
mod many;
mod measure;
mod plans;

use std::path::{Path, PathBuf};

use measure::{Run, least};

const PROGRAM: &str = env!("CARGO_BIN_EXE_oacguard");
const ORDINARY: &str = "testdata/article-2-kms/plan.json";
/// How large the large plans are, in MB, and how often each is measured.
const LARGE: [(u64, usize); 4] = [(1, 10), (10, 10), (100, 10), (500, 10)];
/// How many distributions there are, and how often each plan is measured.
const MANY: [(usize, usize); 5] = [(1, 10), (10, 10), (100, 10), (1_000, 5), (10_000, 2)];
/// How many plans there are at once, and how often that is measured.
const PLANS: (usize, usize) = (10_000, 2);
/// All plans are blocked, or the work that is measured was not done.
const BLOCKED: i32 = 1;

fn main() {
    // `cargo bench` adds a flag of its own.
    let args: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--read", file] => read(Path::new(file)),
        ["--write", file, size] => {
            large::write(Path::new(file), size.parse().unwrap());
        }
        ["--distributions", file, number] => many::write(Path::new(file), number.parse().unwrap()),
        ["--plans", directory, number] => {
            plans::write(Path::new(directory), number.parse().unwrap());
        }
        _ => {
            let dir = tempfile::tempdir().unwrap();
            let plan = dir.path().join("plan.json");
            ordinary();
            by_size(&plan);
            by_distributions(&plan);
            std::fs::remove_file(&plan).unwrap();
            by_plans(dir.path());
        }
    }
}

/// Opens, reads and parses a file into nothing.
fn read(file: &Path) {
    let bytes = std::fs::read(file).unwrap();
    let _nothing: serde::de::IgnoredAny = serde_json::from_slice(&bytes).unwrap();
}

fn ordinary() {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join(ORDINARY);
    println!("ordinary plan ({} kB), minimum of 50", size(&plan) / 1000);
    for format in ["text", "json"] {
        let args = ["check".into(), plan.clone(), "--format".into(), format.into()];
        let check = least(50, || Run::of(PROGRAM, &args, BLOCKED));
        row(&format!("check --format {format}"), check);
    }
    row("-V", least(50, || Run::of(PROGRAM, &["-V"], 0)));
}

fn by_size(plan: &Path) {
    let own = std::env::current_exe().unwrap();
    println!("\nlarge plans, minimum of 10");
    println!(
        "  {:>6} {:>9} {:>10} {:>10} {:>6} {:>9} {:>12}",
        "MB", "resources", "check ms", "read ms", "ratio", "peak MB", "beyond text"
    );
    for (megabytes, times) in LARGE {
        let resources = large::write(plan, megabytes * 1_000_000);
        let check = least(times, || Run::of(PROGRAM, &check_args(plan), BLOCKED));
        let read = least(times, || Run::of(&own, &["--read".into(), plan.to_owned()], 0));
        let ratio = check.time.as_secs_f64() / read.time.as_secs_f64();
        println!(
            "  {megabytes:>6} {resources:>9} {:>10.1} {:>10.1} {ratio:>6.2} {:>9.1} {:>12.1}",
            milliseconds(check),
            milliseconds(read),
            float(check.peak) / 1e6,
            (float(check.peak) - float(size(plan))) / 1e6,
        );
    }
}

fn by_distributions(plan: &Path) {
    println!("\nplans with many distributions, all blocked");
    println!(
        "  {:>13} {:>6} {:>10} {:>9} {:>12} {:>11}",
        "distributions", "MB", "check ms", "peak MB", "beyond text", "kB per path"
    );
    for (distributions, times) in MANY {
        many::write(plan, distributions);
        let check = least(times, || Run::of(PROGRAM, &check_args(plan), BLOCKED));
        let beyond = float(check.peak) - float(size(plan));
        println!(
            "  {distributions:>13} {:>6.1} {:>10.1} {:>9.1} {:>12.1} {:>11.1}",
            float(size(plan)) / 1e6,
            milliseconds(check),
            float(check.peak) / 1e6,
            beyond / 1e6,
            beyond / 1e3 / float(distributions as u64),
        );
    }
}

fn by_plans(directory: &Path) {
    let (number, times) = PLANS;
    let bytes = plans::write(directory, number);
    println!("\n{number} plans at once ({:.0} MB), all blocked", float(bytes) / 1e6);
    for (what, args) in [
        ("linked", &["--format", "json"][..]),
        ("--separate", &["--separate", "--format", "json"]),
        ("--separate --format ndjson", &["--separate", "--format", "ndjson"]),
    ] {
        let directory = directory.to_str().unwrap();
        let args = [&["check", directory], args].concat();
        row(what, least(times, || Run::of(PROGRAM, &args, BLOCKED)));
    }
}

fn check_args(plan: &Path) -> [PathBuf; 4] {
    ["check".into(), plan.to_owned(), "--format".into(), "json".into()]
}

fn row(what: &str, run: Run) {
    println!("  {what:<26} {:>9.1} ms{:>9.1} MB peak", milliseconds(run), float(run.peak) / 1e6);
}

fn milliseconds(run: Run) -> f64 {
    run.time.as_secs_f64() * 1e3
}

fn size(file: &Path) -> u64 {
    file.metadata().unwrap().len()
}

/// A number of bytes, for division; none measured here is beyond 4 GiB.
fn float(bytes: u64) -> f64 {
    u32::try_from(bytes).map_or(f64::INFINITY, f64::from)
}
