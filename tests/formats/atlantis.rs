//! Atlantis: the text is read by the very expressions that decide there.

use oacguard::finding::{Finding, Severity};
use oacguard::judge;
use oacguard::report::format::Format;
use oacguard::report::view::{Standing, View};
use oacguard::report::{Report, Verdict};
use predicates::Predicate as _;
use predicates::str::is_match;

use crate::common::{existing, incident, legacy, plan, report, unread, waived};
use crate::rendered;

/// What Atlantis counts failures by.
const FAILURES: &str = r#"([1-9][0-9]* failure|failures": \[)"#;

/// Whether Atlantis takes `text`, which a `run` step printed, for a failure.
pub(crate) fn is_failure(text: &str) -> bool {
    text.is_empty() || is_match(FAILURES).unwrap().eval(text) || text.trim().starts_with("FAIL")
}

/// The same before December 2025.
fn was_failure(text: &str) -> bool {
    // Some ways to make letters small make an `i` of this one.
    text.is_empty() || text.replace('\u{130}', "i").to_lowercase().contains("fail")
}

/// What an approval holds on to with `policy_item_regex: "(?m)^FAIL.*"`.
fn items(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("FAIL")).collect()
}

pub(crate) fn problems(view: View<'_>, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let verdict = view.report.verdict;
    for (version, read) in [("now", is_failure(text)), ("once", was_failure(text))] {
        if read == (verdict == Verdict::Pass) {
            problems.push(format!("{verdict:?} is read {version} as {}", if read { "a failure" } else { "a pass" }));
        }
    }
    if text.chars().count() >= 32_768 - 2_048 {
        problems.push(format!("{} characters are too many", text.chars().count()));
    }
    if text.contains("```") || text.contains("\\n") || text.contains(|c: char| c != '\n' && c.is_control()) {
        problems.push("something in it leaves the block of code".to_owned());
    }
    if verdict == Verdict::None && text.to_lowercase().contains("some policies failed") {
        problems.push("no verdict could be approved".to_owned());
    }
    let blocking: Vec<&Finding> = view.report.findings.iter().filter(|finding| view.blocks(finding)).collect();
    let said = view.report.errors.len() + blocking.len();
    let count = format!("\n{said} failure{}\n", if said == 1 { "" } else { "s" });
    if (verdict != Verdict::Pass) != (text.contains(&count) && text.starts_with("FAIL - ")) {
        problems.push("it does not start or count as a failure does".to_owned());
    }
    let (items, no_verdict) = (items(text), usize::from(verdict == Verdict::None));
    let folded = items.iter().any(|item| item.contains(" more - "));
    if items.len() != blocking.len() + no_verdict && !folded {
        problems.push(format!("{} items for {} findings", items.len(), blocking.len()));
    }
    let warned = |finding: &&Finding| {
        !view.blocks(finding) && Standing::of(finding) == Standing::Open && finding.severity > Severity::Note
    };
    let warned = view.report.findings.iter().filter(warned).count();
    let warnings: Vec<&str> = text.lines().filter(|line| line.starts_with("WARN")).collect();
    if warnings.len() != warned && !warnings.iter().any(|line| line.contains(" more - ")) {
        problems.push(format!("{} lines for {warned} warnings", warnings.len()));
    }
    // Its other way to check policies runs another program, whose place this one can take.
    problems.extend(crate::conftest::problems(view));
    problems
}

fn comment(report: &Report) -> String {
    rendered(Format::Atlantis, View { report, facts: None, options: &judge::Options::default() })
}

#[test]
fn a_block_starts_with_a_line_for_each_finding() {
    let text = comment(&report(vec![incident(), existing(), waived()]));
    let lines: Vec<&str> = text.lines().collect();
    let place = "oai-sse-kms - aws_cloudfront_distribution.site → origin \"s3\": From this apply on,";
    assert!(lines[0].starts_with(&format!("FAIL - {place}")), "{text}");
    assert!(lines[1].starts_with(&format!("WARN - {place}")), "{text}");
    assert_eq!(lines[2..5], ["", "1 failure", ""]);
    assert!(
        text.contains("Accepted by a waiver") && text.contains("  Fix") && text.contains("\nblock: 1 error"),
        "{text}"
    );
}

#[test]
fn a_pass_says_so_first() {
    let text = comment(&report(vec![existing(), legacy("a")]));
    assert!(text.starts_with("pass: nothing here blocks, but viewers may get errors (1 warning"), "{text}");
    assert!(text.contains("\nWARN - oai-sse-kms - "), "{text}");
}

/// The name of the plan is chosen by the workflow, and need not be the same in every run.
#[test]
fn the_name_of_the_only_plan_changes_nothing() {
    let of = |name: &str, finding: Finding| {
        let mut finding = Finding { plan: name.to_owned(), ..finding };
        finding.evidence.iter_mut().for_each(|evidence| name.clone_into(&mut evidence.plan));
        comment(&Report { plans: vec![plan(name)], ..report(vec![finding]) })
    };
    for finding in [incident(), existing(), legacy("a"), waived()] {
        assert_eq!(of("/tmp/1/default.json", finding.clone()), of("-", finding));
    }
}

/// An approval of what is left out must not hold for something else.
#[test]
fn what_is_left_out_leaves_a_print() {
    let many = |last: &str| {
        let mut findings: Vec<Finding> =
            (0..300).map(|number| Finding { origin: Some(format!("origin {number}")), ..incident() }).collect();
        findings.push(Finding { message: format!("{} {last}", "long ".repeat(1_000)), ..incident() });
        comment(&report(findings))
    };
    let (one, other) = (many("one"), many("other"));
    assert_eq!(one, many("one"));
    let (one, other) = (items(&one), items(&other));
    assert_ne!(one.last(), other.last());
    assert_eq!(one[..one.len() - 1], other[..other.len() - 1]);
    assert!(one.last().unwrap().contains(" more - oai-sse-kms ("), "{one:?}");
    let long =
        |last: &str| comment(&report(vec![Finding { message: format!("{}{last}", "x ".repeat(1_000)), ..incident() }]));
    assert_ne!(items(&long("one")), items(&long("other")));
}

#[test]
fn without_a_verdict_it_reads_as_a_failure_wherever_it_is_mixed_in() {
    let text = comment(&Report { findings: Vec::new(), ..unread() });
    assert!(text.starts_with("FAIL - no verdict: "), "{text}");
    assert!(is_failure(&format!("something from standard error\n{text}")));
    let refused = Report { plans: Vec::new(), errors: Vec::new(), findings: Vec::new(), ..unread() };
    assert!(is_failure(&format!("something from standard error\n{}", comment(&refused))));
}

#[test]
fn a_name_with_the_letters_in_it_passes() {
    let named = |finding: Finding| Finding { origin: Some("failover, FAIL, 3 failures, FAİL".to_owned()), ..finding };
    let text = comment(&report(vec![named(existing())]));
    assert!(!is_failure(&text) && !was_failure(&text), "{text}");
    assert!(text.contains("\\u0066ailover, \\u0046AIL"), "{text}");
    let text = comment(&report(vec![named(incident())]));
    assert!(text.contains("failover, FAIL, 3 \\u0066ailures"), "{text}");
}
