//! The engines to compare with.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What a query binds, row by row, by the name of the input.
pub(crate) type Answers = BTreeMap<String, Vec<Value>>;

/// An engine that is not the program's.
pub(crate) enum Engine {
    /// A Python that has the engine as a library.
    Library(OsString),
    /// The program `opa`.
    Program(PathBuf),
}

/// Those at hand.
pub(crate) fn engines() -> Vec<Engine> {
    let library = std::env::var_os("OACGUARD_OPA_PYTHON").filter(|python| !python.is_empty()).map(Engine::Library);
    let program = which::which("opa").ok().map(Engine::Program);
    let all: Vec<Engine> = library.into_iter().chain(program).collect();
    assert!(
        !all.is_empty(),
        "nothing was compared: set OACGUARD_OPA_PYTHON to a Python with tests/conformance/requirements.txt, or put opa on PATH"
    );
    all
}

impl Engine {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Library(python) => format!("the library of {}", Path::new(python).display()),
            Self::Program(program) => program.display().to_string(),
        }
    }

    /// What `query` gives with `policies`, a bundle or a folder, for each file of the folder `inputs`.
    pub(crate) fn evaluate(&self, policies: &Path, query: &str, inputs: &Path) -> Answers {
        match self {
            Self::Library(python) => {
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/evaluate.py");
                let answer = printed(Command::new(python).arg(script).arg(policies).arg(query).arg(inputs));
                serde_json::from_slice(&answer).expect("the script prints JSON")
            }
            Self::Program(program) => {
                let entries = fs::read_dir(inputs).unwrap().map(|entry| entry.unwrap().path());
                let kind = if policies.is_dir() { "--data" } else { "--bundle" };
                let answer = |file: PathBuf| {
                    let mut command = Command::new(program);
                    command.args(["eval", "--format", "json", "--strict-builtin-errors", kind]).arg(policies);
                    let answer: Value = serde_json::from_slice(&printed(command.arg("--input").arg(&file).arg(query)))
                        .expect("opa prints JSON");
                    let rows = answer["result"].as_array().cloned().unwrap_or_default();
                    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
                    (name, rows.into_iter().map(|row| row["bindings"].clone()).collect())
                };
                entries.map(answer).collect()
            }
        }
    }
}

fn printed(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{told}", output.status);
    output.stdout
}
