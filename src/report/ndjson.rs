//! The report as JSON lines, for programs that read one record after the other.
//!
//! The first line says what the report is, the last one holds the verdict: a file without it was cut off. In between stands,
//! plan by plan, a record for the plan, and one for each of its errors, findings and paths; what belongs to no plan comes
//! behind. Put together, the lines hold what the JSON report holds, under the same names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::format::RenderError;
use super::view::View;
use super::{
    BaselineSummary, ConfigSummary, OwnSummary, Partition, PathSummary, PlanSummary, Report, ReportError, Summary,
    Tool, Verdict, plain,
};
use crate::finding::{Finding, Severity};
use crate::judge;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Record {
    /// The first.
    Report {
        schema: String,
        tool: Tool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        partition: Option<Partition>,
    },
    Plan(PlanSummary),
    Error(ReportError),
    Finding(Box<Finding>),
    Path(PathSummary),
    /// The last.
    Summary(Box<Last>),
}

/// What the last line holds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Last {
    pub(crate) verdict: Verdict,
    pub(crate) summary: Summary,
    /// What blocks.
    pub(crate) judging: Judging,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) config: Option<ConfigSummary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<BaselineSummary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) own: Option<OwnSummary>,
}

/// What was asked to block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Judging {
    /// From which severity on; `null` if nothing does.
    pub(crate) fail_on: Option<Severity>,
    /// Whether what held before does too.
    pub(crate) fail_on_existing: bool,
}

impl From<&judge::Options> for Judging {
    fn from(options: &judge::Options) -> Self {
        Self { fail_on: options.fail_on, fail_on_existing: options.fail_on_existing }
    }
}

/// What a report holds of one plan, or of none.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) plan: Option<PlanSummary>,
    pub(crate) errors: Vec<ReportError>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) paths: Vec<PathSummary>,
}

/// The report, one JSON object a line.
///
/// # Errors
/// When a record cannot be written as JSON, which none is known to cause.
pub fn render(view: View<'_>) -> Result<String, RenderError> {
    let mut out = head(&view.report.tool, view.report.partition.clone())?;
    out.push_str(&body(view.report)?);
    out.push_str(&last(view)?);
    Ok(out)
}

/// What stands between the first line and the last one.
///
/// # Errors
/// As [`render`].
pub(crate) fn body(report: &Report) -> Result<String, RenderError> {
    parts(report).into_iter().map(lines).collect()
}

/// The first line.
///
/// # Errors
/// As [`render`].
pub(crate) fn head(tool: &Tool, partition: Option<Partition>) -> Result<String, RenderError> {
    line(&Record::Report { schema: super::SCHEMA.to_owned(), tool: tool.clone(), partition })
}

/// The lines of one plan.
///
/// # Errors
/// As [`render`].
fn lines(part: Part) -> Result<String, RenderError> {
    let Part { plan, errors, findings, paths } = part;
    let records = plan.map(Record::Plan).into_iter().chain(errors.into_iter().map(Record::Error));
    let records = records.chain(findings.into_iter().map(|finding| Record::Finding(Box::new(finding))));
    records.chain(paths.into_iter().map(Record::Path)).map(|record| line(&record)).collect()
}

/// The last line.
///
/// # Errors
/// As [`render`].
pub(crate) fn last(View { report, options, .. }: View<'_>) -> Result<String, RenderError> {
    line(&Record::Summary(Box::new(Last {
        verdict: report.verdict,
        summary: report.summary,
        judging: options.into(),
        config: report.config.clone(),
        baseline: report.baseline.clone(),
        own: report.own.clone(),
    })))
}

fn line(record: &Record) -> Result<String, RenderError> {
    let mut line = plain::json(serde_json::to_string(record)?);
    line.push('\n');
    Ok(line)
}

/// What a report holds plan by plan, in the order of the plans.
fn parts(report: &Report) -> Vec<Part> {
    // Every member is named, so that a new one cannot be forgotten here.
    let Report { plans, errors, findings, paths, .. } = report;
    let Report { schema: _, tool: _, verdict: _, summary: _, config: _, baseline: _, own: _, partition: _, .. } =
        report;
    let mut parts: Vec<Part> = plans.iter().map(|plan| Part { plan: Some(plan.clone()), ..Part::default() }).collect();
    parts.push(Part::default());
    let nowhere = plans.len();
    let mut by_name = BTreeMap::new();
    for (at, plan) in plans.iter().enumerate() {
        by_name.entry(plan.source.as_str()).or_insert(at);
    }
    let at = |name: Option<&str>| name.and_then(|name| by_name.get(name)).copied().unwrap_or(nowhere);
    for error in errors {
        put(&mut parts, at(error.plan.as_deref()), |part| part.errors.push(error.clone()));
    }
    for finding in findings {
        put(&mut parts, at(Some(&finding.plan)), |part| part.findings.push(finding.clone()));
    }
    for path in paths {
        put(&mut parts, at(Some(&path.plan)), |part| part.paths.push(path.clone()));
    }
    parts
}

fn put(parts: &mut [Part], at: usize, into: impl FnOnce(&mut Part)) {
    if let Some(part) = parts.get_mut(at) {
        into(part);
    }
}
