//! What a run of `check` has to say, and the formats it is said in: one file per format.

pub mod atlantis;
pub mod azure;
pub mod conftest;
pub(crate) mod cut;
pub(crate) mod distinct;
pub mod format;
pub mod github;
pub mod gitlab;
pub(crate) mod groups;
pub mod html;
mod issues;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod ndjson;
pub(crate) mod picture;
pub mod plain;
pub(crate) mod prose;
pub mod query;
pub(crate) mod relative;
pub mod sarif;
pub mod schema;
pub mod spacelift;
pub mod text;
pub mod view;
pub(crate) mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::facts::{Access, Algorithm, Counts, Readability};
use crate::baseline::Entry;
use crate::finding::{Finding, Severity, Status};
pub use crate::plan::source::Partition;

/// The identifier of the JSON report's shape.
pub const SCHEMA: &str = "oacguard.report/v1";

/// The whole answer of a run. Serialized, it is the JSON report.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Report {
    /// Always `oacguard.report/v1`.
    pub schema: String,
    /// What made the report.
    pub tool: Tool,
    /// The plans that were read, or that could not be.
    pub plans: Vec<PlanSummary>,
    /// The outcome.
    pub verdict: Verdict,
    /// Why there is no verdict.
    pub errors: Vec<ReportError>,
    /// How many of what.
    pub summary: Summary,
    /// What the policies found, in the order people should read it.
    pub findings: Vec<Finding>,
    /// What was looked at.
    pub paths: Vec<PathSummary>,
    /// What `oacguard.toml` changes; left out where there is no such file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigSummary>,
    /// What the baseline says; left out without `--baseline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineSummary>,
    /// What policies of the user's own were asked; left out without `--policy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnSummary>,
    /// Which of the plans that were named were judged; left out without `--partition`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
}

/// What policies of the user's own were asked. What they found stands among the findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnSummary {
    /// How many files they are.
    pub files: usize,
    /// By plan and package.
    pub records: Vec<OwnRecord>,
}

/// What one package said of one plan, by conftest's count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnRecord {
    /// The plan's source as given; `null` where all plans were one input.
    pub plan: Option<String>,
    /// The package.
    pub namespace: String,
    /// Definitions of rules that found nothing.
    pub successes: usize,
    /// What `deny` and `violation` found.
    pub failures: usize,
    /// What `warn` found.
    pub warnings: usize,
    /// The rules that the rule `exception` exempts.
    pub exceptions: Vec<OwnException>,
}

/// A rule that is exempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OwnException {
    /// Its name.
    pub rule: String,
    /// How many exceptions name it.
    pub holds: usize,
    /// How many findings that leaves out.
    pub left_out: usize,
}

/// What `oacguard.toml` changes about policies. What it accepts by waivers stands at the findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigSummary {
    /// The file, as named on the command line or as found from the working directory.
    pub file: String,
    /// Its decisions about policies, in the order of the file.
    pub policies: Vec<PolicySummary>,
}

/// A decision about a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicySummary {
    /// The policy's id.
    pub policy: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// What its findings count as; `null` where that is what the policy says.
    pub severity: Option<Severity>,
    /// Why.
    pub reason: String,
    /// The findings left out because the policy is switched off, by what they would have counted as.
    pub hidden: Hidden,
}

impl ConfigSummary {
    /// Takes in what the same decisions hide of other plans.
    pub(crate) fn add(&mut self, other: Self) {
        for (setting, more) in self.policies.iter_mut().zip(other.policies) {
            let Hidden { error, warning, note } = more.hidden;
            setting.hidden.error = setting.hidden.error.saturating_add(error);
            setting.hidden.warning = setting.hidden.warning.saturating_add(warning);
            setting.hidden.note = setting.hidden.note.saturating_add(note);
        }
    }
}

/// Findings that are not in the report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hidden {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Notes.
    pub note: usize,
}

/// What a baseline says of the findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineSummary {
    /// The file as given.
    pub file: String,
    /// Fingerprints of findings that count as existing because they are in it.
    pub covered: Vec<String>,
    /// Fingerprints of findings that are in it, but are worse than they were, and so count as introduced.
    pub worse: Vec<String>,
    /// Entries of which nothing is left: they can go.
    pub gone: Vec<Entry>,
}

/// What made a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Always `oacguard`.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// SHA-256 over the bundled policies, in hexadecimal.
    pub policies: String,
}

/// One plan that was given.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PlanSummary {
    /// The source as given; `-` is standard input.
    pub source: String,
    /// The version of Terraform or OpenTofu.
    pub terraform_version: Option<String>,
    /// The version of the plan format; `null` when the document could not be read.
    pub format_version: Option<String>,
    /// Terraform's word on completeness; `null` when the document does not say.
    pub complete: Option<bool>,
}

/// The outcome of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that blocks.
    Pass,
    /// At least one finding blocks.
    Block,
    /// Something could not be read or evaluated.
    None,
}

/// Why something could not be read or evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReportError {
    /// The plan's source, when the error belongs to one.
    pub plan: Option<String>,
    /// A kebab-case name of the kind of error.
    pub kind: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
}

/// Counts of findings by effective severity and status, and of what was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Errors neither resolved nor waived.
    pub error: usize,
    /// Warnings neither resolved nor waived.
    pub warning: usize,
    /// Notes neither resolved nor waived.
    pub note: usize,
    /// Findings that held before as well.
    pub existing: usize,
    /// Findings that this plan ends.
    pub resolved: usize,
    /// Findings that a waiver accepts.
    pub waived: usize,
    /// Findings of the policy `unresolved`.
    pub unresolved: usize,
    /// Distributions looked at.
    pub distributions: usize,
    /// S3 origins looked at.
    pub origins: usize,
    /// Buckets behind them.
    pub buckets: usize,
    /// Keys behind those.
    pub keys: usize,
    /// Access paths.
    pub paths: usize,
}

/// One access path that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PathSummary {
    /// The plan's source as given.
    pub plan: String,
    /// Terraform address of the distribution.
    pub distribution: String,
    /// The origin id.
    pub origin: String,
    /// How CloudFront reaches the origin; `null` when the plan cannot tell.
    pub access: Option<Access>,
    /// The origin's domain name, when known and not sensitive.
    pub domain: Option<String>,
    /// The bucket.
    pub bucket: Option<String>,
    /// Its default encryption; `null` when the plan cannot tell.
    pub encryption: Option<Algorithm>,
    /// The key.
    pub key: Option<String>,
    /// Whether existing and new objects could be read before.
    pub before: Readability,
    /// Whether they can be read after.
    pub after: Readability,
}

impl Summary {
    /// Counts `findings` and takes over `counts`.
    #[must_use]
    pub fn of(findings: &[Finding], counts: Counts) -> Self {
        let mut summary = Self {
            distributions: counts.distributions,
            origins: counts.origins,
            buckets: counts.buckets,
            keys: counts.keys,
            paths: counts.paths,
            ..Self::default()
        };
        for finding in findings {
            if finding.waiver.is_some() {
                summary.waived += 1;
                continue;
            }
            match finding.status {
                Status::Resolved => {
                    summary.resolved += 1;
                    continue;
                }
                Status::Existing => summary.existing += 1,
                Status::Introduced => {}
            }
            match finding.severity {
                Severity::Error => summary.error += 1,
                Severity::Warning => summary.warning += 1,
                Severity::Note => summary.note += 1,
            }
            if finding.policy == "unresolved" {
                summary.unresolved += 1;
            }
        }
        summary
    }
    /// The counts of both, of plans that have nothing to do with each other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        // Every member is named, so that a new one cannot be forgotten.
        Self {
            error: self.error + other.error,
            warning: self.warning + other.warning,
            note: self.note + other.note,
            existing: self.existing + other.existing,
            resolved: self.resolved + other.resolved,
            waived: self.waived + other.waived,
            unresolved: self.unresolved + other.unresolved,
            distributions: self.distributions + other.distributions,
            origins: self.origins + other.origins,
            buckets: self.buckets + other.buckets,
            keys: self.keys + other.keys,
            paths: self.paths + other.paths,
        }
    }
}
