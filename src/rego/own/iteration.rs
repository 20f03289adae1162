//! `some x in y`, where `y` is null or anything else that has no members: OPA finds none there, and the interpreter ends with
//! an error. Plans are full of it: `tags` that nobody set are null.
//!
//! So such a statement asks for the members of `y` by a function, in a copy of the source that only the interpreter sees.

use std::cmp::Reverse;

use regorus::Value;
use regorus::unstable::{Literal, LiteralStmt, Module};

use super::super::ast::{self, Seen};
use super::super::error::PolicyError;
use super::negation;

/// The function's name, in a package that nobody else may have.
pub(super) const MEMBERS: &str = "oacguard.members";

/// The function: the value if it has members, or else undefined.
#[allow(clippy::unnecessary_wraps, reason = "it is one of several functions, and others fail")]
pub(super) fn members(of: &[Value]) -> Result<Value, PolicyError> {
    Ok(match of {
        [value @ (Value::Array(_) | Value::Set(_) | Value::Object(_))] => value.clone(),
        _ => Value::Undefined,
    })
}

/// The source of `module` with each such statement put so. Lines stay where they are.
pub(in crate::rego) fn rewritten(module: &Module) -> String {
    let source = module.package.span.source.contents();
    let mut places: Vec<(usize, &str)> = Vec::new();
    let open = format!("{MEMBERS}(");
    for rule in &module.policy {
        ast::walk(rule, &mut |seen| {
            let Seen::Statement(statement) = seen else { return };
            if let Some((start, end)) = collection(statement, source) {
                places.extend([(start, open.as_str()), (end, ")")]);
            }
        });
    }
    // The last first, so that those before stay in place; where one ends as another does, both get their bracket.
    places.sort_by_key(|(at, _)| Reverse(*at));
    let mut out = source.to_owned();
    for (at, text) in places {
        out.insert_str(at, text);
    }
    out
}

/// What the interpreter says of such a copy, with the source in it as it was written.
pub(in crate::rego) fn as_written(message: &str) -> String {
    let open = format!("{MEMBERS}(");
    let mut out = negation::as_written(message);
    while let Some(at) = out.find(&open) {
        out.replace_range(at..at + open.len(), "");
        let mut depth = 1_usize;
        let rest = out.get(at..).unwrap_or_default();
        let close = rest.char_indices().take_while(|(_, char)| *char != '\n').find(|(_, char)| {
            depth = match char {
                '(' => depth + 1,
                ')' => depth.saturating_sub(1),
                _ => depth,
            };
            depth == 0
        });
        if let Some((place, _)) = close {
            out.replace_range(at + place..=at + place, "");
        }
    }
    out
}

/// Where the collection begins and ends in `some … in collection`.
fn collection(statement: &LiteralStmt, source: &str) -> Option<(usize, usize)> {
    if !matches!(statement.literal, Literal::SomeIn { .. }) {
        return None;
    }
    let at = |place: u32| usize::try_from(place).ok();
    let end = match statement.with_mods.first() {
        Some(modifier) => at(modifier.span.start)?,
        None => at(statement.span.end)?,
    };
    let start = at(statement.span.start)?;
    let text = source.get(start..end)?;
    let after = start + keyword(text)?;
    let collection = source.get(after..end)?;
    let begin = after + (collection.len() - collection.trim_start().len());
    let end = after + collection.trim_end().len();
    // A comment in between would swallow the bracket.
    let whole = source.get(begin..end)?;
    let last = whole.rsplit('\n').next().unwrap_or(whole);
    (begin < end && !last.contains('#')).then_some((begin, end))
}

/// Where the keyword `in` ends that stands outside of brackets and texts.
fn keyword(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut word) = (0_usize, None, 0);
    let mut before = ' ';
    for (at, char) in text.char_indices() {
        match quote {
            Some(mark) => {
                if char == mark && before != '\\' {
                    quote = None;
                }
            }
            None => match char {
                '"' | '`' => quote = Some(char),
                '[' | '{' | '(' => depth += 1,
                ']' | '}' | ')' => depth = depth.saturating_sub(1),
                char if char.is_whitespace() && depth == 0 && text.get(word..at) == Some("in") => return Some(at),
                _ => {}
            },
        }
        if !(char.is_alphanumeric() || char == '_') {
            word = at + char.len_utf8();
        }
        before = char;
    }
    None
}

#[cfg(test)]
mod tests {
    use regorus::Engine;

    use super::{as_written, keyword, rewritten};

    fn of(body: &str) -> String {
        let mut engine = Engine::new();
        engine.add_policy("own.rego".to_owned(), format!("package main\n\nr if {{\n{body}\n}}\n")).unwrap();
        let out = rewritten(&engine.get_modules()[0]);
        out.strip_prefix("package main\n\nr if {\n").unwrap().strip_suffix("\n}\n").unwrap().to_owned()
    }

    #[test]
    fn collections_are_asked_for_their_members() {
        for (body, expected) in [
            ("some x in input.a", "some x in oacguard.members(input.a)"),
            ("some k, v in input.a.b[_].c", "some k, v in oacguard.members(input.a.b[_].c)"),
            ("some x in input.a; x > 1", "some x in oacguard.members(input.a); x > 1"),
            ("some {\"in\": x} in input.a", "some {\"in\": x} in oacguard.members(input.a)"),
            (
                "some [\" in \", x] in f(input.a) # members",
                "some [\" in \", x] in oacguard.members(f(input.a)) # members",
            ),
            ("some x in input.a with input as {}", "some x in oacguard.members(input.a) with input as {}"),
            ("y := {x | some x in input.a}", "y := {x | some x in oacguard.members(input.a)}"),
            (
                "some x in [y | some y in input.a]",
                "some x in oacguard.members([y | some y in oacguard.members(input.a)])",
            ),
            (
                "some x in {1 |\n\tsome y in input.a\n}",
                "some x in oacguard.members({1 |\n\tsome y in oacguard.members(input.a)\n})",
            ),
            ("every x in input.a {\n\tsome y in x\n}", "every x in input.a {\n\tsome y in oacguard.members(x)\n}"),
            ("x := 1 in input.a", "x := 1 in input.a"),
        ] {
            assert_eq!(of(body), expected);
        }
    }

    #[test]
    fn messages_show_what_was_written() {
        for (message, written) in [
            ("3 | some x in oacguard.members(f(a)); x > 1", "3 | some x in f(a); x > 1"),
            ("some x in oacguard.members([y | some y in oacguard.members(a)])", "some x in [y | some y in a]"),
            ("some x in oacguard.members({1 |\n  ^ )", "some x in {1 |\n  ^ )"),
            ("nothing (of it)", "nothing (of it)"),
        ] {
            assert_eq!(as_written(message), written);
        }
    }

    #[test]
    fn the_keyword_is_a_word_of_its_own() {
        assert_eq!(keyword("some inner in x"), Some(13));
        assert_eq!(keyword("some x in\n\ty"), Some(9));
        assert_eq!(keyword("some x"), None);
    }
}
