//! Azure Pipelines puts parameters into the variables of a step, runs its script with bash, and obeys what it prints.

use oacguard::init::Host;
use serde_json::Value;

use super::sandbox::{CASES, Outcome, Sandbox, plan};
use super::yaml::{parse, text, written};

/// Runs the steps that are scripts, until one fails.
fn job(sandbox: &mut Sandbox, plan: &str) -> Outcome {
    let template = parse(&written(Host::Azure));
    let default = |name: &str| {
        let parameters = template["parameters"].as_array().unwrap();
        let parameter = parameters.iter().find(|parameter| parameter["name"] == name).expect("a parameter");
        parameter["default"].as_str().map(str::to_owned)
    };
    let mut outcome = None;
    for step in template["steps"].as_array().unwrap().iter().filter(|step| step["bash"].is_string()) {
        for (name, value) in step["env"].as_object().unwrap() {
            let value = value.as_str().unwrap();
            let parameter = value.strip_prefix("${{ parameters.").and_then(|rest| rest.strip_suffix(" }}")).unwrap();
            sandbox.set(name, &default(parameter).unwrap_or_else(|| plan.to_owned()));
        }
        let done = sandbox.run(&["bash", "--noprofile", "--norc", "-c", text(step, "/bash")]);
        let stop = done.status != 0;
        outcome = Some(done);
        if stop {
            break;
        }
    }
    outcome.unwrap()
}

fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new();
    for (name, folder) in [("AGENT_TEMPDIRECTORY", "temp"), ("AGENT_TOOLSDIRECTORY", "home")] {
        let folder = sandbox.path(folder);
        sandbox.set(name, &folder);
    }
    sandbox
}

#[test]
fn the_job_fails_unless_the_plan_passes() {
    for (case, status) in CASES {
        let mut sandbox = sandbox();
        let outcome = job(&mut sandbox, &plan(case).display().to_string());
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
        let summary = format!("##vso[task.uploadsummary]{}", sandbox.path("temp/oacguard/oacguard.md"));
        assert!(outcome.stdout.lines().any(|line| line == summary), "{case}: {outcome:?}");
        // Where the step that publishes looks for it.
        let template: Value = parse(&written(Host::Azure));
        assert_eq!(text(&template, "/steps/2/inputs/searchFolder"), "$(Agent.TempDirectory)/oacguard");
        let published = text(&template, "/steps/2/inputs/testResultsFiles");
        assert!(!sandbox.read(&format!("temp/oacguard/{published}")).is_empty());
        let version = env!("CARGO_PKG_VERSION");
        let call = sandbox.calls("cargo");
        assert!(call.starts_with(&format!("install oacguard --locked --version {version} --root ")), "{call}");
    }
}

#[test]
fn an_agent_that_is_kept_installs_once_and_mixes_no_reports() {
    let mut sandbox = sandbox();
    job(&mut sandbox, &plan(CASES[1].0).display().to_string());
    sandbox.write("temp/oacguard/old", "");
    job(&mut sandbox, &plan(CASES[1].0).display().to_string());
    assert_eq!(sandbox.calls("cargo").lines().count(), 1);
    assert_eq!(sandbox.files("temp/oacguard"), ["oacguard.junit.xml", "oacguard.md"]);
}

#[test]
fn a_plan_that_is_not_there_is_no_pass() {
    let mut sandbox = sandbox();
    assert_ne!(job(&mut sandbox, "/nowhere/tfplan.json").status, 0);
}
