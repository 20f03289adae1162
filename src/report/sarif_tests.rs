//! The limits, which no report in the other tests reaches.

use serde_json::Value;

use super::*;
use crate::finding::{Finding, Severity, Status};
use crate::report::Summary;
use crate::report::{SCHEMA as REPORT, Tool as Maker};

fn finding(number: usize) -> Finding {
    let severity = [Severity::Error, Severity::Note][number % 2];
    Finding {
        policy: "oai-sse-kms".to_owned(),
        severity,
        base_severity: severity,
        status: Status::Introduced,
        when: None,
        plan: "plan.json".to_owned(),
        distribution: Some(format!("aws_cloudfront_distribution.site[{number}]")),
        origin: None,
        bucket: None,
        key: None,
        subject: None,
        message: format!("Number {number}."),
        why: String::new(),
        fix: String::new(),
        links: Vec::new(),
        evidence: Vec::new(),
        location: None,
        waiver: None,
        details: None,
        fingerprint: judge::fingerprint([Some(number.to_string().as_str())]),
    }
}

/// What is shown, and what is said of the rest.
fn shown(findings: Vec<Finding>, results: usize, bytes: usize) -> (Vec<Value>, Value) {
    let report = Report {
        schema: REPORT.to_owned(),
        tool: Maker { name: "oacguard".to_owned(), version: "0.1.0".to_owned(), policies: String::new() },
        plans: Vec::new(),
        verdict: Verdict::Block,
        errors: Vec::new(),
        summary: Summary::default(),
        findings,
        paths: Vec::new(),
        config: None,
        baseline: None,
        own: None,
        partition: None,
    };
    let options = judge::Options::default();
    let text = render_within(View { report: &report, facts: None, options: &options }, results, bytes).unwrap();
    let run = serde_json::from_str::<Value>(&text).unwrap()["runs"][0].take();
    (run["results"].as_array().unwrap().clone(), run["invocations"][0]["toolExecutionNotifications"].clone())
}

#[test]
fn of_too_many_results_the_gravest_stay_and_the_rest_is_counted() {
    let (results, said) = shown((0..10).map(finding).collect(), 6, usize::MAX);
    let levels: Vec<_> = results.iter().map(|result| result["level"].clone()).collect();
    assert_eq!(levels, ["error", "error", "error", "error", "error", "note"]);
    let said = said[0]["message"]["text"].as_str().unwrap();
    assert!(said.starts_with("4 results are left out, 0 of which block"), "{said}");
}

#[test]
fn of_too_large_a_report_at_least_one_result_stays() {
    let (all, said) = shown((0..400).map(finding).collect(), usize::MAX, usize::MAX);
    assert_eq!((all.len(), said), (400, Value::Array(Vec::new())));
    let (some, said) = shown((0..400).map(finding).collect(), usize::MAX, 8_000);
    assert!((2..400).contains(&some.len()), "{}", some.len());
    assert!(said[0]["message"]["text"].as_str().unwrap().contains("left out"));
    let (one, _) = shown((0..400).map(finding).collect(), usize::MAX, 1);
    assert_eq!(one.len(), 1);
}

#[test]
fn no_text_is_longer_than_its_share() {
    let long = Finding { message: "long ".repeat(40_000), fix: "long ".repeat(40_000), ..finding(0) };
    let (results, _) = shown(vec![long], 1, usize::MAX);
    let text = results[0]["message"]["text"].as_str().unwrap();
    assert!(text.chars().count() < 2 * MOST_TEXT + 100, "{}", text.chars().count());
}
