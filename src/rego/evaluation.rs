//! Asking policies about facts: some paths at a time, so that memory and time stay in proportion, in as many threads as the
//! policies are shared out to.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::thread;

use tracing::field::Empty;
use tracing::{Span, debug, debug_span, info_span};

use super::bundle::{Bundle, Share};
use super::engine::{self, Run};
use super::error::PolicyError;
use super::needs::Seen;
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
        self.check_all_are_there(facts)?;
        let span = info_span!("evaluate policies").entered();
        let mut found = thread::scope(|scope| {
            let start = |job: Job| {
                let span = Span::clone(&span);
                engine::start(scope, move || span.in_scope(|| self.done(job, size, facts)))
            };
            // All are at work before the first is waited for.
            let workers: Vec<_> = self.jobs(size, facts).into_iter().map(start).collect();
            let mut found = Vec::new();
            for worker in workers {
                found.extend(engine::finish(worker?)?);
            }
            Ok::<_, PolicyError>(found)
        })?;
        found.sort_by_key(|(order, _)| *order);
        Ok(found.into_iter().flat_map(|(_, found)| found).collect())
    }

    /// How threads share the work: each has some of the policies, or where there is more than one batch, some of those, since
    /// to make the document that policies see takes as long as many of them.
    fn jobs(&self, size: usize, facts: &Facts) -> Vec<Job> {
        let shares = 0..self.shares.len();
        let batches = batches(facts, size).count();
        if batches < 2 {
            return shares.map(|share| Job { shares: share..share + 1, first: 0, step: 1 }).collect();
        }
        let step = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(batches);
        (0..step).map(|first| Job { shares: shares.clone(), first, step }).collect()
    }

    /// Fails if these facts want a policy that was not loaded, since they would pass it in silence.
    fn check_all_are_there(&self, facts: &Facts) -> Result<(), PolicyError> {
        let seen = Seen::in_all(&facts.paths, &facts.plans);
        let held = |at| self.shares.iter().any(|share| share.policies.contains(&at));
        let missing = self.policies.iter().enumerate().find(|(at, policy)| !held(*at) && policy.needs.met_by(&seen));
        missing.map_or(Ok(()), |(_, policy)| {
            let message = "these facts are not those that policies were loaded for, and want it as well".to_owned();
            Err(PolicyError::Evaluation { policy: policy.id.to_string(), message })
        })
    }

    /// What the policies of a job find in its batches.
    fn done(&self, job: Job, size: usize, facts: &Facts) -> Result<Vec<Found>, PolicyError> {
        let shares = self.shares.get(job.shares).unwrap_or_default();
        let mut runs: Vec<(&Share, Run)> =
            shares.iter().map(|share| (share, Run::over(&share.engine, self.limits))).collect();
        let mut all = Vec::new();
        for (nth, batch) in batches(facts, size).enumerate().skip(job.first).step_by(job.step) {
            // Made anew for each thread: threads that count references to one document get in each other's way.
            let input = engine::object(batch.document(facts)?)?;
            let limits = self.limits.times(size_of(batch.paths(facts)));
            let seen = self.spares.then(|| batch.seen(facts));
            let speaks = |policy: &Policy| seen.as_ref().is_none_or(|seen| policy.needs.met_by(seen));
            for (share, run) in &mut runs {
                run.see(input.clone(), limits);
                for at in &share.policies {
                    let Some(policy) = self.policies.get(*at).filter(|policy| speaks(policy)) else { continue };
                    let found = ask(policy, run, facts, &batch)?;
                    if !found.is_empty() {
                        all.push(((*at, nth), found));
                    }
                }
            }
        }
        Ok(all)
    }
}

/// What one thread does: which shares of the policies it asks, about which of the batches.
struct Job {
    shares: Range<usize>,
    first: usize,
    step: usize,
}

/// A part of the facts that policies see at a time.
struct Batch {
    /// The positions of its paths.
    paths: Range<usize>,
    /// The positions of its plans.
    plans: Vec<usize>,
    /// Whether it is the one in which these plans are asked about; in others they only stand behind the paths.
    about_plans: bool,
}

/// The facts in parts. There is always one: some policies look at the plans alone.
fn batches(facts: &Facts, size: usize) -> impl Iterator<Item = Batch> {
    let (paths, plans) = (facts.paths.len(), facts.plans.len());
    let few = plans <= size;
    let of_paths = (0..paths.max(usize::from(few))).step_by(size).map(move |first| {
        let range = first..paths.min(first.saturating_add(size));
        let of = facts.paths.get(range.clone()).unwrap_or_default().iter().map(|path| path.plan);
        let plans = if few { (0..plans).collect() } else { of.collect::<BTreeSet<_>>().into_iter().collect() };
        Batch { paths: range, plans, about_plans: few && first == 0 }
    });
    // Were all plans behind each part, the work would grow faster than what there is to judge.
    let of_plans = (0..if few { 0 } else { plans }).step_by(size).map(move |first| Batch {
        paths: 0..0,
        plans: (first..plans.min(first.saturating_add(size))).collect(),
        about_plans: true,
    });
    of_paths.chain(of_plans)
}

impl Batch {
    fn paths<'f>(&self, facts: &'f Facts) -> &'f [PathFacts] {
        facts.paths.get(self.paths.clone()).unwrap_or_default()
    }

    fn plans<'f>(&self, facts: &'f Facts) -> impl Iterator<Item = &'f PlanFacts> {
        self.plans.iter().filter_map(|plan| facts.plans.get(*plan))
    }

    /// What there is to be seen.
    fn seen(&self, facts: &Facts) -> Seen {
        Seen::in_all(self.paths(facts), self.plans(facts).filter(|_| self.about_plans))
    }

    /// The facts as a document that holds this part, in which plans and paths are numbered from 0 as policies expect it.
    ///
    /// # Errors
    /// As [`engine::input`].
    fn document(&self, facts: &Facts) -> Result<serde_json::Value, PolicyError> {
        #[derive(serde::Serialize)]
        struct Document<'f> {
            schema: &'f str,
            plans: Vec<&'f PlanFacts>,
            counts: Counts,
            paths: &'f [PathFacts],
        }
        let mut document = engine::input(&Document {
            schema: &facts.schema,
            plans: self.plans(facts).collect(),
            counts: facts.counts,
            paths: self.paths(facts),
        })?;
        let paths = document.get_mut("paths").and_then(serde_json::Value::as_array_mut);
        let members = paths.into_iter().flatten().filter_map(serde_json::Value::as_object_mut);
        for (id, (members, path)) in members.zip(self.paths(facts)).enumerate() {
            members.insert("id".to_owned(), id.into());
            members.insert("plan".to_owned(), self.plans.binary_search(&path.plan).unwrap_or_default().into());
        }
        Ok(document)
    }
}

/// How many times the usual limits paths may take: policies look at each object of a path, of which one may have thousands.
fn size_of(paths: &[PathFacts]) -> u32 {
    const USUAL: usize = 10_000;
    let worlds = paths.iter().flat_map(|path| [&path.before, &path.after]).flatten();
    let objects: usize = worlds.map(|world| world.objects.len()).sum();
    u32::try_from(objects / USUAL).unwrap_or(u32::MAX).saturating_add(1)
}

/// What a policy finds in the batch that `run` sees.
fn ask(policy: &Policy, run: &mut Run, facts: &Facts, batch: &Batch) -> Result<Vec<RawFinding>, PolicyError> {
    let span = debug_span!("evaluate policy", policy = &*policy.id, findings = Empty).entered();
    let answer = run.rule(policy.entry(), &policy.id)?;
    for print in run.prints() {
        debug!(policy = &*policy.id, "{print}");
    }
    let mut found = policy.decode(&answer, batch.plans.len(), batch.paths(facts))?;
    // What is about a plan and no path is found again wherever the plan stands.
    found.retain(|finding| batch.about_plans || finding.path.is_some());
    for finding in &mut found {
        finding.path = finding.path.map(|path| path + batch.paths.start);
        finding.plan = finding.plan.and_then(|plan| batch.plans.get(plan).copied());
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
    fn every_path_and_every_plan_is_asked_about_once() {
        for (plans, paths, size, parts) in
            [(1, 0, 2, 1), (1, 4, 2, 2), (2, 5, 2, 3), (2, 5, usize::MAX, 1), (0, 0, 2, 1), (5, 0, 2, 3), (5, 5, 2, 6)]
        {
            let plan = PlanFacts {
                source: String::new(),
                terraform_version: None,
                format_version: String::new(),
                complete: None,
                unplanned: Vec::new(),
                deferred: Vec::new(),
            };
            let of = |id: usize| PathFacts { plan: id % plans.max(1), ..path(id, None, Some(world())) };
            let facts = Facts {
                schema: facts::SCHEMA.to_owned(),
                plans: vec![plan; plans],
                counts: Counts::default(),
                paths: (0..paths).map(of).collect(),
            };
            let all: Vec<Batch> = batches(&facts, size).collect();
            assert_eq!(all.len(), parts, "{plans} {paths} {size}");
            let asked: Vec<usize> = all.iter().flat_map(|batch| batch.paths.clone()).collect();
            assert_eq!(asked, (0..paths).collect::<Vec<_>>());
            let about = all.iter().filter(|batch| batch.about_plans);
            assert_eq!(about.flat_map(|batch| batch.plans.clone()).collect::<Vec<_>>(), (0..plans).collect::<Vec<_>>());
            for batch in &all {
                let known = |path: &PathFacts| batch.plans.contains(&path.plan);
                assert!(batch.paths(&facts).iter().all(known) && batch.plans.len() <= size);
            }
        }
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
