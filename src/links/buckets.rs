//! Buckets: found by name or by reference, and the resources that set something of them.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

use super::estate::{At, Estate, Link, dead_ends, is_open};
use super::index::{in_order, of_plan};
use super::owner::{Contest, LastWord};
use super::resolve::Source;
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
    /// Whether it may belong to a bucket that is there already.
    may_exist: bool,
    /// Whether Terraform puts off the look-up of its bucket, and writes it once it knows.
    is_put_off: bool,
}

/// A resource that sets something of one bucket, or that is an object in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setting {
    /// `aws_s3_bucket_server_side_encryption_configuration`.
    Encryption,
    /// `aws_s3_bucket_policy`.
    Policy,
    /// `aws_s3_bucket_ownership_controls`.
    Ownership,
    /// `aws_s3_bucket_public_access_block`.
    PublicAccessBlock,
    /// `aws_s3_object`, `aws_s3_bucket_object`, `aws_s3_object_copy`.
    Object,
}

impl Setting {
    pub(super) const ALL: [Self; 5] =
        [Self::Encryption, Self::Policy, Self::Ownership, Self::PublicAccessBlock, Self::Object];

    /// The resource types that hold it.
    #[must_use]
    pub fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Encryption => &["aws_s3_bucket_server_side_encryption_configuration"],
            Self::Policy => &["aws_s3_bucket_policy"],
            Self::Ownership => &["aws_s3_bucket_ownership_controls"],
            Self::PublicAccessBlock => &["aws_s3_bucket_public_access_block"],
            Self::Object => &["aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"],
        }
    }

    fn is_held_by(self, (kind, managed): (&str, bool)) -> bool {
        managed && self.kinds().contains(&kind)
    }
}

#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) of: HashMap<Bucket, Vec<At>>,
    adrift: Vec<Adrift>,
    /// The positions of those that are of one of a few buckets.
    of_few: HashMap<Bucket, Vec<usize>>,
    /// Of those that may be of any.
    of_any: Vec<usize>,
    /// Of those among them that may be of one that is there already.
    of_any_there: Vec<usize>,
    /// Of the first of them whose look-up Terraform puts off.
    put_off: Option<usize>,
}

impl Settings {
    fn add(&mut self, adrift: Adrift) {
        let at = self.adrift.len();
        for bucket in &adrift.candidates {
            self.of_few.entry(bucket.clone()).or_default().push(at);
        }
        if adrift.candidates.is_empty() {
            self.of_any.push(at);
            if adrift.may_exist {
                self.of_any_there.push(at);
            }
            if adrift.is_put_off {
                self.put_off.get_or_insert(at);
            }
        }
        self.adrift.push(adrift);
    }

    fn of_few(&self, bucket: &Bucket) -> &[usize] {
        self.of_few.get(bucket).map_or(&[], Vec::as_slice)
    }

    /// Those that may be of a bucket; `settled` says whether it is there already under a name that the plan shows.
    fn may_be_of(&self, bucket: &Bucket, settled: bool) -> impl Iterator<Item = &Adrift> {
        let of_any = if settled { &self.of_any_there } else { &self.of_any };
        in_order(self.of_few(bucket), of_any).filter_map(|at| self.adrift.get(at))
    }

    /// The first of them whose look-up Terraform puts off.
    fn put_off_of(&self, bucket: &Bucket) -> Option<&Adrift> {
        let mut few = self.of_few(bucket).iter().copied();
        let of_few = few.find(|at| self.adrift.get(*at).is_some_and(|adrift| adrift.is_put_off));
        self.adrift.get(of_few.into_iter().chain(self.put_off).min()?)
    }
}

impl Estate<'_, '_> {
    /// The bucket of that name, as seen from a plan: where several plans have one, its own comes first.
    #[must_use]
    pub fn bucket_named(&self, name: &str, plan: usize, world: World) -> Link<Bucket> {
        let name = bucket_name(name);
        let all = self.index(world).buckets.get(name).map_or(&[] as &[At], Vec::as_slice);
        // What one state lets go of, another one takes in: the bucket is the one that stays managed.
        let kept = |all: &[At]| all.iter().copied().filter(|at| !self.instance(*at).is_forgotten()).collect::<Vec<_>>();
        let own = of_plan(all, plan);
        let mut found = kept(own);
        if found.is_empty() {
            found = kept(all);
        }
        if found.is_empty() {
            found = if own.is_empty() { all } else { own }.to_vec();
        }
        match found.as_slice() {
            [] => Link::To(Bucket::Named(name.to_owned())),
            [one] => Link::To(Bucket::Instance(*one)),
            several => Link::Unresolved {
                candidates: several.iter().copied().map(Bucket::Instance).collect(),
                closed: true,
                why: "more than one bucket has the name it is written with".to_owned(),
            },
        }
    }

    /// The buckets of that name that are there before the plan.
    #[must_use]
    pub fn buckets_before(&self, name: &str) -> &[At] {
        self.index(World::Before).buckets.get(bucket_name(name)).map_or(&[], Vec::as_slice)
    }

    /// The data source that looks up a bucket by its name, if one does.
    #[must_use]
    pub fn looked_up(&self, name: &str, world: World) -> Option<At> {
        self.index(world).looked_up_buckets.get(name)?.first().copied()
    }

    /// The bucket that an attribute of an instance names: by value where it is known, else by what it was written with.
    #[must_use]
    pub fn bucket_of(&self, at: At, attribute: &str, world: World) -> Link<Bucket> {
        if let Some(Some(name)) = self.instance(at).texts(world, &[attribute]).first() {
            return self.bucket_named(name, at.plan, world);
        }
        let text = if self.instance(at).is_unknown(world, attribute) {
            Text::Unknown
        } else {
            self.values(at, world).map_or(Text::Unset, |values| values.text(attribute))
        };
        match text {
            Text::Known(name) if !name.is_empty() => self.bucket_named(name, at.plan, world),
            Text::Unknown if world == World::After => match self.expressions(at).get(attribute) {
                Some(expression) => self.bucket_behind(at, expression, false),
                None => Link::nowhere("the configuration does not show what it was written with"),
            },
            _ => Link::nowhere("it names no bucket"),
        }
    }

    /// The bucket that an expression leads to, in the after world.
    ///
    /// With `part_of_text` the expression may be a text around the bucket's name, as in `"${bucket.id}.${local.suffix}"`:
    /// then what stands beside the name is no other candidate.
    #[must_use]
    pub fn bucket_behind(&self, at: At, expression: &Json, part_of_text: bool) -> Link<Bucket> {
        let sources = self.resolve(at, expression);
        let mut buckets = BTreeSet::new();
        let mut names_only = part_of_text;
        for (source, at) in &sources {
            if let Some(bucket) = at.and_then(|at| self.bucket_from(at, 0)) {
                buckets.insert(bucket);
                let name = matches!(source, Source::Instance { attribute: Some(name), .. } if name == "id" || name == "bucket");
                names_only &= name;
            }
        }
        let open = is_open(&sources) && !names_only;
        let candidates: Vec<Bucket> = buckets.into_iter().collect();
        match candidates.as_slice() {
            [one] if !open => Link::To(one.clone()),
            [] => Link::nowhere(&dead_ends(&sources)),
            several => {
                let list = self.list(several);
                let why = if open {
                    format!("it may be {list}, but {}", dead_ends(&sources))
                } else {
                    format!("it may be any of {list}, and the plan does not say which")
                };
                Link::Unresolved { why, candidates, closed: !open }
            }
        }
    }

    /// The bucket that an instance is, or that it belongs to.
    fn bucket_from(&self, at: At, depth: usize) -> Option<Bucket> {
        const DEEPEST: usize = 4;
        match self.kind(at) {
            ("aws_s3_bucket", true) => Some(Bucket::Instance(at)),
            ("aws_s3_bucket", false) => match self.values(at, World::After).map(|values| values.text("bucket")) {
                Some(Text::Known(name)) => self.bucket_named(name, at.plan, World::After).target().cloned(),
                // A look-up of a bucket that this plan makes leads on to that.
                _ if depth < DEEPEST => self.bucket_of_setting(at, depth + 1).or(Some(Bucket::Instance(at))),
                _ => Some(Bucket::Instance(at)),
            },
            // Objects, notifications and the like name the bucket they are in, and their ids often are its name.
            (kind, _) if depth < DEEPEST && kind.starts_with("aws_s3_") => self.bucket_of_setting(at, depth + 1),
            _ => None,
        }
    }

    fn bucket_of_setting(&self, at: At, depth: usize) -> Option<Bucket> {
        match self.values(at, World::After)?.text("bucket") {
            Text::Known(name) if !name.is_empty() => self.bucket_named(name, at.plan, World::After).target().cloned(),
            Text::Unknown => {
                let sources = self.resolve(at, self.expressions(at).get("bucket")?);
                let found: BTreeSet<Bucket> =
                    sources.iter().filter_map(|(_, at)| self.bucket_from((*at)?, depth)).collect();
                if found.len() == 1 && !is_open(&sources) { found.into_iter().next() } else { None }
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
    /// A bucket that is there already, with a name that every reference to it shows, is none that a name can stand for which
    /// comes from something that does not exist yet.
    pub fn settings_adrift(&self, setting: Setting, bucket: &Bucket, world: World) -> impl Iterator<Item = &Adrift> {
        let settled = world == World::After && self.has_settled_name(bucket);
        let settings = self.index(world).settings.get(&setting).into_iter();
        settings.flat_map(move |settings| settings.may_be_of(bucket, settled))
    }

    /// Whether a bucket is there already, under a name that the plan shows.
    #[must_use]
    pub fn has_settled_name(&self, bucket: &Bucket) -> bool {
        match bucket {
            Bucket::Named(_) => true,
            Bucket::Instance(at) => {
                let instance = self.instance(*at);
                let named = instance.texts(World::After, &["bucket"]).into_iter().flatten().next().is_some();
                named && !instance.is_created()
            }
        }
    }

    /// Which of the resources that set something of a bucket has the last word; `own` is the bucket's own argument for it.
    #[must_use]
    pub fn last_word_on(&self, setting: Setting, bucket: &Bucket, own: &str, world: World) -> LastWord {
        // A data source has no argument by which it could set anything.
        let (holder, name) = match bucket {
            Bucket::Instance(at) => {
                (Some((*at, own)), self.instance(*at).texts(World::Before, &["bucket"]).pop().flatten())
            }
            Bucket::Named(name) => (None, Some(name.clone())),
        };
        let contest = Contest {
            before: self.settings_of(setting, bucket, World::Before),
            after: self.settings_of(setting, bucket, World::After),
            holder,
            target: "bucket",
            leftover: name.is_some_and(|name| self.has_leftover(setting.kinds(), &name)),
        };
        let rival = || self.index(world).settings.get(&setting)?.put_off_of(bucket);
        match self.last_word(&contest, world) {
            LastWord::Of(one) => rival().map_or(LastWord::Of(one), |rival| {
                LastWord::Unsettled(format!(
                    "{} may set it as well as {}, and which bucket that is for is known after apply",
                    self.label(rival.at),
                    self.label(one)
                ))
            }),
            other => other,
        }
    }

    /// The public access blocks of the account that a bucket is in, or may be in: that is certain where all of its plan is
    /// of one account.
    pub fn account_blocks(&self, bucket: &Bucket, world: World) -> impl Iterator<Item = (At, bool)> {
        let plan = match bucket {
            Bucket::Instance(at) => Some(at.plan),
            Bucket::Named(_) => None,
        };
        let is_certain = plan.is_some_and(|plan| self.account(plan).is_some());
        let blocks = plan.map_or(&[] as &[At], |plan| of_plan(&self.index(world).account_blocks, plan));
        blocks.iter().map(move |at| (*at, is_certain))
    }

    /// The bucket policies of a plan.
    pub fn bucket_policies(&self, plan: usize, world: World) -> impl Iterator<Item = At> {
        self.all_of(plan, world).filter(|at| Setting::Policy.is_held_by(self.kind(*at)))
    }

    pub(super) fn settings(&self, setting: Setting, world: World) -> Settings {
        let mut settings = Settings::default();
        for at in self.all(world) {
            if self.holds_setting(setting, at, world) {
                settings.of.entry(Bucket::Instance(at)).or_default().push(at);
            }
            if !setting.is_held_by(self.kind(at)) {
                continue;
            }
            match self.bucket_of(at, "bucket", world) {
                Link::To(bucket) => settings.of.entry(bucket).or_default().push(at),
                Link::Unresolved { candidates, closed, why } => {
                    let candidates = if closed { candidates } else { Vec::new() };
                    let may_exist = self.may_name_what_exists(at, "bucket", world);
                    let is_put_off = self.instance(at).is_changed() && self.is_put_off(at, "bucket", world);
                    settings.add(Adrift { at, candidates, why, may_exist, is_put_off });
                }
            }
        }
        settings
    }

    /// Whether a bucket of another dialect holds the setting itself.
    fn holds_setting(&self, setting: Setting, at: At, world: World) -> bool {
        let (argument, read_as): (_, &[&str]) = match setting {
            Setting::Ownership => ("ownership_controls", &["rule"]),
            Setting::PublicAccessBlock => {
                ("public_access_block_configuration", &["ignore_public_acls", "restrict_public_buckets"])
            }
            Setting::Encryption | Setting::Policy | Setting::Object => return false,
        };
        // What is not configured is unknown before it is made, and is nothing that is set.
        let is_set = |name: &&str| {
            let value = self.values(at, world).and_then(|values| values.get(name)).filter(|value| !value.is_null());
            value.is_some_and(|value| !value.is_unknown() || self.stated_expressions(at).get(argument).is_some())
        };
        self.kind(at) == ("aws_s3_bucket", true) && self.dialect(at).is_some() && read_as.iter().any(is_set)
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
