//! The end of the text report: what was looked at, what went wrong, and the verdict.

use super::style::{BAD, BOLD, DIM, DOUBT, GOOD, paint};
use super::wrap;
use crate::access::facts::{Access, ReadState};
use crate::finding::{Finding, Severity, Status};
use crate::judge::{self, Options};
use crate::report::view::Standing;
use crate::report::{PathSummary, Report, ReportError, Verdict, picture, plain, words};
use crate::waiver::REMARKS;

/// How many access paths a report without findings lists.
const SHOWN_PATHS: usize = 20;

/// Why and until when a finding is accepted.
pub(crate) fn waiver(finding: &Finding) -> String {
    finding.waiver.as_ref().map_or_else(String::new, |waiver| {
        let owner = waiver.owner.as_ref().map(|owner| format!(", {owner}")).unwrap_or_default();
        format!(" ({}, until {}{owner}: {})", words::severity(finding.severity), waiver.expires, waiver.reason)
    })
}

/// The paths that were looked at, when there is nothing to say against any: a pass shows what it stands on.
pub(super) fn paths(report: &Report, width: usize, out: &mut Vec<String>) {
    let found = report.findings.iter().any(|finding| !REMARKS.contains(&finding.policy.as_str()));
    if found || report.paths.is_empty() {
        return;
    }
    for path in report.paths.iter().take(SHOWN_PATHS) {
        let state = state(path);
        let lines = wrap::line(&format!("{state} {}", row(path)), width, "", "  ");
        for (at, line) in lines.into_iter().enumerate() {
            out.push(match line.strip_prefix(state) {
                Some(rest) if at == 0 => format!("{}{rest}", paint(style_of(state), state)),
                _ => line,
            });
        }
    }
    if report.paths.len() > SHOWN_PATHS {
        out.push(format!("and {} more, in the JSON report", report.paths.len() - SHOWN_PATHS));
    }
    out.push(String::new());
}

/// Whether a path works once the plan is applied.
pub(crate) fn state(path: &PathSummary) -> &'static str {
    let states = [path.after.existing, path.after.new];
    if states.contains(&ReadState::Unreadable) {
        "unreadable"
    } else if states.contains(&ReadState::Unresolved) {
        "unresolved"
    } else if states == [ReadState::Absent; 2] {
        "gone"
    } else {
        "readable"
    }
}

fn style_of(state: &str) -> anstyle::Style {
    match state {
        "readable" => GOOD,
        "gone" => DIM,
        "unreadable" => BAD,
        _ => DOUBT,
    }
}

/// A path in a row.
pub(crate) fn row(path: &PathSummary) -> String {
    let access = match path.access {
        Some(Access::Oai) => "OAI",
        Some(Access::Oac) => "OAC",
        Some(Access::Unsigned) => "unsigned",
        Some(Access::Website) => "website endpoint",
        None => "origin access not known yet",
    };
    let mut row = format!("{} → origin \"{}\" → {access}", path.distribution, path.origin);
    row.push_str(" → ");
    row.push_str(path.bucket.as_deref().unwrap_or("bucket not known yet"));
    if let Some(encryption) = path.encryption {
        row.push_str(" · ");
        row.push_str(picture::algorithm(encryption));
    }
    if let Some(key) = &path.key {
        row.push_str(" → ");
        row.push_str(key);
    }
    row
}

/// What could not be read or evaluated, and what to do about it.
pub(super) fn errors(report: &Report, width: usize, out: &mut Vec<String>) {
    for error in &report.errors {
        out.extend(error_lines(error, width));
        out.push(String::new());
    }
}

/// One error: its kind and the input it belongs to, what is wrong, and what to do next.
pub(super) fn error_lines(error: &ReportError, width: usize) -> Vec<String> {
    let kind = plain::line(&error.kind);
    let input = match error.plan.as_deref() {
        Some("-") => " standard input".to_owned(),
        Some(plan) => format!(" {}", plain::line(plan)),
        None => String::new(),
    };
    let mut lines = vec![format!("{}{}{input}", paint(BAD, "error"), paint(BOLD, &format!("[{kind}]")))];
    lines.extend(wrap::prose(&error.message, width, "  ", "  "));
    if !error.help.is_empty() {
        let next = wrap::prose(&error.help, width, "        ", "        ");
        lines.extend(next.into_iter().enumerate().map(|(at, line)| match line.get(8..) {
            Some(text) if at == 0 => format!("  {}  {text}", paint(BOLD, "Next")),
            _ => line,
        }));
    }
    lines
}

/// What was looked at, and the verdict.
pub(super) fn closing(report: &Report, options: &Options, width: usize, out: &mut Vec<String>) {
    // Where nothing could be read, "checked nothing" would sound as if there were nothing.
    if report.errors.is_empty() || judged(report) > 0 {
        let text = format!("{}{}", looked_at(report), decided(report));
        out.extend(wrap::line(&text, width, "", "  ").into_iter().map(|line| paint(DIM, &line)));
    }
    let style = match report.verdict {
        Verdict::Pass => GOOD,
        Verdict::Block => BAD,
        Verdict::None => DOUBT,
    };
    let (word, text) = verdict(report, options);
    let lines = wrap::line(&format!("{word}: {text}"), width, "", "  ");
    for (at, line) in lines.into_iter().enumerate() {
        out.push(match line.strip_prefix(word) {
            Some(rest) if at == 0 => format!("{}{rest}", paint(style, word)),
            _ => line,
        });
    }
}

/// The verdict in a word, and what it rests on.
pub(crate) fn verdict(report: &Report, options: &Options) -> (&'static str, String) {
    match report.verdict {
        Verdict::Pass => ("pass", passed(report, options)),
        Verdict::Block => ("block", blocked(report, options)),
        Verdict::None => ("no verdict", none(report)),
    }
}

/// The same in one line.
pub(crate) fn verdict_line(report: &Report, options: &Options) -> String {
    let (word, text) = verdict(report, options);
    format!("{word}: {text}")
}

/// What was looked at.
pub(crate) fn looked_at(report: &Report) -> String {
    let summary = &report.summary;
    let plans = match report.plans.len() {
        0 | 1 => "this plan".to_owned(),
        several => format!("these {several} plans"),
    };
    match (summary.distributions, summary.origins) {
        (0, 0) => format!("checked: {plans} holds no CloudFront distribution, so there is no access path to S3")
            .replace("plans holds", "plans hold"),
        (distributions, 0) => format!(
            "checked {}: none has an S3 origin, so there is no access path to S3",
            words::count(distributions, "distribution")
        ),
        (distributions, origins) => {
            let parts = [
                words::count(distributions, "distribution"),
                words::count(origins, "S3 origin"),
                words::count(summary.buckets, "bucket"),
                words::count(summary.keys, "key"),
            ];
            let within =
                if report.plans.len() > 1 { format!(" in {} plans", report.plans.len()) } else { String::new() };
            format!("checked {}{within}", parts.join(", "))
        }
    }
}

/// The files that had a say in it: the nearest `oacguard.toml` may lie where nobody thinks of it.
pub(crate) fn decided(report: &Report) -> String {
    let config = report.config.as_ref().map(|config| config.file.clone());
    let baseline = report.baseline.as_ref().map(|baseline| baseline.file.clone());
    let files: Vec<String> = [config, baseline].into_iter().flatten().collect();
    if files.is_empty() { String::new() } else { format!("; heeded {}", words::list(&files)) }
}

fn passed(report: &Report, options: &Options) -> String {
    let unreadable = report.paths.iter().filter(|path| state(path) == "unreadable").count();
    let reason = if report.paths.is_empty() && report.findings.is_empty() {
        "there is nothing between CloudFront and S3 that this plan could break".to_owned()
    } else if options.fail_on.is_none() {
        "asked never to block".to_owned()
    } else if unreadable > 0 {
        // True of what was broken before, and of what a waiver accepts; to say less would sound like all is well.
        let all = words::count(report.paths.len(), "access path");
        format!("this plan introduces nothing that blocks, but CloudFront cannot read {unreadable} of {all}")
    } else if report.findings.iter().any(|found| Standing::of(found) == Standing::Open && found.when.is_some()) {
        "nothing here blocks, but viewers may get errors".to_owned()
    } else {
        "nothing in this plan is known to stop CloudFront from reading its S3 origins".to_owned()
    };
    format!("{reason}{}", beside(report, |_| true))
}

fn blocked(report: &Report, options: &Options) -> String {
    let blocks = |finding: &Finding| judge::blocks(finding, options);
    let of = |status: Status, word: &str| {
        let tally = |severity: Severity| {
            let is_one =
                |finding: &&Finding| finding.status == status && finding.severity == severity && blocks(finding);
            let number = report.findings.iter().filter(is_one).count();
            (number > 0).then(|| words::count(number, &format!("{word}{}", words::severity(severity))))
        };
        let parts: Vec<String> =
            [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(tally).collect();
        words::list(&parts)
    };
    let introduced = of(Status::Introduced, "");
    let existing = of(Status::Existing, "existing ");
    let reason = match (introduced.is_empty(), existing.is_empty()) {
        (false, true) => format!("{introduced} introduced by this plan"),
        (false, false) => format!("{introduced} introduced by this plan, and {existing}"),
        (true, _) => existing,
    };
    format!("{reason}{}", beside(report, |finding| !blocks(finding)))
}

fn none(report: &Report) -> String {
    match (judged(report), report.plans.len()) {
        (_, 0) => "nothing was judged".to_owned(),
        (0, several) if several > 1 => "none of these plans could be judged".to_owned(),
        (judged, all) if judged < all && all > 1 => format!("{} of {all} plans could not be judged", all - judged),
        _ => "this plan could not be judged".to_owned(),
    }
}

/// How many plans were read without an error of their own.
pub(crate) fn judged(report: &Report) -> usize {
    let failed = |source: &String| report.errors.iter().any(|error| error.plan.as_ref() == Some(source));
    report.plans.iter().filter(|plan| plan.format_version.is_some() && !failed(&plan.source)).count()
}

/// The findings that `wanted` picks and that the sentence before has not counted, in brackets.
fn beside(report: &Report, wanted: impl Fn(&Finding) -> bool) -> String {
    let open = |finding: &&Finding| finding.status != Status::Resolved && finding.waiver.is_none();
    let untold = |finding: &Finding| finding.policy == "unresolved" && finding.severity == Severity::Note;
    let findings: Vec<&Finding> = report.findings.iter().filter(open).filter(|finding| wanted(finding)).collect();
    let number = |test: &dyn Fn(&Finding) -> bool| findings.iter().filter(|finding| test(finding)).count();
    let of = |severity: Severity| number(&|finding| finding.severity == severity && !untold(finding));
    let parts = [
        (of(Severity::Error), "error"),
        (of(Severity::Warning), "warning"),
        (of(Severity::Note), "note"),
        (number(&untold), "unresolved"),
        (report.summary.waived, "waived"),
        (report.summary.resolved, "resolved"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| match word {
            "waived" | "resolved" | "unresolved" => format!("{number} {word}"),
            _ => words::count(number, word),
        })
        .collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}
