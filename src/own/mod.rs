//! Policies of the user's own, beside those of the program: read, asked in a process of their own, and told as findings.
//!
//! They are code that somebody wrote for another program, so they are kept apart: they cannot change what the program finds, and
//! what goes wrong with them is an error with a limit to it, never a pass.

pub mod data;
pub mod files;
mod findings;
mod process;
mod secrets;
pub(crate) mod worker;
mod yaml;

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::access::facts::Facts;
use crate::finding::Finding;
use crate::rego::own::{Namespaces, Policies, Record};
use crate::rego::testing::{Outcome, Suite};
use crate::report::{ReportError, plain};

pub use self::findings::{COMBINED, is_own};
pub use self::worker::now;

/// How long policies may take together unless more, or less, is asked for.
pub const TIME: Duration = Duration::from_secs(30);

/// How much memory they may take beside that for the plan.
pub const MEMORY: u64 = 1024 * 1024 * 1024;

/// Policies of the user's own, and how they are to be asked.
#[derive(Debug, Clone)]
pub struct Own {
    /// The files, as (path, source).
    pub files: Vec<(String, String)>,
    /// What stands below `data`.
    pub data: Map<String, Value>,
    /// Whether they are written in the Rego of before OPA 1.0.
    pub v0: bool,
    /// Whose rules are asked.
    pub namespaces: Namespaces,
    /// Whether all plans are one input.
    pub combine: bool,
    /// How long they may take, and how much memory.
    pub limits: Limits,
    /// The program to run for them, which is this one; without it they are asked in this process, where they have all the
    /// memory there is.
    pub program: Option<PathBuf>,
}

/// What policies may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The time.
    pub time: Duration,
    /// The bytes of memory, beside those for the plan.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: TIME, memory: MEMORY }
    }
}

/// Why policies of the user's own could not be read or asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OwnError {
    /// A file or folder that cannot be read.
    #[error("{}: {message}", path.display())]
    Unreadable {
        /// Where.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// A path without policies.
    #[error("there is no .rego file in {}", path.display())]
    NoPolicies {
        /// Where.
        path: PathBuf,
    },
    /// A document where policies are wanted.
    #[error("{} is no policy but JSON", path.display())]
    NotRego {
        /// Where.
        path: PathBuf,
    },
    /// A path without data.
    #[error("there is no data in {}: no .json, .yaml or .yml file", path.display())]
    NoData {
        /// Where.
        path: PathBuf,
    },
    /// Data that cannot be used.
    #[error("{}: {message}", file.display())]
    Data {
        /// The file.
        file: PathBuf,
        /// Why not.
        message: String,
    },
    /// Data where the program's own stands.
    #[error("the data has `{name}`, where the program puts the facts; give it another name")]
    Reserved {
        /// What is taken.
        name: String,
    },
    /// The policies themselves.
    #[error("{0}")]
    Policy(String),
    /// No end within the time that was given.
    #[error("the policies did not finish within {} seconds{}", limit.as_secs_f32(), during(at.as_deref()))]
    Time {
        /// The time.
        limit: Duration,
        /// What was asked last.
        at: Option<String>,
    },
    /// Not enough memory.
    #[error("the policies need more than {} of memory beside that for the plan{}", bytes(*limit), during(at.as_deref()))]
    Memory {
        /// The memory.
        limit: u64,
        /// What was asked last.
        at: Option<String>,
    },
    /// The process that asks them.
    #[error("the process that evaluates the policies {what}{}", during(at.as_deref()))]
    Process {
        /// What became of it.
        what: String,
        /// What was asked last.
        at: Option<String>,
    },
}

fn bytes(number: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = units.iter().find(|(size, _)| number >= *size && number.is_multiple_of(*size));
    unit.map_or_else(|| format!("{number} bytes"), |(size, name)| format!("{} {name}", number / size))
}

fn during(at: Option<&str>) -> String {
    match at {
        None => String::new(),
        Some(worker::LOADING) => "; they were being loaded".to_owned(),
        Some(at) => format!("; `{at}` was being asked"),
    }
}

impl OwnError {
    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "check the path and its permissions",
            Self::NoPolicies { .. } => "name a file, or a folder that has files whose names end in .rego",
            Self::NotRego { .. } => "to judge a plan, use `oacguard check --policy POLICIES PLAN`",
            Self::NoData { .. } | Self::Data { .. } | Self::Reserved { .. } => {
                "mend the data, or name other data with --data"
            }
            Self::Policy(message) if message.contains("keyword is required") => {
                "write it in the Rego of OPA 1.0, with `if` and `contains`; or give --rego-version v0"
            }
            Self::Policy(message) if message.contains("--namespace") => "name the package that is meant",
            Self::Policy(_) => "mend the policy; `oacguard test` runs the tests beside it",
            Self::Time { .. } => "mend the rule, or allow more with --policy-timeout",
            Self::Memory { .. } => "mend the rule, or allow more with --policy-memory",
            Self::Process { .. } => "check what the policy does there; nothing was judged by it",
        }
    }
}

impl From<OwnError> for ReportError {
    fn from(error: OwnError) -> Self {
        let kind = match &error {
            OwnError::Time { .. } | OwnError::Memory { .. } => "own-policy-limit",
            OwnError::Data { .. } | OwnError::NoData { .. } | OwnError::Reserved { .. } => "own-policy-data",
            _ => "own-policy",
        };
        Self { plan: None, kind: kind.to_owned(), message: error.to_string(), help: error.help().to_owned() }
    }
}

/// What policies of the user's own said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    /// What they found.
    pub(crate) findings: Vec<Finding>,
    /// By package and plan, what was asked.
    pub(crate) records: Vec<Told>,
}

/// What one package says of one plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The plan, by its position; none where all are one input.
    pub plan: Option<usize>,
    /// What was said.
    pub record: Record,
}

impl Own {
    /// Asks the policies about plans, given as (name, text) in the order of `facts`.
    ///
    /// # Errors
    /// Anything that keeps a rule from giving a clear answer.
    pub(crate) fn ask(&self, plans: &[(&str, &str)], facts: &Facts) -> Result<Said, OwnError> {
        let job = worker::Job::Judge(worker::Judging {
            policies: Policies {
                files: self.files.clone(),
                data: self.data.clone(),
                v0: self.v0,
                namespaces: self.namespaces.clone(),
                time: self.limits.time,
                now: worker::now(),
            },
            combine: self.combine,
            facts: serde_json::to_value(facts).map_err(|error| OwnError::Policy(error.to_string()))?,
            plans: plans.iter().map(|(name, text)| worker::Described::of(name, text)).collect(),
        });
        let texts: Vec<&str> = plans.iter().map(|(_, text)| *text).collect();
        let worker::Answer::Told(told) = done(&job, &texts, self.program.as_deref(), self.limits)? else {
            return Err(mixed_up());
        };
        for Told { record, .. } in &told {
            for rule in &record.rules {
                for print in &rule.prints {
                    tracing::info!(rule = format!("{}.{}", record.namespace, rule.rule), "{}", plain::line(print));
                }
            }
        }
        Ok(Said { findings: findings::of(&told, plans, facts), records: told })
    }
}

/// Runs the tests of policies of the user's own, in a process of `program`, which is this one; without it in this process.
///
/// # Errors
/// Anything that keeps the tests from being run. A test that fails, or cannot be run to its end, is none of this.
pub fn test(suite: Suite, memory: u64, program: Option<&Path>) -> Result<Outcome, OwnError> {
    let limits = Limits { time: suite.time, memory };
    match done(&worker::Job::Test(suite), &[], program, limits)? {
        worker::Answer::Tested(outcome) => Ok(outcome),
        worker::Answer::Told(_) => Err(mixed_up()),
    }
}

/// Where this program lies, which is run again to evaluate policies.
///
/// # Errors
/// When the system does not say.
pub fn this_program() -> Result<PathBuf, OwnError> {
    std::env::current_exe().map_err(|error| OwnError::Process {
        what: format!("cannot be started, since this program does not know where it lies: {error}"),
        at: None,
    })
}

fn mixed_up() -> OwnError {
    OwnError::Process { what: "answered what nobody asked".to_owned(), at: None }
}

/// What came of `job`, over plans whose texts are `texts`.
fn done(job: &worker::Job, texts: &[&str], program: Option<&Path>, limits: Limits) -> Result<worker::Answer, OwnError> {
    match program {
        Some(program) => process::run(program, job, texts, limits),
        None => worker::here(job, texts),
    }
}

/// The folder and the name of a plan, as policies get them.
fn place(name: &str) -> (String, String) {
    let path = Path::new(name);
    let file = path.file_name().map_or_else(|| name.to_owned(), |file| file.to_string_lossy().into_owned());
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let folder = std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder });
    (file, folder.map(|folder| plain(&folder).display().to_string()).unwrap_or_default())
}

/// An absolute path without `..`, by its letters alone, as conftest has it: links are not followed.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(out.pop()),
            part => out.push(part),
        }
    }
    out
}
