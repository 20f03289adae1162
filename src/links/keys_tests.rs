//! Which key a look-up, an alias or a policy is for.

use serde_json::{Value as Json, json};

use super::keys::Key;
use super::sketch::{ask, at, document, kept, made, refers};
use crate::aws::arn::KeyName;
use crate::plan::World;

const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234";
const ELSEWHERE: &str = "arn:aws:kms:us-east-1:111122223333:key/1234";

fn key() -> Json {
    kept("aws_kms_key.k", &json!({"arn": ARN, "key_id": "1234", "id": "1234"}))
}

/// What a data source with these attributes looks up.
fn looked_up(values: &Json) -> String {
    let alias = |name: &str, target: &str| {
        let arn = format!("arn:aws:kms:eu-west-1:111122223333:alias/{name}");
        let values = json!({"name": format!("alias/{name}"), "arn": arn, "target_key_id": target});
        kept(&format!("aws_kms_alias.{name}"), &values)
    };
    let changes = [key(), alias("site", "1234"), alias("far", "5678"), kept("data.aws_kms_key.d", values)];
    ask(&[document(&changes, &[], &json!({}))], |estate| {
        match estate.looked_up_key(at(estate, "data.aws_kms_key.d"), World::After) {
            Key::Instance(at) => estate.label(at),
            Key::Named(id) => format!("named {id}"),
        }
    })
}

#[test]
fn a_look_up_leads_to_the_key_that_it_finds() {
    for (values, expected) in [
        (json!({"arn": ARN, "key_id": "alias/far"}), "aws_kms_key.k"),
        (json!({"key_id": "1234"}), "aws_kms_key.k"),
        (json!({"arn": ELSEWHERE}), "named 1234"),
        (json!({"arn": "arn:aws:kms:eu-west-1:111122223333:key/5678"}), "named 5678"),
        (json!({"key_id": "alias/site"}), "aws_kms_key.k"),
        (json!({"key_id": "arn:aws:kms:eu-west-1:111122223333:alias/site"}), "aws_kms_key.k"),
        (json!({"key_id": "alias/far"}), "named 5678"),
        (json!({"key_id": "alias/other"}), "data.aws_kms_key.d"),
        (json!({}), "data.aws_kms_key.d"),
    ] {
        assert_eq!(looked_up(&values), expected, "{values}");
    }
}

#[test]
fn an_id_that_two_keys_have_is_that_of_neither() {
    let twin = kept("aws_kms_replica_key.r", &json!({"arn": ELSEWHERE, "key_id": "1234"}));
    let look_up = kept("data.aws_kms_key.d", &json!({"key_id": "1234"}));
    ask(&[document(&[key(), twin, look_up], &[], &json!({}))], |estate| {
        let look_up = at(estate, "data.aws_kms_key.d");
        assert_eq!(estate.looked_up_key(look_up, World::After), Key::Instance(look_up));
    });
}

#[test]
fn an_alias_leads_to_the_key_it_was_written_with() {
    let changes = [
        made("aws_kms_key.new", &json!({}), &json!({"arn": true, "key_id": true, "id": true})),
        made("aws_kms_alias.a", &json!({"name": "alias/new"}), &json!({"target_key_id": true})),
        made("data.aws_kms_key.d", &json!({"key_id": "alias/new"}), &json!({"arn": true, "id": true})),
    ];
    let blocks =
        [("aws_kms_alias.a", json!({"target_key_id": refers(&["aws_kms_key.new.key_id", "aws_kms_key.new"])}))];
    ask(&[document(&changes, &blocks, &json!({}))], |estate| {
        let found = estate.looked_up_key(at(estate, "data.aws_kms_key.d"), World::After);
        assert_eq!(found, Key::Instance(at(estate, "aws_kms_key.new")));
    });
}

#[test]
fn an_arn_is_that_of_the_key_which_has_it_or_of_one_which_has_none_yet() {
    let hidden = kept("aws_kms_key.hidden", &json!({"key_id": "1234"}));
    ask(&[document(&[key(), hidden], &[], &json!({}))], |estate| {
        let [k, hidden] = ["aws_kms_key.k", "aws_kms_key.hidden"].map(|address| at(estate, address));
        assert!(estate.has_arn(k, World::After) && !estate.has_arn(hidden, World::After));
        let named = |name: &str| estate.keys_named(&KeyName::parse(name), 0, None, World::After);
        assert_eq!(named(ARN), [k]);
        assert_eq!(named(ELSEWHERE), [hidden]);
        assert_eq!(named("1234"), [k, hidden]);
    });
}

/// Whether a policy that was written with this may be that of a key that is there already, and of one that is made.
fn adrift(references: &[&str]) -> [bool; 2] {
    let unknown = json!({"arn": true, "key_id": true, "id": true});
    let changes = [
        key(),
        made("aws_kms_key.a", &json!({}), &unknown),
        made("aws_kms_key.b", &json!({}), &unknown),
        made("aws_kms_key_policy.p", &json!({"policy": "{}"}), &json!({"key_id": true})),
    ];
    let blocks = [("aws_kms_key_policy.p", json!({"key_id": refers(references)}))];
    ask(&[document(&changes, &blocks, &json!({}))], |estate| {
        ["aws_kms_key.k", "aws_kms_key.a"].map(|address| {
            let found = estate.key_policy_adrift(at(estate, address), World::After);
            assert!(found.is_none_or(|found| found == at(estate, "aws_kms_key_policy.p")));
            found.is_some()
        })
    })
}

#[test]
fn a_policy_of_no_certain_key_may_be_that_of_any_that_its_words_can_mean() {
    assert_eq!(adrift(&["aws_kms_key.a.key_id"]), [false, false], "it is that of `a`");
    assert_eq!(adrift(&["local.key"]), [true, true]);
    assert_eq!(
        adrift(&["aws_kms_key.a.key_id", "aws_kms_key.b.key_id"]),
        [false, true],
        "neither of them is there yet"
    );
}
