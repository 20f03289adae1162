//! What a baseline is written as, and what is refused as one.

use super::*;
use crate::finding::Waiver;

fn finding(policy: &str, distribution: Option<&str>, severity: Severity) -> Finding {
    let distribution = distribution.map(str::to_owned);
    Finding {
        fingerprint: fingerprint([Some(policy), distribution.as_deref(), Some("s3"), None]),
        policy: policy.to_owned(),
        severity,
        base_severity: severity,
        status: Status::Introduced,
        when: Some(When::NextWrite),
        plan: "plan.json".to_owned(),
        distribution,
        origin: Some("s3".to_owned()),
        bucket: None,
        key: None,
        subject: None,
        message: "what".to_owned(),
        why: "why".to_owned(),
        fix: "how".to_owned(),
        links: Vec::new(),
        evidence: Vec::new(),
        location: None,
        waiver: None,
        details: None,
    }
}

fn written(baseline: &Baseline) -> Vec<u8> {
    serde_json::to_vec(baseline).unwrap()
}

#[test]
fn what_is_written_is_read_again() {
    let findings = [finding("b", Some("x"), Severity::Error), finding("a", None, Severity::Note)];
    let baseline = Baseline::of(&findings);
    let policies: Vec<&str> = baseline.findings.iter().map(|entry| entry.policy.as_str()).collect();
    assert_eq!(policies, ["a", "b"]);
    assert_eq!(Baseline::read(&written(&baseline)), Ok(baseline.clone()));
    let marked = ["\u{feff}".as_bytes(), &written(&baseline)].concat();
    assert_eq!(Baseline::read(&marked), Ok(baseline));
}

#[test]
fn the_order_of_findings_does_not_matter_and_the_worst_of_two_alike_is_kept() {
    let mut worse = finding("a", Some("x"), Severity::Error);
    worse.when = Some(When::Apply);
    worse.plan = "other.json".to_owned();
    let both = [finding("a", Some("x"), Severity::Warning), worse, finding("b", None, Severity::Note)];
    let turned: Vec<Finding> = both.iter().rev().cloned().collect();
    let baseline = Baseline::of(&both);
    assert_eq!(baseline, Baseline::of(&turned));
    assert_eq!(baseline.findings.len(), 2);
    assert_eq!((baseline.findings[0].severity, baseline.findings[0].when), (Severity::Error, Some(When::Apply)));
}

#[test]
fn what_is_waived_resolved_or_about_a_waiver_is_left_out() {
    let accepted = Waiver { reason: "r".to_owned(), owner: None, expires: "2026-12-31".to_owned() };
    let waived = Finding { waiver: Some(accepted), ..finding("a", None, Severity::Error) };
    let resolved = Finding { status: Status::Resolved, ..finding("b", None, Severity::Error) };
    let existing = Finding { status: Status::Existing, ..finding("c", None, Severity::Error) };
    let remark = finding(waiver::EXPIRED, None, Severity::Warning);
    let baseline = Baseline::of(&[waived, resolved, existing, remark]);
    assert_eq!(baseline.findings.iter().map(|entry| entry.policy.as_str()).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn entries_of_which_nothing_is_left_are_named() {
    let findings = [finding("a", None, Severity::Error), finding("b", None, Severity::Error)];
    let baseline = Baseline::of(&findings);
    let resolved = Finding { status: Status::Resolved, ..findings[1].clone() };
    let gone = baseline.gone(&[findings[0].clone(), resolved]);
    assert_eq!(gone.iter().map(|entry| entry.policy.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn what_is_no_baseline_is_refused_without_quoting_it() {
    let good = serde_json::to_value(Baseline::of(&[finding("a", Some("x"), Severity::Error)])).unwrap();
    let changed = |change: fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        document.to_string()
    };
    let cases = [
        (String::new(), "it is not JSON"),
        ("hunter2".to_owned(), "it is not JSON"),
        (good.to_string() + "{}", "it is not JSON"),
        ("[\"hunter2\"]".to_owned(), "does not say"),
        (changed(|document| document["schema"] = "hunter2".into()), "does not say"),
        (changed(|document| document["schema"] = "oacguard.baseline/v2".into()), "oacguard.baseline/v2"),
        (changed(|document| document["schema"] = Value::Null), "does not say"),
        (changed(|document| document["extra"] = "hunter2".into()), "keys"),
        (changed(|document| document["findings"] = "hunter2".into()), "list of `findings`"),
        (changed(|document| document["findings"][0] = "hunter2".into()), "finding 1"),
        (changed(|document| document["findings"][0]["severity"] = "hunter2".into()), "finding 1"),
        (changed(|document| document["findings"][0]["extra"] = "hunter2".into()), "finding 1"),
        (changed(|document| document["findings"][0]["policy"] = "hunter2".into()), "fingerprint"),
        (changed(|document| document["findings"][0]["fingerprint"] = "hunter2".into()), "fingerprint"),
        (
            changed(|document| {
                let entry = document["findings"][0].clone();
                document["findings"].as_array_mut().unwrap().push(entry);
            }),
            "finding 2 is the same as finding 1",
        ),
    ];
    for (text, expected) in cases {
        let error = Baseline::read(text.as_bytes()).unwrap_err();
        assert!(error.contains(expected) && !error.contains("hunter2"), "{text}: {error}");
    }
}
