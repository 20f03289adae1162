//! Smaller functions of which the interpreter has something else than OPA, or ends in a panic.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins>.

use std::fmt::Write as _;

use regorus::Value;
use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};

/// The most numbers that a range may have.
const LONGEST: i64 = 10_000_000;

pub(super) fn sha256(of: &[Value]) -> Option<Value> {
    let [Value::String(text)] = of else { return None };
    Some(Value::from(format!("{:x}", Sha256::digest(text.as_bytes()))))
}

pub(super) fn range_step(of: &[Value]) -> Option<Value> {
    let numbers: Vec<i64> = of.iter().map_while(|value| value.as_i64().ok()).collect();
    let [from, to, step] = numbers.as_slice() else { return None };
    if *step <= 0 || to.checked_sub(*from)?.checked_abs()? / step > LONGEST {
        return None;
    }
    let step = if from <= to { *step } else { -step };
    let all = std::iter::successors(Some(*from), |at| at.checked_add(step));
    let all = all.take_while(|at| if step > 0 { at <= to } else { at >= to });
    Some(Value::from(all.map(Value::from).collect::<Vec<_>>()))
}

pub(super) fn to_number(of: &[Value]) -> Option<Value> {
    match of {
        [Value::Null | Value::Bool(false)] => Some(Value::from(0_u64)),
        [Value::Bool(true)] => Some(Value::from(1_u64)),
        [number @ Value::Number(_)] => Some(number.clone()),
        [Value::String(text)] => {
            let blank = text.chars().any(|char| !(char.is_ascii_digit() || "+-.eE".contains(char)));
            if blank { None } else { Value::from_numeric_string(text).ok() }
        }
        _ => None,
    }
}

#[allow(clippy::unnecessary_wraps, reason = "it is one of several functions, and others may give nothing")]
pub(super) fn json_is_valid(of: &[Value]) -> Option<Value> {
    Some(Value::from(matches!(of, [Value::String(text)] if serde_json::from_str::<IgnoredAny>(text).is_ok())))
}

/// As Go writes it, with what means something in HTML written otherwise.
pub(super) fn json_marshal(of: &[Value]) -> Option<Value> {
    let text = serde_json::to_string(of.first()?).ok()?;
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => drop(write!(out, "\\u{:04x}", u32::from(char))),
            other => out.push(other),
        }
    }
    Some(Value::from(out))
}
