//! A whole run: from the bytes of some plans to the report.

mod parallel;
mod read;
mod settle;
mod stream;

use tracing::field::Empty;
use tracing::info_span;

use self::read::{Document, Read, texts};
use self::settle::Heeded;
pub use self::stream::{Sink, Unwritten};
pub(crate) use self::stream::{can_be_streamed, check_streamed};
use crate::access::facts::{Facts, PathFacts, WorldFacts};
use crate::judge::{self, Judgement, Objects};
use crate::own::{OwnError, Said, Told};
use crate::plan::source::Source;
use crate::rego::own::Kind;
use crate::rego::{self, PolicyError};
use crate::report::{
    self, OwnException, OwnRecord, OwnSummary, Partition, PathSummary, PlanSummary, Report, ReportError, Summary, Tool,
    Verdict,
};
use crate::source::Roots;
use crate::step::{Step, Watch};
use crate::waiver::Places;
use crate::{Options, Outcome};

/// Judges plans. Never fails: what went wrong is in the report, whose verdict is then `none`.
pub(crate) fn check(sources: Vec<Source>, options: &Options, watch: &Watch<'_>) -> Outcome {
    let texts = texts(sources, options.max_size);
    let read = Read::of(&texts, watch);
    let (mut errors, plans) = (read.errors(), read.summaries());
    watch(Step::Link);
    let facts = read.facts(options.separate);
    watch(Step::Judge);
    let judging = options.judging();
    let (mut judgement, unexplained, fault) = judged(&facts, &judging);
    errors.extend(unexplained.into_iter().chain(fault));
    errors.extend(no_paths(options, facts.paths.len(), errors.is_empty()));
    let own = own(&texts, &facts, options);
    let own = own.map_err(|error| errors.push(error.into())).unwrap_or_default().map(|said| {
        judge::take_in(&mut judgement, said.findings, &judging);
        own_summary(options, &said.records, &facts)
    });
    let (mut findings, said) = info_span!("settle").in_scope(|| {
        // Where a plan could not be read, there is no verdict, and nothing to look for in it.
        let places = if errors.is_empty() { settle::places(&texts, options) } else { Ok(Places::default()) };
        let places = places.map_err(|error| errors.push(error)).unwrap_or_default();
        let (heeded, mut findings) = Heeded::of(judgement, options, &places);
        let mut said = heeded.said(options, &places, texts.len(), errors.is_empty());
        findings.append(&mut said.remarks);
        findings.sort_by(judge::order);
        (findings, said)
    });
    if let Some(directory) = &options.source {
        match Roots::of(directory, texts.iter().map(|(name, _)| name.as_str())) {
            Ok(roots) => roots.place(&mut findings, &facts),
            Err(error) => errors.push(error),
        }
    }
    let blocks = findings.iter().any(|finding| judge::blocks(finding, &judging));
    let report = Report {
        summary: Summary::of(&findings, facts.counts),
        findings,
        paths: facts.paths.iter().filter_map(|path| path_summary(path, &facts)).collect(),
        config: said.config,
        baseline: said.baseline,
        own,
        partition: partition(options),
        ..empty(plans, verdict(&errors, blocks), errors)
    };
    Outcome { report, facts: Some(facts) }
}

/// The outcome of a run that could not begin.
pub(crate) fn refused(errors: Vec<ReportError>) -> Outcome {
    Outcome { report: empty(Vec::new(), Verdict::None, errors), facts: None }
}

fn verdict(errors: &[ReportError], blocks: bool) -> Verdict {
    match (errors, blocks) {
        ([], true) => Verdict::Block,
        ([], false) => Verdict::Pass,
        _ => Verdict::None,
    }
}

/// Which share of the plans this is, and what the other shares have to agree on.
fn partition(options: &Options) -> Option<Partition> {
    let partition = options.partition.clone()?;
    Some(Partition { settings: options.fingerprint(), ..partition })
}

/// That there is no path, where there has to be one and nothing else went wrong.
fn no_paths(options: &Options, paths: usize, complete: bool) -> Option<ReportError> {
    (options.require_paths && paths == 0 && complete).then(|| ReportError {
        plan: None,
        kind: "no-paths".to_owned(),
        message: "there is no access path from CloudFront to S3, and --require-paths demands one".to_owned(),
        help: "check that this is the plan of the workspace that holds the distribution".to_owned(),
    })
}

fn empty(plans: Vec<PlanSummary>, verdict: Verdict, errors: Vec<ReportError>) -> Report {
    Report {
        schema: report::SCHEMA.to_owned(),
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            policies: rego::policies_hash(),
        },
        plans,
        verdict,
        errors,
        summary: Summary::default(),
        findings: Vec::new(),
        paths: Vec::new(),
        config: None,
        baseline: None,
        own: None,
        partition: None,
    }
}

/// What policies of the user's own say of the plans that could be read; `None` where there are none.
fn own(texts: &[Document<String>], facts: &Facts, options: &Options) -> Result<Option<Said>, OwnError> {
    let Some(own) = &options.own else { return Ok(None) };
    let _span = info_span!("own policies").entered();
    // Those that the facts are about, in the same order.
    let mut known = facts.plans.iter().map(|plan| plan.source.as_str()).peekable();
    let readable = texts.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_ref().ok()?.as_str())));
    let plans: Vec<(&str, &str)> =
        readable.filter(|(name, _)| known.next_if(|known| known == name).is_some()).collect();
    own.ask(&plans, facts).map(Some)
}

/// What was asked, and what is exempt.
fn own_summary(options: &Options, told: &[Told], facts: &Facts) -> OwnSummary {
    let records = told.iter().map(|Told { plan, record }| {
        let of = |kind| record.rules.iter().filter(|rule| rule.kind == kind).map(|rule| rule.messages.len()).sum();
        let exempt = record.rules.iter().filter(|rule| rule.exceptions > 0);
        OwnRecord {
            plan: plan.and_then(|plan| facts.plans.get(plan)).map(|plan| plan.source.clone()),
            namespace: record.namespace.clone(),
            successes: record.successes,
            failures: of(Kind::Failure),
            warnings: of(Kind::Warning),
            exceptions: exempt
                .map(|rule| OwnException { rule: rule.rule.clone(), holds: rule.exceptions, left_out: rule.exempted })
                .collect(),
        }
    });
    OwnSummary { files: options.own.as_ref().map_or(0, |own| own.files.len()), records: records.collect() }
}

/// What the policies would see, or why plans could not be read.
pub(crate) fn facts(
    sources: Vec<Source>,
    separate: bool,
    max_size: u64,
    watch: &Watch<'_>,
) -> Result<Facts, Vec<ReportError>> {
    let texts = texts(sources, max_size);
    let read = Read::of(&texts, watch);
    let errors = read.errors();
    watch(Step::Link);
    if errors.is_empty() { Ok(read.facts(separate)) } else { Err(errors) }
}

/// What the policies find, the outages that none of them explains, and why they could not be asked.
fn judged(facts: &Facts, judging: &judge::Options) -> (Judgement, Vec<ReportError>, Option<ReportError>) {
    match found(facts, judging) {
        Ok((judgement, unexplained)) => (judgement, unexplained, None),
        Err(error) => (Judgement::default(), Vec::new(), Some(policy_error(&error))),
    }
}

fn found(facts: &Facts, judging: &judge::Options) -> Result<(Judgement, Vec<ReportError>), PolicyError> {
    let bundle = info_span!("load policies").in_scope(|| rego::bundle_for(facts))?;
    let raw = bundle.map_or(Ok(Vec::new()), |bundle| bundle.evaluate(facts))?;
    let span = info_span!("judge", findings = Empty).entered();
    let unexplained = judge::unexplained(facts, &raw).into_iter();
    let unexplained = unexplained.map(|(path, objects)| unexplained_error(facts, path, objects)).collect();
    let judgement = judge::judge(facts, &raw, &rego::metas_of(&raw)?, judging);
    span.record("findings", judgement.findings.len());
    Ok((judgement, unexplained))
}

fn unexplained_error(facts: &Facts, path: &PathFacts, objects: Objects) -> ReportError {
    let bucket = path.after.as_ref().and_then(|after| after.bucket.known());
    let bucket = bucket.map_or("its bucket".to_owned(), |bucket| format!("bucket {}", bucket.label));
    let (objects, help) = match objects {
        Objects::Existing => (
            "objects that lie there today",
            "look at the key that those were written with: what it may be used for has to stay until they are written \
             again",
        ),
        Objects::New => ("objects written from now on", "look at what this plan changes on that path"),
    };
    ReportError {
        plan: facts.plans.get(path.plan).map(|plan| plan.source.clone()),
        kind: "unexplained".to_owned(),
        message: format!(
            "CloudFront will not be able to read origin \"{}\" of {}, {bucket}, for {objects}, and no policy of this \
             release says why",
            path.origin, path.distribution
        ),
        help: help.to_owned(),
    }
}

fn policy_error(error: &PolicyError) -> ReportError {
    ReportError {
        plan: None,
        kind: "policy".to_owned(),
        message: error.to_string(),
        help: "this is a fault of oacguard and not of the plan; report it without the plan itself, which holds secrets"
            .to_owned(),
    }
}

fn path_summary(path: &PathFacts, facts: &Facts) -> Option<PathSummary> {
    use crate::access::facts::{ReadState, Readability};
    let absent = Readability { existing: ReadState::Absent, new: ReadState::Absent };
    let readable = |world: &Option<WorldFacts>| world.as_ref().map_or(absent, |world| world.readable);
    let world = path.after.as_ref().or(path.before.as_ref())?;
    Some(PathSummary {
        plan: facts.plans.get(path.plan)?.source.clone(),
        distribution: path.distribution.clone(),
        origin: path.origin.clone(),
        access: world.access.known().copied(),
        domain: world.domain.known().cloned(),
        bucket: world.bucket.known().map(|bucket| bucket.label.clone()),
        encryption: world.encryption.known().map(|encryption| encryption.algorithm),
        key: world.key.as_ref().and_then(|key| key.known()).map(|key| key.label.clone()),
        before: readable(&path.before),
        after: readable(&path.after),
    })
}
