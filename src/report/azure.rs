//! The log of a step of Azure Pipelines: an issue for each error and warning, the report in a group, and the verdict.
//!
//! Source: <https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands>.

use super::issues::{self, Issue, Kind};
use super::view::View;
use super::{Verdict, plain, text};

/// The report as logging commands and plain text.
///
/// The exit status is what lets the step fail; a command can only say that it succeeded with issues.
pub fn render(view: View<'_>) -> String {
    let report = text::without_forged_lines(view.report);
    let view = View { report: &report, ..view };
    let issues = issues::of(view);
    let mut lines: Vec<String> = issues.iter().map(line).collect();
    lines.push("##[group]The report of oacguard".to_owned());
    lines.push(issues::detail(view).trim_end().to_owned());
    lines.push("##[endgroup]".to_owned());
    if view.report.verdict == Verdict::Pass && issues.iter().any(|issue| issue.kind != Kind::Notice) {
        lines.push("##vso[task.complete result=SucceededWithIssues;]passed with warnings".to_owned());
    }
    lines.push(text::verdict_line(view.report, view.options));
    lines.push(String::new());
    lines.join("\n")
}

/// Azure knows errors and warnings; what is less stands in the log as it is.
fn line(issue: &Issue<'_>) -> String {
    let kind = match issue.kind {
        Kind::Error => "error",
        Kind::Warning => "warning",
        Kind::Notice => return format!("note: {}: {}", issue.title, issue.message),
    };
    let place = issue
        .location
        .map(|location| format!("sourcepath={};linenumber={};", escaped(&plain::line(&location.file)), location.line));
    let code = issue.code.map(|code| format!("code={};", escaped(&plain::line(code))));
    let text = escaped(&issues::clipped(&format!("{}: {}", issue.title, issue.message)));
    format!("##vso[task.logissue type={kind};{}{}]{text}", place.unwrap_or_default(), code.unwrap_or_default())
}

/// A value or a message. The agent undoes these in both, the percent sign last.
fn escaped(text: &str) -> String {
    let text = text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A");
    text.replace(';', "%3B").replace(']', "%5D")
}
