//! Asking policies about facts: some paths at a time, so that memory and time stay in proportion, in as many threads as the
//! policies are shared out to.

use std::ops::Range;
use std::thread;

use tracing::field::Empty;
use tracing::{Span, debug, debug_span, info_span};

use super::bundle::{Bundle, Share};
use super::engine::{self, Run};
use super::error::PolicyError;
use super::policy::Policy;
use super::raw::RawFinding;
use crate::access::facts::{self, Counts, Facts, PathFacts, PlanFacts};

/// How many access paths policies see at a time.
const BATCH: usize = 64;

/// What a policy found, by its position and that of the batch, which is the order it is told in.
type Found = ((usize, usize), Vec<RawFinding>);

impl Bundle {
    /// What the policies find, in the order of their ids.
    ///
    /// # Errors
    /// Any policy that could not be evaluated to well-formed findings. There is no partial answer.
    pub fn evaluate(&self, facts: &Facts) -> Result<Vec<RawFinding>, PolicyError> {
        self.evaluate_by(BATCH, facts)
    }

    /// The same with a limit of paths that policies see at a time.
    pub(super) fn evaluate_by(&self, size: usize, facts: &Facts) -> Result<Vec<RawFinding>, PolicyError> {
        if facts.schema != facts::SCHEMA {
            return Err(PolicyError::Input(format!("their schema is `{}`, not `{}`", facts.schema, facts::SCHEMA)));
        }
        let span = info_span!("evaluate policies").entered();
        let mut found = thread::scope(|scope| {
            let start = |share| {
                let span = Span::clone(&span);
                engine::start(scope, move || span.in_scope(|| self.of_share(share, size, facts)))
            };
            // All are at work before the first is waited for.
            let workers: Vec<_> = self.shares.iter().map(start).collect();
            let mut found = Vec::new();
            for worker in workers {
                found.extend(engine::finish(worker?)?);
            }
            Ok::<_, PolicyError>(found)
        })?;
        found.sort_by_key(|(order, _)| *order);
        Ok(found.into_iter().flat_map(|(_, found)| found).collect())
    }

    /// What the policies of a share find in each batch.
    fn of_share(&self, share: &Share, size: usize, facts: &Facts) -> Result<Vec<Found>, PolicyError> {
        let mut run = Run::over(&share.engine, self.limits);
        let mut all = Vec::new();
        for (nth, range) in batches(facts.paths.len(), size).enumerate() {
            // Made anew for each thread: threads that count references to one document get in each other's way.
            let input = engine::object(&of_batch(facts, range.clone()))?;
            run.see(input, self.limits.times(size_of(facts.paths.get(range.clone()).unwrap_or_default())));
            for at in &share.policies {
                let Some(policy) = self.policies.get(*at) else { continue };
                let found = ask(policy, &mut run, facts, range.clone())?;
                if !found.is_empty() {
                    all.push(((*at, nth), found));
                }
            }
        }
        Ok(all)
    }
}

/// The positions of the paths in each batch. There is always one: some policies look at the plans alone.
fn batches(paths: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..paths.max(1)).step_by(size).map(move |first| first..paths.min(first.saturating_add(size)))
}

/// How many times the usual limits paths may take: policies look at each object of a path, of which one may have thousands.
fn size_of(paths: &[PathFacts]) -> u32 {
    const USUAL: usize = 10_000;
    let worlds = paths.iter().flat_map(|path| [&path.before, &path.after]).flatten();
    let objects: usize = worlds.map(|world| world.objects.len()).sum();
    u32::try_from(objects / USUAL).unwrap_or(u32::MAX).saturating_add(1)
}

/// The facts as a document that holds some of the paths, which are numbered from 0 as policies expect it.
fn of_batch(facts: &Facts, range: Range<usize>) -> impl serde::Serialize {
    #[derive(serde::Serialize)]
    struct Document<'f> {
        schema: &'f str,
        plans: &'f [PlanFacts],
        counts: Counts,
        paths: Vec<PathFacts>,
    }
    let paths = facts.paths.get(range).unwrap_or_default();
    let paths = paths.iter().cloned().enumerate().map(|(id, path)| PathFacts { id, ..path });
    Document { schema: &facts.schema, plans: &facts.plans, counts: facts.counts, paths: paths.collect() }
}

/// What a policy finds in the batch that `run` sees, which holds the paths at these positions.
fn ask(policy: &Policy, run: &mut Run, facts: &Facts, range: Range<usize>) -> Result<Vec<RawFinding>, PolicyError> {
    let span = debug_span!("evaluate policy", policy = &*policy.id, findings = Empty).entered();
    let first = range.start;
    let answer = run.rule(policy.entry(), &policy.id)?;
    for print in run.prints() {
        debug!(policy = &*policy.id, "{print}");
    }
    let mut found = policy.decode(&answer, facts.plans.len(), facts.paths.get(range).unwrap_or_default())?;
    // What is about a plan and no path is found again in every batch.
    found.retain(|finding| first == 0 || finding.path.is_some());
    for path in found.iter_mut().filter_map(|finding| finding.path.as_mut()) {
        *path += first;
    }
    span.record("findings", found.len());
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::access::facts::{Fact, ObjectEncryption, ObjectFacts, WorldFacts};
    use crate::fixture::{path, world};
    use crate::judge;
    use crate::plan::source::Source;
    use crate::rego::{bundled, metas_of, sources};

    /// The facts of every plan that comes with the tests, side by side, as if one run had got them all.
    fn of_all_cases() -> Facts {
        let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
        let mut plans: Vec<Source> = Vec::new();
        for case in fs::read_dir(testdata).unwrap() {
            let plan = case.unwrap().path().join("plan.json");
            let Ok(bytes) = fs::read(&plan) else { continue };
            let source = |bytes| Source { name: plan.display().to_string(), bytes: Ok(bytes) };
            if crate::facts(vec![source(bytes.clone())], true, u64::MAX).is_ok() {
                plans.push(source(bytes));
            }
        }
        plans.sort_by(|left, right| left.name.cmp(&right.name));
        crate::facts(plans, true, u64::MAX).unwrap()
    }

    #[test]
    fn the_findings_are_the_same_however_paths_and_policies_are_parted() {
        let facts = of_all_cases();
        assert!(facts.paths.len() > 300, "{}", facts.paths.len());
        let options = judge::Options::default();
        let judged = |bundle: &Bundle, size: usize| {
            let raw = bundle.evaluate_by(size, &facts).unwrap();
            let judgement = judge::judge(&facts, &raw, &metas_of(&raw).unwrap(), &options);
            let mut raw: Vec<String> = raw.iter().map(|found| format!("{found:?}")).collect();
            raw.sort();
            (judgement, raw)
        };
        let checked = Bundle::load(sources()).unwrap();
        let whole = judged(&checked, usize::MAX);
        assert!(whole.1.len() > 300, "{}", whole.1.len());
        for size in [7, BATCH] {
            assert!(judged(bundled().unwrap(), size) == whole, "{size} paths at a time find something else");
        }
    }

    #[test]
    fn there_is_a_batch_where_there_is_no_path() {
        let of = |paths, size| batches(paths, size).map(|range| (range.start, range.end)).collect::<Vec<_>>();
        assert_eq!(of(0, 2), [(0, 0)]);
        assert_eq!(of(4, 2), [(0, 2), (2, 4)]);
        assert_eq!(of(5, 2), [(0, 2), (2, 4), (4, 5)]);
        assert_eq!(of(5, usize::MAX), [(0, 5)]);
    }

    #[test]
    fn limits_grow_with_the_objects_there_are_to_look_at() {
        let object = ObjectFacts {
            address: "aws_s3_object.a".to_owned(),
            served: Fact::Known(true),
            encryption: Fact::Known(ObjectEncryption::SseKms),
            configured: true,
            written: true,
            key: None,
            key_grant: None,
            evidence: Vec::new(),
        };
        let of = |objects: usize| {
            let after = WorldFacts { objects: vec![object.clone(); objects], ..world() };
            size_of(&[path(0, None, Some(world())), path(1, None, Some(after))])
        };
        assert_eq!((of(0), of(9_999), of(25_000)), (1, 1, 3));
        let limits = bundled().unwrap().limits.times(3);
        assert_eq!((limits.rule.as_secs(), limits.total.as_secs()), (90, 360));
    }
}
