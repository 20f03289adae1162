//! The policies that come with the program, embedded as source. They are loaded at most once, and beside other work.

use std::sync::{LazyLock, OnceLock};
use std::thread;

use super::bundle::{Bundle, LIBRARY};
use super::error::PolicyError;
use super::metadata::PolicyMeta;
use super::policy::Policy;
use super::raw::RawFinding;
use crate::access::facts::{Facts, PlanFacts};

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
    static BUNDLE: OnceLock<Result<Bundle, PolicyError>> = OnceLock::new();
    let load = || {
        let library: Vec<_> = SOURCES.iter().copied().filter(|(file, _)| file.starts_with(LIBRARY)).collect();
        Bundle::trusted(&library, &POLICIES)
    };
    BUNDLE.get_or_init(load).as_ref().map_err(Clone::clone)
}

/// Begins to load them while the caller does something else. Whoever wants them then waits for what is left of it.
pub fn preload() {
    // A thread that cannot be started leaves the work to whoever wants them.
    let _ = thread::Builder::new().name("preload".to_owned()).spawn(bundled);
}

/// Whether these facts hold nothing that any embedded policy could find fault with, so that none need be asked.
///
/// All but `partial-plan` look at paths only, and that one at no more than what is asked here.
pub fn have_nothing_to_say(facts: &Facts) -> bool {
    let whole =
        |plan: &PlanFacts| plan.complete != Some(false) && plan.deferred.is_empty() && plan.unplanned.is_empty();
    facts.paths.is_empty() && facts.plans.iter().all(whole)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::fixture::facts;

    #[test]
    fn what_is_embedded_is_fit_to_judge_and_called_as_its_files_are() {
        let checked = Bundle::load(SOURCES).unwrap();
        let read: Vec<&PolicyMeta> = checked.policies().collect();
        assert_eq!(policies().unwrap(), read);
        assert!(read.iter().zip(ids()).all(|(meta, id)| meta.id == id));
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
    fn policies_that_are_not_asked_would_have_found_nothing() {
        let mut skipped = 0;
        for complete in [None, Some(false), Some(true)] {
            for (unplanned, deferred) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                for plans in 0..3 {
                    let mut facts = facts(vec![]);
                    let mut plan = facts.plans.remove(0);
                    plan.complete = complete;
                    plan.unplanned = vec!["aws_s3_bucket.a".to_owned(); unplanned];
                    plan.deferred = vec!["aws_s3_bucket.b".to_owned(); deferred];
                    facts.plans = vec![plan; plans];
                    if have_nothing_to_say(&facts) {
                        skipped += 1;
                        assert_eq!(bundled().unwrap().evaluate(&facts).unwrap(), []);
                    }
                }
            }
        }
        assert!(skipped > 4);
    }
}
