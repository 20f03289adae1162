//! Finds out, from a Terraform plan, whether CloudFront will still be able to read its S3 origins.
//!
//! The data's way: bytes → [`plan`] → `links` → [`access`] paths in two worlds → facts → [`rego`] → [`finding`]s → [`report`].

pub mod access;
pub mod aws;
pub mod cli;
pub mod finding;
pub mod iam;
pub mod judge;
pub mod links;
pub mod plan;
pub mod rego;
pub mod report;

use access::facts::{Counts, Facts};
use finding::Severity;
use plan::source::Source;
use report::{PlanSummary, Report, ReportError, Summary, Tool, Verdict};

/// How findings are judged.
#[derive(Debug, Clone)]
pub struct Options {
    /// The severity from which a finding blocks; `None` never blocks.
    pub fail_on: Option<Severity>,
    /// Whether findings that held before block like introduced ones.
    pub fail_on_existing: bool,
    /// What an unresolved fact counts as.
    pub unresolved: Severity,
    /// Whether a plan without access paths is an error.
    pub require_paths: bool,
    /// Whether several plans are judged apart.
    pub separate: bool,
}

/// What a run found out.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The answer.
    pub report: Report,
    /// What the policies saw; `None` when no plan could be read.
    pub facts: Option<Facts>,
}

/// Judges plans. Never fails: what went wrong is in the report, whose verdict is then `none`.
pub fn check(sources: Vec<Source>, _options: &Options) -> Outcome {
    let mut report = Report {
        schema: report::SCHEMA.to_owned(),
        tool: Tool {
            name: "oacguard".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            policies: String::new(),
        },
        plans: Vec::new(),
        verdict: Verdict::Pass,
        errors: Vec::new(),
        summary: Summary::of(&[], Counts::default()),
        findings: Vec::new(),
        paths: Vec::new(),
    };
    for source in sources {
        let name = source.name.clone();
        let read = read(source);
        report.plans.push(PlanSummary {
            source: name,
            terraform_version: None,
            format_version: read.as_ref().ok().cloned(),
            complete: None,
        });
        if let Err(error) = read {
            report.verdict = Verdict::None;
            report.errors.push(error);
        }
    }
    Outcome { report, facts: None }
}

/// What the policies would see of these plans.
///
/// # Errors
/// Why a plan could not be read.
pub fn facts(sources: Vec<Source>, _separate: bool) -> Result<Facts, Vec<ReportError>> {
    let errors: Vec<ReportError> = sources.into_iter().filter_map(|source| read(source).err()).collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let schema = access::facts::SCHEMA.to_owned();
    Ok(Facts { schema, plans: Vec::new(), counts: Counts::default(), paths: Vec::new() })
}

fn read(source: Source) -> Result<String, ReportError> {
    let Source { name, bytes } = source;
    let read = || plan::Plan::read(&plan::decode(bytes?, u64::MAX)?).map(|plan| plan.format_version);
    read().map_err(|error| ReportError {
        plan: Some(name),
        kind: error.kind().to_owned(),
        message: error.to_string(),
        help: error.help(),
    })
}
