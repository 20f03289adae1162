//! Keys: found by id, ARN or alias, and the resources that hold their policies.
//!
//! A multi-Region key and its replicas share their id, and aliases of one name may lead to other keys in other Regions, so a
//! bare id or name means that of one Region.
//! Source: <https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html>.

use std::collections::{BTreeSet, HashMap};

use super::estate::{At, Estate, is_open};
use crate::aws::arn::KeyName;
use crate::plan::World;

/// A KMS key: one of a plan's, or one that is only named, by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A key resource, or a data source for one.
    Instance(At),
    /// A key that no plan has.
    Named(String),
}

/// A key policy whose key cannot be told.
#[derive(Debug, Clone)]
pub struct AdriftPolicy {
    /// The policy.
    pub at: At,
    /// The keys it may belong to; empty for any.
    candidates: BTreeSet<At>,
    /// Whether it may belong to a key that is there already.
    may_exist: bool,
}

/// All of these in one world.
#[derive(Debug, Default)]
pub(super) struct AdriftPolicies {
    policies: Vec<AdriftPolicy>,
    /// The position of the first that is of one of a few keys.
    of_few: HashMap<At, usize>,
    /// Of the first that may be of any.
    of_any: Option<usize>,
    /// Of the first that may be of any key that is there already.
    of_any_there: Option<usize>,
}

impl AdriftPolicies {
    pub(super) fn add(&mut self, policy: AdriftPolicy) {
        let at = self.policies.len();
        for key in &policy.candidates {
            self.of_few.entry(*key).or_insert(at);
        }
        if policy.candidates.is_empty() {
            self.of_any.get_or_insert(at);
            if policy.may_exist {
                self.of_any_there.get_or_insert(at);
            }
        }
        self.policies.push(policy);
    }

    /// The first that may be of a key; `created` says whether the plan makes that.
    fn may_be_of(&self, key: At, created: bool) -> Option<&AdriftPolicy> {
        let of_any = if created { self.of_any } else { self.of_any_there };
        let of_few = self.of_few.get(&key).copied();
        self.policies.get(of_few.into_iter().chain(of_any).min()?)
    }
}

/// Data sources lead to keys, and aliases to other keys; not far.
const DEEPEST: usize = 4;

impl Estate<'_, '_> {
    /// The separate policy resources of a key; of one that is only named, those that are not certainly for another Region.
    #[must_use]
    pub fn key_policies_of(&self, key: &Key, region: Option<&str>, world: World) -> Vec<At> {
        let all = self.index(world).key_policies.get(key).map_or(&[] as &[At], Vec::as_slice);
        let elsewhere = |at: &At| match (key, region, self.region(*at, world)) {
            (Key::Named(_), Some(region), Some(own)) => own != region,
            _ => false,
        };
        all.iter().copied().filter(|at| !elsewhere(at)).collect()
    }

    /// A key policy that may be that of a key though it cannot be told.
    ///
    /// A reference to something that the plan makes is none to a key that is there already; a look-up that Terraform puts off
    /// may be.
    #[must_use]
    pub fn key_policy_adrift(&self, key: At, world: World) -> Option<At> {
        let created = self.instance(key).is_created();
        self.index(world).key_policies_adrift.may_be_of(key, created).map(|adrift| adrift.at)
    }

    /// The key that a policy resource is for.
    pub(super) fn key_of_policy(&self, policy: At, world: World) -> Result<Key, AdriftPolicy> {
        let adrift = |candidates, may_exist| AdriftPolicy { at: policy, candidates, may_exist };
        let referenced = || self.keys_behind(policy, "key_id", world);
        if let Some(Some(name)) = self.instance(policy).texts(world, &["key_id"]).first() {
            let name = KeyName::parse(name);
            let KeyName::Key { id, .. } = name else { return Err(adrift(BTreeSet::new(), true)) };
            let keys = self.keys_named(&name, policy.plan, self.region(policy, world).as_deref(), world);
            let managed: BTreeSet<At> = keys.into_iter().filter(|at| self.kind(*at).1).collect();
            // An id that several Regions share: what it was written with may tell.
            let written = || referenced().filter(|key| matches!(key, Key::Instance(at) if managed.contains(at)));
            let mut all = managed.iter();
            return match (all.next(), all.next()) {
                (None, _) => Ok(Key::Named(id.to_owned())),
                (Some(one), None) => Ok(Key::Instance(*one)),
                _ => written().ok_or_else(|| adrift(managed.clone(), true)),
            };
        }
        referenced().ok_or_else(|| adrift(BTreeSet::new(), self.may_name_what_exists(policy, "key_id", world)))
    }

    /// A policy of a key that a data source looks up, if that may turn out to be any key: one that the plan has, for example.
    pub(super) fn key_policy_at_large(&self, policy: At, key: &Key) -> Option<AdriftPolicy> {
        let is_look_up = matches!(key, Key::Instance(at) if !self.kind(*at).1);
        is_look_up.then(|| AdriftPolicy { at: policy, candidates: BTreeSet::new(), may_exist: true })
    }

    /// The one key that an argument was written with.
    fn keys_behind(&self, at: At, argument: &str, world: World) -> Option<Key> {
        let sources = self.resolve(at, self.expressions(at).get(argument)?);
        let keys: BTreeSet<Key> = sources
            .iter()
            .filter_map(|(_, at)| *at)
            .filter(|at| is_key(self.kind(*at).0))
            .map(|at| self.looked_up_key(at, world))
            .collect();
        let mut keys = keys.into_iter();
        keys.next().filter(|_| keys.next().is_none() && !is_open(&sources))
    }

    /// The managed key that a data source looks up, or the id that it looks up; a managed key is itself.
    #[must_use]
    pub fn looked_up_key(&self, at: At, world: World) -> Key {
        self.canonical_key(at, world, 0)
    }

    fn canonical_key(&self, at: At, world: World, depth: usize) -> Key {
        if self.kind(at).1 || depth > DEEPEST {
            return Key::Instance(at);
        }
        let region = self.region(at, world);
        // `key_id` is what was asked for, in any spelling; `arn` and `id` are what AWS answered.
        for name in self.instance(at).texts(world, &["arn", "id", "key_id"]).into_iter().flatten() {
            let name = KeyName::parse(&name);
            match &name {
                KeyName::Key { id, .. } => {
                    let found = self.keys_named(&name, at.plan, region.as_deref(), world);
                    let managed: Vec<At> = found.into_iter().filter(|at| self.kind(*at).1).collect();
                    return match managed.as_slice() {
                        [one] => Key::Instance(*one),
                        [] => Key::Named((*id).to_owned()),
                        _ => Key::Instance(at),
                    };
                }
                KeyName::Alias { name, arn } => {
                    let aliases = self.aliases_named(name, *arn, at.plan, region.as_deref(), world);
                    let targets: BTreeSet<Key> =
                        aliases.into_iter().filter_map(|alias| self.alias_target(alias, world, depth)).collect();
                    let mut targets = targets.into_iter();
                    if let (Some(one), None) = (targets.next(), targets.next()) {
                        return one;
                    }
                }
                KeyName::Unset => {}
            }
        }
        Key::Instance(at)
    }

    fn alias_target(&self, alias: At, world: World, depth: usize) -> Option<Key> {
        let [target] = <[Option<String>; 1]>::try_from(self.instance(alias).texts(world, &["target_key_id"])).ok()?;
        let Some(target) = target else { return self.keys_behind(alias, "target_key_id", world) };
        let name = KeyName::parse(&target);
        let KeyName::Key { id, .. } = &name else { return None };
        let found = self.keys_named(&name, alias.plan, self.region(alias, world).as_deref(), world);
        match found.as_slice() {
            [] => Some(Key::Named((*id).to_owned())),
            [one] => Some(self.canonical_key(*one, world, depth + 1)),
            _ => None,
        }
    }

    /// The keys that a key id or ARN names, those of the asking plan first. An ARN names the key that has it; an id that of
    /// the Region, where several have it.
    #[must_use]
    pub fn keys_named(&self, name: &KeyName<'_>, plan: usize, region: Option<&str>, world: World) -> Vec<At> {
        let KeyName::Key { id, arn } = name else { return Vec::new() };
        let keys = &self.index(world).keys;
        let by_id = keys.get(*id);
        match arn {
            Some(arn) => match keys.get(*arn) {
                Some(exact) => self.own_first(Some(exact), plan, |_| true),
                None => self.own_first(by_id, plan, |at| self.arn(at, world).is_none()),
            },
            None if id.starts_with("mrk-") => self.own_first(by_id, plan, |at| self.may_be_in(at, region, world)),
            None => self.own_first(by_id, plan, |_| true),
        }
    }

    /// The aliases of that name or ARN, those of the asking plan first; a name means the alias of the Region.
    #[must_use]
    pub fn aliases_named(
        &self,
        name: &str,
        arn: Option<&str>,
        plan: usize,
        region: Option<&str>,
        world: World,
    ) -> Vec<At> {
        let aliases = &self.index(world).aliases;
        let region = arn.and_then(|arn| arn.split(':').nth(3)).or(region);
        let fits = |at| (arn.is_none() || self.arn(at, world).is_none()) && self.may_be_in(at, region, world);
        match arn.and_then(|arn| aliases.get(arn)) {
            Some(exact) => self.own_first(Some(exact), plan, |_| true),
            None => self.own_first(aliases.get(name), plan, fits),
        }
    }

    /// Whether the plan shows the ARN of an instance.
    #[must_use]
    pub fn has_arn(&self, at: At, world: World) -> bool {
        self.arn(at, world).is_some()
    }

    pub(super) fn arn(&self, at: At, world: World) -> Option<String> {
        self.instance(at).texts(world, &["arn"]).into_iter().flatten().next()
    }

    /// The Region of an instance, by its ARN or its `region` argument.
    #[must_use]
    pub fn region(&self, at: At, world: World) -> Option<String> {
        let of_arn = self.arn(at, world).and_then(|arn| arn.split(':').nth(3).map(str::to_owned));
        let of_arn = of_arn.filter(|region| !region.is_empty());
        of_arn.or_else(|| self.instance(at).texts(world, &["bucket_region", "region"]).into_iter().flatten().next())
    }

    fn may_be_in(&self, at: At, region: Option<&str>, world: World) -> bool {
        match (region, self.region(at, world)) {
            (Some(region), Some(own)) => own == region,
            _ => true,
        }
    }

    /// Those that fit: of a plan if it has any, else all. What one state lets go of, another one takes in.
    fn own_first(&self, all: Option<&BTreeSet<At>>, plan: usize, fits: impl Fn(At) -> bool) -> Vec<At> {
        let Some(all) = all else { return Vec::new() };
        let is_kept = |at: &At| !self.instance(*at).is_forgotten();
        let first_of = |plan| At { plan, instance: 0 };
        let own: Vec<At> = all.range(first_of(plan)..first_of(plan + 1)).copied().filter(|at| fits(*at)).collect();
        let kept: Vec<At> = own.iter().copied().filter(is_kept).collect();
        if !kept.is_empty() {
            return kept;
        }
        let all: Vec<At> = all.iter().copied().filter(|at| fits(*at)).collect();
        let kept: Vec<At> = all.iter().copied().filter(is_kept).collect();
        match (kept.is_empty(), own.is_empty()) {
            (false, _) => kept,
            (true, true) => all,
            (true, false) => own,
        }
    }
}

/// Whether a type is that of a KMS key.
#[must_use]
pub fn is_key(kind: &str) -> bool {
    matches!(kind, "aws_kms_key" | "aws_kms_replica_key" | "aws_kms_external_key" | "aws_kms_replica_external_key")
}
