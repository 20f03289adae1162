//! Built-in functions that the interpreter lacks, or has otherwise than OPA so that a failure could be lost, and that policies
//! of Terraform plans use; and the clock, which stands still while policies run.
//!
//! What is neither there nor here is refused when policies are loaded, by name.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins>.

use std::collections::BTreeSet;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use regorus::{Engine, Value};
use sha2::{Digest as _, Sha256};

use super::super::error::PolicyError;
use super::{iteration, sprintf};

/// A function as the interpreter calls it.
type Function = fn(&[Value]) -> Result<Value, PolicyError>;

/// Those that are always there, with the number of their parameters.
const ALWAYS: [(&str, u8, Function); 4] = [
    ("crypto.sha256", 1, sha256),
    (iteration::MEMBERS, 1, iteration::members),
    ("sprintf", 2, sprintf::call),
    ("time.add_date", 4, add_date),
];

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

/// An instant some years, months and days later. What is no day of a month is one of the next: a year after the 29th of
/// February is the 1st of March, where the interpreter has nothing.
#[allow(clippy::unnecessary_wraps, reason = "it is one of several functions, and others fail")]
fn add_date(of: &[Value]) -> Result<Value, PolicyError> {
    let numbers: Option<Vec<i64>> = of.iter().map(|value| value.as_i64().ok()).collect();
    let Some([instant, years, months, days]) = numbers.as_deref().and_then(|all| all.first_chunk::<4>()) else {
        return Ok(Value::Undefined);
    };
    Ok(later(*instant, *years, *months, *days).map_or(Value::Undefined, Value::from))
}

fn later(instant: i64, years: i64, months: i64, days: i64) -> Option<i64> {
    let from = Offset::UTC.to_datetime(Timestamp::from_nanosecond(i128::from(instant)).ok()?);
    let month = i64::from(from.year()).checked_add(years)?.checked_mul(12)?.checked_add(months)?;
    let month = month.checked_add(i64::from(from.month()) - 1)?;
    let (year, month) = (i16::try_from(month.div_euclid(12)).ok()?, i8::try_from(month.rem_euclid(12) + 1).ok()?);
    let first = Date::new(year, month, 1).ok()?.to_datetime(from.time());
    let days = Span::new().try_days(days.checked_add(i64::from(from.day()) - 1)?).ok()?;
    let then = Offset::UTC.to_timestamp(first.checked_add(days).ok()?).ok()?;
    i64::try_from(then.as_nanosecond()).ok()
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

#[cfg(test)]
mod tests {
    use super::later;

    #[test]
    fn dates_go_over_the_end_of_a_month() {
        const LEAP_DAY: i64 = 1_709_208_000_000_000_000;
        for (years, months, days, expected) in [
            (0, 0, 0, LEAP_DAY),
            (1, 0, 0, 1_740_830_400_000_000_000),
            (0, 12, 0, 1_740_830_400_000_000_000),
            (0, 0, 1, 1_709_294_400_000_000_000),
            (0, -1, 0, 1_706_529_600_000_000_000),
            (4, 0, 0, 1_835_438_400_000_000_000),
        ] {
            assert_eq!(later(LEAP_DAY, years, months, days), Some(expected), "{years} {months} {days}");
        }
        assert_eq!(later(LEAP_DAY, i64::MAX, 0, 0), None);
    }
}
