//! Which of the resources that a finding names a person has to change first.

use std::collections::BTreeSet;

use crate::access::facts::Evidence;
use crate::finding::Finding;
use crate::plan::address::Address;

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
    /// What new objects are encrypted with.
    Encryption,
    /// What brings objects from another bucket.
    Replication,
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

/// The resources that `finding` names, the one to change first before the others. `altered` are those that the plan changes
/// on its path.
///
/// The subject is the one to change, unless it is the bucket or the key as a whole, which stand for what is attached to them:
/// then it is what the plan attaches or changes, then what grants access to it, then the distribution.
pub(super) fn candidates<'a>(finding: &'a Finding, altered: &BTreeSet<&str>) -> Vec<Candidate<'a>> {
    let subject = finding.subject.as_deref().map(|subject| {
        // A statement is told by the resource whose policy it stands in.
        match subject.rsplit_once(", statement ") {
            Some((resource, _)) if Address::parse(subject).is_none() => resource,
            _ => subject,
        }
    });
    let about_key = subject.is_some() && subject == finding.key.as_deref();
    let about_path =
        about_key || [&finding.bucket, &finding.distribution].into_iter().any(|node| node.as_deref() == subject);
    let rank = |evidence: &Evidence| {
        let (role, changes) = (role(evidence), altered.contains(evidence.address.as_str()));
        match role {
            // What nothing is wrong about: the policies read what decides.
            _ if subject.is_none() => 2,
            Role::KeyGrant if about_key && evidence.address != subject.unwrap_or_default() => 0,
            Role::KeyGrant | Role::Key if about_key => 1,
            Role::Replication => 2,
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
    let seen = finding.evidence.iter().filter(|evidence| evidence.address == address).map(read);
    // One that shows an attribute tells more than one that shows that the resource is there.
    let seen = seen.min_by_key(|candidate| candidate.attribute.is_empty());
    seen.unwrap_or(Candidate { plan: &finding.plan, address, attribute: Vec::new() })
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
    } else if of(&["replication"]) {
        Role::Replication
    } else if of(&["encryption"]) || begins(&["server_side_encryption_configuration", "bucket_encryption"]) {
        Role::Encryption
    } else if kind.ends_with("s3_bucket") && begins(&["bucket", "bucket_name", "id"]) {
        Role::Name
    } else {
        Role::Other
    }
}

/// The type in an address, whose keys may hold anything: it is what the last name stands behind.
fn kind(address: &str) -> String {
    Address::parse(address).map(|address| address.kind).unwrap_or_default()
}

/// The names in a normalized path that lead from a resource to its attribute. The numbers between them are of no use: what
/// Terraform knows as a set has another order in the plan than in the source.
fn attribute(path: &str) -> Vec<&str> {
    let names = || path.split("['").filter_map(|part| part.split_once("']")).map(|(name, _)| name);
    // In a state, the values of a resource lie within those of the whole.
    let skipped = usize::from(names().next() == Some("prior_state")) * 2;
    let start = names().skip(skipped).position(|name| matches!(name, "change" | "values" | "expressions"));
    let Some(start) = start else { return Vec::new() };
    let start = skipped + start;
    let world = usize::from(names().nth(start) == Some("change"));
    names().skip(start + 1 + world).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Severity, Status};

    const SITE: &str = "aws_cloudfront_distribution.site";
    const BUCKET: &str = "aws_s3_bucket.site";
    const KEY: &str = "aws_kms_key.site";
    const ENCRYPTION: &str = "aws_s3_bucket_server_side_encryption_configuration.site";
    const POLICY: &str = "aws_s3_bucket_policy.site";

    fn finding(subject: Option<&str>, evidence: &[(&str, &str)]) -> Finding {
        let evidence = evidence.iter().map(|(address, attribute)| Evidence {
            plan: "plan.json".to_owned(),
            address: (*address).to_owned(),
            path: format!("$['resource_changes'][3]['change']['after']{attribute}"),
            note: String::new(),
        });
        Finding {
            policy: "x".to_owned(),
            severity: Severity::Error,
            base_severity: Severity::Error,
            status: Status::Introduced,
            when: None,
            plan: "plan.json".to_owned(),
            distribution: Some(SITE.to_owned()),
            origin: Some("s3".to_owned()),
            bucket: Some(BUCKET.to_owned()),
            key: Some(KEY.to_owned()),
            subject: subject.map(str::to_owned),
            message: String::new(),
            why: String::new(),
            fix: String::new(),
            links: Vec::new(),
            evidence: evidence.collect(),
            location: None,
            waiver: None,
            details: None,
            fingerprint: String::new(),
        }
    }

    fn first(subject: Option<&str>, evidence: &[(&str, &str)], changed: &[&str]) -> String {
        let finding = finding(subject, evidence);
        let candidates = candidates(&finding, &changed.iter().copied().collect());
        let first = candidates.first().unwrap();
        [&[first.address], first.attribute.as_slice()].concat().join(" ")
    }

    const INCIDENT: [(&str, &str); 3] =
        [(SITE, "['origin'][0]['domain_name']"), (BUCKET, "['bucket']"), (ENCRYPTION, "['rule'][0]['sse_algorithm']")];

    #[test]
    fn what_stands_for_others_is_told_by_what_the_plan_changes() {
        let of = |changed: &[&str]| first(Some(BUCKET), &INCIDENT, changed);
        assert_eq!(of(&[ENCRYPTION]), format!("{ENCRYPTION} rule sse_algorithm"));
        assert_eq!(of(&[SITE]), format!("{SITE} origin domain_name"));
        assert_eq!(of(&[SITE, ENCRYPTION, BUCKET]), format!("{ENCRYPTION} rule sse_algorithm"));
        assert_eq!(of(&[]), format!("{ENCRYPTION} rule sse_algorithm"));
        assert_eq!(first(Some("acme-site"), &INCIDENT[..2], &[]), "acme-site");
    }

    #[test]
    fn a_missing_grant_is_told_by_the_policy() {
        let evidence = [INCIDENT[0], INCIDENT[1], (POLICY, "['policy']"), (KEY, "['policy']")];
        assert_eq!(first(Some(BUCKET), &evidence, &[SITE]), format!("{POLICY} policy"));
        let evidence = [INCIDENT[0], INCIDENT[1], (BUCKET, "['policy']")];
        assert_eq!(first(Some(BUCKET), &evidence, &[SITE]), format!("{BUCKET} policy"));
    }

    #[test]
    fn a_key_is_told_by_its_policy_or_itself() {
        let evidence = [INCIDENT[0], INCIDENT[2], (KEY, ""), (POLICY, "['policy']"), (KEY, "['policy']")];
        assert_eq!(first(Some(KEY), &evidence, &[SITE]), format!("{KEY} policy"));
        let evidence = [&evidence[..4], &[("aws_kms_key_policy.site", "['policy']")]].concat();
        assert_eq!(first(Some(KEY), &evidence, &[SITE]), "aws_kms_key_policy.site policy");
    }

    #[test]
    fn any_other_subject_stands_for_itself() {
        let object = "aws_s3_object.index[\", statement \"]";
        assert_eq!(first(Some(object), &INCIDENT, &[ENCRYPTION]), object);
        let statement = format!("{POLICY}, statement `AllowAll`");
        assert_eq!(first(Some(&statement), &[(POLICY, "['policy']")], &[]), format!("{POLICY} policy"));
    }

    #[test]
    fn without_a_subject_it_is_what_was_seen_first() {
        let evidence = [(POLICY, "['policy']"), (SITE, "['origin'][0]['domain_name']")];
        assert_eq!(first(None, &evidence, &[SITE]), format!("{POLICY} policy"));
        assert_eq!(first(None, &[], &[]), SITE);
    }

    #[test]
    fn the_attribute_is_what_follows_the_resource_in_the_path() {
        for (path, expected) in [
            ("$['resource_changes'][0]['change']['after_unknown']['origin'][0]['x']", vec!["origin", "x"]),
            ("$['prior_state']['values']['root_module']['resources'][0]['values']['policy']", vec!["policy"]),
            ("$['configuration']['root_module']['resources'][0]['expressions']['policy']", vec!["policy"]),
            ("$['resource_changes'][0]['change']['after']", vec![]),
            ("$['resource_changes'][0]", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(attribute(path), expected, "{path}");
        }
    }
}
