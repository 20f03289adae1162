//! `regex.*` as OPA has it.
//!
//! Source: <https://www.openpolicyagent.org/docs/policy-reference/builtins/regex>, <https://pkg.go.dev/regexp>.

use regex::{Captures, Regex};
use regorus::Value;

use super::super::super::error::PolicyError;
use super::pattern::{Pattern, compiled, pattern};

type Answer = Result<Value, PolicyError>;

/// The function over texts whose first is an expression; undefined for anything else.
fn with(of: &[Value], at: usize, then: impl FnOnce(&Pattern, &[&str]) -> Value) -> Answer {
    let texts: Vec<&str> = of.iter().map_while(text).collect();
    let Some(expression) = texts.get(at) else { return Ok(Value::Undefined) };
    Ok(pattern(expression)?.map_or(Value::Undefined, |pattern| then(&pattern, &texts)))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn array(all: impl Iterator<Item = String>) -> Value {
    Value::from(all.map(Value::from).collect::<Vec<_>>())
}

pub(super) fn is_match(of: &[Value]) -> Answer {
    with(of, 0, |pattern, texts| match texts {
        [_, text] => Value::from(pattern.regex.is_match(text)),
        _ => Value::Undefined,
    })
}

pub(super) fn is_valid(of: &[Value]) -> Answer {
    let Some(expression) = of.first().and_then(text) else { return Ok(Value::from(false)) };
    Ok(Value::from(pattern(expression)?.is_some()))
}

/// How many to find at most; all, if it is below zero.
fn most(of: &[Value]) -> Option<usize> {
    let most = of.get(2)?.as_i64().ok()?;
    Some(usize::try_from(most).unwrap_or(usize::MAX))
}

pub(super) fn find_n(of: &[Value]) -> Answer {
    let Some(most) = most(of) else { return Ok(Value::Undefined) };
    with(of, 0, |pattern, texts| match texts {
        [_, text] => array(pattern.regex.find_iter(text).take(most).map(|found| found.as_str().to_owned())),
        _ => Value::Undefined,
    })
}

pub(super) fn find_groups(of: &[Value]) -> Answer {
    let Some(most) = most(of) else { return Ok(Value::Undefined) };
    let groups = |found: Captures<'_>| {
        array(
            found
                .iter()
                .map(|group| group.map_or("", |group| group.as_str()).to_owned())
                .collect::<Vec<_>>()
                .into_iter(),
        )
    };
    with(of, 0, |pattern, texts| match texts {
        [_, text] => Value::from(pattern.regex.captures_iter(text).take(most).map(groups).collect::<Vec<_>>()),
        _ => Value::Undefined,
    })
}

pub(super) fn replace(of: &[Value]) -> Answer {
    with(of, 1, |pattern, texts| match texts {
        [text, _, template] => {
            let put = |found: &Captures<'_>| expanded(template, pattern, found);
            Value::from(pattern.regex.replace_all(text, put).into_owned())
        }
        _ => Value::Undefined,
    })
}

/// `template` with `$name` and `${name}` as what the groups found.
fn expanded(template: &str, pattern: &Pattern, found: &Captures<'_>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let Some((name, after)) = name(after) else {
            out.push('$');
            rest = after;
            continue;
        };
        rest = after;
        let number = name.bytes().all(|byte| byte.is_ascii_digit()) && !(name.len() > 1 && name.starts_with('0'));
        let group = match name.parse::<usize>() {
            Ok(at) if number => found.get(at),
            _ => {
                let named = pattern.names.iter().enumerate().filter(|(_, group)| *group == name);
                { named }.find_map(|(at, _)| found.get(at))
            }
        };
        out.push_str(group.map_or("", |group| group.as_str()));
    }
    out + rest
}

/// The name that begins here, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let part = |char: char| char.is_alphanumeric() || char == '_';
    let (inside, braces) = text.strip_prefix('{').map_or((text, false), |inside| (inside, true));
    let end = inside.find(|char| !part(char)).unwrap_or(inside.len());
    let (name, after) = inside.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
    Some((name, if braces { after.strip_prefix('}')? } else { after }))
}

pub(super) fn split(of: &[Value]) -> Answer {
    with(of, 0, |pattern, texts| match texts {
        [expression, text] => array(parts(&pattern.regex, expression, text).into_iter()),
        _ => Value::Undefined,
    })
}

fn parts(regex: &Regex, expression: &str, text: &str) -> Vec<String> {
    if !expression.is_empty() && text.is_empty() {
        return vec![String::new()];
    }
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in regex.find_iter(text) {
        end = found.start();
        if found.end() != 0 {
            parts.push(text.get(begin..end).unwrap_or_default().to_owned());
        }
        begin = found.end();
    }
    if end != text.len() {
        parts.push(text.get(begin..).unwrap_or_default().to_owned());
    }
    parts
}

/// Expressions between delimiters, and letters around them, that match a whole text.
pub(super) fn template_match(of: &[Value]) -> Answer {
    let texts: Vec<&str> = of.iter().filter_map(text).collect();
    let [template, text, open, close] = texts.as_slice() else { return Ok(Value::Undefined) };
    let (Some(open), Some(close)) = (only(open), only(close)) else { return Ok(Value::Undefined) };
    let Some(pieces) = pieces(template, open, close) else { return Ok(Value::Undefined) };
    let mut whole = String::from("^");
    for (inside, piece) in pieces {
        if inside {
            whole.extend(["(", piece, ")"]);
        } else {
            whole.push_str(&quoted(piece));
        }
    }
    whole.push('$');
    Ok(pattern(&whole)?.map_or(Value::Undefined, |pattern| Value::from(pattern.regex.is_match(text))))
}

fn only(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn quoted(text: &str) -> String {
    text.chars().map(|char| if char.is_ascii_punctuation() { format!("\\{char}") } else { char.to_string() }).collect()
}

/// What stands outside and inside of delimiters; nothing if they do not go together.
fn pieces(template: &str, open: char, close: char) -> Option<Vec<(bool, &str)>> {
    let mut pieces = Vec::new();
    let (mut level, mut begin) = (0_u32, 0);
    for (at, char) in template.char_indices() {
        if char == open {
            level += 1;
            if level == 1 {
                pieces.push((false, template.get(begin..at)?));
                begin = at + char.len_utf8();
            }
        } else if char == close {
            level = level.checked_sub(1)?;
            if level == 0 {
                pieces.push((true, template.get(begin..at)?));
                begin = at + char.len_utf8();
            }
        }
    }
    pieces.push((false, template.get(begin..)?));
    (level == 0).then_some(pieces)
}

/// Whether an expression in the syntax of the crate matches.
pub(super) fn matches(expression: &str, text: &str) -> Answer {
    Ok(compiled(expression)?.map_or(Value::Undefined, |regex| Value::from(regex.is_match(text))))
}
