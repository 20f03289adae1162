//! Runs the unit tests of policies: rules called `test_…` in `_test.rego` files, which pass when they are `true`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use regorus::Value;
use walkdir::WalkDir;

use super::ast;
pub use super::engine::FileCoverage;
use super::engine::{self, Limits, Run, Settings};
use super::error::PolicyError;

/// A unit test has no business taking longer.
const LIMITS: Limits =
    Limits { rule: Duration::from_secs(10), total: Duration::from_mins(5), given: Duration::from_secs(10) };

/// What came of running tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Each test, in the order of the files.
    pub tests: Vec<TestResult>,
    /// Each file, tests included, in the order given.
    pub coverage: Vec<FileCoverage>,
}

/// The outcome of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The package, without `data.`.
    pub package: String,
    /// The rule.
    pub name: String,
    /// The file.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// Why it failed; `None` when it passed.
    pub failure: Option<String>,
    /// What it printed.
    pub prints: Vec<String>,
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

/// Runs every test in `files`, which hold policies and tests together, in the order of the files.
///
/// # Errors
/// Files that do not load, no test at all, or two tests of one name in one package (Rego would take them for one rule).
pub fn run(files: &[(String, String)]) -> Result<Outcome, PolicyError> {
    engine::on_deep_stack(|| {
        let mut engine =
            engine::prepare(files.iter().map(|(path, source)| (path.as_str(), source.as_str())), &Settings::BUNDLED)?;
        let mut tests = Vec::new();
        let mut seen = BTreeMap::new();
        for head in engine.get_modules().iter().flat_map(|module| ast::heads(module)) {
            if !head.name.starts_with("test_") {
                continue;
            }
            if let Some(line) = seen.insert((head.package.clone(), head.name.clone()), head.line) {
                let message =
                    format!("line {}: `{}` is already on line {line}; give it a name of its own", head.line, head.name);
                return Err(PolicyError::Contract { file: head.file, message });
            }
            tests.push(head);
        }
        if tests.is_empty() {
            let message = "there is no rule `test_…` in any file".to_owned();
            return Err(PolicyError::Contract { file: "(tests)".to_owned(), message });
        }
        let mut run = Run::covering(&engine, LIMITS);
        let results = tests.into_iter().map(|head| {
            let path = format!("data.{}.{}", head.package, head.name);
            let failure = match run.rule(path, &head.name) {
                Ok(Value::Bool(true)) => None,
                Ok(Value::Undefined) => Some("undefined: an expression in it is not true".to_owned()),
                Ok(other) => Some(format!("it is {other}, not true")),
                Err(error) => Some(error.to_string()),
            };
            TestResult {
                package: head.package,
                name: head.name,
                file: head.file,
                line: head.line,
                failure,
                prints: run.prints(),
            }
        });
        let tests = results.collect();
        Ok(Outcome { tests, coverage: run.coverage() })
    })
}
