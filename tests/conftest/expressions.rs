//! Each expression comes to what it comes to under the Open Policy Agent, which is written beside it.
//!
//! A line that begins with `!` says why something else comes of it here, and what. `error` and `refused` are no verdict.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

use oacguard::rego::own::{Input, Loaded, Namespaces, Policies};
use serde_json::{Map, Value};

use super::pair::folder;

/// An expression with the rules it needs, and what comes of it.
struct Entry {
    file: String,
    rules: Vec<String>,
    expression: String,
    opa: String,
    /// What comes of it here, where that is something else.
    ours: Option<String>,
}

#[test]
fn expressions_come_to_what_they_come_to_under_opa() {
    let document: Value = serde_json::from_slice(&fs::read(folder().join("expressions/input.json")).unwrap()).unwrap();
    let mut wrong = BTreeMap::new();
    let entries = entries();
    assert!(entries.len() > 1000, "{}", entries.len());
    for entry in &entries {
        let got = evaluated(entry, &document);
        let expected = entry.ours.as_deref().unwrap_or(&entry.opa);
        // An error that is written for this program is one.
        let told = entry.ours.is_some() && got == expected;
        if !told && !same(&got, expected) {
            let key = format!("{}: {} {}", entry.file, entry.rules.join(" // "), entry.expression);
            wrong.insert(key, format!("expected {expected}\n      got {got}"));
        }
    }
    let told: Vec<String> = wrong.iter().map(|(entry, what)| format!("{entry}\n    {what}")).collect();
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), entries.len(), told.join("\n"));
}

/// Needs a Python with the library of tests/conformance/requirements.txt, which the environment names as `OACGUARD_OPA_PYTHON`.
#[test]
#[ignore = "needs OACGUARD_OPA_PYTHON; .ci/run has it"]
fn what_is_written_of_opa_is_what_it_says() {
    let python = std::env::var_os("OACGUARD_OPA_PYTHON").expect("OACGUARD_OPA_PYTHON");
    let output = Command::new(python).arg(folder().join("expressions.py")).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn entries() -> Vec<Entry> {
    let mut files: Vec<_> =
        fs::read_dir(folder().join("expressions")).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let all = files.iter().flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        text.trim_matches('\n').split("\n\n").map(|entry| Entry::of(&name, entry)).collect::<Vec<_>>()
    });
    all.collect()
}

impl Entry {
    fn of(file: &str, text: &str) -> Self {
        let lines = || text.lines().filter(|line| !line.starts_with('#'));
        let mut rules: Vec<String> = lines().filter(|line| !line.starts_with("    ")).map(str::to_owned).collect();
        let expression = rules.pop().expect("an expression");
        let mut told = lines().filter_map(|line| line.strip_prefix("    "));
        let opa = told.next().unwrap_or_else(|| panic!("{file}: {text}: no answer")).to_owned();
        let ours = told.next().map(|line| {
            let (why, what) = line.strip_prefix("! ").and_then(|line| line.split_once(": ")).expect("! WHY: WHAT");
            assert!(!why.is_empty());
            what.to_owned()
        });
        Self { file: file.to_owned(), rules, expression, opa, ours }
    }
}

/// Whether it comes to the same. What OPA takes for an error of a built-in function is undefined to conftest.
fn same(got: &str, expected: &str) -> bool {
    match expected {
        "error" => got == "undefined",
        // Either way there is no verdict.
        "refused" => got == "refused" || got == "error",
        "undefined" => got == expected,
        _ => match (serde_json::from_str::<Value>(got), serde_json::from_str::<Value>(expected)) {
            (Ok(got), Ok(expected)) => equal(&got, &expected),
            _ => got == expected,
        },
    }
}

/// Whether values are the same, numbers by what they amount to.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left == right || {
                let whole = |number: &serde_json::Number| number.to_string().parse::<i128>().ok();
                match (whole(left), whole(right)) {
                    (Some(left), Some(right)) => left == right,
                    _ => left.as_f64() == right.as_f64(),
                }
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, left)| right.get(key).is_some_and(|right| equal(left, right)))
        }
        _ => left == right,
    }
}

/// What an expression comes to here, in the words of the tables.
fn evaluated(entry: &Entry, document: &Value) -> String {
    let head = "deny contains {\"msg\": \"it is defined\", \"value\": value} if {";
    let rules = entry.rules.join("\n");
    let source = format!("package expressions\n{rules}\n{head}\nvalue := {}\n}}\n", entry.expression);
    let policies = Policies {
        files: vec![("expressions.rego".to_owned(), source)],
        data: Map::new(),
        v0: false,
        namespaces: Namespaces::All,
        time: Duration::from_mins(1),
        now: 1_700_000_000_000_000_000,
    };
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let loaded = Loaded::new(&policies).map_err(|error| format!("refused {error}"))?;
        let input = Input {
            name: "plan.json".to_owned(),
            folder: String::new(),
            document: document.clone(),
            facts: Value::Object(Map::new()),
        };
        loaded.ask(input, &mut |_| {}).map_err(|error| format!("error {error}"))
    }));
    match asked {
        Err(_) => "panic".to_owned(),
        Ok(Err(told)) => told.split(' ').next().unwrap_or_default().to_owned(),
        Ok(Ok(records)) => match records[0].rules[0].messages.first() {
            Some(message) => message.metadata["value"].to_string(),
            None => "undefined".to_owned(),
        },
    }
}
