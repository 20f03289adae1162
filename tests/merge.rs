//! Plans that several jobs judge: their reports, put together, are what one job would have said.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;

/// Some that block, that pass, that cannot be told, and one that cannot be read.
const CASES: [&str; 6] =
    ["article-2-kms", "article-3-oac", "access-unknown", "no-distribution", "oai-in-region-without", "two-regions"];

struct Place(tempfile::TempDir);

impl Place {
    fn new(cases: &[&str]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for (at, case) in cases.iter().enumerate() {
            let folder = place.0.path().join(format!("plans/{at}"));
            fs::create_dir_all(&folder).unwrap();
            let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(case).join("plan.json");
            fs::copy(plan, folder.join("plan.json")).unwrap();
        }
        place
    }

    fn run(&self, arguments: &[&str]) -> Output {
        cargo_bin_cmd!("oacguard").current_dir(self.0.path()).args(arguments).output().unwrap()
    }

    /// Judges by shares; the files of their reports.
    fn shares(&self, of: usize, more: &[&str]) -> Vec<String> {
        let share = |share: usize| {
            let (file, partition) = (format!("{share}.ndjson"), format!("{share}/{of}"));
            let format = format!("ndjson={file}");
            let done = self.run(
                &[&["check", "-q", "--separate", "--partition", &partition, "--format", &format, "plans"], more]
                    .concat(),
            );
            assert!(done.status.code().is_some(), "{}", String::from_utf8_lossy(&done.stderr));
            file
        };
        (1..=of).map(share).collect()
    }

    fn merge(&self, files: &[&str], format: &str) -> (String, Option<i32>) {
        let done = self.run(&[&["merge", "--format", format][..], files].concat());
        (String::from_utf8(done.stdout).unwrap(), done.status.code())
    }

    fn error(&self, files: &[&str]) -> String {
        let (text, status) = self.merge(files, "json");
        let report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, &report["verdict"]), (Some(2), &Value::from("none")), "{text}");
        report["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["message"].as_str().unwrap())
            .collect::<Vec<_>>()
            .join("; ")
    }
}

#[test]
fn all_shares_together_are_the_whole() {
    let place = Place::new(&CASES);
    for format in ["json", "ndjson", "sarif", "junit", "gitlab"] {
        let whole = place.run(&["check", "--separate", "--format", format, "plans"]);
        for of in [1, 2, 4, 9] {
            let files = place.shares(of, &[]);
            let files: Vec<&str> = files.iter().rev().map(String::as_str).collect();
            let (text, status) = place.merge(&files, format);
            assert_eq!(status, whole.status.code());
            assert_eq!(text, String::from_utf8_lossy(&whole.stdout), "{format} of {of} shares");
        }
    }
}

#[test]
fn what_cannot_be_read_in_one_share_is_said_of_all() {
    let place = Place::new(&CASES);
    fs::write(place.0.path().join("plans/1/plan.json"), "{").unwrap();
    let whole = place.run(&["check", "--separate", "--format", "json", "plans"]);
    let files = place.shares(3, &[]);
    let (text, status) = place.merge(&files.iter().map(String::as_str).collect::<Vec<_>>(), "json");
    assert_eq!((status, text.as_str()), (Some(2), String::from_utf8_lossy(&whole.stdout).as_ref()));
}

#[test]
fn nothing_gets_lost_on_the_way() {
    let place = Place::new(&CASES);
    place.shares(2, &[]);
    let write = |name: &str, text: &str| fs::write(place.0.path().join(name), text).unwrap();
    let one = fs::read_to_string(place.0.path().join("1.ndjson")).unwrap();
    write("cut.ndjson", one.trim_end().rsplit_once('\n').unwrap().0);
    write("torn.ndjson", &one[..one.len() - 20]);
    write("empty.ndjson", "");
    write("twice.ndjson", &format!("{one}{one}"));
    write("other.ndjson", &one.replace("\"version\":\"", "\"version\":\"9."));
    write("changed.ndjson", &one.replace("{\"type\":\"plan\"", "{\"type\":\"plam\""));
    write(
        "unsaid.ndjson",
        &one.replace("\"verdict\":\"block\"", "\"verdict\":\"none\"")
            .replace("\"verdict\":\"pass\"", "\"verdict\":\"none\""),
    );
    let without = |line: &&str| !line.contains("\"type\":\"finding\"");
    write("thin.ndjson", &one.lines().filter(without).map(|line| format!("{line}\n")).collect::<Vec<_>>().concat());
    write("more.ndjson", &one.replace("\"plans\":\"", "\"plans\":\"f"));
    write("set.ndjson", &one.replace("\"settings\":\"", "\"settings\":\"f"));
    for (files, says) in [
        (&["thin.ndjson", "2.ndjson"][..], "does not follow from what it holds"),
        (&["more.ndjson", "2.ndjson"], "divides other plans"),
        (&["set.ndjson", "2.ndjson"], "policies of your own"),
        (&["1.ndjson"], "of 2 shares, one is missing: 2"),
        (&["1.ndjson", "1.ndjson", "2.ndjson"], "one is there twice: 1"),
        (&["cut.ndjson", "2.ndjson"], "cut.ndjson: it was cut off"),
        (&["torn.ndjson", "2.ndjson"], "torn.ndjson: it was cut off"),
        (&["empty.ndjson", "1.ndjson", "2.ndjson"], "empty.ndjson: it is empty"),
        (&["twice.ndjson", "2.ndjson"], "there is something behind the verdict"),
        (&["other.ndjson", "2.ndjson"], "another version of the program"),
        (&["changed.ndjson", "2.ndjson"], "changed.ndjson: line 2: it is no record"),
        (&["unsaid.ndjson", "2.ndjson"], "no error that says why"),
        (&["none.ndjson", "1.ndjson", "2.ndjson"], "none.ndjson"),
        (&["plans/0/plan.json", "1.ndjson", "2.ndjson"], "plan.json: line 1"),
    ] {
        let error = place.error(files);
        assert!(error.contains(says), "{files:?}: {says} not in {error}");
    }
    place.shares(1, &["--fail-on", "warning"]);
    fs::rename(place.0.path().join("1.ndjson"), place.0.path().join("strict.ndjson")).unwrap();
    place.shares(2, &[]);
    assert!(place.error(&["1.ndjson", "2.ndjson", "strict.ndjson"]).contains("other settings"));
}

#[test]
fn reports_of_different_plans_can_be_put_together_too() {
    let place = Place::new(&CASES);
    for at in 0..CASES.len() {
        let (file, plan) = (format!("ndjson={at}.ndjson"), format!("plans/{at}/plan.json"));
        place.run(&["check", "-q", "--format", &file, &plan]);
    }
    let files: Vec<String> = (0..CASES.len()).map(|at| format!("{at}.ndjson")).collect();
    let (text, status) = place.merge(&files.iter().map(String::as_str).collect::<Vec<_>>(), "json");
    let whole = place.run(&["check", "--separate", "--format", "json", "plans"]);
    assert_eq!((status, text), (Some(1), String::from_utf8(whole.stdout).unwrap()));
}

#[test]
fn shares_want_plans_that_are_judged_apart() {
    let place = Place::new(&CASES);
    for wrong in
        [&["--partition", "1/2"][..], &["--separate", "--partition", "0/2"], &["--separate", "--partition", "3/2"]]
    {
        assert_eq!(place.run(&[&["check", "plans"], wrong].concat()).status.code(), Some(2), "{wrong:?}");
    }
    // A job that gets none of them has nothing to block.
    let done = place.run(&["check", "--separate", "--partition", "9/9", "plans"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
}
