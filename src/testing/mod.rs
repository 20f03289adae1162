//! What came of the unit tests of policies: counted, judged, and written for people, for programs and for hosts of CI.

pub mod json;
pub mod junit;
mod lines;
pub mod text;

use schemars::JsonSchema;
use serde::Serialize;

pub use self::lines::{Coverage, FileLines, Lines};
use crate::own::OwnError;
use crate::rego::testing::{Ended, Outcome, TestResult};
use crate::report::ReportError;

/// What the JSON document calls itself.
pub const SCHEMA: &str = "oacguard.test/v1";

/// What came of running tests.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// What this document is.
    pub schema: String,
    /// What came of it, in a word.
    pub verdict: Verdict,
    /// How many tests ended how.
    pub summary: Summary,
    /// Each test, in the order of the files.
    pub tests: Vec<Test>,
    /// Which lines the tests reached; null unless it was asked for.
    pub coverage: Option<Coverage>,
    /// Why there is no verdict, beside tests that ended in an error.
    pub errors: Vec<Problem>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All tests that were run passed, and they reach as many lines as was asked for.
    Pass,
    /// A test failed, or too few lines were reached.
    Fail,
    /// It cannot be told.
    None,
}

/// How many tests ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, JsonSchema)]
pub struct Summary {
    /// All of them.
    pub tests: usize,
    /// Those that are `true`.
    pub passed: usize,
    /// Those that are not.
    pub failed: usize,
    /// Those of which it cannot be told.
    pub errors: usize,
    /// Those that were not run, since they are to be done.
    pub skipped: usize,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Test {
    /// The package, without `data.`.
    pub package: String,
    /// The rule.
    pub name: String,
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// How it ended.
    pub result: Ending,
    /// Why it did not pass.
    pub why: Option<String>,
    /// What it printed.
    pub prints: Vec<String>,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// It is `true`.
    Passed,
    /// It is undefined, `false` or any other value.
    Failed,
    /// It cannot be told, for instance because it did not finish in time.
    Error,
    /// It was not run, since its name begins with `todo_test_`.
    Skipped,
}

/// Why tests could not be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// A stable word for it.
    pub kind: String,
    /// What is wrong and where.
    pub message: String,
    /// What to do next.
    pub help: String,
}

impl Report {
    /// The report on `outcome`, with the lines reached if they are wanted, and the percentage of them that is asked for.
    pub fn of(outcome: Outcome, coverage: bool, threshold: Option<f64>) -> Self {
        let tests: Vec<Test> = outcome.tests.into_iter().map(Test::from).collect();
        let ended = |wanted: Ending| tests.iter().filter(|test| test.result == wanted).count();
        let summary = Summary {
            tests: tests.len(),
            passed: ended(Ending::Passed),
            failed: ended(Ending::Failed),
            errors: ended(Ending::Error),
            skipped: ended(Ending::Skipped),
        };
        let coverage = coverage.then(|| Coverage::of(&outcome.coverage, threshold));
        let untold = coverage.as_ref().filter(|coverage| threshold.is_some() && coverage.lines == 0);
        let errors: Vec<Problem> = untold.map(|_| Problem::nothing_to_reach()).into_iter().collect();
        let below = coverage.as_ref().is_some_and(Coverage::is_below);
        let verdict = if summary.errors > 0 || !errors.is_empty() {
            Verdict::None
        } else if summary.failed > 0 || below {
            Verdict::Fail
        } else {
            Verdict::Pass
        };
        Self { schema: SCHEMA.to_owned(), verdict, summary, tests, coverage, errors }
    }

    /// The report on tests that could not be run.
    pub fn refused(error: &OwnError) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            verdict: Verdict::None,
            summary: Summary::default(),
            tests: Vec::new(),
            coverage: None,
            errors: vec![Problem::of(error)],
        }
    }

    /// What went wrong, as other reports have it.
    pub fn errors(&self) -> Vec<ReportError> {
        self.errors.iter().map(ReportError::from).collect()
    }
}

impl Problem {
    fn of(error: &OwnError) -> Self {
        let help = match error {
            OwnError::Unreadable { .. } | OwnError::NoPolicies { .. } => {
                "name the files or folders that hold the policies and their tests"
            }
            OwnError::Policy(_) => "mend it; no test was run",
            OwnError::Process { .. } => "check what the test does there; the others were not run to their end either",
            error => error.help(),
        };
        let ReportError { kind, message, .. } = ReportError::from(error.clone());
        Self { kind, message, help: help.to_owned() }
    }

    fn nothing_to_reach() -> Self {
        Self {
            kind: "own-policy".to_owned(),
            message: "there are no lines that tests could reach: no file but those called `…_test.rego` has any"
                .to_owned(),
            help: "name the policies as well as their tests, or leave --threshold out".to_owned(),
        }
    }
}

impl From<&Problem> for ReportError {
    fn from(problem: &Problem) -> Self {
        let Problem { kind, message, help } = problem.clone();
        Self { plan: None, kind, message, help }
    }
}

impl From<TestResult> for Test {
    fn from(test: TestResult) -> Self {
        let TestResult { package, name, file, line, ended, prints } = test;
        let (result, why) = match ended {
            Ended::Passed => (Ending::Passed, None),
            Ended::Failed(why) => (Ending::Failed, Some(why)),
            Ended::Error(why) => (Ending::Error, Some(why)),
            Ended::Skipped => (Ending::Skipped, None),
        };
        Self { package, name, file, line, result, why, prints }
    }
}
