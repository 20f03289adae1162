//! GitLab runs the lines of a script in one shell that stops at the first that fails, with `pipefail` where the shell knows it.

use oacguard::init::Host;

use super::sandbox::{CASES, Outcome, Sandbox};
use super::yaml::{parse, texts, written};

fn job(sandbox: &Sandbox, name: &str) -> Outcome {
    let script = texts(&parse(&written(Host::Gitlab)), &format!("/{name}/script")).join("\n");
    let plain = sandbox.run(&["sh", "-c", &format!("set -e\n{script}")]);
    let strict = sandbox.run(&["bash", "-c", &format!("set -eo pipefail\n{script}")]);
    assert_eq!(plain.status, strict.status, "{plain:?}\n{strict:?}");
    strict
}

fn sandbox(case: Option<&str>) -> Sandbox {
    let mut sandbox = Sandbox::new();
    sandbox.terraform(case);
    sandbox.program("apk", "");
    let work = sandbox.path("work");
    for (name, value) in parse(&written(Host::Gitlab))["variables"].as_object().unwrap() {
        sandbox.set(name, value.as_str().unwrap());
    }
    for (name, value) in [
        ("CI_PROJECT_DIR", work.as_str()),
        ("CI_API_V4_URL", "https://gitlab.example.com/api/v4"),
        ("CI_PROJECT_ID", "5"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("OACGUARD_NOTE_TOKEN", "hunter2"),
    ] {
        sandbox.set(name, value);
    }
    sandbox
}

#[test]
fn the_job_fails_unless_the_plan_passes() {
    let reports = ["gl-code-quality-report.json", "oacguard.junit.xml", "oacguard.md"];
    for (case, status) in CASES {
        let sandbox = sandbox(Some(case));
        assert_eq!(job(&sandbox, "oacguard:install").status, 0);
        let version = env!("CARGO_PKG_VERSION");
        let call = format!("install oacguard --locked --version {version} --root {}\n", sandbox.path("work/.oacguard"));
        assert!(sandbox.calls("cargo").starts_with(&call), "{}", sandbox.calls("cargo"));
        let outcome = job(&sandbox, "oacguard");
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
        for report in reports {
            assert!(!sandbox.read(&format!("work/{report}")).is_empty(), "{case}: no {report}");
        }
    }
    let pipeline = parse(&written(Host::Gitlab));
    let artifacts = &pipeline["oacguard"]["artifacts"];
    let kept = [&artifacts["reports"]["codequality"], &artifacts["reports"]["junit"], &artifacts["paths"][0]];
    assert_eq!(kept.map(|name| name.as_str().unwrap()), reports);
}

#[test]
fn a_plan_that_cannot_be_shown_is_no_pass() {
    let sandbox = sandbox(None);
    job(&sandbox, "oacguard:install");
    assert_eq!(job(&sandbox, "oacguard").status, 2);
}

#[test]
fn a_note_is_written_over_and_not_repeated() {
    let mut job_sandbox = sandbox(None);
    let (config, note) = (job_sandbox.path("config"), job_sandbox.path("note"));
    job_sandbox.program(
        "curl",
        &format!(
            "cp oacguard.curlrc '{config}'\n\
             for word; do case $word in body@*) cp \"${{word#body@}}\" '{note}' ;; esac; done"
        ),
    );
    job_sandbox.write("work/oacguard.md", "the report\n");
    let notes = "https://gitlab.example.com/api/v4/projects/5/merge_requests/7/notes";
    for (mine, method) in [("", format!("--request POST {notes}\n")), ("41\n", format!("--request PUT {notes}/41\n"))] {
        job_sandbox.program("jq", &format!("printf '{mine}'"));
        let outcome = job(&job_sandbox, "oacguard:note");
        assert_eq!(outcome.status, 0, "{outcome:?}");
        let calls = job_sandbox.calls("curl");
        assert!(calls.ends_with(&method), "{calls}");
        assert!(!calls.contains("hunter2") && calls.lines().all(|call| call.contains("--fail ")), "{calls}");
        assert_eq!(job_sandbox.read("config"), "header = \"PRIVATE-TOKEN: hunter2\"\n");
        assert_eq!(job_sandbox.read("note"), "<!-- oacguard:default -->\n\nthe report\n");
        assert!(!job_sandbox.at("work/oacguard.curlrc").exists());
    }
    job_sandbox.program("curl", "exit 22");
    job_sandbox.set("CI", "true");
    assert_ne!(job(&job_sandbox, "oacguard:note").status, 0);
}
