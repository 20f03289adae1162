//! What a policy says about a plan, as every report format receives it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::facts::Evidence;

/// How bad a finding is. The order is the order of gravity: `Note < Warning < Error`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing breaks.
    Note,
    /// Something may break, or breaks for a while.
    Warning,
    /// Viewers lose content.
    Error,
}

/// Whether the plan causes a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The plan brings it.
    Introduced,
    /// It held before and will hold after.
    Existing,
    /// It held before, and the plan ends it.
    Resolved,
}

/// When viewers notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// AWS rejects the apply, possibly half done.
    ApplyError,
    /// Objects that are there today, or that this very plan writes, become unreadable.
    Apply,
    /// Requests fail while the apply and CloudFront's propagation are under way.
    Rollout,
    /// Objects written from now on are unreadable; today's stay fine.
    NextWrite,
}

/// One thing a policy found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// The policy's id.
    pub policy: String,
    /// The severity in force.
    pub severity: Severity,
    /// The severity the policy gave, before configuration, caps and status.
    pub base_severity: Severity,
    /// Whether this plan causes it.
    pub status: Status,
    /// When viewers notice; `null` when nothing breaks.
    pub when: Option<When>,
    /// The plan's source as given.
    pub plan: String,
    /// Terraform address of the distribution.
    pub distribution: Option<String>,
    /// The origin id, or the reference it was written with.
    pub origin: Option<String>,
    /// The bucket: Terraform address, else name.
    pub bucket: Option<String>,
    /// The key: Terraform address, else ARN.
    pub key: Option<String>,
    /// The bucket, key, object or statement at fault; part of the finding's identity.
    pub subject: Option<String>,
    /// What is wrong, in one or two sentences.
    pub message: String,
    /// Why it breaks.
    pub why: String,
    /// What to do, with the plan's own addresses.
    pub fix: String,
    /// Where to read more.
    pub links: Vec<String>,
    /// Where in the plan it was read.
    pub evidence: Vec<Evidence>,
    /// The place in the Terraform source, when it is known.
    pub location: Option<Location>,
    /// The waiver that accepts it, if one does.
    pub waiver: Option<Waiver>,
    /// What a policy of the user's own says beside its message; left out where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Map<String, serde_json::Value>>,
    /// 32 hexadecimal digits that stay the same as long as the finding is the same.
    pub fingerprint: String,
}

/// A place in the Terraform source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// The file, relative to the working directory.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
}

/// A recorded decision to accept a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// Why it is accepted.
    pub reason: String,
    /// Who decided.
    pub owner: Option<String>,
    /// The last day it holds, as `YYYY-MM-DD`.
    pub expires: String,
}
