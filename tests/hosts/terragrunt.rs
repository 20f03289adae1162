//! Terragrunt writes a plan for each unit, below the folder it is told, at the path of the unit.

use std::fs;

use oacguard::init::Host;

use super::sandbox::{CASES, Sandbox, plan};
use super::yaml::written;

fn sandbox(cases: &[&str], end: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let head = "echo 'noise of terragrunt'\n\
                while [ $# -gt 0 ]; do case $1 in --json-out-dir) to=$2; shift ;; esac; shift; done\n";
    let unit =
        |case: &&str| format!("mkdir -p \"$to/{case}\"; cp '{}' \"$to/{case}/tfplan.json\"\n", plan(case).display());
    let units: String = cases.iter().map(unit).collect();
    let script = format!("{head}{units}{end}");
    sandbox.program("terragrunt", &script);
    sandbox.write("work/oacguard-terragrunt.sh", &written(Host::Terragrunt));
    sandbox
}

#[test]
fn all_units_are_judged() {
    for (case, status) in CASES {
        let sandbox = sandbox(&["article-1-oai", case], "");
        let outcome = sandbox.run(&["bash", "oacguard-terragrunt.sh", "--format", "json"]);
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
        let report: serde_json::Value =
            serde_json::from_str(&outcome.stdout).expect("nothing but the report is printed");
        // Named by the unit, and the same in every run.
        let unit = format!("oacguard-plans/{case}/tfplan.json");
        let told = if status == 2 { &report["errors"][0]["plan"] } else { &report["plans"][1]["source"] };
        assert_eq!(told, &unit);
        let call = sandbox.calls("terragrunt");
        assert!(call.starts_with("run --all --non-interactive --json-out-dir /"), "{call}");
        assert!(call.ends_with("/oacguard-plans plan\n"), "{call}");
        assert_eq!(sandbox.files("work"), ["main.tf", "oacguard-terragrunt.sh"], "plans are left behind");
    }
}

#[test]
fn units_that_cannot_be_planned_are_no_pass() {
    let sandbox = sandbox(&["article-3-oac"], "exit 1");
    let outcome = sandbox.run(&["bash", "oacguard-terragrunt.sh"]);
    assert!(outcome.status == 2 && outcome.stderr.contains("no verdict"), "{outcome:?}");
    assert_eq!(sandbox.files("work"), ["main.tf", "oacguard-terragrunt.sh"]);
}

#[test]
fn no_units_are_no_pass() {
    assert_eq!(sandbox(&[], "").run(&["bash", "oacguard-terragrunt.sh"]).status, 2);
}

#[test]
fn what_is_there_already_is_neither_judged_nor_removed() {
    let sandbox = sandbox(&["article-3-oac"], "");
    fs::create_dir(sandbox.at("work/oacguard-plans")).unwrap();
    sandbox.write("work/oacguard-plans/mine", "");
    assert_eq!(sandbox.run(&["bash", "oacguard-terragrunt.sh"]).status, 2);
    assert_eq!(sandbox.files("work/oacguard-plans"), ["mine"]);
}
