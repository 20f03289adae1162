//! Built-in functions that the interpreter lacks, or has otherwise than OPA so that a failure could be lost, and that policies
//! of Terraform plans use; and the clock, which stands still while policies run.
//!
//! What is neither there nor here is refused when policies are loaded, by name.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins>.

mod glob;
mod net;
mod number;
mod objects;
mod old;
mod other;
mod pattern;
mod re2;
mod regex;
mod semver;
mod sprintf;
mod strings;
mod time;
mod units;

use regorus::{Engine, Value};

use self::old::OLD;
use super::super::error::PolicyError;
use super::{iteration, negation};

/// A function as the interpreter calls it.
type Function = fn(&[Value]) -> Result<Value, PolicyError>;

/// A function that is undefined where it gives nothing, and never an error.
type Partial = fn(&[Value]) -> Option<Value>;

/// Those that are always there, with the number of their parameters.
const ALWAYS: [(&str, u8, Function); 11] = [
    (iteration::MEMBERS, 1, iteration::members),
    (negation::DEFINED, 1, negation::defined),
    ("glob.match", 3, glob::is_match),
    ("regex.find_all_string_submatch_n", 3, regex::find_groups),
    ("regex.find_n", 3, regex::find_n),
    ("regex.is_valid", 1, regex::is_valid),
    ("regex.match", 2, regex::is_match),
    ("regex.replace", 3, regex::replace),
    ("regex.split", 2, regex::split),
    ("regex.template_match", 4, regex::template_match),
    ("sprintf", 2, sprintf::call),
];

/// Those that are undefined where they give nothing.
const PARTIAL: [(&str, u8, Partial); 29] = [
    ("count", 1, strings::count),
    ("crypto.sha256", 1, other::sha256),
    ("glob.quote_meta", 1, glob::quote_meta),
    ("indexof", 2, strings::indexof),
    ("indexof_n", 2, strings::indexof_n),
    ("json.filter", 2, objects::filter),
    ("json.is_valid", 1, other::json_is_valid),
    ("json.marshal", 1, other::json_marshal),
    ("json.remove", 2, objects::remove),
    ("lower", 1, strings::lower),
    ("net.cidr_contains", 2, net::contains),
    ("net.cidr_intersects", 2, net::intersects),
    ("net.cidr_is_valid", 1, net::is_valid),
    ("net.cidr_merge", 1, net::merge),
    ("numbers.range_step", 3, other::range_step),
    ("object.subset", 2, objects::subset),
    ("semver.compare", 2, semver::compare),
    ("semver.is_valid", 1, semver::is_valid),
    ("strings.count", 2, strings::occurrences),
    ("strings.replace_n", 2, strings::replace_n),
    ("substring", 3, strings::substring),
    ("time.add_date", 4, time::add_date),
    ("time.parse_duration_ns", 1, time::parse_duration),
    ("time.parse_rfc3339_ns", 1, time::parse_rfc3339),
    ("to_number", 1, other::to_number),
    ("trace", 1, |_| Some(Value::from(true))),
    ("units.parse", 1, units::parse),
    ("units.parse_bytes", 1, units::parse_bytes),
    ("upper", 1, strings::upper),
];

/// The clock, which OPA as well asks once for a whole evaluation.
const NOW: &str = "time.now_ns";

/// Whether the function `name` is supplied here.
pub(in crate::rego) fn is_supplied(name: &str, v0: bool) -> bool {
    name == NOW
        || PARTIAL.iter().any(|(supplied, ..)| *supplied == name)
        || ALWAYS.iter().chain(OLD.iter().filter(|_| v0)).any(|(supplied, ..)| *supplied == name)
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
    for (name, parameters, function) in &PARTIAL {
        let function = *function;
        let call = move |values: Vec<Value>| Ok(function(&values).unwrap_or(Value::Undefined));
        engine.add_extension((*name).to_owned(), *parameters, Box::new(call)).map_err(|error| failed(&error))?;
    }
    engine.add_extension(NOW.to_owned(), 0, Box::new(move |_| Ok(Value::from(now)))).map_err(|error| failed(&error))
}
