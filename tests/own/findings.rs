//! What policies of the user's own find stands beside what the program's find, and may be waived, set and recorded alike.

use std::fs;

use crate::{Place, QUIET, plan_of};

const INCIDENT: &str = "article-2-kms";

const POLICY: &str = r#"package main

# METADATA
# title: Buckets have an owner
# description: Somebody has to pay.
# related_resources:
#   - https://example.com/owners
# custom:
#   severity: warning
#   remediation: Add the tag `owner`.
deny_owner contains {"msg": sprintf("%s has no owner", [change.address]), "resource": change.address, "team": "web"} if {
	some change in input.resource_changes
	change.type == "aws_s3_bucket"
	not change.change.after.tags.owner
}

deny_oai contains {"msg": sprintf("%s is read as an OAI", [path.origin]), "_path": path.id} if {
	some path in data.oacguard.paths
	path.after.access.known == "oai"
}

warn contains "look"

deny_off contains "never said"

exception contains ["off"]
"#;

#[test]
fn they_say_what_they_are_about() {
    let (report, status) = Place::policy(POLICY).check(INCIDENT, &[]);
    assert_eq!(status, 1);
    let finding = |policy: &str| report["findings"].as_array().unwrap().iter().find(|found| found["policy"] == policy);
    let owner = finding("main.deny_owner").unwrap();
    for (key, value) in [
        ("severity", "warning"),
        ("status", "introduced"),
        ("subject", "aws_s3_bucket.webapp_s3"),
        ("message", "aws_s3_bucket.webapp_s3 has no owner"),
        ("why", "Somebody has to pay."),
        ("fix", "Add the tag `owner`."),
    ] {
        assert_eq!(owner[key], value, "{owner}");
    }
    assert_eq!(owner["links"][0], "https://example.com/owners");
    assert_eq!(owner["details"]["team"], "web");
    let document: serde_json::Value = serde_json::from_slice(&fs::read(plan_of(INCIDENT)).unwrap()).unwrap();
    let path = owner["evidence"][0]["path"].as_str().unwrap();
    let at: usize = path.split(['[', ']']).nth(3).unwrap().parse().unwrap();
    assert_eq!(document["resource_changes"][at]["address"], "aws_s3_bucket.webapp_s3");
    let oai = finding("main.deny_oai").unwrap();
    assert_eq!(oai["severity"], "error");
    assert_eq!(oai["distribution"], "aws_cloudfront_distribution.webapp");
    assert_eq!(oai["bucket"], "aws_s3_bucket.webapp_s3");
    assert_eq!(report["own"]["records"][0]["exceptions"][0]["rule"], "deny_off");
    assert_eq!(report["own"]["records"][0]["exceptions"][0]["left_out"], 1);
    assert!(finding("main.deny_off").is_none());
}

#[test]
fn every_format_shows_them() {
    let place = Place::policy(POLICY);
    let plan = plan_of(INCIDENT);
    for format in [
        "text",
        "json",
        "ndjson",
        "sarif",
        "junit",
        "github",
        "gitlab",
        "azure",
        "markdown",
        "html",
        "atlantis",
        "spacelift",
    ] {
        let done = place.run(&["check", "--policy", "policy", "--format", format, plan.to_str().unwrap()]);
        let text = String::from_utf8(done.stdout).unwrap();
        for policy in ["main.deny_owner", "main.deny_oai"] {
            assert!(text.contains(policy), "{format} lacks {policy}:\n{text}");
        }
        if ["text", "json", "ndjson", "markdown", "html"].contains(&format) {
            assert!(text.contains("deny_off"), "{format} lacks the exemption");
        }
    }
}

#[test]
fn the_project_decides_on_them_too() {
    let place = Place::policy(POLICY);
    let waiver = |policy: &str| {
        format!("[[waiver]]\npolicy = \"{policy}\"\nselect = \"*\"\nreason = \"agreed\"\nexpires = 2099-12-31\n")
    };
    let set = "[[policy]]\nid = \"main.warn\"\nseverity = \"error\"\nreason = \"look at once\"\n";
    place.write("oacguard.toml", [waiver("main.deny_oai"), waiver("main.gone"), set.to_owned()].concat().as_bytes());
    let (report, _) = place.check(INCIDENT, &[]);
    let finding = |policy: &str| report["findings"].as_array().unwrap().iter().find(|found| found["policy"] == policy);
    assert_eq!(finding("main.deny_oai").unwrap()["waiver"]["reason"], "agreed");
    assert_eq!(finding("main.warn").unwrap()["severity"], "error");
    assert_eq!(finding("main.warn").unwrap()["base_severity"], "warning");
    assert!(finding("waiver-unmatched").unwrap()["message"].as_str().unwrap().contains("main.gone"), "{report}");
}

#[test]
fn a_baseline_takes_them_in() {
    let place = Place::policy(POLICY);
    let plan = plan_of(INCIDENT);
    let done = place.run(&["baseline", "--policy", "policy", "--output", "known.json", plan.to_str().unwrap()]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let (report, status) = place.check(INCIDENT, &["--baseline", "known.json"]);
    assert_eq!(status, 0, "{report}");
    assert!(report["findings"].as_array().unwrap().iter().all(|found| found["status"] == "existing"), "{report}");
}

#[test]
fn secrets_stay_where_they_are() {
    let document = serde_json::json!({
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "configuration": {},
        "resource_changes": [{
            "address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance", "name": "main",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {
                "actions": ["create"], "before": null, "after": {"password": "planted-secret"}, "after_unknown": {},
                "before_sensitive": false, "after_sensitive": {"password": true},
            },
        }],
    });
    let place = Place::policy(
        "package main\ndeny contains {\"msg\": sprintf(\"%v\", [c.change.after]), \"all\": c.change.after} if some c in input.resource_changes\n",
    );
    place.write("plan.json", document.to_string().as_bytes());
    let done = place.run(&["check", "--policy", "policy", "--format", "json", "plan.json"]);
    let text = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(1), "{text}");
    assert!(text.contains("(sensitive)") && !text.contains("planted-secret"), "{text}");
}

#[test]
fn a_package_without_a_rule_to_ask_is_told() {
    let place = Place::policy(POLICY);
    let plan = plan_of(QUIET);
    let done = place.run(&[
        "check",
        "--policy",
        "policy",
        "--namespace",
        "main",
        "--namespace",
        "mian",
        plan.to_str().unwrap(),
    ]);
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(text.contains("mian: nothing is asked there") && !text.contains("main: nothing"), "{text}");
}

#[test]
fn what_is_printed_is_told_with_v() {
    let place = Place::policy("package main\ndeny contains \"x\" if print(\"seen\", 7)\n");
    let done = place.run(&["check", "-v", "--policy", "policy", plan_of(QUIET).to_str().unwrap()]);
    let told = String::from_utf8(done.stderr).unwrap();
    assert!(told.contains("seen 7") && told.contains("main.deny"), "{told}");
}

#[test]
fn several_plans_are_judged_apart_or_together() {
    let source = "package main\ndeny contains sprintf(\"%s %d\", [data.conftest.file.name, count(data.oacguard.paths)]) if not is_array(input)\ndeny contains sprintf(\"%d plans, %d paths\", [count(input), count(data.oacguard.paths)]) if is_array(input)\n";
    let place = Place::policy(source);
    for (name, case) in [("a.json", INCIDENT), ("b.json", QUIET)] {
        place.write(name, &fs::read(plan_of(case)).unwrap());
    }
    let messages = |more: &[&str]| {
        let arguments = [&["check", "--policy", "policy", "--format", "json", "a.json", "b.json"], more].concat();
        let done = place.run(&arguments);
        let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let found = report["findings"].as_array().unwrap().clone().into_iter();
        let own = found.filter(|found| found["policy"] == "main.deny");
        own.map(|found| format!("{}: {}", found["plan"].as_str().unwrap(), found["message"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(messages(&[]), ["a.json: a.json 1", "b.json: b.json 0"]);
    assert_eq!(messages(&["--combine"]), ["Combined: 2 plans, 1 paths"]);
}

#[test]
fn flags_for_them_want_them() {
    let place = Place::policy(POLICY);
    let plan = plan_of(QUIET);
    for flags in
        [&["--namespace", "x"][..], &["--all-namespaces"], &["--data", "x"], &["--combine"], &["--rego-version", "v0"]]
    {
        let done = place.run(&[&["check", plan.to_str().unwrap()], flags].concat());
        assert_eq!(done.status.code(), Some(2), "{flags:?}");
        assert!(String::from_utf8_lossy(&done.stderr).contains("--policy"), "{flags:?}");
    }
    for wrong in [
        &["--policy", "none"][..],
        &["--policy", "policy", "--rego-version", "v2"],
        &["--policy", "policy", "--policy-timeout", "0"],
        &["--policy", "policy", "--policy-timeout", "18446744073709551615"],
    ] {
        assert_eq!(
            place.run(&[&["check", plan.to_str().unwrap()], wrong].concat()).status.code(),
            Some(2),
            "{wrong:?}"
        );
    }
}
