//! SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! The contract: the OASIS standard (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/>) and what GitHub makes of it
//! (<https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>).
//! Every result is an alert there, whatever its `suppressions` say, and a pull request fails when one is new
//! that is an error, or of high security severity. Hence:
//!
//! - What a plan resolves is no result; it stands in the properties of the run.
//! - What a waiver accepts is a result with its suppression, and a note.
//! - A run without a verdict has a result for each reason, besides the notifications, which GitHub does not show: otherwise
//!   it would look clean, and close the alerts of the run before.
//! - A rule is of high security severity only if one of its results blocks.
//!
//! There is no `baselineState`: the standard means an earlier run by it, and not the state before a plan.

mod markdown;
mod model;
mod outcome;
mod rule;

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use self::model::{
    AutomationDetails, Descriptor, Driver, Invocation, Log, Message, Notification, Outcome, Resolved, Rule, Run,
    RunProperties, Tool,
};
use super::cut::cut;
use super::format::RenderError;
use super::relative::relative;
use super::view::{Standing, View};
use super::{Report, Verdict, json, plain};
use crate::judge;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// How many results GitHub takes.
const MOST_RESULTS: usize = 25_000;
/// How many bytes GitHub takes, compressed.
const MOST_BYTES: usize = 10_000_000;
/// How many characters a text may have, so that a result always fits.
const MOST_TEXT: usize = 20_000;
/// How many characters an address may take in the name of a category.
const MOST_NAME: usize = 100;

/// The log of one run.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn render(view: View<'_>) -> Result<String, RenderError> {
    render_within(view, MOST_RESULTS, MOST_BYTES)
}

/// The log with as many results, the gravest first, as fit into so many bytes when compressed; with one at least.
fn render_within(view: View<'_>, results: usize, bytes: usize) -> Result<String, RenderError> {
    let subjects = outcome::subjects(view);
    let rules = rule::rules(view, &subjects);
    let all = outcome::outcomes(view, &subjects, &rules);
    let mut count = all.len().min(results);
    loop {
        let (shown, left_out) = all.split_at_checked(count).unwrap_or((&all, &[]));
        let text = json::render(&log(view.report, &rules, shown, left_out))?;
        if count <= 1 || text.len() <= bytes || packed(&text) <= bytes {
            return Ok(text);
        }
        count = (count * 3 / 4).max(1);
    }
}

/// How many bytes `text` has when it is compressed, as it is for the upload.
fn packed(text: &str) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let bytes = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
    bytes.map_or(usize::MAX, |bytes| bytes.len())
}

fn log<'a>(report: &'a Report, rules: &'a [Rule<'a>], results: &'a [Outcome<'a>], left_out: &[Outcome<'_>]) -> Log<'a> {
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: &report.tool.name,
                version: &report.tool.version,
                semantic_version: &report.tool.version,
                rules,
            },
        },
        automation_details: category(report).map(|id| AutomationDetails { id }),
        invocations: [Invocation {
            execution_successful: report.verdict != Verdict::None,
            tool_execution_notifications: notifications(report, left_out),
        }],
        results,
        column_kind: "unicodeCodePoints",
        properties: RunProperties {
            verdict: report.verdict,
            policies: &report.tool.policies,
            resolved: resolved(report),
        },
    };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

fn notifications<'a>(report: &'a Report, left_out: &[Outcome<'_>]) -> Vec<Notification<'a>> {
    let errors = report.errors.iter().map(|error| Notification {
        descriptor: Descriptor { id: &error.kind },
        level: "error",
        message: Message { text: outcome::no_verdict(error), markdown: None },
    });
    let missing = (!left_out.is_empty()).then(|| {
        let blocking = left_out.iter().filter(|outcome| outcome.properties.blocks).count();
        Notification {
            descriptor: Descriptor { id: "results-left-out" },
            level: "warning",
            message: Message {
                text: format!(
                    "{} results are left out, {blocking} of which block: GitHub takes {MOST_RESULTS} results and \
                     {MOST_BYTES} compressed bytes. The JSON report has all of them.",
                    left_out.len()
                ),
                markdown: None,
            },
        }
    });
    errors.chain(missing).collect()
}

/// The category of the upload, which separates the alerts of one workspace from those of another; none where the plans' names
/// tell no workspace from another. `upload-sarif` then takes the category that the workflow names, or one it makes of
/// workflow, job and matrix, and it takes neither where there is one already.
///
/// What stands behind the last `/` is the run's own part of an id, and empty here.
fn category(report: &Report) -> Option<String> {
    let mut files: Vec<String> = report.plans.iter().map(|plan| plain::line(&relative(&plan.source)).into()).collect();
    files.sort();
    files.dedup();
    if !files.iter().any(|file| file.contains('/')) {
        return None;
    }
    let names = files.join("+");
    let names = if names.chars().count() > MOST_NAME { judge::fingerprint([Some(names.as_str())]) } else { names };
    Some(format!("oacguard/{names}/"))
}

fn resolved(report: &Report) -> Vec<Resolved<'_>> {
    let resolved = report.findings.iter().filter(|finding| Standing::of(finding) == Standing::Resolved);
    let resolved = resolved.take(MOST_RESULTS).map(|finding| Resolved {
        policy: &finding.policy,
        plan: &finding.plan,
        distribution: finding.distribution.as_deref(),
        origin: finding.origin.as_deref(),
        message: &finding.message,
        fingerprint: &finding.fingerprint,
    });
    resolved.collect()
}

/// `text` as it may be shown: without what hides or reverses its neighbours, and without links, which SARIF makes of
/// `[text](target)`.
fn shown(text: &str) -> String {
    cut(&plain::prose(text), MOST_TEXT).replace("](", "] (")
}

#[cfg(test)]
#[path = "sarif_tests.rs"]
mod tests;
