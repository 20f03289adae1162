//! Functions of texts where the interpreter's differ from OPA's, which are Go's: letters are mapped one by one, and characters
//! are counted.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/strings>, <https://pkg.go.dev/strings>.

use regorus::Value;

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn two(of: &[Value]) -> Option<(&str, &str)> {
    let [one, other] = of else { return None };
    Some((text(one)?, text(other)?))
}

fn number(number: usize) -> Value {
    Value::from(u64::try_from(number).unwrap_or(u64::MAX))
}

pub(super) fn count(of: &[Value]) -> Option<Value> {
    Some(number(match of {
        [Value::String(text)] => text.chars().count(),
        [Value::Array(all)] => all.len(),
        [Value::Set(all)] => all.len(),
        [Value::Object(all)] => all.len(),
        _ => return None,
    }))
}

pub(super) fn lower(of: &[Value]) -> Option<Value> {
    let [Value::String(text)] = of else { return None };
    // Only one letter becomes several, of which the first is its counterpart.
    Some(Value::from(text.chars().map(|char| char.to_lowercase().next().unwrap_or(char)).collect::<String>()))
}

pub(super) fn upper(of: &[Value]) -> Option<Value> {
    let [Value::String(text)] = of else { return None };
    Some(Value::from(text.chars().map(capital).collect::<String>()))
}

/// The counterpart of one letter, where that is one letter as well.
fn capital(char: char) -> char {
    let mut all = char.to_uppercase();
    if let (Some(one), None) = (all.next(), all.next()) {
        return one;
    }
    let up = match u32::from(char) {
        code @ (0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7) => code + 8,
        code @ (0x1fb3 | 0x1fc3 | 0x1ff3) => code + 9,
        code => code,
    };
    char::from_u32(up).unwrap_or(char)
}

pub(super) fn indexof(of: &[Value]) -> Option<Value> {
    let (text, part) = two(of).filter(|(_, part)| !part.is_empty())?;
    let at = text.find(part).and_then(|at| text.get(..at));
    Some(at.map_or(Value::from(-1_i64), |before| number(before.chars().count())))
}

pub(super) fn indexof_n(of: &[Value]) -> Option<Value> {
    let (text, part) = two(of).filter(|(_, part)| !part.is_empty())?;
    let all = text
        .char_indices()
        .enumerate()
        .filter(|(_, (at, _))| text.get(*at..).is_some_and(|rest| rest.starts_with(part)));
    Some(Value::from(all.map(|(at, _)| number(at)).collect::<Vec<_>>()))
}

pub(super) fn occurrences(of: &[Value]) -> Option<Value> {
    let (text, part) = two(of)?;
    Some(number(if part.is_empty() { text.chars().count() + 1 } else { text.matches(part).count() }))
}

pub(super) fn substring(of: &[Value]) -> Option<Value> {
    let [Value::String(text), from, length] = of else { return None };
    let from = usize::try_from(from.as_i64().ok()?).ok()?;
    let length = usize::try_from(length.as_i64().ok()?).unwrap_or(usize::MAX);
    Some(Value::from(text.chars().skip(from).take(length).collect::<String>()))
}

/// Replaces several texts at once: what was put in is not looked at again.
pub(super) fn replace_n(of: &[Value]) -> Option<Value> {
    let [Value::Object(pairs), Value::String(source)] = of else { return None };
    let mut all = pairs.iter().map(|(from, to)| Some((text(from)?, text(to)?))).collect::<Option<Vec<_>>>()?;
    all.sort_unstable();
    let mut out = String::new();
    let (mut rest, mut empty) = (&**source, false);
    loop {
        let found = all.iter().find(|(from, _)| rest.starts_with(from) && !(empty && from.is_empty()));
        empty = found.is_some_and(|(from, _)| from.is_empty());
        if let Some((from, to)) = found {
            out.push_str(to);
            rest = rest.strip_prefix(from).unwrap_or_default();
            if !from.is_empty() {
                continue;
            }
        }
        let mut chars = rest.chars();
        if found.is_none() || empty {
            let Some(char) = chars.next() else { break };
            if found.is_none() {
                out.push(char);
                rest = chars.as_str();
            }
        }
    }
    Some(Value::from(out))
}
