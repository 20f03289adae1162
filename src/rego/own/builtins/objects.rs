//! Functions of objects where the interpreter reads paths otherwise than OPA, or ends in a panic.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/object>.

use std::collections::BTreeMap;

use regorus::Value;

/// Whether the first has all that the second has.
pub(super) fn subset(of: &[Value]) -> Option<Value> {
    Some(Value::from(match of {
        [Value::Array(all), Value::Set(some)] => some.iter().all(|member| all.contains(member)),
        [Value::Object(_), Value::Object(_)] | [Value::Set(_), Value::Set(_)] | [Value::Array(_), Value::Array(_)] => {
            let [all, some] = of else { return None };
            has(all, some)
        }
        _ => return None,
    }))
}

fn has(all: &Value, some: &Value) -> bool {
    match (all, some) {
        (Value::Object(all), Value::Object(some)) => {
            some.iter().all(|(key, value)| all.get(key).is_some_and(|own| has(own, value)))
        }
        (Value::Set(all), Value::Set(some)) => some.iter().all(|member| all.contains(member)),
        (Value::Array(all), Value::Array(some)) => {
            some.is_empty() || all.as_slice().windows(some.len()).any(|part| part == some.as_slice())
        }
        _ => all == some,
    }
}

/// An object without what is at some paths.
pub(super) fn remove(of: &[Value]) -> Option<Value> {
    let [object @ Value::Object(_), paths] = of else { return None };
    Some(chosen(object, &all(paths)?, false))
}

/// What is at some paths of an object.
pub(super) fn filter(of: &[Value]) -> Option<Value> {
    let [object @ Value::Object(_), paths] = of else { return None };
    Some(chosen(object, &all(paths)?, true))
}

/// Paths, written as `a/b` or as arrays.
fn all(paths: &Value) -> Option<Vec<Vec<String>>> {
    let members: Vec<&Value> = match paths {
        Value::Array(all) => all.iter().collect(),
        Value::Set(all) => all.iter().collect(),
        _ => return None,
    };
    members.into_iter().map(path).collect()
}

fn path(path: &Value) -> Option<Vec<String>> {
    match path {
        Value::String(text) => {
            let parts = text.trim_start_matches('/').split('/');
            Some(parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
        }
        Value::Array(parts) => Some(parts.iter().map(key).collect()),
        _ => None,
    }
}

/// A key, or an index, as paths have it.
fn key(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// `value` with only what is at the paths, or else without it.
fn chosen(value: &Value, paths: &[Vec<String>], keep: bool) -> Value {
    let member = |name: &str, value: &Value| {
        let below: Vec<Vec<String>> = paths
            .iter()
            .filter_map(|path| path.split_first().filter(|(first, _)| *first == name))
            .map(|(_, rest)| rest.to_vec())
            .collect();
        match (below.is_empty(), below.iter().any(Vec::is_empty)) {
            (true, _) => (!keep).then(|| value.clone()),
            (false, true) => keep.then(|| value.clone()),
            (false, false) => Some(chosen(value, &below, keep)),
        }
    };
    match value {
        Value::Object(members) => {
            let members = members.iter().filter_map(|(name, value)| Some((name.clone(), member(&key(name), value)?)));
            Value::from(members.collect::<BTreeMap<_, _>>())
        }
        Value::Array(items) => {
            let items = items.iter().enumerate().filter_map(|(at, item)| member(&at.to_string(), item));
            Value::from(items.collect::<Vec<_>>())
        }
        other => other.clone(),
    }
}
