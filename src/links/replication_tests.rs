//! Into which bucket a replication brings objects, by value and by reference, in resources of its own and in a bucket's.

use serde_json::{Value as Json, json};

use super::buckets::Bucket;
use super::estate::Link;
use super::sketch::{ask, at, document, kept, made, refers};
use crate::plan::World;
use crate::plan::instance::Part;

const HOLDER: &str = "aws_s3_bucket_replication_configuration.r";
const INLINE: &str = "aws_s3_bucket.r";
/// What may get the replicas: a bucket that is there, two that are made, one that no plan has.
const BUCKETS: [&str; 4] = ["aws_s3_bucket.old", "aws_s3_bucket.a", "aws_s3_bucket.b", "elsewhere"];

/// The buckets into which each rule brings objects, or may; a rule is written with a name or with references.
fn into(inline: bool, rules: &[Json]) -> Vec<Vec<&'static str>> {
    let values = |rule: &Json| match rule.as_str() {
        Some(name) => (json!({"destination": [{"bucket": name}]}), json!({"destination": [{}]})),
        None => (json!({"destination": [{}]}), json!({"destination": [{"bucket": true}]})),
    };
    let (known, unknown): (Vec<Json>, Vec<Json>) = rules.iter().map(values).unzip();
    let written: Vec<Json> = rules
        .iter()
        .map(|rule| json!({"destination": [{"bucket": if rule.is_string() { json!({}) } else { rule.clone() }}]}))
        .collect();
    let holds = |list: Json| {
        if inline { json!({"replication_configuration": [{"rules": list}]}) } else { json!({"rule": list}) }
    };
    let (mut known, unknown, written) = (holds(json!(known)), holds(json!(unknown)), holds(json!(written)));
    known["bucket"] = json!("source");
    let holder = if inline { INLINE } else { HOLDER };
    let new = json!({"bucket": true, "id": true, "arn": true});
    let changes = [
        kept(BUCKETS[0], &json!({"bucket": "old"})),
        made(BUCKETS[1], &json!({}), &new),
        made(BUCKETS[2], &json!({}), &new),
        made("aws_kms_key.k", &json!({}), &json!({"arn": true})),
        made(holder, &known, &unknown),
    ];
    ask(&[document(&changes, &[(holder, written)], &json!({}))], |estate| {
        let mut found = vec![Vec::new(); rules.len()];
        for name in BUCKETS {
            let bucket = match name {
                "elsewhere" => Bucket::Named(name.to_owned()),
                address => Bucket::Instance(at(estate, address)),
            };
            for replication in estate.replications_into(&bucket, World::After) {
                assert_eq!(replication.at, at(estate, holder));
                let source = if inline { Bucket::Instance(replication.at) } else { Bucket::Named("source".to_owned()) };
                assert_eq!(replication.source, Link::To(source));
                let list = estate.values(replication.at, World::After).unwrap();
                let rule = replication.rule(list).unwrap();
                let position =
                    (0..rules.len()).find(|at| replication.place().last() == Some(&Part::Index(*at))).unwrap();
                if let Some(name) = rules[position].as_str() {
                    let destination = rule.block("destination").unwrap().unwrap();
                    assert_eq!(destination.text("bucket").non_empty(), Some(name));
                }
                found[position].push(name);
            }
        }
        found
    })
}

fn a() -> Json {
    refers(&["aws_s3_bucket.a.arn", "aws_s3_bucket.a"])
}

fn b() -> Json {
    refers(&["aws_s3_bucket.b.arn", "aws_s3_bucket.b"])
}

#[test]
fn a_replication_goes_into_the_bucket_that_it_names() {
    for inline in [false, true] {
        assert_eq!(into(inline, &[json!("arn:aws:s3:::old")]), [["aws_s3_bucket.old"]], "{inline}");
        assert_eq!(into(inline, &[json!("arn:aws:s3:::elsewhere")]), [["elsewhere"]], "{inline}");
        assert_eq!(into(inline, &[json!("")]), [[""; 0]], "{inline}");
        let several = [json!("arn:aws:s3:::old"), json!("arn:aws:s3:::elsewhere")];
        assert_eq!(into(inline, &several), [["aws_s3_bucket.old"], ["elsewhere"]], "{inline}");
        assert_eq!(into(inline, &[a()]), [["aws_s3_bucket.a"]], "{inline}");
    }
}

#[test]
fn each_rule_of_a_list_is_written_at_its_place_and_those_of_a_set_at_none() {
    assert_eq!(into(false, &[a(), b()]), [["aws_s3_bucket.a"], ["aws_s3_bucket.b"]]);
    assert_eq!(into(true, &[a(), b()]), [BUCKETS, BUCKETS]);
}

#[test]
fn what_cannot_be_told_goes_into_any_bucket_that_it_can_mean() {
    let either = refers(&["aws_s3_bucket.a.arn", "aws_s3_bucket.b.arn"]);
    assert_eq!(into(false, &[either]), [["aws_s3_bucket.a", "aws_s3_bucket.b"]]);
    assert_eq!(into(false, &[refers(&["aws_s3_bucket.a.arn", "local.more"])]), [BUCKETS]);
    assert_eq!(into(false, &[refers(&["local.bucket"])]), [BUCKETS]);
    // No bucket that is there already has a name that comes from something which is not.
    assert_eq!(into(false, &[refers(&["aws_kms_key.k.arn"])]), [["aws_s3_bucket.a", "aws_s3_bucket.b"]]);
}
