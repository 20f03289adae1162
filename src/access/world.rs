//! Everything that holds on one path in one world.

use super::breadth;
use super::bucket::{self, Destination};
use super::encryption::{self, Encryption};
use super::exposure;
use super::facts::{
    Access, EncryptionFacts, Endpoint, Evidence, Existing, Fact, GrantFacts, PathEvidence, RetiredKeyFacts, WorldFacts,
};
use super::grants;
use super::objects;
use super::origin::{Origin, Reach, reach};
use super::readability::{Judge, Lock};
use super::replicas;
use super::retired;
use super::view::View;
use crate::aws::distribution::{Name, Routes, Routing};
use crate::iam::Request;
use crate::links::buckets::Bucket;
use crate::links::estate::{At, Link};
use crate::plan::World;
use crate::plan::value::{Kind, Node};

/// A path in one world: the facts, and the resources it runs through.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What policies see.
    pub facts: WorldFacts,
    /// The origin's label.
    pub origin: String,
    /// The bucket.
    pub bucket: Option<Bucket>,
    /// What CloudFront asks of the bucket, or why that cannot be told.
    pub request: Result<Request, String>,
    /// The access point through which it asks.
    pub access_point: Option<At>,
    /// The resources on the path, for what the plan changes of them.
    pub resources: Vec<At>,
    /// What the bucket policy says, where only object ACLs could say otherwise.
    pub without_acls: Option<GrantFacts>,
    /// The behaviours as seen from the origin; none unless the plan changes the distribution.
    pub routes: Option<Routes>,
}

/// Looks at an origin; none when it certainly is no S3 origin.
pub fn look(view: &View<'_, '_, '_>, origin: &Origin<'_>, routing: Routing, ids: &[Name]) -> Option<Seen> {
    let destination = bucket::destination(view, origin)?;
    let reach = reach(view, origin, &destination.endpoint);
    let distribution = view.values(origin.distribution)?;
    let bucket = destination.bucket.target().cloned();
    let encryption = match &destination.bucket {
        Link::To(bucket) => Some(encryption::of_bucket(view, bucket)),
        Link::Unresolved { .. } => None,
    };
    let existing = encryption::existing(view, &destination.bucket);
    let subject =
        grants::Subject { view, origin, reach: &reach, destination: &destination, routing, distribution, ids };
    let request = subject.bucket_request();
    let bucket_grant = match (&bucket, &request) {
        (Some(bucket), request) => grants::of_policies(view, bucket, destination.access_point, request),
        (None, Err(why)) => grants::Answer::unknown(why.clone()),
        (None, Ok(_)) => grants::Answer::unknown("the bucket cannot be told"),
    };
    let key_grant = encryption.as_ref().and_then(|encryption| subject.key_grant(encryption));
    let kms_objects = bucket.as_ref().filter(|_| existing == Fact::Known(Existing::Kms));
    let OldKey { written_with, grant: existing_grant, was_granted } = OldKey::of(&subject, kms_objects);

    let bucket_facts = match &destination.bucket {
        Link::To(bucket) => Fact::Known(bucket::facts(view, bucket, &destination)),
        Link::Unresolved { why, .. } => Fact::Unknown(why.clone()),
    };
    let default = default_of(encryption.as_ref(), &destination.bucket);
    let new = (encryption.as_ref(), key_grant.as_ref());
    let old = (written_with.as_ref(), existing_grant.as_ref());
    let signed = reach.access.known() == Some(&Access::Oac);
    let objects =
        bucket.as_ref().map(|bucket| objects::of_path(&subject, bucket, encryption.as_ref())).unwrap_or_default();
    let retired_keys = if signed { retired::keys(view, new, old, was_granted) } else { Vec::new() };
    let unsettled_keys =
        if signed { retired::unsettled(view, encryption.as_ref(), written_with.as_ref()) } else { Vec::new() };
    let key_context = [&key_grant, &existing_grant].into_iter().flatten().find_map(|answer| answer.context.clone());
    let public_block = bucket.as_ref().and_then(|bucket| exposure::public_block(view, bucket));
    let key_at = encryption.as_ref().and_then(|encryption| encryption.key_at);
    let breadth = breadth::of_path(&subject, bucket.as_ref(), key_at);
    let readable = Judge {
        retired: &retired_keys,
        gone: destination.destroyed.is_some(),
        reach: &reach,
        endpoint: &destination.endpoint,
        origin,
        edge_function: routing.edge_function,
        bucket_grant: &bucket_grant.fact,
        shut_out: public_block.as_ref().map(|block| &block.restricts),
        new: Lock::of(encryption.as_ref(), key_grant.as_ref()),
        existing: Lock::of(written_with.as_ref(), existing_grant.as_ref()),
    }
    .readability(&default.clone().map(|facts| facts.algorithm), &existing);

    let resources = resources(
        origin,
        &reach,
        bucket.as_ref(),
        encryption.as_ref(),
        [bucket_grant.at, bucket_grant.beside, key_grant.as_ref().and_then(|grant| grant.at), destination.access_point],
    );
    let grants_evidence = evidence_of([Some(&bucket_grant), key_grant.as_ref(), existing_grant.as_ref()]);
    Some(Seen {
        origin: origin.label(),
        without_acls: bucket_grant.without_acls.clone(),
        routes: None,
        resources,
        facts: WorldFacts {
            bucket: bucket_facts,
            encryption: default,
            existing,
            key: encryption.as_ref().and_then(|encryption| encryption.key.clone()),
            existing_key: written_with.and_then(|encryption| encryption.key),
            bucket_grant: bucket_grant.fact,
            bucket_denial: bucket_grant.denial,
            bucket_grant_gap: bucket_grant.gap,
            key_grant_gap: key_grant.as_ref().and_then(|grant| grant.gap),
            key_grant: key_grant.map(|grant| grant.fact),
            existing_key_grant: existing_grant.map(|grant| grant.fact),
            retired_keys: with_objects(retired_keys, objects.retired),
            unsettled_keys,
            objects: objects.facts,
            writes_by_default: objects.written_by_default,
            forced_uploads: breadth.forced,
            rides_on_acls: bucket_grant.rides_on_acls,
            public_block,
            key_context,
            writes: subject.writes(encryption.as_ref()),
            wide_grants: breadth.wide,
            useless_key_grants: breadth.useless,
            readable,
            evidence: PathEvidence {
                access: reach.evidence.clone(),
                bucket: way_to(view, &destination, bucket.as_ref()),
                encryption: encryption.as_ref().map(|encryption| encryption.evidence.clone()).unwrap_or_default(),
                key: encryption.map(|encryption| encryption.key_evidence).unwrap_or_default(),
                grants: grants_evidence,
            },
            ..of_origin(&subject, bucket.as_ref())
        },
        bucket,
        request,
        access_point: destination.access_point,
    })
}

/// Where the link to the bucket was read.
fn way_to(view: &View<'_, '_, '_>, destination: &Destination, bucket: Option<&Bucket>) -> Vec<Evidence> {
    let own = bucket.and_then(|bucket| bucket::evidence(view, bucket));
    destination.evidence.iter().cloned().chain(own).collect()
}

/// The keys that cannot be used, those of single objects among them.
fn with_objects(mut keys: Vec<RetiredKeyFacts>, of_objects: Vec<RetiredKeyFacts>) -> Vec<RetiredKeyFacts> {
    for key in of_objects {
        match keys.iter_mut().find(|other| other.label == key.label && other.how == key.how) {
            Some(other) => {
                other.new |= key.new;
                other.existing |= key.existing;
            }
            None => keys.push(key),
        }
    }
    keys
}

/// What the distribution, the origin and the bucket show by themselves.
fn of_origin(subject: &grants::Subject<'_, '_, '_, '_>, bucket: Option<&Bucket>) -> WorldFacts {
    let grants::Subject { view, origin, reach, destination, routing, distribution, .. } = *subject;
    let told = |holds: Option<bool>, why: &str| holds.map_or_else(|| Fact::Unknown(why.to_owned()), Fact::Known);
    WorldFacts {
        enabled: flag(distribution, "enabled"),
        distribution_arn: shown_arn(distribution),
        staging: flag(distribution, "staging"),
        used: routing.used,
        domain: destination.domain.clone(),
        endpoint: destination.endpoint.clone(),
        access: reach.access.clone(),
        oai: reach.oai.clone().map(|(facts, _)| facts),
        oac: reach.oac.clone().map(|(facts, _)| facts),
        ownership: bucket.and_then(|bucket| exposure::ownership(view, bucket)),
        replicas: bucket.map(|bucket| replicas::into(subject, bucket)).unwrap_or_default(),
        edge_function: told(
            routing.edge_function,
            "a function at the edge may send requests to another origin, or which functions there are is known after apply",
        ),
        viewers_use_https: told(
            routing.https_only,
            "which behaviours lead to the origin, or their `viewer_protocol_policy`, are known after apply",
        ),
        custom_origin: origin.has("custom_origin_config") == Some(true),
        origin_gap: reach.oac.as_ref().and_then(|_| origin.gap()),
        error_masked: masks_errors(distribution),
        destroyed_bucket: destination.destroyed.clone(),
        ..WorldFacts::unresolved("it was not looked at")
    }
}

fn shown_arn(distribution: &Node) -> Option<String> {
    let arn = distribution.get("arn").filter(|arn| !arn.sensitive && !distribution.sensitive)?;
    match &arn.kind {
        Kind::String(arn) if !arn.is_empty() => Some(arn.clone()),
        _ => None,
    }
}

fn resources(
    origin: &Origin<'_>,
    reach: &Reach,
    bucket: Option<&Bucket>,
    encryption: Option<&Encryption>,
    policies: [Option<At>; 4],
) -> Vec<At> {
    let bucket = bucket.and_then(|bucket| match bucket {
        Bucket::Instance(at) => Some(*at),
        Bucket::Named(_) => None,
    });
    let oai = reach.oai.as_ref().and_then(|(_, at)| *at);
    let oac = reach.oac.as_ref().and_then(|(_, at)| *at);
    let set_by = encryption.and_then(|encryption| encryption.set_by);
    let key = encryption.and_then(|encryption| encryption.key_at);
    let all = [Some(origin.distribution), oai, oac, bucket, set_by, key].into_iter().flatten();
    all.chain(policies.into_iter().flatten()).collect()
}

/// A flag of the distribution that may be unknown; unset flags have their default, which for both asked here is no harm.
fn flag(distribution: &Node, name: &str) -> Fact<bool> {
    match distribution.get(name).map(|value| &value.kind) {
        Some(Kind::Bool(flag)) => Fact::Known(*flag),
        Some(Kind::Unknown) => Fact::Unknown(format!("`{name}` is known after apply")),
        _ => Fact::Known(name == "enabled"),
    }
}

/// The default encryption, or why it cannot be told.
fn default_of(encryption: Option<&Encryption>, bucket: &Link<Bucket>) -> Fact<EncryptionFacts> {
    match (encryption, bucket) {
        (Some(encryption), _) => encryption.default.clone(),
        (None, Link::Unresolved { why, .. }) => Fact::Unknown(why.clone()),
        (None, Link::To(_)) => Fact::Unknown("the bucket cannot be told".to_owned()),
    }
}

/// What answers rest on, each place once.
fn evidence_of(answers: [Option<&grants::Answer>; 3]) -> Vec<Evidence> {
    let mut all = Vec::new();
    for evidence in answers.into_iter().flatten().flat_map(|answer| &answer.evidence) {
        if !all.contains(evidence) {
            all.push(evidence.clone());
        }
    }
    all
}

/// The key of what lies in the bucket: the one that was the default when it was written, and what its policy says now.
#[derive(Default)]
struct OldKey {
    written_with: Option<Encryption>,
    grant: Option<grants::Answer>,
    /// Whether it may have let CloudFront decrypt before.
    was_granted: bool,
}

impl OldKey {
    fn of(subject: &grants::Subject<'_, '_, '_, '_>, bucket: Option<&Bucket>) -> Self {
        let Some(bucket) = bucket else { return Self::default() };
        let before = subject.view.in_world(World::Before);
        let written_with = encryption::of_bucket(&before, bucket);
        let earlier = grants::Subject { view: &before, ..*subject }.key_grant(&written_with);
        Self {
            grant: subject.key_grant(&written_with),
            was_granted: earlier.is_some_and(|answer| grants::may_allow(&answer.fact)),
            written_with: Some(written_with),
        }
    }
}

/// Whether a custom error response answers 403 with a success, as single-page applications do.
fn masks_errors(distribution: &Node) -> bool {
    let number = |node: &Node, name: &str| match node.get(name).map(|value| &value.kind) {
        Some(Kind::Number(number)) => number.as_u64(),
        _ => None,
    };
    let responses = distribution.get("custom_error_response").map(Node::items).unwrap_or_default();
    responses.iter().any(|response| {
        number(response, "error_code") == Some(403)
            && number(response, "response_code").is_some_and(|code| (200..300).contains(&code))
    })
}

impl Destination {
    /// Whether the origin is an S3 access point, whose own policy decides too.
    pub fn is_access_point(&self) -> bool {
        matches!(self.endpoint, Fact::Known(Endpoint::AccessPoint | Endpoint::ObjectLambda | Endpoint::MultiRegion))
    }
}
