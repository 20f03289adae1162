//! The interpreter, kept on a leash: loading with our own checks, a deep stack, time limits, and errors instead of panics.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine, LimitError, Value};
use serde::Serialize;

use super::checks;
use super::error::PolicyError;
use crate::report::plain;

/// Deep enough for any policy without recursion; the default of the main thread is not guaranteed elsewhere.
const STACK: usize = 64 * 1024 * 1024;

/// What ends a line, at a terminal or in a document.
const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// How many steps the interpreter takes between two looks at the clock.
const CHECK_INTERVAL: NonZeroU32 = NonZeroU32::new(64).unwrap();

/// How long evaluation may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// One rule.
    pub(super) rule: Duration,
    /// All rules of a run together.
    pub(super) total: Duration,
}

impl Limits {
    /// The same for something larger.
    pub(super) fn times(self, size: u32) -> Self {
        Self { rule: self.rule.saturating_mul(size), total: self.total.saturating_mul(size) }
    }
}

/// Runs `work` on a thread of its own with a deep stack; a panic there becomes an error.
pub(super) fn on_deep_stack<T: Send>(work: impl FnOnce() -> Result<T, PolicyError> + Send) -> Result<T, PolicyError> {
    thread::scope(|scope| finish(start(scope, work)?))
}

/// A thread that ends with an answer.
pub(super) type Worker<'scope, T> = ScopedJoinHandle<'scope, Result<T, PolicyError>>;

/// Starts `work` on a thread of its own with a deep stack.
pub(super) fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> Result<T, PolicyError> + Send + 'scope,
) -> Result<Worker<'scope, T>, PolicyError> {
    thread::Builder::new()
        .name("policies".to_owned())
        .stack_size(STACK)
        .spawn_scoped(scope, work)
        .map_err(|error| PolicyError::Stopped(error.to_string()))
}

/// Waits for the answer of a thread; a panic there becomes an error.
pub(super) fn finish<T>(worker: Worker<'_, T>) -> Result<T, PolicyError> {
    worker.join().unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        Err(PolicyError::Stopped(text.unwrap_or_else(|| "panic without a message".to_owned())))
    })
}

/// An engine that holds `sources`, checked and prepared: a copy of it evaluates at once.
///
/// # Errors
/// A source that is not Rego, a call of an unknown function, recursion, or anything the interpreter refuses.
pub(super) fn prepare<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Engine, PolicyError> {
    let sources = sources.into_iter().map(|(file, source)| (file, source.into()));
    let mut engine = parse(sources)?;
    checks::calls(engine.get_modules().iter().map(AsRef::as_ref))?;
    ready(engine)
}

/// The same of sources that have passed our own checks before.
///
/// # Errors
/// Whatever the interpreter refuses.
pub(super) fn prepare_trusted<'a>(
    sources: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>,
) -> Result<Engine, PolicyError> {
    ready(parse(sources)?)
}

fn parse<'a>(sources: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>) -> Result<Engine, PolicyError> {
    let mut engine = Engine::new();
    // Prints would go to standard error unasked; the test runner shows them.
    engine.set_gather_prints(true);
    // A built-in that fails aborts the evaluation. Under OPA the expression would be undefined, which could hide a finding.
    engine.set_strict_builtin_errors(true);
    for (file, source) in sources {
        let source = source.strip_prefix('\u{feff}').map_or_else(|| source.to_string(), str::to_owned);
        engine
            .add_policy(file.to_owned(), source)
            .map_err(|error| PolicyError::Syntax { file: file.to_owned(), message: text(&error) })?;
    }
    Ok(engine)
}

fn ready(mut engine: Engine) -> Result<Engine, PolicyError> {
    // Any query makes the engine prepare; one unsafe variable in any module fails here and not in the middle of a run.
    engine
        .eval_query("true".to_owned(), false)
        .map_err(|error| PolicyError::Evaluation { policy: "(all)".to_owned(), message: text(&error) })?;
    Ok(engine)
}

/// One run: a copy of a prepared engine, its input, and the time it has.
pub(super) struct Run {
    engine: Engine,
    limits: Limits,
    end: Instant,
}

impl Run {
    /// A run of a copy of `engine` that is to see one input after the other.
    pub(super) fn over(engine: &Engine, limits: Limits) -> Self {
        Self { engine: engine.clone(), limits, end: Instant::now() + limits.total }
    }

    /// Lets it see `input` from now on, which is one of [`object`], with as much time again as these limits allow.
    pub(super) fn see(&mut self, input: Value, limits: Limits) {
        self.engine.set_input(input);
        self.limits = limits;
        self.end = Instant::now() + limits.total;
    }

    /// A run without input that notes which lines it reaches.
    pub(super) fn covering(engine: &Engine, limits: Limits) -> Self {
        let mut engine = engine.clone();
        engine.set_enable_coverage(true);
        Self { engine, limits, end: Instant::now() + limits.total }
    }

    /// What the rule at `rule` (`data.a.b`) evaluates to; `name` is what errors call it.
    ///
    /// # Errors
    /// No such rule, a failure in it, or no time left.
    pub(super) fn rule(&mut self, rule: String, name: &str) -> Result<Value, PolicyError> {
        // The interpreter starts its clock anew for each rule, so the total is kept here.
        let limit = self.limits.rule.min(self.end.saturating_duration_since(Instant::now()));
        let timed_out = || PolicyError::TimeLimit { policy: name.to_owned(), limit };
        if limit.is_zero() {
            return Err(timed_out());
        }
        self.engine.set_execution_timer_config(ExecutionTimerConfig { limit, check_interval: CHECK_INTERVAL });
        self.engine.eval_rule(rule).map_err(|error| match error.downcast_ref::<LimitError>() {
            Some(LimitError::TimeLimitExceeded { .. }) => timed_out(),
            _ => PolicyError::Evaluation { policy: name.to_owned(), message: text(&error) },
        })
    }

    /// The lines of each file that were reached so far, and those that were not.
    pub(super) fn coverage(&self) -> Vec<FileCoverage> {
        let report = self.engine.get_coverage_report();
        report.map(|report| report.files).unwrap_or_default().into_iter().map(FileCoverage::from).collect()
    }

    /// What `print` said since the last call.
    pub(super) fn prints(&mut self) -> Vec<String> {
        self.engine.take_prints().unwrap_or_default()
    }
}

/// Which lines of a file tests reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCoverage {
    /// The file.
    pub file: String,
    /// Lines with an expression that was evaluated, counted from 1.
    pub covered: BTreeSet<u32>,
    /// Lines with expressions, none of which was evaluated.
    pub not_covered: BTreeSet<u32>,
}

impl From<regorus::coverage::File> for FileCoverage {
    fn from(file: regorus::coverage::File) -> Self {
        Self { file: file.path, covered: file.covered, not_covered: file.not_covered }
    }
}

/// `input` as the interpreter's object. Its own `From` turns what it cannot convert into undefined, which every policy
/// would pass; this way it is an error.
///
/// # Errors
/// An input that cannot become an object of the interpreter.
pub(super) fn object(input: &impl Serialize) -> Result<Value, PolicyError> {
    let failed = |error: serde_json::Error| PolicyError::Input(error.to_string());
    let mut json = serde_json::to_value(input).map_err(failed)?;
    in_one_line(&mut json);
    let value: Value = serde_json::from_value(json).map_err(failed)?;
    match value {
        Value::Object(_) => Ok(value),
        other => Err(PolicyError::Input(format!("they are not an object but {other}"))),
    }
}

/// Makes one line of every text: policies put names into texts of several lines, where a name with line breaks would pass for
/// some of them, be it a step of a fix.
fn in_one_line(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::String(text) if text.contains(BREAKS) => *text = plain::line(text).into_owned(),
        serde_json::Value::Array(items) => items.iter_mut().for_each(in_one_line),
        serde_json::Value::Object(members) => members.values_mut().for_each(in_one_line),
        _ => {}
    }
}

/// The interpreter's messages begin with a newline.
fn text(error: &impl std::fmt::Display) -> String {
    error.to_string().trim().to_owned()
}
