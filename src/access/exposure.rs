//! Who may read a bucket besides what its policy says: object ACLs, which ownership switches off, and the public access
//! block, which shuts out everybody who does not sign.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html>.

use super::facts::{Fact, OwnershipFacts, PublicBlockFacts};
use super::view::View;
use crate::links::buckets::{Bucket, Setting};
use crate::links::estate::At;
use crate::plan::World;
use crate::plan::value::{Kind, Text};

/// Whether object ACLs count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acls {
    /// They do.
    On,
    /// They do not.
    Off,
    /// The plan does not say.
    Unsaid,
}

/// Whether object ACLs could let an identity or anybody read: not where ownership is enforced, as it is on new buckets.
pub(super) fn acls(view: &View<'_, '_, '_>, bucket: &Bucket) -> Acls {
    let estate = view.estate;
    if let Some(ownership) = ownership(view, bucket) {
        return match ownership.rule.known().map(String::as_str) {
            Some("BucketOwnerEnforced") => Acls::Off,
            _ => Acls::On,
        };
    }
    if estate.settings_adrift(Setting::Ownership, bucket, view.world).next().is_some() {
        return Acls::On;
    }
    match bucket {
        Bucket::Instance(at) if view.world == World::After && estate.instance(*at).is_created() => Acls::Off,
        _ => Acls::Unsaid,
    }
}

/// Who owns what is uploaded, where a resource of the plan says so.
pub(super) fn ownership(view: &View<'_, '_, '_>, bucket: &Bucket) -> Option<OwnershipFacts> {
    let at = *view.estate.settings_of(Setting::Ownership, bucket, view.world).first()?;
    let rule = view.values(at).and_then(|values| values.block("rule").ok().flatten());
    let rule = match rule.map(|rule| rule.text("object_ownership")) {
        Some(Text::Known(rule)) if matches!(rule, "BucketOwnerEnforced" | "BucketOwnerPreferred" | "ObjectWriter") => {
            Fact::Known(rule.to_owned())
        }
        _ => Fact::Unknown("`object_ownership` is known after apply".to_owned()),
    };
    Some(OwnershipFacts { address: view.estate.label(at), rule })
}

/// The public access block of a bucket: its own, that of its account, or one that may be either.
pub(super) fn public_block(view: &View<'_, '_, '_>, bucket: &Bucket) -> Option<PublicBlockFacts> {
    let own = view.estate.settings_of(Setting::PublicAccessBlock, bucket, view.world).iter().copied();
    let own = own.map(|at| of_resource(view, at));
    let of_account = view.estate.account_blocks(bucket, view.world).map(|(at, is_certain)| {
        let block = of_resource(view, at);
        let label = &block.address;
        let why = format!("whether {label} is for the account of the bucket cannot be told: the providers may differ");
        if is_certain { block } else { perhaps(block, &why) }
    });
    let strictest = own.chain(of_account).min_by_key(rank);
    if strictest.as_ref().is_some_and(|block| rank(block) <= PERHAPS) {
        return strictest;
    }
    let mut others = view.estate.settings_adrift(Setting::PublicAccessBlock, bucket, view.world).map(|adrift| {
        let block = of_resource(view, adrift.at);
        let why = format!("which bucket {} is for cannot be told: {}", block.address, adrift.why);
        perhaps(block, &why)
    });
    // None of them is stricter than the first that may restrict anything.
    let first = others.next();
    let found = first.iter().cloned().chain(others).find(|block| rank(block) <= PERHAPS);
    found.or(strictest).or(first)
}

/// How strict a block is that may restrict access.
const PERHAPS: u8 = 1;

/// The strictest of several blocks, which is the lowest, holds.
fn rank(block: &PublicBlockFacts) -> u8 {
    match block.restricts {
        Fact::Known(true) => 0,
        Fact::Unknown(_) => PERHAPS,
        Fact::Known(false) => 2,
    }
}

/// A block of which it cannot be told whether it is one of this bucket.
fn perhaps(block: PublicBlockFacts, why: &str) -> PublicBlockFacts {
    let open = |flag| if flag == Fact::Known(false) { flag } else { Fact::Unknown(why.to_owned()) };
    PublicBlockFacts { restricts: open(block.restricts), ignores_acls: open(block.ignores_acls), ..block }
}

fn of_resource(view: &View<'_, '_, '_>, at: At) -> PublicBlockFacts {
    let flag = |name: &str| match view.values(at).and_then(|values| values.get(name)).map(|flag| &flag.kind) {
        Some(Kind::Bool(on)) => Fact::Known(*on),
        Some(Kind::Unknown) => Fact::Unknown(format!("`{name}` of {} is known after apply", view.estate.label(at))),
        _ => Fact::Known(false),
    };
    PublicBlockFacts {
        address: view.estate.label(at),
        restricts: flag("restrict_public_buckets"),
        ignores_acls: flag("ignore_public_acls"),
    }
}
