//! Atlantis runs a step with `sh -c`, reads what it prints to either stream, and decides by what it reads.

use oacguard::init::Host;
use regex::Regex;

use super::sandbox::{CASES, Sandbox, plan};
use super::yaml::{parse, text, written};

/// What Atlantis makes of the output of a step that ended well.
fn passes(output: &str) -> bool {
    let failures = Regex::new(r#"([1-9][0-9]* failure|failures": \[)"#).unwrap();
    let output = output.trim();
    !output.is_empty() && !failures.is_match(output) && !output.starts_with("FAIL")
}

/// What its releases before that rule make of it.
fn passed_once(output: &str) -> bool {
    !output.trim().is_empty() && !output.to_lowercase().contains("fail")
}

#[test]
fn the_step_says_what_the_program_found() {
    let server = parse(&written(Host::Atlantis));
    let step = text(&server, "/workflows/oacguard/policy_check/steps/1/run");
    for (case, status) in CASES {
        let mut sandbox = Sandbox::new();
        // In the folder of the project, with the name that Atlantis gives it.
        std::fs::copy(plan(case), sandbox.at("work/site-default.json")).unwrap();
        let shown = sandbox.path("work/site-default.json");
        sandbox.set("SHOWFILE", &shown);
        let first = sandbox.run(&["sh", "-c", &format!("exec 2>&1\n{step}")]);
        match status {
            // Approvable, and blocked until it is approved.
            1 => assert!(first.status == 0 && !passes(&first.stdout) && !passed_once(&first.stdout), "{first:?}"),
            0 => assert!(first.status == 0 && passes(&first.stdout) && passed_once(&first.stdout), "{first:?}"),
            // An error that nobody can approve.
            _ => assert_eq!(first.status, 2, "{first:?}"),
        }
        assert!(!first.stdout.contains(&shown), "the folder is another with every pull request");
        // The streams are mixed as they come: a remark could stand before the verdict.
        assert!(status == 2 || sandbox.run(&["sh", "-c", step]).stderr.is_empty());
        // An approval holds for the output it was given to.
        assert_eq!(sandbox.run(&["sh", "-c", &format!("exec 2>&1\n{step}")]).stdout, first.stdout);
    }
}

#[test]
fn the_rule_is_the_one_of_atlantis() {
    assert!(!passes("") && !passes(" \n") && !passes("FAIL - a") && !passes("x\n12 failures") && !passes("1 failure"));
    assert!(passes("pass") && passes("0 failures") && passes("10 passed, 0 failures"));
    assert!(!passed_once("0 failures"));
}
