//! Policies, held to their contract when they are loaded.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::thread;
use std::time::Duration;

use regorus::Engine;

use super::ast::{self, Head, HeadKind};
use super::checks;
use super::engine::{self, Limits, Settings};
use super::error::PolicyError;
use super::metadata::PolicyMeta;
use super::policy::Policy;
use super::shares::{self, Part};

/// Modules that policies share live here; every other file is a policy.
pub(super) const LIBRARY: &str = "policies/lib/";

/// For some tens of paths, which take bundled policies a fraction of a second. The limits are a safety net.
const LIMITS: Limits =
    Limits { rule: Duration::from_secs(30), total: Duration::from_mins(2), given: Duration::from_secs(30) };

/// Policies that were found fit to judge.
pub struct Bundle {
    pub(super) shares: Vec<Share>,
    /// In the order of their ids.
    pub(super) policies: Cow<'static, [Policy]>,
    pub(super) limits: Limits,
    /// Whether policies are asked only where there is what they need.
    pub(super) spares: bool,
}

/// Some of the policies, in an interpreter of their own.
pub(super) struct Share {
    pub(super) engine: Engine,
    /// Which ones, by their positions.
    pub(super) policies: Vec<usize>,
}

impl fmt::Debug for Bundle {
    /// Without the interpreters, whose insides fill pages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle").field("policies", &self.policies).finish_non_exhaustive()
    }
}

impl Bundle {
    /// Loads policies from (path, source) pairs; what lies in `policies/lib/` is shared by the others.
    ///
    /// # Errors
    /// A source that is not Rego, a METADATA block that is wrong, a policy that breaks the contract, or none at all.
    pub fn load(sources: &[(&str, &str)]) -> Result<Self, PolicyError> {
        engine::on_deep_stack(|| {
            let mut engine = engine::prepare(sources.iter().copied(), &Settings::BUNDLED)?;
            let mut policies = Vec::new();
            for (file, source) in sources.iter().filter(|(file, _)| !file.starts_with(LIBRARY)) {
                policies.push(Policy::read(file, source)?);
            }
            policies.sort_by(|left, right| left.id.cmp(&right.id));
            let metas = policies.iter().map(Policy::meta).collect::<Result<Vec<_>, _>>()?;
            checks::references(engine.get_modules().iter().map(AsRef::as_ref))?;
            check(&mut engine, &metas)?;
            let share = Share { engine, policies: (0..policies.len()).collect() };
            Ok(Self { shares: vec![share], policies: policies.into(), limits: LIMITS, spares: false })
        })
    }

    /// The same of those policies at the positions `wanted`, and of what they share, that were compiled into the program and
    /// that its tests load by [`Bundle::load`]: what is checked there is not checked again. They are shared out to several
    /// threads, and asked only where there is what they need.
    ///
    /// # Errors
    /// What the interpreter refuses.
    pub(super) fn trusted(
        library: &[(&'static str, &'static str)],
        policies: &'static [Policy],
        wanted: &[usize],
    ) -> Result<Self, PolicyError> {
        let shares = thread::scope(|scope| {
            let load = |part: Part<'static>| {
                engine::start(scope, move || {
                    let engine = engine::prepare_trusted(part.sources())?;
                    Ok(Share { engine, policies: part.policies })
                })
            };
            // All are at work before the first is waited for.
            let workers: Vec<_> = shares::parts(library, policies, wanted).into_iter().map(load).collect();
            workers.into_iter().map(|worker| engine::finish(worker?)).collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Self { shares, policies: policies.into(), limits: LIMITS, spares: true })
    }

    /// What the policies say of themselves, in the order of their ids.
    pub fn policies(&self) -> impl Iterator<Item = &PolicyMeta> {
        self.policies.iter().filter_map(|policy| policy.meta().ok())
    }
}

/// Packages are open in Rego: a second file, or a stray package name, could add to a policy or never be asked.
fn check(engine: &mut Engine, policies: &[&PolicyMeta]) -> Result<(), PolicyError> {
    if policies.is_empty() {
        return Err(PolicyError::Contract {
            file: "policies/".to_owned(),
            message: "there is no policy; every plan would pass".to_owned(),
        });
    }
    let mut packages = BTreeSet::new();
    for module in engine.get_modules() {
        let package = ast::package(module);
        let file = ast::file(module);
        let broken = |message: String| Err(PolicyError::Contract { file: file.clone(), message });
        if !packages.insert(package.clone()) {
            return broken(format!("the package `{package}` is taken by another file; one file, one package"));
        }
        if file.starts_with(LIBRARY) {
            if !package.starts_with("oacguard.lib.") {
                return broken(format!("the package is `{package}`; shared modules live below `oacguard.lib`"));
            }
            continue;
        }
        let Some(meta) = policies.iter().find(|meta| meta.file == file) else {
            return broken("the file was given twice".to_owned());
        };
        if package != meta.package() {
            return broken(format!("the package is `{package}`; call it `{}`", meta.package()));
        }
        let heads = ast::heads(module);
        let entries: Vec<&Head> = heads.iter().filter(|head| head.name == "finding").collect();
        if entries.is_empty() || entries.iter().any(|head| head.kind != HeadKind::Set) {
            return broken(
                "the entry is `finding contains f if …`, and there is none, or one of another kind".to_owned(),
            );
        }
    }
    for pair in policies.windows(2) {
        if let [left, right] = pair
            && left.id == right.id
        {
            let message = format!("the id `{}` is taken by {}", right.id, left.file);
            return Err(PolicyError::Contract { file: right.file.clone(), message });
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "bundle_tests.rs"]
mod tests;
