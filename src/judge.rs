//! From what policies found in each world to what is reported.

use crate::finding::{Finding, Severity, Status};

/// What the user decided about severities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The least severity that blocks; `None` blocks nothing.
    pub fail_on: Option<Severity>,
    /// Whether what held before blocks like what the plan brings.
    pub fail_on_existing: bool,
    /// What an unresolved fact counts as.
    pub unresolved: Severity,
}

impl Default for Options {
    fn default() -> Self {
        Self { fail_on: Some(Severity::Error), fail_on_existing: false, unresolved: Severity::Note }
    }
}

/// Whether a finding blocks the plan.
pub fn blocks(finding: &Finding, options: &Options) -> bool {
    let counts = match finding.status {
        Status::Introduced => true,
        Status::Existing => options.fail_on_existing,
        Status::Resolved => false,
    };
    counts && finding.waiver.is_none() && options.fail_on.is_some_and(|least| finding.severity >= least)
}
