//! The program as CI hosts run it: the exit status they get, what is mixed into their logs, and the files they hand over.

#![allow(clippy::unwrap_used, reason = "a test may stop wherever what it stands on is missing")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// A plan that blocks, one that passes, and what is none.
const BLOCK: &str = "article-2-kms";
const PASS: &str = "article-1-oai";

fn plan(case: &str) -> String {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(case).join("plan.json");
    assert!(plan.is_file(), "{case} is gone");
    plan.display().to_string()
}

/// Runs `program` in a folder that has no `oacguard.toml` above it, in an environment that says only what `set` says.
fn run(program: &Path, folder: &Path, set: &[(&str, &Path)], arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.env_clear().current_dir(folder);
    // Without these, nothing starts on Windows.
    command.envs(["PATH", "SYSTEMROOT"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.envs(set.iter().copied()).args(arguments).write_stdin("").output().unwrap()
}

fn check(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    run(cargo_bin!("oacguard"), folder.path(), &[], &[&["check"], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn hosts_that_decide_by_the_text_get_no_exit_status_for_a_block() {
    let (block, pass) = (plan(BLOCK), plan(PASS));
    for (format, host) in [("atlantis", "Atlantis"), ("spacelift", "Spacelift")] {
        let blocked = check(&["--format", format, &block]);
        assert_eq!(blocked.status.code(), Some(0), "{format}");
        let remark = format!("block, with exit status 0: {host} decides by what it reads in the report\n");
        assert_eq!(text(&blocked.stderr), remark);
        assert!(!blocked.stdout.is_empty());
        let passed = check(&["--format", format, &pass]);
        assert_eq!((passed.status.code(), text(&passed.stderr)), (Some(0), String::new()), "{format}");
        // Without an answer, these hosts must see a step that failed.
        for arguments in [&["--format", format, "-"][..], &["--format", format, &block, "nothing.json"]] {
            let none = check(arguments);
            assert_eq!(none.status.code(), Some(2), "{arguments:?}");
            assert!(!none.stdout.is_empty() && text(&none.stderr).starts_with("error["), "{arguments:?}");
            assert!(!text(&none.stdout).contains("some policies failed"), "{arguments:?}");
        }
    }
    let quiet = check(&["-q", "--format", "atlantis", &block]);
    assert_eq!((quiet.status.code(), text(&quiet.stderr)), (Some(0), String::new()));
    assert!(text(&quiet.stdout).starts_with("FAIL - oai-sse-kms - "));
}

#[test]
fn other_hosts_get_the_exit_status() {
    for format in ["github", "azure", "ndjson"] {
        for (case, status) in [(plan(BLOCK), 1), (plan(PASS), 0), ("nothing.json".to_owned(), 2)] {
            assert_eq!(check(&["--format", format, &case]).status.code(), Some(status), "{format} {case}");
        }
    }
}

#[test]
fn the_step_summary_gets_the_report_as_markdown() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, program) = (folder.path().join("summary.md"), cargo_bin!("oacguard"));
    let (block, set) = (plan(BLOCK), [("GITHUB_STEP_SUMMARY", summary.as_path())]);
    let markdown = text(&check(&["--format", "markdown", &block]).stdout);
    fs::write(&summary, "# Of a step before\n").unwrap();
    let other = run(program, folder.path(), &set, &["check", &block]);
    assert_eq!(other.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&summary).unwrap(), "# Of a step before\n", "only for GitHub");
    for format in ["github", "github=log.txt"] {
        let done = run(program, folder.path(), &set, &["check", "--format", format, &block]);
        assert_eq!(done.status.code(), Some(1));
        assert_eq!(text(&done.stderr), "");
    }
    let both = fs::read_to_string(&summary).unwrap();
    assert_eq!(both, format!("# Of a step before\n\n{markdown}\n{markdown}"));
}

/// The summary comes on top: what cannot be written is told, and the answer stays what it is.
#[test]
fn a_step_summary_that_cannot_be_written_changes_no_exit_status() {
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full.md");
    fs::write(&full, "x".repeat(1024 * 1024)).unwrap();
    for summary in [folder.path().to_owned(), folder.path().join("none/summary.md"), full.clone()] {
        for (case, status) in [(plan(BLOCK), 1), (plan(PASS), 0), ("nothing.json".to_owned(), 2)] {
            let set = [("GITHUB_STEP_SUMMARY", summary.as_path())];
            let arguments = ["check", "--format", "github", &case];
            let done = run(cargo_bin!("oacguard"), folder.path(), &set, &arguments);
            assert_eq!(done.status.code(), Some(status), "{} {case}", summary.display());
            assert!(text(&done.stderr).contains("step summary"), "{}", text(&done.stderr));
            assert!(text(&done.stdout).contains("::endgroup::\n"));
        }
    }
    assert_eq!(fs::metadata(&full).unwrap().len(), 1024 * 1024);
    let set = [("GITHUB_STEP_SUMMARY", Path::new(""))];
    let done = run(cargo_bin!("oacguard"), folder.path(), &set, &["check", "--format", "github", &plan(PASS)]);
    assert_eq!((done.status.code(), text(&done.stderr)), (Some(0), String::new()));
}

/// A folder with the program under the name of conftest, and one without policies.
struct Atlantis {
    folder: tempfile::TempDir,
    conftest: PathBuf,
}

impl Atlantis {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = cargo_bin!("oacguard");
        let conftest = folder.path().join(if cfg!(windows) { "conftest.exe" } else { "conftest" });
        #[cfg(unix)]
        std::os::unix::fs::symlink(program, &conftest).unwrap();
        #[cfg(not(unix))]
        fs::hard_link(program, &conftest).or_else(|_| fs::copy(program, &conftest).map(|_| ())).unwrap();
        fs::create_dir(folder.path().join("none")).unwrap();
        Self { folder, conftest }
    }

    /// Runs conftest as Atlantis does, with more arguments behind.
    fn test(&self, policy: &str, file: &str, more: &[&str]) -> Output {
        let arguments = [&["test", "-p", policy, file, "--no-color"], more].concat();
        run(&self.conftest, self.folder.path(), &[], &arguments)
    }
}

#[test]
fn it_takes_the_place_of_conftest() {
    let atlantis = Atlantis::new();
    let (block, pass) = (plan(BLOCK), plan(PASS));
    let blocked = atlantis.test("none", &block, &[]);
    assert_eq!((blocked.status.code(), text(&blocked.stderr)), (Some(1), String::new()));
    let start = format!("FAIL - {block} - oacguard - oai-sse-kms - aws_cloudfront_distribution.webapp → ");
    assert!(text(&blocked.stdout).starts_with(&start), "{}", text(&blocked.stdout));
    assert!(text(&blocked.stdout).contains(" passed, 0 warnings, 1 failure, 0 exceptions\n"));
    let passed = atlantis.test("none", &pass, &["--all-namespaces"]);
    assert_eq!((passed.status.code(), text(&passed.stderr)), (Some(0), String::new()));
    assert!(text(&passed.stdout).contains(" passed, 0 warnings, 0 failures, 0 exceptions\n"));
    for (case, status, failures) in [(&block, 1, true), (&pass, 0, false)] {
        let json = atlantis.test("none", case, &["-o", "json"]);
        assert_eq!(json.status.code(), Some(status));
        let results: Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(results.pointer("/0/failures").is_some(), failures, "{results}");
    }
    let folder = atlantis.folder.path();
    let hidden = run(cargo_bin!("oacguard"), folder, &[], &["test", "-p", "none", &block, "--no-color"]);
    assert_eq!((hidden.status.code(), hidden.stdout), (Some(1), blocked.stdout));
}

#[test]
fn in_the_place_of_conftest_no_answer_is_no_result() {
    let atlantis = Atlantis::new();
    let own = atlantis.folder.path().join("own/deep");
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("deny.rego"), "package main\n").unwrap();
    fs::write(atlantis.folder.path().join("bad.json"), "{}").unwrap();
    let pass = plan(PASS);
    for (policy, file, more, says) in [
        ("own", &*pass, &[][..], "every plan would pass"),
        ("own/deep/deny.rego", &pass, &[], "every plan would pass"),
        ("missing", &pass, &[], "missing"),
        ("none", &pass, &["-p", "own"], "every plan would pass"),
        ("none", "missing.json", &[], "error["),
        ("none", "bad.json", &[], "error["),
        ("none", &pass, &["--update", "x"], "unexpected argument"),
        ("none", &pass, &["--suppress-exceptions"], "unexpected argument"),
        ("none", &pass, &["-o", "tap"], "invalid value"),
        ("none", &pass, &["missing.json"], "error["),
    ] {
        let done = atlantis.test(policy, file, more);
        assert_eq!(done.status.code(), Some(2), "{policy} {file} {more:?}");
        // Atlantis would take a result for one that can be approved.
        assert_eq!(text(&done.stdout), "", "{policy} {file} {more:?}");
        let told = text(&done.stderr);
        assert!(told.starts_with("error") && told.contains(says) && !told.contains("some policies failed"), "{told}");
    }
    for arguments in [&["test", &*pass][..], &["verify", "-p", "none"], &["check", &pass], &[]] {
        let done = run(&atlantis.conftest, atlantis.folder.path(), &[], arguments);
        assert_eq!((done.status.code(), text(&done.stdout)), (Some(2), String::new()), "{arguments:?}");
    }
}

#[test]
fn in_the_place_of_conftest_policies_of_ones_own_are_asked() {
    let atlantis = Atlantis::new();
    let own = atlantis.folder.path().join("own");
    fs::create_dir_all(&own).unwrap();
    let source = "package main\ndeny contains \"no\" if data.hard\nwarn contains \"look\"\nexception contains [\"x\"]\ndeny_x contains \"y\"\n";
    fs::write(own.join("own.rego"), source).unwrap();
    fs::write(atlantis.folder.path().join("hard.json"), "{\"hard\": true}").unwrap();
    let pass = plan(PASS);
    for (more, status) in [
        (&[][..], 0),
        (&["--fail-on-warn"], 1),
        (&["-d", "hard.json"], 1),
        (&["-d", "hard.json", "--fail-on-warn"], 2),
        (&["-d", "hard.json", "--fail-on-warn", "--no-fail"], 0),
    ] {
        let done = atlantis.test("own", &pass, more);
        assert_eq!(done.status.code(), Some(status), "{more:?}: {}", text(&done.stderr));
        let out = text(&done.stdout);
        assert!(out.contains("WARN - ") && out.contains(" - main - look"), "{out}");
        assert!(out.contains("data.main.exception[_][_] == \"x\""), "{out}");
        let summary =
            format!(" 1 warning, {}, 1 exception\n", if more.contains(&"-d") { "1 failure" } else { "0 failures" });
        assert!(out.contains(&summary), "{out}");
    }
    let json = atlantis.test("own", &pass, &["-o", "json", "-d", "hard.json"]);
    let results: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(results.pointer("/1/namespace"), Some(&Value::from("main")), "{results}");
    assert_eq!(results.pointer("/1/failures/0/msg"), Some(&Value::from("no")), "{results}");
    assert_eq!(results.pointer("/1/exceptions/0/msg"), Some(&Value::from("data.main.exception[_][_] == \"x\"")));
}

#[test]
fn in_the_place_of_conftest_the_project_still_decides() {
    let atlantis = Atlantis::new();
    let config = "[check]\nfail-on = \"never\"\n";
    fs::write(atlantis.folder.path().join("oacguard.toml"), config).unwrap();
    let done = atlantis.test("none", &plan(BLOCK), &[]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).starts_with("WARN - "));
    fs::write(atlantis.folder.path().join("oacguard.toml"), "nonsense").unwrap();
    let done = atlantis.test("none", &plan(PASS), &[]);
    assert_eq!((done.status.code(), text(&done.stdout)), (Some(2), String::new()));
}

/// Hosts take names of files from the top of the repository, wherever in it the program runs.
#[test]
fn places_are_named_from_the_top_of_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    // Without links in it, as the program sees it.
    let top = fs::canonicalize(folder.path()).unwrap();
    let unit = top.join("envs/prod");
    fs::create_dir_all(top.join(".git")).unwrap();
    fs::create_dir_all(&unit).unwrap();
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(BLOCK);
    fs::copy(case.join("main.tf"), unit.join("main.tf")).unwrap();
    let place = |from: &Path, source: &str| {
        let done =
            run(cargo_bin!("oacguard"), from, &[], &["check", "--source", source, "--format", "gitlab", &plan(BLOCK)]);
        let report: Value = serde_json::from_slice(&done.stdout).unwrap();
        report[0]["location"]["path"].as_str().unwrap().to_owned()
    };
    let absolute = unit.display().to_string();
    for (from, source) in [(&unit, "."), (&unit, "../prod"), (&top, "envs/prod"), (&top, absolute.as_str())] {
        assert_eq!(place(from, source), "envs/prod/main.tf", "{source}");
    }
    // Another repository has no such file; nothing is better than the name of one that it may have.
    let other = tempfile::tempdir().unwrap();
    assert!(!place(other.path(), &absolute).contains("main.tf"));
}
