//! GitLab's Code Quality report: the documented keys, each finding once, and nothing worse or better than it is.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use oacguard::finding::{Finding, Severity, Status};
use oacguard::judge;
use oacguard::report::format::Format;
use oacguard::report::{plain, view::View};
use serde_json::Value;

use crate::common::{incident, plan, report, unread};
use crate::example::everything;
use crate::rendered;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../schemas/gitlab-code-quality.json")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
});

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut problems: Vec<String> = SCHEMA.iter_errors(&document).map(|error| error.to_string()).collect();
    let Some(entries) = document.as_array() else { return problems };
    let mut fingerprints = BTreeSet::new();
    let mut shown: Vec<(String, String, String)> = Vec::new();
    for entry in entries {
        let [description, check, print, severity] =
            ["description", "check_name", "fingerprint", "severity"].map(|key| entry[key].as_str().unwrap_or_default());
        if !fingerprints.insert(print) {
            problems.push(format!("{print} is there twice"));
        }
        let path = entry["location"]["path"].as_str().unwrap_or_default();
        for text in [description, path] {
            if plain::line(text) != text {
                problems.push(format!("{text:?} hides something"));
            }
        }
        shown.push((check.to_owned(), severity.to_owned(), description.to_owned()));
    }
    let errors = shown.iter().filter(|(check, severity, _)| check == "no-verdict" && severity == "blocker").count();
    if errors != view.report.errors.len() {
        problems.push(format!("{errors} of {} errors", view.report.errors.len()));
    }
    for finding in view.report.findings.iter().filter(|finding| finding.status != Status::Resolved) {
        let wanted = severity(view, finding);
        let start: String = plain::line(&finding.message).chars().take(2_000).collect();
        let at = shown.iter().position(|(check, severity, description)| {
            *check == finding.policy && *severity == wanted && description.contains(&start)
        });
        match at {
            Some(at) => drop(shown.swap_remove(at)),
            None => problems.push(format!("{} as {wanted} is not there: {}", finding.policy, finding.message)),
        }
    }
    if shown.len() != errors {
        problems.push(format!("{} entries too many", shown.len().abs_diff(errors)));
    }
    problems
}

fn severity(view: View<'_>, finding: &Finding) -> &'static str {
    let untold = finding.policy == "unresolved" && finding.severity == Severity::Note;
    match finding.severity {
        _ if finding.waiver.is_some() => "info",
        _ if view.blocks(finding) => "blocker",
        _ if untold => "info",
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "minor",
    }
}

fn entries(report: &oacguard::report::Report) -> Vec<Value> {
    let options = judge::Options::default();
    let text = rendered(Format::Gitlab, View { report, facts: None, options: &options });
    assert_eq!(problems(View { report, facts: None, options: &options }, &text), Vec::<String>::new());
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_example() {
    let report = everything();
    let options = judge::Options::default();
    let text = rendered(Format::Gitlab, View { report: &report, facts: None, options: &options });
    insta::with_settings!({snapshot_path => "../snapshots"}, { insta::assert_snapshot!("gitlab", text) });
}

#[test]
fn what_could_not_be_judged_is_a_blocker() {
    let entries = entries(&unread());
    let first = &entries[0];
    assert_eq!((first["check_name"].as_str(), first["severity"].as_str()), (Some("no-verdict"), Some("blocker")));
}

#[test]
fn findings_of_two_plans_stay_apart_and_keep_their_fingerprints() {
    let of = |plan: &str| Finding { plan: plan.to_owned(), ..incident() };
    let two = |findings| {
        let mut report = report(findings);
        report.plans = vec![plan("a/plan.json"), plan("b/plan.json")];
        entries(&report)
    };
    let both = two(vec![of("a/plan.json"), of("b/plan.json")]);
    let one = two(vec![of("b/plan.json")]);
    assert_eq!(both.len(), 2);
    assert_eq!(both[1], one[0]);
}
