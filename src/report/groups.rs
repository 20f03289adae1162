//! Sorts the findings of a report by what a reader has to do about them, for formats with room for more than lines.

use super::picture;
use super::view::{Standing, View};
use super::words;
use crate::finding::{Finding, Severity, Status};

/// The findings of a report, each in one list, in the order of the report.
#[derive(Default)]
pub(crate) struct Groups<'a> {
    /// The verdict is "block" because of these.
    pub(crate) blocking: Vec<&'a Finding>,
    /// Errors and warnings that the plan brings and that do not block.
    pub(crate) lesser: Vec<&'a Finding>,
    /// Errors and warnings that held before.
    pub(crate) existing: Vec<&'a Finding>,
    /// What is only to be known.
    pub(crate) notes: Vec<&'a Finding>,
    /// What the plan cannot tell.
    pub(crate) untold: Vec<&'a Finding>,
    /// What the plan ends.
    pub(crate) resolved: Vec<&'a Finding>,
    /// What a waiver accepts.
    pub(crate) waived: Vec<&'a Finding>,
}

impl<'a> Groups<'a> {
    /// The findings of `view`.
    pub(crate) fn of(view: View<'a>) -> Self {
        let mut groups = Self::default();
        for finding in &view.report.findings {
            let list = match (Standing::of(finding), finding.severity, finding.status) {
                _ if view.blocks(finding) => &mut groups.blocking,
                (Standing::Waived, ..) => &mut groups.waived,
                (Standing::Resolved, ..) => &mut groups.resolved,
                (Standing::Untold, ..) => &mut groups.untold,
                (Standing::Open, Severity::Note, _) => &mut groups.notes,
                (Standing::Open, _, Status::Existing) => &mut groups.existing,
                (Standing::Open, ..) => &mut groups.lesser,
            };
            list.push(finding);
        }
        groups
    }
}

/// Who caused a finding, and when it is noticed.
pub(crate) fn circumstances(view: View<'_>, finding: &Finding) -> String {
    words::circumstances(finding, words::cause(finding, view.report.baseline.as_ref()))
}

/// The resources of a finding, from the distribution on.
pub(crate) fn place(finding: &Finding) -> Vec<String> {
    let row = picture::in_a_row(finding);
    let origin = finding.origin.as_ref().map(|id| format!("origin \"{id}\""));
    let parts = [&finding.distribution, &origin, &finding.bucket, &finding.key];
    if row.is_empty() { Vec::new() } else { parts.into_iter().flatten().cloned().collect() }
}
