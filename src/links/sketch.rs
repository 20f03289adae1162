//! Small plan documents for tests, from just the parts that links are made of.

use serde_json::{Value as Json, json};

/// The document of a plan that creates these instances: module address, type, name, index, known and unknown attributes.
pub(super) type Sketched<'s> = (&'s str, &'s str, &'s str, Json, Json, Json);

/// The text of a plan document that creates `instances`, with this root module as its configuration.
pub(super) fn plan(instances: &[Sketched<'_>], root: &Json, variables: &Json) -> String {
    let changes: Vec<Json> = instances
        .iter()
        .map(|(module, kind, name, index, after, unknown)| {
            let mut entry = json!({
                "address": format!("{module}.{kind}.{name}{index}"),
                "mode": "managed",
                "type": kind,
                "name": name,
                "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown},
            });
            if !module.is_empty() {
                entry["module_address"] = json!(module);
            }
            if !index.is_null() {
                entry["index"] = index.clone();
            }
            entry
        })
        .collect();
    json!({
        "format_version": "1.2",
        "complete": true,
        "variables": variables,
        "resource_changes": changes,
        "configuration": {"root_module": root},
    })
    .to_string()
}

/// A bucket of which nothing is known but that it will be.
pub(super) fn bucket<'s>(module: &'s str, name: &'s str, index: Json) -> Sketched<'s> {
    (module, "aws_s3_bucket", name, index, json!({}), json!({"bucket": true, "id": true}))
}

/// An expression with these references.
pub(super) fn refers(references: &[&str]) -> Json {
    json!({ "references": references })
}

/// A block of the configuration.
pub(super) fn block(kind: &str, name: &str, expressions: &Json) -> Json {
    json!({"mode": "managed", "type": kind, "name": name, "expressions": expressions})
}
