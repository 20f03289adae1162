//! conftest: what is printed in its place is read by the expressions that Atlantis reads conftest by.

use oacguard::finding::Finding;
use oacguard::judge;
use oacguard::report::Verdict;
use oacguard::report::conftest::Output;
use oacguard::report::view::View;
use predicates::Predicate as _;
use predicates::str::is_match;
use serde_json::Value;

use crate::common::{existing, incident, legacy, report, waived};

/// What Atlantis counts failures by.
const FAILURES: &str = r#"([1-9]([0-9]?)* failure|failures": \[)"#;
/// What it takes for results rather than for a fault of the program.
const RESULTS: &str = r"^(WARN|FAIL|\[)";
/// What it shows of each policy set.
const SUMMARY: &str = r"\d+ tests?, \d+ passed, \d+ warnings?, \d+ failures?, \d+ exceptions?(, \d skipped)?";

pub(crate) fn problems(view: View<'_>) -> Vec<String> {
    // Without a verdict, there are no results to print.
    let blocks = match view.report.verdict {
        Verdict::Pass => false,
        Verdict::Block => true,
        Verdict::None => return Vec::new(),
    };
    let mut problems = Vec::new();
    for output in [Output::Stdout, Output::Json] {
        let text = output.render(view).unwrap();
        if is_match(FAILURES).unwrap().eval(&text) != blocks {
            problems.push(format!("as conftest, {output:?}: {:?} is misread", view.report.verdict));
        }
        if blocks && !is_match(RESULTS).unwrap().eval(&text) {
            problems.push(format!("as conftest, {output:?}: it does not read as results"));
        }
        if text.contains("```") || text.contains(|c: char| c != '\n' && c.is_control()) {
            problems.push(format!("as conftest, {output:?}: something in it leaves the block of code"));
        }
    }
    let text = Output::Stdout.render(view).unwrap();
    let failures = view.report.findings.iter().filter(|finding| view.blocks(finding)).count();
    let counted = format!(" warning.?, {failures} failure");
    let summary = is_match(SUMMARY).unwrap();
    let summaries: Vec<&str> = text.lines().filter(|line| summary.eval(line)).collect();
    let [summary] = summaries[..] else {
        problems.push(format!("as conftest: its summaries are {summaries:?}"));
        return problems;
    };
    if !is_match(counted).unwrap().eval(summary) || text.chars().count() > 30_000 {
        problems.push(format!("as conftest: {failures} failures, {} characters, {summary}", text.chars().count()));
    }
    let json: Value = serde_json::from_str(&Output::Json.render(view).unwrap()).unwrap();
    let files = json.as_array().unwrap();
    let told: usize = files.iter().filter_map(|file| file["failures"].as_array()).map(Vec::len).sum();
    let named = |finding: &&Finding| view.report.plans.iter().any(|plan| plan.source == finding.plan);
    if told != view.report.findings.iter().filter(|finding| view.blocks(finding)).filter(named).count() {
        problems.push(format!("as conftest: {told} failures in JSON"));
    }
    problems
}

#[test]
fn each_finding_is_a_line_and_the_summary_counts() {
    let printed = |output: Output, findings: Vec<Finding>| {
        let report = report(findings);
        let judging = judge::Options::default();
        output.render(View { report: &report, facts: None, options: &judging }).unwrap()
    };
    let text = printed(Output::Stdout, vec![incident(), existing(), waived(), legacy("a")]);
    let lines: Vec<&str> = text.lines().collect();
    for (line, word) in lines.iter().zip(["FAIL", "WARN", "EXCP"]) {
        assert!(line.starts_with(&format!("{word} - plan.json - oacguard - oai-sse-kms - aws_cloud")), "{line}");
    }
    assert_eq!(lines[3], "");
    assert!(lines[4].ends_with(" passed, 1 warning, 1 failure, 1 exception"), "{}", lines[4]);
    let text = printed(Output::Stdout, vec![legacy("a")]);
    assert!(text.starts_with('\n') && text.contains(" passed, 0 warnings, 0 failures, 0 exceptions\n"), "{text}");
    let json: Value = serde_json::from_str(&printed(Output::Json, vec![legacy("a"), waived()])).unwrap();
    let lengths = ["failures", "warnings", "exceptions", "notes"].map(|key| json[0][key].as_array().map(Vec::len));
    assert_eq!(lengths, [None, None, Some(1), Some(1)]);
    assert_eq!(json[0]["filename"], "plan.json");
}
