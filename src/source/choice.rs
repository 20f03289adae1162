//! Which of the resources that a finding names a person has to change first.

use std::collections::BTreeSet;

use crate::access::facts::Evidence;
use crate::finding::Finding;

/// A resource that may be the one, and what of it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate<'a> {
    /// The plan that it is in.
    pub(super) plan: &'a str,
    /// Its address, or what stands in place of one.
    pub(super) address: &'a str,
    /// The names that lead to the attribute that was read.
    pub(super) attribute: Vec<&'a str>,
}

/// What a piece of evidence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// What new objects are encrypted with, or are replicated under.
    Encryption,
    /// Who may read the bucket.
    BucketGrant,
    /// Who may use the key.
    KeyGrant,
    /// The key itself.
    Key,
    /// How the origin is read.
    Access,
    /// Only which bucket it is.
    Name,
    /// Anything else.
    Other,
}

/// The resources that `finding` names, the one to change first before the others. `changed` are those that the plan changes
/// on its path.
///
/// The subject is the one to change, unless it is the bucket or the key as a whole, which stand for what is attached to them:
/// then it is what the plan attaches or changes, then what grants access to it, then the distribution.
pub(super) fn candidates<'a>(finding: &'a Finding, changed: &BTreeSet<&str>) -> Vec<Candidate<'a>> {
    let subject = finding.subject.as_deref().map(|subject| {
        // A statement is told by the resource whose policy it stands in.
        subject.rsplit_once(", statement ").map_or(subject, |(resource, _)| resource)
    });
    let about_key = subject.is_some() && subject == finding.key.as_deref();
    let about_path = about_key || [&finding.bucket, &finding.distribution].into_iter().any(|node| node.as_deref() == subject);
    let rank = |evidence: &Evidence| {
        let (role, changes) = (role(evidence), changed.contains(evidence.address.as_str()));
        match role {
            // What nothing is wrong about: the policies read what decides.
            _ if subject.is_none() => 2,
            Role::KeyGrant if about_key && evidence.address != subject.unwrap_or_default() => 0,
            Role::KeyGrant | Role::Key if about_key => 1,
            Role::Encryption if about_key || changes => 2,
            Role::BucketGrant if !about_key => 3,
            Role::Access if changes => 4,
            Role::Encryption => 5,
            Role::Other => 6,
            Role::Access | Role::BucketGrant => 7,
            Role::KeyGrant | Role::Key => 8,
            Role::Name => 9,
        }
    };
    let mut evidence: Vec<&Evidence> = finding.evidence.iter().collect();
    evidence.sort_by_key(|evidence| rank(evidence));
    let mut all = Vec::new();
    if let Some(subject) = subject.filter(|_| !about_path) {
        all.push(whole(finding, subject));
    }
    let keyed = evidence.iter().take_while(|evidence| about_key && rank(evidence) == 0).count();
    let (before, after) = evidence.split_at(keyed);
    all.extend(before.iter().map(|evidence| read(evidence)));
    all.extend(subject.filter(|_| about_key).map(|subject| whole(finding, subject)));
    all.extend(after.iter().map(|evidence| read(evidence)));
    let nodes = [Some(subject), Some(finding.distribution.as_deref()), Some(finding.bucket.as_deref())];
    all.extend(nodes.into_iter().flatten().flatten().map(|node| whole(finding, node)));
    all
}

fn read(evidence: &Evidence) -> Candidate<'_> {
    Candidate { plan: &evidence.plan, address: &evidence.address, attribute: attribute(&evidence.path) }
}

/// The resource `address`, as far as the evidence shows it.
fn whole<'a>(finding: &'a Finding, address: &'a str) -> Candidate<'a> {
    let seen = finding.evidence.iter().find(|evidence| evidence.address == address);
    seen.map_or(Candidate { plan: &finding.plan, address, attribute: Vec::new() }, read)
}

fn role(evidence: &Evidence) -> Role {
    let attribute = attribute(&evidence.path);
    let begins = |names: &[&str]| attribute.first().is_some_and(|first| names.contains(first));
    let kind = kind(&evidence.address);
    let of = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    if of(&["cloudfront"]) {
        Role::Access
    } else if of(&["kms_key_policy"]) || (of(&["kms"]) && begins(&["policy", "key_policy"])) {
        Role::KeyGrant
    } else if of(&["kms"]) {
        Role::Key
    } else if of(&["s3_bucket_policy", "access_point", "public_access_block", "ownership", "bucket_acl"])
        || (of(&["s3"]) && begins(&["policy"]))
    {
        Role::BucketGrant
    } else if of(&["encryption", "replication"])
        || begins(&["server_side_encryption_configuration", "bucket_encryption"])
    {
        Role::Encryption
    } else if kind.ends_with("s3_bucket") && begins(&["bucket", "bucket_name", "id"]) {
        Role::Name
    } else {
        Role::Other
    }
}

/// The type in an address, whose keys may hold anything: it is what the last name stands behind.
fn kind(address: &str) -> String {
    crate::plan::address::Address::parse(address).map(|address| address.kind).unwrap_or_default()
}

/// The names in a normalized path that lead from a resource to its attribute. The numbers between them are of no use: what
/// Terraform knows as a set has another order in the plan than in the source.
fn attribute(path: &str) -> Vec<&str> {
    let names = || path.split("['").filter_map(|part| part.split_once("']")).map(|(name, _)| name);
    let start = names().position(|name| matches!(name, "change" | "values" | "expressions"));
    let Some(start) = start else { return Vec::new() };
    let world = usize::from(names().nth(start) == Some("change"));
    names().skip(start + 1 + world).collect()
}
