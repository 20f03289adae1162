//! What the interpreter checks late or never, read off the syntax tree when policies are loaded: calls of functions that
//! do not exist (noticed only when reached), and functions that call themselves (which exhaust the stack).

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{BUILTINS, Expr, Literal, Module, Query, Ref, Rule, RuleHead, Span};

use super::error::PolicyError;

/// What a rule's head declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadKind {
    /// `name contains x`.
    Set,
    /// `name(x)`.
    Function,
    /// Anything else: a complete rule, an object, a default.
    Value,
}

/// The head of a rule.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// The package, without `data.`.
    pub(super) package: String,
    /// The name within the package.
    pub(super) name: String,
    /// What it declares.
    pub(super) kind: HeadKind,
    /// The file.
    pub(super) file: String,
    /// The line, counted from 1.
    pub(super) line: u32,
}

/// The heads of a module's rules, in the order of the file.
pub(super) fn heads(module: &Module) -> Vec<Head> {
    let package = package(module);
    module.policy.iter().map(|rule| head(rule, &package)).collect()
}

/// The package of a module, without `data.`.
pub(super) fn package(module: &Module) -> String {
    path(&module.package.refr).unwrap_or_default().join(".")
}

fn head(rule: &Rule, package: &str) -> Head {
    let (refr, kind) = match rule {
        Rule::Spec { head: RuleHead::Set { refr, .. }, .. } => (refr, HeadKind::Set),
        Rule::Spec { head: RuleHead::Func { refr, .. }, .. } => (refr, HeadKind::Function),
        Rule::Default { refr, args, .. } if !args.is_empty() => (refr, HeadKind::Function),
        Rule::Spec { head: RuleHead::Compr { refr, .. }, .. } | Rule::Default { refr, .. } => (refr, HeadKind::Value),
    };
    let span = rule.span();
    Head {
        package: package.to_owned(),
        name: prefix(refr).join("."),
        kind,
        file: span.source.file().clone(),
        line: span.line,
    }
}

/// Refuses calls of functions that are neither built in nor declared, and functions that call themselves.
pub(super) fn check_calls<'a>(modules: impl Iterator<Item = &'a Module> + Clone) -> Result<(), PolicyError> {
    let declared: BTreeSet<String> = modules
        .clone()
        .flat_map(heads)
        .filter(|head| head.kind == HeadKind::Function)
        .map(|head| format!("data.{}.{}", head.package, head.name))
        .collect();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for module in modules {
        let scope = Scope::of(module);
        for rule in &module.policy {
            let head = head(rule, &scope.package);
            let from = format!("data.{}.{}", head.package, head.name);
            let mut calls = Vec::new();
            visit_rule(rule, &mut |call| calls.push(call));
            for call in calls {
                let name = scope.resolve(&call.name);
                if declared.contains(&name) {
                    edges.entry(from.clone()).or_default().insert(name);
                    files.insert(from.clone(), head.file.clone());
                } else if call.must_exist && !is_builtin(&call.name) {
                    return Err(PolicyError::UnknownFunction {
                        file: head.file,
                        line: call.line,
                        name: call.name.join("."),
                    });
                }
            }
        }
    }
    match edges.keys().find(|name| reaches(&edges, name, name)) {
        Some(name) => {
            Err(PolicyError::Recursion { file: files.get(name).cloned().unwrap_or_default(), name: name.clone() })
        }
        None => Ok(()),
    }
}

/// Whether a walk along one edge or more leads from `start` to `goal`.
fn reaches(edges: &BTreeMap<String, BTreeSet<String>>, start: &str, goal: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut pending = vec![start];
    while let Some(name) = pending.pop() {
        for next in edges.get(name).into_iter().flatten() {
            if next == goal {
                return true;
            }
            if seen.insert(next.as_str()) {
                pending.push(next);
            }
        }
    }
    false
}

fn is_builtin(name: &[String]) -> bool {
    let name = name.join(".");
    name == "print" || BUILTINS.contains_key(name.as_str())
}

/// What names mean inside one module.
struct Scope {
    package: String,
    imports: BTreeMap<String, Vec<String>>,
}

impl Scope {
    fn of(module: &Module) -> Self {
        let imports = module.imports.iter().filter_map(|import| {
            let target = path(&import.refr)?;
            let alias =
                import.r#as.as_ref().map_or_else(|| target.last().cloned(), |span| Some(span.text().to_owned()));
            Some((alias?, target))
        });
        Self { package: package(module), imports: imports.collect() }
    }

    /// The full name of a function as called here.
    fn resolve(&self, name: &[String]) -> String {
        let Some((first, rest)) = name.split_first() else { return String::new() };
        if first == "data" {
            return name.join(".");
        }
        match self.imports.get(first) {
            Some(target) => target.iter().chain(rest).map(String::as_str).collect::<Vec<_>>().join("."),
            None => format!("data.{}.{}", self.package, name.join(".")),
        }
    }
}

/// A reference to a function.
struct Call {
    name: Vec<String>,
    line: u32,
    /// Whether it is called here; else it only stands in for another (`with f as g`), and may be a plain value.
    must_exist: bool,
}

/// The parts of a reference made of constants only.
fn path(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Var { span, .. } => Some(vec![span.text().to_owned()]),
        Expr::RefDot { refr, field, .. } => {
            let mut parts = path(refr)?;
            parts.push(field.0.text().to_owned());
            Some(parts)
        }
        Expr::RefBrack { refr, index, .. } => {
            let Expr::String { value, .. } = index.as_ref() else { return None };
            let mut parts = path(refr)?;
            parts.push(value.as_string().ok()?.to_string());
            Some(parts)
        }
        _ => None,
    }
}

/// The leading parts of a reference that are constants: `a.b` in `a.b[x]`.
fn prefix(expr: &Expr) -> Vec<String> {
    match expr {
        Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => path(expr).unwrap_or_else(|| prefix(refr)),
        _ => path(expr).unwrap_or_default(),
    }
}

fn visit_rule(rule: &Rule, see: &mut dyn FnMut(Call)) {
    match rule {
        Rule::Default { value, args, .. } => visit_all(args.iter().chain([value]), see),
        Rule::Spec { head, bodies, .. } => {
            match head {
                RuleHead::Compr { refr, assign, .. } => {
                    visit_all(assign.iter().map(|assign| &assign.value).chain([refr]), see);
                }
                RuleHead::Set { refr, key, .. } => visit_all(key.iter().chain([refr]), see),
                RuleHead::Func { args, assign, .. } => {
                    visit_all(assign.iter().map(|assign| &assign.value).chain(args), see);
                }
            }
            for body in bodies {
                visit_all(body.assign.iter().map(|assign| &assign.value), see);
                visit_query(&body.query, see);
            }
        }
    }
}

fn visit_query(query: &Query, see: &mut dyn FnMut(Call)) {
    for statement in &query.stmts {
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { key, value, collection, .. } => visit_all(key.iter().chain([value, collection]), see),
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => visit(expr, see),
            Literal::Every { domain, query, .. } => {
                visit(domain, see);
                visit_query(query, see);
            }
        }
        for modifier in &statement.with_mods {
            if let Some(name) = path(&modifier.r#as) {
                see(Call { name, line: modifier.span.line, must_exist: false });
            }
            visit(&modifier.r#as, see);
        }
    }
}

fn visit_all<'a>(exprs: impl IntoIterator<Item = &'a Ref<Expr>>, see: &mut dyn FnMut(Call)) {
    for expr in exprs {
        visit(expr, see);
    }
}

fn visit(expr: &Expr, see: &mut dyn FnMut(Call)) {
    match expr {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. } => {}
        Expr::Array { items, .. } | Expr::Set { items, .. } => visit_all(items, see),
        Expr::Object { fields, .. } => visit_all(fields.iter().flat_map(|(_, key, value)| [key, value]), see),
        Expr::ArrayCompr { term, query, .. } | Expr::SetCompr { term, query, .. } => {
            visit(term, see);
            visit_query(query, see);
        }
        Expr::ObjectCompr { key, value, query, .. } => {
            visit_all([key, value], see);
            visit_query(query, see);
        }
        Expr::Call { fcn, params, span, .. } => {
            see(Call { name: called(fcn, span), line: span.line, must_exist: true });
            visit_all(params, see);
        }
        Expr::UnaryExpr { expr, .. } => visit(expr, see),
        Expr::RefDot { refr, .. } => visit(refr, see),
        Expr::RefBrack { refr, index, .. } => visit_all([refr, index], see),
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => visit_all([lhs, rhs], see),
        Expr::Membership { key, value, collection, .. } => visit_all(key.iter().chain([value, collection]), see),
    }
}

/// The name of what is called; where it is not a name, the text as written, which no function is called.
fn called(function: &Expr, span: &Span) -> Vec<String> {
    path(function).unwrap_or_else(|| vec![span.text().to_owned()])
}
