//! Objects that S3 itself writes into an origin bucket: replicas of those in another bucket, under the key that the
//! replication names.
//!
//! Replicas keep the encryption of what they are copies of, but what a KMS key encrypts there is encrypted here with the
//! replica key, whatever the default of this bucket is.
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html>.

use super::breadth;
use super::encryption;
use super::facts::{Access, Algorithm, Evidence, Fact, ReplicaFacts};
use super::grants::{Place, Subject};
use super::key::{self, Argument};
use super::objects;
use super::view::View;
use crate::links::buckets::{Bucket, Setting};
use crate::links::estate::Link;
use crate::links::replication::Replication;
use crate::plan::value::{Kind, Node, Text};

/// The replications into a bucket that bring objects under a KMS key, or may.
pub(super) fn into(subject: &Subject<'_, '_, '_, '_>, bucket: &Bucket) -> Vec<ReplicaFacts> {
    let view = subject.view;
    let all = view.estate.replications_into(bucket, view.world);
    distinct(all.filter_map(|replication| of_rule(subject, replication)))
}

/// Where modules or plans repeat each other, thousands of replications may lead to this bucket that are alike but for where
/// they stand. Of those, the first is kept, and the one whose place comes first, by which policies choose.
fn distinct(all: impl Iterator<Item = ReplicaFacts>) -> Vec<ReplicaFacts> {
    let mut kept: Vec<ReplicaFacts> = Vec::new();
    // Of those that are alike, the positions of the first and of the one that may be another.
    let mut groups: Vec<(usize, Option<usize>)> = Vec::new();
    for next in all {
        let is_like = |group: &&mut (usize, Option<usize>)| kept.get(group.0).is_some_and(|first| alike(first, &next));
        let Some((first, least)) = groups.iter_mut().find(is_like) else {
            groups.push((kept.len(), None));
            kept.push(next);
            continue;
        };
        let is_least = kept.get(least.unwrap_or(*first)).is_some_and(|other| place(&next) < place(other));
        match least.filter(|_| is_least).and_then(|at| kept.get_mut(at)) {
            Some(other) => *other = next,
            None if is_least => {
                *least = Some(kept.len());
                kept.push(next);
            }
            None => {}
        }
    }
    kept
}

/// Whether two replications differ at most in where they stand.
fn alike(one: &ReplicaFacts, other: &ReplicaFacts) -> bool {
    let ReplicaFacts { address, into_this_bucket, source, source_encryption, .. } = one;
    let ReplicaFacts { enabled, selected, served, key, key_grant, evidence: _, .. } = one;
    (address, into_this_bucket, source, source_encryption)
        == (&other.address, &other.into_this_bucket, &other.source, &other.source_encryption)
        && (enabled, selected, served) == (&other.enabled, &other.selected, &other.served)
        && (key, key_grant) == (&other.key, &other.key_grant)
}

/// Where a replication stands, in the order of Rego.
fn place(replica: &ReplicaFacts) -> Vec<[&str; 4]> {
    let all = replica.evidence.iter();
    all.map(|Evidence { plan, address, path, note }| [address, note, path, plan].map(String::as_str)).collect()
}

fn of_rule(subject: &Subject<'_, '_, '_, '_>, replication: &Replication) -> Option<ReplicaFacts> {
    let view = subject.view;
    let rule = replication.rule(view.values(replication.at)?)?;
    let enabled = match rule.text("status") {
        Text::Known(status) => Fact::Known(status == "Enabled"),
        _ => Fact::Unknown("whether the rule is enabled is known after apply".to_owned()),
    };
    let selected = selects_kms(rule);
    let served = match prefix(rule) {
        Fact::Known(prefix) => subject.serves_under(&prefix),
        Fact::Unknown(why) => Fact::Unknown(why),
    };
    let (source, source_encryption) = match &replication.source {
        Link::To(source) => (
            Fact::Known(view.estate.bucket_label(source, view.world)),
            encryption::of_bucket(view, source).default.map(|facts| facts.algorithm),
        ),
        Link::Unresolved { why, .. } => {
            (Fact::Unknown(why.clone()), Fact::Unknown(format!("the source bucket cannot be told: {why}")))
        }
    };
    let source_encryption = match (&replication.source, source_encryption) {
        (Link::To(source), Fact::Known(Algorithm::SseS3)) => {
            otherwise(view, source).map_or(Fact::Known(Algorithm::SseS3), Fact::Unknown)
        }
        (_, other) => other,
    };
    // What is written under SSE-S3 is replicated under SSE-S3.
    let brings_none = enabled == Fact::Known(false)
        || selected == Fact::Known(false)
        || served == Fact::Known(false)
        || source_encryption == Fact::Known(Algorithm::SseS3);
    if brings_none {
        return None;
    }
    let place = replication.key_place();
    let argument = Argument {
        values: replication.key_holder(rule),
        name: "replica_kms_key_id",
        expression: view.estate.replication_key(replication),
        place: &place,
    };
    let found = key::of_argument(view, replication.at, argument, subject.region().as_deref());
    let signed = subject.reach.access.known() == Some(&Access::Oac);
    let place = found.at.map(Place::At).or(found.id.map(Place::Id));
    let key_grant = if signed { subject.grant_on(&found.facts, place, None) } else { None };
    let mut evidence: Vec<_> =
        view.evidence(replication.at, &replication.place(), "replicates into this bucket").into_iter().collect();
    evidence.extend(found.evidence);
    Some(ReplicaFacts {
        address: view.estate.label(replication.at),
        into_this_bucket: match &replication.destination {
            Link::To(_) => Fact::Known(true),
            Link::Unresolved { why, .. } => Fact::Unknown(why.clone()),
        },
        source,
        source_encryption,
        enabled,
        selected,
        served,
        key: found.facts,
        key_grant: key_grant.map(|answer| answer.fact),
        evidence,
    })
}

/// Why a bucket may hold objects under a KMS key though its default is SSE-S3.
fn otherwise(view: &View<'_, '_, '_>, source: &Bucket) -> Option<String> {
    let label = || view.estate.bucket_label(source, view.world);
    if breadth::forced_uploads(view, source).is_some() {
        return Some(format!("the policy of {} lets nothing be uploaded without a KMS key", label()));
    }
    let objects = view.estate.settings_of(Setting::Object, source, view.world);
    let encrypted = objects.iter().find(|at| objects::is_under_kms(view, **at))?;
    Some(format!("{}, which is in {}, is under a KMS key", view.estate.label(*encrypted), label()))
}

/// Whether a rule replicates what a KMS key encrypts. It has to say so; otherwise such objects stay behind.
fn selects_kms(rule: &Node) -> Fact<bool> {
    let unknown = || Fact::Unknown("whether it replicates what a KMS key encrypts is known after apply".to_owned());
    let Ok(criteria) = rule.block("source_selection_criteria") else { return unknown() };
    let Some(criteria) = criteria else { return Fact::Known(false) };
    let Ok(objects) = criteria.block("sse_kms_encrypted_objects") else { return unknown() };
    let Some(objects) = objects else { return Fact::Known(false) };
    match (objects.text("status"), objects.get("enabled").map(|enabled| &enabled.kind)) {
        (Text::Known(status), _) => Fact::Known(status == "Enabled"),
        (_, Some(Kind::Bool(enabled))) => Fact::Known(*enabled),
        (Text::Unset, None | Some(Kind::Null)) => Fact::Known(false),
        _ => unknown(),
    }
}

/// The prefix of the objects that a rule replicates, empty where it replicates all. Replicas keep their key.
fn prefix(rule: &Node) -> Fact<String> {
    let unknown = || Fact::Unknown("which objects the rule replicates is known after apply".to_owned());
    let Ok(filter) = rule.block("filter") else { return unknown() };
    let Ok(and) = filter.map_or(Ok(None), |filter| filter.block("and")) else { return unknown() };
    let mut found = String::new();
    for holder in [Some(rule), filter, and].into_iter().flatten() {
        match holder.text("prefix") {
            Text::Unknown => return unknown(),
            prefix => found = prefix.non_empty().map_or(found, str::to_owned),
        }
    }
    Fact::Known(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replica(address: &str, plan: &str, path: &str) -> ReplicaFacts {
        let evidence =
            Evidence { plan: plan.to_owned(), address: address.to_owned(), path: path.to_owned(), note: String::new() };
        ReplicaFacts {
            address: address.to_owned(),
            into_this_bucket: Fact::Unknown("of a variable".to_owned()),
            source: Fact::Known("aws_s3_bucket.source".to_owned()),
            source_encryption: Fact::Known(Algorithm::SseKms),
            enabled: Fact::Known(true),
            selected: Fact::Known(true),
            served: Fact::Known(true),
            key: Fact::Unknown("of a variable".to_owned()),
            key_grant: None,
            evidence: vec![evidence],
        }
    }

    #[test]
    fn of_what_is_alike_the_first_and_the_foremost_are_kept() {
        let places = |all: &[(&str, &str, &str)]| {
            let all = all.iter().map(|(address, plan, path)| replica(address, plan, path));
            let place = |one: ReplicaFacts| format!("{} {}", one.evidence[0].plan, one.evidence[0].path);
            distinct(all).into_iter().map(place).collect::<Vec<_>>()
        };
        assert_eq!(places(&[("a", "1", "$"), ("a", "2", "$"), ("a", "3", "$")]), ["1 $"]);
        assert_eq!(places(&[("a", "3", "$"), ("a", "2", "$"), ("a", "1", "$"), ("a", "4", "$")]), ["3 $", "1 $"]);
        assert_eq!(places(&[("a", "1", "$[2]"), ("a", "2", "$[1]"), ("b", "3", "$")]), ["1 $[2]", "2 $[1]", "3 $"]);
    }

    #[test]
    fn what_differs_in_anything_else_is_kept() {
        let one = replica("a", "1", "$");
        for other in [
            ReplicaFacts { into_this_bucket: Fact::Known(true), ..one.clone() },
            ReplicaFacts { source: Fact::Unknown("x".to_owned()), ..one.clone() },
            ReplicaFacts { source_encryption: Fact::Unknown("x".to_owned()), ..one.clone() },
            ReplicaFacts { enabled: Fact::Unknown("x".to_owned()), ..one.clone() },
            ReplicaFacts { selected: Fact::Unknown("x".to_owned()), ..one.clone() },
            ReplicaFacts { served: Fact::Unknown("x".to_owned()), ..one.clone() },
            ReplicaFacts { key: Fact::Unknown("x".to_owned()), ..one.clone() },
            ReplicaFacts { key_grant: Some(Fact::Unknown("x".to_owned())), ..one.clone() },
            ReplicaFacts { address: "b".to_owned(), ..one.clone() },
        ] {
            assert_eq!(distinct([one.clone(), other].into_iter()).len(), 2);
        }
    }
}
