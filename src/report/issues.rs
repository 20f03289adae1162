//! What a host is told one by one that marks findings in its log: the same choice for every such host, and no more of a kind
//! than it shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::view::{Standing, View};
use super::{ReportError, plain, text, words};
use crate::finding::{Finding, Location, Severity};

/// How many issues of one kind GitHub and Azure show of one step; what is beyond that is dropped without a word.
const SHOWN: usize = 10;

/// How long a text may be. Both hosts cut it off at 4,096 characters.
const LENGTH: usize = 4_000;

/// What an issue is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// It blocks, or is as bad as what blocks as a rule, or there is no verdict because of it.
    Error,
    /// It may break something.
    Warning,
    /// It is worth knowing.
    Notice,
}

/// One thing that a host is told.
#[derive(Debug)]
pub(super) struct Issue<'a> {
    /// What it is shown as.
    pub(super) kind: Kind,
    /// The policy's id, or the kind of an error; none for what sums up several.
    pub(super) code: Option<&'a str>,
    /// What it is about, in one line.
    pub(super) title: String,
    /// What is wrong, in one line.
    pub(super) message: String,
    /// What to do, in lines; none for what sums up several.
    pub(super) fix: &'a str,
    /// Where in the Terraform source it is.
    ///
    /// The plan does not stand in for it here: it is no file of the repository, so a link to it leads nowhere, and both hosts
    /// show an issue without a place as well.
    pub(super) location: Option<&'a Location>,
}

/// What a host is told, errors first and the worst of each kind first.
///
/// Findings that are resolved, waived or cannot be told take no room of what needs somebody; one notice counts them.
pub(super) fn of(view: View<'_>) -> Vec<Issue<'_>> {
    let mut findings: Vec<(Kind, &Finding)> =
        view.report.findings.iter().filter_map(|finding| Some((kind(view, finding)?, finding))).collect();
    findings.sort_by_key(|(kind, finding)| (*kind, Reverse(view.blocks(finding)), Reverse(finding.severity)));
    let errors = view.report.errors.iter().map(unread);
    let issues = errors.chain(findings.into_iter().map(|(kind, finding)| found(view, kind, finding)));
    let (mut kinds, aside) = ([Vec::new(), Vec::new(), Vec::new()], aside(view));
    for issue in issues {
        let [errors, warnings, notices] = &mut kinds;
        match issue.kind {
            Kind::Error => errors.push(issue),
            Kind::Warning => warnings.push(issue),
            Kind::Notice => notices.push(issue),
        }
    }
    let [errors, warnings, notices] = kinds;
    let room = SHOWN - usize::from(aside.is_some());
    let mut all = folded(Kind::Error, errors, SHOWN);
    all.extend(folded(Kind::Warning, warnings, SHOWN));
    all.extend(folded(Kind::Notice, notices, room));
    all.extend(aside);
    all
}

/// `text`, cut to what hosts show of it.
pub(super) fn clipped(text: &str) -> String {
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}… (the log of this step has the rest)", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The whole report as people read it, without styles, and harmless in a log: see [`plain`].
pub(super) fn detail(view: View<'_>) -> String {
    anstream::adapter::strip_str(&text::render(view, text::PLAIN_WIDTH)).to_string()
}

fn kind(view: View<'_>, finding: &Finding) -> Option<Kind> {
    if view.blocks(finding) {
        return Some(Kind::Error);
    }
    match (Standing::of(finding), finding.severity) {
        // Nothing was asked to block.
        (Standing::Open, Severity::Error | Severity::Warning) => Some(Kind::Warning),
        (Standing::Open, Severity::Note) => Some(Kind::Notice),
        (Standing::Untold | Standing::Resolved | Standing::Waived, _) => None,
    }
}

fn found<'a>(view: View<'a>, kind: Kind, finding: &'a Finding) -> Issue<'a> {
    let title = view.policy(finding).map(|policy| format!(": {}", policy.title)).unwrap_or_default();
    let plan = match view.report.plans.len() {
        0 | 1 => String::new(),
        _ => format!(" ({})", finding.plan),
    };
    Issue {
        kind,
        code: Some(&finding.policy),
        title: plain::line(&format!("{}{title}", finding.policy)).into_owned(),
        message: plain::line(&format!("{}{plan}", finding.message)).into_owned(),
        fix: &finding.fix,
        location: finding.location.as_ref(),
    }
}

fn unread(error: &ReportError) -> Issue<'_> {
    let plan = match error.plan.as_deref() {
        Some("-") => "standard input: ".to_owned(),
        Some(plan) => format!("{plan}: "),
        None => String::new(),
    };
    Issue {
        kind: Kind::Error,
        code: Some(&error.kind),
        title: plain::line(&format!("no verdict: {}", error.kind)).into_owned(),
        message: plain::line(&format!("{plan}{}", error.message)).into_owned(),
        fix: &error.help,
        location: None,
    }
}

/// `issues` of one kind, or as many as leave room for one that sums up the others.
fn folded(kind: Kind, mut issues: Vec<Issue<'_>>, room: usize) -> Vec<Issue<'_>> {
    if issues.len() <= room {
        return issues;
    }
    let rest = issues.split_off(room.saturating_sub(1));
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for code in rest.iter().filter_map(|issue| issue.code) {
        *codes.entry(code).or_default() += 1;
    }
    let codes: Vec<String> = codes.into_iter().map(|(code, number)| format!("{code} ({number})")).collect();
    let noun = match kind {
        Kind::Error => "error",
        Kind::Warning => "warning",
        Kind::Notice => "note",
    };
    issues.push(Issue {
        kind,
        code: None,
        title: words::count(rest.len(), &format!("more {noun}")),
        message: plain::line(&format!("{}; the log of this step tells all of them", words::list(&codes))).into_owned(),
        fix: "",
        location: None,
    });
    issues
}

/// How many findings there are that nobody has to act on.
fn aside(view: View<'_>) -> Option<Issue<'_>> {
    let count = |wanted: Standing| {
        let findings = view.report.findings.iter().filter(|finding| !view.blocks(finding));
        findings.filter(|finding| Standing::of(finding) == wanted).count()
    };
    let parts = [
        (count(Standing::Untold), "cannot be told from the plan"),
        (count(Standing::Waived), "accepted by a waiver"),
        (count(Standing::Resolved), "resolved by the plan"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, what)| format!("{number} {what}")).collect();
    (!parts.is_empty()).then(|| Issue {
        kind: Kind::Notice,
        code: None,
        title: "further findings".to_owned(),
        message: format!("{}; the log of this step tells more", words::list(&parts)),
        fix: "",
        location: None,
    })
}
