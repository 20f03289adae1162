//! The log of a step of GitHub Actions: an annotation for each finding, the report in a group, and the verdict.
//!
//! Source: <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>, and how the runner reads
//! commands: <https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs>.

use super::issues::{self, Issue, Kind};
use super::text;
use super::view::View;

/// The report as workflow commands and plain text.
pub fn render(view: View<'_>) -> String {
    let report = text::without_forged_lines(view.report);
    let view = View { report: &report, ..view };
    let mut out = String::new();
    for issue in issues::of(view) {
        out.push_str(&command(&issue));
        out.push('\n');
    }
    out.push_str("::group::The report of oacguard\n");
    out.push_str(&issues::detail(view));
    out.push_str("::endgroup::\n");
    out.push_str(&text::verdict_line(view.report, view.options));
    out.push('\n');
    out
}

fn command(issue: &Issue<'_>) -> String {
    let name = match issue.kind {
        Kind::Error => "error",
        Kind::Warning => "warning",
        Kind::Notice => "notice",
    };
    let place = issue.location.map(|location| {
        let file = super::plain::line(&location.file);
        format!("file={},line={},", property(&file), location.line)
    });
    let fix = super::plain::prose(issue.fix.trim_end());
    let fix = if fix.is_empty() { String::new() } else { format!("\nFix: {fix}") };
    let text = issues::clipped(&format!("{}{fix}", issue.message));
    format!("::{name} {}title={}::{}", place.unwrap_or_default(), property(&issue.title), data(&text))
}

/// Text behind the second `::`. The runner undoes these and nothing else, `%25` last.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which must not end the property or the command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
