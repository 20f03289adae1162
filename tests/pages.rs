//! Each policy has a page beside it, which says what its METADATA says, and a pair of plans that show what it is about.
//!
//! `UPDATE_DOCS=1` writes the pages and the table in policies/README.md.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[allow(dead_code, reason = "a part of it is used here")]
#[path = "support/case.rs"]
mod case;
#[path = "support/pages.rs"]
mod pages;
#[allow(dead_code, reason = "a part of it is used here")]
#[path = "support/program.rs"]
mod program;
#[path = "support/twins.rs"]
mod twins;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use oacguard::rego::PolicyMeta;
use serde_json::Value;

use case::{Case, cases, testdata};
use program::oacguard;
use twins::{Twins, twins};

/// Between these lines of policies/README.md stands the table.
const BEGIN: &str = "<!-- Written by `make docs` from here … -->\n";
const END: &str = "<!-- … to here. -->\n";

fn policies() -> Vec<&'static PolicyMeta> {
    oacguard::rego::policies().unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
}

/// Holds `path` to `today`, or writes it.
fn hold(path: &Path, today: &str) {
    let there = fs::read_to_string(path).unwrap_or_default();
    if there == today {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, today).unwrap();
        return;
    }
    let differs = there.lines().zip(today.lines()).find(|(old, new)| old != new);
    panic!("{} is out of date; `make docs` mends it: {differs:?}", path.display());
}

#[test]
fn the_page_of_a_policy_says_what_its_metadata_says() {
    let (cases, twins, shown) = (cases(&testdata()), twins(), pages::shown());
    for policy in policies() {
        let page = pages::page(policy, of(&twins, policy), &cases, &shown);
        hold(&folder().join(pages::link(policy)), &page);
    }
}

#[test]
fn the_index_lists_every_policy() {
    let path = folder().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let parts = text.split_once(BEGIN).and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
    let (head, tail) = parts.expect("policies/README.md has the two lines between which the table stands");
    let today = format!("{head}{BEGIN}\n{}\n{END}{tail}", pages::index(&policies()));
    hold(&path, &today);
}

#[test]
fn every_page_belongs_to_a_policy() {
    let known: BTreeSet<PathBuf> = policies().iter().map(|policy| folder().join(pages::link(policy))).collect();
    for entry in walkdir::WalkDir::new(folder()) {
        let path = entry.unwrap().into_path();
        // What lies beside the folders is about all of them.
        let page = path.extension().is_some_and(|extension| extension == "md") && path.parent() != Some(&folder());
        assert!(!page || known.contains(&path), "{}: there is no such policy (any more)", path.display());
    }
}

#[test]
fn every_policy_has_a_plan_that_fires_it_and_one_that_does_not() {
    let (cases, twins) = (cases(&testdata()), twins());
    for policy in twins.keys() {
        assert!(policies().iter().any(|known| known.id == *policy), "tests/twins.txt: there is no policy `{policy}`");
    }
    let mut out = std::io::stdout().lock();
    for policy in policies() {
        let id = &policy.id;
        let Twins { fires, silent, .. } = of(&twins, policy);
        let firing = pages::firing(policy, &cases);
        assert!(firing.contains(fires), "{id}: `{fires}` does not expect it as introduced; these do: {firing:?}");
        let statuses = said(named(&cases, fires), id);
        assert!(statuses.iter().any(|status| status == "introduced"), "{id} says nothing new of `{fires}`");
        let silent_case = named(&cases, silent);
        assert!(silent_case.expect.made.is_none(), "{id}: `{silent}` is made from another case; name that");
        let statuses = said(silent_case, id);
        assert!(statuses.is_empty(), "{id} is not silent on `{silent}`: {statuses:?}");
        let others = firing.len() - 1;
        let _ = writeln!(out, "policy {id} fires: {fires} (and {others} more) silent: {silent}");
    }
}

fn of<'t>(twins: &'t BTreeMap<String, Twins>, policy: &PolicyMeta) -> &'t Twins {
    twins.get(&policy.id).unwrap_or_else(|| {
        panic!(
            "tests/twins.txt has no line for `{0}`; write `{0} <case that fires> <case that does not> <why>`",
            policy.id
        )
    })
}

fn named<'c>(cases: &'c [Case], name: &str) -> &'c Case {
    cases.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("there is no case `{name}`"))
}

/// The statuses of what the program finds in a case by this policy.
fn said(case: &Case, policy: &str) -> Vec<String> {
    let run = oacguard(&["check", case.plan.to_str().unwrap(), "--format", "json"], b"");
    assert_ne!(run.exit, 2, "{}: {}", case.name, run.stderr);
    let report = run.json();
    let findings = report["findings"].as_array().expect("the report lists findings").iter();
    let findings = findings.filter(|finding| finding["policy"] == policy);
    findings.filter_map(|finding| finding["status"].as_str()).map(str::to_owned).collect()
}

/// The test above stands on this: a report is read by these members.
#[test]
fn a_report_has_the_members_that_are_read_here() {
    let run =
        oacguard(&["check", testdata().join("article-2-kms/plan.json").to_str().unwrap(), "--format", "json"], b"");
    let finding: Value = run.json()["findings"][0].clone();
    assert_eq!((&finding["policy"], &finding["status"]), (&"oai-sse-kms".into(), &"introduced".into()));
}
