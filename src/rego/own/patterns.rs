//! What the interpreter takes and OPA refuses, or understands otherwise.

use regorus::unstable::{AssignOp, Expr, Literal, LiteralStmt, Module, Rule, RuleHead};

use super::super::ast::{self, Seen};

/// The line of a negation with `_` outside of a comprehension, which OPA refuses: it does not say whether none or not all is
/// meant.
pub(super) fn wildcard(module: &Module) -> Option<u32> {
    let mut line = None;
    for rule in &module.policy {
        ast::walk(rule, &mut |seen| {
            let Seen::Statement(LiteralStmt { literal: Literal::NotExpr { expr, span, .. }, .. }) = seen else {
                return;
            };
            if has_wildcard(expr) {
                line.get_or_insert(span.line);
            }
        });
    }
    line
}

fn has_wildcard(expr: &Expr) -> bool {
    match expr {
        Expr::Var { span, .. } => span.text() == "_",
        Expr::RefDot { refr, .. } => has_wildcard(refr),
        Expr::RefBrack { refr, index, .. } => has_wildcard(refr) || has_wildcard(index),
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().any(|item| has_wildcard(item)),
        Expr::Object { fields, .. } => fields.iter().any(|(_, key, value)| has_wildcard(key) || has_wildcard(value)),
        Expr::Call { params, .. } => params.iter().any(|param| has_wildcard(param)),
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => has_wildcard(lhs) || has_wildcard(rhs),
        Expr::Membership { key, value, collection, .. } => {
            key.iter().chain([value, collection]).any(|part| has_wildcard(part))
        }
        _ => false,
    }
}

/// The line of an object as a pattern with names in it: OPA asks for the very same keys, and the interpreter for these at least.
pub(super) fn object(module: &Module) -> Option<u32> {
    let mut line = None;
    for rule in &module.policy {
        if let Rule::Spec { head: RuleHead::Func { args, .. }, .. } = rule.as_ref() {
            line = line.or(args.iter().find_map(|arg| within(arg)));
        }
        ast::walk(rule, &mut |seen| {
            let Seen::Statement(statement) = seen else { return };
            let found = match &statement.literal {
                Literal::SomeIn { key, value, .. } => key.iter().chain([value]).find_map(|part| within(part)),
                Literal::Expr { expr, .. } => match expr.as_ref() {
                    Expr::AssignExpr { op: AssignOp::ColEq, lhs, .. } => within(lhs),
                    _ => None,
                },
                _ => None,
            };
            line = line.or(found);
        });
    }
    line
}

/// The line of an object in a pattern.
fn within(expr: &Expr) -> Option<u32> {
    match expr {
        Expr::Object { span, .. } => Some(span.line),
        Expr::Array { items, .. } => items.iter().find_map(|item| within(item)),
        _ => None,
    }
}
