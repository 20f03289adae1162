//! What the resources of one world are called, to find them by it.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::access_points;
use super::buckets::{Setting, Settings};
use super::estate::At;
use super::keys::{AdriftPolicies, Key, is_key};
use super::replication::Replications;
use crate::aws::arn::KeyName;
use crate::plan::{Instance, Plan, World};

#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) buckets: HashMap<String, Vec<At>>,
    pub(super) looked_up_buckets: HashMap<String, Vec<At>>,
    pub(super) access_points: HashMap<String, At>,
    pub(super) access_point_policies: Vec<At>,
    pub(super) settings: HashMap<Setting, Settings>,
    pub(super) key_policies: HashMap<Key, Vec<At>>,
    pub(super) key_policies_adrift: AdriftPolicies,
    pub(super) replications: Replications,
    pub(super) account_blocks: Vec<At>,
    pub(super) keys: HashMap<String, BTreeSet<At>>,
    pub(super) aliases: HashMap<String, BTreeSet<At>>,
    pub(super) edge_functions: HashMap<String, At>,
    pub(super) identities: HashMap<String, At>,
    pub(super) controls: HashMap<String, At>,
}

impl Index {
    pub(super) fn add(&mut self, at: At, kind: (&str, bool), instance: &Instance<'_>, world: World) {
        let known = |names: &[&str]| instance.texts(world, names);
        match kind {
            ("aws_s3_bucket", managed) => {
                let [bucket, id] = <[Option<String>; 2]>::try_from(known(&["bucket", "id"])).unwrap_or_default();
                if let Some(name) = bucket.or(id) {
                    let names = if managed { &mut self.buckets } else { &mut self.looked_up_buckets };
                    names.entry(name).or_default().push(at);
                }
            }
            ("aws_s3_access_point", true) => {
                for alias in known(&["alias"]).into_iter().flatten() {
                    adopt(&mut self.access_points, alias, at, instance);
                }
            }
            (access_points::POLICY, true) => self.access_point_policies.push(at),
            (kind, _) if is_key(kind) => {
                let names: BTreeSet<String> = known(&["arn", "key_id", "id"]).into_iter().flatten().collect();
                for name in names {
                    let id = match KeyName::parse(&name) {
                        KeyName::Key { id, .. } => id.to_owned(),
                        _ => continue,
                    };
                    self.keys.entry(id).or_default().insert(at);
                    self.keys.entry(name).or_default().insert(at);
                }
            }
            ("aws_s3_account_public_access_block", true) => self.account_blocks.push(at),
            ("aws_kms_alias", _) => {
                for name in known(&["name", "arn"]).into_iter().flatten() {
                    self.aliases.entry(name).or_default().insert(at);
                }
            }
            ("aws_cloudfront_function", true) => {
                self.edge_functions.extend(known(&["arn"]).into_iter().flatten().map(|arn| (arn, at)));
            }
            ("aws_cloudfront_origin_access_identity", _) => {
                for id in known(&["id"]).into_iter().flatten() {
                    adopt(&mut self.identities, id, at, instance);
                }
            }
            ("aws_cloudfront_origin_access_control", _) => {
                for id in known(&["id"]).into_iter().flatten() {
                    adopt(&mut self.controls, id, at, instance);
                }
            }
            _ => {}
        }
    }
}

/// What one state or address lets go of, another one takes in: the one that stays managed is kept.
fn adopt(index: &mut HashMap<String, At>, id: String, at: At, instance: &Instance<'_>) {
    if instance.is_forgotten() {
        index.entry(id).or_insert(at);
    } else {
        index.insert(id, at);
    }
}

/// Those of a plan, of some that stand in order.
pub(super) fn of_plan(all: &[At], plan: usize) -> &[At] {
    let (first, end) = (all.partition_point(|at| at.plan < plan), all.partition_point(|at| at.plan <= plan));
    all.get(first..end).unwrap_or_default()
}

/// Two lists of positions, each in order, as one in order.
pub(super) fn in_order(one: &[usize], other: &[usize]) -> impl Iterator<Item = usize> {
    let (mut one, mut other) = (one.iter().copied().peekable(), other.iter().copied().peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second < first => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

/// What is left of replaced resources of one type, and goes.
#[derive(Debug, Default)]
pub(super) struct Leftovers<'s> {
    targets: HashSet<&'s str>,
    /// Whether it cannot be told of one what it was for.
    any: bool,
}

impl Leftovers<'_> {
    pub(super) fn may_be_for(&self, target: &str) -> bool {
        self.any || self.targets.contains(target)
    }
}

/// By type.
pub(super) fn leftovers<'s>(plans: &'s [Plan<'_>]) -> HashMap<&'s str, Leftovers<'s>> {
    let mut all: HashMap<&str, Leftovers<'_>> = HashMap::new();
    for leftover in plans.iter().flat_map(|plan| &plan.leftovers) {
        let of_kind = all.entry(&leftover.kind).or_default();
        match &leftover.target {
            Some(target) => drop(of_kind.targets.insert(target)),
            None => of_kind.any = true,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_a_plan_are_next_to_each_other() {
        let at = |plan, instance| At { plan, instance };
        let all = [at(0, 7), at(2, 0), at(2, 5), at(3, 1)];
        for (plan, found) in [(0, &all[..1]), (1, &[]), (2, &all[1..3]), (3, &all[3..]), (4, &[])] {
            assert_eq!(of_plan(&all, plan), found, "{plan}");
        }
    }

    #[test]
    fn two_lists_in_order_are_one() {
        for (one, other, both) in [
            (&[][..], &[][..], &[][..]),
            (&[1, 4], &[], &[1, 4]),
            (&[2, 3, 9], &[1, 5, 8, 10], &[1, 2, 3, 5, 8, 9, 10]),
        ] {
            assert!(in_order(one, other).eq(both.iter().copied()), "{one:?} {other:?}");
            assert!(in_order(other, one).eq(both.iter().copied()), "{one:?} {other:?}");
        }
    }
}
