//! The interpreter, kept on a leash: loading with our own checks, a deep stack, time limits, and errors instead of panics.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroUsize};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use regorus::unstable::{Module, Ref};
use regorus::utils::limits::{ExecutionTimerConfig, PolicyLengthConfig};
use regorus::{Engine, LimitError, Value};
use serde::{Deserialize, Serialize};

use super::checks;
use super::error::PolicyError;
use super::own::{builtins, guard, iteration, negation};
use crate::report::plain;

/// Deep enough for any policy without recursion; the default of the main thread is not guaranteed elsewhere.
const STACK: usize = 64 * 1024 * 1024;

/// What ends a line, at a terminal or in a document.
const BREAKS: [char; 7] = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];

/// What the interpreter says of a second body of a rule in the Rego of before OPA 1.0, and what there is to say.
const BODIES: &str = "else cannot be used with set rules";
const BODIES_HELP: &str = "a body that follows another cannot be read here; write the head of the rule again before it";

/// What there is to say of a negation that cannot be put as OPA understands it.
const NEGATION: &str = "what is given to a function after `not` cannot be looked at before it is negated; put it on one line, \
                        without a comment in between, or give it a name before the `not`";

/// How many steps the interpreter takes between two looks at the clock.
const CHECK_INTERVAL: NonZeroU32 = NonZeroU32::new(64).unwrap();

/// The longest lines, in columns, and files, in bytes and lines, of the user's own: more than people write.
const OWN_LENGTH: PolicyLengthConfig = PolicyLengthConfig {
    max_col: NonZeroU32::new(64 * 1024).unwrap(),
    max_file_bytes: NonZeroUsize::new(8 * 1024 * 1024).unwrap(),
    max_lines: NonZeroUsize::new(200_000).unwrap(),
};

/// How long evaluation may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// One rule.
    pub(super) rule: Duration,
    /// All rules of a run together.
    pub(super) total: Duration,
    /// What was given at first, which errors name: there may be less left.
    pub(super) given: Duration,
}

/// What an engine holds its sources to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// Whether they are written in the Rego of before OPA 1.0.
    v0: bool,
    /// Whether they are the user's own, and get what those expect: OPA's leniency, built-ins that the interpreter lacks, a
    /// clock that gives this many nanoseconds since 1970.
    own: Option<i64>,
}

impl Settings {
    /// For policies that come with the program.
    pub(super) const BUNDLED: Self = Self { v0: false, own: None };

    /// For policies of the user's own.
    pub(super) fn own(v0: bool, now: i64) -> Self {
        Self { v0, own: Some(now) }
    }
}

impl Limits {
    /// The same for something larger.
    pub(super) fn times(self, size: u32) -> Self {
        Self {
            rule: self.rule.saturating_mul(size),
            total: self.total.saturating_mul(size),
            given: self.given.saturating_mul(size),
        }
    }
}

/// Runs `work` on a thread of its own with a deep stack; a panic there becomes an error.
pub(crate) fn on_deep_stack<T: Send>(work: impl FnOnce() -> Result<T, PolicyError> + Send) -> Result<T, PolicyError> {
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
pub(super) fn prepare<'a>(
    sources: impl IntoIterator<Item = (&'a str, &'a str)>,
    settings: &Settings,
) -> Result<Engine, PolicyError> {
    let mut engine = empty(settings)?;
    for (file, source) in sources {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        if settings.own.is_none() {
            add(&mut engine, file, source.to_owned())?;
            continue;
        }
        // What is wrong with it is told of what was written.
        let Ok(module) = parsed(file, source, settings) else {
            add(&mut engine, file, source.to_owned())?;
            continue;
        };
        guard::patterns(&module)?;
        let asked = negation::rewritten(&module).and_then(|source| parsed(file, &source, settings).ok());
        let asked =
            asked.ok_or_else(|| PolicyError::Contract { file: file.to_owned(), message: NEGATION.to_owned() })?;
        // Never the source as it was written instead: a `not` in it could mean something else than under OPA.
        add(&mut engine, file, iteration::rewritten(&asked))?;
    }
    let supplied = |name: &str| settings.own.is_some() && builtins::is_supplied(name, settings.v0);
    checks::calls(engine.get_modules().iter().map(AsRef::as_ref), &supplied)?;
    ready(engine)
}

/// The same of sources that come with the program and have passed our own checks before.
///
/// # Errors
/// Whatever the interpreter refuses.
pub(super) fn prepare_trusted<'a>(
    sources: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>,
) -> Result<Engine, PolicyError> {
    let mut engine = empty(&Settings::BUNDLED)?;
    for (file, source) in sources {
        add(&mut engine, file, source.into_owned())?;
    }
    ready(engine)
}

fn add(engine: &mut Engine, file: &str, source: String) -> Result<(), PolicyError> {
    let added = engine.add_policy(file.to_owned(), source);
    added.map(drop).map_err(|error| PolicyError::Syntax {
        file: file.to_owned(),
        message: text(&error).replace(BODIES, BODIES_HELP),
    })
}

fn ready(mut engine: Engine) -> Result<Engine, PolicyError> {
    // Any query makes the engine prepare; one unsafe variable in any module fails here and not in the middle of a run.
    engine
        .eval_query("true".to_owned(), false)
        .map_err(|error| PolicyError::Evaluation { policy: "(all)".to_owned(), message: text(&error) })?;
    Ok(engine)
}

/// An engine without sources.
fn empty(settings: &Settings) -> Result<Engine, PolicyError> {
    let mut engine = Engine::new();
    engine.set_rego_v0(settings.v0);
    // Prints would go to standard error unasked; the test runner shows them.
    engine.set_gather_prints(true);
    // A built-in that fails aborts the evaluation. Under OPA the expression would be undefined, which could hide a finding.
    engine.set_strict_builtin_errors(settings.own.is_none());
    if let Some(now) = settings.own {
        builtins::supply(&mut engine, settings.v0, now)?;
        engine.set_policy_length_config(OWN_LENGTH);
    }
    Ok(engine)
}

/// One source, read by itself.
fn parsed(file: &str, source: &str, settings: &Settings) -> Result<Ref<Module>, PolicyError> {
    let failed = |message: String| PolicyError::Syntax { file: file.to_owned(), message };
    let mut engine = empty(settings)?;
    engine.add_policy(file.to_owned(), source.to_owned()).map_err(|error| failed(text(&error)))?;
    engine.get_modules().first().cloned().ok_or_else(|| failed("it is empty".to_owned()))
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

    /// A run of an engine that nobody else needs over a document of the user's, which is taken as it is.
    ///
    /// # Errors
    /// A document that cannot become a value of the interpreter.
    pub(super) fn of_document(
        mut engine: Engine,
        document: serde_json::Value,
        limits: Limits,
    ) -> Result<Self, PolicyError> {
        engine.set_input(value(document)?);
        Ok(Self { engine, limits, end: Instant::now() + limits.total })
    }

    /// A run without input, which notes which lines it reaches if it is to be `covering`.
    pub(super) fn without_input(engine: &Engine, limits: Limits, covering: bool) -> Self {
        let mut engine = engine.clone();
        engine.set_enable_coverage(covering);
        Self { engine, limits, end: Instant::now() + limits.total }
    }

    /// Gives what comes next these limits.
    pub(super) fn limit(&mut self, limits: Limits) {
        self.limits = limits;
        self.end = Instant::now() + limits.total;
    }

    /// What the rule at `rule` (`data.a.b`) evaluates to; `name` is what errors call it.
    ///
    /// # Errors
    /// No such rule, a failure in it, or no time left.
    pub(super) fn rule(&mut self, rule: String, name: &str) -> Result<Value, PolicyError> {
        // The interpreter starts its clock anew for each rule, so the total is kept here.
        let limit = self.limits.rule.min(self.end.saturating_duration_since(Instant::now()));
        let timed_out = || PolicyError::TimeLimit { policy: name.to_owned(), limit: self.limits.given };
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// `facts` as the policies see them: the document that any engine has to be given, to find what this program finds.
///
/// # Errors
/// Facts that are no JSON, which none are known to be.
pub fn input(facts: &impl Serialize) -> Result<serde_json::Value, PolicyError> {
    let mut json = serde_json::to_value(facts).map_err(|error| PolicyError::Input(error.to_string()))?;
    in_one_line(&mut json);
    Ok(json)
}

/// `input` as the interpreter's object. Its own `From` turns what it cannot convert into undefined, which every policy
/// would pass; this way it is an error.
///
/// # Errors
/// An input that cannot become an object of the interpreter.
pub(super) fn object(input: serde_json::Value) -> Result<Value, PolicyError> {
    match value(input)? {
        value @ Value::Object(_) => Ok(value),
        other => Err(PolicyError::Input(format!("they are not an object but {other}"))),
    }
}

/// `json` as a value of the interpreter.
///
/// # Errors
/// What cannot be converted, which would else be undefined.
pub(super) fn value(json: serde_json::Value) -> Result<Value, PolicyError> {
    serde_json::from_value(json).map_err(|error| PolicyError::Input(error.to_string()))
}

/// `json` with every text in one line.
pub(super) fn lines_escaped(mut json: serde_json::Value) -> serde_json::Value {
    in_one_line(&mut json);
    json
}

/// Makes one line of every text: policies put names into texts of several lines, where a name with line breaks would pass for
/// some of them, be it a step of a fix.
fn in_one_line(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::String(text) if has_breaks(text) => *text = plain::line(text).into_owned(),
        serde_json::Value::Array(items) => items.iter_mut().for_each(in_one_line),
        serde_json::Value::Object(members) => members.values_mut().for_each(in_one_line),
        _ => {}
    }
}

fn has_breaks(text: &str) -> bool {
    // What is printable ASCII throughout, as nearly all is, need not be searched for each of them.
    !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && text.contains(BREAKS)
}

/// The longest line of a message, in characters.
const LINE: usize = 160;

/// The interpreter's messages begin with a newline, and quote whole lines of the source.
pub(super) fn text(error: &impl std::fmt::Display) -> String {
    let lines = |line: &str| {
        if line.chars().count() > LINE { line.chars().take(LINE).chain(['…']).collect() } else { line.to_owned() }
    };
    iteration::as_written(&error.to_string()).trim().lines().map(lines).collect::<Vec<String>>().join("\n")
}
