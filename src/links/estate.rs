//! Every bucket, key, identity and setting of all plans in one world, found by what names it.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

use super::resolve::{Resolver, Source};
use crate::aws::arn::{KeyName, bucket_name, identity_id};
use crate::plan::address::Mode;
use crate::plan::instance::Part;
use crate::plan::value::{Node, Text};
use crate::plan::{Instance, Plan, World};

/// An instance of one of the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The plan's position.
    pub plan: usize,
    /// The instance's position in the plan.
    pub instance: usize,
}

/// A bucket: one of a plan's, or one that is only named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// An `aws_s3_bucket`, or a data source for a bucket whose name is not known.
    Instance(At),
    /// A bucket that no plan manages.
    Named(String),
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link<T> {
    /// To exactly one thing.
    To(T),
    /// Nowhere that the plan tells; what it may lead to, and why.
    Unresolved {
        /// What it may lead to; empty if that cannot be told either.
        candidates: Vec<T>,
        /// The end of a sentence.
        why: String,
    },
}

impl<T> Link<T> {
    /// Where it leads, if that is certain.
    pub fn target(&self) -> Option<&T> {
        match self {
            Self::To(target) => Some(target),
            Self::Unresolved { .. } => None,
        }
    }
}

/// A setting of a bucket whose bucket cannot be told: it may be that of any bucket, or of one of a few.
#[derive(Debug, Clone)]
pub struct Adrift {
    /// The setting.
    pub at: At,
    /// The buckets it may belong to; empty for any.
    pub candidates: Vec<Bucket>,
    /// Why it cannot be told.
    pub why: String,
}

/// All plans, and what is found in them by name.
#[derive(Debug)]
pub struct Estate<'s, 'a> {
    /// The plans.
    pub plans: &'s [Plan<'a>],
    resolvers: Vec<Resolver<'s, 'a>>,
    before: Index,
    after: Index,
}

#[derive(Debug, Default)]
struct Index {
    buckets: HashMap<String, Vec<At>>,
    looked_up_buckets: HashMap<String, Vec<At>>,
    access_points: HashMap<String, At>,
    settings: HashMap<Setting, Settings>,
    key_policies: HashMap<Key, Vec<At>>,
    key_policies_adrift: Vec<At>,
    keys: HashMap<String, BTreeSet<At>>,
    aliases: HashMap<String, BTreeSet<At>>,
    identities: HashMap<String, At>,
    controls: HashMap<String, At>,
}

#[derive(Debug, Default)]
struct Settings {
    of: HashMap<Bucket, Vec<At>>,
    adrift: Vec<Adrift>,
}

/// A resource that sets something of one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// `aws_s3_bucket_server_side_encryption_configuration`.
    Encryption,
    /// `aws_s3_bucket_policy`.
    Policy,
    /// `aws_s3_bucket_ownership_controls`.
    Ownership,
}

impl Setting {
    const ALL: [Self; 3] = [Self::Encryption, Self::Policy, Self::Ownership];

    /// The resource type that holds it.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Encryption => "aws_s3_bucket_server_side_encryption_configuration",
            Self::Policy => "aws_s3_bucket_policy",
            Self::Ownership => "aws_s3_bucket_ownership_controls",
        }
    }
}

/// A KMS key: one of a plan's, or one that is only named, by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A key resource, or a data source for one.
    Instance(At),
    /// A key that no plan has.
    Named(String),
}

impl<'s, 'a> Estate<'s, 'a> {
    /// Indexes all plans in both worlds.
    #[must_use]
    pub fn new(plans: &'s [Plan<'a>]) -> Self {
        let resolvers = plans.iter().map(Resolver::new).collect();
        let mut estate = Self { plans, resolvers, before: Index::default(), after: Index::default() };
        for world in [World::Before, World::After] {
            let mut index = Index::default();
            for at in estate.all(world) {
                index.add(at, estate.instance(at), world);
            }
            *estate.index_mut(world) = index;
            // Settings are found by their bucket and their key, so those come first.
            for setting in Setting::ALL {
                let settings = estate.settings(setting, world);
                estate.index_mut(world).settings.insert(setting, settings);
            }
            for at in estate.all(world) {
                if estate.kind(at) != ("aws_kms_key_policy", true) {
                    continue;
                }
                let key = estate.key_of_policy(at, world);
                let index = estate.index_mut(world);
                match key {
                    Some(key) => index.key_policies.entry(key).or_default().push(at),
                    None => index.key_policies_adrift.push(at),
                }
            }
        }
        estate
    }

    fn index(&self, world: World) -> &Index {
        match world {
            World::Before => &self.before,
            World::After => &self.after,
        }
    }

    fn index_mut(&mut self, world: World) -> &mut Index {
        match world {
            World::Before => &mut self.before,
            World::After => &mut self.after,
        }
    }

    /// Every instance that exists in a world.
    pub fn all(&self, world: World) -> Vec<At> {
        let of_plan = |(plan, instances): (usize, &'s Plan<'a>)| {
            let exists = move |(_, instance): &(usize, &Instance<'a>)| instance.exists(world);
            let at = move |(instance, _): (usize, &Instance<'a>)| At { plan, instance };
            instances.instances.iter().enumerate().filter(exists).map(at).collect::<Vec<_>>()
        };
        self.plans.iter().enumerate().flat_map(of_plan).collect()
    }

    /// The instance at a position.
    ///
    /// Positions come from this estate, so there is one.
    #[allow(clippy::indexing_slicing)]
    #[must_use]
    pub fn instance(&self, at: At) -> &'s Instance<'a> {
        &self.plans[at.plan].instances[at.instance]
    }

    #[allow(clippy::indexing_slicing)]
    fn resolver(&self, plan: usize) -> &Resolver<'s, 'a> {
        &self.resolvers[plan]
    }

    /// The type of an instance, and whether it is managed.
    #[must_use]
    pub fn kind(&self, at: At) -> (&'s str, bool) {
        let address = &self.instance(at).address;
        (&address.kind, address.mode == Mode::Managed)
    }

    /// The attributes of an instance in a world.
    #[must_use]
    pub fn values(&self, at: At, world: World) -> Option<&'s Node> {
        self.instance(at).values(world)
    }

    /// The expressions of the block an instance was made from.
    #[must_use]
    pub fn expressions(&self, at: At) -> &'s Json {
        self.resolver(at.plan).expressions(&self.instance(at).address)
    }

    /// The place of that block in the document.
    #[must_use]
    pub fn place(&self, at: At, path: &[Part<'_>]) -> Option<String> {
        let mut place = self.resolver(at.plan).place(&self.instance(at).address)?;
        Part::Name("expressions").append(&mut place);
        for part in path {
            part.append(&mut place);
        }
        Some(place)
    }

    /// What an expression in an instance's block leads to.
    #[must_use]
    pub fn resolve(&self, at: At, expression: &Json) -> Vec<(Source, Option<At>)> {
        let place = |source: Source| {
            let found = match &source {
                Source::Instance { at: instance, .. } => Some(At { plan: at.plan, instance: *instance }),
                _ => None,
            };
            (source, found)
        };
        self.resolver(at.plan).resolve(expression, &self.instance(at).address).into_iter().map(place).collect()
    }

    /// The bucket of that name.
    #[must_use]
    pub fn bucket_named(&self, name: &str, world: World) -> Link<Bucket> {
        let name = bucket_name(name);
        match self.index(world).buckets.get(name).map_or(&[] as &[At], Vec::as_slice) {
            [] => Link::To(Bucket::Named(name.to_owned())),
            [one] => Link::To(Bucket::Instance(*one)),
            several => Link::Unresolved {
                candidates: several.iter().copied().map(Bucket::Instance).collect(),
                why: "more than one bucket in the plan has the name it is written with".to_owned(),
            },
        }
    }

    /// The data source that looks up a bucket by its name, if one does.
    #[must_use]
    pub fn looked_up(&self, name: &str, world: World) -> Option<At> {
        self.index(world).looked_up_buckets.get(name)?.first().copied()
    }

    /// The access point with that alias or name.
    #[must_use]
    pub fn access_point(&self, alias: &str, world: World) -> Option<At> {
        self.index(world).access_points.get(alias).copied()
    }

    /// The bucket that an attribute of an instance names: by value where it is known, else by what it was written with.
    #[must_use]
    pub fn bucket_of(&self, at: At, attribute: &str, world: World) -> Link<Bucket> {
        if let Some(Some(name)) = self.instance(at).texts(world, &[attribute]).first() {
            return self.bucket_named(name, world);
        }
        let text = self.values(at, world).map_or(Text::Unset, |values| values.text(attribute));
        match text {
            Text::Known(name) if !name.is_empty() => self.bucket_named(name, world),
            Text::Unknown if world == World::After => match self.expressions(at).get(attribute) {
                Some(expression) => self.bucket_behind(at, expression),
                None => nowhere("the configuration does not show what it was written with"),
            },
            _ => nowhere("it names no bucket"),
        }
    }

    /// The bucket that an expression leads to, in the after world.
    #[must_use]
    pub fn bucket_behind(&self, at: At, expression: &Json) -> Link<Bucket> {
        let sources = self.resolve(at, expression);
        let mut buckets = BTreeSet::new();
        for at in sources.iter().filter_map(|(_, at)| *at) {
            if let Some(bucket) = self.bucket_from(at, 0) {
                buckets.insert(bucket);
            }
        }
        let candidates: Vec<Bucket> = buckets.into_iter().collect();
        match candidates.as_slice() {
            [one] => Link::To(one.clone()),
            [] => nowhere(&dead_ends(&sources)),
            several => Link::Unresolved {
                why: format!("it may be any of {}, and the plan does not say which", self.list(several)),
                candidates,
            },
        }
    }

    /// The bucket that an instance is, or that it belongs to.
    fn bucket_from(&self, at: At, depth: usize) -> Option<Bucket> {
        const DEEPEST: usize = 4;
        match self.kind(at) {
            ("aws_s3_bucket", true) => Some(Bucket::Instance(at)),
            ("aws_s3_bucket", false) => match self.values(at, World::After).map(|values| values.text("bucket")) {
                Some(Text::Known(name)) => self.bucket_named(name, World::After).target().cloned(),
                _ => Some(Bucket::Instance(at)),
            },
            // Objects, notifications and the like name the bucket they are in, and their ids often are its name.
            (kind, _) if depth < DEEPEST && kind.starts_with("aws_s3_") => self.bucket_of_setting(at, depth + 1),
            _ => None,
        }
    }

    fn bucket_of_setting(&self, at: At, depth: usize) -> Option<Bucket> {
        match self.values(at, World::After)?.text("bucket") {
            Text::Known(name) if !name.is_empty() => self.bucket_named(name, World::After).target().cloned(),
            Text::Unknown => {
                let sources = self.resolve(at, self.expressions(at).get("bucket")?);
                let found: BTreeSet<Bucket> =
                    sources.iter().filter_map(|(_, at)| self.bucket_from((*at)?, depth)).collect();
                if found.len() == 1 { found.into_iter().next() } else { None }
            }
            _ => None,
        }
    }

    /// The resources that set something of a bucket.
    #[must_use]
    pub fn settings_of(&self, setting: Setting, bucket: &Bucket, world: World) -> &[At] {
        let settings = self.index(world).settings.get(&setting);
        settings.and_then(|settings| settings.of.get(bucket)).map_or(&[], Vec::as_slice)
    }

    /// The resources that may set it for this bucket, or for another one.
    pub fn settings_adrift(&self, setting: Setting, bucket: &Bucket, world: World) -> impl Iterator<Item = &Adrift> {
        self.index(world).settings.get(&setting).into_iter().flat_map(move |settings| settings.may_be_of(bucket))
    }

    /// Every bucket policy whose bucket is known, with its bucket.
    pub fn bucket_policies(&self, world: World) -> impl Iterator<Item = (&Bucket, At)> {
        let policies = self.index(world).settings.get(&Setting::Policy).into_iter().flat_map(|policies| &policies.of);
        policies.flat_map(|(bucket, list)| list.iter().map(move |at| (bucket, *at)))
    }

    fn settings(&self, setting: Setting, world: World) -> Settings {
        let mut settings = Settings::default();
        for at in self.all(world).into_iter().filter(|at| self.kind(*at) == (setting.kind(), true)) {
            match self.bucket_of(at, "bucket", world) {
                Link::To(bucket) => settings.of.entry(bucket).or_default().push(at),
                Link::Unresolved { candidates, why } => settings.adrift.push(Adrift { at, candidates, why }),
            }
        }
        settings
    }

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

    fn key_of_policy(&self, policy: At, world: World) -> Option<Key> {
        if let Some(Some(name)) = self.instance(policy).texts(world, &["key_id"]).first() {
            let name = KeyName::parse(name);
            let KeyName::Key { id, .. } = name else { return None };
            let keys = self.keys_named(&name, world);
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
        if keys.len() == 1 { keys.into_iter().next().map(Key::Instance) } else { None }
    }

    /// The keys that a key id or ARN names; those with that very ARN if there are any.
    #[must_use]
    pub fn keys_named(&self, name: &KeyName<'_>, world: World) -> Vec<At> {
        let KeyName::Key { id, arn } = name else { return Vec::new() };
        let keys = &self.index(world).keys;
        arn.and_then(|arn| keys.get(arn))
            .or_else(|| keys.get(*id))
            .map(|set| set.iter().copied().collect())
            .unwrap_or_default()
    }

    /// The aliases of that name or ARN.
    #[must_use]
    pub fn aliases_named(&self, name: &str, arn: Option<&str>, world: World) -> Vec<At> {
        let aliases = &self.index(world).aliases;
        arn.and_then(|arn| aliases.get(arn))
            .or_else(|| aliases.get(name))
            .map(|set| set.iter().copied().collect())
            .unwrap_or_default()
    }

    /// The origin access identity with that path.
    #[must_use]
    pub fn identity(&self, path: &str, world: World) -> Option<At> {
        self.index(world).identities.get(identity_id(path)).copied()
    }

    /// The origin access control with that id.
    #[must_use]
    pub fn control(&self, id: &str, world: World) -> Option<At> {
        self.index(world).controls.get(id).copied()
    }

    /// What people call an instance.
    #[must_use]
    pub fn label(&self, at: At) -> String {
        self.instance(at).address.to_string()
    }

    /// What people call a bucket.
    #[must_use]
    pub fn bucket_label(&self, bucket: &Bucket, world: World) -> String {
        match bucket {
            Bucket::Instance(at) => self.label(*at),
            Bucket::Named(name) => self.looked_up(name, world).map_or_else(|| name.clone(), |at| self.label(at)),
        }
    }

    fn list(&self, buckets: &[Bucket]) -> String {
        const MOST: usize = 4;
        let mut names: Vec<String> =
            buckets.iter().take(MOST).map(|bucket| self.bucket_label(bucket, World::After)).collect();
        names.sort();
        if buckets.len() > MOST {
            names.push(format!("{} more", buckets.len() - MOST));
        }
        names.join(", ")
    }
}

impl Settings {
    fn may_be_of(&self, bucket: &Bucket) -> impl Iterator<Item = &Adrift> {
        self.adrift.iter().filter(move |adrift| adrift.candidates.is_empty() || adrift.candidates.contains(bucket))
    }
}

impl Index {
    fn add(&mut self, at: At, instance: &Instance<'_>, world: World) {
        let known = |names: &[&str]| instance.texts(world, names);
        let managed = instance.address.mode == Mode::Managed;
        match (instance.address.kind.as_str(), managed) {
            ("aws_s3_bucket", managed) => {
                let [bucket, id] = <[Option<String>; 2]>::try_from(known(&["bucket", "id"])).unwrap_or_default();
                if let Some(name) = bucket.or(id) {
                    let names = if managed { &mut self.buckets } else { &mut self.looked_up_buckets };
                    names.entry(name).or_default().push(at);
                }
            }
            ("aws_s3_access_point", true) => {
                self.access_points.extend(known(&["alias"]).into_iter().flatten().map(|alias| (alias, at)));
            }
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
            ("aws_kms_alias", _) => {
                for name in known(&["name", "arn"]).into_iter().flatten() {
                    self.aliases.entry(name).or_default().insert(at);
                }
            }
            ("aws_cloudfront_origin_access_identity", _) => {
                self.identities.extend(known(&["id"]).into_iter().flatten().map(|id| (id, at)));
            }
            ("aws_cloudfront_origin_access_control", _) => {
                self.controls.extend(known(&["id"]).into_iter().flatten().map(|id| (id, at)));
            }
            _ => {}
        }
    }
}

/// Whether a type is that of a KMS key.
#[must_use]
pub fn is_key(kind: &str) -> bool {
    matches!(kind, "aws_kms_key" | "aws_kms_replica_key" | "aws_kms_external_key" | "aws_kms_replica_external_key")
}

fn nowhere(why: &str) -> Link<Bucket> {
    Link::Unresolved { candidates: Vec::new(), why: why.to_owned() }
}

/// Why an expression leads to nothing of use.
#[must_use]
pub fn dead_ends(sources: &[(Source, Option<At>)]) -> String {
    let names: BTreeSet<&str> = sources
        .iter()
        .filter_map(|(source, _)| match source {
            Source::DeadEnd { reference } | Source::Foreign { reference } => Some(reference.as_str()),
            _ => None,
        })
        .collect();
    let list: Vec<&str> = names.into_iter().collect();
    if list.is_empty() {
        return "the configuration in the plan does not show what it was written with".to_owned();
    }
    let locals = list.iter().all(|name| name.starts_with("local."));
    let list = list.join(", ");
    if locals {
        format!("it is written with {list}, and a plan does not show what a local stands for")
    } else {
        format!("it is written with {list}, which the plan does not lead on from")
    }
}
