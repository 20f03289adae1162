//! What is a plan is one for everybody.

use oacguard::plan::{Plan, PlanError, decode, whole};
use serde_json::Value;

const MAX_SIZE: u64 = 1 << 20;

/// Whoever judges a plan and whoever looks for a place in it read the same document, or refuse it for the same reason.
pub(crate) fn reader(bytes: &[u8]) {
    let tree = whole::read(bytes.to_vec(), MAX_SIZE);
    let text = match decode(bytes.to_vec(), MAX_SIZE) {
        Ok(text) => text,
        Err(refused) => {
            said(&refused);
            assert_eq!(tree.map_err(|error| error.to_string()), Err(refused.to_string()));
            return;
        }
    };
    // A zero, which no JSON holds, makes a text look like UTF-16.
    if text.starts_with('{') && !text.contains('\0') {
        let again = decode(text.clone().into_bytes(), MAX_SIZE).ok();
        assert_eq!(again.as_ref(), Some(&text), "a text that is no longer the same");
    }
    match (Plan::read(&text), tree) {
        (Ok(plan), Ok(tree)) => same(&plan, &tree),
        (Err(refused), tree) => {
            said(&refused);
            assert_eq!(tree.map_err(|error| error.to_string()), Err(refused.to_string()));
        }
        // What is skipped on the way to a plan may be more than a tree can hold: a number without end, half a character.
        (Ok(_), Err(PlanError::BadJson { .. })) => {
            assert!(!is_one_tree(&text), "only one of the two can read it");
        }
        (Ok(_), Err(refused)) => panic!("only one of the two takes it for a plan; the other says: {refused}"),
    }
}

/// A refusal says what is wrong, and what to do.
fn said(refused: &PlanError) {
    assert!(!refused.to_string().is_empty() && !refused.help().is_empty() && !refused.kind().is_empty(), "{refused:?}");
}

fn is_one_tree(text: &str) -> bool {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('{') {
            let rest = text.get(at..).unwrap_or_default();
            return serde_json::Deserializer::from_str(rest)
                .into_iter::<Value>()
                .next()
                .is_some_and(|tree| tree.is_ok());
        }
        at += line.len();
    }
    false
}

/// The plan and the tree are of one document.
fn same(plan: &Plan<'_>, tree: &Value) {
    assert_eq!(tree.get("format_version").and_then(Value::as_str), Some(plan.format_version.as_str()));
    assert_eq!(tree.get("terraform_version").and_then(Value::as_str), plan.terraform_version.as_deref());
    assert_eq!(tree.get("complete").and_then(Value::as_bool), plan.complete);
    assert!(tree.get("errored").and_then(Value::as_bool) != Some(true), "a plan that failed");
    let listed = |name: &str| tree.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    if tree.get("prior_state").is_none_or(Value::is_null) {
        assert!(plan.instances.len() <= listed("resource_changes"), "more instances than changes");
    }
}
