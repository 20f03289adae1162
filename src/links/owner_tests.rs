//! Who has the last word where a resource and its holder, or several resources, set the same thing.

use serde_json::{Value as Json, json};

use super::buckets::{Bucket, Setting};
use super::owner::LastWord;
use super::sketch::{ask, at, change, document, kept, made, refers};
use crate::plan::World;

const BUCKET: &str = "aws_s3_bucket.b";
const POLICY: &str = "aws_s3_bucket_policy.p";

/// The last word after the plan on the policy of a bucket that says it itself as well.
fn after(bucket_actions: &[&str], own: [&str; 2], policy_actions: &[&str]) -> String {
    let bucket = |policy| json!({"bucket": "b", "policy": policy});
    let policy = json!({"bucket": "b", "policy": "{}"});
    let none = json!({});
    let changes = [
        change(BUCKET, bucket_actions, &bucket(own[0]), (&bucket(own[1]), &none)),
        change(POLICY, policy_actions, &policy, (&policy, &none)),
    ];
    ask(&[document(&changes, &[(BUCKET, json!({"policy": {}}))], &none)], |estate| {
        let bucket = Bucket::Instance(at(estate, BUCKET));
        match estate.last_word_on(Setting::Policy, &bucket, "policy", World::After) {
            LastWord::Of(one) => estate.label(one),
            other => format!("{other:?}"),
        }
    })
}

#[test]
fn the_holder_speaks_last_where_only_its_own_argument_is_applied() {
    assert_eq!(after(&["update"], ["old", "new"], &["no-op"]), "Holder");
    assert_eq!(after(&["no-op"], ["new", "new"], &["forget"]), "Holder");
    for (bucket, own, policy) in [
        (&["update"] as &[&str], ["old", "new"], &["update"] as &[&str]),
        (&["update"], ["new", "new"], &["no-op"]),
        (&["no-op"], ["new", "new"], &["no-op"]),
        (&["no-op"], ["old", "new"], &["no-op"]),
        (&["delete", "create"], ["old", "new"], &["no-op"]),
    ] {
        assert_eq!(after(bucket, own, policy), POLICY, "{bucket:?} {own:?} {policy:?}");
    }
}

#[test]
fn a_policy_whose_look_up_is_put_off_may_set_it_as_well() {
    let unsettled = |look_up: bool| {
        let mut changes = vec![
            kept(BUCKET, &json!({"bucket": "b"})),
            kept(POLICY, &json!({"bucket": "b", "policy": "{}"})),
            made("aws_s3_bucket_policy.late", &json!({"policy": "{}"}), &json!({"bucket": true})),
        ];
        changes.push(made("data.aws_s3_bucket.d", &json!({}), &json!({"bucket": true, "id": true})));
        let references: &[&str] =
            if look_up { &["data.aws_ssm_parameter.name.value"] } else { &["aws_s3_bucket.new.id", "local.name"] };
        let blocks = [("aws_s3_bucket_policy.late", json!({"bucket": refers(references)}))];
        ask(&[document(&changes, &blocks, &json!({}))], |estate| {
            let bucket = Bucket::Instance(at(estate, BUCKET));
            match estate.last_word_on(Setting::Policy, &bucket, "policy", World::After) {
                LastWord::Unsettled(why) => Some(why.contains("aws_s3_bucket_policy.late")),
                other => {
                    assert_eq!(other, LastWord::Of(at(estate, POLICY)));
                    None
                }
            }
        })
    };
    assert_eq!(unsettled(true), Some(true));
    assert_eq!(unsettled(false), None);
}

#[test]
fn resources_of_several_plans_are_listed_once_and_as_such() {
    let text = |names: &[&str]| {
        let changes: Vec<Json> = names.iter().map(|name| kept(name, &json!({"bucket": "b"}))).collect();
        document(&changes, &[], &json!({}))
    };
    let two = "aws_s3_bucket_policy.q";
    let listed = |texts: &[String]| ask(texts, |estate| estate.list_of(&estate.all(World::After)));
    assert_eq!(listed(&[text(&[two, POLICY])]), "aws_s3_bucket_policy.p, aws_s3_bucket_policy.q");
    assert_eq!(listed(&[text(&[POLICY]), text(&[POLICY])]), "aws_s3_bucket_policy.p of several plans");
}
