//! What would pass in silence, refused before anything is evaluated: data that takes the place of rules, packages that reach
//! into those of this program, and rules that can give nothing that counts.

use std::collections::BTreeMap;

use regorus::unstable::Module;
use serde_json::{Map, Value};

use super::super::ast::{self, Head, HeadKind};
use super::super::error::PolicyError;
use super::patterns;
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

/// Refuses what the interpreter takes and OPA does not, or otherwise.
pub(in crate::rego) fn patterns(module: &Module) -> Result<(), PolicyError> {
    let refuse = |line: u32, message: &str| {
        Err(PolicyError::Rule { file: ast::file(module), line, message: message.to_owned() })
    };
    if let Some(line) = patterns::wildcard(module) {
        return refuse(
            line,
            "`_` after `not` does not say whether none or not all is meant; bind it before with `some … in`, or write a rule of \
             its own for what is negated",
        );
    }
    if let Some(line) = patterns::object(module) {
        return refuse(
            line,
            "an object as a pattern fits other objects here than under OPA, which wants all keys to be named; give the object a \
             name and ask for its members",
        );
    }
    Ok(())
}

/// Refuses data that stands where a rule does: the interpreter would give the data and never ask the rule.
pub(in crate::rego) fn masks(modules: &[&Module], data: &Map<String, Value>) -> Result<(), PolicyError> {
    for module in modules {
        for rule in &module.policy {
            let mut at = Some(data);
            let mut place = String::from("data");
            let parts = ast::parts(module, rule);
            for (index, part) in parts.iter().enumerate() {
                place = format!("{place}.{part}");
                match at.and_then(|members| members.get(part)) {
                    None => break,
                    Some(Value::Object(members)) if index + 1 < parts.len() => at = Some(members),
                    Some(_) => {
                        let Head { file, line, name: rule, .. } = ast::head(rule, &ast::package(module));
                        return Err(PolicyError::Masked { file, line, place, rule });
                    }
                }
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
