//! Keys: found by id, ARN or alias, and the resources that hold their policies.

use std::collections::BTreeSet;

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

impl Estate<'_, '_> {
    /// The separate policy resources of a key.
    #[must_use]
    pub fn key_policies_of(&self, key: &Key, world: World) -> &[At] {
        self.index(world).key_policies.get(key).map_or(&[], Vec::as_slice)
    }

    /// The key policies whose key cannot be told.
    #[must_use]
    pub fn key_policies_adrift(&self, world: World) -> &[At] {
        &self.index(world).key_policies_adrift
    }

    pub(super) fn key_of_policy(&self, policy: At, world: World) -> Option<Key> {
        if let Some(Some(name)) = self.instance(policy).texts(world, &["key_id"]).first() {
            let name = KeyName::parse(name);
            let KeyName::Key { id, .. } = name else { return None };
            let keys = self.keys_named(&name, policy.plan, world);
            let managed: Vec<At> = keys.into_iter().filter(|at| self.kind(*at).1).collect();
            return match managed.as_slice() {
                [] => Some(Key::Named(id.to_owned())),
                [one] => Some(Key::Instance(*one)),
                _ => None,
            };
        }
        let sources = self.resolve(policy, self.expressions(policy).get("key_id")?);
        let keys: BTreeSet<At> =
            sources.iter().filter_map(|(_, at)| *at).filter(|at| is_key(self.kind(*at).0)).collect();
        if keys.len() == 1 && !is_open(&sources) { keys.into_iter().next().map(Key::Instance) } else { None }
    }

    /// The keys that a key id or ARN names; those with that very ARN if there are any, and those of the asking plan first.
    #[must_use]
    pub fn keys_named(&self, name: &KeyName<'_>, plan: usize, world: World) -> Vec<At> {
        let KeyName::Key { id, arn } = name else { return Vec::new() };
        let keys = &self.index(world).keys;
        own_first(arn.and_then(|arn| keys.get(arn)).or_else(|| keys.get(*id)), plan)
    }

    /// The aliases of that name or ARN, those of the asking plan first.
    #[must_use]
    pub fn aliases_named(&self, name: &str, arn: Option<&str>, plan: usize, world: World) -> Vec<At> {
        let aliases = &self.index(world).aliases;
        own_first(arn.and_then(|arn| aliases.get(arn)).or_else(|| aliases.get(name)), plan)
    }
}

/// All of them, or those of a plan if it has any.
fn own_first(all: Option<&BTreeSet<At>>, plan: usize) -> Vec<At> {
    let all: Vec<At> = all.into_iter().flatten().copied().collect();
    let own: Vec<At> = all.iter().copied().filter(|at| at.plan == plan).collect();
    if own.is_empty() { all } else { own }
}

/// Whether a type is that of a KMS key.
#[must_use]
pub fn is_key(kind: &str) -> bool {
    matches!(kind, "aws_kms_key" | "aws_kms_replica_key" | "aws_kms_external_key" | "aws_kms_replica_external_key")
}
