//! Which rules of the user's own are asked: those that conftest asks, by their names.
//!
//! Source: <https://www.conftest.dev/#usage>, <https://www.conftest.dev/options/>.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobSetBuilder};
use regorus::unstable::Module;
use serde::{Deserialize, Serialize};

use super::super::ast::{self, Head};
use super::super::error::PolicyError;

/// What it means that a rule gives something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The plan must not be applied.
    Failure,
    /// Somebody should look.
    Warning,
}

/// The packages whose rules are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Namespaces {
    /// Every package.
    All,
    /// Those of these names; or, where one of them holds `*`, `?` or `[`, those that they mean as globs, in which a dot is
    /// nothing special.
    Named(Vec<String>),
}

/// The definitions of one rule in one package.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The rule's name, such as `deny_tags`.
    pub(super) name: String,
    /// What the interpreter is asked for it.
    pub(super) path: String,
    pub(super) kind: Kind,
    /// Where each is, in the order of the files.
    pub(super) heads: Vec<Head>,
}

impl Kind {
    /// What the rule `name` is asked as; `None` if it is not asked.
    pub(super) fn of(name: &str) -> Option<Self> {
        let mut words = name.split('_');
        let kind = match words.next()? {
            "deny" | "violation" => Self::Failure,
            "warn" => Self::Warning,
            _ => return None,
        };
        words.all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(kind)
    }
}

/// The rule's name as exceptions write it: `tags` for `deny_tags`, nothing for `deny`. As conftest has it, several such words
/// may go.
pub fn without_prefix(name: &str) -> &str {
    if ["deny", "violation", "warn"].contains(&name) {
        return "";
    }
    ["violation_", "deny_", "warn_"].iter().fold(name, |rest, prefix| rest.strip_prefix(prefix).unwrap_or(rest))
}

/// The rules that are asked, by package.
///
/// # Errors
/// When there is none: then nothing would be judged.
pub(super) fn entries(
    modules: &[&Module],
    namespaces: &Namespaces,
) -> Result<BTreeMap<String, Vec<Entry>>, PolicyError> {
    let packages: BTreeSet<String> = modules.iter().map(|module| ast::namespace(module)).collect();
    let chosen = match namespaces {
        Namespaces::All => packages,
        Namespaces::Named(names) => named(names, packages)?,
    };
    let mut all: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    let mut elsewhere = BTreeSet::new();
    for (module, rule) in modules.iter().flat_map(|module| module.policy.iter().map(move |rule| (module, rule))) {
        let head = ast::head(rule, &ast::package(module));
        let Some(kind) = Kind::of(&head.name) else { continue };
        let namespace = ast::namespace(module);
        if !chosen.contains(&namespace) {
            elsewhere.insert(namespace);
            continue;
        }
        let entries = all.entry(namespace).or_default();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.name == head.name) {
            entry.heads.push(head);
        } else {
            let path = ast::asked(module, rule);
            entries.push(Entry { name: head.name.clone(), path, kind, heads: vec![head] });
        }
    }
    if all.is_empty() {
        return Err(PolicyError::NothingToAsk { message: nothing(namespaces, &elsewhere) });
    }
    // A package that is asked and has no such rule is a record all the same.
    for package in chosen {
        all.entry(package).or_default().sort_by(|left, right| left.name.cmp(&right.name));
    }
    Ok(all)
}

fn nothing(namespaces: &Namespaces, elsewhere: &BTreeSet<String>) -> String {
    let asked = match namespaces {
        Namespaces::All => "any package".to_owned(),
        Namespaces::Named(names) => format!("the package {}", quoted(names)),
    };
    if elsewhere.is_empty() {
        format!(
            "there is no rule `deny`, `violation` or `warn`, or one that begins with such a word and `_`, in {asked}; every \
             plan would pass"
        )
    } else {
        let others: Vec<String> = elsewhere.iter().cloned().collect();
        format!(
            "there is no rule `deny`, `violation` or `warn` in {asked}, but there is in {}; name it with --namespace, or use \
             --all-namespaces",
            quoted(&others)
        )
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The packages that `names` mean. Without a glob among them, that is these, whether there are such packages or not.
fn named(names: &[String], packages: BTreeSet<String>) -> Result<BTreeSet<String>, PolicyError> {
    if !names.iter().any(|name| name.contains(['*', '?', '['])) {
        return Ok(names.iter().cloned().collect());
    }
    let mut set = GlobSetBuilder::new();
    for name in names {
        let glob = Glob::new(name).map_err(|error| PolicyError::NothingToAsk {
            message: format!("the namespace `{name}` is no glob: {}", error.kind()),
        })?;
        set.add(glob);
    }
    let set = set.build().map_err(|error| PolicyError::NothingToAsk { message: error.to_string() })?;
    Ok(packages.into_iter().filter(|package| set.is_match(package)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide() {
        for (name, kind) in [
            ("deny", Some(Kind::Failure)),
            ("violation", Some(Kind::Failure)),
            ("warn", Some(Kind::Warning)),
            ("deny_tags", Some(Kind::Failure)),
            ("deny_a_b1", Some(Kind::Failure)),
            ("warn_9", Some(Kind::Warning)),
            ("deny_", None),
            ("deny__a", None),
            ("denied", None),
            ("deny_a-b", None),
            ("deny.a", None),
            ("warning", None),
            ("Deny", None),
            ("", None),
        ] {
            assert_eq!(Kind::of(name), kind, "{name}");
        }
    }

    #[test]
    fn exceptions_leave_the_first_word_out() {
        assert_eq!(without_prefix("deny"), "");
        assert_eq!(without_prefix("deny_tags"), "tags");
        assert_eq!(without_prefix("violation_a_b"), "a_b");
        assert_eq!(without_prefix("warn_deny_x"), "deny_x");
        assert_eq!(without_prefix("deny_warn_x"), "x");
    }
}
