//! The `ndjson` report on many plans that are judged apart: the same bytes as if all had been judged before the first was
//! written, but written as they are judged.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
#![cfg(unix)]

use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn plan(case: &str) -> PathBuf {
    testdata().join(case).join("plan.json")
}

fn oacguard(folder: &Path) -> Command {
    let mut command = Command::new(cargo_bin!("oacguard"));
    command.current_dir(folder).env("RUST_BACKTRACE", "0").args(["check", "--separate"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn told(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

/// Runs with `arguments`, once written plan by plan, and once beside another report, for which all plans are needed. Both say
/// the same; what they say.
fn same(folder: &Path, arguments: &[&str]) -> Output {
    let streamed = oacguard(folder).args(["--format", "ndjson"]).args(arguments).output().unwrap();
    let mut whole = oacguard(folder);
    let whole = whole.args(["--format", "ndjson", "--format", "json=all.json"]).args(arguments).output().unwrap();
    assert_eq!(streamed.status, whole.status, "{arguments:?}: {}", told(&streamed));
    assert!(streamed.stdout == whole.stdout, "{arguments:?}: not the same report");
    assert_eq!(told(&streamed), told(&whole), "{arguments:?}");
    let to_file = oacguard(folder).args(["-q", "--format", "ndjson=report.ndjson"]).args(arguments).output().unwrap();
    assert_eq!(to_file.status, whole.status, "{arguments:?}: {}", told(&to_file));
    assert!(fs::read(folder.join("report.ndjson")).unwrap() == whole.stdout, "{arguments:?}: not the same file");
    streamed
}

/// The records of a report, by their type.
fn records<'r>(report: &'r str, kind: &str) -> Vec<(&'r str, Value)> {
    let all = report.lines().map(|line| (line, serde_json::from_str::<Value>(line).unwrap()));
    all.filter(|(_, record)| record["type"] == kind).collect()
}

#[test]
fn all_plans_together_are_reported_as_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let all = testdata().display().to_string();
    let done = same(folder.path(), &[&all]);
    let report = String::from_utf8(done.stdout).unwrap();
    assert!(records(&report, "plan").len() > 300 && records(&report, "finding").len() > 300);
    assert!(records(&report, "error").len() > 10, "some cannot be read");
    let (last, summary) = records(&report, "summary").pop().unwrap();
    assert_eq!((report.lines().last(), summary["verdict"].as_str()), (Some(last), Some("none")));
    for settings in [
        &["--partition", "2/3"][..],
        &["--partition", "1/6", "--fail-on", "note", "--fail-on-existing", "--unresolved", "error"],
        &["--partition", "2/6", "--source", &all],
        &["--partition", "3/6", "--source", "none"],
    ] {
        same(folder.path(), &[settings, &[all.as_str()]].concat());
    }
}

#[test]
fn what_a_project_decided_is_heeded_as_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let many: Vec<String> = fs::read_dir(testdata())
        .unwrap()
        .map(|case| case.unwrap().path().join("plan.json"))
        .filter(|plan| plan.is_file() && !plan.to_string_lossy().contains("bad-"))
        .map(|plan| plan.display().to_string())
        .filter(|plan| oacguard::plan::Plan::read(&fs::read_to_string(plan).unwrap_or_default()).is_ok())
        .collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    many.sort_unstable();
    let waiver = |policy: &str, select: &str, expires: &str| {
        format!("[[waiver]]\npolicy = '{policy}'\nselect = '{select}'\nreason = 'because'\nexpires = {expires}\n")
    };
    let decided = [
        waiver("oai-sse-kms", "aws_cloudfront_distribution.*", "2999-01-01"),
        waiver("oai-sse-kms", "nothing.of_this_name", "2999-01-01"),
        waiver("oac-key-policy", "*", "2001-01-01"),
        waiver("staging-not-granted", "nothing.of_this_name", "2001-01-01"),
        waiver("key-unusable", "nothing.of_this_name", "2999-01-01"),
        "[[policy]]\nid = 'legacy-oai'\nenabled = false\nreason = 'known'\n".to_owned(),
        "[[policy]]\nid = 'origin-bucket-policy'\nseverity = 'warning'\nreason = 'known'\n".to_owned(),
    ];
    fs::write(folder.path().join("oacguard.toml"), decided.concat()).unwrap();
    let done = same(folder.path(), &many);
    let report = String::from_utf8(done.stdout).unwrap();
    let summary = records(&report, "summary").pop().unwrap().1;
    assert_eq!(summary["verdict"], "block", "{}", String::from_utf8_lossy(&done.stderr));
    assert!(summary["summary"]["waived"].as_u64().unwrap() > 0, "{summary}");
    assert!(
        summary["config"]["policies"][0]["hidden"].to_string().contains(|digit: char| ('1'..='9').contains(&digit))
    );
    let remarks = records(&report, "finding").into_iter().filter(|(_, found)| found["plan"] == "");
    assert_eq!(remarks.count(), 5 - 1, "a waiver each, but for the one that accepts something");

    // Half of the plans are in the baseline, so that some entries hold and some are of plans that are not judged.
    let half: Vec<&str> = many.iter().step_by(2).copied().collect();
    let mut baseline = Command::new(cargo_bin!("oacguard"));
    baseline.current_dir(folder.path()).args(["baseline", "--separate", "--output", "known.json"]).args(half);
    assert!(baseline.status().unwrap().success());
    let third: Vec<&str> = many.iter().step_by(3).copied().collect();
    let done = same(folder.path(), &[&["--baseline", "known.json"], third.as_slice()].concat());
    let report = String::from_utf8(done.stdout).unwrap();
    let known = &records(&report, "summary").pop().unwrap().1["baseline"];
    for what in ["covered", "gone"] {
        assert!(known[what].as_array().is_some_and(|all| !all.is_empty()), "{what}: {known}");
    }
}

#[test]
fn what_it_takes_all_plans_to_tell_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (plan("article-2-kms").display().to_string(), plan("article-3-oac").display().to_string());
    let nothing = plan("no-distribution").display().to_string();
    let done = same(folder.path(), &["--require-paths", &nothing, &plan("states-apart-storage").display().to_string()]);
    assert_eq!(done.status.code(), Some(2));
    assert!(told(&done).contains("no access path"), "{}", told(&done));
    assert_eq!(same(folder.path(), &["--require-paths", &nothing, &other]).status.code(), Some(0));
    // One report on a plan that is named twice.
    let done = same(folder.path(), &[&one, &one, &other]);
    assert_eq!(records(&String::from_utf8(done.stdout).unwrap(), "plan").len(), 3);
    let waiver =
        "[[waiver]]\npolicy = 'oai-sse-kms'\nselect = '$.resource_changes[*]'\nreason = 'r'\nexpires = 2999-01-01";
    fs::write(folder.path().join("oacguard.toml"), waiver).unwrap();
    assert_eq!(same(folder.path(), &[&one, &other]).status.code(), Some(0));
    let broken = plan("bad-truncated").display().to_string();
    assert_eq!(same(folder.path(), &[&one, &other, &broken]).status.code(), Some(2));
    fs::write(folder.path().join("own.rego"), "package main\ndeny contains \"no\" if count(input) > 0").unwrap();
    assert_eq!(same(folder.path(), &["--policy", "own.rego", &one, &other]).status.code(), Some(1));
}

/// Named pipes in `folder`, whose plans come when somebody writes them.
fn pipes<'p>(folder: &Path, names: &[&'p str]) -> Vec<&'p str> {
    let status = Command::new("mkfifo").current_dir(folder).args(names).status().unwrap();
    assert!(status.success());
    names.to_vec()
}

/// A run that is not over. It is when the test is.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn of(folder: &Path, plans: &[&str]) -> Self {
        let mut command = oacguard(folder);
        let mut child = command.args(["--format", "ndjson"]).args(plans).stdin(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines }
    }

    /// The next record, which must not take for ever.
    fn next(&self) -> Value {
        let line = self.lines.recv_timeout(Duration::from_mins(1)).expect("a record");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no record: {line}"))
    }

    /// Waits for the record that says that a plan was judged, and then for the next one.
    fn told_of(&mut self, plan: &str) {
        while self.next()["source"] != plan {}
        self.next();
        assert!(self.child.try_wait().unwrap().is_none(), "it does not wait for the plan behind {plan}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_plan_is_reported_before_the_next_one_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    let (kms, oac) = (plan("article-2-kms"), plan("article-3-oac"));
    fs::copy(&kms, place.join("first.json")).unwrap();
    pipes(place, &["pipe"]);
    let mut run = Running::of(place, &["first.json", "pipe", "-"]);
    assert_eq!(run.next()["type"], "report");
    run.told_of("first.json");
    fs::write(place.join("pipe"), fs::read(&oac).unwrap()).unwrap();
    run.told_of("pipe");
    run.child.stdin.take().unwrap().write_all(&fs::read(&oac).unwrap()).unwrap();
    run.next();
    while run.next()["type"] != "summary" {}
    assert!(run.lines.recv().is_err(), "nothing is behind the summary");
    assert_eq!(run.child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_plan_that_cannot_be_read_costs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    for (name, case) in [("a.json", "article-2-kms"), ("b.json", "bad-truncated"), ("c.json", "article-2-kms")] {
        fs::copy(plan(case), place.join(name)).unwrap();
    }
    let done = same(place, &["a.json", "b.json", "none.json", "c.json"]);
    assert_eq!(done.status.code(), Some(2));
    let report = String::from_utf8(done.stdout.clone()).unwrap();
    let of = |kind, name: &str| records(&report, kind).iter().filter(|(_, record)| record["plan"] == name).count();
    assert_eq!((of("error", "a.json"), of("finding", "a.json")), (0, 1));
    assert_eq!((of("error", "b.json"), of("finding", "b.json")), (1, 0));
    assert_eq!((of("error", "none.json"), of("finding", "none.json")), (1, 0));
    assert_eq!((of("error", "c.json"), of("finding", "c.json")), (0, 1));
    assert_eq!(records(&report, "summary")[0].1["verdict"], "none");
    assert!(told(&done).contains("b.json") && told(&done).contains("none.json"), "{}", told(&done));
}

#[test]
fn where_nobody_reads_on_nothing_more_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    pipes(place, &["second", "never"]);
    let first = plan("article-3-oac");
    let mut command = oacguard(place);
    let mut child = command.args(["--format", "ndjson", first.to_str().unwrap(), "second", "never"]).spawn().unwrap();
    let mut byte = [0];
    child.stdout.take().unwrap().read_exact(&mut byte).unwrap();
    fs::write(place.join("second"), fs::read(&first).unwrap()).unwrap();
    // It does not wait for the last plan, which never comes.
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(told(&done).contains("no verdict: nobody reads on after 2 of 3 plans"), "{}", told(&done));
}

#[test]
fn where_nobody_reads_what_all_plans_say_the_status_does() {
    let folder = tempfile::tempdir().unwrap();
    for (case, status) in [("article-2-kms", 1), ("article-3-oac", 0)] {
        let plans = [plan(case), plan("no-distribution")];
        let mut child = oacguard(folder.path()).args(["--format", "ndjson"]).args(&plans).spawn().unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        assert_eq!((done.status.code(), told(&done).as_str()), (Some(status), ""), "{case}");
    }
}

#[test]
fn a_file_is_there_when_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    pipes(place, &["pipe"]);
    fs::write(place.join("report.ndjson"), "of last time").unwrap();
    let first = plan("article-3-oac");
    let run = || {
        let mut command = oacguard(place);
        command.args(["-q", "--format", "ndjson=report.ndjson", first.to_str().unwrap(), "pipe"]);
        let child = command.spawn().unwrap();
        // It can be opened once the program reads from it.
        (child, OpenOptions::new().write(true).open(place.join("pipe")).unwrap())
    };
    let (mut child, mut pipe) = run();
    assert_eq!(fs::read_to_string(place.join("report.ndjson")).unwrap(), "of last time");
    pipe.write_all(&fs::read(&first).unwrap()).unwrap();
    drop(pipe);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let report = fs::read_to_string(place.join("report.ndjson")).unwrap();
    assert_eq!((records(&report, "plan").len(), records(&report, "summary").len()), (2, 1));
    // A plan that cannot be read is part of a report that is whole.
    let (mut child, pipe) = run();
    drop(pipe);
    assert_eq!(child.wait().unwrap().code(), Some(2));
    let report = fs::read_to_string(place.join("report.ndjson")).unwrap();
    assert_eq!((records(&report, "error").len(), records(&report, "summary").len()), (1, 1));
    assert_eq!(fs::read_dir(place).unwrap().count(), 2, "nothing else is left behind");
}

#[test]
fn what_cannot_be_written_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path();
    fs::write(place.join("there.ndjson"), "of last time").unwrap();
    for line in [
        "\"$0\" check --separate --format ndjson \"$1\" \"$2\" > /dev/full",
        "\"$0\" check --separate -q --format ndjson=/dev/full \"$1\" \"$2\"",
        "\"$0\" check --separate -q --format ndjson=/proc/report.json \"$1\" \"$2\"",
        "\"$0\" check --separate -q --format ndjson=none/report.ndjson \"$1\" \"$2\"",
        "\"$0\" check --separate -q --format ndjson=. \"$1\" \"$2\"",
        // As on a disk that is full: no more than so many blocks, and no signal.
        "trap '' XFSZ; ulimit -f 1; \"$0\" check --separate -q --format ndjson=there.ndjson \"$1\" \"$2\"",
    ] {
        let mut command = Command::new("sh");
        command.current_dir(place).env("RUST_BACKTRACE", "0").arg("-c").arg(line).arg(cargo_bin!("oacguard"));
        let done = command.args([plan("article-2-kms"), plan("article-all-at-once")]).output().unwrap();
        assert_eq!(done.status.code(), Some(2), "{line}: {}", told(&done));
        assert!(told(&done).contains("cannot write"), "{line}: {}", told(&done));
        assert_eq!(fs::read_to_string(place.join("there.ndjson")).unwrap(), "of last time", "{line}");
        assert_eq!(fs::read_dir(place).unwrap().count(), 1, "{line} leaves something behind");
    }
}
