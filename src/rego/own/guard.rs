//! What would pass in silence, refused before anything is evaluated: data that takes the place of rules, packages that reach
//! into those of this program, and rules that can give nothing that counts.

use std::collections::BTreeMap;

use regorus::unstable::Module;
use serde_json::{Map, Value};

use super::super::ast::{self, Head, HeadKind};
use super::super::error::PolicyError;
use super::rules::Kind;

/// The package of the program's own policies, and what stands for the facts.
const RESERVED: &str = "oacguard";

/// Refuses packages at or below the program's own.
pub(super) fn packages(modules: &[&Module]) -> Result<(), PolicyError> {
    for module in modules {
        let package = ast::package(module);
        if package == RESERVED || package.starts_with("oacguard.") {
            let message = format!(
                "the package is `{package}`, and what begins with `{RESERVED}` is kept for the program: `data.{RESERVED}` \
                 holds the facts; give the package another name"
            );
            return Err(PolicyError::Contract { file: ast::file(module), message });
        }
    }
    Ok(())
}

/// Refuses data that stands where a rule does: the interpreter would give the data and never ask the rule.
pub(in crate::rego) fn masks(modules: &[&Module], data: &Map<String, Value>) -> Result<(), PolicyError> {
    for head in modules.iter().flat_map(|module| ast::heads(module)) {
        let mut at = Some(data);
        let mut place = String::from("data");
        for part in head.package.split('.').chain(head.name.split('.')) {
            place = format!("{place}.{part}");
            match at.and_then(|members| members.get(part)) {
                None => at = None,
                Some(Value::Object(members)) if place != format!("data.{}.{}", head.package, head.name) => {
                    at = Some(members);
                }
                Some(_) => {
                    return Err(PolicyError::Masked { file: head.file, line: head.line, place, rule: head.name });
                }
            }
            if at.is_none() {
                break;
            }
        }
    }
    Ok(())
}

/// Refuses rules that conftest asks and that can give no set: `deny if …` is a boolean, which it takes for a success.
///
/// Also refuses rules of one name that are of several kinds, which the interpreter would notice in the middle of a run.
pub(super) fn kinds(modules: &[&Module]) -> Result<(), PolicyError> {
    let mut kinds: BTreeMap<String, HeadKind> = BTreeMap::new();
    for module in modules {
        for rule in &module.policy {
            let head: Head = ast::head(rule, &ast::package(module));
            let refuse = |message: String| Err(PolicyError::Rule { file: head.file.clone(), line: head.line, message });
            let name = &head.name;
            let first = name.split('.').next().unwrap_or_default();
            if first != name && Kind::of(first).is_some() {
                return refuse(format!(
                    "`{name}` is under `{first}`, and nobody asks for it there; call it `{}`",
                    name.replace('.', "_")
                ));
            }
            if Kind::of(name).is_none() {
                continue;
            }
            if ast::gives_true(rule) {
                return refuse(format!(
                    "`{name} if …` gives a boolean and not a message, so nothing would come of it; write `{name} contains \
                     msg if …`"
                ));
            }
            if head.kind == HeadKind::Function {
                return refuse(format!(
                    "`{name}` is a function, which nobody calls with arguments; write `{name} contains msg if …`"
                ));
            }
            if ast::is_partial_object(rule) {
                return refuse(format!(
                    "`{name}[…] := …` gives an object and not messages, so nothing would come of it; write `{name} contains msg \
                     if …`"
                ));
            }
            if *kinds.entry(head.full_name()).or_insert(head.kind) != head.kind {
                return refuse(format!(
                    "`{name}` is a set in one place and a value in another; write all as `{name} contains …`"
                ));
            }
        }
    }
    Ok(())
}
