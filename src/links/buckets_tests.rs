//! Which bucket an argument leads to, and which resources and arguments set something of it.

use serde_json::{Value as Json, json};

use super::buckets::{Bucket, Setting};
use super::estate::{Estate, Link};
use super::sketch::{ask, at, document, kept, made, refers};
use crate::plan::World;

const POLICY: &str = "aws_s3_bucket_policy.p";

fn unknown() -> Json {
    json!({"bucket": true, "id": true, "arn": true})
}

fn label(estate: &Estate<'_, '_>, bucket: &Bucket) -> String {
    match bucket {
        Bucket::Instance(at) => estate.label(*at),
        Bucket::Named(name) => format!("named {name}"),
    }
}

/// Where the bucket of a policy leads that was written with these references, beside these instances.
fn of_policy(beside: &[Json], blocks: &[(&str, Json)], references: &[&str]) -> String {
    let mut changes = beside.to_vec();
    changes.push(made(POLICY, &json!({}), &unknown()));
    let mut blocks = blocks.to_vec();
    blocks.push((POLICY, json!({"bucket": refers(references)})));
    ask(&[document(&changes, &blocks, &json!({}))], |estate| {
        match estate.bucket_of(at(estate, POLICY), "bucket", World::After) {
            Link::To(bucket) => label(estate, &bucket),
            Link::Unresolved { candidates, closed, .. } => {
                let labels: Vec<String> = candidates.iter().map(|bucket| label(estate, bucket)).collect();
                format!("{} {}", if closed { "one of" } else { "any, or" }, labels.join(" "))
            }
        }
    })
}

#[test]
fn a_reference_leads_to_the_one_bucket_or_to_all_that_it_may_be() {
    let beside = [made("aws_s3_bucket.a", &json!({}), &unknown()), made("aws_s3_bucket.b", &json!({}), &unknown())];
    for (references, expected) in [
        (&["aws_s3_bucket.a.id"] as &[&str], "aws_s3_bucket.a"),
        (&["aws_s3_bucket.a.id", "aws_s3_bucket.b.id"], "one of aws_s3_bucket.a aws_s3_bucket.b"),
        (&["aws_s3_bucket.a.id", "local.name"], "any, or aws_s3_bucket.a"),
        (&["local.name"], "any, or "),
    ] {
        assert_eq!(of_policy(&beside, &[], references), expected);
    }
}

#[test]
fn what_is_in_a_bucket_leads_to_it_and_what_only_mentions_one_does_not() {
    let beside = [
        made("aws_s3_bucket.a", &json!({}), &unknown()),
        made("aws_s3_object.known", &json!({"bucket": "site"}), &json!({"id": true})),
        made("aws_s3_object.o", &json!({}), &unknown()),
        made("data.aws_s3_bucket.d", &json!({}), &unknown()),
        made("data.aws_s3_bucket.lost", &json!({}), &unknown()),
        made("awscc_s3_access_point.p", &json!({"bucket": "site"}), &json!({"alias": true})),
    ];
    let a = json!({"bucket": refers(&["aws_s3_bucket.a.id"])});
    let blocks = [
        ("aws_s3_object.o", a.clone()),
        ("data.aws_s3_bucket.d", a),
        ("data.aws_s3_bucket.lost", json!({"bucket": refers(&["local.name"])})),
    ];
    for (reference, expected) in [
        ("aws_s3_object.known.id", "named site"),
        ("aws_s3_object.o.bucket", "aws_s3_bucket.a"),
        ("data.aws_s3_bucket.d.id", "aws_s3_bucket.a"),
        ("data.aws_s3_bucket.lost.id", "data.aws_s3_bucket.lost"),
        ("awscc_s3_access_point.p.alias", "any, or "),
    ] {
        assert_eq!(of_policy(&beside, &blocks, &[reference]), expected, "{reference}");
    }
}

#[test]
fn what_goes_round_in_a_circle_comes_to_an_end() {
    for (address, expected) in [("data.aws_s3_bucket.d", "data.aws_s3_bucket.d"), ("aws_s3_object.o", "any, or ")] {
        let beside = [made(address, &json!({}), &unknown())];
        let reference = format!("{address}.id");
        let blocks = [(address, json!({"bucket": refers(&[&reference])}))];
        assert_eq!(of_policy(&beside, &blocks, &[&reference]), expected);
    }
}

#[test]
fn a_setting_of_no_certain_bucket_may_be_that_of_each_that_its_words_can_mean() {
    let addresses = ["aws_s3_bucket.old", "aws_s3_bucket.a", "aws_s3_bucket.b", "aws_s3_bucket.c"];
    let adrift = |references: &[&str]| {
        let mut changes = vec![kept(addresses[0], &json!({"bucket": "old"}))];
        changes.extend(addresses[1..].iter().map(|address| made(address, &json!({}), &unknown())));
        changes.push(made("aws_kms_key.k", &json!({}), &json!({"arn": true})));
        changes.push(made(POLICY, &json!({}), &unknown()));
        let blocks = [(POLICY, json!({"bucket": refers(references)}))];
        ask(&[document(&changes, &blocks, &json!({}))], |estate| {
            let may_be = |address: &&str| {
                let bucket = Bucket::Instance(at(estate, address));
                estate.settings_adrift(Setting::Policy, &bucket, World::After).any(|one| one.at == at(estate, POLICY))
            };
            addresses.into_iter().filter(|address| may_be(address)).collect::<Vec<_>>()
        })
    };
    assert_eq!(adrift(&["aws_s3_bucket.a.id"]), [""; 0]);
    assert_eq!(adrift(&["aws_s3_bucket.a.id", "aws_s3_bucket.b.id"]), addresses[1..3]);
    assert_eq!(adrift(&["local.name"]), addresses);
    assert_eq!(adrift(&["aws_kms_key.k.arn"]), addresses[1..], "no old bucket has a name that is made");
}

#[test]
fn a_block_of_the_account_is_that_of_the_buckets_of_its_plan() {
    let text = |name: &str, providers: &Json| {
        let changes = [
            kept("aws_s3_bucket.b", &json!({"bucket": name})),
            kept("aws_s3_account_public_access_block.all", &json!({"restrict_public_buckets": true})),
            kept("data.aws_caller_identity.me", &json!({"account_id": "111122223333"})),
        ];
        document(&changes, &[], providers)
    };
    let one_account = json!({"aws": {"name": "aws"}});
    ask(&[text("first", &one_account), text("second", &json!({}))], |estate| {
        for world in [World::Before, World::After] {
            let blocks = |bucket: &Bucket| estate.account_blocks(bucket, world).collect::<Vec<_>>();
            let found = |name: &str| blocks(estate.bucket_named(name, 0, world).target().unwrap());
            let [(first, true)] = found("first")[..] else { panic!("of the first plan, for certain") };
            let [(second, false)] = found("second")[..] else { panic!("of the second plan, perhaps") };
            assert_eq!((first.plan, second.plan), (0, 1));
            assert_eq!(estate.label(first), "aws_s3_account_public_access_block.all");
            assert_eq!(blocks(&Bucket::Named("first".to_owned())), []);
        }
    });
}

#[test]
fn a_bucket_of_another_dialect_holds_what_it_is_configured_with() {
    const BUCKET: &str = "awscc_s3_bucket.b";
    const BLOCK: &str = "public_access_block_configuration";
    let holds = |known: Json, unknown: Json, written: Json| {
        let change = made(BUCKET, &known, &unknown);
        ask(&[document(&[change], &[(BUCKET, written)], &json!({}))], |estate| {
            let bucket = at(estate, BUCKET);
            [Setting::PublicAccessBlock, Setting::Ownership]
                .map(|setting| estate.settings_of(setting, &Bucket::Instance(bucket), World::After) == [bucket])
        })
    };
    let (nothing, hidden) = (json!({}), json!({BLOCK: true, "ownership_controls": true, "id": true}));
    let (blocks, rules) = (json!({BLOCK: {"ignore_public_acls": true}}), json!({"ownership_controls": {"rules": []}}));
    assert_eq!(holds(blocks, json!({}), json!({BLOCK: {}})), [true, false]);
    assert_eq!(holds(rules, json!({}), json!({"ownership_controls": {}})), [false, true]);
    assert_eq!(holds(nothing.clone(), hidden.clone(), nothing.clone()), [false, false], "unknown, for it is not set");
    assert_eq!(holds(nothing.clone(), hidden, json!({BLOCK: refers(&["local.block"])})), [true, false]);
    assert_eq!(holds(nothing.clone(), nothing.clone(), nothing), [false, false]);
}
