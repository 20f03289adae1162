//! Everything that holds on one path in one world.

use super::bucket::{self, Destination};
use super::encryption::{self, Encryption};
use super::facts::{
    Access, Algorithm, Endpoint, Existing, Fact, Grant, GrantFacts, KeyFacts, KeyManager, PathEvidence, ReadState,
    Readability, WorldFacts,
};
use super::grants;
use super::origin::{Origin, Reach, reach};
use super::view::View;
use crate::aws::distribution::Routing;
use crate::links::buckets::Bucket;
use crate::links::estate::{At, Link};
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
    /// The resources on the path, for what the plan changes of them.
    pub resources: Vec<At>,
}

/// Looks at an origin; none when it certainly is no S3 origin.
pub fn look(view: &View<'_, '_, '_>, origin: &Origin<'_>, routing: Routing) -> Option<Seen> {
    let destination = bucket::destination(view, origin)?;
    let reach = reach(view, origin, &destination.endpoint);
    let distribution = view.values(origin.distribution)?;
    let bucket = destination.bucket.target().cloned();
    let encryption = match &destination.bucket {
        Link::To(bucket) => Some(encryption::of_bucket(view, bucket)),
        Link::Unresolved { .. } => None,
    };
    let existing = encryption::existing(view, &destination.bucket);
    let subject = grants::Subject { view, origin, reach: &reach, destination: &destination, routing, distribution };
    let bucket_grant = subject.bucket_grant();
    let key_grant = encryption.as_ref().and_then(|encryption| subject.key_grant(encryption));

    let bucket_facts = match &destination.bucket {
        Link::To(bucket) => Fact::Known(bucket::facts(view, bucket, &destination)),
        Link::Unresolved { why, .. } => Fact::Unknown(why.clone()),
    };
    let default = match (&encryption, &destination.bucket) {
        (Some(encryption), _) => encryption.default.clone(),
        (None, Link::Unresolved { why, .. }) => Fact::Unknown(why.clone()),
        (None, Link::To(_)) => Fact::Unknown("the bucket cannot be told".to_owned()),
    };
    let readable = Judge {
        reach: &reach,
        endpoint: &destination.endpoint,
        edge_function: routing.edge_function,
        bucket_grant: &bucket_grant.fact,
        key: encryption.as_ref().and_then(|encryption| encryption.key.as_ref()),
        key_grant: key_grant.as_ref().map(|grant| &grant.fact),
    }
    .readability(&default.clone().map(|facts| facts.algorithm), &existing);

    let resources = resources(
        origin,
        &reach,
        bucket.as_ref(),
        encryption.as_ref(),
        [&bucket_grant.at, key_grant.as_ref().map_or(&None, |grant| &grant.at)],
    );
    let mut grants_evidence = bucket_grant.evidence;
    grants_evidence.extend(key_grant.iter().flat_map(|grant| grant.evidence.clone()));
    let mut bucket_evidence = destination.evidence.clone();
    bucket_evidence.extend(bucket.as_ref().and_then(|bucket| bucket::evidence(view, bucket)));
    let flag = |name| flag(distribution, name);
    Some(Seen {
        origin: origin.label(),
        resources,
        facts: WorldFacts {
            enabled: flag("enabled"),
            staging: flag("staging"),
            used: routing.used,
            domain: destination.domain.clone(),
            endpoint: destination.endpoint.clone(),
            access: reach.access.clone(),
            oai: reach.oai.clone().map(|(facts, _)| facts),
            oac: reach.oac.clone().map(|(facts, _)| facts),
            edge_function: match routing.edge_function {
                Some(holds) => Fact::Known(holds),
                None => Fact::Unknown(
                    "which behaviours lead to the origin, or their functions, are known after apply".to_owned(),
                ),
            },
            error_masked: masks_errors(distribution),
            bucket: bucket_facts,
            encryption: default,
            existing,
            key: encryption.as_ref().and_then(|encryption| encryption.key.clone()),
            bucket_grant: bucket_grant.fact,
            key_grant: key_grant.map(|grant| grant.fact),
            readable,
            evidence: PathEvidence {
                access: reach.evidence,
                bucket: bucket_evidence,
                encryption: encryption.as_ref().map(|encryption| encryption.evidence.clone()).unwrap_or_default(),
                key: encryption.map(|encryption| encryption.key_evidence).unwrap_or_default(),
                grants: grants_evidence,
            },
        },
        bucket,
    })
}

fn resources(
    origin: &Origin<'_>,
    reach: &Reach,
    bucket: Option<&Bucket>,
    encryption: Option<&Encryption>,
    policies: [&Option<At>; 2],
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
    all.chain(policies.into_iter().flatten().copied()).collect()
}

/// A flag of the distribution that may be unknown; unset flags have their default, which for both asked here is no harm.
fn flag(distribution: &Node, name: &str) -> Fact<bool> {
    match distribution.get(name).map(|value| &value.kind) {
        Some(Kind::Bool(flag)) => Fact::Known(*flag),
        Some(Kind::Unknown) => Fact::Unknown(format!("`{name}` is known after apply")),
        _ => Fact::Known(name == "enabled"),
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

/// Puts the facts of a path together to what viewers get.
struct Judge<'f> {
    reach: &'f Reach,
    endpoint: &'f Fact<Endpoint>,
    edge_function: Option<bool>,
    bucket_grant: &'f Fact<GrantFacts>,
    key: Option<&'f Fact<KeyFacts>>,
    key_grant: Option<&'f Fact<GrantFacts>>,
}

impl Judge<'_> {
    fn readability(&self, default: &Fact<Algorithm>, existing: &Fact<Existing>) -> Readability {
        let new = match default {
            Fact::Known(algorithm) => self.object(*algorithm != Algorithm::SseS3),
            Fact::Unknown(_) => self.either(),
        };
        let existing = match existing {
            Fact::Known(Existing::None) => ReadState::Absent,
            Fact::Known(Existing::SseS3) => self.object(false),
            // A key grant that was looked up is that of today's default; without one the old key cannot be told.
            Fact::Known(Existing::Kms) => self.object(true),
            Fact::Unknown(_) => self.either(),
        };
        Readability { existing, new }
    }

    /// Where the encryption cannot be told, only what holds for both kinds of object is certain.
    fn either(&self) -> ReadState {
        match (self.object(false), self.object(true)) {
            (one, other) if one == other => one,
            _ => ReadState::Unresolved,
        }
    }

    fn object(&self, kms: bool) -> ReadState {
        if self.is_rejected() {
            return ReadState::Unreadable;
        }
        let may_read = grant(Some(self.bucket_grant));
        let Some(access) = self.reach.access.known() else { return ReadState::Unresolved };
        match (access, kms) {
            (_, false) => may_read,
            (Access::Oac, true) => match self.key {
                Some(Fact::Known(KeyFacts { manager: Fact::Known(KeyManager::Aws), .. })) => ReadState::Unreadable,
                _ => worst(may_read, grant(self.key_grant)),
            },
            (Access::Oai | Access::Unsigned | Access::Website, true) => match self.edge_function {
                Some(false) => ReadState::Unreadable,
                _ => ReadState::Unresolved,
            },
        }
    }

    /// Whether AWS refuses the origin as it is configured.
    fn is_rejected(&self) -> bool {
        let both = self.reach.oai.is_some() && self.reach.oac.is_some();
        let signed = self.reach.oai.is_some() || self.reach.oac.is_some();
        let website = self.endpoint.known() == Some(&Endpoint::Website);
        let wrong_type =
            self.reach.oac.as_ref().is_some_and(|(oac, _)| oac.origin_type.known().is_some_and(|kind| kind != "s3"));
        both || website && signed || wrong_type || self.endpoint.known() == Some(&Endpoint::Other)
    }
}

fn grant(fact: Option<&Fact<GrantFacts>>) -> ReadState {
    match fact {
        Some(Fact::Known(GrantFacts { result: Grant::Allowed, .. })) => ReadState::Readable,
        Some(Fact::Known(_)) => ReadState::Unreadable,
        Some(Fact::Unknown(_)) | None => ReadState::Unresolved,
    }
}

fn worst(one: ReadState, other: ReadState) -> ReadState {
    let rank = |state: ReadState| match state {
        ReadState::Unreadable => 0,
        ReadState::Unresolved => 1,
        ReadState::Readable | ReadState::Absent => 2,
    };
    if rank(one) <= rank(other) { one } else { other }
}

impl Destination {
    /// Whether the origin is an S3 access point, whose own policy decides too.
    pub fn is_access_point(&self) -> bool {
        matches!(self.endpoint, Fact::Known(Endpoint::AccessPoint | Endpoint::ObjectLambda | Endpoint::MultiRegion))
    }
}
