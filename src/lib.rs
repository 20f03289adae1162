//! Finds out, from a Terraform plan, whether CloudFront will still be able to read its S3 origins.
//!
//! The data's way: bytes → [`plan`] → `links` → [`access`] paths in two worlds → facts → [`rego`] → [`finding`]s → [`report`].

pub mod access;
pub mod aws;
pub mod cli;
pub mod finding;
#[cfg(test)]
mod fixture;
pub mod iam;
mod jsonpath;
pub mod judge;
pub mod links;
mod nearest;
pub mod plan;
pub mod rego;
pub mod report;
mod run;

use access::facts::Facts;
use finding::Severity;
use plan::source::Source;
use report::{Report, ReportError};

/// How plans are judged.
#[derive(Debug, Clone)]
pub struct Options {
    /// The severity from which a finding blocks; `None` never blocks.
    pub fail_on: Option<Severity>,
    /// Whether findings that held before block like introduced ones.
    pub fail_on_existing: bool,
    /// What an unresolved fact counts as.
    pub unresolved: Severity,
    /// Whether a run without access paths has no verdict.
    pub require_paths: bool,
    /// Whether several plans are judged apart.
    pub separate: bool,
    /// How many bytes a plan may have when it is unpacked.
    pub max_size: u64,
}

impl Options {
    /// The part of them that decides on severities.
    pub fn judging(&self) -> judge::Options {
        judge::Options { fail_on: self.fail_on, fail_on_existing: self.fail_on_existing, unresolved: self.unresolved }
    }
}

/// What a run found out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The answer.
    pub report: Report,
    /// What the policies saw of the plans that could be read.
    pub facts: Option<Facts>,
}

/// Judges plans. Never fails: what went wrong is in the report, whose verdict is then `none`.
pub fn check(sources: Vec<Source>, options: &Options) -> Outcome {
    run::check(sources, options)
}

/// What the policies would see of these plans, none of which may have more than `max_size` bytes when it is unpacked.
///
/// # Errors
/// Why plans could not be read.
pub fn facts(sources: Vec<Source>, separate: bool, max_size: u64) -> Result<Facts, Vec<ReportError>> {
    run::facts(sources, separate, max_size)
}
