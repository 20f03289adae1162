//! What a baseline changes about a verdict, and what is refused as one.

#![allow(clippy::unwrap_used, reason = "a test may stop wherever what it stands on is missing")]

#[path = "support/project.rs"]
mod project;

use std::fs;

use predicates::prelude::*;
use predicates::str::{contains, is_empty};
use serde_json::{Value, json};

use project::{Project, case, findings, incident, setting, stdout, waiver};

#[test]
fn what_a_baseline_holds_no_longer_blocks() {
    let project = Project::bare();
    let baseline = stdout(&project.run(&["baseline", &incident()]).code(0).stderr(is_empty()));
    project.write("b.json", &baseline);
    let document: Value = serde_json::from_str(&baseline).unwrap();
    assert_eq!(document["schema"], "oacguard.baseline/v1");
    assert_eq!(document["findings"][0]["policy"], "oai-sse-kms");
    let told = contains("warning[oai-sse-kms] in the baseline").and(contains("lowered from error"));
    project.check(&["--baseline", "b.json", &incident()]).code(0).stdout(told.and(contains("heeded b.json")));
    project.check(&["--baseline", "b.json", "--fail-on-existing", &incident()]).code(1);
    let report = project.report(&["--baseline", "b.json", &incident()]);
    let finding = findings(&report, "oai-sse-kms")[0];
    assert_eq!((&finding["status"], &finding["severity"]), (&json!("existing"), &json!("warning")));
    assert_eq!(report["baseline"]["covered"], json!([finding["fingerprint"]]));
    assert_eq!((&report["baseline"]["gone"], &report["baseline"]["worse"]), (&json!([]), &json!([])));
    // Another site is another finding.
    project.check(&["--baseline", "b.json", &case("aws3-for-each-one-kms")]).code(1);
}

#[test]
fn what_is_gone_from_a_baseline_is_named() {
    let project = Project::bare();
    project.run(&["baseline", "--output", "b.json", &incident()]).code(0).stdout(is_empty());
    let plan = case("article-3-oac");
    let told = contains("No longer found, and still in b.json").and(contains("oai-sse-kms: aws_cloudfront"));
    project.check(&["--baseline", "b.json", &plan]).code(0).stdout(told);
    let report = project.report(&["--baseline", "b.json", &plan]);
    assert_eq!(report["baseline"]["gone"][0]["policy"], "oai-sse-kms");
    // Of what could not be judged, nobody knows.
    project.write("broken.json", "{}");
    let report = project.report(&["--baseline", "b.json", &plan, "broken.json"]);
    assert_eq!(report["baseline"]["gone"], json!([]));
}

/// One finding stands for all doubts about a path; that one was accepted says nothing of another.
#[test]
fn a_doubt_in_a_baseline_covers_no_other_doubt() {
    let project = Project::bare();
    let accepted = case("earlier-key-loses-grant");
    project.run(&["baseline", "--output", "b.json", &accepted]).code(0);
    let strict = ["--unresolved", "error", "--baseline", "b.json"];
    project.check(&[&strict[..], &[&accepted]].concat()).code(0);
    project.check(&[&strict[..], &[&case("object-key-with-space")]].concat()).code(1);
    let report = project.report(&[&strict[..], &[&case("object-key-with-space")]].concat());
    let doubt = findings(&report, "unresolved")[0];
    assert_eq!(doubt["status"], "introduced");
    assert_eq!(report["baseline"]["worse"], json!([doubt["fingerprint"]]));
}

#[test]
fn a_baseline_leaves_out_what_is_accepted_for_a_time_or_not_asked() {
    let project = Project::new(&(waiver("oai-sse-kms", "*") + &waiver("legacy-oai", "nothing")));
    let document: Value = serde_json::from_str(&stdout(&project.run(&["baseline", &incident()]).code(0))).unwrap();
    assert_eq!(document["findings"], json!([]));
    let project = Project::new(&setting("oai-sse-kms", "enabled = false"));
    let document: Value = serde_json::from_str(&stdout(&project.run(&["baseline", &incident()]).code(0))).unwrap();
    assert_eq!(document["findings"], json!([]));
    // How bad a finding is does not depend on what it counts as.
    let project = Project::new(&(setting("oai-sse-kms", "severity = \"note\"") + "[check]\nfail-on = \"never\"\n"));
    let document: Value = serde_json::from_str(&stdout(&project.run(&["baseline", &incident()]).code(0))).unwrap();
    assert_eq!(document["findings"][0]["severity"], "error");
}

#[test]
fn a_baseline_covers_what_held_before_under_fail_on_existing_only_by_status() {
    let project = Project::bare();
    let plan = case("broken-already-tag-change");
    project.run(&["baseline", "--output", "b.json", &plan]).code(0);
    project.check(&["--baseline", "b.json", &plan]).code(0).stdout(contains("existing before this plan"));
    project.check(&["--baseline", "b.json", "--fail-on-existing", &plan]).code(1);
}

#[test]
fn a_baseline_is_not_written_over_nor_made_of_half() {
    let project = Project::bare();
    project.write("b.json", "mine");
    let there = contains("b.json is there already").and(contains("--force"));
    project.run(&["baseline", "--output", "b.json", &incident()]).code(2).stdout(is_empty()).stderr(there);
    assert_eq!(fs::read_to_string(project.path("b.json")).unwrap(), "mine");
    project.run(&["baseline", "--output", "b.json", "--force", &incident()]).code(0);
    assert!(fs::read_to_string(project.path("b.json")).unwrap().contains("oai-sse-kms"));
    project.run(&["baseline", "--force", &incident()]).code(2);
    project.run(&["baseline", "--output", "no/such/b.json", &incident()]).code(2).stderr(contains("cannot write"));
    project.write("broken.json", "{}");
    let refused = project.run(&["baseline", "--output", "c.json", &incident(), "broken.json"]);
    refused.code(2).stdout(is_empty()).stderr(contains("error[not-a-plan]").or(contains("broken.json")));
    assert!(!project.path("c.json").exists());
    project.run(&["baseline", "nothing.json"]).code(2).stdout(is_empty());
}

#[test]
fn what_is_no_baseline_is_no_verdict() {
    let project = Project::bare();
    let good = stdout(&project.run(&["baseline", &incident()]));
    let twice = {
        let mut document: Value = serde_json::from_str(&good).unwrap();
        let entry = document["findings"][0].clone();
        document["findings"].as_array_mut().unwrap().push(entry);
        document.to_string()
    };
    let report = stdout(&project.check(&["--format", "json", &incident()]));
    for (content, words) in [
        (String::new(), "it is not JSON"),
        (good.replace("baseline/v1", "baseline/v2"), "not `oacguard.baseline/v1`"),
        (good.replace("oai-sse-kms", "oac-key-policy"), "fingerprint"),
        (twice, "finding 2 is the same as finding 1"),
        (report, "it is `oacguard.report/v1`, not `oacguard.baseline/v1`"),
    ] {
        project.write("b.json", content);
        // Whatever the plan.
        for plan in [incident(), case("article-3-oac")] {
            let text = contains("error[baseline]").and(contains(words));
            project.check(&["--baseline", "b.json", &plan]).code(2).stdout(text);
        }
        let report = project.report(&["--baseline", "b.json", &incident()]);
        assert_eq!((&report["verdict"], &report["errors"][0]["kind"]), (&json!("none"), &json!("baseline")));
    }
    project.check(&["--baseline", "nothing.json", &incident()]).code(2).stdout(contains("cannot read it"));
}
