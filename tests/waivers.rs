//! What `oacguard.toml` changes about a verdict, and what it never does.

#![allow(clippy::unwrap_used, reason = "a test may stop wherever what it stands on is missing")]

#[path = "support/project.rs"]
mod project;

use std::fs;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::{contains, is_empty, starts_with};
use serde_json::{Value, json};

use project::{Project, case, findings, incident, setting, stdout, waiver};

const DISTRIBUTION: &str = "aws_cloudfront_distribution.webapp";

#[test]
fn a_waived_finding_stays_and_no_longer_blocks() {
    let project = Project::new(&waiver("oai-sse-kms", DISTRIBUTION));
    let text = stdout(&project.check(&[&incident()]).code(0).stderr(is_empty()));
    insta::assert_snapshot!(text);
    let report = project.report(&[&incident()]);
    assert_eq!(report["verdict"], "pass");
    assert_eq!((&report["summary"]["waived"], &report["summary"]["error"]), (&json!(1), &json!(0)));
    let finding = findings(&report, "oai-sse-kms")[0];
    let expected = json!({
        "reason": "nothing is uploaded until the migration is through",
        "owner": "web platform",
        "expires": "2026-06-30",
    });
    assert_eq!(finding["waiver"], expected);
    assert_eq!((&finding["severity"], &finding["status"]), (&json!("error"), &json!("introduced")));
}

#[test]
fn a_waiver_is_for_what_it_selects_and_for_nothing_else() {
    for select in [DISTRIBUTION, "aws_cloudfront_*", "aws_s3_bucket.webapp_s3", "*.aws_kms_key.this"] {
        Project::new(&waiver("oai-sse-kms", select)).check(&[&incident()]).code(0);
    }
    for select in ["aws_cloudfront_distribution", "aws_cloudfront_distribution.web", "aws_s3_bucket.other", "kms"] {
        let unmatched = contains("note[waiver-unmatched]").and(contains(DISTRIBUTION));
        Project::new(&waiver("oai-sse-kms", select)).check(&[&incident()]).code(1).stdout(unmatched);
    }
    let other = contains("note[waiver-unmatched]").and(contains("`legacy-oai` finds nothing in this plan"));
    Project::new(&waiver("legacy-oai", "*")).check(&[&incident()]).code(1).stdout(other);
}

#[test]
fn one_site_of_many_is_waived_by_its_key() {
    let plan = case("aws3-for-each-one-kms");
    let report = Project::bare().report(&[&plan]);
    let broken = findings(&report, "oai-sse-kms")[0]["distribution"].as_str().unwrap();
    assert!(broken.ends_with("\"]"), "{broken}");
    Project::new(&waiver("oai-sse-kms", broken)).check(&[&plan]).code(0);
    Project::new(&waiver("oai-sse-kms", &broken.replace("[\"", "[\"not-"))).check(&[&plan]).code(1);
}

#[test]
fn a_jsonpath_selects_resources_in_the_plan() {
    let select = |path: &str| Project::new(&waiver("oai-sse-kms", path)).check(&[&incident()]);
    select("$.resource_changes[?@.type == \"aws_s3_bucket\"]").code(0);
    select("$.configuration..resources[?@.type == \"aws_cloudfront_distribution\"]").code(0);
    select("$..sse_algorithm").code(0);
    for nothing in ["$.resource_changes[?@.type == \"aws_route53_record\"]", "$.resource_changes", "$"] {
        select(nothing).code(1).stdout(contains("note[waiver-unmatched]").and(contains("JSONPath selects no")));
    }
}

#[test]
fn a_waiver_ends_with_its_day_and_that_is_said() {
    let mut project = Project::new(&waiver("oai-sse-kms", "*"));
    // The last second of 2026-06-30, and the next one.
    "1782863999".clone_into(&mut project.today);
    project.check(&[&incident()]).code(0).stdout(contains("waiver-expired").not());
    "1782864000".clone_into(&mut project.today);
    let told = contains("warning[waiver-expired]").and(contains("held until 2026-06-30: 1 finding counts again"));
    project.check(&[&incident()]).code(1).stdout(told.and(contains("oacguard.toml:1")));
    let report = project.report(&[&incident()]);
    assert_eq!(findings(&report, "oai-sse-kms")[0]["waiver"], Value::Null);
    let remark = findings(&report, "waiver-expired")[0];
    assert_eq!((&remark["severity"], &remark["location"]["line"]), (&json!("warning"), &json!(1)));
    assert_eq!(report["summary"]["waived"], 0);
    // It is the file that is out of date; a plan is not blocked for that alone.
    let plan = case("article-3-oac");
    project.check(&["--fail-on", "note", &plan]).stdout(contains("warning[waiver-expired]"));
    Project::bare().check(&[&plan]).code(0);
    project.check(&[&plan]).code(0);
}

#[test]
fn the_day_has_to_be_certain() {
    let mut project = Project::new(&waiver("oai-sse-kms", "*"));
    for wrong in ["", "yesterday", "-1", "99999999999999"] {
        wrong.clone_into(&mut project.today);
        let errors = project.report(&[&incident()])["errors"].clone();
        assert_eq!(errors[0]["kind"], "clock", "{wrong:?}");
        project.check(&[&incident()]).code(2);
    }
    // Without the variable it is the day of the system.
    let old = waiver("oai-sse-kms", "*").replace("2026-06-30", "2020-01-01");
    let project = Project::new(&old);
    let mut command = Command::cargo_bin("oacguard").unwrap();
    command.env_clear().current_dir(project.folder.path()).args(["check", &incident()]);
    command.assert().code(1).stdout(contains("waiver-expired"));
}

#[test]
fn the_nearest_file_holds_and_the_command_line_names_another() {
    let project = Project::new(&waiver("oai-sse-kms", "*"));
    fs::create_dir_all(project.path("a/b")).unwrap();
    project.run_in("a/b", &["check", &incident()]).code(0).stdout(contains("heeded ../../oacguard.toml"));
    project.write("a/oacguard.toml", "");
    project.run_in("a/b", &["check", &incident()]).code(1).stdout(contains("heeded ../oacguard.toml"));
    project.run_in("a/b", &["check", "--config", "../../oacguard.toml", &incident()]).code(0);
    project.check(&["--config", "/dev/null", &incident()]).code(1);
    project.check(&["--config", "nothing.toml", &incident()]).code(2).stdout(contains("nothing.toml: cannot read it"));
}

#[test]
fn without_a_file_nothing_changes() {
    let report = Project::bare().report(&[&incident()]);
    assert!(report.get("config").is_none() && report.get("baseline").is_none());
    let report = Project::new("").report(&[&incident()]);
    assert_eq!(report["config"], json!({"file": "oacguard.toml", "policies": []}));
}

#[test]
fn a_file_that_is_not_understood_is_no_verdict() {
    let good = waiver("oai-sse-kms", "*");
    for (config, place, words) in [
        (good.replace("reason", "raison"), "oacguard.toml:1:1", "has no `reason`"),
        (good.replace("expires = 2026-06-30", ""), "oacguard.toml:1:1", "has no `expires`"),
        (good.replace("2026-06-30", "2026-06-31"), "oacguard.toml:6:11", "invalid date"),
        (good.replace("oai-sse-kms", "oai-see-kms"), "oacguard.toml:2:10", "no policy `oai-see-kms`"),
        (good.replace("'*'", "'$.a['"), "oacguard.toml:3:10", "no JSONPath"),
        (good.replace("[[waiver]]", "[waiver]"), "oacguard.toml:1:1", "list of tables"),
        (good + "until = 2", "oacguard.toml:7:1", "has no key `until`"),
    ] {
        let project = Project::new(&config);
        // Whatever the plan.
        for plan in [incident(), case("article-3-oac")] {
            let text = contains(place).and(contains(words)).and(contains("no verdict: nothing was judged"));
            project.check(&[&plan]).code(2).stdout(text).stderr(is_empty());
        }
        let report = project.report(&[&incident()]);
        assert_eq!((&report["verdict"], &report["errors"][0]["kind"]), (&json!("none"), &json!("config")));
        project.check(&["-q", &incident()]).code(2).stdout(is_empty()).stderr(starts_with("error[config]"));
        project.run(&["baseline", &incident()]).code(2).stdout(is_empty()).stderr(contains(place));
    }
}

#[test]
fn encodings_sizes_and_kinds_of_files() {
    let good = waiver("oai-sse-kms", "*");
    let project = Project::new("");
    project.write("oacguard.toml", format!("\u{feff}{good}"));
    project.check(&[&incident()]).code(0);
    project.write("oacguard.toml", good.replace('\n', "\r\n"));
    project.check(&[&incident()]).code(0);
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(good.encode_utf16().flat_map(u16::to_le_bytes));
    project.write("oacguard.toml", utf16);
    project.check(&[&incident()]).code(2).stdout(contains("not UTF-8 (line 1)"));
    project.write("oacguard.toml", b"# x\n# \xff\n");
    project.check(&[&incident()]).code(2).stdout(contains("not UTF-8 (line 2)"));
    project.write("oacguard.toml", "#".repeat(2 << 20));
    project.check(&[&incident()]).code(2).stdout(contains("more than 1048576 bytes"));
    project.write("oacguard.toml", format!("a = {}", "[".repeat(200_000)));
    project.check(&[&incident()]).code(2).stdout(contains("error[config]"));
    fs::remove_file(project.path("oacguard.toml")).unwrap();
    fs::create_dir(project.path("oacguard.toml")).unwrap();
    project.check(&[&incident()]).code(2).stdout(contains("oacguard.toml: cannot read it"));
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_not_taken_for_no_file() {
    let project = Project::bare();
    std::os::unix::fs::symlink("nowhere.toml", project.path("oacguard.toml")).unwrap();
    project.check(&[&incident()]).code(2).stdout(contains("oacguard.toml: cannot read it"));
}

#[test]
fn values_of_a_file_that_was_named_by_mistake_are_not_printed() {
    let project = Project::bare();
    for content in [
        "db_password = \"hunter2\"\n[aws]\nsecret = \"hunter2\"\n",
        "db_password: hunter2\n",
        "{\"schema\": \"hunter2\", \"findings\": [\"hunter2\"]}",
        "PASSWORD=hunter2\n",
    ] {
        project.write("secrets", content);
        for flag in ["--config", "--baseline"] {
            for format in ["text", "json"] {
                let assert = project.check(&[flag, "secrets", "--format", format, "-v", &incident()]).code(2);
                let output = assert.get_output();
                let all = [output.stdout.as_slice(), &output.stderr].concat();
                assert!(!String::from_utf8(all).unwrap().contains("hunter2"), "{flag} {content}");
            }
        }
    }
}

#[test]
fn a_reason_cannot_style_or_forge_the_report() {
    let evil = "x\\u001b[2J\\n\\npass: all is well\\n::error::owned ##vso[task.complete]";
    let project = Project::new(&waiver("oai-sse-kms", "*").replace("nothing is uploaded", evil));
    let text = stdout(&project.check(&[&incident()]).code(0));
    assert!(!text.contains('\u{1b}') && !text.contains("##vso["), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("pass: all") || line.trim_start().starts_with("::")), "{text}");
}

#[test]
fn a_waiver_does_not_apply_to_errors_of_the_run() {
    let project =
        Project::new(&(waiver("oai-sse-kms", "*") + &waiver("unresolved", "*") + &waiver("partial-plan", "*")));
    project.write("broken.json", "{}");
    let unread = project.path("broken.json").display().to_string();
    let text = contains("Accepted by a waiver").and(contains("waiver-unmatched").not());
    project.check(&[&incident(), &unread]).code(2).stdout(text);
    project.check(&[&unread]).code(2);
    let by_path = waiver("oai-sse-kms", "$..bucket");
    Project::new(&by_path).check(&[&incident(), &unread]).code(2).stdout(contains("waiver-unmatched").not());
}

#[test]
fn what_cannot_be_told_can_be_waived_and_stays_visible() {
    let plan = case("access-unknown");
    let strict = ["--unresolved", "error", plan.as_str()];
    Project::bare().check(&strict).code(1);
    let project = Project::new(&waiver("unresolved", "aws_cloudfront_distribution.site"));
    project.check(&strict).code(0).stdout(contains("Accepted by a waiver").and(contains("unresolved: aws_cloudfront")));
    let report = project.report(&strict);
    assert_eq!((&report["summary"]["waived"], &report["summary"]["unresolved"]), (&json!(1), &json!(0)));
}

#[test]
fn a_policy_that_is_switched_off_is_told_with_what_it_hides() {
    let project = Project::new(&setting("oai-sse-kms", "enabled = false"));
    let off = contains("oai-sse-kms is off, 1 error not shown: the migration is due");
    let dark = contains("CloudFront cannot read 1 of 1 access path").and(contains("unreadable aws_cloudfront"));
    project.check(&[&incident()]).code(0).stdout(off.and(dark));
    let report = project.report(&[&incident()]);
    assert_eq!((&report["verdict"], &report["errors"]), (&json!("pass"), &json!([])), "the outage is explained");
    let expected = json!([{
        "policy": "oai-sse-kms", "enabled": false, "severity": null, "reason": "the migration is due",
        "hidden": {"error": 1, "warning": 0, "note": 0},
    }]);
    assert_eq!(report["config"]["policies"], expected);
    assert!(findings(&report, "oai-sse-kms").is_empty());
    assert_eq!(report["paths"][0]["after"]["new"], "unreadable");
    // And where there is nothing to hide.
    let silent = contains("oai-sse-kms is off, and would find nothing");
    project.check(&[&case("access-unknown")]).code(0).stdout(silent);
}

#[test]
fn another_severity_is_told_with_the_policys_own() {
    let project = Project::new(&setting("oai-sse-kms", "severity = \"note\""));
    let told = contains("note[oai-sse-kms] introduced by this plan").and(contains("lowered from error"));
    project
        .check(&[&incident()])
        .code(0)
        .stdout(told.and(contains("oai-sse-kms counts as note: the migration is due")));
    let report = project.report(&[&incident()]);
    let finding = findings(&report, "oai-sse-kms")[0];
    assert_eq!((&finding["severity"], &finding["base_severity"]), (&json!("note"), &json!("error")));
    assert_eq!(report["summary"]["note"], 1);
    // Raised, but what held before does not block.
    let plan = case("article-1-oai");
    let raised = Project::new(&setting("legacy-oai", "severity = \"error\""));
    let legacy = raised.report(&[&plan]);
    assert!(findings(&legacy, "legacy-oai").iter().any(|finding| finding["severity"] == "error"));
    raised.check(&[&plan]).code(1);
    let existing = case("broken-already-tag-change");
    Project::new(&setting("oai-sse-kms", "severity = \"error\"")).check(&[&existing]).code(0);
}

#[test]
fn the_file_has_defaults_and_the_command_line_wins() {
    let existing = case("broken-already-tag-change");
    let never = Project::new("[check]\nfail-on = \"never\"\n");
    never.check(&[&incident()]).code(0);
    never.check(&["--fail-on", "error", &incident()]).code(1);
    let strict = Project::new("[check]\nfail-on-existing = true\n");
    strict.check(&[&existing]).code(1);
    strict.check(&["--fail-on-existing=false", &existing]).code(0);
    Project::bare().check(&["--fail-on-existing", &existing]).code(1);
    Project::bare().check(&[&existing]).code(0);
    let unresolved = Project::new("[check]\nunresolved = \"error\"\n");
    unresolved.check(&[&case("access-unknown")]).code(1);
    unresolved.check(&["--unresolved", "note", &case("access-unknown")]).code(0);
    let paths = Project::new("[check]\nrequire-paths = true\n");
    paths.write("empty.json", r#"{"format_version": "1.2", "planned_values": {"root_module": {}}, "resource_changes": [], "configuration": {"root_module": {}}}"#);
    paths.check(&["empty.json"]).code(2).stdout(contains("error[no-paths]"));
    paths.check(&["--require-paths=false", "empty.json"]).code(0);
    Project::bare().check(&["--fail-on-existing=perhaps", &existing]).code(2).stdout(is_empty());
}

#[test]
fn the_schema_of_the_file_names_the_policies() {
    let schema: Value = serde_json::from_str(&stdout(&Project::bare().run(&["schema", "config"]).code(0))).unwrap();
    jsonschema::draft202012::new(&schema).unwrap();
    assert_eq!(schema["$id"], "urn:oacguard:config:v1");
    let ids = schema["$defs"]["Waiver"]["properties"]["policy"]["enum"].as_array().unwrap();
    assert!(ids.contains(&json!("oai-sse-kms")) && !ids.contains(&json!("waiver-expired")));
}

#[test]
fn a_remark_on_a_waiver_is_no_policy() {
    let project = Project::bare();
    let answer = contains("is no policy but a remark on a waiver");
    project.run(&["explain", "waiver-expired"]).code(2).stdout(is_empty()).stderr(answer);
    project.run(&["policies"]).code(0).stdout(contains("waiver-").not());
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let project = Project::new(&(waiver("oai-sse-kms", "$..bucket") + &waiver("legacy-oai", "x")));
    project.run(&["baseline", "--output", "b.json", &case("article-1-oai")]).code(0);
    for format in ["text", "json"] {
        let run = || stdout(&project.check(&["--format", format, "--baseline", "b.json", &incident()]));
        assert_eq!(run(), run());
    }
}
