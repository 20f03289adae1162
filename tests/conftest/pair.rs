//! A pair of policies and plans, and the answer to it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use serde::Deserialize;
use serde_json::{Value, json};

/// `pair.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pair {
    #[serde(skip)]
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    pub(crate) about: String,
    pub(crate) flags: Vec<String>,
    pub(crate) inputs: Vec<String>,
    pub(crate) expect: Answer,
    /// Why the answer is not conftest's, if so.
    pub(crate) differs: Option<String>,
    /// conftest's answer, if it is another.
    pub(crate) conftest: Option<Answer>,
    /// "documentation" where the other engine can't tell the answer.
    pub(crate) by: Option<String>,
    /// Where it is written then.
    pub(crate) page: Option<String>,
}

/// Exit status and results. An error of conftest, which is status 1, is written as 2.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub(crate) exit: i32,
    pub(crate) results: Vec<Result>,
}

/// What one package says of one plan.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Result {
    /// The name of the plan's file, without its folder.
    pub(crate) file: String,
    pub(crate) namespace: String,
    pub(crate) successes: u64,
    #[serde(default)]
    pub(crate) failures: Vec<String>,
    #[serde(default)]
    pub(crate) warnings: Vec<String>,
    #[serde(default)]
    pub(crate) exceptions: usize,
}

impl Pair {
    /// What `oacguard check` should say of it: its status, and the messages of failures and warnings alike.
    pub(crate) fn as_checked(&self) -> (i32, Vec<String>) {
        let all = self.expect.results.iter().flat_map(|result| result.failures.iter().chain(&result.warnings));
        let mut all: Vec<String> = all.map(|message| one_line(message)).collect();
        all.sort();
        // A block is 1 to it, with any flags.
        (if all.is_empty() { self.expect.exit } else { self.expect.exit.min(1) }, all)
    }
}

impl Answer {
    /// In one form, whatever the order: files and modules have none in conftest.
    pub(crate) fn normal(&self) -> Value {
        let mut rows: Vec<Value> = self.results.iter().map(Result::normal).collect();
        rows.sort_by_key(Value::to_string);
        json!({"exit": self.exit, "results": rows})
    }
}

impl Result {
    /// What the program printed as one.
    pub(crate) fn of_row(row: &Value) -> Self {
        let messages = |key: &str| -> Vec<String> {
            let entries = row[key].as_array().into_iter().flatten();
            entries.map(|entry| entry["msg"].as_str().unwrap().to_owned()).collect()
        };
        let file = row["filename"].as_str().unwrap();
        Self {
            file: file.rsplit('/').next().unwrap().to_owned(),
            namespace: row["namespace"].as_str().unwrap().to_owned(),
            successes: row["successes"].as_u64().unwrap(),
            failures: messages("failures"),
            warnings: messages("warnings"),
            exceptions: row["exceptions"].as_array().map_or(0, Vec::len),
        }
    }

    fn normal(&self) -> Value {
        let sorted = |messages: &[String]| {
            let mut messages: Vec<String> = messages.iter().map(|message| one_line(message)).collect();
            messages.sort();
            messages
        };
        json!({
            "file": self.file,
            "namespace": self.namespace,
            "successes": self.successes,
            "failures": sorted(&self.failures),
            "warnings": sorted(&self.warnings),
            "exceptions": self.exceptions,
        })
    }
}

/// The message as reports have it, where a line break could be taken for the end of it.
pub(crate) fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// tests/conftest.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conftest")
}

/// Every pair, by name.
pub(crate) fn pairs() -> Vec<Pair> {
    let entries = std::fs::read_dir(folder().join("pairs")).unwrap();
    let mut pairs: Vec<Pair> = entries
        .map(|entry| {
            let folder = entry.unwrap().path();
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read(folder.join("pair.json")).unwrap_or_else(|error| panic!("{name}: {error}"));
            let pair: Pair = serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            Pair { name, folder, ..pair }
        })
        .collect();
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    pairs
}

/// What a run left behind.
pub(crate) struct Outcome {
    pub(crate) exit: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Standard output as JSON; `null` when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_default()
    }
}

/// Runs the program in `folder`.
///
/// `OACGUARD_BIN` names another build of it than the one just made.
pub(crate) fn run(folder: &Path, args: &[String]) -> Outcome {
    let program = std::env::var_os("OACGUARD_BIN").map_or_else(|| cargo_bin!("oacguard").to_owned(), PathBuf::from);
    let mut command = Command::new(program);
    command.env_clear().timeout(Duration::from_mins(2)).current_dir(folder);
    // Without these, nothing starts on Windows.
    command.envs(["PATH", "SYSTEMROOT"].iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    let output = command.args(args).write_stdin("").output().expect("the program starts");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("panicked"), "{}: {stderr}", folder.display());
    Outcome { exit: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr }
}
