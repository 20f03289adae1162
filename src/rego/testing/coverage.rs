//! Which lines tests reached. The interpreter says nothing of files that none of them touched, which are those to hear of.

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{Expr, Literal, Module, Query, Ref, Rule, RuleHead};

use super::super::ast;
use super::super::engine::FileCoverage;

/// The lines that were reached so far, by file.
#[derive(Default)]
pub(super) struct Coverage(BTreeMap<String, BTreeSet<u32>>);

impl Coverage {
    /// Adds what one run reached.
    pub(super) fn add(&mut self, files: Vec<FileCoverage>) {
        for FileCoverage { file, covered, .. } in files {
            self.0.entry(file).or_default().extend(covered);
        }
    }

    /// What was reached in `modules`, and what was not.
    pub(super) fn of(mut self, modules: &[&Module]) -> Vec<FileCoverage> {
        let of = |module: &&Module| {
            let file = ast::file(module);
            let covered = self.0.remove(&file).unwrap_or_default();
            let not_covered = lines(module).difference(&covered).copied().collect();
            FileCoverage { file, covered, not_covered }
        };
        modules.iter().map(of).collect()
    }
}

/// The lines of which the interpreter can tell whether they were reached: those with expressions. What stands after `else` and
/// `with`, and what comprehensions give, it passes over.
pub(super) fn lines(module: &Module) -> BTreeSet<u32> {
    let mut lines = BTreeSet::new();
    for rule in &module.policy {
        match rule.as_ref() {
            Rule::Default { value, .. } => expression(value, &mut lines),
            Rule::Spec { head, bodies, .. } => {
                match head {
                    RuleHead::Compr { assign: Some(assign), .. } | RuleHead::Func { assign: Some(assign), .. } => {
                        expression(&assign.value, &mut lines);
                    }
                    RuleHead::Set { key: Some(key), .. } => expression(key, &mut lines),
                    RuleHead::Compr { .. } | RuleHead::Func { .. } | RuleHead::Set { .. } => {}
                }
                for body in bodies {
                    query(&body.query, &mut lines);
                }
            }
        }
    }
    lines
}

fn query(of: &Query, lines: &mut BTreeSet<u32>) {
    for statement in &of.stmts {
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { value, collection, .. } => {
                expression(value, lines);
                expression(collection, lines);
            }
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => expression(expr, lines),
            Literal::Every { domain, query: body, .. } => {
                expression(domain, lines);
                query(body, lines);
            }
        }
    }
}

fn expression(of: &Ref<Expr>, lines: &mut BTreeSet<u32>) {
    let parts: Vec<&Ref<Expr>> = match of.as_ref() {
        Expr::ArrayCompr { query: body, .. }
        | Expr::SetCompr { query: body, .. }
        | Expr::ObjectCompr { query: body, .. } => return query(body, lines),
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. } => Vec::new(),
        Expr::Array { items, .. } | Expr::Set { items, .. } => items.iter().collect(),
        Expr::Object { fields, .. } => fields.iter().flat_map(|(_, key, value)| [key, value]).collect(),
        Expr::Call { params, .. } => params.iter().collect(),
        Expr::UnaryExpr { expr, .. } => vec![expr],
        Expr::RefDot { refr, .. } => vec![refr],
        Expr::RefBrack { refr, index, .. } => vec![refr, index],
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => vec![lhs, rhs],
        Expr::Membership { key, value, collection, .. } => key.iter().chain([value, collection]).collect(),
    };
    lines.insert(of.span().line);
    for part in parts {
        expression(part, lines);
    }
}
