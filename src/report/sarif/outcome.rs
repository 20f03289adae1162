//! The results of a run: what is wrong where, in the order in which none must be left out before another.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::markdown;
use super::model::{
    ArtifactLocation, Location, LogicalLocation, Message, Outcome, OutcomeProperties, PhysicalLocation, Region, Rule,
    Suppression,
};
use super::shown;
use crate::finding::{Finding, Severity, Waiver};
use crate::judge;
use crate::report::relative::relative;
use crate::report::view::{Place, Standing, View};
use crate::report::{ReportError, distinct, plain, words};

/// The rule of results about what could not be judged.
pub(super) const NO_VERDICT: &str = "no-verdict";
/// What a path may hold as it is.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');
/// How many places in the plan a result names.
const EVIDENCE: usize = 50;

/// What a result is about.
pub(super) enum Subject<'a> {
    Error(&'a ReportError),
    Finding(&'a Finding, String),
}

impl<'a> Subject<'a> {
    /// The id of its rule.
    pub(super) fn rule(&self) -> &'a str {
        self.finding().map_or(NO_VERDICT, |finding| &finding.policy)
    }

    /// The finding, unless it is about what could not be judged.
    pub(super) fn finding(&self) -> Option<&'a Finding> {
        match self {
            Self::Error(_) => None,
            Self::Finding(finding, _) => Some(finding),
        }
    }
}

/// What there are results about: what could not be judged, what blocks, what is open, and what is accepted, each by severity.
pub(super) fn subjects(view: View<'_>) -> Vec<Subject<'_>> {
    let findings = view.report.findings.iter().zip(distinct::fingerprints(view.report));
    let mut findings: Vec<(&Finding, String)> =
        findings.filter(|(finding, _)| Standing::of(finding) != Standing::Resolved).collect();
    findings.sort_by_key(|(finding, _)| {
        (Reverse(view.blocks(finding)), finding.waiver.is_some(), Reverse(finding.severity))
    });
    let errors = view.report.errors.iter().map(Subject::Error);
    errors.chain(findings.into_iter().map(|(finding, print)| Subject::Finding(finding, print))).collect()
}

/// The results.
pub(super) fn outcomes<'a>(view: View<'a>, subjects: &[Subject<'a>], rules: &[Rule<'a>]) -> Vec<Outcome<'a>> {
    let at = |id: &str| rules.iter().position(|rule| rule.id == id).unwrap_or_default();
    let outcomes = subjects.iter().enumerate().map(|(number, subject)| match subject {
        Subject::Error(error) => about_error(error, number, at(NO_VERDICT)),
        Subject::Finding(finding, print) => about_finding(view, finding, print, at(&finding.policy)),
    });
    outcomes.collect()
}

/// What could not be judged, why, and what to do.
pub(super) fn no_verdict(error: &ReportError) -> String {
    let plan = error.plan.as_ref().map(|plan| format!(" of {}", words::plan(plan))).unwrap_or_default();
    shown(&format!("No verdict{plan}: {}\n\n{}", error.message, error.help))
}

fn about_error(error: &ReportError, number: usize, rule_index: usize) -> Outcome<'_> {
    let plan = error.plan.as_deref().unwrap_or_default();
    let number = number.to_string();
    let text = no_verdict(error);
    Outcome {
        rule_id: NO_VERDICT,
        rule_index,
        kind: "fail",
        level: "error",
        message: Message { markdown: Some(markdown::escaped(&text)), text },
        locations: [Location { physical_location: physical(plan, 1), logical_locations: Vec::new() }],
        partial_fingerprints: BTreeMap::from([(
            "primaryLocationLineHash",
            judge::fingerprint([NO_VERDICT, &error.kind, plan, &number].map(Some)),
        )]),
        suppressions: Vec::new(),
        properties: OutcomeProperties { blocks: true, plan: error.plan.as_deref(), ..OutcomeProperties::default() },
    }
}

fn about_finding<'a>(view: View<'a>, finding: &'a Finding, print: &str, rule_index: usize) -> Outcome<'a> {
    let place = Place::of(finding);
    let waiver = finding.waiver.as_ref();
    // GitHub shows what is accepted like anything else; as a note it fails nothing.
    // An alert that is an error fails the check there: those that block, and no others.
    let level = match (waiver, view.blocks(finding)) {
        (Some(_), _) => "note",
        (None, true) => "error",
        (None, false) => words::severity(finding.severity.min(Severity::Warning)),
    };
    Outcome {
        rule_id: &finding.policy,
        rule_index,
        kind: "fail",
        level,
        message: message(view, finding),
        locations: [Location {
            physical_location: physical(&place.file, place.line),
            logical_locations: addresses(finding),
        }],
        partial_fingerprints: BTreeMap::from([
            ("primaryLocationLineHash", print.to_owned()),
            ("oacguard/v1", finding.fingerprint.clone()),
        ]),
        suppressions: waiver.map(suppression).into_iter().collect(),
        properties: OutcomeProperties {
            blocks: view.blocks(finding),
            severity: Some(finding.severity),
            base_severity: Some(finding.base_severity),
            status: Some(finding.status),
            when: finding.when,
            plan: Some(&finding.plan),
            distribution: finding.distribution.as_deref(),
            origin: finding.origin.as_deref(),
            bucket: finding.bucket.as_deref(),
            key: finding.key.as_deref(),
            subject: finding.subject.as_deref(),
            why: &finding.why,
            evidence: finding.evidence.get(..EVIDENCE).unwrap_or(&finding.evidence),
        },
    }
}

fn message(view: View<'_>, finding: &Finding) -> Message {
    let cause = words::cause(finding, view.report.baseline.as_ref());
    let circumstances = words::circumstances(finding, cause);
    let mut text = shown(&finding.message);
    let mut marked = markdown::escaped(&text);
    if text.trim().is_empty() {
        text = format!("{} found something.", plain::line(&finding.policy));
        marked = markdown::escaped(&text);
    }
    text = format!("{text}\n\n({circumstances})");
    marked = format!("{marked}\n\n*{}*", markdown::escaped(&circumstances));
    if let Some(waiver) = &finding.waiver {
        let accepted = shown(&justification(waiver));
        text = format!("{text}\n\nAccepted: {accepted}");
        marked = format!("{marked}\n\nAccepted: {}", markdown::escaped(&accepted));
    }
    if !finding.fix.is_empty() {
        let fix = shown(&finding.fix);
        marked = format!("{marked}\n\nWhat to do:\n\n{}", markdown::code(&fix));
        text = format!("{text}\n\nWhat to do:\n{fix}");
    }
    Message { text, markdown: Some(marked) }
}

fn justification(waiver: &Waiver) -> String {
    let owner = waiver.owner.as_ref().map(|owner| format!("{owner}, ")).unwrap_or_default();
    format!("{} ({owner}until {})", waiver.reason, waiver.expires)
}

fn suppression(waiver: &Waiver) -> Suppression<'_> {
    Suppression {
        kind: "external",
        status: "accepted",
        justification: shown(&justification(waiver)),
        properties: waiver,
    }
}

/// What is on the path, each once. A subject may be a statement, which has no address.
fn addresses(finding: &Finding) -> Vec<LogicalLocation<'_>> {
    let mut names: Vec<&str> = Vec::new();
    for name in [&finding.distribution, &finding.bucket, &finding.key].into_iter().flatten() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let resource = |name| LogicalLocation { fully_qualified_name: name, kind: "resource" };
    names.into_iter().map(resource).collect()
}

fn physical(file: &str, line: u32) -> PhysicalLocation {
    let file = relative(file);
    let line = line.max(1);
    PhysicalLocation {
        artifact_location: ArtifactLocation {
            uri: utf8_percent_encode(&plain::line(&file), PATH).to_string(),
            uri_base_id: "%SRCROOT%",
        },
        // The columns are not known; GitHub asks for them, and the start of the line is in it.
        region: Region { start_line: line, start_column: 1, end_line: line, end_column: 1 },
    }
}
