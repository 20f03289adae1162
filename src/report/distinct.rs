//! Fingerprints for hosts that take two findings with one fingerprint for one.

use std::collections::BTreeSet;

use super::Report;
use crate::judge;

/// A fingerprint for each finding, in the order of the report, no two alike.
///
/// Of one plan, they are the findings' own. Several plans may be of workspaces with the same addresses; there the plan is part
/// of it, also where it would not have to be, so that it stays the same when the other plan's finding goes.
pub(crate) fn fingerprints(report: &Report) -> Vec<String> {
    let several = report.plans.len() > 1;
    let mut seen = BTreeSet::new();
    let distinct = report.findings.iter().map(|finding| {
        let own = finding.fingerprint.as_str();
        let mut print =
            if several { judge::fingerprint([Some(own), Some(finding.plan.as_str())]) } else { own.to_owned() };
        while !seen.insert(print.clone()) {
            print = judge::fingerprint([Some(print.as_str())]);
        }
        print
    });
    distinct.collect()
}
