//! `glob.*` as OPA has it: `*` is anything but a delimiter, and `**` anything.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/glob>, <https://pkg.go.dev/github.com/gobwas/glob>.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use regorus::Value;

use super::super::super::error::PolicyError;
use super::regex;

pub(super) fn is_match(of: &[Value]) -> Result<Value, PolicyError> {
    let [Value::String(glob), delimiters, Value::String(text)] = of else { return Ok(Value::Undefined) };
    let Some(delimiters) = separators(delimiters) else { return Ok(Value::Undefined) };
    if let Some((before, after)) = around(glob, &delimiters) {
        return Ok(Value::from(text.starts_with(before) && text.ends_with(after)));
    }
    match translated(glob, &delimiters) {
        Some(expression) => regex::matches(&expression, text),
        None => Ok(Value::Undefined),
    }
}

pub(super) fn quote_meta(of: &[Value]) -> Option<Value> {
    let [Value::String(text)] = of else { return None };
    let quoted = text.chars().flat_map(|char| {
        let special = "\\*?[]{}".contains(char);
        special.then_some('\\').into_iter().chain([char])
    });
    Some(Value::from(quoted.collect::<String>()))
}

/// The delimiters: none, those that are named, or else the dot.
fn separators(value: &Value) -> Option<Vec<char>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(all) if all.is_empty() => Some(vec!['.']),
        Value::Array(all) => all
            .iter()
            .map(|one| {
                let Value::String(text) = one else { return None };
                let mut chars = text.chars();
                chars.next().filter(|_| chars.next().is_none())
            })
            .collect(),
        _ => None,
    }
}

/// What stands before and behind anything, if that is all the glob is: with OPA, both may share letters then.
fn around<'g>(glob: &'g str, separators: &[char]) -> Option<(&'g str, &'g str)> {
    let (before, rest) = glob.split_once('*')?;
    let after = rest.trim_start_matches('*');
    let anything = separators.is_empty() || after.len() < rest.len();
    (anything && !format!("{before}{after}").contains(['*', '?', '[', '{', '}', '\\', ','])).then_some((before, after))
}

fn hex(char: char) -> String {
    format!("\\x{{{:x}}}", u32::from(char))
}

/// The glob as an expression in the syntax of the `regex` crate.
fn translated(glob: &str, separators: &[char]) -> Option<String> {
    let one = if separators.is_empty() {
        "(?s:.)".to_owned()
    } else {
        format!("[^{}]", separators.iter().map(|char| hex(*char)).collect::<String>())
    };
    let mut out = String::from("^");
    let mut chars = glob.chars().peekable();
    let mut depth = 0_u32;
    while let Some(char) = chars.next() {
        match char {
            '*' if chars.next_if_eq(&'*').is_some() => {
                while chars.next_if_eq(&'*').is_some() {}
                out.push_str("(?s:.*)");
            }
            '*' => drop(write!(out, "{one}*")),
            '?' => out.push_str(&one),
            '[' => out.push_str(&list(&mut chars)?),
            '{' => {
                depth += 1;
                out.push_str("(?:");
            }
            '}' if depth > 0 => {
                depth -= 1;
                out.push(')');
            }
            ',' if depth > 0 => out.push('|'),
            '\\' => out.push_str(&chars.next().map(hex).unwrap_or_default()),
            other => out.push_str(&hex(other)),
        }
    }
    // What is left open ends with the glob.
    (0..depth).for_each(|_| out.push(')'));
    out.push('$');
    Some(out)
}

/// What follows `[`: characters, or a range, and nothing of the kind after `!`.
fn list(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    let not = if chars.next_if_eq(&'!').is_some() { "^" } else { "" };
    let mut all = Vec::new();
    loop {
        match chars.next()? {
            ']' => break,
            '\\' => all.push((chars.next()?, true)),
            other => all.push((other, false)),
        }
    }
    let inside = match all.as_slice() {
        [(low, _), ('-', false), (high, _)] if low <= high => format!("{}-{}", hex(*low), hex(*high)),
        [] | [_, ('-', false), ..] => return None,
        all => all.iter().map(|(char, _)| hex(*char)).collect(),
    };
    Some(format!("[{not}{inside}]"))
}
