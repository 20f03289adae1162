//! What a process owes to whoever runs it: exit statuses, streams, files, and the same bytes everywhere.

#![allow(clippy::unwrap_used, reason = "a test may stop wherever what it stands on is missing")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, starts_with};
use serde_json::Value;

/// What would change the output from one machine to the next.
const ENVIRONMENT: [&str; 6] = ["CI", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"];

/// The smallest thing that is a plan, with a value that nobody may see.
const PLAN: &str = r#"{
  "format_version": "1.2",
  "terraform_version": "1.11.4",
  "planned_values": {"root_module": {}},
  "resource_changes": [
    {
      "address": "aws_s3_bucket.site[\"my site\"]",
      "mode": "managed",
      "type": "aws_s3_bucket",
      "name": "site",
      "index": "my site",
      "provider_name": "registry.terraform.io/hashicorp/aws",
      "change": {
        "actions": ["create"],
        "before": null,
        "after": {"bucket": "hunter2", "tags": {"it's": "hunter2"}},
        "after_unknown": {"id": true},
        "before_sensitive": false,
        "after_sensitive": {}
      }
    }
  ],
  "configuration": {"root_module": {"resources": []}}
}"#;

fn oacguard() -> Command {
    let mut command = Command::cargo_bin("oacguard").unwrap();
    for name in ENVIRONMENT {
        command.env_remove(name);
    }
    command
}

fn check(input: &str, arguments: &[&str]) -> assert_cmd::assert::Assert {
    oacguard().arg("check").args(arguments).write_stdin(input).assert()
}

fn query(expression: &str) -> assert_cmd::assert::Assert {
    oacguard().args(["query", expression]).write_stdin(PLAN).assert()
}

fn stdout(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// The plans of the cases whose `expect.json` names this exit status, in the order of their folders.
fn cases(exit: u64) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut plans: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|case| {
            let expected = fs::read_to_string(case.join("expect.json")).unwrap_or_default();
            serde_json::from_str::<Value>(&expected)
                .is_ok_and(|expected| expected.get("exit").is_some_and(|status| *status == exit))
        })
        .map(|case| case.join("plan.json"))
        .filter(|plan| plan.is_file())
        .collect();
    plans.sort();
    plans
}

#[test]
fn a_plan_without_cloudfront_passes_and_says_what_was_looked_at() {
    check(PLAN, &[])
        .code(0)
        .stdout(contains("no CloudFront distribution").and(contains("\npass: ")))
        .stderr(is_empty());
}

#[test]
fn the_exit_status_is_the_verdict() {
    for (exit, verdict) in [(0, "pass"), (1, "block")] {
        for plan in cases(exit).iter().take(3) {
            let name = plan.display().to_string();
            let assert = check("", &[&name]).code(i32::try_from(exit).unwrap()).stderr(is_empty());
            let text = stdout(&assert);
            let last = text.lines().rfind(|line| !line.starts_with(' ')).unwrap();
            assert!(last.starts_with(&format!("{verdict}: ")), "{name}: {last}");
        }
    }
}

#[test]
fn a_block_can_be_turned_off_but_is_still_told() {
    for plan in cases(1).iter().take(1) {
        let plan = plan.display().to_string();
        check("", &["--fail-on", "never", &plan]).code(0).stdout(contains("error["));
        check("", &["-q", &plan]).code(1).stdout(is_empty()).stderr(is_empty());
    }
}

#[test]
fn one_unreadable_plan_is_no_verdict_whatever_the_others_say() {
    for plan in cases(0).iter().chain(&cases(1)).take(2) {
        let plan = plan.display().to_string();
        check("{}", &[&plan, "-"]).code(2).stdout(contains("no verdict: 1 of 2 plans could not be judged"));
    }
}

#[test]
fn every_report_is_valid_and_the_same_every_time() {
    let schema = stdout(&oacguard().args(["schema", "report"]).assert().code(0));
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    // Every case is judged elsewhere; here a sample is enough.
    let mut plans: Vec<PathBuf> = [0, 1, 2].into_iter().flat_map(cases).step_by(4).collect();
    let folder = tempfile::tempdir().unwrap();
    plans.push(folder.path().join("plan.json"));
    fs::write(plans.last().unwrap(), PLAN).unwrap();
    for plan in plans {
        let name = plan.display().to_string();
        let report = || stdout(&check("", &["--format", "json", &name]));
        let text = report();
        assert_eq!(text, report(), "{name}");
        let errors: Vec<String> =
            validator.iter_errors(&serde_json::from_str(&text).unwrap()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn facts_are_valid() {
    let schema = stdout(&oacguard().args(["schema", "facts"]).assert().code(0));
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for plan in [0, 1].into_iter().flat_map(cases).step_by(4) {
        let facts = stdout(&oacguard().arg("facts").arg(&plan).assert().code(0).stderr(is_empty()));
        let errors: Vec<String> =
            validator.iter_errors(&serde_json::from_str(&facts).unwrap()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", plan.display());
    }
}

#[test]
fn evidence_leads_back_into_the_plan() {
    use jsonpath_rust::JsonPath as _;
    for plan in [0, 1].into_iter().flat_map(cases) {
        let document = oacguard::plan::whole::read(fs::read(&plan).unwrap(), u64::MAX).unwrap();
        let name = plan.display().to_string();
        let report = stdout(&check("", &["--format", "json", &name]));
        let report: Value = serde_json::from_str(&report).unwrap();
        let evidence = report["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|finding| finding["evidence"].as_array().cloned().unwrap_or_default());
        for place in evidence {
            let path = place["path"].as_str().unwrap();
            assert_eq!(document.query(path).unwrap().len(), 1, "{name}: {path}");
        }
    }
}

#[test]
fn what_is_no_plan_is_no_verdict() {
    for input in ["", "{}", "[]", "not json", "{\"values\": {}}"] {
        check(input, &[]).code(2).stdout(contains("no verdict: ").and(contains("Next"))).stderr(is_empty());
    }
    check("", &["no/such/file.json"]).code(2).stdout(contains("error[unreadable] no/such/file.json"));
}

#[test]
fn errors_reach_the_log_when_no_text_is_printed() {
    let assert = check("", &["--format", "json"]).code(2).stderr(starts_with("error[empty] standard input"));
    let report: Value = serde_json::from_str(&stdout(&assert)).unwrap();
    assert_eq!(report["verdict"], "none");
    assert_eq!(report["errors"][0]["kind"], "empty");
    check("", &["-q"]).code(2).stdout(is_empty()).stderr(starts_with("error[empty]"));
}

#[test]
fn bad_usage_is_status_2_and_says_so_on_standard_error() {
    let wrong: [&[&str]; 12] = [
        &[],
        &["chekc"],
        &["check", "--no-such-flag"],
        &["check", "--format", "yaml"],
        &["check", "--format", "json="],
        &["check", "--format", "json", "--format", "text"],
        &["check", "--format", "json=a", "--format", "text=a"],
        &["check", "--fail-on", "sometimes"],
        &["check", "--max-size", "2GB"],
        &["check", "-q", "-v"],
        &["schema", "plan"],
        &["explain"],
    ];
    for arguments in wrong {
        let usage = contains("Usage").or(contains("--help"));
        oacguard().args(arguments).write_stdin(PLAN).assert().code(2).stdout(is_empty()).stderr(usage);
    }
}

#[test]
fn help_and_version_are_answers() {
    oacguard().arg("--version").assert().code(0).stdout(starts_with("oacguard ")).stderr(is_empty());
    for command in ["check", "baseline", "facts", "policies", "explain", "query", "schema"] {
        oacguard().args([command, "--help"]).assert().code(0).stdout(contains("Usage")).stderr(is_empty());
    }
}

#[test]
fn reports_go_to_files_and_the_text_still_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let (json, text) = (folder.path().join("report.json"), folder.path().join("report.txt"));
    fs::write(&json, "old").unwrap();
    let (json_format, text_format) = (format!("json={}", json.display()), format!("text={}", text.display()));
    let arguments = ["--color", "always", "--format", &json_format, "--format", &text_format];
    check(PLAN, &arguments).code(0).stdout(contains("pass")).stderr(is_empty());
    let report: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(report["schema"], "oacguard.report/v1");
    let written = fs::read_to_string(&text).unwrap();
    assert!(written.contains("\npass: ") && !written.contains('\u{1b}'), "{written}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
    check(PLAN, &["-q", "--format", &json_format]).code(0).stdout(is_empty());
}

#[test]
fn a_report_that_cannot_be_written_is_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let format = format!("json={}", folder.path().join("no/such/folder/report.json").display());
    check(PLAN, &["--format", &format]).code(2).stdout(contains("pass: ")).stderr(contains("cannot write"));
}

#[test]
fn colour_is_for_terminals_or_on_demand() {
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = oacguard();
        command.arg("check").args(arguments).envs(variables.iter().copied()).write_stdin(PLAN);
        stdout(&command.assert().code(0)).contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]));
    assert!(!coloured(&[], &[("CI", "true")]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn the_environment_does_not_change_the_report() {
    let report = |variables: &[(&str, &str)]| {
        stdout(&oacguard().arg("check").envs(variables.iter().copied()).write_stdin(PLAN).assert())
    };
    assert_eq!(report(&[]), report(&[("COLUMNS", "40"), ("CI", "1"), ("TERM", "dumb"), ("LANG", "C")]));
}

#[test]
fn a_closed_pipe_keeps_the_status_and_is_quiet() {
    for (arguments, status) in [(["check", "no-such-file"], 2), (["schema", "report"], 0)] {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("oacguard"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!((child.wait().unwrap().code(), errors.as_str()), (Some(status), ""));
    }
}

#[test]
fn the_size_limit_holds() {
    check(PLAN, &["--max-size", "100"]).code(2).stdout(contains("error[too-large]"));
}

#[test]
fn diagnostics_are_lines_on_standard_error() {
    check(PLAN, &["-v"]).code(0).stderr(contains("read").and(contains("bytes=")));
    let assert = check(PLAN, &["-v", "--log-format", "json"]).code(0);
    let lines = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(!lines.is_empty());
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line.get("level").is_some() && line.get("timestamp").is_none(), "{line}");
    }
}

#[test]
fn a_query_shows_places_and_types_but_no_values() {
    let bucket = "$['resource_changes'][0]['change']['after']['bucket']\tstring\taws_s3_bucket.site[\"my site\"]\n";
    query("$..bucket").code(0).stdout(bucket).stderr(is_empty());
    query("$.format_version").code(0).stdout("$['format_version']\tstring\n");
    let all = stdout(&query("$..*").code(0));
    assert!(all.contains("['tags']['it\\'s']\tstring") && all.contains("\tobject") && all.contains("\tnull\t"));
    assert!(!all.contains("hunter2") && !all.contains("1.11.4"), "{all}");
}

#[test]
fn the_paths_of_a_query_can_be_queried() {
    for line in stdout(&query("$..*").code(0)).lines() {
        let path = line.split('\t').next().unwrap();
        assert_eq!(stdout(&query(path).code(0)).lines().collect::<Vec<_>>(), [line]);
    }
}

#[test]
fn a_query_without_matches_is_no_error() {
    query("$.nothing").code(0).stdout(is_empty()).stderr("nothing in this plan matches\n");
}

#[test]
fn a_bad_expression_is_shown_with_a_caret() {
    query("$.resource_changes[").code(2).stdout(is_empty()).stderr(contains("$.resource_changes[").and(contains("^")));
}

#[test]
fn a_query_of_no_plan_says_why() {
    oacguard()
        .args(["query", "$"])
        .write_stdin("nothing")
        .assert()
        .code(2)
        .stdout(is_empty())
        .stderr(contains("error["));
}

#[test]
fn every_policy_is_listed_and_explained() {
    let listed = stdout(&oacguard().arg("policies").assert().code(0).stderr(is_empty()));
    let ids: Vec<&str> =
        listed.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next()).collect();
    assert!(ids.contains(&"oai-sse-kms"), "{listed}");
    for id in ids {
        let page = stdout(&oacguard().args(["explain", id]).assert().code(0).stderr(is_empty()));
        assert!(page.starts_with(id), "{page}");
        for part in ["When it fires", "Why it matters", "What to do", "Read more", "https://", "Since"] {
            assert!(page.contains(part), "explain {id} lacks `{part}`:\n{page}");
        }
    }
}

#[test]
fn a_page_says_what_decides_what_breaks_and_what_is_right() {
    insta::assert_snapshot!(stdout(&oacguard().args(["explain", "oac-signing"]).assert().code(0)));
}

#[test]
fn a_mistyped_policy_is_answered_with_the_nearest() {
    let near = contains("no policy `oai-see-kms`").and(contains("oai-sse-kms"));
    oacguard().args(["explain", "oai-see-kms"]).assert().code(2).stdout(is_empty()).stderr(near);
}
