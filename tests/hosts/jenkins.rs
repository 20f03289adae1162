//! Jenkins runs each `sh` step as a script of its own, with `sh -xe`.

use oacguard::init::Host;

use super::sandbox::{CASES, Outcome, Sandbox};
use super::yaml::written;

/// The scripts of the `sh` steps, in order. Groovy would read a backslash in them as its own.
fn scripts() -> Vec<String> {
    let file = written(Host::Jenkins);
    let scripts: Vec<String> =
        file.split("sh '''\n").skip(1).map(|rest| rest.split("'''").next().unwrap().to_owned()).collect();
    assert!(scripts.len() == 4 && scripts.iter().all(|script| !script.contains('\\')));
    scripts
}

/// Runs the stages until one fails, and then what is run at any rate.
fn pipeline(sandbox: &Sandbox) -> Outcome {
    let scripts = scripts();
    let (last, stages) = scripts.split_last().unwrap();
    let mut outcome = None;
    for stage in stages {
        let done = sandbox.run(&["sh", "-xe", "-c", stage]);
        let stop = done.status != 0;
        outcome = Some(done);
        if stop {
            break;
        }
    }
    assert_eq!(sandbox.run(&["sh", "-xe", "-c", last]).status, 0);
    outcome.unwrap()
}

fn sandbox(case: Option<&str>) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.terraform(case);
    let temp = sandbox.path("temp");
    for (name, value) in [("OACGUARD_VERSION", "0.0.0"), ("TERRAFORM_ROOT", "."), ("WORKSPACE_TMP", &temp)] {
        sandbox.set(name, value);
    }
    sandbox
}

#[test]
fn the_build_fails_unless_the_plan_passes() {
    for (case, status) in CASES {
        let sandbox = sandbox(Some(case));
        let outcome = pipeline(&sandbox);
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
        assert_eq!(sandbox.files("work/oacguard-reports"), ["oacguard.html", "oacguard.junit.xml"]);
        assert!(sandbox.files("temp").is_empty(), "the plan is left behind");
        assert!(sandbox.calls("cargo").starts_with("install oacguard --locked --version 0.0.0 --root "));
    }
}

#[test]
fn a_plan_that_cannot_be_shown_is_no_pass() {
    assert_eq!(pipeline(&sandbox(None)).status, 2);
}

#[test]
fn the_program_is_installed_once() {
    let sandbox = sandbox(Some(CASES[1].0));
    pipeline(&sandbox);
    pipeline(&sandbox);
    assert_eq!(sandbox.calls("cargo").lines().count(), 1);
}

#[test]
fn reports_are_those_that_are_published() {
    let file = written(Host::Jenkins);
    for (name, step) in [("junit.xml", "junit testResults: "), ("html", "archiveArtifacts artifacts: ")] {
        assert!(file.contains(&format!("{step}'oacguard-reports/oacguard.{name}'")), "{step}");
        assert!(file.contains(&format!("=oacguard-reports/oacguard.{name}\n")), "{name}");
    }
    assert_eq!(file.matches('{').count(), file.matches('}').count());
}
