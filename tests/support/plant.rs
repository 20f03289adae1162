//! Puts secrets into a plan wherever one can hold them, and marks what Terraform would mark.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// What must never be seen.
pub(crate) const SECRET: &str = "hunter2";

/// Members of a plan whose type a reader takes for granted.
pub(crate) const MEMBERS: [&str; 22] = [
    "/variables",
    "/planned_values",
    "/planned_values/root_module",
    "/resource_changes",
    "/resource_changes/0",
    "/resource_changes/0/mode",
    "/resource_changes/0/type",
    "/resource_changes/0/index",
    "/resource_changes/0/change",
    "/resource_changes/0/change/actions",
    "/resource_changes/0/change/actions/0",
    "/resource_changes/0/change/before",
    "/resource_changes/0/change/after",
    "/resource_changes/0/change/after_unknown",
    "/resource_changes/0/change/after_sensitive",
    "/prior_state",
    "/prior_state/values",
    "/prior_state/values/root_module/resources",
    "/configuration",
    "/configuration/root_module",
    "/configuration/root_module/resources",
    "/configuration/root_module/resources/0/expressions",
];

/// Attributes that no access path needs, on every resource that has values.
const BESIDE: [&str; 8] =
    ["user_data", "password", "description", "comment", "tags", "tags_all", "policy_note", "content"];

/// What of a value is a word of AWS or Terraform and says nothing of anyone.
const COMMON: [&str; 3] = ["aws/s3", "origin-access-identity/cloudfront/", "cloudfront.amazonaws.com"];

/// Plants secrets that nothing has to mark, since nobody may print such values at all.
pub(crate) fn everywhere(plan: &mut Value) {
    each_values(plan, &mut |values| {
        for name in BESIDE {
            values.insert(
                name.to_owned(),
                if name.starts_with("tags") { json!({"Owner": SECRET}) } else { json!(SECRET) },
            );
        }
        for origin in values.get_mut("origin").and_then(Value::as_array_mut).into_iter().flatten() {
            origin["custom_header"] = json!([{"name": "X-Origin-Key", "value": SECRET}]);
        }
    });
    let unrelated = |kind: &str, values: Value| {
        json!({"address": format!("{kind}.planted"), "mode": "managed", "type": kind, "name": "planted",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {"actions": ["update"], "before": values, "after": values, "after_unknown": {},
                "before_sensitive": {}, "after_sensitive": {}}})
    };
    let more = [
        unrelated("aws_instance", json!({"user_data": SECRET, "id": SECRET})),
        unrelated("random_password", json!({"result": SECRET})),
        unrelated("aws_ssm_parameter", json!({"value": SECRET, "insecure_value": SECRET})),
        unrelated(
            "aws_s3_object",
            json!({"bucket": "acme-elsewhere", "key": "config.js", "content": SECRET, "content_base64": SECRET,
                "metadata": {"token": SECRET}, "server_side_encryption": "aws:kms"}),
        ),
        unrelated("aws_cloudfront_origin_access_identity", json!({"comment": SECRET})),
        unrelated("aws_kms_key", json!({"description": SECRET, "tags": {"a": SECRET}})),
    ];
    plan["resource_changes"].as_array_mut().unwrap().extend(more.clone());
    let mut drift = plan["resource_changes"].clone();
    if let Some(list) = plan["resource_drift"].as_array() {
        drift.as_array_mut().unwrap().extend(list.clone());
    }
    plan["resource_drift"] = drift;
    let mut variables = plan["variables"].as_object().cloned().unwrap_or_default();
    variables.insert("planted".to_owned(), json!({"value": {"deep": [SECRET]}}));
    plan["variables"] = Value::Object(variables);
    plan["output_changes"] = json!({"planted": {"actions": ["create"], "before": null, "after": SECRET}});
    plan["planned_values"]["outputs"] = json!({"planted": {"sensitive": true, "value": SECRET}});
    plan["checks"] = json!([{"address": {"kind": "check", "name": "x", "to_display": "check.x"}, "status": "fail",
        "instances": [{"address": {"to_display": "check.x"}, "status": "fail", "problems": [{"message": SECRET}]}]}]);
    plan["configuration"]["provider_config"]["aws"]["expressions"] = json!({"secret_key": {"constant_value": SECRET}, "default_tags": [{"tags": {"constant_value": {"a": SECRET}}}]});
    let root = &mut plan["configuration"]["root_module"];
    root["variables"]["planted"] = json!({"default": SECRET, "description": SECRET, "sensitive": true});
    root["outputs"]["planted"] = json!({"expression": {"constant_value": SECRET}, "description": SECRET});
    for resource in root["resources"].as_array_mut().into_iter().flatten() {
        for name in BESIDE {
            resource["expressions"][name] = json!({"constant_value": SECRET});
        }
    }
}

/// Puts a secret into every statement of every policy: its Sid, and a value of a condition that it does not depend on.
pub(crate) fn in_policies(plan: &mut Value) {
    each_values(plan, &mut |values| {
        for name in ["policy", "json", "minified_json"] {
            let Some(mut document) =
                values.get(name).and_then(Value::as_str).and_then(|text| serde_json::from_str::<Value>(text).ok())
            else {
                continue;
            };
            for statement in document["Statement"].as_array_mut().into_iter().flatten() {
                statement["Sid"] = json!(SECRET);
                statement["Condition"]["StringNotEquals"]["aws:PrincipalOrgID"] = json!(SECRET);
            }
            values.insert(name.to_owned(), json!(document.to_string()));
        }
        for statement in values.get_mut("statement").and_then(Value::as_array_mut).into_iter().flatten() {
            statement["sid"] = json!(SECRET);
        }
    });
}

/// Marks every attribute of every resource as sensitive, origins as a whole, and takes constants out of the configuration,
/// where a value that is marked cannot come from.
pub(crate) fn mark_everything(plan: &mut Value) {
    mark(plan, &|_| true);
    hide_constants(&mut plan["configuration"]);
}

/// Marks the policies of every resource as sensitive.
pub(crate) fn mark_policies(plan: &mut Value) {
    mark(plan, &|name| matches!(name, "policy" | "json" | "minified_json" | "statement"));
}

/// The values that identify somebody's resources: what must not be told once it is marked. Words that any plan holds, and
/// parts of addresses, which are never secret, are not among them.
pub(crate) fn values(plan: &Value) -> Vec<String> {
    let mut plan = plan.clone();
    let mut addresses = String::new();
    collect_members(&plan, "address", &mut addresses);
    let mut found = BTreeSet::new();
    each_values(&mut plan, &mut |values| {
        for name in ["bucket", "arn", "id", "key_id", "domain_name", "kms_master_key_id", "etag", "iam_arn"] {
            found.extend(values.get(name).and_then(Value::as_str).map(str::to_owned));
        }
        for origin in values.get("origin").and_then(Value::as_array).into_iter().flatten() {
            for name in ["domain_name", "origin_id", "origin_access_control_id"] {
                found.extend(origin.get(name).and_then(Value::as_str).map(str::to_owned));
            }
        }
    });
    found.retain(|value| value.len() > 5 && !addresses.contains(value.as_str()));
    found.retain(|value| !COMMON.iter().any(|common| value.ends_with(common)));
    found.into_iter().collect()
}

fn collect_members(value: &Value, wanted: &str, text: &mut String) {
    match value {
        Value::Object(fields) => {
            for (name, member) in fields {
                if let Some(found) = member.as_str().filter(|_| name == wanted) {
                    text.push_str(found);
                    text.push('\n');
                }
                collect_members(member, wanted, text);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_members(item, wanted, text)),
        _ => {}
    }
}

/// Every object that holds the attributes of a resource, in changes and in states.
fn each_values(value: &mut Value, with: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            let is_change = fields.contains_key("actions");
            for (name, member) in fields {
                let holds = (is_change && (name == "before" || name == "after")) || name == "values";
                match member {
                    Value::Object(attributes) if holds && !attributes.contains_key("root_module") => with(attributes),
                    member if name != "configuration" => each_values(member, with),
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_values(item, with)),
        _ => {}
    }
}

/// Sets the marks beside the values of every resource for the attributes that `wanted` picks.
fn mark(value: &mut Value, wanted: &dyn Fn(&str) -> bool) {
    match value {
        Value::Object(fields) => {
            for (values, marks) in
                [("before", "before_sensitive"), ("after", "after_sensitive"), ("values", "sensitive_values")]
            {
                if values != "values" && !fields.contains_key("actions") {
                    continue;
                }
                let Some(Value::Object(attributes)) = fields.get(values) else { continue };
                if attributes.contains_key("root_module") {
                    continue;
                }
                let names: Vec<String> = attributes.keys().filter(|name| wanted(name)).cloned().collect();
                let mut all = fields.get(marks).and_then(Value::as_object).cloned().unwrap_or_default();
                all.extend(names.into_iter().map(|name| (name, Value::Bool(true))));
                fields.insert(marks.to_owned(), Value::Object(all));
            }
            for (name, member) in fields {
                if name != "configuration" {
                    mark(member, wanted);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mark(item, wanted)),
        _ => {}
    }
}

fn hide_constants(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("constant_value").is_some_and(Value::is_string) {
                fields.remove("constant_value");
                fields.insert("references".to_owned(), json!(["var.planted"]));
            }
            fields.values_mut().for_each(hide_constants);
        }
        Value::Array(items) => items.iter_mut().for_each(hide_constants),
        _ => {}
    }
}
