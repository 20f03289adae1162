//! What the interpreter notices late or never, refused when policies are loaded: names that nothing declares, which are
//! undefined and take findings with them, and functions that call themselves, which exhaust the stack.

use std::collections::{BTreeMap, BTreeSet};

use regorus::unstable::{BUILTINS, Expr, Module};

use super::ast::{self, Head, HeadKind, Scope, Seen};
use super::error::PolicyError;

/// Refuses calls of functions that are neither built in nor `supplied` nor declared, and functions that call themselves.
pub(super) fn calls<'a>(
    modules: impl Iterator<Item = &'a Module> + Clone,
    supplied: &dyn Fn(&str) -> bool,
) -> Result<(), PolicyError> {
    let heads = modules.clone().flat_map(ast::heads);
    let functions: BTreeSet<String> =
        heads.filter(|head| head.kind == HeadKind::Function).map(|head| head.full_name()).collect();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for module in modules {
        let scope = Scope::of(module);
        for rule in &module.policy {
            let head = ast::head(rule, &scope.package);
            for call in calls_in(rule) {
                let name = scope.resolve(&call.name);
                if functions.contains(&name) {
                    edges.entry(head.full_name()).or_default().insert(name);
                    files.insert(head.full_name(), head.file.clone());
                } else if call.must_exist && !is_builtin(&call.name) && !supplied(&call.name.join(".")) {
                    let name = call.name.join(".");
                    return Err(PolicyError::UnknownFunction { file: head.file, line: call.line, name });
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

/// Refuses imports of packages that are not loaded, and references into loaded packages to what they do not declare.
pub(super) fn references<'a>(modules: impl Iterator<Item = &'a Module> + Clone) -> Result<(), PolicyError> {
    let heads: Vec<Head> = modules.clone().flat_map(ast::heads).collect();
    let packages: BTreeSet<String> = modules.clone().map(|module| format!("data.{}", ast::package(module))).collect();
    // What may follow a package's name: a rule, or the next part of a longer package.
    let mut known: BTreeSet<String> = heads.iter().map(Head::full_name).collect();
    for package in &packages {
        known.extend(package.match_indices('.').filter_map(|(end, _)| package.get(..end)).map(str::to_owned));
        known.insert(package.clone());
    }
    for module in modules {
        let scope = Scope::of(module);
        let mut unknown: Option<(u32, String)> = None;
        for (target, line) in scope.imports.values() {
            if target.first().is_some_and(|root| root == "data") && !known.contains(&target.join(".")) {
                unknown.get_or_insert((*line, target.join(".")));
            }
        }
        for rule in &module.policy {
            ast::walk(rule, &mut |seen| {
                let Seen::Expr(expr @ Expr::RefDot { refr, span, .. }) = seen else { return };
                if !ast::root(expr).is_some_and(|root| root == "data" || scope.imports.contains_key(root)) {
                    return;
                }
                let Some((base, full)) = ast::path(refr).zip(ast::path(expr)) else { return };
                if packages.contains(&scope.resolve(&base)) && !known.contains(&scope.resolve(&full)) {
                    unknown.get_or_insert((span.line, full.join(".")));
                }
            });
        }
        if let Some((line, name)) = unknown {
            let message = format!("line {line}: nothing declares `{name}`; declare it, or mend the name");
            return Err(PolicyError::Contract { file: ast::file(module), message });
        }
    }
    Ok(())
}

/// A reference to a function.
struct Call {
    name: Vec<String>,
    line: u32,
    /// Whether it is called here; else it only stands in for another, and may be a plain value.
    must_exist: bool,
}

fn calls_in(rule: &regorus::unstable::Rule) -> Vec<Call> {
    let mut calls = Vec::new();
    ast::walk(rule, &mut |seen| match seen {
        Seen::Expr(Expr::Call { fcn, span, .. }) => {
            // What is called by anything but a name is the text as written, which no function is called.
            let name = ast::path(fcn).unwrap_or_else(|| vec![span.text().to_owned()]);
            calls.push(Call { name, line: span.line, must_exist: true });
        }
        Seen::StandIn(expr) => {
            let name = ast::path(expr);
            calls.extend(name.map(|name| Call { name, line: expr.span().line, must_exist: false }));
        }
        Seen::Expr(_) | Seen::Statement(_) => {}
    });
    calls
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
