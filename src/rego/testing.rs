//! Runs the unit tests of policies: rules called `test_…`, which pass when they are `true`.
//!
//! Each test starts from the same state and has a share of the time, so that neither its result nor its turn depends on the
//! others.

mod coverage;
mod find;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use regex::Regex;
use regorus::unstable::Module;
use regorus::{Engine, Value};
use serde::{Deserialize, Serialize};
use serde_json::Map;
use walkdir::WalkDir;

use self::coverage::Coverage;
use self::find::Test;
use super::ast::Head;
pub use super::engine::FileCoverage;
use super::engine::{self, Limits, Run, Settings};
use super::error::PolicyError;
use super::own::guard;
use crate::report::cut::cut;

/// How long the tests of the program's own policies may take together.
const TIME: Duration = Duration::from_mins(5);

/// How many characters of a value, and how many prints of one test, anybody reads.
const VALUE: usize = 1_000;
const PRINTS: usize = 100;

/// Policies with their tests, and how to run them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Suite {
    /// The files, policies and tests together, as (path, source).
    pub files: Vec<(String, String)>,
    /// What stands below `data`, beside packages.
    pub data: Map<String, serde_json::Value>,
    /// Whether they are written in the Rego of before OPA 1.0.
    pub v0: bool,
    /// A regular expression for the tests to run, as `package.name`; all if there is none.
    pub only: Option<String>,
    /// Whether to note which lines the tests reach.
    pub coverage: bool,
    /// How long all may take together.
    pub time: Duration,
    /// What `time.now_ns` gives, in nanoseconds since 1970.
    pub now: i64,
}

/// What came of running tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Each test, in the order of the files.
    pub tests: Vec<TestResult>,
    /// Each file, tests included, in the order given; nothing unless it was asked for.
    pub coverage: Vec<FileCoverage>,
}

/// The outcome of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// The package, without `data.`.
    pub package: String,
    /// The rule.
    pub name: String,
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// How it ended.
    pub ended: Ended,
    /// What it printed.
    pub prints: Vec<String>,
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ended {
    /// It is `true`.
    Passed,
    /// It is not, in words.
    Failed(String),
    /// It could not be told whether it is, and why.
    Error(String),
    /// It is to be done: its name begins with `todo_test_`.
    Skipped,
}

impl Ended {
    /// Why it did not pass.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Failed(why) | Self::Error(why) => Some(why),
            Self::Passed | Self::Skipped => None,
        }
    }
}

/// The Rego files below `root`, tests included, as (path, source) in the order of their paths.
///
/// # Errors
/// A folder or file that cannot be read.
pub fn read_folder(root: &Path) -> Result<Vec<(String, String)>, PolicyError> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| PolicyError::Contract {
        file: path.display().to_string(),
        message: format!("cannot be read: {error}"),
    };
    let mut files = Vec::new();
    for entry in WalkDir::new(root).sort_by_file_name() {
        let entry = entry.map_err(|error| failed(error.path().unwrap_or(root), &error))?;
        let path = entry.path();
        if entry.file_type().is_file() && path.extension().is_some_and(|extension| extension == "rego") {
            let source = fs::read_to_string(path).map_err(|error| failed(path, &error))?;
            files.push((path.display().to_string(), source));
        }
    }
    files.sort();
    Ok(files)
}

/// Runs every test in `files`, which hold policies of the program and their tests, with all that it holds its policies to.
///
/// # Errors
/// As [`Suite::run`].
pub fn run(files: &[(String, String)]) -> Result<Outcome, PolicyError> {
    let suite =
        Suite { files: files.to_vec(), data: Map::new(), v0: false, only: None, coverage: true, time: TIME, now: 0 };
    engine::on_deep_stack(|| suite.run_under(&Settings::BUNDLED, &mut |_| {}))
}

impl Suite {
    /// Runs the tests as those of the user's own policies, and tells `watch` of each before. The stack should be deep.
    ///
    /// # Errors
    /// Files that do not load, data in the place of a rule, no test to run, or two tests of one name in one package (Rego would
    /// take them for one rule).
    pub fn run(&self, watch: &mut dyn FnMut(&str)) -> Result<Outcome, PolicyError> {
        self.run_under(&Settings::own(self.v0, self.now), watch)
    }

    fn run_under(&self, settings: &Settings, watch: &mut dyn FnMut(&str)) -> Result<Outcome, PolicyError> {
        let end = Instant::now() + self.time;
        watch("(loading)");
        let sources = self.files.iter().map(|(path, source)| (path.as_str(), source.as_str()));
        let mut engine = engine::prepare(sources, settings)?;
        let modules: Vec<_> = engine.get_modules().clone();
        let modules: Vec<&Module> = modules.iter().map(AsRef::as_ref).collect();
        guard::masks(&modules, &self.data)?;
        let tests = find::tests(&modules, self.only()?.as_ref())?;
        let data = engine::value(serde_json::Value::Object(self.data.clone()))?;
        engine.add_data(data).map_err(|error| PolicyError::Input(engine::text(&error)))?;
        let mut results = Vec::new();
        let mut coverage = Coverage::default();
        let mut runner = Runner { engine: &engine, run: None, covering: self.coverage };
        let mut waiting = tests.iter().filter(|test| !find::is_to_do(&test.head.name)).count();
        for test in tests {
            let (ended, prints) = if find::is_to_do(&test.head.name) {
                (Ended::Skipped, Vec::new())
            } else {
                watch(&test.head.full_name());
                let left = end.saturating_duration_since(Instant::now());
                // Half of what is left leaves something for each of the others, however many of them take all they get.
                let share = if waiting > 1 { left / 2 } else { left };
                waiting -= 1;
                runner.ended(&test, Limits { rule: share, total: share, given: self.time }, &mut coverage)
            };
            let Head { package, name, file, line, .. } = test.head;
            results.push(TestResult { package, name, file, line, ended, prints });
        }
        runner.note(&mut coverage);
        let coverage = if self.coverage { coverage.of(&modules) } else { Vec::new() };
        Ok(Outcome { tests: results, coverage })
    }

    /// The regular expression for the tests to run.
    fn only(&self) -> Result<Option<Regex>, PolicyError> {
        let only = self.only.as_deref().map(Regex::new).transpose();
        only.map_err(|error| PolicyError::NothingToAsk { message: error.to_string() })
    }
}

/// Runs tests on copies of an engine.
struct Runner<'e> {
    engine: &'e Engine,
    /// The copy at work.
    run: Option<Run>,
    covering: bool,
}

impl Runner<'_> {
    /// How a test ends, and what it prints.
    fn ended(&mut self, test: &Test, limits: Limits, coverage: &mut Coverage) -> (Ended, Vec<String>) {
        let run = self.run.get_or_insert_with(|| Run::without_input(self.engine, limits, self.covering));
        run.limit(limits);
        let ended = match run.rule(test.path.clone(), &test.head.name) {
            Ok(Value::Bool(true)) => Ended::Passed,
            Ok(Value::Bool(false)) => Ended::Failed("it is false".to_owned()),
            Ok(Value::Undefined) => Ended::Failed("it is undefined: an expression in it is not true".to_owned()),
            Ok(other) => Ended::Failed(cut(&format!("it is {other}, not true"), VALUE).into_owned()),
            Err(PolicyError::TimeLimit { limit, .. }) => Ended::Error(format!(
                "it did not finish within its share of the {} seconds for all tests; mend it, or allow more with \
                 --policy-timeout",
                limit.as_secs_f32()
            )),
            Err(PolicyError::Evaluation { message, .. }) => Ended::Error(message),
            Err(error) => Ended::Error(error.to_string()),
        };
        let mut prints = run.prints();
        let more = prints.len().saturating_sub(PRINTS);
        prints.truncate(PRINTS);
        prints.extend((more > 0).then(|| format!("… and {more} more")));
        if matches!(ended, Ended::Error(_)) {
            // Where it stopped, stand-ins of `with` may still be in place.
            self.note(coverage);
        }
        (ended, prints)
    }

    /// Notes what the copy at work has reached, and gives it up.
    fn note(&mut self, coverage: &mut Coverage) {
        if let Some(run) = self.run.take().filter(|_| self.covering) {
            coverage.add(run.coverage());
        }
    }
}

#[cfg(test)]
mod tests;
