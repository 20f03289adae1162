//! The objects that the plan itself knows: each may be encrypted in another way than the bucket's default says.
//!
//! Source: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_object>.

use std::cell::OnceCell;

use super::encryption::Encryption;
use super::facts::{Access, Evidence, Fact, ObjectEncryption, ObjectFacts, RetiredKeyFacts};
use super::grants::{Place, Subject};
use super::key;
use super::retired;
use super::view::View;
use crate::links::buckets::{Bucket, Setting};
use crate::links::estate::At;
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::{Node, Text};

/// What the objects of a path add to what its bucket's default tells.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// Those that are not simply encrypted by SSE-S3.
    pub(super) facts: Vec<ObjectFacts>,
    /// Whether the plan writes one that takes the default.
    pub(super) written_by_default: bool,
    /// The keys among theirs that cannot be used.
    pub(super) retired: Vec<RetiredKeyFacts>,
}

/// How an object is encrypted.
enum Own {
    /// As the bucket's default says at the time it is written.
    Default,
    /// By SSE-S3.
    Plain,
    /// Otherwise; whether its own arguments say so.
    As(ObjectEncryption, bool),
    /// That cannot be told.
    Unknown(String),
}

/// The objects in the bucket of a path.
pub(super) fn of_path(subject: &Subject<'_, '_, '_, '_>, bucket: &Bucket, default: Option<&Encryption>) -> Objects {
    let view = subject.view;
    let mut all = Objects::default();
    let routes = OnceCell::new();
    let certain = view.estate.settings_of(Setting::Object, bucket, view.world);
    let adrift = view.estate.settings_adrift(Setting::Object, bucket, view.world);
    let known = certain.iter().map(|at| (*at, None));
    for (at, why) in known.chain(adrift.map(|adrift| (adrift.at, Some(adrift.why.clone())))) {
        let served = || match &why {
            None => subject.serves(at, routes.get_or_init(|| subject.routes())),
            Some(why) => Fact::Unknown(format!("which bucket {} is in cannot be told: {why}", view.estate.label(at))),
        };
        add(&mut all, subject, at, served, default);
    }
    all.facts.sort_by(|one, other| one.address.cmp(&other.address));
    all.retired.sort_by(|one, other| one.label.cmp(&other.label));
    all.retired.dedup_by(|one, other| {
        let same = one.label == other.label;
        if same {
            other.new |= one.new;
            other.existing |= one.existing;
        }
        same
    });
    all
}

fn add(
    all: &mut Objects,
    subject: &Subject<'_, '_, '_, '_>,
    at: At,
    served: impl Fn() -> Fact<bool>,
    default: Option<&Encryption>,
) {
    let view = subject.view;
    // Most objects say it in so many words; nothing else of them need be looked at.
    if view.estate.instance(at).texts(view.world, &["server_side_encryption"]) == [Some("AES256".to_owned())] {
        return;
    }
    let served = served();
    if served == Fact::Known(false) {
        return;
    }
    let written = view.world == World::After && view.estate.instance(at).is_changed();
    let (encryption, configured) = match own(view, at) {
        Own::Plain => return,
        Own::Default => {
            all.written_by_default |= written && served == Fact::Known(true);
            return;
        }
        Own::As(encryption, configured) => (Fact::Known(encryption), configured),
        Own::Unknown(why) => (Fact::Unknown(why), true),
    };
    let mut facts = ObjectFacts {
        address: view.estate.label(at),
        served,
        encryption,
        configured,
        written,
        key: None,
        key_grant: None,
        evidence: evidence(view, at),
    };
    if matches!(facts.encryption, Fact::Known(ObjectEncryption::SseKms | ObjectEncryption::DsseKms)) {
        let region = subject.region();
        let found = key::of_object(view, at, region.as_deref());
        let signed = subject.reach.access.known() == Some(&Access::Oac);
        if signed && default.is_some_and(|default| default.key.as_ref() == Some(&found.facts)) {
            return;
        }
        if signed {
            all.retired.extend(retired_key(view, at, found.at, written, region.as_deref()));
            let place = found.at.map(Place::At).or_else(|| found.id.clone().map(Place::Id));
            facts.key_grant = subject.grant_on(&found.facts, place, None).map(|answer| answer.fact);
        }
        facts.evidence.extend(found.evidence);
        facts.key = Some(found.facts);
    }
    all.facts.push(facts);
}

fn evidence(view: &View<'_, '_, '_>, at: At) -> Vec<Evidence> {
    const NAME: &str = "server_side_encryption";
    let note = match view.values(at).map_or(Text::Unset, |values| values.text(NAME)) {
        Text::Known(word @ ("aws:kms" | "aws:kms:dsse")) => format!("{NAME}: \"{word}\""),
        Text::Unknown => format!("{NAME}: known after apply"),
        _ => "the object".to_owned(),
    };
    view.evidence(at, &[Part::Name(NAME)], note).into_iter().collect()
}

/// What became of the key of an object; of one that lies there already, of the key that it was written with.
fn retired_key(
    view: &View<'_, '_, '_>,
    object: At,
    key: Option<At>,
    written: bool,
    region: Option<&str>,
) -> Option<RetiredKeyFacts> {
    let before = view.in_world(World::Before);
    let old = view.world == World::After && !written && before.values(object).is_some();
    let at = if old { key::of_object(&before, object, region).at } else { key }?;
    let how = retired::state(view, at, old)?;
    Some(RetiredKeyFacts { label: view.estate.label(at), how, new: written, existing: !written })
}

/// How an object is encrypted, by its own arguments and by what AWS answered.
fn own(view: &View<'_, '_, '_>, at: At) -> Own {
    let Some(values) = view.values(at) else { return Own::Plain };
    let instance = view.estate.instance(at);
    let written = view.estate.expressions(at);
    let is_written = |name: &str| view.world == World::After && written.get(name).is_some();
    if ["customer_key", "customer_algorithm"].iter().any(|name| values.text(name).non_empty().is_some()) {
        return Own::As(ObjectEncryption::SseC, true);
    }
    let names_key = match values.text("kms_key_id") {
        Text::Known(key) => !key.is_empty(),
        Text::Unknown => is_written("kms_key_id"),
        Text::Unset => false,
    };
    match values.text("server_side_encryption") {
        Text::Known("AES256") => Own::Plain,
        Text::Known("aws:kms") => Own::As(ObjectEncryption::SseKms, is_written("server_side_encryption") || names_key),
        Text::Known("aws:kms:dsse") => Own::As(ObjectEncryption::DsseKms, is_written("server_side_encryption")),
        Text::Known(word) if !word.is_empty() => {
            let label = view.estate.label(at);
            Own::Unknown(format!("{label} asks for an encryption that this release does not know"))
        }
        // The provider asks for `aws:kms` where a key is all that is given.
        _ if names_key => Own::As(ObjectEncryption::SseKms, true),
        Text::Unknown if is_written("server_side_encryption") => {
            Own::Unknown(format!("`server_side_encryption` of {} is known after apply", view.estate.label(at)))
        }
        // What is not configured and is to be read back: of an object that lies there, it stays as it is.
        Text::Unknown if !instance.is_created() => {
            let before = view.in_world(World::Before);
            if view.world == World::After && has_encryption(before.values(at)) {
                own(&before, at)
            } else {
                Own::Default
            }
        }
        _ => Own::Default,
    }
}

/// Whether an object is under a KMS key for certain.
pub(super) fn is_under_kms(view: &View<'_, '_, '_>, at: At) -> bool {
    matches!(own(view, at), Own::As(ObjectEncryption::SseKms | ObjectEncryption::DsseKms, _))
}

fn has_encryption(values: Option<&Node>) -> bool {
    values.is_some_and(|values| values.text("server_side_encryption").non_empty().is_some())
}
