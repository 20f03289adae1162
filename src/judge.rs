//! From what policies found in each world to what is reported: status, severity in force, identity and order.
//!
//! Policies say what holds; whether this plan causes it, and how much it counts, is decided here, in one place, so that no
//! policy can decide it differently.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};

use clap::ValueEnum;
use schemars::JsonSchema;
use sha2::{Digest, Sha256};

use crate::access::facts::{Facts, PathFacts, ReadState, WorldFacts};
use crate::baseline::{Baseline, Entry, Known};
use crate::finding::{Finding, Severity, Status};
use crate::own;
use crate::rego::{Compares, PolicyMeta, RawFinding, World};

/// The policy whose severity `--unresolved` sets.
pub(crate) const UNRESOLVED: &str = "unresolved";

/// What the user decided about severities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The least severity that blocks; `None` blocks nothing.
    pub fail_on: Option<Severity>,
    /// Whether what held before blocks like what the plan brings.
    pub fail_on_existing: bool,
    /// What an unresolved fact counts as.
    pub unresolved: Severity,
    /// What the findings of a policy count as, by its id, where that is not what the policy says.
    pub severities: BTreeMap<String, Severity>,
    /// What was found on another day, and counts as existing.
    pub baseline: Option<Baseline>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fail_on: Some(Severity::Error),
            fail_on_existing: false,
            unresolved: Severity::Note,
            severities: BTreeMap::new(),
            baseline: None,
        }
    }
}

/// The severity from which a finding blocks, as people name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Only errors block.
    Error,
    /// Errors and warnings.
    Warning,
    /// Everything.
    Note,
    /// Nothing.
    Never,
}

impl FailOn {
    /// The least severity that blocks; none if nothing does.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Note => Some(Severity::Note),
            Self::Never => None,
        }
    }
}

/// What was found, in the order people should read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// The findings.
    pub findings: Vec<Finding>,
    /// What the baseline says of those that the plan introduces, by fingerprint, which findings of two plans may share.
    pub known: BTreeSet<(String, Known)>,
}

/// What makes a finding the same in both worlds. The path stands for distribution and origin.
type Identity<'a> = (&'a str, Option<usize>, Option<usize>, Option<&'a str>);

/// Settles status and severity of what the policies found, and puts it in the order people should read it.
///
/// Should a policy say two things of one identity in one world, the gravest stands for both.
pub fn judge(facts: &Facts, raw: &[RawFinding], metas: &[PolicyMeta], options: &Options) -> Judgement {
    let dark_afterwards: BTreeSet<usize> = raw
        .iter()
        .filter(|found| found.world == World::After && found.severity == Severity::Error)
        .filter_map(|found| found.path)
        .collect();
    let baseline = options.baseline.iter().flat_map(|baseline| &baseline.findings);
    let baseline: BTreeMap<&str, &Entry> = baseline.map(|entry| (entry.fingerprint.as_str(), entry)).collect();
    let mut known = BTreeSet::new();
    let mut findings: Vec<(Option<usize>, Finding)> = worlds(raw)
        .into_values()
        .filter_map(|worlds| {
            let found = worlds.after.or(worlds.before)?;
            let meta = metas.iter().find(|meta| meta.id == found.policy);
            let compares = meta.map_or(Compares::Change, |meta| meta.compares);
            let status = match (compares, worlds.before, worlds.after) {
                (Compares::World, Some(was), Some(will_be)) if !gets_worse(facts, was, will_be) => Status::Existing,
                (_, _, Some(_)) => Status::Introduced,
                (_, _, None) => Status::Resolved,
            };
            let path = found.path.and_then(|id| facts.paths.get(id));
            let lit_again = path.is_some_and(|path| path.after.is_some() && !dark_afterwards.contains(&path.id));
            if status == Status::Resolved && (found.severity != Severity::Error || !lit_again) {
                return None;
            }
            let mut finding = finding(facts, found, meta, path, status, options);
            if status == Status::Introduced
                && let Some(entry) = baseline.get(finding.fingerprint.as_str())
            {
                let world = path.and_then(|path| path.after.as_ref());
                let answer = entry.knows(capped(found.severity, world), &finding);
                known.insert((finding.fingerprint.clone(), answer));
                if answer == Known::Covered {
                    finding.status = Status::Existing;
                    finding.severity = severity(found, world, Status::Existing, options);
                }
            }
            Some((found.path, finding))
        })
        .collect();
    findings.sort_by(|(left_path, left), (right_path, right)| {
        order(left, right).then_with(|| null_last(left_path.as_ref()).cmp(&null_last(right_path.as_ref())))
    });
    Judgement { findings: findings.into_iter().map(|(_, finding)| finding).collect(), known }
}

/// Takes in what policies of the user's own found. They see no world before, so what they find the plan introduces, unless the
/// baseline has it.
pub(crate) fn take_in(judgement: &mut Judgement, own: Vec<Finding>, options: &Options) {
    let baseline = options.baseline.iter().flat_map(|baseline| &baseline.findings);
    let baseline: BTreeMap<&str, &Entry> = baseline.map(|entry| (entry.fingerprint.as_str(), entry)).collect();
    for mut finding in own {
        finding.severity = options.severities.get(&finding.policy).copied().unwrap_or(finding.base_severity);
        if let Some(entry) = baseline.get(finding.fingerprint.as_str()) {
            let answer = entry.knows(finding.base_severity, &finding);
            judgement.known.insert((finding.fingerprint.clone(), answer));
            if answer == Known::Covered {
                finding.status = Status::Existing;
                if !options.fail_on_existing {
                    finding.severity = finding.severity.min(Severity::Warning);
                }
            }
        }
        judgement.findings.push(finding);
    }
    judgement.findings.sort_by(order);
}

/// The order of findings in a report, but for the path, which a finding does not name.
pub fn order(left: &Finding, right: &Finding) -> Ordering {
    // Where there is no room for all, the outage must not be crowded out.
    let key = |finding: &Finding| {
        (Reverse(finding.severity), own::is_own(&finding.policy), finding.policy.clone(), finding.plan.clone())
    };
    key(left)
        .cmp(&key(right))
        .then_with(|| null_last(left.distribution.as_ref()).cmp(&null_last(right.distribution.as_ref())))
        .then_with(|| null_last(left.origin.as_ref()).cmp(&null_last(right.origin.as_ref())))
        .then_with(|| null_last(left.subject.as_ref()).cmp(&null_last(right.subject.as_ref())))
}

/// Whether a finding blocks the plan.
pub fn blocks(finding: &Finding, options: &Options) -> bool {
    let counts = match finding.status {
        Status::Introduced => true,
        Status::Existing => options.fail_on_existing,
        Status::Resolved => false,
    };
    counts && finding.waiver.is_none() && options.fail_on.is_some_and(|least| finding.severity >= least)
}

/// The paths that the plan makes unreadable though no policy calls it an error: a gap between the facts and the policies,
/// which must not end in a pass.
///
/// Only of paths that viewers use; on a disabled or a staging distribution no error would block either.
pub fn unexplained<'f>(facts: &'f Facts, raw: &[RawFinding]) -> Vec<(&'f PathFacts, Objects)> {
    let explained: BTreeSet<usize> = raw
        .iter()
        .filter(|found| found.world == World::After && found.severity == Severity::Error)
        .filter_map(|found| found.path)
        .collect();
    let lost = |path: &PathFacts, of: fn(&WorldFacts) -> ReadState| {
        path.after.as_ref().is_some_and(|after| of(after) == ReadState::Unreadable)
            && path
                .before
                .as_ref()
                .is_none_or(|before| cap(before) < Severity::Error || of(before) != ReadState::Unreadable)
    };
    let served = |world: &WorldFacts| cap(world) == Severity::Error;
    facts
        .paths
        .iter()
        .filter(|path| path.after.as_ref().is_some_and(served) && !explained.contains(&path.id))
        .filter_map(|path| {
            if lost(path, |world| world.readable.existing) {
                Some((path, Objects::Existing))
            } else {
                lost(path, |world| world.readable.new).then_some((path, Objects::New))
            }
        })
        .collect()
}

/// Which objects are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objects {
    /// Those that lie in the bucket when the plan is applied.
    Existing,
    /// Those that are written afterwards.
    New,
}

/// The findings of one identity.
#[derive(Default)]
struct Worlds<'a> {
    before: Option<&'a RawFinding>,
    after: Option<&'a RawFinding>,
}

fn worlds(raw: &[RawFinding]) -> BTreeMap<Identity<'_>, Worlds<'_>> {
    let mut all: BTreeMap<Identity<'_>, Worlds<'_>> = BTreeMap::new();
    for found in raw {
        let worlds = all.entry((&found.policy, found.path, found.plan, found.subject.as_deref())).or_default();
        let slot = match found.world {
            World::Before => &mut worlds.before,
            World::After => &mut worlds.after,
        };
        if slot.is_none_or(|other| other.severity < found.severity) {
            *slot = Some(found);
        }
    }
    all
}

fn finding(
    facts: &Facts,
    found: &RawFinding,
    meta: Option<&PolicyMeta>,
    path: Option<&PathFacts>,
    status: Status,
    options: &Options,
) -> Finding {
    let world = path.and_then(|path| match found.world {
        World::Before => path.before.as_ref(),
        World::After => path.after.as_ref(),
    });
    let plan = found.plan.or(path.map(|path| path.plan));
    let distribution = path.map(|path| path.distribution.clone());
    let origin = path.map(|path| path.origin.clone());
    Finding {
        fingerprint: fingerprint([
            Some(found.policy.as_str()),
            distribution.as_deref(),
            origin.as_deref(),
            found.subject.as_deref(),
        ]),
        severity: severity(found, world, status, options),
        base_severity: found.severity,
        status,
        when: found.when,
        plan: plan.and_then(|plan| facts.plans.get(plan)).map(|plan| plan.source.clone()).unwrap_or_default(),
        distribution,
        origin,
        bucket: world.and_then(|world| {
            world.bucket.known().map(|bucket| bucket.label.clone()).or_else(|| world.destroyed_bucket.clone())
        }),
        key: world.and_then(|world| key_at_fault(world, found.subject.as_deref())),
        subject: found.subject.clone(),
        message: found.message.clone(),
        why: found.why.clone(),
        fix: found.fix.clone(),
        links: meta.into_iter().flat_map(|meta| &meta.related_resources).map(|page| page.reference.clone()).collect(),
        evidence: found.evidence.clone(),
        location: None,
        waiver: None,
        details: None,
        policy: found.policy.clone(),
    }
}

/// The severity in force: the policy's or what the user set for it, capped by what the path is worth, then by what the user
/// set for what cannot be told, then by the status.
fn severity(found: &RawFinding, world: Option<&WorldFacts>, status: Status, options: &Options) -> Severity {
    let set = options.severities.get(&found.policy).copied();
    let mut severity = capped(set.unwrap_or(found.severity), world);
    if found.policy == UNRESOLVED {
        severity = options.unresolved;
    }
    if status == Status::Existing && !options.fail_on_existing {
        severity = severity.min(Severity::Warning);
    }
    severity
}

/// The key that a finding speaks of: the one at fault, else that of the default encryption.
fn key_at_fault(world: &WorldFacts, subject: Option<&str>) -> Option<String> {
    let retired = world.retired_keys.iter().map(|key| &key.label).find(|label| Some(label.as_str()) == subject);
    retired.or_else(|| Some(&world.key.as_ref()?.known()?.label)).cloned()
}

/// A severity as far as the path is worth it.
fn capped(severity: Severity, world: Option<&WorldFacts>) -> Severity {
    world.map_or(severity, |world| severity.min(cap(world)))
}

/// The most that a finding on a path can count in a world: little where nobody reads through it.
fn cap(world: &WorldFacts) -> Severity {
    if !world.used {
        Severity::Note
    } else if world.enabled.known() == Some(&false) || world.staging.known() == Some(&true) {
        Severity::Warning
    } else {
        Severity::Error
    }
}

/// Whether the plan makes worse what a policy found before: it points the origin at another bucket, makes a risk certain, or
/// sends viewers to what was broken but did not serve them.
fn gets_worse(facts: &Facts, was: &RawFinding, will_be: &RawFinding) -> bool {
    let path = was.path.and_then(|id| facts.paths.get(id));
    let Some((path, before, after)) = path.and_then(|path| Some((path, path.before.as_ref()?, path.after.as_ref()?)))
    else {
        return will_be.severity > was.severity;
    };
    let counts = will_be.severity.min(cap(after));
    let reaches_more = path.change.viewers && counts == Severity::Error;
    path.change.bucket || reaches_more || counts > was.severity.min(cap(before))
}

/// The first 32 hexadecimal digits of SHA-256 over the parts, encoded so that no two lists of parts look alike.
pub(crate) fn fingerprint<'a>(parts: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        match part {
            None => hash.update([0]),
            Some(text) => {
                hash.update([1]);
                hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
                hash.update(text);
            }
        }
    }
    let digits = format!("{:x}", hash.finalize());
    digits.chars().take(32).collect()
}

/// A sort key that puts what is missing behind everything else.
fn null_last<T>(value: Option<&T>) -> (bool, Option<&T>) {
    (value.is_none(), value)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
