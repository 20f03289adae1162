//! The process that evaluates policies of the user's own: it gets a job and the plans on standard input, says what it is at, and
//! gives what came of it on standard output.
//!
//! It is this program under another name, so that a limit on its memory, or an end to it, is one to the policies alone.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, BufRead as _, Read as _, Write as _};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::secrets::Secrets;
use super::{OwnError, Told, place};
use crate::plan::whole;
use crate::rego::PolicyError;
use crate::rego::on_deep_stack;
use crate::rego::own::{Input, Loaded, Place, Policies, Record};
use crate::rego::testing::{Outcome, Suite};

/// What the program is called with to be this process.
pub(super) const NAME: &str = "(policies)";

/// The variable that carries the memory limit, in bytes.
pub(super) const MEMORY: &str = "OACGUARD_POLICY_MEMORY";

/// What the process is at before it asks the first rule.
pub(super) const LOADING: &str = "(loading)";

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Job {
    /// Ask policies about plans.
    Judge(Judging),
    /// Run the tests of policies.
    Test(Suite),
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Answer {
    /// What policies said.
    Told(Vec<Told>),
    /// What tests showed.
    Tested(Outcome),
}

/// Policies that are to be asked, and about what.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Judging {
    pub(super) policies: Policies,
    /// Whether all plans are one input.
    pub(super) combine: bool,
    /// What the program knows of all plans.
    pub(super) facts: Value,
    /// The plans whose texts follow, in the same order.
    pub(super) plans: Vec<Described>,
}

/// A plan whose text follows.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Described {
    name: String,
    bytes: usize,
}

impl Job {
    /// The plans whose texts it takes.
    fn plans(&self) -> &[Described] {
        match self {
            Self::Judge(judging) => &judging.plans,
            Self::Test(_) => &[],
        }
    }

    /// Does it, and tells `watch` of each rule before it is asked.
    fn done(&self, texts: Vec<String>, watch: &mut dyn FnMut(&str)) -> Result<Answer, PolicyError> {
        match self {
            Self::Judge(judging) => ask(judging, texts, watch).map(Answer::Told),
            Self::Test(suite) => suite.run(watch).map(Answer::Tested),
        }
    }
}

impl Described {
    pub(super) fn of(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), bytes: text.len() }
    }
}

/// A line of what the process says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Line {
    /// The rule that is asked next.
    At(String),
    /// What came of the job; the last line.
    Done(Answer),
    /// Why nothing did; the last line.
    Failed(String),
    /// The rule that did not finish in time; the last line.
    Late(String),
}

/// Nanoseconds since 1970, or since `SOURCE_DATE_EPOCH` says.
pub fn now() -> i64 {
    let seconds = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse::<i64>().ok());
    let now =
        seconds.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok()).unwrap_or_else(jiff::Timestamp::now);
    i64::try_from(now.as_nanosecond()).unwrap_or(i64::MAX)
}

/// Does the job in this process.
///
/// # Errors
/// Anything that keeps a rule from giving a clear answer.
pub(super) fn here(job: &Job, texts: &[&str]) -> Result<Answer, OwnError> {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    on_deep_stack(|| job.done(texts, &mut |_| {})).map_err(|error| match error {
        PolicyError::TimeLimit { policy, limit } => OwnError::Time { limit, at: Some(policy) },
        error => OwnError::Policy(error.to_string()),
    })
}

/// Whether the program was called to be this process.
pub(crate) fn is_called(arguments: &[OsString]) -> bool {
    arguments.len() == 2 && arguments.get(1).is_some_and(|argument| argument == NAME)
}

/// Is the process.
pub(crate) fn run() -> ExitCode {
    limit_memory();
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever began it is gone, or did not say what it should.
        Err(_) => ExitCode::from(2),
    }
}

/// Lets the process have no more memory than it was told; what goes beyond ends it.
fn limit_memory() {
    #[cfg(target_os = "linux")]
    if let Some(bytes) = std::env::var(MEMORY).ok().and_then(|bytes| bytes.parse().ok()) {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::As);
        limit.current = Some(limit.current.map_or(bytes, |current| current.min(bytes)));
        // Where that is not allowed, there is a limit already.
        let _ = setrlimit(Resource::As, Rlimit { ..limit });
    }
}

/// Reads, asks, writes.
fn serve() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut head = String::new();
    input.read_line(&mut head)?;
    let job: Job = serde_json::from_str(&head)?;
    let mut texts = Vec::new();
    for plan in job.plans() {
        let mut bytes = vec![0; plan.bytes];
        input.read_exact(&mut bytes)?;
        texts.push(String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?);
    }
    let last = match on_deep_stack(|| job.done(texts, &mut |rule| drop(write(&Line::At(rule.to_owned()))))) {
        Ok(answer) => Line::Done(answer),
        Err(PolicyError::TimeLimit { policy, .. }) => Line::Late(policy),
        Err(error) => Line::Failed(error.to_string()),
    };
    write(&last)
}

fn write(line: &Line) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}

/// Where resources stand, by address.
struct Addresses(HashMap<String, Place>);

impl Addresses {
    /// Those in `documents`, each with its position among the plans.
    fn of(documents: &[(usize, Value)]) -> Self {
        let mut all = HashMap::new();
        for (plan, document) in documents {
            let changes = document.get("resource_changes").and_then(Value::as_array);
            for (at, change) in changes.into_iter().flatten().enumerate() {
                let Some(address) = change.get("address").and_then(Value::as_str) else { continue };
                all.entry(address.to_owned()).or_insert_with(|| Place {
                    plan: *plan,
                    address: address.to_owned(),
                    path: format!("$['resource_changes'][{at}]"),
                });
            }
        }
        Self(all)
    }

    /// Says of each message where the resource stands that it names.
    fn placed(&self, mut record: Record) -> Record {
        for message in record.rules.iter_mut().flat_map(|rule| &mut rule.messages) {
            let names = ["address", "resource", "_address"].iter();
            let mut names = names.filter_map(|key| message.metadata.get(*key)?.as_str());
            message.place = names.find_map(|name| self.0.get(name)).cloned();
        }
        record
    }
}

fn ask(job: &Judging, texts: Vec<String>, watch: &mut dyn FnMut(&str)) -> Result<Vec<Told>, PolicyError> {
    watch(LOADING);
    let loaded = Loaded::new(&job.policies)?;
    let read = |(at, (plan, text)): (usize, (&Described, String))| {
        let document = whole::of_text(&text).map_err(|error| PolicyError::Input(format!("{}: {error}", plan.name)))?;
        Ok((at, document))
    };
    let documents = job.plans.iter().zip(texts).enumerate().map(read);
    if job.combine {
        let documents = documents.collect::<Result<Vec<_>, PolicyError>>()?;
        return judged(&loaded, job, documents, None, watch);
    }
    let mut told = Vec::new();
    for document in documents {
        let document = document?;
        let at = document.0;
        told.extend(judged(&loaded, job, vec![document], Some(at), watch)?);
    }
    Ok(told)
}

/// What all packages say of `documents`, each with its position: of one alone, or of all together.
fn judged(
    loaded: &Loaded,
    job: &Judging,
    mut documents: Vec<(usize, Value)>,
    alone: Option<usize>,
    watch: &mut dyn FnMut(&str),
) -> Result<Vec<Told>, PolicyError> {
    let name = |at: usize| job.plans.get(at).map(|plan| plan.name.as_str()).unwrap_or_default();
    let secrets = Secrets::of(documents.iter().map(|(_, document)| document));
    let (file, folder) = alone.map_or_else(|| ("Combined".to_owned(), place("").1), |at| place(name(at)));
    let addresses = Addresses::of(&documents);
    documents.sort_by(|(left, _), (right, _)| name(*left).cmp(name(*right)));
    let combined = |(at, document): (usize, Value)| serde_json::json!({"path": name(at), "contents": document});
    let document = match alone {
        Some(_) => documents.pop().map(|(_, document)| document).unwrap_or_default(),
        None => documents.into_iter().map(combined).collect(),
    };
    let facts = alone.map_or_else(|| job.facts.clone(), |at| facts_of(&job.facts, at));
    let records = loaded.ask(Input { name: file, folder, document, facts }, watch)?;
    Ok(records
        .into_iter()
        .map(|record| Told { plan: alone, record: secrets.left_out(addresses.placed(record)) })
        .collect())
}

/// The facts with the paths of one plan only, so that a path is not found once for each plan.
fn facts_of(facts: &Value, plan: usize) -> Value {
    let mut facts = facts.clone();
    if let Some(paths) = facts.get_mut("paths").and_then(Value::as_array_mut) {
        paths.retain(|path| path.get("plan").and_then(Value::as_u64) == u64::try_from(plan).ok());
    }
    facts
}
