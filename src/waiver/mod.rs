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

use crate::config::{Config, Waiver};
use crate::finding::{self, Finding, Status};
use crate::judge;

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

/// What became of the waivers so far, in the order of their file.
#[derive(Debug, Clone, Default)]
pub struct Tally(Vec<Held>);

/// What became of one waiver.
#[derive(Debug, Clone, Default)]
struct Held {
    /// How many findings it selects.
    selected: usize,
    /// The first of the other findings of its policy that name something, in the order of the report.
    passed_by: Option<Box<Finding>>,
}

impl Tally {
    /// Takes in what became of them in other plans.
    pub fn add(&mut self, other: Self) {
        if self.0.is_empty() {
            self.0 = other.0;
            return;
        }
        for (held, more) in self.0.iter_mut().zip(other.0) {
            held.selected += more.selected;
            let is_first = |one: &Finding| held.passed_by.as_ref().is_none_or(|first| judge::order(one, first).is_lt());
            if let Some(passed) = more.passed_by.filter(|passed| is_first(passed)) {
                held.passed_by = Some(passed);
            }
        }
    }
}

/// Marks what the waivers of a configuration accept in `findings`, and returns what there is to say about the waivers themselves.
///
/// What the plan resolves needs no waiver and gets none. Of several waivers for one finding, the first is named.
pub fn apply(findings: &mut [Finding], context: Context<'_>) -> Vec<Finding> {
    let tally = mark(findings, context.config, context.today, context.places);
    remarks(&tally, context)
}

/// Marks what the waivers of a configuration accept in `findings`, which are some of all; they have to be in order.
pub fn mark(findings: &mut [Finding], config: &Config, today: Date, places: &Places) -> Tally {
    let mark = |(at, waiver): (usize, &Waiver)| {
        let mut held = Held::default();
        let open = findings.iter_mut().filter(|found| found.status != Status::Resolved);
        for finding in open.filter(|found| found.policy == waiver.policy) {
            let hit = match &waiver.select {
                Selector::Glob(glob) => names(finding).any(|name| glob.matches(name)),
                Selector::Path(_) => places.hold(at, finding),
            };
            if !hit {
                if held.passed_by.is_none() && about(finding).is_some() {
                    held.passed_by = Some(Box::new(finding.clone()));
                }
                continue;
            }
            held.selected += 1;
            if today <= waiver.expires && finding.waiver.is_none() {
                finding.waiver = Some(finding::Waiver {
                    reason: waiver.reason.clone(),
                    owner: waiver.owner.clone(),
                    expires: waiver.expires.to_string(),
                });
            }
        }
        held
    };
    Tally(config.waivers.iter().enumerate().map(mark).collect())
}

/// What there is to say about the waivers themselves.
pub fn remarks(tally: &Tally, context: Context<'_>) -> Vec<Finding> {
    let remark = |(at, waiver): (usize, &Waiver)| {
        let nothing = Held::default();
        let held = tally.0.get(at).unwrap_or(&nothing);
        if context.today > waiver.expires {
            Some(remark::expired(waiver, held.selected, context))
        } else if held.selected == 0 && context.complete {
            let passed_by = held.passed_by.as_deref().and_then(about);
            Some(remark::unmatched(waiver, passed_by, context.places.selected(at), context))
        } else {
            None
        }
    };
    context.config.waivers.iter().enumerate().filter_map(remark).collect()
}

/// Whether a waiver selects by what stands in the plans, all of which it takes to tell what that is.
pub fn look_into_plans(config: &Config) -> bool {
    config.waivers.iter().any(|waiver| matches!(waiver.select, Selector::Path(_)))
}

/// What a finding is about, in a word.
fn about(finding: &Finding) -> Option<&str> {
    finding.distribution.as_deref().or(finding.subject.as_deref())
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
