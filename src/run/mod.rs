//! A whole run: from the bytes of some plans to the report.

mod parallel;

use tracing::field::Empty;
use tracing::{debug_span, info_span};

use crate::access::facts::{Counts, Facts, PathFacts, SCHEMA, WorldFacts};
use crate::baseline::Known;
use crate::finding::Finding;
use crate::judge::{self, Judgement, Objects};
use crate::own::{OwnError, Said, Told};
use crate::plan::source::Source;
use crate::plan::{Plan, PlanError, decode};
use crate::rego::own::Kind;
use crate::rego::{self, PolicyError};
use crate::report::{
    self, BaselineSummary, ConfigSummary, OwnException, OwnRecord, OwnSummary, Partition, PathSummary, PlanSummary,
    Report, ReportError, Summary, Tool, Verdict,
};
use crate::step::{Nth, Step, Watch};
use crate::waiver::{self, Places};
use crate::{Decisions, Options, Outcome, access, source};

/// Judges plans. Never fails: what went wrong is in the report, whose verdict is then `none`.
pub(crate) fn check(sources: Vec<Source>, options: &Options, watch: &Watch<'_>) -> Outcome {
    let texts = texts(sources, options.max_size);
    let read = Read::of(&texts, watch);
    let (mut errors, plans) = (read.errors(), read.summaries());
    watch(Step::Link);
    let facts = read.facts(options.separate);
    watch(Step::Judge);
    let judging = options.judging();
    let judgement = match found(&facts, &judging) {
        Ok((judgement, unexplained)) => {
            errors.extend(unexplained);
            judgement
        }
        Err(error) => {
            errors.push(policy_error(&error));
            Judgement::default()
        }
    };
    if options.require_paths && facts.paths.is_empty() && errors.is_empty() {
        errors.push(ReportError {
            plan: None,
            kind: "no-paths".to_owned(),
            message: "there is no access path from CloudFront to S3, and --require-paths demands one".to_owned(),
            help: "check that this is the plan of the workspace that holds the distribution".to_owned(),
        });
    }
    let mut judgement = judgement;
    let own = own(&texts, &facts, options);
    let own = own.map_err(|error| errors.push(error.into())).unwrap_or_default().map(|said| {
        judge::take_in(&mut judgement, said.findings, &judging);
        own_summary(options, &said.records, &facts)
    });
    let settled = info_span!("settle").in_scope(|| settle(judgement, &texts, options, errors.is_empty()));
    errors.extend(settled.error);
    let mut findings = settled.findings;
    if let Some(directory) = &options.source {
        let names = texts.iter().map(|(name, _)| name.as_str());
        errors.extend(source::place(&mut findings, directory, names, &facts).err());
    }
    let verdict = if !errors.is_empty() {
        Verdict::None
    } else if findings.iter().any(|finding| judge::blocks(finding, &judging)) {
        Verdict::Block
    } else {
        Verdict::Pass
    };
    let report = Report {
        summary: Summary::of(&findings, facts.counts),
        findings,
        paths: facts.paths.iter().filter_map(|path| path_summary(path, &facts)).collect(),
        config: settled.config,
        baseline: settled.baseline,
        own,
        partition: options
            .partition
            .clone()
            .map(|partition| Partition { settings: options.fingerprint(), ..partition }),
        ..empty(plans, verdict, errors)
    };
    Outcome { report, facts: Some(facts) }
}

/// The outcome of a run that could not begin.
pub(crate) fn refused(errors: Vec<ReportError>) -> Outcome {
    Outcome { report: empty(Vec::new(), Verdict::None, errors), facts: None }
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

/// What is left of what was found once the project's decisions are heeded.
#[derive(Default)]
struct Settled {
    findings: Vec<Finding>,
    config: Option<ConfigSummary>,
    baseline: Option<BaselineSummary>,
    /// Why a decision could not be heeded.
    error: Option<ReportError>,
}

/// Heeds what the project decided: policies switched off, waivers, and what the baseline holds.
///
/// `complete` says whether everything was judged: of what was not, it cannot be told that it is gone.
fn settle(judgement: Judgement, texts: &[Document<String>], options: &Options, complete: bool) -> Settled {
    let Judgement { mut findings, known } = judgement;
    let baseline = options.baseline.as_ref().map(|(file, baseline)| {
        let those = |wanted: Known| {
            known.iter().filter(|(_, known)| *known == wanted).map(|(print, _)| print.clone()).collect()
        };
        let gone = if complete && options.partition.is_none() { baseline.gone(&findings) } else { Vec::new() };
        BaselineSummary { file: file.clone(), covered: those(Known::Covered), worse: those(Known::Worse), gone }
    });
    let Some(Decisions { config, today }) = &options.decisions else {
        return Settled { findings, baseline, ..Settled::default() };
    };
    let summary = config.switch_off(&mut findings);
    let readable = texts.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_ref().ok()?.as_str())));
    // Where a plan could not be read, there is no verdict, and nothing to look for in it.
    let places = if complete { Places::of(&config.file, &config.waivers, readable) } else { Ok(Places::default()) };
    let (places, error) = match places {
        Ok(places) => (places, None),
        Err(error) => (Places::default(), Some(error)),
    };
    let context = waiver::Context {
        config,
        today: *today,
        places: &places,
        complete: complete && error.is_none() && options.partition.is_none(),
        plans: texts.len(),
    };
    let remarks = waiver::apply(&mut findings, context);
    findings.extend(remarks);
    findings.sort_by(judge::order);
    Settled { findings, config: Some(summary), baseline, error }
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

/// What the policies find, and the outages that none of them explains.
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

/// The document of one source, or why there is none.
type Document<T> = (String, Result<T, ReportError>);

fn texts(sources: Vec<Source>, max_size: u64) -> Vec<Document<String>> {
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
struct Read<'a> {
    plans: Vec<Document<Plan<'a>>>,
}

impl<'a> Read<'a> {
    fn of(texts: &'a [Document<String>], watch: &Watch<'_>) -> Self {
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

    fn errors(&self) -> Vec<ReportError> {
        self.plans.iter().filter_map(|(_, plan)| plan.as_ref().err().cloned()).collect()
    }

    fn summaries(&self) -> Vec<PlanSummary> {
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
    fn facts(self, separate: bool) -> Facts {
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
