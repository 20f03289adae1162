//! The words of every report: what a status, a moment or a number is called.

use super::BaselineSummary;
use crate::finding::{Finding, Severity, Status, When};
use crate::own;
use crate::waiver::REMARKS;

/// `1 bucket`, `2 buckets`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The plan with this source, as people call it.
pub(crate) fn plan(source: &str) -> &str {
    if source == "-" { "standard input" } else { source }
}

/// The word for a severity.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// Whether `oacguard explain` has a page on the policy of `finding`.
pub(crate) fn has_page(finding: &Finding) -> bool {
    !REMARKS.contains(&finding.policy.as_str()) && !own::is_own(&finding.policy)
}

/// What a finding that the baseline knows, or that is about no plan, is there for.
pub(crate) fn cause(finding: &Finding, baseline: Option<&BaselineSummary>) -> Option<&'static str> {
    if REMARKS.contains(&finding.policy.as_str()) {
        return Some("about a waiver");
    }
    let baseline = baseline?;
    match finding.status {
        Status::Existing => baseline.covered.contains(&finding.fingerprint).then_some("in the baseline"),
        Status::Introduced => {
            let worse = baseline.worse.contains(&finding.fingerprint);
            worse.then_some("introduced by this plan · worse than in the baseline")
        }
        Status::Resolved => None,
    }
}

/// What comes behind a finding's id: who caused it, where that is not what its status says, and when it is noticed.
pub(crate) fn circumstances(finding: &Finding, cause: Option<&str>) -> String {
    let status = match finding.status {
        Status::Introduced => "introduced by this plan",
        Status::Existing => "existing before this plan",
        Status::Resolved => "resolved by this plan",
    };
    let mut parts = vec![cause.unwrap_or(status).to_owned()];
    // What a baseline knows is not broken today for that.
    let status = if cause.is_some() { Status::Introduced } else { finding.status };
    parts.extend(finding.when.map(|when| moment(when, status).to_owned()));
    let (now, own) = (finding.severity, finding.base_severity);
    if now != own {
        parts.push(format!("{} from {}", if now < own { "lowered" } else { "raised" }, severity(own)));
    }
    parts.join(" · ")
}

fn moment(when: When, status: Status) -> &'static str {
    match (when, status) {
        (When::ApplyError, _) => "AWS rejects the apply",
        (When::Apply, Status::Introduced) => "breaks at apply",
        (When::Apply, Status::Existing | Status::Resolved) => "broken today",
        (When::Rollout, _) => "breaks while the change rolls out",
        (When::NextWrite, Status::Introduced) => "breaks at the next upload",
        (When::NextWrite, Status::Existing | Status::Resolved) => "broken today for what is uploaded",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists_read_well() {
        assert_eq!(count(1, "key"), "1 key");
        assert_eq!(count(0, "S3 origin"), "0 S3 origins");
        let parts = ["a", "b", "c"].map(str::to_owned);
        assert_eq!([list(&parts[..1]), list(&parts[..2]), list(&parts)], ["a", "a and b", "a, b and c"]);
    }
}
