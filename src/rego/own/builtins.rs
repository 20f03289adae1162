//! Built-in functions that the interpreter lacks and that policies of Terraform plans use, and the clock, which stands still
//! while policies run.
//!
//! What is neither there nor here is refused when policies are loaded, by name.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins>.

use std::collections::BTreeSet;

use regorus::{Engine, Value};
use sha2::{Digest as _, Sha256};

use super::super::error::PolicyError;

/// A function as the interpreter calls it.
type Function = fn(&[Value]) -> Result<Value, PolicyError>;

/// Those that are always there, with the number of their parameters.
const ALWAYS: [(&str, u8, Function); 1] = [("crypto.sha256", 1, sha256)];

/// Those that only older Rego has.
const OLD: [(&str, u8, Function); 10] = [
    ("all", 1, |of| members(of).map(|mut all| Value::from(all.all(|member| *member == Value::Bool(true))))),
    ("any", 1, |of| members(of).map(|mut all| Value::from(all.any(|member| *member == Value::Bool(true))))),
    ("cast_array", 1, |of| match of {
        [Value::Set(set)] => Ok(Value::from(set.iter().cloned().collect::<Vec<_>>())),
        [array @ Value::Array(_)] => Ok(array.clone()),
        _ => Err(wrong("a set or an array")),
    }),
    ("cast_boolean", 1, |of| only(of, "a boolean", |value| matches!(value, Value::Bool(_)))),
    ("cast_null", 1, |of| only(of, "null", |value| matches!(value, Value::Null))),
    ("cast_object", 1, |of| only(of, "an object", |value| matches!(value, Value::Object(_)))),
    ("cast_set", 1, |of| match of {
        [Value::Array(array)] => Ok(Value::from(array.iter().cloned().collect::<BTreeSet<_>>())),
        [set @ Value::Set(_)] => Ok(set.clone()),
        _ => Err(wrong("a set or an array")),
    }),
    ("cast_string", 1, |of| only(of, "a string", |value| matches!(value, Value::String(_)))),
    ("re_match", 2, matches_pattern),
    ("set_diff", 2, |of| match of {
        [Value::Set(left), Value::Set(right)] => {
            Ok(Value::from(left.iter().filter(|member| !right.contains(member)).cloned().collect::<BTreeSet<_>>()))
        }
        _ => Err(wrong("two sets")),
    }),
];

/// The clock, which OPA as well asks once for a whole evaluation.
const NOW: &str = "time.now_ns";

/// Whether the function `name` is supplied here.
pub(in crate::rego) fn is_supplied(name: &str, v0: bool) -> bool {
    name == NOW || ALWAYS.iter().chain(OLD.iter().filter(|_| v0)).any(|(supplied, ..)| *supplied == name)
}

/// Supplies them. `now` is in nanoseconds since 1970.
///
/// # Errors
/// When the interpreter refuses one.
pub(in crate::rego) fn supply(engine: &mut Engine, v0: bool, now: i64) -> Result<(), PolicyError> {
    let failed = |error: &dyn std::fmt::Display| PolicyError::Input(error.to_string());
    for (name, parameters, function) in ALWAYS.iter().chain(OLD.iter().filter(|_| v0)) {
        let function = *function;
        let call = move |values: Vec<Value>| Ok(function(&values)?);
        engine.add_extension((*name).to_owned(), *parameters, Box::new(call)).map_err(|error| failed(&error))?;
    }
    engine.add_extension(NOW.to_owned(), 0, Box::new(move |_| Ok(Value::from(now)))).map_err(|error| failed(&error))
}

fn sha256(of: &[Value]) -> Result<Value, PolicyError> {
    match of {
        [Value::String(text)] => Ok(Value::from(format!("{:x}", Sha256::digest(text.as_bytes())))),
        _ => Err(wrong("a string")),
    }
}

fn matches_pattern(of: &[Value]) -> Result<Value, PolicyError> {
    let [Value::String(pattern), Value::String(text)] = of else { return Err(wrong("two strings")) };
    let pattern = regex::Regex::new(pattern).map_err(|error| PolicyError::Input(error.to_string()))?;
    Ok(Value::from(pattern.is_match(text)))
}

fn members(of: &[Value]) -> Result<Box<dyn Iterator<Item = &Value> + '_>, PolicyError> {
    match of {
        [Value::Array(array)] => Ok(Box::new(array.iter())),
        [Value::Set(set)] => Ok(Box::new(set.iter())),
        _ => Err(wrong("a set or an array")),
    }
}

fn only(of: &[Value], what: &str, is: fn(&Value) -> bool) -> Result<Value, PolicyError> {
    of.first().filter(|value| is(value)).cloned().ok_or_else(|| wrong(what))
}

fn wrong(wanted: &str) -> PolicyError {
    PolicyError::Input(format!("a built-in function wants {wanted}"))
}
