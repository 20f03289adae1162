//! What the project decided, as far as it does not stand at the findings: settings of policies, and the baseline.

use std::collections::BTreeMap;

use super::style::{BOLD, paint};
use super::wrap;
use crate::baseline::Entry;
use crate::report::{Hidden, OwnSummary, PolicySummary, Report, words};

/// How many entries of a baseline that can go are listed.
pub(crate) const SHOWN_ENTRIES: usize = 20;

/// The policies that `oacguard.toml` changes: who reads of a pass must learn what was not asked.
pub(super) fn settings(report: &Report, width: usize, out: &mut Vec<String>) {
    let Some(config) = report.config.as_ref().filter(|config| !config.policies.is_empty()) else { return };
    out.extend(heading(&format!("Set in {}", config.file), width));
    for setting in &config.policies {
        let text = format!("{} {}: {}", setting.policy, what(setting), setting.reason);
        out.extend(wrap::line(&text, width, "  ", "    "));
    }
    out.push(String::new());
}

/// What became of a policy.
pub(crate) fn what(setting: &PolicySummary) -> String {
    match (setting.enabled, setting.severity) {
        (false, _) => format!("is off, {}", hidden(setting.hidden)),
        (true, Some(severity)) => format!("counts as {}", words::severity(severity)),
        (true, None) => "is on".to_owned(),
    }
}

fn hidden(hidden: Hidden) -> String {
    let parts = [(hidden.error, "error"), (hidden.warning, "warning"), (hidden.note, "note")];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, word)| words::count(number, word)).collect();
    if parts.is_empty() { "and would find nothing".to_owned() } else { format!("{} not shown", words::list(&parts)) }
}

/// The entries of the baseline that nothing is left of.
pub(super) fn gone(report: &Report, width: usize, out: &mut Vec<String>) {
    let Some(baseline) = report.baseline.as_ref().filter(|baseline| !baseline.gone.is_empty()) else { return };
    out.extend(heading(&format!("No longer found, and still in {}", baseline.file), width));
    for entry in baseline.gone.iter().take(SHOWN_ENTRIES) {
        out.extend(wrap::line(&row(entry), width, "  ", "    "));
    }
    if baseline.gone.len() > SHOWN_ENTRIES {
        out.push(format!("  and {} more, in the JSON report", baseline.gone.len() - SHOWN_ENTRIES));
    }
    out.push(String::new());
}

/// What an entry of a baseline was about.
pub(crate) fn row(entry: &Entry) -> String {
    let origin = entry.origin.as_ref().map(|id| format!("origin \"{id}\""));
    let parts: Vec<&str> =
        [&entry.distribution, &origin, &entry.subject].into_iter().flatten().map(String::as_str).collect();
    if parts.is_empty() { entry.policy.clone() } else { format!("{}: {}", entry.policy, parts.join(" → ")) }
}

/// What policies of the user's own were asked, and what is exempt: who reads of a pass must learn that too.
pub(super) fn own(report: &Report, width: usize, out: &mut Vec<String>) {
    let Some(own) = &report.own else { return };
    out.extend(heading(&own_heading(own), width));
    for row in own_rows(own) {
        out.extend(wrap::line(&row, width, "  ", "    "));
    }
    out.push(String::new());
}

/// Where they came from.
pub(crate) fn own_heading(own: &OwnSummary) -> String {
    format!("Your own policies, {}", words::count(own.files, "file"))
}

/// By package over all plans, what came of them, and below it each rule that is exempt.
pub(crate) fn own_rows(own: &OwnSummary) -> Vec<String> {
    let mut packages: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut exempt: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for record in &own.records {
        let counts = packages.entry(&record.namespace).or_default();
        for (all, of) in counts.iter_mut().zip([record.failures, record.warnings, record.successes]) {
            *all += of;
        }
        for exception in &record.exceptions {
            *exempt.entry((&record.namespace, &exception.rule)).or_default() += exception.left_out;
        }
    }
    let mut rows = Vec::new();
    for (package, [failures, warnings, successes]) in packages {
        // Every rule that is asked leaves a trace.
        if failures + warnings + successes == 0 && !exempt.keys().any(|(of, _)| *of == package) {
            rows.push(format!("{package}: nothing is asked there, for it has no rule `deny`, `violation` or `warn`"));
            continue;
        }
        let (failures, warnings) = (words::count(failures, "error"), words::count(warnings, "warning"));
        rows.push(format!("{package}: {failures}, {warnings}, {successes} passed"));
        for ((_, rule), left_out) in exempt.iter().filter(|((of, _), _)| *of == package) {
            rows.push(format!(
                "{package}.{rule} is exempt by `exception`, {} left out",
                words::count(*left_out, "finding")
            ));
        }
    }
    rows
}

fn heading(text: &str, width: usize) -> impl Iterator<Item = String> {
    wrap::line(text, width, "", "  ").into_iter().map(|line| paint(BOLD, &line))
}
