//! `oacguard test`: what authors of policies get to see of their unit tests.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may stop wherever what it stands on is missing"
)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A policy, and tests of which each ends in another way.
const POLICY: &str = r#"package main

deny contains msg if {
	some bucket in input.buckets
	not bucket.private
	msg := sprintf("%s is public", [bucket.name])
}

warn contains "old" if {
	input.version == 1
	input.strict
}
"#;
const PASSES: &str = "package main_test

test_public if data.main.deny == {\"a is public\"} with input as {\"buckets\": [{\"name\": \"a\"}]}
";
const ALL: &str = "package main_test

test_public if data.main.deny == {\"a is public\"} with input as {\"buckets\": [{\"name\": \"a\"}]}

test_private if {
	print(\"found\", data.main.deny)
	count(data.main.deny) == 1
}

test_false := false

test_value := {\"a\": 1}

test_error := x if x := [1, 2][_]

todo_test_later if data.main.warn
";
/// What takes longer than anybody waits.
const ENDLESS: &str = "if { some x in numbers.range(1, 9000); some y in numbers.range(1, 9000); \
                       some z in numbers.range(1, 9000); x + y + z == 0 }";

struct Run {
    exit: i32,
    stdout: String,
    stderr: String,
}

impl Run {
    /// Standard output as JSON, with the schema it must have.
    fn json(&self) -> Value {
        let document: Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(document["schema"], "oacguard.test/v1");
        document
    }
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

/// Runs the tests below `folder`, which is the working directory.
fn run_in(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(cargo_bin!("oacguard"));
    command.env_clear().current_dir(folder);
    // Without these, nothing starts on Windows.
    command.envs(["PATH", "SYSTEMROOT"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    let output = command.arg("test").args(arguments).output().unwrap();
    Run {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(files: &[(&str, &str)], arguments: &[&str]) -> Run {
    run_in(folder(files).path(), arguments)
}

/// The last line, which counts.
fn last(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

#[test]
fn what_passes_is_counted_and_named_when_asked() {
    let files = [("p/main.rego", POLICY), ("p/main_test.rego", PASSES)];
    let usual = run(&files, &["p"]);
    assert_eq!(
        (usual.exit, usual.stdout.as_str(), usual.stderr.as_str()),
        (0, "pass: 1 passed, 0 failed, 0 skipped\n", "")
    );
    let verbose = run(&files, &["p", "-v"]);
    assert_eq!(
        verbose.stdout,
        "pass[main_test.test_public] p/main_test.rego:3\n\npass: 1 passed, 0 failed, 0 skipped\n"
    );
    let quiet = run(&files, &["-q", "p/main.rego", "p/main_test.rego"]);
    assert_eq!((quiet.exit, quiet.stdout.as_str()), (0, ""));
}

#[test]
fn what_does_not_pass_is_told_with_place_reason_and_prints() {
    let all = run(&[("main.rego", POLICY), ("main_test.rego", ALL)], &["."]);
    assert_eq!((all.exit, all.stderr.as_str()), (2, ""));
    insta::assert_snapshot!(all.stdout, @r#"
    fail[main_test.test_private] ./main_test.rego:5
      it is undefined: an expression in it is not true
      Printed  ./main_test.rego:6: found {}

    fail[main_test.test_false] ./main_test.rego:10
      it is false

    fail[main_test.test_value] ./main_test.rego:12
      it is {"a":1}, not true

    error[main_test.test_error] ./main_test.rego:14
      --> ./main_test.rego:14:1
         |
      14 | test_error := x if x := [1, 2][_]
         | ^
      error: rules must not produce multiple outputs

    skip[main_test.todo_test_later] ./main_test.rego:16

    no verdict: 1 passed, 3 failed, 1 without a result, 1 skipped
    "#);
    let failed = run(&[("main.rego", POLICY), ("main_test.rego", &ALL.replace("test_error", "todo_test_x"))], &["."]);
    assert_eq!((failed.exit, last(&failed.stdout)), (1, "fail: 1 passed, 3 failed, 2 skipped"));
}

#[test]
fn programs_get_the_same() {
    let all = run(&[("main.rego", POLICY), ("main_test.rego", ALL)], &[".", "--format", "json", "--threshold", "90"]);
    let document = all.json();
    assert_eq!((all.exit, &document["verdict"]), (2, &json!("none")));
    assert_eq!(document["summary"], json!({"tests": 6, "passed": 1, "failed": 3, "errors": 1, "skipped": 1}));
    assert_eq!(
        document["tests"][1],
        json!({
            "package": "main_test", "name": "test_private", "file": "./main_test.rego", "line": 5, "result": "failed",
            "why": "it is undefined: an expression in it is not true",
            "prints": ["./main_test.rego:6: found {}"],
        })
    );
    let coverage = &document["coverage"];
    assert_eq!((&coverage["percent"], &coverage["threshold"]), (&json!(57.1), &json!(90.0)));
    assert_eq!(coverage["files"][0]["not_covered"], json!([{"from": 9, "to": 11}]));
    assert_eq!(document["errors"], json!([]));
    let again = run(&[("main.rego", POLICY), ("main_test.rego", ALL)], &[".", "--format", "json", "--threshold", "90"]);
    assert_eq!(all.stdout, again.stdout);
    let refused = run(&[("main.rego", POLICY)], &[".", "--format", "json"]);
    let document = refused.json();
    assert_eq!((refused.exit, &document["verdict"], &document["tests"]), (2, &json!("none"), &json!([])));
    assert!(document["errors"][0]["message"].as_str().unwrap().contains("there is no test"));
    assert!(refused.stderr.contains("there is no test"), "{}", refused.stderr);
}

#[test]
fn documents_are_what_their_schema_says() {
    let schema = Command::new(cargo_bin!("oacguard")).args(["schema", "test"]).output().unwrap();
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for arguments in [&["."][..], &[".", "--coverage"], &[".", "--run", "nothing"]] {
        let all = run(&[("a.rego", POLICY), ("a_test.rego", ALL)], &[arguments, &["--format", "json"]].concat());
        let errors: Vec<String> = schema.iter_errors(&all.json()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{arguments:?}: {errors:?}");
    }
}

#[test]
fn hosts_get_junit() {
    let folder = folder(&[("p/main.rego", POLICY), ("p/main_test.rego", ALL)]);
    let all = run_in(folder.path(), &["p", "--threshold", "90", "--format", "junit=out.xml"]);
    assert!(all.exit == 2 && last(&all.stdout).starts_with("no verdict: 1 passed"), "{}", all.stdout);
    let text = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    let count = |name: &str| root.descendants().filter(|node| node.has_tag_name(name)).count();
    // The coverage is one more.
    assert_eq!((root.attribute("tests"), count("testcase")), (Some("7"), 7));
    assert_eq!((root.attribute("failures"), count("failure")), (Some("4"), 4));
    assert_eq!((root.attribute("errors"), count("error")), (Some("1"), 1));
    assert_eq!(count("skipped"), 1);
    let case = |name: &str| root.descendants().find(|node| node.attribute("name") == Some(name)).unwrap();
    let private = case("test_private");
    assert_eq!((private.attribute("file"), private.attribute("line")), (Some("p/main_test.rego"), Some("5")));
    assert!(private.descendants().any(|node| node.text().unwrap_or_default().contains("found {}")));
    assert!(case("coverage").children().any(|node| node.has_tag_name("failure")));
    assert!(!text.contains("time="));
}

#[test]
fn what_cannot_be_run_is_no_verdict() {
    for (files, expected) in [
        (
            &[("a.rego", "package a\ntest_x if true\n\ntest_x if false")][..],
            "a.rego:4: `test_x` is already at ./a.rego:2",
        ),
        (&[("a.rego", POLICY)], "there is no test"),
        (&[("a.rego", "package a\ntest_x if nowhere(1)")], "a.rego:2: there is no function `nowhere`"),
        (&[("a.rego", "package a\nf(x) := f(x)\ntest_x if f(1)")], "calls itself"),
        (&[("a.rego", "package a\ntest_x if {")], "a.rego is not valid Rego"),
        (&[("a.txt", "")], "there is no .rego file in ."),
        (&[("a.rego", "package a\ntest_x { true }")], "a.rego is not valid Rego"),
    ] {
        let none = run(files, &["."]);
        let told = none.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!((none.exit, last(&none.stdout)), (2, "no verdict: no test was run"), "{expected}");
        assert!(told.contains(expected), "{expected} not in {told}");
    }
    for usage in [&[][..], &[".", "--run", "("], &[".", "--threshold", "101"], &[".", "--format", "yaml"]] {
        let none = run(&[("a_test.rego", PASSES)], usage);
        assert!(none.exit == 2 && none.stdout.is_empty() && !none.stderr.is_empty(), "{usage:?}");
    }
}

#[test]
fn tests_are_chosen_by_package_and_name() {
    let files = [("a.rego", "package a\ntest_x if true\ntest_y if false"), ("b.rego", "package b\ntest_x if true")];
    for (only, exit, counted) in [
        ("test_x$", 0, "pass: 2 passed, 0 failed, 0 skipped"),
        ("^a\\.test_y", 1, "fail: 0 passed, 1 failed, 0 skipped"),
        ("z", 2, "no verdict: no test was run"),
    ] {
        let some = run(&files, &[".", "--run", only]);
        assert_eq!((some.exit, last(&some.stdout)), (exit, counted), "{only}");
    }
}

#[test]
fn lines_that_tests_do_not_reach_are_told() {
    let files =
        [("main.rego", POLICY), ("main_test.rego", PASSES), ("other.rego", "package other\nx if {\n\tinput.y\n}")];
    let plain = run(&files, &[".", "--coverage"]);
    assert_eq!(plain.exit, 0);
    insta::assert_snapshot!(plain.stdout, @r#"
    coverage: 50 %, 4 of 8 lines
       57.1 %  ./main.rego, not lines 9–11
          0 %  ./other.rego, not line 3

    pass: 1 passed, 0 failed, 0 skipped
    "#);
    let met = run(&files, &[".", "--threshold", "40"]);
    assert_eq!((met.exit, last(&met.stdout)), (0, "pass: 1 passed, 0 failed, 0 skipped"));
    let below = run(&files, &[".", "--threshold", "99.5"]);
    assert_eq!(below.exit, 1);
    assert!(
        last(&below.stdout).ends_with("skipped; coverage is 50 %, and --threshold asks for 99.5 %"),
        "{}",
        below.stdout
    );
    let nothing = run(&[("a_test.rego", "package a\ntest_x if true")], &[".", "--threshold", "1"]);
    assert!(nothing.exit == 2 && nothing.stdout.contains("no lines that tests could reach"), "{}", nothing.stdout);
}

#[test]
fn data_is_there_and_takes_no_place_of_a_rule() {
    let files = [
        ("a.rego", "package a\ntest_x if data.names == [\"x\"]"),
        ("d/x.yaml", "names: [x]"),
        ("e.json", "{\"a\": {\"test_x\": true}}"),
    ];
    assert_eq!(run(&files, &["a.rego"]).exit, 1);
    assert_eq!(run(&files, &["a.rego", "--data", "d"]).exit, 0);
    let masked = run(&files, &["a.rego", "--data", "d", "--data", "e.json"]);
    assert!(masked.exit == 2 && masked.stdout.contains("`data.a.test_x`"), "{}", masked.stdout);
    let facts = run(
        &[("a.rego", "package a\ntest_x if data.oacguard.paths == [] with data.oacguard as {\"paths\": []}")],
        &["."],
    );
    assert_eq!(facts.exit, 0, "{}", facts.stdout);
}

#[test]
fn older_rego_is_read_when_asked_for() {
    let old = [("a.rego", "package a\ntest_x { any([false, true]) }")];
    assert_eq!(run(&old, &["."]).exit, 2);
    assert_eq!(run(&old, &[".", "--rego-version", "v0"]).exit, 0);
}

#[test]
fn an_endless_test_ends_and_the_others_are_run() {
    let source = format!("package a\ntest_endless {ENDLESS}\ntest_short if true");
    let endless = run(&[("a.rego", &source)], &[".", "--policy-timeout", "2"]);
    assert_eq!(
        (endless.exit, last(&endless.stdout)),
        (2, "no verdict: 1 passed, 0 failed, 1 without a result, 0 skipped")
    );
    assert!(endless.stdout.starts_with("error[a.test_endless] ./a.rego:2\n  it did not finish within its share"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_test_that_takes_too_much_memory_ends_the_run() {
    let source = "package a\ntest_much if count(numbers.range(1, 1000000000)) == 0\ntest_short if true";
    let much = run(&[("a.rego", source)], &[".", "--policy-memory", "1000000"]);
    assert_eq!((much.exit, last(&much.stdout)), (2, "no verdict: no test was run"));
    let told = much.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("need more than 1000000 bytes of memory") && told.contains("`data.a.test_much`"), "{told}");
}

/// Nothing in a name or a text passes for a line of the results, moves a cursor or gives orders to a host.
#[cfg(unix)]
#[test]
fn hostile_names_and_texts_stay_what_they_are() {
    let source = "package a[\"b\\npass: 9 passed\"]\n\
                  test_x if { print(\"one\\npass: 9 passed\\n::error::two \\u001b[31m\"); false }\n\
                  test_y := \"]]><x>&\\u001b[2J\\u202e\"";
    let files = [("p/evil\npass: 9 passed.rego", source)];
    let forged =
        |text: &str| text.lines().any(|line| line.trim_start().starts_with("pass: 9")) || text.contains('\u{1b}');
    let text = run(&files, &["p"]);
    assert!(text.exit == 1 && !forged(&text.stdout), "{}", text.stdout);
    assert!(!text.stdout.contains("\n::error") && !text.stdout.contains('\u{202e}'));
    let json = run(&files, &["p", "--format", "json"]);
    assert!(!forged(&json.stdout));
    assert_eq!(json.json()["tests"][1]["why"], "it is \"]]><x>&\\u001b[2J\u{202e}\", not true");
    assert_eq!(json.json()["tests"][0]["file"], "p/evil\npass: 9 passed.rego");
    let junit = run(&files, &["p", "--format", "junit", "--coverage"]);
    assert!(!junit.stdout.contains('\u{1b}') && !junit.stdout.contains("<x>"));
    let document = roxmltree::Document::parse(&junit.stdout).unwrap();
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("failure")).count(), 2);
    let broken = run(&[("p/evil\npass: 9 passed.rego", "package a\nx if {")], &["p"]);
    assert!(broken.exit == 2 && !broken.stdout.lines().any(|line| line.starts_with("pass")), "{}", broken.stdout);
}

/// The program's policies keep to the rules of those of others.
#[test]
fn the_policies_of_the_program_pass() {
    let own = run_in(Path::new(env!("CARGO_MANIFEST_DIR")), &["policies", "--threshold", "100", "--format", "json"]);
    let document = own.json();
    assert_eq!((own.exit, own.stderr.as_str(), &document["verdict"]), (0, "", &json!("pass")));
    assert_eq!(document["coverage"]["percent"], 100.0);
    assert!(document["summary"]["passed"].as_u64().unwrap() > 200);
}

#[test]
fn the_other_command_of_this_name_is_told() {
    let help = run(&[], &["--help"]);
    assert_eq!(help.exit, 0);
    let told = help.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("With -p or --policy, `oacguard test` takes conftest's place instead"), "{told}");
}
