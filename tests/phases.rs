//! Where the time went: told with `-v` on standard error, and nowhere else.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may stop wherever what it stands on is missing"
)]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "other tests use more of it")]
mod program;

use std::fs;
use std::path::Path;

use serde_json::Value;

use program::{Outcome, oacguard};

/// The parts of every check, in the order in which they end.
const PHASES: [&str; 9] =
    ["read", "decode", "parse", "facts", "load policies", "evaluate policies", "judge", "settle", "total"];

fn plan() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/article-2-kms/plan.json").display().to_string()
}

fn check(arguments: &[&str]) -> Outcome {
    let plan = plan();
    let all: Vec<&str> = ["check"].into_iter().chain(arguments.iter().copied()).chain([plan.as_str()]).collect();
    let outcome = oacguard(&all, b"");
    assert_eq!(outcome.exit, 1, "{}", outcome.stderr);
    outcome
}

/// The lines of standard error as JSON, one by one.
fn lines(outcome: &Outcome) -> Vec<Value> {
    outcome.stderr.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// The lines at the end of parts of the run, by the name of the part.
fn ended<'l>(lines: &'l [Value], phase: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line.get("phase").is_some_and(|name| name == phase)).collect()
}

#[test]
fn each_part_of_a_run_has_a_line_with_its_time() {
    let outcome = check(&["-v"]);
    let told: Vec<(&str, &str)> =
        outcome.stderr.lines().filter_map(|line| line.strip_prefix(" INFO ")?.split_once(" took ")).collect();
    let names: Vec<&str> = told.iter().map(|(name, _)| *name).filter(|name| *name != "report").collect();
    assert_eq!(names, PHASES, "{}", outcome.stderr);
    for (name, rest) in &told {
        let mut words = rest.split(' ');
        assert!(words.next().unwrap().parse::<f64>().unwrap() >= 0.0 && words.next() == Some("ms"), "{name} {rest}");
    }
    assert!(told.iter().any(|(name, rest)| *name == "report" && rest.ends_with(" ms format=text")));
    assert!(!outcome.stderr.contains("DEBUG"), "{}", outcome.stderr);
}

#[test]
fn programs_get_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("json={}", folder.path().join("report.json").display());
    let lines = lines(&check(&["-v", "--log-format", "json", "--format", &file, "--format", "text"]));
    for phase in PHASES {
        let ended = ended(&lines, phase);
        assert_eq!(ended.len(), 1, "{phase}");
        assert!(ended[0]["elapsed_ms"].is_number(), "{}", ended[0]);
        assert_eq!((&ended[0]["level"], &ended[0]["message"]), (&"INFO".into(), &"done".into()));
    }
    let formats: Vec<&Value> = ended(&lines, "report").iter().map(|line| &line["format"]).collect();
    assert_eq!(formats, ["json", "text"]);
    let of = |phase: &str| ended(&lines, phase)[0]["elapsed_ms"].as_f64().unwrap();
    let parts: f64 = PHASES.iter().filter(|phase| **phase != "total").map(|phase| of(phase)).sum();
    assert!(parts > 0.0 && parts <= of("total"), "{parts} of {}", of("total"));
}

#[test]
fn twice_tells_more_of_each_plan_and_policy() {
    let lines = lines(&check(&["-vv", "--log-format", "json"]));
    let bytes = fs::metadata(plan()).unwrap().len();
    let [read] = ended(&lines, "read plan")[..] else { panic!("one plan is read") };
    assert_eq!((read["plan"].as_str(), read["bytes"].as_u64()), (Some(plan().as_str()), Some(bytes)));
    let [parsed] = ended(&lines, "parse plan")[..] else { panic!("one plan is parsed") };
    assert!(parsed["kept"].as_u64().unwrap() > 0 && parsed["skipped"].is_u64(), "{parsed}");
    assert!(ended(&lines, "facts")[0]["paths"].as_u64().unwrap() > 0);
    assert!(ended(&lines, "judge")[0]["findings"].as_u64().unwrap() > 0);
    let policies = ended(&lines, "evaluate policy");
    // Of a site with an OAI, nobody asks what only an OAC can have.
    let asked: Vec<&str> = policies.iter().filter_map(|policy| policy["policy"].as_str()).collect();
    assert!(asked.contains(&"oai-sse-kms") && !asked.contains(&"oac-signing"), "{asked:?}");
    let found: u64 = policies.iter().map(|policy| policy["findings"].as_u64().unwrap()).sum();
    assert!(found > 0 && policies.iter().all(|policy| policy["elapsed_ms"].is_number()));
}

#[test]
fn without_being_asked_for_no_time_is_told() {
    for format in ["text", "json"] {
        let quiet = check(&["--format", format]);
        let loud = check(&["--format", format, "-vv"]);
        assert!(quiet.stdout == loud.stdout, "{format}");
        let report = format!("{}{}", quiet.stderr, String::from_utf8_lossy(&quiet.stdout));
        assert!(!report.contains("elapsed") && !report.contains(" took "), "{report}");
    }
    assert_eq!(check(&[]).stderr, "");
    assert_eq!(check(&["--log-format", "json"]).stderr, "");
}

#[test]
fn the_name_of_a_plan_cannot_forge_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a\n INFO judge took 0.000 ms\u{1b}[2J.json");
    if fs::copy(plan(), &file).is_err() {
        // There are systems where a file cannot be called that.
        return;
    }
    let outcome = oacguard(&["check", "-vv", &file.display().to_string()], b"");
    assert!(!outcome.stderr.contains('\u{1b}'), "{}", outcome.stderr);
    assert_eq!(outcome.stderr.lines().filter(|line| line.starts_with(" INFO judge took")).count(), 1);
}
