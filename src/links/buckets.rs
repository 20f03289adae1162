//! Buckets: found by name or by reference, and the resources that set something of them.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

use super::estate::{At, Estate, Link, dead_ends};
use crate::aws::arn::bucket_name;
use crate::plan::World;
use crate::plan::value::Text;

/// A bucket: one of a plan's, or one that is only named.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// An `aws_s3_bucket`, or a data source for a bucket whose name is not known.
    Instance(At),
    /// A bucket that no plan manages.
    Named(String),
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
    pub(super) const ALL: [Self; 3] = [Self::Encryption, Self::Policy, Self::Ownership];

    fn kind(self) -> &'static str {
        match self {
            Self::Encryption => "aws_s3_bucket_server_side_encryption_configuration",
            Self::Policy => "aws_s3_bucket_policy",
            Self::Ownership => "aws_s3_bucket_ownership_controls",
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) of: HashMap<Bucket, Vec<At>>,
    pub(super) adrift: Vec<Adrift>,
}

impl Settings {
    fn may_be_of(&self, bucket: &Bucket) -> impl Iterator<Item = &Adrift> {
        self.adrift.iter().filter(move |adrift| adrift.candidates.is_empty() || adrift.candidates.contains(bucket))
    }
}

impl Estate<'_, '_> {
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
    ///
    /// What is unknown now comes from something that does not exist yet, so a bucket that is there already, with a name
    /// that every reference to it shows, is none that an unknown name can stand for.
    pub fn settings_adrift(&self, setting: Setting, bucket: &Bucket, world: World) -> impl Iterator<Item = &Adrift> {
        let settled = world == World::After && self.has_settled_name(bucket);
        let all =
            self.index(world).settings.get(&setting).into_iter().flat_map(move |settings| settings.may_be_of(bucket));
        all.filter(move |adrift| !settled || !adrift.candidates.is_empty())
    }

    fn has_settled_name(&self, bucket: &Bucket) -> bool {
        match bucket {
            Bucket::Named(_) => true,
            Bucket::Instance(at) => {
                let instance = self.instance(*at);
                let named = instance.texts(World::After, &["bucket"]).into_iter().flatten().next().is_some();
                named && !instance.is_created()
            }
        }
    }

    /// Every bucket policy whose bucket is known, with its bucket.
    pub fn bucket_policies(&self, world: World) -> impl Iterator<Item = (&Bucket, At)> {
        let policies = self.index(world).settings.get(&Setting::Policy).into_iter().flat_map(|policies| &policies.of);
        policies.flat_map(|(bucket, list)| list.iter().map(move |at| (bucket, *at)))
    }

    pub(super) fn settings(&self, setting: Setting, world: World) -> Settings {
        let mut settings = Settings::default();
        for at in self.all(world).into_iter().filter(|at| self.kind(*at) == (setting.kind(), true)) {
            match self.bucket_of(at, "bucket", world) {
                Link::To(bucket) => settings.of.entry(bucket).or_default().push(at),
                Link::Unresolved { candidates, why } => settings.adrift.push(Adrift { at, candidates, why }),
            }
        }
        settings
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

fn nowhere(why: &str) -> Link<Bucket> {
    Link::Unresolved { candidates: Vec::new(), why: why.to_owned() }
}
