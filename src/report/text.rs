//! The report for people.
//!
//! Findings come worst first, each with its access path drawn and the hop that breaks marked; then what the plan resolves,
//! what waivers accept, what cannot be told, what was looked at, and in the last line the verdict. Nothing is said by colour
//! alone, and nothing that a plan holds can style, hide or command: see [`plain`](super::plain).
//!
//! The text carries ANSI styles; whoever writes it strips them where they do not belong. It depends on nothing but its
//! arguments: no time, no environment.

pub(crate) mod decided;
pub(crate) mod finding;
pub(crate) mod style;
pub(crate) mod summary;
mod tree;
pub(crate) mod wrap;

use std::borrow::Cow;

use self::finding::{Page, Said};
pub(crate) use self::summary::verdict_line;

use self::style::{BOLD, paint};
use super::view::{Standing, View};
use super::{Report, ReportError, prose, words};
use crate::finding::{Finding, Severity};

/// The columns of a report that does not go to a terminal, so that the same plan gives the same bytes on every machine.
pub const PLAIN_WIDTH: usize = 100;
/// Longer lines of prose are hard to read, however wide the terminal is.
pub const MAX_WIDTH: usize = 120;
/// A path cannot be drawn in less; a narrower terminal breaks the lines itself.
pub const MIN_WIDTH: usize = 40;

/// From how many findings on each severity gets a heading.
const WITH_HEADINGS: usize = 4;

/// From how many notes of one policy on only the first is shown in full.
const MANY_NOTES: usize = 3;

/// The report as text with ANSI styles, in lines of `width` columns unless an address or a URL alone is longer.
///
pub fn render(View { report, facts, options }: View<'_>, width: usize) -> String {
    let width = width.clamp(MIN_WIDTH, MAX_WIDTH);
    let report = &*without_forged_lines(report);
    let page = Page { facts, baseline: report.baseline.as_ref(), several_plans: report.plans.len() > 1, width };
    let sorted = Sorted::of(report);
    let mut out = Vec::new();
    sorted.open(&page, &mut out);
    section(&mut out, "Resolved by this plan", &sorted.resolved, |finding, out| page.entry(finding, "", out));
    section(&mut out, "Accepted by a waiver", &sorted.waived, |finding, out| {
        page.entry(finding, &summary::waiver(finding), out);
    });
    sorted.untold(&page, &mut out);
    summary::paths(report, width, &mut out);
    decided::gone(report, width, &mut out);
    decided::settings(report, width, &mut out);
    decided::own(report, width, &mut out);
    summary::errors(report, width, &mut out);
    summary::closing(report, options, width, &mut out);
    let mut text = out.join("\n");
    text.push('\n');
    text
}

/// The report with every name in one line.
pub(crate) fn without_forged_lines(report: &Report) -> Cow<'_, Report> {
    let flat = |finding: &Finding| {
        let texts =
            [&finding.message, &finding.why, &finding.fix].map(|text| prose::without_forged_lines(text, finding));
        let forged = texts.iter().any(|text| matches!(text, Cow::Owned(_)));
        forged.then(|| texts.map(Cow::into_owned))
    };
    if report.findings.iter().all(|finding| flat(finding).is_none()) {
        return Cow::Borrowed(report);
    }
    let mut report = report.clone();
    for finding in &mut report.findings {
        if let Some([message, why, fix]) = flat(finding) {
            (finding.message, finding.why, finding.fix) = (message, why, fix);
        }
    }
    Cow::Owned(report)
}

/// One error as text with ANSI styles, for where there is no report to hold it.
pub fn error(error: &ReportError, width: usize) -> String {
    let mut text = summary::error_lines(error, width.clamp(MIN_WIDTH, MAX_WIDTH)).join("\n");
    text.push('\n');
    text
}

/// The findings of a report by the place they are shown at, each list in the report's order.
#[derive(Default)]
struct Sorted<'a> {
    open: Vec<&'a Finding>,
    resolved: Vec<&'a Finding>,
    waived: Vec<&'a Finding>,
    untold: Vec<&'a Finding>,
}

impl<'a> Sorted<'a> {
    fn of(report: &'a Report) -> Self {
        let mut sorted = Self::default();
        for finding in &report.findings {
            let list = match Standing::of(finding) {
                Standing::Open => &mut sorted.open,
                Standing::Resolved => &mut sorted.resolved,
                Standing::Waived => &mut sorted.waived,
                // What cannot be told stands apart.
                Standing::Untold => &mut sorted.untold,
            };
            list.push(finding);
        }
        sorted
    }

    /// Errors and warnings in full, notes in brief; under headings if they are many.
    fn open(&self, page: &Page<'_>, out: &mut Vec<String>) {
        let mut said = Said::default();
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let group: Vec<&Finding> = self.open.iter().copied().filter(|found| found.severity == severity).collect();
            if group.is_empty() {
                continue;
            }
            if self.open.len() >= WITH_HEADINGS {
                let heading = words::count(group.len(), words::severity(severity));
                out.extend([paint(style::of(severity), &heading), String::new()]);
            }
            if severity == Severity::Note {
                for alike in group.chunk_by(|one, other| one.policy == other.policy && one.status == other.status) {
                    notes(alike, page, &mut said, out);
                }
                continue;
            }
            for finding in group {
                page.full(finding, &mut said, out);
                out.push(String::new());
            }
        }
    }

    fn untold(&self, page: &Page<'_>, out: &mut Vec<String>) {
        if !self.untold.is_empty() {
            out.push(paint(BOLD, "Cannot be told from this plan"));
        }
        let mut said = Said::default();
        for finding in &self.untold {
            page.untold(finding, &mut said, out);
            out.push(String::new());
        }
    }
}

/// Notes of one policy: in brief, and where they are many, the first one for all, so that they do not bury what is worse.
fn notes(alike: &[&Finding], page: &Page<'_>, said: &mut Said, out: &mut Vec<String>) {
    let (shown, more) = if alike.len() > MANY_NOTES { alike.split_at(1) } else { (alike, &[] as &[&Finding]) };
    for finding in shown {
        page.brief(finding, said, out);
        out.push(String::new());
    }
    if !more.is_empty() {
        let same = format!("the same holds for {} more:", more.len());
        out.extend(wrap::line(&same, page.width, "  ", "  "));
        for finding in more {
            page.entry(finding, "", out);
        }
        out.push(String::new());
    }
}

fn section(
    out: &mut Vec<String>,
    heading: &str,
    findings: &[&Finding],
    mut each: impl FnMut(&Finding, &mut Vec<String>),
) {
    if findings.is_empty() {
        return;
    }
    out.push(paint(BOLD, heading));
    for finding in findings {
        each(finding, out);
    }
    out.push(String::new());
}
