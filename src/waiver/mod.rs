//! Waivers: findings that somebody accepted, with a reason and until a day.
//!
//! A waived finding stays in the report and no longer counts. A waiver that is past its day no longer accepts anything; that,
//! and that a waiver accepts nothing, is reported like a finding, so that the file does not fill with what nobody needs.
//! Both are about the file and not about the plan: they held before it, so they block only with `--fail-on-existing`.

mod day;
mod places;
mod remark;
mod select;

use jiff::civil::Date;

use crate::config::Config;
use crate::finding::{self, Finding, Status};

pub use self::day::today;
pub use self::places::Places;
pub use self::remark::{EXPIRED, UNMATCHED};
pub use self::select::{Expression, Glob, Selector};

/// The ids that remarks on waivers are reported under. They are no policies: nothing in a plan decides on them.
pub const REMARKS: [&str; 2] = [EXPIRED, UNMATCHED];

/// What waivers are applied with.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The file they stand in.
    pub config: &'a Config,
    /// The day it is.
    pub today: Date,
    /// What they select by JSONPath.
    pub places: &'a Places,
    /// Whether everything was judged; otherwise it cannot be told that a waiver accepts nothing.
    pub complete: bool,
    /// How many plans were judged.
    pub plans: usize,
}

/// Marks what the waivers of a configuration accept in `findings`, and returns what there is to say about the waivers themselves.
///
/// What the plan resolves needs no waiver and gets none. Of several waivers for one finding, the first is named.
pub fn apply(findings: &mut [Finding], context: Context<'_>) -> Vec<Finding> {
    let mut remarks = Vec::new();
    for (at, waiver) in context.config.waivers.iter().enumerate() {
        let expired = context.today > waiver.expires;
        let (mut selected, mut passed_by) = (0, None);
        let open = findings.iter_mut().filter(|found| found.status != Status::Resolved);
        for finding in open.filter(|found| found.policy == waiver.policy) {
            let hit = match &waiver.select {
                Selector::Glob(glob) => names(finding).any(|name| glob.matches(name)),
                Selector::Path(_) => context.places.hold(at, finding),
            };
            if !hit {
                passed_by = passed_by.or_else(|| finding.distribution.clone().or_else(|| finding.subject.clone()));
                continue;
            }
            selected += 1;
            if !expired && finding.waiver.is_none() {
                finding.waiver = Some(finding::Waiver {
                    reason: waiver.reason.clone(),
                    owner: waiver.owner.clone(),
                    expires: waiver.expires.to_string(),
                });
            }
        }
        if expired {
            remarks.push(remark::expired(waiver, selected, context));
        } else if selected == 0 && context.complete {
            let resources = context.places.selected(at);
            remarks.push(remark::unmatched(waiver, passed_by.as_deref(), resources, context));
        }
    }
    remarks
}

/// What a glob is held against. A finding about a plan as a whole names nothing, and `*` selects it too.
fn names(finding: &Finding) -> impl Iterator<Item = &str> {
    let named = [&finding.distribution, &finding.bucket, &finding.key, &finding.subject].into_iter().flatten();
    let nothing = named.clone().next().is_none().then_some("");
    named.map(String::as_str).chain(nothing)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
