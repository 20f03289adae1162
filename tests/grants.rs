//! What is said when a policy changes under a site that works: real plans, with one policy of theirs edited.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[path = "support/program.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod program;

use std::path::Path;

use serde_json::{Value, json};

use program::oacguard;

/// An OAC on an SSE-KMS bucket whose key is replaced by another; both keys admit CloudFront.
const OAC: &str = "key-replaced-old-kept";
/// An OAI on an SSE-S3 bucket that the plan does not change.
const OAI: &str = "log-bucket-kms";
const BUCKET_POLICY: &str = "aws_s3_bucket_policy.site";

fn plan(case: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(case).join("plan.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn change<'p>(plan: &'p mut Value, address: &str) -> &'p mut Value {
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    &mut changes.iter_mut().find(|entry| entry["address"] == address).unwrap()["change"]
}

/// The plan, in which the policy of a resource gets what `edit` makes of it.
fn with_policy(mut plan: Value, address: &str, edit: impl Fn(&mut Vec<Value>)) -> Value {
    let change = change(&mut plan, address);
    let mut document: Value = serde_json::from_str(change["before"]["policy"].as_str().unwrap()).unwrap();
    edit(document["Statement"].as_array_mut().unwrap());
    change["after"]["policy"] = json!(document.to_string());
    change["actions"] = json!(["update"]);
    plan
}

/// The plan, in which a resource is destroyed.
fn without(mut plan: Value, address: &str) -> Value {
    let change = change(&mut plan, address);
    change["actions"] = json!(["delete"]);
    change["after"] = Value::Null;
    change["after_sensitive"] = json!(false);
    plan
}

/// The plan, in which a resource never was.
fn never_had(mut plan: Value, address: &str) -> Value {
    fn strip(value: &mut Value, address: &str) {
        match value {
            Value::Array(items) => {
                items.retain(|item| item["address"] != address);
                for item in items {
                    strip(item, address);
                }
            }
            Value::Object(members) => {
                for member in members.values_mut() {
                    strip(member, address);
                }
            }
            _ => {}
        }
    }
    strip(&mut plan, address);
    plan
}

/// Exit status, each finding but for `legacy-oai` as `severity policy status when`, and the report.
fn said(plan: &Value) -> (i32, Vec<String>, Value) {
    let run = oacguard(&["check", "-", "--format", "json"], plan.to_string().as_bytes());
    let report = run.json();
    let findings = report["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or("-").to_owned();
    let said = findings
        .filter(|finding| finding["policy"] != "legacy-oai")
        .map(|finding| ["severity", "policy", "status", "when"].map(|name| text(finding, name)).join(" "));
    (run.exit, said.collect(), report.clone())
}

#[test]
fn an_oai_that_loses_its_bucket_policy_blocks() {
    let gone = said(&without(plan(OAI), BUCKET_POLICY));
    assert_eq!((gone.0, gone.1), (1, vec!["error origin-bucket-policy introduced apply".to_owned()]));
    let other = with_policy(plan(OAI), BUCKET_POLICY, |statements| {
        statements[0]["Principal"] = json!({"Service": "cloudfront.amazonaws.com"});
    });
    let unscoped = "warning unscoped-cloudfront-grant introduced -";
    assert_eq!(said(&other).1, ["error origin-bucket-policy introduced apply", unscoped]);
}

#[test]
fn a_denial_by_address_is_a_warning_and_no_doubt() {
    let denied = with_policy(plan(OAC), BUCKET_POLICY, |statements| {
        statements.push(json!({
            "Sid": "DenyElsewhere", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "arn:aws:s3:::acme-site/*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
        }));
    });
    let (exit, findings, report) = said(&denied);
    assert_eq!((exit, findings), (0, vec!["warning origin-bucket-policy introduced -".to_owned()]));
    assert_eq!(report["findings"][0]["subject"], "aws_s3_bucket_policy.site, statement `DenyElsewhere`");
}

#[test]
fn a_doubtful_denial_that_becomes_certain_blocks() {
    let mut plan = with_policy(plan(OAC), BUCKET_POLICY, |statements| {
        statements.push(json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
        }));
    });
    let change = change(&mut plan, BUCKET_POLICY);
    let doubtful = change["after"]["policy"].clone();
    change["before"]["policy"] = doubtful;
    let certain = with_policy(plan, BUCKET_POLICY, |statements| {
        statements[1].as_object_mut().unwrap().remove("Condition");
    });
    assert_eq!(said(&certain).1[0], "error origin-bucket-policy introduced apply");
    assert_eq!(said(&certain).0, 1);
}

#[test]
fn a_key_that_only_existing_objects_need_keeps_its_grant() {
    let lost = with_policy(plan(OAC), "aws_kms_key.a", |statements| drop(statements.pop()));
    let (exit, findings, report) = said(&lost);
    assert_eq!((exit, findings[0].as_str()), (1, "error key-retired-in-use introduced apply"));
    assert_eq!(report["findings"][0]["key"], "aws_kms_key.a");
    // Not on a distribution that serves nobody, and not where it was so before.
    let mut disabled = lost.clone();
    change(&mut disabled, "aws_cloudfront_distribution.site")["after"]["enabled"] = json!(false);
    assert_eq!(said(&disabled).0, 0);
    let mut before = lost;
    let key = change(&mut before, "aws_kms_key.a");
    key["before"] = key["after"].clone();
    assert_eq!(said(&before).0, 0);
}

#[test]
fn a_bucket_without_a_policy_is_told_from_one_whose_policy_is_not_shown() {
    let observed = |policy: Value| {
        let mut plan = never_had(plan(OAC), BUCKET_POLICY);
        let change = change(&mut plan, "aws_s3_bucket.site");
        change["before"]["policy"] = policy.clone();
        change["after"]["policy"] = policy;
        said(&plan).1
    };
    assert_eq!(observed(json!("")), ["warning origin-bucket-policy existing next-write"]);
    assert_eq!(observed(Value::Null), ["note unresolved introduced -"]);
}

/// A `-target` plan that makes a bucket and leaves its policy to the next.
#[test]
fn what_a_partial_plan_leaves_out_is_not_missing() {
    let whole = never_had(plan("oac-aes256-create"), BUCKET_POLICY);
    assert_eq!(said(&whole).1, ["error origin-bucket-policy introduced next-write"]);
    let mut partial = whole;
    partial["complete"] = json!(false);
    assert_eq!(said(&partial).1, ["warning partial-plan introduced -", "note unresolved introduced -"]);
}
