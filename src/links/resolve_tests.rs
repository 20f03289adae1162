//! Each way a reference can take, in a plan of its own.

use serde_json::{Value as Json, json};

use super::resolve::{Resolver, Source};
use super::sketch::{block, bucket, plan, refers};
use crate::plan::Plan;

/// What the first attribute `x` of each instance of `reader` leads to, in the order of the instances.
fn resolved(text: &str) -> Vec<Vec<String>> {
    let plan = Plan::read(text).unwrap();
    let resolver = Resolver::new(&plan);
    let readers = plan.instances.iter().filter(|instance| instance.address.name == "reader");
    readers
        .map(|reader| {
            let expression = &resolver.expressions(&reader.address)["x"];
            let sources = resolver.resolve(expression, &reader.address);
            sources
                .into_iter()
                .map(|source| match source {
                    Source::Instance { at, attribute } => {
                        format!("{}.{}", plan.instances[at].address, attribute.unwrap_or_default())
                    }
                    Source::Constant(text) => format!("\"{text}\""),
                    Source::Known => "known".to_owned(),
                    Source::Null => "null".to_owned(),
                    Source::Foreign { reference } => format!("foreign {reference}"),
                    Source::DeadEnd { reference } => format!("dead end {reference}"),
                })
                .collect()
        })
        .collect()
}

fn reader(module: &'static str, index: Json) -> super::sketch::Sketched<'static> {
    (module, "aws_s3_bucket_policy", "reader", index, json!({}), json!({}))
}

/// A reader in the root module, written with these references, beside these buckets.
fn root(buckets: &[(&'static str, Json)], references: &[&str]) -> Vec<Vec<String>> {
    root_with(buckets, &[Json::Null], references, &json!({}))
}

fn root_with(buckets: &[(&'static str, Json)], readers: &[Json], references: &[&str], more: &Json) -> Vec<Vec<String>> {
    let mut instances: Vec<_> = buckets.iter().map(|(name, index)| bucket("", name, index.clone())).collect();
    instances.extend(readers.iter().map(|index| reader("", index.clone())));
    let mut block = block("aws_s3_bucket_policy", "reader", &json!({"x": refers(references)}));
    block.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    resolved(&plan(&instances, &json!({"resources": [block]}), &json!({"which": {"value": "b"}})))
}

#[test]
fn a_plain_reference_leads_to_its_resource_and_attribute() {
    let found = root(&[("a", Json::Null)], &["aws_s3_bucket.a.arn", "aws_s3_bucket.a"]);
    assert_eq!(found, [["aws_s3_bucket.a.arn"]]);
}

#[test]
fn what_stands_twice_in_an_expression_is_found_twice() {
    // `["${a.arn}/index.html", "${a.arn}/assets/*"]`.
    let twice = ["aws_s3_bucket.a.arn", "aws_s3_bucket.a", "aws_s3_bucket.a.arn", "aws_s3_bucket.a"];
    assert_eq!(root(&[("a", Json::Null)], &twice), [["aws_s3_bucket.a.arn"]]);
    assert_eq!(root(&[], &["var.which", "var.which"]), [["\"b\""]]);
    let more = json!({"for_each_expression": refers(&["aws_s3_bucket.a"])});
    let again = ["each.value.id", "each.value", "each.value.id", "each.value"];
    let found = root_with(&[("a", json!("b"))], &[json!("b")], &again, &more);
    assert_eq!(found, [[r#"aws_s3_bucket.a["b"].id"#]]);
    let module = json!({
        "outputs": {"name": {"expression": refers(&["aws_s3_bucket.this.id", "aws_s3_bucket.this"])}},
        "resources": [block("aws_s3_bucket", "this", &json!({}))],
    });
    let output = ["module.m.name", "module.m", "module.m.name", "module.m"];
    let root = json!({
        "resources": [block("aws_s3_bucket_policy", "reader", &json!({"x": refers(&output)}))],
        "module_calls": {"m": {"module": module}},
    });
    let instances = [bucket("module.m", "this", Json::Null), reader("", Json::Null)];
    assert_eq!(resolved(&plan(&instances, &root, &json!({}))), [["module.m.aws_s3_bucket.this.id"]]);
}

#[test]
fn an_index_picks_its_instance() {
    let buckets = [("a", json!(0)), ("a", json!(1))];
    assert_eq!(
        root(&buckets, &["aws_s3_bucket.a[1].id", "aws_s3_bucket.a[1]", "aws_s3_bucket.a"]),
        [["aws_s3_bucket.a[1].id"]]
    );
    let buckets = [("a", json!("x.y")), ("a", json!("q\"z"))];
    assert_eq!(root(&buckets, &[r#"aws_s3_bucket.a["q\"z"].id"#]), [[r#"aws_s3_bucket.a["q\"z"].id"#]]);
}

#[test]
fn an_index_of_an_instance_that_is_not_there_leads_nowhere() {
    let buckets = [("a", json!(0)), ("a", json!(1))];
    assert_eq!(root(&buckets, &["aws_s3_bucket.a[7].id"]), [["dead end aws_s3_bucket.a[7].id"]]);
}

#[test]
fn an_index_of_what_has_none_leads_to_it_all_the_same() {
    assert_eq!(root(&[("a", Json::Null)], &["aws_s3_bucket.a[0].id"]), [["aws_s3_bucket.a.id"]]);
}

#[test]
fn without_an_index_the_only_instance_is_meant_and_of_several_any_may_be() {
    assert_eq!(root(&[("a", json!(0))], &["aws_s3_bucket.a"]), [["aws_s3_bucket.a[0]."]]);
    let found = root(&[("a", json!(0)), ("a", json!(1))], &["aws_s3_bucket.a"]);
    assert_eq!(found, [["aws_s3_bucket.a[0].", "aws_s3_bucket.a[1]."]]);
}

#[test]
fn an_equal_key_picks_the_instance() {
    let buckets = [("a", json!("b")), ("a", json!("c"))];
    let found = root_with(&buckets, &[json!("b"), json!("c")], &["aws_s3_bucket.a", "each.key"], &json!({}));
    assert_eq!(found, [[r#"aws_s3_bucket.a["b"]."#], [r#"aws_s3_bucket.a["c"]."#]]);
    let buckets = [("a", json!(0)), ("a", json!(1))];
    let found = root_with(&buckets, &[json!(0), json!(1)], &["aws_s3_bucket.a", "count.index"], &json!({}));
    assert_eq!(found, [["aws_s3_bucket.a[0]."], ["aws_s3_bucket.a[1]."]]);
}

#[test]
fn a_key_that_something_else_may_change_picks_nothing() {
    let buckets = [("a", json!("b")), ("a", json!("c"))];
    let more = json!({"for_each_expression": refers(&["local.sites"])});
    for other in ["local.keys", "each.value.bucket"] {
        let found = root_with(&buckets, &[json!("b")], &["aws_s3_bucket.a", other, "each.key"], &more);
        assert!(found[0].iter().filter(|source| source.starts_with("aws_s3_bucket")).count() == 2, "{found:?}");
    }
    // With another number of instances on the other side, `count.index` is not used as it is.
    let found = root_with(&buckets[..1], &[json!(0), json!(1)], &["aws_s3_bucket.a", "count.index"], &json!({}));
    assert_eq!(found[0], [r#"aws_s3_bucket.a["b"]."#]);
    let buckets = [("a", json!(0)), ("a", json!(1)), ("a", json!(2))];
    let found = root_with(&buckets, &[json!(0), json!(1)], &["aws_s3_bucket.a", "count.index"], &json!({}));
    assert_eq!(found[0].len(), 3);
}

#[test]
fn a_key_that_may_be_a_part_of_the_index_picks_nothing() {
    let buckets = [("a", json!("web")), ("a", json!("web-assets")), ("a", json!("api"))];
    let readers = [json!("web"), json!("web-assets"), json!("api")];
    let found = root_with(&buckets, &readers, &["aws_s3_bucket.a", "each.key"], &json!({}));
    let either = [r#"aws_s3_bucket.a["web"]."#, r#"aws_s3_bucket.a["web-assets"]."#];
    assert_eq!(found[0], either, "`${{each.key}}-assets` would look the same");
    assert_eq!(found[1..], [[r#"aws_s3_bucket.a["web-assets"]."#], [r#"aws_s3_bucket.a["api"]."#]]);
    let buckets = [("a", json!("b")), ("a", json!("a-b"))];
    let found = root(&buckets, &["aws_s3_bucket.a", "var.which"]);
    assert_eq!(found[0].iter().filter(|source| source.starts_with("aws_s3_bucket")).count(), 2, "{found:?}");
}

#[test]
fn an_output_beside_a_reference_is_no_key_of_it() {
    let module = json!({"outputs": {"key": {"expression": {"constant_value": "b"}}}});
    let root = json!({
        "resources": [block("aws_s3_bucket_policy", "reader", &json!({"x": refers(&["aws_s3_bucket.a", "module.m.key"])}))],
        "module_calls": {"m": {"module": module}},
    });
    let instances = [bucket("", "a", json!("b")), bucket("", "a", json!("c")), reader("", Json::Null)];
    let found = resolved(&plan(&instances, &root, &json!({})));
    assert_eq!(found, [[r#"aws_s3_bucket.a["b"]."#, r#"aws_s3_bucket.a["c"]."#, "\"b\""]]);
}

#[test]
fn null_is_told_from_what_is_not_shown() {
    let module = json!({
        "variables": {"key": {}, "flag": {"default": true}},
        "resources": [block("aws_s3_bucket_policy", "reader", &json!({"x": refers(&["var.key", "var.flag"])}))],
    });
    let root = json!({"module_calls": {"m": {"module": module}}});
    assert_eq!(resolved(&plan(&[reader("module.m", Json::Null)], &root, &json!({}))), [["known", "null"]]);
}

#[test]
fn a_key_without_its_equal_picks_nothing() {
    let buckets = [("a", json!("b")), ("a", json!("c"))];
    let found = root_with(&buckets, &[json!("d")], &["aws_s3_bucket.a", "each.key"], &json!({}));
    assert_eq!(found[0].len(), 2);
}

#[test]
fn a_variable_in_the_index_picks_the_instance_it_names() {
    let buckets = [("a", json!("b")), ("a", json!("c"))];
    let found = root(&buckets, &["aws_s3_bucket.a", "var.which"]);
    assert_eq!(found, [[r#"aws_s3_bucket.a["b"]."#, "\"b\""]]);
}

#[test]
fn for_each_over_a_resource_gives_each_value_the_instance_of_the_same_key() {
    let buckets = [("a", json!("b")), ("a", json!("c"))];
    let more = json!({"for_each_expression": refers(&["aws_s3_bucket.a"])});
    let found = root_with(&buckets, &[json!("b"), json!("c")], &["each.value.id", "each.value"], &more);
    assert_eq!(found, [[r#"aws_s3_bucket.a["b"].id"#], [r#"aws_s3_bucket.a["c"].id"#]]);
}

#[test]
fn for_each_over_a_map_of_constants_gives_the_key_that_the_value_is() {
    let buckets = [("a", json!("one")), ("a", json!("two"))];
    let more = json!({"for_each_expression": {"constant_value": {"k": {"bucket": "two"}}}});
    let references = ["aws_s3_bucket.a", "each.value.bucket", "each.value"];
    let found = root_with(&buckets, &[json!("k")], &references, &more);
    assert_eq!(found, [[r#"aws_s3_bucket.a["two"]."#, "\"two\""]]);
}

#[test]
fn of_a_set_that_the_document_does_not_show_each_value_is_the_key() {
    let buckets = [("a", json!("one")), ("a", json!("two"))];
    let more = json!({"for_each_expression": {}});
    let found = root_with(&buckets, &[json!("two")], &["aws_s3_bucket.a", "each.value"], &more);
    assert!(found[0].contains(&r#"aws_s3_bucket.a["two"]."#.to_owned()) && found[0].len() == 2, "{found:?}");
    let more = json!({"for_each_expression": refers(&["local.sites"])});
    let found = root_with(&[], &[json!("two")], &["each.value"], &more);
    assert_eq!(found, [["dead end local.sites"]], "a local may be a map");
}

#[test]
fn locals_and_other_types_are_told_apart() {
    let found =
        root(&[], &["local.name", "aws_lb.x.dns_name", "aws_lb.x", "path.module", "data.aws_s3_bucket.gone.id"]);
    // What a module's path does beside them may be a condition, which is as good as a constant.
    let expected = ["foreign aws_lb.x.dns_name", "known", "dead end data.aws_s3_bucket.gone.id", "dead end local.name"];
    assert_eq!(found, [expected]);
    // What a resource only hands on may be the name of a bucket.
    let found = root(&[], &["random_pet.name.id", "aws_lb.x.dns_name", "data.aws_ssm_parameter.p.value"]);
    let expected =
        ["foreign aws_lb.x.dns_name", "dead end data.aws_ssm_parameter.p.value", "dead end random_pet.name.id"];
    assert_eq!(found, [expected]);
}

#[test]
fn outputs_and_inputs_are_followed_through_two_levels_and_their_instances() {
    let inner = json!({
        "outputs": {"name": {"expression": refers(&["aws_s3_bucket.this.id", "aws_s3_bucket.this"])}},
        "resources": [block("aws_s3_bucket", "this", &json!({}))],
    });
    let storage = json!({
        "outputs": {"names": {"expression": refers(&["module.bucket.name", "module.bucket"])}},
        "module_calls": {"bucket": {"module": inner}},
    });
    let cdn = json!({
        "module_calls": {"policy": {
            "expressions": {"bucket": refers(&["var.bucket"])},
            "module": {"resources": [block("aws_s3_bucket_policy", "reader", &json!({"x": refers(&["var.bucket"])}))]},
        }},
    });
    let root = json!({"module_calls": {
        "storage": {"for_each_expression": {}, "module": storage},
        "cdn": {
            "for_each_expression": {},
            "expressions": {"bucket": refers(&["module.storage", "each.key"])},
            "module": cdn,
        },
    }});
    let instances = [
        bucket(r#"module.storage["a"].module.bucket"#, "this", Json::Null),
        bucket(r#"module.storage["b"].module.bucket"#, "this", Json::Null),
        reader(r#"module.cdn["b"].module.policy"#, Json::Null),
        reader(r#"module.cdn["a"].module.policy"#, Json::Null),
    ];
    assert_eq!(
        resolved(&plan(&instances, &root, &json!({}))),
        [
            [r#"module.storage["b"].module.bucket.aws_s3_bucket.this.id"#],
            [r#"module.storage["a"].module.bucket.aws_s3_bucket.this.id"#],
        ]
    );
}

#[test]
fn an_output_may_be_a_whole_resource_or_a_map_of_instances() {
    let module = json!({
        "outputs": {"all": {"expression": refers(&["aws_s3_bucket.this"])}},
        "resources": [block("aws_s3_bucket", "this", &json!({}))],
    });
    let found = |references: &[&str]| {
        let root = json!({
            "resources": [block("aws_s3_bucket_policy", "reader", &json!({"x": refers(references)}))],
            "module_calls": {"m": {"module": module}},
        });
        let instances = [
            bucket("module.m", "this", json!("web")),
            bucket("module.m", "this", json!("api")),
            reader("", Json::Null),
        ];
        resolved(&plan(&instances, &root, &json!({})))
    };
    let web = [[r#"module.m.aws_s3_bucket.this["web"].arn"#]];
    assert_eq!(found(&[r#"module.m.all["web"].arn"#, r#"module.m.all["web"]"#, "module.m.all", "module.m"]), web);
    assert_eq!(found(&["module.m.all.web.arn"]), web);
}

#[test]
fn what_the_caller_leaves_out_has_its_default() {
    let module = json!({
        "variables": {"name": {"default": "site"}},
        "resources": [block("aws_s3_bucket_policy", "reader", &json!({"x": refers(&["var.name"])}))],
    });
    let root = json!({"module_calls": {"m": {"module": module}}});
    assert_eq!(resolved(&plan(&[reader("module.m", Json::Null)], &root, &json!({}))), [["\"site\""]]);
}

#[test]
fn a_circle_comes_to_an_end() {
    let module = json!({"outputs": {"out": {"expression": refers(&["var.a", "var.b"])}}});
    let circle = refers(&["module.m.out"]);
    let root = json!({
        "resources": [block("aws_s3_bucket_policy", "reader", &json!({"x": refers(&["module.m.out"])}))],
        "module_calls": {"m": {"expressions": {"a": circle, "b": circle}, "module": module}},
    });
    let found = resolved(&plan(&[reader("", Json::Null)], &root, &json!({})));
    assert!(found[0].iter().all(|source| source.starts_with("dead end")), "{found:?}");
}
