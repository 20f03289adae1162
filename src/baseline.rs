//! A baseline: the findings of a day, written down so that from then on only others block.
//!
//! An entry covers a finding of the same identity as long as that is no worse than it was. What was a doubt, or an outage on a
//! distribution that nobody used, does not excuse the outage of one that viewers use.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::finding::{Finding, Severity, Status, When};
use crate::judge::{UNRESOLVED, fingerprint};
use crate::own;
use crate::report::ReportError;
use crate::waiver;

/// The identifier of the document's shape.
pub const SCHEMA: &str = "oacguard.baseline/v1";

/// An entry takes less than a kB; this is more findings than anybody accepts.
const MAX_SIZE: u64 = 64 * 1024 * 1024;

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Baseline {
    /// Always `oacguard.baseline/v1`.
    pub schema: String,
    /// What was found, each identity once, in a fixed order.
    pub findings: Vec<Entry>,
}

/// One finding in a baseline.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The policy's id.
    pub policy: String,
    /// Terraform address of the distribution.
    pub distribution: Option<String>,
    /// The origin.
    pub origin: Option<String>,
    /// The bucket, key, object or statement at fault.
    pub subject: Option<String>,
    /// How bad it was, before configuration and status.
    pub severity: Severity,
    /// When viewers would have noticed.
    pub when: Option<When>,
    /// Which doubts there were, where the finding is what cannot be told of a path: others are not covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubts: Option<String>,
    /// What a policy of the user's own said, which may say several things of one resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The fingerprint of the finding, which follows from policy, distribution, origin and subject, and from the message.
    pub fingerprint: String,
}

/// What a baseline says of a finding that a plan introduces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// It was there, and as bad as it is now.
    Covered,
    /// It was there, and is worse now.
    Worse,
}

/// What a finding of the policy about what cannot be told says; one of a path stands for all doubts about it.
fn doubts(finding: &Finding) -> Option<String> {
    (finding.policy == UNRESOLVED).then(|| finding.message.clone())
}

impl Entry {
    /// What it says of a finding of its identity that is so bad by itself, and breaks then.
    pub fn knows(&self, severity: Severity, finding: &Finding) -> Known {
        let worse = severity > self.severity || finding.when.map(Reverse) > self.when.map(Reverse);
        let worse = worse || doubts(finding) != self.doubts;
        if worse { Known::Worse } else { Known::Covered }
    }
}

impl Baseline {
    /// The baseline of `findings`: those of the world after, without those that a waiver accepts, which are to count again
    /// when it expires.
    ///
    /// The findings have to be judged without regard to configuration and status, so that their severity says how bad they are.
    pub fn of(findings: &[Finding]) -> Self {
        let mut entries: BTreeMap<&str, Entry> = BTreeMap::new();
        let counted = |finding: &&Finding| {
            finding.status != Status::Resolved
                && finding.waiver.is_none()
                && !waiver::REMARKS.contains(&finding.policy.as_str())
        };
        for finding in findings.iter().filter(counted) {
            // Plans of several workspaces may have the same addresses.
            let entry = entries.entry(&finding.fingerprint).or_insert_with(|| Entry {
                policy: finding.policy.clone(),
                distribution: finding.distribution.clone(),
                origin: finding.origin.clone(),
                subject: finding.subject.clone(),
                severity: finding.severity,
                when: finding.when,
                doubts: doubts(finding),
                message: own::is_own(&finding.policy).then(|| finding.message.clone()),
                fingerprint: finding.fingerprint.clone(),
            });
            entry.severity = entry.severity.max(finding.severity);
            entry.when = entry.when.map(Reverse).max(finding.when.map(Reverse)).map(|Reverse(when)| when);
        }
        let mut findings: Vec<Entry> = entries.into_values().collect();
        findings.sort();
        Self { schema: SCHEMA.to_owned(), findings }
    }

    /// The entries of which nothing is left in `findings`.
    pub fn gone(&self, findings: &[Finding]) -> Vec<Entry> {
        self.without(&self.left_in(findings))
    }

    /// The fingerprints of entries of which something is left in `findings`.
    pub fn left_in(&self, findings: &[Finding]) -> BTreeSet<String> {
        let there = findings.iter().filter(|finding| finding.status != Status::Resolved);
        let there: BTreeSet<&str> = there.map(|finding| finding.fingerprint.as_str()).collect();
        let entries = self.findings.iter().map(|entry| &entry.fingerprint);
        entries.filter(|print| there.contains(print.as_str())).cloned().collect()
    }

    /// The entries that have none of these fingerprints.
    pub fn without(&self, left: &BTreeSet<String>) -> Vec<Entry> {
        self.findings.iter().filter(|entry| !left.contains(&entry.fingerprint)).cloned().collect()
    }

    /// Reads `file`.
    ///
    /// # Errors
    /// Whatever `oacguard baseline` does not write. Values are not quoted: a plan may have been named by mistake.
    pub fn load(file: &Path) -> Result<Self, ReportError> {
        let name = file.display();
        let refuse = |message: String, help: &str| ReportError {
            plan: None,
            kind: "baseline".to_owned(),
            message: format!("{name}: {message}"),
            help: help.to_owned(),
        };
        let mut bytes = Vec::new();
        File::open(file)
            .and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes))
            .map_err(|error| refuse(format!("cannot read it: {error}"), "check the path and its permissions"))?;
        if bytes.len() as u64 > MAX_SIZE {
            let help = "check that this is the file that was meant";
            return Err(refuse(format!("it has more than {MAX_SIZE} bytes"), help));
        }
        Self::read(&bytes).map_err(|message| {
            refuse(message, "write it with `oacguard baseline --output FILE PLAN`, and do not change it by hand")
        })
    }

    /// Reads what stands in a file.
    ///
    /// # Errors
    /// In words, what is wrong with it; without values, as [`Baseline::load`].
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let document: Value = serde_json::from_slice(bytes).map_err(|error| {
            format!("it is not JSON, or not whole (line {}, column {})", error.line(), error.column())
        })?;
        match document.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) if other.starts_with("oacguard.") && other.len() < 40 => {
                return Err(format!("it is `{other}`, not `{SCHEMA}`"));
            }
            _ => return Err(format!("it does not say that it is `{SCHEMA}`")),
        }
        if document.as_object().is_some_and(|fields| fields.len() != 2) {
            return Err("it has keys that a baseline does not have".to_owned());
        }
        let entries = document.get("findings").and_then(Value::as_array).ok_or("it has no list of `findings`")?;
        let mut findings: Vec<Entry> = Vec::new();
        let mut seen = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let at = at + 1;
            let entry =
                Entry::deserialize(entry).map_err(|_| format!("finding {at} is not as a baseline writes it"))?;
            let parts =
                [Some(&entry.policy), entry.distribution.as_ref(), entry.origin.as_ref(), entry.subject.as_ref()];
            let message = entry.message.iter().map(|message| Some(message.as_str()));
            if entry.fingerprint != fingerprint(parts.map(|part| part.map(String::as_str)).into_iter().chain(message)) {
                return Err(format!("finding {at} does not have the fingerprint of what it names"));
            }
            if let Some(first) = seen.insert(entry.fingerprint.clone(), at) {
                return Err(format!("finding {at} is the same as finding {first}"));
            }
            findings.push(entry);
        }
        Ok(Self { schema: SCHEMA.to_owned(), findings })
    }
}

#[cfg(test)]
#[path = "baseline_tests.rs"]
mod tests;
