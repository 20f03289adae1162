//! What is told apart of a distribution of the Cloud Control provider that is yet to be made, and what is not.

use serde_json::{Value as Json, json};

use super::estate::{At, Estate};
use super::sketch::{Sketched, block, bucket, plan, refers};
use crate::plan::value::{Node, Text};
use crate::plan::{Plan, World};

const KIND: &str = "awscc_cloudfront_distribution";

/// The attributes of origin `id` that are known, and the mask of those that are not.
fn origin(id: &str, known: Json, unknown: Json) -> (Json, Json) {
    let mut values = json!({ "id": id });
    let mut mask = json!({"custom_origin_config": true, "vpc_origin_config": true, "origin_path": true});
    for (all, more) in [(&mut values, known), (&mut mask, unknown)] {
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    (values, mask)
}

/// An origin of which nothing is known but its name.
fn bare(id: &str) -> (Json, Json) {
    origin(id, json!({}), json!({"domain_name": true, "origin_access_control_id": true, "s3_origin_config": true}))
}

/// How a distribution with these origins, written with these references, is read beside these resources.
fn told(
    origins: &[(Json, Json)],
    references: &[&str],
    beside: &[Sketched<'_>],
    check: impl Fn(&Estate<'_, '_>, At, &Node),
) {
    let (known, unknown): (Vec<Json>, Vec<Json>) = origins.iter().cloned().unzip();
    let behaviour = json!({"target_origin_id": "a", "viewer_protocol_policy": "https-only"});
    let config = json!({"enabled": true, "origins": known, "default_cache_behavior": behaviour});
    let mask = json!({"origins": unknown, "cache_behaviors": true, "origin_groups": true, "staging": true,
        "default_cache_behavior": {"lambda_function_associations": true, "function_associations": true}});
    let after = json!({ "distribution_config": config });
    let mut instances = vec![("", KIND, "site", Json::Null, after, json!({"distribution_config": mask, "id": true}))];
    instances.extend(beside.iter().cloned());
    let written = if references.is_empty() { json!({"constant_value": {}}) } else { refers(references) };
    let mut blocks = vec![block(KIND, "site", &json!({ "distribution_config": written }))];
    blocks.extend(beside.iter().map(|(_, kind, name, ..)| block(kind, name, &json!({}))));
    let root = json!({"resources": blocks, "variables": {"key": {}}});
    let text = plan(&instances, &root, &json!({"key": {"value": "on"}}));
    let plans = [Plan::read(&text).unwrap()];
    let estate = Estate::new(&plans);
    let at = At { plan: 0, instance: 0 };
    check(&estate, at, estate.values(at, World::After).unwrap());
}

fn control(name: &str) -> Sketched<'_> {
    ("", "awscc_cloudfront_origin_access_control", name, Json::Null, json!({}), json!({"id": true}))
}

fn origins(node: &Node) -> &[Node] {
    node.get("origin").map(Node::items).unwrap_or_default()
}

const DOMAIN: [&str; 2] = ["aws_s3_bucket.b.bucket_regional_domain_name", "aws_s3_bucket.b"];
const CONTROL: [&str; 2] =
    ["awscc_cloudfront_origin_access_control.c.origin_access_control_id", "awscc_cloudfront_origin_access_control.c"];

#[test]
fn what_only_one_reference_can_have_given_is_written_with_it() {
    let beside = [bucket("", "b", Json::Null), control("c")];
    told(&[bare("a")], &[DOMAIN, CONTROL].concat(), &beside, |estate, at, node| {
        assert_eq!(estate.untold(at, World::After), None);
        let written = &estate.expressions(at)["origin"][0];
        assert_eq!(written["domain_name"], json!({"references": [DOMAIN[0]]}));
        assert_eq!(written["origin_access_control_id"], json!({"references": [CONTROL[0]]}));
        let origin = &origins(node)[0];
        assert_eq!(origin.text("origin_access_control_id"), Text::Unknown);
        assert_eq!(origin.block("s3_origin_config"), Ok(None));
        assert_eq!(origin.block("custom_origin_config"), Ok(None));
    });
}

#[test]
fn what_no_reference_can_have_given_is_not_set() {
    told(&[bare("a")], &DOMAIN, &[bucket("", "b", Json::Null)], |estate, at, node| {
        assert_eq!(estate.untold(at, World::After), None);
        assert_eq!(origins(node)[0].text("origin_access_control_id"), Text::Unset);
        for name in ["origin_group", "ordered_cache_behavior", "staging"] {
            assert!(node.get(name).is_some_and(Node::is_null), "{name}");
        }
        let behaviour = node.block("default_cache_behavior").unwrap().unwrap();
        assert_eq!(behaviour.block("lambda_function_association"), Ok(None));
    });
    let known = origin("a", json!({"domain_name": "b.s3.amazonaws.com"}), json!({"origin_access_control_id": true}));
    told(&[known], &[], &[], |estate, at, node| {
        assert_eq!(estate.untold(at, World::After), None);
        assert_eq!(origins(node)[0].text("origin_access_control_id"), Text::Unset);
    });
}

#[test]
fn an_identity_is_told_in_the_one_origin_that_has_an_unknown_one() {
    const IDENTITY: &str = "awscc_cloudfront_cloudfront_origin_access_identity";
    let config = json!({"s3_origin_config": {}});
    let unknown = json!({"domain_name": true, "origin_access_control_id": true,
        "s3_origin_config": {"origin_access_identity": true}});
    let beside = [bucket("", "b", Json::Null), ("", IDENTITY, "i", Json::Null, json!({}), json!({"id": true}))];
    let references = [DOMAIN[0], "awscc_cloudfront_cloudfront_origin_access_identity.i.id"];
    told(&[origin("a", config, unknown)], &references, &beside, |estate, at, node| {
        assert_eq!(estate.untold(at, World::After), None);
        let written = &estate.expressions(at)["origin"][0]["s3_origin_config"][0]["origin_access_identity"];
        assert_eq!(*written, json!({"references": [references[1]]}));
        assert_eq!(origins(node)[0].text("origin_access_control_id"), Text::Unset);
    });
}

#[test]
fn an_identity_is_not_told_where_two_origins_may_have_it() {
    let beside =
        [("", "awscc_cloudfront_cloudfront_origin_access_identity", "i", Json::Null, json!({}), json!({"id": true}))];
    let unknown = json!({"s3_origin_config": {"origin_access_identity": true}});
    let origin =
        |id: &str| origin(id, json!({"domain_name": "b.s3.amazonaws.com", "s3_origin_config": {}}), unknown.clone());
    let reference = "awscc_cloudfront_cloudfront_origin_access_identity.i.id";
    told(&[origin("a")], &[reference], &beside, |estate, at, _| assert_eq!(estate.untold(at, World::After), None));
    told(&[origin("a"), origin("b")], &[reference], &beside, |estate, at, _| {
        assert!(estate.untold(at, World::After).is_some_and(|why| why.contains("origin_access_identity")));
    });
}

#[test]
fn a_name_of_the_bucket_beside_its_domain_makes_no_doubt() {
    let references = ["aws_s3_bucket.b.id", "aws_s3_bucket.b", DOMAIN[0], DOMAIN[1], DOMAIN[0], DOMAIN[1]];
    told(&[bare("a")], &references, &[bucket("", "b", Json::Null)], |estate, at, _| {
        assert_eq!(estate.untold(at, World::After), None);
        let written = &estate.expressions(at)["origin"][0]["domain_name"]["references"];
        assert_eq!(*written, json!([DOMAIN[0], "aws_s3_bucket.b.id"]));
    });
}

#[test]
fn what_several_references_can_have_given_is_not_told() {
    let beside = [bucket("", "b", Json::Null), bucket("", "logs", Json::Null), control("c")];
    let logs = "aws_s3_bucket.logs.bucket_domain_name";
    let untold = |origins: &[(Json, Json)], references: &[&str]| {
        told(origins, references, &beside, |estate, at, _| {
            let why = estate.untold(at, World::After).unwrap_or_default();
            assert!(why.contains("`distribution_config` as a whole") && why.contains(references[0]), "{why}");
        });
    };
    untold(&[bare("a")], &[DOMAIN[0], logs]);
    // Which of the two has the access control, and which none, is not in the document.
    untold(&[bare("a"), bare("b")], &[DOMAIN[0], CONTROL[0]]);
    // `var.key == "on" ? c.id : null` has these references, and a local or a whole resource may hold anything.
    for doubt in ["var.key", "local.x", "aws_s3_bucket.b", "terraform.workspace", "data.aws_region.here.name"] {
        untold(&[bare("a")], &[DOMAIN[0], CONTROL[0], doubt]);
    }
    untold(&[bare("a")], &["aws_s3_bucket.b.tags", "aws_s3_bucket.b"]);
}

#[test]
fn what_is_known_needs_no_telling() {
    let known = json!({"domain_name": "b.s3.amazonaws.com", "origin_access_control_id": "E1",
        "s3_origin_config": {"origin_access_identity": ""}, "custom_origin_config": null, "vpc_origin_config": null});
    let (values, _) = origin("a", known, json!({}));
    told(&[(values, json!({}))], &["local.all", "var.key"], &[], |estate, at, node| {
        assert_eq!(estate.untold(at, World::After), None);
        let origin = &origins(node)[0];
        assert_eq!(
            (origin.text("origin_id"), origin.text("domain_name")),
            (Text::Known("a"), Text::Known("b.s3.amazonaws.com"))
        );
        // Nothing is concluded of the rest where anything may have given it.
        assert!(node.get("ordered_cache_behavior").is_some_and(Node::is_unknown));
    });
}
