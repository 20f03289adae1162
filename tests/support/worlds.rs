//! Plans that cannot break anything, made of plans that may: nothing changes, or everything goes.

use serde_json::{Map, Value, json};

/// The same infrastructure, and a plan that leaves it as it is.
pub(crate) fn unchanged(plan: Value) -> Value {
    each_existing(plan, |change| {
        let [before, sensitive] = ["before", "before_sensitive"].map(|part| change.get(part).cloned());
        change.insert("actions".into(), json!(["no-op"]));
        change.insert("after".into(), before.unwrap_or_default());
        change.insert("after_sensitive".into(), sensitive.unwrap_or_default());
    })
}

/// The same infrastructure, and a plan that destroys all of it.
pub(crate) fn destroyed(plan: Value) -> Value {
    let mut plan = each_existing(plan, |change| {
        change.insert("actions".into(), json!(["delete"]));
        change.insert("after".into(), Value::Null);
        change.insert("after_sensitive".into(), json!(false));
    });
    plan["planned_values"] = json!({"root_module": {}});
    plan
}

/// A plan of what is there already: `edit` says what happens to each resource, and nothing new comes.
///
/// The configuration stays as it is, as in a `-target` plan that leaves its changes out.
fn each_existing(mut plan: Value, edit: impl Fn(&mut Map<String, Value>)) -> Value {
    let state = plan["prior_state"]["values"]["root_module"].clone();
    plan["planned_values"]["root_module"] = if state.is_null() { json!({}) } else { state };
    let fields = plan.as_object_mut().unwrap();
    fields.remove("deferred_changes");
    let Some(Value::Array(changes)) = fields.get_mut("resource_changes") else { return plan };
    changes.retain(|entry| entry["mode"] == "managed" && entry["change"]["before"].is_object());
    for entry in changes {
        entry.as_object_mut().unwrap().remove("action_reason");
        let change = entry["change"].as_object_mut().unwrap();
        change.remove("importing");
        change.remove("replace_paths");
        change.insert("after_unknown".into(), json!({}));
        edit(change);
    }
    plan
}
