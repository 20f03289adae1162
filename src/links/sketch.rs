//! Small plan documents for tests, from just the parts that links are made of.

use serde_json::{Value as Json, json};

use super::estate::{At, Estate};
use crate::plan::{Plan, World};

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

/// What a plan does with a resource, or with a data source, whose address begins with `data.`.
pub(super) fn change(address: &str, actions: &[&str], before: &Json, (after, unknown): (&Json, &Json)) -> Json {
    let (mode, rest) = address.strip_prefix("data.").map_or(("managed", address), |rest| ("data", rest));
    let (kind, name) = rest.split_once('.').unwrap();
    json!({
        "address": address, "mode": mode, "type": kind, "name": name,
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": unknown},
    })
}

/// One that stays as it is.
pub(super) fn kept(address: &str, values: &Json) -> Json {
    change(address, &["no-op"], values, (values, &json!({})))
}

/// One that the plan makes, or reads, with these attributes and a mask of those that are known after apply.
pub(super) fn made(address: &str, known: &Json, unknown: &Json) -> Json {
    let action = if address.starts_with("data.") { "read" } else { "create" };
    change(address, &[action], &Json::Null, (known, unknown))
}

/// The text of a plan with these changes, and with these expressions in the blocks of these addresses; `providers` are its
/// provider blocks.
pub(super) fn document(changes: &[Json], blocks: &[(&str, Json)], providers: &Json) -> String {
    let blocks: Vec<Json> = blocks
        .iter()
        .map(|(address, expressions)| {
            let (mode, rest) = address.strip_prefix("data.").map_or(("managed", *address), |rest| ("data", rest));
            let (kind, name) = rest.split_once('.').unwrap();
            json!({"mode": mode, "type": kind, "name": name, "expressions": expressions, "provider_config_key": "aws"})
        })
        .collect();
    json!({
        "format_version": "1.2",
        "complete": true,
        "resource_changes": changes,
        "configuration": {"provider_config": providers, "root_module": {"resources": blocks}},
    })
    .to_string()
}

/// Asks something of what these plans are read as.
pub(super) fn ask<T>(texts: &[String], question: impl FnOnce(&Estate<'_, '_>) -> T) -> T {
    let plans: Vec<Plan<'_>> = texts.iter().map(|text| Plan::read(text).unwrap()).collect();
    question(&Estate::new(&plans))
}

/// The instance with an address, in the first plan that has it.
pub(super) fn at(estate: &Estate<'_, '_>, address: &str) -> At {
    let found = [World::Before, World::After].into_iter().flat_map(|world| estate.all(world));
    found.into_iter().find(|at| estate.label(*at) == address).unwrap()
}
