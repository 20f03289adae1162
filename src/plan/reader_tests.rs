//! What a document becomes, instance by instance.

use serde_json::{Value as Json, json};

use super::instance::Part;
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

#[test]
fn what_stays_as_it_is_has_a_place_in_either_world() {
    let values = json!({"bucket": "b", "tags": {"a": null}});
    let text = document(&json!([change("b", &["no-op"], &values, &values)]), &json!({}));
    let plan = Plan::read(&text).unwrap();
    let [bucket, tag] = [vec![Part::Name("bucket")], vec![Part::Name("tags"), Part::Name("a")]];
    for (world, side) in [(World::Before, "before"), (World::After, "after")] {
        let place = format!("$['resource_changes'][0]['change']['{side}']");
        assert_eq!(plan.instances[0].place(world, &bucket), Some(format!("{place}['bucket']")));
        assert_eq!(plan.instances[0].place(world, &tag), Some(format!("{place}['tags']")));
        assert_eq!(plan.instances[0].values(world).unwrap().text("bucket"), Text::Known("b"));
    }
}

#[test]
fn a_mask_or_a_mark_that_differs_makes_the_worlds_differ() {
    for mask in ["after_unknown", "after_sensitive"] {
        let mut entry = change("b", &["update"], &json!({"bucket": "b"}), &json!({"bucket": "b"}));
        entry["change"][mask] = json!({"bucket": true});
        let text = document(&json!([entry]), &json!({}));
        let plan = Plan::read(&text).unwrap();
        let [before, after] = [World::Before, World::After].map(|world| plan.instances[0].values(world).unwrap());
        assert_ne!(before, after, "{mask}");
    }
}

#[test]
fn values_that_cannot_be_read_are_unknown_and_have_the_place_of_the_whole() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for broken in [deep.as_str(), "\"\\ud800\"", "1e999"] {
        let text =
            document(&json!([change("b", &["no-op"], &json!({"bucket": "@"}), &json!({"bucket": "@"}))]), &json!({}))
                .replace("\"@\"", broken);
        let plan = Plan::read(&text).unwrap();
        assert!(plan.instances[0].values(World::After).unwrap().is_unknown(), "{broken}");
        let place = plan.instances[0].place(World::After, &[Part::Name("bucket")]);
        assert_eq!(place.as_deref(), Some("$['resource_changes'][0]['change']['after']"), "{broken}");
    }
}

#[test]
fn what_is_known_only_after_the_apply_has_its_place_in_the_mask() {
    let mut entry = change("b", &["create"], &Json::Null, &json!({"tags": {}}));
    entry["change"]["after_unknown"] = json!({"arn": true, "tags": {"a": {"b": true}}});
    let text = document(&json!([entry]), &json!({}));
    let plan = Plan::read(&text).unwrap();
    let place = |path: &[Part<'_>]| plan.instances[0].place(World::After, path).unwrap();
    assert_eq!(place(&[Part::Name("arn")]), "$['resource_changes'][0]['change']['after_unknown']['arn']");
    let deeper = [Part::Name("tags"), Part::Name("a"), Part::Name("c")];
    assert_eq!(place(&deeper), "$['resource_changes'][0]['change']['after_unknown']['tags']['a']");
    assert_eq!(place(&[Part::Name("tags")]), "$['resource_changes'][0]['change']['after']['tags']");
    assert_eq!(place(&[Part::Name("none")]), "$['resource_changes'][0]['change']['after']");
}

#[test]
fn an_address_is_read_with_its_escapes_and_refused_with_broken_ones() {
    let mut entry = change("b", &["no-op"], &json!({}), &json!({}));
    entry["module_address"] = json!("module.m[\"k\"]");
    entry["previous_address"] = json!("aws_s3_bucket.old[\"k\"]");
    let text = document(&json!([entry]), &json!({}));
    let plan = Plan::read(&text).unwrap();
    assert_eq!(plan.instances[0].address.to_string(), "module.m[\"k\"].aws_s3_bucket.b");
    assert_eq!(plan.instances[0].previous_address.as_deref(), Some("aws_s3_bucket.old[\"k\"]"));
    // Whether the resource matters or not.
    for kind in ["aws_s3_bucket", "aws_instance"] {
        for broken in ["5", "null", "\"\\ud800\"", "[\"a\"]"] {
            let text = document(&json!([change("b", &["no-op"], &json!({}), &json!({}))]), &json!({}))
                .replace("\"aws_s3_bucket.b\"", broken)
                .replace("\"aws_s3_bucket\"", &format!("\"{kind}\""));
            assert!(matches!(Plan::read(&text), Err(PlanError::BadJson { .. })), "{kind} {broken}");
        }
    }
}
