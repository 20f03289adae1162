//! What `conftest test` prints, for the place of a host where conftest is expected: the native policy check of Atlantis.
//!
//! Sources: <https://www.conftest.dev/output/> and
//! <https://github.com/runatlantis/atlantis/blob/main/server/core/runtime/policy/conftest_client.go>.

use std::collections::BTreeSet;

use clap::ValueEnum;
use serde::Serialize;

use super::atlantis::{self, FAILURES, Fail, WARNINGS, blocking, lines, safe, warnings};
use super::format::RenderError;
use super::view::{Standing, View};
use super::{Verdict, plain, text, words};
use crate::finding::{Finding, Severity, Status};
use crate::rego;

/// What stands where conftest names the package of a policy.
const NAMESPACE: &str = "oacguard";

/// What conftest calls an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Lines for people.
    Stdout,
    /// A list with an object for each file.
    Json,
}

impl Output {
    /// The report as conftest would print it. There must be a verdict; without one, conftest prints no results.
    ///
    /// Atlantis counts failures in it and finds the summary by its pattern, so no name may look like either.
    ///
    /// # Errors
    /// When the results cannot be written as JSON, which none are known to cause.
    pub fn render(self, view: View<'_>) -> Result<String, RenderError> {
        let report = text::without_forged_lines(view.report);
        let view = View { report: &report, ..view };
        let fail = if report.verdict == Verdict::Pass { Fail::Anywhere } else { Fail::Counts };
        match self {
            Self::Stdout => Ok(stdout(view, fail)),
            Self::Json => json(view, fail),
        }
    }
}

fn stdout(view: View<'_>, fail: Fail) -> String {
    // conftest puts warnings first; here the worst comes first, which is what an approver has to read.
    let row = |finding: &Finding| {
        let file = safe(&plain::line(&finding.plan), fail);
        format!("{file} - {NAMESPACE} - {}", message(view, finding, fail))
    };
    let (failures, warned, waived) = (blocking(view), warnings(view), waived(view));
    let mut out = lines("FAIL", &failures, FAILURES, row);
    out.extend(lines("WARN", &warned, WARNINGS, row));
    out.extend(lines("EXCP", &waived, WARNINGS, row));
    let passed = passed(&[&failures[..], &warned, &waived]);
    let tests = passed + failures.len() + warned.len() + waived.len();
    out.extend([
        String::new(),
        format!(
            "{}, {passed} passed, {}, {}, {}",
            words::count(tests, "test"),
            words::count(warned.len(), "warning"),
            words::count(failures.len(), "failure"),
            words::count(waived.len(), "exception"),
        ),
    ]);
    atlantis::with_detail(&out, view, fail)
}

/// The results of one file, under conftest's names.
#[derive(Serialize)]
struct CheckResult {
    filename: String,
    namespace: &'static str,
    successes: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<Entry>,
    /// conftest knows none; what cannot be told must still be said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    msg: String,
    metadata: Metadata,
}

#[derive(Serialize)]
struct Metadata {
    policy: String,
    severity: Severity,
    status: Status,
    fix: String,
    fingerprint: String,
}

fn json(view: View<'_>, fail: Fail) -> Result<String, RenderError> {
    let results: Vec<CheckResult> = view
        .report
        .plans
        .iter()
        .map(|plan| {
            let of = |findings: Vec<&'_ Finding>| -> Vec<Finding> {
                findings.into_iter().filter(|finding| finding.plan == plan.source).cloned().collect()
            };
            let (failures, warned, waived) = (of(blocking(view)), of(warnings(view)), of(waived(view)));
            let entries = |findings: &[Finding]| findings.iter().map(|found| entry(view, found, fail)).collect();
            CheckResult {
                filename: safe(&plan.source, fail),
                namespace: NAMESPACE,
                successes: passed(&[&by_ref(&failures)[..], &by_ref(&warned), &by_ref(&waived)]),
                warnings: entries(&warned),
                failures: entries(&failures),
                exceptions: entries(&waived),
                notes: entries(&of(notes(view))),
            }
        })
        .collect();
    Ok(super::json::render(&results)?)
}

fn by_ref(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().collect()
}

fn entry(view: View<'_>, finding: &Finding, fail: Fail) -> Entry {
    Entry {
        msg: message(view, finding, fail),
        metadata: Metadata {
            policy: safe(&finding.policy, fail),
            severity: finding.severity,
            status: finding.status,
            fix: safe(&finding.fix, fail),
            fingerprint: finding.fingerprint.clone(),
        },
    }
}

fn message(view: View<'_>, finding: &Finding, fail: Fail) -> String {
    safe(&atlantis::row(view, finding), fail)
}

/// The findings that a waiver accepts: what conftest calls an exception.
fn waived(view: View<'_>) -> Vec<&Finding> {
    view.report.findings.iter().filter(|finding| Standing::of(finding) == Standing::Waived).collect()
}

fn notes(view: View<'_>) -> Vec<&Finding> {
    let open = |finding: &&Finding| matches!(Standing::of(finding), Standing::Open | Standing::Untold);
    let mild = |finding: &&Finding| finding.severity == Severity::Note && !view.blocks(finding);
    view.report.findings.iter().filter(open).filter(mild).collect()
}

/// How many policies have nothing to say in any of `told`.
fn passed(told: &[&[&Finding]]) -> usize {
    let told: BTreeSet<&str> = told.iter().copied().flatten().map(|finding| finding.policy.as_str()).collect();
    rego::ids().filter(|policy| !told.contains(policy)).count()
}
