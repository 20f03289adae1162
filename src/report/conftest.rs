//! What `conftest test` prints, for the place of a host where conftest is expected: the native policy check of Atlantis.
//!
//! Sources: <https://www.conftest.dev/output/> and
//! <https://github.com/runatlantis/atlantis/blob/main/server/core/runtime/policy/conftest_client.go>.

use std::collections::BTreeSet;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Map, Value};

use super::atlantis::{self, FAILURES, Fail, WARNINGS, blocking, lines, safe, warnings};
use super::format::RenderError;
use super::view::{Standing, View};
use super::{OwnRecord, Verdict, plain, text, words};
use crate::finding::{Finding, Severity};
use crate::own::{self, COMBINED};
use crate::rego;
use crate::rego::own::without_prefix;

/// What stands where conftest names the package of a policy.
const NAMESPACE: &str = "oacguard";

/// What conftest calls an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Lines for people.
    Stdout,
    /// A list with an object for each file.
    Json,
}

impl Output {
    /// The report as conftest would print it. There must be a verdict; without one, conftest prints no results.
    ///
    /// Atlantis counts failures in it and finds the summary by its pattern, so no name may look like either.
    ///
    /// # Errors
    /// When the results cannot be written as JSON, which none are known to cause.
    pub fn render(self, view: View<'_>) -> Result<String, RenderError> {
        let report = text::without_forged_lines(view.report);
        let view = View { report: &report, ..view };
        let fail = if report.verdict == Verdict::Pass { Fail::Anywhere } else { Fail::Counts };
        match self {
            Self::Stdout => Ok(stdout(view, fail)),
            Self::Json => json(view, fail),
        }
    }
}

fn stdout(view: View<'_>, fail: Fail) -> String {
    // conftest puts warnings first; here the worst comes first, which is what an approver has to read.
    let row = |finding: &Finding| {
        let file = safe(&plain::line(&finding.plan), fail);
        format!("{file} - {} - {}", safe(namespace(finding), fail), message(view, finding, fail))
    };
    let (failures, warned, waived) = (blocking(view), warnings(view), waived(view));
    let mut out = lines("FAIL", &failures, FAILURES, row);
    out.extend(lines("WARN", &warned, WARNINGS, row));
    out.extend(lines("EXCP", &waived, WARNINGS, row));
    let records = view.report.own.iter().flat_map(|own| &own.records);
    for record in records.clone() {
        for query in queries(record) {
            let file = safe(&plain::line(filename(record)), fail);
            out.push(format!("EXCP - {file} - {} - {}", safe(&record.namespace, fail), safe(&query, fail)));
        }
    }
    let exceptions = waived.len() + records.clone().map(|record| queries(record).count()).sum::<usize>();
    let own_passed: usize = records.map(|record| record.successes).sum();
    let passed = own_passed + passed(&[&failures[..], &warned, &waived]);
    let tests = passed + failures.len() + warned.len() + exceptions;
    out.extend([
        String::new(),
        format!(
            "{}, {passed} passed, {}, {}, {}",
            words::count(tests, "test"),
            words::count(warned.len(), "warning"),
            words::count(failures.len(), "failure"),
            words::count(exceptions, "exception"),
        ),
    ]);
    atlantis::with_detail(&out, view, fail)
}

/// The package that a finding comes from.
fn namespace(finding: &Finding) -> &str {
    finding.policy.rsplit_once('.').filter(|_| own::is_own(&finding.policy)).map_or(NAMESPACE, |(package, _)| package)
}

/// What conftest says of each exception that holds.
fn queries(record: &OwnRecord) -> impl Iterator<Item = String> + '_ {
    record.exceptions.iter().flat_map(|exception| {
        let query = format!("data.{}.exception[_][_] == {:?}", record.namespace, without_prefix(&exception.rule));
        std::iter::repeat_n(query, exception.holds)
    })
}

fn filename(record: &OwnRecord) -> &str {
    record.plan.as_deref().unwrap_or(COMBINED)
}

/// The results of one file, under conftest's names.
#[derive(Serialize)]
struct CheckResult {
    filename: String,
    namespace: String,
    successes: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<Entry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exceptions: Vec<Entry>,
    /// conftest knows none; what cannot be told must still be said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    msg: String,
    #[serde(rename = "loc", skip_serializing_if = "Option::is_none")]
    place: Option<Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
}

fn json(view: View<'_>, fail: Fail) -> Result<String, RenderError> {
    let bundled = view.report.plans.iter().map(|plan| {
        let of = |found: Vec<&Finding>| of(found, &plan.source, NAMESPACE);
        let (failures, warned, waived) = (of(blocking(view)), of(warnings(view)), of(waived(view)));
        CheckResult {
            successes: passed(&[&by_ref(&failures)[..], &by_ref(&warned), &by_ref(&waived)]),
            ..result(view, &plan.source, NAMESPACE, fail)
        }
    });
    // A finding about all plans together names the plan where there is one alone.
    let alone = match &view.report.plans[..] {
        [plan] => plan.source.as_str(),
        _ => COMBINED,
    };
    let own = view.report.own.iter().flat_map(|own| &own.records).map(|record| {
        let mut result = result(view, record.plan.as_deref().unwrap_or(alone), &record.namespace, fail);
        result.exceptions.extend(queries(record).map(|msg| Entry { msg, place: None, metadata: Map::new() }));
        CheckResult { filename: safe(filename(record), fail), successes: record.successes, ..result }
    });
    let results: Vec<CheckResult> = bundled.chain(own).collect();
    Ok(super::json::render(&results)?)
}

/// What was found of one file by one package.
fn result(view: View<'_>, file: &str, package: &str, fail: Fail) -> CheckResult {
    let entries = |found: Vec<&Finding>| {
        of(found, file, package).iter().map(|finding| entry(view, finding, fail)).collect::<Vec<_>>()
    };
    CheckResult {
        filename: safe(file, fail),
        namespace: safe(package, fail),
        successes: 0,
        warnings: entries(warnings(view)),
        failures: entries(blocking(view)),
        exceptions: entries(waived(view)),
        notes: entries(notes(view)),
    }
}

fn of(found: Vec<&Finding>, file: &str, package: &str) -> Vec<Finding> {
    found.into_iter().filter(|found| found.plan == file && namespace(found) == package).cloned().collect()
}

fn by_ref(findings: &[Finding]) -> Vec<&Finding> {
    findings.iter().collect()
}

fn entry(view: View<'_>, finding: &Finding, fail: Fail) -> Entry {
    if own::is_own(&finding.policy) {
        let mut metadata = finding.details.clone().unwrap_or_default();
        let place = metadata.remove("_loc").filter(Value::is_object);
        let rule = format!("data.{}", finding.policy);
        metadata.entry("query").or_insert(Value::String(rule));
        return Entry { msg: safe(&finding.message, fail), place, metadata };
    }
    let fields = [
        ("policy", Value::String(safe(&finding.policy, fail))),
        ("severity", Value::String(words::severity(finding.severity).to_owned())),
        ("status", serde_json::to_value(finding.status).unwrap_or_default()),
        ("fix", Value::String(safe(&finding.fix, fail))),
        ("fingerprint", Value::String(finding.fingerprint.clone())),
    ];
    let metadata = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Entry { msg: message(view, finding, fail), place: None, metadata }
}

fn message(view: View<'_>, finding: &Finding, fail: Fail) -> String {
    if own::is_own(&finding.policy) {
        return safe(&plain::line(&finding.message), fail);
    }
    safe(&atlantis::row(view, finding), fail)
}

/// Whether there is a warning.
pub fn warns(view: View<'_>) -> bool {
    !warnings(view).is_empty()
}

/// The findings that a waiver accepts: what conftest calls an exception.
fn waived(view: View<'_>) -> Vec<&Finding> {
    view.report.findings.iter().filter(|finding| Standing::of(finding) == Standing::Waived).collect()
}

fn notes(view: View<'_>) -> Vec<&Finding> {
    let open = |finding: &&Finding| matches!(Standing::of(finding), Standing::Open | Standing::Untold);
    let mild = |finding: &&Finding| finding.severity == Severity::Note && !view.blocks(finding);
    view.report.findings.iter().filter(open).filter(mild).collect()
}

/// How many policies of the program have nothing to say in any of `told`.
fn passed(told: &[&[&Finding]]) -> usize {
    let told: BTreeSet<&str> = told.iter().copied().flatten().map(|finding| finding.policy.as_str()).collect();
    rego::ids().filter(|policy| !told.contains(policy)).count()
}
