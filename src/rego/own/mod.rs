//! Policies of the user's own, by the contract that conftest made common: rules called `deny`, `violation` or `warn`, or so
//! with a suffix, give messages about `input`, which is the plan; `exception` exempts rules.
//!
//! They run on an engine of their own, so that they can change nothing of the program's policies. What conftest passes in
//! silence although a rule gave nothing that counts is an error here.
//!
//! Sources: <https://www.conftest.dev/>, <https://www.conftest.dev/exceptions/>, <https://www.conftest.dev/options/>.

mod annotations;
pub(super) mod builtins;
pub(super) mod guard;
pub(super) mod iteration;
pub(super) mod negation;
mod patterns;
mod result;
mod rules;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use regorus::unstable::Module;
use regorus::{Engine, Value};
use serde::{Deserialize, Serialize};
use serde_json::Map;

pub use self::annotations::Annotations;
pub use self::result::{Message, Place};
use self::rules::Entry;
pub use self::rules::{Kind, Namespaces, without_prefix};
use super::ast;
use super::engine::{self, Limits, Run, Settings};
use super::error::PolicyError;

/// Policies, and what they are to be asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Policies {
    /// The files, as (path, source).
    pub files: Vec<(String, String)>,
    /// What stands below `data`, beside packages.
    pub data: Map<String, serde_json::Value>,
    /// Whether they are written in the Rego of before OPA 1.0.
    pub v0: bool,
    /// Whose rules are asked.
    pub namespaces: Namespaces,
    /// How long all may take together.
    pub time: Duration,
    /// What `time.now_ns` gives, in nanoseconds since 1970.
    pub now: i64,
}

/// One document that is judged.
#[derive(Debug)]
pub struct Input {
    /// `data.conftest.file.name`.
    pub name: String,
    /// `data.conftest.file.dir`.
    pub folder: String,
    /// `input`.
    pub document: serde_json::Value,
    /// `data.oacguard`.
    pub facts: serde_json::Value,
}

/// What one package says of one input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The package, without `data.`.
    pub namespace: String,
    /// How many definitions of rules found nothing, by conftest's count.
    pub successes: usize,
    /// The rules that were asked, in the order of their names.
    pub rules: Vec<Asked>,
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its name, such as `deny_tags`.
    pub rule: String,
    /// What it means that it gives something.
    pub kind: Kind,
    /// The file of its first definition.
    pub file: String,
    /// The line of it, counted from 1.
    pub line: u32,
    /// What its METADATA says.
    pub about: Annotations,
    /// What it gives; nothing if it is exempt.
    pub messages: Vec<Message>,
    /// How often an exception exempts it.
    pub exceptions: usize,
    /// How many messages that leaves out.
    pub exempted: usize,
    /// What it printed.
    pub prints: Vec<String>,
}

/// Policies that can be asked.
pub struct Loaded {
    engine: Engine,
    entries: BTreeMap<String, Vec<Entry>>,
    annotations: annotations::All,
    /// What the interpreter is asked for the rule `exception`, by the packages that have one.
    exceptions: BTreeMap<String, String>,
    end: Instant,
    time: Duration,
}

impl std::fmt::Debug for Loaded {
    /// Without the engine, whose insides fill pages.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded").field("entries", &self.entries).finish_non_exhaustive()
    }
}

impl Loaded {
    /// Loads policies. The time they have begins now.
    ///
    /// # Errors
    /// A source that is not Rego, a call of an unknown function, recursion, a rule that can give nothing that counts, data or
    /// a package in the wrong place, or no rule to ask.
    pub fn new(policies: &Policies) -> Result<Self, PolicyError> {
        let end = Instant::now() + policies.time;
        let sources = policies.files.iter().map(|(path, source)| (path.as_str(), source.as_str()));
        let mut engine = engine::prepare(sources, &Settings::own(policies.v0, policies.now))?;
        let modules: Vec<&Module> = engine.get_modules().iter().map(AsRef::as_ref).collect();
        guard::packages(&modules)?;
        guard::kinds(&modules)?;
        // What is added for each input must find its place free as well.
        let mut data = policies.data.clone();
        data.insert("conftest".to_owned(), serde_json::json!({"file": {"name": "", "dir": ""}}));
        guard::masks(&modules, &data)?;
        let entries = rules::entries(&modules, &policies.namespaces)?;
        let annotations = annotations::All::of(&modules)?;
        let exceptions = exceptions(&modules);
        engine.add_data(engine::value(serde_json::Value::Object(policies.data.clone()))?).map_err(|error| {
            PolicyError::Input(format!("the data cannot be given to the policies: {}", engine::text(&error)))
        })?;
        Ok(Self { engine, entries, annotations, exceptions, end, time: policies.time })
    }

    /// Asks every rule about `input`, and tells `watch` of each before.
    ///
    /// # Errors
    /// A rule that fails, that gives what cannot be counted, or that does not finish in time.
    pub fn ask(&self, input: Input, watch: &mut dyn FnMut(&str)) -> Result<Vec<Record>, PolicyError> {
        let mut engine = self.engine.clone();
        let mut place = serde_json::json!({"conftest": {"file": {"name": input.name, "dir": input.folder}}});
        if let Some(place) = place.as_object_mut() {
            place.insert("oacguard".to_owned(), engine::lines_escaped(input.facts));
        }
        engine.add_data(engine::value(place)?).map_err(|error| PolicyError::Input(engine::text(&error)))?;
        let left = self.end.saturating_duration_since(Instant::now());
        let limits = Limits { rule: left, total: left, given: self.time };
        let mut run = Run::of_document(engine, input.document, limits)?;
        self.entries.iter().map(|(namespace, entries)| self.record(&mut run, namespace, entries, watch)).collect()
    }

    fn record(
        &self,
        run: &mut Run,
        namespace: &str,
        entries: &[Entry],
        watch: &mut dyn FnMut(&str),
    ) -> Result<Record, PolicyError> {
        let exempt = match self.exceptions.get(namespace).filter(|_| !entries.is_empty()) {
            Some(path) => {
                let name = format!("data.{namespace}.exception");
                watch(&name);
                Some(run.rule(path.clone(), &name)?)
            }
            None => None,
        };
        let mut rules = Vec::new();
        // conftest's count: a rule that gives nothing is a success, and so is each definition of which there is no other trace.
        let (mut definitions, mut traces, mut successes) = (0, 0, 0);
        for entry in entries {
            let asked = self.asked(run, namespace, entry, exempt.as_ref(), watch)?;
            definitions += entry.heads.len();
            traces += asked.rule.messages.len() + asked.rule.exceptions;
            successes += usize::from(asked.silent);
            rules.push(asked.rule);
        }
        successes += definitions.saturating_sub(traces + successes);
        Ok(Record { namespace: namespace.to_owned(), successes, rules })
    }

    fn asked(
        &self,
        run: &mut Run,
        namespace: &str,
        entry: &Entry,
        exempt: Option<&Value>,
        watch: &mut dyn FnMut(&str),
    ) -> Result<Answer, PolicyError> {
        let path = format!("data.{namespace}.{}", entry.name);
        watch(&path);
        let answer = run.rule(entry.path.clone(), &path)?;
        let prints = run.prints();
        let mut given = result::messages(&path, &answer)?;
        let exceptions = exempt.map_or(0, |all| result::exemptions(all, rules::without_prefix(&entry.name)));
        let exempted = given.as_mut().filter(|_| exceptions > 0).map_or(0, |given| given.drain(..).len());
        let head = entry.heads.first();
        Ok(Answer {
            silent: exceptions == 0 && given.as_ref().is_some_and(Vec::is_empty),
            rule: Asked {
                rule: entry.name.clone(),
                kind: entry.kind,
                file: head.map(|head| head.file.clone()).unwrap_or_default(),
                line: head.map_or(0, |head| head.line),
                about: self.annotations.about(&entry.heads),
                messages: given.unwrap_or_default(),
                exceptions,
                exempted,
                prints,
            },
        })
    }
}

fn exceptions(modules: &[&Module]) -> BTreeMap<String, String> {
    let rules = modules.iter().flat_map(|module| module.policy.iter().map(move |rule| (module, rule)));
    let all = rules.filter(|(module, rule)| ast::head(rule, &ast::package(module)).name == "exception");
    all.map(|(module, rule)| (ast::namespace(module), ast::asked(module, rule))).collect()
}

/// What a rule says, and whether it is defined and says nothing.
struct Answer {
    rule: Asked,
    silent: bool,
}

/// The rule's answer, or none where it is undefined.
fn defined(value: &Value) -> Option<&Value> {
    (*value != Value::Undefined).then_some(value)
}

#[cfg(test)]
mod tests;
