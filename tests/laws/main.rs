//! Laws that hold for every plan: what cannot matter changes nothing, what is no longer known is said, and no damage makes it pass.
//!
//! A law changes a real plan in a way whose effect is known, and compares what is said of both. `PROPTEST_CASES` sets how many
//! plans each law is tried on.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

mod damage;
mod doubt;
mod likeness;
mod modules;
mod side_by_side;
mod spelling;
mod standstill;
mod strictness;

#[path = "../support/addresses.rs"]
mod addresses;
#[path = "../support/document.rs"]
mod document;
#[path = "../support/forget.rs"]
mod forget;
#[path = "../support/relocate.rs"]
mod relocate;
#[path = "../support/rename.rs"]
mod rename;
#[path = "../support/repeat.rs"]
mod repeat;
#[path = "../support/spell.rs"]
mod spell;
#[path = "../support/transform.rs"]
mod transform;
#[path = "../support/worlds.rs"]
mod worlds;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use oacguard::plan::source::Source;
use oacguard::report::{Verdict, json};
use oacguard::{Options, Outcome};
use proptest::prelude::*;
use serde_json::Value;

/// The cases of testdata on which there is a verdict.
static CASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let names = fs::read_dir(testdata()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let has_verdict = |name: &String| {
        let expected = fs::read(testdata().join(name).join("expect.json"));
        expected.is_ok_and(|text| serde_json::from_slice::<Value>(&text).unwrap()["exit"] != 2)
    };
    let mut names: Vec<String> = names.filter(has_verdict).collect();
    names.retain(|name| testdata().join(name).join("plan.json").exists());
    names.sort();
    assert!(names.len() > 400, "there are plans in testdata");
    names
});

/// What is compared: the verdict, and what was found.
#[derive(Debug, PartialEq)]
struct Judgement {
    exit: i32,
    findings: Vec<Value>,
}

impl Judgement {
    fn of(outcome: &Outcome) -> Self {
        let exit = match outcome.report.verdict {
            Verdict::Pass => 0,
            Verdict::Block => 1,
            Verdict::None => 2,
        };
        let findings = outcome.report.findings.iter().map(|finding| serde_json::to_value(finding).unwrap());
        Self { exit, findings: findings.collect() }
    }

    /// Each finding without its words.
    fn in_short(mut self) -> Self {
        let kept = ["policy", "severity", "status", "when", "distribution", "origin", "bucket", "key", "subject"];
        for finding in &mut self.findings {
            finding.as_object_mut().unwrap().retain(|name, _| kept.contains(&name.as_str()));
        }
        self
    }

    /// The same with other names in some parts of each finding.
    fn renamed(mut self, parts: &[&str], rename: impl Fn(&str) -> String) -> Self {
        for finding in &mut self.findings {
            for part in parts {
                if let Some(name) = finding[*part].as_str() {
                    // A subject may name what it is part of first: `aws_kms_key.site, statement 2`.
                    finding[*part] = name.split(", ").map(&rename).collect::<Vec<_>>().join(", ").into();
                }
            }
        }
        self
    }

    /// The findings in an order that does not depend on names.
    fn sorted(mut self) -> Self {
        self.findings.sort_by_key(Value::to_string);
        self
    }
}

/// Judges plans by their names and bytes.
fn run(plans: Vec<(&str, Vec<u8>)>, options: &Options) -> Outcome {
    let source = |(name, bytes): (&str, Vec<u8>)| Source { name: name.to_owned(), bytes: Ok(bytes) };
    let outcome = oacguard::check(plans.into_iter().map(source).collect(), options);
    let fault = outcome.report.errors.iter().find(|error| ["policy", "unexplained"].contains(&error.kind.as_str()));
    assert!(fault.is_none(), "a fault of the program's own: {fault:?}");
    outcome
}

fn judge_by(options: &Options, plan: &[u8]) -> Judgement {
    Judgement::of(&run(vec![("plan.json", plan.to_vec())], options))
}

fn judge(plan: &[u8]) -> Judgement {
    judge_by(&Options::default(), plan)
}

/// The whole report, as it is written.
fn report(plan: &[u8]) -> String {
    json::render(&run(vec![("plan.json", plan.to_vec())], &Options::default()).report).unwrap()
}

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn bytes_of(name: &str) -> Vec<u8> {
    fs::read(testdata().join(name).join("plan.json")).unwrap()
}

fn plan_of(name: &str) -> Value {
    document::plan_in(&bytes_of(name)).unwrap()
}

fn some_plan() -> impl Strategy<Value = &'static str> {
    (0..CASES.len()).prop_map(|at| CASES[at].as_str())
}

fn settings(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").map_or(cases, |number| number.parse().unwrap());
    ProptestConfig { cases, max_shrink_iters: 32, failure_persistence: None, ..ProptestConfig::default() }
}
