//! A run whose report is written plan by plan while later plans are still read: for many plans that are judged apart, in memory
//! for a few of them.
//!
//! What is written is to the byte what [`super::check`] and [`ndjson::render`] make of the same plans.

use std::collections::HashSet;
use std::io;

use tracing::info_span;

use super::read::{Read, texts};
use super::settle::Heeded;
use super::{empty, judged, no_paths, parallel, partition, path_summary, verdict};
use crate::plan::binary::Show;
use crate::plan::source::{Input, Source};
use crate::report::format::RenderError;
use crate::report::view::View;
use crate::report::{Report, ReportError, Summary, Verdict, ndjson};
use crate::source::Roots;
use crate::step::{Nth, Step, Watch, unwatched};
use crate::waiver::{self, Places};
use crate::{Options, Outcome, judge};

/// How many plans are judged at a time: enough that what it takes to ask the policies is shared, and fewer than are parted
/// among threads, each of which has plans of its own here.
const PLANS: usize = 24;

/// From how many bytes on those plans are fewer.
const BYTES: u64 = 4 * 1024 * 1024;

/// Why a report could not be written to its end.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// Nobody reads on.
    #[error("nobody reads on after {written} of {of} plans, so the others were not judged")]
    Closed {
        /// How many plans were written.
        written: usize,
        /// How many there are.
        of: usize,
    },
    /// It cannot be written.
    #[error("{0}")]
    Refused(#[from] io::Error),
    /// It cannot be made.
    #[error("{0}")]
    Render(#[from] RenderError),
}

/// Takes lines of a report. It says whether anybody reads on.
pub type Sink<'s> = dyn FnMut(&str) -> io::Result<bool> + 's;

/// Whether the report can be written plan by plan: nothing in it must depend on all plans at once. Plans of one name, which
/// the report shows as one, do, and so do waivers that select by JSONPath, which hold only if every plan could be read, and
/// policies of the user's own, whose limits are for all plans together.
pub(crate) fn can_be_streamed(inputs: &[Input], options: &Options) -> bool {
    let mut names = HashSet::new();
    let decisions = options.decisions.as_ref();
    options.separate
        && options.own.is_none()
        && !decisions.is_some_and(|decisions| waiver::look_into_plans(&decisions.config))
        && inputs.len() > 1
        && inputs.iter().all(|input| names.insert(input.name.as_str()))
}

/// Judges plans, and gives `sink` the lines of the report. What is returned has neither plans nor findings nor paths.
///
/// # Errors
/// Why the report is not whole.
pub(crate) fn check_streamed(
    inputs: Vec<Input>,
    options: &Options,
    how: &Show,
    sink: &mut Sink<'_>,
    watch: &Watch<'_>,
) -> Result<Outcome, Unwritten> {
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let judging = options.judging();
    let roots = options.source.as_ref().map(|directory| Roots::of(directory, names.iter().map(String::as_str)));
    let (roots, rootless) = match roots.transpose() {
        Ok(roots) => (roots, None),
        Err(error) => (None, Some(error)),
    };
    let report = Report { partition: partition(options), ..empty(Vec::new(), Verdict::None, Vec::new()) };
    let mut pending = ndjson::head(&report.tool, report.partition.clone())?;
    let judge = Judge { options: options.clone(), judging: judging.clone(), how: how.clone(), roots };
    let mut all = Told::default();
    let (of, mut written, mut read_on) = (names.len(), 0, true);
    let shown = |chunk: &Chunk| {
        if let Some(input) = chunk.inputs.first() {
            watch(Step::Read(Nth { plan: &input.name, at: chunk.at, of }));
        }
    };
    parallel::in_order(
        chunks(inputs).inspect(shown),
        move |chunk| judge.judge(chunk.inputs),
        |told: Result<Told, RenderError>| {
            let mut told = told?;
            pending.push_str(&std::mem::take(&mut told.lines));
            written += told.plans;
            read_on = read_on && sink(&std::mem::take(&mut pending))?;
            all.add(told);
            // All that is left to say then is known.
            if read_on || written == of { Ok(()) } else { Err(Unwritten::Closed { written, of }) }
        },
    )?;
    let Told { unreadable, unexplained, faults, heeded, mut summary, mut blocks, .. } = all;
    let mut rest = faults;
    let complete = |rest: &[ReportError]| unreadable.is_empty() && unexplained.is_empty() && rest.is_empty();
    rest.extend(no_paths(options, summary.paths, complete(&rest)));
    let said = heeded.said(options, &Places::default(), of, complete(&rest));
    rest.extend(rootless);
    summary = summary.and(Summary::of(&said.remarks, crate::access::facts::Counts::default()));
    blocks = blocks || said.remarks.iter().any(|remark| judge::blocks(remark, &judging));
    let mut report = Report {
        findings: said.remarks,
        errors: rest,
        summary,
        config: said.config,
        baseline: said.baseline,
        ..report
    };
    pending.push_str(&ndjson::body(&report)?);
    report.findings = Vec::new();
    report.errors = [unreadable, unexplained, report.errors].concat();
    report.verdict = verdict(&report.errors, blocks);
    pending.push_str(&ndjson::last(View { report: &report, facts: None, options: &judging })?);
    if read_on {
        sink(&pending)?;
    }
    Ok(Outcome { report, facts: None })
}

/// Plans that are judged at a time.
struct Chunk {
    inputs: Vec<Input>,
    /// How many are before them.
    at: usize,
}

/// Some plans at a time. What may have to be waited for stands alone, so that what comes before it is written by then.
fn chunks(inputs: Vec<Input>) -> impl Iterator<Item = Chunk> {
    let mut inputs = inputs.into_iter().peekable();
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = inputs.next()?;
        let mut size = first.size();
        let mut chunk = Chunk { inputs: vec![first], at };
        while let Some(bytes) = size.filter(|bytes| *bytes < BYTES && chunk.inputs.len() < PLANS) {
            let more = |next: &Input| next.size().map(|next| bytes.saturating_add(next)).filter(|sum| *sum <= BYTES);
            let mut sum = None;
            let fits = |next: &Input| {
                sum = more(next);
                sum.is_some()
            };
            let Some(next) = inputs.next_if(fits) else { break };
            chunk.inputs.push(next);
            size = sum;
        }
        at += chunk.inputs.len();
        Some(chunk)
    })
}

/// What it takes to judge some of the plans.
struct Judge {
    options: Options,
    judging: judge::Options,
    how: Show,
    roots: Option<Roots>,
}

/// What there is to tell of plans that were judged.
#[derive(Default)]
struct Told {
    lines: String,
    plans: usize,
    unreadable: Vec<ReportError>,
    unexplained: Vec<ReportError>,
    /// What went wrong and belongs to no plan.
    faults: Vec<ReportError>,
    heeded: Heeded,
    summary: Summary,
    blocks: bool,
}

impl Told {
    fn add(&mut self, other: Self) {
        self.plans += other.plans;
        self.unreadable.extend(other.unreadable);
        self.unexplained.extend(other.unexplained);
        for fault in other.faults {
            if !self.faults.contains(&fault) {
                self.faults.push(fault);
            }
        }
        self.heeded.add(other.heeded);
        self.summary = self.summary.and(other.summary);
        self.blocks |= other.blocks;
    }
}

impl Judge {
    fn judge(&self, inputs: Vec<Input>) -> Result<Told, RenderError> {
        let Self { options, judging, how, roots } = self;
        let number = inputs.len();
        let _span = info_span!("some plans", number).entered();
        let sources: Vec<Source> = info_span!("read").in_scope(|| {
            inputs.into_iter().map(|input| input.read(options.max_size, how)).inspect(Source::tell).collect()
        });
        let texts = texts(sources, options.max_size);
        let read = Read::of(&texts, &unwatched);
        let (unreadable, plans) = (read.errors(), read.summaries());
        let facts = read.facts(true);
        drop(texts);
        let (judgement, unexplained, fault) = judged(&facts, judging);
        let (heeded, mut findings) =
            info_span!("settle").in_scope(|| Heeded::of(judgement, options, &Places::default()));
        if let Some(roots) = roots {
            roots.place(&mut findings, &facts);
        }
        let report = Report {
            findings,
            paths: facts.paths.iter().filter_map(|path| path_summary(path, &facts)).collect(),
            ..empty(plans, Verdict::None, [unreadable.as_slice(), &unexplained].concat())
        };
        Ok(Told {
            lines: ndjson::body(&report)?,
            plans: number,
            summary: Summary::of(&report.findings, facts.counts),
            blocks: report.findings.iter().any(|finding| judge::blocks(finding, judging)),
            unreadable,
            unexplained,
            faults: fault.into_iter().collect(),
            heeded,
        })
    }
}
