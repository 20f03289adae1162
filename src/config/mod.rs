//! `oacguard.toml`: what a project decided about policies and findings, with the reason for each decision.
//!
//! Nothing in it is guessed. A key that is not known, a decision without a reason or a date that does not exist is refused,
//! and there is no verdict: a waiver that was meant to end must not hold for ever because of a typing error.

mod file;
mod read;

use jiff::civil::Date;
use schemars::JsonSchema;
use thiserror::Error;

use crate::finding::{Finding, Severity, Status};
use crate::judge::FailOn;
use crate::report::{ConfigSummary, Hidden, PolicySummary, ReportError};
use crate::waiver::Selector;

pub use self::file::{NAME, find, load};
pub use self::read::read;

/// What `oacguard.toml` says. Also the source of its JSON Schema.
#[derive(Debug, Clone, Default, JsonSchema)]
#[schemars(default)]
pub struct Config {
    /// The file, as it is named to people.
    #[schemars(skip)]
    pub file: String,
    /// What `oacguard check` does when the command line does not say.
    pub check: Check,
    /// Decisions about policies.
    #[schemars(rename = "policy")]
    pub policies: Vec<Setting>,
    /// Findings that are accepted for a time.
    #[schemars(rename = "waiver")]
    pub waivers: Vec<Waiver>,
}

/// `[check]`: what `oacguard check` does when the command line does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
#[schemars(default, rename_all = "kebab-case")]
pub struct Check {
    /// The severity from which a finding blocks.
    pub fail_on: Option<FailOn>,
    /// Whether what held before the plan blocks like what the plan introduces.
    pub fail_on_existing: Option<bool>,
    /// What a fact counts as that the plan cannot tell.
    pub unresolved: Option<Severity>,
    /// Whether a run without any access path from CloudFront to S3 has no verdict.
    pub require_paths: Option<bool>,
}

/// `[[policy]]`: another severity for a policy, or none of it at all.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema)]
pub struct Setting {
    /// The line it begins in, counted from 1.
    #[schemars(skip)]
    pub line: u32,
    /// The policy's id.
    #[schemars(extend("x-policy" = true))]
    pub id: String,
    /// What its findings count as, instead of what the policy says.
    pub severity: Option<Severity>,
    /// `false` switches the policy off: its findings are counted, and neither shown nor judged.
    #[schemars(default = "enabled")]
    pub enabled: bool,
    /// Why.
    #[schemars(length(min = 1))]
    pub reason: String,
}

impl Config {
    /// Takes what policies found that are switched off out of `findings`, and tells what the settings did.
    pub fn switch_off(&self, findings: &mut Vec<Finding>) -> ConfigSummary {
        let mut policies = Vec::new();
        for setting in &self.policies {
            let mut hidden = Hidden::default();
            if !setting.enabled {
                findings.retain(|finding| {
                    let is_its = finding.policy == setting.id;
                    if is_its && finding.status != Status::Resolved {
                        match finding.severity {
                            Severity::Error => hidden.error += 1,
                            Severity::Warning => hidden.warning += 1,
                            Severity::Note => hidden.note += 1,
                        }
                    }
                    !is_its
                });
            }
            policies.push(PolicySummary {
                policy: setting.id.clone(),
                enabled: setting.enabled,
                severity: setting.severity,
                reason: setting.reason.clone(),
                hidden,
            });
        }
        ConfigSummary { file: self.file.clone(), policies }
    }
}

fn enabled() -> bool {
    true
}

/// `[[waiver]]`: findings of one policy that are accepted until a day.
#[derive(Debug, Clone, JsonSchema)]
pub struct Waiver {
    /// The line it begins in, counted from 1.
    #[schemars(skip)]
    pub line: u32,
    /// The id of the policy whose findings are accepted.
    #[schemars(extend("x-policy" = true))]
    pub policy: String,
    /// Which of them: a glob, in which only `*` is special, for the address of a distribution, bucket, key or whatever else is
    /// at fault; or a JSONPath, beginning with `$`, that selects resources in the plan.
    #[schemars(with = "String", length(min = 1))]
    pub select: Selector,
    /// Why they are accepted.
    #[schemars(length(min = 1))]
    pub reason: String,
    /// Who decided.
    #[schemars(length(min = 1))]
    pub owner: Option<String>,
    /// The last day on which they are accepted, in UTC.
    #[schemars(with = "String", extend("format" = "date"))]
    pub expires: Date,
}

/// Something in `oacguard.toml` that is refused. It quotes names from the file, never values that mean nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    /// The file, with line and column where the error has a place.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl From<ConfigError> for ReportError {
    fn from(error: ConfigError) -> Self {
        Self { plan: None, kind: "config".to_owned(), message: error.to_string(), help: error.help }
    }
}

#[cfg(test)]
mod tests;
