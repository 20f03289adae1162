//! Several plans at once: what one state does to the readers of another.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test may fail loudly, and so may what it is built of"
)]

#[path = "support/program.rs"]
mod program;

use program::oacguard;
use serde_json::Value;

const CDN: &str = "testdata/states-apart-cdn/plan.json";
const STORAGE: &str = "testdata/states-apart-storage/plan.json";

/// The exit status, and each finding as policy, plan, distribution and bucket.
fn judged(args: &[&str]) -> (i32, Vec<[String; 4]>) {
    let all: Vec<&str> = ["check", "--format", "json"].iter().chain(args).copied().collect();
    let outcome = oacguard(&all, b"");
    assert_eq!(outcome.crash(), None);
    let report = outcome.json();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let findings = findings.map(|finding| ["policy", "plan", "distribution", "bucket"].map(|key| text(finding, key)));
    (outcome.exit, findings.collect())
}

#[test]
fn a_bucket_in_another_state_is_linked_by_its_name_whatever_the_order() {
    for plans in [[CDN, STORAGE], [STORAGE, CDN]] {
        let (exit, findings) = judged(&plans);
        assert_eq!(exit, 1);
        let error = ["oai-sse-kms", CDN, "aws_cloudfront_distribution.site", "aws_s3_bucket.site"].map(str::to_owned);
        assert!(findings.contains(&error), "{findings:?}");
    }
}

#[test]
fn a_bucket_that_is_looked_up_is_the_one_of_the_other_state_whatever_the_order() {
    const CDN: &str = "testdata/states-lookup-cdn/plan.json";
    const STORAGE: &str = "testdata/states-lookup-storage/plan.json";
    for plans in [[CDN, STORAGE], [STORAGE, CDN]] {
        let (exit, findings) = judged(&plans);
        assert_eq!(exit, 1);
        let error = ["oai-sse-kms", CDN, "aws_cloudfront_distribution.site", "aws_s3_bucket.site"].map(str::to_owned);
        assert!(findings.contains(&error), "{findings:?}");
    }
}

/// A key that one state takes in while another destroys it is scheduled for deletion, however well the first one has it.
#[test]
fn a_key_that_another_state_destroys_is_destroyed_whatever_the_order() {
    const FROM: &str = "testdata/states-key-let-go/plan.json";
    const TO: &str = "testdata/states-key-taken-in/plan.json";
    for plans in [[FROM, TO], [TO, FROM]] {
        let (exit, findings) = judged(&plans);
        assert_eq!(exit, 1);
        assert!(findings.iter().any(|[policy, plan, ..]| policy == "key-retired-in-use" && plan == TO), "{findings:?}");
    }
}

#[test]
fn plans_that_are_judged_apart_have_no_links() {
    let (exit, findings) = judged(&["--separate", CDN, STORAGE]);
    assert_eq!(exit, 0);
    assert!(findings.iter().any(|[policy, ..]| policy == "unresolved"), "{findings:?}");
}

#[test]
fn one_plan_that_cannot_be_read_leaves_no_verdict_and_hides_nothing_of_the_others() {
    let (exit, findings) = judged(&[CDN, STORAGE, "testdata/bad-truncated/plan.json"]);
    assert_eq!(exit, 2);
    assert!(findings.iter().any(|[policy, ..]| policy == "oai-sse-kms"), "{findings:?}");
}

#[test]
fn evidence_names_the_plan_it_was_read_in() {
    let outcome = oacguard(&["check", "--format", "json", CDN, STORAGE], b"");
    let report = outcome.json();
    let error =
        report["findings"].as_array().unwrap().iter().find(|finding| finding["policy"] == "oai-sse-kms").unwrap();
    let plans: Vec<&str> =
        error["evidence"].as_array().unwrap().iter().filter_map(|item| item["plan"].as_str()).collect();
    assert!(plans.contains(&CDN) && plans.contains(&STORAGE), "{plans:?}");
}

#[test]
fn a_plan_given_twice_hides_nothing() {
    let plan = "testdata/article-2-kms/plan.json";
    let (exit, findings) = judged(&[plan, plan]);
    assert_eq!(exit, 1);
    assert_eq!(findings.iter().filter(|[policy, ..]| policy == "oai-sse-kms").count(), 2, "{findings:?}");
}
