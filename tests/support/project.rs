//! A folder with an `oacguard.toml`, and the program run in it.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use assert_cmd::assert::Assert;
use serde_json::Value;
use tempfile::TempDir;

/// 2026-06-01, noon.
const TODAY: &str = "1780315200";

/// The plan of a case.
pub(crate) fn case(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name).join("plan.json").display().to_string()
}

/// The plan that brings the incident: one error, introduced, of `oai-sse-kms`.
pub(crate) fn incident() -> String {
    case("article-2-kms")
}

/// A folder to run in.
pub(crate) struct Project {
    pub(crate) folder: TempDir,
    /// In seconds since 1970, as text.
    pub(crate) today: String,
}

impl Project {
    pub(crate) fn new(config: &str) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap(), today: TODAY.to_owned() };
        project.write("oacguard.toml", config);
        project
    }

    /// A folder without configuration, above which there is none either.
    pub(crate) fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), today: TODAY.to_owned() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn run_in(&self, folder: &str, arguments: &[&str]) -> Assert {
        let mut command = Command::cargo_bin("oacguard").unwrap();
        command.env_clear().env("SOURCE_DATE_EPOCH", &self.today).current_dir(self.path(folder));
        command.args(arguments).assert()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Assert {
        self.run_in("", arguments)
    }

    pub(crate) fn check(&self, arguments: &[&str]) -> Assert {
        self.run(&[&["check"], arguments].concat())
    }

    /// The JSON report, which has to be as the schema says.
    pub(crate) fn report(&self, arguments: &[&str]) -> Value {
        let text = stdout(&self.check(&[&["--format", "json"], arguments].concat()));
        let report: Value = serde_json::from_str(&text).unwrap();
        let schema: Value = serde_json::from_str(&stdout(&self.run(&["schema", "report"]))).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        report
    }
}

pub(crate) fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

pub(crate) fn waiver(policy: &str, select: &str) -> String {
    format!(
        "[[waiver]]\npolicy = \"{policy}\"\nselect = '{select}'\nreason = \"nothing is uploaded until the migration is \
         through\"\nowner = \"web platform\"\nexpires = 2026-06-30\n"
    )
}

pub(crate) fn setting(id: &str, how: &str) -> String {
    format!("[[policy]]\nid = \"{id}\"\n{how}\nreason = \"the migration is due\"\n")
}

pub(crate) fn findings<'r>(report: &'r Value, policy: &str) -> Vec<&'r Value> {
    report["findings"].as_array().unwrap().iter().filter(|finding| finding["policy"] == policy).collect()
}
