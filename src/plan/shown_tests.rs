//! What is told of a plan, and what is not.

use serde_json::json;

use super::super::places::Places;
use super::*;

/// The pointers of all values of `document` that are told.
fn told(document: &Value) -> Vec<String> {
    fn walk<'v>(value: &'v Value, at: &str, found: &mut Vec<(String, &'v Value)>) {
        found.push((at.to_owned(), value));
        match value {
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, item)| walk(item, &format!("{at}/{i}"), found));
            }
            Value::Object(fields) => {
                fields.iter().for_each(|(name, field)| walk(field, &format!("{at}/{name}"), found));
            }
            _ => {}
        }
    }
    let mut all = Vec::new();
    walk(document, "", &mut all);
    let places = Places::of(document, all.iter().map(|(_, value)| *value));
    all.iter().filter(|(_, value)| places.get(value).unwrap().is_told).map(|(at, _)| at.clone()).collect()
}

fn change(values: &Value, marks: &Value) -> Value {
    json!({"resource_changes": [{"type": "aws_s3_bucket", "change": {"after": values, "after_sensitive": marks}}]})
}

#[test]
fn listed_attributes_are_told_and_others_are_not() {
    let values = json!({"bucket": "acme", "tags": {"bucket": "x"}, "policy": "{}", "acl": ["x", {"id": "x"}]});
    let after = "/resource_changes/0/change/after";
    let expected = ["/resource_changes/0/type".to_owned(), format!("{after}/bucket"), format!("{after}/acl/0")];
    let mut found = told(&change(&values, &json!({})));
    found.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(found, expected);
    let mut other = change(&values, &json!({}));
    other["resource_changes"][0]["type"] = json!("aws_instance");
    assert_eq!(told(&other), ["/resource_changes/0/type"]);
}

#[test]
fn what_is_marked_is_not_told() {
    let values = json!({"bucket": "acme"});
    let is_told = |document: &Value| told(document).iter().any(|at| at.ends_with("/after/bucket"));
    assert!(is_told(&change(&values, &json!({}))) && is_told(&change(&values, &json!(false))));
    for marks in
        [json!(true), json!({"bucket": true}), json!({"bucket": "yes"}), json!({"bucket": {"a": true}}), json!(1)]
    {
        assert!(!is_told(&change(&values, &marks)), "{marks}");
    }
    let mut missing = change(&values, &json!({}));
    missing["resource_changes"][0]["change"].as_object_mut().unwrap().remove("after_sensitive");
    assert!(!is_told(&missing));
    let mut once = change(&values, &json!({}));
    once["resource_changes"][0]["change"]["before_sensitive"] = json!({"bucket": true});
    assert!(!is_told(&once), "what was a secret is one still");
}

#[test]
fn a_mark_holds_for_all_that_it_covers() {
    let values = json!({"server_side_encryption_configuration": [
        {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "k"}]}]},
    ]});
    let marked = |marks: Value| {
        let document = change(&values, &json!({"server_side_encryption_configuration": marks}));
        told(&document).iter().filter(|at| at.contains("/after/")).count()
    };
    assert_eq!(marked(json!([])), 2);
    assert_eq!(
        marked(json!([{"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": true}]}]}])),
        1
    );
    assert_eq!(marked(json!(true)), 0);
    assert_eq!(marked(json!([true])), 0);
    assert_eq!(marked(json!([{"rule": true}])), 0);
}

#[test]
fn states_and_configuration_are_told_alike() {
    let resource = json!({"type": "aws_s3_bucket", "values": {"bucket": "b", "x": "y"}, "sensitive_values": {}});
    let inner = json!({"child_modules": [{"resources": [resource]}]});
    let found =
        told(&json!({"prior_state": {"values": {"root_module": inner}}, "planned_values": {"root_module": inner}}));
    assert_eq!(found.iter().filter(|at| at.ends_with("/values/bucket")).count(), 2, "{found:?}");
    assert!(!found.iter().any(|at| at.ends_with("/x")));

    let bucket = json!({"references": ["local.name"]});
    let written = json!({"type": "aws_s3_bucket", "expressions": {"bucket": bucket, "policy": bucket, "acl": {"constant_value": "private"}}});
    let modules = json!({"module_calls": {"m": {"module": {"resources": [written]}}}});
    let found = told(&json!({"configuration": {"root_module": modules}}));
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn what_only_looks_like_a_resource_is_not_told() {
    let resource = json!({"address": "a", "type": "aws_s3_bucket", "name": "b", "values": {"bucket": "x"}, "sensitive_values": {}});
    let document = json!({
        "variables": {"v": {"value": resource}, "bucket": {"value": "x"}},
        "output_changes": {"o": {"before": "x", "after": resource}},
        "planned_values": {"outputs": {"resources": [resource]}},
        "resource_changes": {"0": resource},
    });
    assert_eq!(told(&document), Vec::<String>::new());
}
