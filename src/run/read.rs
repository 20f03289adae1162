//! From bytes to the plans of a run, and to the facts that policies see of them.

use tracing::field::Empty;
use tracing::{debug_span, info_span};

use super::parallel;
use crate::access;
use crate::access::facts::{Counts, Facts, PathFacts, SCHEMA};
use crate::plan::source::Source;
use crate::plan::{Plan, PlanError, decode};
use crate::report::{PlanSummary, ReportError};
use crate::step::{Nth, Step, Watch};

/// The document of one source, or why there is none.
pub(super) type Document<T> = (String, Result<T, ReportError>);

/// The documents of `sources`, unpacked.
pub(super) fn texts(sources: Vec<Source>, max_size: u64) -> Vec<Document<String>> {
    let _span = info_span!("decode").entered();
    parallel::map(sources, |Source { name, bytes }| {
        let text = bytes.and_then(|bytes| decode(bytes, max_size)).map_err(|error| plan_error(&name, &error));
        (name, text)
    })
}

fn plan_error(source: &str, error: &PlanError) -> ReportError {
    ReportError {
        plan: Some(source.to_owned()),
        kind: error.kind().to_owned(),
        message: error.to_string(),
        help: error.help(),
    }
}

/// The plans of a run, in the order given.
pub(super) struct Read<'a> {
    plans: Vec<Document<Plan<'a>>>,
}

impl<'a> Read<'a> {
    pub(super) fn of(texts: &'a [Document<String>], watch: &Watch<'_>) -> Self {
        let _span = info_span!("parse").entered();
        let plan = |(name, text): &'a Document<String>| {
            let plan = match text {
                Ok(text) => Self::one(name, text).map_err(|error| plan_error(name, &error)),
                Err(error) => Err(error.clone()),
            };
            (name.clone(), plan)
        };
        let plans = if texts.len() < parallel::MANY {
            let told = |(at, document): (usize, &'a Document<String>)| {
                watch(Step::Parse(Nth { plan: &document.0, at, of: texts.len() }));
                plan(document)
            };
            texts.iter().enumerate().map(told).collect()
        } else {
            // Several at a time are as one to whoever watches.
            watch(Step::Parse(Nth { plan: "", at: 0, of: texts.len() }));
            parallel::map(texts.iter().collect(), plan)
        };
        Self { plans }
    }

    fn one(name: &str, text: &'a str) -> Result<Plan<'a>, PlanError> {
        let span = debug_span!("parse plan", plan = name, bytes = text.len(), kept = Empty, skipped = Empty).entered();
        let plan = Plan::read(text)?;
        span.record("kept", plan.instances.len()).record("skipped", plan.skipped);
        Ok(plan)
    }

    /// Why plans could not be read.
    pub(super) fn errors(&self) -> Vec<ReportError> {
        self.plans.iter().filter_map(|(_, plan)| plan.as_ref().err().cloned()).collect()
    }

    /// What there is to say of each.
    pub(super) fn summaries(&self) -> Vec<PlanSummary> {
        let summary = |(source, plan): &Document<Plan<'a>>| {
            let plan = plan.as_ref().ok();
            PlanSummary {
                source: source.clone(),
                terraform_version: plan.and_then(|plan| plan.terraform_version.clone()),
                format_version: plan.map(|plan| plan.format_version.clone()),
                complete: plan.and_then(|plan| plan.complete),
            }
        };
        self.plans.iter().map(summary).collect()
    }

    /// The facts of the plans that could be read.
    pub(super) fn facts(self, separate: bool) -> Facts {
        let span = info_span!("facts", plans = Empty, paths = Empty).entered();
        let readable = self.plans.into_iter().filter_map(|(name, plan)| Some((name, plan.ok()?)));
        let (names, plans): (Vec<String>, Vec<Plan<'_>>) = readable.unzip();
        let facts = if separate { Self::apart(plans, &names) } else { access::facts(&plans, &names) };
        span.record("plans", facts.plans.len()).record("paths", facts.paths.len());
        facts
    }

    fn apart(plans: Vec<Plan<'_>>, names: &[String]) -> Facts {
        let each = parallel::map(plans.into_iter().zip(names).collect(), |(plan, name): (Plan<'_>, &String)| {
            access::facts(std::slice::from_ref(&plan), std::slice::from_ref(name))
        });
        let nothing = Facts { schema: SCHEMA.to_owned(), plans: vec![], counts: Counts::default(), paths: vec![] };
        each.into_iter().fold(nothing, side_by_side)
    }
}

/// The facts of plans that have nothing to do with each other, as one document.
fn side_by_side(mut all: Facts, next: Facts) -> Facts {
    let (plans, paths) = (all.plans.len(), all.paths.len());
    all.plans.extend(next.plans);
    all.paths.extend(next.paths.into_iter().map(|path| PathFacts {
        id: path.id + paths,
        plan: path.plan + plans,
        ..path
    }));
    all.counts.distributions += next.counts.distributions;
    all.counts.origins += next.counts.origins;
    all.counts.buckets += next.counts.buckets;
    all.counts.keys += next.counts.keys;
    all.counts.paths += next.counts.paths;
    all
}
