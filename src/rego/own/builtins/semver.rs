//! `semver.*` as OPA has it, which takes a `v` before a version and zeros before its numbers.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/semver>, <https://semver.org>.

use regorus::Value;

#[allow(clippy::unnecessary_wraps, reason = "it is one of several functions, and others may give nothing")]
pub(super) fn is_valid(of: &[Value]) -> Option<Value> {
    Some(Value::from(matches!(of, [Value::String(text)] if version(text).is_some())))
}

pub(super) fn compare(of: &[Value]) -> Option<Value> {
    let [Value::String(one), Value::String(other)] = of else { return None };
    let (one, other) = (version(one)?, version(other)?);
    let order = one.numbers.cmp(&other.numbers).then_with(|| match (one.pre, other.pre) {
        ("", "") => std::cmp::Ordering::Equal,
        ("", _) => std::cmp::Ordering::Greater,
        (_, "") => std::cmp::Ordering::Less,
        (one, other) => one.split('.').map(identifier).cmp(other.split('.').map(identifier)),
    });
    Some(Value::from(i64::from(order as i8)))
}

/// A version, by <https://semver.org> but for zeros before numbers and a `v` before all.
struct Version<'t> {
    numbers: [i64; 3],
    pre: &'t str,
}

fn version(text: &str) -> Option<Version<'_>> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = text.split_once('+').unwrap_or((text, ""));
    let (core, pre) = text.split_once('-').unwrap_or((text, ""));
    let good = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let dotted = |text: &str| text.is_empty() || text.split('.').all(|part| !part.is_empty() && good(part));
    if !dotted(pre) || !dotted(build) {
        return None;
    }
    let numbers: Vec<i64> = core
        .split('.')
        .map(|part| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten())
        .collect::<Option<_>>()?;
    Some(Version { numbers: numbers.try_into().ok()?, pre })
}

/// Part of what stands before a release: numbers come first, by what they amount to.
fn identifier(part: &str) -> (bool, u128, &str) {
    match part.parse::<u128>() {
        Ok(number) if part.bytes().all(|byte| byte.is_ascii_digit()) => (false, number, ""),
        _ => (true, 0, part),
    }
}
