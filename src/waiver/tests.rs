//! What waivers accept, and what is said of those that accept nothing.

use super::*;
use crate::access::facts::Evidence;
use crate::config::read;
use crate::finding::Severity;

const POLICIES: &[&str] = &["one", "two", "three"];

/// A plan with two buckets, one of them in a module.
const PLAN: &str = r#"{"format_version": "1.2", "configuration": {"root_module": {"module_calls": {"m": {"module": {
    "resources": [{"address": "aws_s3_bucket.b", "type": "aws_s3_bucket", "name": "b", "expressions": {"bucket": {}}}]
  }}}}}, "resource_changes": [
    {"address": "aws_s3_bucket.a", "type": "aws_s3_bucket", "name": "a", "change": {"after": {"tags": {"legacy": "yes"}}}},
    {"address": "module.m[\"x.y\"].aws_s3_bucket.b[0]", "type": "aws_s3_bucket", "name": "b", "change": {"after": {}}}
  ]}"#;

fn config(waivers: &str) -> Config {
    read("oacguard.toml", waivers, POLICIES).unwrap()
}

fn waiver(policy: &str, select: &str, expires: &str) -> String {
    format!("[[waiver]]\npolicy = '{policy}'\nselect = '{select}'\nreason = 'because'\nexpires = {expires}\n")
}

fn finding(policy: &str, bucket: Option<&str>) -> Finding {
    let named = |name: &str| bucket.map(|_| name.to_owned());
    Finding {
        policy: policy.to_owned(),
        severity: Severity::Error,
        base_severity: Severity::Error,
        status: Status::Introduced,
        when: None,
        plan: "plan.json".to_owned(),
        distribution: named("aws_cloudfront_distribution.d[\"k\"]"),
        origin: named("s3"),
        bucket: bucket.map(str::to_owned),
        key: named("aws_kms_key.k"),
        subject: named("arn:aws:s3:::subject/*"),
        message: "what".to_owned(),
        why: "why".to_owned(),
        fix: "how".to_owned(),
        links: Vec::new(),
        evidence: Vec::new(),
        location: None,
        waiver: None,
        details: None,
        fingerprint: "0".repeat(32),
    }
}

/// Applies `waivers` on a day to `findings` of `PLAN`; returns which are waived, and the remarks.
fn applied(waivers: &str, today: &str, findings: &mut [Finding]) -> (Vec<bool>, Vec<Finding>) {
    let config = config(waivers);
    let plans = [("plan.json", PLAN), ("other.json", "{\"format_version\": \"1.2\"}")];
    let places = Places::of("oacguard.toml", &config.waivers, plans.into_iter()).unwrap();
    let today = today.parse().unwrap();
    let context = Context { config: &config, today, places: &places, complete: true, plans: 2 };
    let remarks = apply(findings, context);
    (findings.iter().map(|finding| finding.waiver.is_some()).collect(), remarks)
}

fn waived(select: &str, finding: Finding) -> bool {
    applied(&waiver("one", select, "2026-12-31"), "2026-06-01", &mut [finding]).0 == [true]
}

#[test]
fn a_glob_is_held_against_every_name_of_a_finding() {
    let named = || finding("one", Some("aws_s3_bucket.a"));
    for select in [
        "aws_cloudfront_distribution.d[\"k\"]",
        "aws_s3_bucket.a",
        "aws_kms_*",
        "arn:aws:s3:::subject/*",
        "*",
        "aws_cloudfront_distribution.d[*]",
    ] {
        assert!(waived(select, named()), "{select}");
    }
    for select in ["aws_cloudfront_distribution.d", "s3", "bucket", "one", "aws_s3_bucket", "AWS_S3_BUCKET.a"] {
        assert!(!waived(select, named()), "{select}");
    }
    assert!(waived("*", finding("one", None)) && !waived("a*", finding("one", None)));
    assert!(!waived("*", finding("two", Some("aws_s3_bucket.a"))), "another policy");
}

#[test]
fn a_path_selects_the_resource_that_it_leads_into() {
    let on = |bucket: &str| finding("one", Some(bucket));
    let by_tag = "$.resource_changes[?@.change.after.tags.legacy == \"yes\"]";
    assert!(waived(by_tag, on("aws_s3_bucket.a")) && !waived(by_tag, on("module.m[\"x.y\"].aws_s3_bucket.b[0]")));
    // What lies in a resource stands for it, what lies around it does not.
    assert!(waived("$..legacy", on("aws_s3_bucket.a")));
    for outside in ["$", "$.resource_changes", "$.format_version", "$.nothing"] {
        assert!(!waived(outside, on("aws_s3_bucket.a")), "{outside}");
    }
    // The configuration has no instances: it stands for all of them.
    let configured = "$.configuration..resources[?@.name == \"b\"]";
    assert!(waived(configured, on("module.m[\"x.y\"].aws_s3_bucket.b[0]")));
    assert!(!waived(configured, on("aws_s3_bucket.b")) && !waived(configured, on("module.m.aws_s3_bucket.bb")));
}

#[test]
fn a_path_selects_in_the_plan_it_leads_through() {
    let seen = |plan: &str, address: &str| Evidence {
        plan: plan.to_owned(),
        address: address.to_owned(),
        path: "$".to_owned(),
        note: String::new(),
    };
    let select = "$.resource_changes[0]";
    let other =
        |evidence| Finding { plan: "other.json".to_owned(), evidence, ..finding("one", Some("aws_s3_bucket.a")) };
    assert!(!waived(select, other(vec![])), "the bucket of that name is in another plan");
    assert!(waived(select, other(vec![seen("plan.json", "aws_s3_bucket.a")])));
    // And the other way round: a link into a plan with the same names.
    let linked =
        Finding { evidence: vec![seen("other.json", "aws_s3_bucket.a")], ..finding("one", Some("aws_s3_bucket.a")) };
    assert!(!waived(select, linked));
}

#[test]
fn a_waiver_holds_to_the_end_of_its_day() {
    let waivers = waiver("one", "*", "2026-12-31");
    for (today, holds) in [("2026-12-30", true), ("2026-12-31", true), ("2027-01-01", false)] {
        let (waived, remarks) = applied(&waivers, today, &mut [finding("one", None)]);
        assert_eq!((waived, remarks.is_empty()), (vec![holds], holds), "{today}");
    }
    let (_, remarks) = applied(&waivers, "2027-01-01", &mut [finding("one", None), finding("one", None)]);
    let remark = &remarks[0];
    assert_eq!((remark.policy.as_str(), remark.severity), (EXPIRED, Severity::Warning));
    assert!(remark.message.contains("2 findings count again"), "{}", remark.message);
    assert_eq!(remark.location.as_ref().map(|place| place.line), Some(1));
}

#[test]
fn an_expired_waiver_does_not_stand_in_the_way_of_one_that_holds() {
    let waivers = waiver("one", "*", "2026-01-01") + &waiver("one", "**", "2026-12-31");
    let (waived, remarks) = applied(&waivers, "2026-06-01", &mut [finding("one", None)]);
    assert_eq!(waived, [true]);
    assert_eq!(remarks.iter().map(|remark| remark.policy.as_str()).collect::<Vec<_>>(), [EXPIRED]);
}

#[test]
fn of_two_waivers_the_first_is_named_and_neither_is_useless() {
    let waivers = waiver("one", "*", "2026-12-31") + &waiver("one", "**", "2027-12-31");
    let mut findings = [finding("one", None)];
    let (_, remarks) = applied(&waivers, "2026-06-01", &mut findings);
    assert!(remarks.is_empty());
    assert_eq!(findings[0].waiver.as_ref().map(|waiver| waiver.expires.as_str()), Some("2026-12-31"));
}

#[test]
fn a_waiver_that_accepts_nothing_is_a_note_that_says_why() {
    let note = |waivers: &str, findings: &mut [Finding]| {
        let (_, remarks) = applied(waivers, "2026-06-01", findings);
        assert_eq!(remarks.len(), 1);
        assert_eq!((remarks[0].policy.as_str(), remarks[0].severity), (UNMATCHED, Severity::Note));
        assert_eq!(remarks[0].status, Status::Existing);
        remarks[0].message.clone()
    };
    let message = note(&waiver("two", "*", "2026-12-31"), &mut [finding("one", None)]);
    assert!(message.contains("`two` finds nothing in these plans"), "{message}");
    let message = note(&waiver("one", "x", "2026-12-31"), &mut [finding("one", Some("b"))]);
    assert!(message.contains("such as `aws_cloudfront_distribution.d[\"k\"]`"), "{message}");
    let message = note(&waiver("one", "$.x", "2026-12-31"), &mut [finding("one", Some("b"))]);
    assert!(message.contains("selects no resource"), "{message}");
    let off = "[[policy]]\nid = 'one'\nenabled = false\nreason = 'x'\n".to_owned() + &waiver("one", "*", "2026-12-31");
    let message = note(&off, &mut []);
    assert!(message.contains("switched off in line 1"), "{message}");
}

#[test]
fn what_the_plan_resolves_needs_no_waiver() {
    let mut resolved = finding("one", None);
    resolved.status = Status::Resolved;
    let (waived, remarks) = applied(&waiver("one", "*", "2026-12-31"), "2026-06-01", &mut [resolved]);
    assert_eq!((waived, remarks.len()), (vec![false], 1));
}

#[test]
fn what_was_not_judged_in_full_makes_no_waiver_useless() {
    let config = config(&waiver("one", "*", "2026-12-31"));
    let places = Places::default();
    let today = "2026-06-01".parse().unwrap();
    let context = Context { config: &config, today, places: &places, complete: false, plans: 1 };
    assert!(apply(&mut [], context).is_empty());
}

#[test]
fn each_remark_is_another_finding() {
    let waivers =
        waiver("one", "a", "2026-12-31") + &waiver("one", "b", "2026-12-31") + &waiver("two", "a", "2026-12-31");
    let (_, remarks) = applied(&waivers, "2026-06-01", &mut []);
    let prints: std::collections::BTreeSet<&str> = remarks.iter().map(|remark| remark.fingerprint.as_str()).collect();
    assert_eq!(prints.len(), 3);
}

#[test]
fn a_plan_that_cannot_be_read_as_a_whole_is_an_error() {
    let config = config(&waiver("one", "$.x", "2026-12-31"));
    assert!(Places::of("f", &config.waivers, std::iter::once(("p", "{\"a\": 1}"))).is_ok());
    assert!(Places::of("f", &config.waivers, std::iter::once(("p", "{\"a\": "))).is_err());
}
