//! `not f(input.a)`, where there is no `input.a`: OPA looks what a function is given before it negates, so that nothing comes of
//! the rule, and the interpreter negates what is undefined, so that it is true.
//!
//! So in a copy of the source that only the interpreter sees, a statement before each such asks that all that is given is there.

use std::cmp::Reverse;

use regorus::Value;
use regorus::unstable::{AssignOp, BoolOp, Expr, Literal, LiteralStmt, Module};

use super::super::ast::{self, Seen};
use super::super::error::PolicyError;

/// The function's name, in a package that nobody else may have.
pub(super) const DEFINED: &str = "oacguard.defined";

/// The function: `true`. It is not called when what it is given is undefined.
#[allow(clippy::unnecessary_wraps, reason = "it is one of several functions, and others fail")]
pub(super) fn defined(_: &[Value]) -> Result<Value, PolicyError> {
    Ok(Value::from(true))
}

/// The source of `module` with such statements; nothing where one cannot be made. Lines stay where they are.
pub(in crate::rego) fn rewritten(module: &Module) -> Option<String> {
    let source = module.package.span.source.contents();
    let mut places: Vec<(usize, String)> = Vec::new();
    let mut whole = true;
    for rule in &module.policy {
        ast::walk(rule, &mut |seen| {
            if let Seen::Statement(statement) = seen {
                match asked(statement, source) {
                    Some(all) => places.extend(all),
                    None => whole = false,
                }
            }
        });
    }
    places.sort_by_key(|(at, _)| Reverse(*at));
    let mut out = source.to_owned();
    for (at, text) in places {
        out.insert_str(at, &text);
    }
    whole.then_some(out)
}

/// What is put before and behind the statement, if it negates something that is given anything.
fn asked(statement: &LiteralStmt, source: &str) -> Option<Vec<(usize, String)>> {
    let Literal::NotExpr { expr, .. } = &statement.literal else { return Some(Vec::new()) };
    let mut operands = Vec::new();
    negated(expr, &mut operands);
    let mut texts: Vec<String> = operands.iter().map(|operand| line(operand, source)).collect::<Option<_>>()?;
    texts.dedup();
    if texts.is_empty() {
        return Some(Vec::new());
    }
    let at = |place: u32| usize::try_from(place).ok();
    let (start, end) = (at(statement.span.start)?, at(statement.span.end)?);
    let end = start + source.get(start..end)?.trim_end().len();
    // Where a text comes last, its closing quote is not counted.
    let end = end + usize::from(source.get(end..)?.starts_with(['"', '`']));
    let with = match statement.with_mods.first() {
        Some(first) => format!(" {}", one_line(source.get(at(first.span.start)?..end)?)?),
        None => String::new(),
    };
    let before = source.get(..start)?.trim_end();
    // A body of one statement has no braces.
    let alone = before.strip_suffix("if").is_some_and(|rest| rest.ends_with(char::is_whitespace));
    let (open, close) = if alone { ("{ ", " }") } else { ("", "") };
    let mut places = vec![(start, format!("{open}{DEFINED}([{}]){with}; ", texts.join(", ")))];
    if alone {
        places.push((end, close.to_owned()));
    }
    Some(places)
}

fn line(expr: &Expr, source: &str) -> Option<String> {
    let at = |place: u32| usize::try_from(place).ok();
    let span = expr.span();
    one_line(source.get(at(span.start)?..at(span.end)?)?)
}

/// Text on one line; nothing where a comment would swallow the rest of it, or a text goes over several lines.
fn one_line(text: &str) -> Option<String> {
    if text.contains('\n') && text.contains(['#', '`']) {
        return None;
    }
    Some(text.split('\n').map(str::trim).collect::<Vec<_>>().join(" "))
}

/// What a negated expression is given.
fn negated<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::BoolExpr { op: BoolOp::Eq, lhs, rhs, .. }
        | Expr::AssignExpr { op: AssignOp::Eq | AssignOp::ColEq, lhs, rhs, .. } => {
            side(lhs, out);
            side(rhs, out);
        }
        Expr::RefDot { .. } | Expr::RefBrack { .. } => indices(expr, out),
        _ => parts(expr, out),
    }
}

/// What the parts of an expression are given, if it has any.
fn parts<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Call { params, .. } => params.iter().for_each(|param| operand(param, out)),
        Expr::BinExpr { lhs, rhs, .. } | Expr::BoolExpr { lhs, rhs, .. } | Expr::ArithExpr { lhs, rhs, .. } => {
            operand(lhs, out);
            operand(rhs, out);
        }
        Expr::Membership { key, value, collection, .. } => {
            for part in key.iter().chain([value, collection]) {
                operand(part, out);
            }
        }
        _ => {}
    }
}

/// One side of an equation, which may itself be undefined unless it is called for.
fn side<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::RefDot { .. } | Expr::RefBrack { .. } => indices(expr, out),
        Expr::Var { .. } => {}
        other => operand(other, out),
    }
}

/// What a reference is indexed by.
fn indices<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::RefDot { refr, .. } => indices(refr, out),
        Expr::RefBrack { refr, index, .. } => {
            indices(refr, out);
            operand(index, out);
        }
        Expr::Var { .. } => {}
        other => operand(other, out),
    }
}

/// Something that a function or an operator is given.
fn operand<'a>(expr: &'a Expr, out: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().for_each(|item| operand(item, out)),
        Expr::Object { fields, .. } => fields.iter().for_each(|(_, key, value)| {
            operand(key, out);
            operand(value, out);
        }),
        Expr::Var { span, .. } if span.text() == "_" => {}
        Expr::Var { .. }
        | Expr::RefDot { .. }
        | Expr::RefBrack { .. }
        | Expr::Call { .. }
        | Expr::BinExpr { .. }
        | Expr::BoolExpr { .. }
        | Expr::ArithExpr { .. }
        | Expr::Membership { .. } => out.push(expr),
        _ => {}
    }
}

/// What the interpreter says of such a copy, with the source in it as it was written.
pub(super) fn as_written(message: &str) -> String {
    let mut out = message.to_owned();
    while let Some(at) = out.find(DEFINED) {
        let rest = out.get(at..).unwrap_or_default();
        let end = rest.find('\n').unwrap_or(rest.len());
        let end = rest.get(..end).and_then(|line| line.find("; not")).map_or(DEFINED.len(), |end| end + "; ".len());
        out.replace_range(at..at + end, "");
    }
    out
}

#[cfg(test)]
mod tests {
    use regorus::Engine;

    use super::{as_written, rewritten};

    fn of(body: &str) -> String {
        let mut engine = Engine::new();
        engine.add_policy("own.rego".to_owned(), format!("package main\n\nr if {body}\n")).unwrap();
        let out = rewritten(&engine.get_modules()[0]).unwrap();
        let mut again = Engine::new();
        again.add_policy("own.rego".to_owned(), out.clone()).unwrap();
        out.strip_prefix("package main\n\nr if ").unwrap().strip_suffix('\n').unwrap().to_owned()
    }

    #[test]
    fn what_is_given_is_asked_for() {
        for (body, expected) in [
            ("not input.a", "not input.a"),
            ("not input.a == 1", "not input.a == 1"),
            ("not input.a > 1", "{ oacguard.defined([input.a]); not input.a > 1 }"),
            ("not f(input.a, 1, \"x\")", "{ oacguard.defined([input.a]); not f(input.a, 1, \"x\") }"),
            ("not f(g(input.a))", "{ oacguard.defined([g(input.a)]); not f(g(input.a)) }"),
            ("not count(input.a) == 0", "{ oacguard.defined([count(input.a)]); not count(input.a) == 0 }"),
            ("not 1 in input.a.b[x]", "{ oacguard.defined([input.a.b[x]]); not 1 in input.a.b[x] }"),
            ("not input.a[input.b]", "{ oacguard.defined([input.b]); not input.a[input.b] }"),
            ("not [input.a] == [1]", "{ oacguard.defined([input.a]); not [input.a] == [1] }"),
            (
                "not count([x | x := input.a]) > 0",
                "{ oacguard.defined([count([x | x := input.a])]); not count([x | x := input.a]) > 0 }",
            ),
            (
                "{\n\tx := 1\n\tnot f(input.a,\n\t\tx) with input as {}\n}",
                "{\n\tx := 1\n\toacguard.defined([input.a, x]) with input as {}; not f(input.a,\n\t\tx) with input as {}\n}",
            ),
            ("not lower(input.a) == \"a\"", "{ oacguard.defined([lower(input.a)]); not lower(input.a) == \"a\" }"),
            ("not 1 + 1 == 3", "{ oacguard.defined([1 + 1]); not 1 + 1 == 3 }"),
        ] {
            assert_eq!(of(body), expected);
        }
    }

    #[test]
    fn what_cannot_be_put_on_one_line_is_not_passed_over() {
        let mut engine = Engine::new();
        let body = "not f(g(input.a, # the first\n\t\tinput.b))";
        engine.add_policy("own.rego".to_owned(), format!("package main\nr if {body}\n")).unwrap();
        assert_eq!(rewritten(&engine.get_modules()[0]), None);
    }

    #[test]
    fn messages_show_what_was_written() {
        let message = "3 | \toacguard.defined([f(a), b]) with input as {}; not f(f(a), b)\n  | ^";
        assert_eq!(as_written(message), "3 | \tnot f(f(a), b)\n  | ^");
        assert_eq!(as_written("a\noacguard.defined"), "a\n");
    }
}
