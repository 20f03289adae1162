//! The policies' own rules: their unit tests, and what every policy file has to bring.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use oacguard::rego::{ids, policies, sources, testing};

fn files() -> Vec<(String, String)> {
    testing::read_folder(Path::new("policies")).expect("policies/ can be read")
}

#[test]
fn unit_tests_pass() {
    let results = testing::run(&files()).unwrap_or_else(|error| panic!("{error}")).tests;
    let failures: Vec<String> = results
        .iter()
        .filter_map(|test| {
            let failure = test.ended.why()?;
            let head = format!("{}:{}: {}: {failure}", test.file, test.line, test.name);
            Some([&[head], test.prints.as_slice()].concat().join("\n    "))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} failed\n{}", failures.len(), results.len(), failures.join("\n"));
}

#[test]
fn every_policy_is_tested_for_firing_silence_and_unknowns() {
    let tests = testing::run(&files()).unwrap_or_else(|error| panic!("{error}")).tests;
    for meta in policies().unwrap() {
        let package = format!("{}_test", meta.package());
        for prefix in ["test_fires_", "test_silent_", "test_unresolved_"] {
            assert!(
                tests.iter().any(|test| test.package == package && test.name.starts_with(prefix)),
                "{}: write a `{prefix}…` in {}",
                meta.id,
                meta.file.replace(".rego", "_test.rego"),
            );
        }
    }
}

/// The interpreter looks into a branch only when it gets there, so tests have to get everywhere.
#[test]
fn unit_tests_reach_every_line() {
    let outcome = testing::run(&files()).unwrap_or_else(|error| panic!("{error}"));
    let missed: Vec<String> = outcome
        .coverage
        .iter()
        .filter(|file| !file.file.ends_with("_test.rego"))
        .flat_map(|file| file.not_covered.iter().map(|line| format!("{}:{line}", file.file)))
        .collect();
    assert!(!outcome.coverage.is_empty() && missed.is_empty(), "not reached:\n{}", missed.join("\n"));
}

#[test]
fn the_ids_are_these() {
    let ids: Vec<&str> = ids().collect();
    insta::assert_snapshot!(ids.join(" "), @"access-control-destroyed cross-account-key-alias encryption-context key-retired-in-use key-unusable kms-objects-remain kms-with-oac-switch legacy-oai oac-aws-managed-key oac-grant-after-switch oac-key-policy oac-origin-type oac-signing oac-write-grant oai-and-oac oai-grant-dropped-early oai-kms-object oai-sse-kms oai-unsupported-region object-ownership origin-bucket-destroyed origin-bucket-policy partial-plan public-access-blocked replica-kms-objects staging-not-granted unresolved unscoped-cloudfront-grant unsigned-sse-kms useless-oai-key-grant");
}

#[test]
fn what_is_embedded_is_what_lies_in_the_folder() {
    let embedded: BTreeSet<(String, String)> =
        sources().iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned())).collect();
    let folder: BTreeSet<(String, String)> =
        files().into_iter().filter(|(path, _)| !path.ends_with("_test.rego")).collect();
    assert_eq!(embedded, folder);
}

/// Both Rego interpreters must read the policies alike, and people should like to.
#[test]
fn files_keep_to_the_style() {
    for (path, source) in files() {
        for (number, line) in source.lines().enumerate() {
            let place = format!("{path}:{}", number + 1);
            let width = line.chars().count();
            assert!(width <= 100 || line.contains("https://"), "{place}: {width} columns");
            assert!(!line.starts_with(' '), "{place}: indent with tabs");
            assert!(line.trim_end() == line, "{place}: space at the end");
            assert!(!line.contains("$\"") && !line.contains("rego.metadata"), "{place}: not in every interpreter");
        }
        assert!(source.ends_with('\n') && !source.ends_with("\n\n"), "{path}: end the file with one newline");
    }
}
