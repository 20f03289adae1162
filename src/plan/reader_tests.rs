//! What a document becomes, instance by instance.

use serde_json::{Value as Json, json};

use super::{Plan, PlanError, World};
use crate::plan::value::Text;

fn document(changes: &Json, prior: &Json) -> String {
    json!({
        "format_version": "1.2",
        "complete": true,
        "resource_changes": changes,
        "prior_state": {"format_version": "1.0", "values": {"root_module": prior}},
        "configuration": {"root_module": {}},
    })
    .to_string()
}

fn change(name: &str, actions: &[&str], before: &Json, after: &Json) -> Json {
    json!({
        "address": format!("aws_s3_bucket.{name}"), "mode": "managed", "type": "aws_s3_bucket", "name": name,
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}},
    })
}

fn prior(name: &str, mode: &str, bucket: &str) -> Json {
    json!({
        "address": format!("aws_s3_bucket.{name}"), "mode": mode, "type": "aws_s3_bucket", "name": name,
        "values": {"bucket": bucket},
    })
}

/// Each instance with the bucket name it has before and after.
fn names(text: &str) -> Vec<(String, Option<String>, Option<String>)> {
    let plan = Plan::read(text).unwrap();
    let name = |values: Option<&crate::plan::value::Node>| match values?.text("bucket") {
        Text::Known(name) => Some(name.to_owned()),
        _ => None,
    };
    plan.instances
        .iter()
        .map(|instance| {
            let [before, after] = [World::Before, World::After].map(|world| name(instance.values(world)));
            (instance.address.to_string(), before, after)
        })
        .collect()
}

fn named(address: &str, before: Option<&str>, after: Option<&str>) -> (String, Option<String>, Option<String>) {
    (address.to_owned(), before.map(str::to_owned), after.map(str::to_owned))
}

#[test]
fn every_action_leaves_the_world_it_should() {
    let (old, new) = (json!({"bucket": "old"}), json!({"bucket": "new"}));
    for (actions, before, after, expected) in [
        (&["no-op"] as &[&str], &old, &old, (Some("old"), Some("old"))),
        (&["update"], &old, &new, (Some("old"), Some("new"))),
        (&["create"], &Json::Null, &new, (None, Some("new"))),
        (&["delete"], &old, &Json::Null, (Some("old"), None)),
        (&["delete", "create"], &old, &new, (Some("old"), Some("new"))),
        (&["create", "delete"], &old, &new, (Some("old"), Some("new"))),
        // In AWS, what Terraform forgets stays as it is.
        (&["forget"], &old, &Json::Null, (Some("old"), Some("old"))),
        (&["create", "forget"], &old, &new, (Some("old"), Some("new"))),
    ] {
        let text = document(&json!([change("b", actions, before, after)]), &json!({}));
        assert_eq!(names(&text), [named("aws_s3_bucket.b", expected.0, expected.1)], "{actions:?}");
    }
}

#[test]
fn an_action_that_is_not_known_is_refused() {
    for actions in [&["exchange"] as &[&str], &[]] {
        let text = document(&json!([change("b", actions, &Json::Null, &json!({}))]), &json!({}));
        assert!(matches!(Plan::read(&text), Err(PlanError::NotAPlan(_))), "{actions:?}");
    }
}

#[test]
fn what_a_targeted_plan_leaves_out_stays_as_prior_state_has_it() {
    let text = document(
        &json!([change("a", &["update"], &json!({"bucket": "x"}), &json!({"bucket": "y"}))]),
        &json!({"resources": [prior("a", "managed", "x"), prior("b", "managed", "z")]}),
    );
    let expected = [named("aws_s3_bucket.a", Some("x"), Some("y")), named("aws_s3_bucket.b", Some("z"), Some("z"))];
    assert_eq!(names(&text), expected);
}

#[test]
fn a_deposed_object_is_in_neither_world_and_a_moved_one_only_where_it_is_now() {
    let mut deposed = change("a", &["delete"], &json!({"bucket": "x"}), &Json::Null);
    deposed["deposed"] = json!("00000001");
    let mut moved = change("new", &["no-op"], &json!({"bucket": "m"}), &json!({"bucket": "m"}));
    moved["previous_address"] = json!("aws_s3_bucket.old");
    let text = document(&json!([deposed, moved]), &json!({"resources": [prior("old", "managed", "m")]}));
    assert_eq!(names(&text), [named("aws_s3_bucket.new", Some("m"), Some("m"))]);
}

#[test]
fn a_data_source_that_is_read_again_shows_its_last_answer_before() {
    let mut read = change("d", &["read"], &Json::Null, &json!({}));
    read["mode"] = json!("data");
    read["change"]["after_unknown"] = json!({"bucket": true});
    let text = document(&json!([read]), &json!({"resources": [prior("d", "data", "x")]}));
    assert_eq!(names(&text), [named("data.aws_s3_bucket.d", Some("x"), None)]);
}

#[test]
fn an_instance_whose_number_is_not_known_is_put_off() {
    let mut many = change("a", &["create"], &Json::Null, &json!({}));
    many["index_unknown"] = json!(true);
    let text = document(&json!([many]), &json!({}));
    assert_eq!(Plan::read(&text).unwrap().deferred, ["aws_s3_bucket.a"]);
}

#[test]
fn a_state_without_attributes_is_trimmed() {
    let read = |entry: &Json| {
        let mut whole: Json = serde_json::from_str(&document(&json!([]), &json!({}))).unwrap();
        whole["prior_state"] = json!({"values": {"root_module": {"resources": [entry]}}});
        Plan::read(&whole.to_string()).map(|plan| plan.instances.len())
    };
    let mut entry = prior("a", "managed", "x");
    assert!(matches!(read(&entry), Ok(1)));
    entry["values"] = json!([]);
    assert!(matches!(read(&entry), Err(PlanError::NotAPlan(_))));
    entry.as_object_mut().unwrap().remove("values");
    assert!(matches!(read(&entry), Err(PlanError::Trimmed(_))));
    entry["deposed_key"] = json!("1234");
    assert!(matches!(read(&entry), Ok(0)));
}

#[test]
fn what_is_planned_but_nowhere_changed_betrays_a_trimmed_document() {
    let mut whole: Json = serde_json::from_str(&document(&json!([]), &json!({}))).unwrap();
    whole["planned_values"] = json!({"root_module": {"resources": [prior("a", "managed", "x")]}});
    assert!(matches!(Plan::read(&whole.to_string()), Err(PlanError::Trimmed(_))));
}

#[test]
fn a_member_given_twice_is_refused_rather_than_half_read() {
    let text = document(&json!([]), &json!({}));
    let twice = format!("{}, \"resource_changes\": []}}", text.strip_suffix('}').unwrap());
    assert!(matches!(Plan::read(&twice), Err(PlanError::BadJson { .. })));
}

/// A document whose modules are nested this deep, in configuration and prior state.
fn nested(depth: usize) -> String {
    let mut configuration = json!({"resources": []});
    let mut state = json!({"resources": [prior("b", "managed", "x")]});
    for level in (0..depth).rev() {
        let path: Vec<String> = (0..=level).map(|at| format!("module.m{at}")).collect();
        let mut inner = state;
        inner["address"] = json!(path.join("."));
        state = json!({"child_modules": [inner]});
        configuration = json!({"module_calls": {format!("m{level}"): {"module": configuration}}});
    }
    let mut whole: Json = serde_json::from_str(&document(&json!([]), &state)).unwrap();
    whole["configuration"] = json!({"root_module": configuration});
    whole.to_string()
}

#[test]
fn modules_are_read_forty_deep_and_refused_deeper() {
    let text = nested(40);
    let plan = Plan::read(&text).unwrap();
    assert_eq!(plan.instances[0].address.module.len(), 40);
    assert!(matches!(Plan::read(&nested(60)), Err(PlanError::TooDeep { .. })));
}
