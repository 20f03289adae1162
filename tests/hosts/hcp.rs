//! HCP Terraform answers with the plan of a run, with nothing while it is not finished, or not at all.

use oacguard::init::Host;

use super::sandbox::{CASES, Sandbox, plan};
use super::yaml::written;

const RUN: &str = "run-CZcmD7eagjhyX0vN";

fn sandbox(answer: &str) -> Sandbox {
    let mut sandbox = Sandbox::new();
    let config = sandbox.path("config");
    sandbox.program(
        "curl",
        &format!(
            "cat >'{config}'\nwhile [ $# -gt 0 ]; do case $1 in --output) to=$2; shift ;; esac; shift; done\n{answer}"
        ),
    );
    sandbox.write("work/oacguard-hcp.sh", &written(Host::Hcp));
    sandbox.set("TF_TOKEN", "hunter2");
    sandbox
}

#[test]
fn the_plan_of_the_run_is_judged() {
    for (case, status) in CASES {
        let sandbox = sandbox(&format!("cp '{}' \"$to\"", plan(case).display()));
        let outcome = sandbox.run(&["bash", "oacguard-hcp.sh", RUN, "--format", "json"]);
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
        let call = sandbox.calls("curl");
        assert!(call.ends_with(&format!(" https://app.terraform.io/api/v2/runs/{RUN}/plan/json-output\n")), "{call}");
        assert!(call.contains("--fail ") && !call.contains("hunter2"), "{call}");
        assert_eq!(sandbox.read("config"), "header = \"Authorization: Bearer hunter2\"\n");
        assert!(sandbox.files("temp").is_empty(), "the plan is left behind");
    }
}

#[test]
fn without_a_plan_there_is_no_verdict() {
    for answer in ["exit 22", ": >\"$to\"", ":"] {
        let sandbox = sandbox(answer);
        let outcome = sandbox.run(&["bash", "oacguard-hcp.sh", RUN]);
        assert_eq!(outcome.status, 2, "{answer}: {outcome:?}");
        assert!(sandbox.files("temp").is_empty());
    }
}

#[test]
fn what_is_no_run_is_not_asked_for() {
    for wrong in ["", "run-", "run-a/../../x", "--help", "plan-CZcmD7eagjhyX0vN", "run-a\nb"] {
        let sandbox = sandbox("cp /dev/null \"$to\"");
        assert_eq!(sandbox.run(&["bash", "oacguard-hcp.sh", wrong]).status, 2, "{wrong}");
        assert_eq!(sandbox.calls("curl"), "");
    }
    let mut sandbox = sandbox("exit 0");
    sandbox.set("TF_TOKEN", "");
    assert_eq!(sandbox.run(&["bash", "oacguard-hcp.sh", RUN]).status, 2);
    assert_eq!(sandbox.calls("curl"), "");
}

#[test]
fn an_enterprise_has_a_host_of_its_own() {
    let mut sandbox = sandbox("exit 22");
    sandbox.set("TFE_HOST", "tfe.example.com");
    sandbox.run(&["bash", "oacguard-hcp.sh", RUN]);
    assert!(sandbox.calls("curl").contains(" https://tfe.example.com/api/v2/runs/"));
}
