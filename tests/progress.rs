//! How far a run is, is shown to who sits before a terminal, while it lasts; and never to anybody else.

#![allow(clippy::unwrap_used, reason = "a test may stop wherever what it stands on is missing")]
#![cfg(target_os = "linux")]

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const CLEARED: &str = "\r\u{1b}[2K";

/// What standard error, which is a terminal, gets of `check ARGUMENTS` when the plan comes after `seconds`; and standard
/// output, which is none. Nothing where there is no program that makes a terminal.
fn seen(seconds: &str, arguments: &str, environment: &[(&str, &str)]) -> Option<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let program = assert_cmd::cargo::cargo_bin("oacguard");
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/article-2-kms/plan.json");
    let line = format!(
        "(sleep {seconds}; cat '{}') | '{}' check {arguments} > '{}'",
        plan.display(),
        program.display(),
        report.display()
    );
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line, "/dev/null"]).env_remove("CI").env("TERM", "xterm").env("SHELL", "/bin/sh");
    match terminal.envs(environment.iter().copied()).output() {
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        output => {
            let output = output.unwrap();
            assert_eq!(output.status.code(), Some(1), "{line}");
            Some((String::from_utf8(output.stdout).unwrap(), std::fs::read_to_string(report).unwrap()))
        }
    }
}

#[test]
fn a_long_run_is_shown_and_leaves_nothing() {
    let Some((drawn, report)) = seen("1.2", "", &[]) else { return };
    assert!(drawn.contains("reading standard input"), "{drawn:?}");
    assert!(drawn.ends_with(CLEARED), "{drawn:?}");
    // All on one line, which the last of it wipes.
    assert!(!drawn.contains('\n'), "{drawn:?}");
    assert!(report.contains("\nblock: ") && !report.contains("reading"), "{report}");
}

#[test]
fn several_plans_are_counted() {
    let other = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/migrate-3-kms/plan.json");
    let Some((drawn, _)) = seen("1.2", &format!("--separate - '{}'", other.display()), &[]) else { return };
    assert!(drawn.contains("] 0/2 reading standard input"), "{drawn:?}");
}

#[test]
fn who_does_not_look_is_shown_nothing() {
    for (arguments, environment) in
        [("-q --format text", vec![]), ("", vec![("CI", "true")]), ("", vec![("TERM", "dumb")])]
    {
        let Some((drawn, report)) = seen("1.2", arguments, &environment) else { return };
        assert_eq!(drawn, "", "{arguments} {environment:?}");
        assert!(!report.contains("reading"), "{report}");
    }
    let Some((drawn, _)) = seen("1.2", "-v", &[]) else { return };
    assert!(!drawn.contains(CLEARED) && drawn.contains(" took "), "{drawn:?}");
}

#[test]
fn a_short_run_is_shown_nothing() {
    let begun = Instant::now();
    let Some((drawn, _)) = seen("0", "", &[]) else { return };
    // On a machine that is busy no run is short.
    assert!(drawn.is_empty() || begun.elapsed() > Duration::from_millis(500), "{drawn:?}");
}

/// No terminal at all, for as long.
#[test]
fn a_pipe_gets_nothing() {
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/article-2-kms/plan.json");
    let program = assert_cmd::cargo::cargo_bin("oacguard");
    let line = format!("(sleep 1.2; cat '{}') | '{}' check", plan.display(), program.display());
    let output = Command::new("sh").args(["-c", &line]).env_remove("CI").env("TERM", "xterm").output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(1), Vec::new()));
}
