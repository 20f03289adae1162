//! The comment of an Atlantis policy check that is a `run` step. Atlantis decides by reading this text: see [`render`].
//!
//! Source: <https://www.runatlantis.io/docs/custom-policy-checks.html> and
//! <https://github.com/runatlantis/atlantis/blob/main/server/events/project_command_runner.go>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::view::{Standing, View};
use super::{Verdict, issues, plain, text, words};
use crate::finding::{Finding, Severity};
use crate::judge;

/// How many characters the text has at most. The smallest host takes comments of 32,768, and Atlantis adds words of its own.
pub(super) const LIMIT: usize = 28_000;
/// How many of them the lines of findings that block may take.
pub(super) const FAILURES: usize = 14_000;
/// How many of them the lines of warnings may take.
pub(super) const WARNINGS: usize = 4_000;
/// How long one such line may be.
const LINE: usize = 1_000;

/// The report, read by Atlantis as what the verdict says.
///
/// Atlantis takes for a failure a text that is empty, starts with `FAIL` or counts failures, and in releases before December
/// 2025 every text with the letters "fail" in it. So a pass has these letters nowhere, not even in names, and anything else
/// starts with `FAIL` and counts. Approvals may hold on to lines that begin with `FAIL`: there is one for each finding that
/// blocks, and it says nothing that differs from one run to the next, such as the name of the only plan.
pub fn render(view: View<'_>) -> String {
    let report = text::without_forged_lines(view.report);
    let view = View { report: &report, ..view };
    let verdict = text::verdict_line(view.report, view.options);
    let (blocking, warnings) = (blocking(view), warnings(view));
    let counted = if view.report.verdict == Verdict::Block { Fail::Counts } else { Fail::Anywhere };
    let mut head = Vec::new();
    match view.report.verdict {
        Verdict::Pass => head.push(safe(&verdict, counted)),
        Verdict::Block => {}
        Verdict::None => head.push(format!("FAIL - {}", safe(&verdict, counted))),
    }
    let row = |finding: &Finding| safe(&row(view, finding), counted);
    head.extend(lines("FAIL", &blocking, FAILURES, row));
    head.extend(lines("WARN", &warnings, WARNINGS, row));
    if view.report.verdict != Verdict::Pass {
        // Should a step mix in what stands on standard error, the count still tells.
        let number = (view.report.errors.len() + blocking.len()).max(1);
        head.extend([String::new(), words::count(number, "failure")]);
    }
    with_detail(&head, view, counted)
}

/// The findings that block, in the order of the report.
pub(super) fn blocking(view: View<'_>) -> Vec<&Finding> {
    view.report.findings.iter().filter(|finding| view.blocks(finding)).collect()
}

/// The findings that do not block and are more than a note.
pub(super) fn warnings(view: View<'_>) -> Vec<&Finding> {
    let serious = |finding: &&Finding| finding.severity > Severity::Note && Standing::of(finding) == Standing::Open;
    view.report.findings.iter().filter(|finding| !view.blocks(finding)).filter(serious).collect()
}

/// A line for each of `findings`, opened by `word`; where `room` ends, one line stands for the others.
///
/// That line changes with what it stands for, so that an approval of it is no approval of other findings.
pub(super) fn lines(word: &str, findings: &[&Finding], room: usize, row: impl Fn(&Finding) -> String) -> Vec<String> {
    let mut out = Vec::new();
    let mut used = 0;
    for (at, finding) in findings.iter().enumerate() {
        let line = clipped(format!("{word} - {}", row(finding)));
        used += line.chars().count() + 1;
        if used > room {
            let rest = findings.get(at..).unwrap_or_default();
            let mut policies: BTreeMap<&str, usize> = BTreeMap::new();
            for finding in rest {
                *policies.entry(&finding.policy).or_default() += 1;
            }
            let policies: Vec<String> = policies.into_iter().map(|(id, number)| format!("{id} ({number})")).collect();
            let rows: Vec<String> = rest.iter().map(|finding| row(finding)).collect();
            let print = judge::fingerprint(rows.iter().map(|row| Some(row.as_str())));
            let policies = plain::line(&words::list(&policies)).into_owned();
            out.push(format!("{word} - {} more - {} ({print})", rest.len(), safe(&policies, Fail::Anywhere)));
            break;
        }
        out.push(line);
    }
    out
}

/// A finding in one line: the policy, the place and what is wrong.
pub(super) fn row(view: View<'_>, finding: &Finding) -> String {
    let origin = finding.origin.as_ref().map(|id| format!("origin \"{id}\""));
    // What tells one finding from another must be in the line.
    let subject = finding.subject.clone().filter(|subject| !finding.message.contains(subject.as_str()));
    let plan = (view.report.plans.len() > 1).then(|| finding.plan.clone());
    let place = [plan, finding.distribution.clone(), origin, subject];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join(" → ");
    let place = if place.is_empty() { place } else { format!("{place}: ") };
    plain::line(&format!("{} - {place}{}", finding.policy, finding.message)).into_owned()
}

/// `head` with the report as people read it below, as far as there is room.
pub(super) fn with_detail(head: &[String], view: View<'_>, counted: Fail) -> String {
    let mut out = head.join("\n");
    out.push_str("\n\n");
    let detail = safe(&issues::detail(view), counted);
    let mut room = LIMIT.saturating_sub(out.chars().count() + 100);
    let all = detail.lines().count();
    for (at, line) in detail.lines().enumerate() {
        let length = line.chars().count() + 1;
        if length > room {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "… {} left out; `oacguard check` prints them", words::count(all - at, "line"));
            break;
        }
        room -= length;
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// `line` as long as it may be; what is cut off leaves a fingerprint, so that the line changes when it does.
fn clipped(line: String) -> String {
    match line.char_indices().nth(LINE) {
        Some((end, _)) => {
            let print = judge::fingerprint([Some(line.as_str())]);
            format!("{}… ({print})", line.get(..end).unwrap_or_default())
        }
        None => line,
    }
}

/// What about the word would be misread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fail {
    /// The letters, wherever they stand.
    Anywhere,
    /// Only a number of failures.
    Counts,
}

/// `text` with an escape for what Atlantis would obey: the word as `fail` says; three backquotes, which would end the block
/// of code that the comment shows it in; and `\n` written out, which Atlantis makes a line break of.
pub(super) fn safe(text: &str, fail: Fail) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = [' '; 2];
    for (at, c) in text.char_indices() {
        let rest = text.get(at..).unwrap_or_default();
        let counts = before == ['0', ' '] && rest.starts_with("failure");
        let misread = match fail {
            Fail::Anywhere => spells_fail(rest),
            Fail::Counts => counts,
        };
        match c {
            '`' if rest.starts_with("```") => out.push_str("\\u0060"),
            '\\' if rest.starts_with("\\n") => out.push_str("\\u005c"),
            'f' if misread => out.push_str("\\u0066"),
            'F' if misread => out.push_str("\\u0046"),
            _ => out.push(c),
        }
        before = [before[1], if c.is_ascii_digit() { '0' } else { c }];
    }
    out
}

/// Whether `rest` starts with the letters, in whatever case; some hosts take `İ` for an `i`.
fn spells_fail(rest: &str) -> bool {
    let mut letters = rest.chars().map(|c| c.to_lowercase().next().unwrap_or(c));
    "fail".chars().all(|letter| letters.next() == Some(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_misread_is_escaped() {
        assert_eq!(
            safe("it fails, FAİL, fa il", Fail::Anywhere),
            "it \\u0066ails, \\u0046Aİl, fa il".replace("Aİl", "AİL")
        );
        assert_eq!(safe("2 failures fail", Fail::Counts), "2 \\u0066ailures fail");
        assert_eq!(safe("a ````b`` c", Fail::Counts), "a \\u0060\\u0060``b`` c");
        assert_eq!(safe("a\\nb", Fail::Counts), "a\\u005cnb");
    }
}
