//! Finds the hop of an access path that a finding is about, and says in a few words what is wrong there.

use super::path;
use super::{Fault, Mark};
use crate::access::facts::{
    Access, Algorithm, DenialFacts, Endpoint, Existing, Fact, Grant, GrantFacts, Guarded, KeyManager, PolicyDocument,
    ReadState, WorldFacts,
};
use crate::finding::{Finding, Severity};

/// What is not reached. The numbers are positions in a tree made from facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hop {
    /// The origin access itself is at fault.
    Access = 2,
    /// The bucket, or the objects in it, cannot be read.
    Bucket = 3,
    /// The key cannot be used.
    Key = 4,
}

/// The mark that `finding` leaves on its path, if it is about one hop of it.
pub(crate) fn fault(finding: &Finding, world: &WorldFacts) -> Option<Fault> {
    if finding.policy == "unresolved" {
        let (hop, why) = first_unknown(world)?;
        return Some(Fault { before: hop as usize, mark: Mark::Unknown, text: format!("cannot be told: {why}") });
    }
    let hop = hop(finding).map(|hop| if speaks_of_key(finding, world) { Hop::Key } else { hop })?;
    let mark = if finding.base_severity == Severity::Error { Mark::Broken } else { Mark::Risk };
    let text = reason(finding, world, hop).unwrap_or_else(|| {
        let text = if mark == Mark::Broken { "breaks here" } else { "at risk here" };
        text.to_owned()
    });
    Some(Fault { before: hop as usize, mark, text })
}

/// The mark that a world bears of itself, whatever a finding says: where viewers are not served, or may not be.
pub(crate) fn of_world(world: &WorldFacts) -> Option<Fault> {
    let states = [world.readable.existing, world.readable.new];
    if states.contains(&ReadState::Unreadable) {
        let (hop, text) = broken(world);
        return Some(Fault { before: hop as usize, mark: Mark::Broken, text });
    }
    if states.contains(&ReadState::Unresolved) {
        let (hop, why) = first_unknown(world)?;
        return Some(Fault { before: hop as usize, mark: Mark::Unknown, text: format!("cannot be told: {why}") });
    }
    None
}

/// What keeps viewers from being served. Policies know more of it; this is for the world that none of them speaks of.
fn broken(world: &WorldFacts) -> (Hop, String) {
    if world.destroyed_bucket.is_some() {
        return (Hop::Bucket, "the bucket goes, the distribution stays".to_owned());
    }
    let kms = world.encryption.known().map(|now| now.algorithm).filter(|now| *now != Algorithm::SseS3);
    let needs_key = kms.is_some() || world.existing.known() == Some(&Existing::Kms);
    let encryption = kms.map_or("KMS-encrypted", path::algorithm);
    match world.access.known() {
        Some(Access::Oai) if needs_key => return (Hop::Bucket, format!("an OAI cannot read {encryption} objects")),
        Some(Access::Unsigned | Access::Website) if needs_key => {
            return (Hop::Bucket, format!("unsigned requests cannot read {encryption} objects"));
        }
        _ => {}
    }
    let refusal = |grant: &Fact<GrantFacts>, kind, what| grant.known().and_then(|grant| refused(grant, kind, what));
    if let Some(text) = refusal(&world.bucket_grant, "bucket", "read").filter(|_| !world.rides_on_acls) {
        return (Hop::Bucket, text);
    }
    let grants = [&world.key_grant, &world.existing_key_grant];
    if let Some(text) = grants.into_iter().flatten().find_map(|grant| refusal(grant, "key", "decrypt")) {
        return (Hop::Key, text);
    }
    let keys = || [&world.key, &world.existing_key].into_iter().flatten().filter_map(Fact::known);
    if keys().any(|key| key.manager.known() == Some(&KeyManager::Aws)) {
        return (Hop::Key, "the policy of an AWS managed key cannot admit CloudFront".to_owned());
    }
    if keys().any(|key| key.unfit.is_some()) {
        return (Hop::Key, "S3 cannot use this key for the bucket".to_owned());
    }
    if !world.retired_keys.is_empty() {
        return (Hop::Key, "objects there need a key that is out of use".to_owned());
    }
    (Hop::Bucket, "CloudFront cannot read all that is there".to_owned())
}

/// The kind of thing that is not reached, on a path that is drawn from the finding alone.
pub(crate) fn kind_of_hop(finding: &Finding) -> Option<&'static str> {
    hop(finding).map(|hop| match hop {
        Hop::Access | Hop::Bucket => "bucket",
        Hop::Key => "key",
    })
}

/// The hop a policy is about. A policy that is not named here marks what its finding names as its subject.
fn hop(finding: &Finding) -> Option<Hop> {
    match finding.policy.as_str() {
        "oai-and-oac" | "oac-origin-type" | "oac-signing" | "access-control-destroyed" | "oai-unsupported-region" => {
            Some(Hop::Access)
        }
        "oai-sse-kms"
        | "oai-kms-object"
        | "unsigned-sse-kms"
        | "origin-bucket-policy"
        | "public-access-blocked"
        | "origin-bucket-destroyed"
        | "oac-grant-after-switch"
        | "oai-grant-dropped-early"
        | "kms-with-oac-switch"
        | "kms-objects-remain"
        | "unscoped-cloudfront-grant"
        | "object-ownership"
        | "staging-not-granted"
        | "replica-kms-objects" => Some(Hop::Bucket),
        "oac-aws-managed-key" | "oac-key-policy" | "key-retired-in-use" | "key-unusable" | "encryption-context" => {
            Some(Hop::Key)
        }
        _ if finding.subject.is_none() => None,
        _ if finding.subject == finding.key => Some(Hop::Key),
        _ if finding.subject == finding.bucket => Some(Hop::Bucket),
        _ => None,
    }
}

/// Whether a grant that is too wide is one of the key's policy.
fn speaks_of_key(finding: &Finding, world: &WorldFacts) -> bool {
    let names = |policy: &str| finding.subject.as_ref().is_some_and(|subject| subject.starts_with(policy));
    finding.policy == "unscoped-cloudfront-grant"
        && world.wide_grants.iter().any(|wide| wide.guards == Guarded::Key && wide.policy.as_deref().is_some_and(names))
}

fn first_unknown(world: &WorldFacts) -> Option<(Hop, &str)> {
    let bucket = world.bucket.why().or_else(|| world.encryption.why()).or_else(|| world.bucket_grant.why());
    let key = world.key.as_ref().and_then(Fact::why).or_else(|| world.key_grant.as_ref().and_then(Fact::why));
    let access = world.access.why().map(|why| (Hop::Access, why));
    access.or_else(|| bucket.map(|why| (Hop::Bucket, why))).or_else(|| key.map(|why| (Hop::Key, why)))
}

fn reason(finding: &Finding, world: &WorldFacts, hop: Hop) -> Option<String> {
    let encryption = world.encryption.known().map(|now| now.algorithm).filter(|now| *now != Algorithm::SseS3);
    let encryption = encryption.map_or("KMS-encrypted", path::algorithm);
    let text = match finding.policy.as_str() {
        "oai-sse-kms" => format!("an OAI cannot read {encryption} objects"),
        "unsigned-sse-kms" => format!("unsigned requests cannot read {encryption} objects"),
        "oai-kms-object" | "kms-objects-remain" => "objects written with KMS cannot be read here".to_owned(),
        "unscoped-cloudfront-grant" => "let in more widely than it need be".to_owned(),
        "oac-signing" => "requests may go unsigned".to_owned(),
        "oac-aws-managed-key" => "the policy of an AWS managed key cannot admit CloudFront".to_owned(),
        "oac-origin-type" if world.endpoint.known() == Some(&Endpoint::Website) => {
            "a website endpoint takes no signature".to_owned()
        }
        "oac-origin-type" => {
            let kind = world.oac.as_ref()?.origin_type.known().filter(|kind| *kind != "s3")?;
            format!("an OAC of type {kind} cannot sign for S3")
        }
        "access-control-destroyed" => "destroyed while the distribution uses it".to_owned(),
        "oai-unsupported-region" => "the bucket's Region takes no OAI".to_owned(),
        "public-access-blocked" => "public access is blocked, and these requests are public".to_owned(),
        "key-retired-in-use" => "objects there need a key that goes out of use".to_owned(),
        "key-unusable" => "S3 cannot use this key for the bucket".to_owned(),
        "oai-and-oac" => "CloudFront takes one of the two, not both".to_owned(),
        "origin-bucket-destroyed" => "the bucket goes, the distribution stays".to_owned(),
        "origin-bucket-policy" => match (&world.bucket_grant, &world.bucket_denial) {
            (Fact::Known(grant), _) => refused(grant, "bucket", "read")?,
            (Fact::Unknown(_), denial) => doubtful(denial.as_ref()?),
        },
        "oac-key-policy" if hop == Hop::Key => refused(world.key_grant.as_ref()?.known()?, "key", "decrypt")?,
        "oac-grant-after-switch" => "the policy of today does not let the OAC read".to_owned(),
        "oai-grant-dropped-early" => "the policy drops the old grant in the same apply".to_owned(),
        "object-ownership" if finding.base_severity == Severity::Error => {
            "object ACLs were the way in, and are switched off".to_owned()
        }
        "object-ownership" => "what other accounts upload stays theirs".to_owned(),
        "staging-not-granted" => "policies name another distribution than this one".to_owned(),
        "replica-kms-objects" => "replicas under a KMS key cannot be read here".to_owned(),
        "encryption-context" => "the key policy wants the context of an object, not of the bucket".to_owned(),
        "kms-with-oac-switch" => "turns to KMS while the origin turns to the OAC".to_owned(),
        _ => return None,
    };
    Some(text)
}

fn refused(grant: &GrantFacts, kind: &str, what: &str) -> Option<String> {
    let policy = holder(grant.policy.as_ref(), kind);
    let statement = statement(grant.sid.as_ref(), grant.statement);
    match (grant.result, grant.document) {
        (Grant::Allowed, _) => None,
        (Grant::Denied, _) => Some(format!("{policy} forbids CloudFront to {what}, by {statement}")),
        (Grant::NotGranted, PolicyDocument::Present) => Some(format!("{policy} does not let CloudFront {what}")),
        (Grant::NotGranted, _) => Some(grant.reason.clone()),
    }
}

fn doubtful(denial: &DenialFacts) -> String {
    let statement = statement(denial.sid.as_ref(), denial.statement);
    format!("{} may forbid CloudFront to read, by {statement}", holder(denial.policy.as_ref(), "bucket"))
}

fn holder(address: Option<&String>, kind: &str) -> String {
    match address {
        Some(address) => format!("the {kind} policy in {address}"),
        None => format!("the {kind} policy"),
    }
}

/// Statements are counted from 1, as the reasons count them.
fn statement(sid: Option<&String>, at: Option<usize>) -> String {
    match (sid, at) {
        (Some(sid), _) => format!("statement \"{sid}\""),
        (None, Some(at)) => format!("statement {}", at + 1),
        (None, None) => "one of its statements".to_owned(),
    }
}
