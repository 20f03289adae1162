//! The report as JSON lines, for programs that read one record after the other.
//!
//! The first line says what the report is, the last one holds the verdict: a file without it was cut off. What stands in
//! between is a record for each plan, error, finding and path, in this order. Put together, the lines hold what the JSON
//! report holds, under the same names.

use serde::Serialize;

use super::format::RenderError;
use super::view::View;
use super::{
    BaselineSummary, ConfigSummary, OwnSummary, PathSummary, PlanSummary, Report, ReportError, Summary, Tool, Verdict,
    plain,
};
use crate::finding::Finding;

/// One line.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Record<'a> {
    Report {
        schema: &'a str,
        tool: &'a Tool,
    },
    Plan(&'a PlanSummary),
    Error(&'a ReportError),
    Finding(&'a Finding),
    Path(&'a PathSummary),
    Summary {
        verdict: Verdict,
        summary: &'a Summary,
        #[serde(skip_serializing_if = "Option::is_none")]
        config: Option<&'a ConfigSummary>,
        #[serde(skip_serializing_if = "Option::is_none")]
        baseline: Option<&'a BaselineSummary>,
        #[serde(skip_serializing_if = "Option::is_none")]
        own: Option<&'a OwnSummary>,
    },
}

/// The report, one JSON object a line.
///
/// # Errors
/// When a record cannot be written as JSON, which none is known to cause.
pub fn render(view: View<'_>) -> Result<String, RenderError> {
    // Every member is named, so that a new one cannot be forgotten here.
    let Report { schema, tool, plans, verdict, errors, summary, findings, paths, config, baseline, own } = view.report;
    let mut out = String::new();
    let first = [Record::Report { schema, tool }].into_iter();
    let last = Record::Summary {
        verdict: *verdict,
        summary,
        config: config.as_ref(),
        baseline: baseline.as_ref(),
        own: own.as_ref(),
    };
    let records = first
        .chain(plans.iter().map(Record::Plan))
        .chain(errors.iter().map(Record::Error))
        .chain(findings.iter().map(Record::Finding))
        .chain(paths.iter().map(Record::Path))
        .chain([last]);
    for record in records {
        out.push_str(&plain::json(serde_json::to_string(&record)?));
        out.push('\n');
    }
    Ok(out)
}
