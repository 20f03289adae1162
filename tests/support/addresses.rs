//! The addresses that a plan document knows.

use serde_json::Value;

/// Every address in a plan document: instances as they stand, and configured resources with the modules they are in.
pub(crate) fn addresses(plan: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["resource_changes", "resource_drift", "deferred_changes", "planned_values", "prior_state"] {
        collect(&plan[part], &mut found);
    }
    configured(&plan["configuration"]["root_module"], "", &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("address").and_then(Value::as_str).map(str::to_owned));
            found.extend(fields.get("previous_address").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|inner| collect(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, found)),
        _ => {}
    }
}

fn configured(module: &Value, prefix: &str, found: &mut Vec<String>) {
    let resources = module["resources"].as_array().into_iter().flatten();
    found.extend(resources.filter_map(|one| Some(format!("{prefix}{}", one["address"].as_str()?))));
    for (name, call) in module["module_calls"].as_object().into_iter().flatten() {
        configured(&call["module"], &format!("{prefix}module.{name}."), found);
    }
}
