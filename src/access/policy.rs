//! The policy document that a bucket or a key will have: of which resource, and what of its text the plan shows.

use super::document::behind;
use super::facts::{Evidence, PolicyDocument};
use super::view::View;
use crate::aws::dialect;
use crate::iam::Document;
use crate::links::buckets::{Bucket, Setting};
use crate::links::estate::At;
use crate::links::expression::written_with;
use crate::links::keys::Key;
use crate::links::owner::{Contest, LastWord};
use crate::plan::World;
use crate::plan::instance::Part;
use crate::plan::value::{Kind, Text};

/// A policy, as far as the plan shows it.
#[derive(Debug)]
pub struct Policy {
    /// The document; none if there certainly is none, or why it cannot be told.
    pub document: Result<Option<Document>, String>,
    /// The resource that holds it.
    pub at: Option<At>,
    /// Whether there is a document.
    pub state: PolicyDocument,
    /// If there is no document, what there is instead: a sentence's end.
    pub note: String,
    /// Where it was read.
    pub evidence: Vec<Evidence>,
}

impl Policy {
    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self::of(Err(why.into()))
    }

    fn of(document: Result<Option<Document>, String>) -> Self {
        Self { document, at: None, state: PolicyDocument::Present, note: String::new(), evidence: Vec::new() }
    }

    pub(super) fn none(note: &str) -> Self {
        Self { state: PolicyDocument::None, note: note.to_owned(), ..Self::of(Ok(None)) }
    }

    pub(super) fn destroyed(note: &str) -> Self {
        Self { state: PolicyDocument::Destroyed, ..Self::none(note) }
    }

    pub(super) fn with(mut self, view: &View<'_, '_, '_>, at: At, parts: &[Part<'_>], note: &str) -> Self {
        self.at = Some(at);
        self.evidence.extend(view.evidence(at, parts, note));
        self
    }
}

/// The policy of a bucket.
pub fn of_bucket(view: &View<'_, '_, '_>, bucket: &Bucket) -> Policy {
    let estate = view.estate;
    match estate.last_word_on(Setting::Policy, bucket, "policy", view.world) {
        LastWord::Of(one) => return of_attribute(view, one, "the bucket policy"),
        LastWord::Nobody => {}
        LastWord::Unsettled(why) => return Policy::unknown(format!("of the bucket policy, {why}")),
        LastWord::Gone(gone) => return gone_with(view, gone, "the bucket has no policy"),
        LastWord::Holder => {
            if let Bucket::Instance(at) = bucket {
                return of_attribute(view, *at, "the bucket policy");
            }
        }
    }
    if let Some(adrift) = estate.settings_adrift(Setting::Policy, bucket, view.world).next() {
        let label = estate.label(adrift.at);
        let why =
            format!("{label} may be the bucket policy, and which bucket that is for cannot be told: {}", adrift.why);
        return Policy::unknown(why).with(view, adrift.at, &[Part::Name("bucket")], "may be the policy of this bucket");
    }
    if view.world == World::After
        && let [gone, ..] = estate.settings_of(Setting::Policy, bucket, World::Before)
    {
        let note = format!("the plan destroys {}, its bucket policy", estate.label(*gone));
        return Policy::destroyed(&note).with(&view.in_world(World::Before), *gone, &[], "destroyed by this plan");
    }
    match bucket {
        Bucket::Instance(at) if estate.kind(*at).1 => of_the_bucket_itself(view, *at),
        _ => Policy::unknown("the bucket is not managed in this plan, which does not show its policy"),
    }
}

/// The `policy` argument of the bucket itself: set there, or read back from AWS.
///
/// An empty text is what AWS answered; `null` is no answer, for before provider 4.9 only a policy that is configured there is
/// read back, so that one of another state would not show.
fn of_the_bucket_itself<'s>(view: &View<'_, 's, '_>, at: At) -> Policy {
    let none = "the bucket has no bucket policy";
    let parts = [Part::Name("policy")];
    let text = |view: &View<'_, 's, '_>| view.values(at).map_or(Text::Unset, |values| values.text("policy"));
    let configured = view.estate.expressions(at).get("policy").is_some();
    let created = view.world == World::After && view.estate.instance(at).is_created();
    let before = view.in_world(World::Before);
    match (text(view), text(&before)) {
        (Text::Known(own), _) if !own.is_empty() => of_attribute(view, at, "the bucket policy"),
        (Text::Unknown, _) if configured => of_attribute(view, at, "the bucket policy"),
        (Text::Unset, Text::Known(old)) if view.world == World::After && !created && !old.is_empty() => {
            Policy::destroyed("the plan takes the policy off the bucket").with(
                &before,
                at,
                &parts,
                "removed by this plan",
            )
        }
        (Text::Unknown, Text::Known(old)) if !created && !old.is_empty() => {
            of_attribute(&before, at, "the bucket policy")
        }
        (Text::Unset, _) | (Text::Unknown, Text::Unset) if !created => {
            let why = format!("{} does not show whether the bucket has a policy", view.estate.label(at));
            Policy::unknown(why).with(view, at, &parts, "not shown")
        }
        _ if view.world == World::After && leaves_out(view, at, "aws_s3_bucket_policy") => {
            let why = "this plan covers only a part of the configuration, and may leave the bucket policy to another";
            Policy::unknown(why).with(view, at, &parts, "no policy here")
        }
        _ => Policy::none(none).with(view, at, &parts, none),
    }
}

const DEFAULT: &str = "the key has the default policy, which admits only the account itself";

/// What is left of a policy whose resource is destroyed.
pub(super) fn gone_with(view: &View<'_, '_, '_>, gone: At, left: &str) -> Policy {
    let note = format!("the plan destroys {}, and {left} from then on", view.estate.label(gone));
    Policy::destroyed(&note).with(&view.in_world(World::Before), gone, &[], "destroyed by this plan")
}

/// The policy of a key that no plan has, as far as a plan has its policy; none if no plan speaks of it.
pub fn of_named_key(view: &View<'_, '_, '_>, id: &str, region: Option<&str>) -> Option<Policy> {
    let key = Key::Named(id.to_owned());
    separate_policy(view, &key, None, region)
}

/// What a separate resource says of the policy of a key; none if none does, or if the key's own argument comes after it.
fn separate_policy(view: &View<'_, '_, '_>, key: &Key, holder: Option<At>, region: Option<&str>) -> Option<Policy> {
    let estate = view.estate;
    let id = match key {
        Key::Instance(at) => view.estate.instance(*at).texts(World::Before, &["key_id"]).into_iter().flatten().next(),
        Key::Named(id) => Some(id.clone()),
    };
    let before = estate.key_policies_of(key, region, World::Before);
    let after = estate.key_policies_of(key, region, World::After);
    let contest = Contest {
        before: &before,
        after: &after,
        holder: holder.map(|holder| (holder, "policy")),
        target: "key_id",
        leftover: id.is_some_and(|id| estate.has_leftover(&["aws_kms_key_policy"], &id)),
    };
    match estate.last_word(&contest, view.world) {
        LastWord::Of(one) => Some(of_attribute(view, one, "the key policy")),
        LastWord::Unsettled(why) => Some(Policy::unknown(format!("of the key policy, {why}"))),
        LastWord::Gone(gone) => Some(gone_with(view, gone, DEFAULT)),
        LastWord::Nobody => match before.as_slice() {
            // A separate policy is the last word while it is there, and the default is what it leaves.
            [gone, ..] if view.world == World::After => Some(gone_with(view, *gone, DEFAULT)),
            _ => None,
        },
        LastWord::Holder => None,
    }
}

/// The policy of a key.
pub fn of_key(view: &View<'_, '_, '_>, key: At) -> Policy {
    let estate = view.estate;
    let label = estate.label(key);
    if estate.kind(key).1 {
        if let Some(policy) = separate_policy(view, &Key::Instance(key), Some(key), None) {
            return policy;
        }
    } else {
        let region = estate.region(key, view.world);
        let looked_up = estate.looked_up_key(key, view.world);
        if let Some(policy) = separate_policy(view, &looked_up, None, region.as_deref()) {
            return policy;
        }
    }
    if let Some(adrift) = estate.key_policy_adrift(key, view.world) {
        let why =
            format!("{} may be the policy of {label}, and which key it is for cannot be told", estate.label(adrift));
        return Policy::unknown(why).with(view, adrift, &[Part::Name("key_id")], "may be the policy of this key");
    }
    if !estate.kind(key).1 {
        return Policy::unknown(format!("{label} looks the key up, which does not show its policy"));
    }
    let parts = [Part::Name("policy")];
    let configured = estate.expressions(key).get("policy").is_some();
    match view.values(key).map_or(Text::Unset, |values| values.text("policy")) {
        Text::Known(text) if !text.is_empty() => of_attribute(view, key, "the key policy"),
        Text::Unknown if configured => of_attribute(view, key, "the key policy"),
        Text::Unknown if !estate.instance(key).is_created() => {
            let before = view.in_world(World::Before);
            match before.values(key).map_or(Text::Unset, |values| values.text("policy")) {
                Text::Known(text) if !text.is_empty() => of_attribute(&before, key, "the key policy"),
                _ => Policy::none(DEFAULT).with(view, key, &parts, "no policy is configured"),
            }
        }
        _ if estate.instance(key).is_created() && leaves_out(view, key, "aws_kms_key_policy") => {
            let why = "this plan covers only a part of the configuration, and may leave the key policy to another";
            Policy::unknown(why).with(view, key, &parts, "no policy here")
        }
        _ => Policy::none(DEFAULT).with(view, key, &parts, "no policy is configured"),
    }
}

/// Whether the plan of a resource may know less than the configuration, of resources of a type.
pub(super) fn leaves_out(view: &View<'_, '_, '_>, at: At, kind: &str) -> bool {
    view.estate.plans.get(at.plan).is_some_and(|plan| {
        let named = |address: &String| {
            let mut kinds = address.split('.');
            kinds.any(|part| part == kind || dialect::of(part).is_some_and(|dialect| dialect.read_as == kind))
        };
        plan.complete == Some(false) || plan.unplanned.iter().any(named)
    })
}

/// The document in the `policy` argument of a resource: its text, or the statements of the data source it is made of.
pub(super) fn of_attribute(view: &View<'_, '_, '_>, at: At, what: &str) -> Policy {
    let parts = [Part::Name("policy")];
    let label = view.estate.label(at);
    let node = view.values(at).and_then(|values| values.get("policy"));
    let found = Policy::of;
    match node.map(|node| &node.kind) {
        Some(Kind::String(text)) => {
            let sensitive = node.is_some_and(|node| node.sensitive);
            let document =
                Document::from_json(text).map(|document| if sensitive { document.redacted() } else { document });
            let document = document.map(Some).map_err(|error| format!("{what} in {label} cannot be read: {error}"));
            found(document).with(view, at, &parts, what)
        }
        Some(Kind::Unknown) if view.world == World::After => {
            let Some(expression) = view.estate.expressions(at).get("policy") else {
                let why = format!(
                    "the text of {label} is known after apply, and the plan does not show what it was written with"
                );
                return found(Err(why)).with(view, at, &parts, "known after apply");
            };
            let document = behind(view, at, expression, 0)
                .map(Some)
                .map_err(|why| format!("the text of {label} is known after apply: {why}"));
            let written = written_with(expression).map(|names| format!(", written with {names}")).unwrap_or_default();
            found(document).with(view, at, &parts, &format!("known after apply{written}"))
        }
        _ => Policy::none(&format!("{label} sets no policy")).with(view, at, &parts, "no policy"),
    }
}
