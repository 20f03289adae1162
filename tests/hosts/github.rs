//! GitHub runs each script with `bash --noprofile --norc -eo pipefail`, and reads what it writes to the files that it names in
//! the environment.

use std::collections::BTreeMap;
use std::fs;

use oacguard::init::Host;
use serde_json::Value;

use super::sandbox::{CASES, Outcome, Sandbox, plan};
use super::yaml::{parse, read, root, text, written};

/// A job with what its expressions stand for.
struct Job {
    sandbox: Sandbox,
    known: BTreeMap<String, String>,
}

impl Job {
    fn new(known: &[(&str, &str)]) -> Self {
        let mut sandbox = Sandbox::new();
        let temp = sandbox.path("temp");
        let (output, summary) = (sandbox.path("output"), sandbox.path("summary"));
        let action = root("").display().to_string();
        for (name, value) in [
            ("RUNNER_TEMP", temp.as_str()),
            ("GITHUB_OUTPUT", &output),
            ("GITHUB_STEP_SUMMARY", &summary),
            ("GITHUB_ACTION_PATH", &action),
            ("GITHUB_REPOSITORY", "o/r"),
        ] {
            sandbox.set(name, value);
        }
        let saved = sandbox.path("comment");
        let mine = sandbox.path("mine");
        sandbox.program(
            "gh",
            &format!(
                "case \"$*\" in *--paginate*) test ! -e '{mine}' || cat '{mine}' ;; esac\n\
                 for word; do case $word in body=@*) cp \"${{word#body=@}}\" '{saved}' ;; esac; done"
            ),
        );
        let mut job = Self { sandbox, known: BTreeMap::new() };
        job.know("runner.temp", &temp);
        job.know("github.token", "token");
        job.know("github.event.pull_request.number", "7");
        for (name, value) in known {
            job.know(name, value);
        }
        job
    }

    fn know(&mut self, name: &str, value: &str) {
        self.known.insert(name.to_owned(), value.to_owned());
    }

    /// A value with what its expression stands for; an output that was not set is empty.
    fn resolved(&self, value: &Value) -> String {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let Some(name) = value.strip_prefix("${{ ").and_then(|rest| rest.strip_suffix(" }}")) else { return value };
        let known = self.known.get(name).cloned();
        known.unwrap_or_else(|| if name.starts_with("steps.") { String::new() } else { panic!("{name} stands for?") })
    }

    /// Runs the script of `step`, and takes its outputs.
    fn run(&mut self, step: &Value) -> Outcome {
        for (name, value) in step["env"].as_object().into_iter().flatten() {
            let value = self.resolved(value);
            self.sandbox.set(name, &value);
        }
        self.sandbox.write("script", text(step, "/run"));
        self.sandbox.write("output", "");
        let script = self.sandbox.path("script");
        let outcome = self.sandbox.run(&["bash", "--noprofile", "--norc", "-eo", "pipefail", &script]);
        for line in self.sandbox.read("output").lines() {
            let (name, value) = line.split_once('=').expect("an output");
            let id = step["id"].as_str().expect("a step with outputs has an id");
            self.know(&format!("steps.{id}.outputs.{name}"), value);
        }
        outcome
    }

    /// Runs the scripts of `steps` as far as they go, and gives what came of the check.
    fn all(&mut self, steps: &[Value]) -> Outcome {
        let (mut failed, mut checked) = (false, None);
        for step in steps.iter().filter(|step| step["run"].is_string()) {
            let anyway = step["if"].as_str().is_some_and(|condition| condition.contains("!cancelled()"));
            if failed && !anyway {
                continue;
            }
            let outcome = self.run(step);
            failed |= outcome.status != 0;
            if step["id"] == "check" {
                checked = Some(outcome);
            } else {
                assert_eq!(outcome.status, 0, "{step}: {outcome:?}");
            }
        }
        checked.expect("the check is run")
    }

    fn output(&self, name: &str) -> &str {
        self.known.get(&format!("steps.check.outputs.{name}")).map_or("", String::as_str)
    }
}

fn action() -> Vec<Value> {
    parse(&read("action.yml"))["runs"]["steps"].as_array().unwrap().clone()
}

/// A job of the action, with inputs as they are by default.
fn job_of_action(inputs: &[(&str, &str)]) -> Job {
    let mut job = Job::new(&[("inputs.token", "token")]);
    for (name, input) in parse(&read("action.yml"))["inputs"].as_object().unwrap() {
        if let Some(default) = input["default"].as_str().filter(|default| !default.contains("${{")) {
            job.know(&format!("inputs.{name}"), default);
        }
    }
    job.know("inputs.plan", "");
    for (name, value) in inputs {
        job.know(&format!("inputs.{name}"), value);
    }
    job
}

fn step(steps: &[Value], name: &str) -> Value {
    steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}")).clone()
}

#[test]
fn the_action_fails_unless_the_plan_passes() {
    for (case, status) in CASES {
        let mut job = job_of_action(&[("plan", &plan(case).display().to_string()), ("source", ".")]);
        let outcome = job.all(&action());
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
        let verdict = ["pass", "block", "none"][usize::try_from(status).unwrap()];
        assert_eq!((job.output("verdict"), job.output("exit-status")), (verdict, status.to_string().as_str()));
        for (name, begins) in [("json", "{"), ("sarif", ""), ("markdown", "")] {
            let text = fs::read_to_string(job.output(&format!("{name}-file"))).unwrap();
            assert!(!text.is_empty() && text.starts_with(begins), "{case}, {name}");
        }
        let markdown = fs::read_to_string(job.output("markdown-file")).unwrap();
        assert_eq!(job.sandbox.read("summary"), markdown);
        let built = job.sandbox.calls("cargo");
        let from = root("").display().to_string();
        assert!(built.starts_with(&format!("install --path {from} --locked --root ")), "{built}");
        // Said on the pull request, whether it blocks or not.
        assert!(job.sandbox.read("comment").ends_with(&markdown), "{case}");
    }
}

#[test]
fn inputs_are_words_and_never_code() {
    let plan = plan(CASES[0].0).display().to_string();
    let mut job = job_of_action(&[
        ("plan", "$(touch pwned)\n; touch pwned\n`touch pwned` --help\n-q"),
        ("args", "--config=$(touch pwned)\n\n--fail-on\n\"never\""),
        ("fail-on", "never; touch pwned"),
        ("source", "a b;touch pwned"),
    ]);
    assert_eq!(job.run(&step(&action(), "Build")).status, 0);
    let outcome = job.run(&step(&action(), "Check"));
    assert_eq!(outcome.status, 2, "{outcome:?}");
    assert_eq!(job.sandbox.files("work"), ["main.tf"]);
    // The program gets each line as it is.
    let mut job = job_of_action(&[("plan", &plan), ("args", "--fail-on\nnever\n--config=two words.toml")]);
    job.run(&step(&action(), "Build"));
    job.sandbox.write("work/two words.toml", "");
    assert_eq!(job.run(&step(&action(), "Check")).status, 0);
    assert_eq!(job.output("verdict"), "pass");
}

#[test]
fn several_plans_are_judged_together_and_none_is_no_pass() {
    let plans = CASES.map(|(case, _)| plan(case).display().to_string());
    let check = step(&action(), "Check");
    for (named, status) in [
        (format!("{}\n{}\n", plans[1], plans[0]), 1),
        (plans.join("\n"), 2),
        (String::new(), 2),
        ("\n\n".to_owned(), 2),
    ] {
        let mut job = job_of_action(&[("plan", &named)]);
        job.run(&step(&action(), "Build"));
        let outcome = job.run(&check);
        assert_eq!(outcome.status, status, "{named:?}: {outcome:?}");
        if named.trim().is_empty() {
            assert!(outcome.stdout.starts_with("::error "), "{outcome:?}");
            assert_eq!(job.output("verdict"), "none");
        }
    }
}

/// A program that was not built, or that crashes, is no pass.
#[test]
fn whatever_ends_badly_is_no_pass() {
    let plan = plan(CASES[1].0).display().to_string();
    let mut job = job_of_action(&[("plan", &plan)]);
    assert_eq!(job.run(&step(&action(), "Check")).status, 127);
    assert_eq!(job.output("verdict"), "none");
    job.sandbox.program("oacguard-that-crashes", "kill -9 $$");
    fs::create_dir_all(job.sandbox.at("temp/oacguard/bin")).unwrap();
    fs::copy(job.sandbox.at("bin/oacguard-that-crashes"), job.sandbox.at("temp/oacguard/bin/oacguard")).unwrap();
    assert_eq!(job.run(&step(&action(), "Check")).status, 137);
    assert_eq!(job.output("verdict"), "none");
}

#[test]
fn another_source_is_another_build() {
    let name = step(&action(), "Name the build");
    let mut job = job_of_action(&[]);
    let source = job.sandbox.path("temp/action");
    for folder in ["src", "policies"] {
        fs::create_dir_all(job.sandbox.at("temp/action").join(folder)).unwrap();
    }
    for file in ["Cargo.toml", "Cargo.lock", "build.rs", "src/main.rs", "policies/a.rego"] {
        job.sandbox.write(&format!("temp/action/{file}"), file);
    }
    job.sandbox.set("GITHUB_ACTION_PATH", &source);
    let mut seen = Vec::new();
    for change in [None, Some("Cargo.lock"), Some("policies/a.rego"), Some("src/new.rs")] {
        if let Some(file) = change {
            job.sandbox.write(&format!("temp/action/{file}"), "changed");
        }
        for _ in 0..2 {
            assert_eq!(job.run(&name).status, 0);
        }
        let digest = job.known["steps.build.outputs.digest"].clone();
        assert!(digest.len() == 64 && digest.chars().all(|c| c.is_ascii_hexdigit()), "{digest}");
        assert!(!seen.contains(&digest), "{change:?}");
        seen.push(digest);
    }
}

#[test]
fn a_comment_is_written_over_and_not_repeated() {
    let mut job = job_of_action(&[("comment-tag", "prod --> <b>\" $(id)")]);
    let report = job.sandbox.path("report.md");
    job.sandbox.write("report.md", "the report\n");
    job.know("steps.check.outputs.markdown-file", &report);
    let comment = step(&action(), "Comment");
    assert_eq!(job.run(&comment).status, 0);
    assert!(job.sandbox.calls("gh").contains("--method POST repos/o/r/issues/7/comments --field body=@"));
    assert_eq!(job.sandbox.read("comment"), "<!-- oacguard:prod------b-----id- -->\n\nthe report\n");
    job.sandbox.write("mine", "41\n42\n");
    assert_eq!(job.run(&comment).status, 0);
    assert!(job.sandbox.calls("gh").contains("--method PATCH repos/o/r/issues/comments/41 --field body=@"));
    // What cannot be asked is not taken for "no comment yet".
    job.sandbox.program("gh", "exit 1");
    assert_ne!(job.run(&comment).status, 0);
    assert_eq!(job.sandbox.calls("gh").matches("--method").count(), 2);
}

/// GitHub's `gh` has a jq of its own; where there is one here, the filter is tried with it.
#[test]
fn the_filter_finds_our_comment_and_nobody_elses() {
    let script = text(&step(&action(), "Comment"), "/run").to_owned();
    let filter = script.split("--jq '").nth(1).unwrap().split('\'').next().unwrap();
    let mut job = job_of_action(&[]);
    if job.sandbox.run(&["sh", "-c", "command -v jq"]).status != 0 {
        return;
    }
    let comment = |id: u32, kind: &str, body: &str| serde_json::json!({"id": id, "user": {"type": kind}, "body": body});
    let comments = serde_json::json!([
        comment(1, "User", "<!-- oacguard:default -->\n"),
        comment(2, "Bot", "see <!-- oacguard:default -->\n"),
        comment(3, "Bot", "<!-- oacguard:other -->\n"),
        comment(4, "Bot", "<!-- oacguard:default -->\n\nthe report"),
    ]);
    job.sandbox.write("work/comments.json", &comments.to_string());
    job.sandbox.set("MARKER", "<!-- oacguard:default -->");
    assert_eq!(job.sandbox.run(&["jq", filter, "comments.json"]).stdout, "4\n");
}

#[test]
fn the_workflow_fails_unless_the_plan_passes() {
    let workflow = parse(&written(Host::Github));
    let steps = workflow["jobs"]["oacguard"]["steps"].as_array().unwrap();
    for (case, status) in CASES {
        let mut job = Job::new(&[]);
        job.sandbox.terraform(Some(case));
        for (name, value) in workflow["jobs"]["oacguard"]["env"].as_object().unwrap() {
            job.sandbox.set(name, value.as_str().unwrap());
        }
        let outcome = job.all(steps);
        assert_eq!(outcome.status, status, "{case}: {outcome:?}");
        let markdown = fs::read_to_string(job.output("markdown-file")).unwrap();
        assert!(!fs::read_to_string(job.output("sarif-file")).unwrap().is_empty());
        assert_eq!(job.sandbox.read("summary"), markdown);
        assert_eq!(job.sandbox.read("comment"), format!("<!-- oacguard:default -->\n\n{markdown}"));
        let version = env!("CARGO_PKG_VERSION");
        let installed = job.sandbox.calls("cargo");
        assert!(
            installed.starts_with(&format!("install oacguard --locked --version {version} --root ")),
            "{installed}"
        );
        assert_eq!(job.sandbox.files("work"), ["main.tf"], "the plan is among the source");
    }
}

#[test]
fn what_cannot_be_planned_fails_the_workflow() {
    let workflow = parse(&written(Host::Github));
    let plan = step(workflow["jobs"]["oacguard"]["steps"].as_array().unwrap(), "Plan");
    let mut job = Job::new(&[]);
    job.sandbox.set("TERRAFORM_ROOT", ".");
    job.sandbox.terraform(None);
    assert_ne!(job.run(&plan).status, 0);
}

#[test]
fn both_comment_in_the_same_way() {
    let workflow = parse(&written(Host::Github));
    let steps = workflow["jobs"]["oacguard"]["steps"].as_array().unwrap();
    assert_eq!(step(steps, "Comment")["run"], step(&action(), "Comment")["run"]);
}
