//! The policies say the same under another engine: that of the Open Policy Agent, which defines what Rego is.
//!
//! `OACGUARD_OPA_PYTHON` names a Python that has what requirements.txt lists; an `opa` on PATH is asked as well. Where there
//! is neither, nothing can be compared, so these tests run only when they are asked for.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "../support/case.rs"]
mod case;
#[path = "../support/document.rs"]
mod document;
mod engines;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::Path;

use assert_cmd::cargo::cargo_bin_cmd;
use oacguard::access::facts::Facts;
use oacguard::plan::source::Source;
use oacguard::rego::{self, testing};
use oacguard::{MAX_SIZE, facts};
use serde_json::{Value, json};

use case::{cases, testdata};
use engines::{Answers, engines};

/// What `policies export --help` tells to ask for, with the policy that each answer is of.
const QUERY: &str = "findings := data.oacguard[policy].finding";

/// States of one estate, whose plans are judged together.
const STATES: [[&str; 2]; 3] = [
    ["states-apart-cdn", "states-apart-storage"],
    ["states-lookup-cdn", "states-lookup-storage"],
    ["states-key-let-go", "states-key-taken-in"],
];

#[test]
#[ignore = "needs OACGUARD_OPA_PYTHON, or an opa on PATH; .ci/run has the former"]
fn another_engine_finds_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.tar.gz");
    cargo_bin_cmd!("oacguard").args(["policies", "export", "--bundle"]).arg(&bundle).assert().success();
    let inputs = folder.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    let facts = all_facts();
    assert!(facts.len() > 400, "{}", facts.len());
    let mut ours = BTreeMap::new();
    for (name, facts) in &facts {
        fs::write(inputs.join(format!("{name}.json")), rego::input(facts).unwrap().to_string()).unwrap();
        ours.insert(name.clone(), found(facts));
    }
    for engine in engines() {
        let theirs = engine.evaluate(&bundle, QUERY, &inputs);
        let problems = differences(&ours, &theirs);
        let count = ours.values().map(BTreeSet::len).sum::<usize>();
        let engine = engine.name();
        let _ = writeln!(std::io::stdout(), "{engine}: {count} findings in {} sets of facts compared", ours.len());
        assert!(problems.is_empty(), "{engine} differs in {} sets of facts\n{}", problems.len(), problems.join("\n\n"));
    }
}

/// The cases reach most of the policies; their unit tests reach every line.
#[test]
#[ignore = "needs OACGUARD_OPA_PYTHON, or an opa on PATH; .ci/run has the former"]
fn the_unit_tests_pass_under_another_engine() {
    let tests = testing::run(&testing::read_folder(Path::new("policies")).unwrap()).unwrap().tests;
    let ours: BTreeSet<(String, String)> = tests
        .into_iter()
        .filter(|test| test.ended == testing::Ended::Passed)
        .map(|test| (test.package.trim_start_matches("oacguard.").to_owned(), test.name))
        .collect();
    assert!(ours.len() > 100, "{}", ours.len());
    let inputs = tempfile::tempdir().unwrap();
    fs::write(inputs.path().join("none.json"), "{}").unwrap();
    for engine in engines() {
        let query = "data.oacguard[policy][test] == true; startswith(test, \"test_\")";
        let lib = "data.oacguard.lib[policy][test] == true; startswith(test, \"test_\")";
        let passed = |query: &str, prefix: &str| -> BTreeSet<(String, String)> {
            let answers = engine.evaluate(Path::new("policies"), query, inputs.path());
            let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
            answers["none"].iter().map(|row| (format!("{prefix}{}", text(row, "policy")), text(row, "test"))).collect()
        };
        let theirs: BTreeSet<_> = passed(query, "").into_iter().chain(passed(lib, "lib.")).collect();
        let failed: Vec<_> = ours.difference(&theirs).collect();
        assert!(failed.is_empty(), "{} fails {failed:?}", engine.name());
    }
}

/// What `oacguard facts` prints is what the comparison hands over, hostile names and all.
#[test]
fn the_facts_that_are_printed_are_those_that_policies_see() {
    let facts = facts_of(&[("-", hostile())]);
    let printed = cargo_bin_cmd!("oacguard").arg("facts").write_stdin(hostile()).assert().success();
    let printed: Value = serde_json::from_slice(&printed.get_output().stdout).unwrap();
    assert_eq!(printed, rego::input(&facts).unwrap());
    assert_eq!(printed["paths"][0]["origin"], "site\\n2. apply\\u2028it");
    assert_eq!(facts.paths[0].origin, "site\n2. apply\u{2028}it");
}

/// Facts of every kind, by a name.
fn all_facts() -> BTreeMap<String, Facts> {
    let read = |name: &str| fs::read(testdata().join(name).join("plan.json")).unwrap();
    let single = cases(&testdata()).into_iter().filter_map(|case| {
        let source = Source { name: "plan.json".to_owned(), bytes: Ok(fs::read(&case.plan).unwrap()) };
        // What cannot be read has no facts.
        Some((case.name, facts(vec![source], false, MAX_SIZE).ok()?))
    });
    let states = STATES.iter().flat_map(|[one, other]| [[one, other], [other, one]]);
    let together = states.map(|names| {
        let plans = names.map(|name| (*name, read(name)));
        (names.map(|name| *name).join("+"), facts_of(&plans))
    });
    let hostile = ("hostile".to_owned(), facts_of(&[("a\nplan", hostile())]));
    single.chain(together).chain([hostile]).collect()
}

fn facts_of(plans: &[(&str, Vec<u8>)]) -> Facts {
    let source = |(name, bytes): &(&str, Vec<u8>)| Source { name: (*name).to_owned(), bytes: Ok(bytes.clone()) };
    facts(plans.iter().map(source).collect(), false, MAX_SIZE).unwrap()
}

/// The plan of the incident, with an origin whose name would pass for a step of a fix.
fn hostile() -> Vec<u8> {
    fn rename(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    if matches!(name.as_str(), "origin_id" | "target_origin_id") && field.is_string() {
                        *field = json!("site\n2. apply\u{2028}it");
                    }
                    rename(field);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(rename),
            _ => {}
        }
    }
    let bytes = fs::read(testdata().join("article-2-kms/plan.json")).unwrap();
    let mut plan = document::plan_in(&bytes).unwrap();
    rename(&mut plan);
    plan.to_string().into_bytes()
}

/// What the program's own engine finds.
fn found(facts: &Facts) -> BTreeSet<String> {
    let findings = rego::bundled().unwrap().evaluate(facts).unwrap();
    findings.into_iter().map(|finding| canonical(serde_json::to_value(finding).unwrap())).collect()
}

/// A finding as text, with its members in one order.
fn canonical(mut finding: Value) -> String {
    finding.sort_all_objects();
    finding.to_string()
}

/// What another engine finds, with what the program fills in.
fn completed(rows: &[Value]) -> BTreeSet<String> {
    let metas: Vec<_> = rego::bundled().unwrap().policies().collect();
    let packages: BTreeSet<&str> = rows.iter().map(|row| row["policy"].as_str().unwrap()).collect();
    let expected: BTreeSet<String> = metas.iter().map(|meta| meta.id.replace('-', "_")).collect();
    assert_eq!(packages, expected.iter().map(String::as_str).collect(), "a policy gives no answer at all");
    let complete = |row: &Value| -> Vec<String> {
        let meta = metas.iter().find(|meta| meta.id.replace('-', "_") == row["policy"]).unwrap();
        let findings = row["findings"].as_array().expect("a set of findings").iter();
        let whole = findings.map(|finding| {
            let mut whole = json!({"policy": meta.id, "path": null, "plan": null, "when": null, "subject": null,
                "severity": meta.default_severity()});
            whole.as_object_mut().unwrap().extend(finding.as_object().unwrap().clone());
            if whole["severity"].is_null() {
                whole["severity"] = json!(meta.default_severity());
            }
            canonical(whole)
        });
        whole.collect()
    };
    rows.iter().flat_map(complete).collect()
}

/// What one engine finds and the other does not, for each set of facts where there is such a thing.
fn differences(ours: &BTreeMap<String, BTreeSet<String>>, theirs: &Answers) -> Vec<String> {
    let names = |names: Vec<&String>| names.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(names(ours.keys().collect()), names(theirs.keys().collect()));
    let differ = ours.iter().filter_map(|(name, ours)| {
        let theirs = completed(&theirs[name]);
        let only = |who: &str, these: &BTreeSet<String>, those: &BTreeSet<String>| -> Vec<String> {
            these.difference(those).map(|finding| format!("  only {who}: {finding}")).collect()
        };
        let lines = [only("oacguard", ours, &theirs), only("the other", &theirs, ours)].concat();
        (!lines.is_empty()).then(|| format!("{name}\n{}", lines.join("\n")))
    });
    differ.collect()
}

#[test]
fn a_difference_is_told() {
    let facts = facts_of(&[("-", hostile())]);
    let ours = BTreeMap::from([("x".to_owned(), found(&facts))]);
    let row = |meta: &rego::PolicyMeta| json!({"policy": meta.id.replace('-', "_"), "findings": []});
    let rows: Vec<Value> = rego::bundled().unwrap().policies().map(row).collect();
    let told = differences(&ours, &BTreeMap::from([("x".to_owned(), rows)]));
    assert!(told.len() == 1 && told[0].contains("only oacguard: ") && told[0].contains("oai-sse-kms"), "{told:?}");
}
