//! The Code Quality report of GitLab: what a merge request shows beside its changes.
//!
//! The contract: <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>. An entry has exactly the keys
//! named there. GitLab compares the report with that of the target branch by fingerprint and calls fixed what is gone, so
//! what a plan resolves is left out: an entry would count as open. What a waiver accepts is there as `info`, with the
//! decision, since an accepted finding stays visible. GitLab fails nothing by this report; `blocker` says what blocks.

use serde::Serialize;

use super::cut::cut;
use super::format::RenderError;
use super::relative::relative;
use super::view::{Place, Standing, View};
use super::{ReportError, distinct, json, plain, words};
use crate::finding::{Finding, Severity, Status};
use crate::judge;

/// What GitLab shows of a description is one line; more than this nobody reads there.
const DESCRIPTION: usize = 4_000;
/// What an entry about a run without verdict is called.
const NO_VERDICT: &str = "no-verdict";

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// The report for `artifacts:reports:codequality`.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn render(view: View<'_>) -> Result<String, RenderError> {
    let errors = view.report.errors.iter().enumerate().map(|(number, error)| no_verdict(number, error));
    let findings = view.report.findings.iter().zip(distinct::fingerprints(view.report));
    let findings = findings.filter_map(|(finding, fingerprint)| entry(view, finding, fingerprint));
    let entries: Vec<Entry<'_>> = errors.chain(findings).collect();
    Ok(json::render(&entries)?)
}

fn no_verdict(number: usize, error: &ReportError) -> Entry<'static> {
    let plan = error.plan.as_deref().unwrap_or_default();
    let subject = if plan.is_empty() { String::new() } else { format!(" of {}", words::plan(plan)) };
    let number = number.to_string();
    let parts = [NO_VERDICT, &error.kind, plan, &number];
    Entry {
        description: description(&format!("no verdict{subject}: {}. {}", error.message, error.help)),
        check_name: NO_VERDICT,
        fingerprint: judge::fingerprint(parts.map(Some)),
        severity: "blocker",
        location: location(plan, 1),
    }
}

fn entry<'a>(view: View<'a>, finding: &'a Finding, fingerprint: String) -> Option<Entry<'a>> {
    let standing = Standing::of(finding);
    if standing == Standing::Resolved {
        return None;
    }
    let severity = match (standing, finding.severity) {
        _ if view.blocks(finding) => "blocker",
        (Standing::Waived | Standing::Untold, _) => "info",
        (_, Severity::Error) => "critical",
        (_, Severity::Warning) => "major",
        (_, Severity::Note) => "minor",
    };
    let mut text = finding.message.clone();
    if let Some(waiver) = &finding.waiver {
        let owner = waiver.owner.as_ref().map(|owner| format!(" by {owner}")).unwrap_or_default();
        text = format!("accepted{owner} until {} ({}): {text}", waiver.expires, waiver.reason);
    } else if finding.status == Status::Existing {
        let cause = words::cause(finding, view.report.baseline.as_ref());
        text = format!("{}: {text}", words::circumstances(finding, cause));
    }
    let place = Place::of(finding);
    Some(Entry {
        description: description(&text),
        check_name: &finding.policy,
        fingerprint,
        severity,
        location: location(&place.file, place.line),
    })
}

/// `text` on one line, without what somebody who can name a resource could use to hide or reverse it.
fn description(text: &str) -> String {
    cut(&plain::line(text), DESCRIPTION).into_owned()
}

fn location(file: &str, line: u32) -> Location {
    Location { path: plain::line(&relative(file)).into_owned(), lines: Lines { begin: line.max(1) } }
}
