//! What is no longer known is said: no finding goes away because the plan tells less.

use oacguard::Options;
use oacguard::finding::Severity;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::{Judgement, judge_by, plan_of, settings, some_plan};
use crate::forget::{Lapse, forget, lapses, made_anew, touch};
use crate::transform::Dice;

/// What was passed once: which case, which resource, and what of it was not known.
const ONCE_PASSED: [(&str, &str, &str); 13] = [
    ("aws3-for-each-one-kms", "aws_s3_bucket.site[\"b\"]", "/server_side_encryption_configuration/0"),
    ("aws3-for-each-one-kms", "aws_s3_bucket.site[\"b\"]", "/server_side_encryption_configuration/0/rule"),
    ("oai-new-region", "aws_cloudfront_distribution.site", "/ordered_cache_behavior"),
    ("object-kms", "aws_cloudfront_distribution.site", "/default_cache_behavior/0/lambda_function_association"),
    (
        "uploads-must-be-kms",
        "aws_cloudfront_distribution.site",
        "/default_cache_behavior/0/lambda_function_association",
    ),
    ("replicas-oai", "aws_cloudfront_distribution.site", "/default_cache_behavior/0/lambda_function_association"),
    ("oac-custom-origin-config", "aws_cloudfront_distribution.site", "/origin/0/custom_origin_config"),
    ("oac-custom-origin-config", "aws_cloudfront_distribution.site", "/origin/0/custom_origin_config/0"),
    ("oai-and-oac", "aws_cloudfront_distribution.site", "/origin/0/s3_origin_config"),
    ("key-asymmetric", "aws_kms_key.site", "/customer_master_key_spec"),
    ("disabled-becomes-enabled", "aws_s3_bucket_server_side_encryption_configuration.site", "/rule"),
    ("unused-origin-gets-behaviour", "aws_s3_bucket_server_side_encryption_configuration.media", "/rule"),
    ("key-policy-replaced-create-first", "aws_kms_key_policy.this", "/key_id"),
];

#[test]
fn what_was_passed_once_is_no_longer() {
    for (name, address, path) in ONCE_PASSED {
        let mut plan = plan_of(name);
        let lapse = Lapse::of(&plan, address, path);
        touch(&mut plan, &lapse);
        let known = told(&plan);
        forget(&mut plan, &lapse);
        let silent = silenced(&known, &plan);
        assert!(known.exit == 1 && silent.is_empty(), "{name} without {lapse:?} is silent of {silent:#?}");
    }
}

proptest! {
    #![proptest_config(settings(48))]

    #[test]
    fn what_is_not_known_is_not_passed(name in some_plan(), picks in prop::collection::vec(any::<Index>(), 1..4)) {
        let mut plan = plan_of(name);
        let lapses = lapses(&plan);
        prop_assume!(!lapses.is_empty());
        let picked: Vec<_> = picks.iter().map(|pick| pick.get(&lapses).clone()).collect();
        for lapse in &picked {
            touch(&mut plan, lapse);
        }
        let known = told(&plan);
        for lapse in &picked {
            forget(&mut plan, lapse);
        }
        let silent = silenced(&known, &plan);
        prop_assert!(silent.is_empty(), "{name} without {picked:?} is silent of {silent:#?}");
    }

    #[test]
    fn what_is_made_anew_is_not_passed(name in some_plan(), seed in any::<u64>()) {
        let mut plan = plan_of(name);
        let known = told(&plan);
        let address = made_anew(&mut plan, &mut Dice::new(seed));
        let silent = silenced(&known, &plan);
        prop_assert!(silent.is_empty(), "{name}, {address:?} made anew, is silent of {silent:#?}");
    }
}

/// The findings that block `known`, of the paths on which nothing blocks `plan` if what cannot be told does.
pub(super) fn silenced(known: &Judgement, plan: &Value) -> Vec<Value> {
    let said = told(plan);
    let is_silent = |finding: &&Value| {
        let answers = |one: &&Value| {
            // Of the same policy, a warning says it as well: that of replicas is less sure by then.
            (one["base_severity"] == "error" || one["policy"] == finding["policy"] || one["policy"] == "unresolved")
                && one["distribution"] == finding["distribution"]
                && (one["status"] == "introduced" || one["status"] == finding["status"] || is_taken_over(finding))
        };
        finding["severity"] == "error"
            && finding["status"] != "resolved"
            && !is_guess(finding)
            && !said.findings.iter().any(|one| answers(&one))
    };
    // No verdict is no pass.
    if said.exit == 2 { Vec::new() } else { known.findings.iter().filter(is_silent).cloned().collect() }
}

/// Whether an outage is of today, and the plan brings it to more viewers: where it may not, it is not of this plan.
fn is_taken_over(finding: &Value) -> bool {
    finding["message"].as_str().unwrap().contains(" This plan sends viewers there")
}

/// Whether a finding rests on no more than what an earlier default of the bucket may have been; less is known of that by less.
fn is_guess(finding: &Value) -> bool {
    finding["message"].as_str().unwrap().contains("which key objects of old were written with is not in a plan")
}

/// What is said of a plan where all counts that may.
pub(super) fn told(plan: &Value) -> Judgement {
    let strict = Options { fail_on_existing: true, unresolved: Severity::Error, ..Options::default() };
    judge_by(&strict, plan.to_string().as_bytes())
}
