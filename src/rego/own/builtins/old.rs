//! Functions that only the Rego of before OPA 1.0 has.
//!
//! Source: <https://www.openpolicyagent.org/docs/v0-compatibility>.

use std::collections::BTreeSet;

use regorus::Value;

use super::super::super::error::PolicyError;
use super::{Function, regex};

/// Those that only older Rego has.
pub(super) const OLD: [(&str, u8, Function); 10] = [
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
    ("re_match", 2, regex::is_match),
    ("set_diff", 2, |of| match of {
        [Value::Set(left), Value::Set(right)] => {
            Ok(Value::from(left.iter().filter(|member| !right.contains(member)).cloned().collect::<BTreeSet<_>>()))
        }
        _ => Err(wrong("two sets")),
    }),
];

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
    PolicyError::Builtin(format!("a built-in function wants {wanted}"))
}
