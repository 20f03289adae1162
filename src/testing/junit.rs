//! Results of tests for whoever shows those of other tests: a suite for each package, in the dialect of the program's other
//! reports.

use super::{Coverage, Ending, Report, Test, text};
use crate::report::format::RenderError;
use crate::report::junit::document;
use crate::report::junit::suite::{Case, Suite, TOOL, Verdict};
use crate::report::relative::relative;

/// The document.
///
/// # Errors
/// When it cannot be written as XML.
pub fn render(report: &Report) -> Result<String, RenderError> {
    let mut suites: Vec<Suite> = Vec::new();
    let mut add = |name: &str, case: Case| match suites.iter_mut().find(|suite| suite.name == name) {
        Some(suite) => suite.cases.push(case),
        None => suites.push(Suite { name: name.to_owned(), cases: vec![case] }),
    };
    for (number, error) in report.errors.iter().enumerate() {
        let body = format!("{}\n\nWhat to do:\n{}", error.message, error.help);
        let verdict = Verdict::Error { message: error.message.clone(), body };
        let name = format!("no verdict: {} ({})", error.kind, number + 1);
        add(TOOL, Case { class: TOOL.to_owned(), name, place: None, verdict });
    }
    for test in &report.tests {
        add(&test.package, case(test));
    }
    // Whatever else fails the run must be seen to.
    if let Some(coverage) = report.coverage.as_ref().filter(|coverage| coverage.threshold.is_some()) {
        let verdict = covered(coverage);
        add(TOOL, Case { class: TOOL.to_owned(), name: "coverage".to_owned(), place: None, verdict });
    }
    document(&suites)
}

fn case(test: &Test) -> Case {
    let message = test.why.clone().unwrap_or_default();
    let mut body = message.clone();
    if !test.prints.is_empty() {
        body = format!("{message}\n\nPrinted:\n{}", test.prints.join("\n"));
    }
    let verdict = match test.result {
        Ending::Passed => Verdict::Pass { said: None },
        Ending::Failed => Verdict::Failure { kind: "failed", message, body },
        Ending::Error => Verdict::Error { message, body },
        Ending::Skipped => Verdict::Skipped { message: "to be done".to_owned(), body: "to be done".to_owned() },
    };
    let place = Some((relative(&test.file), test.line));
    Case { class: test.package.clone(), name: test.name.clone(), place, verdict }
}

fn covered(coverage: &Coverage) -> Verdict {
    let body = text::covered(coverage).join("\n");
    match text::below(coverage) {
        Some(message) => Verdict::Failure { kind: "coverage", message, body },
        None => Verdict::Pass { said: Some(body) },
    }
}
