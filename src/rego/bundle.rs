//! The policies that come with the program: embedded as source, held to their contract when loaded, and evaluated.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use regorus::Engine;
use sha2::{Digest, Sha256};
use tracing::field::Empty;
use tracing::{debug, debug_span, info_span};

use super::ast::{self, Head, HeadKind};
use super::checks;
use super::engine::{self, Limits, Run, Settings};
use super::error::PolicyError;
use super::metadata::PolicyMeta;
use super::raw::{self, RawFinding};
use crate::access::facts::{self, Facts};

/// The files of policies/, without tests, as (path, source) in the order of their paths.
static SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// Modules that policies share live here; every other file is a policy.
const LIBRARY: &str = "policies/lib/";

/// Bundled policies only look up indexed facts: a second is enough for thousands of paths. The limits are a safety net.
const LIMITS: Limits =
    Limits { rule: Duration::from_secs(30), total: Duration::from_mins(2), given: Duration::from_secs(30) };

/// The embedded files, as (path, source) in the order of their paths.
pub fn sources() -> &'static [(&'static str, &'static str)] {
    SOURCES
}

/// SHA-256 over the embedded files, in hexadecimal: two programs with the same hash judge alike.
pub fn policies_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    let compute = || {
        let mut hash = Sha256::new();
        for part in SOURCES.iter().flat_map(|(path, source)| [path, source]) {
            // Lengths keep the parts apart.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        format!("{:x}", hash.finalize())
    };
    HASH.get_or_init(compute).clone()
}

/// How many policies are embedded; nothing is loaded for it.
pub fn policies_count() -> usize {
    SOURCES.iter().filter(|(file, _)| !file.starts_with(LIBRARY)).count()
}

/// The bundled policies, loaded on first use.
///
/// # Errors
/// Why they do not load; tests keep a release from ever saying so.
pub fn bundled() -> Result<&'static Bundle, PolicyError> {
    static BUNDLE: OnceLock<Result<Bundle, PolicyError>> = OnceLock::new();
    let load = || info_span!("load policies").in_scope(|| Bundle::load(SOURCES));
    BUNDLE.get_or_init(load).as_ref().map_err(Clone::clone)
}

/// Policies that were found fit to judge.
pub struct Bundle {
    engine: Engine,
    policies: Vec<PolicyMeta>,
    limits: Limits,
}

impl fmt::Debug for Bundle {
    /// Without the engine, whose insides fill pages.
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
                policies.push(PolicyMeta::parse(file, source)?);
            }
            policies.sort_by(|left, right| left.id.cmp(&right.id));
            checks::references(engine.get_modules().iter().map(AsRef::as_ref))?;
            check(&mut engine, &policies)?;
            Ok(Self { engine, policies, limits: LIMITS })
        })
    }

    /// What the policies say of themselves, in the order of their ids.
    pub fn policies(&self) -> &[PolicyMeta] {
        &self.policies
    }

    /// What the policies find, in the order of their ids.
    ///
    /// # Errors
    /// Any policy that could not be evaluated to well-formed findings. There is no partial answer.
    pub fn evaluate(&self, facts: &Facts) -> Result<Vec<RawFinding>, PolicyError> {
        if facts.schema != facts::SCHEMA {
            return Err(PolicyError::Input(format!("their schema is `{}`, not `{}`", facts.schema, facts::SCHEMA)));
        }
        let _span = info_span!("evaluate policies").entered();
        engine::on_deep_stack(|| {
            let mut run = Run::new(&self.engine, facts, self.limits)?;
            let mut findings = Vec::new();
            for meta in &self.policies {
                let span = debug_span!("evaluate policy", policy = meta.id, findings = Empty).entered();
                let answer = run.rule(format!("data.{}.finding", meta.package()), &meta.id)?;
                for print in run.prints() {
                    debug!(policy = meta.id, "{print}");
                }
                let found = raw::decode(meta, &answer, facts)?;
                span.record("findings", found.len());
                findings.extend(found);
            }
            Ok(findings)
        })
    }
}

/// Packages are open in Rego: a second file, or a stray package name, could add to a policy or never be asked.
fn check(engine: &mut Engine, policies: &[PolicyMeta]) -> Result<(), PolicyError> {
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
