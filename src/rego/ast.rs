//! What policies declare and mention, read off the interpreter's syntax tree.

use std::collections::BTreeMap;

use regorus::unstable::{Expr, Literal, LiteralStmt, Module, Query, Ref, Rule, RuleHead};

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

impl Head {
    /// The name under which any module can refer to it.
    pub(super) fn full_name(&self) -> String {
        format!("data.{}.{}", self.package, self.name)
    }
}

/// The package of a module, without `data.`.
pub(super) fn package(module: &Module) -> String {
    path(&module.package.refr).unwrap_or_default().join(".")
}

/// The file a module was read from.
pub(super) fn file(module: &Module) -> String {
    module.package.span.source.file().clone()
}

/// The heads of a module's rules, in the order of the file.
pub(super) fn heads(module: &Module) -> Vec<Head> {
    let package = package(module);
    module.policy.iter().map(|rule| head(rule, &package)).collect()
}

/// The head of one rule of a package.
pub(super) fn head(rule: &Rule, package: &str) -> Head {
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

/// The package as conftest names it: without `data.`, and with what is no name in brackets, such as `main["a-b"]`.
pub(super) fn namespace(module: &Module) -> String {
    let mut out = String::new();
    for part in path(&module.package.refr).unwrap_or_default() {
        let name = part.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
            && !part.starts_with(|char: char| char.is_ascii_digit());
        match (name, out.is_empty()) {
            (true, true) => out.push_str(&part),
            (true, false) => out.extend([".", &part]),
            (false, _) => out.extend(["[", &serde_json::Value::from(part).to_string(), "]"]),
        }
    }
    out
}

/// The rule's path as the interpreter takes it whatever is in its names: `data["a"]["b"]`.
pub(super) fn asked(module: &Module, rule: &Rule) -> String {
    let quoted = parts(module, rule).into_iter().map(|part| format!("[{}]", serde_json::Value::from(part)));
    format!("data{}", quoted.collect::<String>())
}

/// The parts of the rule's path below `data`.
pub(super) fn parts(module: &Module, rule: &Rule) -> Vec<String> {
    let (Rule::Spec {
        head: RuleHead::Set { refr, .. } | RuleHead::Func { refr, .. } | RuleHead::Compr { refr, .. },
        ..
    }
    | Rule::Default { refr, .. }) = rule;
    path(&module.package.refr).unwrap_or_default().into_iter().chain(prefix(refr)).collect()
}

/// Whether a rule only says that it holds: `name if …`, whose value is `true`.
pub(super) fn gives_true(rule: &Rule) -> bool {
    let Rule::Spec { head: RuleHead::Compr { refr, assign: None, .. }, bodies, .. } = rule else { return false };
    path(refr).is_some() && bodies.iter().all(|body| body.assign.is_none())
}

/// Whether a rule gives members of an object: `name[key] := value`, or in newer Rego `name[key] if …`.
pub(super) fn is_partial_object(rule: &Rule) -> bool {
    matches!(rule, Rule::Spec { head: RuleHead::Compr { refr, .. }, .. } if path(refr).is_none())
}

/// What names mean inside one module.
pub(super) struct Scope {
    /// The package, without `data.`.
    pub(super) package: String,
    /// What is imported, by the name it goes by here, with the line.
    pub(super) imports: BTreeMap<String, (Vec<String>, u32)>,
}

impl Scope {
    /// The scope of a module.
    pub(super) fn of(module: &Module) -> Self {
        let imports = module.imports.iter().filter_map(|import| {
            let target = path(&import.refr)?;
            let alias =
                import.r#as.as_ref().map_or_else(|| target.last().cloned(), |span| Some(span.text().to_owned()));
            Some((alias?, (target, import.span.line)))
        });
        Self { package: package(module), imports: imports.collect() }
    }

    /// The full name of something that is referred to here, `data.` included.
    pub(super) fn resolve(&self, name: &[String]) -> String {
        let Some((first, rest)) = name.split_first() else { return String::new() };
        if first == "data" {
            return name.join(".");
        }
        match self.imports.get(first) {
            Some((target, _)) => target.iter().chain(rest).map(String::as_str).collect::<Vec<_>>().join("."),
            None => format!("data.{}.{}", self.package, name.join(".")),
        }
    }
}

/// The parts of a reference made of constants only.
pub(super) fn path(expr: &Expr) -> Option<Vec<String>> {
    match expr {
        Expr::Var { span, .. } => Some(vec![span.text().to_owned()]),
        Expr::RefDot { refr, field, .. } => {
            let mut parts = path(refr)?;
            parts.push(field.1.as_string().ok()?.to_string());
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

/// What a reference begins with.
pub(super) fn root(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Var { span, .. } => Some(span.text()),
        Expr::RefDot { refr, .. } | Expr::RefBrack { refr, .. } => root(refr),
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

/// Something met on a walk through a rule.
pub(super) enum Seen<'a> {
    /// An expression; its parts are met after it.
    Expr(&'a Expr),
    /// What stands in for something else: `g` in `with f as g`. It is met as an expression as well.
    StandIn(&'a Expr),
    /// A statement of a body; its expressions are met after it.
    Statement(&'a LiteralStmt),
}

/// Walks through a rule, head and bodies.
pub(super) fn walk(rule: &Rule, see: &mut dyn FnMut(Seen<'_>)) {
    match rule {
        Rule::Default { value, args, .. } => each(args.iter().chain([value]), see),
        Rule::Spec { head, bodies, .. } => {
            match head {
                RuleHead::Compr { assign, .. } => each(assign.iter().map(|assign| &assign.value), see),
                RuleHead::Set { key, .. } => each(key, see),
                RuleHead::Func { args, assign, .. } => {
                    each(assign.iter().map(|assign| &assign.value).chain(args), see);
                }
            }
            for body in bodies {
                each(body.assign.iter().map(|assign| &assign.value), see);
                query(&body.query, see);
            }
        }
    }
}

fn query(query_: &Query, see: &mut dyn FnMut(Seen<'_>)) {
    for statement in &query_.stmts {
        see(Seen::Statement(statement));
        match &statement.literal {
            Literal::SomeVars { .. } => {}
            Literal::SomeIn { key, value, collection, .. } => each(key.iter().chain([value, collection]), see),
            Literal::Expr { expr, .. } | Literal::NotExpr { expr, .. } => visit(expr, see),
            Literal::Every { domain, query: body, .. } => {
                visit(domain, see);
                query(body, see);
            }
        }
        for modifier in &statement.with_mods {
            see(Seen::StandIn(&modifier.r#as));
            visit(&modifier.r#as, see);
        }
    }
}

fn each<'a>(exprs: impl IntoIterator<Item = &'a Ref<Expr>>, see: &mut dyn FnMut(Seen<'_>)) {
    for expr in exprs {
        visit(expr, see);
    }
}

fn visit(expr: &Expr, see: &mut dyn FnMut(Seen<'_>)) {
    see(Seen::Expr(expr));
    match expr {
        Expr::String { .. }
        | Expr::RawString { .. }
        | Expr::Number { .. }
        | Expr::Bool { .. }
        | Expr::Null { .. }
        | Expr::Var { .. } => {}
        Expr::Array { items, .. } | Expr::Set { items, .. } => each(items, see),
        Expr::Object { fields, .. } => each(fields.iter().flat_map(|(_, key, value)| [key, value]), see),
        Expr::ArrayCompr { term, query: body, .. } | Expr::SetCompr { term, query: body, .. } => {
            visit(term, see);
            query(body, see);
        }
        Expr::ObjectCompr { key, value, query: body, .. } => {
            each([key, value], see);
            query(body, see);
        }
        Expr::Call { params, .. } => each(params, see),
        Expr::UnaryExpr { expr, .. } => visit(expr, see),
        Expr::RefDot { refr, .. } => visit(refr, see),
        Expr::RefBrack { refr, index, .. } => each([refr, index], see),
        Expr::BinExpr { lhs, rhs, .. }
        | Expr::BoolExpr { lhs, rhs, .. }
        | Expr::ArithExpr { lhs, rhs, .. }
        | Expr::AssignExpr { lhs, rhs, .. } => each([lhs, rhs], see),
        Expr::Membership { key, value, collection, .. } => each(key.iter().chain([value, collection]), see),
    }
}
