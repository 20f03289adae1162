//! What every format is made from, and the questions that all of them ask of a finding in the same way.

use super::Report;
use crate::access::facts::Facts;
use crate::finding::{Finding, Severity, Status};
use crate::judge::{self, Options};
use crate::rego::{self, PolicyMeta};

/// A report with what it takes to show it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What is to be said.
    pub report: &'a Report,
    /// What the policies saw; without it, paths are drawn from the findings alone.
    pub facts: Option<&'a Facts>,
    /// What was asked to block.
    pub options: &'a Options,
}

/// Where in a report a finding belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds after the plan, and somebody should act on it, or know of it.
    Open,
    /// The plan cannot tell; it was not made to count as more than a note.
    Untold,
    /// The plan ends it.
    Resolved,
    /// A waiver accepts it.
    Waived,
}

/// A place that a host can link to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, with `/` on every platform, as a rule relative to the working directory and without `./`.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
}

impl View<'_> {
    /// Whether the verdict is "block" because of `finding`, among others.
    pub fn blocks(&self, finding: &Finding) -> bool {
        judge::blocks(finding, self.options)
    }

    /// What the policy of `finding` says of itself; none of a remark about a waiver, which no policy makes.
    pub fn policy(&self, finding: &Finding) -> Option<&'static PolicyMeta> {
        rego::policy(&finding.policy)
    }
}

impl Standing {
    /// The place of `finding`.
    pub fn of(finding: &Finding) -> Self {
        let untold = finding.policy == judge::UNRESOLVED && finding.severity == Severity::Note;
        match finding.status {
            _ if finding.waiver.is_some() => Self::Waived,
            Status::Resolved => Self::Resolved,
            _ if untold => Self::Untold,
            _ => Self::Open,
        }
    }
}

impl Place {
    /// The place of `finding`: in the Terraform source where it is known, else the plan as a whole, for hosts that show
    /// nothing without a place.
    pub fn of(finding: &Finding) -> Self {
        match &finding.location {
            Some(location) => Self { file: location.file.clone(), line: location.line },
            None => Self { file: plan_file(&finding.plan), line: 1 },
        }
    }
}

/// The file that stands for a plan. What came on standard input has none; it is made of the root module, whose first file is
/// called `main.tf` by convention.
fn plan_file(source: &str) -> String {
    if source.is_empty() || source == "-" {
        return "main.tf".to_owned();
    }
    let file = source.replace('\\', "/");
    let mut rest = file.as_str();
    while let Some(next) = rest.strip_prefix("./") {
        rest = next;
    }
    rest.to_owned()
}
