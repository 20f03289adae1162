//! SARIF: the schema of OASIS, the limits and habits of GitHub, each finding once with its level, and nothing that only looks
//! clean or only looks bad.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use oacguard::finding::{Finding, Location, Severity, Status};
use oacguard::judge;
use oacguard::report::format::Format;
use oacguard::report::{Report, Verdict, plain, view::View};
use serde_json::Value;

use crate::common::{existing, finding, incident, legacy, plan, report, unread, waived};
use crate::example::everything;
use crate::rendered;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../schemas/sarif-2.1.0.json")).unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut problems: Vec<String> = SCHEMA.iter_errors(&document).map(|error| error.to_string()).collect();
    let run = &document["runs"][0];
    if document["runs"].as_array().map(Vec::len) != Some(1) {
        problems.push("one run is one upload".to_owned());
    }
    empty_strings(&document["runs"][0]["tool"], "tool", &mut problems);
    rules(run, &mut problems);
    results(run, &mut problems);
    problems.extend(missing(view, run));
    problems.extend(verdict(view, run));
    problems
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// GitHub refuses a report for an empty string where it wants text.
fn empty_strings(value: &Value, at: &str, problems: &mut Vec<String>) {
    match value {
        Value::String(text) if text.trim().is_empty() => problems.push(format!("{at} is empty")),
        Value::Array(items) => items.iter().for_each(|item| empty_strings(item, at, problems)),
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| empty_strings(value, &format!("{at}.{key}"), problems));
        }
        _ => {}
    }
}

fn rules(run: &Value, problems: &mut Vec<String>) {
    let mut ids = BTreeSet::new();
    for (at, rule) in list(&run["tool"]["driver"]["rules"]).iter().enumerate() {
        let id = text(&rule["id"]);
        let results = list(&run["results"]).iter().filter(|result| result["ruleIndex"] == at);
        let blocks = results.clone().any(|result| result["properties"]["blocks"] == true);
        let length = |key: &str| text(&rule[key]["text"]).chars().count();
        let score: f64 = text(&rule["properties"]["security-severity"]).parse().unwrap_or_default();
        let tags = list(&rule["properties"]["tags"]);
        for (wrong, what) in [
            (!ids.insert(id), "is there twice"),
            (results.count() == 0, "has no result"),
            (length("shortDescription") > 1_024 || length("fullDescription") > 1_024, "has too long a description"),
            (length("help") == 0 || rule["help"]["markdown"].is_null(), "has no help"),
            (text(&rule["name"]).chars().count() > 255, "has too long a name"),
            (tags.len() > 20 || !tags.contains(&"security".into()), "has too many tags, or not the one that counts"),
            (score <= 0.0 || score > 10.0, "has no security severity"),
            (blocks != (score >= 7.0), "fails a pull request though nothing blocks, or the reverse"),
        ] {
            if wrong {
                problems.push(format!("the rule {id} {what}"));
            }
        }
    }
}

fn results(run: &Value, problems: &mut Vec<String>) {
    let mut hashes = BTreeSet::new();
    for result in list(&run["results"]) {
        let location = &result["locations"][0]["physicalLocation"];
        let uri = text(&location["artifactLocation"]["uri"]);
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let shown = text(&result["message"]["text"]);
        for (wrong, what) in [
            (uri.is_empty() || uri.starts_with('/') || !uri.chars().all(allowed), "its URI is no relative path"),
            (uri.split('/').any(|part| part == ".." || part == "."), "its URI leaves the repository"),
            (location["region"]["startLine"].as_u64() < Some(1), "it has no line"),
            (run["tool"]["driver"]["rules"][index]["id"] != result["ruleId"], "its rule is another"),
            (result["kind"] != "fail", "it is not shown"),
            (!hashes.insert(text(&result["partialFingerprints"]["primaryLocationLineHash"])), "it is another's twin"),
            (shown.trim().is_empty() || text(&result["message"]["markdown"]).is_empty(), "it says nothing"),
            (plain::prose(shown) != shown, "it hides something"),
            (shown.contains("]("), "it links to where a plan says"),
        ] {
            if wrong {
                problems.push(format!("{what}: {result}"));
            }
        }
    }
}

/// Findings that are not there once, and as what they are.
fn missing(view: View<'_>, run: &Value) -> Vec<String> {
    let mut found: Vec<String> = list(&run["results"])
        .iter()
        .filter(|result| result["ruleId"] != "no-verdict")
        .map(|result| {
            let properties = &result["properties"];
            let suppressed = list(&result["suppressions"]).iter().any(|one| one["kind"] == "external");
            let (print, plan) = (&result["partialFingerprints"]["oacguard/v1"], &properties["plan"]);
            let (blocks, level) = (&properties["blocks"], &result["level"]);
            format!("{} {print} {plan} {blocks} {level} {suppressed}", result["ruleId"])
        })
        .collect();
    let word = |severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let open = view.report.findings.iter().filter(|finding| finding.status != Status::Resolved);
    let mut wanted: Vec<String> = open
        .map(|finding| {
            let waived = finding.waiver.is_some();
            let level = match (waived, view.blocks(finding)) {
                (true, _) => "note",
                (false, true) => "error",
                (false, false) => word(finding.severity.min(Severity::Warning)),
            };
            let level = Value::from(level);
            let [policy, print, plan] =
                [&finding.policy, &finding.fingerprint, &finding.plan].map(|text| Value::from(text.as_str()));
            format!("{policy} {print} {plan} {} {level} {waived}", view.blocks(finding))
        })
        .collect();
    found.sort();
    wanted.sort();
    if found == wanted { Vec::new() } else { vec![format!("found {found:#?}\nwanted {wanted:#?}")] }
}

fn verdict(view: View<'_>, run: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let report = view.report;
    let invocation = &run["invocations"][0];
    if invocation["executionSuccessful"] != (report.verdict != Verdict::None) {
        problems.push("a run without a verdict did not succeed, and others did".to_owned());
    }
    let told = |list: &[Value]| list.iter().filter(|one| one["level"] == "error").count();
    let notified = told(list(&invocation["toolExecutionNotifications"]));
    let errors: Vec<Value> =
        list(&run["results"]).iter().filter(|result| result["ruleId"] == "no-verdict").cloned().collect();
    if notified != report.errors.len() || told(&errors) != report.errors.len() {
        problems.push(format!("{notified} and {} of {} errors", errors.len(), report.errors.len()));
    }
    let resolved = report.findings.iter().filter(|finding| finding.status == Status::Resolved).count();
    if list(&run["properties"]["resolved"]).len() != resolved {
        problems.push(format!("not all of {resolved} resolved findings"));
    }
    problems
}

fn written(report: &Report) -> (String, Value) {
    let options = judge::Options::default();
    let view = View { report, facts: None, options: &options };
    let text = rendered(Format::Sarif, view);
    assert_eq!(problems(view, &text), Vec::<String>::new());
    let document = serde_json::from_str(&text).unwrap();
    (text, document)
}

#[test]
fn an_example() {
    let (text, _) = written(&everything());
    insta::with_settings!({snapshot_path => "../snapshots"}, { insta::assert_snapshot!("sarif", text) });
}

#[test]
fn a_run_without_a_verdict_does_not_look_clean() {
    let (_, document) = written(&Report { findings: Vec::new(), ..unread() });
    let results = list(&document["runs"][0]["results"]);
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["level"], "error");
}

#[test]
fn only_a_rule_that_blocks_fails_a_pull_request() {
    let severities = |findings| {
        let (_, document) = written(&report(findings));
        let rules = list(&document["runs"][0]["tool"]["driver"]["rules"]).iter();
        rules.map(|rule| text(&rule["properties"]["security-severity"]).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(severities(vec![incident(), existing()]), ["8.0"]);
    assert_eq!(severities(vec![existing(), legacy("aws_cloudfront_distribution.a")]), ["3.0", "6.0"]);
    assert_eq!(severities(vec![waived()]), ["3.0"]);
}

#[test]
fn uploads_are_told_apart_by_plans_in_folders_only() {
    let category = |plans: &[&str]| {
        let mut report = report(Vec::new());
        report.plans = plans.iter().map(|source| plan(source)).collect();
        let (_, document) = written(&report);
        document["runs"][0]["automationDetails"]["id"].as_str().map(str::to_owned)
    };
    assert_eq!(category(&["plan.json"]), None);
    assert_eq!(category(&["-"]), None);
    assert_eq!(category(&["/builds/17/envs/prod/plan.json"]), None);
    assert_eq!(category(&["./envs/prod/plan.json"]).as_deref(), Some("oacguard/envs/prod/plan.json/"));
    assert_eq!(category(&["b/p.json", "a/p.json"]).as_deref(), Some("oacguard/a/p.json+b/p.json/"));
}

#[test]
fn a_remark_and_a_place_in_the_source_are_shown() {
    let location = Some(Location { file: "modules/a b/main.tf".to_owned(), line: 12 });
    let remark = Finding { location, plan: String::new(), ..finding("waiver-expired", Severity::Warning) };
    let (_, document) = written(&report(vec![remark]));
    let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "modules/a%20b/main.tf");
    assert_eq!(place["region"]["startLine"], 12);
}
