//! Results of tests for people: what did not pass, where and why; then the lines not reached; then the counts.

use super::{Coverage, Ending, FileLines, Lines, Report, Test, Verdict};
use crate::report::plain;
use crate::report::text::style::{BAD, BOLD, DOUBT, GOOD, paint};
use crate::report::text::{self, MAX_WIDTH, MIN_WIDTH, wrap};

/// How many ranges of lines that were not reached are named for one file.
const RANGES: usize = 20;

/// The text, with ANSI styles. `all` names the tests that passed as well.
pub fn render(report: &Report, all: bool, width: usize) -> String {
    let width = width.clamp(MIN_WIDTH, MAX_WIDTH);
    let mut out: Vec<String> = Vec::new();
    for test in &report.tests {
        show(test, all, width, &mut out);
    }
    if out.last().is_some_and(|line| !line.is_empty()) {
        out.push(String::new());
    }
    for error in report.errors() {
        out.extend([text::error(&error, width)]);
    }
    if let Some(coverage) = &report.coverage {
        out.extend(covered(coverage).into_iter().map(|line| plain::line(&line).into_owned()));
        out.push(String::new());
    }
    out.push(closing(report));
    out.push(String::new());
    out.join("\n")
}

/// A test in a line, and below it why it did not pass and what it printed.
fn show(test: &Test, all: bool, width: usize, out: &mut Vec<String>) {
    let (word, style) = match test.result {
        Ending::Passed if all => ("pass", GOOD),
        Ending::Passed => return,
        Ending::Failed => ("fail", BAD),
        Ending::Error => ("error", BAD),
        Ending::Skipped => ("skip", DOUBT),
    };
    let name = format!("[{}.{}]", plain::line(&test.package), plain::line(&test.name));
    let place = format!("{}:{}", plain::line(&test.file), test.line);
    let Some(why) = &test.why else {
        out.push(format!("{}{} {place}", paint(style, word), paint(BOLD, &name)));
        return;
    };
    if out.last().is_some_and(|line| !line.is_empty()) {
        out.push(String::new());
    }
    out.push(format!("{}{} {place}", paint(style, word), paint(BOLD, &name)));
    out.extend(wrap::prose(why, width, "  ", "  "));
    for (at, print) in test.prints.iter().enumerate() {
        // Whole, since it is for copying.
        let label = if at == 0 { paint(BOLD, "Printed") } else { " ".repeat("Printed".len()) };
        out.push(format!("  {label}  {}", plain::line(print)));
    }
    out.push(String::new());
}

/// A line for all files and one for each, without styles; names in them are as they are.
pub(super) fn covered(coverage: &Coverage) -> Vec<String> {
    let head = format!("coverage: {}, {} of {} lines", percent(coverage.percent), coverage.covered, coverage.lines);
    std::iter::once(head).chain(coverage.files.iter().map(file)).collect()
}

fn file(of: &FileLines) -> String {
    let named: Vec<String> = of.not_covered.iter().take(RANGES).copied().map(range).collect();
    let more = if of.not_covered.len() > RANGES { " and more" } else { "" };
    let missed = match of.not_covered.as_slice() {
        [] => String::new(),
        [Lines { from, to }] if from == to => format!(", not line {from}"),
        _ => format!(", not lines {}{more}", named.join(", ")),
    };
    format!("  {:>7}  {}{missed}", percent(of.percent), of.file)
}

fn range(Lines { from, to }: Lines) -> String {
    if from == to { from.to_string() } else { format!("{from}–{to}") }
}

fn percent(number: f64) -> String {
    format!("{number} %")
}

/// That fewer lines are reached than was asked for.
pub(super) fn below(coverage: &Coverage) -> Option<String> {
    let threshold = coverage.threshold.filter(|_| coverage.is_below())?;
    Some(format!("coverage is {}, and --threshold asks for {}", percent(coverage.percent), percent(threshold)))
}

/// The verdict, and what it rests on.
fn closing(report: &Report) -> String {
    let (word, style) = match report.verdict {
        Verdict::Pass => ("pass", GOOD),
        Verdict::Fail => ("fail", BAD),
        Verdict::None => ("no verdict", DOUBT),
    };
    let summary = report.summary;
    let errors = (summary.errors > 0).then(|| format!("{} without a result", summary.errors));
    let counts = [format!("{} passed", summary.passed), format!("{} failed", summary.failed)];
    let parts = counts.into_iter().chain(errors).chain([format!("{} skipped", summary.skipped)]);
    let counts = parts.collect::<Vec<_>>().join(", ");
    let text = if summary.tests == 0 { "no test was run".to_owned() } else { counts };
    let below = report.coverage.as_ref().and_then(below).map(|below| format!("; {below}")).unwrap_or_default();
    format!("{}: {text}{below}", paint(style, word))
}
