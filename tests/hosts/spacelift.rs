//! Spacelift runs the commands of a hook in one shell, one after the other as long as they succeed, and takes what they leave
//! in `oacguard.custom.spacelift.json` into the input of policies.

use oacguard::init::Host;
use serde_json::Value;

use super::sandbox::{CASES, Outcome, Sandbox};
use super::yaml::{parse, texts, written};

fn after_plan(sandbox: &Sandbox) -> Outcome {
    let commands = texts(&parse(&written(Host::Spacelift)), "/stack_defaults/after_plan");
    assert!(commands.iter().all(|command| !command.contains('\n')), "Spacelift allows no line breaks");
    sandbox.run(&["bash", "-c", &format!("{{ {}; }}", commands.join(" && "))])
}

#[test]
fn the_policy_decides_and_without_a_verdict_the_run_fails() {
    for (case, status) in CASES {
        let sandbox = Sandbox::new();
        sandbox.terraform(Some(case));
        let outcome = after_plan(&sandbox);
        assert_eq!(outcome.status, if status == 2 { 2 } else { 0 }, "{case}: {outcome:?}");
        assert_eq!(sandbox.calls("terraform"), "show -json spacelift.plan\n");
        let report: Value = serde_json::from_str(&sandbox.read("work/oacguard.custom.spacelift.json")).unwrap();
        assert!(report.is_object(), "{case}: {report}");
        // The plan, with its secrets, is not left behind.
        assert_eq!(sandbox.files("work"), ["main.tf", "oacguard.custom.spacelift.json"]);
    }
}

#[test]
fn a_plan_that_cannot_be_shown_fails_the_run() {
    let sandbox = Sandbox::new();
    sandbox.terraform(None);
    assert_eq!(after_plan(&sandbox).status, 2);
}

#[test]
fn the_policy_is_one_of_spacelift() {
    let policy = Host::Spacelift.files()[1].text();
    assert!(policy.lines().any(|line| line == "package spacelift"));
    assert!(policy.contains("input.third_party_metadata.custom.oacguard"));
}
