//! What an estate tells of its plans: their account, their Regions, the keys that change, the names that may be old.

use serde_json::{Value as Json, json};

use super::sketch::{ask, at, change, document, kept, made, refers};
use crate::plan::World;

fn aws(expressions: &Json) -> Json {
    json!({"aws": {"name": "aws", "expressions": expressions}})
}

#[test]
fn the_account_of_a_plan_is_the_one_that_all_of_it_shows() {
    let asked = |account: &str| kept("data.aws_caller_identity.me", &json!({"account_id": account}));
    let key = |account: &str| kept("aws_kms_key.k", &json!({"arn": format!("arn:aws:kms:eu-west-1:{account}:key/1")}));
    let (one, two) = ("111122223333", "444455556666");
    let roles = json!({
        "aws": {"name": "aws"},
        "aws.other": {"name": "aws", "expressions": {"assume_role": [{"role_arn": {"references": ["var.role"]}}]}},
    });
    for (changes, providers, expected) in [
        (vec![asked(one)], aws(&json!({})), Some(one)),
        (vec![key(one)], aws(&json!({})), Some(one)),
        (vec![asked(two), key(two)], aws(&json!({})), Some(two)),
        (vec![asked(one), key(two)], aws(&json!({})), None),
        (vec![asked("(redacted)")], aws(&json!({})), None),
        (vec![asked(one)], roles, None),
        (vec![asked(one)], json!({}), None),
        (vec![], aws(&json!({})), None),
    ] {
        let text = document(&changes, &[], &providers);
        ask(&[text], |estate| assert_eq!(estate.account(0), expected, "{changes:?}"));
    }
}

#[test]
fn a_new_resource_is_in_the_region_of_its_provider() {
    let changes = [
        made("aws_s3_bucket.new", &json!({}), &json!({"region": true})),
        kept("aws_s3_bucket.old", &json!({"bucket": "old"})),
    ];
    let blocks = ["aws_s3_bucket.new", "aws_s3_bucket.old"].map(|address| (address, json!({})));
    let region = |expression: Json| {
        let text = document(&changes, &blocks, &aws(&json!({ "region": expression })));
        ask(&[text], |estate| {
            assert_eq!(estate.region_of_provider(at(estate, "aws_s3_bucket.old")), None);
            estate.region_of_provider(at(estate, "aws_s3_bucket.new"))
        })
    };
    assert_eq!(region(json!({"constant_value": "eu-west-1"})).as_deref(), Some("eu-west-1"));
    assert_eq!(region(refers(&["var.region"])), None);
}

#[test]
fn a_key_changes_with_itself_or_with_its_policy() {
    let key = |name: &str| json!({"arn": format!("arn:aws:kms:eu-west-1:111122223333:key/{name}"), "key_id": name});
    let policy = |of: &str, text: &str| json!({"key_id": of, "policy": text});
    let none = json!({});
    let changes = [
        kept("aws_kms_key.same", &key("same")),
        change("aws_kms_key.own", &["update"], &key("own"), (&key("own"), &none)),
        kept("aws_kms_key.granted", &key("granted")),
        change("aws_kms_key_policy.p", &["update"], &policy("granted", "a"), (&policy("granted", "b"), &none)),
        kept("aws_kms_key_policy.same", &policy("same", "a")),
        made("aws_kms_key.new", &json!({}), &json!({"arn": true})),
    ];
    ask(&[document(&changes, &[], &json!({}))], |estate| {
        let labels: Vec<String> = estate.keys_changed().iter().map(|at| estate.label(*at)).collect();
        assert_eq!(labels, ["aws_kms_key.own", "aws_kms_key.granted"]);
    });
}

/// Of an argument that is known after apply: whether it may name what exists, and whether a look-up that is put off names it.
fn named(references: &[&str]) -> (bool, bool) {
    const POLICY: &str = "aws_s3_bucket_policy.p";
    let unknown = json!({"bucket": true, "id": true});
    let changes = [
        made("aws_s3_bucket.new", &json!({}), &unknown),
        kept("aws_s3_bucket.old", &json!({"bucket": "old"})),
        made("data.aws_s3_bucket.d", &json!({}), &unknown),
        made(POLICY, &json!({}), &unknown),
    ];
    let blocks = [(POLICY, json!({"bucket": refers(references)}))];
    ask(&[document(&changes, &blocks, &json!({}))], |estate| {
        let policy = at(estate, POLICY);
        assert!(estate.may_name_what_exists(policy, "bucket", World::Before));
        assert!(estate.may_name_what_exists(policy, "policy", World::After), "nothing shows what it was written with");
        assert!(!estate.is_put_off(policy, "bucket", World::Before));
        assert!(!estate.is_put_off(policy, "policy", World::After));
        (estate.may_name_what_exists(policy, "bucket", World::After), estate.is_put_off(policy, "bucket", World::After))
    })
}

#[test]
fn what_is_written_only_with_what_is_made_names_nothing_that_exists() {
    assert_eq!(named(&["aws_s3_bucket.new.id"]), (false, false));
    assert_eq!(named(&["aws_s3_bucket.old.id"]), (true, false));
    assert_eq!(named(&["aws_s3_bucket.new.id", "aws_s3_bucket.old.id"]), (true, false));
    assert_eq!(named(&["aws_s3_bucket.new.id", "local.name"]), (true, false));
    assert_eq!(named(&["local.name"]), (true, false));
    assert_eq!(named(&["path.module"]), (true, false));
    assert_eq!(named(&["data.aws_s3_bucket.d.id"]), (true, true));
    assert_eq!(named(&["data.aws_ssm_parameter.name.value"]), (true, true));
    assert_eq!(named(&["data.aws_elb_service_account.a.arn"]), (true, true));
}
