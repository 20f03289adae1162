//! One report out of several: what jobs that shared the plans among them found, as they wrote it in JSON lines.
//!
//! Nothing may get lost on the way: a file that was cut off, a share that is missing or that is there twice, jobs that judged
//! by other policies or settings are errors, and there is no verdict then.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::access::facts::Counts;
use crate::finding::Finding;
use crate::judge;
use crate::report::ndjson::{Judging, Last, Part, Record};
use crate::report::{
    BaselineSummary, ConfigSummary, OwnSummary, Partition, Report, ReportError, SCHEMA, Summary, Tool, Verdict,
};
use crate::{Options, Outcome, refused};

/// A report as one job wrote it.
#[derive(Debug)]
struct Share {
    file: String,
    tool: Tool,
    partition: Option<Partition>,
    /// Plan by plan.
    parts: Vec<Part>,
    /// What belongs to none.
    rest: Part,
    last: Last,
}

/// Puts reports together, given as (file, text), and says what was asked to block. Never fails: what went wrong is in the
/// report, whose verdict is then `none`.
pub fn merge(files: &[(String, Result<String, ReportError>)]) -> (Outcome, judge::Options) {
    let mut errors = Vec::new();
    let mut shares = Vec::new();
    for (file, text) in files {
        match text.as_ref().map_err(Clone::clone).and_then(|text| read(file, text)) {
            Ok(share) => shares.push(share),
            Err(error) => errors.push(error),
        }
    }
    errors.extend(one_run(&shares));
    errors.extend(whole(&shares));
    let judging = shares.first().map_or(Judging { fail_on: None, fail_on_existing: false }, |share| share.last.judging);
    let Judging { fail_on, fail_on_existing } = judging;
    let options = Options { fail_on, fail_on_existing, ..Options::default() }.judging();
    let mut outcome = refused(errors);
    put_together(&mut outcome.report, shares, &options);
    let report = &mut outcome.report;
    report.verdict = if !report.errors.is_empty() {
        Verdict::None
    } else if report.findings.iter().any(|finding| judge::blocks(finding, &options)) {
        Verdict::Block
    } else {
        Verdict::Pass
    };
    (outcome, options)
}

fn error(file: Option<&str>, message: &str, help: &str) -> ReportError {
    let message = file.map_or_else(|| message.to_owned(), |file| format!("{file}: {message}"));
    ReportError { plan: None, kind: "merge".to_owned(), message, help: help.to_owned() }
}

fn read(file: &str, text: &str) -> Result<Share, ReportError> {
    let wrong = |line: usize, message: &str| {
        let help = "give it files that `oacguard check --format ndjson=FILE` wrote, by this version of the program";
        error(Some(file), &format!("line {line}: {message}"), help)
    };
    let cut = || error(Some(file), "it was cut off: the line with the verdict is missing", "run that job again");
    let mut head = None;
    let mut last = None;
    let (mut parts, mut rest): (Vec<Part>, Part) = (Vec::new(), Part::default());
    for (at, line) in text.lines().enumerate() {
        let at = at + 1;
        if last.is_some() {
            return Err(wrong(at, "there is something behind the verdict"));
        }
        let record: Record = match serde_json::from_str(line) {
            Ok(record) => record,
            // A job that was killed leaves half a line.
            Err(found) if found.is_eof() => return Err(cut()),
            Err(_) => return Err(wrong(at, "it is no record of a report")),
        };
        match (at, record) {
            (1, Record::Report { schema, tool, partition }) if schema == SCHEMA => head = Some((tool, partition)),
            (1, _) => return Err(wrong(at, &format!("it does not begin a report `{SCHEMA}`"))),
            (_, Record::Report { .. }) => return Err(wrong(at, "another report begins here")),
            (_, Record::Summary(found)) => last = Some(*found),
            (_, Record::Plan(plan)) => parts.push(Part { plan: Some(plan), ..Part::default() }),
            (_, Record::Error(error)) => of(&mut parts, &mut rest, error.plan.as_deref()).errors.push(error),
            (_, Record::Finding(found)) => of(&mut parts, &mut rest, Some(&found.plan)).findings.push(*found),
            (_, Record::Path(path)) => of(&mut parts, &mut rest, Some(&path.plan)).paths.push(path),
        }
    }
    match (head, last) {
        (Some((tool, partition)), Some(last)) => {
            Ok(Share { file: file.to_owned(), tool, partition, parts, rest, last })
        }
        (None, _) => Err(error(Some(file), "it is empty", "run that job again")),
        (Some(_), None) => Err(cut()),
    }
}

/// Where a record belongs: behind the plan that it names, or to none.
fn of<'p>(parts: &'p mut [Part], rest: &'p mut Part, plan: Option<&str>) -> &'p mut Part {
    let named = |part: &&mut Part| part.plan.as_ref().map(|plan| plan.source.as_str()) == plan && plan.is_some();
    parts.last_mut().filter(named).unwrap_or(rest)
}

/// Why these are not the reports of one run.
fn one_run(shares: &[Share]) -> Option<ReportError> {
    let (first, rest) = shares.split_first()?;
    rest.iter().find_map(|share| {
        let what = if share.tool.version != first.tool.version || share.tool.policies != first.tool.policies {
            "another version of the program, or by other policies"
        } else if share.last.judging != first.last.judging {
            "other settings of --fail-on or --fail-on-existing"
        } else if of_run(share, |of| &of.settings) != of_run(first, |of| &of.settings) {
            "other settings, waivers, a baseline or policies of your own"
        } else if of_run(share, |of| &of.plans) != of_run(first, |of| &of.plans) {
            return Some(error(
                Some(&share.file),
                &format!("it divides other plans than {}, or the same in another order", first.file),
                "name the same plans in the same order in every job",
            ));
        } else if decided(share) != decided(first) {
            "another oacguard.toml or baseline"
        } else {
            return None;
        };
        let message = format!("it was made by {what} than {}", first.file);
        Some(error(Some(&share.file), &message, "run all jobs alike"))
    })
}

/// What a share says of the whole; nothing of a report that is no share.
fn of_run(share: &Share, what: fn(&Partition) -> &String) -> Option<&String> {
    share.partition.as_ref().map(what)
}

/// The files that decided on a report, and what they say of policies.
fn decided(share: &Share) -> (Option<Value>, Option<&str>) {
    let config = share.last.config.as_ref().map(|config| {
        let policies = config.policies.iter().map(|set| (&set.policy, set.enabled, set.severity, &set.reason));
        serde_json::json!([config.file, policies.collect::<Vec<_>>()])
    });
    (config, share.last.baseline.as_ref().map(|baseline| baseline.file.as_str()))
}

/// Why these are not all shares, each once.
fn whole(shares: &[Share]) -> Vec<ReportError> {
    let mut errors = Vec::new();
    if shares.iter().all(|share| share.partition.is_none()) {
        return errors;
    }
    let mut of: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for share in shares {
        match &share.partition {
            Some(partition) => of.entry(partition.of).or_default().push(partition.share),
            None => errors.push(error(
                Some(&share.file),
                "it was made without --partition, and others with it",
                "give all shares of one run and nothing else",
            )),
        }
    }
    if of.len() > 1 {
        let numbers: Vec<String> = of.keys().map(usize::to_string).collect();
        let message = format!("there are shares of runs that were parted into {}", numbers.join(" and "));
        errors.push(error(None, &message, "give all shares of one run and nothing else"));
        return errors;
    }
    for (number, there) in of {
        let mut seen = BTreeSet::new();
        let twice: Vec<String> = there.iter().filter(|share| !seen.insert(**share)).map(usize::to_string).collect();
        let missing: Vec<String> =
            (1..=number).filter(|share| !seen.contains(share)).map(|share| share.to_string()).collect();
        for (shares, what) in [(missing, "missing"), (twice, "there twice")] {
            if !shares.is_empty() {
                let message = format!("of {number} shares, {} {what}: {}", are(shares.len()), shares.join(", "));
                errors.push(error(None, &message, "give each share once"));
            }
        }
    }
    errors
}

fn are(number: usize) -> &'static str {
    if number == 1 { "one is" } else { "some are" }
}

/// Puts everything into `report`, in the order in which one run would have it.
fn put_together(report: &mut Report, mut shares: Vec<Share>, options: &judge::Options) {
    shares.sort_by_key(|share| share.partition.as_ref().map(|partition| partition.share));
    let dealt = shares.iter().any(|share| share.partition.is_some());
    let mut counts = Counts::default();
    let mut parts = Vec::new();
    let mut rest = Vec::new();
    if let Some(share) = shares.first() {
        // A difference is an error already.
        report.tool = share.tool.clone();
    }
    for (at, share) in shares.into_iter().enumerate() {
        let Last { verdict, summary, judging: _, config, baseline, own: asked } = share.last;
        let said = share.parts.iter().chain([&share.rest]).any(|part| !part.errors.is_empty());
        if verdict == Verdict::None && !said {
            let message = "it has no verdict, and no error that says why";
            report.errors.push(error(Some(&share.file), message, "run that job again"));
        }
        let findings: Vec<Finding> =
            share.parts.iter().chain([&share.rest]).flat_map(|part| &part.findings).cloned().collect();
        let own = added(Counts::default(), summary);
        let blocks = findings.iter().any(|finding| judge::blocks(finding, options));
        let told = if said {
            Verdict::None
        } else if blocks {
            Verdict::Block
        } else {
            Verdict::Pass
        };
        if Summary::of(&findings, own) != summary || (verdict != told && verdict != Verdict::None) {
            let message = "what it ends with does not follow from what it holds";
            report.errors.push(error(Some(&share.file), message, "run that job again"));
        }
        counts = added(counts, summary);
        report.config = both(report.config.take(), config, merged_config);
        report.baseline = both(report.baseline.take(), baseline, merged_baseline);
        report.own = both(report.own.take(), asked, |mut all: OwnSummary, more| {
            all.records.extend(more.records);
            all
        });
        // Plans were dealt out to shares like cards.
        let place = |nth: usize| if dealt { (nth, at) } else { (at, nth) };
        parts.extend(share.parts.into_iter().enumerate().map(|(nth, part)| (place(nth), part)));
        rest.push(share.rest);
    }
    parts.sort_by_key(|(place, _)| *place);
    for part in parts.into_iter().map(|(_, part)| part).chain(rest) {
        report.plans.extend(part.plan);
        report.errors.extend(part.errors);
        report.findings.extend(part.findings);
        report.paths.extend(part.paths);
    }
    report.findings.sort_by(judge::order);
    report.summary = Summary::of(&report.findings, counts);
}

fn added(counts: Counts, summary: Summary) -> Counts {
    Counts {
        distributions: counts.distributions.saturating_add(summary.distributions),
        origins: counts.origins.saturating_add(summary.origins),
        buckets: counts.buckets.saturating_add(summary.buckets),
        keys: counts.keys.saturating_add(summary.keys),
        paths: counts.paths.saturating_add(summary.paths),
    }
}

fn both<T>(left: Option<T>, right: Option<T>, merged: impl FnOnce(T, T) -> T) -> Option<T> {
    match (left, right) {
        (Some(left), Some(right)) => Some(merged(left, right)),
        (left, right) => left.or(right),
    }
}

fn merged_config(mut all: ConfigSummary, more: ConfigSummary) -> ConfigSummary {
    all.add(more);
    all
}

fn merged_baseline(mut all: BaselineSummary, more: BaselineSummary) -> BaselineSummary {
    for (list, more) in [(&mut all.covered, more.covered), (&mut all.worse, more.worse)] {
        list.extend(more);
        list.sort();
        list.dedup();
    }
    // What is gone, is gone from all.
    all.gone.retain(|entry| more.gone.contains(entry));
    all
}
