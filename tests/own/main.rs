//! Policies of the user's own, through the program: what they find is reported like everything else, and what goes wrong with
//! them is an error and never a pass.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod findings;
mod hostile;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

/// A plan that the program itself has nothing to say about.
const QUIET: &str = "no-distribution";

/// A folder with policies, in which the program runs.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// With these files, by name.
    fn new(files: &[(&str, &[u8])]) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        for (name, content) in files {
            place.write(name, content);
        }
        place
    }

    /// With one policy.
    fn policy(source: &str) -> Self {
        Self::new(&[("policy/own.rego", source.as_bytes())])
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, content: &[u8]) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = assert_cmd::Command::new(cargo_bin!("oacguard"));
        command.current_dir(self.path()).env("RUST_BACKTRACE", "1").env_remove("OACGUARD_POLICY_MEMORY");
        command.args(arguments).output().unwrap()
    }

    /// The JSON report of a check of `plan` by the policies in `policy/`, and the exit status.
    fn check(&self, plan: &str, more: &[&str]) -> (Value, i32) {
        let plan = plan_of(plan);
        let arguments = [&["check", "--policy", "policy", "--format", "json", plan.to_str().unwrap()], more].concat();
        let done = self.run(&arguments);
        let report = serde_json::from_slice(&done.stdout).unwrap_or_else(|_| {
            panic!("{arguments:?}: {} {}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
        });
        (report, done.status.code().unwrap())
    }

    /// What is wrong with the policies by a check of a plan that has nothing else wrong: kind and message, with the help.
    fn refused(&self, more: &[&str]) -> (String, String) {
        let (report, status) = self.check(QUIET, more);
        assert_eq!((status, &report["verdict"]), (2, &Value::from("none")), "{report}");
        let error = &report["errors"][0];
        assert!(!error["help"].as_str().unwrap().is_empty());
        (error["kind"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
    }
}

fn plan_of(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(case).join("plan.json")
}
