//! Statement trees with unknown leaves, as plans hold them.

use serde_json::{Value as Json, json};

use super::Outcome::{Allowed as Yes, NotGranted as No, Unresolved as Maybe};
use super::asking::{BUCKET_ADDRESS, DIST, DIST_ADDRESS, GRANT, OAI_ADDRESS, R, policy, request};
use super::*;
use crate::plan::value::Node;

/// References as configuration gives them: per list, whatever the item. `address = value` has a known value; what stands
/// twice is referred to twice.
struct Refs(&'static [(&'static str, &'static [&'static str])]);

impl LeafReferences for Refs {
    fn references(&self, _statement: usize, part: LeafPart<'_>) -> Option<Vec<Reference>> {
        let name = match part {
            LeafPart::Action | LeafPart::NotAction => "actions",
            LeafPart::Resource | LeafPart::NotResource => "resources",
            LeafPart::Principal { .. } | LeafPart::NotPrincipal { .. } => "principals",
            LeafPart::ConditionValue { .. } => "values",
        };
        let found = self.0.iter().find(|(part, _)| *part == name)?;
        let reference = |text: &&str| match text.split_once(" = ") {
            Some((address, value)) => Reference { known: vec![value.to_owned()], ..address.to_owned().into() },
            None => (*text).to_owned().into(),
        };
        Some(found.1.iter().map(reference).collect())
    }
}

fn tree(value: &Json, unknown: &Json, refs: &Refs) -> Document {
    Document::from_statements(&Node::merge(Some(&json!([value])), Some(&json!([unknown])), None), refs)
}

#[test]
fn unknown_leaves_that_refer_to_nothing_else_are_what_they_refer_to() {
    const BUCKET: (&str, &[&str]) = ("resources", &[BUCKET_ADDRESS]);
    const THIS: (&str, &[&str]) = ("values", &[DIST_ADDRESS]);
    let first_apply = json!({
        "effect": null, "actions": ["s3:GetObject"], "resources": [null], "not_principals": [],
        "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}],
        "condition": [{"test": "StringEquals", "variable": "AWS:SourceArn", "values": [null]}],
    });
    let unknown = json!({"resources": [true], "condition": [{"values": [true]}]});
    let outcome = |r: R, refs: &'static [(&'static str, &'static [&'static str])]| {
        evaluate(&tree(&first_apply, &unknown, &Refs(refs)), &request(r)).outcome
    };
    assert_eq!(outcome(R::OacNew, &[BUCKET, THIS]), Yes, "the ordinary first apply");
    assert_eq!(outcome(R::OacUnnamed, &[BUCKET, THIS]), Yes, "the bucket's name unknown too");
    assert_eq!(outcome(R::Oac, &[BUCKET, THIS]), Yes);
    assert_eq!(outcome(R::OacNew, &[BUCKET]), Maybe, "a dynamic condition hides the reference");
    assert_eq!(outcome(R::OacNew, &[THIS]), Maybe);
    assert_eq!(outcome(R::OacNew, &[BUCKET, ("values", &["aws_cloudfront_distribution.other"])]), Maybe);
    assert_eq!(outcome(R::OacNew, &[BUCKET, ("values", &[DIST_ADDRESS, "aws_cloudfront_distribution.other"])]), Maybe);
    assert_eq!(outcome(R::OacNew, &[("resources", &["aws_s3_bucket.other"]), THIS]), Maybe);
    let built: &[&str] = &["data.aws_caller_identity.me", DIST_ADDRESS];
    let refs = Box::leak(Box::new([BUCKET, ("values", built)]));
    assert_eq!(outcome(R::OacNew, refs), Yes, "an ARN put together by hand");
    assert_eq!(outcome(R::OaiNew, &[BUCKET, THIS]), No, "still for the service only");
    assert_eq!(outcome(R::Anon, &[BUCKET, THIS]), No);
}

#[test]
fn as_many_unknown_leaves_as_references_name_one_each() {
    let shared = json!({
        "effect": null, "actions": ["s3:GetObject"], "resources": ["*"], "not_principals": [],
        "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}],
        "condition": [{"test": "StringEquals", "variable": "AWS:SourceArn", "values": [null, null]}],
    });
    let unknown = json!({"condition": [{"values": [true, true]}]});
    let outcome = |refs: &'static [(&'static str, &'static [&'static str])]| {
        evaluate(&tree(&shared, &unknown, &Refs(refs)), &request(R::OacNew)).outcome
    };
    assert_eq!(outcome(&[("values", &["aws_cloudfront_distribution.other", DIST_ADDRESS])]), Yes);
    assert_eq!(outcome(&[("values", &["aws_cloudfront_distribution.a", "aws_cloudfront_distribution.b"])]), Maybe);
    assert_eq!(outcome(&[("values", &["var.flag", "aws_cloudfront_distribution.b", DIST_ADDRESS])]), Maybe);
    assert_eq!(outcome(&[("values", &[DIST_ADDRESS])]), Yes);
    // `[other.arn, flag ? this.arn : other.arn]`.
    let choice: &[&str] = &["aws_cloudfront_distribution.other", DIST_ADDRESS, "aws_cloudfront_distribution.other"];
    assert_eq!(outcome(Box::leak(Box::new([("values", choice)]))), Maybe);
    assert_eq!(outcome(&[("values", &[DIST_ADDRESS, DIST_ADDRESS, DIST_ADDRESS])]), Yes);
}

#[test]
fn what_stands_in_the_list_already_is_not_what_is_unknown() {
    const OTHER: &str = "arn:aws:cloudfront::111122223333:distribution/E9XY";
    const KNOWN: &str = "aws_cloudfront_distribution.old = arn:aws:cloudfront::111122223333:distribution/E9XY";
    const THIRD: &str = "aws_cloudfront_distribution.third";
    let outcome = |values: &Json, refs: &'static [&'static str]| {
        let list = json!({
            "effect": null, "actions": ["s3:GetObject"], "resources": ["*"], "not_principals": [],
            "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}],
            "condition": [{"test": "StringEquals", "variable": "AWS:SourceArn", "values": values}],
        });
        let unknown: Vec<bool> = values.as_array().expect("a list").iter().map(Json::is_null).collect();
        let unknown = json!({"condition": [{"values": unknown}]});
        let refs = Refs(Box::leak(Box::new([("values", refs)])));
        evaluate(&tree(&list, &unknown, &refs), &request(R::OacNew)).outcome
    };
    assert_eq!(outcome(&json!([OTHER, null]), &[KNOWN, DIST_ADDRESS]), Yes, "a distribution joins");
    assert_eq!(outcome(&json!([null, OTHER, null]), &[KNOWN, DIST_ADDRESS, THIRD]), Yes, "two join");
    assert_eq!(outcome(&json!([OTHER, null, OTHER, null]), &[KNOWN, DIST_ADDRESS]), Yes, "each of them twice");
    assert_eq!(outcome(&json!([OTHER, null, null]), &[KNOWN, THIRD, DIST_ADDRESS, THIRD]), Maybe, "a choice");
    assert_eq!(outcome(&json!([OTHER, null, null]), &[KNOWN, THIRD, KNOWN, DIST_ADDRESS]), Yes);
    assert_eq!(outcome(&json!([OTHER, null]), &[KNOWN, THIRD]), Maybe, "another one joins");
    assert_eq!(outcome(&json!([OTHER, null]), &[KNOWN, DIST_ADDRESS, THIRD]), Maybe, "one of two joins");
    assert_eq!(outcome(&json!([OTHER, null]), &[KNOWN, DIST_ADDRESS, "local.more"]), Maybe);
    assert_eq!(outcome(&json!([OTHER, null]), &["aws_cloudfront_distribution.old", DIST_ADDRESS]), Maybe);
    // Its value is in no leaf, so it may be a part of one.
    assert_eq!(outcome(&json!(["x", null]), &[KNOWN, DIST_ADDRESS]), Maybe);
    // Of the same thing one attribute stands in the list, and another one may not.
    assert_eq!(outcome(&json!([OTHER, null]), &[KNOWN, "aws_cloudfront_distribution.old", DIST_ADDRESS]), Maybe);
}

#[test]
fn unknown_principals() {
    let statement = |kind: &str| {
        json!({
            "effect": null, "actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::site/*"], "not_principals": [],
            "principals": [{"type": kind, "identifiers": [null]}], "condition": [],
        })
    };
    let unknown = json!({"principals": [{"identifiers": [true]}]});
    let outcome = |kind: &str, r: R, address: &'static [&'static str]| {
        let refs: &'static [(&'static str, &'static [&'static str])] = Box::leak(Box::new([("principals", address)]));
        evaluate(&tree(&statement(kind), &unknown, &Refs(refs)), &request(r)).outcome
    };
    assert_eq!(outcome("AWS", R::OaiNew, &[OAI_ADDRESS]), Yes);
    assert_eq!(outcome("CanonicalUser", R::OaiNew, &[OAI_ADDRESS]), Yes);
    assert_eq!(outcome("AWS", R::Oai, &[OAI_ADDRESS]), Yes);
    assert_eq!(outcome("AWS", R::OaiNew, &["aws_cloudfront_origin_access_identity.other"]), Maybe);
    assert_eq!(outcome("AWS", R::OaiNew, &[]), Maybe);
    assert_eq!(outcome("AWS", R::OaiNew, &["var.principal"]), Maybe);
    assert_eq!(outcome("AWS", R::OaiNew, &["aws_iam_role.deploy"]), No, "a role is no identity");
    assert_eq!(outcome("AWS", R::OacNew, &[OAI_ADDRESS]), No, "C10: an identity is not the service");
    assert_eq!(outcome("AWS", R::OacNew, &["data.aws_caller_identity.me"]), No);
    assert_eq!(outcome("AWS", R::OacNew, &["var.principal"]), Maybe, "it could be everyone");
    assert_eq!(outcome("AWS", R::OacNew, &[OAI_ADDRESS, "var.principal"]), Maybe);
    assert_eq!(outcome("CanonicalUser", R::OacNew, &["var.principal"]), No, "a service has no canonical user id");
    assert_eq!(outcome("Service", R::OacNew, &["var.principal"]), Maybe);
    assert_eq!(outcome("Service", R::OaiNew, &["var.principal"]), No);
    assert_eq!(outcome("Federated", R::OacNew, &["var.principal"]), No);
}

#[test]
fn what_a_reference_hides_shuts_nothing_out_for_certain() {
    let deny = |part: &str| {
        json!({
            "effect": "Deny", "actions": ["s3:*"], part: [null, null], "not_principals": [], "condition": [],
            "principals": [{"type": "*", "identifiers": ["*"]}],
        })
    };
    let refs = Refs(&[("resources", &[BUCKET_ADDRESS])]);
    for part in ["resources", "not_resources"] {
        let denial = tree(&deny(part), &json!({part: [true, true]}), &refs);
        let document = Document::merged([policy(&[GRANT])], denial, []);
        assert_eq!(
            evaluate(&document, &request(R::Oac)).outcome,
            Maybe,
            "{part}: what follows the reference is unseen"
        );
    }
}

#[test]
fn conditions_and_effects_that_are_unknown() {
    let grant = json!({
        "effect": null, "actions": ["s3:GetObject"], "resources": ["*"], "not_principals": [],
        "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}],
    });
    let request = request(R::Oac);
    let outcome = |value: &Json, unknown: Json| evaluate(&tree(value, &unknown, &Refs(&[])), &request).outcome;
    assert_eq!(
        outcome(&grant, json!({})),
        Maybe,
        "the key `condition` is absent: a dynamic block over something unknown"
    );
    assert_eq!(outcome(&grant, json!({"condition": true})), Maybe);
    let mut none = grant.clone();
    none["condition"] = json!([]);
    assert_eq!(outcome(&none, json!({})), Yes);
    assert_eq!(outcome(&none, json!({"effect": true})), Maybe);
    assert_eq!(outcome(&none, json!({"actions": true})), Maybe);
    assert_eq!(outcome(&none, json!({"resources": true})), Maybe);
    assert_eq!(outcome(&none, json!({"principals": true})), Maybe);
    let mut other = none.clone();
    other["actions"] = json!(["s3:PutObject"]);
    assert_eq!(outcome(&other, json!({"principals": true, "resources": true})), No, "one certain no is enough");
    let mut test = grant;
    test["condition"] = json!([{"test": null, "variable": "aws:SourceArn", "values": [DIST]}]);
    assert_eq!(outcome(&test, json!({"condition": [{"test": true}]})), Maybe);
}

#[test]
fn the_sid_is_given_and_an_unknown_leaf_names_its_references() {
    let mut statement = json!({
        "sid": "AllowCloudFront", "effect": null, "actions": ["s3:GetObject"], "resources": ["*"], "not_principals": [],
        "principals": [{"type": "Service", "identifiers": ["cloudfront.amazonaws.com"]}],
        "condition": [{"test": "StringEquals", "variable": "AWS:SourceArn", "values": [null]}],
    });
    let refs = Refs(&[("values", &["aws_cloudfront_distribution.other"])]);
    let unknown = json!({"condition": [{"values": [true]}]});
    let decision = evaluate(&tree(&statement, &unknown, &refs), &request(R::Oac));
    assert_eq!((decision.statement, decision.sid.as_deref()), (Some(0), Some("AllowCloudFront")));
    assert_eq!(
        decision.reason,
        "whether statement 1 (`AllowCloudFront`) grants s3:GetObject to cloudfront.amazonaws.com cannot be told: the value it \
         has for AWS:SourceArn is known after apply (it refers to aws_cloudfront_distribution.other)"
    );
    statement["sid"] = json!("two\nlines\u{1b}[31m");
    let decision = evaluate(&tree(&statement, &unknown, &refs), &request(R::Oac));
    assert!(decision.reason.contains("(`twolines[31m`)"), "{}", decision.reason);
}
