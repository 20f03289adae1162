//! The examples in testdata/policies give what their `expect.json` says, and their unit tests pass.

use std::path::PathBuf;

use serde::Deserialize;

use crate::pair::{self, run};

/// `expect.json` of an example.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    about: String,
    flags: Vec<String>,
    answers: Vec<Answered>,
}

/// What is said of one plan.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    plan: String,
    /// The status of all together: the program's own policies may have something to say too.
    exit: i32,
    results: Vec<Said>,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Said {
    namespace: String,
    successes: u64,
    #[serde(default)]
    failures: Vec<String>,
    #[serde(default)]
    warnings: Vec<String>,
    #[serde(default)]
    exceptions: usize,
}

fn examples() -> Vec<(PathBuf, Example)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/policies");
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut examples: Vec<_> = folders
        .filter(|folder| folder.is_dir())
        .map(|folder| {
            let text = std::fs::read(folder.join("expect.json")).unwrap();
            let example = serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
            (folder, example)
        })
        .collect();
    examples.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!examples.is_empty(), "there are examples");
    examples
}

#[test]
fn examples_say_what_they_should() {
    for (folder, example) in examples() {
        assert!(example.about.ends_with('.') && example.answers.len() > 1, "{}", folder.display());
        for answered in &example.answers {
            let mut args: Vec<String> = ["test", "-p", "policy"].map(str::to_owned).into();
            args.extend(example.flags.iter().cloned());
            args.extend(["-o", "json", &answered.plan].map(str::to_owned));
            let outcome = run(&folder, &args);
            let place = format!("{}, {}: {}", folder.display(), answered.plan, outcome.stderr);
            let rows = outcome.json();
            let rows = rows.as_array().unwrap_or_else(|| panic!("{place}"));
            let own: Vec<Said> = rows
                .iter()
                .filter(|row| row["namespace"] != crate::BUNDLED)
                .map(|row| {
                    let pair::Result { namespace, successes, mut failures, mut warnings, exceptions, .. } =
                        pair::Result::of_row(row);
                    failures.sort();
                    warnings.sort();
                    Said { namespace, successes, failures, warnings, exceptions }
                })
                .collect();
            assert_eq!(own, answered.results, "{place}");
            assert_eq!(outcome.exit, answered.exit, "{place}");
        }
    }
}

#[test]
fn unit_tests_of_the_examples_pass() {
    for (folder, example) in examples() {
        let version = example.flags.iter().position(|flag| flag == "--rego-version");
        let version = version.and_then(|at| example.flags.get(at..at + 2)).unwrap_or_default();
        let mut args: Vec<String> = ["test", "policy"].map(str::to_owned).into();
        args.extend(version.iter().cloned());
        let outcome = run(&folder, &args);
        assert_eq!(outcome.exit, 0, "{}\n{}", folder.display(), outcome.stderr);
        assert!(String::from_utf8_lossy(&outcome.stdout).contains("pass"), "{}", folder.display());
    }
}
