//! Which tests a report has, and how each of them ended.
//!
//! Only what blocks is a failure. Whatever else somebody should see is a skipped test: of tests that passed, GitLab and Azure
//! show no text. What the plan resolves is a test that passes, so that Jenkins calls it fixed. An access path against which
//! there is nothing passes too: an empty report looks like one that was forgotten, and fails the step in Jenkins.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::access::facts::ReadState;
use crate::finding::Finding;
use crate::report::cut::cut;
use crate::report::relative::relative;
use crate::report::view::{Standing, View};
use crate::report::{self, PathSummary, ReportError, words};

/// How long a part of a text may be: nobody reads more, and parsers refuse texts of some megabytes.
const PART: usize = 20_000;
/// How many resources are named that something was seen of.
const SEEN: usize = 50;
/// The suite, and the class, of what belongs to no plan or distribution.
pub(crate) const TOOL: &str = "oacguard";

/// The tests of one plan.
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) cases: Vec<Case>,
}

/// One test.
pub(crate) struct Case {
    /// What hosts group by.
    pub(crate) class: String,
    /// What it is called, together with its class unlike any other.
    pub(crate) name: String,
    /// File and line in the Terraform source.
    pub(crate) place: Option<(String, u32)>,
    /// How it ended.
    pub(crate) verdict: Verdict,
}

/// How a test ended.
pub(crate) enum Verdict {
    /// It passed.
    Pass { said: Option<String> },
    /// It does not count.
    Skipped { message: String, body: String },
    /// It blocks.
    Failure { kind: &'static str, message: String, body: String },
    /// It could not be told.
    Error { message: String, body: String },
}

/// The tests of `view`, a suite for each plan, and one for what belongs to none.
pub(super) fn suites(view: View<'_>) -> Vec<Suite> {
    let report = view.report;
    let mut suites = Suites { several: report.plans.len() > 1, all: Vec::new(), used: BTreeSet::new() };
    for plan in &report.plans {
        suites.at(&plan.source);
    }
    for (number, error) in report.errors.iter().enumerate() {
        let plan = error.plan.as_deref().unwrap_or_default();
        suites.add(plan, None, &format!("no verdict: {} ({})", error.kind, number + 1), None, no_verdict(error));
    }
    for finding in &report.findings {
        let place = finding.location.as_ref().map(|location| (relative(&location.file), location.line.max(1)));
        suites.add(&finding.plan, finding.distribution.as_deref(), &name(finding), place, verdict(view, finding));
    }
    let against = |finding: &&Finding| Standing::of(finding) != Standing::Resolved;
    let against: BTreeSet<_> = report.findings.iter().filter(against).map(path_of).collect();
    for path in &report.paths {
        let free = (path.plan.as_str(), Some(path.distribution.as_str()), Some(path.origin.as_str()));
        if !against.contains(&free) {
            let steps = [Some(&path.distribution), Some(&path.origin), path.bucket.as_ref()];
            let name = format!("access path: {}", joined(steps.into_iter().flatten()));
            suites.add(&path.plan, Some(&path.distribution), &name, None, state(view, path));
        }
    }
    suites.finish(report.verdict)
}

/// The suites as they grow.
struct Suites {
    several: bool,
    all: Vec<Suite>,
    /// The classes and names there are: hosts take two tests that share both for one.
    used: BTreeSet<(String, String)>,
}

impl Suites {
    fn at(&mut self, plan: &str) -> Option<&mut Suite> {
        let name = if plan.is_empty() { TOOL } else { words::plan(plan) };
        let at = self.all.iter().position(|suite| suite.name == name).unwrap_or_else(|| {
            self.all.push(Suite { name: name.to_owned(), cases: Vec::new() });
            self.all.len() - 1
        });
        self.all.get_mut(at)
    }

    fn add(
        &mut self,
        plan: &str,
        distribution: Option<&str>,
        name: &str,
        place: Option<(String, u32)>,
        verdict: Verdict,
    ) {
        let class = self.class(plan, distribution);
        let mut free = name.to_owned();
        let mut nth = 1;
        while !self.used.insert((class.clone(), free.clone())) {
            nth += 1;
            free = format!("{name} ({nth})");
        }
        if let Some(suite) = self.at(plan) {
            suite.cases.push(Case { class, name: free, place, verdict });
        }
    }

    /// The distribution, behind the plan where there are several. Hosts group by what stands before the last dot, which fits
    /// Terraform addresses; the dots of a file name would not.
    fn class(&self, plan: &str, distribution: Option<&str>) -> String {
        let plan = (self.several && !plan.is_empty()).then(|| words::plan(plan).replace('.', "_"));
        let parts: Vec<&str> = plan.as_deref().into_iter().chain(distribution).collect();
        if parts.is_empty() { TOOL.to_owned() } else { parts.join(".") }
    }

    /// The suites, none of them empty.
    fn finish(mut self, verdict: report::Verdict) -> Vec<Suite> {
        let empty: Vec<String> =
            self.all.iter().filter(|suite| suite.cases.is_empty()).map(|suite| suite.name.clone()).collect();
        for plan in empty {
            let message = "there is no verdict".to_owned();
            let verdict = match verdict {
                report::Verdict::None => Verdict::Skipped { body: message.clone(), message },
                _ => Verdict::Pass { said: Some("there is no access path from CloudFront to S3 in it".to_owned()) },
            };
            self.add(&plan, None, "access paths", None, verdict);
        }
        self.all
    }
}

/// The path that a finding is about.
fn path_of(finding: &Finding) -> (&str, Option<&str>, Option<&str>) {
    (finding.plan.as_str(), finding.distribution.as_deref(), finding.origin.as_deref())
}

fn joined<'a>(steps: impl Iterator<Item = &'a String>) -> String {
    steps.map(String::as_str).collect::<Vec<_>>().join(" → ")
}

/// Policy, path and subject, which are what makes a finding the same from run to run.
fn name(finding: &Finding) -> String {
    let steps = [&finding.distribution, &finding.origin, &finding.subject];
    let steps = joined(steps.into_iter().flatten());
    if steps.is_empty() { finding.policy.clone() } else { format!("{}: {steps}", finding.policy) }
}

fn verdict(view: View<'_>, finding: &Finding) -> Verdict {
    let cause = words::cause(finding, view.report.baseline.as_ref());
    let severity = words::severity(finding.severity);
    let lead = format!("{severity}, {}", words::circumstances(finding, cause));
    if view.blocks(finding) {
        return Verdict::Failure { kind: severity, message: finding.message.clone(), body: body(&lead, finding) };
    }
    match Standing::of(finding) {
        Standing::Resolved => Verdict::Pass { said: Some(body(&lead, finding)) },
        Standing::Open | Standing::Untold => {
            Verdict::Skipped { message: format!("{lead}: {}", finding.message), body: body(&lead, finding) }
        }
        Standing::Waived => {
            let waiver = finding.waiver.as_ref();
            let waiver = waiver.map_or_else(String::new, |waiver| {
                let owner = waiver.owner.as_ref().map(|owner| format!(" by {owner}")).unwrap_or_default();
                format!("accepted{owner} until {}: {}", waiver.expires, waiver.reason)
            });
            let body = body(&format!("{waiver}\n{lead}"), finding);
            Verdict::Skipped { message: format!("{waiver} – {}", finding.message), body }
        }
    }
}

/// Everything about a finding but the places in the plan, which are for programs.
fn body(lead: &str, finding: &Finding) -> String {
    let mut seen: Vec<String> = Vec::new();
    for evidence in &finding.evidence {
        let line = format!("{}: {}", evidence.address, evidence.note);
        if seen.len() < SEEN && !seen.contains(&line) {
            seen.push(line);
        }
    }
    let (seen, more) = (("Seen", seen.join("\n")), ("More", finding.links.join("\n")));
    let parts = if Standing::of(finding) == Standing::Resolved {
        // There is nothing to do.
        vec![seen, more]
    } else {
        vec![("Why", finding.why.clone()), ("What to do", finding.fix.clone()), seen, more]
    };
    let mut text = format!("{lead}\n\n{}", cut(&finding.message, PART));
    for (heading, part) in parts.into_iter().filter(|(_, part)| !part.is_empty()) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n\n{heading}:\n{}", cut(&part, PART));
    }
    text
}

fn no_verdict(error: &ReportError) -> Verdict {
    let body = format!("{}\n\nWhat to do:\n{}", error.message, error.help);
    Verdict::Error { message: error.message.clone(), body }
}

/// How the test of a path ends that no finding is about. Without a verdict nothing passes, and what a policy that is switched
/// off would have said is no proof that the path works.
fn state(view: View<'_>, path: &PathSummary) -> Verdict {
    let states = [path.after.existing, path.after.new];
    let message = if view.report.verdict == report::Verdict::None {
        "there is no verdict"
    } else if states.contains(&ReadState::Unreadable) {
        "not readable, and no policy in force speaks of it"
    } else if states.contains(&ReadState::Unresolved) {
        "the plan cannot tell, and no policy in force speaks of it"
    } else {
        return Verdict::Pass { said: None };
    };
    Verdict::Skipped { message: message.to_owned(), body: message.to_owned() }
}
