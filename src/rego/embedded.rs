//! The policies that come with the program, embedded as source: loaded when they are wanted, and only those that are.

use std::sync::{LazyLock, OnceLock};

use super::bundle::{Bundle, LIBRARY};
use super::error::PolicyError;
use super::metadata::PolicyMeta;
use super::needs::Seen;
use super::policy::Policy;
use super::raw::RawFinding;
use crate::access::facts::Facts;

/// The files of policies/, without tests, as (path, source) in the order of their paths.
static SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The policies among them, in the order of their ids.
static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let policies = SOURCES.iter().filter(|(file, _)| !file.starts_with(LIBRARY));
    let mut policies: Vec<Policy> = policies.map(|(file, source)| Policy::unread(file, source)).collect();
    policies.sort_by(|left, right| left.id.cmp(&right.id));
    policies
});

/// The embedded files, as (path, source) in the order of their paths.
pub fn sources() -> &'static [(&'static str, &'static str)] {
    SOURCES
}

/// SHA-256 over the embedded files, in hexadecimal: two programs with the same hash judge alike.
pub fn policies_hash() -> String {
    // To take it over all of them would be a tenth of a short run.
    env!("OACGUARD_POLICIES").to_owned()
}

/// The ids of the embedded policies, in order; nothing is loaded for them.
pub fn ids() -> impl Iterator<Item = &'static str> {
    POLICIES.iter().map(|policy| &*policy.id)
}

/// What the embedded policies say of themselves, in the order of their ids.
///
/// # Errors
/// Why it cannot be read; tests keep a release from ever saying so.
pub fn policies() -> Result<Vec<&'static PolicyMeta>, PolicyError> {
    POLICIES.iter().map(Policy::meta).collect()
}

/// What one of them says of itself, if there is one of that id.
pub fn policy(id: &str) -> Option<&'static PolicyMeta> {
    POLICIES.iter().find(|policy| policy.id == id)?.meta().ok()
}

/// What those of them say of themselves that found something.
///
/// # Errors
/// As [`policies`].
pub fn metas_of(found: &[RawFinding]) -> Result<Vec<PolicyMeta>, PolicyError> {
    let spoke = |policy: &&Policy| found.iter().any(|found| found.policy == policy.id);
    POLICIES.iter().filter(spoke).map(|policy| policy.meta().cloned()).collect()
}

/// The embedded policies, ready to judge; loaded on first use.
///
/// # Errors
/// Why they do not load; tests keep a release from ever saying so.
pub fn bundled() -> Result<&'static Bundle, PolicyError> {
    ALL.get_or_init(|| load(&(0..POLICIES.len()).collect::<Vec<_>>())).as_ref().map_err(Clone::clone)
}

/// All of them, once they were wanted.
static ALL: OnceLock<Result<Bundle, PolicyError>> = OnceLock::new();

fn load(wanted: &[usize]) -> Result<Bundle, PolicyError> {
    let library: Vec<_> = SOURCES.iter().copied().filter(|(file, _)| file.starts_with(LIBRARY)).collect();
    Bundle::trusted(&library, &POLICIES, wanted)
}

/// At least those of the embedded policies that could find anything in these facts; `None` if none could.
///
/// # Errors
/// As [`bundled`].
pub fn bundle_for(facts: &Facts) -> Result<Option<&'static Bundle>, PolicyError> {
    /// Those that were wanted first: mostly, nobody wants others afterwards.
    static SOME: OnceLock<(Vec<usize>, Result<Bundle, PolicyError>)> = OnceLock::new();
    let seen = Seen::in_all(&facts.paths, &facts.plans);
    let wanted = POLICIES.iter().enumerate().filter(|(_, policy)| policy.needs.met_by(&seen));
    let wanted: Vec<usize> = wanted.map(|(at, _)| at).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    if ALL.get().is_some() {
        return bundled().map(Some);
    }
    let (held, some) = SOME.get_or_init(|| (wanted.clone(), load(&wanted)));
    if wanted.iter().all(|at| held.contains(at)) {
        some.as_ref().map(Some).map_err(Clone::clone)
    } else {
        bundled().map(Some)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::fixture::{facts, path, world};
    use crate::rego::needs::Needs;

    #[test]
    fn what_is_embedded_is_fit_to_judge_and_called_as_its_files_are() {
        let checked = Bundle::load(SOURCES).unwrap();
        let read: Vec<&PolicyMeta> = checked.policies().collect();
        assert_eq!(policies().unwrap(), read);
        assert!(read.iter().zip(ids()).all(|(meta, id)| meta.id == id));
        for (meta, policy) in read.iter().zip(POLICIES.iter()) {
            assert_eq!(Needs::parse(&meta.needs).unwrap(), policy.needs, "{}", meta.id);
            assert!(!meta.needs.is_empty(), "{} is asked always", meta.id);
        }
        assert!(policy("oai-sse-kms").is_some() && policy("none").is_none());
    }

    #[test]
    fn the_hash_is_of_the_embedded_files() {
        let mut hash = Sha256::new();
        for part in SOURCES.iter().flat_map(|(path, source)| [path, source]) {
            hash.update(u64::try_from(part.len()).unwrap().to_le_bytes());
            hash.update(part);
        }
        assert_eq!(policies_hash(), format!("{:x}", hash.finalize()));
        assert!(sources().is_sorted() && sources().len() > ids().count());
    }

    #[test]
    fn a_plan_that_leaves_nothing_out_and_has_no_path_wants_no_policy() {
        let checked = Bundle::load(SOURCES).unwrap();
        let mut spared = 0;
        for complete in [None, Some(false), Some(true)] {
            for (unplanned, deferred) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                for plans in 0..3 {
                    let mut facts = facts(vec![]);
                    let mut plan = facts.plans.remove(0);
                    plan.complete = complete;
                    plan.unplanned = vec!["aws_s3_bucket.a".to_owned(); unplanned];
                    plan.deferred = vec!["aws_s3_bucket.b".to_owned(); deferred];
                    facts.plans = vec![plan; plans];
                    let found = checked.evaluate(&facts).unwrap();
                    if let Some(bundle) = bundle_for(&facts).unwrap() {
                        assert_eq!(bundle.evaluate(&facts).unwrap(), found);
                    } else {
                        spared += 1;
                        assert_eq!(found, []);
                    }
                }
            }
        }
        assert!(spared > 4);
    }

    #[test]
    fn facts_that_want_more_than_was_loaded_have_no_verdict() {
        let none = load(&[]).unwrap();
        let site = facts(vec![path(0, None, Some(world()))]);
        let error = none.evaluate(&site).unwrap_err().to_string();
        assert!(error.contains("want it as well"), "{error}");
        assert_eq!(none.evaluate(&facts(vec![])).unwrap(), []);
    }
}
